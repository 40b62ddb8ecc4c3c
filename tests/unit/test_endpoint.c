#include "aws/endpoint.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

Suite *endpoint_suite(void);

#define FIPS .fips = true
#define DUAL .dual_stack = true

/* What the published cases of sts, iam, cloudformation and s3 do not ask; the answers are botocore 1.44.5's. */
static const struct {
        struct endpoint_query query;
        const char *url, *region, *signing_name;
} answers[] = {
        { { .service = "organizations", .region = "eu-central-1" },
          "https://organizations.us-east-1.amazonaws.com",
          "us-east-1",
          "organizations" },
        { { .service = "organizations", .region = "cn-north-1" },
          "https://organizations.cn-northwest-1.amazonaws.com.cn",
          "cn-northwest-1",
          "organizations" },
        { { .service = "organizations", .region = "us-gov-east-1", FIPS, DUAL },
          "https://organizations.us-gov-west-1.api.aws",
          "us-gov-west-1",
          "organizations" },
        { { .service = "organizations", .region = "us-isob-west-1", FIPS },
          "https://organizations-fips.us-isob-east-1.sc2s.sgov.gov",
          "us-isob-east-1",
          "organizations" },
        { { .service = "events", .region = "us-gov-west-1", FIPS, DUAL },
          "https://events.us-gov-west-1.api.aws",
          "us-gov-west-1",
          "events" },
        { { .service = "logs", .region = "us-gov-west-1", FIPS, DUAL },
          "https://logs-fips.us-gov-west-1.api.aws",
          "us-gov-west-1",
          "logs" },
        { { .service = "logs", .region = "us-gov-west-1", FIPS },
          "https://logs.us-gov-west-1.amazonaws.com",
          "us-gov-west-1",
          "logs" },
        { { .service = "lambda", .region = "us-gov-west-1", FIPS },
          "https://lambda-fips.us-gov-west-1.amazonaws.com",
          "us-gov-west-1",
          "lambda" },
        { { .service = "ssm", .region = "eusc-de-east-1", DUAL },
          "https://ssm.eusc-de-east-1.api.amazonwebservices.eu",
          "eusc-de-east-1",
          "ssm" },
        { { .service = "sns", .region = "ap-east-1" }, "https://sns.ap-east-1.amazonaws.com", "ap-east-1", "sns" },
        { { .service = "ses", .region = "eu-west-1" }, "https://email.eu-west-1.amazonaws.com", "eu-west-1", "ses" },
        { { .service = "sso", .region = "us-east-1", FIPS },
          "https://portal.sso-fips.us-east-1.amazonaws.com",
          "us-east-1",
          "awsssoportal" },
        { { .service = "sso-oidc", .region = "cn-north-1" },
          "https://oidc.cn-north-1.amazonaws.com.cn",
          "cn-north-1",
          "sso-oauth" },
        { { .service = "signin", .region = "eu-west-1" },
          "https://eu-west-1.signin.aws.amazon.com",
          "eu-west-1",
          "signin" },
        { { .service = "signin", .region = "cn-north-1" },
          "https://cn-north-1.signin.amazonaws.cn",
          "cn-north-1",
          "signin" },
        { { .service = "signin", .region = "us-gov-east-1" },
          "https://us-gov-east-1.signin.amazonaws-us-gov.com",
          "us-gov-east-1",
          "signin" },
        { { .service = "signin", .region = "us-gov-west-1", FIPS },
          "https://signin-fips.amazonaws-us-gov.com",
          "us-gov-west-1",
          "signin" },
        { { .service = "signin", .region = "us-gov-east-1", FIPS },
          "https://us-gov-east-1.signin-fips.amazonaws-us-gov.com",
          "us-gov-east-1",
          "signin" },
        { { .service = "signin", .region = "us-gov-west-1", FIPS, DUAL },
          "https://signin-fips.us-gov-west-1.api.aws",
          "us-gov-west-1",
          "signin" },
        { { .service = "signin", .region = "us-east-2", FIPS },
          "https://signin-fips.us-east-2.amazonaws.com",
          "us-east-2",
          "signin" },
        { { .service = "signin", .region = "us-east-2", DUAL },
          "https://signin.us-east-2.api.aws",
          "us-east-2",
          "signin" },
        { { .service = "signin", .region = "eusc-de-east-1" },
          "https://eusc-de-east-1.signin.amazonaws-eusc.eu",
          "eusc-de-east-1",
          "signin" },
        { { .service = "signin", .region = "us-iso-east-1" },
          "https://us-iso-east-1.signin.c2shome.ic.gov",
          "us-iso-east-1",
          "signin" },
        { { .service = "signin", .region = "us-isob-east-1" },
          "https://us-isob-east-1.signin.sc2shome.sgov.gov",
          "us-isob-east-1",
          "signin" },
        { { .service = "signin", .region = "eu-isoe-west-1" },
          "https://eu-isoe-west-1.signin.csphome.adc-e.uk",
          "eu-isoe-west-1",
          "signin" },
        { { .service = "signin", .region = "us-isof-south-1" },
          "https://us-isof-south-1.signin.csphome.hci.ic.gov",
          "us-isof-south-1",
          "signin" },
        { { .service = "iam", .region = "us-iso-west-1", DUAL }, "https://iam.api.aws.ic.gov", "us-iso-east-1", "iam" },
        { { .service = "iam", .region = "eu-isoe-west-1", FIPS, DUAL },
          "https://iam-fips.api.cloud-aws.adc-e.uk",
          "eu-isoe-west-1",
          "iam" },
        /* A region that is newer than we are. */
        { { .service = "sts", .region = "xx-newland-1" },
          "https://sts.xx-newland-1.amazonaws.com",
          "xx-newland-1",
          "sts" },
        { { .service = "sts", .region = "cn-newland-1" },
          "https://sts.cn-newland-1.amazonaws.com.cn",
          "cn-newland-1",
          "sts" },
        /* Pseudo-regions stand for the partition's global region where there is no global endpoint. */
        { { .service = "cloudformation", .region = "aws-global" },
          "https://cloudformation.us-east-1.amazonaws.com",
          "us-east-1",
          "cloudformation" },
        { { .service = "sts", .region = "aws-cn-global" },
          "https://sts.cn-northwest-1.amazonaws.com.cn",
          "cn-northwest-1",
          "sts" },
        { { .service = "sts", .region = "us-gov-west-1", .global = true },
          "https://sts.us-gov-west-1.amazonaws.com",
          "us-gov-west-1",
          "sts" },
        /* URLs. */
        { { .service = "sts", .region = "eu-west-1", .url = "http://localhost:4566/" },
          "http://localhost:4566",
          "eu-west-1",
          "sts" },
        { { .service = "iam", .region = "eu-west-1", .url = "http://localhost:4566" },
          "http://localhost:4566",
          "us-east-1",
          "iam" },
        { { .service = "sts", .region = NULL, .url = "https://h/base//" }, "https://h/base", "us-east-1", "sts" },
        { { .service = "s3", .region = "eu-west-1", .url = "http://localhost:4566/x", .bucket = "b-1" },
          "http://b-1.localhost:4566/x",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .url = "http://[::1]:4566", .bucket = "b-1" },
          "http://[::1]:4566/b-1",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .bucket = "192.168.0.1" },
          "https://s3.eu-west-1.amazonaws.com/192.168.0.1",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .bucket = "abc" },
          "https://abc.s3.eu-west-1.amazonaws.com",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .bucket = "ab" },
          "https://s3.eu-west-1.amazonaws.com/ab",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .bucket = "abC" },
          "https://s3.eu-west-1.amazonaws.com/abC",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .bucket = "a.b" },
          "https://s3.eu-west-1.amazonaws.com/a.b",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .url = "http://h", .bucket = "a.b" },
          "http://a.b.h",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .url = "http://h", .bucket = "a..b" },
          "http://h/a..b",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .url = "http://h", .bucket = "1.2.3.4" },
          "http://h/1.2.3.4",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .bucket = "abc", .path_style = true },
          "https://s3.eu-west-1.amazonaws.com/abc",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .bucket = "-ab" },
          "https://s3.eu-west-1.amazonaws.com/-ab",
          "eu-west-1",
          "s3" },
        { { .service = "s3", .region = "eu-west-1", .bucket = "a/b" },
          "https://s3.eu-west-1.amazonaws.com/a%2Fb",
          "eu-west-1",
          "s3" },
};

