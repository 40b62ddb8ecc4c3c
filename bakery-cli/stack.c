#include "stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"

static const struct {
        const char *word;
        bakery_stack_kind kind;
        bool takes_name, is_many;
} words[] = {
        { "bakery", BAKERY_STACK_BAKERY, false, false },
        { "burger", BAKERY_STACK_BURGER, true, false },
        { "burgers", BAKERY_STACK_BURGER, false, true },
        { "check-admin", BAKERY_STACK_CHECK_ADMIN, false, false },
};
enum { N_WORDS = sizeof words / sizeof *words };

static int find_word(char *const *arguments, size_t *ret_word)
{
        static const char hint[] = "bakery, burger NAME, burgers or check-admin";
        const char *word = arguments[0] ? arguments[0] : words[0].word, *name = arguments[0] ? arguments[1] : NULL;

        for (size_t i = 0; i < N_WORDS; i++) {
                if (strcmp(words[i].word, word) != 0)
                        continue;
                if (words[i].takes_name && !name)
                        return cli_usage("burger NAME: by its name or its id", "which burger?");
                if (!words[i].takes_name && name)
                        return cli_usage(hint, "%s takes no name: \"%s\"", word, name);
                *ret_word = i;
                return EXIT_DONE;
        }
        return cli_usage(hint, "there is no stack \"%s\"", word);
}

/* An id, or a name that only one account has. */
static int find_account(const bakery_config *config, const char *name, const bakery_account **ret)
{
        const bakery_account *found = bakery_config_find_account(config, name);

        for (size_t i = 0; !found && i < bakery_config_environment_count(config); i++) {
                const bakery_environment *environment = bakery_config_environment(config, i);

                for (size_t k = 0; k < bakery_environment_account_count(environment); k++) {
                        const bakery_account *account = bakery_environment_account(environment, k);

                        if (strcmp(bakery_account_name(account), name) != 0)
                                continue;
                        if (found)
                                return cli_usage("name it by its id", "several accounts are called %s", name);
                        found = account;
                }
        }
        *ret = found;
        return found ? EXIT_DONE
                     : cli_usage("bakery-cli roles lists the accounts of the configuration",
                                 "the configuration has no account %s", name);
}

/* Whether the keys are the burger's own; else a deployer role leads there. */
static int keys_are_of(struct stack *stack, const char *account_id, bool *ret)
{
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (bakery_sts_get_caller_identity(stack->work.client, stack->work.keys, stack->work.region, &identity, &err))
                code = cli_fail(err);
        else
                *ret = strcmp(identity.account, account_id) == 0;
        bakery_identity_clear(&identity);
        bakery_error_free(err);
        return code;
}

int stack_begin_burgers(struct stack *stack, const char *account_id)
{
        const struct options *options = stack->options;
        bakery_burgers_request *request = &stack->request;
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        *request = (bakery_burgers_request)BAKERY_BURGERS_REQUEST_INIT;
        request->config = stack->work.config;
        request->keys = stack->work.keys;
        request->deployer_role = options->stack.deployer_role;
        request->environment = options->environment;
        request->account = account_id;
        request->region = options->region;
        request->template_bucket = options->stack.template_bucket;
        request->workers = options->stack.jobs;
        request->failures_tolerated = options->stack.failures_tolerated;
        request->on_burger = stack_tell_burger;
        request->burger_context = stack;
        request->run = stack->run;
        if (bakery_burgers_new(request, &stack->burgers, &err) != BAKERY_OK)
                code = cli_fail(err);
        bakery_error_free(err);
        return code;
}

static int begin_one(struct stack *stack, bakery_stack_kind kind, const bakery_account *account)
{
        stack->target = (bakery_target)BAKERY_TARGET_INIT;
        stack->target.config = stack->work.config;
        stack->target.kind = kind;
        stack->target.account = account;
        stack->target.keys = stack->work.keys;
        stack->target.region = stack->options->region;
        stack->target.template_bucket = stack->options->stack.template_bucket;
        stack->target.function_zip =
                stack->options->stack.function_zip ? stack->options->stack.function_zip : INSTALLED_FUNCTION_ZIP;
        return EXIT_DONE;
}

