/* The change set: what is asked for, what is uploaded for it, what is read back, and when there is nothing to do. */
#include "deploy/proposal.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "fake_cloud.h"

Suite *proposal_suite(void);

/* What CreateChangeSet says; NULL: it does not say that. */
static const struct {
        bakery_stack_kind kind;
        const char *stack; /* that is there; NULL: none */
        const char *field, *value;
} fields[] = {
        { BAKERY_STACK_BURGER, NULL, "StackName", "BurgerAccount" },
        { BAKERY_STACK_BURGER, STACK("ROOT", "CREATE_COMPLETE", OURS), "StackName", "ROOT" },
        { BAKERY_STACK_BURGER, NULL, "ChangeSetType", "CREATE" },
        { BAKERY_STACK_BURGER, STACK("ROOT", "CREATE_COMPLETE", OURS), "ChangeSetType", "UPDATE" },
        { BAKERY_STACK_BURGER, NULL, "IncludeNestedStacks", "true" },
        { BAKERY_STACK_BURGER, NULL, "Capabilities.member.1", "CAPABILITY_NAMED_IAM" },
        { BAKERY_STACK_BURGER, NULL, "Capabilities.member.2", NULL },
        { BAKERY_STACK_BURGER, NULL, "OnStackFailure", NULL },
        { BAKERY_STACK_BURGER, NULL, "ImportExistingResources", NULL },
        { BAKERY_STACK_BURGER, NULL, "TemplateURL", NULL },
        { BAKERY_STACK_BURGER, NULL, "Parameters.member.1.ParameterKey", "BakeryAccount" },
        { BAKERY_STACK_BURGER, NULL, "Parameters.member.1.ParameterValue", "111111111111" },
        { BAKERY_STACK_BURGER, NULL, "Parameters.member.2.ParameterValue", "Main" },
        { BAKERY_STACK_BURGER, NULL, "Parameters.member.3.ParameterValue", "Prod" },
        { BAKERY_STACK_BURGER, NULL, "Parameters.member.4.ParameterKey", NULL },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.1.Key", "Environment" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.1.Value", "Prod" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.2.Key", "Application" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.2.Value", "Bakery" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.3.Key", "Server+Name" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.3.Value", "Bakery" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.4.Key", "Launched+By" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.4.Value", "iam_user" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.5.Key", "ManagedBy" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.5.Value", "bakery" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.6.Key", "Billing+Code" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.6.Value", "BC1" },
        { BAKERY_STACK_BURGER, NULL, "Tags.member.7.Key", NULL },
        { BAKERY_STACK_BAKERY, NULL, "StackName", "BakeryAccount" },
        { BAKERY_STACK_BAKERY, NULL, "Parameters.member.1.ParameterKey", "TeamName" },
        { BAKERY_STACK_BAKERY, NULL, "Parameters.member.1.ParameterValue", "MyTeam" },
        { BAKERY_STACK_BAKERY, NULL, "Parameters.member.2.ParameterKey", "CloudFormationS3Bucket" },
        { BAKERY_STACK_BAKERY, NULL, "Parameters.member.2.ParameterValue", "templates" },
        { BAKERY_STACK_BAKERY, NULL, "Parameters.member.3.ParameterKey", "TemplateKeyPrefix" },
        { BAKERY_STACK_BAKERY, NULL, "Parameters.member.4.ParameterKey", NULL },
};

static const char *spaced(const char *text)
{
        static char copy[200];

        if (!text)
                return "nothing";
        snprintf(copy, sizeof copy, "%s", text);
        for (char *at = copy; *at; at++)
                *at = *at == '+' ? ' ' : *at;
        return copy;
}

static void begin(struct fake_cloud *cloud, bakery_stack_kind kind, const char *stack)
{
        cloud_begin(cloud, kind, CLOUD_CONFIG);
        if (kind == BAKERY_STACK_BAKERY)
                cloud_plays_bakery(cloud, stack);
        else
                cloud_plays_burger(cloud, stack);
}

