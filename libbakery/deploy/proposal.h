/* The proposal: a change set over a stack and all that is nested in it, made, read whole, and compared with what was
 * asked for. */
#ifndef BAKERY_DEPLOY_PROPOSAL_H
#define BAKERY_DEPLOY_PROPOSAL_H

#include "aws/change_set.h"
#include "deploy/site.h"

/* A change set of the tree, the root's first. */
struct proposal_part {
        const char *logical_id; /* of the nested stack; NULL: the root */
        const struct cfn_change_set *set;
        struct proposal_part *next;
};

/* All of it lives in the arena that it was made in. */
struct proposal {
        const char *id, *stack_id, *name;
        const struct cfn_stack *stack; /* as it is; NULL: it is to be created, and nothing holds the change set yet */
        struct proposal_part *parts;
        bool is_empty; /* nothing would change */
};

/*
 * Makes a change set for the site's recipe, over stack, or that creates it when that is NULL; waits until it is
 * complete, and reads the templates back that CloudFormation took: for a moment, whoever can write to the bucket could
 * have changed them. One that changes nothing is dropped again, and *ret is empty.
 *
 * Gives BAKERY_ERR_REFUSED (it is of other templates), BAKERY_ERR_AWS (CloudFormation refuses: the cause is told, from
 * whichever nested stack; the change set is dropped), BAKERY_ERR_UNFINISHED, and what CloudFormation's calls give.
 */
bakery_status bakery__proposal_make(struct site *site, const struct cfn_stack *stack, struct arena *arena,
                                    struct proposal *ret, bakery_error **err);

/*
 * Reads the change set id and its parts anew. Gives BAKERY_ERR_REFUSED when it is gone, or is not what the site's
 * recipe asks for: proposal_check.h, and the templates.
 */
bakery_status bakery__proposal_read(struct site *site, const char *id, struct arena *arena, struct proposal *ret,
                                    bakery_error **err);

/* Whether a change set's name is one that this library gives. */
bool bakery__proposal_is_ours(const char *change_set_name);

/* Deletes a change set; with and_stack also the stack that was made to hold it, when nothing else is in it. */
bakery_status bakery__proposal_drop(struct site *site, const struct cfn_change_set_ids *ids, bool and_stack,
                                    bakery_error **err);

/* The same for one that nobody asks for any more, also after bakery_client_cancel(). If it fails, it is only in the way
 * of nobody. */
void bakery__proposal_take_back(struct site *site, const struct cfn_change_set_ids *ids, bool and_stack);

#endif
