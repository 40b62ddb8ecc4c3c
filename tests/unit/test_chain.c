/* The chain: who goes before whom, what a failure does, what a profile leads to over the wire. */
#include <bakery/chain.h>

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "aws_home.h"
#include "credentials/describe.h"
#include "credentials/env_keys.h"
#include "support.h"

Suite *chain_suite(void);

#define ENV_ID "AWS_ACCESS_KEY_ID=AKIAENV"
#define ENV_SECRET "AWS_SECRET_ACCESS_KEY=CANARYe"
#define KEYS(id) "aws_access_key_id = " id "\naws_secret_access_key = CANARYp\n"
#define ROLE "role_arn = arn:aws:iam::222222222222:role/R\n"
#define ISSUED(action, id)                                                                                         \
        "<" action "Response><" action "Result><Credentials><AccessKeyId>" id                                      \
        "</AccessKeyId><SecretAccessKey>CANARYi</SecretAccessKey><SessionToken>CANARYj</SessionToken><Expiration>" \
        "2026-11-22T11:00:00Z</Expiration></Credentials></" action "Result></" action "Response>"
#define ROLE_KEYS ISSUED("AssumeRole", "ASIAROLE")
#define WEB_KEYS ISSUED("AssumeRoleWithWebIdentity", "ASIAWEB")
#define METADATA_KEYS "{\"AccessKeyId\": \"ASIAMETA\", \"SecretAccessKey\": \"CANARYm\", \"Token\": \"CANARYn\"}"
#define SSO_KEYS(end)                                                                                               \
        "{\"roleCredentials\": {\"accessKeyId\": \"ASIASSO\", \"secretAccessKey\": \"CANARYa\", \"sessionToken\": " \
        "\"CANARYb\", \"expiration\": " end "}}"

static bakery_status resolve(struct aws_home *home, const char *profile, bakery_credentials **ret, bakery_error **err)
{
        bakery_chain_options options = BAKERY_CHAIN_OPTIONS_INIT;

        options.profile = profile;
        if (!home->wire.client)
                home_client(home);
        return bakery_chain_resolve(home->wire.client, &options, ret, err);
}

