#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "signals.h"
#include "stack_sets.h"

FILE *plan_place(const struct options *options)
{
        if (options->output == OUTPUT_TEXT)
                return stdout;
        return options->stack.yes ? NULL : stderr;
}

static int print_plan(const struct stack *stack, const bakery_plan *plan, FILE *out)
{
        bakery_plan_format format = out == stdout ? stack_format(stack) : BAKERY_PLAN_TEXT;
        bakery_error *err = NULL;
        char *text = NULL;

        bakery_plan_print(plan, format, &text, &err);
        return cli_print_made(out, text, err);
}

int plan_show(struct stack *stack, const bakery_plan *plan, FILE *out)
{
        progress_hide(&stack->progress);
        int code = print_plan(stack, plan, out);
        fflush(out); /* what follows goes to stderr */
        return code;
}

/* Burgers whose plans read the same but for the account: nobody reads 200 times the same. */
int plan_show_burgers(struct stack *stack, FILE *out)
{
        const bakery_burgers *burgers = stack->burgers;
        int code = EXIT_DONE;

        progress_hide(&stack->progress);
        for (size_t i = 0; i < bakery_burgers_count(burgers) && !code; i++) {
                bakery_burger burger = { sizeof burger, NULL, BAKERY_BURGER_WAITING, NULL, NULL, 0, 0, NULL };

                bakery_burgers_at(burgers, i, &burger);
                if (burger.state == BAKERY_BURGER_PLANNED)
                        code = print_plan(stack, burger.plan, out);
        }
        fflush(out);
        fprintf(stderr, "bakery-cli: %zu of %zu burgers would change, %zu are as configured",
                bakery_burgers_count_of(burgers, BAKERY_BURGER_PLANNED), bakery_burgers_count(burgers),
                bakery_burgers_count_of(burgers, BAKERY_BURGER_NOTHING));
        fputc('\n', stderr);
        return code;
}

bool plan_burgers_broaden(const bakery_burgers *burgers)
{
        for (size_t i = 0; i < bakery_burgers_count(burgers); i++) {
                bakery_burger burger = { sizeof burger, NULL, BAKERY_BURGER_WAITING, NULL, NULL, 0, 0, NULL };

                bakery_burgers_at(burgers, i, &burger);
                if (burger.state == BAKERY_BURGER_PLANNED && bakery_plan_broadens(burger.plan))
                        return true;
        }
        return false;
}

int plan_verdict(const struct options *options, bool changes, bool broadens)
{
        if (options->stack.fail_on_broadening && broadens) {
                fputs("bakery-cli: somebody could do more than before\n"
                      "  hint: the lines with + and ! say who and what\n",
                      stderr);
                return EXIT_REFUSED;
        }
        return options->stack.exit_code && changes ? EXIT_REFUSED : EXIT_DONE;
}

static int discard(struct stack *stack, bakery_plan *plan)
{
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (bakery_plan_discard(stack->work.client, &stack->target, plan, &err) != BAKERY_OK)
                code = stack_fail(stack, err);
        bakery_error_free(err);
        return code;
}

static void say_kept(const struct stack *stack, const char *path)
{
        fprintf(stderr, "bakery-cli: the plan is in %s: bakery-cli deploy ", path);
        stack_print_words(stack, stderr);
        fprintf(stderr, " --plan %s carries it out\n", path);
}

/* A change set without its file is of no use to anybody. */
static int keep(struct stack *stack, bakery_plan *plan, const char *path)
{
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (bakery_plan_write(plan, path, &err) == BAKERY_OK) {
                say_kept(stack, path);
        } else {
                code = stack_fail(stack, err);
                discard(stack, plan);
        }
        bakery_error_free(err);
        return code;
}

