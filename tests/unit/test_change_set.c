/* Change sets: read over all their pages, with and without property values, as one. */
#include "aws/change_set.h"

#include <check.h>
#include <string.h>

#include "fake_wire.h"

Suite *change_set_suite(void);

#define ANSWER_OF(action, result) \
        "<" action "Response><" action "Result>" result "</" action "Result></" action "Response>"
#define HEAD(status, execution)                                                                                \
        "<ChangeSetId>arn:c</ChangeSetId><ChangeSetName>c</ChangeSetName><StackId>arn:s</StackId><StackName>s" \
        "</StackName><Status>" status "</Status><ExecutionStatus>" execution "</ExecutionStatus>"
#define COMPLETE HEAD("CREATE_COMPLETE", "AVAILABLE")
#define SET(head, changes, rest) ANSWER_OF("DescribeChangeSet", head "<Changes>" changes "</Changes>" rest)
#define MORE(token) "<NextToken>" token "</NextToken>"
#define CHANGE(action, id, rest)                                                                         \
        "<member><Type>Resource</Type><ResourceChange><Action>" action "</Action><LogicalResourceId>" id \
        "</LogicalResourceId><ResourceType>T</ResourceType>" rest "</ResourceChange></member>"
#define DETAILS(members) "<Details>" members "</Details>"
#define SCOPE(members) "<Scope>" members "</Scope>"
#define PLAIN_DETAIL(name, source)                                                                      \
        "<member><Target><Attribute>Properties</Attribute><Name>" name                                  \
        "</Name><RequiresRecreation>Never</RequiresRecreation></Target><Evaluation>Static</Evaluation>" \
        "<ChangeSource>" source "</ChangeSource></member>"
#define VALUE_DETAIL(name, source, values)                             \
        "<member><Target><Attribute>Properties</Attribute><Name>" name \
        "</Name><RequiresRecreation>Never</RequiresRecreation>" values \
        "</Target><Evaluation>Static</Evaluation><ChangeSource>" source "</ChangeSource></member>"
#define REFUSAL(code, message) \
        "<ErrorResponse><Error><Code>" code "</Code><Message>" message "</Message></Error></ErrorResponse>"

static bakery_status describe(struct fake_wire *wire, struct arena *arena, const struct cfn_change_set **ret,
                              bakery_error **err)
{
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        struct aws_access aws = { fake_client(wire), keys, "eu-west-1" };

        return bakery__cfn_describe_change_set(&aws, "s", "c", arena, ret, err);
}

static const char *or_dash(const char *text)
{
        return text ? text : "-";
}

/* One line a change: action id replacement physical change set [scope] (detail before>after ...). */
static void print(const struct cfn_change_set *set, struct buf *text)
{
        size_t n = 0;

        for (const struct cfn_change *change = set->changes; change; change = change->next, n++) {
                bakery__buf_format(text, "%s %s %s %s %s %s %s %s [", change->action, change->logical_id,
                                   or_dash(change->replacement), or_dash(change->physical_id),
                                   or_dash(change->change_set_id), or_dash(change->policy_action),
                                   or_dash(change->before_context), or_dash(change->after_context));
                for (size_t i = 0; i < change->scope.count; i++)
                        bakery__buf_format(text, "%s%s", i ? " " : "", change->scope.at[i]);
                bakery__buf_text(text, "]");
                for (size_t i = 0; i < change->details.count; i++)
                        bakery__buf_format(text, " (%s %s %s>%s)", or_dash(change->details.at[i].name),
                                           or_dash(change->details.at[i].source), or_dash(change->details.at[i].before),
                                           or_dash(change->details.at[i].after));
                bakery__buf_text(text, "\n");
        }
        ck_assert_uint_eq(set->change_count, n);
}