/* Sources, each with all those that it goes before. */
static const struct {
        const char *config, *profile;
        const char *environment[6];
        const char *source; /* who wins */
        const char *body;   /* of the answer, where one is asked for */
} orders[] = {
        { "[default]\n" KEYS("AKIAFILE"),
          NULL,
          { ENV_ID, ENV_SECRET, "AWS_WEB_IDENTITY_TOKEN_FILE=~/t", "AWS_ROLE_ARN=arn:aws:iam::1:role/R",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x" },
          "environment",
          NULL },
        { "[default]\n" KEYS("AKIAFILE"),
          NULL,
          { "AWS_WEB_IDENTITY_TOKEN_FILE=~/t", "AWS_ROLE_ARN=arn:aws:iam::1:role/R",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x" },
          "profile default: aws_access_key_id",
          NULL },
        { "[default]\nregion = eu-west-1\n",
          NULL,
          { "AWS_WEB_IDENTITY_TOKEN_FILE=~/t", "AWS_ROLE_ARN=arn:aws:iam::1:role/R",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x" },
          "environment: AWS_WEB_IDENTITY_TOKEN_FILE",
          WEB_KEYS },
        { "[default]\nregion = eu-west-1\n",
          NULL,
          { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x" },
          "EcsContainer",
          METADATA_KEYS },
        /* A profile that the caller names: the environment has no say. */
        { "[profile dev]\n" KEYS("AKIAFILE"), "dev", { ENV_ID, ENV_SECRET }, "profile dev: aws_access_key_id", NULL },
        { "[profile dev]\nregion = r\n",
          "dev",
          { ENV_ID, ENV_SECRET, "AWS_WEB_IDENTITY_TOKEN_FILE=~/t", "AWS_ROLE_ARN=arn:aws:iam::1:role/R",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x" },
          "EcsContainer",
          METADATA_KEYS },
        /* AWS_PROFILE names one too, but keys in the environment go before it, as with the AWS CLI. */
        { "[profile dev]\n" KEYS("AKIAFILE"), NULL, { "AWS_PROFILE=dev", ENV_ID, ENV_SECRET }, "environment", NULL },
        { "[profile dev]\n" KEYS("AKIAFILE"), NULL, { "AWS_PROFILE=dev" }, "profile dev: aws_access_key_id", NULL },
        { "[profile dev]\n" KEYS("AKIAFILE"),
          NULL,
          { "AWS_DEFAULT_PROFILE=dev" },
          "profile dev: aws_access_key_id",
          NULL },
        { "[profile dev]\n" KEYS("AKIAFILE") "[profile b]\n" KEYS("AKIAB"),
          "b",
          { "AWS_PROFILE=dev" },
          "profile b: aws_access_key_id",
          NULL },
        /* Blank is unset. */
        { "[default]\n" KEYS("AKIAFILE"),
          NULL,
          { "AWS_ACCESS_KEY_ID= ", "AWS_SECRET_ACCESS_KEY=" },
          "profile default: aws_access_key_id",
          NULL },
        /* What is broken in a profile does not stop keys of the environment. */
        { "[profile dev\n", NULL, { ENV_ID, ENV_SECRET }, "environment", NULL },
        { "", NULL, { ENV_ID, ENV_SECRET, "AWS_PROFILE=missing" }, "environment", NULL },
};

START_TEST(the_first_source_wins)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        char line[200];

        home_begin(&home, orders[_i].config, NULL);
        home_write(&home, "t", "CANARYtoken");
        for (size_t i = 0; orders[_i].environment[i]; i++)
                home_set(&home, orders[_i].environment[i]);
        home.wire.answers[0] = (struct fake_answer){ .status = 200, .body = orders[_i].body };
        bakery_status st = resolve(&home, orders[_i].profile, &keys, &err);
        ck_assert_msg(st == BAKERY_OK, "%s: %s", orders[_i].source, bakery_error_message(err));
        ck_assert_str_eq(bakery_credentials_source(keys), orders[_i].source);
        ck_assert_uint_eq(home.wire.requests, orders[_i].body ? 1 : 0);
        snprintf(line, sizeof line, "info credentials of %s\n", orders[_i].source);
        ck_assert(home_logged(&home, line));
        ck_assert_ptr_null(err);
}
END_TEST

/* What is there and fails ends the search: nobody else is asked. */
static const struct {
        const char *config, *profile;
        const char *environment[4];
        const char *says, *hints;
        unsigned requests;
} failures[] = {
        { "[default]\n" KEYS("A"),
          NULL,
          { ENV_ID },
          "AWS_SECRET_ACCESS_KEY is not set, AWS_ACCESS_KEY_ID is",
          "set both",
          0 },
        { "[default]\n" KEYS("A"),
          NULL,
          { ENV_SECRET },
          "AWS_ACCESS_KEY_ID is not set",
          "unset AWS_SECRET_ACCESS_KEY",
          0 },
        { "[default]\n" KEYS("A"),
          NULL,
          { ENV_ID "\n", ENV_SECRET },
          "environment: the access key id contains whitespace",
          NULL,
          0 },
        { "[default]\n" KEYS("A"),
          NULL,
          { ENV_ID, ENV_SECRET " " },
          "environment: the secret access key contains whitespace",
          NULL,
          0 },
        { "[default]\n" KEYS("A"),
          NULL,
          { ENV_ID, ENV_SECRET, "AWS_SESSION_TOKEN=CANARY\n" },
          "environment: the session token contains whitespace",
          NULL,
          0 },
        { "[default]\n" KEYS("A"),
          NULL,
          { ENV_ID, ENV_SECRET, "AWS_CREDENTIAL_EXPIRATION=2026-11-22T10:00:00Z" },
          "are over since 2026-11-22T10:00:00Z",
          "clock",
          0 },
        { "[default]\n" KEYS("A"),
          NULL,
          { ENV_ID, ENV_SECRET, "AWS_CREDENTIAL_EXPIRATION=soon" },
          "AWS_CREDENTIAL_EXPIRATION is no time",
          NULL,
          0 },
        { "[default]\naws_access_key_id = A\n",
          NULL,
          { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x" },
          "profile \"default\": aws_secret_access_key is missing",
          NULL,
          0 },
        { "[default]\n" KEYS("A"),
          NULL,
          { "AWS_PROFILE=dev" },
          "profile \"dev\" is not there",
          "there are: \"default\"",
          0 },
        { "[default]\n" KEYS("A"), "dev", { "AWS_PROFILE=default" }, "profile \"dev\" is not there", NULL, 0 },
        { "[default]\n" KEYS("A"), NULL, { "AWS_CONFIG_FILE=/dev/zero" }, "/dev/zero is no regular file", NULL, 0 },
        { "[profile CANARY\n", NULL, { "A=" }, "config:1: Profile definition must end with ']'", NULL, 0 },
        { "[default]\n" ROLE "credential_source = Environment\n",
          NULL,
          { "A=" },
          "profile default: credential_source Environment: there are no keys in the environment",
          NULL,
          0 },
        { "[default]\n" ROLE "credential_source = EcsContainer\n",
          NULL,
          { "A=" },
          "profile default: credential_source EcsContainer: there are no container credentials",
          NULL,
          0 },
        { "[default]\n" ROLE "credential_source = Ec2InstanceMetadata\n",
          NULL,
          { "AWS_EC2_METADATA_DISABLED=true" },
          "credential_source Ec2InstanceMetadata: the instance metadata is switched off by",
          NULL,
          0 },
        { "[default]\n" ROLE "credential_source = ec2\n",
          NULL,
          { "A=" },
          "there is no credential_source \"ec2\"",
          "EcsContainer",
          0 },
        { "",
          NULL,
          { "AWS_WEB_IDENTITY_TOKEN_FILE=~/t", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x" },
          "AWS_WEB_IDENTITY_TOKEN_FILE is set, AWS_ROLE_ARN is not",
          "AWS_ROLE_ARN",
          0 },
        { "",
          NULL,
          { "AWS_WEB_IDENTITY_TOKEN_FILE=~/none", "AWS_ROLE_ARN=arn:aws:iam::1:role/R" },
          "AWS_WEB_IDENTITY_TOKEN_FILE: open ",
          NULL,
          0 },
        { "", NULL, { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x" }, "answer with HTTP 404", NULL, 1 },
        { "[default]\n" ROLE "web_identity_token_file = /nonexistent/t\n",
          NULL,
          { "A=" },
          "profile default: web_identity_token_file: open /nonexistent/t",
          NULL,
          0 },
        { "[default]\nregion = eu-west-1\n",
          NULL,
          { "A=" },
          "there are no credentials: none in the environment, profile \"default\" did not say",
          "aws sso login",
          1 },
        { NULL, NULL, { "A=" }, "profile \"default\" is not there", "aws configure", 1 },
        { NULL,
          NULL,
          { "HOME_IS_UNSET" },
          "(HOME is not set), no container, and the instance metadata",
          "AWS_CONFIG_FILE",
          1 },
        { NULL, "dev", { "HOME_IS_UNSET" }, "HOME is not set, so ~/.aws/config cannot be found", "AWS_CONFIG_FILE", 0 },
};

START_TEST(a_source_that_fails_ends_the_search)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        home_begin(&home, failures[_i].config, NULL);
        home_write(&home, "t", "CANARYtoken");
        for (size_t i = 0; i < N_ELEMENTS(failures[_i].environment) && failures[_i].environment[i]; i++)
                home_set(&home, failures[_i].environment[i]);
        if (strcmp(failures[_i].environment[0], "HOME_IS_UNSET") == 0)
                home.wire.environment[0] = "UNSET=";
        home.wire.answers[0] = (struct fake_answer){ .status = 404 };
        bakery_status st = resolve(&home, failures[_i].profile, &keys, &err);
        ck_assert_msg(st != BAKERY_OK, "%s: accepted", failures[_i].says);
        ck_says(err, failures[_i].says);
        if (failures[_i].hints)
                ck_hints(err, failures[_i].hints);
        ck_assert_uint_eq(home.wire.requests, failures[_i].requests);
        ck_assert_ptr_null(keys);
        ck_assert_int_eq(resolve(&home, failures[_i].profile, &keys, NULL), st);
}
END_TEST

START_TEST(the_metadata_is_asked_only_where_it_may)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_chain_options options = BAKERY_CHAIN_OPTIONS_INIT;

        home_begin(&home, NULL, NULL);
        home_client(&home);
        options.no_metadata = 1;
        ck_assert_int_eq(bakery_chain_resolve(home.wire.client, &options, &keys, &err), BAKERY_ERR_CREDENTIALS);
        ck_assert_uint_eq(home.wire.requests, 0);
        home.wire.answers[0] = (struct fake_answer)ANSWER(200, NULL, "tok");
        home.wire.answers[1] = (struct fake_answer)ANSWER(200, NULL, "role");
        home.wire.answers[2] = (struct fake_answer)ANSWER(200, NULL, METADATA_KEYS);
        ck_assert_int_eq(bakery_chain_resolve(home.wire.client, NULL, &keys, &err), BAKERY_OK);
        ck_assert_str_eq(bakery_credentials_source(keys), "Ec2InstanceMetadata");
        ck_assert_ptr_null(err);
        options.size--;
        ck_assert_int_eq(bakery_chain_resolve(home.wire.client, &options, &keys, NULL), BAKERY_ERR_ARGUMENT);
}
END_TEST

START_TEST(the_environment_may_hold_a_session)
{
        AUTO_CLEAR(fake_wire)
        wire = { .environment = { ENV_ID, ENV_SECRET, "AWS_SECURITY_TOKEN=CANARYo",
                                  "AWS_CREDENTIAL_EXPIRATION=2026-11-22T10:00:01Z" } };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_credentials) again = NULL;

        fake_client(&wire);
        ck_assert_int_eq(bakery__env_keys(wire.client, &keys, NULL), BAKERY_OK);
        ck_assert_str_eq(bakery_credentials_session_token(keys), "CANARYo");
        ck_assert_int_eq(bakery_credentials_expiration_s(keys), FAKE_NOW_S + 1);
        wire.environment[4] = "AWS_SESSION_TOKEN=CANARYn";
        ck_assert_int_eq(bakery__env_keys(wire.client, &again, NULL), BAKERY_OK);
        ck_assert_str_eq(bakery_credentials_session_token(again), "CANARYn");
}
END_TEST

START_TEST(a_profile_may_hold_a_session)
{
        static const char *const lines[][2] = {
                { "", NULL },
                { "aws_session_token = CANARYt\n", "CANARYt" },
                { "aws_security_token = CANARYu\n", "CANARYu" },
                { "aws_security_token = CANARYu\naws_session_token = CANARYt\n", "CANARYt" },
        };
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        char text[300];

        snprintf(text, sizeof text, "[default]\n" KEYS("A") "%s", lines[_i][0]);
        home_begin(&home, NULL, text);
        ck_assert_int_eq(resolve(&home, NULL, &keys, NULL), BAKERY_OK);
        ck_assert_pstr_eq(bakery_credentials_session_token(keys), lines[_i][1]);
        ck_assert_str_eq(bakery_credentials_secret_access_key(keys), "CANARYp");
}
END_TEST

/* Roles: what is sent, where to, and signed by whom. */
static const struct {
        const char *config;
        const char *environment[3];
        const char *url;
        const char *sent[4]; /* pieces of the last body */
        const char *not_sent;
        const char *signed_by; /* NULL: nobody */
        const char *source;
        unsigned requests;
} roles[] = {
        { "[default]\nregion = eu-west-1\n" ROLE "source_profile = b\n[profile b]\n" KEYS("AKIAB"),
          { "A=" },
          "https://sts.eu-west-1.amazonaws.com/",
          { "Action=AssumeRole&", "RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2FR",
            "RoleSessionName=bakery-1795341600" },
          "DurationSeconds",
          "Credential=AKIAB/",
          "profile default: source_profile b",
          1 },
        { "[default]\nregion = eu-west-1\n" ROLE
          "source_profile = default\nrole_session_name = me\nexternal_id = e1\nduration_seconds = 900\n" KEYS("AKIAD"),
          { "A=" },
          "https://sts.eu-west-1.amazonaws.com/",
          { "RoleSessionName=me", "ExternalId=e1", "DurationSeconds=900" },
          "SerialNumber",
          "Credential=AKIAD/",
          "profile default: source_profile default",
          1 },
        { "[default]\nregion = eu-west-1\n" ROLE "source_profile = b\n[profile b]\n" KEYS("AKIAB"),
          { "AWS_REGION=us-east-2" },
          "https://sts.us-east-2.amazonaws.com/",
          { "AssumeRole" },
          "Policy",
          "Credential=AKIAB/",
          NULL,
          1 },
        /* A source's region is not that of the profile in use. */
        { "[default]\nregion = eu-west-1\n" ROLE "source_profile = b\n[profile b]\nregion = eu-north-1\n" KEYS("AKIAB"),
          { "A=" },
          "https://sts.eu-west-1.amazonaws.com/",
          { "AssumeRole" },
          "Policy",
          "Credential=AKIAB/",
          NULL,
          1 },
        /* Without any region: the partition's global endpoint, by the role. */
        { "[default]\n" ROLE "source_profile = b\n[profile b]\n" KEYS("AKIAB"),
          { "A=" },
          "https://sts.amazonaws.com/",
          { "AssumeRole" },
          "Policy",
          "/us-east-1/sts/",
          NULL,
          1 },
        { "[default]\nrole_arn = arn:aws-cn:iam::222222222222:role/R\nsource_profile = b\n[profile b]\n" KEYS("AKIAB"),
          { "A=" },
          "https://sts.cn-northwest-1.amazonaws.com.cn/",
          { "AssumeRole" },
          "Policy",
          "/cn-northwest-1/sts/",
          NULL,
          1 },
        { "[default]\nregion = eu-west-1\n" ROLE "source_profile = b\n[profile b]\n" ROLE
          "source_profile = c\n[profile c]\n" KEYS("AKIAC"),
          { "A=" },
          "https://sts.eu-west-1.amazonaws.com/",
          { "AssumeRole" },
          "Policy",
          "Credential=ASIAROLE/",
          "profile default: source_profile b",
          2 },
        { "[default]\nregion = eu-west-1\n" ROLE "credential_source = Environment\n",
          { "A=" },
          NULL,
          { NULL },
          NULL,
          NULL,
          NULL,
          0 },
        { "[default]\nregion = eu-west-1\nendpoint_url = https://sts.example.com\n" ROLE
          "source_profile = b\n[profile b]\n" KEYS("AKIAB"),
          { "A=" },
          "https://sts.example.com/",
          { "AssumeRole" },
          "Policy",
          "Credential=AKIAB/",
          NULL,
          1 },
        { "[default]\nregion = eu-west-1\nuse_fips_endpoint = true\n" ROLE
          "source_profile = b\n[profile b]\n" KEYS("AKIAB"),
          { "A=" },
          "https://sts-fips.eu-west-1.amazonaws.com/",
          { "AssumeRole" },
          "Policy",
          "Credential=AKIAB/",
          NULL,
          1 },
        { "[default]\nregion = eu-west-1\nduration_seconds = 1h\n" ROLE
          "source_profile = b\n[profile b]\n" KEYS("AKIAB"),
          { "A=" },
          "https://sts.eu-west-1.amazonaws.com/",
          { "AssumeRole" },
          "DurationSeconds",
          "Credential=AKIAB/",
          NULL,
          1 },
};

START_TEST(assumes_the_roles_of_a_profile)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        home_begin(&home, roles[_i].config, NULL);
        for (size_t i = 0; roles[_i].environment[i]; i++)
                home_set(&home, roles[_i].environment[i]);
        home.wire.answers[0] = (struct fake_answer)ANSWER(200, NULL, ROLE_KEYS);
        bakery_status st = resolve(&home, NULL, &keys, &err);
        ck_assert_uint_eq(home.wire.requests, roles[_i].requests);
        if (!roles[_i].url) {
                ck_assert_int_eq(st, BAKERY_ERR_CREDENTIALS);
                return;
        }
        ck_assert_msg(st == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_str_eq(home.wire.last.url, roles[_i].url);
        for (size_t i = 0; i < N_ELEMENTS(roles[_i].sent) && roles[_i].sent[i]; i++)
                ck_assert_msg(strstr(home.wire.last.body, roles[_i].sent[i]), "%s is not in %s", roles[_i].sent[i],
                              home.wire.last.body);
        ck_assert_ptr_null(strstr(home.wire.last.body, roles[_i].not_sent));
        ck_assert_ptr_nonnull(strstr(fake_header(&home.wire, "Authorization"), roles[_i].signed_by));
        ck_assert_str_eq(bakery_credentials_access_key_id(keys), "ASIAROLE");
        ck_assert_int_eq(bakery_credentials_expiration_s(keys), FAKE_NOW_S + 3600);
        if (roles[_i].source)
                ck_assert_str_eq(bakery_credentials_source(keys), roles[_i].source);
        ck_assert_int_eq(home_logged(&home, "duration_seconds is no number"), strstr(roles[_i].config, "= 1h") != NULL);
}
END_TEST

#define DENIED "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"

START_TEST(a_refused_role_names_its_profile)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        home_begin(&home, "[profile x]\nregion = eu-west-1\n" ROLE "source_profile = b\n", "[b]\n" KEYS("AKIAB"));
        home.wire.answers[0] = (struct fake_answer)ANSWER(403, NULL, DENIED);
        ck_assert_int_eq(resolve(&home, "x", &keys, &err), BAKERY_ERR_DENIED);
        ck_says(err, "profile x: role_arn: ");
        ck_assert_str_eq(bakery_error_aws_code(err), "AccessDenied");
}
END_TEST

START_TEST(a_web_identity_of_the_environment_has_its_name)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;

        home_begin(&home, "", NULL);
        home_write(&home, "t", "token1\n");
        home_set(&home, "AWS_WEB_IDENTITY_TOKEN_FILE=~/t");
        home_set(&home, "AWS_ROLE_ARN=arn:aws:iam::1:role/R");
        home_set(&home, "AWS_ROLE_SESSION_NAME=pipeline");
        home.wire.answers[0] = (struct fake_answer)ANSWER(200, NULL, WEB_KEYS);
        ck_assert_int_eq(resolve(&home, NULL, &keys, NULL), BAKERY_OK);
        ck_assert_ptr_nonnull(strstr(home.wire.last.body, "RoleSessionName=pipeline"));
}
END_TEST

START_TEST(a_web_identity_is_not_signed)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_credentials) again = NULL;
        char config[500];

        home_begin(&home, NULL, NULL);
        snprintf(config, sizeof config,
                 "[default]\nregion = eu-west-1\n" ROLE "web_identity_token_file = %s/t\nrole_session_name = me\n",
                 home.folder);
        home_write(&home, ".aws/config", config);
        home_write(&home, "t", "token1\n");
        home.wire.answers[0] = (struct fake_answer)ANSWER(200, NULL, WEB_KEYS);
        ck_assert_int_eq(resolve(&home, NULL, &keys, NULL), BAKERY_OK);
        ck_assert_ptr_nonnull(strstr(home.wire.last.body, "Action=AssumeRoleWithWebIdentity&"));
        ck_assert_ptr_nonnull(strstr(home.wire.last.body, "RoleSessionName=me"));
        ck_assert_ptr_nonnull(strstr(home.wire.last.body, "WebIdentityToken=token1"));
        ck_assert_ptr_null(fake_header(&home.wire, "Authorization"));
        ck_assert_str_eq(bakery_credentials_source(keys), "profile default: web_identity_token_file");
        home_write(&home, "t", "token2");
        ck_assert_int_eq(resolve(&home, NULL, &again, NULL), BAKERY_OK);
        ck_assert_ptr_nonnull(strstr(home.wire.last.body, "WebIdentityToken=token2"));
}
END_TEST

/* MFA in a profile. */
struct person {
        const char *answers[3];
        unsigned asked;
        char prompt[300];
};

static bakery_status ask(const char *prompt, char *answer, size_t size_bytes, void *context, bakery_error **err)
{
        struct person *person = context;

        (void)err;
        snprintf(person->prompt, sizeof person->prompt, "%s", prompt);
        snprintf(answer, size_bytes, "%s", person->answers[person->asked++]);
        return BAKERY_OK;
}

#define MFA_PROFILE(serial)                                                                 \
        "[profile x]\nregion = eu-west-1\n" ROLE "source_profile = b\nmfa_serial = " serial \
        "\n[profile b]\n" KEYS("AKIAB")
#define BAD_CODE                                                                                                     \
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>MultiFactorAuthentication failed with invalid MFA " \
        "one time pass code.</Message></Error></ErrorResponse>"

static const struct {
        const char *serial; /* and what stands behind it */
        struct fake_answer answers[3];
        struct person person;
        bool nobody;
        bakery_status status;
        unsigned asked, requests;
        const char *says;
} mfas[] = {
        { "arn:aws:iam::111111111111:mfa/ann",
          { ANSWER(200, NULL, ROLE_KEYS) },
          { { "123456" }, 0, "" },
          false,
          BAKERY_OK,
          1,
          1,
          NULL },
        { "GAHT12345678",
          { ANSWER(403, NULL, BAD_CODE), ANSWER(200, NULL, ROLE_KEYS) },
          { { "111111", "123456" }, 0, "" },
          false,
          BAKERY_OK,
          2,
          2,
          NULL },
        { "arn:aws:iam::111111111111:mfa/ann",
          { ANSWER(403, NULL, BAD_CODE) },
          { { "111111", "222222" }, 0, "" },
          false,
          BAKERY_ERR_DENIED,
          2,
          2,
          "profile x: role_arn" },
        { "arn:aws:iam::111111111111:mfa/ann",
          { ANSWER(200, NULL, ROLE_KEYS) },
          { { "12345", "1234567" }, 0, "" },
          false,
          BAKERY_ERR_CREDENTIALS,
          2,
          0,
          "six digits" },
        { "arn:aws:iam::111111111111:u2f/user/ann/k",
          { ANSWER(200, NULL, ROLE_KEYS) },
          { { "123456" }, 0, "" },
          false,
          BAKERY_ERR_CREDENTIALS,
          0,
          0,
          "is a FIDO key" },
        { "arn:aws:iam::111111111111:mfa/ann",
          { ANSWER(200, NULL, ROLE_KEYS) },
          { { "123456" }, 0, "" },
          true,
          BAKERY_ERR_CREDENTIALS,
          0,
          0,
          "nobody is there to be asked" },
        { "arn:aws:iam::111111111111:mfa/ann\nmfa_process = echo 123456",
          { ANSWER(200, NULL, ROLE_KEYS) },
          { { "222222" }, 0, "" },
          false,
          BAKERY_OK,
          0,
          1,
          NULL },
        { "arn:aws:iam::111111111111:mfa/ann\nmfa_process = echo 111111",
          { ANSWER(403, NULL, BAD_CODE) },
          { { "222222" }, 0, "" },
          false,
          BAKERY_ERR_DENIED,
          0,
          1,
          "MultiFactorAuthentication failed" },
        { "arn:aws:iam::111111111111:mfa/ann\nmfa_process = false",
          { ANSWER(200, NULL, ROLE_KEYS) },
          { { "222222" }, 0, "" },
          false,
          BAKERY_ERR_CREDENTIALS,
          0,
          0,
          "profile x: mfa_process: false ended with status 1" },
};

START_TEST(mfa_of_a_profile_is_asked_for)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_chain_options options = BAKERY_CHAIN_OPTIONS_INIT;
        struct person person = mfas[_i].person;
        char config[500];

        snprintf(config, sizeof config, MFA_PROFILE("%s"), mfas[_i].serial);
        home_begin(&home, config, NULL);
        memcpy(home.wire.answers, mfas[_i].answers, sizeof mfas[_i].answers);
        home_client(&home);
        options.profile = "x";
        options.ask = mfas[_i].nobody ? NULL : ask;
        options.ask_context = &person;
        bakery_status st = bakery_chain_resolve(home.wire.client, &options, &keys, &err);
        ck_assert_msg(st == mfas[_i].status, "%d %s", st, bakery_error_message(err));
        ck_assert_uint_eq(person.asked, mfas[_i].asked);
        ck_assert_uint_eq(home.wire.requests, mfas[_i].requests);
        if (mfas[_i].says)
                ck_says(err, mfas[_i].says);
        if (st)
                return;
        ck_assert_ptr_nonnull(strstr(home.wire.last.body, "TokenCode=123456"));
        ck_assert_ptr_nonnull(strstr(home.wire.last.body, "SerialNumber="));
        if (person.asked == 1)
                ck_assert_ptr_nonnull(
                        strstr(person.prompt, "MFA code of profile x (arn:aws:iam::111111111111:mfa/ann)"));
}
END_TEST

