/* Stacks of CloudFormation, their resources, templates and events: what is read of the answers. */
#include "aws/cloudformation.h"
#include "aws/stack_events.h"

#include <check.h>
#include <string.h>

#include "fake_wire.h"

Suite *cloudformation_suite(void);

#define ANSWER_OF(action, result) \
        "<" action "Response><" action "Result>" result "</" action "Result></" action "Response>"
#define STACKS(stack) ANSWER_OF("DescribeStacks", "<Stacks><member>" stack "</member></Stacks>")
#define IDENTITY "<StackId>arn:s</StackId><StackName>s</StackName>"

static bakery_status describe(struct fake_wire *wire, struct arena *arena, const struct cfn_stack **ret,
                              bakery_error **err)
{
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        struct aws_access aws = { fake_client(wire), keys, "eu-west-1" };

        return bakery__cfn_describe_stack(&aws, "s", arena, ret, err);
}

START_TEST(reads_a_whole_stack)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(
                         200, NULL,
                         STACKS(IDENTITY
                                "<StackStatus>UPDATE_ROLLBACK_COMPLETE</StackStatus><StackStatusReason>b &amp; c"
                                "</StackStatusReason><Description>d</Description><RoleARN>arn:r</RoleARN>"
                                "<ParentId>arn:p</ParentId><RootId>arn:t</RootId><ChangeSetId>arn:c</ChangeSetId>"
                                "<CreationTime>2026-11-22T10:00:00.250Z</CreationTime>"
                                "<LastUpdatedTime>2026-11-22T10:00:01Z</LastUpdatedTime>"
                                "<DeletionTime>2026-11-22T10:00:02.5Z</DeletionTime>"
                                "<EnableTerminationProtection>true</EnableTerminationProtection>"
                                "<Tags><member><Key>Application</Key><Value>Bakery</Value></member>"
                                "<member><Key>Empty</Key><Value/></member></Tags>"
                                "<Outputs><member><OutputKey>Arn</OutputKey><OutputValue>arn:o</OutputValue>"
                                "<ExportName>x</ExportName></member></Outputs>"
                                "<Parameters><member><ParameterKey>TeamName</ParameterKey>"
                                "<ParameterValue>T</ParameterValue></member><member><ParameterKey>Kept</ParameterKey>"
                                "<UsePreviousValue>true</UsePreviousValue></member></Parameters>"
                                "<Capabilities><member>CAPABILITY_NAMED_IAM</member><member>CAPABILITY_IAM</member>"
                                "</Capabilities><Unknown><member/></Unknown>")) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct cfn_stack *stack = NULL;

        ck_assert_msg(describe(&wire, &arena, &stack, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_str_eq(stack->id, "arn:s");
        ck_assert_str_eq(stack->name, "s");
        ck_assert_str_eq(stack->status, "UPDATE_ROLLBACK_COMPLETE");
        ck_assert_str_eq(stack->status_reason, "b & c");
        ck_assert_str_eq(stack->description, "d");
        ck_assert_str_eq(stack->role_arn, "arn:r");
        ck_assert_str_eq(stack->parent_id, "arn:p");
        ck_assert_str_eq(stack->root_id, "arn:t");
        ck_assert_str_eq(stack->change_set_id, "arn:c");
        ck_assert_int_eq(stack->created_ms, 1795341600250);
        ck_assert_int_eq(stack->updated_ms, 1795341601000);
        ck_assert_int_eq(stack->deleted_ms, 1795341602500);
        ck_assert(stack->termination_protection);
        ck_assert_uint_eq(stack->tags.count, 2);
        ck_assert_str_eq(bakery__cfn_value(&stack->tags, "Application"), "Bakery");
        ck_assert_str_eq(bakery__cfn_value(&stack->tags, "Empty"), "");
        ck_assert_ptr_null(bakery__cfn_value(&stack->tags, "application"));
        ck_assert_uint_eq(stack->outputs.count, 1);
        ck_assert_str_eq(bakery__cfn_value(&stack->outputs, "Arn"), "arn:o");
        ck_assert_uint_eq(stack->parameters.count, 2);
        ck_assert_str_eq(stack->parameters.at[0].key, "TeamName");
        ck_assert_str_eq(stack->parameters.at[0].value, "T");
        ck_assert(!stack->parameters.at[0].use_previous_value);
        ck_assert_ptr_null(stack->parameters.at[1].value);
        ck_assert(stack->parameters.at[1].use_previous_value);
        ck_assert_uint_eq(stack->capabilities.count, 2);
        ck_assert_str_eq(stack->capabilities.at[1], "CAPABILITY_IAM");
}
END_TEST

START_TEST(what_a_stack_does_not_have_is_null)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL,
                                     STACKS(IDENTITY "<StackStatus>CREATE_COMPLETE</StackStatus><StackStatusReason/>"
                                                     "<LastUpdatedTime/><Tags/>")) } };
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack *stack = NULL;

        ck_assert_int_eq(describe(&wire, &arena, &stack, NULL), BAKERY_OK);
        ck_assert_ptr_null(stack->status_reason);
        ck_assert_ptr_null(stack->parent_id);
        ck_assert_int_eq(stack->created_ms, 0);
        ck_assert_int_eq(stack->updated_ms, 0);
        ck_assert(!stack->termination_protection);
        ck_assert_uint_eq(stack->tags.count + stack->outputs.count + stack->parameters.count, 0);
        ck_assert_uint_eq(stack->capabilities.count, 0);
}
END_TEST

