/* Ending sessions: the policy, where it goes, and what is said where it could not go. */
#include "access/revocation.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_wire.h"
#include "formats/uri.h"
#include "support.h"

Suite *revocation_suite(void);

#define REFUSED(code) "<ErrorResponse><Error><Code>" code "</Code></Error></ErrorResponse>"
#define CONFIG                                                                                       \
        OWN "DeployerRole: BakeryDeployer\nDefaults: { RequireSessionName: true }\n"                 \
            "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: Main }, "  \
            "{ Id: \"333333333333\", Name: Next }] }]\n"                                             \
            "AccessTypes: [{ Type: Admin, " ADMIN_POLICY " }, { Type: Reader, " ADMIN_POLICY " }]\n" \
            "Users: [{ Name: alice, Groups: [MyTeamProdAdmin] }]\n"

#define BEFORE "2026-11-22T10:00:01Z"
#define DENY(sid, more)                                                                                \
        "{\"Sid\":\"" sid "\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{" \
        "\"DateLessThan\":{\"aws:TokenIssueTime\":\"" BEFORE "\"}" more "}}"
#define OF_USER "{\"Version\":\"2012-10-17\",\"Statement\":[" DENY("DenyOlderSessions", "") "]}"
#define OF_ROLE                                                                                         \
        "{\"Version\":\"2012-10-17\",\"Statement\":[" DENY(                                             \
                "DenyOlderSessionsOfThatName",                                                          \
                ",\"StringLike\":{\"aws:userid\":\"*:ann\"}") "," DENY("DenyOlderSessionsOfThatSource", \
                                                                       ",\"StringEquals\":{\"aws:SourceIdentity\":\"ann\"}") "]}"

START_TEST(the_policy_names_the_session_and_the_second)
{
        AUTO_CLEAR(buf) user = { .max = 4096 };
        AUTO_CLEAR(buf) role = { .max = 4096 };

        ck_assert_int_eq(bakery__revocation_policy(IAM_USER, "ann", FAKE_NOW_S + 1, &user, NULL), BAKERY_OK);
        ck_assert_str_eq(user.at, OF_USER);
        ck_assert_int_eq(bakery__revocation_policy(IAM_ROLE, "ann", FAKE_NOW_S + 1, &role, NULL), BAKERY_OK);
        ck_assert_str_eq(role.at, OF_ROLE);
}
END_TEST

enum { RULES = 4 };

/* The wire comes first: the rest is found by it. One worker: requests come in an order. */
struct iam {
        struct fake_wire wire;
        const char *caller, *headers;
        struct {
                const char *piece;
                struct fake_answer answer;
        } rules[RULES];
        struct buf wrote; /* "PutUserPolicy ann BakeryRevoked\n" ... */
        char document[2048];
};

static void end_iam(struct iam *iam)
{
        bakery__buf_clear(&iam->wrote);
        fake_end(&iam->wire);
}
DEFINE_AUTO_CLEAR(iam, end_iam)

static const char *value_of(const char *body, const char *name, char *ret, size_t size)
{
        const char *at = strstr(body, name);
        size_t len = at ? strcspn(at + strlen(name), "&") : 0;

        snprintf(ret, size, "%.*s", (int)len, at ? at + strlen(name) : "");
        return ret;
}

static void keep(struct iam *iam, const char *body, const char *action)
{
        char user[64], role[200], policy[100];

        if (strncmp(action, "Get", 3) == 0)
                return;
        value_of(body, "UserName=", user, sizeof user);
        value_of(body, "RoleName=", role, sizeof role);
        if (strcmp(action, "AssumeRole") == 0)
                value_of(body, "RoleArn=arn%3Aaws%3Aiam%3A%3A", role, 13);
        value_of(body, "PolicyName=", policy, sizeof policy);
        bakery__buf_format(&iam->wrote, "%s %s%s%s%s\n", action, user, role, *policy ? " " : "", policy);
        if (strstr(body, "PolicyDocument="))
                value_of(body, "PolicyDocument=", iam->document, sizeof iam->document);
}