/* The plain description, that with values, and what comes of the two. */
static const struct {
        const char *what, *plain, *with_values, *merged;
} merges[] = {
        { "nothing", "", "", "" },
        { "both have it", CHANGE("Add", "A", ""), CHANGE("Add", "A", "<AfterContext>{1}</AfterContext>"),
          "Add A - - - - - {1} []\n" },
        { "dropped by the values", CHANGE("Add", "A", "") CHANGE("Modify", "B", "<Replacement>True</Replacement>"),
          CHANGE("Add", "A", "<AfterContext>{1}</AfterContext>"),
          "Add A - - - - - {1} []\nModify B True - - - - - []\n" },
        { "dropped without values", CHANGE("Add", "B", ""),
          CHANGE("Remove", "A", "<BeforeContext>{0}</BeforeContext>") CHANGE("Add", "B", "") CHANGE("Add", "C", ""),
          "Add B - - - - - - []\nRemove A - - - - {0} - []\nAdd C - - - - - - []\n" },
        { "all dropped by the values", CHANGE("Remove", "A", ""), "", "Remove A - - - - - - []\n" },
        { "all dropped without values", "", CHANGE("Remove", "A", ""), "Remove A - - - - - - []\n" },
        { "two actions on one resource", CHANGE("Add", "A", ""), CHANGE("Remove", "A", ""),
          "Add A - - - - - - []\nRemove A - - - - - - []\n" },
        { "what only one says",
          CHANGE("Modify", "A", "<PhysicalResourceId>P</PhysicalResourceId><PolicyAction>Retain</PolicyAction>"),
          CHANGE("Modify", "A", "<PhysicalResourceId>Q</PhysicalResourceId><ChangeSetId>arn:n</ChangeSetId>"),
          "Modify A - P arn:n Retain - - []\n" },
        { "replacement, here", CHANGE("Modify", "A", "<Replacement>Conditional</Replacement>"),
          CHANGE("Modify", "A", "<Replacement>False</Replacement>"), "Modify A Conditional - - - - - []\n" },
        { "replacement, there", CHANGE("Modify", "A", "<Replacement>Conditional</Replacement>"),
          CHANGE("Modify", "A", "<Replacement>True</Replacement>"), "Modify A True - - - - - []\n" },
        { "no replacement", CHANGE("Modify", "A", ""), CHANGE("Modify", "A", "<Replacement>False</Replacement>"),
          "Modify A False - - - - - []\n" },
        { "scopes", CHANGE("Modify", "A", SCOPE("<member>Properties</member><member>Tags</member>")),
          CHANGE("Modify", "A", SCOPE("<member>Metadata</member><member>Tags</member>")),
          "Modify A - - - - - - [Properties Tags Metadata]\n" },
        { "details told in more words", CHANGE("Modify", "A", DETAILS(PLAIN_DETAIL("N", "DirectModification"))),
          CHANGE("Modify", "A",
                 DETAILS(VALUE_DETAIL("N", "DirectModification",
                                      "<Path>/Properties/N/0</Path><BeforeValue/><AfterValue>x</AfterValue>")
                                 VALUE_DETAIL("N", "DirectModification",
                                              "<Path>/Properties/N/1</Path><BeforeValue>y</BeforeValue>"))),
          "Modify A - - - - - - [] (N DirectModification >x) (N DirectModification y>-)\n" },
        { "a detail dropped by the values",
          CHANGE("Modify", "A",
                 DETAILS(PLAIN_DETAIL("N", "DirectModification") PLAIN_DETAIL("PolicyDocument", "DirectModification")
                                 PLAIN_DETAIL("N", "ParameterReference"))),
          CHANGE("Modify", "A", DETAILS(VALUE_DETAIL("N", "DirectModification", "<AfterValue>x</AfterValue>"))),
          "Modify A - - - - - - [] (N DirectModification ->x) (PolicyDocument DirectModification ->-) (N "
          "ParameterReference ->-)\n" },
};

