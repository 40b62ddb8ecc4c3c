/* Reading who can reach what: of the Bakery account, and of the roles of burger accounts by several workers. */
#include <bakery/access.h>

#include <check.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "fake_wire.h"
#include "support.h"

Suite *access_read_suite(void);

DEFINE_AUTO_PTR(bakery_access, bakery_access_free)

#define CONFIG                                                                          \
        OWN "Environments:\n"                                                           \
            "  - { Environment: Dev, Accounts: [{ Id: \"222222222222\", Name: Main }, " \
            "{ Id: \"333333333333\", Name: Stg }] }\n"                                  \
            "AccessTypes: [{ Type: Read, " ADMIN_POLICY " }]\n"
#define DEPLOYER "DeployerRole: Deployer\n"

#define IDENTITY(account)                                                                        \
        ANSWERED("GetCallerIdentity", "<Arn>arn:aws:iam::" account ":user/ann</Arn><UserId>AIDA" \
                                      "</UserId><Account>" account "</Account>")
#define SESSION                                                                                   \
        ANSWERED("AssumeRole", "<Credentials><AccessKeyId>ASIANEW</AccessKeyId><SecretAccessKey>" \
                               "CANARYnew/secret</SecretAccessKey><SessionToken>CANARYnewToken==" \
                               "</SessionToken><Expiration>2026-11-22T11:00:00Z</Expiration></Credentials>")
#define TRUST_OF(principal) \
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"AWS\":\"" principal "\"}}}"
#define TRUST TRUST_OF("arn:aws:iam::111111111111:root")
#define ROLE(path_and_name, account, trust)                                                                 \
        ANSWERED("GetRole", "<Role><RoleName>r</RoleName><Arn>arn:aws:iam::" account ":role/" path_and_name \
                            "</Arn><AssumeRolePolicyDocument>" trust "</AssumeRolePolicyDocument></Role>")
#define MAIN_ROLE ROLE("Main-Dev-Read", "222222222222", TRUST)
#define STG_ROLE ROLE("Stg-Dev-Read", "333333333333", TRUST)

#define GROUP(name, more) \
        "<member><GroupName>" name "</GroupName><Arn>arn:aws:iam::111111111111:group/" name "</Arn>" more "</member>"
#define INLINE(document)                                                                 \
        "<GroupPolicyList><member><PolicyName>own</PolicyName><PolicyDocument>" document \
        "</PolicyDocument></member></GroupPolicyList>"
#define ATTACHED(arn)                                                                \
        "<AttachedManagedPolicies><member><PolicyName>p</PolicyName><PolicyArn>" arn \
        "</PolicyArn></member></AttachedManagedPolicies>"
#define ALLOW(action, resource) \
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":" resource "}}"
#define READ_BOTH "[\"arn:aws:iam::222222222222:role/Main-Dev-Read\",\"arn:aws:iam::333333333333:role/Stg-Dev-Read\"]"
#define GROUPS                                                             \
        GROUP("MyTeamDevRead", INLINE(ALLOW("sts:AssumeRole", READ_BOTH))) \
        GROUP("MyTeamAwsBakeryAdmin", INLINE(ALLOW("*", "\"*\"")))         \
        GROUP("MyTeamAwsBakeryReadOnly", INLINE(ALLOW("iam:List*", "\"*\"")))
#define DETAILS(groups, rest) \
        ANSWERED("GetAccountAuthorizationDetails", "<GroupDetailList>" groups "</GroupDetailList>" rest)
#define MORE "<IsTruncated>true</IsTruncated><Marker>m1</Marker>"
#define BILLING "arn:aws:iam::aws:policy/job-function/Billing"

static const struct fake_reply usual[] = {
        REPLY("GetCallerIdentity", NULL, 200, IDENTITY("111111111111")),
        REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS(GROUPS, "")),
        REPLY("AssumeRole", NULL, 200, SESSION),
        REPLY("GetRole", "RoleName=Main-Dev-Read", 200, MAIN_ROLE),
        REPLY("GetRole", "RoleName=Stg-Dev-Read", 200, STG_ROLE),
};

