#include <check.h>
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "formats/json.h"

Suite *json_parse_suite(void);

/* A row of text that may hold NUL. */
#define TEXT(literal) .text = literal, .size = sizeof literal - 1

static const struct {
        const char *text;
        size_t size;
        const char *printed; /* what it means */
} accepted[] = {
        { TEXT("{}"), "{}" },
        { TEXT(" \t\r\n[ 1 , 2 ]\r\n "), "[1,2]" },
        { TEXT("\"\\u00fc\\n\\\"\\\\\\/\\b\\f\\t\""), "\"\xc3\xbc\\n\\\"\\\\/\\u0008\\u000c\\t\"" },
        { TEXT("\"\\ud83c\\udf5e\""), "\"\xf0\x9f\x8d\x9e\"" },
        { TEXT("\"\\\\u0000\""), "\"\\\\u0000\"" }, /* a backslash and letters: no escape */
        { TEXT("{\"a\":1,\"A\":2}"), "{\"a\":1,\"A\":2}" },
        { TEXT("[{\"a\":1},{\"a\":1}]"), "[{\"a\":1},{\"a\":1}]" },
        { TEXT("{\"a\":{\"a\":{}}}"), "{\"a\":{\"a\":{}}}" },
        { TEXT("[0,-0.5,1E2,9007199254740991]"), "[0,-0.5,100,9007199254740991]" },
        { TEXT("null"), "null" },
        { TEXT("\xef\xbb\xbf{}"), "{}" }, /* editors leave a byte order mark behind */
        { TEXT("\xef\xbb\xbf"
               "1"),
          "1" },
};

START_TEST(accepts)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 1000 };
        AUTO_PTR(bakery_error) err = NULL;
        struct span span = { accepted[_i].text, accepted[_i].size };

        ck_assert_msg(bakery__json_parse(span, "it", &json, &err) == BAKERY_OK, "%s: %s", span.at,
                      bakery_error_message(err));
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &text, "it", NULL), BAKERY_OK);
        ck_assert_str_eq(text.at, accepted[_i].printed);
}
END_TEST

/* What cJSON lets through, or reads otherwise than others do; and what it refuses itself. */
static const struct {
        const char *text;
        size_t size;
        const char *says;
} refused[] = {
        { TEXT(""), "is no JSON" },
        { TEXT(" "), "is no JSON" },
        { TEXT("\xef\xbb\xbf"), "is no JSON" },
        { TEXT("\xef\xbb\xbf\xef\xbb\xbf{}"), "is no JSON" },
        { TEXT("{} x"), "something stands behind its end in line 1" },
        { TEXT("{}\n\n{}"), "something stands behind its end in line" },
        { TEXT("{}]"), "something stands behind its end" },
        { TEXT("{\"a\":1,\"a\":2}"), "it has the key \"a\" twice in one object" },
        { TEXT("[{\"b\":[{\"a\":1,\"x\":0,\"a\":2}]}]"), "the key \"a\" twice" },
        { TEXT("{\"a\":1,\"\\u0061\":2}"), "the key \"a\" twice" }, /* the same key, written otherwise */
        { TEXT("\"a\\u0000b\""), "NUL character" },
        { TEXT("{\"a\\u0000\":1}"), "NUL character" },
        { TEXT("\"\\\\\\u0000\""), "NUL character" },
        { TEXT("\"a\0b\""), "NUL character" },
        { TEXT("{}\0"), "NUL character" },
        { TEXT("\"\xff\""), "no UTF-8" },
        { TEXT("\"\xed\xa0\x80\""), "no UTF-8" },
        { TEXT("\"\\ud800\""), "cannot be read" }, /* half a surrogate pair */
        { TEXT("{\n\"a\":\n tru }"), "line 3 cannot be read" },
        { TEXT("{\"a\":1,}"), "cannot be read" },
        { TEXT("[1,]"), "cannot be read" },
        { TEXT("{'a':1}"), "cannot be read" },
        { TEXT("[1"), "cannot be read" },
        { TEXT("\"a"), "cannot be read" },
        { TEXT("NaN"), "cannot be read" },
        { TEXT("// a\n{}"), "cannot be read" },
        { TEXT("\"a\nb\""), "is no JSON" }, /* a line break in a text: section 7 */
        { TEXT("\"a\x01\""), "is no JSON" },
        { TEXT("{\x01}"), "is no JSON" },
        { TEXT("[1e999]"), "too large" },            /* infinite: it would print as no JSON at all */
        { TEXT("[9007199254740993]"), "too large" }, /* cJSON makes it ...992 */
        { TEXT("[-1e16]"), "too large" },
        { TEXT("[0.0000000000000000000000000000000000000000000000000000000000001]"), "cannot be read" },
        { TEXT("\"\\ud83cx\""), "cannot be read" },
        { TEXT("\"\\ud83c\\u0041\""), "cannot be read" },
        { TEXT("\"\\udf5e\""), "cannot be read" },
        { TEXT("\"\\u12g4\""), "cannot be read" },
        { TEXT("\"\\x41\""), "cannot be read" },
        { TEXT("\"\\"), "cannot be read" },
        { TEXT("{\"a\" 1}"), "cannot be read" },
        { TEXT("{1:2}"), "cannot be read" },
        { TEXT("[1 2]"), "cannot be read" },
        { TEXT("[,1]"), "cannot be read" },
        { TEXT("True"), "cannot be read" },
        { TEXT("nul"), "cannot be read" },
        { TEXT("[01]"), "is no JSON" },
        { TEXT("[1.]"), "is no JSON" },
        { TEXT("[.5]"), "is no JSON" },
        { TEXT("[+1]"), "is no JSON" },
        { TEXT("[1e]"), "is no JSON" },
        { TEXT("[-]"), "is no JSON" },
        { TEXT("[1-2]"), "is no JSON" },
};

