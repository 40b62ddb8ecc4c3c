/* Watching a stack at work: what is told, what the cause is, and what is never called a failure. */
#include "deploy/watch.h"

#include <check.h>
#include <string.h>

#include "fake_cloud.h"

Suite *watch_suite(void);

/* An event of our operation, by its logical id, in the root or in the stack ENV that is nested in it. */
#define IN_ROOT(id, logical, physical, type, status, second, rest) \
        EVENT(id, "ROOT", logical, physical, type, status, second, rest BY("@TOKEN"))
#define IN_ENV(id, logical, physical, type, status, second, rest) \
        EVENT(id, "ENV", logical, physical, type, status, second, rest BY("@TOKEN"))
#define ROOT_IS(id, status, second) IN_ROOT(id, "ROOT", "ROOT", "AWS::CloudFormation::Stack", status, second, "")
#define ROLE_IS(id, status, second, rest) IN_ROOT(id, "RoleAdmin", "R", "AWS::IAM::Role", status, second, rest)
#define NESTED_IS(id, status, second, rest) \
        IN_ROOT(id, "BakeryEnvironment", "ENV", "AWS::CloudFormation::Stack", status, second, rest)
#define GROUP_IS(id, status, second, rest) \
        IN_ENV(id, "GroupProdAdmin", "MyTeamProdAdmin", "AWS::IAM::Group", status, second, rest)
#define BEFORE STACK_EVENT("e1", "ROOT", "CREATE_COMPLETE", "01")
#define BEGUN ROOT_IS("e2", "UPDATE_IN_PROGRESS", "02") BEFORE

/* What is seen at each look; where the status of the stack is not given it is that of the look before. */
struct look {
        const char *status, *events, *nested;
};

static void add_look(struct fake_cloud *cloud, const struct look *look, bool last)
{
        AUTO_CLEAR(buf) stack = { .max = 10000 };
        unsigned times = last ? 0 : 1;

        bakery__buf_format(&stack, STACK("ROOT", "%s", OURS), look->status);
        cloud_adds(cloud,
                   (struct cloud_line){ .action = "DescribeStacks",
                                        .after = "ExecuteChangeSet",
                                        .times = times,
                                        .answer.body = bakery__arena_copy(&cloud->arena, bakery__span(stack.at)) });
        cloud_adds(cloud, (struct cloud_line){ .action = "DescribeStackEvents",
                                               .piece = "StackName=ROOT",
                                               .after = "ExecuteChangeSet",
                                               .times = times,
                                               .answer.body = look->events });
        if (look->nested)
                cloud_adds(cloud, (struct cloud_line){ .action = "DescribeStackEvents",
                                                       .piece = "StackName=ENV",
                                                       .after = "ExecuteChangeSet",
                                                       .times = times,
                                                       .answer.body = look->nested });
}