START_TEST(two_descriptions_become_one)
{
        AUTO_CLEAR(buf) plain = { .max = 1 << 16 };
        AUTO_CLEAR(buf) with_values = { .max = 1 << 16 };
        AUTO_CLEAR(buf) text = { .max = 1 << 16 };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct cfn_change_set *set = NULL;

        bakery__buf_format(&plain, SET(COMPLETE, "%s", ""), merges[_i].plain);
        bakery__buf_format(&with_values, SET(COMPLETE, "%s", ""), merges[_i].with_values);
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, plain.at), ANSWER(200, NULL, with_values.at) }, .bodies.max = 1 << 16 };
        ck_assert_msg(describe(&wire, &arena, &set, &err) == BAKERY_OK, "%s: %s", merges[_i].what,
                      bakery_error_message(err));
        ck_assert_str_eq(wire.bodies.at,
                         "Action=DescribeChangeSet&Version=2010-05-15&StackName=s&ChangeSetName=c\n"
                         "Action=DescribeChangeSet&Version=2010-05-15&StackName=arn%3As&ChangeSetName=arn%3Ac"
                         "&IncludePropertyValues=true\n");
        print(set, &text);
        ck_assert_msg(bakery__str_equal(text.at ? text.at : "", merges[_i].merged), "%s:\n%s", merges[_i].what,
                      text.at);
}
END_TEST

/* What only values, evaluation or recreation tell apart are two details. */
START_TEST(a_detail_that_says_something_else_stays)
{
#define TARGET(more) "<member><Target><Attribute>Properties</Attribute><Name>N</Name>" more
        static const char plain[] =
                SET(COMPLETE,
                    CHANGE("Modify", "A",
                           DETAILS(TARGET("<RequiresRecreation>Always</RequiresRecreation></Target></member>")
                                           TARGET("</Target><Evaluation>Dynamic</Evaluation></member>")
                                                   TARGET("</Target><CausingEntity>R.Arn</CausingEntity></member>")
                                                           TARGET("</Target></member>"))),
                    "");
        static const char with_values[] = SET(
                COMPLETE, CHANGE("Modify", "A", DETAILS(TARGET("<AfterValue>x</AfterValue></Target></member>"))), "");
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, plain), ANSWER(200, NULL, with_values) } };
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_change_set *set = NULL;

        ck_assert_int_eq(describe(&wire, &arena, &set, NULL), BAKERY_OK);
        ck_assert_uint_eq(set->changes->details.count, 4);
        ck_assert_str_eq(set->changes->details.at[0].after, "x");
        ck_assert_str_eq(set->changes->details.at[1].requires_recreation, "Always");
        ck_assert_str_eq(set->changes->details.at[2].evaluation, "Dynamic");
        ck_assert_str_eq(set->changes->details.at[3].causing_entity, "R.Arn");
}
END_TEST

START_TEST(both_descriptions_are_paged)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, SET(COMPLETE, CHANGE("Add", "A", ""), MORE("p1"))),
                              ANSWER(200, NULL, SET(COMPLETE, CHANGE("Add", "B", ""), "")),
                              ANSWER(200, NULL, SET(COMPLETE, "", MORE("v1"))),
                              ANSWER(200, NULL, SET(COMPLETE, CHANGE("Add", "A", ""), MORE("v2"))),
                              ANSWER(200, NULL, SET(COMPLETE, CHANGE("Add", "C", ""), "")) },
                 .bodies.max = 1 << 16 };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_CLEAR(buf) text = { .max = 1000 };
        const struct cfn_change_set *set = NULL;

        ck_assert_int_eq(describe(&wire, &arena, &set, NULL), BAKERY_OK);
#define PLAIN "Action=DescribeChangeSet&Version=2010-05-15&StackName=s&ChangeSetName=c"
#define VALUES \
        "Action=DescribeChangeSet&Version=2010-05-15&StackName=arn%3As&ChangeSetName=arn%3Ac&IncludePropertyValues=true"
        ck_assert_str_eq(wire.bodies.at, PLAIN "\n" PLAIN "&NextToken=p1\n" VALUES "\n" VALUES "&NextToken=v1\n" VALUES
                                               "&NextToken=v2\n");
        print(set, &text);
        ck_assert_str_eq(text.at, "Add A - - - - - - []\nAdd B - - - - - - []\nAdd C - - - - - - []\n");
}
END_TEST

