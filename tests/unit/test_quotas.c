/* Plans and the account's own quotas. */
#include "deploy/quotas.h"

#include <check.h>
#include <string.h>

#include "fake_cloud.h"

Suite *quotas_suite(void);

#define SUMMARY(numbers) OF("GetAccountSummary", "<SummaryMap>" numbers "</SummaryMap>")
#define GROUPS(used, quota) SUMMARY(NUMBER("Groups", used) NUMBER("GroupsQuota", quota))
#define ROLES(used, quota) SUMMARY(NUMBER("Roles", used) NUMBER("RolesQuota", quota))

/* The bakery's change set adds two groups, the burger's a role. */
static const struct {
        bakery_stack_kind kind;
        const char *summary;
        bakery_status status;
        const char *says, *hints; /* of the error */
        const char *note;
} cases[] = {
        { BAKERY_STACK_BAKERY, GROUPS("100", "300"), BAKERY_OK, NULL, NULL, NULL },
        { BAKERY_STACK_BAKERY, GROUPS("267", "300"), BAKERY_OK, NULL, NULL, NULL },
        { BAKERY_STACK_BAKERY, GROUPS("268", "300"), BAKERY_OK, NULL, NULL,
          "account 111111111111 will have up to 270 groups, and its quota is 300" },
        { BAKERY_STACK_BAKERY, GROUPS("298", "300"), BAKERY_OK, NULL, NULL,
          "account 111111111111 will have up to 300 groups, and its quota is 300" },
        { BAKERY_STACK_BAKERY, GROUPS("299", "300"), BAKERY_ERR_LIMIT,
          "BakeryAccount is not deployed: account 111111111111 has 299 groups, would have up to 301, and its quota is "
          "300",
          "ask AWS to raise the quota, to 500 at most (https://docs.aws.amazon.com/", NULL },
        { BAKERY_STACK_BAKERY, GROUPS("499", "500"), BAKERY_ERR_LIMIT, "its quota is 500",
          "AWS raises it no further: delete what nobody needs", NULL },
        { BAKERY_STACK_BAKERY, GROUPS("310", "400"), BAKERY_OK, NULL, NULL, NULL },  /* raised already */
        { BAKERY_STACK_BAKERY, ROLES("1000", "1000"), BAKERY_OK, NULL, NULL, NULL }, /* it makes none */
        { BAKERY_STACK_BURGER, ROLES("999", "1000"), BAKERY_OK, NULL, NULL, "up to 1000 roles" },
        { BAKERY_STACK_BURGER, ROLES("1000", "1000"), BAKERY_ERR_LIMIT,
          "account 222222222222 has 1000 roles, would have up to 1001, and its quota is 1000", "to 5000 at most",
          NULL },
        { BAKERY_STACK_BURGER, GROUPS("300", "300"), BAKERY_OK, NULL, NULL, NULL },
        /* One of the two numbers says nothing, nor does one that is none. */
        { BAKERY_STACK_BURGER, SUMMARY(NUMBER("Roles", "1000")), BAKERY_OK, NULL, NULL, NULL },
        { BAKERY_STACK_BURGER, SUMMARY(NUMBER("RolesQuota", "0")), BAKERY_OK, NULL, NULL, NULL },
        { BAKERY_STACK_BURGER, ROLES("5", "-1"), BAKERY_OK, NULL, NULL, NULL },
        /* What templates are made for. */
        { BAKERY_STACK_BURGER, SUMMARY(NUMBER("PolicySizeQuota", "6144")), BAKERY_OK, NULL, NULL, NULL },
        { BAKERY_STACK_BURGER, SUMMARY(NUMBER("PolicySizeQuota", "5120")), BAKERY_OK, NULL, NULL,
          "account 222222222222 has PolicySizeQuota 5120, and the templates are made for 6144" },
        { BAKERY_STACK_BURGER, SUMMARY(NUMBER("AssumeRolePolicySizeQuota", "4096")), BAKERY_OK, NULL, NULL, NULL },
        { BAKERY_STACK_BURGER, NULL, BAKERY_OK, NULL, NULL,
          "the quotas of account 222222222222 are not known: these keys may not iam:GetAccountSummary" },
};

static bool has_note(const bakery_plan *plan, const char *piece)
{
        for (size_t i = 0; i < bakery_plan_note_count(plan); i++)
                if (strstr(bakery_plan_note(plan, i), piece))
                        return true;
        return false;
}