/* SSO: a token on disk, and the call that makes keys of it. */
#define SSO_PROFILE                                                                                   \
        "[profile dev]\nsso_session = my-sso\nsso_account_id = 222222222222\nsso_role_name = Re ad\n" \
        "[sso-session my-sso]\nsso_region = eu-west-1\nsso_start_url = https://d-1.awsapps.com/start\n"
#define LEGACY_PROFILE                                                                                                  \
        "[profile dev]\nsso_account_id = 222222222222\nsso_role_name = Re ad\nsso_region = eu-west-1\nsso_start_url = " \
        "https://d-1.awsapps.com/start\n"
#define SSO_TOKEN(end) "{\"accessToken\": \"CANARYsso\", \"expiresAt\": \"" end "\"}"
#define SSO_REFUSAL(code) "{\"message\": \"no\", \"__type\": \"com.amazonaws.switchboard.portal#" code "\"}"

static const struct {
        const char *name, *token; /* what the file holds; NULL: it is not there */
        struct fake_answer answer;
        bakery_status status;
        unsigned requests;
        const char *says, *hints;
} ssos[] = {
        { "keys", SSO_TOKEN("2026-11-22T10:00:01Z"), ANSWER(200, NULL, SSO_KEYS("1795345200000")), BAKERY_OK, 1, NULL,
          NULL },
        { "UTC", SSO_TOKEN("2026-11-22T11:00:00UTC"), ANSWER(200, NULL, SSO_KEYS("1795345200999")), BAKERY_OK, 1, NULL,
          NULL },
        { "no file", NULL, ANSWER(200, NULL, ""), BAKERY_ERR_CREDENTIALS, 0, ".json: there is no SSO token",
          "aws sso login" },
        { "over", SSO_TOKEN("2026-11-22T10:00:00Z"), ANSWER(200, NULL, ""), BAKERY_ERR_CREDENTIALS, 0,
          "profile dev: the SSO token is over", "aws sso login" },
        { "no time", SSO_TOKEN("x"), ANSWER(200, NULL, ""), BAKERY_ERR_CREDENTIALS, 0, "expiresAt", "aws sso login" },
        { "no token", "{\"expiresAt\": \"2026-11-22T11:00:00Z\"}", ANSWER(200, NULL, ""), BAKERY_ERR_CREDENTIALS, 0,
          "the SSO token on disk is none", "aws sso login" },
        { "forged", "{\"accessToken\": \"CANARY\\r\\nX: y\", \"expiresAt\": \"2026-11-22T11:00:00Z\"}",
          ANSWER(200, NULL, ""), BAKERY_ERR_CREDENTIALS, 0, "the SSO token on disk is none", "aws sso login" },
        { "no JSON", "CANARY", ANSWER(200, NULL, ""), BAKERY_ERR_CREDENTIALS, 0, "is no JSON object", "aws sso login" },
        { "not taken", SSO_TOKEN("2026-11-22T11:00:00Z"), ANSWER(401, NULL, SSO_REFUSAL("UnauthorizedException")),
          BAKERY_ERR_CREDENTIALS, 1, "AWS does not take the SSO token any more", "aws sso login" },
        { "not mine", SSO_TOKEN("2026-11-22T11:00:00Z"), ANSWER(403, NULL, SSO_REFUSAL("ForbiddenException")),
          BAKERY_ERR_AWS, 1, "sso GetRoleCredentials: ForbiddenException", "sso_role_name" },
        { "a page", SSO_TOKEN("2026-11-22T11:00:00Z"), ANSWER(403, NULL, "<html>"), BAKERY_ERR_NETWORK, 1,
          "unexpected answer from sso", NULL },
        { "no keys", SSO_TOKEN("2026-11-22T11:00:00Z"), ANSWER(200, NULL, "{}"), BAKERY_ERR_CREDENTIALS, 1,
          "the answer of sso: it has no accessKeyId", NULL },
        { "no session token", SSO_TOKEN("2026-11-22T11:00:00Z"),
          ANSWER(200, NULL, "{\"roleCredentials\": {\"accessKeyId\": \"A\", \"secretAccessKey\": \"CANARY\"}}"),
          BAKERY_ERR_CREDENTIALS, 1, "it has no sessionToken", NULL },
        { "seconds", SSO_TOKEN("2026-11-22T11:00:00Z"), ANSWER(200, NULL, SSO_KEYS("1795345200")),
          BAKERY_ERR_CREDENTIALS, 1, "are over since 1970", NULL },
        { "text", SSO_TOKEN("2026-11-22T11:00:00Z"), ANSWER(200, NULL, SSO_KEYS("\"soon\"")), BAKERY_ERR_CREDENTIALS, 1,
          "its expiration is no time", NULL },
};

