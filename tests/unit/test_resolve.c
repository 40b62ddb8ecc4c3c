#include "deploy/resolve.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

Suite *resolve_suite(void);

static const char template_text[] = "Parameters:\n"
                                    "  Team: { Type: String }\n"
                                    "  Days: { Type: Number, Default: 30 }\n"
                                    "  Id: { Type: String, Default: 012345670123 }\n"
                                    "  List: { Type: CommaDelimitedList, Default: 'a,b,c' }\n"
                                    "  Empty: { Type: String, Default: '' }\n"
                                    "  None: { Type: String }\n"
                                    "  Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b }\n"
                                    "Mappings:\n"
                                    "  Names: { '222222222222': { Name: Main, All: [x, y] } }\n"
                                    "Conditions:\n"
                                    "  Mine: !Equals [!Ref Team, My]\n"
                                    "  Other: !Not [!Condition Mine]\n"
                                    "  Unknown: !Equals [!Ref None, a]\n"
                                    "  Itself: !Equals [!Ref None, !Ref None]\n"
                                    "  Both: !And [!Condition Mine, !Condition Unknown]\n"
                                    "  NotBoth: !And [!Condition Other, !Condition Unknown]\n"
                                    "  AllOf: !And [!Condition Mine, !Equals [1, '1']]\n"
                                    "  Either: !Or [!Condition Other, !Condition Mine]\n"
                                    "  Neither: !Or [!Condition Other, !Not [!Condition Mine]]\n"
                                    "  EitherUnknown: !Or [!Condition Unknown, !Condition Other]\n"
                                    "  Circle: !Not [!Condition Circle]\n"
                                    "  Nothing: !And []\n"
                                    "  Text: 'true'\n";

static struct resolve_scope scope_of(const struct json *template)
{
        static const struct parameter parameters[] = { { "Team", "My" }, { "Undeclared", "x" } };

        return (struct resolve_scope){ .template = template->root,
                                       .stack_name = "MyStack",
                                       .account_id = "222222222222",
                                       .partition = "aws",
                                       .region = "eu-west-1",
                                       .parameters = parameters,
                                       .n_parameters = N_ELEMENTS(parameters) };
}

static void parse(const char *text, struct json *ret)
{
        AUTO_PTR(bakery_error) err = NULL;
        bakery_status st = bakery__template_parse(bakery__span(text), "t.yml", NULL, ret, &err);

        ck_assert_msg(st == BAKERY_OK, "%s", bakery_error_message(err));
}

