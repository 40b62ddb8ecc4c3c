/* Each call of CloudFormation on the wire: the form that goes out, and what becomes of it when CloudFormation refuses.
 */
#include "aws/change_set.h"
#include "aws/stack_events.h"
#include "aws/stack_set.h"

#include <check.h>
#include <string.h>

#include "fake_wire.h"

Suite *cfn_calls_suite(void);

#define SET "arn:aws:cloudformation:eu-west-1:111111111111:changeSet/c/1"
#define SET_ENCODED "arn%3Aaws%3Acloudformation%3Aeu-west-1%3A111111111111%3AchangeSet%2Fc%2F1"
#define TEXTS(...)                                                                                  \
        {                                                                                           \
                (const char *const[]){ __VA_ARGS__ }, N_ELEMENTS(((const char *[]){ __VA_ARGS__ })) \
        }

static const struct cfn_parameter parameters[] = { { "TeamName", "My Team", false }, { "Old", "not sent", true } };
static const struct cfn_pair tags[] = { { "Application", "Bakery" }, { "Billing Code", "" } };
static const struct cfn_set_name set = { "burgers", NULL }, delegated = { "burgers", "DELEGATED_ADMIN" };
static const struct cfn_operation plain_operation = { .id = "op-1" };

typedef bakery_status call_function(const struct aws_access *aws, struct arena *arena, bakery_error **err);

static bakery_status describe_stack(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_stack *found = NULL;

        return bakery__cfn_describe_stack(aws, "Team & Co", arena, &found, err);
}

static bakery_status list_resources(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_resource *first = NULL;

        return bakery__cfn_list_resources(aws, "s", arena, &first, err);
}

static bakery_status get_template(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const char *body = NULL;

        return bakery__cfn_get_template(aws, "s", NULL, arena, &body, err);
}

static bakery_status get_template_of_change_set(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const char *body = NULL;

        return bakery__cfn_get_template(aws, NULL, SET, arena, &body, err);
}

static bakery_status delete_stack(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        (void)arena;
        return bakery__cfn_delete_stack(aws, &(struct cfn_delete_stack){ .stack = "s", .client_request_token = "t-1" },
                                        err);
}

static bakery_status force_delete_stack(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_delete_stack request = {
                .stack = "s",
                .client_request_token = "t-1",
                .deletion_mode = "FORCE_DELETE_STACK",
                .retain_resources = TEXTS("GroupA", "GroupB"),
        };

        (void)arena;
        return bakery__cfn_delete_stack(aws, &request, err);
}

static bakery_status rollback_stack(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        (void)arena;
        return bakery__cfn_rollback_stack(aws, "s", "t-2", err);
}

static bakery_status continue_update_rollback(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_texts skip = TEXTS("Prod.GroupA");

        (void)arena;
        return bakery__cfn_continue_update_rollback(aws, "s", skip, "t-3", err);
}

static bakery_status protect(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        (void)arena;
        return bakery__cfn_update_termination_protection(aws, "s", true, err);
}

static bakery_status unprotect(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        (void)arena;
        return bakery__cfn_update_termination_protection(aws, "s", false, err);
}

static bakery_status create_change_set(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_create_change_set request = {
                .stack = "s",
                .name = "c",
                .client_token = "t-4",
                .type = "UPDATE",
                .template_url = "https://b.s3.amazonaws.com/t.json",
                .description = "by plan",
                .on_stack_failure = "DO_NOTHING",
                .include_nested_stacks = true,
                .import_existing_resources = true,
                .parameters = { parameters, N_ELEMENTS(parameters) },
                .capabilities = TEXTS("CAPABILITY_NAMED_IAM"),
                .tags = { tags, N_ELEMENTS(tags) },
        };
        struct cfn_change_set_ids ids = { 0 };

        return bakery__cfn_create_change_set(aws, &request, arena, &ids, err);
}

static bakery_status create_import_change_set(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        static const struct cfn_pair role[] = { { "RoleName", "Shop-Admin" } }, many[] = { { "A", "1" }, { "B", "2" } };
        static const struct cfn_import imports[] = { { "AWS::IAM::Role", "ShopAdmin", { role, 1 } },
                                                     { "X::Y::Z", "Other", { many, 2 } } };
        const struct cfn_create_change_set request = {
                .stack = "s",
                .name = "c",
                .client_token = "t-4",
                .type = "IMPORT",
                .template_body = "{\"a\":1}",
                .role_arn = "arn:r",
                .imports = imports,
                .import_count = N_ELEMENTS(imports),
        };
        struct cfn_change_set_ids ids = { 0 };

        return bakery__cfn_create_change_set(aws, &request, arena, &ids, err);
}

