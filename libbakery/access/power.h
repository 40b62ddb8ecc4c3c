/*
 * Power over the Bakery account: who may do everything there, or may give it to themselves. Burger roles trust that
 * account as a whole, so that this is power over every one of them.
 */
#ifndef BAKERY_ACCESS_POWER_H
#define BAKERY_ACCESS_POWER_H

#include "access/account.h"

/* The account that is asked about. */
struct power {
        const char *partition, *account_id;
        const char *admin_group; /* a group whose members are admins; NULL: none is known */
        bool every_role;         /* whoever may assume any role of any account counts too */
};

/*
 * Whether a policy of identity gives such power, and its name, of the account, in *ret_policy. A Deny counts within its
 * own document only, and what hangs on a condition that cannot be judged counts: an alert too many is better.
 * Gives BAKERY_ERR_MEMORY.
 */
bakery_status bakery__power_of(const struct power *power, struct iam_account *account,
                               const struct iam_identity *identity, bool *ret_has, const char **ret_policy,
                               bakery_error **err);

/* Whether the user's permissions boundary takes away what power groups and policies give. Gives BAKERY_ERR_MEMORY. */
bakery_status bakery__power_is_bounded(const struct power *power, struct iam_account *account,
                                       const struct iam_identity *user, bool *ret, bakery_error **err);

/* An admin of the account. */
struct admin {
        const char *user;
        const char *group;  /* by which; NULL: a policy of the user's own */
        const char *policy; /* the name or the ARN */
};
typedef bakery_status admin_each(const struct admin *admin, void *context, bakery_error **err);

/* Tells of each user with such power, once for each group and each policy of the own that gives it, users by name.
 * Gives what each gives, and BAKERY_ERR_MEMORY. */
bakery_status bakery__power_admins(const struct power *power, struct iam_account *account, admin_each *each,
                                   void *context, bakery_error **err);

#endif
