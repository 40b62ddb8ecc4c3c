#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/report.h"
#include "support.h"

Suite *report_print_suite(void);

static bakery_report *report_of_three(void)
{
        bakery_report *report = bakery_report_new();
        struct finding *finding = bakery__report_add(report, BAKERY_SEVERITY_ERROR, "unknown-key", "dir/my config.yml",
                                                     (struct place){ 3, 9 }, "unknown key \"%s\"", "Teamname");

        bakery__report_hint(report, finding, "did you mean \"TeamName\"?");
        bakery__report_add(report, BAKERY_SEVERITY_WARNING, "no-mfa", "dir/my config.yml", (struct place){ 5, 1 },
                           "weak");
        bakery__report_add(report, BAKERY_SEVERITY_ERROR, "unknown-key", "dir/my config.yml", (struct place){ 0, 0 },
                           "whole file");
        return report;
}

static char *printed(const bakery_report *report, bakery_report_format format)
{
        char *text = NULL;

        ck_assert_int_eq(bakery_report_print(report, format, &text, NULL), BAKERY_OK);
        return text;
}

START_TEST(as_compilers_print)
{
        AUTO_PTR(bakery_report) report = report_of_three();
        AUTO_FREE char *text = printed(report, BAKERY_REPORT_TEXT);

        ck_assert_str_eq(text, "dir/my config.yml:3:9: error: unknown key \"Teamname\" [unknown-key]\n"
                               "  hint: did you mean \"TeamName\"?\n"
                               "dir/my config.yml:5:1: warning: weak [no-mfa]\n"
                               "dir/my config.yml: error: whole file [unknown-key]\n");
}
END_TEST

/* path: value, or path without value: a member that is there. "!path": one that is not. */
struct member {
        const char *path, *value;
};

static void ck_members(const struct json *json, const struct member *members, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                const char *path = members[i].path;
                bool absent = *path == '!';
                const struct cJSON *at = json_at(json, path + absent);

                ck_assert_msg((at == NULL) == absent, "%s", path);
                if (!members[i].value)
                        continue;
                AUTO_CLEAR(json) want = { 0 };
                parse_json(members[i].value, &want);
                ck_assert_msg(bakery__json_equal(at, want.root), "%s is not %s", path, members[i].value);
        }
}

START_TEST(as_json)
{
        static const struct member members[] = {
                { "version", "1" },
                { "errors", "2" },
                { "warnings", "1" },
                { "findings/0/severity", "\"error\"" },
                { "findings/0/rule", "\"unknown-key\"" },
                { "findings/0/file", "\"dir/my config.yml\"" },
                { "findings/0/line", "3" },
                { "findings/0/column", "9" },
                { "findings/0/message", "\"unknown key \\\"Teamname\\\"\"" },
                { "findings/0/hint", "\"did you mean \\\"TeamName\\\"?\"" },
                { "findings/1/severity", "\"warning\"" },
                { "!findings/1/hint", NULL },
                { "!findings/2/line", NULL },
                { "!findings/2/column", NULL },
                { "!findings/3", NULL },
        };
        AUTO_PTR(bakery_report) report = report_of_three();
        AUTO_FREE char *text = printed(report, BAKERY_REPORT_JSON);
        AUTO_CLEAR(json) json = { 0 };

        parse_json(text, &json);
        ck_members(&json, members, N_ELEMENTS(members));
        ck_assert_int_eq(text[strlen(text) - 1], '\n');
}
END_TEST

