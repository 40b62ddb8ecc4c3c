/* What planning does in each state of a stack: what is on the wire, and what is not. */
#include "deploy/settle.h"

#include <check.h>
#include <string.h>

#include "fake_cloud.h"

Suite *settle_suite(void);

#define LOOKED "GetCallerIdentity DescribeStacks"
#define PROPOSED "CreateChangeSet DescribeChangeSet DescribeChangeSet GetTemplate GetAccountSummary"
#define CREATED LOOKED " ListRoles " PROPOSED
#define READ "ListStackResources GetTemplate ListRoles"
#define UPDATED LOOKED " " READ " " PROPOSED

/* States in which the plan is made at once, or refused at once. */
static const struct {
        const char *stack; /* NULL: there is none */
        bakery_status status;
        const char *type; /* of the change set */
        const char *sent;
        const char *says, *hints, *told;
} states[] = {
        { NULL, BAKERY_OK, "CREATE", CREATED, NULL, NULL, NULL },
        { STACK("ROOT", "DELETE_COMPLETE", ""), BAKERY_OK, "CREATE", CREATED, NULL, NULL, NULL },
        { STACK("ROOT", "CREATE_COMPLETE", ""), BAKERY_OK, "UPDATE", UPDATED, NULL, NULL, NULL },
        { STACK("ROOT", "UPDATE_COMPLETE", ""), BAKERY_OK, "UPDATE", UPDATED, NULL, NULL, NULL },
        { STACK("ROOT", "IMPORT_COMPLETE", ""), BAKERY_OK, "UPDATE", UPDATED, NULL, NULL, NULL },
        { STACK("ROOT", "UPDATE_ROLLBACK_COMPLETE", ""), BAKERY_OK, "UPDATE", UPDATED, NULL, NULL,
          "WARNING ROOT: its last update was rolled back" },
        { STACK("ROOT", "IMPORT_ROLLBACK_COMPLETE", ""), BAKERY_OK, "UPDATE", UPDATED, NULL, NULL,
          "WARNING ROOT: its last import was rolled back" },
        { STACK("ROOT", "REVIEW_IN_PROGRESS", ""), BAKERY_OK, "CREATE", LOOKED " ListChangeSets ListRoles " PROPOSED,
          NULL, NULL, NULL },
        { STACK("ROOT", "ROLLBACK_COMPLETE", OURS), BAKERY_ERR_REFUSED, NULL, LOOKED,
          "ROOT is in ROLLBACK_COMPLETE: it was never made", "bakery-cli deploy --recreate burger 222222222222", NULL },
        { STACK("ROOT", "CREATE_FAILED", OURS "<StackStatusReason>no room</StackStatusReason>"), BAKERY_ERR_REFUSED,
          NULL, LOOKED, "ROOT is in CREATE_FAILED: it was never made: its creation failed (no room)", "--recreate",
          NULL },
        { STACK("ROOT", "UPDATE_FAILED", OURS), BAKERY_ERR_REFUSED, NULL, LOOKED, "its last update stopped half-way",
          "bakery-cli rollback burger 222222222222", NULL },
        { STACK("ROOT", "UPDATE_ROLLBACK_FAILED", OURS), BAKERY_ERR_REFUSED, NULL, LOOKED,
          "its last update failed, and so did taking that back",
          "bakery-cli rollback --continue burger 222222222222; --skip ID", NULL },
        { STACK("ROOT", "ROLLBACK_FAILED", OURS), BAKERY_ERR_REFUSED, NULL, LOOKED " ListStackResources",
          "its creation failed, and so did taking that back", "bakery-cli status burger 222222222222", NULL },
        { STACK("ROOT", "DELETE_FAILED", OURS), BAKERY_ERR_REFUSED, NULL, LOOKED " ListStackResources",
          "it could not be deleted as a whole", "bakery-cli status burger 222222222222", NULL },
        { STACK("ROOT", "IMPORT_ROLLBACK_FAILED", OURS), BAKERY_ERR_REFUSED, NULL, LOOKED " ListStackResources",
          "an import failed", "bakery-cli status burger 222222222222", NULL },
        { STACK("ROOT", "SOMETHING_NEW", OURS), BAKERY_ERR_REFUSED, NULL, LOOKED " ListStackResources",
          "that is a state that this version does not know", "bakery-cli status burger 222222222222", NULL },
};

