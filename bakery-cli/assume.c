#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "role.h"
#include "signals.h"
#include "ui/json.h"
#include "ui/quote.h"

struct format;
typedef void print_function(const struct format *format, const struct role *role, const struct variable *variables);

/* How a session is written. */
struct format {
        const char *name;
        print_function *print;
        enum shell shell;
        const char *use; /* how the lines get to where they belong */
};

static void print_shell(const struct format *format, const struct role *role, const struct variable *variables)
{
        (void)role;
        for (size_t i = 0; i < ROLE_VARIABLES; i++)
                shell_print(stdout, format->shell, variables[i].name, variables[i].value);
}

/* For `docker run --env-file` and the like: nothing is quoted there, and nothing can be taken away. */
static void print_env(const struct format *format, const struct role *role, const struct variable *variables)
{
        (void)format;
        (void)role;
        for (size_t i = 0; i < ROLE_VARIABLES; i++)
                if (variables[i].value)
                        printf("%s=%s\n", variables[i].name, variables[i].value);
}

/* The role's name: it has no "]", which would end the section's. */
static const char *role_name(const struct role *role)
{
        return strrchr(role->arn, '/') + 1;
}

static void print_ini(const struct format *format, const struct role *role, const struct variable *variables)
{
        const bakery_credentials *keys = role->credentials;

        (void)format;
        (void)variables;
        printf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\naws_session_token = %s\n", role_name(role),
               bakery_credentials_access_key_id(keys), bakery_credentials_secret_access_key(keys),
               bakery_credentials_session_token(keys));
        if (role->region)
                printf("region = %s\n", role->region);
}

static void print_json(const struct format *format, const struct role *role, const struct variable *variables)
{
        static const struct {
                const char *key, *variable;
        } members[] = {
                { "access_key_id", "AWS_ACCESS_KEY_ID" },
                { "secret_access_key", "AWS_SECRET_ACCESS_KEY" },
                { "session_token", "AWS_SESSION_TOKEN" },
                { "expiration", "AWS_CREDENTIAL_EXPIRATION" },
                { "region", "AWS_REGION" },
                { "environment", "BAKERY_ENVIRONMENT" },
                { "account", "BAKERY_ACCOUNT" },
                { "access_type", "BAKERY_ACCESS_TYPE" },
                { "role_arn", "BAKERY_ROLE_ARN" },
        };
        struct json_out json = { .out = stdout };

        (void)format;
        (void)role;
        json_begin(&json, NULL, '{');
        json_number(&json, "version", 1);
        for (size_t i = 0; i < sizeof members / sizeof *members; i++)
                for (size_t k = 0; k < ROLE_VARIABLES; k++)
                        if (strcmp(variables[k].name, members[i].variable) == 0)
                                json_text(&json, members[i].key, variables[k].value);
        json_end(&json, '}');
}

static void print_process(const struct format *format, const struct role *role, const struct variable *variables)
{
        (void)format;
        (void)variables;
        role_print_process(role);
}

#define EVAL "eval \"$(bakery-cli assume ...)\""