/* Answers that lack what every stack has. */
static const struct {
        const char *body, *says;
} incomplete[] = {
        { STACKS("<StackName>s</StackName><StackStatus>X</StackStatus>"), "it lacks StackId" },
        { STACKS("<StackId/><StackName>s</StackName><StackStatus>X</StackStatus>"), "it lacks StackId" },
        { STACKS("<StackId>i</StackId><StackStatus>X</StackStatus>"), "it lacks StackName" },
        { STACKS(IDENTITY), "it lacks StackStatus" },
        { STACKS(IDENTITY "<StackStatus>X</StackStatus><CreationTime>soon</CreationTime>"),
          "it lacks a time that can be read" },
        { STACKS(IDENTITY "<StackStatus>X</StackStatus><Tags><member><Value>v</Value></member></Tags>"),
          "it lacks Key" },
        { ANSWER_OF("DescribeStacks", "<Stacks/>"), "it lacks Stacks/member" },
        { "<DescribeStacksResponse/>", "it lacks Stacks/member" },
        { "<html/>", "unexpected answer from cloudformation" },
};

START_TEST(says_what_an_answer_lacks)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, incomplete[_i].body) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct cfn_stack untouched, *stack = &untouched;

        ck_assert_int_eq(describe(&wire, &arena, &stack, &err), BAKERY_ERR_NETWORK);
        ck_says(err, incomplete[_i].says);
        ck_assert_ptr_eq(stack, &untouched);
}
END_TEST

START_TEST(a_stack_that_is_not_there_is_no_error)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = {
                         ANSWER(400, NULL,
                                "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id s does not "
                                "exist</Message></Error></ErrorResponse>") } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct cfn_stack before, *stack = &before;

        bakery__fail(&err, BAKERY_ERR_IO, "of an earlier try");
        ck_assert_int_eq(describe(&wire, &arena, &stack, &err), BAKERY_OK);
        ck_assert_ptr_null(stack);
        ck_assert_ptr_null(err);
}
END_TEST

#define RESOURCES(members, rest) \
        ANSWER_OF("ListStackResources", "<StackResourceSummaries>" members "</StackResourceSummaries>" rest)
#define RESOURCE(id)                                                                                        \
        "<member><LogicalResourceId>" id "</LogicalResourceId><ResourceType>AWS::IAM::Group</ResourceType>" \
        "<ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>"
#define MORE(token) "<NextToken>" token "</NextToken>"

