/* Users, roles and policies of IAM, one by one. */
#include "aws/iam_entity.h"

#include <check.h>
#include <string.h>

#include "fake_wire.h"

Suite *iam_entity_suite(void);

#define REFUSED(code) "<ErrorResponse><Error><Code>" code "</Code><Message>no</Message></Error></ErrorResponse>"

/* {"Version":"2012-10-17","a":"50% + \u00fc"} as IAM writes it. */
#define ENCODED "%7B%22Version%22%3A%222012-10-17%22%2C%22a%22%3A%2250%25%20%2B%20+%C3%BC%22%7D"
#define DECODED "{\"Version\":\"2012-10-17\",\"a\":\"50% + +\xc3\xbc\"}"

#define ROLE_ARN "arn:aws:iam::222222222222:role/team/Shop-Prod-Admin"
#define ROLE                                                                                                         \
        "<Role><Path>/team/</Path><RoleName>Shop-Prod-Admin</RoleName><RoleId>AROA1</RoleId><Arn>" ROLE_ARN "</Arn>" \
        "<CreateDate>2026-11-22T10:00:00Z</CreateDate><AssumeRolePolicyDocument>" ENCODED                            \
        "</AssumeRolePolicyDocument><Description>d</Description><MaxSessionDuration>43200</MaxSessionDuration>"      \
        "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>b"    \
        "</PermissionsBoundaryArn></PermissionsBoundary><Tags><member><Key>k1</Key><Value>v1</Value></member>"       \
        "<member><Key>k2</Key><Value/></member></Tags><RoleLastUsed><LastUsedDate>2026-11-22T10:00:02Z"              \
        "</LastUsedDate><Region>eu-west-1</Region></RoleLastUsed></Role>"

START_TEST(gets_a_role)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, ANSWERED("GetRole", ROLE)) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        struct iam_entity role;

        ck_assert_int_eq(bakery__iam_get_role(&aws, "Shop-Prod-Admin", &arena, &role, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.body, "Action=GetRole&Version=2010-05-08&RoleName=Shop-Prod-Admin");
        ck_assert_int_eq(role.kind, IAM_ROLE);
        ck_assert_str_eq(role.name, "Shop-Prod-Admin");
        ck_assert_str_eq(role.path, "/team/");
        ck_assert_str_eq(role.arn, ROLE_ARN);
        ck_assert_str_eq(role.id, "AROA1");
        ck_assert_str_eq(role.trust, DECODED);
        ck_assert_str_eq(role.description, "d");
        ck_assert_str_eq(role.boundary, "b");
        ck_assert_uint_eq(role.max_session_s, 43200);
        ck_assert_int_eq(role.created_s, FAKE_NOW_S);
        ck_assert_int_eq(role.last_used_s, FAKE_NOW_S + 2);
        ck_assert_uint_eq(role.tag_count, 2);
        ck_assert_str_eq(role.tags[0].key, "k1");
        ck_assert_str_eq(role.tags[0].value, "v1");
        ck_assert_str_eq(role.tags[1].key, "k2");
        ck_assert_str_eq(role.tags[1].value, "");
        ck_assert(role.group_count == 0 && role.inline_policy_count == 0 && role.attached_policy_count == 0);
}
END_TEST