static bakery_status list_change_sets(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_change_set_summary *first = NULL;

        return bakery__cfn_list_change_sets(aws, "s", arena, &first, err);
}

static bakery_status execute_change_set(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        (void)arena;
        return bakery__cfn_execute_change_set(
                aws, &(struct cfn_execute_change_set){ .change_set = SET, .client_request_token = "t-5" }, err);
}

static bakery_status execute_without_rollback(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_execute_change_set request = {
                .stack = "s", .change_set = "c", .client_request_token = "t-5", .disable_rollback = true
        };

        (void)arena;
        return bakery__cfn_execute_change_set(aws, &request, err);
}

static bakery_status delete_change_set(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        (void)arena;
        return bakery__cfn_delete_change_set(aws, NULL, SET, err);
}

static bakery_status ignore(const struct cfn_event *event, void *context, bool *enough, bakery_error **err)
{
        (void)event, (void)context, (void)enough, (void)err;
        return BAKERY_OK;
}

static bakery_status stack_events(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        (void)arena;
        return bakery__cfn_stack_events(aws, "s", ignore, NULL, err);
}

static bakery_status describe_stack_set(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_stack_set *found = NULL;

        return bakery__cfn_describe_stack_set(aws, &delegated, arena, &found, err);
}

static bakery_status create_stack_set(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_stack_set_settings settings = {
                .description = "Burgers",
                .template_url = "https://b/t.json",
                .permission_model = "SELF_MANAGED",
                .administration_role_arn = "arn:a",
                .execution_role_name = "Exec",
                .managed_execution = CFN_ON,
                .parameters = { parameters, 1 },
                .capabilities = TEXTS("CAPABILITY_NAMED_IAM"),
                .tags = { tags, 1 },
        };

        (void)arena;
        return bakery__cfn_create_stack_set(aws, &set, &settings, "t-6", err);
}

static bakery_status update_stack_set(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_stack_set_settings settings = {
                .permission_model = "SERVICE_MANAGED",
                .auto_deployment = CFN_OFF,
                .retain_stacks_on_account_removal = CFN_ON,
        };
        const struct cfn_operation operation = {
                .id = "op-2",
                .concurrency_mode = "SOFT_FAILURE_TOLERANCE",
                .failure_tolerance_count = 1,
                .max_concurrent_count = 20,
        };

        (void)arena;
        return bakery__cfn_update_stack_set(aws, &set, &settings, &operation, err);
}

static bakery_status update_template_of_stack_set(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        (void)arena;
        return bakery__cfn_update_stack_set(aws, &set, &(struct cfn_stack_set_settings){ .template_body = "{}" },
                                            &plain_operation, err);
}

static bakery_status delete_stack_set(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        (void)arena;
        return bakery__cfn_delete_stack_set(aws, &set, err);
}

static bakery_status create_stack_instances(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_targets targets = { .accounts = TEXTS("111111111111", "222222222222"), .region = "eu-west-1" };
        const struct cfn_operation operation = { .id = "op-1",
                                                 .failure_tolerance_percentage = 10,
                                                 .max_concurrent_percentage = 50 };

        (void)arena;
        return bakery__cfn_create_stack_instances(aws, &set, &targets, (struct cfn_parameters){ parameters, 2 },
                                                  &operation, err);
}

static bakery_status update_stack_instances(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_targets targets = { .accounts = TEXTS("111111111111"),
                                             .organizational_unit_ids = TEXTS("ou-1", "ou-2"),
                                             .account_filter_type = "DIFFERENCE",
                                             .region = "eu-west-1" };

        (void)arena;
        return bakery__cfn_update_stack_instances(aws, &delegated, &targets, (struct cfn_parameters){ 0 },
                                                  &plain_operation, err);
}

static bakery_status delete_stack_instances(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_targets targets = { .accounts = TEXTS("111111111111"), .region = "eu-west-1" };

        (void)arena;
        return bakery__cfn_delete_stack_instances(aws, &set, &targets, false, &plain_operation, err);
}

static bakery_status retain_stack_instances(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_targets targets = { .accounts = TEXTS("111111111111"), .region = "eu-west-1" };

        (void)arena;
        return bakery__cfn_delete_stack_instances(aws, &set, &targets, true, &plain_operation, err);
}

