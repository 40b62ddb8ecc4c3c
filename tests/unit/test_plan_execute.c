/* Carrying a plan out; and rolling back and deleting stacks. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "fake_cloud.h"

Suite *plan_execute_suite(void);

START_TEST(a_plan_is_carried_out)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, NULL);
        ck_assert_int_eq(cloud_plan(&cloud, &plan, NULL), BAKERY_OK);
        cloud.actions.len = 0;
        ck_assert_msg(bakery_plan_execute(cloud.client, &cloud.target, plan, &cloud.options, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        ck_sent(&cloud, "GetCallerIdentity DescribeChangeSet DescribeChangeSet DescribeStacks "
                        "UpdateTerminationProtection DescribeStackEvents ExecuteChangeSet DescribeStacks "
                        "DescribeStackEvents");
        const char *form = cloud_form(&cloud, "ExecuteChangeSet");
        ck_assert_str_eq(cloud_field(&cloud, form, "ChangeSetName"), "SET");
        ck_assert_str_eq(cloud_field(&cloud, form, "ClientRequestToken"),
                         cloud_field(&cloud, cloud_form(&cloud, "CreateChangeSet"), "ChangeSetName"));
        form = cloud_form(&cloud, "UpdateTerminationProtection");
        ck_assert_str_eq(cloud_field(&cloud, form, "StackName"), "ROOT");
        ck_assert_str_eq(cloud_field(&cloud, form, "EnableTerminationProtection"), "true");
        ck_told(&cloud, "STEP deploying BurgerAccount\nSTACK ROOT CREATE_IN_PROGRESS\nSTACK ROOT CREATE_COMPLETE\n");
}
END_TEST

START_TEST(nothing_to_do_asks_nothing)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;

        cloud_says(&cloud, "DescribeChangeSet", NULL, FAILED_SET("SET", "ROOT", "No updates are to be performed."));
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, STACK("ROOT", "UPDATE_COMPLETE", OURS PROTECTED));
        ck_assert_int_eq(cloud_plan(&cloud, &plan, NULL), BAKERY_OK);
        ck_assert_str_eq(bakery_plan_stack_id(plan), "ROOT");
        cloud.actions.len = 0;
        bakery__buf_text(&cloud.actions, "");
        ck_assert_int_eq(bakery_plan_execute(cloud.client, &cloud.target, plan, &cloud.options, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery_plan_discard(cloud.client, &cloud.target, plan, NULL), BAKERY_OK);
        ck_assert_uint_eq(cloud.actions.len, 0);
}
END_TEST

/* A run that was killed, or the tool before, left it open. */
START_TEST(nothing_to_do_but_to_protect)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;

        cloud_says(&cloud, "DescribeChangeSet", NULL, FAILED_SET("SET", "ROOT", "No updates are to be performed."));
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, STACK("ROOT", "UPDATE_COMPLETE", OLD_TOOLS));
        ck_assert_int_eq(cloud_plan(&cloud, &plan, NULL), BAKERY_OK);
        cloud.actions.len = 0;
        ck_assert_int_eq(bakery_plan_execute(cloud.client, &cloud.target, plan, &cloud.options, NULL), BAKERY_OK);
        ck_sent(&cloud, "GetCallerIdentity DescribeStacks UpdateTerminationProtection");
}
END_TEST

START_TEST(a_plan_is_for_its_own_stack)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, NULL);
        ck_assert_int_eq(cloud_plan(&cloud, &plan, NULL), BAKERY_OK);
        cloud.target.region = "us-west-2";
        ck_assert_int_eq(bakery_plan_execute(cloud.client, &cloud.target, plan, &cloud.options, &err),
                         BAKERY_ERR_ARGUMENT);
        ck_says(err, "the plan is for BurgerAccount in 222222222222, eu-west-1, and the target is BurgerAccount in "
                     "222222222222, us-west-2");
        ck_assert_int_eq(bakery_plan_discard(cloud.client, &cloud.target, plan, NULL), BAKERY_ERR_ARGUMENT);
        ck_assert_uint_eq(cloud_count(&cloud, "ExecuteChangeSet") + cloud_count(&cloud, "DeleteChangeSet"), 0);
}
END_TEST

#define IS(execution) SET("SET", "ROOT", "CREATE_COMPLETE", execution, "")
#define MADE_BY(set) OURS "<ChangeSetId>" set "</ChangeSetId>"
#define GONE REFUSED_WITH("ChangeSetNotFound", "gone")

