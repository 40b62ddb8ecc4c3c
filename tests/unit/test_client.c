/* The client, and a call on its way: tries, waits, the clock, redirects, cancellation. */
#include "aws/client.h"

#include <bakery/sts.h>

#include <check.h>
#include <pthread.h>
#include <string.h>

#include "base/time.h"
#include "fake_wire.h"

Suite *client_suite(void);

#define IDENTITY                                                                                                   \
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>" \
        "<Arn>arn:aws:iam::111111111111:user/Ann</Arn><UserId>AIDAX</UserId><Account>111111111111</Account>"       \
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
#define REFUSAL(code)                                                                                               \
        "<ErrorResponse><Error><Type>Sender</Type><Code>" code "</Code><Message>no</Message></Error><RequestId>r-1" \
        "</RequestId></ErrorResponse>"
#define OK ANSWER(200, NULL, IDENTITY)

static bakery_status who_am_i(struct fake_wire *wire, bakery_error **err)
{
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        bakery_status st = bakery_sts_get_caller_identity(wire->client, keys, NULL, &identity, err);

        if (!st)
                ck_assert_str_eq(identity.account, "111111111111");
        bakery_identity_clear(&identity);
        return st;
}

static bakery_status assume_with_code(struct fake_wire *wire, bakery_error **err)
{
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_credentials) session = NULL;

        return bakery_sts_get_session_token(wire->client, keys, 900, "arn:aws:iam::111111111111:mfa/Ann", "123456",
                                            &session, err);
}

static bool logged(const struct fake_wire *wire, const char *piece)
{
        return wire->log.at && strstr(wire->log.at, piece);
}

/* The signature is that of an implementation of its own, in Python's standard library. */
START_TEST(sends_a_signed_request)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { OK } };

        fake_client(&wire);
        ck_assert_int_eq(who_am_i(&wire, NULL), BAKERY_OK);
        ck_assert_uint_eq(wire.requests, 1);
        ck_assert_str_eq(wire.last.method, "POST");
        ck_assert_str_eq(wire.last.url, "https://sts.us-east-1.amazonaws.com/");
        ck_assert_str_eq(wire.last.body, "Action=GetCallerIdentity&Version=2011-06-15");
        ck_assert_str_eq(fake_header(&wire, "Content-Type"), "application/x-www-form-urlencoded; charset=utf-8");
        ck_assert_str_eq(fake_header(&wire, "X-Amz-Date"), "20261122T100000Z");
        ck_assert_str_eq(fake_header(&wire, "X-Amz-Security-Token"), TOKEN);
        ck_assert_str_eq(fake_header(&wire, "Authorization"),
                         "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/sts/aws4_request, "
                         "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
                         "Signature=9a08f3f0020a982576f92d9814d67068ab9fd66625952fa5c3faf83c34f2c87e");
        ck_assert_uint_eq(wire.last.header_count, 4);
        ck_assert_uint_eq(wire.last.max_body_bytes, 1 << 20);
        ck_assert_uint_eq(wire.last.connect_timeout_ms, 3100);
        ck_assert_uint_eq(wire.last.total_timeout_ms, 60000);
        ck_assert_uint_eq(wire.last.low_speed_timeout_ms, 30000);
}
END_TEST