static bakery_status import_stacks(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_texts stacks = TEXTS("s-1", "s-2"), units = TEXTS("ou-1");

        (void)arena;
        return bakery__cfn_import_stacks_to_stack_set(aws, &set, stacks, units, &plain_operation, err);
}

static bakery_status list_stack_instances(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_stack_instance *first = NULL;

        return bakery__cfn_list_stack_instances(aws, &set, "111111111111", arena, &first, err);
}

static bakery_status describe_operation(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_stack_set_operation *found = NULL;

        return bakery__cfn_describe_stack_set_operation(aws, &set, "op-1", arena, &found, err);
}

static bakery_status list_operation_results(const struct aws_access *aws, struct arena *arena, bakery_error **err)
{
        const struct cfn_operation_result *first = NULL;

        return bakery__cfn_list_stack_set_operation_results(aws, &set, "op-1", arena, &first, err);
}

#define STACK_ELEMENT "<StackId>s</StackId><StackName>s</StackName><StackStatus>CREATE_COMPLETE</StackStatus>"
#define PARAMETERS(name)                                                                        \
        name ".member.1.ParameterKey=TeamName&" name ".member.1.ParameterValue=My%20Team&" name \
             ".member.2.ParameterKey=Old&" name ".member.2.UsePreviousValue=true"