static void write_sso(struct aws_home *home, const char *config, const char *token)
{
        /* echo -n my-sso | sha1sum; echo -n https://d-1.awsapps.com/start | sha1sum */
        static const char of_session[] = ".aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json";
        static const char of_url[] = ".aws/sso/cache/0c54b6c27e90660baa89eaad85ac1d5dae26cb7d.json";

        home_begin(home, config, NULL);
        if (token)
                home_write(home, strstr(config, "sso_session") ? of_session : of_url, token);
}

START_TEST(an_sso_token_becomes_keys)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        const size_t i = (size_t)_i / 2;

        write_sso(&home, _i % 2 ? SSO_PROFILE : LEGACY_PROFILE, ssos[i].token);
        home.wire.answers[0] = ssos[i].answer;
        bakery_status st = resolve(&home, "dev", &keys, &err);
        ck_assert_msg(st == ssos[i].status, "%s: %d %s", ssos[i].name, st, bakery_error_message(err));
        ck_assert_uint_eq(home.wire.requests, ssos[i].requests);
        if (ssos[i].says)
                ck_says(err, ssos[i].says);
        if (ssos[i].hints)
                ck_hints(err, ssos[i].hints);
        if (ssos[i].hints && strcmp(ssos[i].hints, "aws sso login") == 0)
                ck_hints(err, _i % 2 ? "run: aws sso login --sso-session my-sso" : "run: aws sso login --profile dev");
        if (st)
                return;
        ck_assert_str_eq(home.wire.last.method, "GET");
        ck_assert_str_eq(home.wire.last.url, "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?"
                                             "role_name=Re%20ad&account_id=222222222222");
        ck_assert_str_eq(fake_header(&home.wire, "x-amz-sso_bearer_token"), "CANARYsso");
        ck_assert_ptr_null(fake_header(&home.wire, "Authorization"));
        ck_assert_int_eq(bakery_credentials_expiration_s(keys), FAKE_NOW_S + 3600);
        ck_assert_str_eq(bakery_credentials_source(keys), "profile dev: sso_role_name");
}
END_TEST

