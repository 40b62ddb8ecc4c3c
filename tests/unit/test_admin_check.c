/* Who is an admin, and who is told. */
#include <bakery/admin_check.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "access/admin_check.h"
#include "fake_wire.h"
#include "formats/uri.h"
#include "support.h"

Suite *admin_check_suite(void);

/* What is watched. */

static void put_names(struct buf *text, const struct names *names)
{
        for (size_t i = 0; i < names->count; i++)
                bakery__buf_format(text, "%s%s", i ? "," : "", names->at[i]);
}

/* "groups|expected|alice 2027-01-31 G1,G2;...|channel" */
static char *watch_text(const bakery_admin_watch *watch)
{
        struct buf text = { .max = 1 << 16 };

        put_names(&text, &watch->groups);
        bakery__buf_char(&text, '|');
        put_names(&text, &watch->expected);
        bakery__buf_char(&text, '|');
        for (size_t i = 0; i < watch->n_ends; i++) {
                bakery__buf_format(&text, "%s%s %s ", i ? ";" : "", watch->ends[i].user, watch->ends[i].until);
                put_names(&text, &watch->ends[i].groups);
        }
        bakery__buf_format(&text, "|%s", watch->channel ? watch->channel : "-");
        return text.at;
}

#define GROUPS "BAKERY_ADMIN_GROUPS="
#define ENDS "BAKERY_MEMBERSHIP_ENDS="

static const struct {
        const char *environment[16];
        const char *watch; /* or the error */
} environments[] = {
        { { GROUPS "A" }, "A|||-" },
        /* The old tool put a blank before the list, so that its first group was never looked at. */
        { { GROUPS " A,B", "BAKERY_OWN_ADMIN_GROUP=Own" }, "A,B,Own|||-" },
        { { GROUPS " A , B,,A,a , ", "BAKERY_OWN_ADMIN_GROUP=b" }, "A,B|||-" },
        { { GROUPS "A", "BAKERY_EXPECTED_ADMINS=x, y", "BAKERY_SLACK_CHANNEL=#ops" }, "A|x,y||#ops" },
        { { GROUPS "A", ENDS "bob 2027-01-31 A B;eve 2030-12-01 A" }, "A||bob 2027-01-31 A,B;eve 2030-12-01 A|-" },
        { { GROUPS "A", ENDS "; bob 2027-01-31 A;" }, "A||bob 2027-01-31 A|-" },
        { { "BAKERY_OWN_ADMIN_GROUP=Own" }, "Own|||-" },
        { { GROUPS " , ," }, "no group to watch: BAKERY_ADMIN_GROUPS is not set" },
        { { "X=1" }, "no group to watch" },
        { { GROUPS "A", ENDS "bob A" }, "BAKERY_MEMBERSHIP_ENDS: \"bob\" has no date behind the name" },
        { { GROUPS "A", ENDS "bob 2027-1-31 A" }, "\"bob\" has no date" },
        { { GROUPS "A", ENDS "bob 2027-01-3x A" }, "\"bob\" has no date" },
        { { GROUPS "A", ENDS "bob" }, "\"bob\" has no date" },
};

START_TEST(watches_what_the_environment_says)
{
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_PTR(bakery_admin_watch) watch = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        memcpy(wire.environment, environments[_i].environment, sizeof wire.environment);
        bakery_status st = bakery_admin_watch_of_environment(fake_client(&wire), &watch, &err);
        if (st) {
                ck_assert_int_eq(st, BAKERY_ERR_CONFIG);
                ck_assert_ptr_null(watch);
                ck_says(err, environments[_i].watch);
                return;
        }
        AUTO_FREE char *text = watch_text(watch);
        ck_assert_str_eq(text, environments[_i].watch);
}
END_TEST

#define USERS                                                                      \
        "Users: [{ Name: bob, Groups: [MyTeamProdAdmin, MyTeamAwsBakeryReadOnly]," \
        " Until: 2027-01-31 }, { Name: eve, Groups: [MyTeamProdAdmin] }]\n"

