/* Making a plan: whose account it is, what it says of people and roles, and throwing it away. */
#include "deploy/plan.h"

#include <check.h>
#include <string.h>

#include "fake_cloud.h"

Suite *plan_make_suite(void);

#define IDENTITY_OF(account)    \
        OF("GetCallerIdentity", \
           "<Arn>arn:aws:iam::" account ":user/u</Arn><UserId>U</UserId><Account>" account "</Account>")

typedef bakery_status any_call(struct fake_cloud *cloud, bakery_error **err);

static bakery_status call_plan(struct fake_cloud *cloud, bakery_error **err)
{
        return cloud_plan(cloud, NULL, err);
}

static bakery_status call_wait(struct fake_cloud *cloud, bakery_error **err)
{
        return bakery_stack_wait(cloud->client, &cloud->target, &cloud->options, err);
}

static bakery_status call_rollback(struct fake_cloud *cloud, bakery_error **err)
{
        return bakery_stack_rollback(cloud->client, &cloud->target, NULL, 0, &cloud->options, err);
}

static bakery_status call_delete(struct fake_cloud *cloud, bakery_error **err)
{
        return bakery_stack_delete(cloud->client, &cloud->target, &cloud->options, err);
}

START_TEST(a_target_says_where_it_is)
{
        static const struct {
                bakery_stack_kind kind;
                const char *says;
        } cases[] = {
                { BAKERY_STACK_BAKERY, "BakeryAccount in 111111111111, eu-west-1" },
                { BAKERY_STACK_BURGER, "BurgerAccount in 222222222222 (Main), eu-west-1" },
                { BAKERY_STACK_CHECK_ADMIN, "CheckAdminAccess in 111111111111, us-east-2" },
        };
        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
                AUTO_FREE char *text = NULL;

                cloud_begin(&cloud, cases[i].kind, CLOUD_CONFIG);
                cloud.target.region = i == 2 ? "us-east-2" : NULL;
                ck_assert_int_eq(bakery_target_print(cloud.client, &cloud.target, &text, NULL), BAKERY_OK);
                ck_assert_str_eq(text, cases[i].says);
                ck_sent(&cloud, "");
        }
}
END_TEST

static any_call *const calls[] = { call_plan, call_wait, call_rollback, call_delete };

START_TEST(keys_of_another_account_get_nowhere)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_says(&cloud, "GetCallerIdentity", NULL, IDENTITY_OF("999999999999"));
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        ck_assert_int_eq(calls[_i](&cloud, &err), BAKERY_ERR_REFUSED);
        ck_assert_str_eq(bakery_error_message(err),
                         "the keys are of account 999999999999, and BurgerAccount belongs into 222222222222");
        ck_hints(err, "use keys of 222222222222");
        ck_sent(&cloud, "GetCallerIdentity");
}
END_TEST

START_TEST(a_stack_must_be_somewhere)
{
        bakery_client_options options;
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, OWN ENVIRONMENTS TYPES);
        bakery_client_free(cloud.client);
        options = fake_options(&cloud.wire);
        cloud.client = fake_client_with(&cloud.wire, &options);
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "no region");
        ck_hints(err, "the old tool always used ap-southeast-2");
        ck_sent(&cloud, "");
}
END_TEST

/* Targets that are none. */
START_TEST(a_target_must_be_whole)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;
        bakery_target good;
        bakery_run_options options;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        good = cloud.target;
        options = cloud.options;

        cloud.target.size--;
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "begin with BAKERY_TARGET_INIT");
        cloud.target = good;
        cloud.target.config = NULL;
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_ARGUMENT);
        cloud.target = good;
        cloud.target.kind = (bakery_stack_kind)7;
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_ARGUMENT);
        cloud.target = good;
        cloud.target.account = NULL;
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_ARGUMENT);
        cloud.target = good;
        cloud.target.keys = NULL;
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "no keys");
        cloud.target = good;
        cloud.options.size--;
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "begin with BAKERY_RUN_OPTIONS_INIT");
        cloud.options = options;
        cloud.target.kind = BAKERY_STACK_CHECK_ADMIN;
        cloud.target.account = NULL;
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_NOT_FOUND);
        ck_says(err, "makes no check_admin_access.json");
        ck_sent(&cloud, "");
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

static bakery_credentials *keys_until(const char *id, int64_t end_s)
{
        bakery_credentials *keys = NULL;

        ck_assert_int_eq(bakery_credentials_new(id, SECRET, TOKEN, end_s, "test", &keys, NULL), BAKERY_OK);
        return keys;
}

