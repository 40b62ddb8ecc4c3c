/* What is asked of StackSets: the set itself, and the operations over its accounts. */
#ifndef BAKERY_DEPLOY_STACK_SETS_CALLS_H
#define BAKERY_DEPLOY_STACK_SETS_CALLS_H

#include "deploy/stack_sets_operation.h"

enum { IMPORTED_AT_ONCE = 10 }; /* the most that ImportStacksToStackSet takes */

/* The set in hand. They are done when they return. */
bakery_status bakery__set_create(struct set_work *work, bakery_error **err);
bakery_status bakery__set_delete(struct set_work *work, bakery_error **err);

/* Each begins the operation of a step. */
bakery_status bakery__set_begin_create(struct set_work *work, const struct set_step *step, const struct aws_access *aws,
                                       const struct cfn_operation *operation, bakery_error **err);
bakery_status bakery__set_begin_update(struct set_work *work, const struct set_step *step, const struct aws_access *aws,
                                       const struct cfn_operation *operation, bakery_error **err);
bakery_status bakery__set_begin_delete(struct set_work *work, const struct set_step *step, const struct aws_access *aws,
                                       const struct cfn_operation *operation, bakery_error **err);
bakery_status bakery__set_begin_import(struct set_work *work, const struct set_step *step, const struct aws_access *aws,
                                       const struct cfn_operation *operation, bakery_error **err);
/* Of the set itself, and so of all its accounts. */
bakery_status bakery__set_begin_update_set(struct set_work *work, const struct set_step *step,
                                           const struct aws_access *aws, const struct cfn_operation *operation,
                                           bakery_error **err);

#endif
