#include "access/access.h"

#include <string.h>

void bakery_access_free(bakery_access *access)
{
        if (!access)
                return;
        free(access->differences);
        bakery__map_clear(&access->groups_by_name);
        bakery__map_clear(&access->users_by_name);
        bakery__arena_clear(&access->arena);
        free(access);
}

static size_t count_ranges(const bakery_config *config)
{
        size_t n = 0;

        for (size_t i = 0; i < config->n_environments; i++)
                n += config->environments[i].n_groups;
        return n;
}

static void fill_ranges(bakery_access *access)
{
        for (size_t i = 0; i < access->config->n_environments; i++) {
                const bakery_environment *environment = &access->config->environments[i];

                for (size_t k = 0; k < environment->n_groups; k++) {
                        access->ranges[access->n_ranges++] =
                                (struct role_range){ &environment->groups[k], access->n_roles, access->n_accounts };
                        access->n_roles += environment->n_accounts;
                }
                access->n_accounts += environment->n_accounts;
        }
}

enum { OWN_GROUPS = 2 };

struct access_group *bakery__access_add_group(bakery_access *access, const char *name)
{
        struct access_group *added = &access->groups[access->n_groups];

        added->name = name;
        if (bakery__map_add(&access->groups_by_name, bakery__span(name), added, NULL) == MAP_NO_MEMORY)
                return NULL;
        access->n_groups++;
        return added;
}

static bool add_groups(bakery_access *access)
{
        for (size_t i = 0; i < access->n_ranges; i++) {
                struct access_group *added = bakery__access_add_group(access, access->ranges[i].group->name);

                if (!added)
                        return false;
                added->group = access->ranges[i].group;
        }
        return bakery__access_add_group(access, access->config->admin_group) &&
               bakery__access_add_group(access, access->config->read_only_group);
}

bakery_status bakery__access_new(const bakery_config *config, size_t n_more_groups, size_t n_users, bakery_access **ret,
                                 bakery_error **err)
{
        AUTO_PTR(bakery_access) access = calloc(1, sizeof *access);
        size_t n_ranges = count_ranges(config);

        if (!access)
                return bakery__fail_memory(err);
        access->config = config;
        access->groups_by_name.fold_case = access->users_by_name.fold_case = true;
        access->ranges = bakery__arena_array(&access->arena, n_ranges, sizeof *access->ranges);
        access->groups =
                bakery__arena_array(&access->arena, n_ranges + OWN_GROUPS + n_more_groups, sizeof *access->groups);
        access->users = bakery__arena_array(&access->arena, n_users, sizeof *access->users);
        if (!access->ranges || !access->groups || !access->users)
                return bakery__fail_memory(err);
        fill_ranges(access);
        if (!add_groups(access))
                return bakery__fail_memory(err);
        *ret = STEAL(access);
        return BAKERY_OK;
}

struct access_group *bakery__access_find_group(const bakery_access *access, const char *name)
{
        return bakery__map_get(&access->groups_by_name, bakery__span(name));
}

struct access_user *bakery__access_add_user(bakery_access *access, const char *name, size_t n_groups)
{
        struct access_user *user = &access->users[access->n_users];

        user->name = name;
        user->groups = bakery__arena_array(&access->arena, n_groups, sizeof *user->groups);
        if (!user->groups || bakery__map_add(&access->users_by_name, bakery__span(name), user, NULL) == MAP_NO_MEMORY)
                return NULL;
        access->n_users++;
        return user;
}

void bakery__access_join(struct access_user *user, const struct access_group *group)
{
        for (size_t i = 0; i < user->n_groups; i++)
                if (user->groups[i] == group)
                        return;
        user->groups[user->n_groups++] = group;
        if (!group->rights.admin || user->admin)
                return;
        user->admin = true;
        user->admin_via = group->name;
}

bool bakery__is_expected_admin(const bakery_config *config, const char *name)
{
        return bakery__words_have(&config->expected_admins, name);
}

size_t bakery_access_user_count(const bakery_access *access)
{
        return access->n_users;
}

const char *bakery_access_user_name(const bakery_access *access, size_t i)
{
        return access->users[i].name;
}

size_t bakery_access_find_user(const bakery_access *access, const char *name)
{
        const struct access_user *user = bakery__map_get(&access->users_by_name, bakery__span(name));

        return user ? (size_t)(user - access->users) : access->n_users;
}

static bakery_reach reach_by(const struct rights *rights, size_t role)
{
        if (bakery__role_set_has(rights->allow, role))
                return BAKERY_REACH_GRANTED;
        return bakery__role_set_has(rights->may_allow, role) ? BAKERY_REACH_CONDITIONAL : BAKERY_REACH_NONE;
}

/* What a Deny leaves of it. */
static bakery_reach limit(bakery_reach reach, const struct rights *rights, size_t role)
{
        if (bakery__role_set_has(rights->deny, role))
                return BAKERY_REACH_NONE;
        if (reach == BAKERY_REACH_GRANTED && bakery__role_set_has(rights->may_deny, role))
                return BAKERY_REACH_CONDITIONAL;
        return reach;
}

/* A Deny binds no admin: who may change policies takes it away. */
bakery_reach bakery__access_cell(const struct access_user *user, size_t role, const char **ret_via)
{
        bakery_reach best = user->own ? reach_by(user->own, role) : BAKERY_REACH_NONE;
        const char *via = NULL;

        for (size_t i = 0; i < user->n_groups; i++) {
                bakery_reach reach = reach_by(&user->groups[i]->rights, role);

                if (reach <= best)
                        continue;
                best = reach;
                via = user->groups[i]->name;
        }
        for (size_t i = 0; i < user->n_groups && best; i++)
                best = limit(best, &user->groups[i]->rights, role);
        if (user->own && best)
                best = limit(best, user->own, role);
        if (user->admin) {
                best = BAKERY_REACH_ADMIN;
                via = user->admin_via;
        }
        *ret_via = best ? via : NULL;
        return best;
}

bool bakery__access_may_enter(const struct access_user *user, const struct role_range *range)
{
        size_t end = range->first_role + range->group->environment->n_accounts;

        if (user->admin || user->own)
                return true;
        for (size_t i = 0; i < user->n_groups; i++)
                if (bakery__role_set_next(user->groups[i]->rights.allow, range->first_role) < end ||
                    bakery__role_set_next(user->groups[i]->rights.may_allow, range->first_role) < end)
                        return true;
        return false;
}

static const struct role_range *range_of(const bakery_access *access, const bakery_group *group)
{
        for (size_t i = 0; i < access->n_ranges; i++)
                if (access->ranges[i].group == group)
                        return &access->ranges[i];
        return NULL;
}

bakery_reach bakery_access_reach(const bakery_access *access, size_t i, const bakery_group *group,
                                 const bakery_account *account, const char **ret_via)
{
        const struct role_range *range = range_of(access, group);
        const char *via = NULL;
        bakery_reach reach = BAKERY_REACH_NONE;

        if (range && account->environment == group->environment)
                reach = bakery__access_cell(&access->users[i],
                                            range->first_role + (size_t)(account - group->environment->accounts), &via);
        if (ret_via)
                *ret_via = via;
        return reach;
}
