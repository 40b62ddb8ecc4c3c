/* A plan in a file: what it is bound to, and that it is asked for again. */
#include "deploy/plan.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_cloud.h"

Suite *plan_file_suite(void);

/* The change set as CloudFormation describes it to whoever takes the plan up: with its parameters. */
#define PARAMETER(key, value) \
        "<member><ParameterKey>" key "</ParameterKey><ParameterValue>" value "</ParameterValue></member>"
#define OUR_PARAMETERS \
        PARAMETER("BakeryAccount", "111111111111") PARAMETER("AccountName", "Main") PARAMETER("Environment", "Prod")
#define TAG(key, value) "<member><Key>" key "</Key><Value>" value "</Value></member>"
#define TEXT(text) "<member>" text "</member>"
#define OUR_TAGS                     \
        TAG("Environment", "Prod")   \
        TAG("Application", "Bakery") \
        TAG("Server Name", "Bakery") \
        TAG("Launched By", "iam_user") TAG("ManagedBy", "bakery") TAG("Billing Code", "BC1")
#define NAMED_IAM TEXT("CAPABILITY_NAMED_IAM")
#define INCLUDED "<IncludeNestedStacks>true</IncludeNestedStacks>"
#define SET_WITH(name, stack, parameters, tags, capabilities, rest)                                   \
        OF("DescribeChangeSet",                                                                       \
           "<ChangeSetId>SET</ChangeSetId><ChangeSetName>" name                                       \
           "</ChangeSetName><StackId>ROOT</StackId><StackName>" stack                                 \
           "</StackName><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>" \
           "<Parameters>" parameters "</Parameters><Tags>" tags "</Tags><Capabilities>" capabilities  \
           "</Capabilities>" rest "<Changes>" CHANGE("Add", "RoleAdmin", "AWS::IAM::Role", "") "</Changes>")
#define WHOLE_SET(name, stack, parameters) SET_WITH(name, stack, parameters, OUR_TAGS, NAMED_IAM, INCLUDED)
#define GOOD_SET WHOLE_SET("bakery-plan-1", "BurgerAccount", OUR_PARAMETERS)
#define SET_TAGGED(tags) SET_WITH("bakery-plan-1", "BurgerAccount", OUR_PARAMETERS, tags, NAMED_IAM, INCLUDED)
#define SET_BUT(capabilities, rest) \
        SET_WITH("bakery-plan-1", "BurgerAccount", OUR_PARAMETERS, OUR_TAGS, capabilities, rest)
#define NOTIFIES "<NotificationARNs>" TEXT("arn:aws:sns:eu-west-1:222222222222:t") "</NotificationARNs>"
#define ROLLS_BACK                                                                               \
        "<RollbackConfiguration><RollbackTriggers><member><Arn>arn:aws:cloudwatch:x</Arn><Type>" \
        "AWS::CloudWatch::Alarm</Type></member></RollbackTriggers></RollbackConfiguration>"
#define WORKS_WITH(role) "<RoleARN>arn:aws:iam::222222222222:role/" role "</RoleARN>"

struct plan_file {
        struct fake_cloud cloud;
        char *folder, *path;
};

static void end(struct plan_file *file)
{
        remove_folder(file->folder);
        free(file->path);
        cloud_end(&file->cloud);
}
DEFINE_AUTO_CLEAR(plan_file, end)

