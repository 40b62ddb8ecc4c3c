#include "formats/arn.h"

#include <check.h>
#include <string.h>

Suite *arn_suite(void);

static const struct {
        const char *text;
        const char *partition, *service, *region, *account, *resource, *name;
        const char *refusal; /* a piece of the sentence; NULL: accepted */
} cases[] = {
        { "arn:aws:iam::222222222222:role/NonProd-NonProd-Admin", "aws", "iam", "", "222222222222",
          "role/NonProd-NonProd-Admin", "NonProd-NonProd-Admin", NULL },
        { "arn:aws:iam::222222222222:role/team/deep/Admin", "aws", "iam", "", "222222222222", "role/team/deep/Admin",
          "Admin", NULL },
        { "arn:aws:iam::aws:policy/ReadOnlyAccess", "aws", "iam", "", "aws", "policy/ReadOnlyAccess", "ReadOnlyAccess",
          NULL },
        { "arn:aws-cn:s3:::bucket", "aws-cn", "s3", "", "", "bucket", "bucket", NULL },
        { "arn:aws:sns:eu-west-1:111111111111:topic:sub", "aws", "sns", "eu-west-1", "111111111111", "topic:sub",
          "topic:sub", NULL },
        { "arn:aws:s3:::bucket/", "aws", "s3", "", "", "bucket/", "", NULL },
        { "arn:${Partition}:iam::${AccountId}:policy/Own", "${Partition}", "iam", "", "${AccountId}", "policy/Own",
          "Own", NULL },
        { .text = "", .refusal = "begin with" },
        { .text = "arnx", .refusal = "begin with" },
        { .text = "arn", .refusal = "begin with" },
        { .text = " arn:aws:s3:::b", .refusal = "begin with" },
        { .text = "ARN:aws:s3:::b", .refusal = "begin with" },
        { .text = "arn:", .refusal = "its partition is empty" },
        { .text = "arn::iam::222222222222:role/A", .refusal = "its partition is empty" },
        { .text = "arn:aws:::222222222222:role/A", .refusal = "its service is empty" },
        { .text = "arn:aws:iam::222222222222:", .refusal = "its resource is empty" },
        { .text = "arn:aws:iam::222222222222", .refusal = "its resource is empty" },
        { .text = "arn:aws:iam", .refusal = "its resource is empty" },
        { .text = "arn:aws:\x1b[2J", .refusal = "?[2J" },
};

static void ck_span(const char *text, const char *what, struct span got, const char *want)
{
        ck_assert_msg(bakery__span_is(got, want), "%s: %s is '%.*s', not '%s'", text, what, (int)got.len, got.at, want);
}

START_TEST(parses_or_says_why_not)
{
        const char *text = cases[_i].text;
        AUTO_PTR(bakery_error) err = NULL;
        struct arn arn = { 0 };
        bakery_status st = bakery__arn_parse(text, &arn, &err);

        if (cases[_i].refusal) {
                ck_assert_msg(st == BAKERY_ERR_FORMAT, "%s: accepted", text);
                ck_assert_msg(strstr(bakery_error_message(err), cases[_i].refusal), "%s: says '%s'", text,
                              bakery_error_message(err));
                ck_assert_msg(!arn.partition.at, "%s: output touched on failure", text);
                ck_assert_msg(bakery__arn_parse(text, &arn, NULL) == st, "%s: differs without an error object", text);
                return;
        }
        ck_assert_msg(st == BAKERY_OK, "%s: %s", text, bakery_error_message(err));
        ck_span(text, "partition", arn.partition, cases[_i].partition);
        ck_span(text, "service", arn.service, cases[_i].service);
        ck_span(text, "region", arn.region, cases[_i].region);
        ck_span(text, "account", arn.account, cases[_i].account);
        ck_span(text, "resource", arn.resource, cases[_i].resource);
        ck_span(text, "name", bakery__arn_name(&arn), cases[_i].name);
}
END_TEST

Suite *arn_suite(void)
{
        Suite *suite = suite_create("arn");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, parses_or_says_why_not, 0, (int)N_ELEMENTS(cases));
        suite_add_tcase(suite, tcase);
        return suite;
}