/* What became of the change set since it was planned. */
static const struct {
        int http_status;
        const char *set, *stack;
        bakery_status status;
        const char *says;
        unsigned executed;
} since[] = {
        { 200, IS("AVAILABLE"), STACK("ROOT", "REVIEW_IN_PROGRESS", ""), BAKERY_OK, NULL, 1 },
        { 200, IS("OBSOLETE"), STACK("ROOT", "UPDATE_COMPLETE", MADE_BY("OTHER")), BAKERY_ERR_REFUSED,
          "the change set of BurgerAccount can no longer be executed: OBSOLETE", 0 },
        { 200, IS("UNAVAILABLE"), STACK("ROOT", "UPDATE_COMPLETE", ""), BAKERY_ERR_REFUSED, "executed: UNAVAILABLE",
          0 },
        { 404, GONE, STACK("ROOT", "UPDATE_COMPLETE", MADE_BY("OTHER")), BAKERY_ERR_REFUSED, "executed: it is gone",
          0 },
        /* a stack in review names the change set that waits in it, or waited */
        { 404, GONE, STACK("ROOT", "REVIEW_IN_PROGRESS", MADE_BY("SET")), BAKERY_ERR_REFUSED, "executed: it is gone",
          0 },
        /* an earlier run of ours began it */
        { 404, GONE, STACK("ROOT", "CREATE_COMPLETE", MADE_BY("SET")), BAKERY_OK, NULL, 0 },
        { 200, IS("EXECUTE_IN_PROGRESS"), STACK("ROOT", "CREATE_IN_PROGRESS", ""), BAKERY_OK, NULL, 0 },
        { 200, IS("EXECUTE_COMPLETE"), STACK("ROOT", "CREATE_COMPLETE", ""), BAKERY_OK, NULL, 0 },
};

/* Events of an execution under the plan's token, as a run that did not begin it meets them. */
static const char executed_events[] =
        EVENTS(EVENT("e3", "ROOT", "ROOT", "ROOT", "AWS::CloudFormation::Stack", "CREATE_COMPLETE", "03", BY("@TOKEN"))
                       EVENT("e2", "ROOT", "ROOT", "ROOT", "AWS::CloudFormation::Stack", "CREATE_IN_PROGRESS", "02",
                             BY("@TOKEN")) STACK_EVENT("e1", "ROOT", "REVIEW_IN_PROGRESS", "01"));

START_TEST(what_became_of_the_change_set_decides)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, NULL);
        ck_assert_int_eq(cloud_plan(&cloud, &plan, NULL), BAKERY_OK);
        cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeChangeSet",
                                                .answer = { .status = since[_i].http_status, .body = since[_i].set } });
        cloud_says(&cloud, "DescribeStacks", NULL, since[_i].stack);
        if (!since[_i].executed)
                cloud_says(&cloud, "DescribeStackEvents", NULL, executed_events);
        bakery_status st = bakery_plan_execute(cloud.client, &cloud.target, plan, &cloud.options, &err);
        ck_assert_msg(st == since[_i].status, "%s", bakery_error_message(err));
        ck_assert_uint_eq(cloud_count(&cloud, "ExecuteChangeSet"), since[_i].executed);
        if (since[_i].says) {
                ck_says(err, since[_i].says);
                ck_hints(err, "plan again");
                ck_assert_uint_eq(cloud_count(&cloud, "UpdateTerminationProtection"), 0);
        }
}
END_TEST

#define NOT_NOW REFUSED_WITH("InvalidChangeSetStatus", "it cannot be executed")

