#include "formats/yaml_tree.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

Suite *yaml_tree_suite(void);

static void ck_tree(const char *what, const char *text, const char *shown, const char *warns)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) printed = { .max = 1000 };
        char warned[200] = "";
        bakery_status st = bakery__yaml_tree_parse(bakery__span(text), "t.yml", report, &json, &err);

        ck_assert_msg(st == BAKERY_OK, "%s: %s", what, bakery_error_message(err));
        if (bakery_report_count(report) > 0)
                snprintf(warned, sizeof warned, "%u:%u %s: %s", bakery_report_line(report, 0),
                         bakery_report_column(report, 0), bakery_report_rule(report, 0),
                         bakery_report_message(report, 0));
        ck_assert_msg(strcmp(warned, warns) == 0, "%s: warns '%s'", what, warned);
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &printed, "it", NULL), BAKERY_OK);
        ck_assert_msg(strcmp(printed.at, shown) == 0, "%s: %s", what, printed.at);
}

/* Templates, and the JSON that they are. */
static const struct {
        const char *what, *text, *shown;
} trees[] = {
        { "Ref", "a: !Ref B\n", "{\"a\":{\"Ref\":\"B\"}}" },
        { "Sub in quotes", "a: !Sub '${T}x'\n", "{\"a\":{\"Fn::Sub\":\"${T}x\"}}" },
        { "a function's text is no number", "a: !Ref 012\nb: !Sub 7\n",
          "{\"a\":{\"Ref\":\"012\"},\"b\":{\"Fn::Sub\":\"7\"}}" },
        { "Join of Ref", "a: !Join [ \":\", [ x, !Ref \"AWS::AccountId\" ] ]\n",
          "{\"a\":{\"Fn::Join\":[\":\",[\"x\",{\"Ref\":\"AWS::AccountId\"}]]}}" },
        { "GetAtt", "a: !GetAtt R.Arn\nb: !GetAtt R.Outputs.X\nc: !GetAtt [R, Arn]\nd: !GetAtt R\n",
          "{\"a\":{\"Fn::GetAtt\":[\"R\",\"Arn\"]},\"b\":{\"Fn::GetAtt\":[\"R\",\"Outputs.X\"]},"
          "\"c\":{\"Fn::GetAtt\":[\"R\",\"Arn\"]},\"d\":{\"Fn::GetAtt\":[\"R\"]}}" },
        { "conditions", "a: !If [C, !Not [!Condition D], !Equals [!Ref E, p]]\n",
          "{\"a\":{\"Fn::If\":[\"C\",{\"Fn::Not\":[{\"Condition\":\"D\"}]},{\"Fn::Equals\":[{\"Ref\":\"E\"},\"p\"]}]}}" },
        { "a mapping as argument", "a: !Transform {Name: N}\n", "{\"a\":{\"Fn::Transform\":{\"Name\":\"N\"}}}" },
        { "Split of FindInMap", "a: !Split [\", \",!FindInMap [!Ref E, x, y]]\n",
          "{\"a\":{\"Fn::Split\":[\", \",{\"Fn::FindInMap\":[{\"Ref\":\"E\"},\"x\",\"y\"]}]}}" },
        { "a date is text", "a: 2012-10-17\nb: 2010-09-09\n", "{\"a\":\"2012-10-17\",\"b\":\"2010-09-09\"}" },
        { "numbers", "a: 3600\nb: 0\nc: -5\nd: 1.5\ne: 0x10\nf: '7'\ng: -05\nh: 1e3\n",
          "{\"a\":3600,\"b\":0,\"c\":-5,\"d\":\"1.5\",\"e\":\"0x10\",\"f\":\"7\",\"g\":\"-05\",\"h\":\"1e3\"}" },
        { "an account id", "a: 111111111111\n", "{\"a\":111111111111}" },
        { "fifteen digits and sixteen", "a: 999999999999999\nb: 9999999999999999\n",
          "{\"a\":999999999999999,\"b\":\"9999999999999999\"}" },
        { "quotes keep it", "a: '012345670123'\nb: !!str 012345670123\n",
          "{\"a\":\"012345670123\",\"b\":\"012345670123\"}" },
        { "in an ARN it is text", "a: arn:aws:iam::012345670123:root\n", "{\"a\":\"arn:aws:iam::012345670123:root\"}" },
        { "flags", "a: yes\nb: Off\nc: TRUE\nd: y\ne: 'no'\n",
          "{\"a\":true,\"b\":false,\"c\":true,\"d\":\"y\",\"e\":\"no\"}" },
        { "nothing", "a:\nb: ~\nc: ''\n", "{\"a\":null,\"b\":null,\"c\":\"\"}" },
        { "a key is text", "no: 1\n0123: 2\n", "{\"no\":1,\"0123\":2}" },
};

START_TEST(reads_as_cloudformation_does)
{
        ck_tree(trees[_i].what, trees[_i].text, trees[_i].shown, "");
}
END_TEST