START_TEST(watches_what_the_configuration_says)
{
        AUTO_PTR(bakery_config)
        config = config_of(OWN ENVIRONMENTS TYPES USERS "AdminGroups: ' Handmade, MyTeamProdAdmin'\n"
                                                        "ExpectedAdmins: [x]\nSlackChannel: '#ops'\n");
        AUTO_PTR(bakery_admin_watch) watch = NULL;

        ck_assert_int_eq(bakery_admin_watch_of_config(config, &watch, NULL), BAKERY_OK);
        AUTO_FREE char *text = watch_text(watch);
        ck_assert_str_eq(text, "Handmade,MyTeamProdAdmin,MyTeamAwsBakeryAdmin|x|bob 2027-01-31 "
                               "MyTeamProdAdmin,MyTeamAwsBakeryReadOnly|#ops");
}
END_TEST

/* What the template writes for the function is what the function reads. */
START_TEST(the_ends_come_through_the_template)
{
        AUTO_PTR(bakery_config) config = config_of(OWN ENVIRONMENTS TYPES USERS "AdminGroups: MyTeamProdAdmin\n");
        AUTO_CLEAR(buf) text = { .max = 1 << 16 };

        bakery__membership_ends_put(&text, config);
        ck_assert_str_eq(text.at, "bob 2027-01-31 MyTeamProdAdmin");
}
END_TEST

/* An account. */

#define GROUP(name, more) \
        "<member><GroupName>" name "</GroupName><Arn>arn:aws:iam::111111111111:group/" name "</Arn>" more "</member>"
#define IN(group) "<member>" group "</member>"
#define INLINE(name, document) \
        "<member><PolicyName>" name "</PolicyName><PolicyDocument>" document "</PolicyDocument></member>"
#define ATTACHED(arn, name) "<member><PolicyName>" name "</PolicyName><PolicyArn>" arn "</PolicyArn></member>"
#define USER(name, groups, more)                                                                                    \
        "<member><UserName>" name "</UserName><Arn>arn:aws:iam::111111111111:user/" name "</Arn><GroupList>" groups \
        "</GroupList>" more "</member>"
#define ALL \
        "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"
#define NOTHING "%7B%22Statement%22%3A%5B%5D%7D"
#define POLICY(arn, document)                                                                          \
        "<member><Arn>" arn "</Arn><PolicyName>p</PolicyName><DefaultVersionId>v2</DefaultVersionId>"  \
        "<PolicyVersionList><member><Document>" ALL "</Document><VersionId>v1</VersionId>"             \
        "<IsDefaultVersion>false</IsDefaultVersion></member><member><Document>" document "</Document>" \
        "<VersionId>v2</VersionId><IsDefaultVersion>true</IsDefaultVersion></member></PolicyVersionList></member>"
#define PAGE_BEGIN "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>"
#define PAGE_END "</GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>"
#define PAGE(users, groups, policies, rest)                                                                  \
        PAGE_BEGIN "<UserDetailList>" users "</UserDetailList><GroupDetailList>" groups "</GroupDetailList>" \
                   "<Policies>" policies "</Policies>" rest PAGE_END
#define MORE(marker) "<IsTruncated>true</IsTruncated><Marker>" marker "</Marker>"
#define ADMINS "arn:aws:iam::aws:policy/AdministratorAccess"
#define OWN_POLICY "arn:aws:iam::111111111111:policy/Own"
#define OLD_POLICY "arn:aws:iam::111111111111:policy/Old"
#define BOTH_GROUPS GROUP("Prod", "") GROUP("Handmade", "")

struct account {
        const char *pages[3]; /* what GetAccountAuthorizationDetails gives, page after page */
        const char *groups, *expected, *ends;
        const char *found; /* "alice(Prod,Ops by All;own policy) mfa ... | past ends", or the error */
};

static const struct account *account; /* of the test that runs */

static const struct fake_answer *answer_of_account(struct fake_wire *wire)
{
        static struct fake_answer answer;
        static const char denied[] = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>";
        const char *marker = strstr(wire->last.body, "Marker=m");
        const char *body = account->pages[marker ? marker[strlen("Marker=m")] - '0' : 0];

        answer = (struct fake_answer){ .status = 200, .body = body };
        if (strstr(wire->last.body, "Action=ListMFADevices"))
                answer.body = strstr(wire->last.body, "UserName=mfa")
                                      ? "<ListMFADevicesResponse><ListMFADevicesResult><MFADevices><member>"
                                        "<SerialNumber>s</SerialNumber><UserName>u</UserName></member></MFADevices>"
                                        "</ListMFADevicesResult></ListMFADevicesResponse>"
                                      : "<ListMFADevicesResponse><ListMFADevicesResult><MFADevices/>"
                                        "</ListMFADevicesResult></ListMFADevicesResponse>";
        else if (strstr(wire->last.body, "Action=GetCallerIdentity"))
                answer.body =
                        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/u</Arn>"
                        "<UserId>AIDA</UserId><Account>111111111111</Account></GetCallerIdentityResult>"
                        "</GetCallerIdentityResponse>";
        else if (!body)
                answer = (struct fake_answer){ .status = 403, .body = denied };
        return &answer;
}