START_TEST(gets_a_user)
{
        static const char body[] = ANSWERED(
                "GetUser", "<User><UserName>ann</UserName><Arn>arn:aws:iam::111111111111:user/ann</Arn><Path>/</Path>"
                           "<UserId>AIDA1</UserId><PasswordLastUsed>2026-11-22T10:00:01Z</PasswordLastUsed></User>");
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, body) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        struct iam_entity user;

        ck_assert_int_eq(bakery__iam_get_user(&aws, NULL, &arena, &user, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.body, "Action=GetUser&Version=2010-05-08");
        ck_assert_int_eq(user.kind, IAM_USER);
        ck_assert_str_eq(user.name, "ann");
        ck_assert_str_eq(user.id, "AIDA1");
        ck_assert_int_eq(user.password_last_used_s, FAKE_NOW_S + 1);
        ck_assert(!user.boundary && !user.trust && user.created_s == 0 && user.tag_count == 0);
        ck_assert_int_eq(bakery__iam_get_user(&aws, "b@c", &arena, &user, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.body, "Action=GetUser&Version=2010-05-08&UserName=b%40c");
}
END_TEST

/* What an entity must have. */
static const struct {
        const char *body, *says;
} incomplete[] = {
        { ANSWERED("GetRole", ""), "it lacks the name or the ARN of an entity" },
        { ANSWERED("GetRole", "<Role><Arn>a</Arn></Role>"), "it lacks the name or the ARN of an entity" },
        { ANSWERED("GetRole", "<Role><RoleName>r</RoleName></Role>"), "it lacks the name or the ARN of an entity" },
        { ANSWERED("GetRole", "<Role><RoleName>r</RoleName><Arn>a</Arn></Role>"), "it lacks AssumeRolePolicyDocument" },
        { ANSWERED("GetRole", "<Role><RoleName>r</RoleName><Arn>a</Arn><AssumeRolePolicyDocument/></Role>"),
          "it lacks AssumeRolePolicyDocument" },
        { ANSWERED("GetRole", "<Role><RoleName>r</RoleName><Arn>a</Arn><AssumeRolePolicyDocument>x"
                              "</AssumeRolePolicyDocument><Tags><member><Key>k</Key></member></Tags></Role>"),
          "it lacks the key or the value of a tag" },
};

START_TEST(half_an_entity_is_none)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, incomplete[_i].body) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        struct iam_entity role = { .name = "untouched" };

        ck_assert_int_eq(bakery__iam_get_role(&aws, "r", &arena, &role, &err), BAKERY_ERR_NETWORK);
        ck_says(err, incomplete[_i].says);
        ck_assert_str_eq(role.name, "untouched");
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(404, NULL, REFUSED("NoSuchEntity")) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        struct iam_entity role;

        ck_assert_int_eq(bakery__iam_get_role(&aws, "r", &arena, &role, &err), BAKERY_ERR_NOT_FOUND);
        ck_says(err, "iam GetRole: NoSuchEntity: no");
        ck_assert(bakery__aws_has_code(err, "NoSuchEntity") && !bakery__aws_has_code(err, "NoSuch"));
        ck_assert(!bakery__aws_has_code(NULL, "NoSuchEntity"));
}
END_TEST

static const struct {
        enum iam_kind kind;
        const char *form, *body;
} inline_policies[] = {
        { IAM_USER, "Action=GetUserPolicy&Version=2010-05-08&UserName=x&PolicyName=p%2Cq",
          ANSWERED("GetUserPolicy", "<PolicyDocument>" ENCODED "</PolicyDocument>") },
        { IAM_GROUP, "Action=GetGroupPolicy&Version=2010-05-08&GroupName=x&PolicyName=p%2Cq",
          ANSWERED("GetGroupPolicy", "<PolicyDocument>" ENCODED "</PolicyDocument>") },
        { IAM_ROLE, "Action=GetRolePolicy&Version=2010-05-08&RoleName=x&PolicyName=p%2Cq",
          ANSWERED("GetRolePolicy", "<PolicyDocument>" ENCODED "</PolicyDocument>") },
};

START_TEST(gets_inline_policies)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, inline_policies[_i].body) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        const char *document = NULL;

        ck_assert_int_eq(
                bakery__iam_get_inline_policy(&aws, inline_policies[_i].kind, "x", "p,q", &arena, &document, NULL),
                BAKERY_OK);
        ck_assert_str_eq(wire.last.body, inline_policies[_i].form);
        ck_assert_str_eq(document, DECODED);
}
END_TEST

#define POLICY_ARN "arn:aws:iam::111111111111:policy/team/P"
#define POLICY                                                                                                     \
        "<Policy><PolicyName>P</PolicyName><PolicyId>ANPA1</PolicyId><Arn>" POLICY_ARN "</Arn><Path>/team/</Path>" \
        "<DefaultVersionId>v3</DefaultVersionId><AttachmentCount>2</AttachmentCount><Description>d</Description></Policy>"

