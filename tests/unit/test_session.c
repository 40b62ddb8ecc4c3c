/* One's own session: the keys one has, with MFA shown where that is wanted. */
#include <bakery/session.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fake_cloud.h"

Suite *session_suite(void);

#define IDENTITY(arn) OF("GetCallerIdentity", "<Arn>" arn "</Arn><UserId>U</UserId><Account>111111111111</Account>")
#define USER_ARN "arn:aws:iam::111111111111:user/ann"
#define SERIAL "arn:aws:iam::111111111111:mfa/ann"
#define SESSION                                                                                           \
        OF("GetSessionToken", "<Credentials><AccessKeyId>ASIAMFA</AccessKeyId><SecretAccessKey>CANARYmfa" \
                              "</SecretAccessKey><SessionToken>CANARYmfaToken</SessionToken><Expiration>" \
                              "2026-11-22T22:00:00Z</Expiration></Credentials>")

/* The client's environment has these keys; its cache is a folder that goes with it. */
struct one {
        struct fake_cloud cloud;
        bakery_session request;
        char *folder;
};

static void begin(struct one *one, const char *identity, bool with_token)
{
        bakery_session request = BAKERY_SESSION_INIT;

        one->folder = new_folder();
        cloud_says(&one->cloud, "GetCallerIdentity", NULL, identity);
        cloud_says(&one->cloud, "GetSessionToken", NULL, SESSION);
        cloud_begin(&one->cloud, BAKERY_STACK_BAKERY, CLOUD_CONFIG);
        one->cloud.wire.environment[0] = "AWS_ACCESS_KEY_ID=" KEY_ID;
        one->cloud.wire.environment[1] = "AWS_SECRET_ACCESS_KEY=" SECRET;
        one->cloud.wire.environment[2] = with_token ? "AWS_SESSION_TOKEN=" TOKEN : NULL;
        request.cache_folder = one->folder;
        request.mfa_serial = SERIAL;
        request.mfa_code = "123456";
        one->request = request;
}

static void end(struct one *one)
{
        remove_folder(one->folder);
        cloud_end(&one->cloud);
}
DEFINE_AUTO_CLEAR(one, end)

/* Whose keys come out of it, and what was asked for that. */
static const struct {
        const char *identity;
        bool with_token, show_mfa;
        const char *id, *sent;
} ways[] = {
        { IDENTITY(USER_ARN), false, false, KEY_ID, "" },
        { IDENTITY(USER_ARN), true, true, KEY_ID, "" },
        { IDENTITY(USER_ARN), false, true, "ASIAMFA", "GetCallerIdentity GetSessionToken" },
        { IDENTITY("arn:aws:iam::111111111111:root"), false, true, KEY_ID, "GetCallerIdentity" },
};

START_TEST(keys_or_a_session_of_them)
{
        AUTO_CLEAR(one) one = { .folder = NULL };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        begin(&one, ways[_i].identity, ways[_i].with_token);
        one.request.show_mfa = ways[_i].show_mfa;
        ck_assert_msg(bakery_session_resolve(one.cloud.client, &one.request, &keys, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        ck_assert_ptr_null(err);
        ck_assert_str_eq(bakery_credentials_access_key_id(keys), ways[_i].id);
        ck_sent(&one.cloud, ways[_i].sent);
}
END_TEST

/* How long: the strictest age of MFA that the configuration asks for, or twelve hours. */
static const struct {
        const char *config, *duration;
} ages[] = {
        { NULL, "43200" },
        { CLOUD_CONFIG "Defaults: { RequireMfa: true, MfaMaxAge: 3600 }\n", "3600" },
};

START_TEST(one_code_serves_until_the_session_ends)
{
        AUTO_CLEAR(one) one = { .folder = NULL };
        AUTO_PTR(bakery_config) config = ages[_i].config ? config_of(ages[_i].config) : NULL;
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_credentials) again = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        begin(&one, IDENTITY(USER_ARN), false);
        one.request.show_mfa = 1;
        one.request.config = config;
        ck_assert_msg(bakery_session_resolve(one.cloud.client, &one.request, &keys, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        const char *form = cloud_form(&one.cloud, "GetSessionToken");
        ck_assert_str_eq(cloud_field(&one.cloud, form, "DurationSeconds"), ages[_i].duration);
        ck_assert_str_eq(cloud_field(&one.cloud, form, "SerialNumber"), SERIAL);
        ck_assert_str_eq(cloud_field(&one.cloud, form, "TokenCode"), "123456");
        one.request.mfa_code = NULL;
        ck_assert_int_eq(bakery_session_resolve(one.cloud.client, &one.request, &again, NULL), BAKERY_OK);
        ck_assert_str_eq(bakery_credentials_access_key_id(again), "ASIAMFA");
        ck_assert_uint_eq(cloud_count(&one.cloud, "GetSessionToken"), 1);
}
END_TEST

START_TEST(says_why_there_is_none)
{
        AUTO_CLEAR(one) one = { .folder = NULL };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        begin(&one, IDENTITY(USER_ARN), false);
        one.request.size--;
        ck_assert_int_eq(bakery_session_resolve(one.cloud.client, &one.request, &keys, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "begin with BAKERY_SESSION_INIT");
        one.request.size++;
        one.request.show_mfa = 1;
        one.request.mfa_code = NULL;
        ck_assert_int_eq(bakery_session_resolve(one.cloud.client, &one.request, &keys, &err), BAKERY_ERR_CREDENTIALS);
        one.cloud.wire.environment[1] = NULL;
        ck_assert_int_eq(bakery_session_resolve(one.cloud.client, &one.request, &keys, &err), BAKERY_ERR_CREDENTIALS);
        ck_says(err, "AWS_SECRET_ACCESS_KEY");
        ck_assert_ptr_null(keys);
        ck_assert_uint_eq(cloud_count(&one.cloud, "GetSessionToken"), 0);
}
END_TEST

Suite *session_suite(void)
{
        Suite *suite = suite_create("session");
        TCase *tcase = tcase_create("sessions");

        tcase_add_loop_test(tcase, keys_or_a_session_of_them, 0, (int)N_ELEMENTS(ways));
        tcase_add_loop_test(tcase, one_code_serves_until_the_session_ends, 0, (int)N_ELEMENTS(ages));
        tcase_add_test(tcase, says_why_there_is_none);
        suite_add_tcase(suite, tcase);
        return suite;
}
