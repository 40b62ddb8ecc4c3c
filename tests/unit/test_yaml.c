#include "formats/yaml.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "formats/yaml_json.h"
#include "support.h"

Suite *yaml_suite(void);

struct read {
        struct arena arena;
        bakery_report *report;
        struct yaml_node *root;
        bakery_error *err;
        bakery_status status;
};

static struct read read_span(struct span text)
{
        struct read read = { .report = bakery_report_new() };

        read.status = bakery__yaml_parse(text, "a.yml", &read.arena, read.report, &read.root, &read.err);
        return read;
}

static void clear_read(struct read *read)
{
        bakery__arena_clear(&read->arena);
        bakery_report_free(read->report);
        bakery_error_free(read->err);
}
DEFINE_AUTO_CLEAR(read, clear_read)

/* "3:9 rule", one a line; the sentences are held by tests/config. */
static void ck_found(const struct read *read, const char *what, const char *want)
{
        char shown[2000] = "";
        size_t len = 0;

        for (size_t i = 0; i < bakery_report_count(read->report); i++)
                len += (size_t)snprintf(shown + len, sizeof shown - len, "%s%u:%u %s", i ? "\n" : "",
                                        bakery_report_line(read->report, i), bakery_report_column(read->report, i),
                                        bakery_report_rule(read->report, i));
        ck_assert_msg(strcmp(shown, want) == 0, "%s:\n%s\nis not\n%s", what, shown, want);
}

/* Trees, shown as JSON: every scalar is the text that stands there. */
static const struct {
        const char *what, *text, *shown;
} trees[] = {
        { "a mapping", "a: 1\nb: two\n", "{\"a\":\"1\",\"b\":\"two\"}" },
        { "a list", "- 1\n- [2, 3]\n", "[\"1\",[\"2\",\"3\"]]" },
        { "a leading zero", "id: 012345678901\n", "{\"id\":\"012345678901\"}" },
        { "no number is read", "a: 0x10\nb: 1e3\nc: 0777\n", "{\"a\":\"0x10\",\"b\":\"1e3\",\"c\":\"0777\"}" },
        { "no flag is read", "a: no\nno: a\n", "{\"a\":\"no\",\"no\":\"a\"}" },
        { "quotes", "a: 'b''c'\nd: \"e\\n\\x41\"\n", "{\"a\":\"b'c\",\"d\":\"e\\nA\"}" },
        { "blocks", "a: |\n  x\n  y\nb: >\n  x\n  y\n", "{\"a\":\"x\\ny\\n\",\"b\":\"x y\\n\"}" },
        { "flow", "{a: {b: [c, {d: e}]}}", "{\"a\":{\"b\":[\"c\",{\"d\":\"e\"}]}}" },
        { "a mapping in a list", "- a: 1\n  b: 2\n- a: 3\n", "[{\"a\":\"1\",\"b\":\"2\"},{\"a\":\"3\"}]" },
        { "nothing written", "a:\nb: ~\n", "{\"a\":\"\",\"b\":\"~\"}" },
        { "empty collections", "a: []\nb: {}\n", "{\"a\":[],\"b\":{}}" },
        { "a byte order mark",
          "\xef\xbb\xbf"
          "a: 1\n",
          "{\"a\":\"1\"}" },
        { "carriage returns", "a: 1\r\nb:\r\n  - 2\r\n", "{\"a\":\"1\",\"b\":[\"2\"]}" },
        { "a tab between words", "a:\t1\nb: \"c\td\"\n", "{\"a\":\"1\",\"b\":\"c\\td\"}" },
        { "marks of one document", "--- \na: 1\n...\n", "{\"a\":\"1\"}" },
        { "comments", "# x\na: 1 # y\n# z\n", "{\"a\":\"1\"}" },
        { "the tag of nothing special", "a: ! 1\n", "{\"a\":\"1\"}" },
        { "other scripts", "a: \xc3\xbc\xe2\x82\xac\xf0\x9f\x8d\x9e\n",
          "{\"a\":\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x8d\x9e\"}" },
};