/* What each kind of answer does to the number of requests; the wire gives the first answer again and again. */
static const struct {
        const char *name;
        struct fake_answer answer;
        unsigned requests, with_code; /* with_code: of a call that carries an MFA code */
        bakery_status status;
        const char *says, *hints;
} tries[] = {
        { "throttled", ANSWER(400, NULL, REFUSAL("Throttling")), 3, 3, BAKERY_ERR_AWS, "Throttling", "throttled" },
        { "429", ANSWER(429, NULL, "slow down"), 3, 3, BAKERY_ERR_NETWORK, "HTTP 429", "throttled" },
        { "SlowDown", ANSWER(503, NULL, REFUSAL("SlowDown")), 3, 3, BAKERY_ERR_AWS, "SlowDown", "throttled" },
        { "500", ANSWER(500, NULL, ""), 3, 1, BAKERY_ERR_NETWORK, "HTTP 500", NULL },
        { "503", ANSWER(503, NULL, "<html>"), 3, 1, BAKERY_ERR_NETWORK, "HTTP 503", NULL },
        { "501", ANSWER(501, NULL, ""), 1, 1, BAKERY_ERR_NETWORK, "HTTP 501", NULL },
        { "InternalFailure", ANSWER(500, NULL, REFUSAL("InternalFailure")), 3, 1, BAKERY_ERR_AWS, "InternalFailure",
          NULL },
        { "refused", ANSWER(403, NULL, REFUSAL("AccessDenied")), 1, 1, BAKERY_ERR_DENIED, "AccessDenied", NULL },
        { "invalid", ANSWER(400, NULL, REFUSAL("ValidationError")), 1, 1, BAKERY_ERR_AWS, "ValidationError", NULL },
        { "key", ANSWER(403, NULL, REFUSAL("InvalidClientTokenId")), 1, 1, BAKERY_ERR_CREDENTIALS, "InvalidClient",
          NULL },
        { "expired", ANSWER(403, NULL, REFUSAL("ExpiredToken")), 1, 1, BAKERY_ERR_CREDENTIALS, "ExpiredToken",
          "sign in" },
        { "region", ANSWER(403, NULL, REFUSAL("RegionDisabledException")), 1, 1, BAKERY_ERR_AWS,
          "RegionDisabledException", "another region" },
        { "lost", { .fails = BAKERY_ERR_NETWORK }, 3, 1, BAKERY_ERR_NETWORK, "the wire broke", NULL },
        { "not sent",
          { .fails = BAKERY_ERR_NETWORK, .unsent = true },
          3,
          3,
          BAKERY_ERR_NETWORK,
          "sts at sts.us-east-1.amazonaws.com: the wire broke",
          NULL },
        { "too large", { .fails = BAKERY_ERR_LIMIT }, 1, 1, BAKERY_ERR_LIMIT, "the wire broke", NULL },
        { "no libcurl", { .fails = BAKERY_ERR_SYSTEM, .unsent = true }, 1, 1, BAKERY_ERR_SYSTEM, "broke", NULL },
        { "memory", { .fails = BAKERY_ERR_MEMORY }, 1, 1, BAKERY_ERR_MEMORY, "broke", NULL },
        { "407", ANSWER(407, NULL, "<html>"), 1, 1, BAKERY_ERR_NETWORK, "HTTP 407", "proxy" },
        { "413", ANSWER(413, NULL, ""), 1, 1, BAKERY_ERR_NETWORK, "HTTP 413", "proxy" },
        { "414", ANSWER(414, NULL, ""), 1, 1, BAKERY_ERR_NETWORK, "HTTP 414", "proxy" },
        { "304", ANSWER(304, NULL, NULL), 1, 1, BAKERY_ERR_NETWORK, "HTTP 304", NULL },
};

START_TEST(tries_again_where_that_may_help)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { tries[_i].answer } };
        AUTO_PTR(bakery_error) err = NULL;
        const char *name = tries[_i].name;

        fake_client(&wire);
        ck_assert_msg(who_am_i(&wire, &err) == tries[_i].status, "%s: %s", name, bakery_error_message(err));
        ck_assert_msg(wire.requests == tries[_i].requests, "%s: %u requests", name, wire.requests);
        ck_says(err, tries[_i].says);
        if (tries[_i].hints)
                ck_hints(err, tries[_i].hints);
        ck_assert_int_eq(who_am_i(&wire, NULL), tries[_i].status);

        wire.requests = 0;
        ck_assert_msg(assume_with_code(&wire, &err) == tries[_i].status, "%s: %s", name, bakery_error_message(err));
        ck_assert_msg(wire.requests == tries[_i].with_code, "%s: an MFA code sent %u times", name, wire.requests);
}
END_TEST

START_TEST(a_second_try_may_succeed)
{
        static const struct fake_answer firsts[] = { ANSWER(500, NULL, ""),
                                                     ANSWER(400, NULL, REFUSAL("Throttling")),
                                                     { .fails = BAKERY_ERR_NETWORK } };

        for (size_t i = 0; i < N_ELEMENTS(firsts); i++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { firsts[i], firsts[i], OK } };
                AUTO_PTR(bakery_error) err = NULL;

                fake_client(&wire);
                ck_assert_int_eq(who_am_i(&wire, &err), BAKERY_OK);
                ck_assert_ptr_null(err); /* a success clears what the first try left */
                ck_assert_uint_eq(wire.requests, 3);
                ck_assert(logged(&wire, "debug sts GetCallerIdentity: try 1 failed, again in "));
                ck_assert(logged(&wire, "debug sts GetCallerIdentity: try 2 failed, again in "));
        }
}
END_TEST

