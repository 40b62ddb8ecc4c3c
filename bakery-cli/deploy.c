#include "plan.h"
#include "signals.h"
#include "stack_sets.h"

/* What was kept for a review still is: somebody may agree to it later. */
static int end_plan(struct stack *stack, bakery_plan *plan, int code)
{
        bakery_error *err = NULL;

        if (stack->options->stack.plan_path)
                return code;
        if (bakery_plan_discard(stack->work.client, &stack->target, plan, &err) != BAKERY_OK)
                stack_fail(stack, err);
        bakery_error_free(err);
        return code;
}

static int execute(struct stack *stack, bakery_plan *plan)
{
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (bakery_plan_execute(stack->work.client, &stack->target, plan, &stack->run, &err) != BAKERY_OK)
                code = stack_fail(stack, err);
        progress_hide(&stack->progress);
        if (!code && bakery_plan_what(plan) != BAKERY_PLAN_NOTHING && stack->options->output == OUTPUT_TEXT)
                printf("%s is deployed\n", bakery_plan_stack_name(plan));
        bakery_error_free(err);
        return code;
}

/* A plan from a file was agreed to by whoever reviewed it; it is shown all the same. */
static bakery_status find_plan(struct stack *stack, bakery_plan **ret_plan, bakery_error **err)
{
        const char *path = stack->options->stack.plan_path;

        if (path)
                return bakery_plan_read(stack->work.client, &stack->target, path, ret_plan, err);
        return bakery_plan_make(stack->work.client, &stack->target, &stack->run, ret_plan, err);
}

static int deploy_plan(struct stack *stack, bakery_plan *plan)
{
        const struct options *options = stack->options;
        FILE *place = plan_place(options);
        int code = place ? plan_show(stack, plan, place) : EXIT_DONE;

        if (code)
                return code;
        if (bakery_plan_what(plan) == BAKERY_PLAN_NOTHING)
                return execute(stack, plan);
        if (options->stack.fail_on_broadening && bakery_plan_broadens(plan))
                return end_plan(stack, plan, plan_verdict(options, true, true));
        code = stack_ask(stack, "Deploy", "?");
        return code ? end_plan(stack, plan, code) : execute(stack, plan);
}

static int deploy_one(struct stack *stack)
{
        bakery_plan *plan = NULL;
        bakery_error *err = NULL;
        int code;

        if (find_plan(stack, &plan, &err) == BAKERY_OK)
                code = deploy_plan(stack, plan);
        else
                code = stack_fail(stack, err);
        bakery_plan_free(plan);
        bakery_error_free(err);
        return code;
}

static int end_burgers(struct stack *stack, int code)
{
        if (!stack->options->stack.plan_path)
                plan_discard_burgers(stack);
        return code;
}

static int execute_burgers(struct stack *stack, int code)
{
        bakery_error *err = NULL;

        if (bakery_burgers_execute(stack->work.client, stack->burgers, &err) != BAKERY_OK)
                code = stack_fail(stack, err);
        progress_hide(&stack->progress);
        stack_print_failures(stack);
        if (stack->options->output == OUTPUT_TEXT)
                printf("%zu burgers are deployed, %zu were as configured\n",
                       bakery_burgers_count_of(stack->burgers, BAKERY_BURGER_DONE),
                       bakery_burgers_count_of(stack->burgers, BAKERY_BURGER_NOTHING));
        bakery_error_free(err);
        return code;
}

/* Burgers that could not be planned do not keep the others from being deployed, as far as that is tolerated. */
static int deploy_many(struct stack *stack)
{
        const struct options *options = stack->options;
        bool go_on = true;
        int code = plan_find_burgers(stack, &go_on);

        if (!go_on) {
                if (!signals_caught())
                        stack_print_failures(stack);
                return end_burgers(stack, code);
        }
        FILE *place = plan_place(options);
        int shown = place ? plan_show_burgers(stack, place) : EXIT_DONE;
        if (shown)
                return end_burgers(stack, shown);
        bool changes = bakery_burgers_count_of(stack->burgers, BAKERY_BURGER_PLANNED) > 0;
        if (options->stack.fail_on_broadening && plan_burgers_broaden(stack->burgers))
                return end_burgers(stack, plan_verdict(options, changes, true));
        if (changes && !stack_agreed(options, "Deploy these?"))
                return end_burgers(stack, EXIT_REFUSED);
        return execute_burgers(stack, code);
}

static int run(const struct options *options, char *const *arguments)
{
        struct stack stack = { 0 };
        int code = stack_begin(options, arguments, STACK_JSON_EVENTS, &stack);

        if (!code && options->stack.stack_set)
                code = stack_sets_run(&stack, STACK_SETS_DEPLOY);
        else if (!code)
                code = stack.burgers ? deploy_many(&stack) : deploy_one(&stack);
        stack_clear(&stack);
        return code;
}

static const struct option_row *const own_options[] = { &option_yes,
                                                        &option_plan,
                                                        &option_fail_on_broadening,
                                                        &option_recreate,
                                                        &option_create_bucket,
                                                        &option_import_existing,
                                                        &option_function_zip,
                                                        STACK_OPTIONS,
                                                        STACK_SET_OPTIONS,
                                                        NULL };

const struct command cli_deploy = {
        .name = "deploy",
        .arguments = STACK_ARGUMENTS,
        .max_arguments = 2,
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "plan, ask, and carry it out",
        .details = "Shows the plan, asks, and has CloudFormation carry it out; what happens is shown\n"
                   "as it happens. Interrupted, it says how to take it up again: AWS goes on.",
        .options = own_options,
        .run = run,
};
