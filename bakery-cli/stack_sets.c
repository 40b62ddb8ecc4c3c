#include "stack_sets.h"

#include "plan.h"

static const char *const states[] = {
        [BAKERY_BURGER_WAITING] = "waiting",       [BAKERY_BURGER_PLANNED] = "changes",
        [BAKERY_BURGER_NOTHING] = "nothing to do", [BAKERY_BURGER_DONE] = "done",
        [BAKERY_BURGER_FAILED] = "failed",         [BAKERY_BURGER_SKIPPED] = "skipped",
};

static void tell(const bakery_set_account *account, void *context)
{
        struct stack *stack = context;
        const char *state = states[account->state];

        if (stack->progress.style == PROGRESS_JSON) {
                printf("{\"version\": 1, \"event\": \"burger\", \"account_id\": \"%s\", \"state\": \"%s\"}\n",
                       account->account_id, state);
                fflush(stdout);
                return;
        }
        progress_hide(&stack->progress);
        fprintf(stderr, "%*zu/%zu  %s  %-24s ", account->total > 99 ? 4 : 2, account->finished, account->total,
                account->account_id, account->account_name ? account->account_name : "");
        fputs(account->state == BAKERY_BURGER_DONE && account->step == BAKERY_SET_DELETE ? "deleted" : state, stderr);
        if (account->reason) {
                fputs(": ", stderr);
                cli_put_harmless(stderr, account->reason);
        }
        fputc('\n', stderr);
}

static void fill_request(struct stack *stack, bakery_stack_sets_request *request)
{
        const struct options *options = stack->options;
        const struct stack_options *asked = &options->stack;

        request->config = stack->work.config;
        request->keys = stack->work.keys;
        request->administrator = asked->administrator;
        request->delegated_admin = asked->delegated_admin;
        request->permission_model =
                asked->service_managed ? BAKERY_PERMISSIONS_SERVICE_MANAGED : BAKERY_PERMISSIONS_SELF_MANAGED;
        request->administration_role = asked->administration_role;
        request->execution_role = asked->execution_role;
        request->organizational_units = asked->units;
        request->organizational_unit_count = asked->unit_count;
        request->environment = options->environment;
        request->region = options->region;
        request->template_bucket = asked->template_bucket;
        request->deployer_role = asked->deployer_role;
        request->concurrent = asked->jobs;
        request->failures_tolerated = asked->failures_tolerated;
        request->on_account = tell;
        request->account_context = stack;
        request->run = stack->run;
}

int stack_sets_show(struct stack *stack, const bakery_stack_sets *sets, FILE *out)
{
        bakery_plan_format format = out == stdout ? stack_format(stack) : BAKERY_PLAN_TEXT;
        bakery_error *err = NULL;
        char *text = NULL;

        progress_hide(&stack->progress);
        bakery_stack_sets_print(sets, format, &text, &err);
        int code = cli_print_made(out, text, err);
        fflush(out); /* what follows goes to stderr */
        return code;
}

static bool agreed(struct stack *stack, const bakery_stack_sets *sets, enum stack_sets_command command)
{
        const char *question = "Deploy these?";

        if (command == STACK_SETS_DESTROY)
                question = "Delete the stack sets, their stacks, and every role in them?";
        else if (bakery_stack_sets_deletes(sets))
                question = "Deploy these, and delete the stacks of accounts that are gone?";
        return stack_agreed(stack->options, question);
}

static int execute(struct stack *stack, bakery_stack_sets *sets)
{
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (bakery_stack_sets_execute(stack->work.client, sets, &err) != BAKERY_OK)
                code = stack_fail(stack, err);
        progress_hide(&stack->progress);
        if (stack->options->output == OUTPUT_TEXT)
                printf("%zu burgers are done, %zu were as configured, %zu failed\n",
                       bakery_stack_sets_count_of(sets, BAKERY_BURGER_DONE),
                       bakery_stack_sets_count_of(sets, BAKERY_BURGER_NOTHING),
                       bakery_stack_sets_count_of(sets, BAKERY_BURGER_FAILED));
        bakery_error_free(err);
        return code;
}

static int work_on(struct stack *stack, bakery_stack_sets *sets, enum stack_sets_command command)
{
        const struct options *options = stack->options;
        bool changes = bakery_stack_sets_changes(sets), broadens = bakery_stack_sets_broadens(sets);
        FILE *place = command == STACK_SETS_PLAN ? stdout : plan_place(options);
        int code = place ? stack_sets_show(stack, sets, place) : EXIT_DONE;

        if (code || command == STACK_SETS_PLAN)
                return code ? code : plan_verdict(options, changes, broadens);
        if (!changes)
                return bakery_stack_sets_count_of(sets, BAKERY_BURGER_FAILED) > 0 ? EXIT_REFUSED : EXIT_DONE;
        if (options->stack.fail_on_broadening && broadens)
                return plan_verdict(options, true, true);
        return agreed(stack, sets, command) ? execute(stack, sets) : EXIT_REFUSED;
}

int stack_sets_plan(struct stack *stack, enum stack_sets_command command, bakery_stack_sets **ret_sets)
{
        bakery_stack_sets_request request = BAKERY_STACK_SETS_REQUEST_INIT;
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (stack->options->stack.plan_path || stack->options->stack.save_path)
                return cli_usage("plan burgers --stack-set --output json prints one",
                                 "StackSets has no change sets: its plan is not kept");
        fill_request(stack, &request);
        request.remove_all = command == STACK_SETS_DESTROY;
        if (bakery_stack_sets_plan(stack->work.client, &request, ret_sets, &err) != BAKERY_OK)
                code = stack_fail(stack, err);
        bakery_error_free(err);
        return code;
}

int stack_sets_run(struct stack *stack, enum stack_sets_command command)
{
        bakery_stack_sets *sets = NULL;
        int code = stack_sets_plan(stack, command, &sets);

        if (!code)
                code = work_on(stack, sets, command);
        bakery_stack_sets_free(sets);
        return code;
}