static const char *watch_variables[3];

static const char *watch_variable(const void *context, const char *name)
{
        static const char *const names[] = { ADMIN_GROUPS_VARIABLE, EXPECTED_ADMINS_VARIABLE,
                                             MEMBERSHIP_ENDS_VARIABLE };

        (void)context;
        for (size_t i = 0; i < N_ELEMENTS(names); i++)
                if (strcmp(name, names[i]) == 0)
                        return watch_variables[i];
        return NULL;
}

static bakery_admin_watch *watch_of(const char *groups, const char *expected, const char *ends)
{
        bakery_admin_watch *watch = NULL;

        watch_variables[0] = groups;
        watch_variables[1] = expected;
        watch_variables[2] = ends;
        ck_assert_int_eq(bakery__admin_watch_of_variables(watch_variable, NULL, &watch, NULL), BAKERY_OK);
        return watch;
}

static void put_admin(struct buf *text, const bakery_admin *admin)
{
        bakery__buf_format(text, "%s%s(", bakery_admin_name(admin), bakery_admin_is_expected(admin) ? "!" : "");
        for (size_t i = 0; i < bakery_admin_group_count(admin); i++) {
                const char *policy = bakery_admin_group_policy(admin, i);

                bakery__buf_format(text, "%s%s%s%s", i ? "," : "", bakery_admin_group(admin, i), policy ? " by " : "",
                                   policy ? policy : "");
        }
        for (size_t i = 0; i < bakery_admin_policy_count(admin); i++)
                bakery__buf_format(text, ";%s", bakery_admin_policy(admin, i));
        bakery__buf_format(text, ")%s%s ", bakery_admin_has_mfa(admin) ? "mfa" : "",
                           bakery_admin_until(admin) ? bakery_admin_until(admin) : "");
}

static char *found_text(const bakery_admin_check *check)
{
        struct buf text = { .max = 1 << 16 };

        for (size_t i = 0; i < bakery_admin_check_count(check); i++)
                put_admin(&text, bakery_admin_check_admin(check, i));
        bakery__buf_format(&text, "%zu|", bakery_admin_check_unexpected_count(check));
        for (size_t i = 0; i < bakery_admin_check_past_end_count(check); i++)
                bakery__buf_format(&text, " %s %s %s", bakery_admin_check_past_end_user(check, i),
                                   bakery_admin_check_past_end_group(check, i),
                                   bakery_admin_check_past_end_until(check, i));
        return text.at;
}