/* What to call, and which form it must send; result: what the answer must hold. missing_is_fine: see the headers. */
static const struct {
        call_function *call;
        const char *action, *form, *result;
        bool missing_is_fine;
} calls[] = {
        { describe_stack, "DescribeStacks", "&StackName=Team%20%26%20Co",
          "<Stacks><member>" STACK_ELEMENT "</member></Stacks>", true },
        { list_resources, "ListStackResources", "&StackName=s", "", false },
        { get_template, "GetTemplate", "&StackName=s&TemplateStage=Original", "<TemplateBody>{}</TemplateBody>",
          false },
        { get_template_of_change_set, "GetTemplate", "&ChangeSetName=" SET_ENCODED "&TemplateStage=Original",
          "<TemplateBody>{}</TemplateBody>", false },
        { delete_stack, "DeleteStack", "&StackName=s&ClientRequestToken=t-1", "", true },
        { force_delete_stack, "DeleteStack",
          "&StackName=s&RetainResources.member.1=GroupA&RetainResources.member.2=GroupB"
          "&DeletionMode=FORCE_DELETE_STACK&ClientRequestToken=t-1",
          "", true },
        { rollback_stack, "RollbackStack", "&StackName=s&ClientRequestToken=t-2", "<StackId>s</StackId>", false },
        { continue_update_rollback, "ContinueUpdateRollback",
          "&StackName=s&ResourcesToSkip.member.1=Prod.GroupA&ClientRequestToken=t-3", "", false },
        { protect, "UpdateTerminationProtection", "&StackName=s&EnableTerminationProtection=true", "", false },
        { unprotect, "UpdateTerminationProtection", "&StackName=s&EnableTerminationProtection=false", "", false },
        { create_change_set, "CreateChangeSet",
          "&StackName=s&ChangeSetName=c&ChangeSetType=UPDATE&Description=by%20plan"
          "&TemplateURL=https%3A%2F%2Fb.s3.amazonaws.com%2Ft.json&OnStackFailure=DO_NOTHING&IncludeNestedStacks=true"
          "&ImportExistingResources=true&" PARAMETERS(
                  "Parameters") "&Capabilities.member.1=CAPABILITY_NAMED_IAM&Tags.member.1.Key=Application"
                                "&Tags.member.1.Value=Bakery&Tags.member.2.Key=Billing%20Code&Tags.member.2.Value="
                                "&ClientToken=t-4",
          "<Id>i</Id><StackId>s</StackId>", false },
        { create_import_change_set, "CreateChangeSet",
          "&StackName=s&ChangeSetName=c&ChangeSetType=IMPORT&TemplateBody=%7B%22a%22%3A1%7D&RoleARN=arn%3Ar"
          "&ResourcesToImport.member.1.ResourceType=AWS%3A%3AIAM%3A%3ARole"
          "&ResourcesToImport.member.1.LogicalResourceId=ShopAdmin"
          "&ResourcesToImport.member.1.ResourceIdentifier.entry.1.key=RoleName"
          "&ResourcesToImport.member.1.ResourceIdentifier.entry.1.value=Shop-Admin"
          "&ResourcesToImport.member.2.ResourceType=X%3A%3AY%3A%3AZ"
          "&ResourcesToImport.member.2.LogicalResourceId=Other"
          "&ResourcesToImport.member.2.ResourceIdentifier.entry.1.key=A"
          "&ResourcesToImport.member.2.ResourceIdentifier.entry.1.value=1"
          "&ResourcesToImport.member.2.ResourceIdentifier.entry.2.key=B"
          "&ResourcesToImport.member.2.ResourceIdentifier.entry.2.value=2&ClientToken=t-4",
          "<Id>i</Id><StackId>s</StackId>", false },
        { list_change_sets, "ListChangeSets", "&StackName=s", "", false },
        { execute_change_set, "ExecuteChangeSet", "&ChangeSetName=" SET_ENCODED "&ClientRequestToken=t-5", "", false },
        { execute_without_rollback, "ExecuteChangeSet",
          "&StackName=s&ChangeSetName=c&DisableRollback=true&ClientRequestToken=t-5", "", false },
        { delete_change_set, "DeleteChangeSet", "&ChangeSetName=" SET_ENCODED, "", true },
        { stack_events, "DescribeStackEvents", "&StackName=s", "", false },
        { describe_stack_set, "DescribeStackSet", "&StackSetName=burgers&CallAs=DELEGATED_ADMIN",
          "<StackSet><StackSetId>i</StackSetId><StackSetName>n</StackSetName><Status>ACTIVE</Status></StackSet>",
          true },
        { create_stack_set, "CreateStackSet",
          "&StackSetName=burgers&Description=Burgers&TemplateURL=https%3A%2F%2Fb%2Ft.json"
          "&PermissionModel=SELF_MANAGED&AdministrationRoleARN=arn%3Aa&ExecutionRoleName=Exec"
          "&ManagedExecution.Active=true&Parameters.member.1.ParameterKey=TeamName"
          "&Parameters.member.1.ParameterValue=My%20Team&Capabilities.member.1=CAPABILITY_NAMED_IAM"
          "&Tags.member.1.Key=Application&Tags.member.1.Value=Bakery&ClientRequestToken=t-6",
          "", false },
        { update_stack_set, "UpdateStackSet",
          "&StackSetName=burgers&PermissionModel=SERVICE_MANAGED&AutoDeployment.Enabled=false"
          "&AutoDeployment.RetainStacksOnAccountRemoval=true&UsePreviousTemplate=true"
          "&OperationPreferences.ConcurrencyMode=SOFT_FAILURE_TOLERANCE&OperationPreferences.FailureToleranceCount=1"
          "&OperationPreferences.MaxConcurrentCount=20&OperationId=op-2",
          "", false },
        { update_template_of_stack_set, "UpdateStackSet", "&StackSetName=burgers&TemplateBody=%7B%7D&OperationId=op-1",
          "", false },
        { delete_stack_set, "DeleteStackSet", "&StackSetName=burgers", "", true },
        { create_stack_instances, "CreateStackInstances",
          "&StackSetName=burgers&Accounts.member.1=111111111111&Accounts.member.2=222222222222"
          "&Regions.member.1=eu-west-1&" PARAMETERS(
                  "ParameterOverrides") "&OperationPreferences.FailureTolerancePercentage=10&OperationPreferences.MaxConcurrentPercentage=50"
                                        "&OperationId=op-1",
          "", false },
        { update_stack_instances, "UpdateStackInstances",
          "&StackSetName=burgers&CallAs=DELEGATED_ADMIN&DeploymentTargets.Accounts.member.1=111111111111"
          "&DeploymentTargets.OrganizationalUnitIds.member.1=ou-1"
          "&DeploymentTargets.OrganizationalUnitIds.member.2=ou-2&DeploymentTargets.AccountFilterType=DIFFERENCE"
          "&Regions.member.1=eu-west-1&OperationId=op-1",
          "", false },
        { delete_stack_instances, "DeleteStackInstances",
          "&StackSetName=burgers&Accounts.member.1=111111111111&Regions.member.1=eu-west-1&RetainStacks=false"
          "&OperationId=op-1",
          "", false },
        { retain_stack_instances, "DeleteStackInstances",
          "&StackSetName=burgers&Accounts.member.1=111111111111&Regions.member.1=eu-west-1&RetainStacks=true"
          "&OperationId=op-1",
          "", false },
        { import_stacks, "ImportStacksToStackSet",
          "&StackSetName=burgers&StackIds.member.1=s-1&StackIds.member.2=s-2&OrganizationalUnitIds.member.1=ou-1"
          "&OperationId=op-1",
          "", false },
        { list_stack_instances, "ListStackInstances", "&StackSetName=burgers&StackInstanceAccount=111111111111", "",
          false },
        { describe_operation, "DescribeStackSetOperation", "&StackSetName=burgers&OperationId=op-1",
          "<StackSetOperation><OperationId>o</OperationId><Action>CREATE</Action><Status>RUNNING</Status>"
          "</StackSetOperation>",
          true },
        { list_operation_results, "ListStackSetOperationResults", "&StackSetName=burgers&OperationId=op-1", "", false },
};