/* Execute is answered badly, or not at all; what is found then. */
static const struct {
        struct fake_answer answer;
        unsigned times;
        int http_status; /* of the change set that is found; 0: not reached either */
        const char *set, *stack;
        bakery_status status;
        const char *says;
        unsigned executed;
} lost[] = {
        /* the second try of the same token finds it well */
        { { .fails = BAKERY_ERR_NETWORK }, 1, 200, IS("AVAILABLE"), NULL, BAKERY_OK, NULL, 2 },
        /* it began, and the second try is refused */
        { { .status = 400, .body = NOT_NOW }, 1, 200, IS("EXECUTE_IN_PROGRESS"), NULL, BAKERY_OK, NULL, 1 },
        { { .status = 404, .body = GONE },
          1,
          404,
          GONE,
          STACK("ROOT", "CREATE_COMPLETE", MADE_BY("SET")),
          BAKERY_OK,
          NULL,
          1 },
        { { .fails = BAKERY_ERR_NETWORK }, 3, 200, IS("EXECUTE_IN_PROGRESS"), NULL, BAKERY_OK, NULL, 3 },
        /* nobody knows */
        { { .fails = BAKERY_ERR_NETWORK },
          3,
          200,
          IS("AVAILABLE"),
          NULL,
          BAKERY_ERR_NETWORK,
          "whether the change of BurgerAccount has begun is not known: ",
          3 },
        { { .fails = BAKERY_ERR_NETWORK },
          3,
          0,
          NULL,
          NULL,
          BAKERY_ERR_NETWORK,
          "whether the change of BurgerAccount has begun is not known: ",
          3 },
        { { .cancels = true },
          1,
          200,
          IS("AVAILABLE"),
          NULL,
          BAKERY_ERR_CANCELLED,
          "whether the change of BurgerAccount has begun is not known: ",
          1 },
        /* it did not begin */
        { { .status = 400, .body = NOT_NOW },
          1,
          200,
          IS("OBSOLETE"),
          STACK("ROOT", "UPDATE_COMPLETE", ""),
          BAKERY_ERR_REFUSED,
          "the change set of BurgerAccount can no longer be executed: OBSOLETE",
          1 },
        { { .status = 403, .body = REFUSED_WITH("AccessDenied", "no") },
          1,
          200,
          IS("AVAILABLE"),
          NULL,
          BAKERY_ERR_DENIED,
          "AccessDenied",
          1 },
        { { .status = 400, .body = REFUSED_WITH("InsufficientCapabilities", "no") },
          1,
          200,
          IS("AVAILABLE"),
          NULL,
          BAKERY_ERR_AWS,
          "InsufficientCapabilities",
          1 },
};

START_TEST(a_lost_answer_of_execute_is_found_out)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        struct fake_answer found = { .status = lost[_i].http_status, .body = lost[_i].set };

        if (!lost[_i].http_status)
                found.fails = BAKERY_ERR_NETWORK;
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, NULL);
        ck_assert_int_eq(cloud_plan(&cloud, &plan, NULL), BAKERY_OK);
        cloud_adds(&cloud, (struct cloud_line){
                                   .action = "ExecuteChangeSet", .times = lost[_i].times, .answer = lost[_i].answer });
        cloud_adds(&cloud,
                   (struct cloud_line){ .action = "DescribeChangeSet", .after = "ExecuteChangeSet", .answer = found });
        if (lost[_i].stack)
                cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStacks",
                                                        .after = "ExecuteChangeSet",
                                                        .answer.body = lost[_i].stack });
        bakery_status st = bakery_plan_execute(cloud.client, &cloud.target, plan, &cloud.options, &err);
        ck_assert_msg(st == lost[_i].status, "%s", bakery_error_message(err));
        ck_assert_uint_eq(cloud_count(&cloud, "ExecuteChangeSet"), lost[_i].executed);
        if (lost[_i].says)
                ck_says(err, lost[_i].says);
        if (st == BAKERY_ERR_NETWORK || st == BAKERY_ERR_CANCELLED)
                ck_hints(err, "bakery-cli status --wait burger 222222222222");
}
END_TEST

START_TEST(what_cannot_be_protected_is_left_alone)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud,
                   (struct cloud_line){ .action = "UpdateTerminationProtection",
                                        .answer = { .status = 403, .body = REFUSED_WITH("AccessDenied", "no") } });
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, NULL);
        ck_assert_int_eq(cloud_deploy(&cloud, &err), BAKERY_ERR_DENIED);
        ck_says(err, "BurgerAccount cannot be protected against deletion, and is left as it is: ");
        ck_assert_uint_eq(cloud_count(&cloud, "ExecuteChangeSet"), 0);
}
END_TEST

START_TEST(what_is_protected_is_not_protected_again)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, STACK("ROOT", "UPDATE_COMPLETE", OURS PROTECTED));
        ck_assert_int_eq(cloud_deploy(&cloud, NULL), BAKERY_OK);
        ck_assert_uint_eq(cloud_count(&cloud, "UpdateTerminationProtection"), 0);
        ck_assert_uint_eq(cloud_count(&cloud, "ExecuteChangeSet"), 1);
}
END_TEST

