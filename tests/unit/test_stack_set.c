/* Stack sets: what is read of the answers. */
#include "aws/stack_set.h"

#include <check.h>

#include "fake_wire.h"

Suite *stack_set_suite(void);

#define ANSWER_OF(action, result) \
        "<" action "Response><" action "Result>" result "</" action "Result></" action "Response>"

static const struct cfn_set_name set = { "burgers", NULL };

START_TEST(reads_a_stack_set)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(
                         200, NULL,
                         ANSWER_OF("DescribeStackSet",
                                   "<StackSet><StackSetName>burgers</StackSetName><StackSetId>burgers:1</StackSetId>"
                                   "<Status>ACTIVE</Status><StackSetARN>arn:set</StackSetARN><Description>d"
                                   "</Description><TemplateBody>{&quot;a&quot;:1}</TemplateBody>"
                                   "<PermissionModel>SERVICE_MANAGED</PermissionModel><AdministrationRoleARN>arn:a"
                                   "</AdministrationRoleARN><ExecutionRoleName>Exec</ExecutionRoleName>"
                                   "<ManagedExecution><Active>true</Active></ManagedExecution><AutoDeployment><Enabled>"
                                   "true</Enabled><RetainStacksOnAccountRemoval>true</RetainStacksOnAccountRemoval>"
                                   "</AutoDeployment><Parameters><member><ParameterKey>K</ParameterKey>"
                                   "<ParameterValue>V</ParameterValue></member></Parameters><Capabilities><member>C"
                                   "</member></Capabilities><Tags><member><Key>T</Key><Value>W</Value></member></Tags>"
                                   "<OrganizationalUnitIds><member>ou-1</member></OrganizationalUnitIds><Regions>"
                                   "<member>eu-west-1</member></Regions></StackSet>")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_CLEAR(arena) arena = { 0 };
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct cfn_stack_set *found = NULL;

        ck_assert_int_eq(bakery__cfn_describe_stack_set(&aws, &set, &arena, &found, NULL), BAKERY_OK);
        ck_assert_str_eq(found->name, "burgers");
        ck_assert_str_eq(found->id, "burgers:1");
        ck_assert_str_eq(found->status, "ACTIVE");
        ck_assert_str_eq(found->arn, "arn:set");
        ck_assert_str_eq(found->description, "d");
        ck_assert_str_eq(found->template_body, "{\"a\":1}");
        ck_assert_str_eq(found->permission_model, "SERVICE_MANAGED");
        ck_assert_str_eq(found->administration_role_arn, "arn:a");
        ck_assert_str_eq(found->execution_role_name, "Exec");
        ck_assert(found->managed_execution && found->auto_deployment && found->retain_stacks_on_account_removal);
        ck_assert_uint_eq(found->parameters.count, 1);
        ck_assert_str_eq(found->parameters.at[0].value, "V");
        ck_assert_str_eq(found->capabilities.at[0], "C");
        ck_assert_str_eq(bakery__cfn_value(&found->tags, "T"), "W");
        ck_assert_str_eq(found->organizational_unit_ids.at[0], "ou-1");
        ck_assert_str_eq(found->regions.at[0], "eu-west-1");
}
END_TEST

/* What stands for any stack set or operation that is not there. */
START_TEST(what_is_not_there_is_null)
{
        static const char *const bodies[] = {
                "<ErrorResponse><Error><Code>StackSetNotFoundException</Code></Error></ErrorResponse>",
                "<ErrorResponse><Error><Code>OperationNotFoundException</Code></Error></ErrorResponse>",
        };

        for (size_t i = 0; i < N_ELEMENTS(bodies); i++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(404, NULL, bodies[i]) } };
                AUTO_PTR(bakery_credentials) keys = fake_keys();
                AUTO_CLEAR(arena) arena = { 0 };
                struct aws_access aws = { fake_client(&wire), keys, NULL };
                const struct cfn_stack_set some, *found = &some;
                const struct cfn_stack_set_operation other, *operation = &other;

                ck_assert_int_eq(bakery__cfn_describe_stack_set(&aws, &set, &arena, &found, NULL), BAKERY_OK);
                ck_assert_ptr_null(found);
                ck_assert_int_eq(bakery__cfn_describe_stack_set_operation(&aws, &set, "o", &arena, &operation, NULL),
                                 BAKERY_OK);
                ck_assert_ptr_null(operation);
        }
}
END_TEST

