/* One operation of StackSets, over some accounts of one set: begun, watched, and what became of each account. */
#ifndef BAKERY_DEPLOY_STACK_SETS_OPERATION_H
#define BAKERY_DEPLOY_STACK_SETS_OPERATION_H

#include "aws/stack_set.h"
#include "deploy/stack_sets.h"
#include "template/emit.h"

struct set_work {
        struct site *site;
        bakery_stack_sets *sets;
        struct stack_set *set; /* in hand */
        const char *first_failed;
        struct arena arena;
};

void bakery__set_work_clear(struct set_work *work);
DEFINE_AUTO_CLEAR(set_work, bakery__set_work_clear)

/* An operation, and the accounts of the set that it is for. */
struct set_step {
        const char *about; /* "deleting stacks" */
        bakery_status (*begin)(struct set_work *work, const struct set_step *step, const struct aws_access *aws,
                               const struct cfn_operation *operation, bakery_error **err);
        struct set_member *members[BURGER_SET_ACCOUNTS];
        size_t count;
        bool goes_on; /* another operation follows for those that succeed */
};

/* Takes those accounts of the set in hand that are planned, and for which take holds. */
void bakery__set_collect(const struct set_work *work, struct set_step *step,
                         bool (*take)(const struct set_member *member));

/*
 * Begins the operation, and watches it to its end. Accounts that failed are told, and no failure of this call; the
 * error of one that is interrupted says that AWS goes on.
 */
bakery_status bakery__set_run(struct set_work *work, const struct set_step *step, bakery_error **err);

/* Of those that still wait nobody told how they ended: the operation stopped before them. */
bakery_status bakery__set_skip(struct set_work *work, const struct set_step *step, bakery_error **err);

/* The end of an account's work. reason may be NULL. */
bakery_status bakery__set_end_member(struct set_work *work, struct set_member *member, bakery_burger_state state,
                                     const char *reason, bakery_error **err);

/* Whether more has failed than is tolerated. */
bool bakery__sets_are_over(const bakery_stack_sets *sets);

/* Whether nothing more is begun in the set in hand. */
bool bakery__set_is_ended(const struct set_work *work);

/* The member as callers see it. */
void bakery__sets_describe(const bakery_stack_sets *sets, const struct set_member *member, bakery_set_account *ret);

#endif
