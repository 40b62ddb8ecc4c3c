#include "access/compare.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {
        [BAKERY_DIFFERENCE_MISSING_GROUP] = "missing-group",
        [BAKERY_DIFFERENCE_MISSING_USER] = "missing-user",
        [BAKERY_DIFFERENCE_MISSING_MEMBER] = "missing-member",
        [BAKERY_DIFFERENCE_EXTRA_MEMBER] = "extra-member",
        [BAKERY_DIFFERENCE_MISSING_GRANT] = "missing-grant",
        [BAKERY_DIFFERENCE_UNREACHABLE_ROLE] = "unreachable-role",
        [BAKERY_DIFFERENCE_EXTRA_GRANT] = "extra-grant",
        [BAKERY_DIFFERENCE_UNKNOWN_ROLE] = "unknown-role",
        [BAKERY_DIFFERENCE_EXTRA_ADMIN] = "extra-admin",
        [BAKERY_DIFFERENCE_UNREADABLE] = "unreadable",
        [BAKERY_DIFFERENCE_MISSING_ROLE] = "missing-role",
        [BAKERY_DIFFERENCE_CLOSED_ROLE] = "closed-role",
        [BAKERY_DIFFERENCE_TRUST_WITHOUT_MFA] = "trust-without-mfa",
        [BAKERY_DIFFERENCE_TRUST_WITHOUT_NAME] = "trust-without-name",
        [BAKERY_DIFFERENCE_FOREIGN_TRUST] = "foreign-trust",
};

const char *bakery_difference_name(bakery_difference_kind kind)
{
        return (size_t)kind < N_ELEMENTS(kinds) ? kinds[kind] : "unknown";
}

size_t bakery_access_difference_count(const bakery_access *access)
{
        return access->n_differences;
}

bakery_difference_kind bakery_access_difference_kind(const bakery_access *access, size_t i)
{
        return access->differences[i].kind;
}

const char *bakery_access_difference_message(const bakery_access *access, size_t i)
{
        return access->differences[i].message;
}

enum { FIRST_DIFFERENCES = 64 };

static bool make_room(bakery_access *access)
{
        size_t capacity = access->differences_capacity ? access->differences_capacity * 2 : FIRST_DIFFERENCES;

        if (access->n_differences < access->differences_capacity)
                return true;
        struct difference *differences = realloc(access->differences, capacity * sizeof *differences);
        if (!differences)
                return false;
        access->differences = differences;
        access->differences_capacity = capacity;
        return true;
}

enum { MESSAGE_MAX_BYTES = 1 << 20 };

bakery_status bakery__access_differ(bakery_access *access, const struct difference *difference, bakery_error **err,
                                    const char *format, ...)
{
        AUTO_CLEAR(buf) shown = { .max = MESSAGE_MAX_BYTES };
        AUTO_FREE char *message = NULL;
        va_list args;

        va_start(args, format);
        int length = vasprintf(&message, format, args);
        va_end(args);
        if (length < 0)
                message = NULL; /* what it is then, nobody says */
        bakery__buf_shown(&shown, message ? message : "");
        bakery_status st = bakery__buf_status(&shown, "a difference", err);
        if (st)
                return st;
        const char *kept = shown.at ? bakery__arena_copy(&access->arena, (struct span){ shown.at, shown.len }) : NULL;
        if (!kept || !make_room(access))
                return bakery__fail_memory(err);
        access->differences[access->n_differences] = *difference;
        access->differences[access->n_differences++].message = kept;
        return BAKERY_OK;
}

/* Accounts named in a message; the others are counted. */
enum { NAMED_AT_MOST = 3, ACCOUNTS_TEXT_BYTES = 1024 };

struct some_accounts {
        const bakery_account *first;
        size_t count;
        char text[ACCOUNTS_TEXT_BYTES]; /* "Shop (222222222222), Stg (333333333333) and 4 more" */
};