/* Keys, by the seconds that they have left; 0: they do not end. */
static const struct {
        int64_t left_s, new_left_s;
        unsigned renewed;
} ends[] = {
        { 0, 3600, 0 }, { 301, 3600, 0 }, { 300, 3600, 1 }, { -5, 3600, 1 }, { 300, 0, 1 },
};

START_TEST(keys_that_are_about_to_end_are_renewed)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_PTR(bakery_credentials) old = keys_until(KEY_ID, ends[_i].left_s ? FAKE_NOW_S + ends[_i].left_s : 0);
        AUTO_PTR(bakery_credentials)
        new = keys_until("AKIDNEW", ends[_i].new_left_s ? FAKE_NOW_S + ends[_i].new_left_s : 0);

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, NULL);
        cloud.target.keys = old;
        cloud.target.renew_keys = renew;
        cloud.target.renew_context = new;
        renewed = 0;
        ck_assert_msg(cloud_plan(&cloud, NULL, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_uint_eq(renewed, ends[_i].renewed);
        ck_assert((strstr(cloud.last->keys, "AKIDNEW") != NULL) == (ends[_i].renewed > 0));
}
END_TEST

/* Names that are there already: a creation would fail half-way. */
static const struct {
        bool exists, updates, imports, denied;
        bakery_status status;
        const char *hints;
} names[] = {
        { .exists = true, .status = BAKERY_ERR_REFUSED, .hints = "ap-southeast-2, and this is eu-west-1" },
        { .exists = false, .status = BAKERY_OK },
        { .exists = true, .imports = true, .status = BAKERY_OK },
        { .denied = true, .status = BAKERY_OK },
        { .exists = true, .updates = true, .status = BAKERY_ERR_REFUSED, .hints = "--import-existing" },
};

START_TEST(names_that_are_there_already_are_refused)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        if (names[_i].exists)
                cloud_says(&cloud, "ListRoles", NULL,
                           OF("ListRoles", "<Roles><member><Path>/</Path><RoleName>main-prod-admin</RoleName></member>"
                                           "<member><Path>/</Path><RoleName>other</RoleName></member></Roles>"));
        if (names[_i].denied)
                cloud_adds(&cloud, (struct cloud_line){
                                           .action = "ListRoles",
                                           .answer = { .status = 403, .body = REFUSED_WITH("AccessDenied", "no") } });
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        if (names[_i].updates)
                cloud_says(&cloud, "GetTemplate", "StackName=ROOT&TemplateStage",
                           cloud_text_template(&cloud, "{\"Resources\":{\"R\":{\"Type\":\"AWS::IAM::Role\","
                                                       "\"Properties\":{\"RoleName\":\"Old\","
                                                       "\"AssumeRolePolicyDocument\":{\"Statement\":[]}}}}}"));
        cloud_plays_burger(&cloud, names[_i].updates ? STACK("ROOT", "UPDATE_COMPLETE", OURS) : NULL);
        cloud.options.import_existing = names[_i].imports;
        bakery_status st = cloud_plan(&cloud, &plan, &err);
        ck_assert_msg(st == names[_i].status, "%s", bakery_error_message(err));
        if (st) {
                ck_says(err,
                        "BurgerAccount would make 1 role that account 222222222222 has already, in no stack here: main-prod-admin");
                ck_hints(err, names[_i].hints);
                ck_assert_uint_eq(cloud_count(&cloud, "CreateChangeSet"), 0);
                return;
        }
        ck_assert_uint_eq(cloud_count(&cloud, "ListRoles"), !names[_i].imports);
        const char *imports = cloud_field(&cloud, cloud_form(&cloud, "CreateChangeSet"), "ImportExistingResources");
        ck_assert((imports != NULL) == names[_i].imports);
        ck_assert_uint_eq(bakery_plan_note_count(plan), names[_i].denied);
        if (names[_i].denied)
                ck_assert_str_eq(bakery_plan_note(plan, 0), "whether names exist in IAM already is not known: these "
                                                            "keys may not iam:ListRoles");
}
END_TEST

static const bakery_plan_difference *difference(const bakery_plan *plan, const char *kind)
{
        static bakery_plan_difference found;

        for (size_t i = 0; i < bakery_plan_difference_count(plan); i++) {
                found = (bakery_plan_difference){ .size = sizeof found };
                bakery_plan_difference_at(plan, i, &found);
                if (strcmp(found.kind, kind) == 0)
                        return &found;
        }
        return NULL;
}

