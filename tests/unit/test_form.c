#include "model/form.h"

#include <check.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

Suite *form_suite(void);

#define X16 "xxxxxxxxxxxxxxxx"
#define X64 X16 X16 X16 X16
#define X128 X64 X64
#define X512 X128 X128 X128 X128
#define P "arn:aws:iam::111111111111:"

/* For every form what it takes and what it does not. */
static const struct {
        const struct form *form;
        const char *name;
        const char *accepted[20], *refused[30];
} forms[] = {
        { &form_flag,
          "flag",
          { "true", "false", "True", "False", "TRUE", "FALSE" },
          { "", "n", "y", "no", "yes", "maybe", "~", "0", "1", "tRUE", "true ", "on", "off", "disable" } },
        { &form_layout,
          "layout",
          { "Single", "PerEnvironment" },
          { "", "single", "perenvironment", "PerEnvironments", "Single " } },
        { &form_mfa_max_age,
          "mfa_max_age",
          { "900", "43200", "129600" },
          { "", "0", "899", "129601", "-900", "+900", "0900", "900s", "9e2", "1000.0", "0x384", " 900", "4294968196",
            "99999999999999999999", "900\t" } },
        { &form_session_duration,
          "session_duration",
          { "3600", "3601", "43200" },
          { "", "3599", "43201", "3600abc", "0777", "-1", "1e3", "4294967296", "4294970896", "1h", "03600" } },
        { &form_account_id,
          "account_id",
          { "111111111111", "000000000000", "012345670123" },
          { "", "11111111111", "1111111111111", "11111111111a", "11111111111 ", "1111-1111-1111", "0x1111111111",
            "\xd9\xa1\xd9\xa1\xd9\xa1\xd9\xa1\xd9\xa1\xd9\xa1" } },
        { &form_account_ref, "account_ref", { "Prod", "111111111111", X64 }, { "", "a b", X64 "x", "a/b" } },
        { &form_region,
          "region",
          { "us-east-1", "ap-southeast-2", "us-gov-west-1", "eusc-de-east-1", "us-isob-east-1", "eu-central-12" },
          { "", "us-east", "us-east-", "useast1", "us--east-1", "-us-east-1", "us-east-1-", "us-east-1;x",
            "../us-east-1", "US-EAST-1", "us-east-1.evil", "us-east-1 ", "us_east_1", "us-east-1\n", "us-east-one",
            "aaaaaaaaaa-bbbbbbbbbb-cccccccccc-1" } },
        { &form_partition,
          "partition",
          { "aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f" },
          { "", "AWS", "aws-", "aws-moon", "aw", "awss" } },
        { &form_organization_id,
          "organization_id",
          { "o-a1b2c3d4e5", "o-0123456789abcdefghijklmnopqrstuv" },
          { "", "o-a1b2c3d4e", "o-A1B2C3D4E5", "r-a1b2c3d4e5", "o-a1b2c3d4_5", "o_a1b2c3d4e5",
            "o-0123456789abcdefghijklmnopqrstuvw", "oa1b2c3d4e5f" } },
        { &form_name,
          "name",
          { "a", "Prod", "Non-Prod", "a_b+c=d,e.f@g-h", X64 },
          { "", " ", "a b", "a#b", "a:b", "a/b", "a*", "${x}", "a\nb", X64 "x", "\xc3\xbc" } },
        { &form_user_name, "user_name", { "alice", "a.b@c.d", X64 }, { "", "a b", "team/alice", X64 "x" } },
        { &form_role_name,
          "role_name",
          { "BakeryDeployer", X64 },
          { "", "role/BakeryDeployer", P "role/BakeryDeployer", X64 "x" } },
        { &form_stack_prefix,
          "stack_prefix",
          { "", "a", "Z", "Dev-2", X16 X16 "xxxxxxxx" },
          { "2a", "-a", "a_b", "a.b", " a", X16 X16 "xxxxxxxxx", "[a", "@a", "`a", "{a" } },
        { &form_bucket,
          "bucket",
          { "abc", "1-2", "my-bucket", "my.bucket.2", "a.-b", "a--b", "1.2.3", "1.2.3.4.5", "1.2.3.4a",
            X16 X16 X16 "xxxxxxxxxxxxxxx" },
          { "", "ab", "My-Bucket", "my_bucket", "my bucket", "s3://bucket", X64, ".abc", "-abc", "abc.", "abc-", "a..b",
            "192.168.5.4", "1.2.3.4" } },
        { &form_policy_arn,
          "policy_arn",
          { "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
            P "policy/Own", P "policy/a/b/Own", "arn:aws-cn:iam::aws:policy/X",
            "arn:${Partition}:iam::${AccountId}:policy/Own", "arn:aws:iam::${AccountId}:policy/Own", P "policy/" X128,
            P "policy/" X128 X128 X128 X64 X16 X16 X16 "xxxxxxxxxxxxxx/x" },
          { "",
            "ReadOnlyAccess",
            "arn:aws:iam::aws:policy/",
            "arn:aws:iam::aws:role/X",
            "arn:moon:iam::aws:policy/X",
            "arn:aws:s3::aws:policy/X",
            "arn:aws:iam:us-east-1:aws:policy/X",
            "arn:aws:iam::1234:policy/X",
            "arn:aws:iam::${Account}:policy/X",
            "arn:${P}:iam::aws:policy/X",
            P "policy/a b",
            P "policy/*",
            P "policy/a*/X",
            P "policy/${x}/X",
            P "policy/a?/X",
            P "policy/\xc3\xbc",
            P "policy/" X128 "x",
            P "policyX/Own",
            P "policy/" X512 "/x",
            "arn:aws:iam::aws:policy/X\n",
            P "policy",
            P "policy/a\x7f/X",
            "arn:aws:iam:::policy/X" } },
        { &form_boundary_arn,
          "boundary_arn",
          { "arn:${Partition}:iam::${AccountId}:policy/Boundary", P "policy/Boundary" },
          { "", P "role/Boundary", P "policy/*" } },
        { &form_role_arn,
          "role_arn",
          { P "role/ci", P "role/a/b/ci", "arn:aws-us-gov:iam::111111111111:role/x", P "role/" X64 },
          { "", P "user/ci", P "root", "arn:aws:iam::aws:role/ci", "arn:aws:iam::${AccountId}:role/ci",
            "arn:${Partition}:iam::111111111111:role/ci", P "role/*", P "role/", P "role/a*/ci" } },
        { &form_role_path,
          "role_path",
          { "/", "/a/", "/a/b/", "/people!/" },
          { "", "a/", "/a", "a", "/a b/", "/a*/", "/a?/", "/${x}/", "/\xc3\xbc/", "/a\x7f/", "/" X512 "/" } },
        { &form_tag_key,
          "tag_key",
          { "Owner", "a b", "_.:/=+-@", "x:aws:", "aws", X128, "\xc3\xbc" },
          { "", "aws:x", "AWS:x", "Aws:cloudformation", "a#b", "a*", "a\tb", X128 "x", "a$" } },
        { &form_tag_value,
          "tag_value",
          { "BC1234", "a b", "aws:x", X128 X128, "\xc3\xbc\xe2\x82\xac" },
          { "", "a#b", "a\nb", X128 X128 "x", "a<b" } },
        { &form_optional_text, "optional_text", { "x", "a b" }, { NULL } },
        { &form_date,
          "date",
          { "2027-01-31", "2028-02-29", "2000-02-29", "2027-12-31", "2027-04-30" },
          { "", "2027-1-31", "2027-02-29", "1900-02-29", "2100-02-29", "2027-13-01", "2027-00-10", "2027-01-00",
            "2027-01-32", "2027-04-31", "27-01-31", "2027/01/31", "2027-01-31T", "20a7-01-31", "2027-0a-31",
            "2027-01-3a", "2027_01-31", "2027-01_31", "+027-01-31" } },
};

