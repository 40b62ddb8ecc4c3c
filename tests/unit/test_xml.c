#include "formats/xml.h"

#include <check.h>
#include <string.h>

#include "base/buf.h"

Suite *xml_suite(void);

/* A tree as text: name{child child} and name'text'. */
static void show(struct buf *into, const struct xml_node *node)
{
        bakery__buf_text(into, node->name);
        if (*node->text || !node->first_child)
                bakery__buf_format(into, "'%s'", node->text);
        if (!node->first_child)
                return;
        bakery__buf_char(into, '{');
        for (const struct xml_node *child = node->first_child; child; child = child->next) {
                show(into, child);
                if (child->next)
                        bakery__buf_char(into, ' ');
        }
        bakery__buf_char(into, '}');
}

static const struct {
        const char *document, *tree;
} trees[] = {
        { "<a/>", "a''" },
        { "<a></a>", "a''" },
        { "<a>text</a>", "a'text'" },
        { "<a> text\n </a>", "a' text\n '" },
        { "<a>\n <b>1</b>\n <b>2</b> <c/>\n</a>\n", "a{b'1' b'2' c''}" },
        { "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</a>", "a'<&>\"'A\xf0\x9f\x98\x80'" },
        { "<a>x<![CDATA[<b>&amp;</b>]]>y</a>", "a'x<b>&amp;</b>y'" },
        { "<a>x<!-- <b>no</b> -->y</a>", "a'xy'" },
        { "<a>x<?pi no?>y</a>", "a'xy'" },
        { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a/>", "a''" },
        { "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xc3\xbc</a>", "a'\xc3\xbc'" },
        { "\xef\xbb\xbf<a/>", "a''" },
        { "<n:a xmlns:n=\"urn:x\" q=\"1\"><n:b n:q='2'>1</n:b></n:a>", "a{b'1'}" },
        { "<p:a>undeclared prefix</p:a>", "a'undeclared prefix'" },
        { "<a>lost<b/>lost</a>", "a{b''}" },
        { "<a><b><c><d>deep</d></c></b><e/></a>", "a{b{c{d'deep'}} e''}" },
};

START_TEST(parses)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_CLEAR(buf) shown = { .max = 10000 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct xml_node *root = NULL;

        ck_assert_msg(bakery__xml_parse(&arena, bakery__span(trees[_i].document), &root, &err) == BAKERY_OK, "%s: %s",
                      trees[_i].document, bakery_error_message(err));
        show(&shown, root);
        ck_assert_str_eq(shown.at, trees[_i].tree);
}
END_TEST

static const struct {
        const char *document;
        const char *says;
} refusals[] = {
        { "", "no XML: it is empty" },
        { " ", "no XML: no element found" },
        { "{\"__type\":\"CANARY\"}", "no XML: not well-formed" },
        { "<html><body><hr>CANARY</body></html>", "no XML: mismatched tag at line 1" },
        { "<a><b>CANARY</b>", "no XML: no element found" },
        { "<a>\n\n<b>CANARY</c></a>", "at line 3, column 12" },
        { "<a/><b/>", "no XML: junk after document element" },
        { "<a>&CANARY;</a>", "no XML: undefined entity" },
        { "<!DOCTYPE a><a/>", "DOCTYPE" },
        { "<!DOCTYPE a [<!ENTITY x 'CANARY'>]><a>&x;</a>", "DOCTYPE" },
        { "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "DOCTYPE" },
        { "<!DOCTYPE html><html/>", "DOCTYPE" },
        { "<a>\xff</a>", "no XML: not well-formed" },
        { "<a>\xc3\x28</a>", "no XML: not well-formed" },
        { "<a>&#0;</a>", "no XML: reference to invalid character number" },
        { "<a>\x1b[2J</a>", "no XML: not well-formed" },
};

static void ck_refused(struct span document, bakery_status status, const char *says)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct xml_node *root = NULL;

        ck_assert_msg(bakery__xml_parse(&arena, document, &root, &err) == status, "%s: %s", says,
                      bakery_error_message(err));
        ck_assert_msg(strstr(bakery_error_message(err), says), "'%s' is not in '%s'", says, bakery_error_message(err));
        ck_assert_msg(!strstr(bakery_error_message(err), "CANARY"), "%s", bakery_error_message(err));
        ck_assert_ptr_null(root);
        ck_assert_int_eq(bakery__xml_parse(&arena, document, &root, NULL), status);
}

START_TEST(refuses)
{
        ck_refused(bakery__span(refusals[_i].document), BAKERY_ERR_FORMAT, refusals[_i].says);
}
END_TEST

START_TEST(refuses_utf_16_and_nul)
{
        static const char utf_16[] = "\xff\xfe<\0a\0/\0>\0";
        static const char nul[] = "<a>x\0y</a>";

        ck_refused((struct span){ utf_16, sizeof utf_16 - 1 }, BAKERY_ERR_FORMAT, "no XML");
        ck_refused((struct span){ nul, sizeof nul - 1 }, BAKERY_ERR_FORMAT, "no XML");
}
END_TEST

static void add_nested(struct buf *into, int depth)
{
        for (int i = 0; i < depth; i++)
                bakery__buf_text(into, "<a>");
        for (int i = 0; i < depth; i++)
                bakery__buf_text(into, "</a>");
}

START_TEST(refuses_what_is_too_deep_or_too_large)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_CLEAR(buf) deepest = { .max = 1 << 21 };
        AUTO_CLEAR(buf) deeper = { .max = 1 << 21 };
        AUTO_CLEAR(buf) large = { .max = 16 << 20 };
        const struct xml_node *root = NULL;

        add_nested(&deepest, XML_MAX_DEPTH);
        ck_assert_int_eq(bakery__xml_parse(&arena, (struct span){ deepest.at, deepest.len }, &root, NULL), BAKERY_OK);
        add_nested(&deeper, XML_MAX_DEPTH + 1);
        ck_refused((struct span){ deeper.at, deeper.len }, BAKERY_ERR_LIMIT, "deeper than 64");
        deeper.len = 0;
        add_nested(&deeper, 100000);
        ck_refused((struct span){ deeper.at, deeper.len }, BAKERY_ERR_LIMIT, "deeper than 64");

        bakery__buf_text(&large, "<a>");
        bakery__buf_repeat(&large, 'x', XML_MAX_BYTES - 7);
        bakery__buf_text(&large, "</a>");
        ck_assert_int_eq(bakery__xml_parse(&arena, (struct span){ large.at, large.len }, &root, NULL), BAKERY_OK);
        ck_assert_uint_eq(strlen(root->text), XML_MAX_BYTES - 7);
        ck_refused((struct span){ large.at, XML_MAX_BYTES + 1 }, BAKERY_ERR_LIMIT, "larger than 8388608");
}
END_TEST