START_TEST(a_plan_speaks_of_people_and_roles)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_FREE char *text = NULL, *json = NULL;

        cloud_says(&cloud, "GetGroup", "MyTeamProdAdmin", MEMBERS("MyTeamProdAdmin", USER("alice") USER("bob")));
        cloud_begin(&cloud, BAKERY_STACK_BAKERY, CLOUD_CONFIG);
        cloud_plays_bakery(&cloud, NULL);
        ck_assert_msg(cloud_plan(&cloud, &plan, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_int_eq(bakery_plan_what(plan), BAKERY_PLAN_CREATE);
        ck_assert_str_eq(bakery_plan_stack_name(plan), "BakeryAccount");
        ck_assert_str_eq(bakery_plan_stack_id(plan), "ROOT");
        ck_assert_str_eq(bakery_plan_change_set_id(plan), "SET");
        ck_assert_str_eq(bakery_plan_account_id(plan), "111111111111");
        ck_assert_str_eq(bakery_plan_region(plan), "eu-west-1");
        ck_assert(bakery_plan_broadens(plan));

        const bakery_plan_difference *gained = difference(plan, "grant-gained");
        ck_assert_ptr_nonnull(gained);
        ck_assert_str_eq(gained->subject, "MyTeamProdAdmin");
        ck_assert_str_eq(gained->role_arn, "arn:aws:iam::222222222222:role/Main-Prod-Admin");
        ck_assert_str_eq(gained->people, "alice, bob");
        ck_assert(gained->broadens);
        ck_assert_uint_eq(bakery_plan_note_count(plan), 1);
        ck_assert_ptr_nonnull(strstr(bakery_plan_note(plan, 0), "1 grants come"));

        bakery_plan_resource resource = { .size = sizeof resource };
        ck_assert_uint_eq(bakery_plan_resource_count(plan), 4);
        bakery_plan_resource_at(plan, 2, &resource);
        ck_assert_str_eq(resource.stack, "BakeryAccount");
        ck_assert_str_eq(resource.logical_id, "GroupAdmin");
        ck_assert_str_eq(resource.action, "Add");

        ck_assert_int_eq(bakery_plan_print(plan, BAKERY_PLAN_TEXT, &text, NULL), BAKERY_OK);
        ck_assert_ptr_nonnull(strstr(text, "BakeryAccount in 111111111111, eu-west-1: is created\nresources: 4\n"));
        ck_assert_ptr_nonnull(strstr(text, "  + BakeryEnvironment/GroupProdAdmin  AWS::IAM::Group\n"));
        ck_assert_ptr_nonnull(strstr(text, "  + alice, bob (MyTeamProdAdmin) gain Main-Prod-Admin in 222222222222\n"));
        ck_assert_int_eq(bakery_plan_print(plan, BAKERY_PLAN_JSON, &json, NULL), BAKERY_OK);
        AUTO_CLEAR(json) tree = { 0 };
        parse_json(json, &tree);
        ck_assert_str_eq(bakery__json_text_of(json_at(&tree, "change_set_id")), "SET");
        ck_assert_str_eq(bakery__json_text_of(json_at(&tree, "resources/2/stack")), "BakeryAccount");
}
END_TEST

START_TEST(people_need_not_be_known)
{
        for (int denied = 0; denied < 2; denied++) {
                AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
                AUTO_PTR(bakery_plan) plan = NULL;
                AUTO_PTR(bakery_error) err = NULL;

                if (denied)
                        cloud_adds(&cloud,
                                   (struct cloud_line){
                                           .action = "GetGroup",
                                           .answer = { .status = 403, .body = REFUSED_WITH("AccessDenied", "no") } });
                cloud_begin(&cloud, BAKERY_STACK_BAKERY, CLOUD_CONFIG);
                cloud_plays_bakery(&cloud, NULL);
                cloud.options.skip_people = !denied;
                ck_assert_msg(cloud_plan(&cloud, &plan, &err) == BAKERY_OK, "%s", bakery_error_message(err));
                ck_assert_ptr_null(difference(plan, "grant-gained")->people);
                ck_assert_uint_eq(cloud_count(&cloud, "GetGroup"), (unsigned)denied);
                ck_assert_uint_eq(bakery_plan_note_count(plan), 1 + (unsigned)denied);
                if (denied)
                        ck_assert_ptr_nonnull(strstr(bakery_plan_note(plan, 0), "may not iam:GetGroup"));
        }
}
END_TEST

START_TEST(a_burger_that_loses_roles_says_in_which_order)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_says(&cloud, "GetTemplate", "StackName=ROOT&TemplateStage",
                   cloud_text_template(&cloud, "{\"Resources\":{\"R\":{\"Type\":\"AWS::IAM::Role\","
                                               "\"Properties\":{\"RoleName\":\"Main-Prod-Old\","
                                               "\"AssumeRolePolicyDocument\":{\"Statement\":[]}}}}}"));
        cloud_says(&cloud, "ListRolePolicies", NULL, OF("ListRolePolicies", "<PolicyNames></PolicyNames>"));
        cloud_plays_burger(&cloud, STACK("ROOT", "UPDATE_COMPLETE", OURS));
        ck_assert_msg(cloud_plan(&cloud, &plan, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_ptr_nonnull(difference(plan, "role-gone"));
        ck_assert_uint_eq(bakery_plan_note_count(plan), 1);
        ck_assert_ptr_nonnull(strstr(bakery_plan_note(plan, 0), "1 roles go: take them from the groups first"));
}
END_TEST

/* A plan that is thrown away. */
static const struct {
        const char *stack, *review, *summaries;
        unsigned stacks_deleted;
} discards[] = {
        { NULL, STACK("ROOT", "REVIEW_IN_PROGRESS", ""), "", 1 },
        { NULL, STACK("ROOT", "REVIEW_IN_PROGRESS", ""),
          "<member><ChangeSetId>SET</ChangeSetId><ChangeSetName>n</ChangeSetName><Status>CREATE_COMPLETE</Status>"
          "</member><member><ChangeSetId>S2</ChangeSetId><ChangeSetName>n</ChangeSetName><Status>DELETE_PENDING"
          "</Status></member>",
          1 },
        { NULL, STACK("ROOT", "REVIEW_IN_PROGRESS", ""),
          "<member><ChangeSetId>S2</ChangeSetId><ChangeSetName>n</ChangeSetName><Status>CREATE_COMPLETE</Status>"
          "</member>",
          0 },
        { NULL, STACK("ROOT", "REVIEW_IN_PROGRESS", PROTECTED), "", 0 },
        { NULL, STACK("ROOT", "CREATE_IN_PROGRESS", ""), "", 0 },
        { STACK("ROOT", "UPDATE_COMPLETE", OURS), NULL, "", 0 },
};

START_TEST(a_discarded_plan_leaves_nothing_of_ours)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_CLEAR(buf) summaries = { .max = 10000 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        bakery__buf_format(&summaries, OF("ListChangeSets", "<Summaries>%s</Summaries>"), discards[_i].summaries);
        cloud_says(&cloud, "ListChangeSets", NULL, summaries.at);
        if (discards[_i].review)
                cloud_says(&cloud, "DescribeStacks", "StackName=ROOT", discards[_i].review);
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, discards[_i].stack);
        ck_assert_msg(cloud_plan(&cloud, &plan, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_int_eq(bakery_plan_discard(cloud.client, &cloud.target, plan, &err), BAKERY_OK);
        ck_assert_str_eq(cloud_field(&cloud, cloud_form(&cloud, "DeleteChangeSet"), "ChangeSetName"), "SET");
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteStack"), discards[_i].stacks_deleted);
        if (discards[_i].stacks_deleted)
                ck_assert_str_eq(cloud_field(&cloud, cloud_form(&cloud, "DeleteStack"), "StackName"), "ROOT");
        if (discards[_i].stack) /* it is known, and not asked for again */
                ck_assert_uint_eq(cloud_count(&cloud, "DescribeStacks"), 1);
}
END_TEST

/* At the question, and while CloudFormation is asked; a second Ctrl-C does not wait for tidying up. */
START_TEST(ctrl_c_leaves_no_change_set)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_plan) other = NULL;
        bool again = _i == 2;

        if (_i == 1)
                cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeChangeSet", .answer.cancels = true });
        if (again)
                cloud_adds(&cloud, (struct cloud_line){ .action = "DeleteChangeSet", .answer.cancels = true });
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, STACK("ROOT", "UPDATE_COMPLETE", OURS));
        ck_assert_int_eq(cloud_plan(&cloud, &plan, NULL), _i == 1 ? BAKERY_ERR_CANCELLED : BAKERY_OK);
        if (_i != 1) {
                bakery_client_cancel(cloud.client);
                ck_assert_int_eq(bakery_plan_discard(cloud.client, &cloud.target, plan, NULL),
                                 again ? BAKERY_ERR_CANCELLED : BAKERY_OK);
        }
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteChangeSet"), 1);
        ck_assert_int_eq(cloud_plan(&cloud, &other, NULL), BAKERY_ERR_CANCELLED);
        ck_assert_uint_eq(cloud_count(&cloud, "CreateChangeSet"), 1);
}
END_TEST

