/* Carrying out what is planned for stack sets. */
#ifndef BAKERY_DEPLOY_STACK_SETS_WORK_H
#define BAKERY_DEPLOY_STACK_SETS_WORK_H

#include "deploy/stack_sets.h"

/* Does it, set by set. Gives what bakery_stack_sets_execute() does. */
bakery_status bakery__sets_work(struct site *site, bakery_stack_sets *sets, bakery_error **err);

#endif