START_TEST(refuses_and_says_why)
{
        struct json json = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        struct span span = { refused[_i].text, refused[_i].size };
        bakery_status st = bakery__json_parse(span, "it", &json, &err);

        ck_assert_msg(st == BAKERY_ERR_FORMAT, "%s: accepted", span.at);
        ck_assert_msg(strstr(bakery_error_message(err), refused[_i].says), "%s: says '%s'", span.at,
                      bakery_error_message(err));
        ck_assert_msg(!json.root, "%s: output touched on failure", span.at);
        ck_assert_int_eq(bakery__json_parse(span, "it", &json, NULL), BAKERY_ERR_FORMAT);
}
END_TEST

/* The text is right, so that only memory can be lacking. */
static size_t allocations, failing_allocation;

static void *failing_malloc(size_t size_bytes)
{
        return ++allocations == failing_allocation ? NULL : malloc(size_bytes);
}

START_TEST(a_lack_of_memory_is_no_mistake_of_the_text)
{
        cJSON_Hooks hooks = { failing_malloc, free };

        for (failing_allocation = 1; failing_allocation < 100; failing_allocation++) {
                AUTO_CLEAR(json) json = { 0 };
                AUTO_PTR(bakery_error) err = NULL;

                allocations = 0;
                cJSON_InitHooks(&hooks);
                bakery_status st = bakery__json_parse(bakery__span("{\"a\":[1,\"b\",{}]}"), "it", &json, &err);
                cJSON_InitHooks(NULL);
                if (st == BAKERY_OK)
                        break;
                ck_assert_int_eq(st, BAKERY_ERR_MEMORY);
                ck_assert_str_eq(bakery_error_message(err), "out of memory");
                ck_assert_ptr_null(json.root);
        }
        ck_assert_uint_gt(failing_allocation, 6);
        ck_assert_uint_lt(failing_allocation, 100);
}
END_TEST

START_TEST(its_end_is_where_the_span_ends)
{
        AUTO_CLEAR(json) json = { 0 };

        ck_assert_int_eq(bakery__json_parse((struct span){ "[1]2", 3 }, "it", &json, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__json_parse((struct span){ "[12]", 3 }, "it", &json, NULL), BAKERY_ERR_FORMAT);
}
END_TEST

/* 100,000 brackets must end in a sentence, not in the stack. */
START_TEST(nesting_is_bounded)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };
        struct json json = { 0 };

        bakery__buf_repeat(&text, '[', 100000);
        bakery__buf_repeat(&text, ']', 100000);
        ck_assert_int_eq(bakery__json_parse((struct span){ text.at, text.len }, "it", &json, NULL), BAKERY_ERR_FORMAT);
}
END_TEST

/* The text may be somebody's answer, with a secret in it. */
START_TEST(the_text_never_shows)
{
        AUTO_PTR(bakery_error) err = NULL;
        struct json json = { 0 };

        bakery__json_parse(bakery__span("{\"a\":\"CANARY\" \"b\"}"), "it", &json, &err);
        ck_assert_msg(!strstr(bakery_error_message(err), "CANARY"), "%s", bakery_error_message(err));
}
END_TEST

Suite *json_parse_suite(void)
{
        Suite *suite = suite_create("json_parse");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, accepts, 0, (int)N_ELEMENTS(accepted));
        tcase_add_loop_test(tcase, refuses_and_says_why, 0, (int)N_ELEMENTS(refused));
        tcase_add_test(tcase, a_lack_of_memory_is_no_mistake_of_the_text);
        tcase_add_test(tcase, its_end_is_where_the_span_ends);
        tcase_add_test(tcase, nesting_is_bounded);
        tcase_add_test(tcase, the_text_never_shows);
        suite_add_tcase(suite, tcase);
        return suite;
}