static const struct fake_answer *choose(struct fake_wire *wire)
{
        static struct fake_answer answer;
        static char text[800];
        struct iam *iam = (struct iam *)wire;
        const char *body = wire->last.body;
        char action[64];

        value_of(body, "Action=", action, sizeof action);
        keep(iam, body, action);
        for (size_t i = 0; i < RULES; i++)
                if (iam->rules[i].piece && strstr(body, iam->rules[i].piece))
                        return &iam->rules[i].answer;
        answer = (struct fake_answer)ANSWER(200, iam->headers, text);
        if (strcmp(action, "GetCallerIdentity") == 0)
                snprintf(text, sizeof text,
                         "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/%s"
                         "</Arn><UserId>U</UserId><Account>111111111111</Account></GetCallerIdentityResult>"
                         "</GetCallerIdentityResponse>",
                         iam->caller ? iam->caller : "chief");
        else if (strcmp(action, "GetUser") == 0)
                answer.body = "<GetUserResponse><GetUserResult><User><UserName>ann</UserName><Arn>arn:x</Arn></User>"
                              "</GetUserResult></GetUserResponse>";
        else if (strcmp(action, "ListAccessKeys") == 0)
                answer.body = "<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata>"
                              "<member><AccessKeyId>AKIA1</AccessKeyId><Status>Active</Status></member>"
                              "<member><AccessKeyId>AKIA2</AccessKeyId><Status>Inactive</Status></member>"
                              "</AccessKeyMetadata></ListAccessKeysResult></ListAccessKeysResponse>";
        else if (strcmp(action, "AssumeRole") == 0)
                answer.body = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>"
                              "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
                              "<Expiration>2026-11-22T11:00:00Z</Expiration></Credentials></AssumeRoleResult>"
                              "</AssumeRoleResponse>";
        else
                snprintf(text, sizeof text, "<%sResponse/>", action);
        return &answer;
}

#define ON_USER "PutUserPolicy ann BakeryRevoked\n"
#define ON_MAIN                                             \
        "AssumeRole 222222222222\n"                         \
        "PutRolePolicy Main-Prod-Admin BakeryRevoked-ann\n" \
        "PutRolePolicy Main-Prod-Reader BakeryRevoked-ann\n"
#define ON_NEXT                                             \
        "AssumeRole 333333333333\n"                         \
        "PutRolePolicy Next-Prod-Admin BakeryRevoked-ann\n" \
        "PutRolePolicy Next-Prod-Reader BakeryRevoked-ann\n"
#define OFF_MAIN                                               \
        "AssumeRole 222222222222\n"                            \
        "DeleteRolePolicy Main-Prod-Admin BakeryRevoked-ann\n" \
        "DeleteRolePolicy Main-Prod-Reader BakeryRevoked-ann\n"
#define OFF_NEXT                                               \
        "AssumeRole 333333333333\n"                            \
        "DeleteRolePolicy Next-Prod-Admin BakeryRevoked-ann\n" \
        "DeleteRolePolicy Next-Prod-Reader BakeryRevoked-ann\n"
#define DENIED ANSWER(403, NULL, REFUSED("AccessDenied"))
#define MISSING ANSWER(404, NULL, REFUSED("NoSuchEntity"))