START_TEST(asks_for_this_and_nothing_else)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;
        char found[200];

        begin(&cloud, fields[_i].kind, fields[_i].stack);
        ck_assert_msg(cloud_plan(&cloud, NULL, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        const char *form = cloud_form(&cloud, "CreateChangeSet");
        snprintf(found, sizeof found, "%s", spaced(cloud_field(&cloud, form, fields[_i].field)));
        ck_assert_msg(strcmp(found, spaced(fields[_i].value)) == 0, "%s is %s", fields[_i].field, found);
        /* A name of its own, which is the token of a second try. */
        const char *name = cloud_field(&cloud, form, "ChangeSetName");
        ck_assert(bakery__proposal_is_ours(name));
        ck_assert_str_eq(cloud_field(&cloud, form, "ClientToken"), name);
        ck_assert((cloud_field(&cloud, form, "TemplateBody") != NULL));
        ck_assert_uint_eq(cloud_count(&cloud, "ExecuteChangeSet"), 0);
}
END_TEST

START_TEST(each_run_has_a_name_of_its_own)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };

        begin(&cloud, BAKERY_STACK_BURGER, NULL);
        ck_assert_int_eq(cloud_plan(&cloud, NULL, NULL), BAKERY_OK);
        const char *first = cloud_field(&cloud, cloud_form(&cloud, "CreateChangeSet"), "ClientToken");
        ck_assert_int_eq(cloud_plan(&cloud, NULL, NULL), BAKERY_OK);
        ck_assert_str_ne(cloud_field(&cloud, cloud_form(&cloud, "CreateChangeSet"), "ClientToken"), first);
}
END_TEST

START_TEST(templates_go_up_under_the_hash_of_what_is_in_them)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(buf) url = { .max = 1000 };

        begin(&cloud, BAKERY_STACK_BAKERY, NULL);
        cloud.wire.bodies.max = 1 << 22;
        ck_assert_msg(cloud_plan(&cloud, NULL, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        const char *prefix =
                cloud_field(&cloud, cloud_form(&cloud, "CreateChangeSet"), "Parameters.member.3.ParameterValue");
        ck_assert_uint_eq(strlen(prefix), strlen("bakery//") + 64);
        bakery__buf_format(&url, "https://templates.s3.eu-west-1.amazonaws.com/%sbakery_", prefix);
        unsigned puts = 0;
        for (const struct cloud_request *at = cloud.last; at; at = at->before)
                if (strcmp(at->action, "PUT") == 0) {
                        puts++;
                        ck_assert_msg(bakery__str_starts(at->url, url.at), "%s", at->url);
                        ck_assert_ptr_nonnull(strstr(at->keys, "if-none-match"));
                        ck_assert_ptr_nonnull(strstr(at->keys, "x-amz-expected-bucket-owner"));
                }
        ck_assert_uint_eq(puts, 2);
        ck_sent(&cloud,
                "GetCallerIdentity DescribeStacks ListGroups GetGroup GetGroup GetGroup HEAD PUT PUT CreateChangeSet DescribeChangeSet "
                "DescribeChangeSet DescribeChangeSet DescribeChangeSet DescribeChangeSet DescribeChangeSet "
                "GetTemplate GetTemplate GetTemplate GetAccountSummary");
        ck_told(&cloud, "STEP uploaded bakery_account.json to templates");
        ck_told(&cloud, "STEP uploaded bakery_env.json to templates");
}
END_TEST

#define S3_HEADERS "x-amz-request-id: R"

/* Buckets that are not as they should be. */
static const struct {
        const char *action;
        int http_status;
        const char *body;
        bool create;
        bakery_status status;
        const char *says, *hints;
} buckets[] = {
        { "HEAD", 404, NULL, false, BAKERY_ERR_NOT_FOUND, "there is no bucket templates",
          "bakery-cli deploy --create-bucket bakery" },
        { "HEAD", 403, NULL, false, BAKERY_ERR_DENIED, "bucket templates, which must belong to 111111111111: ", NULL },
        { "HEAD", 403, NULL, true, BAKERY_ERR_DENIED, "bucket templates, which must belong to 111111111111: ", NULL },
        { "PUT", 403, REFUSED_WITH("AccessDenied", "no"), false, BAKERY_ERR_DENIED,
          "bakery_account.json to bucket templates: ", NULL },
        { "PUT", 412, REFUSED_WITH("PreconditionFailed", "it is there"), false, BAKERY_OK, NULL, NULL },
};

START_TEST(a_bucket_is_checked_before_anything_goes_into_it)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud, (struct cloud_line){ .action = buckets[_i].action,
                                                .answer = { .status = buckets[_i].http_status,
                                                            .headers = S3_HEADERS,
                                                            .body = buckets[_i].body } });
        begin(&cloud, BAKERY_STACK_BAKERY, NULL);
        cloud.options.create_bucket = buckets[_i].create;
        bakery_status st = cloud_plan(&cloud, NULL, &err);
        ck_assert_msg(st == buckets[_i].status, "%s", bakery_error_message(err));
        if (!buckets[_i].says) {
                ck_assert_ptr_null(strstr(cloud.told.at, "uploaded"));
                return;
        }
        ck_says(err, buckets[_i].says);
        if (buckets[_i].hints)
                ck_hints(err, buckets[_i].hints);
        ck_assert_uint_eq(cloud_count(&cloud, "CreateChangeSet"), 0);
        if (strcmp(buckets[_i].action, "HEAD") == 0)
                ck_assert_uint_eq(cloud_count(&cloud, "PUT"), 0);
}
END_TEST