static int begin_burger(struct stack *stack, const bakery_account *account)
{
        bool own_keys = false;
        int code = EXIT_DONE;

        if (!stack->options->stack.deployer_role)
                code = keys_are_of(stack, bakery_account_id(account), &own_keys);
        if (code)
                return code;
        if (own_keys || (!stack->options->stack.deployer_role && !bakery_config_deployer_role(stack->work.config)))
                return begin_one(stack, BAKERY_STACK_BURGER, account);
        return stack_begin_burgers(stack, bakery_account_id(account));
}

static void set_run_options(struct stack *stack, enum stack_json json, bool by_account)
{
        const struct stack_options *asked = &stack->options->stack;

        stack->progress =
                progress_begin(stack->options->output == OUTPUT_JSON && json == STACK_JSON_EVENTS, by_account);
        stack->run = (bakery_run_options)BAKERY_RUN_OPTIONS_INIT;
        stack->run.on_event = progress_tell;
        stack->run.context = &stack->progress;
        stack->run.limit_s = asked->limit_minutes * 60;
        stack->run.no_wait = asked->no_wait;
        stack->run.recreate = asked->recreate;
        stack->run.create_bucket = asked->create_bucket;
        stack->run.import_existing = asked->import_existing;
        stack->run.continue_rollback = asked->continues;
}

int stack_begin(const struct options *options, char *const *arguments, enum stack_json json, struct stack *stack)
{
        const bakery_account *account = NULL;
        size_t word = 0;
        int code = find_word(arguments, &word);

        stack->options = options;
        if (!code && options->stack.stack_set && !words[word].is_many)
                return cli_usage("burgers --stack-set", "a stack set is of burgers");
        if (!code)
                code = work_load(options, &stack->work);
        if (!code && words[word].takes_name)
                code = find_account(stack->work.config, arguments[1], &account);
        if (!code)
                code = work_resolve(options, &stack->work);
        if (code)
                return code;
        set_run_options(stack, json, words[word].is_many);
        if (options->stack.stack_set && words[word].is_many)
                return EXIT_DONE; /* stack_sets_run() does the rest */
        if (words[word].is_many)
                return stack_begin_burgers(stack, NULL);
        return account ? begin_burger(stack, account) : begin_one(stack, words[word].kind, NULL);
}

static void print_burgers_words(const struct stack *stack, FILE *out)
{
        fputs(stack->request.account ? "burger " : "burgers", out);
        if (stack->request.account)
                fputs(stack->request.account, out);
        if (stack->options->stack.deployer_role)
                fprintf(out, " --role %s", stack->options->stack.deployer_role);
}

bakery_plan_format stack_format(const struct stack *stack)
{
        if (stack->options->output != OUTPUT_JSON)
                return BAKERY_PLAN_TEXT;
        return stack->burgers || stack->options->stack.stack_set ? BAKERY_PLAN_JSON_LINE : BAKERY_PLAN_JSON;
}

void stack_print_words(const struct stack *stack, FILE *out)
{
        size_t i = 0;

        if (stack->burgers) {
                print_burgers_words(stack, out);
                return;
        }
        while (words[i].kind != stack->target.kind)
                i++;
        fputs(words[i].word, out);
        if (stack->target.account)
                fprintf(out, " %s", bakery_account_id(stack->target.account));
}

void stack_clear(struct stack *stack)
{
        progress_hide(&stack->progress);
        bakery_burgers_free(stack->burgers);
        work_clear(&stack->work);
}

