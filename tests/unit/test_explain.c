/* Why a role can or cannot be assumed. */
#include <bakery/explain.h>

#include <check.h>
#include <string.h>

#include "base/report.h"
#include "fake_wire.h"
#include "support.h"

Suite *explain_suite(void);

#define CONFIG                                                                                             \
        OWN "Defaults: { RequireMfa: true, MfaMaxAge: 3600, RequireSessionName: true }\n"                  \
            "Environments:\n"                                                                              \
            "  - { Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: Main }] }\n"                \
            "  - { Environment: Dev, Accounts: [{ Id: \"333333333333\", Name: Stg }] }\n" TYPES "Users:\n" \
            "  - { Name: ann, Groups: [MyTeamProdAdmin] }\n"                                               \
            "  - { Name: bob, Groups: [MyTeamProdAdmin], Until: 2026-01-31 }\n"                            \
            "  - { Name: boss, Groups: [MyTeamAwsBakeryAdmin] }\n"                                         \
            "  - { Name: chief, Groups: [MyTeamAwsBakeryAdmin], Until: 2026-01-31 }\n"                     \
            "  - { Name: eve, Groups: [MyTeamDevAdmin] }\n"

#define IDENTITY(account, who) \
        ANSWERED("GetCallerIdentity", "<Arn>arn:aws:" who "</Arn><UserId>AIDA</UserId><Account>" account "</Account>")
#define IN(name) "<member><GroupName>" name "</GroupName><Arn>arn:aws:iam::111111111111:group/" name "</Arn></member>"
#define GROUPS(groups, rest) ANSWERED("ListGroupsForUser", "<Groups>" groups "</Groups>" rest)
#define MORE "<IsTruncated>true</IsTruncated><Marker>m1</Marker>"
#define DEVICES(devices) ANSWERED("ListMFADevices", "<MFADevices>" devices "</MFADevices>")

#define GROUP(name, policy)                                                                          \
        "<member><GroupName>" name "</GroupName><Arn>arn:aws:iam::111111111111:group/" name "</Arn>" \
        "<GroupPolicyList><member><PolicyName>own</PolicyName><PolicyDocument>" policy               \
        "</PolicyDocument></member></GroupPolicyList></member>"
#define USER(name, groups, policies)                                                                                \
        "<member><UserName>" name "</UserName><Arn>arn:aws:iam::111111111111:user/" name "</Arn><GroupList>" groups \
        "</GroupList><UserPolicyList>" policies "</UserPolicyList></member>"
#define POLICY(document) "<member><PolicyName>own</PolicyName><PolicyDocument>" document "</PolicyDocument></member>"
#define SAYS(effect, condition)                                                                 \
        "{\"Statement\":{\"Effect\":\"" effect "\",\"Action\":\"sts:AssumeRole\",\"Resource\":" \
        "\"arn:aws:iam::222222222222:role/Main-Prod-Admin\"" condition "}}"
#define GROUP_LIST(prod)                                                                                              \
        "<GroupDetailList>" GROUP("MyTeamProdAdmin", prod) GROUP(                                                     \
                "MyTeamAwsBakeryAdmin", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}") \
                GROUP("Others", SAYS("Allow", "")) "</GroupDetailList>"
#define DETAILS_WITH(prod, users) \
        ANSWERED("GetAccountAuthorizationDetails", "<UserDetailList>" users "</UserDetailList>" GROUP_LIST(prod))
#define DETAILS(users) DETAILS_WITH(SAYS("Allow", ""), users)
#define NAMES(group) "<member>" group "</member>"

static const struct fake_reply usual[] = {
        REPLY("GetCallerIdentity", NULL, 200, IDENTITY("111111111111", "iam::111111111111:user/ann")),
        REPLY("ListGroupsForUser", NULL, 200, GROUPS(IN("MyTeamProdAdmin"), "")),
        REPLY("ListMFADevices", NULL, 200,
              DEVICES("<member><SerialNumber>s</SerialNumber><UserName>u</UserName></member>")),
        REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS(USER("ann", NAMES("MyTeamProdAdmin"), ""))),
};