START_TEST(a_profile_for_tokens_gives_no_keys)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        home_begin(&home, "[default]\nsso_session = s\n[sso-session s]\nsso_region = r\nsso_start_url = u\n", NULL);
        ck_assert_int_eq(resolve(&home, NULL, &keys, &err), BAKERY_ERR_CREDENTIALS);
        ck_says(err, "is for tokens, not keys");
}
END_TEST

/* aws login */
#define LOGIN_PROFILE "[profile dev]\nlogin_session = arn:aws:iam::111111111111:user/ann\n"
#define LOGIN(end)                                                                                                    \
        "{\"accessToken\": {\"accessKeyId\": \"ASIALOGIN\", \"secretAccessKey\": \"CANARYc\", \"sessionToken\": "     \
        "\"CANARYd\", \"accountId\": \"1\", \"expiresAt\": \"" end "\"}, \"refreshToken\": \"CANARY\", \"dpopKey\": " \
        "\"CANARY\"}"

static const struct {
        const char *token, *variable, *says;
} logins[] = {
        { LOGIN("2026-11-22T10:10:00Z"), NULL, NULL },
        { LOGIN("2026-11-22T10:10:00Z"), "AWS_LOGIN_CACHE_DIRECTORY=~/elsewhere", NULL },
        { LOGIN("2026-11-22T10:00:00Z"), NULL, "the session of aws login: its credentials are over" },
        { NULL, NULL, "there is no login session that can be read" },
        { "{\"accessToken\": {}}", NULL, "it has no expiresAt" },
        { "{\"accessToken\": {\"accessKeyId\": \"A\", \"secretAccessKey\": \"CANARY\", \"expiresAt\": "
          "\"2026-11-22T10:10:00Z\"}}",
          NULL, "it has no sessionToken" },
        { "CANARY", NULL, "is no JSON object" },
};

