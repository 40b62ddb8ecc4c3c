#include "aws/retry.h"

#include <check.h>

#include "base/mem.h"

Suite *retry_suite(void);

/* https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html, and what a service means by a code of
 * its own. */
static const struct {
        const char *service;
        int status;
        const char *code;
        enum retry_kind kind;
} kinds[] = {
        { "sts", 400, "Throttling", RETRY_THROTTLED },
        { "sts", 400, "ThrottlingException", RETRY_THROTTLED },
        { "sts", 400, "ThrottledException", RETRY_THROTTLED },
        { "sts", 400, "RequestThrottled", RETRY_THROTTLED },
        { "sts", 400, "RequestThrottledException", RETRY_THROTTLED },
        { "sts", 400, "TooManyRequestsException", RETRY_THROTTLED },
        { "sts", 400, "RequestLimitExceeded", RETRY_THROTTLED },
        { "sts", 400, "BandwidthLimitExceeded", RETRY_THROTTLED },
        { "sts", 400, "LimitExceededException", RETRY_THROTTLED },
        { "sts", 400, "ProvisionedThroughputExceededException", RETRY_THROTTLED },
        { "sts", 400, "TransactionInProgressException", RETRY_THROTTLED },
        { "sts", 400, "PriorRequestNotComplete", RETRY_THROTTLED },
        { "sts", 400, "EC2ThrottledException", RETRY_THROTTLED },
        { "s3", 503, "SlowDown", RETRY_THROTTLED },
        { "s3", 400, "RequestTimeout", RETRY_TRANSIENT },
        { "sts", 400, "RequestTimeoutException", RETRY_TRANSIENT },
        { "sts", 400, "IDPCommunicationError", RETRY_TRANSIENT },
        { "sts", 403, "RequestTimeTooSkewed", RETRY_CLOCK },
        { "sts", 403, "RequestExpired", RETRY_CLOCK },
        { "sts", 403, "RequestInTheFuture", RETRY_CLOCK },
        { "sts", 403, "SignatureDoesNotMatch", RETRY_MAYBE_CLOCK },
        { "sts", 403, "InvalidSignatureException", RETRY_MAYBE_CLOCK },
        { "sts", 403, "AuthFailure", RETRY_MAYBE_CLOCK },
        { "sts", 403, "AccessDenied", RETRY_MAYBE_CLOCK },

        /* The same words mean a quota there, which no second try raises. */
        { "iam", 409, "LimitExceeded", RETRY_NEVER },
        { "iam", 503, "LimitExceeded", RETRY_NEVER }, /* whatever the status */
        { "iam", 409, "LimitExceededException", RETRY_NEVER },
        { "cloudformation", 400, "LimitExceededException", RETRY_NEVER },
        { "iam", 409, "ConcurrentModification", RETRY_TRANSIENT },
        { "iam", 409, "EntityTemporarilyUnmodifiable", RETRY_TRANSIENT },
        { "s3", 409, "ConditionalRequestConflict", RETRY_TRANSIENT },
        { "s3", 409, "OperationAborted", RETRY_TRANSIENT },
        { "s3", 409, "BucketAlreadyExists", RETRY_NEVER },
        { "sts", 409, "ConcurrentModification", RETRY_NEVER },
        { "sts", 409, "EntityTemporarilyUnmodifiable", RETRY_NEVER },
        { "cloudformation", 400, "Throttling", RETRY_THROTTLED },
        { "iam", 400, "Throttling", RETRY_THROTTLED },

        /* A code that says nothing leaves it to the status. */
        { "sts", 500, "InternalFailure", RETRY_TRANSIENT },
        { "sts", 503, "ServiceUnavailable", RETRY_TRANSIENT },
        { "sts", 500, NULL, RETRY_TRANSIENT },
        { "sts", 502, NULL, RETRY_TRANSIENT },
        { "sts", 503, NULL, RETRY_TRANSIENT },
        { "sts", 504, NULL, RETRY_TRANSIENT },
        { "sts", 429, NULL, RETRY_THROTTLED },
        { "sts", 429, "Anything", RETRY_THROTTLED },
        { "sts", 400, NULL, RETRY_NEVER },
        { "sts", 403, NULL, RETRY_NEVER },
        { "sts", 404, NULL, RETRY_NEVER },
        { "sts", 408, NULL, RETRY_NEVER },
        { "sts", 501, NULL, RETRY_NEVER },
        { "sts", 505, NULL, RETRY_NEVER },
        { "sts", 301, NULL, RETRY_NEVER },
        { "sts", 0, NULL, RETRY_NEVER },

        { "sts", 400, "", RETRY_NEVER },
        { "sts", 400, "throttling", RETRY_NEVER }, /* codes are with case */
        { "sts", 400, "Throttlin", RETRY_NEVER },
        { "sts", 403, "ExpiredToken", RETRY_NEVER },
        { "sts", 400, "ValidationError", RETRY_NEVER },
        { "sts", 400, "MalformedPolicyDocument", RETRY_NEVER },
};