START_TEST(a_repeated_token_is_an_error)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, SET(COMPLETE, "", MORE("t1"))) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct cfn_change_set untouched, *set = &untouched;

        ck_assert_int_eq(describe(&wire, &arena, &set, &err), BAKERY_ERR_NETWORK);
        ck_says(err, "DescribeChangeSet: the marker did not advance");
        ck_assert_ptr_eq(set, &untouched);
}
END_TEST

/* One that is not complete has no changes to ask for. */
START_TEST(an_unfinished_one_is_asked_for_once)
{
        static const char *const states[] = { "CREATE_PENDING", "CREATE_IN_PROGRESS", "FAILED" };

        for (size_t i = 0; i < N_ELEMENTS(states); i++) {
                AUTO_CLEAR(buf) body = { .max = 4096 };
                AUTO_CLEAR(arena) arena = { 0 };
                const struct cfn_change_set *set = NULL;

                bakery__buf_format(&body, SET(HEAD("%s", "UNAVAILABLE"), "", "<StatusReason>why</StatusReason>"),
                                   states[i]);
                AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, body.at) } };
                ck_assert_int_eq(describe(&wire, &arena, &set, NULL), BAKERY_OK);
                ck_assert_uint_eq(wire.requests, 1);
                ck_assert_str_eq(set->status, states[i]);
                ck_assert_str_eq(set->status_reason, "why");
                ck_assert_str_eq(set->execution_status, "UNAVAILABLE");
                ck_assert_ptr_null(set->changes);
        }
}
END_TEST

/* What is not there, at first or between the two descriptions. */
START_TEST(one_that_is_not_there_is_null)
{
        static const struct {
                struct fake_answer answers[2];
                unsigned requests;
        } cases[] = {
                { { ANSWER(404, NULL, REFUSAL("ChangeSetNotFound", "ChangeSet [c] does not exist")) }, 1 },
                { { ANSWER(400, NULL, REFUSAL("ValidationError", "Stack [s] does not exist")) }, 1 },
                { { ANSWER(200, NULL, SET(COMPLETE, "", "")), ANSWER(404, NULL, REFUSAL("ChangeSetNotFound", "")) },
                  2 },
        };

        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { cases[i].answers[0], cases[i].answers[1] } };
                AUTO_CLEAR(arena) arena = { 0 };
                AUTO_PTR(bakery_error) err = NULL;
                const struct cfn_change_set some, *set = &some;

                ck_assert_int_eq(describe(&wire, &arena, &set, &err), BAKERY_OK);
                ck_assert_ptr_null(set);
                ck_assert_ptr_null(err);
                ck_assert_uint_eq(wire.requests, cases[i].requests);
        }
}
END_TEST

START_TEST(a_second_description_that_is_refused_is_an_error)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, SET(COMPLETE, CHANGE("Add", "A", ""), "")),
                              ANSWER(403, NULL, REFUSAL("AccessDenied", "no")) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct cfn_change_set *set = NULL;

        ck_assert_int_eq(describe(&wire, &arena, &set, &err), BAKERY_ERR_DENIED);
        ck_hints(err, "cloudformation:DescribeChangeSet");
        ck_assert_ptr_null(set);
}
END_TEST

