/* What there is of stack sets, and which account goes into which. */
#include <string.h>

#include "aws/client.h"
#include "base/buf.h"
#include "base/time.h"
#include "deploy/settle.h"
#include "deploy/stack_sets.h"
#include "deploy/watch.h"
#include "template/emit.h"

static const char *parameter_of(const struct cfn_stack_set *set, const char *key)
{
        for (size_t i = 0; i < set->parameters.count; i++)
                if (strcmp(set->parameters.at[i].key, key) == 0)
                        return set->parameters.at[i].value;
        return NULL;
}

/* "Own-BurgerAccount-": what the names of our sets begin with. */
static const char *name_head(bakery_stack_sets *sets)
{
        return bakery__arena_format(&sets->arena, "%sBurgerAccount-", bakery_config_prefix(sets->request.config));
}

/* In the order of their names, -2 before -10. */
static void put_in_order(bakery_stack_sets *sets, struct stack_set *set)
{
        struct stack_set **at = &sets->first;

        for (; *at; at = &(*at)->next) {
                size_t a = strlen((*at)->name), b = strlen(set->name);

                if (a > b || (a == b && strcmp((*at)->name, set->name) > 0))
                        break;
        }
        set->next = *at;
        *at = set;
}

static struct stack_set *add_set(bakery_stack_sets *sets, const char *name, const char *environment)
{
        struct stack_set *set = bakery__arena_alloc(&sets->arena, sizeof *set);

        if (!set)
                return NULL;
        set->name = name;
        set->environment = environment;
        put_in_order(sets, set);
        return set;
}

static bool is_at_work(const struct cfn_stack_instance *instance)
{
        const char *status = instance->detailed_status;

        return status && (strcmp(status, "RUNNING") == 0 || strcmp(status, "PENDING") == 0);
}

static bool any_at_work(const struct cfn_stack_instance *first)
{
        for (; first; first = first->next)
                if (is_at_work(first))
                        return true;
        return false;
}

static bakery_status list_instances(struct site *site, bakery_stack_sets *sets, struct stack_set *set,
                                    bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(sets, set);
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        set->instances = NULL;
        return st ? st : bakery__cfn_list_stack_instances(&aws, &name, NULL, &sets->arena, &set->instances, err);
}

static bakery_status fail_at_work(const struct stack_set *set, bakery_status st, const char *why, bakery_error **err)
{
        bakery__fail(err, st, "%s: StackSets is at work on %s", why, set->name);
        bakery__error_hint(err, "the same command waits for it, and goes on; --timeout says how long");
        return st;
}

/* An operation of an earlier run, or of somebody else: what it will have done is not known before it has. */
static bakery_status wait_for_rest(struct site *site, bakery_stack_sets *sets, struct stack_set *set,
                                   bakery_error **err)
{
        int64_t end_ms = bakery__time_monotonic_ms() + (int64_t)site->options.limit_s * 1000;
        bakery_status st = list_instances(site, sets, set, err);

        if (!st && any_at_work(set->instances)) {
                if (site->options.no_wait)
                        return fail_at_work(set, BAKERY_ERR_REFUSED, "not to be waited for", err);
                bakery__site_step(site, "StackSets is at work on %s: waiting", set->name);
        }
        while (!st && any_at_work(set->instances)) {
                if (bakery__time_monotonic_ms() >= end_ms)
                        return fail_at_work(set, BAKERY_ERR_UNFINISHED, "the time is over", err);
                if (bakery__client_wait(site->client, site->options.poll_ms, NULL))
                        return fail_at_work(set, BAKERY_ERR_CANCELLED, "interrupted", err);
                st = list_instances(site, sets, set, err);
        }
        return st;
}

static const char *model_name(const bakery_stack_sets *sets)
{
        return sets->request.permission_model == BAKERY_PERMISSIONS_SERVICE_MANAGED ? "SERVICE_MANAGED"
                                                                                    : "SELF_MANAGED";
}

