/* IAM's credential report. */
#include "aws/iam_report.h"

#include <check.h>
#include <string.h>

#include "fake_wire.h"
#include "formats/base64.h"

Suite *iam_report_suite(void);

#define STATE(state)                                                                      \
        "<GenerateCredentialReportResponse><GenerateCredentialReportResult><State>" state \
        "</State></GenerateCredentialReportResult></GenerateCredentialReportResponse>"
#define HEADER                                                                                      \
        "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"    \
        "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"          \
        "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," \
        "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,cert_1_active\n"
#define ROOT                                                                                     \
        "<root_account>,arn:aws:iam::111111111111:root,2026-11-22T10:00:00+00:00,not_supported," \
        "2026-11-22T10:00:01+00:00,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,false\n"
#define ANN                                                                                         \
        "ann,arn:ann,2026-11-22T10:00:00Z,true,no_information,2026-11-22T10:00:02Z,N/A,false,true," \
        "2026-11-22T10:00:03Z,2026-11-22T10:00:04Z,eu-west-1,sts,true,2026-11-22T10:00:05Z,N/A,false\n"
#define ROOT_LINE "<root_account> arn:aws:iam::111111111111:root 1795341600 0 1795341601 0 1; 0 0 0; 0 0 0;\n"
#define ANN_LINE "ann arn:ann 1795341600 1 0 1795341602 0; 1 1795341603 1795341604; 1 1795341605 0;\n"

static bakery_status describe(const struct iam_report_line *line, void *context, bakery_error **err)
{
        (void)err;
        bakery__buf_format(context, "%s %s %lld %d %lld %lld %d;", line->user, line->arn, (long long)line->created_s,
                           line->password_enabled, (long long)line->password_last_used_s,
                           (long long)line->password_last_changed_s, line->mfa_active);
        for (size_t i = 0; i < IAM_REPORT_KEYS; i++)
                bakery__buf_format(context, " %d %lld %lld;", line->keys[i].active,
                                   (long long)line->keys[i].last_rotated_s, (long long)line->keys[i].last_used_s);
        bakery__buf_char(context, '\n');
        return BAKERY_OK;
}

/* The answer with that report in it. */
static void write_report(struct buf *into, const char *csv)
{
        bakery__buf_text(into, "<GetCredentialReportResponse><GetCredentialReportResult><Content>");
        bakery__base64_encode(into, bakery__span(csv));
        bakery__buf_text(into, "</Content><GeneratedTime>2026-11-22T10:00:09Z</GeneratedTime>"
                               "</GetCredentialReportResult></GetCredentialReportResponse>");
}

static const struct {
        const char *csv, *said;
        const char *says; /* NULL: no error */
} reports[] = {
        { HEADER ROOT ANN, ROOT_LINE ANN_LINE, NULL },
        { HEADER, "", NULL },
        { "x," HEADER "y," ANN, ANN_LINE, NULL },
        { "access_key_2_last_used_date,access_key_2_last_rotated,access_key_2_active,access_key_1_last_used_date,"
          "access_key_1_last_rotated,access_key_1_active,mfa_active,password_last_changed,password_last_used,"
          "password_enabled,user_creation_time,arn,user\r\nN/A,2026-11-22T10:00:05Z,TRUE,2026-11-22T10:00:04Z,"
          "2026-11-22T10:00:03Z,true,false,2026-11-22T10:00:02Z,N/A,true,2026-11-22T10:00:00Z,arn:ann,ann\r\n",
          ANN_LINE, NULL },
        { HEADER "\"a,\"\"b\"\"\",\"arn:q\",,false,,,,false,false,,,,,false,,,false",
          "a,\"b\" arn:q 0 0 0 0 0; 0 0 0; 0 0 0;\n", NULL },
        { "", "", "it lacks user" },
        { "\n", "", "it lacks user" },
        { "user,arn\nann,a\n", "", "it lacks user_creation_time" },
        { HEADER "ann,arn:ann\n", "", "it lacks user_creation_time" },
};

