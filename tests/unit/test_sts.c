#include <bakery/sts.h>

#include <check.h>
#include <string.h>

#include "fake_wire.h"
#include "support.h"

Suite *sts_suite(void);

#define ROLE "arn:aws:iam::222222222222:role/Shop-Prod-Admin"
#define CREDENTIALS_UNTIL(instant)                                                                           \
        "<Credentials><AccessKeyId>ASIANEW</AccessKeyId><SecretAccessKey>CANARYnew/secret</SecretAccessKey>" \
        "<SessionToken>CANARYnewToken==</SessionToken><Expiration>" instant "</Expiration></Credentials>"
#define ASSUMED(credentials) \
        "<AssumeRoleResponse><AssumeRoleResult>" credentials "</AssumeRoleResult></AssumeRoleResponse>"
#define GOOD ASSUMED(CREDENTIALS_UNTIL("2026-11-22T11:00:00Z"))

static bakery_assume_role usual(void)
{
        bakery_assume_role request = BAKERY_ASSUME_ROLE_INIT;

        request.role_arn = ROLE;
        request.role_session_name = "ann@example";
        return request;
}

START_TEST(sends_every_parameter)
{
        static const char *const policies[] = { "arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B" };
        static const bakery_session_tag tags[] = { { "Team", "a b" }, { "Cost", "" } };
        static const char *const transitive[] = { "Team" };
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, GOOD) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_credentials) session = NULL;
        bakery_assume_role request = usual();

        request.duration_s = 900;
        request.external_id = "e:1";
        request.policy = "{\"Version\":\"2012-10-17\"}";
        request.policy_arns = policies;
        request.policy_arn_count = 2;
        request.tags = tags;
        request.tag_count = 2;
        request.transitive_tag_keys = transitive;
        request.transitive_tag_key_count = 1;
        request.serial_number = "arn:aws:iam::111111111111:mfa/ann";
        request.token_code = "012345";
        request.source_identity = "ann";
        request.region = "eu-west-1";
        ck_assert_int_eq(bakery_sts_assume_role(fake_client(&wire), keys, &request, &session, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.url, "https://sts.eu-west-1.amazonaws.com/");
        ck_assert_str_eq(
                wire.last.body,
                "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2FShop-Prod-"
                "Admin&RoleSessionName=ann%40example&DurationSeconds=900&Policy=%7B%22Version%22%3A%222012-10-17%22"
                "%7D&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FA&PolicyArns.member.2.arn=arn%3A"
                "aws%3Aiam%3A%3Aaws%3Apolicy%2FB&ExternalId=e%3A1&Tags.member.1.Key=Team&Tags.member.1.Value=a%20b"
                "&Tags.member.2.Key=Cost&Tags.member.2.Value=&TransitiveTagKeys.member.1=Team&SerialNumber=arn%3A"
                "aws%3Aiam%3A%3A111111111111%3Amfa%2Fann&TokenCode=012345&SourceIdentity=ann");
        ck_assert_str_eq(bakery_credentials_access_key_id(session), "ASIANEW");
        ck_assert_str_eq(bakery_credentials_secret_access_key(session), "CANARYnew/secret");
        ck_assert_str_eq(bakery_credentials_session_token(session), "CANARYnewToken==");
        ck_assert_int_eq(bakery_credentials_expiration_s(session), FAKE_NOW_S + 3600);
}
END_TEST

START_TEST(sends_nothing_that_was_not_set)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, GOOD) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_credentials) session = NULL;
        bakery_assume_role request = usual();

        ck_assert_int_eq(bakery_sts_assume_role(fake_client(&wire), keys, &request, &session, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.body,
                         "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3A"
                         "role%2FShop-Prod-Admin&RoleSessionName=ann%40example");
}
END_TEST

/* What STS would refuse in words of its own is refused before anything is sent. */
static const struct {
        const char *role, *session_name, *code;
        const char *says; /* NULL: it is sent */
} requests[] = {
        { ROLE, "ab", NULL, NULL },
        { ROLE, "_+=,.@-", NULL, NULL },
        { ROLE, "a234567890123456789012345678901234567890123456789012345678901234", NULL, NULL },
        { ROLE, "ab", "000000", NULL },
        { NULL, "ab", NULL, "there is no role" },
        { "", "ab", NULL, "there is no role" },
        { ROLE, NULL, NULL, "role session name" },
        { ROLE, "", NULL, "role session name" },
        { ROLE, "a", NULL, "\"a\" is no role session name: 2 to 64" },
        { ROLE, "a2345678901234567890123456789012345678901234567890123456789012345", NULL, "role session name" },
        { ROLE, "a:b", NULL, "role session name" },
        { ROLE, "a b", NULL, "role session name" },
        { ROLE, "\xc3\xbc\xc3\xbc", NULL, "role session name" },
        { ROLE, "ab", "12345", "an MFA code has six digits" },
        { ROLE, "ab", "1234567", "an MFA code has six digits" },
        { ROLE, "ab", "12345a", "an MFA code has six digits" },
        { ROLE, "ab", "", "an MFA code has six digits" },
        { ROLE, "ab", "12 456", "an MFA code has six digits" },
};

