#include "access/admin_check.h"

#include <bakery/sts.h>

#include "access/access.h"
#include "access/power.h"
#include "aws/iam.h"
#include "formats/arn.h"

static const char *get_variable(const void *client, const char *name)
{
        return bakery__client_getenv(client, name);
}

bakery_status bakery_admin_watch_of_environment(bakery_client *client, bakery_admin_watch **ret_watch,
                                                bakery_error **err)
{
        bakery__error_clear(err);
        return bakery__admin_watch_of_variables(get_variable, client, ret_watch, err);
}

void bakery_admin_check_free(bakery_admin_check *check)
{
        if (!check)
                return;
        bakery__arena_clear(&check->arena);
        free(check);
}

/* One thing by which a user has power over the account. */
struct way {
        const char *group, *policy; /* group NULL: a policy of the own */
        struct way *next;
};

/* All of them; first is before the first one, and has none. */
struct ways {
        struct way first, *last;
        size_t count;
};

/* A check under way. */
struct inquiry {
        const struct aws_access *aws;
        const bakery_admin_watch *watch;
        struct power power;
        struct iam_account account;
        struct map groups, users; /* of the account, by name: struct iam_identity */
        struct map ways;          /* by user: struct ways */
        struct bakery_admin_check *check;
        int64_t now_s;
};

static void clear_inquiry(struct inquiry *in)
{
        bakery__map_clear(&in->groups);
        bakery__map_clear(&in->users);
        bakery__map_clear(&in->ways);
        bakery__account_clear(&in->account);
}
DEFINE_AUTO_CLEAR(inquiry, clear_inquiry)

static bool has_name(const struct names *names, const char *name)
{
        for (size_t i = 0; i < names->count; i++)
                if (bakery__str_equal_nocase(names->at[i], name))
                        return true;
        return false;
}

static bool index_identities(struct map *map, struct iam_identity **identities, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (bakery__map_add(map, bakery__span(identities[i]->name), identities[i], NULL) == MAP_NO_MEMORY)
                        return false;
        return true;
}

/* Whose account it is, and all that is in it. */
static bakery_status read_account(struct inquiry *in, bakery_identity *identity, bakery_error **err)
{
        struct arn arn;
        bakery_status st =
                bakery_sts_get_caller_identity(in->aws->client, in->aws->keys, in->aws->region, identity, err);

        if (!st)
                st = bakery__arn_parse(identity->arn, &arn, err);
        if (!st)
                st = bakery__account_read(in->aws, &in->account, err);
        if (st)
                return st;
        in->power.account_id = identity->account;
        in->power.partition = bakery__arena_copy(&in->check->arena, arn.partition);
        return in->power.partition && index_identities(&in->groups, in->account.groups, in->account.n_groups) &&
                               index_identities(&in->users, in->account.users, in->account.n_users)
                       ? BAKERY_OK
                       : bakery__fail_memory(err);
}

/* A group that is not there has no members, which would look like "all good". */
static bakery_status check_group(const struct inquiry *in, const char *name, bakery_error **err)
{
        struct nearest nearest = bakery__nearest(name);

        if (bakery__map_get(&in->groups, bakery__span(name)))
                return BAKERY_OK;
        for (size_t i = 0; i < in->account.n_groups; i++)
                bakery__nearest_offer(&nearest, in->account.groups[i]->name);
        bakery__fail(err, BAKERY_ERR_NOT_FOUND, "there is no group \"%s\" to watch", name);
        if (nearest.name)
                bakery__error_hint(err, "did you mean %s? Mend AdminGroups, and deploy the check again", nearest.name);
        else
                bakery__error_hint(err, "look at AdminGroups, and at the account that is asked");
        return BAKERY_ERR_NOT_FOUND;
}

/* Power over the account. */

