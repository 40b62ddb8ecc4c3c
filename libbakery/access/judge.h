/* What the policies of a user or a group come to: the roles that they let one assume, and power over the account. */
#ifndef BAKERY_ACCESS_JUDGE_H
#define BAKERY_ACCESS_JUDGE_H

#include "access/access.h"
#include "access/account.h"

/* Begin with bakery__judge_init(). */
struct judge {
        const bakery_access *access;
        struct iam_account *account;
        struct arena arena;
        const char **role_arns; /* by number */
        struct map by_arn;      /* their places in role_arns */
        struct policy_key *keys;
        size_t n_keys;

        /* Told of a resource that is granted and is no role of the configuration, and of what cannot be read. */
        bakery_status (*on_unknown)(const struct iam_identity *identity, const char *resource, void *context,
                                    bakery_error **err);
        bakery_status (*on_unreadable)(const struct iam_identity *identity, const char *policy, void *context,
                                       bakery_error **err);
        void *context;
};

bakery_status bakery__judge_init(struct judge *judge, const bakery_access *access, struct iam_account *account,
                                 bakery_error **err);

/* Gathers what all policies of identity say, in sets of access's arena; ret_rights begins empty. */
bakery_status bakery__judge(struct judge *judge, bakery_access *access, const struct iam_identity *identity,
                            struct rights *ret_rights, bakery_error **err);

void bakery__judge_clear(struct judge *judge);
DEFINE_AUTO_CLEAR(judge, bakery__judge_clear)

#endif