#define GRANTED "note: the role of Admin in every account of Prod is granted by the group MyTeamProdAdmin\n"
#define DEMANDS                                                       \
        "note: the role asks for MFA, by a code of the last 3600 s\n" \
        "note: the session must be named as the user\n"               \
        "note: a session lasts 3600 s at most\n"
#define ASK(who) "MyTeamProdAdmin grants this role, and " who " is not in it: ask for the membership"

static const struct {
        const char *user;
        bool offline;
        struct fake_reply first[3];
        bakery_status status;
        const char *says; /* "note: ... (hint)" each, or a piece of the error */
} explanations[] = {
        { NULL, false, { { 0 } }, BAKERY_OK, GRANTED "note: ann is in MyTeamProdAdmin\n" DEMANDS },
        { NULL,
          false,
          { REPLY("ListGroupsForUser", NULL, 200, GROUPS(IN("x") IN("MYTEAMAWSBAKERYADMIN"), "")),
            REPLY("GetAccountAuthorizationDetails", NULL, 200,
                  DETAILS(USER("ann", NAMES("MyTeamAwsBakeryAdmin"), ""))) },
          BAKERY_OK,
          GRANTED "note: ann is in MyTeamAwsBakeryAdmin, whose members can assume every role\n" DEMANDS },
        { "zoe",
          false,
          { REPLY("ListGroupsForUser", "UserName=zoe", 200, GROUPS("", "")),
            REPLY("ListMFADevices", "UserName=zoe", 200, DEVICES("")) },
          BAKERY_OK,
          GRANTED "error: zoe is not in MyTeamProdAdmin (" ASK(
                  "zoe") ")\n" DEMANDS
                         "error: zoe has no MFA device (enrol one in the console: IAM, My security credentials)\n" },
        /* The configuration knows more than IAM. */
        { NULL,
          false,
          { REPLY("ListGroupsForUser", NULL, 200, GROUPS("", "")),
            REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS(USER("ann", "", ""))) },
          BAKERY_OK,
          GRANTED "error: ann is not in MyTeamProdAdmin (config.yml has it: bakery-cli users apply puts it into "
                  "IAM)\n" DEMANDS },
        { "bob",
          false,
          { REPLY("ListGroupsForUser", NULL, 200, GROUPS("", "")) },
          BAKERY_OK,
          GRANTED "error: bob is not in MyTeamProdAdmin (by config.yml the membership ended on 2026-01-31)\n" DEMANDS },
        /* Policies that are not the group's. */
        { "zoe",
          false,
          { REPLY("ListGroupsForUser", NULL, 200, GROUPS(IN("Others"), "")),
            REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS(USER("zoe", NAMES("Others"), ""))) },
          BAKERY_OK,
          GRANTED "note: zoe is not in MyTeamProdAdmin, and can assume the role all the same, by Others\n" DEMANDS },
        { "zoe",
          false,
          { REPLY("ListGroupsForUser", NULL, 200, GROUPS("", "")),
            REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS(USER("zoe", "", POLICY(SAYS("Allow", ""))))) },
          BAKERY_OK,
          GRANTED "note: zoe is not in MyTeamProdAdmin, and can assume the role all the same, by a policy of the "
                  "own\n" DEMANDS },
        { "zoe",
          false,
          { REPLY("ListGroupsForUser", NULL, 200, GROUPS("", "")),
            REPLY("GetAccountAuthorizationDetails", NULL, 200,
                  DETAILS(USER("zoe", "",
                               POLICY(SAYS("Allow", ",\"Condition\":{\"StringEquals\":{\"aws:PrincipalTag/"
                                                    "a\":\"b\"}}"))))) },
          BAKERY_OK,
          GRANTED "error: zoe is not in MyTeamProdAdmin (" ASK(
                  "zoe") ")\nwarning: a policy allows the role under a condition that cannot be judged from "
                         "here\n" DEMANDS },
        { NULL,
          false,
          { REPLY("GetAccountAuthorizationDetails", NULL, 200,
                  DETAILS(USER("ann", NAMES("MyTeamProdAdmin"), POLICY(SAYS("Deny", ""))))) },
          BAKERY_OK,
          GRANTED "note: ann is in MyTeamProdAdmin\nerror: the policies of ann as IAM has them do not allow the role "
                  "(bakery-cli access --live tells how IAM differs from config.yml)\n" DEMANDS },
        { NULL,
          false,
          { REPLY("GetAccountAuthorizationDetails", NULL, 200,
                  DETAILS_WITH(SAYS("Deny", ""), USER("ann", NAMES("MyTeamProdAdmin"), ""))) },
          BAKERY_OK,
          GRANTED "note: ann is in MyTeamProdAdmin\nerror: the policies of ann as IAM has them do not allow the role "
                  "(bakery-cli access --live tells how IAM differs from config.yml)\n" DEMANDS },
        /* What IAM refuses is not known, and not a no. */
        { NULL,
          false,
          { REPLY("GetAccountAuthorizationDetails", NULL, 403, FAILED("AccessDenied")) },
          BAKERY_OK,
          GRANTED "warning: the policies of ann are not known: *\nnote: ann is in MyTeamProdAdmin\n" DEMANDS },
        { NULL,
          false,
          { REPLY("GetAccountAuthorizationDetails", "Marker=m1", 403, FAILED("AccessDenied")),
            REPLY("GetAccountAuthorizationDetails", NULL, 200,
                  ANSWERED("GetAccountAuthorizationDetails",
                           "<UserDetailList>" USER("ann", "", "") "</UserDetailList>" MORE)) },
          BAKERY_OK,
          GRANTED "warning: the policies of ann are not known: *\nnote: ann is in MyTeamProdAdmin\n" DEMANDS },
        { NULL,
          false,
          { { "Action=GetAccountAuthorizationDetails&", NULL, { .cancels = true } } },
          BAKERY_ERR_CANCELLED,
          "cancelled" },
        { NULL,
          false,
          { REPLY("ListGroupsForUser", NULL, 403, FAILED("AccessDenied")),
            REPLY("ListMFADevices", NULL, 403, FAILED("AccessDenied")) },
          BAKERY_OK,
          GRANTED "warning: the groups of ann are not known: *\n" DEMANDS
                  "warning: the MFA devices of ann are not known: *\n" },
        { NULL,
          false,
          { REPLY("ListGroupsForUser", "Marker=m1", 403, FAILED("AccessDenied")),
            REPLY("ListGroupsForUser", NULL, 200, GROUPS("", MORE)) },
          BAKERY_OK,
          GRANTED "warning: the groups of ann are not known: *\n" DEMANDS },
        { "gone",
          false,
          { REPLY("ListGroupsForUser", NULL, 404, FAILED("NoSuchEntity")),
            REPLY("ListMFADevices", NULL, 404, FAILED("NoSuchEntity")) },
          BAKERY_OK,
          GRANTED "error: there is no user gone in IAM\n" DEMANDS },
        { NULL,
          false,
          { { "Action=ListGroupsForUser&", NULL, { .cancels = true } } },
          BAKERY_ERR_CANCELLED,
          "cancelled" },
        { NULL, false, { { "Action=ListMFADevices&", NULL, { .cancels = true } } }, BAKERY_ERR_CANCELLED, "cancelled" },
        /* Whose the keys are. */
        { NULL,
          false,
          { REPLY("GetCallerIdentity", NULL, 200, IDENTITY("999999999999", "iam::999999999999:user/ann")) },
          BAKERY_OK,
          GRANTED "error: these keys (test) are of account 999999999999, and the users are in 111111111111 "
                  "(--profile names other keys)\n" },
        { NULL,
          false,
          { REPLY("GetCallerIdentity", NULL, 200, IDENTITY("111111111111", "sts::111111111111:assumed-role/Ops/ann")) },
          BAKERY_OK,
          GRANTED "error: these keys (test) are of arn:aws:sts::111111111111:assumed-role/Ops/ann, and only users are "
                  "in groups (--user names a user)\n" },
        { "ann",
          false,
          { REPLY("GetCallerIdentity", NULL, 200, IDENTITY("111111111111", "iam::111111111111:root")) },
          BAKERY_OK,
          GRANTED "note: ann is in MyTeamProdAdmin\n" DEMANDS },
        { NULL,
          false,
          { REPLY("GetCallerIdentity", NULL, 403, FAILED("ExpiredToken")) },
          BAKERY_ERR_CREDENTIALS,
          "ExpiredToken" },
        /* By the configuration alone. */
        { "ann", true, { { 0 } }, BAKERY_OK, GRANTED "note: ann is in MyTeamProdAdmin\n" DEMANDS },
        { "bob",
          true,
          { { 0 } },
          BAKERY_OK,
          GRANTED "error: bob is not in MyTeamProdAdmin (by config.yml the membership ended on 2026-01-31)\n" DEMANDS },
        { "BOSS",
          true,
          { { 0 } },
          BAKERY_OK,
          GRANTED "note: BOSS is in MyTeamAwsBakeryAdmin, whose members can assume every role\n" DEMANDS },
        { "chief", /* no longer an admin */
          true,
          { { 0 } },
          BAKERY_OK,
          GRANTED "error: chief is not in MyTeamProdAdmin (" ASK("chief") ")\n" DEMANDS },
        { "eve",
          true,
          { { 0 } },
          BAKERY_OK,
          GRANTED "error: eve is not in MyTeamProdAdmin (" ASK("eve") ")\n" DEMANDS },
        { "zoe",
          true,
          { { 0 } },
          BAKERY_OK,
          GRANTED "warning: the configuration has no user zoe (without --offline IAM is asked)\n" DEMANDS },
};