static bakery_status add_way(const struct admin *admin, void *context, bakery_error **err)
{
        struct inquiry *in = context;
        struct ways *ways = bakery__map_get(&in->ways, bakery__span(admin->user));
        struct way *way = NULL;

        if (!ways) {
                ways = bakery__arena_alloc(&in->check->arena, sizeof *ways);
                if (!ways || bakery__map_add(&in->ways, bakery__span(admin->user), ways, NULL) == MAP_NO_MEMORY)
                        return bakery__fail_memory(err);
                ways->last = &ways->first;
        }
        way = bakery__arena_alloc(&in->check->arena, sizeof *way);
        if (!way)
                return bakery__fail_memory(err);
        *way = (struct way){ .group = admin->group, .policy = admin->policy };
        ways->last->next = way;
        ways->last = way;
        ways->count++;
        return BAKERY_OK;
}

/* AWS's own policies with such power, for when their documents are not sent along. */
static bool is_known_for_power(const struct arn *arn)
{
        static const char *const names[] = { "AdministratorAccess", "IAMFullAccess", "PowerUserAccess" };

        for (size_t i = 0; i < N_ELEMENTS(names); i++)
                if (bakery__span_is(bakery__arn_name(arn), names[i]))
                        return true;
        return false;
}

/* A policy that cannot be read could say anything: it is not passed over. */
static bakery_status judge_unread(const struct iam_identity *of, const struct iam_document *policy, bool *ret_has,
                                  bakery_error **err)
{
        struct arn arn;

        if (bakery__arn_parse(policy->name, &arn, NULL) || !bakery__span_is(arn.account, "aws"))
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s %s: the policy %s cannot be read",
                                    of->kind == IAM_USER ? "user" : "group", of->name, policy->name);
        *ret_has = is_known_for_power(&arn);
        return BAKERY_OK;
}

/* The policies of which IAM sent no document: tells each of them that has power, of one identity, for one user. */
static bakery_status add_unread(struct inquiry *in, const struct iam_identity *of, const char *user, bakery_error **err)
{
        for (size_t i = 0; i < of->n_policies; i++) {
                const struct cJSON *document = NULL;
                bool has = false;
                bakery_status st = bakery__account_document(&in->account, of->policies[i], &document, err);

                if (!st && !document)
                        st = judge_unread(of, of->policies[i], &has, err);
                if (!st && has)
                        st = add_way(
                                &(struct admin){ user, of->kind == IAM_GROUP ? of->name : NULL, of->policies[i]->name },
                                in, err);
                if (st)
                        return st;
        }
        return BAKERY_OK;
}

static bakery_status add_unread_of_user(struct inquiry *in, const struct iam_identity *user, bakery_error **err)
{
        bakery_status st = add_unread(in, user, user->name, err);

        for (size_t i = 0; i < user->n_groups && !st; i++) {
                const struct iam_identity *group = bakery__map_get(&in->groups, bakery__span(user->groups[i]));

                if (group)
                        st = add_unread(in, group, user->name, err);
        }
        return st;
}

static bakery_status find_ways(struct inquiry *in, bakery_error **err)
{
        bakery_status st = bakery__power_admins(&in->power, &in->account, add_way, in, err);

        for (size_t i = 0; i < in->account.n_users && !st; i++)
                st = add_unread_of_user(in, in->account.users[i], err);
        return st;
}

/* The admins. */

static const char *copy(struct inquiry *in, const char *text, bool *ok)
{
        const char *own = bakery__arena_copy(&in->check->arena, bakery__span(text));

        *ok &= own != NULL;
        return own;
}

/* "arn:aws:iam::aws:policy/AdministratorAccess" is an AdministratorAccess, as an inline policy is what it is called. */
static const char *copy_policy(struct inquiry *in, const char *name, bool *ok)
{
        struct arn arn;

        if (bakery__arn_parse(name, &arn, NULL))
                return copy(in, name, ok);
        const char *own = bakery__arena_copy(&in->check->arena, bakery__arn_name(&arn));
        *ok &= own != NULL;
        return own;
}

static bool has_group(const bakery_admin *admin, const char *name)
{
        for (size_t i = 0; i < admin->n_groups; i++)
                if (bakery__str_equal_nocase(admin->groups[i].name, name))
                        return true;
        return false;
}