START_TEST(resolves)
{
        AUTO_PTR(bakery_error) err = NULL;
        struct endpoint got;
        char url[2000];

        ck_assert_msg(bakery__endpoint_resolve(&answers[_i].query, &got, &err) == BAKERY_OK, "%s: %s", answers[_i].url,
                      bakery_error_message(err));
        snprintf(url, sizeof url, "%s://%s%s", got.https ? "https" : "http", got.host, got.path);
        ck_assert_str_eq(url, answers[_i].url);
        ck_assert_str_eq(got.region, answers[_i].region);
        ck_assert_str_eq(got.signing_name, answers[_i].signing_name);
}
END_TEST

#define LONG_LABEL "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* 64 */

static const struct {
        struct endpoint_query query;
        bakery_status status;
        const char *says;
} refusals[] = {
        { { .service = "nosuch", .region = "us-east-1" }, BAKERY_ERR_NOT_FOUND, "the service \"nosuch\"" },
        { { .service = NULL, .region = "us-east-1" }, BAKERY_ERR_NOT_FOUND, "the service" },
        { { .service = "sts", .region = NULL }, BAKERY_ERR_ARGUMENT, "no region for sts" },
        { { .service = "sts", .region = "" }, BAKERY_ERR_ARGUMENT, "no region for sts" },
        { { .service = "sts", .region = "us-east-1;x" }, BAKERY_ERR_CONFIG, "\"us-east-1;x\" is no region" },
        { { .service = "sts", .region = "../" }, BAKERY_ERR_CONFIG, "is no region" },
        { { .service = "sts", .region = "us-east-1.evil.example" }, BAKERY_ERR_CONFIG, "is no region" },
        { { .service = "sts", .region = "us-east-1/" }, BAKERY_ERR_CONFIG, "is no region" },
        { { .service = "sts", .region = "a@b" }, BAKERY_ERR_CONFIG, "is no region" },
        { { .service = "sts", .region = "-us" }, BAKERY_ERR_CONFIG, "is no region" },
        { { .service = "sts", .region = "us-" }, BAKERY_ERR_CONFIG, "is no region" },
        { { .service = "sts", .region = " us-east-1" }, BAKERY_ERR_CONFIG, "is no region" },
        { { .service = "sts", .region = "us-east-1\n" }, BAKERY_ERR_CONFIG, "\"us-east-1?\" is no region" },
        { { .service = "sts", .region = LONG_LABEL }, BAKERY_ERR_CONFIG, "is no region" },
        { { .service = "sts", .region = "bad region", .url = "https://h" }, BAKERY_ERR_CONFIG, "is no region" },
        { { .service = "sts", .region = "us-east-1", .url = "https://h", FIPS }, BAKERY_ERR_CONFIG, "FIPS" },
        { { .service = "sts", .region = "us-east-1", .url = "https://h", DUAL }, BAKERY_ERR_CONFIG, "dual-stack" },
        { { .service = "sts", .region = "us-east-1", .url = "h:8000" },
          BAKERY_ERR_CONFIG,
          "the endpoint of sts: no URL" },
        { { .service = "sts", .region = "us-east-1", .url = "https://u:CANARY@h" },
          BAKERY_ERR_CONFIG,
          "a user or a password" },
        { { .service = "sts", .region = "us-east-1", .url = "https://h/?x=CANARY" }, BAKERY_ERR_CONFIG, "has a query" },
        { { .service = "sts",
            .region = "us-east-1",
            .url = "https://" LONG_LABEL "." LONG_LABEL "." LONG_LABEL "." LONG_LABEL "." LONG_LABEL },
          BAKERY_ERR_LIMIT,
          "too long" },
        { { .service = "s3", .region = "cn-north-1", FIPS }, BAKERY_ERR_CONFIG, "no FIPS endpoint" },
        { { .service = "s3", .region = "us-east-1", .bucket = "arn:aws:s3:::b" },
          BAKERY_ERR_ARGUMENT,
          "not by an ARN" },
        { { .service = "s3", .region = "us-east-1", .bucket = "b--use1-az4--x-s3" },
          BAKERY_ERR_ARGUMENT,
          "general purpose" },
        { { .service = "s3", .region = "us-east-1", .bucket = "b--op-s3" }, BAKERY_ERR_ARGUMENT, "general purpose" },
};

