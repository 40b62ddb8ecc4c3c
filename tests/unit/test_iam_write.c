/* Changing IAM: what goes over the wire, what is tried again, and what never shows. */
#include "aws/iam_write.h"

#include <check.h>
#include <string.h>

#include "fake_wire.h"

Suite *iam_write_suite(void);

#define REFUSED(code) "<ErrorResponse><Error><Code>" code "</Code><Message>no</Message></Error></ErrorResponse>"
#define PASSWORD "CANARY pass&word+"

static const struct iam_tag tags[] = { { "Team", "a b" }, { "Ends", "2026-12-31" } };

/* Each write once: the calls differ in what they take. */
static bakery_status call(const struct aws_access *aws, const char *action, bakery_error **err)
{
        AUTO_CLEAR(secret) password = { 0 };

        ck_assert(bakery__secret_set(&password, bakery__span(PASSWORD)));
        if (strcmp(action, "CreateUser") == 0)
                return bakery__iam_create_user(aws, &(struct iam_new_user){ "ann", "/team/", "arn:b", tags, 2 }, err);
        if (strcmp(action, "AddUserToGroup") == 0)
                return bakery__iam_add_user_to_group(aws, "ann", "G", err);
        if (strcmp(action, "RemoveUserFromGroup") == 0)
                return bakery__iam_remove_user_from_group(aws, "ann", "G", err);
        if (strcmp(action, "CreateLoginProfile") == 0)
                return bakery__iam_create_login_profile(aws, "ann", &password, true, err);
        if (strcmp(action, "UpdateLoginProfile") == 0)
                return bakery__iam_update_login_profile(aws, "ann", &password, false, err);
        if (strcmp(action, "UpdateAccessKey") == 0)
                return bakery__iam_set_access_key_active(aws, "ann", "AKIA1", false, err);
        if (strcmp(action, "DeleteAccessKey") == 0)
                return bakery__iam_delete_access_key(aws, "ann", "AKIA1", err);
        if (strcmp(action, "PutUserPolicy") == 0)
                return bakery__iam_put_inline_policy(aws, IAM_USER, "ann", "p", "{\"a\":1}", err);
        if (strcmp(action, "PutGroupPolicy") == 0)
                return bakery__iam_put_inline_policy(aws, IAM_GROUP, "G", "p", "{}", err);
        if (strcmp(action, "PutRolePolicy") == 0)
                return bakery__iam_put_inline_policy(aws, IAM_ROLE, "R", "p", "{}", err);
        if (strcmp(action, "DeleteUserPolicy") == 0)
                return bakery__iam_delete_inline_policy(aws, IAM_USER, "ann", "p", err);
        if (strcmp(action, "DeleteGroupPolicy") == 0)
                return bakery__iam_delete_inline_policy(aws, IAM_GROUP, "G", "p", err);
        ck_assert_str_eq(action, "DeleteRolePolicy");
        return bakery__iam_delete_inline_policy(aws, IAM_ROLE, "R", "p", err);
}

#define TAGS                                                                                            \
        "&Tags.member.1.Key=Team&Tags.member.1.Value=a%20b&Tags.member.2.Key=Ends&Tags.member.2.Value=" \
        "2026-12-31"

static const struct {
        const char *action, *form; /* behind Action and Version */
} writes[] = {
        { "CreateUser", "UserName=ann&Path=%2Fteam%2F&PermissionsBoundary=arn%3Ab" TAGS },
        { "AddUserToGroup", "UserName=ann&GroupName=G" },
        { "RemoveUserFromGroup", "UserName=ann&GroupName=G" },
        { "CreateLoginProfile", "UserName=ann&Password=CANARY%20pass%26word%2B&PasswordResetRequired=true" },
        { "UpdateLoginProfile", "UserName=ann&Password=CANARY%20pass%26word%2B&PasswordResetRequired=false" },
        { "UpdateAccessKey", "UserName=ann&AccessKeyId=AKIA1&Status=Inactive" },
        { "DeleteAccessKey", "UserName=ann&AccessKeyId=AKIA1" },
        { "PutUserPolicy", "UserName=ann&PolicyName=p&PolicyDocument=%7B%22a%22%3A1%7D" },
        { "PutGroupPolicy", "GroupName=G&PolicyName=p&PolicyDocument=%7B%7D" },
        { "PutRolePolicy", "RoleName=R&PolicyName=p&PolicyDocument=%7B%7D" },
        { "DeleteUserPolicy", "UserName=ann&PolicyName=p" },
        { "DeleteGroupPolicy", "GroupName=G&PolicyName=p" },
        { "DeleteRolePolicy", "RoleName=R&PolicyName=p" },
};

/* Each is refused twice for reasons that pass, then done. */
START_TEST(sends_what_is_asked_until_it_is_done)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(409, NULL, REFUSED("ConcurrentModification")),
                              ANSWER(409, NULL, REFUSED("EntityTemporarilyUnmodifiable")) } };
        AUTO_CLEAR(buf) body = { .max = 1000 };
        AUTO_CLEAR(buf) form = { .max = 1000 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, "us-gov-east-1" };

        bakery__buf_format(&body, "<%sResponse/>", writes[_i].action);
        bakery__buf_format(&form, "Action=%s&Version=2010-05-08&%s", writes[_i].action, writes[_i].form);
        wire.answers[2] = (struct fake_answer){ .status = 200, .body = body.at };
        bakery_status st = call(&aws, writes[_i].action, &err);
        ck_assert_msg(st == BAKERY_OK, "%s: %s", writes[_i].action, bakery_error_message(err));
        ck_assert_uint_eq(wire.requests, 3);
        ck_assert_str_eq(wire.last.body, form.at);
        ck_assert_str_eq(wire.last.url, "https://iam.us-gov.amazonaws.com/");
}
END_TEST

