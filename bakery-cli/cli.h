/* What the commands share: the options they were given, how they end, and what they print on. */
#ifndef BAKERY_CLI_CLI_H
#define BAKERY_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <bakery/bakery.h>

/* Exit codes, as bakery-cli(1) promises them. */
enum exit_code {
        EXIT_DONE = 0,
        EXIT_FAILED = 1,
        EXIT_USAGE = 2,
        EXIT_CONFIG = 3,
        EXIT_CREDENTIALS = 4,
        EXIT_NETWORK = 5,
        EXIT_REFUSED = 6,       /* or changes are pending */
        EXIT_OWN_FAILURE = 125, /* where the other codes are those of a child */
};

enum output { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_SARIF };

/* What the options of plan, deploy, status, rollback and destroy set: stack_options.c. */
enum { SKIPPED_AT_MOST = 50, UNITS_AT_MOST = 50 };
struct stack_options {
        bool stack_set, delegated_admin, service_managed;
        const char *administrator, *administration_role, *execution_role;
        const char *units[UNITS_AT_MOST];
        size_t unit_count;
        bool yes, recreate, no_wait, wait, create_bucket, import_existing, exit_code, fail_on_broadening, continues;
        const char *plan_path, *save_path, *deployer_role, *template_bucket, *function_zip;
        const char *skip[SKIPPED_AT_MOST];
        size_t skip_count;
        unsigned jobs, failures_tolerated, limit_minutes;
};

/* What the options of users set: users_options.c. */
struct users_options {
        unsigned given; /* of enum users_option */
        const char *passwords_path, *to_path;
        unsigned max_key_age_days; /* 0: the library's */
};

enum { TAGS_AT_MOST = 50, POLICY_ARNS_AT_MOST = 10 };

/* What the options set; one for all commands, since an option means the same everywhere. */
struct options {
        const char *config_path; /* NULL: looked for */
        enum output output;
        bool verbose;
        bool help;
        bool version;
        bool check;
        bool slack;
        const char *out_folder; /* NULL: build/templates beside the configuration */

        const char *profile; /* NULL: the environment's keys, AWS_PROFILE ... */
        const char *region;  /* NULL: the environment's, the profile's, the configuration's */

        /* A role, and how to come by its session: role_options.c. */
        const char *environment, *access_type, *account, *role_arn;
        unsigned duration_s;
        bool mfa, no_mfa, refresh;
        const char *mfa_code, *mfa_serial;
        const char *source_identity, *session_name, *external_id, *policy;
        const char *reason;
        const char *tags[TAGS_AT_MOST]; /* "KEY=VALUE" */
        size_t tag_count;
        const char *policy_arns[POLICY_ARNS_AT_MOST];
        size_t policy_arn_count;

        const char *format;     /* of assume; NULL: that of $SHELL */
        const char *user, *who; /* whose access, and to what */
        bool live, trust, mine; /* as IAM has it */
        bool offline;
        bool shell;

        struct stack_options stack;
        struct users_options users;
};

/* An option; the table of them makes the parser, --help and the checks of the man pages. */
struct option_row {
        const char *name;     /* "out" */
        char letter;          /* 0: none */
        const char *argument; /* "DIR"; NULL: it takes none */
        const char *about;
        bool (*set)(struct options *options, const char *argument); /* false: the argument is no good */
};

/* A command. */
struct command {
        const char *name;
        const char *arguments; /* "[TEMPLATE]", for the usage line; "" */
        size_t max_arguments;
        bool takes_command;                      /* "-- CMD": what follows is that of another program */
        bool has_keys;                           /* it has keys in its memory */
        enum output last_output;                 /* of text, json, sarif: those up to this one it can print */
        const char *about;                       /* one line, for the list */
        const char *details;                     /* for its own --help */
        const struct option_row *const *options; /* NULL-terminated, besides the global ones */
        int (*run)(const struct options *options, char *const *arguments);
};

extern const struct command cli_validate, cli_generate, cli_schema;
extern const struct command cli_access, cli_roles, cli_bootstrap_assume, cli_explain, cli_check_admin, cli_users;
extern const struct command cli_plan, cli_deploy, cli_rollback, cli_destroy, cli_status;
extern const struct command cli_assume, cli_exec, cli_credentials, cli_whoami, cli_logout;

extern const struct option_row option_check, option_out, option_out_file, option_user, option_slack;

/* Those of commands that ask AWS about the Bakery account. */
extern const struct option_row option_no_mfa;
#define WORK_OPTIONS &option_mfa_code, &option_mfa_serial, &option_no_mfa

/* Those of stacks. */
extern const struct option_row option_yes, option_recreate, option_no_wait, option_wait, option_create_bucket,
        option_import_existing, option_exit_code, option_fail_on_broadening, option_continue, option_skip, option_plan,
        option_save, option_function_zip, option_role, option_template_bucket, option_jobs, option_failures,
        option_timeout;

/* Those of stack sets. */
extern const struct option_row option_stack_set, option_administrator, option_delegated_admin, option_permission_model,
        option_administration_role, option_execution_role, option_organizational_unit;

/* Those of a role. */
extern const struct option_row option_env, option_type, option_account, option_role_arn, option_duration, option_mfa,
        option_mfa_code, option_mfa_serial, option_reason, option_tag, option_source_identity, option_session_name,
        option_external_id, option_policy, option_policy_arn, option_refresh;
#define ROLE_OPTIONS                                                                                                   \
        &option_env, &option_type, &option_account, &option_role_arn, &option_duration, &option_mfa, &option_mfa_code, \
                &option_mfa_serial, &option_reason, &option_tag, &option_source_identity, &option_session_name,        \
                &option_external_id, &option_policy, &option_policy_arn, &option_refresh

/* All commands, NULL-terminated, in the order of --help. */
extern const struct command *const cli_commands[];

/* The options that every command takes, NULL-terminated. */
extern const struct option_row *const cli_global_options[];

/* Prints "bakery-cli: <message>" and the hint, and gives the exit code that the status stands for. */
int cli_fail(const bakery_error *err);

/* The sentence for when memory is gone; gives EXIT_FAILED. */
int cli_no_memory(void);

/* What a failure of ours is when the other codes are those of a child: 125, but for mistakes in the command line. */
int cli_own_failure(int code);

/* The same for a usage mistake of the person. */
int cli_usage(const char *hint, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Prints words of the command line and names of files, which may hold anything: control characters, with which a
 * terminal can be commanded, and bytes that are no UTF-8 become '?'.
 */
void cli_put_harmless(FILE *out, const char *text);

/* The length of the UTF-8 sequence that begins text, which is not empty; 0 when none does. */
size_t cli_utf8_length(const char *text);

/* Prints the text that a call of the library made, or why it made none, and frees both. Gives the exit code. */
int cli_print_made(FILE *out, char *text, bakery_error *err);

/* Prints text to stdout; at the end of main, a full disk or a closed pipe becomes a failure. */
void cli_print(const char *text);

/* Where the configuration is: --config, $BAKERY_CONFIG, or the first file that is there. NULL with an error printed. */
const char *cli_find_config(const struct options *options, int *ret_code);

/* The same as cli_fail(), for a configuration that cannot be read. */
int cli_fail_config(const bakery_error *err);

/* Finds and loads it; on failure prints every mistake and gives the exit code in *ret_code. */
bakery_config *cli_load_config(const struct options *options, bakery_report *report, int *ret_code);

/* Help, for all or for one command. */
void cli_print_help(const struct command *command);

#endif
