/* The burgers as stack sets: plan, deploy and destroy with --stack-set. */
#ifndef BAKERY_CLI_STACK_SETS_H
#define BAKERY_CLI_STACK_SETS_H

#include "stack.h"

enum stack_sets_command { STACK_SETS_PLAN, STACK_SETS_DEPLOY, STACK_SETS_DESTROY };

/* Does it; the exit code. */
int stack_sets_run(struct stack *stack, enum stack_sets_command command);

/* What it does first, and shows. EXIT_DONE, or another code with the reason printed. */
int stack_sets_plan(struct stack *stack, enum stack_sets_command command, bakery_stack_sets **ret_sets);
int stack_sets_show(struct stack *stack, const bakery_stack_sets *sets, FILE *out);

#define STACK_SET_OPTIONS                                                                            \
        &option_stack_set, &option_administrator, &option_delegated_admin, &option_permission_model, \
                &option_administration_role, &option_execution_role, &option_organizational_unit

#endif
