/* Organizations and Systems Manager: the AWS JSON protocol. */
#include "aws/organizations.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "aws/ssm.h"
#include "fake_wire.h"

Suite *organizations_suite(void);

#define ACCOUNT(id, name, more) "{\"Id\":\"" id "\",\"Name\":\"" name "\",\"JoinedTimestamp\":1.6E9" more "}"
#define ACTIVE ",\"State\":\"ACTIVE\""

static bakery_status describe_account(const struct organizations_account *account, void *context, bakery_error **err)
{
        (void)err;
        bakery__buf_format(context, "%s %s %s;", account->id, account->name, account->state);
        return BAKERY_OK;
}

static bakery_status describe_unit(const struct organizations_unit *unit, void *context, bakery_error **err)
{
        (void)err;
        bakery__buf_format(context, "%s %s;", unit->id, unit->name);
        return BAKERY_OK;
}

static bakery_status accounts_of_root(const struct aws_access *aws, void *context, bakery_error **err)
{
        return bakery__organizations_accounts_of(aws, "r-ab12", describe_account, context, err);
}

static bakery_status accounts(const struct aws_access *aws, void *context, bakery_error **err)
{
        return bakery__organizations_accounts(aws, describe_account, context, err);
}

static bakery_status roots(const struct aws_access *aws, void *context, bakery_error **err)
{
        return bakery__organizations_roots(aws, describe_unit, context, err);
}

static bakery_status units(const struct aws_access *aws, void *context, bakery_error **err)
{
        return bakery__organizations_units_of(aws, "ou-1", describe_unit, context, err);
}

/* A walk, its answers, its last request, what came, and how it ended. */
static const struct {
        bakery_status (*walk)(const struct aws_access *aws, void *context, bakery_error **err);
        struct fake_answer answers[4];
        const char *target, *request, *said;
        unsigned requests;
        bakery_status status;
        const char *says;
} walks[] = {
        { accounts,
          { ANSWER(200, NULL,
                   "{\"Accounts\":[" ACCOUNT("111111111111", "Shop", ACTIVE ",\"Status\":\"SUSPENDED\"") "," ACCOUNT(
                           "222222222222", "Old \\u00fc", ",\"Status\":\"SUSPENDED\"") "]}") },
          "ListAccounts",
          "{}",
          "111111111111 Shop ACTIVE;222222222222 Old \xc3\xbc SUSPENDED;",
          1,
          BAKERY_OK,
          NULL },
        { accounts,
          { ANSWER(200, NULL, "{\"Accounts\":[" ACCOUNT("1", "a", ACTIVE) "],\"NextToken\":\"t\\\"1\"}"),
            ANSWER(200, NULL, "{\"Accounts\":[],\"NextToken\":\"t2\"}"),
            ANSWER(400, NULL, "{\"__type\":\"TooManyRequestsException\"}"),
            ANSWER(200, NULL, "{\"Accounts\":[" ACCOUNT("2", "b", ACTIVE) "]}") },
          "ListAccounts",
          "{\"NextToken\":\"t2\"}",
          "1 a ACTIVE;2 b ACTIVE;",
          4,
          BAKERY_OK,
          NULL },
        { accounts_of_root,
          { ANSWER(200, NULL, "{\"Accounts\":[]}") },
          "ListAccountsForParent",
          "{\"ParentId\":\"r-ab12\"}",
          "",
          1,
          BAKERY_OK,
          NULL },
        { roots,
          { ANSWER(200, NULL, "{\"Roots\":[{\"Id\":\"r-ab12\",\"Name\":\"Root\"}]}") },
          "ListRoots",
          "{}",
          "r-ab12 Root;",
          1,
          BAKERY_OK,
          NULL },
        { units,
          { ANSWER(200, NULL, "{\"OrganizationalUnits\":[{\"Id\":\"ou-2\",\"Name\":\"Prod\"}],\"NextToken\":\"x\"}"),
            ANSWER(200, NULL, "{\"OrganizationalUnits\":[{\"Id\":\"ou-3\",\"Name\":\"Dev\"}],\"NextToken\":\"\"}") },
          "ListOrganizationalUnitsForParent",
          "{\"ParentId\":\"ou-1\",\"NextToken\":\"x\"}",
          "ou-2 Prod;ou-3 Dev;",
          2,
          BAKERY_OK,
          NULL },
        { accounts,
          { ANSWER(200, NULL, "{\"Accounts\":[],\"NextToken\":\"t\"}") },
          "ListAccounts",
          "{\"NextToken\":\"t\"}",
          "",
          2,
          BAKERY_ERR_NETWORK,
          "ListAccounts: the marker did not advance" },
        { accounts,
          { ANSWER(200, "x-amzn-RequestId: id-1", "{}") },
          "ListAccounts",
          "{}",
          "",
          1,
          BAKERY_ERR_NETWORK,
          "unexpected answer from organizations (HTTP 200, request id id-1): it lacks Accounts" },
        { accounts,
          { ANSWER(200, NULL, "{\"Accounts\":[{\"Id\":\"1\",\"State\":\"ACTIVE\"}]}") },
          "ListAccounts",
          "{}",
          "",
          1,
          BAKERY_ERR_NETWORK,
          "it lacks the id, the name or the state of an account" },
        { accounts,
          { ANSWER(200, NULL, "{\"Accounts\":[" ACCOUNT("1", "a", "") "]}") },
          "ListAccounts",
          "{}",
          "",
          1,
          BAKERY_ERR_NETWORK,
          "it lacks the id, the name or the state of an account" },
        { roots,
          { ANSWER(200, NULL, "{\"Roots\":[{\"Id\":\"r-ab12\"}]}") },
          "ListRoots",
          "{}",
          "",
          1,
          BAKERY_ERR_NETWORK,
          "it lacks the id or the name of a unit" },
        { accounts,
          { ANSWER(200, NULL, "<html>") },
          "ListAccounts",
          "{}",
          "",
          1,
          BAKERY_ERR_NETWORK,
          "unexpected answer from organizations" },
        { accounts,
          { ANSWER(200, NULL, "[]") },
          "ListAccounts",
          "{}",
          "",
          1,
          BAKERY_ERR_NETWORK,
          "unexpected answer from organizations" },
};

