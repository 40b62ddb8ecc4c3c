/* The options that commands share, and the table of commands. */
#include <string.h>

#include "cli.h"

#define LABEL_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
enum { REGION_LENGTH_MAX = 63 };

static bool set_config(struct options *options, const char *argument)
{
        options->config_path = argument;
        return *argument != '\0'; /* an empty one would be looked for elsewhere */
}

static bool set_output(struct options *options, const char *argument)
{
        static const struct {
                const char *name;
                enum output output;
        } outputs[] = { { "text", OUTPUT_TEXT }, { "json", OUTPUT_JSON }, { "sarif", OUTPUT_SARIF } };

        for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
                if (strcmp(argument, outputs[i].name) == 0) {
                        options->output = outputs[i].output;
                        return true;
                }
        }
        return false;
}

static bool set_verbose(struct options *options, const char *argument)
{
        (void)argument;
        options->verbose = true;
        return true;
}

static bool set_help(struct options *options, const char *argument)
{
        (void)argument;
        options->help = true;
        return true;
}

static bool set_version(struct options *options, const char *argument)
{
        (void)argument;
        options->version = true;
        return true;
}

static bool set_profile(struct options *options, const char *argument)
{
        options->profile = argument;
        return *argument != '\0';
}

/* It becomes a label of host names: RFC 1123, 2.1. */
static bool set_region(struct options *options, const char *argument)
{
        size_t length = strlen(argument);

        options->region = argument;
        return length > 0 && length <= REGION_LENGTH_MAX && argument[0] != '-' && argument[length - 1] != '-' &&
               argument[strspn(argument, LABEL_CHARACTERS)] == '\0';
}

static bool set_check(struct options *options, const char *argument)
{
        (void)argument;
        options->check = true;
        return true;
}

static bool set_out(struct options *options, const char *argument)
{
        options->out_folder = argument;
        return *argument != '\0';
}

static bool set_slack(struct options *options, const char *argument)
{
        (void)argument;
        options->slack = true;
        return true;
}

static const struct option_row config = { "config", 'c', "FILE", "the configuration, instead of the first one found",
                                          set_config };
static const struct option_row output = { "output", 'o', "FORMAT", "text or json (validate: sarif too)", set_output };
static const struct option_row profile = { "profile", 'p', "PROFILE", "the profile whose keys to use", set_profile };
static const struct option_row region = { "region", 'r', "REGION", "the region of STS and of what is run", set_region };
static const struct option_row verbose = { "verbose", 'v', NULL, "say more, on stderr", set_verbose };
static const struct option_row help = { "help", 'h', NULL, "this help, or that of a command", set_help };
static const struct option_row version = { "version", 'V', NULL, "the version; with -v those of the libraries too",
                                           set_version };

const struct option_row option_check = { "check", 0, NULL, "write nothing; exit 6 when files on disk differ",
                                         set_check };
const struct option_row option_out = { "out", 0, "DIR", "where to write, instead of build/templates", set_out };

const struct option_row option_slack = { "slack", 0, NULL, "post it to SlackChannelHookUrl too", set_slack };

const struct option_row *const cli_global_options[] = { &config,  &output, &profile, &region,
                                                        &verbose, &help,   &version, NULL };

const struct command *const cli_commands[] = {
        &cli_validate,    &cli_generate, &cli_schema, &cli_plan,  &cli_deploy,           &cli_status,
        &cli_rollback,    &cli_destroy,  &cli_access, &cli_roles, &cli_bootstrap_assume, &cli_explain,
        &cli_check_admin, &cli_users,    &cli_assume, &cli_exec,  &cli_credentials,      &cli_whoami,
        &cli_logout,      NULL,
};