/* A burger's update, watched: look after look. */
static bakery_status watch(struct fake_cloud *cloud, const struct look *looks, bakery_error **err)
{
        cloud_begin(cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        for (size_t i = 0; looks[i].status; i++)
                add_look(cloud, &looks[i], !looks[i + 1].status);
        cloud_plays_burger(cloud, STACK("ROOT", "CREATE_COMPLETE", OURS));
        cloud_says(cloud, "ListGroupPolicies", NULL, OF("ListGroupPolicies", "<PolicyNames/>"));
        cloud_says(cloud, "ListAttachedGroupPolicies", NULL, OF("ListAttachedGroupPolicies", "<AttachedPolicies/>"));
        return cloud_deploy(cloud, err);
}

static const struct {
        const char *what;
        struct look looks[5];
        bakery_status status;
        const char *says; /* the whole message; NULL: success */
        const char *told; /* after "deploying"; NULL: not looked at */
} ways[] = {
        { "at once",
          { { "UPDATE_COMPLETE", EVENTS(ROOT_IS("e3", "UPDATE_COMPLETE", "03") BEGUN), NULL } },
          BAKERY_OK,
          NULL,
          "STACK ROOT UPDATE_IN_PROGRESS\nSTACK ROOT UPDATE_COMPLETE\n" },
        { "each event once, the oldest first",
          { { "UPDATE_IN_PROGRESS", EVENTS(ROLE_IS("e3", "UPDATE_IN_PROGRESS", "03", "") BEGUN), NULL },
            { "UPDATE_IN_PROGRESS", EVENTS(ROLE_IS("e3", "UPDATE_IN_PROGRESS", "03", "") BEGUN), NULL },
            { "UPDATE_COMPLETE",
              EVENTS(ROOT_IS("e5", "UPDATE_COMPLETE", "04") ROLE_IS("e4", "UPDATE_COMPLETE", "04", "")
                             ROLE_IS("e3", "UPDATE_IN_PROGRESS", "03", "") BEGUN),
              NULL } },
          BAKERY_OK,
          NULL,
          "STACK ROOT UPDATE_IN_PROGRESS\nRESOURCE RoleAdmin UPDATE_IN_PROGRESS\nRESOURCE RoleAdmin "
          "UPDATE_COMPLETE\nSTACK ROOT UPDATE_COMPLETE\n" },
        { "at one time, those of a stack after those of the stack that it is in, as each lists them",
          { { "UPDATE_COMPLETE",
              EVENTS(ROOT_IS("e5", "UPDATE_COMPLETE", "04") ROLE_IS("e4", "UPDATE_COMPLETE", "03", "")
                             NESTED_IS("e3", "UPDATE_IN_PROGRESS", "03", "") BEGUN),
              EVENTS(GROUP_IS("n2", "UPDATE_COMPLETE", "03", "") GROUP_IS("n1", "UPDATE_IN_PROGRESS", "03", "")) } },
          BAKERY_OK,
          NULL,
          "STACK ROOT UPDATE_IN_PROGRESS\nRESOURCE BakeryEnvironment UPDATE_IN_PROGRESS\nRESOURCE RoleAdmin "
          "UPDATE_COMPLETE\nRESOURCE GroupProdAdmin UPDATE_IN_PROGRESS\nRESOURCE GroupProdAdmin UPDATE_COMPLETE\n"
          "STACK ROOT UPDATE_COMPLETE\n" },
        { "the status is still the one of before, with no event yet",
          { { "CREATE_COMPLETE", EVENTS(BEFORE), NULL },
            { "UPDATE_COMPLETE", EVENTS(ROOT_IS("e3", "UPDATE_COMPLETE", "03") BEGUN), NULL } },
          BAKERY_OK,
          NULL,
          "STACK ROOT UPDATE_IN_PROGRESS\nSTACK ROOT UPDATE_COMPLETE\n" },
        { "the status is still the one of before, though events say that it began",
          { { "CREATE_COMPLETE", EVENTS(BEGUN), NULL },
            { "UPDATE_IN_PROGRESS", EVENTS(ROLE_IS("e3", "UPDATE_FAILED", "03", REASON("no")) BEGUN), NULL },
            { "UPDATE_ROLLBACK_COMPLETE",
              EVENTS(ROOT_IS("e4", "UPDATE_ROLLBACK_COMPLETE", "04") ROLE_IS("e3", "UPDATE_FAILED", "03", REASON("no"))
                             BEGUN),
              NULL } },
          BAKERY_ERR_AWS,
          "RoleAdmin (AWS::IAM::Role): no; BurgerAccount is in UPDATE_ROLLBACK_COMPLETE",
          NULL },
        { "the status is late at the end",
          { { "UPDATE_IN_PROGRESS", EVENTS(ROOT_IS("e3", "UPDATE_COMPLETE", "03") BEGUN), NULL } },
          BAKERY_OK,
          NULL,
          NULL },
        { "the last events come after the status",
          { { "UPDATE_COMPLETE", EVENTS(BEGUN), NULL },
            { "UPDATE_COMPLETE",
              EVENTS(ROOT_IS("e4", "UPDATE_COMPLETE", "04") ROLE_IS("e3", "UPDATE_COMPLETE", "03", "") BEGUN), NULL } },
          BAKERY_OK,
          NULL,
          "STACK ROOT UPDATE_IN_PROGRESS\nRESOURCE RoleAdmin UPDATE_COMPLETE\nSTACK ROOT UPDATE_COMPLETE\n" },
        { "others go on right after us",
          { { "UPDATE_IN_PROGRESS",
              EVENTS(EVENT("e9", "ROOT", "ROOT", "ROOT", "AWS::CloudFormation::Stack", "UPDATE_IN_PROGRESS", "09",
                           BY("theirs")) ROOT_IS("e3", "UPDATE_COMPLETE", "03") BEGUN),
              NULL } },
          BAKERY_OK,
          NULL,
          "STACK ROOT UPDATE_IN_PROGRESS\nSTACK ROOT UPDATE_COMPLETE\n" },
        { "others were at work before",
          { { "UPDATE_COMPLETE",
              EVENTS(ROOT_IS("e3", "UPDATE_COMPLETE", "03") ROOT_IS("e2", "UPDATE_IN_PROGRESS", "02")
                             EVENT("e0", "ROOT", "Old", "O", "AWS::IAM::Role", "UPDATE_FAILED", "01",
                                   REASON("theirs") BY("theirs"))),
              NULL } },
          BAKERY_OK,
          NULL,
          "STACK ROOT UPDATE_IN_PROGRESS\nSTACK ROOT UPDATE_COMPLETE\n" },
        { "a nested stack: its events come by its own id, and its own tale only from its parent",
          { { "UPDATE_IN_PROGRESS", EVENTS(NESTED_IS("e3", "UPDATE_IN_PROGRESS", "03", "") BEGUN),
              EVENTS(GROUP_IS("n2", "UPDATE_IN_PROGRESS", "05", "")
                             IN_ENV("n1", "ENV", "ENV", "AWS::CloudFormation::Stack", "UPDATE_IN_PROGRESS", "04", "")
                                     IN_ENV("n0", "GroupOld", "O", "AWS::IAM::Group", "CREATE_COMPLETE", "01", "")) },
            { "UPDATE_COMPLETE",
              EVENTS(ROOT_IS("e9", "UPDATE_COMPLETE", "09") NESTED_IS("e4", "UPDATE_COMPLETE", "07", "")
                             NESTED_IS("e3", "UPDATE_IN_PROGRESS", "03", "") BEGUN),
              EVENTS(GROUP_IS("n3", "UPDATE_COMPLETE", "06", "") GROUP_IS("n2", "UPDATE_IN_PROGRESS", "05", "")) } },
          BAKERY_OK,
          NULL,
          "STACK ROOT UPDATE_IN_PROGRESS\nRESOURCE BakeryEnvironment UPDATE_IN_PROGRESS\nRESOURCE GroupProdAdmin "
          "UPDATE_IN_PROGRESS\nRESOURCE GroupProdAdmin UPDATE_COMPLETE\nRESOURCE BakeryEnvironment "
          "UPDATE_COMPLETE\nSTACK ROOT UPDATE_COMPLETE\n" },
        { "the cause is the earliest failure in whichever stack, not what was cancelled for it",
          { { "UPDATE_ROLLBACK_COMPLETE",
              EVENTS(ROOT_IS("e9", "UPDATE_ROLLBACK_COMPLETE", "09")
                             NESTED_IS("e5", "UPDATE_FAILED", "07", REASON("Embedded stack ENV"))
                                     ROLE_IS("e4", "UPDATE_FAILED", "04", REASON("Resource update cancelled"))
                                             NESTED_IS("e3", "UPDATE_IN_PROGRESS", "03", "") BEGUN),
              EVENTS(IN_ENV("n4", "GroupLate", "L", "AWS::IAM::Group", "CREATE_FAILED", "06", REASON("later"))
                             GROUP_IS("n3", "CREATE_FAILED", "05", REASON("EntityAlreadyExists"))) } },
          BAKERY_ERR_AWS,
          "GroupProdAdmin (AWS::IAM::Group) in BakeryEnvironment: EntityAlreadyExists; BurgerAccount is in "
          "UPDATE_ROLLBACK_COMPLETE",
          NULL },
        { "a nested stack that cannot even begin",
          { { "ROLLBACK_COMPLETE",
              EVENTS(ROOT_IS("e9", "ROLLBACK_COMPLETE", "09")
                             IN_ROOT("e3", "BakeryEnvironment", "", "AWS::CloudFormation::Stack", "CREATE_FAILED", "03",
                                     REASON("S3 error: Access Denied")) BEGUN),
              NULL } },
          BAKERY_ERR_AWS,
          "BakeryEnvironment (AWS::CloudFormation::Stack): S3 error: Access Denied; BurgerAccount is in "
          "ROLLBACK_COMPLETE",
          NULL },
        { "no resource failed",
          { { "UPDATE_ROLLBACK_COMPLETE",
              EVENTS(IN_ROOT("e3", "ROOT", "ROOT", "AWS::CloudFormation::Stack", "UPDATE_ROLLBACK_COMPLETE", "03",
                             REASON("a hook said no")) BEGUN),
              NULL } },
          BAKERY_ERR_AWS,
          "a hook said no; BurgerAccount is in UPDATE_ROLLBACK_COMPLETE",
          NULL },
        { "something stays behind",
          { { "UPDATE_COMPLETE",
              EVENTS(ROOT_IS("e9", "UPDATE_COMPLETE", "09") IN_ROOT("e5", "GroupOld", "MyTeamOld", "AWS::IAM::Group",
                                                                    "DELETE_FAILED", "05", REASON("members"))
                             ROLE_IS("e4", "DELETE_FAILED", "04", REASON("in use")) BEGUN),
              NULL } },
          BAKERY_ERR_AWS,
          "BurgerAccount is deployed, but 2 resources could not be deleted: R (in use), MyTeamOld (members: alice, "
          "bob) (no policy is left in it)",
          NULL },
        { "what was deleted in the end is not left behind",
          { { "UPDATE_COMPLETE",
              EVENTS(ROOT_IS("e9", "UPDATE_COMPLETE", "09") ROLE_IS("e5", "DELETE_COMPLETE", "05", "")
                             ROLE_IS("e4", "DELETE_FAILED", "04", REASON("in use")) BEGUN),
              NULL } },
          BAKERY_OK,
          NULL,
          NULL },
        { "a stack that is gone", { { "DELETE_COMPLETE", EVENTS(BEGUN), NULL } }, BAKERY_OK, NULL, NULL },
        { "escapes are harmless",
          { { "UPDATE_COMPLETE",
              EVENTS(ROOT_IS("e9", "UPDATE_COMPLETE", "09") ROLE_IS("e4", "UPDATE_COMPLETE", "04",
                                                                    REASON("\xc2\x9b"
                                                                           "2J")) BEGUN),
              NULL } },
          BAKERY_OK,
          NULL,
          "STACK ROOT UPDATE_IN_PROGRESS\nRESOURCE RoleAdmin UPDATE_COMPLETE: ?2J\nSTACK ROOT UPDATE_COMPLETE\n" },
};

START_TEST(is_watched_to_its_end)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud, (struct cloud_line){ .action = "GetGroup",
                                                .piece = "MyTeamOld",
                                                .answer.body = MEMBERS("MyTeamOld", USER("alice") USER("bob")) });
        bakery_status st = watch(&cloud, ways[_i].looks, &err);
        ck_assert_msg(st == ways[_i].status, "%s: %s", ways[_i].what, bakery_error_message(err));
        if (ways[_i].says)
                ck_assert_str_eq(bakery_error_message(err), ways[_i].says);
        else
                ck_assert_ptr_null(err);
        if (ways[_i].told) {
                const char *begun = strstr(cloud.told.at, "STEP deploying");

                ck_assert_msg(begun && strcmp(strchr(begun, '\n') + 1, ways[_i].told) == 0, "%s:\n%s", ways[_i].what,
                              cloud.told.at);
        }
}
END_TEST