/* What takes a stack back, from where. */
static const struct {
        const char *stack, *skip, *sent, *end;
        bakery_status status;
        const char *says, *hints;
} rollbacks[] = {
        { STACK("ROOT", "UPDATE_FAILED", ""), NULL, "RollbackStack", "UPDATE_ROLLBACK_COMPLETE", BAKERY_OK, NULL,
          NULL },
        { STACK("ROOT", "CREATE_FAILED", ""), NULL, "RollbackStack", "ROLLBACK_COMPLETE", BAKERY_OK, NULL, NULL },
        { STACK("ROOT", "UPDATE_ROLLBACK_FAILED", ""), "A.B", "ContinueUpdateRollback", "UPDATE_ROLLBACK_COMPLETE",
          BAKERY_OK, NULL, NULL },
        { STACK("ROOT", "UPDATE_ROLLBACK_FAILED", ""), NULL, "ContinueUpdateRollback", "UPDATE_ROLLBACK_FAILED",
          BAKERY_ERR_AWS, "BurgerAccount is in UPDATE_ROLLBACK_FAILED",
          "bakery-cli rollback --continue burger 222222222222; --skip ID" },
        { STACK("ROOT", "UPDATE_FAILED", ""), "A", NULL, NULL, BAKERY_ERR_ARGUMENT,
          "resources are left out only where a rollback has failed", NULL },
        { STACK("ROOT", "UPDATE_COMPLETE", ""), NULL, NULL, NULL, BAKERY_ERR_REFUSED,
          "ROOT is in UPDATE_COMPLETE: there is nothing to take back", NULL },
        { NULL, NULL, NULL, NULL, BAKERY_ERR_NOT_FOUND, "there is no stack BurgerAccount in 222222222222, eu-west-1",
          NULL },
};

START_TEST(a_rollback_that_failed_is_gone_on_with_only_when_asked)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, STACK("ROOT", "UPDATE_ROLLBACK_FAILED", ""));
        ck_assert_int_eq(bakery_stack_rollback(cloud.client, &cloud.target, NULL, 0, &cloud.options, &err),
                         BAKERY_ERR_REFUSED);
        ck_hints(err, "bakery-cli rollback --continue burger");
        ck_assert_uint_eq(cloud_count(&cloud, "ContinueUpdateRollback"), 0);
}
END_TEST

START_TEST(a_stack_is_taken_back)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_CLEAR(buf) events = { .max = 10000 };
        AUTO_PTR(bakery_error) err = NULL;
        const char *skip = rollbacks[_i].skip;

        if (rollbacks[_i].sent) {
                bakery__buf_format(
                        &events,
                        EVENTS(EVENT("e9", "ROOT", "ROOT", "ROOT", "AWS::CloudFormation::Stack", "%s", "09",
                                     BY("@TOKEN")) STACK_EVENT("e1", "ROOT", "UPDATE_ROLLBACK_FAILED", "01")),
                        rollbacks[_i].end);
                cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStackEvents",
                                                        .after = rollbacks[_i].sent,
                                                        .answer.body = events.at });
                cloud_says(&cloud, "RollbackStack", NULL, OF("RollbackStack", ""));
                cloud_says(&cloud, "ContinueUpdateRollback", NULL, OF("ContinueUpdateRollback", ""));
        }
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, rollbacks[_i].stack);
        cloud.options.continue_rollback = 1;
        bakery_status st =
                bakery_stack_rollback(cloud.client, &cloud.target, &skip, skip != NULL, &cloud.options, &err);
        ck_assert_msg(st == rollbacks[_i].status, "%s", bakery_error_message(err));
        if (rollbacks[_i].says)
                ck_says(err, rollbacks[_i].says);
        if (rollbacks[_i].hints)
                ck_hints(err, rollbacks[_i].hints);
        if (rollbacks[_i].sent) {
                const char *form = cloud_form(&cloud, rollbacks[_i].sent);

                ck_assert_str_eq(cloud_field(&cloud, form, "StackName"), "ROOT");
                ck_assert_ptr_nonnull(cloud_field(&cloud, form, "ClientRequestToken"));
                const char *left_out = cloud_field(&cloud, form, "ResourcesToSkip.member.1");
                ck_assert(bakery__str_equal(left_out, skip));
        } else {
                ck_assert_uint_eq(cloud_count(&cloud, "RollbackStack") + cloud_count(&cloud, "ContinueUpdateRollback"),
                                  0);
        }
}
END_TEST