/* What cannot be changed in a set that has stacks. */
static bakery_status check_fits(const struct site *site, const bakery_stack_sets *sets, const struct stack_set *set,
                                bakery_error **err)
{
        const char *model = set->deployed->permission_model;

        if (model && strcmp(model, model_name(sets)) != 0) {
                bakery__fail(err, BAKERY_ERR_REFUSED, "stack set %s is %s, and cannot become %s", set->name, model,
                             model_name(sets));
                bakery__error_hint(err, "name its permission model: --permission-model");
                return BAKERY_ERR_REFUSED;
        }
        for (const struct cfn_stack_instance *at = set->instances; at; at = at->next) {
                if (strcmp(at->region, site->recipe.region) == 0)
                        continue;
                bakery__fail(err, BAKERY_ERR_REFUSED,
                             "stack set %s has a stack in %s, %s, and this is %s: a role's "
                             "name is taken in all regions",
                             set->name, at->account, at->region, site->recipe.region);
                bakery__error_hint(err, "name that region with --region");
                return BAKERY_ERR_REFUSED;
        }
        return BAKERY_OK;
}

static bool is_wanted(const bakery_stack_sets *sets, const char *environment)
{
        const char *only = sets->request.environment;

        return !only || strcmp(only, environment) == 0;
}

/* A set of that name; nothing when it is not ours, or of an environment that is not asked for. */
static bakery_status read_set(struct site *site, bakery_stack_sets *sets, const char *name, bakery_error **err)
{
        struct stack_set unread = { .name = name };
        struct cfn_set_name of = bakery__sets_name(sets, &unread);
        const struct cfn_stack_set *found = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_describe_stack_set(&aws, &of, &sets->arena, &found, err);
        if (st || !found)
                return st;
        const char *owner = bakery__cfn_value(&found->tags, RECIPE_OWNER_TAG);
        const char *environment = parameter_of(found, "Environment");
        if (!bakery__str_equal(owner, RECIPE_OWNER) || !environment || !is_wanted(sets, environment))
                return BAKERY_OK;

        struct stack_set *set = add_set(sets, name, environment);
        if (!set)
                return bakery__fail_memory(err);
        set->deployed = found;
        st = wait_for_rest(site, sets, set, err);
        return st ? st : check_fits(site, sets, set, err);
}

bakery_status bakery__sets_read(struct site *site, bakery_stack_sets *sets, bakery_error **err)
{
        const char *call_as = sets->request.delegated_admin ? "DELEGATED_ADMIN" : NULL, *head = name_head(sets);
        const struct cfn_stack_set_summary *first = NULL;
        struct aws_access aws;
        bakery_status st = head ? bakery__site_access(site, &aws, err) : bakery__fail_memory(err);

        if (!st)
                st = bakery__cfn_list_stack_sets(&aws, call_as, &sets->arena, &first, err);
        for (; first && !st; first = first->next) {
                if (!bakery__str_starts(first->name, head))
                        continue;
                if (bakery__map_add(&sets->names, bakery__span(first->name), sets, NULL) == MAP_NO_MEMORY)
                        return bakery__fail_memory(err);
                st = read_set(site, sets, first->name, err);
        }
        return st;
}

/* Which account goes where, under construction. */
struct assigning {
        bakery_stack_sets *sets;
        struct map placed; /* account ids */
};

static void clear_assigning(struct assigning *in)
{
        bakery__map_clear(&in->placed);
}
DEFINE_AUTO_CLEAR(assigning, clear_assigning)

/* The account of an instance, when it stays where it is. */
static const bakery_account *kept(const struct assigning *in, const struct stack_set *set,
                                  const struct cfn_stack_instance *instance)
{
        const bakery_account *account = bakery_config_find_account(in->sets->request.config, instance->account);

        if (!account || in->sets->request.remove_all || set->n_kept >= BURGER_SET_ACCOUNTS ||
            strcmp(account->environment->name, set->environment) != 0)
                return NULL;
        return bakery__map_get(&in->placed, bakery__span(account->id)) ? NULL : account;
}

