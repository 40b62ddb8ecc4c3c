/* Many burgers at once. */
#include <bakery/burgers.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_cloud.h"

Suite *burgers_suite(void);

DEFINE_AUTO_PTR(bakery_burgers, bakery_burgers_free)

/* A cloud of burgers 000000000001 ..., named A0001 ..., in Prod. */
struct many {
        struct fake_cloud cloud;
        bakery_burgers_request request;
        struct buf seen; /* burgers, one a line: "A0001 3 1/4" */
        char *text;
        bakery_client *cancel; /* when the first burger is told of; NULL: never */
        unsigned inside;       /* of the callbacks */
        char said[256];        /* by the error of the last burger that failed; the cloud's arena is its own lock's */
};

static void end(struct many *many)
{
        free(many->text);
        bakery__buf_clear(&many->seen);
        cloud_end(&many->cloud);
}
DEFINE_AUTO_CLEAR(many, end)

static void keep_burger(const bakery_burger *burger, void *context)
{
        struct many *many = context;

        ck_assert_uint_eq(burger->size, sizeof *burger);
        ck_assert_uint_eq(many->inside++, 0);
        bakery__buf_format(&many->seen, "%s %d %zu/%zu\n", bakery_account_name(burger->account), (int)burger->state,
                           burger->finished, burger->total);
        if (burger->error)
                snprintf(many->said, sizeof many->said, "%s", bakery_error_message(burger->error));
        ck_assert((burger->state == BAKERY_BURGER_FAILED) == (burger->error != NULL));
        if (many->cancel)
                bakery_client_cancel(many->cancel);
        many->inside--;
}

static void keep_event(const bakery_event *event, void *context)
{
        struct many *many = context;

        ck_assert_uint_eq(many->inside++, 0);
        if (event->text)
                bakery__buf_format(&many->cloud.told, "%s %s\n", event->account_name, event->text);
        many->inside--;
}

/* What AssumeRole gives has the account in its key's name; GetCallerIdentity knows it by that. */
static void play_account(struct fake_cloud *cloud, int account)
{
        struct arena *arena = &cloud->arena;
        const char *id = bakery__arena_format(arena, "%012d", account),
                   *key = bakery__arena_format(arena, "ASIA%s", id);

        cloud_says(cloud, "AssumeRole", bakery__arena_format(arena, "iam%%3A%%3A%s%%3Arole%%2FDeployer", id),
                   bakery__arena_format(arena,
                                        OF("AssumeRole",
                                           "<Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>CANARYs"
                                           "</SecretAccessKey><SessionToken>CANARYt</SessionToken><Expiration>"
                                           "2026-11-22T11:00:00Z</Expiration></Credentials><AssumedRoleUser><Arn>"
                                           "arn:aws:sts::%s:assumed-role/Deployer/bakery-deploy</Arn><AssumedRoleId>R:b"
                                           "</AssumedRoleId></AssumedRoleUser>"),
                                        key, id));
        cloud_says(cloud, "GetCallerIdentity", key,
                   bakery__arena_format(arena,
                                        OF("GetCallerIdentity", "<Arn>arn:aws:sts::%s:assumed-role/D/b</Arn><UserId>U"
                                                                "</UserId><Account>%s</Account>"),
                                        id, id));
}

static void begin(struct many *many, int n)
{
        bakery_burgers_request request = BAKERY_BURGERS_REQUEST_INIT;

        many->seen.max = 1 << 20;
        bakery__buf_text(&many->seen, "");
        many->text = large_text("Region: eu-west-1\nDeployerRole: Deployer\n", n, "A%04d");
        cloud_begin(&many->cloud, BAKERY_STACK_BURGER, many->text);
        for (int i = 1; i <= n; i++)
                play_account(&many->cloud, i);
        cloud_plays_burger(&many->cloud, NULL);
        request.config = many->cloud.config;
        request.keys = many->cloud.keys;
        request.run = many->cloud.options;
        request.run.on_event = keep_event;
        request.run.context = many;
        request.on_burger = keep_burger;
        request.burger_context = many;
        request.workers = 1;
        many->request = request;
}