/* The secrets of a request show neither in the error nor, as fake_end() sees, in the log. */
START_TEST(a_refusal_is_told_once)
{
        static const struct {
                int http_status;
                const char *code;
                bakery_status status;
        } codes[] = {
                { 409, "LimitExceeded", BAKERY_ERR_AWS },      { 409, "EntityAlreadyExists", BAKERY_ERR_AWS },
                { 409, "DeleteConflict", BAKERY_ERR_AWS },     { 400, "PasswordPolicyViolation", BAKERY_ERR_AWS },
                { 404, "NoSuchEntity", BAKERY_ERR_NOT_FOUND },
        };

        for (size_t i = 0; i < N_ELEMENTS(codes); i++) {
                AUTO_CLEAR(buf) body = { .max = 1000 };
                AUTO_PTR(bakery_credentials) keys = fake_keys();
                AUTO_PTR(bakery_error) err = NULL;

                bakery__buf_format(&body, REFUSED("%s"), codes[i].code);
                AUTO_CLEAR(fake_wire)
                wire = { .answers = { { .status = codes[i].http_status, .body = body.at } } };
                const struct aws_access aws = { fake_client(&wire), keys, NULL };
                ck_assert_int_eq(call(&aws, writes[_i].action, &err), codes[i].status);
                ck_assert_uint_eq(wire.requests, 1);
                ck_assert(bakery__aws_has_code(err, codes[i].code));
                ck_says(err, codes[i].code);
                ck_says(err, writes[_i].action);
        }
}
END_TEST

#define NEW_KEY(fields)                                                      \
        "<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey>" fields \
        "</AccessKey></CreateAccessKeyResult></CreateAccessKeyResponse>"

START_TEST(makes_an_access_key)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL,
                                     NEW_KEY("<UserName>ann</UserName><AccessKeyId>AKIANEW</AccessKeyId><Status>Active"
                                             "</Status><SecretAccessKey>CANARY/new+</SecretAccessKey>")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_credentials) made = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };

        ck_assert_int_eq(bakery__iam_create_access_key(&aws, "ann", &made, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.body, "Action=CreateAccessKey&Version=2010-05-08&UserName=ann");
        ck_assert_str_eq(bakery_credentials_access_key_id(made), "AKIANEW");
        ck_assert_str_eq(bakery_credentials_secret_access_key(made), "CANARY/new+");
        ck_assert_ptr_null(bakery_credentials_session_token(made));
        ck_assert_int_eq(bakery_credentials_expiration_s(made), 0);
}
END_TEST

/* A second try would make a second key, whose first one nobody knows. */
START_TEST(an_access_key_is_asked_for_once)
{
        static const struct {
                struct fake_answer answers[2];
                unsigned requests;
        } cases[] = {
                { { { .fails = BAKERY_ERR_NETWORK } }, 1 },
                { { ANSWER(500, NULL, "") }, 1 },
                { { { .fails = BAKERY_ERR_NETWORK, .unsent = true }, ANSWER(400, NULL, REFUSED("LimitExceeded")) }, 2 },
                { { ANSWER(200, NULL, NEW_KEY("<AccessKeyId>AKIANEW</AccessKeyId>")) }, 1 },
                { { ANSWER(200, NULL, NEW_KEY("<SecretAccessKey>CANARY</SecretAccessKey>")) }, 1 },
        };

        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { cases[i].answers[0], cases[i].answers[1] } };
                AUTO_PTR(bakery_credentials) keys = fake_keys();
                AUTO_PTR(bakery_credentials) made = NULL;
                AUTO_PTR(bakery_error) err = NULL;
                const struct aws_access aws = { fake_client(&wire), keys, NULL };

                ck_assert_int_ne(bakery__iam_create_access_key(&aws, "ann", &made, &err), BAKERY_OK);
                ck_says(err, "iam");
                ck_assert_uint_eq(wire.requests, cases[i].requests);
                ck_assert_ptr_null(made);
        }
}
END_TEST

START_TEST(activates_a_key)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, "<UpdateAccessKeyResponse/>") } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        const struct aws_access aws = { fake_client(&wire), keys, NULL };

        ck_assert_int_eq(bakery__iam_set_access_key_active(&aws, NULL, "AKIA1", true, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.body, "Action=UpdateAccessKey&Version=2010-05-08&AccessKeyId=AKIA1&Status=Active");
}
END_TEST

Suite *iam_write_suite(void)
{
        Suite *suite = suite_create("iam_write");
        TCase *tcase = tcase_create("writes");

        tcase_add_loop_test(tcase, sends_what_is_asked_until_it_is_done, 0, (int)N_ELEMENTS(writes));
        tcase_add_loop_test(tcase, a_refusal_is_told_once, 0, (int)N_ELEMENTS(writes));
        tcase_add_test(tcase, makes_an_access_key);
        tcase_add_test(tcase, an_access_key_is_asked_for_once);
        tcase_add_test(tcase, activates_a_key);
        suite_add_tcase(suite, tcase);
        return suite;
}