static bakery_status add_member(struct assigning *in, struct stack_set *set, const bakery_account *account,
                                const struct cfn_stack_instance *instance, bakery_error **err)
{
        struct set_member *member = &in->sets->members[in->sets->n_members++];

        *member = (struct set_member){
                .set = set,
                .account = account,
                .account_id = account ? account->id : instance->account,
                .name = account ? account->name : NULL,
                .instance = instance,
        };
        if (!account)
                return BAKERY_OK;
        set->n_kept++;
        return bakery__map_add(&in->placed, bakery__span(account->id), member, NULL) == MAP_NO_MEMORY
                       ? bakery__fail_memory(err)
                       : BAKERY_OK;
}

static bakery_status keep_those_deployed(struct assigning *in, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (struct stack_set *set = in->sets->first; set && !st; set = set->next)
                for (const struct cfn_stack_instance *at = set->instances; at && !st; at = at->next)
                        st = add_member(in, set, kept(in, set, at), at, err);
        return st;
}

/* "BurgerAccount-Prod", "BurgerAccount-Prod-2" ...: the first that nobody has. */
static const char *free_name(bakery_stack_sets *sets, const bakery_environment *environment)
{
        const char *head = name_head(sets);
        const char *name = head ? bakery__arena_format(&sets->arena, "%s%s", head, environment->logical_id) : NULL;

        for (unsigned n = 2; name && bakery__map_get(&sets->names, bakery__span(name)); n++)
                name = bakery__arena_format(&sets->arena, "%s%s-%u", head, environment->logical_id, n);
        return name;
}

static struct stack_set *set_with_room(bakery_stack_sets *sets, const bakery_environment *environment)
{
        for (struct stack_set *set = sets->first; set; set = set->next)
                if (set->n_kept < BURGER_SET_ACCOUNTS && strcmp(set->environment, environment->name) == 0)
                        return set;

        const char *name = free_name(sets, environment);
        if (!name || bakery__map_add(&sets->names, bakery__span(name), sets, NULL) == MAP_NO_MEMORY)
                return NULL;
        return add_set(sets, name, environment->name);
}

static bakery_status place_others(struct assigning *in, const bakery_environment *environment, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < environment->n_accounts && !st; i++) {
                const bakery_account *account = &environment->accounts[i];
                struct stack_set *set;

                if (bakery__map_get(&in->placed, bakery__span(account->id)))
                        continue;
                set = set_with_room(in->sets, environment);
                st = set ? add_member(in, set, account, NULL, err) : bakery__fail_memory(err);
        }
        return st;
}

/* Set by set, in the order of ids: that of the file, or of AWS's answers, would change templates for nothing. */
static int compare_members(const void *a, const void *b)
{
        const struct set_member *one = a, *other = b;

        if (one->set != other->set) {
                size_t x = strlen(one->set->name), y = strlen(other->set->name);

                return x != y ? (x < y ? -1 : 1) : strcmp(one->set->name, other->set->name);
        }
        return strcmp(one->account_id, other->account_id);
}

static size_t count_at_most(const bakery_stack_sets *sets)
{
        const bakery_config *config = sets->request.config;
        size_t n = 0;

        for (const struct stack_set *set = sets->first; set; set = set->next)
                for (const struct cfn_stack_instance *at = set->instances; at; at = at->next)
                        n++;
        for (size_t i = 0; i < config->n_environments; i++)
                n += config->environments[i].n_accounts;
        return n;
}

bakery_status bakery__sets_assign(bakery_stack_sets *sets, bakery_error **err)
{
        const bakery_config *config = sets->request.config;
        AUTO_CLEAR(assigning) in = { .sets = sets };
        bakery_status st;

        sets->members = bakery__arena_array(&sets->arena, count_at_most(sets) + 1, sizeof *sets->members);
        if (!sets->members)
                return bakery__fail_memory(err);
        st = keep_those_deployed(&in, err);
        for (size_t i = 0; i < config->n_environments && !st && !sets->request.remove_all; i++)
                if (is_wanted(sets, config->environments[i].name))
                        st = place_others(&in, &config->environments[i], err);
        if (!st)
                qsort(sets->members, sets->n_members, sizeof *sets->members, compare_members);
        return st;
}