START_TEST(lists_instances)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL,
                                     ANSWER_OF("ListStackInstances",
                                               "<Summaries><member><StackSetId>burgers:1</StackSetId><Region>eu-west-1"
                                               "</Region><Account>111111111111</Account><StackId>arn:1</StackId>"
                                               "<Status>OUTDATED</Status><StatusReason>r</StatusReason>"
                                               "<StackInstanceStatus><DetailedStatus>FAILED</DetailedStatus>"
                                               "</StackInstanceStatus><OrganizationalUnitId>ou-1</OrganizationalUnitId>"
                                               "<LastOperationId>op-1</LastOperationId></member></Summaries>"
                                               "<NextToken>t1</NextToken>")),
                              ANSWER(200, NULL,
                                     ANSWER_OF("ListStackInstances",
                                               "<Summaries><member><Region>eu-west-1</Region><Account>222222222222"
                                               "</Account><Status>CURRENT</Status></member></Summaries>")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_CLEAR(arena) arena = { 0 };
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct cfn_stack_instance *first = NULL;

        ck_assert_int_eq(bakery__cfn_list_stack_instances(&aws, &set, NULL, &arena, &first, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.body,
                         "Action=ListStackInstances&Version=2010-05-15&StackSetName=burgers&NextToken=t1");
        ck_assert_str_eq(first->account, "111111111111");
        ck_assert_str_eq(first->region, "eu-west-1");
        ck_assert_str_eq(first->stack_id, "arn:1");
        ck_assert_str_eq(first->status, "OUTDATED");
        ck_assert_str_eq(first->detailed_status, "FAILED");
        ck_assert_str_eq(first->status_reason, "r");
        ck_assert_str_eq(first->organizational_unit_id, "ou-1");
        ck_assert_str_eq(first->last_operation_id, "op-1");
        ck_assert_str_eq(first->next->account, "222222222222");
        ck_assert_ptr_null(first->next->detailed_status);
        ck_assert_ptr_null(first->next->next);
}
END_TEST

START_TEST(reads_an_operation_and_its_results)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = {
                         ANSWER(200, NULL,
                                ANSWER_OF("DescribeStackSetOperation",
                                          "<StackSetOperation><OperationId>op-1</OperationId><Action>UPDATE</Action>"
                                          "<Status>FAILED</Status><StatusReason>r</StatusReason>"
                                          "<CreationTimestamp>2026-11-22T10:00:00Z</CreationTimestamp>"
                                          "<EndTimestamp>2026-11-22T10:00:09Z</EndTimestamp><StatusDetails>"
                                          "<FailedStackInstancesCount>12</FailedStackInstancesCount>"
                                          "</StatusDetails></StackSetOperation>")),
                         ANSWER(200, NULL,
                                ANSWER_OF("ListStackSetOperationResults",
                                          "<Summaries><member><Account>1</Account><Region>r</Region><Status>FAILED"
                                          "</Status><StatusReason>why</StatusReason><OrganizationalUnitId>ou"
                                          "</OrganizationalUnitId></member><member><Account>2</Account><Region>r"
                                          "</Region><Status>SUCCEEDED</Status></member></Summaries>")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_CLEAR(arena) arena = { 0 };
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct cfn_stack_set_operation *operation = NULL;
        const struct cfn_operation_result *result = NULL;

        ck_assert_int_eq(bakery__cfn_describe_stack_set_operation(&aws, &set, "op-1", &arena, &operation, NULL),
                         BAKERY_OK);
        ck_assert_str_eq(operation->id, "op-1");
        ck_assert_str_eq(operation->action, "UPDATE");
        ck_assert_str_eq(operation->status, "FAILED");
        ck_assert_str_eq(operation->status_reason, "r");
        ck_assert_int_eq(operation->created_ms, 1795341600000);
        ck_assert_int_eq(operation->ended_ms, 1795341609000);
        ck_assert_uint_eq(operation->failed_count, 12);
        ck_assert_int_eq(bakery__cfn_list_stack_set_operation_results(&aws, &set, "op-1", &arena, &result, NULL),
                         BAKERY_OK);
        ck_assert_str_eq(result->account, "1");
        ck_assert_str_eq(result->region, "r");
        ck_assert_str_eq(result->status, "FAILED");
        ck_assert_str_eq(result->status_reason, "why");
        ck_assert_str_eq(result->organizational_unit_id, "ou");
        ck_assert_str_eq(result->next->account, "2");
        ck_assert_ptr_null(result->next->next);
}
END_TEST

#define REFUSAL(code) "<ErrorResponse><Error><Code>" code "</Code></Error></ErrorResponse>"
#define LOST ANSWER(503, NULL, "")
#define IN_PROGRESS ANSWER(409, NULL, REFUSAL("OperationInProgressException"))

/* The first try may have done it, and its answer was lost: what the second hears. */
static const struct {
        struct fake_answer answers[3];
        bakery_status st;
        unsigned requests;
        const char *says;
} begins[] = {
        { { LOST, ANSWER(409, NULL, REFUSAL("OperationIdAlreadyExistsException")) }, BAKERY_OK, 2, "" },
        { { LOST, IN_PROGRESS,
            ANSWER(200, NULL,
                   ANSWER_OF("DescribeStackSetOperation",
                             "<StackSetOperation><OperationId>op-1</OperationId><Action>CREATE</Action><Status>RUNNING"
                             "</Status></StackSetOperation>")) },
          BAKERY_OK,
          3,
          "" },
        /* Another operation is another matter. */
        { { LOST, IN_PROGRESS, ANSWER(404, NULL, REFUSAL("OperationNotFoundException")) },
          BAKERY_ERR_AWS,
          3,
          "cloudformation CreateStackInstances: OperationInProgressException" },
        { { LOST, IN_PROGRESS, ANSWER(403, NULL, REFUSAL("AccessDenied")) },
          BAKERY_ERR_AWS,
          3,
          "cloudformation CreateStackInstances: OperationInProgressException" },
        { { ANSWER(409, NULL, REFUSAL("StaleRequestException")) }, BAKERY_ERR_AWS, 1, "StaleRequestException" },
};

START_TEST(an_operation_that_is_there_has_begun)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { begins[_i].answers[0], begins[_i].answers[1], begins[_i].answers[2] } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct cfn_operation operation = { .id = "op-1" };
        const struct cfn_targets targets = { .region = "eu-west-1" };

        bakery__fail(&err, BAKERY_ERR_IO, "of an earlier try");
        ck_assert_msg(bakery__cfn_create_stack_instances(&aws, &set, &targets, (struct cfn_parameters){ 0 }, &operation,
                                                         &err) == begins[_i].st,
                      "%d: %s", _i, bakery_error_message(err));
        ck_assert_int_eq(bakery_error_status(err), begins[_i].st);
        ck_says(err, begins[_i].says);
        ck_assert_uint_eq(wire.requests, begins[_i].requests);
        if (wire.requests == 3)
                ck_assert_str_eq(
                        wire.last.body,
                        "Action=DescribeStackSetOperation&Version=2010-05-15&StackSetName=burgers&OperationId=op-1");
}
END_TEST

Suite *stack_set_suite(void)
{
        Suite *suite = suite_create("stack_set");
        TCase *tcase = tcase_create("answers");

        tcase_add_test(tcase, reads_a_stack_set);
        tcase_add_test(tcase, what_is_not_there_is_null);
        tcase_add_test(tcase, lists_instances);
        tcase_add_test(tcase, reads_an_operation_and_its_results);
        tcase_add_loop_test(tcase, an_operation_that_is_there_has_begun, 0, (int)N_ELEMENTS(begins));
        suite_add_tcase(suite, tcase);
        return suite;
}
