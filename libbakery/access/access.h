/*
 * Who can reach what, from inside. People x roles are never in memory: a group, and a person with policies of the own,
 * each have sets over the roles of the configuration, and a pair is looked up in those of the person's groups.
 */
#ifndef BAKERY_ACCESS_ACCESS_H
#define BAKERY_ACCESS_ACCESS_H

#include <bakery/access.h>

#include "access/role_set.h"
#include "base/arena.h"
#include "base/map.h"
#include "model/model.h"

DEFINE_AUTO_PTR(bakery_access, bakery_access_free)

/* What policies say about the roles; a set that is NULL is empty. */
struct rights {
        struct role_set *allow, *may_allow; /* may: under a condition that cannot be judged from here */
        struct role_set *deny, *may_deny;
        bool admin; /* power over the Bakery account, and so over every role */
};

/* A group of the Bakery account. */
struct access_group {
        const char *name;
        const bakery_group *group; /* whose roles it is for; NULL: not an environment group of the configuration */
        bool missing;              /* the configuration has it, and IAM has not */
        struct rights rights;
};

struct access_user {
        const char *name;
        const struct access_group **groups; /* those that hold today */
        size_t n_groups;
        const struct rights *own; /* NULL: no policies of the own */
        const char *until;        /* the last day of the memberships; NULL: no end */
        bool ended;               /* it is past: the groups are gone */
        bool admin, expected_admin;
        const char *admin_via; /* the group that makes an admin; NULL: an own policy */
};

/* The roles of one environment group, side by side: one for each account of the environment. */
struct role_range {
        const bakery_group *group;
        size_t first_role, first_account; /* counted through the file */
};

/* Where IAM is not as the configuration says. */
struct difference {
        bakery_difference_kind kind;
        const char *message;
        const char *user, *group; /* NULL, as the next ones: it is not about one */
        const bakery_group *role_group;
        const bakery_account *account; /* NULL with a role_group: several */
        const char *role_arn;
};

struct bakery_access {
        struct arena arena;
        const bakery_config *config;
        bool live;                      /* read from IAM, and compared with the configuration */
        int64_t as_of_s;                /* when IAM was read; 0: not known */
        struct difference *differences; /* grows by realloc() */
        size_t n_differences, differences_capacity;
        struct role_range *ranges;
        size_t n_ranges, n_roles, n_accounts;
        struct access_group *groups; /* environment groups by ranges, then the Bakery's own two, then others */
        size_t n_groups;
        struct map groups_by_name, users_by_name;
        struct access_user *users;
        size_t n_users;
};

/* An access with the roles and groups of config, which grant nothing yet, and room for more groups, and for users. */
bakery_status bakery__access_new(const bakery_config *config, size_t n_more_groups, size_t n_users, bakery_access **ret,
                                 bakery_error **err);

/* The group of that name, without case; NULL. */
struct access_group *bakery__access_find_group(const bakery_access *access, const char *name);

/* Adds a group that the configuration does not have; NULL when memory is gone. name is borrowed. */
struct access_group *bakery__access_add_group(bakery_access *access, const char *name);

/* Adds a user, with room for so many groups; NULL when memory is gone. name is borrowed. */
struct access_user *bakery__access_add_user(bakery_access *access, const char *name, size_t n_groups);

/* The user joins a group; a second time nothing happens. */
void bakery__access_join(struct access_user *user, const struct access_group *group);

bool bakery__is_expected_admin(const bakery_config *config, const char *name);

/* The day of now_s is past the last day of a membership, "2027-01-31". Neither an end nor a day is: not past. */
bool bakery__membership_ended(const char *until, int64_t now_s);

/* Whether the person can assume the role of that number, and by which group. */
bakery_reach bakery__access_cell(const struct access_user *user, size_t role, const char **ret_via);

/* False: nothing of the range, which is most of what most people cannot enter, and cheaper to ask. */
bool bakery__access_may_enter(const struct access_user *user, const struct role_range *range);

#endif