START_TEST(reads_reports)
{
        AUTO_CLEAR(buf) body = { .max = 1 << 16 };
        AUTO_CLEAR(buf) said = { .max = 1 << 16 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        int64_t made_s = 0;

        write_report(&body, reports[_i].csv);
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, STATE("COMPLETE")), { .status = 200, .body = body.at } } };
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        bakery_status st = bakery__iam_credential_report(&aws, describe, &said, &made_s, &err);
        ck_assert_msg((st == BAKERY_OK) == !reports[_i].says, "%s", bakery_error_message(err));
        ck_assert_str_eq(said.at ? said.at : "", reports[_i].said);
        ck_assert_int_eq(made_s, st ? 0 : FAKE_NOW_S + 9);
        ck_assert_str_eq(wire.last.body, "Action=GetCredentialReport&Version=2010-05-08");
        ck_assert_uint_eq(wire.last.max_body_bytes, 8 << 20);
        if (st)
                ck_says(err, reports[_i].says);
}
END_TEST

START_TEST(waits_for_the_report)
{
        AUTO_CLEAR(buf) body = { .max = 1 << 16 };
        AUTO_CLEAR(buf) said = { .max = 1 << 16 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();

        write_report(&body, HEADER ANN);
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, STATE("STARTED")),
                              ANSWER(200, NULL, STATE("INPROGRESS")),
                              ANSWER(200, NULL, STATE("COMPLETE")),
                              { .status = 200, .body = body.at } } };
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        ck_assert_int_eq(bakery__iam_credential_report(&aws, describe, &said, NULL, NULL), BAKERY_OK);
        ck_assert_uint_eq(wire.requests, 4);
        ck_assert_str_eq(said.at, ANN_LINE);
}
END_TEST

START_TEST(does_not_wait_for_ever)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, STATE("INPROGRESS")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };

        ck_assert_int_eq(bakery__iam_credential_report(&aws, describe, NULL, NULL, &err), BAKERY_ERR_NETWORK);
        ck_says(err, "iam makes no credential report: asked 60 times");
        ck_assert_uint_eq(wire.requests, 60);
        ck_assert_str_eq(wire.last.body, "Action=GenerateCredentialReport&Version=2010-05-08");
}
END_TEST

START_TEST(a_report_that_is_no_base64_is_none)
{
        static const struct {
                struct fake_answer answers[2];
                bakery_status status;
                const char *says;
        } cases[] = {
                { { ANSWER(200, NULL, STATE("COMPLETE")),
                    ANSWER(200, NULL,
                           "<GetCredentialReportResponse><GetCredentialReportResult><Content>?</Content>"
                           "</GetCredentialReportResult></GetCredentialReportResponse>") },
                  BAKERY_ERR_NETWORK,
                  "it lacks a Content in Base64" },
                { { ANSWER(200, NULL, STATE("COMPLETE")), ANSWER(200, NULL, "<GetCredentialReportResponse/>") },
                  BAKERY_ERR_NETWORK,
                  "it lacks a Content in Base64" },
                { { ANSWER(403, NULL, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>") },
                  BAKERY_ERR_DENIED,
                  "iam GenerateCredentialReport: AccessDenied" },
                { { ANSWER(200, NULL, STATE("COMPLETE")),
                    ANSWER(410, NULL, "<ErrorResponse><Error><Code>ReportExpired</Code></Error></ErrorResponse>") },
                  BAKERY_ERR_AWS,
                  "iam GetCredentialReport: ReportExpired" },
        };

        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { cases[i].answers[0], cases[i].answers[1] } };
                AUTO_PTR(bakery_credentials) keys = fake_keys();
                AUTO_PTR(bakery_error) err = NULL;
                const struct aws_access aws = { fake_client(&wire), keys, NULL };

                ck_assert_int_eq(bakery__iam_credential_report(&aws, describe, NULL, NULL, &err), cases[i].status);
                ck_says(err, cases[i].says);
        }
}
END_TEST

Suite *iam_report_suite(void)
{
        Suite *suite = suite_create("iam_report");
        TCase *tcase = tcase_create("report");

        tcase_add_loop_test(tcase, reads_reports, 0, (int)N_ELEMENTS(reports));
        tcase_add_test(tcase, waits_for_the_report);
        tcase_add_test(tcase, does_not_wait_for_ever);
        tcase_add_test(tcase, a_report_that_is_no_base64_is_none);
        suite_add_tcase(suite, tcase);
        return suite;
}
