#include "signals.h"
#include "stack_sets.h"

static int print_drift(const struct stack *stack, const bakery_drift *drift)
{
        bakery_error *err = NULL;
        char *text = NULL;

        bakery_drift_print(drift, stack_format(stack), &text, &err);
        return cli_print_made(stdout, text, err);
}

/* With --exit-code: whether somebody should look at it. */
static int verdict(const struct stack *stack, const bakery_drift *drift)
{
        bool wanting = bakery_drift_difference_count(drift) > 0 || bakery_drift_progress(drift) != BAKERY_PROGRESS_DONE;

        return stack->options->stack.exit_code && wanting ? EXIT_REFUSED : EXIT_DONE;
}

static int tell_one(struct stack *stack)
{
        bakery_drift *drift = NULL;
        bakery_error *err = NULL;
        bakery_status st = BAKERY_OK;
        int code = EXIT_DONE;

        if (stack->options->stack.wait)
                st = bakery_stack_wait(stack->work.client, &stack->target, &stack->run, &err);
        if (!st)
                st = bakery_drift_read(stack->work.client, &stack->target, &stack->run, &drift, &err);
        if (st)
                code = stack_fail(stack, err);
        progress_hide(&stack->progress);
        if (!code)
                code = print_drift(stack, drift);
        if (!code)
                code = verdict(stack, drift);
        bakery_drift_free(drift);
        bakery_error_free(err);
        return code;
}

/* What a look came to: code, or that of what is told. */
static int tell_looked(struct stack *stack, int code)
{
        progress_hide(&stack->progress);
        stack_print_failures(stack);
        for (size_t i = 0; i < bakery_burgers_count(stack->burgers); i++) {
                bakery_burger burger = { sizeof burger, NULL, BAKERY_BURGER_WAITING, NULL, NULL, 0, 0, NULL };

                bakery_burgers_at(stack->burgers, i, &burger);
                int told = burger.drift ? print_drift(stack, burger.drift) : EXIT_DONE;
                if (!told && burger.drift)
                        told = verdict(stack, burger.drift);
                if (!code)
                        code = told;
        }
        return code;
}

static int wait_for_many(struct stack *stack)
{
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (bakery_burgers_wait(stack->work.client, stack->burgers, &err) != BAKERY_OK) {
                code = stack_fail(stack, err);
                stack_print_failures(stack);
        }
        bakery_error_free(err);
        return code;
}

/* What came to a bad end is looked at as well: how IAM is now matters the more. */
static int tell_many(struct stack *stack)
{
        bakery_error *err = NULL;
        int waited = stack->options->stack.wait ? wait_for_many(stack) : EXIT_DONE, looked = EXIT_DONE;

        if (signals_caught())
                return waited;
        if (bakery_burgers_look(stack->work.client, stack->burgers, &err) != BAKERY_OK)
                looked = stack_fail(stack, err);
        bakery_error_free(err);
        looked = tell_looked(stack, looked);
        return waited ? waited : looked;
}

static int look_into_sets(struct stack *stack, const bakery_stack_sets *sets)
{
        bakery_error *err = NULL;
        int code;

        if (!stack->options->stack.deployer_role && !bakery_config_deployer_role(stack->work.config)) {
                fputs("bakery-cli: what IAM has in the burgers was not read\n"
                      "  hint: name the role to enter them by: DeployerRole in config.yml, or --role\n",
                      stderr);
                return EXIT_DONE;
        }
        code = stack_begin_burgers(stack, NULL);
        if (code)
                return code;
        if (bakery_stack_sets_look(stack->work.client, sets, stack->burgers, &err) != BAKERY_OK)
                code = stack_fail(stack, err);
        bakery_error_free(err);
        return tell_looked(stack, code);
}

/* The sets, and how the configuration differs from them; then the accounts, and how IAM does. */
static int tell_sets(struct stack *stack)
{
        bakery_stack_sets *sets = NULL;
        int code = stack_sets_plan(stack, STACK_SETS_PLAN, &sets);

        if (!code)
                code = stack_sets_show(stack, sets, stdout);
        if (!code)
                code = look_into_sets(stack, sets);
        if (!code && stack->options->stack.exit_code && bakery_stack_sets_changes(sets))
                code = EXIT_REFUSED;
        bakery_stack_sets_free(sets);
        return code;
}

static int run(const struct options *options, char *const *arguments)
{
        struct stack stack = { 0 };
        int code = stack_begin(options, arguments, STACK_JSON_AT_END, &stack);

        if (!code && options->stack.stack_set)
                code = tell_sets(&stack);
        else if (!code)
                code = stack.burgers ? tell_many(&stack) : tell_one(&stack);
        stack_clear(&stack);
        return code;
}

static const struct option_row *const own_options[] = { &option_wait, &option_exit_code, STACK_OPTIONS,
                                                        STACK_SET_OPTIONS, NULL };

const struct command cli_status = {
        .name = "status",
        .arguments = STACK_ARGUMENTS,
        .max_arguments = 2,
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "where stacks stand, and how IAM differs from them",
        .details = "Tells the state of the stack, and compares what was deployed with what IAM has:\n"
                   "policies, trust and groups that were changed by hand.",
        .options = own_options,
        .run = run,
};