static const struct account accounts[] = {
        { { PAGE("", GROUP("Prod", ""), "", "") }, "Prod", NULL, NULL, "0|" },
        /* The old tool read one page of users. */
        { { PAGE(USER("a", IN("Prod"), ""), "", "", MORE("m1")),
            PAGE(USER("b", IN("Other"), ""), BOTH_GROUPS, "", MORE("m2")),
            PAGE(USER("mfa-c", IN("Prod"), ""), GROUP("Other", ""), "", "") },
          "Prod",
          NULL,
          NULL,
          "a(Prod) mfa-c(Prod)mfa 2|" },
        /* It told a user of two groups twice. */
        { { PAGE(USER("a", IN("Prod") IN("x") IN("Handmade"), ""), BOTH_GROUPS GROUP("x", ""), "", "") },
          " Prod , Handmade",
          NULL,
          NULL,
          "a(Prod,Handmade) 1|" },
        { { PAGE(USER("b", IN("PROD"), "") USER("a", IN("Prod"), "") USER("c", "", ""), GROUP("Prod", ""), "", "") },
          "prod",
          "B",
          NULL,
          "a(Prod) b!(PROD) 1|" },
        /* It said "all good" when a group was misspelt. */
        { { PAGE(USER("a", IN("Prod"), ""), GROUP("Prod", ""), "", "") },
          "Prod,Prot",
          NULL,
          NULL,
          "there is no group \"Prot\" to watch" },
        { { PAGE(USER("a", IN("Prod"), ""), "", "", "") }, "Prod", NULL, NULL, "there is no group \"Prod\"" },
        /* By policies of the own, and of groups that are not watched. */
        { { PAGE(USER("a", "", "<UserPolicyList>" INLINE("None", NOTHING) INLINE("All", ALL) "</UserPolicyList>")
                         USER("b", "", "<UserPolicyList>" INLINE("None", NOTHING) "</UserPolicyList>"),
                 GROUP("Prod", ""), "", "") },
          "Prod",
          NULL,
          NULL,
          "a(;All) 1|" },
        { { PAGE(USER("a", IN("Ops"), "") USER("b", IN("Dev"), "")
                         USER("c", "",
                              "<AttachedManagedPolicies>" ATTACHED(OWN_POLICY, "Own")
                                      ATTACHED(OLD_POLICY, "Old") "</AttachedManagedPolicies>"),
                 GROUP("Prod", "") GROUP("Ops", "<GroupPolicyList>" INLINE("Boss", ALL) "</GroupPolicyList>") GROUP(
                         "Dev", "<AttachedManagedPolicies>" ATTACHED(OLD_POLICY, "Old") "</AttachedManagedPolicies>"),
                 POLICY(OLD_POLICY, NOTHING), MORE("m1")),
            PAGE("", "", POLICY(OWN_POLICY, ALL), "") },
          "Prod",
          NULL,
          NULL,
          "a(Ops by Boss) c(;Own) 2|" },
        { { PAGE(USER("a", IN("Ops"),
                      "") USER("b", "",
                               "<AttachedManagedPolicies>" ATTACHED("arn:aws-cn:iam::aws:policy/PowerUserAccess",
                                                                    "PowerUserAccess") "</AttachedManagedPolicies>")
                         USER("c", "",
                              "<AttachedManagedPolicies>" ATTACHED("arn:aws:iam::aws:policy/job-function/Billing",
                                                                   "Billing") "</AttachedManagedPolicies>"),
                 GROUP("Prod", "") GROUP("Ops", "<AttachedManagedPolicies>" ATTACHED(
                                                        ADMINS, "AdministratorAccess") "</AttachedManagedPolicies>"),
                 "", "") },
          "Prod",
          NULL,
          NULL,
          "a(Ops by AdministratorAccess) b(;PowerUserAccess) 2|" },
        /* A watched group needs no policy, and what it has is not told. */
        { { PAGE(USER("a", IN("Prod"), ""), GROUP("Prod", "<GroupPolicyList>" INLINE("Boss", ALL) "</GroupPolicyList>"),
                 "", "") },
          "Prod",
          "z",
          NULL,
          "a(Prod) 1|" },
        /* What cannot be judged is no "all good". */
        { { PAGE(USER("a", "", "<AttachedManagedPolicies>" ATTACHED(OWN_POLICY, "Own") "</AttachedManagedPolicies>"),
                 GROUP("Prod", ""), "", "") },
          "Prod",
          NULL,
          NULL,
          "user a: the policy " OWN_POLICY " cannot be read" },
        { { PAGE(USER("a", IN("Ops"), ""),
                 GROUP("Prod", "") GROUP(
                         "Ops", "<AttachedManagedPolicies>" ATTACHED(OWN_POLICY, "Own") "</AttachedManagedPolicies>"),
                 "", "") },
          "Prod",
          NULL,
          NULL,
          "group Ops: the policy " OWN_POLICY " cannot be read" },
        { { PAGE(USER("a", "", "<UserPolicyList>" INLINE("Odd", "%7B") "</UserPolicyList>"), GROUP("Prod", ""), "",
                 "") },
          "Prod",
          NULL,
          NULL,
          "user a: the policy Odd cannot be read" },
        { { PAGE("", GROUP("Prod", ""), POLICY(OWN_POLICY, "%5B%5D"), "") }, "Prod", NULL, NULL, "0|" },
        { { PAGE(USER("a", IN("Prod"), ""), GROUP("Prod", ""), "", MORE("m1")) }, "Prod", NULL, NULL, "AccessDenied" },
        /* The clock says 2026-11-22, which is the last day of one. */
        { { PAGE(USER("a", IN("Prod") IN("x"), "") USER("b", IN("Prod"), "") USER("d", IN("Prod"), "")
                         USER("e", "", ""),
                 GROUP("Prod", "") GROUP("x", ""), "", "") },
          "Prod",
          "d",
          "A 2026-11-21 Prod x;b 2026-11-22 Prod;d 2020-01-01 Prod y;e 2020-01-01 Prod;gone 2020-01-01 Prod",
          "a(Prod)2026-11-21 b(Prod)2026-11-22 d!(Prod)2020-01-01 2| a Prod 2026-11-21 a x 2026-11-21 d Prod 2020-01-01" },
};

