/* Showing plans: what plan and deploy have in common. */
#ifndef BAKERY_CLI_PLAN_H
#define BAKERY_CLI_PLAN_H

#include <stdio.h>

#include "stack.h"

/*
 * Where deploying shows what it asks about: beside the events, where these are on stdout. NULL: nobody is asked, and
 * they say it all.
 */
FILE *plan_place(const struct options *options);

/* On stdout as --output has it, elsewhere for people. EXIT_DONE, or another code with the reason printed. */
int plan_show(struct stack *stack, const bakery_plan *plan, FILE *out);
int plan_show_burgers(struct stack *stack, FILE *out);

/*
 * Plans the burgers, or takes up the plans of --plan. Says what failed, and whether to go on all the same: as far as
 * --failures has it, and nobody interrupted. EXIT_DONE, or another code with the reason printed.
 */
int plan_find_burgers(struct stack *stack, bool *ret_go_on);

/* Takes back the plans that wait, whatever else failed. */
int plan_discard_burgers(struct stack *stack);

bool plan_burgers_broaden(const bakery_burgers *burgers);

/* What --fail-on-broadening and --exit-code make of it. */
int plan_verdict(const struct options *options, bool changes, bool broadens);

#endif