static const char *const severities[] = {
        [BAKERY_SEVERITY_NOTE] = "note",
        [BAKERY_SEVERITY_WARNING] = "warning",
        [BAKERY_SEVERITY_ERROR] = "error",
};

/* What IAM says of a refusal stands for itself: "*". */
static char *text_of(const bakery_report *report)
{
        static const char unknown[] = "are not known: ";
        struct buf text = { .max = 1 << 16 };

        for (size_t i = 0; i < bakery_report_count(report); i++) {
                const char *message = bakery_report_message(report, i), *hint = bakery_report_hint(report, i);
                const char *reason = strstr(message, unknown);

                ck_assert(!reason || strstr(reason, "AccessDenied"));
                bakery__buf_format(&text, "%s: %.*s%s", severities[bakery_report_severity(report, i)],
                                   reason ? (int)(reason - message + (long)strlen(unknown)) : (int)strlen(message),
                                   message, reason ? "*" : "");
                if (hint)
                        bakery__buf_format(&text, " (%s)", hint);
                bakery__buf_char(&text, '\n');
        }
        return text.at;
}

static const bakery_group *prod_admin(const bakery_config *config)
{
        return bakery_environment_find_group(bakery_config_find_environment(config, "Prod"), "Admin");
}

START_TEST(explains)
{
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_explain_request request = BAKERY_EXPLAIN_INIT;
        size_t n_first = 0;

        for (; n_first < N_ELEMENTS(explanations[_i].first) && explanations[_i].first[n_first].action; n_first++)
                wire.replies[n_first] = explanations[_i].first[n_first];
        memcpy(wire.replies + n_first, usual, sizeof usual);
        request.group = prod_admin(config);
        request.user = explanations[_i].user;
        request.keys = explanations[_i].offline ? NULL : keys;
        request.now_s = FAKE_NOW_S;
        bakery_status st = bakery_explain(fake_client(&wire), &request, report, &err);
        ck_assert_msg(st == explanations[_i].status, "%s: %s", bakery_status_name(st), bakery_error_message(err));
        if (explanations[_i].offline)
                ck_assert_uint_eq(wire.requests, 0);
        if (st) {
                ck_says(err, explanations[_i].says);
                return;
        }
        AUTO_FREE char *text = text_of(report);
        ck_assert_str_eq(text, explanations[_i].says);
}
END_TEST

