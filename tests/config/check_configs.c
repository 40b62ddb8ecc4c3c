/*
 * Loads each configuration of a folder through the public interface and compares what comes of it with the files
 * beside it:
 *
 *      bad/NAME.yml   NAME.err   the findings, as `bakery-cli validate` prints them
 *      good/NAME.yml  NAME.json  the findings, as `validate --output json` prints them
 *                     NAME.txt   what the configuration says: environments, groups, grants
 *
 *      check_configs [--update] bad|good FOLDER
 *
 * --update writes the files instead; git diff then shows what changed.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bakery/bakery.h>

#include "expected.h"

static bool update;
static int n_checked;

static void compare(const char *source, const char *suffix, const char *got)
{
        char name[512];

        snprintf(name, sizeof name, "%.*s.%s", (int)(strlen(source) - strlen(".yml")), source, suffix);
        if (update) {
                write_file(name, got, strlen(got));
                return;
        }

        char *want = read_file(name, NULL);
        if (!want) {
                fail(source, "the file of what is expected is missing: check_configs --update writes it");
        } else if (strcmp(want, got) != 0) {
                fail(source, "something else comes of it than is expected (- expected, + got)");
                show_difference(name, want, got);
        }
        free(want);
}

static char *print_report(const bakery_report *report, bakery_report_format format)
{
        char *text = NULL;

        if (bakery_report_print(report, format, &text, NULL) != BAKERY_OK)
                abort();
        return text;
}

/* What holds of every refusal, whatever it says. */
static void check_refusal(const char *file, const bakery_report *report, const bakery_error *err)
{
        char first[4096] = "";

        for (size_t i = bakery_report_count(report); i-- > 0;) {
                const char *message = bakery_report_message(report, i), *hint = bakery_report_hint(report, i);

                if (bakery_report_line(report, i) == 0 || bakery_report_column(report, i) == 0)
                        fail(file, "a finding has no place");
                if (strpbrk(message, "\n\r\x1b") || (hint && strpbrk(hint, "\n\r\x1b")))
                        fail(file, "a finding is more than one line of text");
                if (i > 0 && bakery_report_line(report, i) < bakery_report_line(report, i - 1))
                        fail(file, "the findings are not in the order of the file");
                if (bakery_report_severity(report, i) == BAKERY_SEVERITY_ERROR)
                        snprintf(first, sizeof first, "%s:%u:%u: %s", file, bakery_report_line(report, i),
                                 bakery_report_column(report, i), message);
        }
        if (strcmp(first, bakery_error_message(err)) != 0)
                fail(file, "the error is not the first mistake of the report");
}

/* The same without a report and from memory: nothing may depend on how it was loaded. */
static void check_other_ways(const char *file, bakery_status want)
{
        bakery_config *config = NULL;
        size_t size = 0;
        char *text = read_file(file, &size);

        if (bakery_config_load_file(file, NULL, &config, NULL) != want)
                fail(file, "another status without report and error");
        bakery_config_free(config);
        config = NULL;
        if (bakery_config_load_text(text, size, file, NULL, &config, NULL) != want)
                fail(file, "another status from memory");
        if ((config != NULL) != (want == BAKERY_OK))
                fail(file, "a configuration without BAKERY_OK, or none with it");
        bakery_config_free(config);
        free(text);
}

static void check_bad(const char *file)
{
        bakery_report *report = bakery_report_new();
        bakery_config *config = NULL;
        bakery_error *err = NULL;
        bakery_status st = bakery_config_load_file(file, report, &config, &err);

        if (st != BAKERY_ERR_CONFIG || config)
                fail(file, st == BAKERY_OK ? "it was loaded" : bakery_error_message(err));
        else
                check_refusal(file, report, err);

        char *text = print_report(report, BAKERY_REPORT_TEXT);
        compare(file, "err", text);
        bakery_free(text);
        bakery_config_free(config);
        bakery_error_free(err);
        bakery_report_free(report);
        check_other_ways(file, BAKERY_ERR_CONFIG);
}

static const char *or_dash(const char *text)
{
        return text ? text : "-";
}

static void print_group(FILE *out, const bakery_group *group)
{
        fprintf(out, "  group %s: %zu in %zu", bakery_group_name(group),
                bakery_environment_account_count(bakery_group_environment(group)), bakery_group_policy_count(group));
        if (bakery_group_requires_mfa(group))
                fputs(", MFA", out);
        if (bakery_group_mfa_max_age_s(group) > 0)
                fprintf(out, " within %u s", bakery_group_mfa_max_age_s(group));
        if (bakery_group_requires_session_name(group))
                fputs(", session name", out);
        if (bakery_group_allows_source_identity(group))
                fputs(", source identity", out);
        for (size_t i = 0; i < bakery_group_session_tag_count(group); i++)
                fprintf(out, ", tag %s", bakery_group_session_tag(group, i));
        fprintf(out, ", %u s, path %s", bakery_group_max_session_duration_s(group), bakery_group_role_path(group));
        if (bakery_group_permissions_boundary(group))
                fprintf(out, ", boundary %s", bakery_group_permissions_boundary(group));
        fputc('\n', out);
}

