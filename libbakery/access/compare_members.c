#include <string.h>

#include "access/compare.h"

static bool is_in(const struct access_user *user, const struct access_group *group)
{
        for (size_t i = 0; i < user->n_groups; i++)
                if (user->groups[i] == group)
                        return true;
        return false;
}

/* Whether the configuration says who is to be in the group. */
static bool is_managed(const bakery_config *config, const struct access_group *group)
{
        return group->group || bakery__str_equal(group->name, config->admin_group) ||
               bakery__str_equal(group->name, config->read_only_group);
}

/* Who is expected as an admin may be in the groups of admins. */
static bool is_expected(const bakery_config *config, const struct access_user *user, const char *group)
{
        return user->expected_admin && bakery__config_is_admin_group(config, group);
}

/* config_user is the user of the configuration; NULL: it has none of that name. */
static bakery_status compare_extra(bakery_access *access, const struct access_user *user,
                                   const bakery_user *config_user, int64_t now_s, bakery_error **err)
{
        bool ended = config_user && bakery__membership_ended(config_user->until, now_s);
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < user->n_groups && !st; i++) {
                const char *group = user->groups[i]->name;
                const struct difference difference = { .kind = BAKERY_DIFFERENCE_EXTRA_MEMBER,
                                                       .user = user->name,
                                                       .group = group,
                                                       .role_group = user->groups[i]->group };
                bool listed = config_user && bakery__words_have(&config_user->groups, group);

                if (!is_managed(access->config, user->groups[i]) || (listed && !ended) ||
                    is_expected(access->config, user, group))
                        continue;
                if (listed)
                        st = bakery__access_differ(access, &difference, err, "%s is still in %s: that ended on %s",
                                                   user->name, group, config_user->until);
                else
                        st = bakery__access_differ(access, &difference, err, "%s is in %s", user->name, group);
        }
        return st;
}

static bakery_status compare_missing(bakery_access *access, const bakery_user *config_user,
                                     const struct access_user *user, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < config_user->groups.count && !st; i++) {
                const struct access_group *group = bakery__access_find_group(access, config_user->groups.at[i].text);
                const struct difference difference = { .kind = BAKERY_DIFFERENCE_MISSING_MEMBER,
                                                       .user = user->name,
                                                       .group = group->name,
                                                       .role_group = group->group };

                if (!group->missing && !is_in(user, group))
                        st = bakery__access_differ(access, &difference, err, "%s is not in %s", user->name,
                                                   group->name);
        }
        return st;
}

/* The other way round: from the configuration's users to those that are there. */
static bakery_status compare_user(bakery_access *access, const bakery_user *config_user, int64_t now_s,
                                  bakery_error **err)
{
        size_t i = bakery_access_find_user(access, config_user->name.text);
        const struct difference difference = { .kind = BAKERY_DIFFERENCE_MISSING_USER, .user = config_user->name.text };

        if (bakery__membership_ended(config_user->until, now_s))
                return BAKERY_OK;
        if (i < access->n_users)
                return compare_missing(access, config_user, &access->users[i], err);
        return bakery__access_differ(access, &difference, err, "there is no user %s in IAM", config_user->name.text);
}

bakery_status bakery__compare_members(bakery_access *access, int64_t now_s, bakery_error **err)
{
        const bakery_config *config = access->config;
        AUTO_CLEAR(map) by_name = { .fold_case = true };
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < config->n_users && !st; i++) {
                bakery_user *user = &config->users[i];

                if (bakery__map_add(&by_name, bakery__span(user->name.text), user, NULL) == MAP_NO_MEMORY)
                        return bakery__fail_memory(err);
                st = compare_user(access, user, now_s, err);
        }
        for (size_t i = 0; i < access->n_users && config->n_users > 0 && !st; i++)
                st = compare_extra(access, &access->users[i],
                                   bakery__map_get(&by_name, bakery__span(access->users[i].name)), now_s, err);
        return st;
}