START_TEST(a_login_session_is_used_while_it_lives)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        char name[200];

        home_begin(&home, LOGIN_PROFILE, NULL);
        if (logins[_i].variable)
                home_set(&home, logins[_i].variable);
        /* echo -n arn:aws:iam::111111111111:user/ann | sha256sum */
        snprintf(name, sizeof name, "%s/0281ad524b3765540535faecc0afbde86ea8e926dc12fcf329f2e98722662da0.json",
                 logins[_i].variable ? "elsewhere" : ".aws/login/cache");
        if (logins[_i].token)
                home_write(&home, name, logins[_i].token);
        bakery_status st = resolve(&home, "dev", &keys, &err);
        ck_assert_uint_eq(home.wire.requests, 0);
        if (logins[_i].says) {
                ck_assert_int_eq(st, BAKERY_ERR_CREDENTIALS);
                ck_says(err, "profile dev: ");
                ck_says(err, logins[_i].says);
                ck_hints(err, "aws login --profile dev");
                return;
        }
        ck_assert_msg(st == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_str_eq(bakery_credentials_access_key_id(keys), "ASIALOGIN");
        ck_assert_str_eq(bakery_credentials_source(keys), "profile dev: login_session");
}
END_TEST

START_TEST(tells_the_region_of_a_profile)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_FREE char *region = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        home_begin(&home, "[default]\n[profile dev]\nregion = eu-west-1\n", NULL);
        home_set(&home, "AWS_REGION=us-east-2");
        home_client(&home);
        ck_assert_int_eq(bakery_chain_region(home.wire.client, NULL, &region, &err), BAKERY_OK);
        ck_assert_ptr_null(region);
        ck_assert_int_eq(bakery_chain_region(home.wire.client, "dev", &region, &err), BAKERY_OK);
        ck_assert_str_eq(region, "eu-west-1");
        ck_assert_int_eq(bakery_chain_region(home.wire.client, "none", &region, &err), BAKERY_ERR_CREDENTIALS);
}
END_TEST