/* Watched groups first: that they are watched says more than their policies. */
static bool add_reasons(struct inquiry *in, bakery_admin *admin, const struct iam_identity *user,
                        const struct ways *ways)
{
        const size_t most = ways ? ways->count : 0;
        bool ok = true;

        admin->groups = bakery__arena_array(&in->check->arena, user->n_groups + most + 1, sizeof *admin->groups);
        admin->policies.at = bakery__arena_array(&in->check->arena, most + 1, sizeof *admin->policies.at);
        if (!admin->groups || !admin->policies.at)
                return false;
        for (size_t i = 0; i < user->n_groups; i++)
                if (has_name(&in->watch->groups, user->groups[i]))
                        admin->groups[admin->n_groups++].name = copy(in, user->groups[i], &ok);
        for (const struct way *way = ways ? ways->first.next : NULL; way && ok; way = way->next) {
                if (!way->group)
                        admin->policies.at[admin->policies.count++] = copy_policy(in, way->policy, &ok);
                else if (!has_group(admin, way->group))
                        admin->groups[admin->n_groups++] =
                                (struct admin_group){ copy(in, way->group, &ok), copy_policy(in, way->policy, &ok) };
        }
        return ok;
}

static bakery_status take_device(const struct iam_entry *device, void *context, bakery_error **err)
{
        (void)device, (void)err;
        *(bool *)context = true;
        return BAKERY_OK;
}

static const struct membership_end *end_of(const struct inquiry *in, const char *user)
{
        for (size_t i = 0; i < in->watch->n_ends; i++)
                if (bakery__str_equal_nocase(in->watch->ends[i].user, user))
                        return &in->watch->ends[i];
        return NULL;
}

/* What there is to say of one who is an admin. */
static bakery_status describe(struct inquiry *in, bakery_admin *admin, const char *name, bakery_error **err)
{
        const struct membership_end *end = end_of(in, name);
        bool ok = true;

        admin->name = copy(in, name, &ok);
        admin->until = end ? copy(in, end->until, &ok) : NULL;
        admin->expected = has_name(&in->watch->expected, name);
        if (!ok)
                return bakery__fail_memory(err);
        in->check->n_unexpected += !admin->expected;
        return bakery__iam_list(in->aws, IAM_MFA_DEVICES, name, take_device, &admin->has_mfa, err);
}

static bakery_status find_admins(struct inquiry *in, bakery_error **err)
{
        bakery_admin_check *check = in->check;
        bakery_status st = BAKERY_OK;

        check->admins = bakery__arena_array(&check->arena, in->account.n_users + 1, sizeof *check->admins);
        if (!check->admins)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < in->account.n_users && !st; i++) {
                const struct iam_identity *user = in->account.users[i];
                bakery_admin admin = { .name = user->name };

                if (!add_reasons(in, &admin, user, bakery__map_get(&in->ways, bakery__span(user->name))))
                        return bakery__fail_memory(err);
                if (admin.n_groups + admin.policies.count == 0)
                        continue;
                st = describe(in, &admin, user->name, err);
                check->admins[check->n_admins++] = admin;
        }
        return st;
}

/* Memberships that are past their end. */

static bool is_member(const struct iam_identity *user, const char *group)
{
        for (size_t i = 0; user && i < user->n_groups; i++)
                if (bakery__str_equal_nocase(user->groups[i], group))
                        return true;
        return false;
}

static bool add_past_ends(struct inquiry *in, const struct membership_end *end)
{
        const struct iam_identity *user = bakery__map_get(&in->users, bakery__span(end->user));
        bool ok = true;

        for (size_t i = 0; i < end->groups.count; i++)
                if (bakery__membership_ended(end->until, in->now_s) && is_member(user, end->groups.at[i]))
                        in->check->past_ends[in->check->n_past_ends++] =
                                (struct past_end){ copy(in, user->name, &ok), copy(in, end->groups.at[i], &ok),
                                                   copy(in, end->until, &ok) };
        return ok;
}

static bakery_status find_past_ends(struct inquiry *in, bakery_error **err)
{
        size_t count = 1;
        bool ok = true;

        for (size_t i = 0; i < in->watch->n_ends; i++)
                count += in->watch->ends[i].groups.count;
        in->check->past_ends = bakery__arena_array(&in->check->arena, count, sizeof *in->check->past_ends);
        for (size_t i = 0; i < in->watch->n_ends && in->check->past_ends && ok; i++)
                ok = add_past_ends(in, &in->watch->ends[i]);
        return ok && in->check->past_ends ? BAKERY_OK : bakery__fail_memory(err);
}

