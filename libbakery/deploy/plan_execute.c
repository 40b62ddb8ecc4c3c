/* Carrying a plan out. */
#include <string.h>

#include "deploy/denials.h"
#include "deploy/outcome.h"
#include "deploy/plan.h"

/* Where a plan's change set is. */
enum begun {
        BEGUN_NO,    /* it waits */
        BEGUN_YES,   /* it is being executed, or was: by us, or by an earlier run of ours */
        BEGUN_CANNOT /* it is gone, or no longer fits */
};

/* What was found, for an error. */
struct state {
        enum begun begun;
        const char *why;
};

static bool says_begun(const struct cfn_change_set *set)
{
        return bakery__str_equal(set->execution_status, "EXECUTE_IN_PROGRESS") ||
               bakery__str_equal(set->execution_status, "EXECUTE_COMPLETE") ||
               bakery__str_equal(set->execution_status, "EXECUTE_FAILED");
}

/* Once executed, a change set may be gone; the stack knows which one made it what it is. One in review knows too, of
 * what is still to come. */
static bakery_status look(struct site *site, const bakery_plan *plan, struct arena *arena, struct state *ret,
                          bakery_error **err)
{
        const struct cfn_change_set *set = NULL;
        const struct cfn_stack *stack = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_describe_change_set(&aws, plan->stack_id, plan->change_set_id, arena, &set, err);
        if (st)
                return st;
        if (set && bakery__str_equal(set->execution_status, "AVAILABLE")) {
                ret->begun = BEGUN_NO;
                return BAKERY_OK;
        }
        if (set && says_begun(set)) {
                ret->begun = BEGUN_YES;
                return BAKERY_OK;
        }
        st = bakery__cfn_describe_stack(&aws, plan->stack_id, arena, &stack, err);
        if (st)
                return st;
        bool made_it = stack && bakery__str_equal(stack->change_set_id, plan->change_set_id) &&
                       strcmp(stack->status, "REVIEW_IN_PROGRESS") != 0;
        ret->begun = made_it ? BEGUN_YES : BEGUN_CANNOT;
        ret->why = !set ? "it is gone" : set->execution_status ? set->execution_status : set->status;
        return BAKERY_OK;
}

static bakery_status refuse(const bakery_plan *plan, const struct state *state, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_REFUSED, "the change set of %s can no longer be executed: %s", plan->stack_name,
                     state->why);
        bakery__error_hint(err, "plan again: the stack changed since, or somebody deleted the change set");
        return BAKERY_ERR_REFUSED;
}

/* Whoever does not know whether it began must not be told that it did not. */
static bakery_status fail_unsure(const struct site *site, bakery_status st, bakery_error **err)
{
        bakery__wrap(err, st, "whether the change of %s has begun is not known", site->recipe.stack_name);
        bakery__error_hint(err, "bakery-cli status --wait %s tells", site->recipe.command);
        return st;
}

/*
 * After an Execute without a good answer: it may have begun all the same, since an answer can be lost, and the second
 * try of the same token then meets a change set that is being executed, or gone.
 */
static bakery_status find_out(struct site *site, const bakery_plan *plan, bakery_status failed, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) own = NULL;
        struct state state = { BEGUN_NO, NULL };

        if (failed == BAKERY_ERR_MEMORY || failed == BAKERY_ERR_DENIED)
                return failed;
        bakery_status st = look(site, plan, &arena, &state, &own);
        if (st || (failed == BAKERY_ERR_NETWORK && state.begun == BEGUN_NO))
                return fail_unsure(site, failed, err);
        if (state.begun == BEGUN_CANNOT)
                return refuse(plan, &state, err);
        if (state.begun == BEGUN_NO)
                return failed;
        bakery__error_clear(err);
        return BAKERY_OK;
}

static bakery_status begin(struct site *site, const bakery_plan *plan, bakery_error **err)
{
        struct cfn_execute_change_set request = { .stack = plan->stack_id,
                                                  .change_set = plan->change_set_id,
                                                  .client_request_token = plan->change_set_name };
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (st)
                return st;
        bakery__site_step(site, "deploying %s", plan->stack_name);
        st = bakery__cfn_execute_change_set(&aws, &request, err);
        return st ? find_out(site, plan, st, err) : BAKERY_OK;
}

/* Before anything is begun: a run that is killed later leaves no stack unprotected. */
static bakery_status protect(struct site *site, const bakery_plan *plan, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack *stack = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_describe_stack(&aws, plan->stack_id, &arena, &stack, err);
        if (!st && bakery__plan_check_role(plan, stack, err))
                return BAKERY_ERR_REFUSED;
        if (!st && stack && !stack->termination_protection)
                st = bakery__cfn_update_termination_protection(&aws, plan->stack_id, true, err);
        return st ? bakery__wrap(err, st, "%s cannot be protected against deletion, and is left as it is",
                                 plan->stack_name)
                  : BAKERY_OK;
}

static bool goes(const bakery_plan_resource *resource)
{
        return bakery__str_equal(resource->action, "Remove") || bakery__str_equal(resource->replacement, "True") ||
               bakery__str_equal(resource->replacement, "Conditional");
}

/* Somebody's sessions may have been ended since it was planned. */
static bakery_status check_roles_that_go(struct site *site, const bakery_plan *plan, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < plan->n_resources && !st; i++) {
                const bakery_plan_resource *resource = &plan->resources[i];

                if (strcmp(resource->resource_type, "AWS::IAM::Role") == 0 && resource->physical_id && goes(resource))
                        st = bakery__denials_check(site, resource->physical_id, err);
        }
        return st;
}

static bakery_status prepare_and_begin(struct site *site, const bakery_plan *plan, struct arena *arena,
                                       struct watch_from *from, bakery_error **err)
{
        bakery_status st = check_roles_that_go(site, plan, err);

        if (!st)
                st = protect(site, plan, err);
        if (!st)
                st = bakery__watch_newest(site, plan->stack_id, arena, &from->last_event, err);
        return st ? st : begin(site, plan, err);
}

static bakery_status carry_out(struct site *site, const bakery_plan *plan, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        struct watch_from from = { .stack_id = plan->stack_id, .token = plan->change_set_name };
        struct watch_end end = { 0 };
        struct state state = { BEGUN_NO, NULL };
        bakery_status st = look(site, plan, &arena, &state, err);

        if (!st && state.begun == BEGUN_CANNOT)
                return refuse(plan, &state, err);
        if (!st && state.begun == BEGUN_NO)
                st = prepare_and_begin(site, plan, &arena, &from, err);
        if (!st)
                st = bakery__watch(site, &from, &arena, &end, err);
        return st ? st : bakery__outcome(site, &end, err);
}

bakery_status bakery_plan_execute(bakery_client *client, const bakery_target *target, bakery_plan *plan,
                                  const bakery_run_options *options, bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };
        AUTO_PTR(bakery_error) own = NULL;

        if (!err) /* what went wrong decides how to go on */
                err = &own;
        bakery__error_clear(err);
        if (plan->action == BAKERY_PLAN_NOTHING && !plan->unprotected)
                return BAKERY_OK;
        bakery_status st = bakery__site_open(client, target, options, &site, err);
        if (!st)
                st = bakery__plan_check_site(plan, &site, err);
        if (!st)
                st = plan->unprotected ? protect(&site, plan, err) : carry_out(&site, plan, err);
        if (!st)
                bakery__error_clear(err);
        return st;
}
