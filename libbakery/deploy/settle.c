#include "deploy/settle.h"

#include <string.h>

#include "aws/change_set.h"
#include "aws/client.h"
#include "deploy/proposal.h"
#include "deploy/stack_state.h"
#include "deploy/watch.h"

enum { LOOKS_AT_MOST = 5 };

bool bakery__stack_is_ours(const struct cfn_stack *stack, bool old_tool)
{
        const char *owner = bakery__cfn_value(&stack->tags, RECIPE_OWNER_TAG);
        const char *application = bakery__cfn_value(&stack->tags, "Application");

        if (owner && strcmp(owner, RECIPE_OWNER) == 0)
                return true;
        return old_tool && application && strcmp(application, "Bakery") == 0;
}

static bakery_status refuse(const struct site *site, const struct cfn_stack *stack, const struct stack_state *state,
                            bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_REFUSED, "%s is in %s%s%s%s%s%s", stack->name, stack->status,
                     state->note ? ": " : "", state->note ? state->note : "", stack->status_reason ? " (" : "",
                     stack->status_reason ? stack->status_reason : "", stack->status_reason ? ")" : "");
        if (state->hint) {
                /* The table's own constant, whose one %s is the stack's. */
                AUTO_CLEAR(buf) hint = { .max = 1024 };
                const char *at = strstr(state->hint, "%s");

                bakery__buf_add(&hint, state->hint, (size_t)(at - state->hint));
                bakery__buf_text(&hint, site->recipe.command);
                bakery__buf_text(&hint, at + 2);
                if (hint.at)
                        bakery__error_hint(err, "%s", hint.at);
        }
        return BAKERY_ERR_REFUSED;
}

static bakery_status wait_for(struct site *site, const struct cfn_stack *stack, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        struct watch_from from = { .stack_id = stack->id };
        struct watch_end end;

        if (site->options.no_wait) {
                bakery__fail(err, BAKERY_ERR_REFUSED, "%s is at work: %s", stack->name, stack->status);
                bakery__error_hint(err, "bakery-cli status --wait %s shows it; or leave out --no-wait",
                                   site->recipe.command);
                return BAKERY_ERR_REFUSED;
        }
        bakery__site_step(site, "%s is at work (%s): waiting for its end", stack->name, stack->status);
        return bakery__watch(site, &from, &arena, &end, err);
}

static bakery_status refuse_foreign(const struct site *site, const struct cfn_change_set_summary *theirs,
                                    bakery_error **err)
{
        int64_t age_s = theirs->created_ms ? bakery__client_now_s(site->client) - theirs->created_ms / 1000 : 0;

        bakery__fail(err, BAKERY_ERR_REFUSED,
                     "%s is not made yet, and somebody else's change set waits in it: %s, %lld min old",
                     site->recipe.stack_name, theirs->name, (long long)(age_s > 0 ? age_s / 60 : 0));
        bakery__error_hint(err, "ask who made it; deleting it is up to them");
        return BAKERY_ERR_REFUSED;
}

static bakery_status list_change_sets(struct site *site, const char *stack_id, struct arena *arena,
                                      const struct cfn_change_set_summary **ret, bakery_error **err)
{
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        return st ? st : bakery__cfn_list_change_sets(&aws, stack_id, arena, ret, err);
}

/* Nothing but change sets: ours are left over from plans, and go when one of them is executed. */
static bakery_status check_review(struct site *site, const struct cfn_stack *stack, struct arena *arena,
                                  bakery_error **err)
{
        const struct cfn_change_set_summary *first = NULL;
        bakery_status st = list_change_sets(site, stack->id, arena, &first, err);

        for (; first && !st; first = first->next)
                if (!bakery__proposal_is_ours(first->name))
                        st = refuse_foreign(site, first, err);
        return st;
}