START_TEST(a_missing_bucket_is_made_when_one_asks_for_it)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud, (struct cloud_line){
                                   .action = "HEAD", .times = 1, .answer = { .status = 404, .headers = S3_HEADERS } });
        cloud_adds(&cloud, (struct cloud_line){
                                   .action = "GET",
                                   .answer = { .status = 404, .body = REFUSED_WITH("NoSuchBucketPolicy", "none") } });
        begin(&cloud, BAKERY_STACK_BAKERY, NULL);
        cloud.options.create_bucket = 1;
        ck_assert_msg(cloud_plan(&cloud, NULL, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_told(&cloud, "STEP making the bucket templates\n");
        ck_assert_uint_gt(cloud_count(&cloud, "PUT"), 2 + 3);
}
END_TEST

START_TEST(without_a_bucket_nested_templates_go_nowhere)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BAKERY, OWN "Region: eu-west-1\n" ENVIRONMENTS TYPES);
        cloud_plays_bakery(&cloud, NULL);
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "no bucket for the templates of BakeryAccount");
        ck_hints(err, "TemplateBucket");
        ck_assert_uint_eq(cloud_count(&cloud, "HEAD") + cloud_count(&cloud, "CreateChangeSet"), 0);
}
END_TEST

#define BLAMED "arn:aws:cloudformation:eu-west-1:1:changeSet/n/1"
#define BLAMES "Nested change set " BLAMED " was not successfully created: Currently in FAILED."
#define NO_CHANGES "The submitted information didn't contain changes. Submit different information"

/* Change sets that change nothing, or that CloudFormation refuses. */
static const struct {
        const char *root, *account, *blamed;
        const char *says; /* NULL: nothing to do */
} sets[] = {
        { FAILED_SET("SET", "ROOT", NO_CHANGES), NULL, NULL, NULL },
        { FAILED_SET("SET", "ROOT", "No updates are to be performed."), NULL, NULL, NULL },
        { SET("SET", "ROOT", "CREATE_COMPLETE", "AVAILABLE", NESTED("Modify", "BakeryAccount", "SET-ACCOUNT")),
          SET("SET-ACCOUNT", "ACCOUNT", "CREATE_COMPLETE", "AVAILABLE", ""), NULL, NULL },
        { SET("SET", "ROOT", "CREATE_COMPLETE", "AVAILABLE", NESTED("Modify", "BakeryAccount", "SET-ACCOUNT")),
          FAILED_SET("SET-ACCOUNT", "ACCOUNT", NO_CHANGES), NULL, NULL },
        { FAILED_SET("SET", "ROOT", BLAMES), NULL, FAILED_SET(BLAMED, "NESTED", NO_CHANGES), NULL },
        { FAILED_SET("SET", "ROOT", "Template error: no"), NULL, NULL,
          "CloudFormation refuses the change of BakeryAccount: Template error: no" },
        { FAILED_SET("SET", "ROOT", BLAMES), NULL, FAILED_SET(BLAMED, "NESTED", "Template error: deep"),
          "CloudFormation refuses the change of BakeryAccount, in NESTED: Template error: deep" },
        { OF("DescribeChangeSet", "<ChangeSetId>SET</ChangeSetId><ChangeSetName>c</ChangeSetName><StackId>ROOT"
                                  "</StackId><StackName>ROOT</StackName><Status>FAILED</Status><StatusReason>" BLAMES
                                  "</StatusReason><Changes>" NESTED("Add", "BakeryAccount", BLAMED) "</Changes>"),
          NULL, FAILED_SET(BLAMED, "NESTED", "Template error: deep"),
          "CloudFormation refuses the change of BakeryAccount, in BakeryAccount: Template error: deep" },
        { OF("DescribeChangeSet", "<ChangeSetId>SET</ChangeSetId><ChangeSetName>c</ChangeSetName><StackId>ROOT"
                                  "</StackId><StackName>ROOT</StackName><Status>FAILED</Status>"),
          NULL, NULL, "CloudFormation refuses the change of BakeryAccount: FAILED" },
};

