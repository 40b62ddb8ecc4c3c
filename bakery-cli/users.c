#include "users.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "stack.h"

static const struct {
        const char *name;
        bool takes_name;
        users_word *run;
        unsigned options; /* besides those of all words */
} words[] = {
        { "plan", false, users_plan, USERS_PRUNE },
        { "apply", false, users_apply, USERS_PRUNE | USERS_PASSWORDS | USERS_NO_PASSWORDS },
        { "password", true, users_password, USERS_PASSWORDS },
        { "report", false, users_report, USERS_MAX_KEY_AGE },
        { "revoke", true, users_revoke, USERS_UNDO | USERS_GONE | USERS_KEYS },
        { "rotate-key", false, users_rotate_key, USERS_TO | USERS_DELETE_OLD },
};
enum { N_WORDS = sizeof words / sizeof *words };

bakery_users_format users_format(const struct users *users)
{
        return users->options->output == OUTPUT_JSON ? BAKERY_USERS_JSON : BAKERY_USERS_TEXT;
}

static int make_plan(struct users *users, bakery_users_plan **ret)
{
        bakery_users_options how = BAKERY_USERS_OPTIONS_INIT;
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        how.prune = (users->options->users.given & USERS_PRUNE) != 0;
        if (bakery_users_plan_make(users->work.client, users->work.keys, users->work.config, &how, ret, &err))
                code = cli_fail(err);
        bakery_error_free(err);
        return code;
}

static int print_plan(const struct users *users, const bakery_users_plan *plan)
{
        char *text = NULL;
        bakery_error *err = NULL;
        int code = bakery_users_plan_print(plan, users_format(users), &text, &err) ? cli_fail(err) : EXIT_DONE;

        if (!code)
                cli_print(text);
        fflush(stdout); /* what follows goes to stderr */
        bakery_free(text);
        bakery_error_free(err);
        return code;
}

int users_plan(struct users *users)
{
        bakery_users_plan *plan = NULL;
        int code = make_plan(users, &plan);

        if (!code)
                code = print_plan(users, plan);
        if (!code && users->options->stack.exit_code && bakery_users_plan_count(plan) > 0)
                code = EXIT_REFUSED;
        bakery_users_plan_free(plan);
        return code;
}

/* One-time passwords. */

int passwords_open(struct passwords *passwords, const struct options *options)
{
        const char *path = options->users.passwords_path;

        if (!path && (!isatty(STDOUT_FILENO) || options->output == OUTPUT_JSON)) {
                fputs("bakery-cli: there are one-time passwords to show, and stdout is no terminal\n"
                      "  hint: --passwords FILE writes them into a new file that nobody else can read\n",
                      stderr);
                return EXIT_USAGE;
        }
        passwords->path = path;
        passwords->to = stdout;
        if (!path)
                return EXIT_DONE;

        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        passwords->to = fd >= 0 ? fdopen(fd, "w") : NULL;
        if (passwords->to)
                return EXIT_DONE;
        fputs("bakery-cli: ", stderr);
        cli_put_harmless(stderr, path);
        fprintf(stderr, " could not be made: %s\n  hint: name a file that is not there\n", strerror(errno));
        if (fd >= 0)
                close(fd);
        return EXIT_FAILED;
}

void passwords_put(const char *user, const char *password, void *context)
{
        struct passwords *passwords = context;

        fprintf(passwords->to, passwords->path ? "%s\t%s\n" : "    %s: one-time password %s\n", user, password);
        fflush(passwords->to);
}

int passwords_close(struct passwords *passwords, int code)
{
        if (!passwords->path || !passwords->to)
                return code;

        const bool lost = ferror(passwords->to) != 0, is_empty = ftell(passwords->to) == 0;
        if (is_empty && !lost) {
                fclose(passwords->to);
                unlink(passwords->path);
                return code;
        }
        if (fclose(passwords->to) == 0 && !lost) {
                fputs("bakery-cli: the one-time passwords are in ", stderr);
                cli_put_harmless(stderr, passwords->path);
                fputc('\n', stderr);
                return code;
        }
        fputs("bakery-cli: ", stderr);
        cli_put_harmless(stderr, passwords->path);
        fputs(" could not be written, and the passwords are lost\n"
              "  hint: bakery-cli users password NAME gives another\n",
              stderr);
        return code ? code : EXIT_FAILED;
}

/* Carrying out. */

struct applying {
        struct passwords passwords;
        bool quiet; /* JSON comes at the end */
        size_t done;
};

static void put_password(const char *user, const char *password, void *context)
{
        struct applying *applying = context;

        passwords_put(user, password, &applying->passwords);
}

static void tell_failure(const bakery_users_change *change)
{
        const char *hint = bakery_error_hint(change->error);

        fflush(stdout);
        fprintf(stderr, "bakery-cli: %s%s%s: %s\n", change->user, change->group ? " and " : "",
                change->group ? change->group : "", bakery_error_message(change->error));
        if (hint)
                fprintf(stderr, "  hint: %s\n", hint);
}

static void tell_change(const bakery_users_change *change, void *context)
{
        struct applying *applying = context;

        applying->done += change->state == BAKERY_USERS_DONE;
        if (change->state == BAKERY_USERS_FAILED)
                tell_failure(change);
        if (applying->quiet || change->state == BAKERY_USERS_FAILED)
                return;
        if (change->state == BAKERY_USERS_SKIPPED)
                printf("  skipped: %s%s%s\n", change->user, change->group ? " and " : "",
                       change->group ? change->group : "");
        else if (change->action == BAKERY_USERS_CREATE)
                printf("  %s is made\n", change->user);
        else
                printf("  %s %s %s\n", change->user, change->action == BAKERY_USERS_ADD ? "joined" : "left",
                       change->group);
}

