/* Making a plan, and throwing it away. */
#include "aws/client.h"
#include "deploy/artifacts.h"
#include "deploy/function.h"
#include "deploy/plan.h"
#include "deploy/quotas.h"
#include "deploy/settle.h"

/* The change set, and what it says; stack NULL: it is to be created. */
static bakery_status propose(struct site *site, const struct cfn_stack *stack, bakery_plan *plan, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        struct proposal proposal = { 0 };
        bakery_status st = bakery__artifacts_upload(site, err);

        if (!st)
                st = bakery__proposal_make(site, stack, &arena, &proposal, err);
        if (st)
                return st;
        if (proposal.is_empty)
                return bakery__plan_empty(plan, stack, err);
        plan->action = stack ? BAKERY_PLAN_UPDATE : BAKERY_PLAN_CREATE;
        st = bakery__plan_take(plan, &proposal, err);
        if (!st)
                st = bakery__quotas_check(site, plan, err);
        if (st)
                bakery__proposal_take_back(site, &(struct cfn_change_set_ids){ proposal.id, proposal.stack_id },
                                           !stack);
        return st;
}

/* What is compared comes first: it refuses what CloudFormation would find out half-way. */
static bakery_status make(struct site *site, bakery_plan *plan, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack *stack = NULL;
        bakery_status st = bakery__settle(site, &arena, &stack, err);

        if (!st)
                st = bakery__function_add(site, err);
        if (!st)
                st = bakery__plan_digest(&site->recipe, &plan->arena, &plan->digest, err);
        if (!st)
                st = bakery__plan_take_role(plan, stack, err);
        if (!st)
                st = bakery__plan_compare(site, stack, plan, err);
        return st ? st : propose(site, stack, plan, err);
}

bakery_status bakery_plan_make(bakery_client *client, const bakery_target *target, const bakery_run_options *options,
                               bakery_plan **ret_plan, bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };
        AUTO_PTR(bakery_plan) plan = NULL;

        bakery__error_clear(err);
        bakery_status st = bakery__site_open(client, target, options, &site, err);
        if (st)
                return st;
        plan = bakery__plan_new(&site);
        if (!plan)
                return bakery__fail_memory(err);
        st = make(&site, plan, err);
        if (st)
                return st;
        bakery__error_clear(err);
        *ret_plan = STEAL(plan);
        return BAKERY_OK;
}

static bakery_status discard(bakery_client *client, const bakery_target *target, const bakery_plan *plan,
                             bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };
        bakery_status st = bakery__site_open(client, target, NULL, &site, err);
        if (!st)
                st = bakery__plan_check_site(plan, &site, err);
        if (st)
                return st;

        struct cfn_change_set_ids ids = { plan->change_set_id, plan->stack_id };
        return bakery__proposal_drop(&site, &ids, plan->action == BAKERY_PLAN_CREATE, err);
}

bakery_status bakery_plan_discard(bakery_client *client, const bakery_target *target, bakery_plan *plan,
                                  bakery_error **err)
{
        bakery__error_clear(err);
        if (plan->action == BAKERY_PLAN_NOTHING)
                return BAKERY_OK;
        unsigned before = bakery__client_forgive(client);
        bakery_status st = discard(client, target, plan, err);
        bakery__client_unforgive(client, before);
        return st;
}