#define REFUSAL(code, message) \
        "<ErrorResponse><Error><Code>" code "</Code><Message>" message "</Message></Error></ErrorResponse>"

/* Makes the i-th call, of which the first answer is a refusal unless that is NULL, and the next one what it waits for.
 */
static bakery_status make(int i, int status, const char *refusal, struct fake_wire *wire, bakery_error **err)
{
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_CLEAR(buf) good = { .max = 4096 };
        const struct fake_answer well = { .status = 200 }, badly = { .status = status, .body = refusal };
        struct aws_access aws = { NULL, keys, "eu-west-1" };

        bakery__buf_format(&good, "<%sResponse><%sResult>%s</%sResult></%sResponse>", calls[i].action, calls[i].action,
                           calls[i].result, calls[i].action, calls[i].action);
        wire->answers[0] = refusal ? badly : well;
        wire->answers[1] = well;
        wire->answers[refusal ? 1 : 0].body = good.at;
        aws.client = fake_client(wire);
        bakery_status st = calls[i].call(&aws, &arena, err);
        memset(wire->answers, 0, sizeof wire->answers); /* good ends here */
        return st;
}

static void ck_form(int i, const struct fake_wire *wire, unsigned times)
{
        AUTO_CLEAR(buf) want = { .max = 1 << 16 };

        for (unsigned n = 0; n < times; n++)
                bakery__buf_format(&want, "Action=%s&Version=2010-05-15%s\n", calls[i].action, calls[i].form);
        ck_assert_str_eq(wire->bodies.at, want.at);
}

START_TEST(sends_its_form)
{
        AUTO_CLEAR(fake_wire) wire = { .bodies.max = 1 << 16 };
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_msg(make(_i, 0, NULL, &wire, &err) == BAKERY_OK, "%s: %s", calls[_i].action,
                      bakery_error_message(err));
        ck_form(_i, &wire, 1);
        ck_assert_str_eq(wire.last.url, "https://cloudformation.eu-west-1.amazonaws.com/");
        ck_assert_uint_eq(wire.last.max_body_bytes, 8 << 20); /* a template of 1 MB, escaped */
}
END_TEST

/* The token goes along with each try, so that the second one does nothing twice. */
START_TEST(is_tried_again)
{
        static const struct {
                int status;
                const char *refusal;
        } troubles[] = { { 400, REFUSAL("Throttling", "Rate exceeded") }, { 503, "" } };

        for (size_t i = 0; i < N_ELEMENTS(troubles); i++) {
                AUTO_CLEAR(fake_wire) wire = { .bodies.max = 1 << 16 };
                AUTO_PTR(bakery_error) err = NULL;

                ck_assert_msg(make(_i, troubles[i].status, troubles[i].refusal, &wire, &err) == BAKERY_OK, "%s: %s",
                              calls[_i].action, bakery_error_message(err));
                ck_form(_i, &wire, 2);
        }
}
END_TEST

/* Quotas of CloudFormation are not raised by asking again. */
START_TEST(a_quota_is_not_tried_again)
{
        AUTO_CLEAR(fake_wire) wire = { .bodies.max = 1 << 16 };
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(make(_i, 400, REFUSAL("LimitExceededException", "2000 stacks"), &wire, &err), BAKERY_ERR_AWS);
        ck_says(err, "LimitExceededException: 2000 stacks");
        ck_assert_uint_eq(wire.requests, 1);
}
END_TEST

START_TEST(a_denied_call_names_the_action)
{
        AUTO_CLEAR(fake_wire) wire = { .bodies.max = 1 << 16 };
        AUTO_CLEAR(buf) action = { .max = 100 };
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(make(_i, 403, REFUSAL("AccessDenied", "no"), &wire, &err), BAKERY_ERR_DENIED);
        bakery__buf_format(&action, "cloudformation:%s,", calls[_i].action);
        ck_hints(err, action.at);
        ck_says(err, "AccessDenied: no");
}
END_TEST

