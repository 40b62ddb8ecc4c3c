#include "stack_sets.h"

static const char *const contents[] = {
        [BAKERY_STACK_BAKERY] = ", and every group in it?",
        [BAKERY_STACK_BURGER] = ", and every role in it?",
        [BAKERY_STACK_CHECK_ADMIN] = ", and with it the daily check?",
};

static int destroy_one(struct stack *stack)
{
        bakery_error *err = NULL;
        char *name = NULL;
        int code = EXIT_DONE;

        if (bakery_stack_name(stack->work.config, stack->target.kind, &name, &err) != BAKERY_OK)
                code = cli_fail(err);
        if (!code)
                code = stack_ask(stack, "Delete", contents[stack->target.kind]);
        if (!code && bakery_stack_delete(stack->work.client, &stack->target, &stack->run, &err) != BAKERY_OK)
                code = stack_fail(stack, err);
        progress_hide(&stack->progress);
        if (!code && stack->options->output == OUTPUT_TEXT)
                printf("%s is deleted\n", name);
        bakery_free(name);
        bakery_error_free(err);
        return code;
}

static int destroy_many(struct stack *stack)
{
        bakery_error *err = NULL;
        char question[128];
        int code = EXIT_DONE;

        snprintf(question, sizeof question, "Delete the stacks of %zu burgers, and every role in them?",
                 bakery_burgers_count(stack->burgers));
        if (!stack_agreed(stack->options, question))
                return EXIT_REFUSED;
        if (bakery_burgers_delete(stack->work.client, stack->burgers, &err) != BAKERY_OK)
                code = stack_fail(stack, err);
        progress_hide(&stack->progress);
        stack_print_failures(stack);
        bakery_error_free(err);
        return code;
}

static int run(const struct options *options, char *const *arguments)
{
        struct stack stack = { 0 };
        int code = arguments[0] ? stack_begin(options, arguments, STACK_JSON_EVENTS, &stack)
                                : cli_usage("destroy bakery, burger NAME, burgers or check-admin", "destroy what?");

        if (!code && options->stack.stack_set)
                code = stack_sets_run(&stack, STACK_SETS_DESTROY);
        else if (!code)
                code = stack.burgers ? destroy_many(&stack) : destroy_one(&stack);
        stack_clear(&stack);
        return code;
}

static const struct option_row *const own_options[] = { &option_yes, STACK_OPTIONS, STACK_SET_OPTIONS, NULL };

const struct command cli_destroy = {
        .name = "destroy",
        .arguments = STACK_ARGUMENTS,
        .max_arguments = 2,
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "delete stacks, and the groups or roles in them",
        .details = "Asks, and deletes the stack. A stack whose groups still have members is left\n"
                   "alone, and they are named; so is one that this tool did not make.",
        .options = own_options,
        .run = run,
};
