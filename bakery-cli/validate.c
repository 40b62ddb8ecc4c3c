#include <stdint.h>
#include <stdio.h>

#include "cli.h"

static const bakery_report_format formats[] = {
        [OUTPUT_TEXT] = BAKERY_REPORT_TEXT,
        [OUTPUT_JSON] = BAKERY_REPORT_JSON,
        [OUTPUT_SARIF] = BAKERY_REPORT_SARIF,
};

static void print_counts(const char *path, const bakery_config *config, const bakery_report *report)
{
        size_t n_accounts = 0, n_groups = 0;
        size_t n_errors = bakery_report_count_of(report, BAKERY_SEVERITY_ERROR);
        size_t n_warnings = bakery_report_count_of(report, BAKERY_SEVERITY_WARNING);

        if (!config) {
                printf("%s: %zu error%s, %zu warning%s\n", path, n_errors, n_errors == 1 ? "" : "s", n_warnings,
                       n_warnings == 1 ? "" : "s");
                return;
        }
        for (size_t i = 0; i < bakery_config_environment_count(config); i++) {
                const bakery_environment *environment = bakery_config_environment(config, i);

                n_accounts += bakery_environment_account_count(environment);
                n_groups += bakery_environment_group_count(environment);
        }
        printf("%s: valid: %zu environments, %zu accounts, %zu access types, %zu groups; %zu warning%s\n", path,
               bakery_config_environment_count(config), n_accounts, bakery_config_access_type_count(config), n_groups,
               n_warnings, n_warnings == 1 ? "" : "s");
}

/* The findings, on stdout: here they are the answer, not a complaint. */
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

/* The size of a template is known when it is made. */
static bakery_status try_templates(const bakery_config *config, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < bakery_template_count(config) && st == BAKERY_OK; i++) {
                char *json = NULL;
                size_t size_bytes;

                st = bakery_template_emit(config, i, &json, &size_bytes, err);
                bakery_free(json);
        }
        return st;
}

static int validate(const struct options *options, const char *path, bakery_report *report)
{
        bakery_config *config = NULL;
        bakery_error *err = NULL;
        bakery_status st = bakery_config_load_file(path, report, &config, &err);
        int code;

        if (st == BAKERY_OK || st == BAKERY_ERR_CONFIG) {
                code = print_report(options->output, path, config, report);
                if (code == EXIT_DONE && st)
                        code = EXIT_CONFIG;
        } else {
                code = cli_fail(err);
                code = st == BAKERY_ERR_MEMORY ? code : EXIT_CONFIG;
        }
        if (config && try_templates(config, &err) != BAKERY_OK)
                code = cli_fail(err);
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
        .about = "tell every mistake and warning of config.yml",
        .details = "Reads the configuration and prints every finding, each with its file, line and\n"
                   "column: mistakes, AWS's limits, and warnings. Nothing is asked of AWS.\n"
                   "Exits 0 when it is valid, 3 when it is not.",
        .run = run,
};