START_TEST(max_attempts_is_an_option)
{
        for (unsigned most = 1; most <= 5; most++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(500, NULL, "") } };
                bakery_client_options options = fake_options(&wire);

                options.region = "us-east-1";
                options.max_attempts = most;
                fake_client_with(&wire, &options);
                ck_assert_int_eq(who_am_i(&wire, NULL), BAKERY_ERR_NETWORK);
                ck_assert_uint_eq(wire.requests, most);
        }
}
END_TEST

START_TEST(being_told_to_slow_down_has_attempts_of_its_own)
{
        for (unsigned throttled = 0; throttled <= 6; throttled++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(400, NULL, REFUSAL("Throttling")) } };
                AUTO_CLEAR(fake_wire) trouble = { .answers = { ANSWER(500, NULL, "") } };
                bakery_client_options options = fake_options(&wire), others = fake_options(&trouble);

                options.region = others.region = "us-east-1";
                options.max_attempts = others.max_attempts = 2;
                options.throttled_attempts = others.throttled_attempts = throttled;
                fake_client_with(&wire, &options);
                ck_assert_int_eq(who_am_i(&wire, NULL), BAKERY_ERR_AWS);
                ck_assert_uint_eq(wire.requests, throttled ? throttled : 2);
                fake_client_with(&trouble, &others);
                who_am_i(&trouble, NULL);
                ck_assert_uint_eq(trouble.requests, 2);
        }
}
END_TEST

/* 500 tokens, 14 a retry: the 36th retry is not made; a call that succeeds gives one back. */
START_TEST(a_service_in_trouble_is_left_alone)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(500, NULL, "") } };

        fake_client(&wire);
        for (int i = 0; i < 20; i++)
                who_am_i(&wire, NULL);
        ck_assert_uint_eq(wire.requests, 20 + 35);
        wire.answers[0] = (struct fake_answer)OK;
        wire.requests = 0;
        for (int i = 0; i < 4; i++)
                ck_assert_int_eq(who_am_i(&wire, NULL), BAKERY_OK);
        wire.answers[0] = (struct fake_answer)ANSWER(500, NULL, "");
        wire.requests = 0;
        who_am_i(&wire, NULL);
        ck_assert_uint_eq(wire.requests, 2);
}
END_TEST

/* The clock. Ours says 10:00:00. */
static const struct {
        const char *name;
        struct fake_answer first;
        unsigned requests;
        const char *date;    /* X-Amz-Date of the last request */
        const char *warning; /* NULL: none */
} clocks[] = {
        { "an hour slow", ANSWER(403, "Date: Sun, 22 Nov 2026 11:00:00 GMT", REFUSAL("RequestTimeTooSkewed")), 2,
          "20261122T110000Z", "warning the clock is 3600 s slow" },
        { "an hour fast", ANSWER(403, "Date: Sun, 22 Nov 2026 09:00:00 GMT", REFUSAL("SignatureDoesNotMatch")), 2,
          "20261122T090000Z", "warning the clock is 3600 s fast" },
        { "expired", ANSWER(400, "date:Sun, 22 Nov 2026 11:00:00 GMT", REFUSAL("RequestExpired")), 2,
          "20261122T110000Z", "slow" },
        { "in the future", ANSWER(400, "Date: Sun, 22 Nov 2026 09:00:00 GMT", REFUSAL("RequestInTheFuture")), 2,
          "20261122T090000Z", "fast" },
        { "just over", ANSWER(403, "Date: Sun, 22 Nov 2026 10:04:01 GMT", REFUSAL("AccessDenied")), 2,
          "20261122T100401Z", "241 s slow" },
        { "within", ANSWER(403, "Date: Sun, 22 Nov 2026 10:04:00 GMT", REFUSAL("AccessDenied")), 1, "20261122T100000Z",
          NULL },
        { "within, fast", ANSWER(403, "Date: Sun, 22 Nov 2026 09:56:00 GMT", REFUSAL("InvalidSignatureException")), 1,
          "20261122T100000Z", NULL },
        { "equal, wrong secret", ANSWER(403, "Date: Sun, 22 Nov 2026 10:00:00 GMT", REFUSAL("SignatureDoesNotMatch")),
          1, "20261122T100000Z", NULL },
        { "equal, and yet too skewed",
          ANSWER(403, "Date: Sun, 22 Nov 2026 10:00:00 GMT", REFUSAL("RequestTimeTooSkewed")), 1, "20261122T100000Z",
          NULL },
        { "small, and too skewed", ANSWER(403, "Date: Sun, 22 Nov 2026 10:00:05 GMT", REFUSAL("RequestTimeTooSkewed")),
          2, "20261122T100005Z", "5 s slow" },
        { "no Date", ANSWER(403, NULL, REFUSAL("RequestTimeTooSkewed")), 1, "20261122T100000Z", NULL },
        { "a bad Date", ANSWER(403, "Date: soon", REFUSAL("RequestTimeTooSkewed")), 1, "20261122T100000Z", NULL },
        { "another refusal", ANSWER(400, "Date: Sun, 22 Nov 2026 11:00:00 GMT", REFUSAL("ValidationError")), 1,
          "20261122T100000Z", NULL },
        { "HTML from in between", ANSWER(403, "Date: Sun, 22 Nov 2026 11:00:00 GMT", "<html><body>no</body></html>"), 1,
          "20261122T100000Z", NULL },
};