START_TEST(reads_a_whole_change_set)
{
        static const char plain[] = SET(
                HEAD("CREATE_COMPLETE", "AVAILABLE"),
                CHANGE("Modify", "A",
                       "<PhysicalResourceId>P</PhysicalResourceId><Replacement>False</Replacement>" SCOPE(
                               "<member>Properties</member>")
                               DETAILS("<member><Target><Attribute>Properties</Attribute><Name>Groups</Name><Path>"
                                       "/Properties/Groups</Path><RequiresRecreation>Conditionally</RequiresRecreation>"
                                       "<BeforeValue>b</BeforeValue><AfterValue>a</AfterValue><AttributeChangeType>Modify"
                                       "</AttributeChangeType></Target><Evaluation>Dynamic</Evaluation><ChangeSource>"
                                       "ResourceAttribute</ChangeSource><CausingEntity>R.Arn</CausingEntity></member>")),
                "<Description>d</Description><CreationTime>2026-11-22T10:00:00.5Z</CreationTime><ParentChangeSetId>arn:p"
                "</ParentChangeSetId><RootChangeSetId>arn:r</RootChangeSetId><OnStackFailure>DELETE</OnStackFailure>"
                "<IncludeNestedStacks>true</IncludeNestedStacks><ImportExistingResources>true</ImportExistingResources>"
                "<Tags><member><Key>K</Key><Value>V</Value></member></Tags><Parameters><member><ParameterKey>P"
                "</ParameterKey><ParameterValue>Q</ParameterValue></member></Parameters><Capabilities><member>C</member>"
                "</Capabilities>");
        static const char later[] = SET(HEAD("CREATE_COMPLETE", "OBSOLETE"), "", "");
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, plain), ANSWER(200, NULL, later) } };
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_change_set *set = NULL;

        ck_assert_int_eq(describe(&wire, &arena, &set, NULL), BAKERY_OK);
        ck_assert_str_eq(set->id, "arn:c");
        ck_assert_str_eq(set->name, "c");
        ck_assert_str_eq(set->stack_id, "arn:s");
        ck_assert_str_eq(set->stack_name, "s");
        ck_assert_str_eq(set->status, "CREATE_COMPLETE");
        ck_assert_str_eq(set->execution_status, "OBSOLETE"); /* as it was last heard of */
        ck_assert_str_eq(set->description, "d");
        ck_assert_int_eq(set->created_ms, 1795341600500);
        ck_assert_str_eq(set->parent_id, "arn:p");
        ck_assert_str_eq(set->root_id, "arn:r");
        ck_assert_str_eq(set->on_stack_failure, "DELETE");
        ck_assert(set->include_nested_stacks && set->import_existing_resources);
        ck_assert_str_eq(bakery__cfn_value(&set->tags, "K"), "V");
        ck_assert_str_eq(set->parameters.at[0].value, "Q");
        ck_assert_str_eq(set->capabilities.at[0], "C");
        ck_assert_str_eq(set->changes->type, "T");

        const struct cfn_change_detail *detail = &set->changes->details.at[0];
        ck_assert_str_eq(detail->attribute, "Properties");
        ck_assert_str_eq(detail->name, "Groups");
        ck_assert_str_eq(detail->path, "/Properties/Groups");
        ck_assert_str_eq(detail->requires_recreation, "Conditionally");
        ck_assert_str_eq(detail->before, "b");
        ck_assert_str_eq(detail->after, "a");
        ck_assert_str_eq(detail->change, "Modify");
        ck_assert_str_eq(detail->evaluation, "Dynamic");
        ck_assert_str_eq(detail->source, "ResourceAttribute");
        ck_assert_str_eq(detail->causing_entity, "R.Arn");
}
END_TEST

/* A change without what every change has is not passed over. */
static const struct {
        const char *body, *says;
} incomplete[] = {
        { SET("<ChangeSetName>c</ChangeSetName>", "", ""), "it lacks ChangeSetId" },
        { SET("<ChangeSetId>i</ChangeSetId><ChangeSetName>c</ChangeSetName><StackId>s</StackId><StackName>s</StackName>",
              "", ""),
          "it lacks Status" },
        { SET(COMPLETE, "<member/>", ""), "it lacks ResourceChange/Action" },
        { SET(COMPLETE, "<member><ResourceChange><Action>Add</Action></ResourceChange></member>", ""),
          "it lacks ResourceChange/LogicalResourceId" },
};

START_TEST(says_what_a_description_lacks)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, incomplete[_i].body) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct cfn_change_set *set = NULL;

        ck_assert_int_eq(describe(&wire, &arena, &set, &err), BAKERY_ERR_NETWORK);
        ck_says(err, incomplete[_i].says);
        ck_assert_ptr_null(set);
}
END_TEST

