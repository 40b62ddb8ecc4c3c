#include "stack.h"

static int roll_back(struct stack *stack)
{
        const struct stack_options *asked = &stack->options->stack;
        bakery_error *err = NULL;

        if (stack->burgers)
                return cli_usage("rollback burger NAME, with keys of that account",
                                 "one stack at a time is taken back");
        if (asked->skip_count > 0 && !asked->continues)
                return cli_usage("rollback --continue --skip ID", "--skip goes with --continue");
        int code = asked->continues ? stack_ask(stack, "Go on with the rollback of", "?")
                                    : stack_ask(stack, "Take back the last update of", "?");
        if (code)
                return code;
        if (bakery_stack_rollback(stack->work.client, &stack->target, asked->skip, asked->skip_count, &stack->run,
                                  &err))
                code = stack_fail(stack, err);
        bakery_error_free(err);
        return code;
}

static int run(const struct options *options, char *const *arguments)
{
        struct stack stack = { 0 };
        int code = stack_begin(options, arguments, STACK_JSON_EVENTS, &stack);

        if (!code)
                code = roll_back(&stack);
        stack_clear(&stack);
        return code;
}

static const struct option_row *const own_options[] = { &option_yes, &option_continue, &option_skip, STACK_OPTIONS,
                                                        NULL };

const struct command cli_rollback = {
        .name = "rollback",
        .arguments = STACK_ARGUMENTS,
        .max_arguments = 2,
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "take back an update that stopped half-way",
        .details = "Takes a stack out of UPDATE_FAILED; with --continue out of\n"
                   "UPDATE_ROLLBACK_FAILED, without the resources that --skip names.",
        .options = own_options,
        .run = run,
};