/* Of a long list the first of each group say how the rest is. */
enum { GRANTS_SHOWN = 5 };

static void print_grants(FILE *out, const bakery_config *config)
{
        bakery_grants *grants = NULL;
        const bakery_group *group = NULL;
        size_t n = 0, n_of_group = 0;

        if (bakery_grants_new(config, NULL, &grants, NULL) != BAKERY_OK)
                abort();
        for (; bakery_grants_next(grants); n++) {
                n_of_group = group == bakery_grants_group(grants) ? n_of_group + 1 : 1;
                group = bakery_grants_group(grants);
                if (n_of_group <= GRANTS_SHOWN)
                        fprintf(out, "%s -> %s\n", bakery_grants_group_name(grants), bakery_grants_role_arn(grants));
        }
        fprintf(out, "%zu grants\n", n);
        bakery_grants_free(grants);
}

static char *describe(const bakery_config *config)
{
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);

        fprintf(out, "team %s, bakery %s, billing %s, partition %s, region %s, prefix \"%s\"\n",
                bakery_config_team_name(config), bakery_config_bakery_account_id(config),
                bakery_config_billing_code(config), bakery_config_partition(config),
                or_dash(bakery_config_region(config)), bakery_config_prefix(config));
        for (size_t i = 0; i < bakery_config_access_type_count(config); i++) {
                const bakery_access_type *type = bakery_config_access_type(config, i);

                fprintf(out, "access type %s:", bakery_access_type_name(type));
                for (size_t k = 0; k < bakery_access_type_policy_count(type); k++)
                        fprintf(out, " %s", bakery_access_type_policy_arn(type, k));
                fputc('\n', out);
        }
        for (size_t i = 0; i < bakery_config_environment_count(config); i++) {
                const bakery_environment *environment = bakery_config_environment(config, i);
                const bakery_account *account = bakery_environment_default_account(environment);

                fprintf(out, "environment %s, default account %s\n", bakery_environment_name(environment),
                        account ? bakery_account_id(account) : "-");
                for (size_t k = 0; k < bakery_environment_group_count(environment); k++)
                        print_group(out, bakery_environment_group(environment, k));
        }
        print_grants(out, config);
        for (size_t i = 0; i < bakery_template_count(config); i++)
                fprintf(out, "template %s\n", bakery_template_file(config, i));
        fclose(out);
        return text;
}

static void check_good(const char *file)
{
        bakery_report *report = bakery_report_new();
        bakery_config *config = NULL;
        bakery_error *err = NULL;

        if (bakery_config_load_file(file, report, &config, &err) != BAKERY_OK)
                fail(file, bakery_error_message(err));

        char *text = print_report(report, BAKERY_REPORT_JSON);
        compare(file, "json", text);
        bakery_free(text);
        if (config) {
                text = describe(config);
                compare(file, "txt", text);
                free(text);
        }
        bakery_config_free(config);
        bakery_error_free(err);
        bakery_report_free(report);
        check_other_ways(file, BAKERY_OK);
}

static int is_yml(const struct dirent *entry)
{
        size_t len = strlen(entry->d_name);

        return len > 4 && strcmp(entry->d_name + len - 4, ".yml") == 0;
}

int main(int argc, char **argv)
{
        struct dirent **files = NULL;

        update = argc > 1 && strcmp(argv[1], "--update") == 0;
        argv += update;
        argc -= update;
        if (argc != 3 || (strcmp(argv[1], "bad") != 0 && strcmp(argv[1], "good") != 0)) {
                fputs("usage: check_configs [--update] bad|good FOLDER\n", stderr);
                return EXIT_FAILURE;
        }
        /* The name in each sentence is then the same wherever the tree stands. */
        int n = chdir(argv[2]) == 0 ? scandir(".", &files, is_yml, alphasort) : -1;
        if (n <= 0) {
                fprintf(stderr, "%s: no configurations are there\n", argv[2]);
                return EXIT_FAILURE;
        }
        for (int i = 0; i < n; i++) {
                (strcmp(argv[1], "bad") == 0 ? check_bad : check_good)(files[i]->d_name);
                free(files[i]);
                n_checked++;
        }
        free(files);
        printf("%s: %d configurations, %d failures\n", argv[1], n_checked, n_failed);
        return n_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