static void name_accounts(const struct role_range *range, const struct role_set *set, struct some_accounts *ret)
{
        size_t end = range->first_role + range->group->environment->n_accounts, length = 0;

        *ret = (struct some_accounts){ .count = 0 };
        for (size_t role = bakery__role_set_next(set, range->first_role); role < end;
             role = bakery__role_set_next(set, role + 1)) {
                const bakery_account *account = &range->group->environment->accounts[role - range->first_role];

                if (ret->count == 0)
                        ret->first = account;
                if (ret->count++ < NAMED_AT_MOST)
                        length += (size_t)snprintf(ret->text + length, sizeof ret->text - length, "%s%.128s (%s)",
                                                   length ? ", " : "", account->name, account->id);
        }
        if (ret->count > NAMED_AT_MOST)
                snprintf(ret->text + length, sizeof ret->text - length, " and %zu more", ret->count - NAMED_AT_MOST);
}

static struct difference of_roles(bakery_difference_kind kind, const struct role_range *range,
                                  const struct some_accounts *accounts)
{
        return (struct difference){ .kind = kind,
                                    .role_group = range->group,
                                    .account = accounts->count == 1 ? accounts->first : NULL };
}

/* What the comparison of one group with the next needs, made once. */
struct comparing {
        bakery_access *access;
        struct role_set *expected, *found, *reachable;
};

static bakery_status begin(bakery_access *access, struct comparing *ret, bakery_error **err)
{
        ret->access = access;
        ret->expected = bakery__role_set_new(&access->arena, access->n_roles);
        ret->found = bakery__role_set_new(&access->arena, access->n_roles);
        ret->reachable = bakery__role_set_new(&access->arena, access->n_roles);
        if (!ret->expected || !ret->found || !ret->reachable)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < access->n_groups; i++)
                if (!access->groups[i].rights.admin)
                        bakery__role_set_add_all(ret->reachable, access->groups[i].rights.allow,
                                                 access->groups[i].rights.deny);
        return BAKERY_OK;
}

static void expect(struct comparing *comparing, const struct access_group *group)
{
        const bakery_access *access = comparing->access;

        bakery__role_set_empty(comparing->expected);
        for (size_t i = 0; i < access->n_ranges && group->group; i++)
                if (access->ranges[i].group == group->group)
                        bakery__role_set_add_some(comparing->expected, access->ranges[i].first_role,
                                                  group->group->environment->n_accounts);
}

static bakery_status tell_missing(struct comparing *comparing, const struct access_group *group, bool reachable,
                                  bakery_error **err)
{
        bakery_access *access = comparing->access;
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < access->n_ranges && !st; i++) {
                const struct role_range *range = &access->ranges[i];
                struct some_accounts accounts;

                name_accounts(range, comparing->found, &accounts);
                if (accounts.count == 0)
                        continue;
                struct difference difference =
                        of_roles(reachable ? BAKERY_DIFFERENCE_MISSING_GRANT : BAKERY_DIFFERENCE_UNREACHABLE_ROLE,
                                 range, &accounts);
                difference.group = group->name;
                st = bakery__access_differ(access, &difference, err, "%s does not grant %s in %s%s", group->name,
                                           range->group->access_type->name, accounts.text,
                                           reachable ? "" : ": nobody but admins can assume it");
        }
        return st;
}

/* Roles that the group should grant: those that another group grants still, and those that nobody can assume now. */
static bakery_status compare_missing(struct comparing *comparing, const struct access_group *group, bakery_error **err)
{
        const struct rights *rights = &group->rights;
        struct role_set *missing = comparing->found;
        bakery_status st = BAKERY_OK;

        for (int reachable = 0; reachable <= 1 && !st; reachable++) {
                bakery__role_set_empty(missing);
                for (size_t role = bakery__role_set_next(comparing->expected, 0); role != SIZE_MAX;
                     role = bakery__role_set_next(comparing->expected, role + 1)) {
                        bool granted =
                                bakery__role_set_has(rights->allow, role) && !bakery__role_set_has(rights->deny, role);

                        if (!granted && bakery__role_set_has(comparing->reachable, role) == (reachable != 0))
                                bakery__role_set_add(missing, role);
                }
                st = tell_missing(comparing, group, reachable != 0, err);
        }
        return st;
}

/* Who grants too much: a group, or a user by policies of the own. */
struct granter {
        const char *group, *user;
        const struct rights *rights;
};

