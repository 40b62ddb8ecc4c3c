/* What the Users of the configuration ask of IAM. */
#include <string.h>

#include "access/access.h"
#include "access/users.h"
#include "aws/client.h"

enum { FIRST_CAPACITY = 16 };

void bakery_users_plan_free(bakery_users_plan *plan)
{
        if (!plan)
                return;
        for (size_t i = 0; i < plan->n_changes; i++)
                bakery_error_free(plan->changes[i].error);
        free(plan->changes);
        free(plan->notes);
        bakery__arena_clear(&plan->arena);
        free(plan);
}

/* A plan that is being made. */
struct planning {
        const bakery_config *config;
        const struct iam_account *account;
        const char *caller; /* NULL: no user */
        int64_t now_s;
        struct map managed;       /* names of groups, as the configuration writes them */
        struct map groups, users; /* of IAM: struct iam_identity */
        struct map listed;        /* struct bakery_user */
        bakery_users_plan *plan;
        bool no_memory;
};

static void clear_planning(struct planning *in)
{
        bakery__map_clear(&in->managed);
        bakery__map_clear(&in->groups);
        bakery__map_clear(&in->users);
        bakery__map_clear(&in->listed);
        bakery_users_plan_free(in->plan);
}
DEFINE_AUTO_CLEAR(planning, clear_planning)

/* The map keeps what is read; nothing is written through it. */
static bool put(struct map *map, const char *name, const void *value)
{
        map->fold_case = true;
        return bakery__map_add(map, bakery__span(name), (void *)(uintptr_t)value, NULL) != MAP_NO_MEMORY;
}

bool bakery__users_managed_groups(const bakery_config *config, struct map *ret)
{
        bool ok = put(ret, config->admin_group, config->admin_group) &&
                  put(ret, config->read_only_group, config->read_only_group);

        for (size_t i = 0; i < config->n_environments; i++)
                for (size_t k = 0; k < config->environments[i].n_groups && ok; k++) {
                        const char *name = bakery_group_name(&config->environments[i].groups[k]);

                        ok = put(ret, name, name);
                }
        return ok;
}

bool bakery__users_listed(const bakery_config *config, struct map *ret)
{
        bool ok = true;

        for (size_t i = 0; i < config->n_users && ok; i++)
                ok = put(ret, config->users[i].name.text, &config->users[i]);
        return ok;
}

static bool index_account(struct planning *in)
{
        bool ok = true;

        for (size_t i = 0; i < in->account->n_groups && ok; i++)
                ok = put(&in->groups, in->account->groups[i]->name, in->account->groups[i]);
        for (size_t i = 0; i < in->account->n_users && ok; i++)
                ok = put(&in->users, in->account->users[i]->name, in->account->users[i]);
        return ok;
}

static const char *copied(struct planning *in, const char *text)
{
        char *copy = text ? bakery__arena_copy(&in->plan->arena, bakery__span(text)) : NULL;

        in->no_memory |= text && !copy;
        return copy;
}

/* Room for one more element of a list that grows by realloc(). */
static bool make_room(struct planning *in, void **list, size_t count, size_t *capacity, size_t size_bytes)
{
        if (count < *capacity)
                return true;

        size_t more = *capacity ? *capacity * 2 : FIRST_CAPACITY;
        void *larger = reallocarray(*list, more, size_bytes);

        if (larger) {
                *list = larger;
                *capacity = more;
        }
        in->no_memory |= !larger;
        return larger != NULL;
}

static void add_change(struct planning *in, struct users_change change)
{
        bakery_users_plan *plan = in->plan;

        if (!make_room(in, (void **)&plan->changes, plan->n_changes, &plan->changes_capacity, sizeof *plan->changes))
                return;
        change.own = in->caller && bakery__str_equal_nocase(change.user, in->caller);
        change.user = copied(in, change.user);
        change.group = copied(in, change.group);
        change.until = copied(in, change.until);
        change.number = plan->n_changes;
        plan->changes[plan->n_changes++] = change;
}

/* text is of the arena; NULL: memory is gone. */
static void add_note(struct planning *in, const char *text)
{
        bakery_users_plan *plan = in->plan;

        in->no_memory |= !text;
        if (make_room(in, (void **)&plan->notes, plan->n_notes, &plan->notes_capacity, sizeof *plan->notes))
                plan->notes[plan->n_notes++] = text;
}
#define NOTE(in, ...) add_note((in), bakery__arena_format(&(in)->plan->arena, __VA_ARGS__))

static bool is_in(const struct iam_identity *user, const char *group)
{
        for (size_t i = 0; user && i < user->n_groups; i++)
                if (bakery__str_equal_nocase(user->groups[i], group))
                        return true;
        return false;
}