#define GROUP_TEMPLATE \
        "{\"Resources\":{\"G\":{\"Type\":\"AWS::IAM::Group\",\"Properties\":{\"GroupName\":\"MyTeamProdAdmin\"}}}}"

/* Deleting a stack, and what stands against it. */
static const struct {
        const char *stack;
        const char *members, *summaries; /* NULL: none */
        bakery_status status;
        const char *says, *hints;
        unsigned unprotected;
} deletions[] = {
        { STACK("ROOT", "UPDATE_COMPLETE", OURS), NULL, NULL, BAKERY_OK, NULL, NULL, 0 },
        { STACK("ROOT", "UPDATE_COMPLETE", OLD_TOOLS), NULL, NULL, BAKERY_OK, NULL, NULL, 0 },
        { STACK("ROOT", "UPDATE_COMPLETE", OURS PROTECTED), NULL, NULL, BAKERY_OK, NULL, NULL, 1 },
        { STACK("ROOT", "DELETE_FAILED", OURS), NULL, NULL, BAKERY_OK, NULL, NULL, 0 },
        { STACK("ROOT", "UPDATE_COMPLETE", ""), NULL, NULL, BAKERY_ERR_REFUSED,
          "ROOT was made neither by this tool nor by the one before it", "Prefix", 0 },
        { STACK("ROOT", "UPDATE_COMPLETE", OURS), MEMBERS("MyTeamProdAdmin", USER("alice") USER("bob")), NULL,
          BAKERY_ERR_REFUSED, "group MyTeamProdAdmin still has members: alice, bob", "nothing was deleted", 0 },
        { STACK("ROOT", "UPDATE_ROLLBACK_FAILED", OURS), NULL, NULL, BAKERY_ERR_REFUSED,
          "ROOT is in UPDATE_ROLLBACK_FAILED, and is not deleted from there", "bakery-cli rollback --continue bakery",
          0 },
        { STACK("ROOT", "REVIEW_IN_PROGRESS", ""), NULL, NULL, BAKERY_OK, NULL, NULL, 0 },
        { STACK("ROOT", "REVIEW_IN_PROGRESS", ""), NULL,
          OF("ListChangeSets", "<Summaries><member><ChangeSetId>I</ChangeSetId><ChangeSetName>theirs</ChangeSetName>"
                               "<Status>CREATE_COMPLETE</Status></member></Summaries>"),
          BAKERY_ERR_REFUSED, "somebody else's change set waits in it: theirs", "up to them", 0 },
        { NULL, NULL, NULL, BAKERY_ERR_NOT_FOUND, "there is no stack BakeryAccount in 111111111111", NULL, 0 },
};

START_TEST(a_stack_is_deleted_or_not)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStacks",
                                                .after = "DeleteStack",
                                                .answer.body = STACK("ROOT", "DELETE_COMPLETE", "") });
        if (deletions[_i].members)
                cloud_says(&cloud, "GetGroup", NULL, deletions[_i].members);
        if (deletions[_i].summaries)
                cloud_says(&cloud, "ListChangeSets", NULL, deletions[_i].summaries);
        cloud_begin(&cloud, BAKERY_STACK_BAKERY, CLOUD_CONFIG);
        cloud_says(&cloud, "GetTemplate", NULL, cloud_text_template(&cloud, GROUP_TEMPLATE));
        cloud_plays_bakery(&cloud, deletions[_i].stack);
        bakery_status st = bakery_stack_delete(cloud.client, &cloud.target, &cloud.options, &err);
        ck_assert_msg(st == deletions[_i].status, "%s", bakery_error_message(err));
        if (deletions[_i].says)
                ck_says(err, deletions[_i].says);
        if (deletions[_i].hints)
                ck_hints(err, deletions[_i].hints);
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteStack"), st == BAKERY_OK);
        ck_assert_uint_eq(cloud_count(&cloud, "UpdateTerminationProtection"), deletions[_i].unprotected);
        if (!st)
                ck_assert_str_eq(cloud_field(&cloud, cloud_form(&cloud, "DeleteStack"), "StackName"), "ROOT");
}
END_TEST