START_TEST(finds_admins)
{
        AUTO_CLEAR(fake_wire) wire = { .choose = answer_of_account };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_admin_check) check = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        account = &accounts[_i];
        AUTO_PTR(bakery_admin_watch) watch = watch_of(account->groups, account->expected, account->ends);
        if (bakery_admin_check_run(fake_client(&wire), keys, watch, &check, &err)) {
                ck_assert_ptr_null(check);
                ck_says(err, account->found);
                return;
        }
        AUTO_FREE char *text = found_text(check);
        ck_assert_str_eq(text, account->found);
}
END_TEST

START_TEST(a_misspelt_group_has_a_near_one)
{
        AUTO_CLEAR(fake_wire) wire = { .choose = answer_of_account };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_admin_watch) watch = watch_of("MyTeamProdAdmins", NULL, NULL);
        AUTO_PTR(bakery_admin_check) check = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        static const struct account one = { .pages = { PAGE("", GROUP("Other", "") GROUP("MyTeamProdAdmin", ""), "",
                                                            "") } };

        account = &one;
        ck_assert_int_eq(bakery_admin_check_run(fake_client(&wire), keys, watch, &check, &err), BAKERY_ERR_NOT_FOUND);
        ck_hints(err, "did you mean MyTeamProdAdmin?");
}
END_TEST

/* Policies. */

#define ALLOW(action, resource) \
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":" action ",\"Resource\":" resource "}]}"
#define ANY "\"*\""