static const struct {
        const char *pages[4];
        const char *ids; /* joined; NULL: an error */
        const char *tokens;
        const char *says;
} lists[] = {
        { { RESOURCES("", "") }, "", "", NULL },
        { { ANSWER_OF("ListStackResources", "") }, "", "", NULL },
        { { RESOURCES(RESOURCE("A") RESOURCE("B"), "<NextToken/>") }, "AB", "", NULL },
        { { RESOURCES(RESOURCE("A"), MORE("t/1")), RESOURCES("", MORE("t2")),
            RESOURCES(RESOURCE("B") RESOURCE("C"), "") },
          "ABC",
          "t%2F1 t2 ",
          NULL },
        { { RESOURCES(RESOURCE("A"), MORE("t1")), RESOURCES(RESOURCE("B"), MORE("t1")) },
          NULL,
          "t1 ",
          "ListStackResources: the marker did not advance" },
        { { RESOURCES("<member><LogicalResourceId>A</LogicalResourceId></member>", "") },
          NULL,
          "",
          "it lacks ResourceType" },
};

START_TEST(lists_resources_page_after_page)
{
        AUTO_CLEAR(fake_wire) wire = { .bodies.max = 1 << 16 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_CLEAR(buf) ids = { .max = 100 };
        AUTO_CLEAR(buf) want = { .max = 4096 };
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct cfn_resource untouched, *first = &untouched;

        for (size_t i = 0; i < N_ELEMENTS(lists[_i].pages) && lists[_i].pages[i]; i++)
                wire.answers[i] = (struct fake_answer)ANSWER(200, NULL, lists[_i].pages[i]);
        bakery_status st = bakery__cfn_list_resources(&aws, "s", &arena, &first, &err);
        bakery__buf_text(&want, "Action=ListStackResources&Version=2010-05-15&StackName=s\n");
        for (const char *token = lists[_i].tokens; *token; token += strcspn(token, " ") + 1)
                bakery__buf_format(&want, "Action=ListStackResources&Version=2010-05-15&StackName=s&NextToken=%.*s\n",
                                   (int)strcspn(token, " "), token);
        ck_assert_str_eq(wire.bodies.at, want.at);
        if (!lists[_i].ids) {
                ck_assert_int_eq(st, BAKERY_ERR_NETWORK);
                ck_says(err, lists[_i].says);
                ck_assert_ptr_eq(first, &untouched);
                return;
        }
        ck_assert_msg(st == BAKERY_OK, "%s", bakery_error_message(err));
        bakery__buf_text(&ids, "");
        for (const struct cfn_resource *resource = first; resource; resource = resource->next)
                bakery__buf_text(&ids, resource->logical_id);
        ck_assert_str_eq(ids.at ? ids.at : "", lists[_i].ids);
}
END_TEST

START_TEST(reads_a_resource)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(
                         200, NULL,
                         RESOURCES("<member><LogicalResourceId>A</LogicalResourceId><PhysicalResourceId>MyA"
                                   "</PhysicalResourceId><ResourceType>AWS::IAM::Group</ResourceType><ResourceStatus>"
                                   "DELETE_FAILED</ResourceStatus><ResourceStatusReason>has members"
                                   "</ResourceStatusReason><LastUpdatedTimestamp>2026-11-22T10:00:00.001Z"
                                   "</LastUpdatedTimestamp></member>",
                                   "")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_CLEAR(arena) arena = { 0 };
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct cfn_resource *resource = NULL;

        ck_assert_int_eq(bakery__cfn_list_resources(&aws, "s", &arena, &resource, NULL), BAKERY_OK);
        ck_assert_str_eq(resource->logical_id, "A");
        ck_assert_str_eq(resource->physical_id, "MyA");
        ck_assert_str_eq(resource->type, "AWS::IAM::Group");
        ck_assert_str_eq(resource->status, "DELETE_FAILED");
        ck_assert_str_eq(resource->status_reason, "has members");
        ck_assert_int_eq(resource->updated_ms, 1795341600001);
        ck_assert_ptr_null(resource->next);
}
END_TEST

/* 1 MB of quotation marks is six times as much on the wire. */
START_TEST(reads_the_largest_template)
{
        enum { TEMPLATE_MAX_BYTES = 1000000 };
        AUTO_CLEAR(buf) body = { .max = 8 << 20 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(arena) arena = { 0 };
        const char *template = NULL;

        bakery__buf_text(&body, "<GetTemplateResponse><GetTemplateResult><TemplateBody>");
        for (int i = 0; i < TEMPLATE_MAX_BYTES; i++)
                bakery__buf_text(&body, "&quot;");
        bakery__buf_text(&body, "</TemplateBody></GetTemplateResult></GetTemplateResponse>");
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, body.at) } };
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        ck_assert_msg(bakery__cfn_get_template(&aws, "s", NULL, &arena, &template, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        ck_assert_uint_eq(strlen(template), TEMPLATE_MAX_BYTES);
        ck_assert_uint_eq(strspn(template, "\""), TEMPLATE_MAX_BYTES);
}
END_TEST

START_TEST(an_empty_template_is_none)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, ANSWER_OF("GetTemplate", "<TemplateBody/>")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(arena) arena = { 0 };
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        const char *template = NULL;

        ck_assert_int_eq(bakery__cfn_get_template(&aws, "s", NULL, &arena, &template, &err), BAKERY_ERR_NETWORK);
        ck_says(err, "it lacks TemplateBody");
        ck_assert_ptr_null(template);
}
END_TEST