/* What is not there: the sentence for stacks, codes for all else. */
START_TEST(what_is_missing_has_its_status)
{
        static const struct {
                int status;
                const char *refusal;
                bool missing;
        } refusals[] = {
                { 400, REFUSAL("ValidationError", "Stack with id s does not exist"), true },
                { 400, REFUSAL("ValidationError", "Stack [s] does not exist"), true },
                { 404, REFUSAL("ChangeSetNotFound", "ChangeSet [c] does not exist"), true },
                { 404, REFUSAL("StackSetNotFoundException", "StackSet burgers not found"), true },
                { 404, REFUSAL("OperationNotFoundException", ""), true },
                { 404, REFUSAL("StackInstanceNotFoundException", ""), true },
                { 404, REFUSAL("StackNotFoundException", ""), true },
                { 400, REFUSAL("ValidationError", "S3 error: The specified bucket does not exist"), false },
                { 400, REFUSAL("ValidationError", "Stack s is in DELETE_IN_PROGRESS state"), false },
                { 400, REFUSAL("InsufficientCapabilitiesException", "Stack s does not exist"), false },
        };

        for (size_t i = 0; i < N_ELEMENTS(refusals); i++) {
                AUTO_CLEAR(fake_wire) wire = { .bodies.max = 1 << 16 };
                AUTO_PTR(bakery_error) err = NULL;
                bakery_status want = !refusals[i].missing        ? BAKERY_ERR_AWS
                                     : calls[_i].missing_is_fine ? BAKERY_OK
                                                                 : BAKERY_ERR_NOT_FOUND;

                ck_assert_msg(make(_i, refusals[i].status, refusals[i].refusal, &wire, &err) == want, "%s: %s: %s",
                              calls[_i].action, refusals[i].refusal, bakery_error_message(err));
                ck_assert_msg((want == BAKERY_OK) == (err == NULL), "%s", bakery_error_message(err));
                ck_assert_uint_eq(wire.requests, 1);
                if (!err)
                        continue;
                ck_assert_int_eq(bakery_error_status(err), want);
                ck_assert_str_eq(bakery_error_aws_action(err), calls[_i].action);
                ck_assert_ptr_nonnull(bakery_error_aws_code(err));
                ck_assert_int_eq(bakery_error_http_status(err), refusals[i].status);
        }
}
END_TEST

/* The same without anybody who wants to know why. */
START_TEST(what_is_missing_needs_no_error_object)
{
        AUTO_CLEAR(fake_wire) wire = { .bodies.max = 1 << 16 };

        ck_assert_int_eq(make(_i, 400, REFUSAL("ValidationError", "Stack with id s does not exist"), &wire, NULL),
                         calls[_i].missing_is_fine ? BAKERY_OK : BAKERY_ERR_NOT_FOUND);
}
END_TEST

/* Without a token a second try might do the thing twice. */
START_TEST(without_a_token_there_is_one_try)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(503, NULL, "") } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        struct aws_access aws = { fake_client(&wire), keys, NULL };

        ck_assert_int_eq(bakery__cfn_rollback_stack(&aws, "s", NULL, NULL), BAKERY_ERR_NETWORK);
        ck_assert_uint_eq(wire.requests, 1);
        ck_assert_str_eq(wire.last.body, "Action=RollbackStack&Version=2010-05-15&StackName=s");
        ck_assert_str_eq(wire.last.url, "https://cloudformation.us-east-1.amazonaws.com/"); /* the client's region */
}
END_TEST

Suite *cfn_calls_suite(void)
{
        Suite *suite = suite_create("cfn_calls");
        TCase *tcase = tcase_create("calls");
        const int n = (int)N_ELEMENTS(calls);

        tcase_add_loop_test(tcase, sends_its_form, 0, n);
        tcase_add_loop_test(tcase, is_tried_again, 0, n);
        tcase_add_loop_test(tcase, a_quota_is_not_tried_again, 0, n);
        tcase_add_loop_test(tcase, a_denied_call_names_the_action, 0, n);
        tcase_add_loop_test(tcase, what_is_missing_has_its_status, 0, n);
        tcase_add_loop_test(tcase, what_is_missing_needs_no_error_object, 0, n);
        tcase_add_test(tcase, without_a_token_there_is_one_try);
        suite_add_tcase(suite, tcase);
        return suite;
}