static const struct {
        const char *document;
        bool makes;
} policies[] = {
        { ALLOW(ANY, ANY), true },
        { ALLOW("[\"s3:*\",\"*\"]", "[\"arn:aws:s3:::x\",\"*\"]"), true },
        { ALLOW("\"*:*\"", ANY), true },
        { ALLOW("\"iam:*\"", ANY), true },
        { ALLOW("\"IAM:attach?serPolicy\"", ANY), true },
        { ALLOW("\"sts:AssumeRole\"", ANY), true },
        { ALLOW("\"sts:Assume*\"", "\"arn:aws:iam::*:role/*\""), true },
        { ALLOW("\"sts:AssumeRole\"", "\"arn:*\""), true },
        { ALLOW("\"sts:AssumeRole\"", "\"arn:aws-cn:iam::*:role/*\""), false },
        { ALLOW("\"iam:PutUserPolicy\"", "\"arn:aws:iam::111111111111:user/*\""), true },
        { ALLOW("\"iam:CreatePolicyVersion\"", "\"arn:aws:iam::111111111111:policy/*\""), true },
        { ALLOW("\"iam:AddUserToGroup\"", "\"arn:aws:iam::111111111111:*\""), true },
        { "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}", true },
        { "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":[\"iam:*\",\"organizations:*\"],\"Resource\":\"*\"}]}",
          true },
        { "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"NotResource\":\"arn:aws:iam::1:user/x\"}]}",
          true },
        { "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"Bool\":{\"a\":\"b\"}}}]}",
          true },
        { "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"},"
          "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}",
          false },

        { "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}", false },
        { ALLOW("\"s3:*\"", ANY), false },
        { ALLOW("\"iam:Get*\"", ANY), false },
        { ALLOW("\"iam:ListVirtualMFADevices\"", ANY), false },
        { ALLOW("\"sts:AssumeRoleWithSAML\"", ANY), false },
        { ALLOW("\"sts:AssumeRole\"", "\"arn:aws:iam::222222222222:role/Main-Prod-Admin\""), false },
        { ALLOW("\"sts:AssumeRole\"", "\"arn:aws:iam::222222222222:role/*\""), false },
        { ALLOW("\"sts:AssumeRole\"", "\"arn:aws:iam::*:role/bakery/*-Prod-Admin\""), false },
        { ALLOW("\"iam:*\"", "\"arn:aws:iam::111111111111:user/${aws:username}\""), true },
        { ALLOW("\"iam:CreateAccessKey\"", "\"arn:aws:iam::111111111111:role/*\""), false },
        { ALLOW("\"iam:*\"", "\"arn:aws:s3:::*\""), false },
        { "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":[\"iam:*\",\"sts:*\"],\"Resource\":\"*\"}]}", false },
        { "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\"}]}", false },
        { "{\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"*\"}]}", false },
        { "{\"Statement\":[]}", false },
        { "{}", false },
};

START_TEST(a_policy_makes_admins)
{
        AUTO_CLEAR(buf) page = { .max = 1 << 16 };
        AUTO_CLEAR(fake_wire) wire = { .choose = answer_of_account };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_admin_watch) watch = watch_of("Prod", NULL, NULL);
        AUTO_PTR(bakery_admin_check) check = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        bakery__buf_text(
                &page,
                PAGE_BEGIN "<GroupDetailList>" GROUP(
                        "Prod",
                        "") "</GroupDetailList><UserDetailList>"
                            "<member><UserName>u</UserName><Arn>arn:aws:iam::111111111111:user/u</Arn><UserPolicyList><member><PolicyName>p</PolicyName>"
                            "<PolicyDocument>");
        bakery__uri_encode(&page, bakery__span(policies[_i].document), URI_ENCODE_SLASH);
        bakery__buf_text(&page, "</PolicyDocument></member></UserPolicyList></member></UserDetailList>" PAGE_END);
        const struct account of = { .pages = { page.at } };
        account = &of;
        ck_assert_msg(bakery_admin_check_run(fake_client(&wire), keys, watch, &check, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        ck_assert_msg((bakery_admin_check_count(check) == 1) == policies[_i].makes, "%s", policies[_i].document);
}
END_TEST

/* Printing. */

static const struct account shown = {
        .pages = { PAGE(USER("a&amp;b", IN("Prod") IN("Ops"), "") USER("mfa-boss", IN("Prod"), ""),
                        GROUP("Prod", "") GROUP("Ops", "<GroupPolicyList>" INLINE("All", ALL) "</GroupPolicyList>"), "",
                        "") },
        .groups = "Prod",
        .expected = "mfa-boss",
        .ends = "a&b 2020-01-31 Prod",
};

static bakery_admin_check *check_of(const struct account *of)
{
        AUTO_CLEAR(fake_wire) wire = { .choose = answer_of_account };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_admin_watch) watch = watch_of(of->groups, of->expected, of->ends);
        bakery_admin_check *check = NULL;

        account = of;
        ck_assert_int_eq(bakery_admin_check_run(fake_client(&wire), keys, watch, &check, NULL), BAKERY_OK);
        return check;
}

static const struct {
        bakery_admin_format format;
        const char *text;
} prints[] = {
        { BAKERY_ADMIN_TEXT,
          "1 user is an admin and not expected to be:\n"
          "  a&b                  Prod, Ops (by its policy All)            no MFA device, until 2020-01-31\n"
          "1 membership is past its end:\n"
          "  a&b                  Prod                                     ended 2020-01-31\n"
          "1 expected:\n"
          "  mfa-boss             Prod                                     MFA\n"
          "2 users looked at; groups watched: Prod\n" },
        { BAKERY_ADMIN_SLACK, "1 unexpected admin, 1 membership past the end, 2 users looked at.\n"
                              "- a&amp;b: Prod, Ops (by its policy All); no MFA device, until 2020-01-31\n"
                              "- a&amp;b is still in Prod, until 2020-01-31\n"
                              "Groups watched: Prod" },
};

START_TEST(prints_what_was_found)
{
        AUTO_PTR(bakery_admin_check) check = check_of(&shown);
        AUTO_FREE char *text = NULL;

        ck_assert_int_eq(bakery_admin_check_print(check, prints[_i].format, &text, NULL), BAKERY_OK);
        ck_assert_str_eq(text, prints[_i].text);
}
END_TEST

START_TEST(prints_json)
{
        AUTO_PTR(bakery_admin_check) check = check_of(&shown);
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(json) want = { 0 };
        AUTO_FREE char *text = NULL;

        ck_assert_int_eq(bakery_admin_check_print(check, BAKERY_ADMIN_JSON, &text, NULL), BAKERY_OK);
        parse_json(text, &json);
        parse_json("{\"version\":1,\"unexpected\":1,\"users\":2,\"watched\":[\"Prod\"],\"admins\":["
                   "{\"user\":\"a&b\",\"expected\":false,\"mfa\":false,\"until\":\"2020-01-31\",\"groups\":["
                   "{\"name\":\"Prod\",\"watched\":true},{\"name\":\"Ops\",\"watched\":false,\"policy\":\"All\"}],"
                   "\"policies\":[]},"
                   "{\"user\":\"mfa-boss\",\"expected\":true,\"mfa\":true,\"groups\":["
                   "{\"name\":\"Prod\",\"watched\":true}],\"policies\":[]}],"
                   "\"past_end\":[{\"user\":\"a&b\",\"group\":\"Prod\",\"until\":\"2020-01-31\"}]}",
                   &want);
        ck_assert_msg(bakery__json_equal(json.root, want.root), "%s", text);
}
END_TEST

START_TEST(nobody_is_said_so)
{
        static const struct account empty = { .pages = { PAGE("", GROUP("Prod", ""), "", "") }, .groups = "Prod" };
        AUTO_PTR(bakery_admin_check) check = check_of(&empty);
        AUTO_FREE char *text = NULL;

        ck_assert_int_eq(bakery_admin_check_print(check, BAKERY_ADMIN_TEXT, &text, NULL), BAKERY_OK);
        ck_assert_str_eq(text,
                         "nobody is an admin who is not expected to be\n0 users looked at; groups watched: Prod\n");
}
END_TEST

START_TEST(there_is_no_other_format)
{
        AUTO_PTR(bakery_admin_check) check = check_of(&shown);
        char *text = NULL;

        ck_assert_int_eq(bakery_admin_check_print(check, (bakery_admin_format)3, &text, NULL), BAKERY_ERR_ARGUMENT);
        ck_assert_ptr_null(text);
}
END_TEST

enum { MANY_USERS = 400, SLACK_SHOWS_AT_MOST = 4000 };

/* Slack cuts what is too long, where nobody sees that something is missing. */
START_TEST(a_message_is_bounded_and_counts_the_rest)
{
        AUTO_CLEAR(buf) page = { .max = 1 << 20 };
        AUTO_FREE char *text = NULL;
        size_t lines = 0, more = 0;

        bakery__buf_text(&page, PAGE_BEGIN "<GroupDetailList>" GROUP("Prod", "") "</GroupDetailList><UserDetailList>");
        for (int i = 0; i < MANY_USERS; i++)
                bakery__buf_format(&page, USER("user%03d", IN("Prod"), ""), i, i);
        bakery__buf_text(&page, "</UserDetailList>" PAGE_END);
        const struct account many = { .pages = { page.at }, .groups = "Prod" };
        AUTO_PTR(bakery_admin_check) check = check_of(&many);
        ck_assert_int_eq(bakery_admin_check_print(check, BAKERY_ADMIN_SLACK, &text, NULL), BAKERY_OK);
        ck_assert_uint_lt(strlen(text), SLACK_SHOWS_AT_MOST);
        for (const char *line = strstr(text, "\n- "); line; line = strstr(line + 1, "\n- "))
                lines++;
        ck_assert_int_eq(sscanf(strstr(text, "\nand "), "\nand %zu more\nGroups watched: Prod", &more), 1);
        ck_assert_uint_eq(lines + more, MANY_USERS);
        ck_assert_uint_gt(lines, 20);
}
END_TEST

START_TEST(many_reasons_are_a_few_and_a_count)
{
        static const struct account many = {
                .pages = { PAGE(USER("a", IN("G1") IN("G2") IN("G3") IN("G4"),
                                     "<UserPolicyList>" INLINE("P1", ALL) INLINE("P2", ALL)
                                             INLINE("P3", ALL) "</UserPolicyList>"),
                                GROUP("G1", "") GROUP("G2", "") GROUP("G3", "") GROUP("G4", "") GROUP("G5", "")
                                        GROUP("G6", ""),
                                "", "") },
                .groups = "G1,G2,G3,G4,G5,G6",
        };
        AUTO_PTR(bakery_admin_check) check = check_of(&many);
        AUTO_FREE char *text = NULL;

        ck_assert_int_eq(bakery_admin_check_print(check, BAKERY_ADMIN_SLACK, &text, NULL), BAKERY_OK);
        ck_assert_ptr_nonnull(strstr(text, "- a: G1, G2, G3, G4, policy P1 and 2 more; no MFA device\n"
                                           "Groups watched: G1, G2, G3, G4, G5 and 1 more"));
}
END_TEST

static unsigned denied_at; /* which request */

static const struct fake_answer *deny_one(struct fake_wire *wire)
{
        static const struct fake_answer denied =
                ANSWER(403, NULL, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>");

        return wire->requests == denied_at ? &denied : answer_of_account(wire);
}

/* Three pages, a policy that must be asked for, and MFA: whichever read is refused, nobody hears that all is good. */
START_TEST(no_read_that_is_refused_is_passed_over)
{
        static const struct account whole = {
                { PAGE(USER("a", IN("Prod"), ""), "", "", MORE("m1")), PAGE("", GROUP("Prod", ""), "", MORE("m2")),
                  PAGE(USER("mfa", IN("Prod"), ""), "", "", "") },
                "Prod",
                NULL,
                NULL,
                NULL,
        };
        unsigned reads = 0;

        account = &whole;
        for (denied_at = 1; reads == 0; denied_at++) {
                AUTO_CLEAR(fake_wire) wire = { .choose = deny_one };
                AUTO_PTR(bakery_credentials) keys = fake_keys();
                AUTO_PTR(bakery_admin_watch) watch = watch_of(whole.groups, NULL, NULL);
                AUTO_PTR(bakery_admin_check) check = NULL;
                AUTO_PTR(bakery_error) err = NULL;
                bakery_status st = bakery_admin_check_run(fake_client(&wire), keys, watch, &check, &err);

                if (wire.requests < denied_at) { /* none was */
                        ck_assert_int_eq(st, BAKERY_OK);
                        reads = wire.requests;
                        continue;
                }
                ck_assert_msg(st == BAKERY_ERR_DENIED, "read %u: %s", denied_at, bakery_error_message(err));
                ck_assert_ptr_null(check);
                ck_says(err, "AccessDenied");
        }
        ck_assert_uint_ge(reads, 5); /* the pages, and each one's devices */
}
END_TEST

START_TEST(slack_is_not_commanded_by_names)
{
        static const struct {
                const char *text, *escaped;
        } texts[] = {
                { "<!channel> & <@U1|x>", "&lt;!channel&gt; &amp; &lt;@U1|x&gt;" },
                { "a_b*c", "a_b*c" },
                { "bo\xe2\x80\xae"
                  "b\n",
                  "bo&lt;U+202E&gt;b\n" },
        };

        for (size_t i = 0; i < N_ELEMENTS(texts); i++) {
                AUTO_CLEAR(buf) into = { .max = 1000 };

                bakery__slack_escape(&into, texts[i].text);
                ck_assert_str_eq(into.at, texts[i].escaped);
        }
}
END_TEST

Suite *admin_check_suite(void)
{
        Suite *suite = suite_create("admin_check");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, a_policy_makes_admins, 0, N_ELEMENTS(policies));
        tcase_add_loop_test(tcase, watches_what_the_environment_says, 0, N_ELEMENTS(environments));
        tcase_add_test(tcase, watches_what_the_configuration_says);
        tcase_add_test(tcase, the_ends_come_through_the_template);
        tcase_add_loop_test(tcase, finds_admins, 0, N_ELEMENTS(accounts));
        tcase_add_test(tcase, a_misspelt_group_has_a_near_one);
        tcase_add_loop_test(tcase, prints_what_was_found, 0, N_ELEMENTS(prints));
        tcase_add_test(tcase, prints_json);
        tcase_add_test(tcase, nobody_is_said_so);
        tcase_add_test(tcase, there_is_no_other_format);
        tcase_add_test(tcase, a_message_is_bounded_and_counts_the_rest);
        tcase_add_test(tcase, many_reasons_are_a_few_and_a_count);
        tcase_add_test(tcase, no_read_that_is_refused_is_passed_over);
        tcase_add_test(tcase, slack_is_not_commanded_by_names);
        suite_add_tcase(suite, tcase);
        return suite;
}
