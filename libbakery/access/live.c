#include "access/live.h"

#include "access/compare.h"
#include "access/judge.h"
#include "access/power.h"

struct building {
        bakery_access *access;
        struct iam_account *account;
        struct judge judge;
        struct power power;
        struct map listed; /* users of the configuration, by name */
};

static const char *copied(bakery_access *access, const char *text)
{
        return bakery__arena_copy(&access->arena, bakery__span(text));
}

/* A group is told by its name; a user's own policy by that of the user. */
static struct difference of_identity(const struct building *building, bakery_difference_kind kind,
                                     const struct iam_identity *identity)
{
        const struct access_group *group = bakery__access_find_group(building->access, identity->name);
        const struct access_user *user =
                bakery__map_get(&building->access->users_by_name, bakery__span(identity->name));
        struct difference difference = { .kind = kind };

        if (identity->kind == IAM_USER)
                difference.user = user ? user->name : NULL;
        else
                difference.group = group ? group->name : NULL;
        return difference;
}

static bakery_status tell_unknown(const struct iam_identity *identity, const char *resource, void *context,
                                  bakery_error **err)
{
        const struct building *building = context;
        struct difference difference = of_identity(building, BAKERY_DIFFERENCE_UNKNOWN_ROLE, identity);

        difference.role_arn = copied(building->access, resource);
        if (!difference.role_arn)
                return bakery__fail_memory(err);
        return bakery__access_differ(building->access, &difference, err,
                                     "%s grants %s, which is no role of the configuration", identity->name, resource);
}

static bakery_status tell_unreadable(const struct iam_identity *identity, const char *policy, void *context,
                                     bakery_error **err)
{
        const struct building *building = context;
        const struct difference difference = of_identity(building, BAKERY_DIFFERENCE_UNREADABLE, identity);

        return bakery__access_differ(building->access, &difference, err, "%s has the policy %s, which cannot be read",
                                     identity->name, policy);
}

static bakery_status add_group(struct building *building, const struct iam_identity *from, bakery_error **err)
{
        bakery_access *access = building->access;
        struct access_group *group = bakery__access_find_group(access, from->name);

        if (!group) {
                const char *name = copied(access, from->name);

                group = name ? bakery__access_add_group(access, name) : NULL;
        }
        if (!group)
                return bakery__fail_memory(err);
        group->missing = false;
        return bakery__judge(&building->judge, access, from, &group->rights, err);
}

static bakery_status add_groups(struct building *building, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < building->access->n_groups; i++)
                building->access->groups[i].missing = true;
        for (size_t i = 0; i < building->account->n_groups && !st; i++)
                st = add_group(building, building->account->groups[i], err);
        return st;
}

/* Policies of the user's own, and what a boundary takes away. */
static bakery_status add_own(struct building *building, const struct iam_identity *from, struct access_user *user,
                             bakery_error **err)
{
        struct rights *own = bakery__arena_alloc(&building->access->arena, sizeof *own);
        bool bounded = false;

        if (!own)
                return bakery__fail_memory(err);
        bakery_status st = bakery__judge(&building->judge, building->access, from, own, err);
        if (!st)
                st = bakery__power_is_bounded(&building->power, building->account, from, &bounded, err);
        if (st)
                return st;
        user->own = own;
        if (own->admin && !user->admin)
                user->admin_via = NULL;
        user->admin = (user->admin || own->admin) && !bounded;
        own->admin = own->admin && !bounded;
        return BAKERY_OK;
}

static bakery_status add_user(struct building *building, const struct iam_identity *from, int64_t now_s,
                              bakery_error **err)
{
        bakery_access *access = building->access;
        const bakery_user *listed = bakery__map_get(&building->listed, bakery__span(from->name));
        const char *name = copied(access, from->name);
        struct access_user *user = name ? bakery__access_add_user(access, name, from->n_groups) : NULL;

        if (!user)
                return bakery__fail_memory(err);
        user->until = listed ? listed->until : NULL;
        user->ended = bakery__membership_ended(user->until, now_s);
        user->expected_admin = bakery__is_expected_admin(access->config, name);
        for (size_t i = 0; i < from->n_groups; i++) {
                const struct access_group *group = bakery__access_find_group(access, from->groups[i]);

                if (group) /* one that came up while the account was read is not in the list of groups */
                        bakery__access_join(user, group);
        }
        return from->n_policies || from->boundary ? add_own(building, from, user, err) : BAKERY_OK;
}

static bakery_status list_users(struct building *building, bakery_error **err)
{
        const bakery_config *config = building->access->config;

        building->listed.fold_case = true;
        for (size_t i = 0; i < config->n_users; i++)
                if (bakery__map_add(&building->listed, bakery__span(config->users[i].name.text), &config->users[i],
                                    NULL) == MAP_NO_MEMORY)
                        return bakery__fail_memory(err);
        return BAKERY_OK;
}

static bakery_status build(struct building *building, int64_t now_s, bakery_error **err)
{
        bakery_status st = bakery__judge_init(&building->judge, building->access, building->account, err);

        if (!st)
                st = list_users(building, err);
        if (!st)
                st = add_groups(building, err);
        for (size_t i = 0; i < building->account->n_users && !st; i++)
                st = add_user(building, building->account->users[i], now_s, err);
        if (!st)
                st = bakery__compare_grants(building->access, err);
        return st ? st : bakery__compare_members(building->access, now_s, err);
}

bakery_status bakery__access_from_account(const bakery_config *config, struct iam_account *account, int64_t now_s,
                                          bakery_access **ret, bakery_error **err)
{
        AUTO_PTR(bakery_access) access = NULL;
        bakery_status st = bakery__access_new(config, account->n_groups, account->n_users, &access, err);

        if (st)
                return st;
        struct building building = {
                .access = access,
                .account = account,
                .judge = { .on_unknown = tell_unknown, .on_unreadable = tell_unreadable },
                .power = { .partition = config->partition->id,
                           .account_id = bakery_config_bakery_account_id(config),
                           .admin_group = config->admin_group },
        };
        building.judge.context = &building;
        access->live = true;
        access->as_of_s = now_s;
        st = build(&building, now_s, err);
        bakery__judge_clear(&building.judge);
        bakery__map_clear(&building.listed);
        if (!st)
                *ret = STEAL(access);
        return st;
}