START_TEST(walks_the_organization)
{
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_CLEAR(buf) said = { .max = 4096 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        char target[100];

        memcpy(wire.answers, walks[_i].answers, sizeof walks[_i].answers);
        const struct aws_access aws = { fake_client(&wire), keys, "eu-west-1" };
        bakery_status st = walks[_i].walk(&aws, &said, &err);
        ck_assert_msg(st == walks[_i].status, "%s", bakery_error_message(err));
        ck_assert_str_eq(said.at ? said.at : "", walks[_i].said);
        ck_assert_uint_eq(wire.requests, walks[_i].requests);
        snprintf(target, sizeof target, "AWSOrganizationsV20161128.%s", walks[_i].target);
        ck_assert_str_eq(fake_header(&wire, "X-Amz-Target"), target);
        ck_assert_str_eq(fake_header(&wire, "Content-Type"), "application/x-amz-json-1.1");
        ck_assert_str_eq(wire.last.method, "POST");
        ck_assert_str_eq(wire.last.url, "https://organizations.us-east-1.amazonaws.com/");
        ck_assert(strstr(fake_header(&wire, "Authorization"), "/us-east-1/organizations/aws4_request"));
        ck_assert_str_eq(wire.last.body, walks[_i].request);
        if (st)
                ck_says(err, walks[_i].says);
}
END_TEST

/* The shapes in which such a service refuses; each code as it is told. */
static const struct {
        struct fake_answer answer;
        bakery_status status;
        const char *code, *says;
} refusals[] = {
        { ANSWER(400, "x-amzn-RequestId: id-1", "{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}"),
          BAKERY_ERR_DENIED, "AccessDeniedException",
          "organizations DescribeOrganization: AccessDeniedException: no (request id id-1)" },
        { ANSWER(400, NULL,
                 "{\"__type\":\"com.amazonaws.organizations.v20161128#AWSOrganizationsNotInUseException\",\"message\":\"m\"}"),
          BAKERY_ERR_AWS, "AWSOrganizationsNotInUseException", "AWSOrganizationsNotInUseException: m" },
        { ANSWER(400, NULL, "{\"__type\":\"ns#Code:http://internal.amazon.com/ns/\"}"), BAKERY_ERR_AWS, "Code",
          "Code: no reason given" },
        { ANSWER(400, NULL, "{\"code\":\"ns#Code\"}"), BAKERY_ERR_AWS, "Code", "Code: no reason given" },
        { ANSWER(400, "x-amzn-ErrorType: Code:http://internal.amazon.com/ns/", "{\"__type\":\"Other\"}"),
          BAKERY_ERR_AWS, "Code", "Code" },
        { ANSWER(400, NULL, "{\"__type\":\"UnrecognizedClientException\"}"), BAKERY_ERR_CREDENTIALS,
          "UnrecognizedClientException", "UnrecognizedClientException" },
        { ANSWER(400, NULL, "{\"__type\":\"ns#\"}"), BAKERY_ERR_NETWORK, NULL, "unexpected answer from organizations" },
        { ANSWER(400, NULL, "{\"message\":\"m\"}"), BAKERY_ERR_NETWORK, NULL, "unexpected answer from organizations" },
        { ANSWER(400, NULL, "<html/>"), BAKERY_ERR_NETWORK, NULL, "unexpected answer from organizations" },
        { ANSWER(400, NULL, NULL), BAKERY_ERR_NETWORK, NULL, "unexpected answer from organizations (HTTP 400" },
};

START_TEST(reads_refusals)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { refusals[_i].answer } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        struct organization organization;

        ck_assert_int_eq(bakery__organizations_describe(&aws, &arena, &organization, &err), refusals[_i].status);
        ck_assert_pstr_eq(bakery_error_aws_code(err), refusals[_i].code);
        ck_says(err, refusals[_i].says);
}
END_TEST