START_TEST(nothing_to_do_and_no_are_told_apart)
{
        for (int creates = 0; creates < 2; creates++) {
                AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
                AUTO_PTR(bakery_plan) plan = NULL;
                AUTO_PTR(bakery_error) err = NULL;

                if (sets[_i].account)
                        cloud_says(&cloud, "DescribeChangeSet", "ChangeSetName=SET-ACCOUNT", sets[_i].account);
                if (sets[_i].blamed)
                        cloud_says(&cloud, "DescribeChangeSet", "changeSet", sets[_i].blamed);
                cloud_says(&cloud, "DescribeChangeSet", "ChangeSetName=SET", sets[_i].root);
                begin(&cloud, BAKERY_STACK_BAKERY, creates ? NULL : STACK("ROOT", "UPDATE_COMPLETE", OURS));
                bakery_status st = cloud_plan(&cloud, &plan, &err);
                ck_assert_msg(st == (sets[_i].says ? BAKERY_ERR_AWS : BAKERY_OK), "%s", bakery_error_message(err));
                if (sets[_i].says) {
                        ck_assert_str_eq(bakery_error_message(err), sets[_i].says);
                        ck_hints(err, "nothing was changed");
                } else {
                        ck_assert_int_eq(bakery_plan_what(plan), BAKERY_PLAN_NOTHING);
                        ck_assert_ptr_null(bakery_plan_change_set_id(plan));
                        ck_assert_uint_eq(bakery_plan_difference_count(plan) + bakery_plan_note_count(plan), 0);
                }
                /* Nothing waits, and no empty stack either. */
                ck_assert_str_eq(cloud_field(&cloud, cloud_form(&cloud, "DeleteChangeSet"), "ChangeSetName"), "SET");
                ck_assert_uint_eq(cloud_count(&cloud, "DeleteStack"), (unsigned)creates);
                ck_assert_uint_eq(cloud_count(&cloud, "ExecuteChangeSet"), 0);
        }
}
END_TEST

/* Templates that somebody changed on the way. */
static const struct {
        const char *set, *says;
} forged[] = {
        { "ChangeSetName=SET-ACCOUNT", "than the one that was made: bakery_account.json" },
        { "ChangeSetName=SET-ENV", "than the one that was made: bakery_env.json" },
        { "ChangeSetName=SET&", "than the one that was made: bakery_stack.json" },
};

START_TEST(another_template_is_refused)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_says(&cloud, "GetTemplate", forged[_i].set, cloud_text_template(&cloud, "{\"Resources\":{\"Evil\":1}}"));
        begin(&cloud, BAKERY_STACK_BAKERY, NULL);
        ck_assert_int_eq(cloud_deploy(&cloud, &err), BAKERY_ERR_REFUSED);
        ck_says(err, forged[_i].says);
        ck_hints(err, "find out who writes to the bucket templates; nothing was changed");
        ck_assert_uint_eq(cloud_count(&cloud, "ExecuteChangeSet"), 0);
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteChangeSet"), 1);
}
END_TEST

/* Also where CloudFormation says that nothing changes in the nested stack: outputs are no resources. */
START_TEST(another_template_is_refused_though_nothing_changes_in_it)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };

        cloud_says(&cloud, "GetTemplate", "ChangeSetName=SET-ENV", cloud_text_template(&cloud, "{\"Outputs\":{}}"));
        cloud_says(&cloud, "DescribeChangeSet", "ChangeSetName=SET-ENV",
                   SET("SET-ENV", "ENV", "CREATE_COMPLETE", "AVAILABLE", ""));
        begin(&cloud, BAKERY_STACK_BAKERY, STACK("ROOT", "UPDATE_COMPLETE", OURS));
        ck_assert_int_eq(cloud_plan(&cloud, NULL, NULL), BAKERY_ERR_REFUSED);
}
END_TEST

