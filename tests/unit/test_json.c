#include "formats/json.h"

#include <check.h>
#include <cjson/cJSON.h>
#include <string.h>

#include "support.h"

Suite *json_suite(void);

/*
 * The first test of the project: plain cJSON drops a member that it had no memory for and prints the rest, so that
 * out of memory would print a statement without its Condition.
 */
static size_t allocations, failing_allocation;

static void *failing_malloc(size_t size_bytes)
{
        return ++allocations == failing_allocation ? NULL : malloc(size_bytes);
}

static void fail_allocation(size_t n)
{
        cJSON_Hooks hooks = { failing_malloc, free };

        allocations = 0;
        failing_allocation = n;
        cJSON_InitHooks(&hooks);
}

static void build_statement(struct json *json)
{
        struct cJSON *root = bakery__json_root(json);
        struct cJSON *statement = bakery__json_object(json, bakery__json_array(json, root, "Statement"), NULL);

        bakery__json_text(json, statement, "Effect", "Allow");
        bakery__json_format(json, statement, "Action", "sts:%s", "AssumeRole");
        struct cJSON *condition = bakery__json_object(json, statement, "Condition");
        bakery__json_bool(json, bakery__json_object(json, condition, "Bool"), "aws:MultiFactorAuthPresent", true);
        bakery__json_number(json, condition, "n", 1);
        bakery__json_copy(json, root, "Copy", statement);
}

static const char whole_statement[] =
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Condition\":{\"Bool\":"
        "{\"aws:MultiFactorAuthPresent\":true},\"n\":1}}],\"Copy\":{\"Effect\":\"Allow\",\"Action\":"
        "\"sts:AssumeRole\",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":true},\"n\":1}}}";

START_TEST(refuses_to_print_what_lost_a_member)
{
        size_t n = 0;

        for (bool whole = false; !whole; n++) {
                AUTO_CLEAR(json) json = { 0 };
                AUTO_CLEAR(buf) text = { .max = 10000 };
                AUTO_PTR(bakery_error) err = NULL;

                fail_allocation(n + 1);
                build_statement(&json);
                whole = allocations < failing_allocation;
                cJSON_InitHooks(NULL);
                bakery_status st = bakery__json_print(&json, JSON_COMPACT, &text, "statement", &err);

                if (whole) {
                        ck_assert_int_eq(st, BAKERY_OK);
                        ck_assert_str_eq(text.at, whole_statement);
                        continue;
                }
                ck_assert_msg(st == BAKERY_ERR_MEMORY, "allocation %zu failed, and it prints '%s'", n + 1, text.at);
                ck_assert_uint_eq(text.len, 0);
                ck_assert_str_eq(bakery_error_message(err), "out of memory");
        }
        ck_assert_uint_gt(n, 30);
}
END_TEST

START_TEST(stays_refused_after_the_failure)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 10000 };
        struct cJSON *root = bakery__json_root(&json);

        bakery__json_text(&json, root, "a", "b");
        fail_allocation(1);
        bakery__json_text(&json, root, "lost", "x");
        cJSON_InitHooks(NULL);
        bakery__json_text(&json, root, "c", "d");
        ck_assert_ptr_null(bakery__json_object(&json, root, "e"));
        ck_assert_ptr_null(bakery__json_get(root, "c"));
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &text, "it", NULL), BAKERY_ERR_MEMORY);
}
END_TEST

START_TEST(nothing_is_no_document)
{
        struct json json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 10000 };

        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &text, "it", NULL), BAKERY_ERR_MEMORY);
}
END_TEST

START_TEST(a_root_that_cannot_be_made_sticks)
{
        AUTO_CLEAR(json) object = { 0 }, array = { 0 };

        fail_allocation(1);
        ck_assert_ptr_null(bakery__json_root(&object));
        fail_allocation(1);
        ck_assert_ptr_null(bakery__json_root_array(&array));
        cJSON_InitHooks(NULL);
        ck_assert(object.no_memory && array.no_memory);
        ck_assert_ptr_null(bakery__json_root(&object));
        ck_assert_ptr_null(bakery__json_root_array(&array));
}
END_TEST