START_TEST(as_sarif)
{
        static const struct member members[] = {
                { "version", "\"2.1.0\"" },
                { "$schema", NULL },
                { "runs/0/columnKind", "\"unicodeCodePoints\"" },
                { "runs/0/tool/driver/name", "\"bakery\"" },
                { "runs/0/tool/driver/rules", "[{\"id\":\"unknown-key\"},{\"id\":\"no-mfa\"}]" },
                { "runs/0/results/0/ruleId", "\"unknown-key\"" },
                { "runs/0/results/0/level", "\"error\"" },
                { "runs/0/results/0/message/text",
                  "\"unknown key \\\"Teamname\\\" (did you mean \\\"TeamName\\\"?)\"" },
                { "runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", "\"dir/my%20config.yml\"" },
                { "runs/0/results/0/locations/0/physicalLocation/region", "{\"startLine\":3,\"startColumn\":9}" },
                { "runs/0/results/1/message/text", "\"weak\"" },
                { "!runs/0/results/2/locations/0/physicalLocation/region", NULL },
                { "!runs/0/results/3", NULL },
                { "!runs/1", NULL },
        };
        AUTO_PTR(bakery_report) report = report_of_three();
        AUTO_FREE char *text = printed(report, BAKERY_REPORT_SARIF);
        AUTO_CLEAR(json) json = { 0 };

        parse_json(text, &json);
        ck_members(&json, members, N_ELEMENTS(members));
}
END_TEST

START_TEST(nothing_found)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_FREE char *text = printed(report, BAKERY_REPORT_TEXT);
        AUTO_FREE char *json_text = printed(report, BAKERY_REPORT_JSON);
        AUTO_FREE char *sarif_text = printed(report, BAKERY_REPORT_SARIF);
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(json) sarif = { 0 };

        ck_assert_str_eq(text, "");
        parse_json(json_text, &json);
        ck_assert_int_eq(bakery__json_kind(json_at(&json, "findings")), JSON_ARRAY);
        parse_json(sarif_text, &sarif);
        ck_assert_int_eq(bakery__json_kind(json_at(&sarif, "runs/0/results")), JSON_ARRAY);
        ck_assert_ptr_null(json_at(&sarif, "runs/0/results/0"));
}
END_TEST

START_TEST(tells_how_many_are_not_held)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();

        for (int i = 0; i < 1234; i++)
                bakery__report_add(report, BAKERY_SEVERITY_NOTE, "rule", "a.yml", (struct place){ 1, 1 }, "x");
        AUTO_FREE char *text = printed(report, BAKERY_REPORT_TEXT);
        ck_assert_ptr_nonnull(strstr(text, "a.yml:1:1: note: x [rule]\n... and 234 more\n"));
}
END_TEST

START_TEST(there_is_no_other_format)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_PTR(bakery_error) err = NULL;
        char untouched[] = "", *text = untouched;

        ck_assert_int_eq(bakery_report_print(report, (bakery_report_format)3, &text, &err), BAKERY_ERR_ARGUMENT);
        ck_assert_str_eq(bakery_error_message(err), "there is no report format 3");
        ck_assert_int_eq(bakery_report_print(report, (bakery_report_format)-1, &text, NULL), BAKERY_ERR_ARGUMENT);
        ck_assert_ptr_eq(text, untouched);
}
END_TEST

START_TEST(a_success_clears_an_earlier_error)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();
        bakery_error *err = NULL;
        char *text = NULL;

        bakery__fail(&err, BAKERY_ERR_IO, "earlier");
        ck_assert_int_eq(bakery_report_print(report, BAKERY_REPORT_TEXT, &text, &err), BAKERY_OK);
        ck_assert_ptr_null(err);
        bakery_free(text);
}
END_TEST

Suite *report_print_suite(void)
{
        Suite *suite = suite_create("report_print");
        TCase *tcase = tcase_create("report_print");

        tcase_add_test(tcase, as_compilers_print);
        tcase_add_test(tcase, as_json);
        tcase_add_test(tcase, as_sarif);
        tcase_add_test(tcase, nothing_found);
        tcase_add_test(tcase, tells_how_many_are_not_held);
        tcase_add_test(tcase, there_is_no_other_format);
        tcase_add_test(tcase, a_success_clears_an_earlier_error);
        suite_add_tcase(suite, tcase);
        return suite;
}