START_TEST(each_state_has_its_way)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const char *stack = states[_i].stack ? states[_i].stack : "none";

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, states[_i].stack);
        bakery_status st = cloud_plan(&cloud, NULL, &err);
        ck_assert_msg(st == states[_i].status, "%s\n%s", stack, bakery_error_message(err));
        ck_sent(&cloud, states[_i].sent);
        if (states[_i].says) {
                ck_says(err, states[_i].says);
                ck_hints(err, states[_i].hints);
        }
        if (states[_i].type)
                ck_assert_str_eq(cloud_field(&cloud, cloud_form(&cloud, "CreateChangeSet"), "ChangeSetType"),
                                 states[_i].type);
        if (states[_i].told)
                ck_told(&cloud, states[_i].told);
        else
                ck_assert_msg(!strstr(cloud.told.at, "WARNING"), "%s", cloud.told.at);
}
END_TEST

#define SUMMARY(name, status)                                                                                  \
        "<member><ChangeSetId>id-" name "</ChangeSetId><ChangeSetName>" name "</ChangeSetName><Status>" status \
        "</Status><CreationTime>2026-11-22T09:00:00Z</CreationTime></member>"
#define SUMMARIES(members) OF("ListChangeSets", "<Summaries>" members "</Summaries>")

/* Change sets that wait in a stack that is not made yet. */
static const struct {
        const char *summaries, *says; /* NULL: it is reused */
} reviews[] = {
        { SUMMARIES(""), NULL },
        { SUMMARIES(SUMMARY("bakery-plan-1", "CREATE_COMPLETE") SUMMARY("bakery-plan-2", "FAILED")), NULL },
        { SUMMARIES(SUMMARY("bakery-plan-1", "CREATE_COMPLETE") SUMMARY("handmade", "CREATE_COMPLETE")),
          "somebody else's change set waits in it: handmade, 60 min old" },
};

START_TEST(a_stack_in_review_is_reused_when_it_is_ours_alone)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_says(&cloud, "ListChangeSets", "StackName=ROOT", reviews[_i].summaries);
        cloud_plays_burger(&cloud, STACK("ROOT", "REVIEW_IN_PROGRESS", ""));
        bakery_status st = cloud_plan(&cloud, NULL, &err);
        if (!reviews[_i].says) {
                ck_assert_msg(st == BAKERY_OK, "%s", bakery_error_message(err));
                return;
        }
        ck_assert_int_eq(st, BAKERY_ERR_REFUSED);
        ck_says(err, reviews[_i].says);
        ck_hints(err, "deleting it is up to them");
        ck_sent(&cloud, LOOKED " ListChangeSets");
}
END_TEST

#define RESOURCE(id, physical, type, status)                                                 \
        "<member><LogicalResourceId>" id "</LogicalResourceId><PhysicalResourceId>" physical \
        "</PhysicalResourceId><ResourceType>" type "</ResourceType><ResourceStatus>" status  \
        "</ResourceStatus></member>"

START_TEST(what_is_left_of_a_stack_is_listed_with_members)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BAKERY, CLOUD_CONFIG);
        cloud_says(&cloud, "ListStackResources", "StackName=ENV",
                   OF("ListStackResources", "<StackResourceSummaries>" RESOURCE("GroupProdAdmin", "MyTeamProdAdmin",
                                                                                "AWS::IAM::Group", "DELETE_FAILED")
                                                    RESOURCE("GroupProdOther", "MyTeamProdOther", "AWS::IAM::Group",
                                                             "DELETE_FAILED") "</StackResourceSummaries>"));
        cloud_says(&cloud, "ListStackResources", NULL,
                   OF("ListStackResources",
                      "<StackResourceSummaries>" RESOURCE("Gone", "G", "AWS::IAM::Role", "DELETE_COMPLETE")
                              RESOURCE("BakeryEnvironment", "ENV", "AWS::CloudFormation::Stack", "DELETE_FAILED")
                                      RESOURCE("BakeryAccount", "ACC", "AWS::CloudFormation::Stack",
                                               "DELETE_COMPLETE") "</StackResourceSummaries>"));
        cloud_says(&cloud, "GetGroup", "MyTeamProdAdmin", MEMBERS("MyTeamProdAdmin", USER("alice") USER("bob")));
        cloud_plays_bakery(&cloud, STACK("ROOT", "DELETE_FAILED", OURS));
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_REFUSED);
        ck_says(err, "ROOT is in DELETE_FAILED: it could not be deleted as a whole; left: MyTeamProdAdmin (members: "
                     "alice, bob), MyTeamProdOther");
        ck_sent(&cloud, LOOKED " ListStackResources ListStackResources GetGroup GetGroup");
}
END_TEST

