#include <stdint.h>
#include <stdio.h>

#include "cli.h"

static const bakery_report_format formats[] = {
        [OUTPUT_TEXT] = BAKERY_REPORT_TEXT,
        [OUTPUT_JSON] = BAKERY_REPORT_JSON,
        [OUTPUT_SARIF] = BAKERY_REPORT_SARIF,
};

static void print_count(size_t n, const char *noun, const char *behind)
{
        printf("%zu %s%s%s", n, noun, n == 1 ? "" : "s", behind);
}

static void print_counts(const char *path, const bakery_config *config, const bakery_report *report)
{
        size_t n_accounts = 0, n_groups = 0;
        size_t n_errors = bakery_report_count_of(report, BAKERY_SEVERITY_ERROR);
        size_t n_warnings = bakery_report_count_of(report, BAKERY_SEVERITY_WARNING);

        cli_put_harmless(stdout, path);
        if (!config) {
                printf(": ");
                print_count(n_errors, "error", ", ");
                print_count(n_warnings, "warning", "\n");
                return;
        }
        for (size_t i = 0; i < bakery_config_environment_count(config); i++) {
                const bakery_environment *environment = bakery_config_environment(config, i);

                n_accounts += bakery_environment_account_count(environment);
                n_groups += bakery_environment_group_count(environment);
        }
        printf(": valid: ");
        print_count(bakery_config_environment_count(config), "environment", ", ");
        print_count(n_accounts, "account", ", ");
        print_count(bakery_config_access_type_count(config), "access type", ", ");
        print_count(n_groups, "group", "; ");
        print_count(n_warnings, "warning", "\n");
}

/* The findings, on stdout: here they are the answer, not a complaint. config is NULL when it is not valid. */
static int print_report(enum output output, const char *path, const bakery_config *config, const bakery_report *report)
{
        char *text = NULL;
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (bakery_report_print(report, formats[output], &text, &err) == BAKERY_OK)
                cli_print(text);
        else
                code = cli_fail(err);
        if (code == EXIT_DONE && output == OUTPUT_TEXT)
                print_counts(path, config, report);
        bakery_free(text);
        bakery_error_free(err);
        return code;
}

static int validate(const struct options *options, const char *path, bakery_report *report)
{
        bakery_config *config = NULL;
        bakery_error *err = NULL;
        bakery_status st = bakery_config_load_file(path, report, &config, &err);
        int code;

        if (st == BAKERY_OK)
                st = bakery_templates_check(config, report, &err);
        if (st == BAKERY_OK || st == BAKERY_ERR_CONFIG) {
                code = print_report(options->output, path, st ? NULL : config, report);
                if (code == EXIT_DONE && st)
                        code = EXIT_CONFIG;
        } else {
                code = cli_fail_config(err);
        }
        bakery_config_free(config);
        bakery_error_free(err);
        return code;
}

static int run(const struct options *options, char *const *arguments)
{
        int code = EXIT_DONE;
        const char *path = cli_find_config(options, &code);
        bakery_report *report = path ? bakery_report_new() : NULL;

        (void)arguments;
        if (path)
                code = report ? validate(options, path, report) : EXIT_FAILED;
        bakery_report_free(report);
        return code;
}

const struct command cli_validate = {
        .name = "validate",
        .arguments = "",
        .last_output = OUTPUT_SARIF,
        .about = "tell every mistake and warning of config.yml",
        .details = "Reads the configuration and prints every finding, each with its file, line and\n"
                   "column: mistakes, AWS's limits, and warnings. Nothing is asked of AWS.\n"
                   "Exits 0 when it is valid, 3 when it is not.",
        .run = run,
};