START_TEST(checks_before_it_sends)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, GOOD) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_credentials) session = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_assume_role request = usual();

        request.role_arn = requests[_i].role;
        request.role_session_name = requests[_i].session_name;
        request.token_code = requests[_i].code;
        bakery_status st = bakery_sts_assume_role(fake_client(&wire), keys, &request, &session, &err);
        ck_assert_msg(st == (requests[_i].says ? BAKERY_ERR_ARGUMENT : BAKERY_OK), "%d: %s", _i,
                      bakery_error_message(err));
        ck_assert_uint_eq(wire.requests, requests[_i].says ? 0 : 1);
        if (!requests[_i].says)
                return;
        ck_says(err, requests[_i].says);
        ck_assert_ptr_null(session);
        if (requests[_i].code && *requests[_i].code)
                ck_assert_ptr_null(
                        strstr(bakery_error_message(err), requests[_i].code)); /* it is a secret for its time */
}
END_TEST

START_TEST(refuses_a_struct_without_its_size)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, GOOD) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_credentials) session = NULL;
        bakery_assume_role request = usual();

        request.size = 0;
        ck_assert_int_eq(bakery_sts_assume_role(fake_client(&wire), keys, &request, &session, NULL),
                         BAKERY_ERR_ARGUMENT);
        ck_assert_int_eq(bakery_sts_assume_role_with_web_identity(wire.client, "t", &request, &session, NULL),
                         BAKERY_ERR_ARGUMENT);
        ck_assert_uint_eq(wire.requests, 0);
}
END_TEST

/* STS takes a code once: an answer that was lost may have used it up. */
START_TEST(a_code_is_sent_once)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(500, NULL, "") } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_credentials) session = NULL;
        bakery_assume_role request = usual();

        ck_assert_int_eq(bakery_sts_assume_role(fake_client(&wire), keys, &request, &session, NULL),
                         BAKERY_ERR_NETWORK);
        ck_assert_uint_eq(wire.requests, 3);
        wire.requests = 0;
        request.token_code = "123456";
        ck_assert_int_eq(bakery_sts_assume_role(wire.client, keys, &request, &session, NULL), BAKERY_ERR_NETWORK);
        ck_assert_uint_eq(wire.requests, 1);
}
END_TEST

START_TEST(a_web_identity_is_not_signed)
{
        static const char answer[] =
                "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>" CREDENTIALS_UNTIL(
                        "2026-11-22T11:00:00Z") "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, answer) } };
        AUTO_PTR(bakery_credentials) session = NULL;
        bakery_assume_role request = usual();

        request.external_id = "not sent";
        ck_assert_int_eq(
                bakery_sts_assume_role_with_web_identity(fake_client(&wire), "CANARY.jwt", &request, &session, NULL),
                BAKERY_OK);
        ck_assert_ptr_null(fake_header(&wire, "Authorization"));
        ck_assert_ptr_nonnull(strstr(wire.last.body, "Action=AssumeRoleWithWebIdentity&"));
        ck_assert_ptr_nonnull(strstr(wire.last.body, "&WebIdentityToken=CANARY.jwt"));
        ck_assert_ptr_null(strstr(wire.last.body, "ExternalId"));
}
END_TEST

START_TEST(an_mfa_session)
{
        static const char answer[] = "<GetSessionTokenResponse><GetSessionTokenResult>" CREDENTIALS_UNTIL(
                "2026-11-22T22:00:00Z") "</GetSessionTokenResult></GetSessionTokenResponse>";
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, answer) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_credentials) session = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(bakery_sts_get_session_token(fake_client(&wire), keys, 43200,
                                                      "arn:aws:iam::111111111111:mfa/x", "123456", &session, &err),
                         BAKERY_OK);
        ck_assert_str_eq(wire.last.body,
                         "Action=GetSessionToken&Version=2011-06-15&DurationSeconds=43200&SerialNumber=arn%3A"
                         "aws%3Aiam%3A%3A111111111111%3Amfa%2Fx&TokenCode=123456");
        ck_assert_int_eq(bakery_sts_get_session_token(wire.client, keys, 0, "s", "12345", &session, &err),
                         BAKERY_ERR_ARGUMENT);
        ck_says(err, "an MFA code has six digits");
        ck_assert_uint_eq(wire.requests, 1);
}
END_TEST