static bakery_status tell_extra(struct comparing *comparing, const struct granter *granter, bool sure,
                                bakery_error **err)
{
        bakery_access *access = comparing->access;
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < access->n_ranges && !st; i++) {
                const struct role_range *range = &access->ranges[i];
                struct some_accounts accounts;

                name_accounts(range, comparing->found, &accounts);
                if (accounts.count == 0)
                        continue;
                struct difference difference = of_roles(BAKERY_DIFFERENCE_EXTRA_GRANT, range, &accounts);
                difference.group = granter->group;
                difference.user = granter->user;
                st = bakery__access_differ(access, &difference, err, "%s%s grants %s in %s%s",
                                           granter->user ? "a policy of the user " : "",
                                           granter->user ? granter->user : granter->group,
                                           range->group->access_type->name, accounts.text,
                                           sure ? "" : ", under a condition that cannot be judged from here");
        }
        return st;
}

static bakery_status compare_extra(struct comparing *comparing, const struct granter *granter, bakery_error **err)
{
        const struct rights *rights = granter->rights;
        struct role_set *extra = comparing->found, *expected = comparing->expected;

        bakery__role_set_add_all(expected, rights->deny, NULL); /* what is denied is not granted either */
        bakery__role_set_empty(extra);
        bakery__role_set_add_all(extra, rights->allow, expected);
        bakery_status st = tell_extra(comparing, granter, true, err);
        if (st)
                return st;
        bakery__role_set_add_all(expected, rights->allow, NULL);
        bakery__role_set_empty(extra);
        bakery__role_set_add_all(extra, rights->may_allow, expected);
        return tell_extra(comparing, granter, false, err);
}

static bakery_status compare_power(bakery_access *access, const struct access_group *group, bakery_error **err)
{
        bool should = bakery__str_equal(group->name, access->config->admin_group);
        struct difference difference = { .group = group->name };

        if (should == group->rights.admin)
                return BAKERY_OK;
        difference.kind = should ? BAKERY_DIFFERENCE_MISSING_GRANT : BAKERY_DIFFERENCE_EXTRA_ADMIN;
        return bakery__access_differ(access, &difference, err,
                                     should ? "%s makes nobody an admin of the Bakery account"
                                            : "%s makes its members admins of the Bakery account",
                                     group->name);
}

static bakery_status compare_group(struct comparing *comparing, const struct access_group *group, bakery_error **err)
{
        const struct difference missing = { .kind = BAKERY_DIFFERENCE_MISSING_GROUP, .group = group->name };
        bakery_status st;

        if (group->missing)
                return bakery__access_differ(comparing->access, &missing, err, "there is no group %s in IAM",
                                             group->name);
        st = compare_power(comparing->access, group, err);
        if (st || group->rights.admin) /* who has everything has no grant too many */
                return st;
        expect(comparing, group);
        st = compare_missing(comparing, group, err);
        return st ? st
                  : compare_extra(comparing, &(struct granter){ .group = group->name, .rights = &group->rights }, err);
}

static bakery_status compare_own(struct comparing *comparing, const struct access_user *user, bakery_error **err)
{
        const struct difference admin = { .kind = BAKERY_DIFFERENCE_EXTRA_ADMIN, .user = user->name };

        if (!user->own || (user->own->admin && user->expected_admin))
                return BAKERY_OK;
        if (user->own->admin)
                return bakery__access_differ(comparing->access, &admin, err,
                                             "a policy of the user %s makes an admin of the Bakery account",
                                             user->name);
        bakery__role_set_empty(comparing->expected);
        return compare_extra(comparing, &(struct granter){ .user = user->name, .rights = user->own }, err);
}

bakery_status bakery__compare_grants(bakery_access *access, bakery_error **err)
{
        struct comparing comparing;
        bakery_status st = begin(access, &comparing, err);

        for (size_t i = 0; i < access->n_groups && !st; i++)
                st = compare_group(&comparing, &access->groups[i], err);
        for (size_t i = 0; i < access->n_users && !st; i++)
                st = compare_own(&comparing, &access->users[i], err);
        return st;
}