/* What is put, and how it is printed: texts. */
static const struct {
        const char *text, *printed;
} texts[] = {
        { "", "\"\"" },
        { "plain", "\"plain\"" },
        { "\"\\/", "\"\\\"\\\\/\"" },
        { "a\nb\rc\td", "\"a\\nb\\rc\\td\"" },
        { "\b\f\x01\x1f", "\"\\u0008\\u000c\\u0001\\u001f\"" },
        { "\x7f", "\"\\u007f\"" },
        { "\xc3\xbc \xe2\x82\xac", "\"\xc3\xbc \xe2\x82\xac\"" },
        { "${aws:username}", "\"${aws:username}\"" },
        /* What nobody would see: escaped, and not lost. */
        { "a\xe2\x80\xae"
          "b\xef\xbb\xbf",
          "\"a\\u202eb\\ufeff\"" },
        { "\xc2\x9b\xc2\xa0\xf3\xa0\x81\x81\xf0\x9f\x8d\x9e", "\"\\u009b\xc2\xa0\\udb40\\udc41\xf0\x9f\x8d\x9e\"" },
};

START_TEST(escapes_texts)
{
        AUTO_CLEAR(json) json = { 0 }, again = { 0 };
        AUTO_CLEAR(buf) text = { .max = 1000 };

        bakery__json_text(&json, bakery__json_root_array(&json), NULL, texts[_i].text);
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &text, "it", NULL), BAKERY_OK);
        text.at[text.len - 1] = '\0';
        ck_assert_str_eq(text.at + 1, texts[_i].printed);
        text.at[text.len - 1] = ']';
        parse_json(text.at, &again);
        ck_assert_str_eq(bakery__json_text_of(bakery__json_first(again.root)), texts[_i].text);
}
END_TEST

static const struct {
        long long number;
        const char *printed;
} numbers[] = {
        { 0, "[0]" },
        { -1, "[-1]" },
        { 43200, "[43200]" },
        { 9007199254740991, "[9007199254740991]" },
};

START_TEST(prints_numbers)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 1000 };

        bakery__json_number(&json, bakery__json_root_array(&json), NULL, numbers[_i].number);
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &text, "it", NULL), BAKERY_OK);
        ck_assert_str_eq(text.at, numbers[_i].printed);
}
END_TEST

/* Numbers of somebody else's document are printed as they came. */
static const char *const documents[] = {
        "[]", "{}", "[null,true,false]", "[0.5,-1.25,100]", "{\"a\":{\"b\":[[],{}]},\"A\":1}", "\"text\"", "17",
};

START_TEST(prints_what_it_parsed)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 1000 };

        parse_json(documents[_i], &json);
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &text, "it", NULL), BAKERY_OK);
        ck_assert_str_eq(text.at, documents[_i]);
}
END_TEST

START_TEST(prints_one_element_a_line)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 1000 };

        parse_json("{\"a\":[1,{\"b\":\"c\"}],\"e\":[],\"f\":{}}", &json);
        ck_assert_int_eq(bakery__json_print(&json, JSON_PRETTY, &text, "it", NULL), BAKERY_OK);
        ck_assert_str_eq(text.at, "{\n"
                                  "  \"a\": [\n"
                                  "    1,\n"
                                  "    {\n"
                                  "      \"b\": \"c\"\n"
                                  "    }\n"
                                  "  ],\n"
                                  "  \"e\": [],\n"
                                  "  \"f\": {}\n"
                                  "}\n");
}
END_TEST

START_TEST(names_the_document_that_passes_the_cap)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 10 };
        AUTO_PTR(bakery_error) err = NULL;

        bakery__json_text(&json, bakery__json_root(&json), "key", "value");
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &text, "the book", &err), BAKERY_ERR_LIMIT);
        ck_assert_str_eq(bakery_error_message(err), "the book is larger than 10 bytes");
}
END_TEST

START_TEST(optional_text_is_put_only_when_there)
{
        AUTO_CLEAR(json) json = { 0 };

        bakery__json_optional_text(&json, bakery__json_root(&json), "a", NULL);
        bakery__json_optional_text(&json, bakery__json_root(&json), "b", "");
        ck_assert_ptr_null(bakery__json_get(json.root, "a"));
        ck_assert_str_eq(bakery__json_text_of(bakery__json_get(json.root, "b")), "");
        ck_assert(!json.no_memory);
}
END_TEST