/* Why the user is to leave a group of the configuration; BAKERY_USERS_WANTED: stays. */
static bakery_users_reason why_leave(const struct planning *in, const struct iam_identity *user,
                                     const bakery_user *listed, const char *group)
{
        if (listed && bakery__words_have(&listed->groups, group))
                return bakery__membership_ended(listed->until, in->now_s) ? BAKERY_USERS_ENDED : BAKERY_USERS_WANTED;
        if (bakery__config_is_admin_group(in->config, group) && bakery__is_expected_admin(in->config, user->name))
                return BAKERY_USERS_WANTED;
        return listed ? BAKERY_USERS_UNLISTED : BAKERY_USERS_UNKNOWN;
}

/* The groups that the user is in too much; those of somebody unknown are only left by --prune. */
static void plan_leaving(struct planning *in, const struct iam_identity *user, const bakery_user *listed)
{
        for (size_t i = 0; i < user->n_groups; i++) {
                const char *group = user->groups[i];
                bakery_users_reason reason = why_leave(in, user, listed, group);

                if (!bakery__map_get(&in->managed, bakery__span(group)) || reason == BAKERY_USERS_WANTED ||
                    (reason == BAKERY_USERS_UNKNOWN && !in->plan->prune))
                        continue;
                add_change(in, (struct users_change){ .action = BAKERY_USERS_REMOVE,
                                                      .reason = reason,
                                                      .user = user->name,
                                                      .group = group,
                                                      .until = reason == BAKERY_USERS_ENDED ? listed->until : NULL });
        }
}

static void add_unknown(struct planning *in, const struct iam_identity *user)
{
        struct users_unknown *unknown = &in->plan->unknown[in->plan->n_unknown++];

        unknown->user = copied(in, user->name);
        unknown->groups = bakery__arena_array(&in->plan->arena, user->n_groups + 1, sizeof *unknown->groups);
        in->no_memory |= !unknown->groups;
        for (size_t i = 0; i < user->n_groups && unknown->groups; i++)
                if (bakery__map_get(&in->managed, bakery__span(user->groups[i])))
                        unknown->groups[unknown->n_groups++] = copied(in, user->groups[i]);
}

/* IAM's spelling of a group goes before ours. */
static void plan_joining(struct planning *in, const bakery_user *listed, const struct iam_identity *user)
{
        for (size_t i = 0; i < listed->groups.count; i++) {
                const char *wanted = listed->groups.at[i].text;
                const struct iam_identity *group = bakery__map_get(&in->groups, bakery__span(wanted));

                if (!is_in(user, wanted))
                        add_change(in, (struct users_change){ .action = BAKERY_USERS_ADD,
                                                              .user = user ? user->name : listed->name.text,
                                                              .group = group ? group->name : wanted,
                                                              .until = listed->until,
                                                              .no_group = !group });
        }
}

static void plan_listed(struct planning *in, const bakery_user *listed)
{
        const struct iam_identity *user = bakery__map_get(&in->users, bakery__span(listed->name.text));

        if (bakery__membership_ended(listed->until, in->now_s))
                return;
        if (!user)
                add_change(in, (struct users_change){ .action = BAKERY_USERS_CREATE,
                                                      .user = listed->name.text,
                                                      .until = listed->until });
        plan_joining(in, listed, user);
}

static int phase_of(const struct users_change *change)
{
        return change->own && change->action == BAKERY_USERS_REMOVE ? BAKERY_USERS_ADD + 1 : (int)change->action;
}

static int by_order(const void *a, const void *b)
{
        const struct users_change *x = a, *y = b;
        int phases = phase_of(x) - phase_of(y);

        return phases ? phases : (x->number > y->number) - (x->number < y->number);
}

static void note_missing_groups(struct planning *in)
{
        AUTO_CLEAR(map) told = { .fold_case = true };

        for (size_t i = 0; i < in->plan->n_changes; i++) {
                const struct users_change *change = &in->plan->changes[i];

                if (!change->no_group || bakery__map_get(&told, bakery__span(change->group)))
                        continue;
                NOTE(in, "IAM has no group %s: bakery-cli deploy bakery makes it", change->group);
                in->no_memory |= !put(&told, change->group, change);
        }
}

/* Nobody may be able to mend the Bakery account afterwards. */
static void note_admins(struct planning *in)
{
        const char *group = in->config->admin_group;
        size_t before = 0, leave = 0, join = 0;

        for (size_t i = 0; i < in->account->n_users; i++)
                before += is_in(in->account->users[i], group);
        for (size_t i = 0; i < in->plan->n_changes; i++) {
                const struct users_change *change = &in->plan->changes[i];
                bool counts = change->group && bakery__str_equal_nocase(change->group, group);

                leave += counts && change->action == BAKERY_USERS_REMOVE;
                join += counts && change->action == BAKERY_USERS_ADD;
        }
        if (before > 0 && leave == before && join == 0)
                NOTE(in, "nobody would be left in %s, who could mend the Bakery account", group);
}