/* CloudFormation acted, and Ctrl-C came before its answer: asked with the same token, it says what it made. */
START_TEST(an_answer_that_nobody_waited_for_leaves_none_either)
{
        static const char *const stacks[] = { NULL, STACK("ROOT", "UPDATE_COMPLETE", OURS) };
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        const char *tokens[2];
        size_t n = 0;

        cloud_adds(&cloud, (struct cloud_line){ .action = "CreateChangeSet", .times = 1, .answer.cancels = true });
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, stacks[_i]);
        ck_assert_int_eq(cloud_plan(&cloud, NULL, NULL), BAKERY_ERR_CANCELLED);
        for (const struct cloud_request *at = cloud.last; at; at = at->before)
                if (strcmp(at->action, "CreateChangeSet") == 0 && n < 2)
                        tokens[n++] = at->token;
        ck_assert_uint_eq(n, 2);
        ck_assert_str_eq(tokens[0], tokens[1]);
        ck_assert_str_eq(cloud_field(&cloud, cloud_form(&cloud, "DeleteChangeSet"), "ChangeSetName"), "SET");
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteStack"), stacks[_i] ? 0 : 1);
        ck_assert_uint_eq(cloud_count(&cloud, "DescribeChangeSet"), 0);
}
END_TEST

/* https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html, InvalidChangeSetStatus */
START_TEST(a_change_set_that_is_still_being_made_is_deleted_then)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        const char *making = SET("SET", "ROOT", "CREATE_IN_PROGRESS", "UNAVAILABLE", "");

        cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeChangeSet", .times = 1, .answer.cancels = true });
        cloud_adds(&cloud, (struct cloud_line){ .action = "DescribeChangeSet", .times = 2, .answer.body = making });
        cloud_adds(&cloud, (struct cloud_line){ .action = "DeleteChangeSet",
                                                .times = 1,
                                                .answer = { .status = 400,
                                                            .body = REFUSED_WITH("InvalidChangeSetStatus",
                                                                                 "CREATE_IN_PROGRESS") } });
        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_plays_burger(&cloud, STACK("ROOT", "UPDATE_COMPLETE", OURS));
        ck_assert_int_eq(cloud_plan(&cloud, NULL, NULL), BAKERY_ERR_CANCELLED);
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteChangeSet"), 2);
        ck_assert_str_eq(cloud.last->action, "DeleteChangeSet");
}
END_TEST

