/* Carrying a plan out, and saying how it ended. */
#include <string.h>

#include "deploy/plan.h"
#include "deploy/settle.h"
#include "deploy/watch.h"

static bakery_status refuse_obsolete(const bakery_plan *plan, const struct cfn_change_set *set, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_REFUSED, "the change set of %s can no longer be executed: %s", plan->stack_name,
                     set->execution_status ? set->execution_status : set->status);
        bakery__error_hint(err, "plan again: the stack changed since");
        return BAKERY_ERR_REFUSED;
}

/* Whether what was planned is still what would be done. *ret_begun: an earlier run of ours has begun it already. */
static bakery_status check_change_set(struct site *site, const bakery_plan *plan, bool *ret_begun, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_change_set *set = NULL;
        const struct cfn_stack *stack = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_describe_change_set(&aws, plan->stack_id, plan->change_set_id, &arena, &set, err);
        if (st)
                return st;
        if (set && bakery__str_equal(set->execution_status, "AVAILABLE"))
                return BAKERY_OK;
        st = bakery__cfn_describe_stack(&aws, plan->stack_id, &arena, &stack, err);
        if (st)
                return st;
        *ret_begun = stack && bakery__str_equal(stack->change_set_id, plan->change_set_id);
        if (*ret_begun)
                return BAKERY_OK;
        if (set)
                return refuse_obsolete(plan, set, err);
        bakery__fail(err, BAKERY_ERR_REFUSED, "the change set of %s is gone", plan->stack_name);
        bakery__error_hint(err, "plan again: somebody deleted it, or executed another one");
        return BAKERY_ERR_REFUSED;
}

static bakery_status begin(struct site *site, const bakery_plan *plan, bakery_error **err)
{
        struct cfn_execute_change_set request = { .stack = plan->stack_id,
                                                  .change_set = plan->change_set_id,
                                                  .client_request_token = plan->change_set_name };
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        bakery__site_step(site, "deploying %s", plan->stack_name);
        return st ? st : bakery__cfn_execute_change_set(&aws, &request, err);
}

static bakery_status protect(struct site *site, const bakery_plan *plan, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack *stack = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_describe_stack(&aws, plan->stack_id, &arena, &stack, err);
        if (!st && stack && !stack->termination_protection)
                st = bakery__cfn_update_termination_protection(&aws, plan->stack_id, true, err);
        return st ? bakery__wrap(err, st, "%s is deployed, but not protected against deletion", plan->stack_name)
                  : BAKERY_OK;
}

/* Who keeps a group from going: " (members: alice, bob)", or nothing when IAM does not tell. */
static void add_members(struct site *site, const char *group, struct buf *text)
{
        AUTO_CLEAR(buf) names = { .max = 4096 };

        if (!bakery__site_members(site, group, &names, NULL) && names.len > 0)
                bakery__buf_format(text, " (members: %s)", names.at);
}

/*
 * CloudFormation is content with a stack from which a resource could not be deleted: it forgets it. A group that has
 * members stays behind like that, without its policies, and keeps its name from being used again.
 */
static bakery_status fail_left_behind(struct site *site, const bakery_plan *plan, const struct watch_end *end,
                                      bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 16 };
        size_t n = 0;

        for (const struct watch_left *left = end->left; left; left = left->next, n++) {
                const char *name = left->physical_id ? left->physical_id : left->logical_id;

                bakery__buf_format(&text, "%s%s", n > 0 ? ", " : "", name);
                if (left->type && strcmp(left->type, "AWS::IAM::Group") == 0)
                        add_members(site, name, &text);
        }
        bakery__fail(err, BAKERY_ERR_AWS, "%s is deployed, but %zu resource%s could not be deleted: %s",
                     plan->stack_name, n, n == 1 ? "" : "s", text.at ? text.at : "");
        bakery__error_hint(err, "take the members out (bakery-cli users), then delete it with the AWS CLI; or put its "
                                "environment back, and deploy with --import-existing");
        return BAKERY_ERR_AWS;
}

static bakery_status fail_deployment(const bakery_plan *plan, const struct watch_end *end, bakery_error **err)
{
        const char *cause = end->cause ? end->cause : end->status_reason;

        bakery__fail(err, BAKERY_ERR_AWS, "%s%s%s is in %s", cause ? cause : "", cause ? "; " : "", plan->stack_name,
                     end->status);
        bakery__error_hint(err, "mend the cause, then bakery-cli deploy %s", plan->command);
        return BAKERY_ERR_AWS;
}

static bool is_success(const char *status)
{
        return strcmp(status, "CREATE_COMPLETE") == 0 || strcmp(status, "UPDATE_COMPLETE") == 0 ||
               strcmp(status, "IMPORT_COMPLETE") == 0;
}

static bakery_status carry_out(struct site *site, const bakery_plan *plan, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        struct watch_from from = { .stack_id = plan->stack_id, .token = plan->change_set_name };
        struct watch_end end = { 0 };
        bool begun = false;
        bakery_status st = check_change_set(site, plan, &begun, err);

        if (!st && !begun)
                st = bakery__watch_newest(site, plan->stack_id, &arena, &from.last_event, err);
        if (!st && !begun)
                st = begin(site, plan, err);
        if (!st)
                st = bakery__watch(site, &from, &arena, &end, err);
        if (st)
                return st;
        if (!is_success(end.status))
                return fail_deployment(plan, &end, err);
        st = protect(site, plan, err);
        return !st && end.left ? fail_left_behind(site, plan, &end, err) : st;
}

bakery_status bakery_plan_execute(bakery_client *client, const bakery_target *target, bakery_plan *plan,
                                  const bakery_run_options *options, bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };

        bakery__error_clear(err);
        if (plan->action == BAKERY_PLAN_NOTHING && !plan->unprotected)
                return BAKERY_OK;
        bakery_status st = bakery__site_open(client, target, options, &site, err);
        if (!st)
                st = plan->unprotected ? protect(&site, plan, err) : carry_out(&site, plan, err);
        if (!st)
                bakery__error_clear(err);
        return st;
}