static const struct look ends_well[] = {
        { "UPDATE_COMPLETE",
          EVENTS(ROOT_IS("e4", "UPDATE_COMPLETE", "04") ROLE_IS("e3", "UPDATE_COMPLETE", "03", "") BEGUN), NULL },
        { NULL, NULL, NULL },
};

/* Looks that fail on the way, and what comes of it. */
static const struct {
        const char *action;
        struct fake_answer answer;
        bakery_status status;
        const char *says, *hints;
        bool told; /* that the connection was lost */
} troubles[] = {
        { "DescribeStacks", { .fails = BAKERY_ERR_NETWORK }, BAKERY_OK, NULL, NULL, true },
        { "DescribeStackEvents", { .fails = BAKERY_ERR_NETWORK }, BAKERY_OK, NULL, NULL, true },
        { "DescribeStackEvents",
          { .status = 400, .body = REFUSED_WITH("Throttling", "Rate exceeded") },
          BAKERY_OK,
          NULL,
          NULL,
          true },
        { "DescribeStacks", { .status = 503, .body = "" }, BAKERY_OK, NULL, NULL, true },
        { "DescribeStackEvents",
          { .status = 403, .body = REFUSED_WITH("AccessDenied", "not allowed") },
          BAKERY_ERR_DENIED,
          "BurgerAccount goes on at AWS, as ROOT, and cannot be watched: ",
          "cloudformation:DescribeStackEvents",
          false },
        { "DescribeStacks",
          { .status = 403, .body = REFUSED_WITH("AccessDenied", "not allowed") },
          BAKERY_ERR_DENIED,
          "BurgerAccount goes on at AWS, as ROOT, and cannot be watched: ",
          "cloudformation:DescribeStacks",
          false },
        { "DescribeStacks",
          { .status = 403, .body = REFUSED_WITH("ExpiredToken", "expired") },
          BAKERY_ERR_CREDENTIALS,
          "BurgerAccount goes on at AWS, as ROOT, and cannot be watched: ",
          NULL,
          false },
        { "DescribeStackEvents",
          { .cancels = true },
          BAKERY_ERR_CANCELLED,
          "interrupted: BurgerAccount goes on at AWS, as ROOT",
          "bakery-cli status --wait burger 222222222222",
          false },
};

