/* Bringing a stack to where it can be worked on, or saying why that cannot be. */
#ifndef BAKERY_DEPLOY_SETTLE_H
#define BAKERY_DEPLOY_SETTLE_H

#include "deploy/site.h"

/*
 * Looks at the stack and does what its state asks for: waits until it is at rest, deletes one that never came into
 * being when the options allow that and it is ours. *ret_stack is the stack to be updated, of arena; NULL: it is to be
 * created.
 *
 * Gives BAKERY_ERR_REFUSED (a state that a person must look at; it is at work and is not to be waited for; change sets
 * of somebody else's in a stack that is not made yet), and what waiting gives.
 */
bakery_status bakery__settle(struct site *site, struct arena *arena, const struct cfn_stack **ret_stack,
                             bakery_error **err);

/* Waits for a stack that is at work, or refuses to. */
bakery_status bakery__settle_wait(struct site *site, const struct cfn_stack *stack, bakery_error **err);

/* A stack of nothing but change sets: BAKERY_ERR_REFUSED when one of them is somebody else's. */
bakery_status bakery__settle_check_review(struct site *site, const struct cfn_stack *stack, bakery_error **err);

/* Deletes a stack, and waits for that; the last look is in ret_end, of arena. */
struct watch_end;
bakery_status bakery__settle_delete(struct site *site, const struct cfn_stack *stack, struct arena *arena,
                                    struct watch_end *ret_end, bakery_error **err);

/* Whether this library made it, by its tag; with old_tool also one of the tool before. */
bool bakery__stack_is_ours(const struct cfn_stack *stack, bool old_tool);

#endif