static void play(struct fake_cloud *cloud, bakery_stack_kind kind, const char *summary)
{
        cloud_begin(cloud, kind, CLOUD_CONFIG);
        if (summary)
                cloud_says(cloud, "GetAccountSummary", NULL, summary);
        else
                cloud_adds(cloud, (struct cloud_line){
                                          .action = "GetAccountSummary",
                                          .answer = { .status = 403, .body = REFUSED_WITH("AccessDenied", "no") } });
        if (kind == BAKERY_STACK_BAKERY)
                cloud_plays_bakery(cloud, NULL);
        else
                cloud_plays_burger(cloud, NULL);
}

START_TEST(what_is_new_fits_the_account)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_PTR(bakery_plan) plan = NULL;

        play(&cloud, cases[_i].kind, cases[_i].summary);
        bakery_status st = cloud_plan(&cloud, &plan, &err);
        ck_assert_msg(st == cases[_i].status, "%d: %s", _i, bakery_error_message(err));
        if (cases[_i].says)
                ck_assert_msg(strstr(bakery_error_message(err), cases[_i].says), "%s", bakery_error_message(err));
        if (cases[_i].hints)
                ck_hints(err, cases[_i].hints);
        if (!st && cases[_i].note)
                ck_assert_msg(has_note(plan, cases[_i].note), "%d: %s", _i, cases[_i].note);
        else if (!st)
                ck_assert_msg(!has_note(plan, "uota"), "%d", _i);
        /* What was proposed is taken back, with the stack that was made to hold it. */
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteChangeSet"), st ? 1 : 0);
        ck_assert_uint_eq(cloud_count(&cloud, "ExecuteChangeSet"), 0);
}
END_TEST

/* Nothing is asked when nothing is made, and one that takes the place of another is made. */
START_TEST(only_what_is_made_counts)
{
        static const struct {
                const char *change;
                unsigned asked;
                bakery_status status;
        } changes[] = {
                { CHANGE("Modify", "RoleAdmin", "AWS::IAM::Role", "<Replacement>False</Replacement>"), 0, BAKERY_OK },
                { CHANGE("Remove", "RoleAdmin", "AWS::IAM::Role", ""), 0, BAKERY_OK },
                { CHANGE("Import", "RoleAdmin", "AWS::IAM::Role", ""), 0, BAKERY_OK },
                { CHANGE("Add", "Rule", "AWS::Events::Rule", ""), 0, BAKERY_OK },
                { CHANGE("Modify", "RoleAdmin", "AWS::IAM::Role", "<Replacement>True</Replacement>"), 1,
                  BAKERY_ERR_LIMIT },
        };

        for (size_t i = 0; i < N_ELEMENTS(changes); i++) {
                AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
                AUTO_CLEAR(buf) set = { .max = 10000 };
                AUTO_PTR(bakery_error) err = NULL;

                bakery__buf_format(&set, SET("SET", "ROOT", "CREATE_COMPLETE", "AVAILABLE", "%s"), changes[i].change);
                cloud_says(&cloud, "DescribeChangeSet", NULL, set.at);
                play(&cloud, BAKERY_STACK_BURGER, ROLES("1000", "1000"));
                ck_assert_msg(cloud_plan(&cloud, NULL, &err) == changes[i].status, "%zu: %s", i,
                              bakery_error_message(err));
                ck_assert_uint_eq(cloud_count(&cloud, "GetAccountSummary"), changes[i].asked);
        }
}
END_TEST

/* A failure on the way leaves no change set either; of a stack that is there, the stack stays. */
START_TEST(a_question_that_fails_is_no_plan)
{
        AUTO_CLEAR(fake_cloud) cloud = { .told.max = 0 };
        AUTO_PTR(bakery_error) err = NULL;

        cloud_begin(&cloud, BAKERY_STACK_BURGER, CLOUD_CONFIG);
        cloud_adds(&cloud, (struct cloud_line){ .action = "GetAccountSummary", .answer.fails = BAKERY_ERR_NETWORK });
        cloud_plays_burger(&cloud, STACK("ROOT", "CREATE_COMPLETE", OURS));
        ck_assert_int_eq(cloud_plan(&cloud, NULL, &err), BAKERY_ERR_NETWORK);
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteChangeSet"), 1);
        ck_assert_uint_eq(cloud_count(&cloud, "DeleteStack"), 0);
}
END_TEST

Suite *quotas_suite(void)
{
        Suite *suite = suite_create("quotas");
        TCase *tcase = tcase_create("plans");

        tcase_add_loop_test(tcase, what_is_new_fits_the_account, 0, (int)N_ELEMENTS(cases));
        tcase_add_test(tcase, only_what_is_made_counts);
        tcase_add_test(tcase, a_question_that_fails_is_no_plan);
        suite_add_tcase(suite, tcase);
        return suite;
}