START_TEST(makes_a_tree)
{
        struct span text = bakery__span(trees[_i].text);
        if (!trees[_i].shown)
                text.len = 10;
        AUTO_CLEAR(read) read = read_span(text);
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) shown = { .max = 1000 };

        ck_assert_msg(read.status == BAKERY_OK, "%s", trees[_i].what);
        ck_found(&read, trees[_i].what, "");
        bakery__yaml_to_json(&json, NULL, NULL, read.root);
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &shown, "it", NULL), BAKERY_OK);
        ck_assert_str_eq(shown.at, trees[_i].shown ? trees[_i].shown : "{\"a\":\"1\"}");
}
END_TEST

static const char *const nothings[] = { "", "\n\n", "# only\n# comments\n", "---\n", "~", "null\n", "\xef\xbb\xbf" };

START_TEST(nothing_is_no_tree)
{
        AUTO_CLEAR(read) read = read_span(bakery__span(nothings[_i]));

        ck_assert_int_eq(read.status, BAKERY_OK);
        ck_assert_msg(!read.root, "%s", nothings[_i]);
        ck_found(&read, nothings[_i], "");
}
END_TEST

/* What is refused, where, and what is left of the tree (NULL: there is none). */
static const struct {
        const char *text, *found, *left;
} refusals[] = {
        { "a: &x 1\nb: *x\n", "2:4 yaml-alias", "{\"a\":\"1\"}" },
        { "a: &x [1]\nb: [*x, 2]\n", "2:5 yaml-alias", "{\"a\":[\"1\"],\"b\":[\"2\"]}" },
        { "a: &x {b: 1}\nc:\n  <<: {b: 2}\n  d: 3\n", "3:3 yaml-merge", "{\"a\":{\"b\":\"1\"},\"c\":{\"d\":\"3\"}}" },
        { "a: !!int 1\nb: !x [2]\nc: !!map {d: 1}\n",
          "1:4 yaml-tag\n"
          "2:4 yaml-tag\n"
          "3:4 yaml-tag",
          "{\"b\":[\"2\"],\"c\":{\"d\":\"1\"}}" },
        { "a: 1\nb: 2\na: 3\n", "3:1 duplicate-key", "{\"a\":\"1\",\"b\":\"2\"}" },
        { "a: 1\na: 2\na: 3\n",
          "2:1 duplicate-key\n"
          "3:1 duplicate-key",
          "{\"a\":\"1\"}" },
        { "- {b: 1, b: 2}\n", "1:10 duplicate-key", "[{\"b\":\"1\"}]" },
        { "a: \"x\\0y\"\n", "1:4 control-character", "{}" },
        { "a: \"x\\ey\"\n", "1:4 control-character", "{}" },
        { "a: \"x\\x7f\"\n", "1:4 control-character", "{}" },
        { "a: \"\\x9b\"\n", "1:4 control-character", "{}" },
        { "a: \"\\xa0\"\n", "", "{\"a\":\"\xc2\xa0\"}" },
        { "\"k\\0y\": 1\n", "1:1 control-character", "{}" },
        { "a: \"\\uffff\"\n", "1:4 control-character", "{}" },
        { "# left:\xe2\x80\xa8"
          "a: 1\n",
          "1:8 control-character", NULL },
        { "b: 1\n# x\xe2\x80\xa9"
          "a: 1\n",
          "2:4 control-character", NULL },
        { "# \xc3\xbc\xc2\x85"
          "a: 1\n",
          "1:4 control-character", NULL },
        { "# x\ra: 1\n", "1:4 control-character", NULL },
        { "\xff\xfe"
          "a\n",
          "1:1 yaml-syntax", NULL },
        { "\xef\xbb\xbf"
          "a: \xc3\xbc\xff\n",
          "1:5 yaml-syntax", NULL },
        { "? [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
          "1:3 yaml-key\n"
          "1:66 yaml-depth",
          NULL },
        { "a: x\x01y\n", "1:5 yaml-syntax", NULL },
        { "a: 1\n---\nb: 2\n", "2:1 yaml-document", NULL },
        { "a: 1\n...\nb: 2\n", "3:1 yaml-syntax", NULL },
        { "a:\n\tb: 1\n", "2:1 yaml-syntax", NULL },
        { "a:\n  - b\n \tc: 1\n", "3:2 yaml-syntax", NULL },
        { "a: b: c\n", "1:5 yaml-syntax", NULL },
        { "a: \"x\n", "1:4 yaml-syntax", NULL },
        { "a: [1, 2\n", NULL, NULL },
        { "a: 1\nb: \xff\n", "2:4 yaml-syntax", NULL },
        { "a: \xc3(\n", "1:5 yaml-syntax", NULL },
        { "a: \xc0\x80\n", NULL, NULL },
        { "a: \xed\xa0\x80\n", NULL, NULL },
};

