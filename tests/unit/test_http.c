#include "aws/http.h"

#include <check.h>
#include <string.h>

#include "support.h"

Suite *http_suite(void);

static bakery_status add(bakery_http_answer *answer, const char *name, const char *value)
{
        return bakery_http_answer_add_header(answer, name, strlen(name), value, strlen(value));
}

static void ck_header(const bakery_http_answer *answer, const char *name, const char *want)
{
        struct span value = { NULL, 0 };
        bool found = bakery__http_header(answer, name, &value);

        ck_assert_msg(found == (want != NULL), "%s is %sthere", name, found ? "" : "not ");
        if (want)
                ck_assert_msg(bakery__span_is(value, want), "%s is '%.*s', not '%s'", name, (int)value.len, value.at,
                              want);
}

START_TEST(keeps_headers_without_case)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(100);

        ck_header(&answer, "Date", NULL);
        ck_assert_int_eq(add(&answer, "Date", " Sun, 22 Nov 2026 10:00:00 GMT\r\n"), BAKERY_OK);
        ck_assert_int_eq(add(&answer, "X-Empty", ""), BAKERY_OK);
        ck_assert_int_eq(add(&answer, "x-amzn-RequestId", "one"), BAKERY_OK);
        ck_assert_int_eq(add(&answer, "X-AMZN-REQUESTID", "two"), BAKERY_OK);
        ck_header(&answer, "date", "Sun, 22 Nov 2026 10:00:00 GMT");
        ck_header(&answer, "x-empty", "");
        ck_header(&answer, "x-amzn-requestid", "two");
        ck_header(&answer, "x-amzn-request", NULL);
        ck_header(&answer, "", NULL);
}
END_TEST

/* A value cannot become the next header: not by a line break, not by a NUL. */
START_TEST(no_header_is_forged)
{
        static const struct {
                const char *bytes;
                size_t len;
        } values[] = {
                { "here\nlocation: there", 20 }, { "here\r\nlocation\nthere", 20 }, { "here\0\nlocation\nthere", 21 },
                { "here\n\nlocation", 14 },      { "here\rlocation", 13 },
        };

        for (size_t i = 0; i < N_ELEMENTS(values); i++) {
                AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(100);

                ck_assert_int_eq(bakery_http_answer_add_header(&answer, "First", 5, values[i].bytes, values[i].len),
                                 BAKERY_OK);
                ck_assert_int_eq(add(&answer, "last\nlocation", "x"), BAKERY_OK);
                ck_header(&answer, "location", NULL);
                ck_header(&answer, "first", "here");
                ck_header(&answer, "last", "x");
        }
}
END_TEST

/* An empty line that is a value must not shift names and values against each other. */
START_TEST(a_value_is_no_name)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(100);

        add(&answer, "a", "b");
        add(&answer, "", "");
        add(&answer, "c", "d");
        ck_header(&answer, "a", "b");
        ck_header(&answer, "b", NULL);
        ck_header(&answer, "c", "d");
        ck_header(&answer, "d", NULL);
}
END_TEST

START_TEST(caps_the_body)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(10);

        ck_assert_int_eq(bakery_http_answer_add_body(&answer, "12345", 5), BAKERY_OK);
        ck_assert_int_eq(bakery_http_answer_add_body(&answer, "67890", 5), BAKERY_OK);
        ck_assert_int_eq(bakery_http_answer_add_body(&answer, "", 0), BAKERY_OK);
        ck_assert_uint_eq(answer.body.len, 10);
        ck_assert_int_eq(bakery_http_answer_add_body(&answer, "x", 1), BAKERY_ERR_LIMIT);
        ck_assert_int_eq(bakery_http_answer_add_body(&answer, "", 0), BAKERY_ERR_LIMIT); /* and stays so */
        ck_assert_uint_le(answer.body.len, 10);
}
END_TEST

START_TEST(caps_the_header)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(10);
        char value[1000];
        int added = 0;

        memset(value, 'x', sizeof value - 1);
        value[sizeof value - 1] = '\0';
        while (added < 1000 && add(&answer, "Name", value) == BAKERY_OK)
                added++;
        ck_assert_int_eq(added, 65); /* of 64 KiB */
        ck_assert_int_eq(add(&answer, "Name", "x"), BAKERY_ERR_LIMIT);
}
END_TEST

START_TEST(is_wiped_and_empty_when_cleared)
{
        bakery_http_answer answer = bakery__http_answer(100);

        bakery_http_answer_set_status(&answer, 200);
        bakery_http_answer_add_body(&answer, "CANARY", 6);
        watch_free(answer.body.at, 6);
        bakery__http_answer_clear(&answer);
        ck_assert(was_wiped());
        ck_assert_int_eq(answer.status, 0);
        add(&answer, "Set-Cookie", "CANARY");
        watch_free(answer.headers.at, 6);
        bakery__http_answer_clear(&answer);
        ck_assert(was_wiped());
        ck_header(&answer, "Set-Cookie", NULL);
        ck_assert_int_eq(bakery_http_answer_add_body(&answer, "again", 5), BAKERY_OK);
        bakery__http_answer_clear(&answer);
}
END_TEST

static const char *no_variable(const void *context, const char *name)
{
        (void)context;
        (void)name;
        return NULL;
}

/* Whose name is told, and nothing of its value: tokens of half a page are in headers. */
START_TEST(a_header_that_is_too_large_is_no_lack_of_memory)
{
        AUTO_CLEAR(buf) token = { .max = 1 << 20 };
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(100);
        AUTO_PTR(bakery_error) err = NULL;
        struct curl_transport *transport = bakery__curl_transport_new(no_variable, NULL);
        int sent = 1;

        bakery__buf_repeat(&token, 'C', 70000);
        const bakery_http_request request = {
                .size = sizeof request,
                .method = "GET",
                .url = "http://127.0.0.1:1/",
                .headers = (const bakery_http_header[]){ { "x-token", token.at } },
                .header_count = 1,
        };
        ck_assert_ptr_nonnull(transport);
        ck_assert_int_eq(bakery__curl_transport(transport, &request, NULL, NULL, &answer, &sent, &err),
                         BAKERY_ERR_LIMIT);
        ck_assert_str_eq(bakery_error_message(err), "the header x-token is larger than 65536 bytes");
        ck_assert_int_eq(sent, 0);
        bakery__curl_transport_free(transport);
}
END_TEST

Suite *http_suite(void)
{
        Suite *suite = suite_create("http");
        TCase *tcase = tcase_create("answer");

        tcase_add_test(tcase, keeps_headers_without_case);
        tcase_add_test(tcase, no_header_is_forged);
        tcase_add_test(tcase, a_value_is_no_name);
        tcase_add_test(tcase, caps_the_body);
        tcase_add_test(tcase, caps_the_header);
        tcase_add_test(tcase, is_wiped_and_empty_when_cleared);
        tcase_add_test(tcase, a_header_that_is_too_large_is_no_lack_of_memory);
        suite_add_tcase(suite, tcase);
        return suite;
}