START_TEST(trouble_on_the_way_is_no_failure_of_the_stack)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud, (struct cloud_line){ .action = troubles[_i].action,
                                                .after = "ExecuteChangeSet",
                                                .times = 7, /* more than one call tries, and another look in vain */
                                                .answer = troubles[_i].answer });
        bakery_status st = watch(&cloud, ends_well, &err);
        ck_assert_msg(st == troubles[_i].status, "%s", bakery_error_message(err));
        if (troubles[_i].says) {
                ck_says(err, troubles[_i].says);
                ck_assert_ptr_null(strstr(bakery_error_message(err), "fail"));
                ck_assert_ptr_nonnull(bakery_error_hint(err));
        } else {
                ck_told(&cloud, "RESOURCE RoleAdmin UPDATE_COMPLETE\n");
        }
        if (troubles[_i].hints)
                ck_hints(err, troubles[_i].hints);
        /* Told once, however long it lasts. */
        const char *told = strstr(cloud.told.at, "WARNING BurgerAccount goes on at AWS, and is asked again");
        ck_assert_msg((told != NULL) == troubles[_i].told, "%s", cloud.told.at);
        ck_assert(!told || !strstr(told + 1, "WARNING"));
}
END_TEST

/* What was seen of one stack in a look that then broke is seen again. */
START_TEST(a_look_that_breaks_half_way_loses_nothing)
{
        static const struct look looks[] = {
                { "UPDATE_IN_PROGRESS", EVENTS(NESTED_IS("e3", "UPDATE_IN_PROGRESS", "03", "") BEGUN), NULL },
                { "UPDATE_COMPLETE",
                  EVENTS(ROOT_IS("e9", "UPDATE_COMPLETE", "09") NESTED_IS("e3", "UPDATE_IN_PROGRESS", "03", "") BEGUN),
                  EVENTS(GROUP_IS("n1", "UPDATE_COMPLETE", "05", "")) },
                { NULL, NULL, NULL },
        };
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStackEvents",
                                                .piece = "StackName=ENV",
                                                .times = 3,
                                                .answer.fails = BAKERY_ERR_NETWORK });
        ck_assert_msg(watch(&cloud, looks, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_told(&cloud, "STACK ROOT UPDATE_IN_PROGRESS\nRESOURCE BakeryEnvironment UPDATE_IN_PROGRESS\nRESOURCE "
                        "GroupProdAdmin UPDATE_COMPLETE\nSTACK ROOT UPDATE_COMPLETE\n");
}
END_TEST

START_TEST(the_time_is_over_before_the_stack_is)
{
        static const struct look looks[] = { { "UPDATE_IN_PROGRESS", EVENTS(BEGUN), NULL }, { NULL, NULL, NULL } };
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        add_look(&cloud, &looks[0], true);
        cloud_plays_burger(&cloud, STACK("ROOT", "CREATE_COMPLETE", OURS));
        cloud.options.limit_s = 1;
        cloud.options.poll_ms = 200;
        ck_assert_int_eq(cloud_deploy(&cloud, &err), BAKERY_ERR_UNFINISHED);
        ck_assert_str_eq(bakery_error_message(err), "the time is over: BurgerAccount goes on at AWS, as ROOT");
        ck_hints(err, "bakery-cli status --wait burger 222222222222");
}
END_TEST

/* The same, taken up by another run: there is no token, and the newest operation is the one. */
static const struct {
        const char *before, *after, *events;
        bakery_status status;
        const char *says;
} waits[] = {
        { "UPDATE_COMPLETE", "UPDATE_COMPLETE", NULL, BAKERY_OK, NULL },
        { "CREATE_COMPLETE", "CREATE_COMPLETE", NULL, BAKERY_OK, NULL },
        { "REVIEW_IN_PROGRESS", "REVIEW_IN_PROGRESS", NULL, BAKERY_OK, NULL },
        { "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", NULL, BAKERY_ERR_AWS,
          "BurgerAccount is in UPDATE_ROLLBACK_COMPLETE" },
        { "ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", NULL, BAKERY_ERR_AWS, "BurgerAccount is in ROLLBACK_COMPLETE" },
        { "UPDATE_FAILED", "UPDATE_FAILED", NULL, BAKERY_ERR_AWS, "BurgerAccount is in UPDATE_FAILED" },
        { "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE",
          EVENTS(STACK_EVENT("e5", "ROOT", "UPDATE_COMPLETE", "05") STACK_EVENT("e4", "ROOT", "UPDATE_IN_PROGRESS",
                                                                                "04")
                         EVENT("e2", "ROOT", "Old", "O", "AWS::IAM::Role", "UPDATE_FAILED", "02", REASON("long ago"))),
          BAKERY_OK, NULL },
        { "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE",
          EVENTS(STACK_EVENT("e6", "ROOT", "UPDATE_ROLLBACK_COMPLETE", "06") STACK_EVENT(
                  "e5", "ROOT", "UPDATE_ROLLBACK_IN_PROGRESS",
                  "05") EVENT("e3", "ROOT", "RoleAdmin", "R", "AWS::IAM::Role", "UPDATE_FAILED", "04",
                              REASON("no such policy")) STACK_EVENT("e2", "ROOT", "UPDATE_IN_PROGRESS", "03")
                         EVENT("e1", "ROOT", "Old", "O", "AWS::IAM::Role", "UPDATE_FAILED", "02", REASON("long ago"))),
          BAKERY_ERR_AWS, "RoleAdmin (AWS::IAM::Role): no such policy; BurgerAccount is in UPDATE_ROLLBACK_COMPLETE" },
        { "DELETE_IN_PROGRESS", "DELETE_COMPLETE", EVENTS(STACK_EVENT("e4", "ROOT", "DELETE_IN_PROGRESS", "04")),
          BAKERY_OK, NULL },
};

START_TEST(another_run_takes_it_up)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_CLEAR(buf) before = { .max = 10000 }, after = { .max = 10000 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        bakery__buf_format(&before, STACK("ROOT", "%s", ""), waits[_i].before);
        bakery__buf_format(&after, STACK("ROOT", "%s", ""), waits[_i].after);
        cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStacks", .times = 2, .answer.body = before.at });
        cloud_says(&cloud, "DescribeStacks", "StackName=ROOT", after.at);
        if (waits[_i].events)
                cloud_says(&cloud, "DescribeStackEvents", NULL, waits[_i].events);
        bakery_status st = bakery_stack_wait(cloud.client, &cloud.target, &cloud.options, &err);
        ck_assert_msg(st == waits[_i].status, "%s", bakery_error_message(err));
        if (waits[_i].says)
                ck_assert_str_eq(bakery_error_message(err), waits[_i].says);
        ck_assert_ptr_null(strstr(cloud.told.at, "Old"));
        ck_assert_uint_eq(cloud_count(&cloud, "DescribeStackEvents") > 0, waits[_i].events != NULL);
}
END_TEST

/* So without a token: the status may still be that of before. */
START_TEST(events_know_better_than_the_status)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeStacks",
                                                .times = 1,
                                                .answer.body = STACK("ROOT", "UPDATE_IN_PROGRESS", "") });
        cloud_says(&cloud, "DescribeStacks", NULL, STACK("ROOT", "UPDATE_COMPLETE", ""));
        cloud_adds(&cloud,
                   (struct cloud_line){ .action = "DescribeStackEvents",
                                        .times = 1,
                                        .answer.body = EVENTS(STACK_EVENT("e2", "ROOT", "UPDATE_IN_PROGRESS", "02")) });
        cloud_says(&cloud, "DescribeStackEvents", NULL,
                   EVENTS(STACK_EVENT("e3", "ROOT", "UPDATE_ROLLBACK_COMPLETE", "03")
                                  STACK_EVENT("e2", "ROOT", "UPDATE_IN_PROGRESS", "02")));
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        ck_assert_int_eq(bakery_stack_wait(cloud.client, &cloud.target, &cloud.options, &err), BAKERY_ERR_AWS);
        ck_assert_str_eq(bakery_error_message(err), "BurgerAccount is in UPDATE_ROLLBACK_COMPLETE");
}
END_TEST