START_TEST(refuses)
{
        const char *says = refusals[_i].says;
        AUTO_PTR(bakery_error) err = NULL;
        struct endpoint got = { .host = "untouched" };

        ck_assert_msg(bakery__endpoint_resolve(&refusals[_i].query, &got, &err) == refusals[_i].status, "%s: %s", says,
                      bakery_error_message(err));
        ck_assert_msg(strstr(bakery_error_message(err), says), "'%s' is not in '%s'", says, bakery_error_message(err));
        ck_assert_msg(!strstr(bakery_error_message(err), "CANARY"), "%s", bakery_error_message(err));
        ck_assert_str_eq(got.host, "untouched");
        ck_assert_int_eq(bakery__endpoint_resolve(&refusals[_i].query, &got, NULL), refusals[_i].status);
}
END_TEST

START_TEST(a_label_of_63_bytes_is_a_region)
{
        const struct endpoint_query query = { .service = "sts", .region = &LONG_LABEL[1] };
        struct endpoint got;

        ck_assert_int_eq(bakery__endpoint_resolve(&query, &got, NULL), BAKERY_OK);
        ck_assert_str_eq(got.region, &LONG_LABEL[1]);
}
END_TEST

/* Each byte of it becomes three. */
START_TEST(a_bucket_has_room_or_is_refused)
{
        char bucket[2000];
        struct endpoint_query query = { .service = "s3", .region = "eu-west-1", .bucket = bucket };

        for (size_t len = 1; len < sizeof bucket; len++) {
                struct endpoint got = { .path = "untouched" };

                memset(bucket, '$', len);
                bucket[len] = '\0';
                bakery_status st = bakery__endpoint_resolve(&query, &got, NULL);
                ck_assert_int_eq(st, 3 * len + 1 < ENDPOINT_PATH_BYTES ? BAKERY_OK : BAKERY_ERR_LIMIT);
                ck_assert_uint_eq(strlen(got.path), st ? strlen("untouched") : 3 * len + 1);
        }
}
END_TEST

