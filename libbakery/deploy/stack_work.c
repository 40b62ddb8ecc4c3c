/* Work on a stack as a whole: waiting for it, taking it back, deleting it. */
#include <string.h>

#include "deploy/denials.h"
#include "deploy/deployed.h"
#include "deploy/outcome.h"
#include "deploy/settle.h"
#include "deploy/stack_state.h"
#include "deploy/watch.h"

static bakery_status fail_none(const struct site *site, bakery_error **err)
{
        return bakery__fail(err, BAKERY_ERR_NOT_FOUND, "there is no stack %s in %s, %s", site->recipe.stack_name,
                            site->recipe.account_id, site->recipe.region);
}

bakery_status bakery_stack_wait(bakery_client *client, const bakery_target *target, const bakery_run_options *options,
                                bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack *stack = NULL;
        struct watch_end end = { 0 };

        bakery__error_clear(err);
        bakery_status st = bakery__site_open(client, target, options, &site, err);
        if (!st)
                st = bakery__site_find_stack(&site, &arena, &stack, err);
        if (st || !stack || bakery__stack_state(stack->status)->next == STACK_REVIEW)
                return st;

        struct watch_from from = { .stack_id = stack->id };
        if (bakery__stack_state(stack->status)->next == STACK_WAIT)
                st = bakery__watch(&site, &from, &arena, &end, err);
        else /* whoever looks a minute later is told the same */
                end = (struct watch_end){ .status = stack->status, .status_reason = stack->status_reason };
        return st ? st : bakery__outcome(&site, &end, err);
}

/* How a stack in that status is taken back. */
static const struct {
        const char *status;
        bool continues; /* a rollback that failed; otherwise an update that stopped */
} rollbacks[] = { { "UPDATE_FAILED", false }, { "CREATE_FAILED", false }, { "UPDATE_ROLLBACK_FAILED", true } };

/* Its cause is still there, unless somebody mended it. */
static bakery_status refuse_to_continue(const struct site *site, const struct cfn_stack *stack, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_REFUSED, "the rollback of %s has failed before", stack->name);
        bakery__error_hint(err,
                           "mend the cause, then bakery-cli rollback --continue %s; --skip ID leaves a resource out",
                           site->recipe.command);
        return BAKERY_ERR_REFUSED;
}

static bakery_status begin_rollback(struct site *site, const struct cfn_stack *stack, struct cfn_texts skip,
                                    const char *token, bakery_error **err)
{
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        for (size_t i = 0; i < N_ELEMENTS(rollbacks) && !st; i++) {
                if (strcmp(rollbacks[i].status, stack->status) != 0)
                        continue;
                if (rollbacks[i].continues && !site->options.continue_rollback)
                        return refuse_to_continue(site, stack, err);
                if (rollbacks[i].continues)
                        return bakery__cfn_continue_update_rollback(&aws, stack->id, skip, token, err);
                if (skip.count > 0)
                        return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                            "resources are left out only where a rollback has failed, and %s is in %s",
                                            stack->name, stack->status);
                return bakery__cfn_rollback_stack(&aws, stack->id, token, err);
        }
        return st ? st
                  : bakery__fail(err, BAKERY_ERR_REFUSED, "%s is in %s: there is nothing to take back", stack->name,
                                 stack->status);
}

static bakery_status fail_rollback(const struct site *site, const struct watch_end *end, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_AWS, "%s%s%s is in %s", end->cause ? end->cause : "", end->cause ? "; " : "",
                     site->recipe.stack_name, end->status);
        bakery__error_hint(err,
                           "mend the cause, then bakery-cli rollback --continue %s; --skip ID leaves a resource out",
                           site->recipe.command);
        return BAKERY_ERR_AWS;
}

/* A rollback's own events are of resources that go back: that they failed before is no cause. */
static bool is_taken_back(const char *status)
{
        return strcmp(status, "UPDATE_ROLLBACK_COMPLETE") == 0 || strcmp(status, "ROLLBACK_COMPLETE") == 0;
}

static bakery_status roll_back(struct site *site, struct cfn_texts skip, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack *stack = NULL;
        const char *token = bakery__site_token(site, "rollback", &arena);
        struct watch_from from = { .token = token };
        struct watch_end end = { 0 };
        bakery_status st = token ? bakery__site_find_stack(site, &arena, &stack, err) : bakery__fail_memory(err);

        if (!st && !stack)
                st = fail_none(site, err);
        if (st)
                return st;
        from.stack_id = stack->id;
        st = bakery__watch_newest(site, stack->id, &arena, &from.last_event, err);
        if (!st)
                st = begin_rollback(site, stack, skip, token, err);
        if (!st)
                st = bakery__watch(site, &from, &arena, &end, err);
        if (st)
                return st;
        return is_taken_back(end.status) ? BAKERY_OK : fail_rollback(site, &end, err);
}

