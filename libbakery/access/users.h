/* Users as code, from inside: the changes of a plan. */
#ifndef BAKERY_ACCESS_USERS_H
#define BAKERY_ACCESS_USERS_H

#include <bakery/users.h>

#include "access/account.h"
#include "access/enter.h"
#include "base/secret.h"

struct users_change {
        bakery_users_action action;
        bakery_users_reason reason;
        bakery_users_state state;
        const char *user, *group, *until;
        bool own;      /* of the caller, who leaves last */
        bool no_group; /* IAM has no such group */
        size_t number; /* in which it was found */
        bakery_error *error;
};

struct users_unknown {
        const char *user;
        const char **groups; /* those of the configuration that the user is in */
        size_t n_groups;
};

struct bakery_users_plan {
        struct arena arena;
        const char *account_id;
        bool prune;
        struct users_change *changes;
        size_t n_changes, changes_capacity;
        struct users_unknown *unknown;
        size_t n_unknown;
        const char **notes;
        size_t n_notes, notes_capacity;
};
DEFINE_AUTO_PTR(bakery_users_plan, bakery_users_plan_free)

/*
 * The plan for the account as it was read; caller is the name of the user who asks, NULL when it is none. Gives
 * BAKERY_ERR_CONFIG when there are no Users, BAKERY_ERR_MEMORY.
 */
bakery_status bakery__users_plan_of(const bakery_config *config, const struct iam_account *account, const char *caller,
                                    bool prune, int64_t now_s, bakery_users_plan **ret, bakery_error **err);

/* The groups that the configuration makes, by name: what memberships are managed in. Values are their names. */
bool bakery__users_managed_groups(const bakery_config *config, struct map *ret);

/* The users of the configuration, by name. */
bool bakery__users_listed(const bakery_config *config, struct map *ret);

/* A password that no account's policy should refuse, of 24 characters that are not mistaken for each other. Gives
 * BAKERY_ERR_SYSTEM when the system has no random bytes, BAKERY_ERR_MEMORY. */
bakery_status bakery__password_make(struct secret *ret, bakery_error **err);

/* BAKERY_ERR_ARGUMENT when name is none that IAM gives a user: it may stand in a pattern. */
bakery_status bakery__user_name_check(const char *name, bakery_error **err);

#endif