static bakery_status copy_watched(struct inquiry *in, bakery_error **err)
{
        struct names *watched = &in->check->watched;
        bool ok = true;

        watched->at = bakery__arena_array(&in->check->arena, in->watch->groups.count + 1, sizeof *watched->at);
        for (size_t i = 0; i < in->watch->groups.count && watched->at; i++)
                watched->at[watched->count++] = copy(in, in->watch->groups.at[i], &ok);
        return ok && watched->at ? BAKERY_OK : bakery__fail_memory(err);
}

static bakery_status check_all(struct inquiry *in, bakery_identity *identity, bakery_error **err)
{
        static bakery_status (*const steps[])(struct inquiry *, bakery_error **) = {
                copy_watched,
                find_ways,
                find_admins,
                find_past_ends,
        };
        bakery_status st = read_account(in, identity, err);

        for (size_t i = 0; i < in->watch->groups.count && !st; i++)
                st = check_group(in, in->watch->groups.at[i], err);
        for (size_t i = 0; i < N_ELEMENTS(steps) && !st; i++)
                st = steps[i](in, err);
        in->check->n_users = in->account.n_users;
        return st;
}

bakery_status bakery_admin_check_run(bakery_client *client, const bakery_credentials *keys,
                                     const bakery_admin_watch *watch, bakery_admin_check **ret_check,
                                     bakery_error **err)
{
        AUTO_PTR(bakery_admin_check) check = calloc(1, sizeof *check);
        const struct aws_access aws = { .client = client, .keys = keys };
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        AUTO_CLEAR(inquiry)
        in = {
                .aws = &aws,
                .watch = watch,
                .power.every_role = true,
                .groups.fold_case = true,
                .users.fold_case = true,
                .check = check,
                .now_s = bakery__client_now_s(client),
        };

        bakery__error_clear(err);
        if (!check)
                return bakery__fail_memory(err);
        bakery_status st = check_all(&in, &identity, err);
        bakery_identity_clear(&identity);
        if (!st)
                *ret_check = STEAL(check);
        return st;
}

size_t bakery_admin_check_count(const bakery_admin_check *check)
{
        return check->n_admins;
}

const bakery_admin *bakery_admin_check_admin(const bakery_admin_check *check, size_t i)
{
        return &check->admins[i];
}

size_t bakery_admin_check_unexpected_count(const bakery_admin_check *check)
{
        return check->n_unexpected;
}

size_t bakery_admin_check_past_end_count(const bakery_admin_check *check)
{
        return check->n_past_ends;
}

const char *bakery_admin_check_past_end_user(const bakery_admin_check *check, size_t i)
{
        return check->past_ends[i].user;
}

const char *bakery_admin_check_past_end_group(const bakery_admin_check *check, size_t i)
{
        return check->past_ends[i].group;
}

const char *bakery_admin_check_past_end_until(const bakery_admin_check *check, size_t i)
{
        return check->past_ends[i].until;
}

const char *bakery_admin_name(const bakery_admin *admin)
{
        return admin->name;
}

int bakery_admin_is_expected(const bakery_admin *admin)
{
        return admin->expected;
}

int bakery_admin_has_mfa(const bakery_admin *admin)
{
        return admin->has_mfa;
}

const char *bakery_admin_until(const bakery_admin *admin)
{
        return admin->until;
}

size_t bakery_admin_group_count(const bakery_admin *admin)
{
        return admin->n_groups;
}

const char *bakery_admin_group(const bakery_admin *admin, size_t i)
{
        return admin->groups[i].name;
}

const char *bakery_admin_group_policy(const bakery_admin *admin, size_t i)
{
        return admin->groups[i].policy;
}

size_t bakery_admin_policy_count(const bakery_admin *admin)
{
        return admin->policies.count;
}

const char *bakery_admin_policy(const bakery_admin *admin, size_t i)
{
        return admin->policies.at[i];
}