bool stack_agreed(const struct options *options, const char *question)
{
        int answer;

        if (options->stack.yes)
                return true;
        if (!isatty(STDIN_FILENO)) {
                fputs("bakery-cli: nobody is there to ask\n  hint: --yes goes on without asking\n", stderr);
                return false;
        }
        fprintf(stderr, "%s [y/N] ", question);
        if (!signals_wait_readable(STDIN_FILENO)) {
                fputs("\nbakery-cli: interrupted: nothing was changed\n"
                      "  hint: the same command again asks again\n",
                      stderr);
                return false;
        }
        answer = getchar();
        for (int c = answer; c != '\n' && c != EOF;)
                c = getchar();
        return answer == 'y' || answer == 'Y';
}

int stack_ask(const struct stack *stack, const char *verb, const char *rest)
{
        bakery_error *err = NULL;
        char *place = NULL, *question = NULL;
        int code = EXIT_DONE;

        if (bakery_target_print(stack->work.client, &stack->target, &place, &err) != BAKERY_OK)
                code = cli_fail(err);
        else if (asprintf(&question, "%s %s%s", verb, place, rest) < 0)
                code = cli_no_memory();
        else if (!stack_agreed(stack->options, question))
                code = EXIT_REFUSED;
        free(question);
        bakery_free(place);
        bakery_error_free(err);
        return code;
}

int stack_fail(struct stack *stack, const bakery_error *err)
{
        progress_hide(&stack->progress);
        return cli_fail(err);
}

static void print_burger_json(const bakery_burger *burger, const char *state)
{
        printf("{\"version\": 1, \"event\": \"burger\", \"account_id\": \"%s\", \"state\": \"%s\"}\n",
               bakery_account_id(burger->account), state);
}

void stack_tell_burger(const bakery_burger *burger, void *context)
{
        static const char *const states[] = {
                [BAKERY_BURGER_WAITING] = "waiting",       [BAKERY_BURGER_PLANNED] = "changes",
                [BAKERY_BURGER_NOTHING] = "nothing to do", [BAKERY_BURGER_DONE] = "done",
                [BAKERY_BURGER_FAILED] = "failed",         [BAKERY_BURGER_SKIPPED] = "skipped",
        };
        struct stack *stack = context;
        size_t resources = burger->plan ? bakery_plan_resource_count(burger->plan) : 0;

        if (stack->progress.style == PROGRESS_JSON) {
                print_burger_json(burger, states[burger->state]);
                return;
        }
        progress_hide(&stack->progress);
        fprintf(stderr, "%*zu/%zu  %s  %-24s %s", burger->total > 99 ? 4 : 2, burger->finished, burger->total,
                bakery_account_id(burger->account), bakery_account_name(burger->account), states[burger->state]);
        if (burger->state == BAKERY_BURGER_PLANNED)
                fprintf(stderr, ": %zu resource%s", resources, resources == 1 ? "" : "s");
        if (burger->error)
                fprintf(stderr, ": %s", bakery_error_message(burger->error));
        fputc('\n', stderr);
}

enum { FAILURES_LISTED = 10 };

void stack_print_failures(const struct stack *stack)
{
        size_t listed = 0, failed = bakery_burgers_count_of(stack->burgers, BAKERY_BURGER_FAILED);

        for (size_t i = 0; i < bakery_burgers_count(stack->burgers) && listed < FAILURES_LISTED; i++) {
                bakery_burger burger = { sizeof burger, NULL, BAKERY_BURGER_WAITING, NULL, NULL, 0, 0, NULL };

                bakery_burgers_at(stack->burgers, i, &burger);
                if (burger.state != BAKERY_BURGER_FAILED)
                        continue;
                listed++;
                fprintf(stderr, "bakery-cli: %s (%s): %s\n", bakery_account_name(burger.account),
                        bakery_account_id(burger.account), bakery_error_message(burger.error));
                if (bakery_error_hint(burger.error))
                        fprintf(stderr, "  hint: %s\n", bakery_error_hint(burger.error));
        }
        if (failed > listed)
                fprintf(stderr, "bakery-cli: and %zu more\n", failed - listed);
}