/* One that is at work is waited for, to wherever it goes. */
START_TEST(a_stack_at_work_is_waited_for)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_PTR(bakery_plan) plan = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStacks",
                                                .times = 3,
                                                .answer.body = STACK("ROOT", "UPDATE_IN_PROGRESS", OURS) });
        cloud_adds(&cloud, (struct cloud_line){
                                   .action = "DescribeStackEvents",
                                   .times = 2,
                                   .answer.body = EVENTS(STACK_EVENT("e2", "ROOT", "UPDATE_IN_PROGRESS", "02")
                                                                 STACK_EVENT("e1", "ROOT", "CREATE_COMPLETE", "01")) });
        cloud_says(&cloud, "DescribeStackEvents", NULL,
                   EVENTS(STACK_EVENT("e3", "ROOT", "UPDATE_COMPLETE", "03")
                                  STACK_EVENT("e2", "ROOT", "UPDATE_IN_PROGRESS", "02")
                                          STACK_EVENT("e1", "ROOT", "CREATE_COMPLETE", "01")));
        cloud_plays_burger(&cloud, STACK("ROOT", "UPDATE_COMPLETE", OURS));
        ck_assert_msg(cloud_plan(&cloud, &plan, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_told(&cloud, "STEP ROOT is at work (UPDATE_IN_PROGRESS): waiting for its end\n"
                        "STACK ROOT UPDATE_IN_PROGRESS\nSTACK ROOT UPDATE_COMPLETE\n");
        ck_assert_int_eq(bakery_plan_what(plan), BAKERY_PLAN_UPDATE);
        ck_sent(&cloud, "GetCallerIdentity DescribeStacks DescribeStacks DescribeStackEvents DescribeStacks "
                        "DescribeStackEvents DescribeStacks DescribeStackEvents DescribeStacks " READ " " PROPOSED);
}
END_TEST

START_TEST(a_stack_at_work_is_refused_by_those_who_do_not_wait)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud.options.no_wait = 1;
        cloud_plays_burger(&cloud, STACK("ROOT", "DELETE_IN_PROGRESS", OURS));
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_REFUSED);
        ck_says(err, "ROOT is at work: DELETE_IN_PROGRESS");
        ck_hints(err, "bakery-cli status --wait burger 222222222222");
        ck_sent(&cloud, LOOKED);
}
END_TEST

START_TEST(one_that_never_rests_is_given_up)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        for (int i = 0; i < 5; i++) {
                cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStacks",
                                                        .times = 1,
                                                        .answer.body = STACK("ROOT", "UPDATE_IN_PROGRESS", OURS) });
                cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStacks",
                                                        .times = 1,
                                                        .answer.body = STACK("ROOT", "UPDATE_COMPLETE", OURS) });
        }
        cloud_says(&cloud, "DescribeStackEvents", NULL, EVENTS(""));
        cloud_plays_burger(&cloud, NULL);
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_REFUSED);
        ck_says(err, "does not come to rest");
        ck_hints(err, "bakery-cli status --wait burger 222222222222");
        ck_assert_uint_eq(cloud_count(&cloud, "CreateChangeSet"), 0);
}
END_TEST

