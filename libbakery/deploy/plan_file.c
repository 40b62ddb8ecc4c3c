/* A plan in a file: kept for a review, and taken up again. */
#include <string.h>

#include "base/fs.h"
#include "deploy/function.h"
#include "deploy/plan.h"

enum { PLAN_FILE_MAX_BYTES = 256 << 20 };

bakery_status bakery_plan_write(const bakery_plan *plan, const char *path, bakery_error **err)
{
        AUTO_FREE char *text = NULL;
        bakery_status st = bakery_plan_print(plan, BAKERY_PLAN_JSON, &text, err);

        return st ? st : bakery__fs_write(path, bakery__span(text), 0644, err);
}

static bakery_status fail_other(const char *path, const char *what, const char *found, const char *wanted,
                                bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_REFUSED, "%s is a plan for another %s: %s, and this is %s", path, what,
                     found ? found : "none", wanted);
        bakery__error_hint(err, "plan again with this configuration");
        return BAKERY_ERR_REFUSED;
}

/* It is the plan of this stack, made of this configuration. */
static bakery_status check_belongs(const struct cJSON *root, const bakery_plan *plan, const char *path,
                                   bakery_error **err)
{
        const struct {
                const char *key, *what, *wanted;
        } bound[] = {
                { "account_id", "account", plan->account_id },
                { "region", "region", plan->region },
                { "stack_name", "stack", plan->stack_name },
                { "digest", "configuration", plan->digest },
        };

        for (size_t i = 0; i < N_ELEMENTS(bound); i++) {
                const char *found = bakery__json_text_of(bakery__json_get(root, bound[i].key));

                if (!bakery__str_equal(found, bound[i].wanted))
                        return fail_other(path, bound[i].what, found, bound[i].wanted, err);
        }
        return BAKERY_OK;
}

static bakery_status parse(const char *path, struct json *json, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = PLAN_FILE_MAX_BYTES };
        long long version = 0;
        bakery_status st = bakery__fs_read(path, &text, err);

        if (!st)
                st = bakery__json_parse((struct span){ text.at ? text.at : "", text.len }, path, json, err);
        if (st)
                return st;
        if (!bakery__json_whole_number_of(bakery__json_get(json->root, "version"), &version) || version != 1)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s is no plan of version 1", path);
        return BAKERY_OK;
}

/* NULL when it holds nothing but change sets. */
static const struct cfn_stack *made(const struct cfn_stack *stack)
{
        return stack && strcmp(stack->status, "REVIEW_IN_PROGRESS") != 0 ? stack : NULL;
}

/* What would be done is asked of CloudFormation again: a file can be edited, a change set cannot. */
static bakery_status take_up(struct site *site, const struct cJSON *root, bakery_plan *plan, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const char *change_set_id = bakery__json_text_of(bakery__json_get(root, "change_set_id"));
        struct proposal proposal = { 0 };

        if (!change_set_id)
                return BAKERY_OK;
        plan->role_arn = bakery__json_text_of(bakery__json_get(root, "role_arn"));
        bakery_status st = bakery__proposal_read(site, change_set_id, &arena, &proposal, err);
        if (!st)
                st = bakery__plan_check_role(plan, proposal.stack, err);
        if (!st)
                st = bakery__plan_take_role(plan, proposal.stack, err);
        if (st)
                return st;
        const struct cfn_stack *stack = made(proposal.stack);
        plan->action = stack ? BAKERY_PLAN_UPDATE : BAKERY_PLAN_CREATE;
        site->options.import_existing = proposal.parts->set->import_existing_resources; /* as it was asked for */
        st = bakery__plan_take(plan, &proposal, err);
        return st ? st : bakery__plan_compare(site, stack, plan, err);
}

bakery_status bakery_plan_read(bakery_client *client, const bakery_target *target, const char *path,
                               bakery_plan **ret_plan, bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };
        AUTO_CLEAR(json) json = { 0 };
        AUTO_PTR(bakery_plan) plan = NULL;

        bakery__error_clear(err);
        bakery_status st = parse(path, &json, err);
        if (!st)
                st = bakery__site_open(client, target, NULL, &site, err);
        if (st)
                return st;
        plan = bakery__plan_new(&site);
        if (!plan)
                return bakery__fail_memory(err);
        st = bakery__function_add(&site, err);
        if (!st)
                st = bakery__plan_digest(&site.recipe, &plan->arena, &plan->digest, err);
        if (!st)
                st = check_belongs(json.root, plan, path, err);
        if (!st)
                st = take_up(&site, json.root, plan, err);
        if (st)
                return st;
        *ret_plan = STEAL(plan);
        return BAKERY_OK;
}