START_TEST(the_clock_is_corrected_once)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { clocks[_i].first, OK, ANSWER(500, NULL, "") } };
        AUTO_PTR(bakery_error) err = NULL;
        bool corrected = clocks[_i].requests == 2;

        fake_client(&wire);
        ck_assert_msg((who_am_i(&wire, &err) == BAKERY_OK) == corrected, "%s: %s", clocks[_i].name,
                      bakery_error_message(err));
        ck_assert_msg(wire.requests == clocks[_i].requests, "%s: %u requests", clocks[_i].name, wire.requests);
        ck_assert_msg(strcmp(fake_header(&wire, "X-Amz-Date"), clocks[_i].date) == 0, "%s: %s", clocks[_i].name,
                      fake_header(&wire, "X-Amz-Date"));
        if (clocks[_i].warning)
                ck_assert_msg(logged(&wire, clocks[_i].warning), "%s: %s", clocks[_i].name, wire.log.at);
        else
                ck_assert_msg(!logged(&wire, "warning"), "%s: %s", clocks[_i].name, wire.log.at);
}
END_TEST

START_TEST(a_clock_that_stays_off_is_an_error)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(403, "Date: Sun, 22 Nov 2026 11:00:00 GMT", REFUSAL("RequestTimeTooSkewed")),
                              ANSWER(403, "Date: Sun, 22 Nov 2026 14:00:00 GMT", REFUSAL("RequestTimeTooSkewed")) } };
        AUTO_PTR(bakery_error) err = NULL;

        fake_client(&wire);
        ck_assert_int_eq(who_am_i(&wire, &err), BAKERY_ERR_AWS);
        ck_assert_uint_eq(wire.requests, 2);
        ck_assert_str_eq(bakery_error_aws_code(err), "RequestTimeTooSkewed");
        ck_hints(err, "system clock");
}
END_TEST

START_TEST(a_corrected_clock_is_kept)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(403, "Date: Sun, 22 Nov 2026 11:00:00 GMT", REFUSAL("RequestTimeTooSkewed")),
                              OK } };

        fake_client(&wire);
        who_am_i(&wire, NULL);
        ck_assert_int_eq(bakery__client_now_s(wire.client), FAKE_NOW_S + 3600);
        wire.now_s = FAKE_NOW_S + 10;
        who_am_i(&wire, NULL);
        ck_assert_uint_eq(wire.requests, 3);
        ck_assert_str_eq(fake_header(&wire, "X-Amz-Date"), "20261122T110010Z");
}
END_TEST

/*
 * A wrong MFA code is an AccessDenied too: by then the signature was good, so the clock is no reason to send the code
 * a second time. A signature that was refused has not used it up.
 */