START_TEST(a_deletion_that_fails_says_why)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud,
                   (struct cloud_line){
                           .action = "DescribeStackEvents",
                           .after = "DeleteStack",
                           .answer.body = EVENTS(STACK_EVENT("e9", "ROOT", "DELETE_FAILED", "09") EVENT(
                                   "e8", "ROOT", "R", "R", "AWS::IAM::Role", "DELETE_FAILED", "08",
                                   REASON("has policies")) STACK_EVENT("e7", "ROOT", "DELETE_IN_PROGRESS", "07")) });
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, STACK("ROOT", "UPDATE_COMPLETE", OURS));
        ck_assert_int_eq(bakery_stack_delete(cloud.client, &cloud.target, &cloud.options, &err), BAKERY_ERR_AWS);
        ck_assert_str_eq(bakery_error_message(err),
                         "R (AWS::IAM::Role): has policies; BurgerAccount is in DELETE_FAILED");
        ck_hints(err, "bakery-cli destroy burger 222222222222");
}
END_TEST

#define POLICIES(names) OF("ListRolePolicies", "<PolicyNames>" names "</PolicyNames>")
#define A_DENIAL "role Main-Prod-Gone denies the sessions of ann (bakery-cli users revoke), and CloudFormation cannot"
#define GONE_TEMPLATE \
        "{\"Resources\":{\"R\":{\"Type\":\"AWS::IAM::Role\",\"Properties\":{\"RoleName\":\"Main-Prod-Gone\"}}}}"

/* A role that goes, and what is on it: who ended sessions on it must not be undone by the way, nor stop it half-way. */
static const struct {
        struct fake_answer policies;
        bakery_status status;
        const char *says, *hints;
} denials[] = {
        { ANSWER(200, NULL, POLICIES("")), BAKERY_OK, NULL, NULL },
        { ANSWER(200, NULL, POLICIES("<member>Own</member><member>BakeryRevoked</member>")), BAKERY_OK, NULL, NULL },
        { ANSWER(200, NULL, POLICIES("<member>Own</member><member>BakeryRevoked-ann</member>")), BAKERY_ERR_REFUSED,
          A_DENIAL, "then, bakery-cli users revoke ann --undo" },
        { ANSWER(200, NULL, POLICIES("<member>BakeryRevoked-ann</member><member>BakeryRevoked-bob</member>")),
          BAKERY_ERR_REFUSED, "denies the sessions of ann, bob (", "bakery-cli users revoke NAME --undo" },
        { ANSWER(403, NULL, REFUSED_WITH("AccessDenied", "no")), BAKERY_OK, NULL, NULL },
        { ANSWER(404, NULL, REFUSED_WITH("NoSuchEntity", "no")), BAKERY_OK, NULL, NULL },
        { { .fails = BAKERY_ERR_NETWORK }, BAKERY_ERR_NETWORK, "the policies of role Main-Prod-Gone", NULL },
};

static const char *const goings[] = {
        CHANGE("Remove", "RoleGone", "AWS::IAM::Role", "<PhysicalResourceId>Main-Prod-Gone</PhysicalResourceId>"),
        CHANGE("Modify", "RoleGone", "AWS::IAM::Role",
               "<PhysicalResourceId>Main-Prod-Gone</PhysicalResourceId><Replacement>True</Replacement>"),
        CHANGE("Modify", "RoleGone", "AWS::IAM::Role",
               "<PhysicalResourceId>Main-Prod-Gone</PhysicalResourceId><Replacement>Conditional</Replacement>"),
};

START_TEST(a_role_that_goes_denies_nobody)
{
        AUTO_CLEAR(buf) set = { .max = 4096 };

        for (size_t i = 0; i < N_ELEMENTS(goings); i++) {
                AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
                AUTO_PTR(bakery_plan) plan = NULL;
                AUTO_PTR(bakery_error) err = NULL;

                cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
                set.len = 0;
                bakery__buf_format(&set, SET("SET", "ROOT", "CREATE_COMPLETE", "AVAILABLE", "%s"), goings[i]);
                cloud_says(&cloud, "DescribeChangeSet", NULL, set.at);
                cloud_adds(&cloud, (struct cloud_line){ .action = "ListRolePolicies", .answer = denials[_i].policies });
                cloud_plays_burger(&cloud, NULL);
                ck_assert_int_eq(cloud_plan(&cloud, &plan, NULL), BAKERY_OK);
                bakery_status st = bakery_plan_execute(cloud.client, &cloud.target, plan, &cloud.options, &err);
                ck_assert_msg(st == denials[_i].status, "%zu: %s", i, bakery_error_message(err));
                ck_assert_str_eq(cloud_field(&cloud, cloud_form(&cloud, "ListRolePolicies"), "RoleName"),
                                 "Main-Prod-Gone");
                ck_assert_uint_eq(cloud_count(&cloud, "ExecuteChangeSet"), st == BAKERY_OK);
                ck_assert_uint_eq(cloud_count(&cloud, "UpdateTerminationProtection"), st == BAKERY_OK);
                if (denials[_i].says)
                        ck_says(err, denials[_i].says);
                if (denials[_i].hints)
                        ck_hints(err, denials[_i].hints);
        }
}
END_TEST