/* What CloudFormation takes in silence for something else than what stands there. */
static const struct {
        const char *what, *text, *shown, *warns;
} surprises[] = {
        { "an octal account id", "a: 012345670123\n", "{\"a\":1402433619}",
          "1:4 octal-number: 012345670123 has no quotes: CloudFormation reads it as an octal number, 1402433619" },
        { "an 8 makes it a fraction", "a: 012345678901\nb: 018000000000\nc: 0189\nd: 090000000000\n",
          "{\"a\":\"1.2345678901E10\",\"b\":\"1.8E10\",\"c\":\"189\",\"d\":\"9.0E10\"}",
          "1:4 octal-number: 012345678901 has no quotes: CloudFormation reads it as a fraction" },
        { "the last of a key", "a: 1\nb: 2\na: [3]\n", "{\"a\":[3],\"b\":2}",
          "3:1 duplicate-key: \"a\" stands twice: in line 1 and in line 3" },
};

START_TEST(warns_of_what_nobody_expects)
{
        ck_tree(surprises[_i].what, surprises[_i].text, surprises[_i].shown, surprises[_i].warns);
}
END_TEST

static const struct {
        const char *what, *text, *says;
} refusals[] = {
        { "no template", "- a\n", "it is no mapping" },
        { "nothing at all", "# x\n", "it is no mapping" },
        { "a function as a whole", "!Ref a\n", "it is no mapping" },
        { "a mapping with a tag as a whole", "!Sub {a: b}\n", "it is no mapping" },
        { "an alias", "a: &x [1]\nb: *x\n", "t.yml: line 2: a YAML alias" },
        { "a merge key", "a: {<<: {b: 1}}\n", "merge key" },
        { "an unknown function", "a:\n  b: !Reff x\n", "t.yml: line 2: !Reff is no function of CloudFormation" },
        { "a tag that chooses a type", "a: !!binary aGk=\n", "CloudFormation does not know" },
        { "a tag of a long name", "a: !aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b\n", "does not know" },
        { "a TAG directive", "%TAG !x! !yyyyyyyyyyyyyyyyyy\n---\na: !x!z 1\n", "%TAG" },
        { "a second document", "a: 1\n---\nb: 2\n", "second document" },
        { "no YAML", "a: [1\n", "line 2" },
        { "text behind a quote", "a: 'b' c\n", "line 1" },
};

START_TEST(refuses_what_cloudformation_does)
{
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(json) json = { 0 };
        struct span text = bakery__span(refusals[_i].text);
        bakery_status st = bakery__yaml_tree_parse(text, "t.yml", NULL, &json, &err);

        ck_assert_msg(st == BAKERY_ERR_FORMAT, "%s: accepted", refusals[_i].what);
        ck_assert_msg(strstr(bakery_error_message(err), refusals[_i].says), "%s: says '%s'", refusals[_i].what,
                      bakery_error_message(err));
        ck_assert_msg(!json.root, "%s: output touched on failure", refusals[_i].what);
        ck_assert_msg(bakery__yaml_tree_parse(text, "t.yml", NULL, &json, NULL) == st,
                      "%s: differs without an error object", refusals[_i].what);
}
END_TEST

START_TEST(nesting_is_bounded)
{
        AUTO_CLEAR(buf) text = { .max = 1000 };
        AUTO_CLEAR(json) json = { 0 };
        bool too_deep = _i == 1;

        bakery__buf_text(&text, "a: ");
        bakery__buf_repeat(&text, '[', too_deep ? 64 : 63);
        bakery__buf_repeat(&text, ']', too_deep ? 64 : 63);
        ck_assert_int_eq(bakery__yaml_tree_parse((struct span){ text.at, text.len }, "t.yml", NULL, &json, NULL),
                         too_deep ? BAKERY_ERR_FORMAT : BAKERY_OK);
}
END_TEST

/* A thousand warnings in front of an error: the report drops warnings, and the error is told. */
START_TEST(warnings_do_not_hide_an_error)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(json) json = { 0 };

        for (int i = 0; i < 1100; i++)
                bakery__buf_text(&text, "a: 1\n");
        bakery__buf_text(&text, "b: !x 1\n");
        ck_assert_int_eq(bakery__yaml_tree_parse((struct span){ text.at, text.len }, "t.yml", NULL, &json, &err),
                         BAKERY_ERR_FORMAT);
        ck_assert_ptr_nonnull(strstr(bakery_error_message(err), "line 1101: !x"));
}
END_TEST

Suite *yaml_tree_suite(void)
{
        Suite *suite = suite_create("yaml_tree");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, reads_as_cloudformation_does, 0, (int)N_ELEMENTS(trees));
        tcase_add_loop_test(tcase, warns_of_what_nobody_expects, 0, (int)N_ELEMENTS(surprises));
        tcase_add_loop_test(tcase, refuses_what_cloudformation_does, 0, (int)N_ELEMENTS(refusals));
        tcase_add_loop_test(tcase, nesting_is_bounded, 0, 2);
        tcase_add_test(tcase, warnings_do_not_hide_an_error);
        suite_add_tcase(suite, tcase);
        return suite;
}