START_TEST(warns_of_the_credentials_file_once)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;

        home_begin(&home, NULL, NULL);
        chmod(home_write(&home, ".aws/credentials", "[default]\n" KEYS("A")), 0644);
        ck_assert_int_eq(resolve(&home, NULL, &keys, NULL), BAKERY_OK);
        const char *first = strstr(home.wire.log.at, "chmod 600");
        ck_assert_ptr_nonnull(first);
        ck_assert_ptr_null(strstr(first + 1, "chmod 600"));
}
END_TEST

#define LEGACY_PROFILE_AS_DEFAULT                                                                               \
        "[default]\nsso_account_id = 222222222222\nsso_role_name = R\nsso_region = eu-west-1\nsso_start_url = " \
        "https://d-1.awsapps.com/start\n"

/* Whatever held a secret is wiped before it goes. */
static const struct {
        const char *config, *file, *text, *variable;
        struct fake_answer answer;
} holders[] = {
        { "[default]\n" KEYS("A"), NULL, NULL, "X=", ANSWER(200, NULL, NULL) },
        { NULL, ".aws/credentials", "[default]\n" KEYS("A"), "X=", ANSWER(200, NULL, NULL) },
        { "[default]\nregion = eu-west-1\n" ROLE "source_profile = b\n[profile b]\n" KEYS("A"), NULL, NULL,
          "X=", ANSWER(200, NULL, ROLE_KEYS) },
        { "[default]\ncredential_process = echo CANARYdocument\n", NULL, NULL, "X=", ANSWER(200, NULL, NULL) },
        { "[default]\ncredential_process = echo '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": "
          "\"CANARY\"}'\n",
          NULL, NULL, "X=", ANSWER(200, NULL, NULL) },
        { NULL, "t", "CANARYtoken", "AWS_WEB_IDENTITY_TOKEN_FILE=~/t", ANSWER(200, NULL, WEB_KEYS) },
        { LEGACY_PROFILE_AS_DEFAULT, ".aws/sso/cache/0c54b6c27e90660baa89eaad85ac1d5dae26cb7d.json",
          SSO_TOKEN("2026-11-22T11:00:00Z"), "X=", ANSWER(200, NULL, SSO_KEYS("1795345200000")) },
        { NULL, "t", "CANARYtoken", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=~/t", ANSWER(200, NULL, METADATA_KEYS) },
};

START_TEST(no_secret_is_left_in_freed_memory)
{
        struct aws_home home;
        bakery_credentials *keys = NULL;

        home_begin(&home, holders[_i].config, NULL);
        if (holders[_i].file)
                home_write(&home, holders[_i].file, holders[_i].text);
        home_set(&home, holders[_i].variable);
        if (!holders[_i].config)
                home_set(&home, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/x");
        home_set(&home, "AWS_ROLE_ARN=arn:aws:iam::222222222222:role/R");
        home.wire.answers[0] = holders[_i].answer;
        home_client(&home);
        watch_free_for("CANARY");
        bakery_chain_resolve(home.wire.client, NULL, &keys, NULL);
        bakery_credentials_free(keys);
        home_end(&home);
        ck_assert_uint_eq(freed_with_text(), 0);
        watch_free_for(NULL);
}
END_TEST

/* What is described: two worlds differ in one thing, and so do their descriptions, or not. */
static const struct {
        const char *config[2], *variable[2], *profile[2];
        bool same;
} pairs[] = {
        { { "[default]\n" KEYS("A"), "[default]\n" KEYS("A") }, { "X=1", "X=2" }, { NULL, NULL }, true },
        { { "[default]\n" KEYS("A"), "[default]\naws_access_key_id = A\naws_secret_access_key = CANARYother\n" },
          { "X=", "X=" },
          { NULL, NULL },
          true },
        { { "[default]\n" KEYS("A"), "[default]\n" KEYS("B") }, { "X=", "X=" }, { NULL, NULL }, false },
        { { "[default]\n" KEYS("A") "x = ab\n", "[default]\n" KEYS("A") "x = a\nb = \n" },
          { "X=", "X=" },
          { NULL, NULL },
          false },
        { { "[profile a]\n" ROLE "source_profile = b\n[profile b]\n" KEYS("A"),
            "[profile a]\n" ROLE "source_profile = b\n[profile b]\n" KEYS("B") },
          { "X=", "X=" },
          { "a", "a" },
          false },
        { { "[profile a]\n" KEYS("A") "[profile b]\n" KEYS("A"), "[profile a]\n" KEYS("A") "[profile b]\n" KEYS("A") },
          { "X=", "X=" },
          { "a", "b" },
          false },
        { { SSO_PROFILE, SSO_PROFILE "x = y\n" }, { "X=", "X=" }, { "dev", "dev" }, false },
        { { "[default]\nservices = s\n[services s]\nsts =\n  endpoint_url = https://a\n",
            "[default]\nservices = s\n[services s]\nsts =\n  endpoint_url = https://b\n" },
          { "X=", "X=" },
          { NULL, NULL },
          false },
        { { "[default]\n" KEYS("A"), "[default]\n" KEYS("A") }, { "X=", ENV_ID }, { NULL, NULL }, false },
        { { "[profile broken", "[profile broken" }, { ENV_ID, ENV_ID }, { NULL, NULL }, true },
        { { "", "" }, { "AWS_WEB_IDENTITY_TOKEN_FILE=/a", "AWS_WEB_IDENTITY_TOKEN_FILE=/b" }, { NULL, NULL }, false },
};

static void describe(size_t i, int side, const char *home_path, struct buf *into)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        bakery_chain_options options = BAKERY_CHAIN_OPTIONS_INIT;
        char same_home[200];

        home_begin(&home, pairs[i].config[side], NULL);
        char variable[300];
        snprintf(variable, sizeof variable, "AWS_CONFIG_FILE=%s/.aws/config", home.folder);
        snprintf(same_home, sizeof same_home, "HOME=%s", home_path);
        home.wire.environment[0] = same_home;
        home_set(&home, variable);
        home_set(&home, pairs[i].variable[side]);
        home_client(&home);
        options.profile = pairs[i].profile[side];
        ck_assert_int_eq(bakery__chain_describe(home.wire.client, &options, into, NULL), BAKERY_OK);
        ck_assert_uint_eq(home.wire.requests, 0);
        ck_assert_ptr_null(strstr(into->at, "CANARY"));
}

START_TEST(describes_whose_keys_they_are)
{
        AUTO_CLEAR(buf) left = { .max = 10000 };
        AUTO_CLEAR(buf) right = { .max = 10000 };

        describe((size_t)_i, 0, "/home/a", &left);
        describe((size_t)_i, 1, "/home/a", &right);
        ck_assert_msg((strcmp(left.at, right.at) == 0) == pairs[_i].same, "%s\n%s", left.at, right.at);
        bakery__buf_clear(&right);
        describe((size_t)_i, 0, "/home/b", &right);
        ck_assert_str_ne(left.at, right.at);
}
END_TEST

/* What sources look at in the environment, besides the keys themselves. */
static const char *const looked_at[] = {
        "AWS_LOGIN_CACHE_DIRECTORY",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_EC2_METADATA_DISABLED",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
};

START_TEST(another_variable_is_another_source)
{
        AUTO_CLEAR(buf) all = { .max = 10000 };

        for (int side = 0; side < 2; side++) {
                AUTO_CLEAR(fake_wire) wire = { .environment = { "HOME=/nowhere", "X=" } };
                AUTO_CLEAR(buf) one = { .max = 10000 };
                char variable[100];

                snprintf(variable, sizeof variable, "%s=/%d", looked_at[_i], side);
                wire.environment[1] = variable;
                fake_client(&wire);
                ck_assert_int_eq(bakery__chain_describe(wire.client, NULL, &one, NULL), BAKERY_OK);
                ck_assert_msg(!all.at || strcmp(all.at, one.at) != 0, "%s", looked_at[_i]);
                bakery__buf_text(&all, one.at);
        }
}
END_TEST

START_TEST(a_missing_profile_cannot_be_described)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(buf) into = { .max = 10000 };
        bakery_chain_options options = BAKERY_CHAIN_OPTIONS_INIT;

        home_begin(&home, "", NULL);
        home_client(&home);
        options.profile = "none";
        ck_assert_int_eq(bakery__chain_describe(home.wire.client, &options, &into, NULL), BAKERY_ERR_CREDENTIALS);
}
END_TEST