/* One that goes has no template of ours. */
START_TEST(a_nested_stack_may_go)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        cloud_says(&cloud, "DescribeChangeSet", "ChangeSetName=SET-OLD",
                   SET("SET-OLD", "OLD", "CREATE_COMPLETE", "AVAILABLE", CHANGE("Remove", "G", "AWS::IAM::Group", "")));
        cloud_says(&cloud, "DescribeChangeSet", "ChangeSetName=SET",
                   SET("SET", "ROOT", "CREATE_COMPLETE", "AVAILABLE", NESTED("Remove", "BakeryOld", "SET-OLD")));
        begin(&cloud, BAKERY_STACK_BAKERY, STACK("ROOT", "UPDATE_COMPLETE", OURS));
        ck_assert_msg(cloud_plan(&cloud, &plan, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_uint_eq(bakery_plan_resource_count(plan), 2);
}
END_TEST

START_TEST(a_lost_answer_makes_no_second_change_set)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud,
                   (struct cloud_line){ .action = "CreateChangeSet", .times = 1, .answer.fails = BAKERY_ERR_NETWORK });
        cloud_adds(&cloud, (struct cloud_line){
                                   .action = "CreateChangeSet",
                                   .times = 1,
                                   .answer = { .status = 400, .body = REFUSED_WITH("AlreadyExistsException", "c") } });
        begin(&cloud, BAKERY_STACK_BURGER, NULL);
        ck_assert_msg(cloud_plan(&cloud, &plan, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_str_eq(bakery_plan_change_set_id(plan), "SET");
        ck_assert_str_eq(bakery_plan_stack_id(plan), "ROOT");
        ck_assert_uint_eq(cloud_count(&cloud, "CreateChangeSet"), 2);
        const char *token = NULL;
        for (const struct cloud_request *at = cloud.last; at; at = at->before)
                if (strcmp(at->action, "CreateChangeSet") == 0) {
                        const char *other = cloud_field(&cloud, at->form, "ClientToken");

                        ck_assert(!token || strcmp(token, other) == 0);
                        token = other;
                }
}
END_TEST

START_TEST(one_that_is_being_made_is_waited_for)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_adds(&cloud,
                   (struct cloud_line){ .action = "DescribeChangeSet",
                                        .times = 1,
                                        .answer.body = SET("SET", "ROOT", "CREATE_PENDING", "UNAVAILABLE", "") });
        cloud_adds(&cloud,
                   (struct cloud_line){ .action = "DescribeChangeSet",
                                        .times = 1,
                                        .answer.body = SET("SET", "ROOT", "CREATE_IN_PROGRESS", "UNAVAILABLE", "") });
        begin(&cloud, BAKERY_STACK_BURGER, NULL);
        ck_assert_msg(cloud_plan(&cloud, NULL, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_sent(&cloud, "GetCallerIdentity DescribeStacks ListRoles CreateChangeSet DescribeChangeSet "
                        "DescribeChangeSet DescribeChangeSet DescribeChangeSet GetTemplate GetAccountSummary");
        /* By its ARN, and once it is complete with property values too. */
        ck_assert_ptr_nonnull(
                strstr(cloud_form(&cloud, "DescribeChangeSet"), "&ChangeSetName=SET&IncludePropertyValues=true"));
}
END_TEST

START_TEST(one_that_is_never_made_is_dropped)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_says(&cloud, "DescribeChangeSet", NULL, SET("SET", "ROOT", "CREATE_IN_PROGRESS", "UNAVAILABLE", ""));
        begin(&cloud, BAKERY_STACK_BURGER, NULL);
        cloud.options.limit_s = 1;
        cloud.options.poll_ms = 100;
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_UNFINISHED);
        ck_says(err, "CloudFormation has not made the change set in 1 s: SET");
        ck_hints(err, "nothing was changed");
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteChangeSet"), 1);
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteStack"), 1);
}
END_TEST

Suite *proposal_suite(void)
{
        Suite *suite = suite_create("proposal");
        TCase *tcase = tcase_create("change sets");

        tcase_add_loop_test(tcase, asks_for_this_and_nothing_else, 0, (int)N_ELEMENTS(fields));
        tcase_add_test(tcase, each_run_has_a_name_of_its_own);
        tcase_add_test(tcase, templates_go_up_under_the_hash_of_what_is_in_them);
        tcase_add_loop_test(tcase, a_bucket_is_checked_before_anything_goes_into_it, 0, (int)N_ELEMENTS(buckets));
        tcase_add_test(tcase, a_missing_bucket_is_made_when_one_asks_for_it);
        tcase_add_test(tcase, without_a_bucket_nested_templates_go_nowhere);
        tcase_add_loop_test(tcase, nothing_to_do_and_no_are_told_apart, 0, (int)N_ELEMENTS(sets));
        tcase_add_loop_test(tcase, another_template_is_refused, 0, (int)N_ELEMENTS(forged));
        tcase_add_test(tcase, another_template_is_refused_though_nothing_changes_in_it);
        tcase_add_test(tcase, a_nested_stack_may_go);
        tcase_add_test(tcase, a_lost_answer_makes_no_second_change_set);
        tcase_add_test(tcase, one_that_is_being_made_is_waited_for);
        tcase_add_test(tcase, one_that_is_never_made_is_dropped);
        suite_add_tcase(suite, tcase);
        return suite;
}