START_TEST(the_clock_and_an_mfa_code)
{
        static const struct {
                const char *body;
                unsigned requests;
        } cases[] = { { REFUSAL("AccessDenied"), 1 },
                      { REFUSAL("SignatureDoesNotMatch"), 2 },
                      { REFUSAL("RequestTimeTooSkewed"), 2 } };

        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                AUTO_CLEAR(fake_wire)
                wire = { .answers = { ANSWER(403, "Date: Sun, 22 Nov 2026 10:04:30 GMT", cases[i].body) } };

                fake_client(&wire);
                assume_with_code(&wire, NULL);
                ck_assert_msg(wire.requests == cases[i].requests, "%s: %u", cases[i].body, wire.requests);
        }
}
END_TEST

/* A signature is for one host: where a redirect points is told, and left alone. */
static const struct {
        struct fake_answer answer;
        const char *says, *hints, *code;
} redirects[] = {
        { ANSWER(301, "Location: https://evil.example/x\nx-amzn-requestid: r-9", NULL), "https://evil.example/x", NULL,
          NULL },
        { ANSWER(302, "Location: http://evil.example/\x1b[2J", NULL), "http://evil.example/?[2J", NULL, NULL },
        { ANSWER(307, "location: https://evil.example/", REFUSAL("TemporaryRedirect")), "(HTTP 307)", NULL,
          "TemporaryRedirect" },
        { ANSWER(308, NULL, NULL), "redirects (HTTP 308)", NULL, NULL },
        { ANSWER(301, "x-amz-bucket-region: eu-west-3",
                 "<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>"),
          "redirects (HTTP 301)", "the bucket is in eu-west-3", "PermanentRedirect" },
};

START_TEST(a_redirect_is_not_followed)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { redirects[_i].answer, OK } };
        AUTO_PTR(bakery_error) err = NULL;

        fake_client(&wire);
        ck_assert_int_eq(who_am_i(&wire, &err), BAKERY_ERR_NETWORK);
        ck_assert_uint_eq(wire.requests, 1);
        ck_says(err, redirects[_i].says);
        ck_says(err, "which is not followed");
        ck_assert_int_eq(bakery_error_http_status(err), redirects[_i].answer.status);
        ck_assert_str_eq(bakery_error_aws_service(err), "sts");
        if (redirects[_i].hints)
                ck_hints(err, redirects[_i].hints);
        if (redirects[_i].code)
                ck_assert_str_eq(bakery_error_aws_code(err), redirects[_i].code);
}
END_TEST

START_TEST(cancelled_before_and_during_a_request)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { { .status = 200, .body = IDENTITY, .cancels = true } } };
        AUTO_PTR(bakery_error) err = NULL;

        fake_client(&wire);
        ck_assert_int_eq(who_am_i(&wire, &err), BAKERY_ERR_CANCELLED);
        ck_assert_str_eq(bakery_error_message(err), "cancelled");
        ck_assert_uint_eq(wire.requests, 1);
        ck_assert_int_eq(who_am_i(&wire, &err), BAKERY_ERR_CANCELLED); /* what it will be asked to do, too */
        ck_assert_uint_eq(wire.requests, 1);
}
END_TEST

static void *cancel_soon(void *context)
{
        struct fake_wire *wire = context;

        bakery__time_wait(30, NULL, NULL);
        bakery_client_cancel(wire->client);
        return NULL;
}

START_TEST(cancelled_during_a_wait)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(500, NULL, "") } };
        AUTO_PTR(bakery_error) err = NULL;
        bakery_client_options options = fake_options(&wire);
        pthread_t thread;

        options.region = "us-east-1";
        options.retry_base_ms = options.retry_cap_ms = 4000000000;
        fake_client_with(&wire, &options);
        ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, &wire), 0);
        ck_assert_int_eq(who_am_i(&wire, &err), BAKERY_ERR_CANCELLED);
        ck_assert_str_eq(bakery_error_message(err), "cancelled");
        ck_assert_uint_eq(wire.requests, 1);
        pthread_join(thread, NULL);
}
END_TEST