/* Answers that lack what they must have, and ends that are none. Ours says 10:00:00. */
static const struct {
        const char *body;
        int64_t expiration_s;
        bakery_status status;
        const char *says;
} credentials[] = {
        { ASSUMED(CREDENTIALS_UNTIL("2026-11-22T10:00:01Z")), FAKE_NOW_S + 1, BAKERY_OK, NULL },
        { ASSUMED(CREDENTIALS_UNTIL("2126-11-22T10:00:00Z")), 4951015200, BAKERY_OK, NULL },
        { ASSUMED(CREDENTIALS_UNTIL("2026-11-22T11:00:00.123Z")), FAKE_NOW_S + 3600, BAKERY_OK, NULL },
        { ASSUMED(CREDENTIALS_UNTIL("2026-11-22T12:30:00+01:30")), FAKE_NOW_S + 3600, BAKERY_OK, NULL },
        { ASSUMED(CREDENTIALS_UNTIL("2038-01-19T03:14:08Z")), 2147483648, BAKERY_OK, NULL },
        { ASSUMED("<New>1</New>" CREDENTIALS_UNTIL("2026-11-22T11:00:00Z") "<PackedPolicySize>6</PackedPolicySize>"),
          FAKE_NOW_S + 3600, BAKERY_OK, NULL },
        { ASSUMED(CREDENTIALS_UNTIL("2026-11-22T10:00:00Z")), 0, BAKERY_ERR_CREDENTIALS, "ended before they came" },
        { ASSUMED(CREDENTIALS_UNTIL("2001-01-01T00:00:00Z")), 0, BAKERY_ERR_CREDENTIALS, "ended before they came" },
        { ASSUMED(CREDENTIALS_UNTIL("soon")), 0, BAKERY_ERR_NETWORK, "lacks an Expiration that can be read" },
        { ASSUMED(CREDENTIALS_UNTIL("")), 0, BAKERY_ERR_NETWORK, "lacks an Expiration that can be read" },
        { ASSUMED(CREDENTIALS_UNTIL("1795345200")), 0, BAKERY_ERR_NETWORK, "lacks an Expiration that can be read" },
        { ASSUMED("<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>CANARY</SecretAccessKey><SessionToken>CANARY"
                  "</SessionToken></Credentials>"),
          0, BAKERY_ERR_NETWORK, "lacks an Expiration that can be read" },
        { ASSUMED("<Credentials><SecretAccessKey>CANARY</SecretAccessKey></Credentials>"), 0, BAKERY_ERR_NETWORK,
          "lacks Credentials/AccessKeyId" },
        { ASSUMED("<Credentials><AccessKeyId></AccessKeyId></Credentials>"), 0, BAKERY_ERR_NETWORK,
          "lacks Credentials/AccessKeyId" },
        { ASSUMED("<Credentials><AccessKeyId>A</AccessKeyId></Credentials>"), 0, BAKERY_ERR_NETWORK,
          "lacks Credentials/SecretAccessKey" },
        { ASSUMED("<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>CANARY</SecretAccessKey></Credentials>"),
          0, BAKERY_ERR_NETWORK, "lacks Credentials/SessionToken" },
        { ASSUMED(""), 0, BAKERY_ERR_NETWORK, "lacks Credentials/AccessKeyId" },
        { ASSUMED("<credentials><AccessKeyId>A</AccessKeyId></credentials>"), 0, BAKERY_ERR_NETWORK,
          "lacks Credentials/AccessKeyId" },
        { "<GetSessionTokenResponse/>", 0, BAKERY_ERR_NETWORK, "lacks the response of that action" },
        { ASSUMED("<Credentials><AccessKeyId>A B</AccessKeyId><SecretAccessKey>CANARY</SecretAccessKey><SessionToken>CANARY"
                  "</SessionToken><Expiration>2026-11-22T11:00:00Z</Expiration></Credentials>"),
          0, BAKERY_ERR_CREDENTIALS, "the access key id contains whitespace" },
};