START_TEST(refuses_with_the_place)
{
        const char *text = refusals[_i].text;
        AUTO_CLEAR(read) read = read_span(bakery__span(text));
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) shown = { .max = 1000 };

        if (refusals[_i].found)
                ck_found(&read, text, refusals[_i].found);
        else
                ck_assert_msg(bakery_report_count(read.report) == 1, "%s", text);
        ck_assert_msg(read.status == (refusals[_i].left ? BAKERY_OK : BAKERY_ERR_FORMAT), "%s", text);
        if (!refusals[_i].left) {
                ck_assert_msg(!read.root, "%s: output touched on failure", text);
                return;
        }
        bakery__yaml_to_json(&json, NULL, NULL, read.root);
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &shown, "it", NULL), BAKERY_OK);
        ck_assert_msg(strcmp(shown.at, refusals[_i].left) == 0, "%s: %s is left", text, shown.at);
}
END_TEST

/* Keys that are no text: one sentence each, and what follows is still read. */
static const char *const strange_keys[] = {
        "? [a, b]\n: 1\nz: 2\n",   "? {a: b}\n: 1\nz: 2\n",
        "{a: b}: 1\nz: 2\n",       "? [[a], {b: [c]}]\n: {d: [e]}\nz: 2\n",
        "a: &x 1\n*x : 1\nz: 2\n",
};

START_TEST(keys_are_text)
{
        AUTO_CLEAR(read) read = read_span(bakery__span(strange_keys[_i]));

        ck_assert_int_eq(read.status, BAKERY_OK);
        ck_assert_msg(bakery_report_count(read.report) == 1, "%s", strange_keys[_i]);
        const struct yaml_node *z = bakery__yaml_get(read.root, "z");
        ck_assert_msg(z && strcmp(z->text, "2") == 0, "%s", strange_keys[_i]);
}
END_TEST

START_TEST(a_place_is_told_for_all)
{
        AUTO_CLEAR(read) read = read_span(bakery__span("# c\n  a:   x\n  \xc3\xbc:\n  - y\n  -   {b: z}\n"));
        const struct yaml_node *a = bakery__yaml_get(read.root, "a");
        const struct yaml_node *list = bakery__yaml_get(read.root, "\xc3\xbc");
        const struct yaml_node *b = bakery__yaml_get(list->last, "b");

        static const struct place wanted[] = { { 2, 3 }, { 2, 8 }, { 3, 3 }, { 4, 5 }, { 5, 7 }, { 5, 8 }, { 5, 11 } };
        const struct place places[] = { a->key_place,      a->place,     list->key_place, list->first->place,
                                        list->last->place, b->key_place, b->place };
        for (size_t i = 0; i < N_ELEMENTS(wanted); i++) {
                ck_assert_msg(places[i].line == wanted[i].line && places[i].column == wanted[i].column,
                              "place %zu is %u:%u", i, places[i].line, places[i].column);
        }
        ck_assert_uint_eq(list->count, 2);
        ck_assert_int_eq(list->kind, YAML_LIST);
        ck_assert_int_eq(read.root->kind, YAML_MAPPING);
        ck_assert_uint_eq(read.root->count, 2);
}
END_TEST

static bakery_status read_nested(int depth)
{
        AUTO_CLEAR(buf) text = { .max = 10000 };

        bakery__buf_repeat(&text, '[', (size_t)depth);
        bakery__buf_repeat(&text, ']', (size_t)depth);
        AUTO_CLEAR(read) read = read_span((struct span){ text.at, text.len });
        if (read.status)
                ck_found(&read, "nested", "1:65 yaml-depth");
        return read.status;
}

START_TEST(nesting_is_bounded)
{
        ck_assert_int_eq(read_nested(64), BAKERY_OK);
        ck_assert_int_eq(read_nested(65), BAKERY_ERR_FORMAT);
        ck_assert_int_eq(read_nested(900), BAKERY_ERR_FORMAT);
}
END_TEST