bakery_status bakery_stack_rollback(bakery_client *client, const bakery_target *target, const char *const *skip,
                                    size_t skip_count, const bakery_run_options *options, bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };

        bakery__error_clear(err);
        bakery_status st = bakery__site_open(client, target, options, &site, err);
        return st ? st : roll_back(&site, (struct cfn_texts){ skip, skip_count }, err);
}

/* CloudFormation cannot delete a group that has members, and would stop half-way. */
static bakery_status check_empty(struct site *site, const struct fact_group *group, bakery_error **err)
{
        AUTO_CLEAR(buf) members = { .max = 1 << 20 };
        bakery_status st = bakery__site_members(site, group->name, &members, err);

        if (st || members.len == 0)
                return st;
        bakery__fail(err, BAKERY_ERR_REFUSED, "group %s still has members: %s", group->name, members.at);
        bakery__error_hint(err, "take them out first (bakery-cli users); nothing was deleted");
        return BAKERY_ERR_REFUSED;
}

static bakery_status check_contents(struct site *site, const struct cfn_stack *stack, bakery_error **err)
{
        AUTO_CLEAR(facts) facts = { 0 };
        bakery_status st = bakery__deployed_read(site, stack, &facts, NULL, err);

        for (size_t i = 0; i < facts.n_groups && !st; i++)
                st = check_empty(site, facts.groups[i], err);
        for (size_t i = 0; i < facts.n_roles && !st; i++)
                st = bakery__denials_check(site, facts.roles[i]->name, err);
        return st;
}

static bakery_status check_ours(const struct site *site, const struct cfn_stack *stack, bakery_error **err)
{
        if (bakery__stack_is_ours(stack, true))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_REFUSED, "%s was made neither by this tool nor by the one before it", stack->name);
        bakery__error_hint(err, "is %s the right account, and Prefix the right one?", site->recipe.account_id);
        return BAKERY_ERR_REFUSED;
}

static bakery_status fail_delete(const struct site *site, const struct watch_end *end, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_AWS, "%s%s%s is in %s", end->cause ? end->cause : "", end->cause ? "; " : "",
                     site->recipe.stack_name, end->status);
        bakery__error_hint(err, "mend the cause, then bakery-cli destroy %s", site->recipe.command);
        return BAKERY_ERR_AWS;
}

/* The stack by its name, at rest; *ret NULL: there is none. */
static bakery_status find_at_rest(struct site *site, struct arena *arena, const struct cfn_stack **ret,
                                  bakery_error **err)
{
        bakery_status st = bakery__site_find_stack(site, arena, ret, err);

        while (!st && *ret && bakery__stack_state((*ret)->status)->next == STACK_WAIT) {
                st = bakery__settle_wait(site, *ret, err);
                if (!st)
                        st = bakery__site_find_stack(site, arena, ret, err);
        }
        return st;
}

/* A rollback that failed left things half-way, and deleting would take away the way back. */
static bakery_status refuse_half_way(const struct site *site, const struct cfn_stack *stack, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_REFUSED, "%s is in %s, and is not deleted from there", stack->name, stack->status);
        bakery__error_hint(err, "bakery-cli rollback --continue %s brings it back first", site->recipe.command);
        return BAKERY_ERR_REFUSED;
}

static bakery_status check_deletable(struct site *site, const struct cfn_stack *stack, bakery_error **err)
{
        if (bakery__stack_state(stack->status)->next == STACK_REVIEW) /* it has neither tags nor a template yet */
                return bakery__settle_check_review(site, stack, err);
        if (strcmp(stack->status, "UPDATE_ROLLBACK_FAILED") == 0)
                return refuse_half_way(site, stack, err);

        bakery_status st = check_ours(site, stack, err);
        return st ? st : check_contents(site, stack, err);
}

bakery_status bakery_stack_delete(bakery_client *client, const bakery_target *target, const bakery_run_options *options,
                                  bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack *stack = NULL;
        struct watch_end end = { 0 };

        bakery__error_clear(err);
        bakery_status st = bakery__site_open(client, target, options, &site, err);
        if (!st)
                st = find_at_rest(&site, &arena, &stack, err);
        if (!st && !stack)
                st = fail_none(&site, err);
        if (!st)
                st = check_deletable(&site, stack, err);
        if (!st)
                st = bakery__settle_delete(&site, stack, &arena, &end, err);
        if (st)
                return st;
        return strcmp(end.status, "DELETE_COMPLETE") == 0 ? BAKERY_OK : fail_delete(&site, &end, err);
}