START_TEST(gives_the_ids_of_a_new_one)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, ANSWER_OF("CreateChangeSet", "<Id>arn:c</Id><StackId>arn:s</StackId>")),
                              ANSWER(200, NULL, ANSWER_OF("CreateChangeSet", "<Id>arn:c</Id>")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(arena) arena = { 0 };
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct cfn_create_change_set request = { .stack = "s", .name = "c", .client_token = "t" };
        struct cfn_change_set_ids ids = { 0 }, none = { 0 };

        ck_assert_int_eq(bakery__cfn_create_change_set(&aws, &request, &arena, &ids, &err), BAKERY_OK);
        ck_assert_str_eq(ids.id, "arn:c");
        ck_assert_str_eq(ids.stack_id, "arn:s");
        ck_assert_int_eq(bakery__cfn_create_change_set(&aws, &request, &arena, &none, &err), BAKERY_ERR_NETWORK);
        ck_says(err, "it lacks StackId");
        ck_assert_ptr_null(none.id);
}
END_TEST

START_TEST(lists_change_sets)
{
#define SUMMARY(id, rest)          \
        "<member><ChangeSetId>" id \
        "</ChangeSetId><ChangeSetName>n</ChangeSetName><Status>CREATE_COMPLETE</Status>" rest "</member>"
        AUTO_CLEAR(fake_wire)
        wire = { .answers = {
                         ANSWER(200, NULL,
                                ANSWER_OF("ListChangeSets",
                                          "<Summaries>" SUMMARY(
                                                  "i1",
                                                  "<StatusReason>r</StatusReason><ExecutionStatus>"
                                                  "AVAILABLE</ExecutionStatus><Description>d"
                                                  "</Description><ParentChangeSetId>p"
                                                  "</ParentChangeSetId><RootChangeSetId>q"
                                                  "</RootChangeSetId><CreationTime>"
                                                  "2026-11-22T10:00:00Z</CreationTime>") "</Summaries>" MORE("t1"))),
                         ANSWER(200, NULL, ANSWER_OF("ListChangeSets", "<Summaries>" SUMMARY("i2", "") "</Summaries>")),
                 } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_CLEAR(arena) arena = { 0 };
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct cfn_change_set_summary *first = NULL;

        ck_assert_int_eq(bakery__cfn_list_change_sets(&aws, "s", &arena, &first, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.body, "Action=ListChangeSets&Version=2010-05-15&StackName=s&NextToken=t1");
        ck_assert_str_eq(first->id, "i1");
        ck_assert_str_eq(first->name, "n");
        ck_assert_str_eq(first->status, "CREATE_COMPLETE");
        ck_assert_str_eq(first->status_reason, "r");
        ck_assert_str_eq(first->execution_status, "AVAILABLE");
        ck_assert_str_eq(first->description, "d");
        ck_assert_str_eq(first->parent_id, "p");
        ck_assert_str_eq(first->root_id, "q");
        ck_assert_int_eq(first->created_ms, 1795341600000);
        ck_assert_str_eq(first->next->id, "i2");
        ck_assert_ptr_null(first->next->parent_id);
        ck_assert_ptr_null(first->next->next);
}
END_TEST

Suite *change_set_suite(void)
{
        Suite *suite = suite_create("change_set");
        TCase *tcase = tcase_create("answers");

        tcase_add_loop_test(tcase, two_descriptions_become_one, 0, (int)N_ELEMENTS(merges));
        tcase_add_test(tcase, a_detail_that_says_something_else_stays);
        tcase_add_test(tcase, both_descriptions_are_paged);
        tcase_add_test(tcase, a_repeated_token_is_an_error);
        tcase_add_test(tcase, an_unfinished_one_is_asked_for_once);
        tcase_add_test(tcase, one_that_is_not_there_is_null);
        tcase_add_test(tcase, a_second_description_that_is_refused_is_an_error);
        tcase_add_test(tcase, reads_a_whole_change_set);
        tcase_add_loop_test(tcase, says_what_a_description_lacks, 0, (int)N_ELEMENTS(incomplete));
        tcase_add_test(tcase, gives_the_ids_of_a_new_one);
        tcase_add_test(tcase, lists_change_sets);
        suite_add_tcase(suite, tcase);
        return suite;
}
