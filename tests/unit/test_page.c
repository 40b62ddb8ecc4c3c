#include "access/page.h"

#include <check.h>
#include <string.h>

Suite *page_suite(void);

/* JSON, and what of it stands in the page. */
static const struct {
        const char *json, *in_page;
} texts[] = {
        { "", "" },
        { "{\"a\":[1,true]}", "{\"a\":[1,true]}" },
        { "\"</script>\"", "\"\\u003c/script\\u003e\"" },
        { "\"<!--<SCRIPT\"", "\"\\u003c!--\\u003cSCRIPT\"" },
        { "\"]]>&lt;\"", "\"]]\\u003e\\u0026lt;\"" },
        { "\"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\"", "\"\\u2028\\u2029\xe2\x80\xaa\"" },
        { "\"@\xc3\xa9\xf0\x9f\x8d\x9e\"", "\"@\xc3\xa9\xf0\x9f\x8d\x9e\"" },
        { "\"\\\"<\"", "\"\\\"\\u003c\"" },
};

START_TEST(keeps_json_from_ending_its_element)
{
        AUTO_CLEAR(buf) into = { .max = 1000 };

        bakery__page_put_json(&into, bakery__span(texts[_i].json));
        ck_assert_str_eq(into.at ? into.at : "", texts[_i].in_page);
}
END_TEST

static bool ends_with(const char *text, const char *end)
{
        size_t length = strlen(text), end_length = strlen(end);

        return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* What nobody may lose by an edit of page.html: nothing is fetched, and nothing runs but what the build put in. */
START_TEST(is_a_page_that_fetches_nothing)
{
        ck_assert_ptr_nonnull(strstr(bakery__page_head, "content=\"default-src 'none'; style-src 'sha256-"));
        ck_assert_ptr_nonnull(strstr(bakery__page_head, "script-src 'sha256-"));
        ck_assert_ptr_null(strstr(bakery__page_head, "unsafe-"));
        ck_assert_ptr_null(strstr(bakery__page_head, "://"));
        ck_assert_ptr_null(strstr(bakery__page_tail, "innerHTML"));
        ck_assert_ptr_null(strstr(bakery__page_tail, "insertAdjacentHTML"));
        ck_assert_ptr_null(strstr(bakery__page_tail, "eval("));
        ck_assert(ends_with(bakery__page_head, "<script type=\"application/json\" id=\"access\">"));
        ck_assert_int_eq(strncmp(bakery__page_tail, "</script>\n<script>", strlen("</script>\n<script>")), 0);
        ck_assert(ends_with(bakery__page_tail, "</html>\n"));
}
END_TEST

Suite *page_suite(void)
{
        Suite *suite = suite_create("page");
        TCase *tests = tcase_create("page");

        tcase_add_loop_test(tests, keeps_json_from_ending_its_element, 0, (int)(sizeof texts / sizeof *texts));
        tcase_add_test(tests, is_a_page_that_fetches_nothing);
        suite_add_tcase(suite, tests);
        return suite;
}