static const struct {
        const char *user, *caller;
        bool undo, gone, keys;
        struct {
                const char *piece;
                struct fake_answer answer;
        } rule;
        const char *wrote;
        const char *told; /* "111 done 0 0 0;": account, state, roles, missing, keys */
        bakery_status st;
        const char *says;
} runs[] = {
        { "ann",
          NULL,
          false,
          false,
          false,
          { NULL, { .status = 0 } },
          ON_USER ON_MAIN ON_NEXT,
          "111 done 0 0 0; 222 done 2 0 0; 333 done 2 0 0; ",
          BAKERY_OK,
          NULL },
        { "ANN",
          NULL,
          false,
          false,
          true,
          { NULL, { .status = 0 } },
          "ListAccessKeys ann\nUpdateAccessKey ann\n" ON_USER ON_MAIN ON_NEXT,
          "111 done 0 0 1; 222 done 2 0 0; 333 done 2 0 0; ",
          BAKERY_OK,
          NULL },
        { "ann",
          NULL,
          false,
          true,
          false,
          { NULL, { .status = 0 } },
          ON_MAIN ON_NEXT,
          "222 done 2 0 0; 333 done 2 0 0; ",
          BAKERY_OK,
          NULL },
        /* One's own session is what the others are ended with. */
        { "ann",
          "ann",
          false,
          false,
          false,
          { NULL, { .status = 0 } },
          ON_MAIN ON_NEXT ON_USER,
          "222 done 2 0 0; 333 done 2 0 0; 111 done 0 0 0; ",
          BAKERY_OK,
          NULL },
        { "ann",
          NULL,
          true,
          false,
          false,
          { NULL, { .status = 0 } },
          "DeleteUserPolicy ann BakeryRevoked\n" OFF_MAIN OFF_NEXT,
          "111 done 0 0 0; 222 done 2 0 0; 333 done 2 0 0; ",
          BAKERY_OK,
          NULL },
        { "ann",
          NULL,
          true,
          false,
          false,
          { "Policy", MISSING },
          "DeleteUserPolicy ann BakeryRevoked\n" OFF_MAIN OFF_NEXT,
          "111 done 0 0 0; 222 done 0 2 0; 333 done 0 2 0; ",
          BAKERY_OK,
          NULL },
        /* What fails in one place is done in the others. */
        { "ann",
          NULL,
          false,
          false,
          false,
          { "RoleName=Main-Prod-Admin", DENIED },
          ON_USER ON_MAIN ON_NEXT,
          "111 done 0 0 0; 222 failed 1 0 0; 333 done 2 0 0; ",
          BAKERY_ERR_DENIED,
          "in 1 of 3 accounts sessions of ann may go on" },
        { "ann",
          NULL,
          false,
          false,
          false,
          { "RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222", DENIED },
          ON_USER "AssumeRole 222222222222\n" ON_NEXT,
          "111 done 0 0 0; 222 failed 0 0 0; 333 done 2 0 0; ",
          BAKERY_ERR_DENIED,
          "in 1 of 3 accounts" },
        { "ann",
          NULL,
          false,
          false,
          true,
          { "UserName=ann&AccessKeyId=AKIA1", DENIED },
          "ListAccessKeys ann\nUpdateAccessKey ann\n" ON_USER ON_MAIN ON_NEXT,
          "111 failed 0 0 0; 222 done 2 0 0; 333 done 2 0 0; ",
          BAKERY_ERR_DENIED,
          "in 1 of 3 accounts" },
        { "ann",
          NULL,
          false,
          false,
          false,
          { "PutUserPolicy", DENIED },
          ON_USER ON_MAIN ON_NEXT,
          "111 failed 0 0 0; 222 done 2 0 0; 333 done 2 0 0; ",
          BAKERY_ERR_DENIED,
          "in 1 of 3 accounts" },
        { "ann",
          NULL,
          false,
          false,
          false,
          { "RoleName=Main", MISSING },
          ON_USER ON_MAIN ON_NEXT,
          "111 done 0 0 0; 222 done 0 2 0; 333 done 2 0 0; ",
          BAKERY_OK,
          NULL },
        { "ann",
          NULL,
          false,
          false,
          false,
          { "RoleName=Main-Prod-Reader", { .fails = BAKERY_ERR_NETWORK, .cancels = true } },
          ON_USER ON_MAIN,
          "111 done 0 0 0; 222 failed 1 0 0; 333 skipped 0 0 0; ",
          BAKERY_ERR_CANCELLED,
          "1 of 3 accounts were not begun" },
        /* Nothing is done for a name that is nobody's, or a pattern. */
        { "alcie",
          NULL,
          false,
          false,
          false,
          { "Action=GetUser", MISSING },
          "",
          "",
          BAKERY_ERR_NOT_FOUND,
          "there is no user alcie in 111111111111" },
        { "*",
          NULL,
          false,
          false,
          false,
          { NULL, { .status = 0 } },
          "",
          "",
          BAKERY_ERR_ARGUMENT,
          "is no name of an IAM user" },
        { "a?",
          NULL,
          false,
          true,
          false,
          { NULL, { .status = 0 } },
          "",
          "",
          BAKERY_ERR_ARGUMENT,
          "is no name of an IAM user" },
        { "ann",
          NULL,
          false,
          false,
          false,
          { "GetCallerIdentity", DENIED },
          "",
          "",
          BAKERY_ERR_DENIED,
          "GetCallerIdentity" },
};

static char told[400];

static void tell(const bakery_revocation_account *account, void *context)
{
        static const char *const states[] = { "waiting", "done", "failed", "skipped" };
        size_t used = strlen(told);

        (void)context;
        ck_assert_int_eq(account->error != NULL, account->state == BAKERY_REVOCATION_FAILED);
        snprintf(told + used, sizeof told - used, "%.3s %s %zu %zu %zu; ",
                 account->account ? bakery_account_id(account->account) : "111", states[account->state], account->roles,
                 account->missing, account->keys);
}

static bakery_revocation_request request_of(const bakery_config *config, const bakery_credentials *keys,
                                            const char *user)
{
        bakery_revocation_request request = BAKERY_REVOCATION_REQUEST_INIT;

        told[0] = '\0';
        request.config = config;
        request.keys = keys;
        request.user = user;
        request.workers = 1;
        request.on_account = tell;
        return request;
}