#define EVENTS(members, rest) ANSWER_OF("DescribeStackEvents", "<StackEvents>" members "</StackEvents>" rest)
#define EVENT(id, rest)                                                                                           \
        "<member><EventId>" id "</EventId><StackId>arn:s</StackId><StackName>s</StackName><Timestamp>2026-11-22T" \
        "10:00:00.007Z</Timestamp>" rest "</member>"

/* Counts, and says enough at an id. */
struct told {
        struct buf ids;
        const char *last;
        bakery_status fails;
};

static bakery_status tell(const struct cfn_event *event, void *context, bool *enough, bakery_error **err)
{
        struct told *told = context;

        bakery__buf_text(&told->ids, event->id);
        ck_assert_int_eq(event->time_ms, 1795341600007);
        *enough = bakery__str_equal(event->id, told->last);
        return *enough && told->fails ? bakery__fail(err, told->fails, "enough of this") : BAKERY_OK;
}

static const struct {
        const char *last;
        bakery_status fails;
        const char *ids;
        unsigned requests;
} walks[] = {
        { NULL, BAKERY_OK, "edcba", 3 },
        { "e", BAKERY_OK, "e", 1 },
        { "d", BAKERY_OK, "ed", 1 },
        { "c", BAKERY_OK, "edc", 2 },
        { "c", BAKERY_ERR_CANCELLED, "edc", 2 },
        { "a", BAKERY_OK, "edcba", 3 },
};

START_TEST(events_come_until_it_is_enough)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, EVENTS(EVENT("e", "") EVENT("d", ""), MORE("t1"))),
                              ANSWER(200, NULL, EVENTS(EVENT("c", "") EVENT("b", ""), MORE("t2"))),
                              ANSWER(200, NULL, EVENTS(EVENT("a", ""), "")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        struct told told = { { .max = 100 }, walks[_i].last, walks[_i].fails };

        ck_assert_int_eq(bakery__cfn_stack_events(&aws, "s", tell, &told, &err), walks[_i].fails);
        ck_assert_str_eq(told.ids.at, walks[_i].ids);
        ck_assert_uint_eq(wire.requests, walks[_i].requests);
        ck_assert_str_eq(bakery_error_message(err), walks[_i].fails ? "enough of this" : "");
        bakery__buf_clear(&told.ids);
}
END_TEST

/* Whoever has enough does not mind what the server says of the next page. */
START_TEST(enough_is_enough_whatever_comes_next)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, EVENTS(EVENT("b", ""), MORE("t1"))),
                              ANSWER(200, NULL, EVENTS(EVENT("a", ""), MORE("t1"))) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        struct told told = { { .max = 100 }, "a", BAKERY_OK };

        ck_assert_int_eq(bakery__cfn_stack_events(&aws, "s", tell, &told, NULL), BAKERY_OK);
        ck_assert_str_eq(told.ids.at, "ba");
        bakery__buf_clear(&told.ids);
}
END_TEST