START_TEST(knows_what_an_answer_means)
{
        enum retry_kind kind = bakery__retry_kind(kinds[_i].service, kinds[_i].status, kinds[_i].code);

        ck_assert_msg(kind == kinds[_i].kind, "%s %d %s: %d, not %d", kinds[_i].service, kinds[_i].status,
                      kinds[_i].code ? kinds[_i].code : "-", kind, kinds[_i].kind);
}
END_TEST

static const struct {
        enum retry_kind kind;
        unsigned tried, base_ms, cap_ms, most_ms;
} waits[] = {
        { RETRY_TRANSIENT, 1, 0, 20000, 50 },     { RETRY_TRANSIENT, 2, 0, 20000, 100 },
        { RETRY_TRANSIENT, 3, 0, 20000, 200 },    { RETRY_TRANSIENT, 9, 0, 20000, 12800 },
        { RETRY_TRANSIENT, 10, 0, 20000, 20000 }, { RETRY_TRANSIENT, 4000000000, 0, 20000, 20000 },
        { RETRY_THROTTLED, 1, 0, 20000, 1000 },   { RETRY_THROTTLED, 2, 0, 20000, 2000 },
        { RETRY_THROTTLED, 5, 0, 20000, 16000 },  { RETRY_THROTTLED, 6, 0, 20000, 20000 },
        { RETRY_THROTTLED, 1, 10, 20000, 10 },    { RETRY_TRANSIENT, 2, 10, 20000, 20 },
        { RETRY_THROTTLED, 1, 0, 1, 1 },          { RETRY_TRANSIENT, 60, 0, 4294967295, 4294967295 },
};

/* Full jitter: anything from nothing to the most. */
START_TEST(waits_within_bounds)
{
        static const double randoms[] = { 0, 0.25, 0.5, 0.999, 1 };

        for (size_t i = 0; i < N_ELEMENTS(randoms); i++) {
                unsigned ms = bakery__retry_wait_ms(waits[_i].kind, waits[_i].tried, waits[_i].base_ms,
                                                    waits[_i].cap_ms, randoms[i]);

                ck_assert_msg(ms == (unsigned)(waits[_i].most_ms * randoms[i]), "line %d: %u ms at %g", _i, ms,
                              randoms[i]);
        }
}
END_TEST

START_TEST(ends_when_the_bucket_is_empty)
{
        struct retry_tokens tokens = RETRY_TOKENS_INIT;
        unsigned retries = 0;

        ck_assert_uint_eq(tokens.left, 500);
        while (bakery__retry_take(&tokens, RETRY_TRANSIENT) == 14)
                retries++;
        ck_assert_uint_eq(retries, 35);
        ck_assert_uint_eq(tokens.left, 10);
        ck_assert_uint_eq(bakery__retry_take(&tokens, RETRY_TRANSIENT), 0);
        ck_assert_uint_eq(tokens.left, 10);
        ck_assert_uint_eq(bakery__retry_take(&tokens, RETRY_THROTTLED), 5);
        ck_assert_uint_eq(bakery__retry_take(&tokens, RETRY_THROTTLED), 5);
        ck_assert_uint_eq(bakery__retry_take(&tokens, RETRY_THROTTLED), 0);
}
END_TEST

START_TEST(fills_again_with_successes)
{
        struct retry_tokens tokens = { 0 };

        bakery__retry_give_back(&tokens, 0); /* at first try */
        ck_assert_uint_eq(tokens.left, 1);
        bakery__retry_give_back(&tokens, 14);
        ck_assert_uint_eq(tokens.left, 15);
        tokens.left = 495;
        bakery__retry_give_back(&tokens, 14);
        ck_assert_uint_eq(tokens.left, 500);
        bakery__retry_give_back(&tokens, 0);
        ck_assert_uint_eq(tokens.left, 500);
}
END_TEST

Suite *retry_suite(void)
{
        Suite *suite = suite_create("retry");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, knows_what_an_answer_means, 0, (int)N_ELEMENTS(kinds));
        tcase_add_loop_test(tcase, waits_within_bounds, 0, (int)N_ELEMENTS(waits));
        tcase_add_test(tcase, ends_when_the_bucket_is_empty);
        tcase_add_test(tcase, fills_again_with_successes);
        suite_add_tcase(suite, tcase);
        return suite;
}