START_TEST(reads_credentials)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, "x-amzn-requestid: r-3", credentials[_i].body) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_credentials) session = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_assume_role request = usual();
        bakery_status st = bakery_sts_assume_role(fake_client(&wire), keys, &request, &session, &err);

        ck_assert_msg(st == credentials[_i].status, "%s: %s", credentials[_i].body, bakery_error_message(err));
        ck_assert_uint_eq(wire.requests, 1);
        if (!st) {
                ck_assert_int_eq(bakery_credentials_expiration_s(session), credentials[_i].expiration_s);
                return;
        }
        ck_assert_ptr_null(session);
        ck_says(err, credentials[_i].says);
        if (st == BAKERY_ERR_NETWORK) {
                ck_says(err, "unexpected answer from sts (HTTP 200, request id r-3)");
                ck_assert_str_eq(bakery_error_aws_request_id(err), "r-3");
                ck_assert_int_eq(bakery_error_http_status(err), 200);
        }
        if (strstr(credentials[_i].says, "ended"))
                ck_hints(err, "system clock");
}
END_TEST

/* Whether keys have ended is asked of the corrected clock: ours is two hours slow, and they end in one by the server's.
 */
START_TEST(the_corrected_clock_decides)
{
        static const char skewed[] = "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>";
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(403, "Date: Sun, 22 Nov 2026 12:00:00 GMT", skewed), ANSWER(200, NULL, GOOD) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_credentials) session = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_assume_role request = usual();

        ck_assert_int_eq(bakery_sts_assume_role(fake_client(&wire), keys, &request, &session, &err),
                         BAKERY_ERR_CREDENTIALS);
        ck_says(err, "ended before they came");
        ck_assert_uint_eq(wire.requests, 2);
}
END_TEST

START_TEST(whose_the_keys_are)
{
        static const struct {
                const char *result;
                bakery_status status;
        } cases[] = {
                { "<Arn>arn:aws:iam::1:user/a</Arn><UserId>U</UserId><Account>111111111111</Account>", BAKERY_OK },
                { "<Arn>arn:aws:iam::1:user/a</Arn><UserId>U</UserId>", BAKERY_ERR_NETWORK },
                { "<UserId>U</UserId><Account>111111111111</Account>", BAKERY_ERR_NETWORK },
                { "<Arn>a</Arn><Account>111111111111</Account>", BAKERY_ERR_NETWORK },
        };

        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                AUTO_CLEAR(buf) body = { .max = 1000 };
                AUTO_PTR(bakery_credentials) keys = fake_keys();
                AUTO_PTR(bakery_error) err = NULL;
                bakery_identity identity = BAKERY_IDENTITY_INIT;

                bakery__buf_format(&body,
                                   "<GetCallerIdentityResponse><GetCallerIdentityResult>%s</GetCallerIdentityResult>"
                                   "</GetCallerIdentityResponse>",
                                   cases[i].result);
                AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, body.at) } };
                ck_assert_int_eq(bakery_sts_get_caller_identity(fake_client(&wire), keys, NULL, &identity, &err),
                                 cases[i].status);
                if (cases[i].status)
                        ck_says(err, "unexpected answer from sts (HTTP 200, request id none): it lacks Account");
                else
                        ck_assert_str_eq(identity.account, "111111111111");
                ck_assert((identity.arn != NULL) == !cases[i].status);
                bakery_identity_clear(&identity);
                bakery_identity_clear(&identity);
        }
}
END_TEST

START_TEST(decodes_a_message)
{
        static const char good[] =
                "<DecodeAuthorizationMessageResponse><DecodeAuthorizationMessageResult><DecodedMessage>"
                "{&quot;allowed&quot;:false}</DecodedMessage></DecodeAuthorizationMessageResult>"
                "</DecodeAuthorizationMessageResponse>";
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, good), ANSWER(200, NULL, "<DecodeAuthorizationMessageResponse/>") } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        char *json = NULL;

        ck_assert_int_eq(bakery_sts_decode_authorization_message(fake_client(&wire), keys, "abc+/", &json, &err),
                         BAKERY_OK);
        ck_assert_str_eq(json, "{\"allowed\":false}");
        ck_assert_ptr_nonnull(strstr(wire.last.body, "EncodedMessage=abc%2B%2F"));
        bakery_free(json);
        json = NULL;
        ck_assert_int_eq(bakery_sts_decode_authorization_message(wire.client, keys, "abc", &json, &err),
                         BAKERY_ERR_NETWORK);
        ck_says(err, "lacks DecodedMessage");
        ck_assert_ptr_null(json);
}
END_TEST