static const struct {
        const char *url;
        bool http_allowed;
        bakery_status status;
} urls[] = {
        { "https://example.com", false, BAKERY_OK },
        { "http://localhost:4566", false, BAKERY_OK },
        { "http://127.0.0.53", false, BAKERY_OK },
        { "http://[::1]:80/x", false, BAKERY_OK },
        { "http://example.com", false, BAKERY_ERR_CONFIG },
        { "http://example.com", true, BAKERY_OK },
        { "http://localhost.example.com", false, BAKERY_ERR_CONFIG },
        { "http://127.0.0.1.example.com", false, BAKERY_ERR_CONFIG },
        { "http://169.254.169.254", false, BAKERY_ERR_CONFIG },
        { "http://localhost@example.com", true, BAKERY_ERR_CONFIG },
        { "localhost:4566", true, BAKERY_ERR_CONFIG },
};

START_TEST(refuses_http_to_other_machines)
{
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_msg(bakery__endpoint_check_url(urls[_i].url, urls[_i].http_allowed, &err) == urls[_i].status,
                      "%s: %s", urls[_i].url, bakery_error_message(err));
        ck_assert_msg(!strstr(bakery_error_message(err), "example.com"), "%s", bakery_error_message(err));
        ck_assert_int_eq(bakery_error_status(err), urls[_i].status);
}
END_TEST

Suite *endpoint_suite(void)
{
        Suite *suite = suite_create("endpoint");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, resolves, 0, (int)N_ELEMENTS(answers));
        tcase_add_loop_test(tcase, refuses, 0, (int)N_ELEMENTS(refusals));
        tcase_add_test(tcase, a_label_of_63_bytes_is_a_region);
        tcase_add_test(tcase, a_bucket_has_room_or_is_refused);
        tcase_add_loop_test(tcase, refuses_http_to_other_machines, 0, (int)N_ELEMENTS(urls));
        suite_add_tcase(suite, tcase);
        return suite;
}