static void script(struct fake_wire *wire, const struct fake_reply *first, size_t n_first)
{
        if (n_first > 0)
                memcpy(wire->replies, first, n_first * sizeof *first);
        memcpy(wire->replies + n_first, usual, sizeof usual);
}

static bakery_status read_with(bakery_client *client, const bakery_config *config, unsigned workers,
                               bakery_access **ret, bakery_error **err)
{
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        bakery_access_read_request request = BAKERY_ACCESS_READ_INIT;

        request.keys = keys;
        request.roles = workers > 0;
        request.workers = workers;
        return bakery_access_read(client, config, &request, ret, err);
}

static char *differences_of(const bakery_access *access)
{
        AUTO_CLEAR(buf) shown = { .max = 1 << 20 };
        char *ret = NULL;

        for (size_t i = 0; i < bakery_access_difference_count(access); i++)
                bakery__buf_format(&shown, "%s: %s\n", bakery_difference_name(bakery_access_difference_kind(access, i)),
                                   bakery_access_difference_message(access, i));
        ck_assert_int_eq(bakery__buf_take(&shown, "differences", &ret, NULL, NULL), BAKERY_OK);
        return ret;
}

#define UNREAD(name, id) "unreadable: " name " (" id "): its roles could not be read, for want of the deployer role\n"