/* Keys that were copied along with a line break, and keys that are none. */
static const struct {
        const char *id, *secret, *token;
        const char *says; /* NULL: good */
} key_texts[] = {
        { "AKIA", "secret/+=", NULL, NULL },
        { "AKIA", "secret", "token", NULL },
        { "", "CANARY", NULL, "the access key id is empty" },
        { NULL, "CANARY", NULL, "the access key id is empty" },
        { "AKIA", "", NULL, "the secret access key is empty" },
        { "AKIA", NULL, NULL, "the secret access key is empty" },
        { "AKIA", "CANARY", "", "the session token is empty" },
        { "AKIA\n", "CANARY", NULL, "the access key id contains whitespace" },
        { " AKIA", "CANARY", NULL, "the access key id contains whitespace" },
        { "AKIA", "CANARY ", NULL, "the secret access key contains whitespace" },
        { "AKIA", "CAN\tARY", NULL, "the secret access key contains whitespace" },
        { "AKIA", "CANARY\r\n", NULL, "the secret access key contains whitespace" },
        { "AKIA", "CANARY", "CANARY\n", "the session token contains whitespace" },
        { "AKIA", "CANARY",
          "CAN\x7f"
          "ARY",
          "the session token contains whitespace" },
        { "AKIA\x1b[2J", "CANARY", NULL, "the access key id contains whitespace" },
};

START_TEST(checks_keys)
{
        AUTO_PTR(bakery_credentials) made = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_status st = bakery_credentials_new(key_texts[_i].id, key_texts[_i].secret, key_texts[_i].token, 0, NULL,
                                                  &made, &err);

        ck_assert_int_eq(st, key_texts[_i].says ? BAKERY_ERR_CREDENTIALS : BAKERY_OK);
        ck_assert((made != NULL) == (st == BAKERY_OK));
        if (key_texts[_i].says) {
                ck_says(err, key_texts[_i].says);
                return;
        }
        ck_assert_str_eq(bakery_credentials_source(made), "");
        ck_assert(bakery__str_equal(bakery_credentials_session_token(made), key_texts[_i].token));
}
END_TEST

START_TEST(keys_are_wiped)
{
        bakery_credentials *keys = fake_keys();

        watch_free(bakery_credentials_secret_access_key(keys), strlen(SECRET));
        bakery_credentials_free(keys);
        ck_assert(was_wiped());
        keys = fake_keys();
        watch_free(bakery_credentials_session_token(keys), strlen(TOKEN));
        bakery_credentials_free(keys);
        ck_assert(was_wiped());
        bakery_credentials_free(NULL);
}
END_TEST

START_TEST(keys_say_where_they_came_from)
{
        AUTO_PTR(bakery_credentials) keys = fake_keys();

        ck_assert_str_eq(bakery_credentials_source(keys), "test");
        ck_assert_int_eq(bakery__credentials_set_source(keys, NULL, "profile %s",
                                                        "a\x1b"
                                                        "b"),
                         BAKERY_OK);
        ck_assert_str_eq(bakery_credentials_source(keys), "profile a?b");
}
END_TEST

Suite *sts_suite(void)
{
        Suite *suite = suite_create("sts");
        TCase *sts = tcase_create("sts"), *keys = tcase_create("keys");

        tcase_add_test(sts, sends_every_parameter);
        tcase_add_test(sts, sends_nothing_that_was_not_set);
        tcase_add_loop_test(sts, checks_before_it_sends, 0, (int)N_ELEMENTS(requests));
        tcase_add_test(sts, refuses_a_struct_without_its_size);
        tcase_add_test(sts, a_code_is_sent_once);
        tcase_add_test(sts, a_web_identity_is_not_signed);
        tcase_add_test(sts, an_mfa_session);
        tcase_add_loop_test(sts, reads_credentials, 0, (int)N_ELEMENTS(credentials));
        tcase_add_test(sts, the_corrected_clock_decides);
        tcase_add_test(sts, whose_the_keys_are);
        tcase_add_test(sts, decodes_a_message);
        tcase_add_loop_test(keys, checks_keys, 0, (int)N_ELEMENTS(key_texts));
        tcase_add_test(keys, keys_are_wiped);
        tcase_add_test(keys, keys_say_where_they_came_from);
        suite_add_tcase(suite, sts);
        suite_add_tcase(suite, keys);
        return suite;
}