START_TEST(gets_a_policy_in_its_version_in_force)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, ANSWERED("GetPolicy", POLICY)),
                              ANSWER(200, NULL,
                                     ANSWERED("GetPolicyVersion",
                                              "<PolicyVersion><Document>" ENCODED
                                              "</Document><VersionId>v3</VersionId></PolicyVersion>")) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        struct iam_managed_policy policy;

        ck_assert_int_eq(bakery__iam_get_policy(&aws, POLICY_ARN, &arena, &policy, NULL), BAKERY_OK);
        ck_assert_uint_eq(wire.requests, 2);
        ck_assert_str_eq(wire.last.body, "Action=GetPolicyVersion&Version=2010-05-08&PolicyArn="
                                         "arn%3Aaws%3Aiam%3A%3A111111111111%3Apolicy%2Fteam%2FP&VersionId=v3");
        ck_assert_str_eq(policy.name, "P");
        ck_assert_str_eq(policy.id, "ANPA1");
        ck_assert_str_eq(policy.arn, POLICY_ARN);
        ck_assert_str_eq(policy.path, "/team/");
        ck_assert_str_eq(policy.default_version, "v3");
        ck_assert_str_eq(policy.description, "d");
        ck_assert_str_eq(policy.document, DECODED);
        ck_assert_uint_eq(policy.attachment_count, 2);
}
END_TEST

/* A policy without a version in force; a version without a document. */
START_TEST(half_a_policy_is_none)
{
        static const struct {
                struct fake_answer answers[2];
                const char *says;
        } cases[] = {
                { { ANSWER(200, NULL,
                           ANSWERED("GetPolicy", "<Policy><PolicyName>P</PolicyName><Arn>a</Arn></Policy>")) },
                  "it lacks the name, the ARN or the version of a policy" },
                { { ANSWER(200, NULL, ANSWERED("GetPolicy", POLICY)),
                    ANSWER(200, NULL, ANSWERED("GetPolicyVersion", "<PolicyVersion/>")) },
                  "it lacks PolicyVersion/Document" },
                { { ANSWER(200, NULL, ANSWERED("GetPolicy", POLICY)), ANSWER(403, NULL, REFUSED("AccessDenied")) },
                  "iam GetPolicyVersion: AccessDenied" },
        };

        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { cases[i].answers[0], cases[i].answers[1] } };
                AUTO_CLEAR(arena) arena = { 0 };
                AUTO_PTR(bakery_credentials) keys = fake_keys();
                AUTO_PTR(bakery_error) err = NULL;
                const struct aws_access aws = { fake_client(&wire), keys, NULL };
                struct iam_managed_policy policy;

                ck_assert_int_ne(bakery__iam_get_policy(&aws, "a", &arena, &policy, &err), BAKERY_OK);
                ck_says(err, cases[i].says);
        }
}
END_TEST

START_TEST(gets_the_numbers_of_the_account)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL,
                                     ANSWERED("GetAccountSummary",
                                              "<SummaryMap><entry><key>Groups</key><value>31</value></entry>"
                                              "<entry><key>UsersQuota</key><value>5000</value></entry></SummaryMap>")),
                              ANSWER(200, NULL, ANSWERED("GetAccountSummary", "")) } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct iam_number *numbers = NULL;
        size_t count = 0;

        ck_assert_int_eq(bakery__iam_get_account_summary(&aws, &arena, &numbers, &count, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.body, "Action=GetAccountSummary&Version=2010-05-08");
        ck_assert_uint_eq(count, 2);
        ck_assert_str_eq(numbers[0].name, "Groups");
        ck_assert_int_eq(numbers[0].value, 31);
        ck_assert_str_eq(numbers[1].name, "UsersQuota");
        ck_assert_int_eq(numbers[1].value, 5000);
        ck_assert_int_eq(bakery__iam_get_account_summary(&aws, &arena, &numbers, &count, &err), BAKERY_ERR_NETWORK);
        ck_says(err, "it lacks a SummaryMap");
}
END_TEST

Suite *iam_entity_suite(void)
{
        Suite *suite = suite_create("iam_entity");
        TCase *tcase = tcase_create("entities");

        tcase_add_test(tcase, gets_a_role);
        tcase_add_test(tcase, gets_a_user);
        tcase_add_loop_test(tcase, half_an_entity_is_none, 0, (int)N_ELEMENTS(incomplete));
        tcase_add_test(tcase, what_is_not_there_is_not_found);
        tcase_add_loop_test(tcase, gets_inline_policies, 0, (int)N_ELEMENTS(inline_policies));
        tcase_add_test(tcase, gets_a_policy_in_its_version_in_force);
        tcase_add_test(tcase, half_a_policy_is_none);
        tcase_add_test(tcase, gets_the_numbers_of_the_account);
        suite_add_tcase(suite, tcase);
        return suite;
}