static const struct {
        struct fake_reply first[4];
        bool account_only; /* the burgers are not looked at */
        bakery_status status;
        const char *says; /* the differences, or a piece of the error */
} readings[] = {
        { { { 0 } }, false, BAKERY_OK, "" },
        { { { 0 } }, true, BAKERY_OK, "" },
        /* Of the Bakery account. */
        { { REPLY("GetCallerIdentity", NULL, 200, IDENTITY("999999999999")) },
          true,
          BAKERY_ERR_CREDENTIALS,
          "these keys (test) are of account 999999999999, and the users are in 111111111111" },
        { { REPLY("GetCallerIdentity", NULL, 403, FAILED("InvalidClientTokenId")) },
          true,
          BAKERY_ERR_CREDENTIALS,
          "InvalidClientTokenId" },
        { { REPLY("GetAccountAuthorizationDetails", NULL, 403, FAILED("AccessDenied")) },
          true,
          BAKERY_ERR_DENIED,
          "AccessDenied" },
        { { REPLY("GetAccountAuthorizationDetails", "Marker=m1", 403, FAILED("AccessDenied")),
            REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS(GROUPS, MORE)) },
          true,
          BAKERY_ERR_DENIED,
          "AccessDenied" },
        { { REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS(GROUPS, "<IsTruncated>true</IsTruncated>")) },
          true,
          BAKERY_ERR_NETWORK,
          "it lacks the Marker of the next page" },
        { { REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS(GROUPS, MORE)) },
          true,
          BAKERY_ERR_NETWORK,
          "the marker did not advance" },
        { { REPLY("GetAccountAuthorizationDetails", "Marker=m1", 200, DETAILS(GROUPS, "")),
            REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS("", MORE)) },
          true,
          BAKERY_OK,
          "" },
        /* A policy of AWS that did not come along. */
        { { REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS(GROUPS GROUP("Bills", ATTACHED(BILLING)), "")),
            REPLY("GetPolicy", NULL, 403, FAILED("AccessDenied")) },
          true,
          BAKERY_OK,
          "unreadable: Bills has the policy " BILLING ", which cannot be read\n" },
        { { REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS(GROUPS GROUP("Bills", ATTACHED(BILLING)), "")),
            { "Action=GetPolicy&", NULL, { .fails = BAKERY_ERR_NETWORK } } },
          true,
          BAKERY_ERR_NETWORK,
          "the wire broke" },
        { { REPLY("GetAccountAuthorizationDetails", NULL, 200, DETAILS(GROUPS GROUP("Bills", ATTACHED(BILLING)), "")),
            REPLY("GetPolicyVersion", NULL, 200,
                  ANSWERED("GetPolicyVersion",
                           "<PolicyVersion><Document>" ALLOW("*", "\"*\"") "</Document></PolicyVersion>")),
            REPLY("GetPolicy", NULL, 200,
                  ANSWERED("GetPolicy", "<Policy><PolicyName>Billing</PolicyName><Arn>" BILLING
                                        "</Arn><DefaultVersionId>v1</DefaultVersionId></Policy>")) },
          true,
          BAKERY_OK,
          "extra-admin: Bills makes its members admins of the Bakery account\n" },
        /* Of the burgers: what one refuses says nothing about the others, and the order is that of the file. */
        { { REPLY("AssumeRole", "333333333333", 403, FAILED("AccessDenied")) },
          false,
          BAKERY_OK,
          UNREAD("Stg", "333333333333") },
        { { { "Action=AssumeRole&", NULL, { .fails = BAKERY_ERR_NETWORK } } },
          false,
          BAKERY_OK,
          UNREAD("Main", "222222222222") UNREAD("Stg", "333333333333") },
        { { REPLY("AssumeRole", "222222222222", 403, FAILED("AccessDenied")),
            REPLY("GetRole", NULL, 404, FAILED("NoSuchEntity")) },
          false,
          BAKERY_OK,
          UNREAD("Main", "222222222222") "missing-role: Stg-Dev-Read in Stg (333333333333) does not exist\n" },
        { { REPLY("GetRole", "RoleName=Main-Dev-Read", 403, FAILED("AccessDenied")) },
          false,
          BAKERY_OK,
          "unreadable: Main-Dev-Read in Main (222222222222) could not be read\n" },
        { { REPLY("GetRole", "RoleName=Main-Dev-Read", 200, "<html/>") },
          false,
          BAKERY_OK,
          "unreadable: Main-Dev-Read in Main (222222222222) could not be read\n" },
        { { REPLY("GetRole", "RoleName=Main-Dev-Read", 200, ROLE("moved/Main-Dev-Read", "222222222222", TRUST)) },
          false,
          BAKERY_OK,
          "missing-role: Main-Dev-Read in Main (222222222222) has another path\n" },
        { { REPLY("GetRole", "RoleName=Main-Dev-Read", 200, ROLE("Main-Dev-Read", "222222222222", "{")),
            REPLY("GetRole", "RoleName=Stg-Dev-Read", 200,
                  ROLE("Stg-Dev-Read", "333333333333", TRUST_OF("arn:aws:iam::999999999999:root"))) },
          false,
          BAKERY_OK,
          "unreadable: arn:aws:iam::222222222222:role/Main-Dev-Read has a trust policy that cannot be read\n"
          "closed-role: arn:aws:iam::333333333333:role/Stg-Dev-Read does not let people of the Bakery account in\n"
          "foreign-trust: arn:aws:iam::333333333333:role/Stg-Dev-Read trusts arn:aws:iam::999999999999:root\n" },
        { { { "Action=GetRole&", "RoleName=Stg-Dev-Read", { .cancels = true } } },
          false,
          BAKERY_ERR_CANCELLED,
          "cancelled" },
        { { { "Action=AssumeRole&", NULL, { .fails = BAKERY_ERR_SYSTEM } } },
          false,
          BAKERY_ERR_SYSTEM,
          "the wire broke" },
};

START_TEST(reads)
{
        for (unsigned workers = readings[_i].account_only ? 0 : 1; workers < (readings[_i].account_only ? 1 : 4);
             workers++) {
                AUTO_PTR(bakery_config) config = config_of(CONFIG DEPLOYER);
                AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
                AUTO_PTR(bakery_access) access = NULL;
                AUTO_PTR(bakery_error) err = NULL;
                size_t n_first = 0;

                while (n_first < N_ELEMENTS(readings[_i].first) && readings[_i].first[n_first].action)
                        n_first++;
                script(&wire, readings[_i].first, n_first);
                bakery_status st = read_with(fake_client(&wire), config, workers, &access, &err);
                ck_assert_msg(st == readings[_i].status, "%s: %s", bakery_status_name(st), bakery_error_message(err));
                if (st) {
                        ck_assert_ptr_null(access);
                        ck_says(err, readings[_i].says);
                        continue;
                }
                AUTO_FREE char *differences = differences_of(access);
                ck_assert_str_eq(differences, readings[_i].says);
        }
}
END_TEST