static void note_own(struct planning *in)
{
        for (size_t i = 0; i < in->plan->n_changes; i++) {
                const struct users_change *change = &in->plan->changes[i];

                if (change->own && change->action == BAKERY_USERS_REMOVE)
                        NOTE(in, "you are %s, and would leave %s yourself: that is done last", change->user,
                             change->group);
        }
}

static void plan_all(struct planning *in)
{
        for (size_t i = 0; i < in->account->n_users; i++) {
                const struct iam_identity *user = in->account->users[i];
                const bakery_user *listed = bakery__map_get(&in->listed, bakery__span(user->name));

                if (!listed)
                        add_unknown(in, user);
                plan_leaving(in, user, listed);
        }
        for (size_t i = 0; i < in->config->n_users; i++)
                plan_listed(in, &in->config->users[i]);
        if (in->plan->n_changes > 0)
                qsort(in->plan->changes, in->plan->n_changes, sizeof *in->plan->changes, by_order);
        note_missing_groups(in);
        note_own(in);
        note_admins(in);
}

static bakery_status fail_no_users(const bakery_config *config, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_CONFIG, "%s has no Users, so it does not say who is to be in which group",
                     bakery_config_name(config));
        bakery__error_hint(err, "name each under Users, with the Groups: bakery-config(5)");
        return BAKERY_ERR_CONFIG;
}

bakery_status bakery__users_plan_of(const bakery_config *config, const struct iam_account *account, const char *caller,
                                    bool prune, int64_t now_s, bakery_users_plan **ret, bakery_error **err)
{
        AUTO_CLEAR(planning)
        in = { .config = config, .account = account, .caller = caller, .now_s = now_s };

        if (config->n_users == 0)
                return fail_no_users(config, err);
        in.plan = calloc(1, sizeof *in.plan);
        if (!in.plan)
                return bakery__fail_memory(err);
        in.plan->prune = prune;
        in.plan->account_id = copied(&in, bakery_config_bakery_account_id(config));
        in.plan->unknown = bakery__arena_array(&in.plan->arena, account->n_users + 1, sizeof *in.plan->unknown);
        if (!in.plan->unknown || !bakery__users_managed_groups(config, &in.managed) ||
            !bakery__users_listed(config, &in.listed) || !index_account(&in))
                return bakery__fail_memory(err);
        plan_all(&in);
        if (in.no_memory)
                return bakery__fail_memory(err);
        *ret = STEAL(in.plan);
        return BAKERY_OK;
}

bakery_status bakery_users_plan_make(bakery_client *client, const bakery_credentials *keys, const bakery_config *config,
                                     const bakery_users_options *options, bakery_users_plan **ret_plan,
                                     bakery_error **err)
{
        const struct aws_access aws = { .client = client, .keys = keys };
        AUTO_CLEAR(iam_account) account = { .policies = { 0 } };
        AUTO_CLEAR(caller) caller = { 0 };

        bakery__error_clear(err);
        if (options && options->size < sizeof *options)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_users_options of %zu bytes are none: begin with BAKERY_USERS_OPTIONS_INIT",
                                    options->size);
        if (config->n_users == 0)
                return fail_no_users(config, err);
        bakery_status st = bakery__enter_bakery(&aws, bakery_config_bakery_account_id(config), &caller, err);
        if (!st)
                st = bakery__account_read(&aws, &account, err);
        return st ? st
                  : bakery__users_plan_of(config, &account, caller.is_user ? caller.name : NULL,
                                          options && options->prune, bakery__client_now_s(client), ret_plan, err);
}

size_t bakery_users_plan_count(const bakery_users_plan *plan)
{
        return plan->n_changes;
}

void bakery_users_plan_at(const bakery_users_plan *plan, size_t i, bakery_users_change *ret_change)
{
        const struct users_change *change = &plan->changes[i];

        *ret_change = (bakery_users_change){
                .size = sizeof *ret_change,
                .action = change->action,
                .reason = change->reason,
                .state = change->state,
                .user = change->user,
                .group = change->group,
                .until = change->until,
                .error = change->error,
        };
}

size_t bakery_users_plan_new_user_count(const bakery_users_plan *plan)
{
        size_t count = 0;

        for (size_t i = 0; i < plan->n_changes; i++)
                count += plan->changes[i].action == BAKERY_USERS_CREATE;
        return count;
}

size_t bakery_users_plan_past_end_count(const bakery_users_plan *plan)
{
        size_t count = 0;

        for (size_t i = 0; i < plan->n_changes; i++)
                count += plan->changes[i].reason == BAKERY_USERS_ENDED;
        return count;
}

size_t bakery_users_plan_unknown_count(const bakery_users_plan *plan)
{
        return plan->n_unknown;
}

const char *bakery_users_plan_unknown(const bakery_users_plan *plan, size_t i)
{
        return plan->unknown[i].user;
}

size_t bakery_users_plan_note_count(const bakery_users_plan *plan)
{
        return plan->n_notes;
}

const char *bakery_users_plan_note(const bakery_users_plan *plan, size_t i)
{
        return plan->notes[i];
}