static bakery_burgers *choose(struct many *many)
{
        bakery_burgers *burgers = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_msg(bakery_burgers_new(&many->request, &burgers, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        return burgers;
}

START_TEST(each_is_planned_and_carried_out_through_its_role)
{
        AUTO_CLEAR(many) many = { .text = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        begin(&many, 3);
        AUTO_PTR(bakery_burgers) burgers = choose(&many);
        ck_assert_uint_eq(bakery_burgers_count(burgers), 3);
        ck_assert_msg(bakery_burgers_plan(many.cloud.client, burgers, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        ck_assert_str_eq(many.seen.at, "A0000 1 1/3\nA0001 1 2/3\nA0002 1 3/3\n");
        ck_assert_uint_eq(bakery_burgers_count_of(burgers, BAKERY_BURGER_PLANNED), 3);
        ck_assert_uint_eq(cloud_count(&many.cloud, "AssumeRole"), 3);
        const char *form = cloud_form(&many.cloud, "AssumeRole");
        ck_assert_str_eq(cloud_field(&many.cloud, form, "RoleArn"), "arn:aws:iam::000000000003:role/Deployer");
        ck_assert_str_eq(cloud_field(&many.cloud, form, "RoleSessionName"), "bakery-deploy");
        ck_assert_str_eq(cloud_field(&many.cloud, form, "DurationSeconds"), "3600");
        /* Everything else with the session's keys. */
        for (const struct cloud_request *at = many.cloud.last; at; at = at->before)
                ck_assert((strstr(at->keys, "Credential=ASIA") != NULL) == (strcmp(at->action, "AssumeRole") != 0));
        ck_assert_str_eq(cloud_field(&many.cloud, cloud_form(&many.cloud, "CreateChangeSet"),
                                     "Parameters.member.2.ParameterValue"),
                         "A0002");
        ck_told(&many.cloud, "A0001 asking CloudFormation what would change\n");

        bakery_burger burger = { .size = sizeof burger };
        bakery_burgers_at(burgers, 1, &burger);
        ck_assert_int_eq(burger.state, BAKERY_BURGER_PLANNED);
        ck_assert_str_eq(bakery_plan_account_id(burger.plan), "000000000002");
        ck_assert_ptr_null(burger.error);

        many.seen.len = 0;
        ck_assert_msg(bakery_burgers_execute(many.cloud.client, burgers, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        ck_assert_str_eq(many.seen.at, "A0000 3 1/3\nA0001 3 2/3\nA0002 3 3/3\n");
        ck_assert_uint_eq(cloud_count(&many.cloud, "ExecuteChangeSet"), 3);
        ck_assert_uint_eq(cloud_count(&many.cloud, "AssumeRole"), 3); /* the session is good for both steps */
        ck_assert_int_eq(bakery_burgers_execute(many.cloud.client, burgers, &err), BAKERY_OK); /* nothing waits */
        ck_assert_uint_eq(cloud_count(&many.cloud, "ExecuteChangeSet"), 3);
}
END_TEST

/* Failures, and how many are put up with. */
static const struct {
        size_t tolerated;
        const char *seen, *says;
} failures[] = {
        { 0, "A0000 1 1/4\nA0001 4 2/4\nA0002 5 3/4\nA0003 5 4/4\n",
          "1 of 4 burgers could not be planned, and 2 were not begun" },
        { 1, "A0000 1 1/4\nA0001 4 2/4\nA0002 1 3/4\nA0003 1 4/4\n", "1 of 4 burgers could not be planned" },
};

START_TEST(failures_end_the_work_when_they_are_too_many)
{
        AUTO_CLEAR(many) many = { .text = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&many.cloud, (struct cloud_line){ .action = "CreateChangeSet",
                                                     .piece = "ASIA000000000002",
                                                     .answer = { .status = 400,
                                                                 .body = REFUSED_WITH("LimitExceededException",
                                                                                      "too many stacks") } });
        begin(&many, 4);
        many.request.failures_tolerated = failures[_i].tolerated;
        AUTO_PTR(bakery_burgers) burgers = choose(&many);
        ck_assert_int_eq(bakery_burgers_plan(many.cloud.client, burgers, &err), BAKERY_ERR_AWS);
        ck_assert_str_eq(bakery_error_message(err), failures[_i].says);
        ck_assert_str_eq(many.seen.at, failures[_i].seen);
        ck_assert_ptr_nonnull(strstr(many.said, "too many stacks"));
        ck_assert_uint_eq(bakery_burgers_count_of(burgers, BAKERY_BURGER_FAILED), 1);

        /* What could be planned can be carried out. */
        ck_assert_int_eq(bakery_burgers_execute(many.cloud.client, burgers, NULL), BAKERY_OK);
        ck_assert_uint_eq(cloud_count(&many.cloud, "ExecuteChangeSet"), failures[_i].tolerated ? 3 : 1);
}
END_TEST

/* Their change sets still wait, and can be taken away, or carried out later. */
START_TEST(what_was_skipped_still_has_its_plan)
{
        for (int discards = 0; discards < 2; discards++) {
                AUTO_CLEAR(many) many = { .text = NULL };
                AUTO_PTR(bakery_error) err = NULL;

                cloud_adds(&many.cloud, (struct cloud_line){ .action = "ExecuteChangeSet",
                                                             .times = 1,
                                                             .answer = { .status = 403,
                                                                         .body = REFUSED_WITH("AccessDenied", "") } });
                begin(&many, 3);
                AUTO_PTR(bakery_burgers) burgers = choose(&many);
                ck_assert_int_eq(bakery_burgers_plan(many.cloud.client, burgers, NULL), BAKERY_OK);
                ck_assert_int_eq(bakery_burgers_execute(many.cloud.client, burgers, &err), BAKERY_ERR_AWS);
                ck_assert_str_eq(bakery_error_message(err), "1 of 3 burgers failed, and 2 were not begun");
                ck_assert_uint_eq(bakery_burgers_count_of(burgers, BAKERY_BURGER_SKIPPED), 2);
                if (discards)
                        ck_assert_int_eq(bakery_burgers_discard(many.cloud.client, burgers, NULL), BAKERY_OK);
                else
                        ck_assert_int_eq(bakery_burgers_execute(many.cloud.client, burgers, NULL), BAKERY_OK);
                ck_assert_uint_eq(bakery_burgers_count_of(burgers, BAKERY_BURGER_DONE), 2);
                ck_assert_uint_eq(cloud_count(&many.cloud, "DeleteChangeSet"), discards ? 2 : 0);
                ck_assert_uint_eq(cloud_count(&many.cloud, "ExecuteChangeSet"), discards ? 1 : 3);
        }
}
END_TEST

/* A deployer role that cannot be had. */
static const struct {
        struct fake_answer answer;
        bakery_status status;
        const char *says, *hints;
} roles[] = {
        { { .status = 403, .body = REFUSED_WITH("AccessDenied", "not authorized") },
          BAKERY_ERR_DENIED,
          "the deployer role: ",
          "deploy burger_deployer.json, which bakery-cli generate writes, into 000000000001" },
        { { .fails = BAKERY_ERR_NETWORK }, BAKERY_ERR_NETWORK, "the deployer role: ", NULL },
};

START_TEST(a_deployer_role_that_is_refused_says_what_is_missing)
{
        AUTO_CLEAR(many) many = { .text = NULL };

        cloud_adds(&many.cloud, (struct cloud_line){ .action = "AssumeRole", .answer = roles[_i].answer });
        begin(&many, 1);
        AUTO_PTR(bakery_burgers) burgers = choose(&many);
        ck_assert_int_eq(bakery_burgers_plan(many.cloud.client, burgers, NULL), roles[_i].status);
        bakery_burger burger = { .size = sizeof burger };
        bakery_burgers_at(burgers, 0, &burger);
        ck_assert_int_eq(burger.state, BAKERY_BURGER_FAILED);
        ck_says(burger.error, roles[_i].says);
        if (roles[_i].hints)
                ck_hints(burger.error, roles[_i].hints);
        else
                ck_assert(!bakery_error_hint(burger.error) || !strstr(bakery_error_hint(burger.error), "deployer"));
        ck_assert_ptr_null(strstr(many.cloud.actions.at, "GetCallerIdentity"));
}
END_TEST

START_TEST(ctrl_c_begins_no_other)
{
        AUTO_CLEAR(many) many = { .text = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        begin(&many, 3);
        many.cancel = many.cloud.client;
        AUTO_PTR(bakery_burgers) burgers = choose(&many);
        ck_assert_int_eq(bakery_burgers_plan(many.cloud.client, burgers, &err), BAKERY_ERR_CANCELLED);
        ck_assert_str_eq(bakery_error_message(err), "interrupted: nothing was changed");
        ck_assert_str_eq(many.seen.at, "A0000 1 1/3\nA0001 5 2/3\nA0002 5 3/3\n");
        ck_assert_uint_eq(cloud_count(&many.cloud, "CreateChangeSet"), 1);
}
END_TEST

START_TEST(ctrl_c_leaves_what_was_begun_to_aws)
{
        AUTO_CLEAR(many) many = { .text = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        begin(&many, 2);
        AUTO_PTR(bakery_burgers) burgers = choose(&many);
        ck_assert_int_eq(bakery_burgers_plan(many.cloud.client, burgers, NULL), BAKERY_OK);
        many.cancel = many.cloud.client;
        ck_assert_int_eq(bakery_burgers_execute(many.cloud.client, burgers, &err), BAKERY_ERR_CANCELLED);
        ck_says(err, "interrupted: what was begun goes on at AWS");
        ck_hints(err, "the same command again");
        ck_assert_uint_eq(cloud_count(&many.cloud, "ExecuteChangeSet"), 1);
}
END_TEST

/* Of one worker, and of four: each has a client of its own, and whoever is cancelled is so for all. */
static const unsigned discarding_workers[] = { 1, 4 };

START_TEST(plans_are_taken_back_after_ctrl_c_too)
{
        AUTO_CLEAR(many) many = { .text = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        begin(&many, 8);
        many.request.workers = discarding_workers[_i];
        AUTO_PTR(bakery_burgers) burgers = choose(&many);
        ck_assert_int_eq(bakery_burgers_plan(many.cloud.client, burgers, NULL), BAKERY_OK);
        bakery_client_cancel(many.cloud.client);
        ck_assert_msg(bakery_burgers_discard(many.cloud.client, burgers, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        ck_assert_uint_eq(cloud_count(&many.cloud, "DeleteChangeSet"), 8);
        ck_assert_int_eq(bakery_burgers_plan(many.cloud.client, burgers, &err), BAKERY_ERR_CANCELLED);
}
END_TEST

/* Once more is meant: whoever presses Ctrl-C again while plans are taken back wants to be gone. */
START_TEST(ctrl_c_once_more_ends_the_taking_back)
{
        AUTO_CLEAR(many) many = { .text = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        begin(&many, 3);
        AUTO_PTR(bakery_burgers) burgers = choose(&many);
        ck_assert_int_eq(bakery_burgers_plan(many.cloud.client, burgers, NULL), BAKERY_OK);
        bakery_client_cancel(many.cloud.client);
        many.cancel = many.cloud.client;
        ck_assert_int_eq(bakery_burgers_discard(many.cloud.client, burgers, &err), BAKERY_ERR_CANCELLED);
        ck_assert_uint_eq(cloud_count(&many.cloud, "DeleteChangeSet"), 1);
}
END_TEST

/* One that cannot be deleted is no reason to leave the others. */
START_TEST(all_plans_are_taken_back_whatever_fails)
{
        AUTO_CLEAR(many) many = { .text = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&many.cloud,
                   (struct cloud_line){ .action = "DeleteChangeSet",
                                        .times = 1,
                                        .answer = { .status = 403, .body = REFUSED_WITH("AccessDenied", "") } });
        begin(&many, 3);
        AUTO_PTR(bakery_burgers) burgers = choose(&many);
        ck_assert_int_eq(bakery_burgers_plan(many.cloud.client, burgers, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery_burgers_discard(many.cloud.client, burgers, &err), BAKERY_ERR_DENIED);
        ck_assert_str_eq(bakery_error_message(err), "1 of 3 burgers kept their change sets");
        ck_assert_uint_eq(cloud_count(&many.cloud, "DeleteChangeSet"), 3);
}
END_TEST

START_TEST(deletes_what_is_there)
{
        AUTO_CLEAR(many) many = { .text = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&many.cloud, (struct cloud_line){ .action = "DescribeStacks",
                                                     .piece = "ASIA000000000001",
                                                     .after = "DeleteStack",
                                                     .answer.body = STACK("ROOT", "DELETE_COMPLETE", "") });
        cloud_says(&many.cloud, "DescribeStacks", "ASIA000000000001", STACK("ROOT", "UPDATE_COMPLETE", OURS));
        begin(&many, 2);
        AUTO_PTR(bakery_burgers) burgers = choose(&many);
        ck_assert_msg(bakery_burgers_delete(many.cloud.client, burgers, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        ck_assert_str_eq(many.seen.at, "A0000 3 1/2\nA0001 2 2/2\n");
        ck_assert_uint_eq(cloud_count(&many.cloud, "DeleteStack"), 1);
}
END_TEST

/* One that ends while it is waited for, one that is at rest, and one whose change is rolled back. */
START_TEST(waits_for_those_that_are_at_work)
{
        AUTO_CLEAR(many) many = { .text = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_says(&many.cloud, "DescribeStacks", "ASIA000000000002", STACK("ROOT", "UPDATE_COMPLETE", OURS));
        cloud_says(&many.cloud, "DescribeStacks", NULL, STACK("ROOT", "UPDATE_IN_PROGRESS", OURS));
        cloud_says(&many.cloud, "DescribeStackEvents", "ASIA000000000001",
                   EVENTS(STACK_EVENT("2", "ROOT", "UPDATE_COMPLETE", "02")
                                  STACK_EVENT("1", "ROOT", "UPDATE_IN_PROGRESS", "01")));
        cloud_says(&many.cloud, "DescribeStackEvents", "ASIA000000000003",
                   EVENTS(STACK_EVENT("2", "ROOT", "UPDATE_ROLLBACK_COMPLETE", "02")
                                  STACK_EVENT("1", "ROOT", "UPDATE_IN_PROGRESS", "01")));
        begin(&many, 3);
        AUTO_PTR(bakery_burgers) burgers = choose(&many);
        ck_assert_int_eq(bakery_burgers_wait(many.cloud.client, burgers, &err), BAKERY_ERR_AWS);
        ck_says(err, "1 of 3 burgers did not come to a good end");
        ck_assert_str_eq(many.seen.at, "A0000 3 1/3\nA0001 3 2/3\nA0002 4 3/3\n");
        ck_assert_ptr_nonnull(strstr(many.said, "is in UPDATE_ROLLBACK_COMPLETE"));
        ck_assert_uint_eq(cloud_count(&many.cloud, "CreateChangeSet"), 0);
}
END_TEST

static unsigned renewed;

static bakery_status renew(void *context, const bakery_credentials **ret_keys, bakery_error **err)
{
        (void)err;
        renewed++;
        *ret_keys = context;
        return BAKERY_OK;
}

/* The caller's keys are asked for only when they are about to end. */
START_TEST(the_callers_keys_are_renewed_in_time)
{
        static const int64_t left_s[] = { 3600, 300, -1 };
        static const unsigned times[] = { 0, 1, 1 };
        AUTO_CLEAR(many) many = { .text = NULL };
        bakery_credentials *keys = NULL;

        begin(&many, 3);
        ck_assert_int_eq(bakery_credentials_new(KEY_ID, SECRET, TOKEN, FAKE_NOW_S + left_s[_i], "t", &keys, NULL),
                         BAKERY_OK);
        many.request.keys = left_s[_i] < 0 ? NULL : keys;
        many.request.renew_keys = renew;
        many.request.renew_context = many.cloud.keys;
        renewed = 0;
        {
                AUTO_PTR(bakery_burgers) burgers = choose(&many);

                ck_assert_int_eq(bakery_burgers_plan(many.cloud.client, burgers, NULL), BAKERY_OK);
        }
        ck_assert_uint_eq(renewed, times[_i]);
        bakery_credentials_free(keys);
}
END_TEST

/* Requests that are none. */
static const struct {
        const char *environment, *account;
        bool no_role, no_keys, no_config;
        bakery_status status;
        const char *says, *hints;
} requests[] = {
        { NULL, NULL, false, false, false, BAKERY_OK, NULL, NULL },
        { "Prod", "A0001", false, false, false, BAKERY_OK, NULL, NULL },
        { NULL, "000000000002", false, false, false, BAKERY_OK, NULL, NULL },
        { "Prd", NULL, false, false, false, BAKERY_ERR_NOT_FOUND, "has no environment Prd", "did you mean Prod?" },
        { NULL, "A001", false, false, false, BAKERY_ERR_NOT_FOUND, "has no account A001", "did you mean A00" },
        { NULL, NULL, true, false, false, BAKERY_ERR_ARGUMENT, "no role to deploy with is named", "--role" },
        { NULL, NULL, false, true, false, BAKERY_ERR_ARGUMENT, "no keys", NULL },
        { NULL, NULL, false, false, true, BAKERY_ERR_ARGUMENT, "BAKERY_BURGERS_REQUEST_INIT", NULL },
};

START_TEST(chooses_or_says_why_not)
{
        AUTO_CLEAR(many) many = { .text = NULL };
        AUTO_PTR(bakery_burgers) burgers = NULL;
        AUTO_PTR(bakery_config) plain = config_of(OWN ENVIRONMENTS TYPES);
        AUTO_PTR(bakery_error) err = NULL;

        begin(&many, 2);
        many.request.environment = requests[_i].environment;
        many.request.account = requests[_i].account;
        if (requests[_i].no_role)
                many.request.config = plain;
        if (requests[_i].no_keys)
                many.request.keys = NULL;
        if (requests[_i].no_config)
                many.request.config = NULL;
        bakery_status st = bakery_burgers_new(&many.request, &burgers, &err);
        ck_assert_msg(st == requests[_i].status, "%s", bakery_error_message(err));
        ck_assert((st == BAKERY_OK) == (burgers != NULL));
        if (requests[_i].says)
                ck_says(err, requests[_i].says);
        if (requests[_i].hints)
                ck_hints(err, requests[_i].hints);
        if (!st && requests[_i].account)
                ck_assert_uint_eq(bakery_burgers_count(burgers), 1);
        ck_assert_ptr_null(many.cloud.last);
}
END_TEST

START_TEST(two_hundred_in_parallel)
{
        AUTO_CLEAR(many) many = { .text = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&many.cloud,
                   (struct cloud_line){ .action = "CreateChangeSet",
                                        .piece = "ASIA000000000077",
                                        .answer = { .status = 400, .body = REFUSED_WITH("ValidationError", "no") } });
        begin(&many, 200);
        many.request.workers = 16;
        many.request.failures_tolerated = 1;
        AUTO_PTR(bakery_burgers) burgers = choose(&many);
        ck_assert_int_eq(bakery_burgers_plan(many.cloud.client, burgers, &err), BAKERY_ERR_AWS);
        ck_assert_str_eq(bakery_error_message(err), "1 of 200 burgers could not be planned");
        ck_assert_uint_eq(bakery_burgers_count_of(burgers, BAKERY_BURGER_PLANNED), 199);
        ck_assert_int_eq(bakery_burgers_discard(many.cloud.client, burgers, NULL), BAKERY_OK);
        ck_assert_uint_eq(bakery_burgers_count_of(burgers, BAKERY_BURGER_DONE), 199);
        ck_assert_uint_eq(cloud_count(&many.cloud, "CreateChangeSet"), 200);
        ck_assert_uint_eq(cloud_count(&many.cloud, "DeleteChangeSet"), 199);
        /* Nobody worked with another's keys: each account has its own plan. */
        for (size_t i = 0; i < 200; i++) {
                bakery_burger burger = { .size = sizeof burger };

                bakery_burgers_at(burgers, i, &burger);
                if (burger.plan)
                        ck_assert_str_eq(bakery_plan_account_id(burger.plan), bakery_account_id(burger.account));
        }
}
END_TEST

/* The plans of all, in a file. */
struct kept {
        struct many many;
        char *folder, *path;
};

static void end_kept(struct kept *kept)
{
        remove_folder(kept->folder);
        free(kept->path);
        end(&kept->many);
}
DEFINE_AUTO_CLEAR(kept, end_kept)

#define TAG(key, value) "<member><Key>" key "</Key><Value>" value "</Value></member>"
#define KEPT_SET                                                                                                 \
        OF("DescribeChangeSet",                                                                                  \
           "<ChangeSetId>SET</ChangeSetId><ChangeSetName>bakery-plan-1</ChangeSetName><StackId>ROOT</StackId>"   \
           "<StackName>BurgerAccount</StackName><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE"      \
           "</ExecutionStatus><IncludeNestedStacks>true</IncludeNestedStacks><Capabilities><member>"             \
           "CAPABILITY_NAMED_IAM</member></Capabilities><Tags>%s</Tags><Parameters><member><ParameterKey>"       \
           "BakeryAccount</ParameterKey><ParameterValue>111111111111</ParameterValue></member><member>"          \
           "<ParameterKey>AccountName</ParameterKey><ParameterValue>%s</ParameterValue></member><member>"        \
           "<ParameterKey>Environment</ParameterKey><ParameterValue>Prod</ParameterValue></member></Parameters>" \
           "<Changes>" CHANGE("Add", "RoleAdmin", "AWS::IAM::Role", "") "</Changes>")

/* The change set of each, as it is when the plan is taken up. */
static void play_kept(struct fake_cloud *cloud, int n)
{
        struct recipe recipe = { 0 };
        AUTO_CLEAR(buf) tags = { .max = 1 << 16 };

        ck_assert_int_eq(bakery__recipe_tags(cloud->config, &recipe.arena, &recipe.tags, NULL), BAKERY_OK);
        for (size_t i = 0; i < recipe.tags.count; i++)
                bakery__buf_format(&tags, TAG("%s", "%s"), recipe.tags.at[i].key, recipe.tags.at[i].value);
        for (int i = 0; i < n; i++)
                cloud_says(cloud, "DescribeChangeSet", bakery__arena_format(&cloud->arena, "ASIA%012d", i + 1),
                           bakery__arena_format(&cloud->arena, KEPT_SET, tags.at,
                                                bakery__arena_format(&cloud->arena, "A%04d", i)));
        bakery__arena_clear(&recipe.arena);
}

static void keep_plans(struct kept *kept, int n)
{
        AUTO_PTR(bakery_error) err = NULL;

        begin(&kept->many, n);
        kept->folder = new_folder();
        kept->path = path_to(kept->folder, "plans.json");
        play_kept(&kept->many.cloud, n);
        AUTO_PTR(bakery_burgers) burgers = choose(&kept->many);
        ck_assert_msg(bakery_burgers_plan(kept->many.cloud.client, burgers, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        ck_assert_msg(bakery_burgers_write(burgers, kept->path, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        bakery__buf_clear(&kept->many.seen);
        kept->many.seen.max = 1 << 20;
}

START_TEST(kept_plans_are_taken_up_and_carried_out)
{
        AUTO_CLEAR(kept) kept = { .path = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        keep_plans(&kept, 3);
        AUTO_PTR(bakery_burgers) burgers = choose(&kept.many);
        ck_assert_msg(bakery_burgers_read(kept.many.cloud.client, burgers, kept.path, &err) == BAKERY_OK, "%s: %s",
                      bakery_error_message(err), kept.many.said);
        ck_assert_str_eq(kept.many.seen.at, "A0000 1 1/3\nA0001 1 2/3\nA0002 1 3/3\n");
        ck_assert_int_eq(bakery_burgers_execute(kept.many.cloud.client, burgers, &err), BAKERY_OK);
        ck_assert_uint_eq(cloud_count(&kept.many.cloud, "CreateChangeSet"), 3);
        ck_assert_uint_eq(cloud_count(&kept.many.cloud, "ExecuteChangeSet"), 3);
}
END_TEST

/* Burgers are those that are asked for and have a plan. */
START_TEST(some_of_the_kept_plans_are_taken_up)
{
        AUTO_CLEAR(kept) kept = { .path = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        keep_plans(&kept, 2);
        kept.many.request.account = "A0001";
        AUTO_PTR(bakery_burgers) one = choose(&kept.many);
        ck_assert_int_eq(bakery_burgers_read(kept.many.cloud.client, one, kept.path, NULL), BAKERY_OK);
        ck_assert_str_eq(kept.many.seen.at, "A0001 1 1/1\n");
        ck_assert_int_eq(bakery_burgers_write(one, kept.path, NULL), BAKERY_OK);

        kept.many.request.account = NULL;
        AUTO_PTR(bakery_burgers) all = choose(&kept.many);
        ck_assert_int_eq(bakery_burgers_read(kept.many.cloud.client, all, kept.path, NULL), BAKERY_OK);
        ck_assert_uint_eq(bakery_burgers_count(all), 1);

        kept.many.request.account = "A0000";
        AUTO_PTR(bakery_burgers) other = choose(&kept.many);
        ck_assert_int_eq(bakery_burgers_read(kept.many.cloud.client, other, kept.path, &err), BAKERY_ERR_REFUSED);
        ck_says(err, "has no plan for these burgers");
        ck_assert_uint_eq(bakery_burgers_count(other), 0);

        write_text(kept.path, "{\"version\": 1, \"plans\": []}");
        AUTO_PTR(bakery_burgers) none = choose(&kept.many);
        ck_assert_int_eq(bakery_burgers_read(kept.many.cloud.client, none, kept.path, &err), BAKERY_OK);
        ck_assert_int_eq(bakery_burgers_execute(kept.many.cloud.client, none, &err), BAKERY_OK);
}
END_TEST

/* Files that were put together by hand; nothing is asked of AWS. */
static const struct {
        const char *text;
        bakery_status status;
        const char *says;
} lists[] = {
        { "", BAKERY_ERR_FORMAT, "plans.json" },
        { "{\"version\": 2, \"plans\": []}", BAKERY_ERR_FORMAT, "is no plan of version 1" },
        { "{\"version\": 1, \"plans\": null}", BAKERY_ERR_FORMAT, "its plans are no list" },
        { "{\"version\": 1, \"plans\": {}}", BAKERY_ERR_FORMAT, "its plans are no list" },
        { "{\"version\": 1, \"plans\": [{\"version\": 3}]}", BAKERY_ERR_FORMAT, "is no plan of version 1" },
        { "{\"version\": 1, \"plans\": [{\"version\": 1}]}", BAKERY_ERR_REFUSED, "has no such burger" },
        { "{\"version\": 1}", BAKERY_ERR_REFUSED, "has no such burger" },
        { "{\"version\": 1, \"plans\": [{\"version\": 1, \"account_id\": \"000000000001\"},"
          "{\"version\": 1, \"account_id\": \"999999999999\"}]}",
          BAKERY_ERR_REFUSED, "for the account 999999999999" },
        { "{\"version\": 1, \"plans\": [{\"version\": 1, \"account_id\": \"000000000001\"},"
          "{\"version\": 1, \"account_id\": \"000000000002\"},{\"version\": 1, \"account_id\": "
          "\"000000000001\"}]}",
          BAKERY_ERR_REFUSED, "has two plans for the account 000000000001" },
};

START_TEST(a_list_that_is_none_is_refused)
{
        AUTO_CLEAR(kept) kept = { .path = NULL };
        AUTO_PTR(bakery_error) err = NULL;

        begin(&kept.many, 2);
        kept.folder = new_folder();
        kept.path = path_to(kept.folder, "plans.json");
        write_text(kept.path, lists[_i].text);
        AUTO_PTR(bakery_burgers) burgers = choose(&kept.many);
        ck_assert_int_eq(bakery_burgers_read(kept.many.cloud.client, burgers, kept.path, &err), lists[_i].status);
        ck_says(err, lists[_i].says);
        ck_sent(&kept.many.cloud, "");
}
END_TEST

/* One refusal is what all of it is; failures that differ are told as AWS's. */
START_TEST(what_failed_gives_its_status)
{
        static const struct {
                bool first_gone, second_denied;
                bakery_status status;
        } cases[] = { { true, false, BAKERY_ERR_REFUSED },
                      { false, true, BAKERY_ERR_DENIED },
                      { true, true, BAKERY_ERR_AWS } };
        AUTO_CLEAR(kept) kept = { .path = NULL };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_FREE char *text = NULL;

        keep_plans(&kept, 3);
        text = read_text(kept.path);
        if (cases[_i].first_gone) {
                char *set = strstr(text, "\"digest\": \"");

                ck_assert_ptr_nonnull(set);
                set[strlen("\"digest\": \"")] = 'x';
                write_text(kept.path, text);
        }
        if (cases[_i].second_denied) {
                struct cloud_line *usual = kept.many.cloud.lines;

                kept.many.cloud.lines = NULL;
                cloud_adds(
                        &kept.many.cloud,
                        (struct cloud_line){ .action = "DescribeChangeSet",
                                             .piece = "ASIA000000000002",
                                             .answer = { .status = 403, .body = REFUSED_WITH("AccessDenied", "no") } });
                kept.many.cloud.lines->next = usual;
        }
        kept.many.request.failures_tolerated = 3;
        AUTO_PTR(bakery_burgers) burgers = choose(&kept.many);
        ck_assert_int_eq(bakery_burgers_read(kept.many.cloud.client, burgers, kept.path, &err), cases[_i].status);
        ck_says(err, "of 3 burgers are not as their plan has them");
        ck_assert_uint_eq(bakery_burgers_count_of(burgers, BAKERY_BURGER_PLANNED),
                          cases[_i].first_gone && cases[_i].second_denied ? 1 : 2);
}
END_TEST

Suite *burgers_suite(void)
{
        Suite *suite = suite_create("burgers");
        TCase *tcase = tcase_create("burgers");

        tcase_add_test(tcase, each_is_planned_and_carried_out_through_its_role);
        tcase_add_loop_test(tcase, failures_end_the_work_when_they_are_too_many, 0, (int)N_ELEMENTS(failures));
        tcase_add_test(tcase, what_was_skipped_still_has_its_plan);
        tcase_add_loop_test(tcase, a_deployer_role_that_is_refused_says_what_is_missing, 0, (int)N_ELEMENTS(roles));
        tcase_add_test(tcase, ctrl_c_begins_no_other);
        tcase_add_test(tcase, ctrl_c_leaves_what_was_begun_to_aws);
        tcase_add_loop_test(tcase, plans_are_taken_back_after_ctrl_c_too, 0, (int)N_ELEMENTS(discarding_workers));
        tcase_add_test(tcase, ctrl_c_once_more_ends_the_taking_back);
        tcase_add_test(tcase, all_plans_are_taken_back_whatever_fails);
        tcase_add_test(tcase, deletes_what_is_there);
        tcase_add_test(tcase, waits_for_those_that_are_at_work);
        tcase_add_loop_test(tcase, the_callers_keys_are_renewed_in_time, 0, 3);
        tcase_add_loop_test(tcase, chooses_or_says_why_not, 0, (int)N_ELEMENTS(requests));
        tcase_add_test(tcase, two_hundred_in_parallel);
        tcase_add_test(tcase, kept_plans_are_taken_up_and_carried_out);
        tcase_add_test(tcase, some_of_the_kept_plans_are_taken_up);
        tcase_add_loop_test(tcase, a_list_that_is_none_is_refused, 0, (int)N_ELEMENTS(lists));
        tcase_add_loop_test(tcase, what_failed_gives_its_status, 0, 3);
        suite_add_tcase(suite, tcase);
        return suite;
}
