/* What the configuration alone says: its Users, and its grants. */
#include <string.h>

#include "access/access.h"
#include "base/time.h"

enum { DATE_CHARS = sizeof "2027-01-31" - 1 };

bool bakery__membership_ended(const char *until, int64_t now_s)
{
        char now[TIME_TEXT_BYTES];

        if (!until || now_s == 0)
                return false;
        bakery__time_print(now_s, now);
        return strncmp(now, until, DATE_CHARS) > 0;
}

static bool grant_all(bakery_access *access)
{
        for (size_t i = 0; i < access->n_ranges; i++) {
                const struct role_range *range = &access->ranges[i];
                struct role_set *roles = bakery__role_set_new(&access->arena, access->n_roles);

                if (!roles)
                        return false;
                bakery__role_set_add_some(roles, range->first_role, range->group->environment->n_accounts);
                access->groups[i].rights.allow = roles;
        }
        bakery__access_find_group(access, access->config->admin_group)->rights.admin = true;
        return true;
}

static bool add_user(bakery_access *access, const bakery_user *from, int64_t now_s)
{
        struct access_user *user = bakery__access_add_user(access, from->name.text, from->groups.count);

        if (!user)
                return false;
        user->until = from->until;
        user->ended = bakery__membership_ended(from->until, now_s);
        user->expected_admin = bakery__is_expected_admin(access->config, user->name);
        for (size_t i = 0; i < from->groups.count && !user->ended; i++)
                bakery__access_join(user, bakery__access_find_group(access, from->groups.at[i].text));
        return true;
}

bakery_status bakery_access_from_config(const bakery_config *config, const bakery_access_options *options,
                                        bakery_access **ret_access, bakery_error **err)
{
        AUTO_PTR(bakery_access) access = NULL;

        bakery__error_clear(err);
        if (options && options->size < sizeof *options)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_access_options of %zu bytes are none: begin with "
                                    "BAKERY_ACCESS_OPTIONS_INIT",
                                    options->size);
        bakery_status st = bakery__access_new(config, 0, config->n_users, &access, err);
        if (st)
                return st;
        if (!grant_all(access))
                return bakery__fail_memory(err);
        for (size_t i = 0; i < config->n_users; i++)
                if (!add_user(access, &config->users[i], options ? options->now_s : 0))
                        return bakery__fail_memory(err);
        *ret_access = STEAL(access);
        return BAKERY_OK;
}