bakery_status bakery__settle_delete(struct site *site, const struct cfn_stack *stack, struct arena *arena,
                                    struct watch_end *ret_end, bakery_error **err)
{
        const char *token = bakery__site_token(site, "delete", arena);
        struct cfn_delete_stack request = { .stack = stack->id, .client_request_token = token };
        struct watch_from from = { .stack_id = stack->id, .token = token };
        struct aws_access aws;

        if (!token)
                return bakery__fail_memory(err);
        bakery_status st = bakery__watch_newest(site, stack->id, arena, &from.last_event, err);
        if (!st)
                st = bakery__site_access(site, &aws, err);
        if (!st && stack->termination_protection)
                st = bakery__cfn_update_termination_protection(&aws, stack->id, false, err);
        if (!st)
                st = bakery__cfn_delete_stack(&aws, &request, err);
        return st ? st : bakery__watch(site, &from, arena, ret_end, err);
}

static bakery_status delete_failed_one(struct site *site, const struct cfn_stack *stack, struct arena *arena,
                                       bakery_error **err)
{
        struct watch_end end = { 0 };

        if (!bakery__stack_is_ours(stack, false)) {
                bakery__fail(err, BAKERY_ERR_REFUSED, "%s is in %s, and was not made by this tool: it has no tag %s",
                             stack->name, stack->status, RECIPE_OWNER_TAG);
                bakery__error_hint(err, "bakery-cli destroy %s deletes it, after asking", site->recipe.command);
                return BAKERY_ERR_REFUSED;
        }
        bakery__site_step(site, "deleting what is left of %s", stack->name);
        bakery_status st = bakery__settle_delete(site, stack, arena, &end, err);
        if (!st && strcmp(end.status, "DELETE_COMPLETE") != 0)
                st = bakery__fail(err, BAKERY_ERR_AWS, "%s could not be deleted: it is in %s%s%s", stack->name,
                                  end.status, end.cause ? ": " : "", end.cause ? end.cause : "");
        return st;
}

/* After a wait the state is another one, and somebody may have begun anew. */
bakery_status bakery__settle(struct site *site, struct arena *arena, const struct cfn_stack **ret_stack,
                             bakery_error **err)
{
        for (unsigned looks = 0; looks < LOOKS_AT_MOST; looks++) {
                const struct cfn_stack *stack = NULL;
                bakery_status st = bakery__site_find_stack(site, arena, &stack, err);

                if (st)
                        return st;

                const struct stack_state *state = bakery__stack_state(stack ? stack->status : NULL);
                if (state->next == STACK_UPDATE && state->note)
                        bakery__site_warn(site, "%s: %s", stack->name, state->note);
                switch (state->next) {
                case STACK_CREATE:
                        *ret_stack = NULL;
                        return BAKERY_OK;
                case STACK_UPDATE:
                        *ret_stack = stack;
                        return BAKERY_OK;
                case STACK_REVIEW:
                        *ret_stack = NULL;
                        return check_review(site, stack, arena, err);
                case STACK_REFUSE:
                        return refuse(site, stack, state, err);
                case STACK_RECREATE:
                        if (!site->options.recreate)
                                return refuse(site, stack, state, err);
                        st = delete_failed_one(site, stack, arena, err);
                        break;
                case STACK_WAIT:
                        st = wait_for(site, stack, err);
                        break;
                }
                if (st)
                        return st;
        }
        bakery__fail(err, BAKERY_ERR_REFUSED, "%s does not come to rest: somebody else works on it",
                     site->recipe.stack_name);
        return BAKERY_ERR_REFUSED;
}

bakery_status bakery__settle_review(struct site *site, const char *stack_id, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack *stack = NULL;
        const struct cfn_change_set_summary *others = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_describe_stack(&aws, stack_id, &arena, &stack, err);
        if (st || !stack || strcmp(stack->status, "REVIEW_IN_PROGRESS") != 0)
                return st;
        st = list_change_sets(site, stack_id, &arena, &others, err);
        if (st || others)
                return st;

        struct cfn_delete_stack request = { .stack = stack_id };
        return bakery__cfn_delete_stack(&aws, &request, err);
}