START_TEST(finds)
{
        static const char document[] = "<R><L><m>1</m><x/><m>2</m></L><E><Code>C</Code></E><L><m>3</m></L></R>";
        AUTO_CLEAR(arena) arena = { 0 };
        const struct xml_node *root = NULL;

        ck_assert_int_eq(bakery__xml_parse(&arena, bakery__span(document), &root, NULL), BAKERY_OK);
        ck_assert_str_eq(bakery__xml_text(root, "E/Code"), "C");
        ck_assert_str_eq(bakery__xml_text(root, "L/m"), "1");
        ck_assert_ptr_null(bakery__xml_text(root, "E/code"));
        ck_assert_ptr_null(bakery__xml_text(root, "E/Cod"));
        ck_assert_ptr_null(bakery__xml_text(root, "X/Code"));
        ck_assert_ptr_null(bakery__xml_text(NULL, "E"));
        ck_assert_ptr_null(bakery__xml_child(NULL, "E"));
        ck_assert_ptr_eq(bakery__xml_at(root, ""), root);

        const struct xml_node *item = bakery__xml_child(bakery__xml_child(root, "L"), "m");
        ck_assert_str_eq(bakery__xml_next(item)->text, "2");
        ck_assert_ptr_null(bakery__xml_next(bakery__xml_next(item)));
        ck_assert_str_eq(bakery__xml_text(bakery__xml_next(bakery__xml_child(root, "L")), "m"), "3");
}
END_TEST

Suite *xml_suite(void)
{
        Suite *suite = suite_create("xml");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, parses, 0, (int)N_ELEMENTS(trees));
        tcase_add_loop_test(tcase, refuses, 0, (int)N_ELEMENTS(refusals));
        tcase_add_test(tcase, refuses_utf_16_and_nul);
        tcase_add_test(tcase, refuses_what_is_too_deep_or_too_large);
        tcase_add_test(tcase, finds);
        suite_add_tcase(suite, tcase);
        return suite;
}