/* The value of "v" in a document, worked out. */
static const struct {
        const char *text, *shown;
} values[] = {
        { "v: plain", "[\"plain\"]" },
        { "v: {a: [1, true, ~, {b: c}]}", "[{\"a\":[1,true,null,{\"b\":\"c\"}]}]" },
        { "v: !Ref Team", "[\"My\"]" },
        { "v: !Ref Days", "[\"30\"]" },
        { "v: !Ref Id", "[\"1402433619\"]" },
        { "v: !Ref List", "[[\"a\",\"b\",\"c\"]]" },
        { "v: !Ref Empty", "[\"\"]" },
        { "v: !Ref None", "[\"<Ref None>\"]" },
        { "v: !Ref Stored", "[\"<Ref Stored>\"]" },
        { "v: !Ref Undeclared", "[\"<Ref Undeclared>\"]" },
        { "v: !Ref GroupX", "[\"<Ref GroupX>\"]" },
        { "v: !Ref [a]", "[\"<{\"Ref\":[\"a\"]}>\"]" },
        { "v: !Ref AWS::NoValue", "[]" },
        { "v: {a: !Ref AWS::NoValue, b: [!Ref AWS::NoValue, c]}", "[{\"b\":[\"c\"]}]" },
        { "v: [!Ref AWS::AccountId, !Ref AWS::Region, !Ref AWS::Partition, !Ref AWS::StackName]",
          "[[\"222222222222\",\"eu-west-1\",\"aws\",\"MyStack\"]]" },
        { "v: !Ref AWS::URLSuffix", "[\"<Ref AWS::URLSuffix>\"]" },
        { "v: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:user/${!aws:username}'",
          "[\"arn:aws:iam::222222222222:user/${aws:username}\"]" },
        { "v: !Sub ['${a}-${Team}-${b}', {a: !Ref Days, b: x}]", "[\"30-My-x\"]" },
        { "v: !Sub '${Role.Arn}/${None}'", "[\"<Fn::GetAtt Role.Arn>/<Ref None>\"]" },
        { "v: !Sub '${open'", "[\"${open\"]" },
        { "v: !Sub 'a$b${}c'", "[\"a$b<Ref >c\"]" },
        { "v: !Sub ['${a}']", "[\"<{\"Fn::Sub\":[\"${a}\"]}>\"]" },
        { "v: !Join [':', [a, !Ref Team, !Ref AWS::NoValue, 3]]", "[\"a:My:3\"]" },
        { "v: !Join ['-', !Ref List]", "[\"a-b-c\"]" },
        { "v: !Join [',', []]", "[\"\"]" },
        { "v: !Join [',', text]", "[\"<{\"Fn::Join\":[\",\",\"text\"]}>\"]" },
        { "v: !Select [1, [a, !Ref Team]]", "[\"My\"]" },
        { "v: !Select ['0', !Ref List]", "[\"a\"]" },
        { "v: !Select [3, !Ref List]", "[\"<{\"Fn::Select\":[3,[\"a\",\"b\",\"c\"]]}>\"]" },
        { "v: !Select [x, [a]]", "[\"<{\"Fn::Select\":[\"x\",[\"a\"]]}>\"]" },
        { "v: !Split [', ', 'a, b, ']", "[[\"a\",\"b\",\"\"]]" },
        { "v: !Split [',', !Ref None]", "[\"<{\"Fn::Split\":[\",\",\"<Ref None>\"]}>\"]" },
        { "v: !Split ['', a]", "[\"<{\"Fn::Split\":[\"\",\"a\"]}>\"]" },
        { "v: !FindInMap [Names, !Ref AWS::AccountId, Name]", "[\"Main\"]" },
        { "v: !FindInMap [Names, '222222222222', All]", "[[\"x\",\"y\"]]" },
        { "v: !FindInMap [Names, '333333333333', Name]",
          "[\"<{\"Fn::FindInMap\":[\"Names\",\"333333333333\",\"Name\"]}>\"]" },
        { "v: !FindInMap [Names, a]", "[\"<{\"Fn::FindInMap\":[\"Names\",\"a\"]}>\"]" },
        { "v: !If [Mine, a, b]", "[\"a\"]" },
        { "v: !If [Other, a, !Ref Team]", "[\"My\"]" },
        { "v: !If [Other, a, !Ref AWS::NoValue]", "[]" },
        { "v: !If [Unknown, a, b]", "[\"<{\"Fn::If\":[\"Unknown\",\"a\",\"b\"]}>\"]" },
        { "v: !If [Missing, a, b]", "[\"<{\"Fn::If\":[\"Missing\",\"a\",\"b\"]}>\"]" },
        { "v: !If [Mine, a]", "[\"<{\"Fn::If\":[\"Mine\",\"a\"]}>\"]" },
        { "v: !GetAtt Role.Arn", "[\"<Fn::GetAtt Role.Arn>\"]" },
        { "v: {'Fn::GetAtt': Role.Arn}", "[\"<Fn::GetAtt Role.Arn>\"]" },
        { "v: {'Fn::GetAtt': [Role, !Ref Team]}", "[\"<Fn::GetAtt Role.My>\"]" },
        { "v: !ImportValue {'Fn::Sub': '${Team}-x'}", "[\"<{\"Fn::ImportValue\":\"My-x\"}>\"]" },
        { "v: {Condition: {Bool: {a: b}}}", "[{\"Condition\":{\"Bool\":{\"a\":\"b\"}}}]" },
        { "v: {Ref: a, Other: b}", "[{\"Ref\":\"a\",\"Other\":\"b\"}]" },
};

START_TEST(works_functions_out)
{
        AUTO_CLEAR(json) template = { 0 };
        AUTO_CLEAR(json) document = { 0 };
        AUTO_CLEAR(json) made = { 0 };
        AUTO_CLEAR(buf) shown = { .max = 1000 };

        parse(template_text, &template);
        parse(values[_i].text, &document);
        struct resolve_scope scope = scope_of(&template);
        bakery__resolve(&made, bakery__json_root_array(&made), NULL, &scope, json_at(&document, "v"));
        ck_assert_int_eq(bakery__json_print(&made, JSON_COMPACT, &shown, "it", NULL), BAKERY_OK);

        /* Quotes within text are escaped in JSON; the table has them as they are. */
        char plain[1000];
        size_t n = 0;
        for (const char *c = shown.at; *c; c++)
                if (*c != '\\')
                        plain[n++] = *c;
        plain[n] = '\0';
        ck_assert_msg(strcmp(plain, values[_i].shown) == 0, "%s: %s", values[_i].text, plain);
}
END_TEST