START_TEST(accepts_and_refuses)
{
        const struct form *form = forms[_i].form;

        for (size_t i = 0; forms[_i].accepted[i]; i++)
                ck_assert_msg(form->accepts(form, bakery__span(forms[_i].accepted[i])), "%s refuses \"%.100s\"",
                              forms[_i].name, forms[_i].accepted[i]);
        for (size_t i = 0; forms[_i].refused[i]; i++)
                ck_assert_msg(!form->accepts(form, bakery__span(forms[_i].refused[i])), "%s takes \"%.100s\"",
                              forms[_i].name, forms[_i].refused[i]);
        ck_assert_msg(form->must && *form->must, "%s does not say what must be", forms[_i].name);
}
END_TEST

/* What the loader takes no editor may underline. */
START_TEST(the_pattern_for_editors_takes_what_is_accepted)
{
        const struct form *form = forms[_i].form;
        regex_t pattern;

        if (!form->schema_pattern)
                return;
        ck_assert_int_eq(regcomp(&pattern, form->schema_pattern, REG_EXTENDED | REG_NOSUB), 0);
        for (size_t i = 0; forms[_i].accepted[i]; i++)
                ck_assert_msg(regexec(&pattern, forms[_i].accepted[i], 0, NULL, 0) == 0, "%s: %s does not match %s",
                              forms[_i].name, form->schema_pattern, forms[_i].accepted[i]);
        regfree(&pattern);
}
END_TEST