/* A creation that failed, with --recreate. */
static const struct {
        const char *stack, *after; /* the stack when it is deleted; NULL: gone */
        bakery_status status;
        const char *says, *hints;
        unsigned unprotected, deleted, created;
} recreations[] = {
        { STACK("ROOT", "ROLLBACK_COMPLETE", OURS), "DELETE_COMPLETE", BAKERY_OK, NULL, NULL, 0, 1, 1 },
        { STACK("ROOT", "CREATE_FAILED", OURS PROTECTED), "DELETE_COMPLETE", BAKERY_OK, NULL, NULL, 1, 1, 1 },
        { STACK("ROOT", "ROLLBACK_COMPLETE", OURS), "DELETE_FAILED", BAKERY_ERR_AWS, "ROOT could not be deleted",
          "bakery-cli status burger", 0, 1, 0 },
        { STACK("ROOT", "ROLLBACK_COMPLETE", ""), NULL, BAKERY_ERR_REFUSED, "it has no tag ManagedBy",
          "bakery-cli destroy burger 222222222222", 0, 0, 0 },
        { STACK("ROOT", "ROLLBACK_COMPLETE", OLD_TOOLS), NULL, BAKERY_ERR_REFUSED, "it has no tag ManagedBy",
          "bakery-cli destroy", 0, 0, 0 },
};

START_TEST(what_never_came_into_being_is_made_anew)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_CLEAR(buf) events = { .max = 10000 }, after = { .max = 10000 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud.options.recreate = 1;
        if (recreations[_i].after) {
                bakery__buf_format(&events,
                                   EVENTS(EVENT("e9", "ROOT", "ROOT", "ROOT", "AWS::CloudFormation::Stack", "%s", "09",
                                                BY("@TOKEN"))
                                                  EVENT("e8", "ROOT", "ROOT", "ROOT", "AWS::CloudFormation::Stack",
                                                        "DELETE_IN_PROGRESS", "08", BY("@TOKEN"))
                                                          STACK_EVENT("e1", "ROOT", "ROLLBACK_COMPLETE", "01")),
                                   recreations[_i].after);
                bakery__buf_format(&after, STACK("ROOT", "%s", OURS), recreations[_i].after);
                cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStackEvents",
                                                        .after = "DeleteStack",
                                                        .answer.body = events.at });
                cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStacks",
                                                        .after = "DeleteStack",
                                                        .piece = "StackName=ROOT",
                                                        .answer.body = after.at });
        }
        cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStacks",
                                                .after = "DeleteStack",
                                                .answer = { .status = 400, .body = NO_STACK } });
        cloud_plays_burger(&cloud, recreations[_i].stack);
        bakery_status st = cloud_plan(&cloud, NULL, &err);
        ck_assert_msg(st == recreations[_i].status, "%s", bakery_error_message(err));
        if (recreations[_i].says) {
                ck_says(err, recreations[_i].says);
                ck_hints(err, recreations[_i].hints);
        }
        ck_assert_uint_eq(cloud_count(&cloud, "UpdateTerminationProtection"), recreations[_i].unprotected);
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteStack"), recreations[_i].deleted);
        ck_assert_uint_eq(cloud_count(&cloud, "CreateChangeSet"), recreations[_i].created);
        if (recreations[_i].deleted)
                ck_assert_msg(
                        strstr(cloud_form(&cloud, "DeleteStack"), "StackName=ROOT&ClientRequestToken=bakery-delete-"),
                        "%s", cloud_form(&cloud, "DeleteStack"));
}
END_TEST

Suite *settle_suite(void)
{
        Suite *suite = suite_create("settle");
        TCase *tcase = tcase_create("states");

        tcase_add_loop_test(tcase, each_state_has_its_way, 0, (int)N_ELEMENTS(states));
        tcase_add_loop_test(tcase, a_stack_in_review_is_reused_when_it_is_ours_alone, 0, (int)N_ELEMENTS(reviews));
        tcase_add_test(tcase, what_is_left_of_a_stack_is_listed_with_members);
        tcase_add_test(tcase, a_stack_at_work_is_waited_for);
        tcase_add_test(tcase, a_stack_at_work_is_refused_by_those_who_do_not_wait);
        tcase_add_test(tcase, one_that_never_rests_is_given_up);
        tcase_add_loop_test(tcase, what_never_came_into_being_is_made_anew, 0, (int)N_ELEMENTS(recreations));
        suite_add_tcase(suite, tcase);
        return suite;
}