START_TEST(describes_the_organization)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL,
                                     "{\"Organization\":{\"Id\":\"o-abc\",\"MasterAccountId\":\"999999999999\","
                                     "\"MasterAccountArn\":\"arn\"}}"),
                              ANSWER(200, NULL, "{\"Organization\":{\"Id\":\"o-abc\"}}") } };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        struct organization organization;

        ck_assert_int_eq(bakery__organizations_describe(&aws, &arena, &organization, NULL), BAKERY_OK);
        ck_assert_str_eq(organization.id, "o-abc");
        ck_assert_str_eq(organization.management_account, "999999999999");
        ck_assert_str_eq(fake_header(&wire, "X-Amz-Target"), "AWSOrganizationsV20161128.DescribeOrganization");
        ck_assert_int_eq(bakery__organizations_describe(&aws, &arena, &organization, &err), BAKERY_ERR_NETWORK);
        ck_says(err, "it lacks Id or MasterAccountId");
}
END_TEST

START_TEST(reads_a_parameter)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL,
                                     "{\"Parameter\":{\"Name\":\"/bakery/hook\",\"Type\":\"SecureString\","
                                     "\"Value\":\"CANARY\\\"value\",\"LastModifiedDate\":1.7957E9}}") } };
        AUTO_CLEAR(secret) value = { 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        const struct aws_access aws = { fake_client(&wire), keys, "eu-west-1" };

        ck_assert_int_eq(bakery__ssm_parameter(&aws, "/bakery/hook", &value, NULL), BAKERY_OK);
        ck_assert_str_eq(bakery__secret_reveal(&value), "CANARY\"value");
        ck_assert_str_eq(wire.last.url, "https://ssm.eu-west-1.amazonaws.com/");
        ck_assert_str_eq(fake_header(&wire, "X-Amz-Target"), "AmazonSSM.GetParameter");
        ck_assert_str_eq(wire.last.body, "{\"Name\":\"/bakery/hook\",\"WithDecryption\":true}");
}
END_TEST

START_TEST(a_parameter_that_is_none)
{
        static const struct {
                struct fake_answer answer;
                bakery_status status;
                const char *says;
        } cases[] = {
                { ANSWER(400, NULL, "{\"__type\":\"ParameterNotFound\"}"), BAKERY_ERR_NOT_FOUND,
                  "the parameter /hook: ssm GetParameter: ParameterNotFound" },
                { ANSWER(400, NULL, "{\"__type\":\"AccessDeniedException\",\"Message\":\"kms\"}"), BAKERY_ERR_DENIED,
                  "AccessDeniedException: kms" },
                { ANSWER(200, NULL, "{\"Parameter\":{\"Value\":5}}"), BAKERY_ERR_NETWORK, "it lacks the Value" },
                { ANSWER(200, NULL, "{\"Parameter\":{\"Value\":\"CANARY\"}"), BAKERY_ERR_NETWORK,
                  "unexpected answer from ssm" },
        };

        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { cases[i].answer } };
                AUTO_CLEAR(secret) value = { 0 };
                AUTO_PTR(bakery_credentials) keys = fake_keys();
                AUTO_PTR(bakery_error) err = NULL;
                const struct aws_access aws = { fake_client(&wire), keys, NULL };

                ck_assert_int_eq(bakery__ssm_parameter(&aws, "/hook", &value, &err), cases[i].status);
                ck_says(err, cases[i].says);
                ck_assert(!bakery__secret_is_set(&value));
        }
}
END_TEST

Suite *organizations_suite(void)
{
        Suite *suite = suite_create("organizations");
        TCase *tcase = tcase_create("json");

        tcase_add_loop_test(tcase, walks_the_organization, 0, (int)N_ELEMENTS(walks));
        tcase_add_loop_test(tcase, reads_refusals, 0, (int)N_ELEMENTS(refusals));
        tcase_add_test(tcase, describes_the_organization);
        tcase_add_test(tcase, reads_a_parameter);
        tcase_add_test(tcase, a_parameter_that_is_none);
        suite_add_tcase(suite, tcase);
        return suite;
}