/* A value ends where its span ends, not at a NUL in it. */
START_TEST(a_nul_is_never_accepted)
{
        const struct form *form = forms[_i].form;

        for (size_t i = 0; forms[_i].accepted[i] && form != &form_optional_text; i++) {
                AUTO_CLEAR(buf) value = { .max = 10000 };

                bakery__buf_text(&value, forms[_i].accepted[i]);
                bakery__buf_add(&value, "\0x", 2);
                ck_assert_msg(!form->accepts(form, (struct span){ value.at, value.len }),
                              "%s takes \"%.100s\" and a NUL", forms[_i].name, value.at);
        }
}
END_TEST

/* Lengths count characters, not bytes, where AWS does. */
START_TEST(tags_are_counted_in_characters)
{
        AUTO_CLEAR(buf) text = { .max = 1000 };

        for (int i = 0; i < 256; i++)
                bakery__buf_text(&text, "\xc3\xbc");
        ck_assert(form_tag_value.accepts(&form_tag_value, (struct span){ text.at, text.len }));
        bakery__buf_text(&text, "x");
        ck_assert(!form_tag_value.accepts(&form_tag_value, (struct span){ text.at, text.len }));
}
END_TEST

START_TEST(an_arn_has_a_limit)
{
        AUTO_CLEAR(buf) text = { .max = 10000 };

        bakery__buf_text(&text, P "policy/");
        bakery__buf_repeat(&text, 'x', 5000);
        ck_assert(!form_policy_arn.accepts(&form_policy_arn, (struct span){ text.at, text.len }));
}
END_TEST

START_TEST(values_are_read)
{
        static const struct {
                const char *text;
                bool flag;
        } flags[] = { { "true", true }, { "True", true }, { "TRUE", true }, { "false", false }, { "FALSE", false } };

        for (size_t i = 0; i < N_ELEMENTS(flags); i++)
                ck_assert_msg(bakery__form_flag_value(flags[i].text) == flags[i].flag, "%s", flags[i].text);
        ck_assert_uint_eq(bakery__form_number_value("43200"), 43200);
}
END_TEST

Suite *form_suite(void)
{
        Suite *suite = suite_create("form");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, accepts_and_refuses, 0, (int)N_ELEMENTS(forms));
        tcase_add_loop_test(tcase, the_pattern_for_editors_takes_what_is_accepted, 0, (int)N_ELEMENTS(forms));
        tcase_add_loop_test(tcase, a_nul_is_never_accepted, 0, (int)N_ELEMENTS(forms));
        tcase_add_test(tcase, tags_are_counted_in_characters);
        tcase_add_test(tcase, an_arn_has_a_limit);
        tcase_add_test(tcase, values_are_read);
        suite_add_tcase(suite, tcase);
        return suite;
}