/* Few keys are compared one by one, many through a map: both must see a key that stands twice. */
START_TEST(a_repeated_key_is_seen_among)
{
        static const int counts[] = { 2, 15, 16, 17, 18, 5000 };
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };
        char want[100];

        for (int i = 1; i < counts[_i]; i++)
                bakery__buf_format(&text, "k%d: %d\n", i, i);
        bakery__buf_text(&text, "k1: again\n");
        AUTO_CLEAR(read) read = read_span((struct span){ text.at, text.len });
        snprintf(want, sizeof want, "%d:1 duplicate-key", counts[_i]);
        ck_found(&read, "many", want);
        ck_assert_uint_eq(read.root->count, (size_t)counts[_i] - 1);
        ck_assert_str_eq(bakery__yaml_get(read.root, "k1")->text, "1");
}
END_TEST

static const struct {
        const char *text;
        bool null;
} nulls[] = {
        { "a:", true },       { "a: ~", true },   { "a: null", true }, { "a: Null", true },
        { "a: NULL", true },  { "a: ''", false }, { "a: '~'", false }, { "a: \"null\"", false },
        { "a: nUll", false }, { "a: 0", false },  { "a: []", false },  { "a: {}", false },
};

START_TEST(knows_null)
{
        AUTO_CLEAR(read) read = read_span(bakery__span(nulls[_i].text));

        ck_assert_msg(bakery__yaml_is_null(bakery__yaml_get(read.root, "a")) == nulls[_i].null, "%s", nulls[_i].text);
}
END_TEST

START_TEST(gets_nothing_from_what_is_no_mapping)
{
        AUTO_CLEAR(read) read = read_span(bakery__span("- a\n- b: 1\n"));

        ck_assert_ptr_null(bakery__yaml_get(NULL, "a"));
        ck_assert_ptr_null(bakery__yaml_get(read.root, "a"));
        ck_assert_ptr_null(bakery__yaml_get(read.root->first, "a"));
        ck_assert_ptr_null(bakery__yaml_get(read.root->last, "a"));
}
END_TEST

/* The children a, b, c without the one: the list must still be one, at both ends. */
START_TEST(removes_a_child)
{
        static const char *const left[] = { "bcd", "acd", "abd" };
        AUTO_CLEAR(read) read = read_span(bakery__span("[a, b, c]"));
        struct yaml_node *previous = NULL, *child = read.root->first, *added;
        char shown[10] = "";

        for (int i = 0; i < _i; i++) {
                previous = child;
                child = child->next;
        }
        bakery__yaml_remove(read.root, previous, child);
        added = &(struct yaml_node){ .text = "d" };
        read.root->last->next = added;
        for (const struct yaml_node *at = read.root->first; at; at = at->next)
                strcat(shown, at->text);
        ck_assert_str_eq(shown, left[_i]);
        ck_assert_uint_eq(read.root->count, 2);
}
END_TEST

START_TEST(removes_the_only_child)
{
        AUTO_CLEAR(read) read = read_span(bakery__span("[a]"));

        bakery__yaml_remove(read.root, NULL, read.root->first);
        ck_assert_ptr_null(read.root->first);
        ck_assert_ptr_null(read.root->last);
        ck_assert_uint_eq(read.root->count, 0);
}
END_TEST

Suite *yaml_suite(void)
{
        Suite *suite = suite_create("yaml");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, makes_a_tree, 0, (int)N_ELEMENTS(trees));
        tcase_add_loop_test(tcase, nothing_is_no_tree, 0, (int)N_ELEMENTS(nothings));
        tcase_add_loop_test(tcase, refuses_with_the_place, 0, (int)N_ELEMENTS(refusals));
        tcase_add_loop_test(tcase, keys_are_text, 0, (int)N_ELEMENTS(strange_keys));
        tcase_add_test(tcase, a_place_is_told_for_all);
        tcase_add_test(tcase, nesting_is_bounded);
        tcase_add_loop_test(tcase, a_repeated_key_is_seen_among, 0, 6);
        tcase_add_loop_test(tcase, knows_null, 0, (int)N_ELEMENTS(nulls));
        tcase_add_test(tcase, gets_nothing_from_what_is_no_mapping);
        tcase_add_loop_test(tcase, removes_a_child, 0, 3);
        tcase_add_test(tcase, removes_the_only_child);
        suite_add_tcase(suite, tcase);
        return suite;
}
