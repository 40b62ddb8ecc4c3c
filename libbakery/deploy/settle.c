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

/* Appends what a stack still has, "MyTeamProdAdmin (members: alice), ...", and so of those nested in it. */
static bakery_status add_left(struct site *site, const char *stack_id, struct buf *text, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_resource *first = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_list_resources(&aws, stack_id, &arena, &first, err);
        for (const struct cfn_resource *at = first; at && !st; at = at->next) {
                if (!at->physical_id || strcmp(at->status, "DELETE_COMPLETE") == 0)
                        continue;
                if (strcmp(at->type, "AWS::CloudFormation::Stack") == 0) {
                        st = add_left(site, at->physical_id, text, err);
                        continue;
                }
                bakery__buf_format(text, "%s%s", text->len > 0 ? ", " : "; left: ", at->physical_id);
                if (strcmp(at->type, "AWS::IAM::Group") == 0)
                        bakery__site_add_members(site, at->physical_id, text);
        }
        return st;
}

static bakery_status refuse(struct site *site, const struct cfn_stack *stack, const struct stack_state *state,
                            bakery_error **err)
{
        AUTO_CLEAR(buf) left = { .max = 1 << 14 };

        if (state->leaves)
                add_left(site, stack->id, &left, NULL); /* the state says enough when that is not allowed */
        bakery__fail(err, BAKERY_ERR_REFUSED, "%s is in %s%s%s%s%s%s%s", stack->name, stack->status,
                     state->note ? ": " : "", state->note ? state->note : "", stack->status_reason ? " (" : "",
                     stack->status_reason ? stack->status_reason : "", stack->status_reason ? ")" : "",
                     left.at ? left.at : "");
        bakery__stack_state_hint(state, site->recipe.command, err);
        return BAKERY_ERR_REFUSED;
}

bakery_status bakery__settle_wait(struct site *site, const struct cfn_stack *stack, bakery_error **err)
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

/* Ours are left over from plans, and go when one of them is executed. */
bakery_status bakery__settle_check_review(struct site *site, const struct cfn_stack *stack, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_change_set_summary *first = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_list_change_sets(&aws, stack->id, &arena, &first, err);

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
        if (st || strcmp(end.status, "DELETE_COMPLETE") == 0)
                return st;
        bakery__fail(err, BAKERY_ERR_AWS, "%s could not be deleted: it is in %s%s%s", stack->name, end.status,
                     end.cause ? ": " : "", end.cause ? end.cause : "");
        bakery__error_hint(err, "mend the cause (bakery-cli status %s shows what is left), then do it again",
                           site->recipe.command);
        return BAKERY_ERR_AWS;
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
                        return bakery__settle_check_review(site, stack, err);
                case STACK_REFUSE:
                        return refuse(site, stack, state, err);
                case STACK_RECREATE:
                        if (!site->options.recreate)
                                return refuse(site, stack, state, err);
                        st = delete_failed_one(site, stack, arena, err);
                        break;
                case STACK_WAIT:
                        st = bakery__settle_wait(site, stack, err);
                        break;
                }
                if (st)
                        return st;
        }
        bakery__fail(err, BAKERY_ERR_REFUSED, "%s does not come to rest: somebody else works on it",
                     site->recipe.stack_name);
        bakery__error_hint(err, "bakery-cli status --wait %s shows who", site->recipe.command);
        return BAKERY_ERR_REFUSED;
}