/* Makes a plan and writes it; the target is that of stack. */
static void begin(struct plan_file *file, const char *stack)
{
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        file->folder = new_folder();
        file->path = path_to(file->folder, "plan.json");
        cloud_begin(&file->cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&file->cloud, stack);
        ck_assert_msg(cloud_plan(&file->cloud, &plan, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_msg(bakery_plan_write(plan, file->path, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        file->cloud.actions.len = 0;
        bakery__buf_text(&file->cloud.actions, "");
}

/* Replaces text in the file, where it must stand. */
static void edit(const struct plan_file *file, const char *from, const char *to)
{
        AUTO_FREE char *text = read_text(file->path);
        AUTO_CLEAR(buf) edited = { .max = 1 << 20 };
        const char *at = strstr(text, from);

        ck_assert_msg(at != NULL, "%s is not in\n%s", from, text);
        bakery__buf_add(&edited, text, (size_t)(at - text));
        bakery__buf_text(&edited, to);
        bakery__buf_text(&edited, at + strlen(from));
        write_text(file->path, edited.at);
}

static bakery_status take_up(struct plan_file *file, bakery_plan **ret_plan, bakery_error **err)
{
        return bakery_plan_read(file->cloud.client, &file->cloud.target, file->path, ret_plan, err);
}

START_TEST(a_plan_is_taken_up_and_carried_out)
{
        static const char *const stacks[] = { NULL, STACK("ROOT", "UPDATE_COMPLETE", OURS) };
        AUTO_CLEAR(plan_file) file = { .folder = NULL };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        begin(&file, stacks[_i]);
        cloud_says(&file.cloud, "DescribeChangeSet", NULL, GOOD_SET);
        ck_assert_msg(take_up(&file, &plan, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_int_eq(bakery_plan_what(plan), stacks[_i] ? BAKERY_PLAN_UPDATE : BAKERY_PLAN_CREATE);
        ck_assert_str_eq(bakery_plan_change_set_id(plan), "SET");
        ck_assert_uint_eq(bakery_plan_resource_count(plan), 1);
        ck_assert(bakery_plan_broadens(plan));
        /* The templates are compared once more, and no other change set is made. */
        ck_assert_ptr_nonnull(strstr(cloud_form(&file.cloud, "GetTemplate"), "StackName=ROOT"));
        ck_assert_uint_eq(cloud_count(&file.cloud, "CreateChangeSet"), 1);
        ck_assert_msg(bakery_plan_execute(file.cloud.client, &file.cloud.target, plan, &file.cloud.options, &err) ==
                              BAKERY_OK,
                      "%s", bakery_error_message(err));
        ck_assert_str_eq(cloud_field(&file.cloud, cloud_form(&file.cloud, "ExecuteChangeSet"), "ChangeSetName"), "SET");
}
END_TEST

START_TEST(nothing_to_do_is_a_plan_too)
{
        AUTO_CLEAR(plan_file) file = { .folder = NULL };
        AUTO_PTR(bakery_plan) plan = NULL;

        cloud_says(&file.cloud, "DescribeChangeSet", NULL,
                   FAILED_SET("SET", "ROOT", "No updates are to be performed."));
        begin(&file, STACK("ROOT", "UPDATE_COMPLETE", OURS));
        ck_assert_int_eq(take_up(&file, &plan, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery_plan_what(plan), BAKERY_PLAN_NOTHING);
        ck_sent(&file.cloud, "GetCallerIdentity");
}
END_TEST

/* Files that somebody changed: what is shown and done comes from CloudFormation, and what binds it is checked. */
static const struct {
        const char *from, *to;
        bakery_status status;
        const char *says; /* NULL: it makes no difference */
} edits[] = {
        { "\"account_id\": \"222222222222\"", "\"account_id\": \"333333333333\"", BAKERY_ERR_REFUSED,
          "is a plan for another account: 333333333333, and this is 222222222222" },
        { "\"region\": \"eu-west-1\"", "\"region\": \"us-east-1\"", BAKERY_ERR_REFUSED, "another region: us-east-1" },
        { "\"stack_name\": \"BurgerAccount\"", "\"stack_name\": \"X\"", BAKERY_ERR_REFUSED, "another stack: X" },
        { "\"digest\": \"", "\"digest\": \"0", BAKERY_ERR_REFUSED, "another configuration: 0" },
        { "\"digest\"", "\"no\"", BAKERY_ERR_REFUSED, "another configuration: none" },
        { "\"version\": 1", "\"version\": 2", BAKERY_ERR_FORMAT, "is no plan of version 1" },
        { "\"change_set_id\": \"SET\"", "\"change_set_id\": null", BAKERY_ERR_FORMAT,
          "would change BurgerAccount, and names no change set" },
        { "\"change_set_id\": \"SET\"", "\"change_set_id\": 7", BAKERY_ERR_FORMAT, "names no change set" },
        { "\"action\": \"create\",", "\"change_set_ID\": 7,", BAKERY_OK, NULL },
        { "{", "[{", BAKERY_ERR_FORMAT, NULL },
        { "\"broadens\": true", "\"broadens\": false", BAKERY_OK, NULL },
        { "\"action\": \"create\"", "\"action\": \"nothing\"", BAKERY_OK, NULL },
        { "RoleAdmin", "RoleHarmless", BAKERY_OK, NULL },
};

START_TEST(an_edited_file_is_refused_or_changes_nothing)
{
        AUTO_CLEAR(plan_file) file = { .folder = NULL };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        begin(&file, NULL);
        cloud_says(&file.cloud, "DescribeChangeSet", NULL, GOOD_SET);
        edit(&file, edits[_i].from, edits[_i].to);
        bakery_status st = take_up(&file, &plan, &err);
        ck_assert_msg(st == edits[_i].status, "%s: %s", edits[_i].to, bakery_error_message(err));
        if (edits[_i].says)
                ck_says(err, edits[_i].says);
        if (st) {
                ck_assert_uint_eq(cloud_count(&file.cloud, "ExecuteChangeSet"), 0);
                ck_assert_ptr_null(strstr(file.cloud.actions.at, "DescribeChangeSet"));
                return;
        }
        bakery_plan_resource resource = { .size = sizeof resource };
        bakery_plan_resource_at(plan, 0, &resource);
        ck_assert_str_eq(resource.logical_id, "RoleAdmin");
        ck_assert_int_eq(bakery_plan_what(plan), BAKERY_PLAN_CREATE);
        ck_assert(bakery_plan_broadens(plan));
}
END_TEST

/* Change sets that the file names, and that are not what this configuration asks for. */
static const struct {
        int http_status;
        const char *set, *says;
} others[] = {
        { 404, REFUSED_WITH("ChangeSetNotFound", "gone"), "the change set SET is gone" },
        { 200,
          WHOLE_SET("bakery-plan-1", "BurgerAccount",
                    PARAMETER("BakeryAccount", "666666666666") PARAMETER("AccountName", "Main")
                            PARAMETER("Environment", "Prod")),
          "is not what this configuration asks for: its parameters" },
        { 200, WHOLE_SET("bakery-plan-1", "BurgerAccount", PARAMETER("AccountName", "Main")),
          "asks for: its parameters" },
        { 200, WHOLE_SET("bakery-plan-1", "BurgerAccount", OUR_PARAMETERS PARAMETER("More", "x")),
          "asks for: its parameters" },
        { 200, WHOLE_SET("bakery-plan-1", "Other", OUR_PARAMETERS),
          "of Other is not what this configuration asks for" },
        { 200, WHOLE_SET("handmade", "BurgerAccount", OUR_PARAMETERS), "handmade of BurgerAccount is not what" },
        { 200, SET_TAGGED(OUR_TAGS TAG("Access", "all")), "asks for: its tags" },
        { 200, SET_TAGGED(TAG("ManagedBy", "bakery")), "asks for: its tags" },
        { 200,
          SET_TAGGED(TAG("Environment", "NonProd") TAG("Application", "Bakery") TAG("Server Name", "Bakery")
                             TAG("Launched By", "iam_user") TAG("ManagedBy", "bakery") TAG("Billing Code", "BC1")),
          "asks for: its tags" },
        { 200, SET_BUT(NAMED_IAM TEXT("CAPABILITY_AUTO_EXPAND"), INCLUDED), "asks for: its capabilities" },
        { 200, SET_BUT("", INCLUDED), "asks for: its capabilities" },
        { 200, SET_BUT(NAMED_IAM, INCLUDED "<OnStackFailure>DELETE</OnStackFailure>"), "OnStackFailure" },
        { 200, SET_BUT(NAMED_IAM, INCLUDED "<DeploymentMode>REVERT_DRIFT</DeploymentMode>"), "DeploymentMode" },
        { 200, SET_BUT(NAMED_IAM, ""), "nested stacks, which it leaves out" },
        { 200, SET_BUT(NAMED_IAM, INCLUDED NOTIFIES), "asks for: its notification ARNs" },
        { 200, SET_BUT(NAMED_IAM, INCLUDED ROLLS_BACK), "asks for: its rollback triggers" },
};

START_TEST(another_change_set_is_refused)
{
        AUTO_CLEAR(plan_file) file = { .folder = NULL };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        begin(&file, NULL);
        cloud_adds(&file.cloud,
                   (struct cloud_line){ .action = "DescribeChangeSet",
                                        .answer = { .status = others[_i].http_status, .body = others[_i].set } });
        ck_assert_int_eq(take_up(&file, &plan, &err), BAKERY_ERR_REFUSED);
        ck_says(err, others[_i].says);
        ck_hints(err, "plan again");
        ck_assert_ptr_null(plan);
}
END_TEST

/* What a recipe says nothing of is as the stack has it; the role is told of stacks alone, and kept in the file. */
static const struct {
        const char *planned, *now; /* the stack */
        const char *set, *says;    /* NULL: it is taken up */
} stacks_now[] = {
        { STACK("ROOT", "UPDATE_COMPLETE", OURS NOTIFIES ROLLS_BACK), NULL,
          SET_BUT(NAMED_IAM, INCLUDED NOTIFIES ROLLS_BACK), NULL },
        { STACK("ROOT", "UPDATE_COMPLETE", OURS NOTIFIES), NULL, GOOD_SET, "notification ARNs" },
        { STACK("ROOT", "UPDATE_COMPLETE", OURS WORKS_WITH("Cfn")), NULL, GOOD_SET, NULL },
        { STACK("ROOT", "UPDATE_COMPLETE", OURS), STACK("ROOT", "UPDATE_COMPLETE", OURS WORKS_WITH("Cfn")), GOOD_SET,
          "another role than was planned with: arn:aws:iam::222222222222:role/Cfn, none then" },
        { STACK("ROOT", "UPDATE_COMPLETE", OURS WORKS_WITH("Cfn")), STACK("ROOT", "UPDATE_COMPLETE", OURS), GOOD_SET,
          "none now, arn:aws:iam::222222222222:role/Cfn" },
        { NULL, STACK("ROOT", "REVIEW_IN_PROGRESS", WORKS_WITH("Admin")), GOOD_SET, "role/Admin, none then" },
};

START_TEST(a_stack_that_is_another_by_now_is_refused)
{
        AUTO_CLEAR(plan_file) file = { .folder = NULL };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bool refused = stacks_now[_i].says != NULL;

        begin(&file, stacks_now[_i].planned);
        if (stacks_now[_i].now)
                cloud_says(&file.cloud, "DescribeStacks", NULL, stacks_now[_i].now);
        cloud_says(&file.cloud, "DescribeChangeSet", NULL, stacks_now[_i].set);
        bakery_status st = take_up(&file, &plan, &err);
        ck_assert_msg(st == (refused ? BAKERY_ERR_REFUSED : BAKERY_OK), "%d: %s", st, bakery_error_message(err));
        if (refused) {
                ck_says(err, stacks_now[_i].says);
                ck_hints(err, "plan again");
        }
}
END_TEST

/* Between the last look and the order. */
START_TEST(a_role_that_comes_later_is_refused)
{
        AUTO_CLEAR(plan_file) file = { .folder = NULL };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        begin(&file, STACK("ROOT", "UPDATE_COMPLETE", OURS));
        cloud_says(&file.cloud, "DescribeChangeSet", NULL, GOOD_SET);
        ck_assert_int_eq(take_up(&file, &plan, &err), BAKERY_OK);
        cloud_says(&file.cloud, "DescribeStacks", NULL, STACK("ROOT", "UPDATE_COMPLETE", OURS WORKS_WITH("Cfn")));
        ck_assert_int_eq(bakery_plan_execute(file.cloud.client, &file.cloud.target, plan, &file.cloud.options, &err),
                         BAKERY_ERR_REFUSED);
        ck_says(err, "another role than was planned with");
        ck_assert_ptr_null(strstr(bakery_error_message(err), "protected"));
        ck_assert_uint_eq(cloud_count(&file.cloud, "ExecuteChangeSet"), 0);
        ck_assert_uint_eq(cloud_count(&file.cloud, "UpdateTerminationProtection"), 0);
}
END_TEST

START_TEST(the_role_of_a_stack_is_told)
{
        AUTO_CLEAR(plan_file) file = { .folder = NULL };
        AUTO_FREE char *text = NULL;

        begin(&file, STACK("ROOT", "UPDATE_COMPLETE", OURS WORKS_WITH("Cfn")));
        text = read_text(file.path);
        ck_assert_ptr_nonnull(strstr(text, "\"role_arn\": \"arn:aws:iam::222222222222:role/Cfn\""));
        ck_assert_ptr_nonnull(strstr(text, "CloudFormation works on this stack with the role arn:aws:iam::"));
}
END_TEST

START_TEST(a_change_set_of_another_template_is_refused)
{
        AUTO_CLEAR(plan_file) file = { .folder = NULL };
        AUTO_PTR(bakery_plan) plan = NULL;

        begin(&file, NULL);
        cloud_says(&file.cloud, "DescribeChangeSet", NULL, GOOD_SET);
        cloud_says(&file.cloud, "GetTemplate", NULL, cloud_text_template(&file.cloud, "{\"Resources\":{}}"));
        ck_assert_int_eq(take_up(&file, &plan, NULL), BAKERY_ERR_REFUSED);
}
END_TEST

START_TEST(another_configuration_is_refused)
{
        AUTO_CLEAR(plan_file) file = { .folder = NULL };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_PTR(bakery_config)
        other = config_of(
                "TeamName: MyTeam\nBillingCode: BC2\nBakeryAccount: \"111111111111\"\nRegion: eu-west-1\n" ENVIRONMENTS
                        TYPES);

        begin(&file, NULL);
        file.cloud.target.config = other;
        file.cloud.target.account = &other->environments[0].accounts[0];
        ck_assert_int_eq(take_up(&file, &plan, &err), BAKERY_ERR_REFUSED);
        ck_says(err, "is a plan for another configuration");
        ck_sent(&file.cloud, "GetCallerIdentity");
}
END_TEST

START_TEST(a_file_must_be_there)
{
        AUTO_CLEAR(plan_file) file = { .folder = NULL };
        AUTO_PTR(bakery_plan) plan = NULL;

        begin(&file, NULL);
        remove(file.path);
        ck_assert_int_eq(take_up(&file, &plan, NULL), BAKERY_ERR_IO);
        ck_sent(&file.cloud, "");
}
END_TEST

#define CODE_DIGEST "5694d08a2e53ffcae0c3103e5ad6f6076abd960eb1f8a56577040bc1028f702b" /* of "code" */

/* CloudFormation keeps the webhook to itself, and says so with asterisks. */
#define CHECK_SET(bucket, hook)                                                                                 \
        SET_WITH("bakery-plan-1", "CheckAdminAccess",                                                           \
                 PARAMETER("Prefix", "") PARAMETER("CheckSum", CODE_DIGEST) PARAMETER("LambdaS3Bucket", bucket) \
                         PARAMETER("SlackChannelHookUrl", hook) PARAMETER("Architecture", "x86_64"),            \
                 OUR_TAGS, NAMED_IAM, INCLUDED "<OnStackFailure>DO_NOTHING</OnStackFailure>")

static const struct {
        const char *set;
        bakery_status status;
} checks[] = {
        { CHECK_SET("templates", "****"), BAKERY_OK },
        { CHECK_SET("theirs", "****"), BAKERY_ERR_REFUSED },
};

START_TEST(what_cloudformation_hides_is_not_compared)
{
        AUTO_CLEAR(plan_file) file = { .folder = new_folder() };
        AUTO_PTR(bakery_plan) made = NULL;
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_FREE char *zip = path_to(file.folder, "code.zip");
        AUTO_FREE char *text = NULL;
        struct fake_cloud *cloud = &file.cloud;

        file.path = path_to(file.folder, "plan.json");
        write_text(zip, "code");
        cloud_begin(cloud, BAKERY_STACK_CHECK_ADMIN,
                    CLOUD_CONFIG "AdminGroups: MyTeamProdAdmin\nSlackChannelHookUrl: https://CANARY.example\n");
        cloud->target.function_zip = zip;
        cloud_says(cloud, "HEAD", NULL, "");
        cloud_says(cloud, "PUT", NULL, "");
        cloud_says(cloud, "GetTemplate", NULL, cloud_template(cloud, "check_admin_access.json"));
        cloud_says(cloud, "DescribeChangeSet", NULL, checks[_i].set);
        cloud_plays_burger(cloud, NULL);
        ck_assert_msg(cloud_plan(cloud, &made, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_ptr_nonnull(strstr(cloud_form(cloud, "CreateChangeSet"), "CANARY"));
        ck_assert_int_eq(bakery_plan_write(made, file.path, NULL), BAKERY_OK);
        text = read_text(file.path);
        ck_assert_ptr_null(strstr(text, "CANARY"));
        ck_assert_int_eq(take_up(&file, &plan, &err), checks[_i].status);
        if (checks[_i].status)
                ck_says(err, "is not what this configuration asks for");
}
END_TEST

/* Names that exist were allowed when it was made, and are now. */
START_TEST(importing_is_remembered)
{
        AUTO_CLEAR(plan_file) file = { .folder = NULL };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        cloud_says(
                &file.cloud, "ListRoles", NULL,
                OF("ListRoles", "<Roles><member><Path>/</Path><RoleName>Main-Prod-Admin</RoleName></member></Roles>"));
        cloud_begin(&file.cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&file.cloud, NULL);
        file.cloud.options.import_existing = 1;
        file.folder = new_folder();
        file.path = path_to(file.folder, "plan.json");
        AUTO_PTR(bakery_plan) made = NULL;
        ck_assert_int_eq(cloud_plan(&file.cloud, &made, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery_plan_write(made, file.path, NULL), BAKERY_OK);
        cloud_says(&file.cloud, "DescribeChangeSet", NULL,
                   OF("DescribeChangeSet",
                      "<ChangeSetId>SET</ChangeSetId><ChangeSetName>bakery-plan-1</ChangeSetName><StackId>ROOT"
                      "</StackId><StackName>BurgerAccount</StackName><Status>CREATE_COMPLETE</Status><ExecutionStatus>"
                      "AVAILABLE</ExecutionStatus><ImportExistingResources>true</ImportExistingResources>" INCLUDED
                      "<Tags>" OUR_TAGS "</Tags><Capabilities>" NAMED_IAM "</Capabilities><Parameters>" OUR_PARAMETERS
                      "</Parameters><Changes>" CHANGE("Import", "RoleAdmin", "AWS::IAM::Role", "") "</Changes>"));
        ck_assert_msg(take_up(&file, &plan, &err) == BAKERY_OK, "%s", bakery_error_message(err));
}
END_TEST

Suite *plan_file_suite(void)
{
        Suite *suite = suite_create("plan_file");
        TCase *tcase = tcase_create("files");

        tcase_add_loop_test(tcase, a_plan_is_taken_up_and_carried_out, 0, 2);
        tcase_add_test(tcase, nothing_to_do_is_a_plan_too);
        tcase_add_loop_test(tcase, an_edited_file_is_refused_or_changes_nothing, 0, (int)N_ELEMENTS(edits));
        tcase_add_loop_test(tcase, another_change_set_is_refused, 0, (int)N_ELEMENTS(others));
        tcase_add_loop_test(tcase, a_stack_that_is_another_by_now_is_refused, 0, (int)N_ELEMENTS(stacks_now));
        tcase_add_test(tcase, a_role_that_comes_later_is_refused);
        tcase_add_test(tcase, the_role_of_a_stack_is_told);
        tcase_add_test(tcase, a_change_set_of_another_template_is_refused);
        tcase_add_test(tcase, another_configuration_is_refused);
        tcase_add_test(tcase, a_file_must_be_there);
        tcase_add_loop_test(tcase, what_cloudformation_hides_is_not_compared, 0, (int)N_ELEMENTS(checks));
        tcase_add_test(tcase, importing_is_remembered);
        suite_add_tcase(suite, tcase);
        return suite;
}
