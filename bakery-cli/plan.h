/* Showing plans: what plan and deploy have in common. */
#ifndef BAKERY_CLI_PLAN_H
#define BAKERY_CLI_PLAN_H

#include "stack.h"

/* EXIT_DONE, or another code with the reason printed. */
int plan_show(struct stack *stack, const bakery_plan *plan);
int plan_show_burgers(struct stack *stack);

/* What --fail-on-broadening and --exit-code make of it. */
int plan_verdict(const struct options *options, bool changes, bool broadens);

#endif