START_TEST(refuses_what_is_no_request)
{
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_PTR(bakery_access) access = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_access_read_request request = BAKERY_ACCESS_READ_INIT;

        ck_assert_int_eq(read_with(fake_client(&wire), config, 1, &access, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "none is named");
        ck_hints(err, "DeployerRole in config.yml");
        request.size--;
        ck_assert_int_eq(bakery_access_read(wire.client, config, &request, &access, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "BAKERY_ACCESS_READ_INIT");
        ck_assert_uint_eq(wire.requests, 0);
}
END_TEST

/* The request's role goes before the configuration's, and a role may be written with its path. */
START_TEST(assumes_the_role_that_is_named)
{
        AUTO_PTR(bakery_config) config = config_of(CONFIG DEPLOYER);
        AUTO_CLEAR(fake_wire) wire = { .bodies.max = 1 << 20 };
        AUTO_PTR(bakery_access) access = NULL;
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        bakery_access_read_request request = BAKERY_ACCESS_READ_INIT;

        script(&wire, NULL, 0);
        request.keys = keys;
        request.roles = 1;
        request.deployer_role = "/ops/Other";
        ck_assert_int_eq(bakery_access_read(fake_client(&wire), config, &request, &access, NULL), BAKERY_OK);
        ck_assert_ptr_nonnull(strstr(wire.bodies.at, "RoleArn=arn%3Aaws%3Aiam%3A%3A333333333333%3Arole%2Fops%2FOther"));
        ck_assert_ptr_nonnull(strstr(wire.bodies.at, "RoleSessionName=ann"));
        ck_assert_ptr_null(strstr(wire.bodies.at, "Deployer"));
}
END_TEST

/* Two accounts meet: each of them waits, with its role at hand, until the other one is there. */
static struct {
        pthread_mutex_t lock;
        pthread_cond_t came;
        unsigned here, most;
        bakery_transport_function *wire;
} meeting = { .lock = PTHREAD_MUTEX_INITIALIZER, .came = PTHREAD_COND_INITIALIZER };

enum { PATIENCE_S = 20 };

static void meet(void)
{
        struct timespec until;

        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += PATIENCE_S;
        pthread_mutex_lock(&meeting.lock);
        if (++meeting.here > meeting.most)
                meeting.most = meeting.here;
        pthread_cond_broadcast(&meeting.came);
        while (meeting.most < 2 && pthread_cond_timedwait(&meeting.came, &meeting.lock, &until) == 0)
                ;
        meeting.here--;
        pthread_mutex_unlock(&meeting.lock);
}

static bakery_status meeting_transport(void *context, const bakery_http_request *request, int (*cancelled)(void *),
                                       void *cancel_context, bakery_http_answer *answer, int *ret_sent,
                                       bakery_error **err)
{
        AUTO_FREE char *body = strndup(request->body, request->body_size_bytes);

        if (strstr(body, "Action=GetRole&"))
                meet();
        return meeting.wire(context, request, cancelled, cancel_context, answer, ret_sent, err);
}

START_TEST(burgers_are_read_at_once)
{
        AUTO_PTR(bakery_config) config = config_of(CONFIG DEPLOYER);
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_PTR(bakery_access) access = NULL;
        bakery_client_options options = fake_options(&wire);

        script(&wire, NULL, 0);
        meeting.most = 0;
        meeting.wire = options.transport;
        options.transport = meeting_transport;
        options.region = "us-east-1";
        ck_assert_int_eq(read_with(fake_client_with(&wire, &options), config, 300, &access, NULL), BAKERY_OK);
        ck_assert_uint_eq(meeting.most, 2);
        ck_assert_uint_eq(bakery_access_difference_count(access), 0);
}
END_TEST

Suite *access_read_suite(void)
{
        Suite *suite = suite_create("access_read");
        TCase *tests = tcase_create("all");

        tcase_add_loop_test(tests, reads, 0, N_ELEMENTS(readings));
        tcase_add_test(tests, refuses_what_is_no_request);
        tcase_add_test(tests, assumes_the_role_that_is_named);
        tcase_add_test(tests, burgers_are_read_at_once);
        suite_add_tcase(suite, tests);
        return suite;
}