static bakery_status keep(const struct cfn_event *event, void *context, bool *enough, bakery_error **err)
{
        (void)enough, (void)err;
        bakery__buf_format(context, "%s %s %s|%s|%s|%s|%s|%s|%s|%lld\n", event->id, event->stack_id, event->stack_name,
                           event->logical_id ? event->logical_id : "-", event->physical_id ? event->physical_id : "-",
                           event->type ? event->type : "-", event->status ? event->status : "-",
                           event->reason ? event->reason : "-",
                           event->client_request_token ? event->client_request_token : "-", (long long)event->time_ms);
        return BAKERY_OK;
}

START_TEST(reads_an_event)
{
        AUTO_CLEAR(fake_wire)
        wire = {
                .answers = { ANSWER(
                        200, NULL,
                        EVENTS(EVENT("e", "<LogicalResourceId>L</LogicalResourceId><PhysicalResourceId>P"
                                          "</PhysicalResourceId><ResourceType>T</ResourceType><ResourceStatus>"
                                          "CREATE_FAILED</ResourceStatus><ResourceStatusReason>r</ResourceStatusReason>"
                                          "<ClientRequestToken>t-1</ClientRequestToken>")
                                       EVENT("d", "<PhysicalResourceId/>"),
                               "")) }
        };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_CLEAR(buf) text = { .max = 1000 };
        struct aws_access aws = { fake_client(&wire), keys, NULL };

        ck_assert_int_eq(bakery__cfn_stack_events(&aws, "s", keep, &text, NULL), BAKERY_OK);
        ck_assert_str_eq(text.at, "e arn:s s|L|P|T|CREATE_FAILED|r|t-1|1795341600007\n"
                                  "d arn:s s|-|-|-|-|-|-|1795341600007\n");
}
END_TEST

/* A callback may ask other services: what they deny is not blamed on the events. */
static bakery_status deny(const struct cfn_event *event, void *context, bool *enough, bakery_error **err)
{
        (void)event, (void)context, (void)enough;
        bakery__fail(err, BAKERY_ERR_DENIED, "iam GetGroup: AccessDenied");
        bakery__error_aws(err, &(struct aws_refusal){ "iam", "GetGroup", "AccessDenied", NULL, 403 });
        return BAKERY_ERR_DENIED;
}

START_TEST(an_error_of_the_callback_stays_its_own)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, EVENTS(EVENT("e", ""), "")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        struct aws_access aws = { fake_client(&wire), keys, NULL };

        ck_assert_int_eq(bakery__cfn_stack_events(&aws, "s", deny, NULL, &err), BAKERY_ERR_DENIED);
        ck_assert_str_eq(bakery_error_message(err), "iam GetGroup: AccessDenied");
        ck_assert_ptr_null(bakery_error_hint(err));
}
END_TEST

Suite *cloudformation_suite(void)
{
        Suite *suite = suite_create("cloudformation");
        TCase *tcase = tcase_create("stacks");

        tcase_add_test(tcase, reads_a_whole_stack);
        tcase_add_test(tcase, what_a_stack_does_not_have_is_null);
        tcase_add_loop_test(tcase, says_what_an_answer_lacks, 0, (int)N_ELEMENTS(incomplete));
        tcase_add_test(tcase, a_stack_that_is_not_there_is_no_error);
        tcase_add_loop_test(tcase, lists_resources_page_after_page, 0, (int)N_ELEMENTS(lists));
        tcase_add_test(tcase, reads_a_resource);
        tcase_add_test(tcase, reads_the_largest_template);
        tcase_add_test(tcase, an_empty_template_is_none);
        tcase_add_loop_test(tcase, events_come_until_it_is_enough, 0, (int)N_ELEMENTS(walks));
        tcase_add_test(tcase, enough_is_enough_whatever_comes_next);
        tcase_add_test(tcase, reads_an_event);
        tcase_add_test(tcase, an_error_of_the_callback_stays_its_own);
        suite_add_tcase(suite, tcase);
        return suite;
}
