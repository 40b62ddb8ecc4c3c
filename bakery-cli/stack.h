/* The stack, or the burgers, that a command line names, and what working on it takes. */
#ifndef BAKERY_CLI_STACK_H
#define BAKERY_CLI_STACK_H

#include "ui/progress.h"
#include "work.h"

/* Begin with { 0 }. */
struct stack {
        const struct options *options;
        struct work work;
        bakery_target target;    /* of one stack */
        bakery_burgers *burgers; /* of many, or of one that is entered through a deployer role; else NULL */
        struct progress progress;
        bakery_run_options run;
        bakery_burgers_request request;
};

/* What --output json is, of a command: one document at the end, or an object for each event on its way. */
enum stack_json { STACK_JSON_AT_END, STACK_JSON_EVENTS };

/*
 * Reads "bakery", "burger NAME", "burgers", "check-admin"; nothing is "bakery". Loads the configuration, resolves keys.
 * EXIT_DONE, or another code with the reason printed.
 */
int stack_begin(const struct options *options, char *const *arguments, enum stack_json json, struct stack *ret);
void stack_clear(struct stack *stack);

/* Chooses burgers: all that the options name, or that account. The same codes. */
int stack_begin_burgers(struct stack *stack, const char *account_id);

/* The words that name the stack, of those that stack_begin() reads: "burger 222222222222"; and --role. */
void stack_print_words(const struct stack *stack, FILE *out);

/* How stdout has it: of many stacks, JSON is a line for each. */
bakery_plan_format stack_format(const struct stack *stack);

/* Asks "... [y/N]" on the terminal; without one the answer is no, which is told, with --yes as the way out. */
bool stack_agreed(const struct options *options, const char *question);

/*
 * Asks about the stack, which is named with its account and region between verb and rest: "Delete BurgerAccount in
 * 222222222222 (Web), eu-west-1, and every role in it?". EXIT_DONE when the answer is yes.
 */
int stack_ask(const struct stack *stack, const char *verb, const char *rest);

/* Ends live lines, prints the error, and gives the exit code. */
int stack_fail(struct stack *stack, const bakery_error *err);

/* One line for each burger, as it ends. */
bakery_burger_function stack_tell_burger;

/* After a step over many burgers: those that failed, with their reasons. */
void stack_print_failures(const struct stack *stack);

#define STACK_ARGUMENTS "[STACK [NAME]]"
#define STACK_OPTIONS                                                                                        \
        &option_env, &option_role, &option_jobs, &option_failures, &option_template_bucket, &option_timeout, \
                &option_no_wait, WORK_OPTIONS

#endif