static int carry_out(struct users *users, bakery_users_plan *plan)
{
        struct applying applying = { .quiet = users->options->output == OUTPUT_JSON };
        bakery_users_apply how = BAKERY_USERS_APPLY_INIT;
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        how.no_passwords = (users->options->users.given & USERS_NO_PASSWORDS) != 0;
        how.on_password = put_password;
        how.on_change = tell_change;
        how.context = &applying;
        if (!how.no_passwords && bakery_users_plan_new_user_count(plan) > 0)
                code = passwords_open(&applying.passwords, users->options);
        if (!code && !stack_agreed(users->options, "Change this?"))
                code = EXIT_REFUSED;
        if (code)
                return passwords_close(&applying.passwords, code);
        if (bakery_users_plan_apply(users->work.client, users->work.keys, plan, &how, &err))
                code = cli_fail(err);
        code = passwords_close(&applying.passwords, code);
        if (applying.quiet)
                code = print_plan(users, plan) ? EXIT_FAILED : code;
        else
                printf("%zu of %zu changes are made\n", applying.done, bakery_users_plan_count(plan));
        bakery_error_free(err);
        return code;
}

int users_apply(struct users *users)
{
        bakery_users_plan *plan = NULL;
        int code = make_plan(users, &plan);
        const bool is_text = users->options->output == OUTPUT_TEXT;

        if (!code && (is_text || bakery_users_plan_count(plan) == 0))
                code = print_plan(users, plan);
        if (!code && bakery_users_plan_count(plan) > 0)
                code = carry_out(users, plan);
        bakery_users_plan_free(plan);
        return code;
}

int users_password(struct users *users)
{
        struct passwords passwords = { 0 };
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (!stack_agreed(users->options, "Give a new password? One that is there ends."))
                return EXIT_REFUSED;
        code = passwords_open(&passwords, users->options);
        if (code)
                return code;
        if (bakery_users_set_password(users->work.client, users->work.keys, users->work.config, users->name,
                                      passwords_put, &passwords, &err))
                code = cli_fail(err);
        bakery_error_free(err);
        return passwords_close(&passwords, code);
}

int users_report(struct users *users)
{
        bakery_users_report_options how = BAKERY_USERS_REPORT_OPTIONS_INIT;
        bakery_users_report *report = NULL;
        bakery_error *err = NULL;
        char *text = NULL;
        int code = EXIT_DONE;

        how.max_key_age_days = users->options->users.max_key_age_days;
        if (bakery_users_report_make(users->work.client, users->work.keys, users->work.config, &how, &report, &err) ||
            bakery_users_report_print(report, users_format(users), &text, &err))
                code = cli_fail(err);
        else
                cli_print(text);
        if (!code && bakery_users_report_finding_count(report) > 0)
                code = EXIT_REFUSED;
        bakery_free(text);
        bakery_users_report_free(report);
        bakery_error_free(err);
        return code;
}

/* The word, its name, and whether it takes the options that were given. */
static int find_word(const struct options *options, char *const *arguments, size_t *ret_word)
{
        static const char hint[] = "plan, apply, password NAME, report, revoke NAME or rotate-key";
        const char *word = arguments[0] ? arguments[0] : words[0].name, *name = arguments[0] ? arguments[1] : NULL;

        for (size_t i = 0; i < N_WORDS; i++) {
                const unsigned wrong = options->users.given & ~words[i].options;

                if (strcmp(words[i].name, word) != 0)
                        continue;
                if (words[i].takes_name && !name)
                        return cli_usage("the name of an IAM user of the Bakery account", "%s whom?", word);
                if (!words[i].takes_name && name)
                        return cli_usage(hint, "users %s takes no name: \"%s\"", word, name);
                if (wrong)
                        return cli_usage("man bakery-cli-users", "users %s takes no --%s", word,
                                         users_option_name(wrong));
                *ret_word = i;
                return EXIT_DONE;
        }
        return cli_usage(hint, "users has no \"%s\"", word);
}

static int run(const struct options *options, char *const *arguments)
{
        struct users users = { .options = options };
        size_t word = 0;
        int code = find_word(options, arguments, &word);

        if (!code)
                code = words[word].run == users_rotate_key ? work_load(options, &users.work)
                                                           : work_begin(options, &users.work);
        if (!code) {
                users.name = words[word].takes_name ? arguments[1] : NULL;
                code = words[word].run(&users);
        }
        work_clear(&users.work);
        return code;
}

static const struct option_row *const own_options[] = { &option_prune,      &option_passwords, &option_no_passwords,
                                                        &option_yes,        &option_exit_code, &option_max_key_age,
                                                        &option_undo,       &option_gone,      &option_keys,
                                                        &option_role,       &option_jobs,      &option_to,
                                                        &option_delete_old, WORK_OPTIONS,      NULL };

const struct command cli_users = {
        .name = "users",
        .arguments = "[WORD [NAME]]",
        .max_arguments = 2,
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "users as code: groups, ends, keys, sessions",
        .details = "  plan           what the Users of the configuration would change in IAM; it is\n"
                   "                 meant when there is no word\n"
                   "  apply          asks, and changes it\n"
                   "  password NAME  gives a one-time password\n"
                   "  report         MFA, passwords, access keys, ends; exits 6 when one is past\n"
                   "                 its limit\n"
                   "  revoke NAME    ends the live sessions of a person in every burger\n"
                   "  rotate-key     makes a new access key of one's own",
        .options = own_options,
        .run = run,
};