START_TEST(ends_sessions_everywhere)
{
        AUTO_CLEAR(iam)
        iam = { .caller = runs[_i].caller,
                .rules = { { runs[_i].rule.piece, runs[_i].rule.answer } },
                .wrote = { .max = 1 << 16 } };
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_revocation *revocation = NULL;
        bakery_revocation_request request = request_of(config, keys, runs[_i].user);

        iam.wire.choose = choose;
        request.undo = runs[_i].undo;
        request.user_is_gone = runs[_i].gone;
        request.deactivate_keys = runs[_i].keys;
        bakery_status st = bakery_revocation_run(fake_client(&iam.wire), &request, &revocation, &err);
        ck_assert_msg(st == runs[_i].st, "%d: %s", _i, bakery_error_message(err));
        ck_assert_msg(strcmp(iam.wrote.at ? iam.wrote.at : "", runs[_i].wrote) == 0, "%d: %s", _i, iam.wrote.at);
        ck_assert_str_eq(told, runs[_i].told);
        if (st)
                ck_says(err, runs[_i].says);
        ck_assert_int_eq(revocation != NULL, *runs[_i].told != '\0');
        if (revocation) {
                ck_assert_str_eq(bakery_revocation_user(revocation), "ann");
                ck_assert_uint_eq(bakery_revocation_uncertain_count(revocation), 0);
        }
        bakery_revocation_free(revocation);
}
END_TEST

/* Our clock is three minutes slow, which AWS takes; sessions that began meanwhile end too. */
START_TEST(the_clock_of_aws_goes_before_a_slow_one)
{
        AUTO_CLEAR(iam)
        iam = { .headers = "Date: Sun, 22 Nov 2026 10:03:00 GMT", .wrote = { .max = 1 << 16 } };
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        bakery_revocation *revocation = NULL;
        bakery_revocation_request request = request_of(config, keys, "ann");

        iam.wire.choose = choose;
        ck_assert_int_eq(bakery_revocation_run(fake_client(&iam.wire), &request, &revocation, NULL), BAKERY_OK);
        ck_assert_ptr_nonnull(strstr(iam.document, "2026-11-22T10%3A03%3A01Z"));
        bakery_revocation_free(revocation);
}
END_TEST

