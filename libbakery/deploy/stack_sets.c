#include "deploy/stack_sets.h"

#include <string.h>

#include "deploy/stack_sets_operation.h"
#include "deploy/stack_sets_work.h"

static bakery_status check_request(const bakery_stack_sets_request *request, bakery_error **err)
{
        const bakery_config *config = request->config;
        struct nearest nearest;

        if (request->size < sizeof *request || !config)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_stack_sets_request of %zu bytes, or without a configuration, is none: "
                                    "begin with BAKERY_STACK_SETS_REQUEST_INIT",
                                    request->size);
        if (request->permission_model == BAKERY_PERMISSIONS_SERVICE_MANAGED &&
            request->organizational_unit_count == 0) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT,
                             "a service-managed stack set works in organizational units, and "
                             "none is named");
                bakery__error_hint(err, "name those that hold the accounts, or the organization's root, with "
                                        "--organizational-unit");
                return BAKERY_ERR_ARGUMENT;
        }
        if (!request->environment || request->remove_all ||
            bakery_config_find_environment(config, request->environment))
                return BAKERY_OK;
        nearest = bakery__nearest(request->environment);
        for (size_t i = 0; i < config->n_environments; i++)
                bakery__nearest_offer(&nearest, config->environments[i].name);
        bakery__fail(err, BAKERY_ERR_NOT_FOUND, "%s has no environment %s", bakery_config_name(config),
                     request->environment);
        if (nearest.name)
                bakery__error_hint(err, "did you mean %s?", nearest.name);
        return BAKERY_ERR_NOT_FOUND;
}

bakery_status bakery__sets_open(bakery_client *client, bakery_stack_sets *sets, struct site *ret, bakery_error **err)
{
        const bakery_stack_sets_request *request = &sets->request;
        const char *account = request->administrator;

        return bakery__site_open_account(client, &sets->target, &request->run,
                                         account ? account : bakery_config_bakery_account_id(request->config),
                                         "the stack sets", "burgers --stack-set", ret, err);
}

struct cfn_set_name bakery__sets_name(const bakery_stack_sets *sets, const struct stack_set *set)
{
        return (struct cfn_set_name){ .name = set->name,
                                      .call_as = sets->request.delegated_admin ? "DELEGATED_ADMIN" : NULL };
}

bakery_status bakery__sets_administration_role(const bakery_stack_sets *sets, struct arena *arena, const char **ret,
                                               bakery_error **err)
{
        const bakery_stack_sets_request *request = &sets->request;
        const char *account = request->administrator, *role = request->administration_role;

        *ret = NULL;
        if (!role)
                return BAKERY_OK;
        *ret = bakery__arena_format(arena, "arn:%s:iam::%s:role/%s", bakery_config_partition(request->config),
                                    account ? account : bakery_config_bakery_account_id(request->config), role);
        return *ret ? BAKERY_OK : bakery__fail_memory(err);
}

void bakery_stack_sets_free(bakery_stack_sets *sets)
{
        if (!sets)
                return;
        for (size_t i = 0; i < sets->n_members; i++)
                bakery__arena_clear(&sets->members[i].arena);
        for (struct stack_set *set = sets->first; set; set = set->next) {
                bakery__json_clear(&set->deployed_template);
                bakery__json_clear(&set->template);
                free(set->text);
        }
        bakery__map_clear(&sets->names);
        bakery__arena_clear(&sets->arena);
        free(sets);
}

static void take_request(bakery_stack_sets *sets, const bakery_stack_sets_request *request)
{
        sets->request = *request;
        sets->target = (bakery_target)BAKERY_TARGET_INIT;
        sets->target.config = request->config;
        sets->target.keys = request->keys;
        sets->target.renew_keys = request->renew_keys;
        sets->target.renew_context = request->renew_context;
        sets->target.region = request->region;
        sets->target.template_bucket = request->template_bucket;
}

static bakery_status plan(struct site *site, bakery_stack_sets *sets, bakery_error **err)
{
        bakery_status st = bakery__sets_read(site, sets, err);

        if (!st)
                st = bakery__sets_assign(sets, err);
        if (!st)
                st = bakery__sets_look(site, sets, err);
        if (!st)
                st = bakery__sets_decide(site, sets, err);
        return st ? st : bakery__sets_compare(site, sets, err);
}

bakery_status bakery_stack_sets_plan(bakery_client *client, const bakery_stack_sets_request *request,
                                     bakery_stack_sets **ret_sets, bakery_error **err)
{
        AUTO_PTR(bakery_stack_sets) sets = NULL;
        AUTO_CLEAR(site) site = { 0 };

        bakery__error_clear(err);
        bakery_status st = check_request(request, err);
        if (st)
                return st;
        sets = calloc(1, sizeof *sets);
        if (!sets)
                return bakery__fail_memory(err);
        take_request(sets, request);
        st = bakery__sets_open(client, sets, &site, err);
        if (!st)
                st = plan(&site, sets, err);
        if (st)
                return st;
        bakery__error_clear(err);
        *ret_sets = STEAL(sets);
        return BAKERY_OK;
}

bakery_status bakery_stack_sets_execute(bakery_client *client, bakery_stack_sets *sets, bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };

        bakery__error_clear(err);
        if (!bakery_stack_sets_changes(sets))
                return BAKERY_OK;
        bakery_status st = bakery__sets_open(client, sets, &site, err);
        return st ? st : bakery__sets_work(&site, sets, err);
}

size_t bakery_stack_sets_account_count(const bakery_stack_sets *sets)
{
        return sets->n_members;
}

void bakery_stack_sets_account_at(const bakery_stack_sets *sets, size_t i, bakery_set_account *ret_account)
{
        bakery_set_account whole;

        bakery__sets_describe(sets, &sets->members[i], &whole);
        bakery__give(ret_account, &whole, sizeof whole);
}

size_t bakery_stack_sets_count_of(const bakery_stack_sets *sets, bakery_burger_state state)
{
        size_t n = 0;

        for (size_t i = 0; i < sets->n_members; i++)
                n += sets->members[i].state == state;
        return n;
}

/* A set can change though no account does: a name that it knows and need not, how StackSets works on it. */
int bakery_stack_sets_changes(const bakery_stack_sets *sets)
{
        for (const struct stack_set *set = sets->first; set; set = set->next)
                if (set->updates || !set->deployed || set->n_kept == 0)
                        return 1;
        return bakery_stack_sets_count_of(sets, BAKERY_BURGER_PLANNED) > 0;
}

int bakery_stack_sets_deletes(const bakery_stack_sets *sets)
{
        for (size_t i = 0; i < sets->n_members; i++)
                if (sets->members[i].step == BAKERY_SET_DELETE)
                        return 1;
        return 0;
}

size_t bakery_stack_sets_difference_count(const bakery_stack_sets *sets)
{
        return sets->who.count;
}

void bakery_stack_sets_difference_at(const bakery_stack_sets *sets, size_t i, bakery_plan_difference *ret_difference)
{
        bakery__who_give(&sets->who, i, ret_difference);
}

int bakery_stack_sets_broadens(const bakery_stack_sets *sets)
{
        return bakery__who_broadens(&sets->who);
}