static const struct {
        const char *key;
        enum json_kind kind;
} kinds[] = {
        { "nothing", JSON_NOTHING }, { "null", JSON_NULL },     { "yes", JSON_BOOL },
        { "no", JSON_BOOL },         { "number", JSON_NUMBER }, { "text", JSON_TEXT },
        { "list", JSON_ARRAY },      { "object", JSON_OBJECT }, { "NULL", JSON_NOTHING }, /* case as written */
};

START_TEST(tells_kinds)
{
        AUTO_CLEAR(json) json = { 0 };

        parse_json("{\"null\":null,\"yes\":true,\"no\":false,\"number\":1,\"text\":\"x\",\"list\":[1],\"object\":{}}",
                   &json);
        const struct cJSON *value = bakery__json_get(json.root, kinds[_i].key);
        ck_assert_msg(bakery__json_kind(value) == kinds[_i].kind, "%s", kinds[_i].key);
        ck_assert_msg((bakery__json_text_of(value) != NULL) == (kinds[_i].kind == JSON_TEXT), "%s", kinds[_i].key);
}
END_TEST

START_TEST(walks_children)
{
        AUTO_CLEAR(json) json = { 0 };

        parse_json("{\"a\":1,\"b\":2}", &json);
        const struct cJSON *child = bakery__json_first(json.root);
        ck_assert_str_eq(bakery__json_key(child), "a");
        child = bakery__json_next(child);
        ck_assert_str_eq(bakery__json_key(child), "b");
        ck_assert_ptr_null(bakery__json_next(child));
        ck_assert_ptr_null(bakery__json_first(NULL));
        ck_assert_ptr_null(bakery__json_get(NULL, "a"));
        ck_assert_ptr_null(bakery__json_text_of(NULL));
}
END_TEST

static const struct {
        const char *a, *b;
        bool equal;
} pairs[] = {
        { "{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2],\"a\":1}", true },
        { "[1,2]", "[2,1]", false },
        { "{\"a\":1}", "{\"A\":1}", false },
        { "{\"a\":1}", "{\"a\":1,\"b\":2}", false },
        { "{\"a\":1,\"b\":2}", "{\"a\":1}", false },
        { "\"1\"", "1", false },
        { "true", "false", false },
        { "null", "null", true },
};

START_TEST(compares)
{
        AUTO_CLEAR(json) a = { 0 }, b = { 0 };

        parse_json(pairs[_i].a, &a);
        parse_json(pairs[_i].b, &b);
        ck_assert_msg(bakery__json_equal(a.root, b.root) == pairs[_i].equal, "%s, %s", pairs[_i].a, pairs[_i].b);
        ck_assert(!bakery__json_equal(a.root, NULL) && !bakery__json_equal(NULL, b.root));
        ck_assert(bakery__json_equal(NULL, NULL));
}
END_TEST

Suite *json_suite(void)
{
        Suite *suite = suite_create("json");
        TCase *memory = tcase_create("memory"), *table = tcase_create("table");

        tcase_add_test(memory, refuses_to_print_what_lost_a_member);
        tcase_add_test(memory, stays_refused_after_the_failure);
        tcase_add_test(memory, nothing_is_no_document);
        tcase_add_test(memory, a_root_that_cannot_be_made_sticks);
        suite_add_tcase(suite, memory);
        tcase_add_loop_test(table, escapes_texts, 0, (int)N_ELEMENTS(texts));
        tcase_add_loop_test(table, prints_numbers, 0, (int)N_ELEMENTS(numbers));
        tcase_add_loop_test(table, prints_what_it_parsed, 0, (int)N_ELEMENTS(documents));
        tcase_add_test(table, prints_one_element_a_line);
        tcase_add_test(table, names_the_document_that_passes_the_cap);
        tcase_add_test(table, optional_text_is_put_only_when_there);
        tcase_add_loop_test(table, tells_kinds, 0, (int)N_ELEMENTS(kinds));
        tcase_add_test(table, walks_children);
        tcase_add_loop_test(table, compares, 0, (int)N_ELEMENTS(pairs));
        suite_add_tcase(suite, table);
        return suite;
}
