#include "base/report.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *report_suite(void);

static struct finding *add(bakery_report *report, bakery_severity severity, unsigned line, unsigned column,
                           const char *message)
{
        return bakery__report_add(report, severity, "rule", "a.yml", (struct place){ line, column }, "%s", message);
}

/* "1:2 first, 3:4 second" */
static void ck_shown(const bakery_report *report, const char *want)
{
        char shown[1000] = "";
        size_t len = 0;

        for (size_t i = 0; i < bakery_report_count(report); i++)
                len += (size_t)snprintf(shown + len, sizeof shown - len, "%s%u:%u %s", i ? ", " : "",
                                        bakery_report_line(report, i), bakery_report_column(report, i),
                                        bakery_report_message(report, i));
        ck_assert_str_eq(shown, want);
}

START_TEST(holds_what_is_added)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();

        ck_assert_uint_eq(bakery_report_count(report), 0);
        struct finding *finding = add(report, BAKERY_SEVERITY_ERROR, 3, 4, "first");
        bakery__report_hint(report, finding, "try %d", 1);
        bakery__report_hint(report, finding, "try %d", 2);
        add(report, BAKERY_SEVERITY_WARNING, 0, 0, "second");
        add(report, BAKERY_SEVERITY_NOTE, 1, 1, "third");

        ck_shown(report, "3:4 first, 0:0 second, 1:1 third");
        ck_assert_str_eq(bakery_report_rule(report, 0), "rule");
        ck_assert_str_eq(bakery_report_file(report, 0), "a.yml");
        ck_assert_str_eq(bakery_report_hint(report, 0), "try 2");
        ck_assert_ptr_null(bakery_report_hint(report, 1));
        ck_assert_int_eq(bakery_report_severity(report, 0), BAKERY_SEVERITY_ERROR);
        ck_assert_int_eq(bakery_report_severity(report, 2), BAKERY_SEVERITY_NOTE);
        ck_assert_str_eq(bakery__report_at(report, 2)->message, "third");
        for (int severity = BAKERY_SEVERITY_NOTE; severity <= BAKERY_SEVERITY_ERROR; severity++)
                ck_assert_uint_eq(bakery_report_count_of(report, (bakery_severity)severity), 1);
        ck_assert_uint_eq(bakery_report_count_of(report, (bakery_severity)7), 0);
}
END_TEST

START_TEST(nobody_need_listen)
{
        ck_assert_ptr_null(add(NULL, BAKERY_SEVERITY_ERROR, 1, 1, "x"));
        bakery__report_hint(NULL, NULL, "x");
        bakery_report_free(NULL);
}
END_TEST

START_TEST(text_is_harmless)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();
        struct finding *finding = bakery__report_add(report, BAKERY_SEVERITY_ERROR, "rule", "a\x1b.yml",
                                                     (struct place){ 1, 1 }, "%s", "\x1b[2J");

        bakery__report_hint(report, finding, "%s", "\nb");
        ck_assert_str_eq(bakery_report_file(report, 0), "a?.yml");
        ck_assert_str_eq(bakery_report_message(report, 0), "?[2J");
        ck_assert_str_eq(bakery_report_hint(report, 0), "?b");
}
END_TEST

enum { HELD = 1000 };

static void fill(bakery_report *report, size_t n, bakery_severity severity)
{
        for (size_t i = 0; i < n; i++)
                add(report, severity, (unsigned)i + 1, 1, "x");
}

START_TEST(a_thousand_are_held_and_the_rest_counted)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();

        fill(report, HELD, BAKERY_SEVERITY_WARNING);
        ck_assert_uint_eq(bakery__report_dropped(report), 0);
        ck_assert_int_eq(bakery__report_status(report, NULL), BAKERY_OK);
        ck_assert_ptr_null(add(report, BAKERY_SEVERITY_WARNING, 1, 1, "one more"));
        ck_assert_uint_eq(bakery_report_count(report), HELD);
        ck_assert_uint_eq(bakery_report_line(report, HELD - 1), HELD);
        ck_assert_uint_eq(bakery__report_dropped(report), 1);
        ck_assert_uint_eq(bakery_report_count_of(report, BAKERY_SEVERITY_WARNING), HELD + 1);
}
END_TEST

/* A thousand warnings must not hide why a file is refused: an error takes the place of one. */
START_TEST(an_error_past_the_thousandth_finding_is_held)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_PTR(bakery_error) err = NULL;

        fill(report, HELD, BAKERY_SEVERITY_WARNING);
        ck_assert_ptr_nonnull(add(report, BAKERY_SEVERITY_ERROR, 1, 1, "one more"));
        ck_assert_uint_eq(bakery_report_count(report), HELD);
        ck_assert_uint_eq(bakery_report_count_of(report, BAKERY_SEVERITY_ERROR), 1);
        ck_assert_uint_eq(bakery__report_dropped(report), 1);
        ck_assert_int_eq(bakery__report_status(report, &err), BAKERY_ERR_CONFIG);
        ck_assert_str_eq(bakery_error_message(err), "a.yml:1:1: one more");
}
END_TEST

START_TEST(errors_past_a_thousand_errors_are_counted)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();

        fill(report, HELD, BAKERY_SEVERITY_ERROR);
        ck_assert_ptr_null(add(report, BAKERY_SEVERITY_ERROR, 1, 1, "one more"));
        ck_assert_uint_eq(bakery_report_count_of(report, BAKERY_SEVERITY_ERROR), HELD + 1);
}
END_TEST