START_TEST(refuses_options_that_are_none)
{
        bakery_client_options options = BAKERY_CLIENT_OPTIONS_INIT;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_client *client = NULL;

        options.size = 0;
        ck_assert_int_eq(bakery_client_new(&options, &client, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "BAKERY_CLIENT_OPTIONS_INIT");
        options.size = sizeof options;
        options.endpoint_url = "http://user:CANARY@example.com/";
        ck_assert_int_ne(bakery_client_new(&options, &client, &err), BAKERY_OK);
        ck_says(err, "the endpoint: ");
        ck_assert_ptr_null(client);

        options.endpoint_url = NULL;
        ck_assert_int_eq(bakery_client_new(&options, &client, &err), BAKERY_OK);
        ck_assert_ptr_null(err);
        bakery_client_free(client);
        client = NULL;
        ck_assert_int_eq(bakery_client_new(NULL, &client, NULL), BAKERY_OK);
        bakery_client_free(client);
        bakery_client_free(NULL);
}
END_TEST

START_TEST(the_environment_is_the_callers)
{
        AUTO_CLEAR(fake_wire)
        wire = { .environment = { "AWS_REGION= \t", "AWS_DEFAULT_REGION=eu-west-1", "ON=TRUE", "OFF=1", "EMPTY=" } };
        bakery_client_options options = fake_options(&wire);

        setenv("AWS_REGION", "xx-process-1", 1);
        fake_client_with(&wire, &options);
        unsetenv("AWS_REGION");
        ck_assert_str_eq(bakery__client_region(wire.client), "eu-west-1"); /* blank is unset */
        ck_assert_ptr_null(bakery__client_getenv(wire.client, "EMPTY"));
        ck_assert_ptr_null(bakery__client_getenv(wire.client, "NOT_THERE"));
        ck_assert(bakery__client_env_is_true(wire.client, "ON"));
        ck_assert(!bakery__client_env_is_true(wire.client, "OFF"));
        ck_assert(!bakery__client_env_is_true(wire.client, "EMPTY"));
}
END_TEST

/* Texts of the options are copied; lines of the log are fit for a terminal. */
START_TEST(keeps_copies_and_logs_harmless_lines)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { OK } };
        bakery_client_options options = fake_options(&wire);
        char region[] = "eu-west-2";

        options.region = region;
        fake_client_with(&wire, &options);
        memset(region, 'x', sizeof region - 1);
        ck_assert_str_eq(bakery__client_region(wire.client), "eu-west-2");
        bakery__client_log(wire.client, BAKERY_LOG_INFO, "a%sb", "\x1b[2J\n");
        ck_assert_str_eq(wire.log.at, "info a?[2J?b\n");
}
END_TEST

START_TEST(random_numbers_are_spread)
{
        AUTO_CLEAR(fake_wire) wire = { .now_s = 1 };
        unsigned tenths[10] = { 0 };

        fake_client(&wire);
        for (int i = 0; i < 10000; i++) {
                double random = bakery__client_random(wire.client);

                if (random < 0 || random >= 1)
                        ck_abort_msg("%g", random);
                tenths[(int)(random * 10)]++;
        }
        for (int i = 0; i < 10; i++)
                ck_assert_msg(tenths[i] > 800 && tenths[i] < 1200, "%u of 10,000 in tenth %d", tenths[i], i);
}
END_TEST

Suite *client_suite(void)
{
        Suite *suite = suite_create("client");
        TCase *call = tcase_create("call"), *client = tcase_create("client");

        tcase_add_test(call, sends_a_signed_request);
        tcase_add_loop_test(call, tries_again_where_that_may_help, 0, (int)N_ELEMENTS(tries));
        tcase_add_test(call, a_second_try_may_succeed);
        tcase_add_test(call, max_attempts_is_an_option);
        tcase_add_test(call, being_told_to_slow_down_has_attempts_of_its_own);
        tcase_add_test(call, a_service_in_trouble_is_left_alone);
        tcase_add_loop_test(call, the_clock_is_corrected_once, 0, (int)N_ELEMENTS(clocks));
        tcase_add_test(call, a_clock_that_stays_off_is_an_error);
        tcase_add_test(call, a_corrected_clock_is_kept);
        tcase_add_test(call, the_clock_and_an_mfa_code);
        tcase_add_loop_test(call, a_redirect_is_not_followed, 0, (int)N_ELEMENTS(redirects));
        tcase_add_test(call, cancelled_before_and_during_a_request);
        tcase_add_test(call, cancelled_during_a_wait);
        tcase_add_test(client, refuses_options_that_are_none);
        tcase_add_test(client, the_environment_is_the_callers);
        tcase_add_test(client, keeps_copies_and_logs_harmless_lines);
        tcase_add_test(client, random_numbers_are_spread);
        suite_add_tcase(suite, call);
        suite_add_tcase(suite, client);
        return suite;
}