START_TEST(says_where_one_cannot_be_certain)
{
        AUTO_CLEAR(iam) iam = { .wrote = { .max = 1 << 16 } };
        AUTO_PTR(bakery_config) config = config_of(OWN ENVIRONMENTS TYPES);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_revocation *revocation = NULL;
        bakery_revocation_request request = request_of(config, keys, "ann");

        iam.wire.choose = choose;
        bakery_client *client = fake_client(&iam.wire);
        ck_assert_int_eq(bakery_revocation_run(client, &request, &revocation, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "through a role in them, and none is named");
        ck_assert_uint_eq(iam.wire.requests, 0);

        request.deployer_role = "/team/Own";
        ck_assert_int_eq(bakery_revocation_run(client, &request, &revocation, &err), BAKERY_OK);
        ck_assert_uint_eq(bakery_revocation_uncertain_count(revocation), 1);
        ck_assert_str_eq(bakery_revocation_uncertain(revocation, 0), "MyTeamProdAdmin");
        bakery_revocation_free(revocation);
}
END_TEST

/* How the burgers are entered: by the role whose task it is, in the name of who asks. */
static const struct {
        const char *roles, *asked, *caller;
        const char *enters; /* pieces of AssumeRole's body, parted by a blank */
} ways[] = {
        { "DeployerRole: BakeryDeployer\n", NULL, NULL, "role%2FBakeryDeployer& RoleSessionName=chief&" },
        { "DeployerRole: BakeryDeployer\nRevokerRole: BakeryRevoker\n", NULL, NULL,
          "role%2FBakeryRevoker& RoleSessionName=chief&" },
        { "DeployerRole: BakeryDeployer\nRevokerRole: BakeryRevoker\n", "own/Role", NULL,
          "role%2Fown%2FRole& RoleSessionName=chief&" },
        { "DeployerRole: BakeryDeployer\n", NULL, "x", "RoleSessionName=bakery-revoke&" },
};

START_TEST(burgers_are_entered)
{
        AUTO_CLEAR(iam)
        iam = { .caller = ways[_i].caller, .wrote = { .max = 1 << 16 }, .wire.bodies = { .max = 1 << 20 } };
        AUTO_CLEAR(buf) text = { .max = 4096 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        bakery_revocation *revocation = NULL;

        bakery__buf_format(&text, "%s%s", OWN ENVIRONMENTS TYPES, ways[_i].roles);
        AUTO_PTR(bakery_config) config = config_of(text.at);
        bakery_revocation_request request = request_of(config, keys, "ann");
        AUTO_FREE char *pieces = strdup(ways[_i].enters);
        char *rest = pieces;

        iam.wire.choose = choose;
        request.deployer_role = ways[_i].asked;
        ck_assert_int_eq(bakery_revocation_run(fake_client(&iam.wire), &request, &revocation, NULL), BAKERY_OK);
        bakery_revocation_free(revocation);
        const char *entering = strstr(iam.wire.bodies.at, "Action=AssumeRole&");
        for (char *piece = strsep(&rest, " "); piece; piece = strsep(&rest, " "))
                ck_assert_msg(entering && strstr(entering, piece), "%s in %s", piece, iam.wire.bodies.at);
        bakery__buf_clear(&iam.wire.bodies);
}
END_TEST

enum { MANY = 60, REFUSED_ONE = 17 };

static size_t told_of[MANY + 1], told_in_all;

static void count_told(const bakery_revocation_account *account, void *context)
{
        const char *id = account->account ? bakery_account_id(account->account) : NULL;

        (void)context;
        ck_assert_uint_eq(account->finished, ++told_in_all);
        told_of[id ? (size_t)atoi(id + 9) : MANY]++;
}

/* By many workers at once, of whom each has work enough: every account once, and one that fails is only itself. */
START_TEST(many_burgers_are_worked_on_at_once)
{
        AUTO_CLEAR(iam) iam = { .wrote = { .max = 1 << 20 } };
        AUTO_CLEAR(buf) text = { .max = 1 << 16 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_revocation *revocation = NULL;

        bakery__buf_text(&text, OWN "DeployerRole: Deployer\n" TYPES "Environments: [{ Environment: Prod, Accounts: [");
        for (unsigned i = 0; i < MANY; i++)
                bakery__buf_format(&text, "%s{ Id: \"555555555%03u\", Name: A%u }", i ? ", " : "", i, i);
        bakery__buf_text(&text, "] }]\n");
        AUTO_PTR(bakery_config) config = config_of(text.at);
        bakery_revocation_request request = request_of(config, keys, "ann");

        iam.wire.choose = choose;
        iam.rules[0].piece = "RoleName=A17-";
        iam.rules[0].answer = (struct fake_answer)DENIED;
        request.workers = 8;
        request.on_account = count_told;
        memset(told_of, 0, sizeof told_of);
        told_in_all = 0;
        ck_assert_int_eq(bakery_revocation_run(fake_client(&iam.wire), &request, &revocation, &err), BAKERY_ERR_DENIED);
        ck_says(err, "in 1 of 61 accounts");
        for (size_t i = 0; i <= MANY; i++)
                ck_assert_uint_eq(told_of[i], 1);
        ck_assert_uint_eq(bakery_revocation_count_of(revocation, BAKERY_REVOCATION_DONE), MANY);
        for (size_t i = 0; i < MANY; i++) {
                bakery_revocation_account account = { .size = sizeof account };
                char wrote[100];

                bakery_revocation_at(revocation, i + 1, &account);
                ck_assert_int_eq(account.state, i == REFUSED_ONE ? BAKERY_REVOCATION_FAILED : BAKERY_REVOCATION_DONE);
                snprintf(wrote, sizeof wrote, "PutRolePolicy A%zu-Prod-Admin BakeryRevoked-ann\n", i);
                const char *first = strstr(iam.wrote.at, wrote);
                ck_assert_msg(first && !strstr(first + 1, wrote), "%s", wrote);
        }
        bakery_revocation_free(revocation);
}
END_TEST

Suite *revocation_suite(void)
{
        Suite *suite = suite_create("revocation");
        TCase *tcase = tcase_create("sessions");

        tcase_add_test(tcase, the_policy_names_the_session_and_the_second);
        tcase_add_loop_test(tcase, ends_sessions_everywhere, 0, (int)N_ELEMENTS(runs));
        tcase_add_test(tcase, the_clock_of_aws_goes_before_a_slow_one);
        tcase_add_loop_test(tcase, burgers_are_entered, 0, (int)N_ELEMENTS(ways));
        tcase_add_test(tcase, many_burgers_are_worked_on_at_once);
        tcase_add_test(tcase, says_where_one_cannot_be_certain);
        suite_add_tcase(suite, tcase);
        return suite;
}