START_TEST(sorting_keeps_the_order_of_one_place)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();

        add(report, BAKERY_SEVERITY_ERROR, 2, 5, "a");
        add(report, BAKERY_SEVERITY_NOTE, 2, 5, "b");
        add(report, BAKERY_SEVERITY_ERROR, 1, 9, "c");
        add(report, BAKERY_SEVERITY_ERROR, 2, 4, "d");
        add(report, BAKERY_SEVERITY_WARNING, 2, 5, "e");
        add(report, BAKERY_SEVERITY_ERROR, 0, 0, "f");
        bakery__report_sort(report);
        ck_shown(report, "0:0 f, 1:9 c, 2:4 d, 2:5 a, 2:5 b, 2:5 e");
}
END_TEST

START_TEST(the_first_error_is_the_error)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(bakery__report_status(report, &err), BAKERY_OK);
        ck_assert_ptr_null(err);
        add(report, BAKERY_SEVERITY_WARNING, 1, 1, "only a warning");
        ck_assert_int_eq(bakery__report_status(report, &err), BAKERY_OK);
        bakery__report_hint(report, add(report, BAKERY_SEVERITY_ERROR, 3, 4, "first"), "so");
        add(report, BAKERY_SEVERITY_ERROR, 2, 1, "second");
        ck_assert_int_eq(bakery__report_status(report, &err), BAKERY_ERR_CONFIG);
        ck_assert_str_eq(bakery_error_message(err), "a.yml:3:4: first");
        ck_assert_str_eq(bakery_error_hint(err), "so");
        ck_assert_str_eq(bakery_error_file(err), "a.yml");
        ck_assert_uint_eq(bakery_error_line(err), 3);
        ck_assert_uint_eq(bakery_error_column(err), 4);
        ck_assert_int_eq(bakery__report_status(report, NULL), BAKERY_ERR_CONFIG);
}
END_TEST

START_TEST(an_error_about_the_whole_file_names_it)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_PTR(bakery_error) err = NULL;

        add(report, BAKERY_SEVERITY_ERROR, 0, 0, "it is bad");
        bakery__report_status(report, &err);
        ck_assert_str_eq(bakery_error_message(err), "a.yml: it is bad");
        ck_assert_ptr_null(bakery_error_hint(err));
}
END_TEST

START_TEST(moving_appends)
{
        AUTO_PTR(bakery_report) from = bakery_report_new();
        AUTO_PTR(bakery_report) to = bakery_report_new();

        add(to, BAKERY_SEVERITY_ERROR, 9, 9, "old");
        bakery__report_hint(from, add(from, BAKERY_SEVERITY_WARNING, 1, 1, "new"), "hint");
        ck_assert_int_eq(bakery__report_move(from, to, NULL), BAKERY_OK);
        ck_shown(to, "9:9 old, 1:1 new");
        ck_assert_str_eq(bakery_report_hint(to, 1), "hint");
        ck_assert_uint_eq(bakery_report_count_of(to, BAKERY_SEVERITY_WARNING), 1);
        ck_assert_uint_eq(bakery__report_dropped(to), 0);
        ck_assert_int_eq(bakery__report_move(from, NULL, NULL), BAKERY_OK);
}
END_TEST

START_TEST(moving_into_a_full_report_counts)
{
        AUTO_PTR(bakery_report) from = bakery_report_new();
        AUTO_PTR(bakery_report) to = bakery_report_new();

        fill(to, HELD - 1, BAKERY_SEVERITY_WARNING);
        fill(from, 3, BAKERY_SEVERITY_ERROR);
        ck_assert_int_eq(bakery__report_move(from, to, NULL), BAKERY_OK);
        ck_assert_uint_eq(bakery_report_count(to), HELD);
        ck_assert_uint_eq(bakery__report_dropped(to), 2);
        ck_assert_uint_eq(bakery_report_count_of(to, BAKERY_SEVERITY_ERROR), 3);
}
END_TEST

/* What was not said for want of memory must not pass for all there is. */
START_TEST(a_hole_is_no_report)
{
        AUTO_PTR(bakery_report) from = bakery_report_new();
        AUTO_PTR(bakery_report) to = bakery_report_new();
        AUTO_PTR(bakery_error) err = NULL;
        char untouched[] = "", *text = untouched;

        add(from, BAKERY_SEVERITY_ERROR, 1, 1, "x");
        bakery__report_lose(from);
        ck_assert_int_eq(bakery__report_status(from, &err), BAKERY_ERR_MEMORY);
        ck_assert_str_eq(bakery_error_message(err), "out of memory");
        ck_assert_int_eq(bakery_report_print(from, BAKERY_REPORT_TEXT, &text, NULL), BAKERY_ERR_MEMORY);
        ck_assert_int_eq(bakery__report_move(from, to, NULL), BAKERY_ERR_MEMORY);
        ck_assert_int_eq(bakery_report_print(to, BAKERY_REPORT_JSON, &text, NULL), BAKERY_ERR_MEMORY);
        ck_assert_ptr_eq(text, untouched);
}
END_TEST

Suite *report_suite(void)
{
        Suite *suite = suite_create("report");
        TCase *tcase = tcase_create("report");

        tcase_add_test(tcase, holds_what_is_added);
        tcase_add_test(tcase, nobody_need_listen);
        tcase_add_test(tcase, text_is_harmless);
        tcase_add_test(tcase, a_thousand_are_held_and_the_rest_counted);
        tcase_add_test(tcase, an_error_past_the_thousandth_finding_is_held);
        tcase_add_test(tcase, errors_past_a_thousand_errors_are_counted);
        tcase_add_test(tcase, sorting_keeps_the_order_of_one_place);
        tcase_add_test(tcase, the_first_error_is_the_error);
        tcase_add_test(tcase, an_error_about_the_whole_file_names_it);
        tcase_add_test(tcase, moving_appends);
        tcase_add_test(tcase, moving_into_a_full_report_counts);
        tcase_add_test(tcase, a_hole_is_no_report);
        suite_add_tcase(suite, tcase);
        return suite;
}