static const struct format formats[] = {
        { "sh", print_shell, SHELL_SH, EVAL },
        { "fish", print_shell, SHELL_FISH, "bakery-cli assume ... | source" },
        { "powershell", print_shell, SHELL_POWERSHELL, "bakery-cli assume ... | Out-String | Invoke-Expression" },
        { "json", print_json, SHELL_SH, NULL },
        { "ini", print_ini, SHELL_SH, NULL },
        { "credential-process", print_process, SHELL_SH, NULL },
        { "env", print_env, SHELL_SH, NULL },
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

/* What $SHELL runs; anything unknown is taken for a Bourne shell. */
static const struct format *format_of_shell(void)
{
        static const struct {
                const char *program, *format;
        } shells[] = { { "fish", "fish" }, { "pwsh", "powershell" }, { "powershell", "powershell" } };
        const char *shell = secure_getenv("SHELL"), *slash = shell ? strrchr(shell, '/') : NULL;
        const char *program = slash ? slash + 1 : shell ? shell : "";

        for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
                for (size_t k = 0; k < N_FORMATS; k++)
                        if (strcmp(program, shells[i].program) == 0 && strcmp(formats[k].name, shells[i].format) == 0)
                                return &formats[k];
        return &formats[0];
}

static const struct format *find_format(const struct options *options)
{
        const char *name = options->format ? options->format : options->output == OUTPUT_JSON ? "json" : NULL;

        for (size_t i = 0; name && i < N_FORMATS; i++)
                if (strcmp(formats[i].name, name) == 0)
                        return &formats[i];
        return format_of_shell();
}

/* Names come from files and servers: what ends a line, or commands a terminal, is not printed at all. */
static const char *find_unprintable(const struct variable *variables)
{
        for (size_t i = 0; i < ROLE_VARIABLES; i++)
                if (variables[i].value && !shell_may_print(variables[i].value))
                        return variables[i].name;
        return NULL;
}

static int print(const struct options *options, const struct role *role)
{
        const struct format *format = find_format(options);
        struct variable variables[ROLE_VARIABLES];

        role_variables(role, variables);
        const char *unprintable = find_unprintable(variables);
        if (unprintable) {
                fprintf(stderr, "bakery-cli: the value of %s has control characters: nothing is printed\n",
                        unprintable);
                return EXIT_FAILED;
        }
        format->print(format, role, variables);
        return EXIT_DONE;
}

static int run_child(char *const *words, const struct role *role)
{
        struct variable variables[ROLE_VARIABLES];

        role_variables(role, variables);
        return child_run(words, variables, ROLE_VARIABLES);
}

static int run_shell(const struct role *role)
{
        char *shell = secure_getenv("SHELL");
        char usual[] = "/bin/sh", *words[] = { shell && *shell ? shell : usual, NULL };

        return run_child(words, role);
}

/* Keys on a screen help nobody, and stay in its scroll-back. */
static bool would_be_read(const struct options *options, bool child)
{
        return !child && !options->format && options->output == OUTPUT_TEXT && isatty(STDOUT_FILENO);
}

static int check_options(const struct options *options, bool has_command)
{
        const char *printing = options->format ? "--format" : options->output != OUTPUT_TEXT ? "--output" : NULL;

        if (has_command && options->shell)
                return cli_usage("the command runs without a shell", "assume: --shell does not go with a command");
        if (printing && (has_command || options->shell))
                return cli_usage("what is run has the keys in its environment; nothing is printed",
                                 "assume: %s does not go with %s", printing, has_command ? "a command" : "--shell");
        return EXIT_DONE;
}

static int run(const struct options *options, char *const *arguments)
{
        struct role role = { 0 };
        bool child = *arguments || options->shell;
        int code = check_options(options, *arguments != NULL);

        if (code)
                return code;
        if (would_be_read(options, child))
                return cli_usage("end with -- CMD, or add --shell; --format sh prints them here",
                                 "what this prints is for a shell to read: %s", find_format(options)->use);

        code = role_assume(options, &role);
        if (!code && child)
                code = options->shell ? run_shell(&role) : run_child(arguments, &role);
        else if (!code)
                code = signals_caught() ? EXIT_FAILED : print(options, &role);
        else if (child)
                code = cli_own_failure(code);
        role_clear(&role);
        return code;
}

static bool set_format(struct options *options, const char *argument)
{
        for (size_t i = 0; i < N_FORMATS; i++) {
                if (strcmp(argument, formats[i].name) != 0)
                        continue;
                options->format = formats[i].name;
                return true;
        }
        return false;
}

static bool set_shell(struct options *options, const char *argument)
{
        (void)argument;
        options->shell = true;
        return true;
}

static const struct option_row option_format = { "format", 'f', "FORMAT",
                                                 "sh fish powershell json ini env credential-process", set_format };
static const struct option_row option_shell = { "shell", 's', NULL, "start a shell with the keys instead", set_shell };

static const struct option_row *const own_options[] = { ROLE_OPTIONS, &option_format, &option_shell, NULL };

const struct command cli_assume = {
        .name = "assume",
        .arguments = "[-- CMD [ARG]...]",
        .takes_command = true,
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "short-lived credentials of a role",
        .details = "Prints the lines that give a shell the credentials of a role, or runs CMD with\n"
                   "them. A session that is cached is used until it nears its end.\n\n"
                   "  " EVAL "\n"
                   "  bakery-cli assume --env NonProd --type Admin -- aws s3 ls",
        .options = own_options,
        .run = run,
};
