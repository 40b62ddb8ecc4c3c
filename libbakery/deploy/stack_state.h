/* What a stack's status means for deploying: one row for each, and pure. */
#ifndef BAKERY_DEPLOY_STACK_STATE_H
#define BAKERY_DEPLOY_STACK_STATE_H

#include <stdbool.h>

#include <bakery/target.h>

enum stack_next {
        STACK_CREATE,   /* there is none: a change set that creates it */
        STACK_UPDATE,   /* a change set that updates it */
        STACK_REVIEW,   /* nothing but change sets yet: whose are they? */
        STACK_RECREATE, /* it never came into being: delete it, when one is allowed to, and create it */
        STACK_REFUSE,   /* a person must look at it */
        STACK_WAIT,     /* it is at work */
};

struct stack_state {
        const char *status; /* as CloudFormation writes it */
        enum stack_next next;
        bool leaves;      /* resources may be left of it, which a person must look at one by one */
        const char *note; /* what a person should know of it, also when deploying goes on; NULL: nothing */
        const char *hint; /* of what is refused: the next command, with one %s for the stack's */
};

/*
 * The row of a status; NULL: there is no stack. A status that is not in the table: one that CloudFormation is at work
 * in by its ending is waited for, any other is refused.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
const struct stack_state *bakery__stack_state(const char *status);

/* Adds the hint of a state, where it has one, with the words that name the stack: "burger 222222222222". */
void bakery__stack_state_hint(const struct stack_state *state, const char *command, bakery_error **err);

/* How far a resource of that status is. */
bakery_progress bakery__stack_progress(const char *status);

#endif