static int plan_one(struct stack *stack)
{
        bakery_plan *plan = NULL;
        bakery_error *err = NULL;
        int code;

        if (bakery_plan_make(stack->work.client, &stack->target, &stack->run, &plan, &err) != BAKERY_OK) {
                code = stack_fail(stack, err);
                bakery_error_free(err);
                return code;
        }
        code = plan_show(stack, plan, stdout);
        const char *path = stack->options->stack.save_path;
        int kept = path ? keep(stack, plan, path) : discard(stack, plan);
        if (!code)
                code = kept;
        if (!code)
                code = plan_verdict(stack->options, bakery_plan_what(plan) != BAKERY_PLAN_NOTHING,
                                    bakery_plan_broadens(plan) != 0);
        bakery_plan_free(plan);
        return code;
}

int plan_find_burgers(struct stack *stack, bool *ret_go_on)
{
        const char *path = stack->options->stack.plan_path;
        bakery_error *err = NULL;
        int code = EXIT_DONE;
        bakery_status st = path ? bakery_burgers_read(stack->work.client, stack->burgers, path, &err)
                                : bakery_burgers_plan(stack->work.client, stack->burgers, &err);
        size_t failed = bakery_burgers_count_of(stack->burgers, BAKERY_BURGER_FAILED);

        if (st)
                code = stack_fail(stack, err);
        *ret_go_on =
                !st || (st != BAKERY_ERR_CANCELLED && failed > 0 && failed <= stack->options->stack.failures_tolerated);
        bakery_error_free(err);
        return code;
}

int plan_discard_burgers(struct stack *stack)
{
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (bakery_burgers_discard(stack->work.client, stack->burgers, &err) != BAKERY_OK)
                code = stack_fail(stack, err);
        bakery_error_free(err);
        return code;
}

static int keep_burgers(struct stack *stack, const char *path)
{
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (bakery_burgers_write(stack->burgers, path, &err) == BAKERY_OK) {
                say_kept(stack, path);
        } else {
                code = stack_fail(stack, err);
                plan_discard_burgers(stack);
        }
        bakery_error_free(err);
        return code;
}

/* Part of what was to be planned is shown, and kept only where that is tolerated. */
static int plan_many(struct stack *stack)
{
        const char *path = stack->options->stack.save_path;
        bool go_on = true;
        int code = plan_find_burgers(stack, &go_on), shown = EXIT_DONE;
        bool changes = bakery_burgers_count_of(stack->burgers, BAKERY_BURGER_PLANNED) > 0;
        bool broadens = plan_burgers_broaden(stack->burgers);

        if (!signals_caught()) {
                shown = plan_show_burgers(stack, stdout);
                stack_print_failures(stack);
        }
        int kept = path && go_on && !shown ? keep_burgers(stack, path) : plan_discard_burgers(stack);
        if (path && !go_on && !signals_caught())
                fprintf(stderr,
                        "bakery-cli: %s is not written: a plan of some burgers is none\n"
                        "  hint: --failures N keeps the plans of the others\n",
                        path);
        if (!code)
                code = shown ? shown : kept;
        return code ? code : plan_verdict(stack->options, changes, broadens);
}

static int run(const struct options *options, char *const *arguments)
{
        struct stack stack = { 0 };
        int code = stack_begin(options, arguments, STACK_JSON_AT_END, &stack);

        if (stack.progress.style == PROGRESS_JSON) /* stdout is the plan's */
                stack.progress = progress_begin(false, stack.progress.by_account);
        if (!code && options->stack.stack_set)
                code = stack_sets_run(&stack, STACK_SETS_PLAN);
        else if (!code)
                code = stack.burgers ? plan_many(&stack) : plan_one(&stack);
        stack_clear(&stack);
        return code;
}

static const struct option_row *const own_options[] = {
        &option_save,         &option_exit_code, &option_fail_on_broadening, &option_create_bucket,
        &option_function_zip, STACK_OPTIONS,     STACK_SET_OPTIONS,          NULL
};

const struct command cli_plan = {
        .name = "plan",
        .arguments = STACK_ARGUMENTS,
        .max_arguments = 2,
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "what deploying would change, in people and roles",
        .details = "Asks CloudFormation what deploying the configuration would change, and tells\n"
                   "it as resources, and as who gains and who loses which role. Nothing is changed.",
        .options = own_options,
        .run = run,
};