/* IAM allows one of two accounts: enough for who asks about that one. */
START_TEST(each_account_counts_unless_one_is_named)
{
        AUTO_PTR(bakery_config)
        config = config_of(OWN "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: Main }, "
                               "{ Id: \"333333333333\", Name: Two }] }]\n" TYPES);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        bakery_explain_request request = BAKERY_EXPLAIN_INIT;

        request.group = prod_admin(config);
        request.keys = keys;
        for (size_t named = 0; named <= 2; named++) {
                AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
                AUTO_PTR(bakery_report) report = bakery_report_new();

                memcpy(wire.replies, usual, sizeof usual);
                if (named)
                        request.account =
                                bakery_environment_account(bakery_group_environment(request.group), named - 1);
                ck_assert_int_eq(bakery_explain(fake_client(&wire), &request, report, NULL), BAKERY_OK);
                ck_assert_uint_eq(bakery_report_count_of(report, BAKERY_SEVERITY_ERROR), named == 1 ? 0 : 1);
        }
}
END_TEST

START_TEST(refuses_what_is_no_request)
{
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_explain_request good = BAKERY_EXPLAIN_INIT, request;

        good.group = prod_admin(config);
        good.user = "ann";
        request = good;
        request.size--;
        ck_assert_int_eq(bakery_explain(NULL, &request, report, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "BAKERY_EXPLAIN_INIT");
        request = good;
        request.group = NULL;
        ck_assert_int_eq(bakery_explain(NULL, &request, report, &err), BAKERY_ERR_ARGUMENT);
        request = good;
        request.user = NULL;
        ck_assert_int_eq(bakery_explain(NULL, &request, report, &err), BAKERY_ERR_ARGUMENT);
        request = good;
        request.keys = keys;
        ck_assert_int_eq(bakery_explain(NULL, &request, report, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "a group, and a user or keys with a client, are needed");
        request = good;
        request.account = bakery_environment_account(bakery_config_find_environment(config, "Dev"), 0);
        ck_assert_int_eq(bakery_explain(NULL, &request, report, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "account 333333333333 is not of environment Prod");
        ck_assert_uint_eq(bakery_report_count(report), 0);
        ck_assert_int_eq(bakery_explain(NULL, &good, report, &err), BAKERY_OK);
        ck_assert_ptr_null(err);
}
END_TEST

/* A finding that got lost must not look like "nothing stands in the way". */
START_TEST(a_hole_is_no_explanation)
{
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_explain_request request = BAKERY_EXPLAIN_INIT;

        request.group = prod_admin(config);
        request.user = "eve";
        bakery__report_lose(report);
        ck_assert_int_eq(bakery_explain(NULL, &request, report, &err), BAKERY_ERR_MEMORY);
}
END_TEST

Suite *explain_suite(void)
{
        Suite *suite = suite_create("explain");
        TCase *tests = tcase_create("all");

        tcase_add_loop_test(tests, explains, 0, N_ELEMENTS(explanations));
        tcase_add_test(tests, each_account_counts_unless_one_is_named);
        tcase_add_test(tests, refuses_what_is_no_request);
        tcase_add_test(tests, a_hole_is_no_explanation);
        suite_add_tcase(suite, tests);
        return suite;
}
