#include "deploy/damage.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "deploy/facts_making.h"
#include "made_facts.h"
#include "old_templates.h"
#include "support.h"

Suite *damage_suite(void);

/* Two accounts that YAML reads as octal numbers, one with an 8, and an environment that the old list lacks. */
static const char config_text[] = "TeamName: MyTeam\n"
                                  "BillingCode: BC1\n"
                                  "BakeryAccount: \"111111111111\"\n"
                                  "Environments:\n"
                                  "  - Environment: NonProd\n"
                                  "    Accounts:\n"
                                  "      - { Id: \"012345670123\", Name: One }\n"
                                  "      - { Id: \"012345678901\", Name: Two }\n"
                                  "      - { Id: \"222222222222\", Name: Three }\n"
                                  "  - Environment: Dev\n"
                                  "    Accounts:\n"
                                  "      - { Id: \"333333333333\", Name: Four }\n"
                                  "AccessTypes:\n"
                                  "  - { Type: Admin, PolicyArn: \"arn:aws:iam::aws:policy/AdministratorAccess\" }\n"
                                  "  - { Type: ReadOnly, PolicyArn: \"arn:aws:iam::aws:policy/ReadOnlyAccess\" }\n";

static void ck_damage(const bakery_config *config, const struct facts *deployed, const struct facts *live,
                      const char *want)
{
        static const char *const severities[] = { "note", "warning", "error" };
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_CLEAR(buf) shown = { .max = 1 << 20 };

        ck_assert_int_eq(bakery__damage_find(config, deployed, live, "config.yml", report, NULL), BAKERY_OK);
        for (size_t i = 0; i < bakery_report_count(report); i++) {
                ck_assert_str_eq(bakery_report_file(report, i), "config.yml");
                ck_assert_ptr_nonnull(bakery_report_hint(report, i));
                bakery__buf_format(&shown, "%u %s %s: %s\n", bakery_report_line(report, i),
                                   severities[bakery_report_severity(report, i)], bakery_report_rule(report, i),
                                   bakery_report_message(report, i));
        }
        ck_assert_msg(strcmp(shown.at ? shown.at : "", want) == 0, "%s\nis not\n%s", shown.at, want);
}

START_TEST(what_is_sound_is_no_damage)
{
        AUTO_PTR(bakery_config) config = config_of(config_text);
        AUTO_CLEAR(facts) deployed = { 0 };
        AUTO_CLEAR(facts) live = { 0 };

        ck_assert_int_eq(made_in_bakery(&deployed, config, NULL), BAKERY_OK);
        ck_assert_int_eq(made_in_burger(&deployed, &config->environments[0].accounts[0], NULL), BAKERY_OK);
        ck_assert_int_eq(made_in_bakery(&live, config, NULL), BAKERY_OK);
        ck_damage(config, &deployed, NULL, "");
        ck_damage(config, &deployed, &live, "");
}
END_TEST

START_TEST(octal_account_ids_are_told_once)
{
        AUTO_PTR(bakery_config) config = config_of(config_text);
        AUTO_FREE char *env = old_bakery_env(config, true);
        AUTO_CLEAR(facts) deployed = { 0 };

        add_facts(&deployed, env, "BakeryEnvironment", "111111111111", NULL, 0);
        ck_damage(config, &deployed, NULL,
                  "7 error octal-account: account 012345670123 stands in the policies of MyTeamNonProdAdmin as "
                  "1402433619, read as an octal number: nobody can assume its roles\n");
}
END_TEST

#define GROUP(id, name, policy, resource)                                                                           \
        "  " id ": { Type: 'AWS::IAM::Group', Properties: { GroupName: " name ", Policies: [{ PolicyName: " policy  \
        ", PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow, Action: sts:AssumeRole, Resource: " \
        "[" resource "] } } }] } }\n"
#define ARN(id, name) "'arn:aws:iam::" id ":role/" name "'"
#define ROLE(principal)                                                                                       \
        "  R: { Type: 'AWS::IAM::Role', Properties: { RoleName: R, AssumeRolePolicyDocument: { Statement: { " \
        "Effect: Allow, Principal: { AWS: '" principal "' }, Action: sts:AssumeRole } } } }\n"
#define FUNCTION(groups)                                                                                \
        "  F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: Check, Runtime: python2.7, " \
        "Environment: { Variables: { adminGroups: '" groups "' } } } }\n"

