/* The IAM of the Bakery account, as far as access hangs on it: its users and groups, and what hangs on them. */
#ifndef BAKERY_ACCESS_ACCOUNT_H
#define BAKERY_ACCESS_ACCOUNT_H

#include "aws/iam_details.h"
#include "base/map.h"
#include "formats/json.h"

struct iam_document {
        const char *name; /* or the ARN, of one that is attached */
        const char *text; /* NULL: it was not to be had */
        bool managed;     /* it has an ARN, by which IAM can be asked for it */
        bool asked;
        struct json json; /* parsed at first use */
        struct iam_document *next_parsed;
};

/* A user or a group. */
struct iam_identity {
        enum iam_kind kind;
        const char *name;
        const char **groups; /* of a user: their names */
        size_t n_groups;
        struct iam_document **policies; /* attached and inline ones */
        size_t n_policies;
        struct iam_document *boundary; /* NULL: none */
        struct iam_identity *next;     /* while they are gathered */
};

/* Begin with { 0 }. */
struct iam_account {
        struct arena arena;
        struct iam_identity **users, **groups; /* by name */
        size_t n_users, n_groups;
        struct iam_identity *gathered_users, *gathered_groups;
        struct map policies; /* managed ones, by ARN */
        struct iam_document *parsed;
};

/* Reads it with GetAccountAuthorizationDetails. Gives what bakery__iam_details() gives. */
bakery_status bakery__account_read(const struct aws_access *aws, struct iam_account *ret, bakery_error **err);

/*
 * Asks one by one for managed policies that did not come along, such as those of boundaries; what IAM refuses is not to
 * be had. Gives BAKERY_ERR_NETWORK, BAKERY_ERR_CANCELLED, BAKERY_ERR_MEMORY.
 */
bakery_status bakery__account_complete(const struct aws_access *aws, struct iam_account *account, bakery_error **err);

/* The same piece by piece: what was told is copied. bakery__account_finish() comes last, and sorts. */
bakery_status bakery__account_add(struct iam_account *account, const struct iam_entity *entity, bakery_error **err);
bakery_status bakery__account_add_policy(struct iam_account *account, const struct iam_managed_policy *policy,
                                         bakery_error **err);
bakery_status bakery__account_finish(struct iam_account *account, bakery_error **err);

/*
 * The document of a policy, which lives as long as the account; NULL in *ret when it was not to be had, or cannot be
 * read. Gives BAKERY_ERR_MEMORY.
 */
bakery_status bakery__account_document(struct iam_account *account, struct iam_document *policy,
                                       const struct cJSON **ret, bakery_error **err);

void bakery__account_clear(struct iam_account *account);
DEFINE_AUTO_CLEAR(iam_account, bakery__account_clear)

#endif