static const struct {
        const char *name;
        enum resolve_answer answer;
} conditions[] = {
        { "Mine", RESOLVE_YES },         { "Other", RESOLVE_NO },
        { "Unknown", RESOLVE_UNKNOWN },  { "Itself", RESOLVE_YES },
        { "Both", RESOLVE_UNKNOWN },     { "NotBoth", RESOLVE_NO },
        { "AllOf", RESOLVE_YES },        { "Either", RESOLVE_YES },
        { "Neither", RESOLVE_NO },       { "Missing", RESOLVE_UNKNOWN },
        { "Circle", RESOLVE_NO_MEMORY }, { "Nothing", RESOLVE_UNKNOWN },
        { "Text", RESOLVE_UNKNOWN },     { "EitherUnknown", RESOLVE_UNKNOWN },
};

START_TEST(answers_conditions)
{
        AUTO_CLEAR(json) template = { 0 };

        parse(template_text, &template);
        struct resolve_scope scope = scope_of(&template);
        ck_assert_msg(bakery__resolve_condition(&scope, conditions[_i].name) == conditions[_i].answer, "%s",
                      conditions[_i].name);
}
END_TEST

/* Each condition asks the one before twice; each value holds a large one often. Both end. */
START_TEST(a_bomb_does_not_grow)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };
        AUTO_CLEAR(json) template = { 0 };
        AUTO_CLEAR(json) made = { 0 };

        bakery__buf_text(&text, "Conditions:\n  C0: !Equals [a, a]\n");
        for (int i = 1; i < 60; i++)
                bakery__buf_format(&text, "  C%d: !And [!Condition C%d, !Condition C%d]\n", i, i - 1, i - 1);
        bakery__buf_text(&text, "Mappings: {M: {a: {b: [");
        for (int i = 0; i < 10000; i++)
                bakery__buf_text(&text, "xxxxxxxxx,");
        bakery__buf_text(&text, "]}}}\nv: [");
        for (int i = 0; i < 10000; i++)
                bakery__buf_text(&text, "!FindInMap [M, a, b],");
        bakery__buf_text(&text, "]\n");
        parse(text.at, &template);

        struct resolve_scope scope = scope_of(&template);
        ck_assert_int_eq(bakery__resolve_condition(&scope, "C59"), RESOLVE_NO_MEMORY);
        ck_assert_int_eq(bakery__resolve_condition(&scope, "C5"), RESOLVE_YES);
        bakery__resolve(&made, bakery__json_root_array(&made), NULL, &scope, json_at(&template, "v"));
        ck_assert(made.no_memory);
}
END_TEST

/* "012" is no number of JSON, which refuses it where YAML does not. */
static const struct {
        const char *text;
        bakery_status status;
} languages[] = {
        { "{\"a\": 012}", BAKERY_ERR_FORMAT },
        { "\xef\xbb\xbf\n {\"a\": 012}", BAKERY_ERR_FORMAT },
        { "\xef\xbb\xbf\n {\"a\": 12}", BAKERY_OK },
        { "a: {b: 012}", BAKERY_OK },
        { "--- {a: 012}", BAKERY_OK },
};

START_TEST(tells_json_from_yaml)
{
        AUTO_CLEAR(json) made = { 0 };

        ck_assert_msg(bakery__template_parse(bakery__span(languages[_i].text), "t", NULL, &made, NULL) ==
                              languages[_i].status,
                      "%s", languages[_i].text);
}
END_TEST

START_TEST(a_template_is_a_megabyte_at_most)
{
        static char text[(1 << 20) + 1] = "a: 1\n#";
        AUTO_CLEAR(json) json = { 0 };

        memset(text + 6, 'x', sizeof text - 6);
        ck_assert_int_eq(bakery__template_parse((struct span){ text, sizeof text }, "t", NULL, &json, NULL),
                         BAKERY_ERR_LIMIT);
        ck_assert_int_eq(bakery__template_parse((struct span){ text, sizeof text - 1 }, "t", NULL, &json, NULL),
                         BAKERY_OK);
}
END_TEST

Suite *resolve_suite(void)
{
        Suite *suite = suite_create("resolve");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, works_functions_out, 0, (int)N_ELEMENTS(values));
        tcase_add_loop_test(tcase, answers_conditions, 0, (int)N_ELEMENTS(conditions));
        tcase_add_test(tcase, a_bomb_does_not_grow);
        tcase_add_loop_test(tcase, tells_json_from_yaml, 0, (int)N_ELEMENTS(languages));
        tcase_add_test(tcase, a_template_is_a_megabyte_at_most);
        suite_add_tcase(suite, tcase);
        return suite;
}