Suite *plan_make_suite(void)
{
        Suite *suite = suite_create("plan_make");
        TCase *tcase = tcase_create("plans");

        tcase_add_test(tcase, a_target_says_where_it_is);
        tcase_add_loop_test(tcase, keys_of_another_account_get_nowhere, 0, (int)N_ELEMENTS(calls));
        tcase_add_test(tcase, a_stack_must_be_somewhere);
        tcase_add_test(tcase, a_target_must_be_whole);
        tcase_add_loop_test(tcase, keys_that_are_about_to_end_are_renewed, 0, (int)N_ELEMENTS(ends));
        tcase_add_loop_test(tcase, names_that_are_there_already_are_refused, 0, (int)N_ELEMENTS(names));
        tcase_add_test(tcase, a_plan_speaks_of_people_and_roles);
        tcase_add_test(tcase, people_need_not_be_known);
        tcase_add_test(tcase, a_burger_that_loses_roles_says_in_which_order);
        tcase_add_loop_test(tcase, a_discarded_plan_leaves_nothing_of_ours, 0, (int)N_ELEMENTS(discards));
        tcase_add_loop_test(tcase, ctrl_c_leaves_no_change_set, 0, 3);
        tcase_add_loop_test(tcase, an_answer_that_nobody_waited_for_leaves_none_either, 0, 2);
        tcase_add_test(tcase, a_change_set_that_is_still_being_made_is_deleted_then);
        suite_add_tcase(suite, tcase);
        return suite;
}