Suite *chain_suite(void)
{
        Suite *suite = suite_create("chain");
        TCase *tcase = tcase_create("chain");

        tcase_add_loop_test(tcase, the_first_source_wins, 0, (int)N_ELEMENTS(orders));
        tcase_add_loop_test(tcase, a_source_that_fails_ends_the_search, 0, (int)N_ELEMENTS(failures));
        tcase_add_test(tcase, the_metadata_is_asked_only_where_it_may);
        tcase_add_test(tcase, the_environment_may_hold_a_session);
        tcase_add_loop_test(tcase, a_profile_may_hold_a_session, 0, 4);
        tcase_add_loop_test(tcase, assumes_the_roles_of_a_profile, 0, (int)N_ELEMENTS(roles));
        tcase_add_test(tcase, a_refused_role_names_its_profile);
        tcase_add_test(tcase, a_web_identity_is_not_signed);
        tcase_add_test(tcase, a_web_identity_of_the_environment_has_its_name);
        tcase_add_loop_test(tcase, mfa_of_a_profile_is_asked_for, 0, (int)N_ELEMENTS(mfas));
        tcase_add_loop_test(tcase, an_sso_token_becomes_keys, 0, 2 * (int)N_ELEMENTS(ssos));
        tcase_add_test(tcase, a_profile_for_tokens_gives_no_keys);
        tcase_add_loop_test(tcase, a_login_session_is_used_while_it_lives, 0, (int)N_ELEMENTS(logins));
        tcase_add_test(tcase, tells_the_region_of_a_profile);
        tcase_add_test(tcase, warns_of_the_credentials_file_once);
        tcase_add_loop_test(tcase, no_secret_is_left_in_freed_memory, 0, (int)N_ELEMENTS(holders));
        tcase_add_loop_test(tcase, describes_whose_keys_they_are, 0, (int)N_ELEMENTS(pairs));
        tcase_add_loop_test(tcase, another_variable_is_another_source, 0, (int)N_ELEMENTS(looked_at));
        tcase_add_test(tcase, a_missing_profile_cannot_be_described);
        suite_add_tcase(suite, tcase);
        return suite;
}