/* The next command is that of the state. */
START_TEST(a_stack_that_rests_badly_says_the_way_out)
{
        static const char stack[] = STACK("ROOT", "UPDATE_FAILED",
                                          "<StackStatusReason>no such policy"
                                          "</StackStatusReason>");
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, stack);
        ck_assert_int_eq(bakery_stack_wait(cloud.client, &cloud.target, &cloud.options, &err), BAKERY_ERR_AWS);
        ck_assert_str_eq(bakery_error_message(err), "no such policy; BurgerAccount is in UPDATE_FAILED");
        ck_hints(err, "bakery-cli rollback burger 222222222222");
        ck_sent(&cloud, "GetCallerIdentity DescribeStacks");
}
END_TEST

START_TEST(there_may_be_nothing_to_wait_for)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, NULL);
        ck_assert_int_eq(bakery_stack_wait(cloud.client, &cloud.target, &cloud.options, NULL), BAKERY_OK);
        ck_sent(&cloud, "GetCallerIdentity DescribeStacks");
}
END_TEST

Suite *watch_suite(void)
{
        Suite *suite = suite_create("watch");
        TCase *tcase = tcase_create("looks");

        tcase_add_loop_test(tcase, is_watched_to_its_end, 0, (int)N_ELEMENTS(ways));
        tcase_add_loop_test(tcase, trouble_on_the_way_is_no_failure_of_the_stack, 0, (int)N_ELEMENTS(troubles));
        tcase_add_test(tcase, a_look_that_breaks_half_way_loses_nothing);
        tcase_add_test(tcase, the_time_is_over_before_the_stack_is);
        tcase_add_loop_test(tcase, another_run_takes_it_up, 0, (int)N_ELEMENTS(waits));
        tcase_add_test(tcase, events_know_better_than_the_status);
        tcase_add_test(tcase, a_stack_that_rests_badly_says_the_way_out);
        tcase_add_test(tcase, there_may_be_nothing_to_wait_for);
        suite_add_tcase(suite, tcase);
        return suite;
}