static const struct {
        const char *what, *text, *found;
} damages[] = {
        { "a missing account",
          "Resources:\n" GROUP("GroupNonProdAdmin", "MyTeamNonProdAdmin", "P",
                               ARN("222222222222", "Three-NonProd-Admin")),
          "5 warning missing-account: the policies of MyTeamNonProdAdmin lack 2 of 3 accounts: 012345670123 (One), "
          "012345678901 (Two)\n" },
        { "accounts that are none",
          "Resources:\n" GROUP("G", "MyTeamOther", "P",
                               ARN("12345", "x") ", " ARN("12345", "y") ", " ARN("1234567890123", "z") ", "
                                                                                                       "text, "
                                                                                                       "'*'"),
          "0 error no-account: the policies of MyTeamOther name arn:aws:iam::12345:role/x, which is of no account\n"
          "0 error no-account: the policies of MyTeamOther name arn:aws:iam::1234567890123:role/z, which is of no "
          "account\n"
          "0 error no-account: the policies of MyTeamOther name text, which is of no account\n"
          "0 error no-account: the policies of MyTeamOther name *, which is of no account\n" },
        { "every account of an organization", "Resources:\n" GROUP("G", "MyTeamOther", "P", ARN("*", "*-Prod-Admin")),
          "" },
        { "a name that was cut, of a group and of roles",
          "Resources:\n" GROUP("GroupDevAdmin", "MyTeam", "MyTeam", ARN("333333333333", "Four")),
          "10 error cut-name: group MyTeamDevAdmin is deployed as MyTeam: the tool before cut names at \" #\"\n"
          "10 error cut-name: the policies of MyTeamDevAdmin name arn:aws:iam::333333333333:role/Four, which does not "
          "end in -Dev-Admin: the tool before cut names at \" #\"\n"
          "10 warning missing-account: the policies of MyTeam lack 1 of 1 accounts: 333333333333 (Four)\n" },
        { "a trust in an octal number", "Resources:\n" ROLE("arn:aws:iam::1402433619:root"),
          "0 error octal-account: role arn:aws:iam::111111111111:role/R trusts account 1402433619, which is none: the "
          "Bakery account is 111111111111\n" },
        { "a trust in a service", "Resources:\n" ROLE("lambda.amazonaws.com"), "" },
        { "environments of the old list",
          "Parameters: { Environment: { Type: String, AllowedValues: [NonProd, Prod, Mgmt] } }\nResources: {}\n",
          "10 warning environment-not-allowed: no Burger account of environment Dev was ever deployed: the template of "
          "the tool before allows NonProd, Prod and Mgmt only\n" },
        { "environments of a list of ours",
          "Parameters: { Environment: { Type: String, AllowedValues: [NonProd, Prod] } }\nResources: {}\n", "" },
        { "another list",
          "Parameters: { Environment: { Type: String, AllowedValues: [NonProd, Prod, Test] } }\nResources: {}\n", "" },
        { "a blank before the groups to watch", "Resources:\n" FUNCTION(" A,B"),
          "0 error unwatched-group: function Check never watched group A: a blank stands in front of its name\n" },
        { "no blank before them", "Resources:\n" FUNCTION("A, B"), "" },
        { "no groups to watch", "Resources:\n" FUNCTION(" "), "" },
};

START_TEST(finds_damage)
{
        AUTO_PTR(bakery_config) config = config_of(config_text);
        AUTO_CLEAR(facts) deployed = { 0 };

        add_facts(&deployed, damages[_i].text, "S", "111111111111", NULL, 0);
        ck_damage(config, &deployed, NULL, damages[_i].found);
}
END_TEST

START_TEST(many_missing_accounts_are_counted)
{
        AUTO_FREE char *text = large_text("", 8, "account-%d");
        AUTO_PTR(bakery_config) config = config_of(text);
        AUTO_CLEAR(facts) deployed = { 0 };

        add_facts(&deployed,
                  "Resources:\n" GROUP("G", "MyTeamProdAdmin", "P", ARN("000000000001", "account-0-Prod-Admin")), "S",
                  "111111111111", NULL, 0);
        ck_damage(config, &deployed, NULL,
                  "6 warning missing-account: the policies of MyTeamProdAdmin lack 7 of 8 accounts: 000000000002 "
                  "(account-1), 000000000003 (account-2), 000000000004 (account-3), 000000000005 (account-4), "
                  "000000000006 (account-5) ...\n");
}
END_TEST

/* Groups of IAM that have the team's prefix: one of the configuration, one that a stack has, two that nobody has. */
START_TEST(finds_groups_that_survived)
{
        AUTO_PTR(bakery_config) config = config_of(config_text);
        AUTO_CLEAR(facts) deployed = { 0 };
        AUTO_CLEAR(facts) live = { 0 };

        bakery__facts_new_group(&deployed, "MyTeamOldAdmin", "/");
        bakery__facts_new_group(&live, "MyTeamDevAdmin", "/");
        bakery__facts_new_group(&live, "MyTeamAwsBakeryAdmin", "/");
        bakery__facts_new_group(&live, "MyTeamOldAdmin", "/");
        bakery__facts_new_group(&live, "OtherTeam", "/");
        bakery__facts_new_group(&live, "MyTeamEmpty", "/");
        struct fact_group *full = bakery__facts_new_group(&live, "MyTeamFull", "/");
        for (char name = 'a'; name < 'h'; name++)
                bakery__facts_add_text(&live, &full->members, (const char[]){ name, '\0' });
        ck_damage(config, &deployed, &live,
                  "0 warning orphan-group: group MyTeamEmpty is in IAM, but in no stack and not in the configuration; "
                  "it allows 0 roles; members: none\n"
                  "0 warning orphan-group: group MyTeamFull is in IAM, but in no stack and not in the configuration; "
                  "it allows 0 roles; members: a, b, c, d, e and 2 more\n");
}
END_TEST

Suite *damage_suite(void)
{
        Suite *suite = suite_create("damage");
        TCase *tcase = tcase_create("findings");

        tcase_add_test(tcase, what_is_sound_is_no_damage);
        tcase_add_test(tcase, octal_account_ids_are_told_once);
        tcase_add_loop_test(tcase, finds_damage, 0, (int)N_ELEMENTS(damages));
        tcase_add_test(tcase, many_missing_accounts_are_counted);
        tcase_add_test(tcase, finds_groups_that_survived);
        suite_add_tcase(suite, tcase);
        return suite;
}