/* Refused before there is a change set. */
START_TEST(no_plan_is_made_that_stops_half_way)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_says(&cloud, "GetTemplate", "ChangeSetName=SET", cloud_template(&cloud, "burger_account.json"));
        cloud_says(&cloud, "GetTemplate", NULL, cloud_text_template(&cloud, GONE_TEMPLATE));
        cloud_adds(&cloud, (struct cloud_line){ .action = "ListRolePolicies", .answer = denials[_i].policies });
        cloud_plays_burger(&cloud, STACK("ROOT", "UPDATE_COMPLETE", OURS PROTECTED));
        bakery_status st = cloud_plan(&cloud, &plan, &err);
        ck_assert_msg(st == denials[_i].status, "%s", bakery_error_message(err));
        ck_assert_uint_eq(cloud_count(&cloud, "CreateChangeSet"), st == BAKERY_OK);
        if (denials[_i].says)
                ck_says(err, denials[_i].says);
}
END_TEST

START_TEST(a_burger_that_is_deleted_denies_nobody)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStacks",
                                                .after = "DeleteStack",
                                                .answer.body = STACK("ROOT", "DELETE_COMPLETE", "") });
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_says(&cloud, "GetTemplate", NULL, cloud_text_template(&cloud, GONE_TEMPLATE));
        cloud_adds(&cloud, (struct cloud_line){ .action = "ListRolePolicies", .answer = denials[_i].policies });
        cloud_plays_burger(&cloud, STACK("ROOT", "UPDATE_COMPLETE", OURS PROTECTED));
        bakery_status st = bakery_stack_delete(cloud.client, &cloud.target, &cloud.options, &err);
        ck_assert_msg(st == denials[_i].status, "%s", bakery_error_message(err));
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteStack"), st == BAKERY_OK);
        ck_assert_uint_eq(cloud_count(&cloud, "UpdateTerminationProtection"), st == BAKERY_OK);
        if (denials[_i].says)
                ck_says(err, denials[_i].says);
}
END_TEST

Suite *plan_execute_suite(void)
{
        Suite *suite = suite_create("plan_execute");
        TCase *tcase = tcase_create("plans");

        tcase_add_test(tcase, a_plan_is_carried_out);
        tcase_add_test(tcase, nothing_to_do_asks_nothing);
        tcase_add_test(tcase, nothing_to_do_but_to_protect);
        tcase_add_test(tcase, a_plan_is_for_its_own_stack);
        tcase_add_loop_test(tcase, what_became_of_the_change_set_decides, 0, (int)N_ELEMENTS(since));
        tcase_add_loop_test(tcase, a_lost_answer_of_execute_is_found_out, 0, (int)N_ELEMENTS(lost));
        tcase_add_test(tcase, what_cannot_be_protected_is_left_alone);
        tcase_add_test(tcase, what_is_protected_is_not_protected_again);
        tcase_add_test(tcase, a_rollback_that_failed_is_gone_on_with_only_when_asked);
        tcase_add_loop_test(tcase, a_stack_is_taken_back, 0, (int)N_ELEMENTS(rollbacks));
        tcase_add_loop_test(tcase, a_stack_is_deleted_or_not, 0, (int)N_ELEMENTS(deletions));
        tcase_add_test(tcase, a_deletion_that_fails_says_why);
        tcase_add_loop_test(tcase, a_role_that_goes_denies_nobody, 0, N_ELEMENTS(denials));
        tcase_add_loop_test(tcase, no_plan_is_made_that_stops_half_way, 0, N_ELEMENTS(denials));
        tcase_add_loop_test(tcase, a_burger_that_is_deleted_denies_nobody, 0, N_ELEMENTS(denials));
        suite_add_tcase(suite, tcase);
        return suite;
}
