/* The container's and the instance's own credentials. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "aws_home.h"
#include "credentials/container.h"
#include "credentials/imds.h"
#include "credentials/token_file.h"

Suite *metadata_suite(void);

#define BODY "\"AccessKeyId\": \"ASIA1\", \"SecretAccessKey\": \"CANARYs\", \"Token\": \"CANARYt\""
#define END ", \"Expiration\": \"2026-11-22T16:00:00Z\""
#define KEYS "{" BODY END "}"
#define ENDS_S (FAKE_NOW_S + 6 * 3600)
#define RELATIVE "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="
#define FULL "AWS_CONTAINER_CREDENTIALS_FULL_URI="
#define CONTAINER_TOKEN "AWS_CONTAINER_AUTHORIZATION_TOKEN="

/* Where a container's credentials may be asked for, and with which token past which proxy. */
static const struct {
        const char *environment[4];
        const char *url; /* NULL: refused */
        bool near;
        const char *token, *says;
} urls[] = {
        { { RELATIVE "/v2/x" }, "http://169.254.170.2/v2/x", true, NULL, NULL },
        { { RELATIVE "/v2/x?a=1", FULL "http://localhost/y" }, "http://169.254.170.2/v2/x?a=1", true, NULL, NULL },
        { { FULL "http://localhost:8080/y" }, "http://localhost:8080/y", true, NULL, NULL },
        { { FULL "http://127.9.9.9/y" }, "http://127.9.9.9/y", true, NULL, NULL },
        { { FULL "http://[::1]:1/y" }, "http://[::1]:1/y", true, NULL, NULL },
        { { FULL "http://169.254.170.23/v1" }, "http://169.254.170.23/v1", true, NULL, NULL },
        { { FULL "http://169.254.1.1/v1" }, "http://169.254.1.1/v1", true, NULL, NULL },
        { { FULL "http://[fd00:ec2::23]/v1" }, "http://[fd00:ec2::23]/v1", true, NULL, NULL },
        { { FULL "http://[fe80::1]/v1" }, "http://[fe80::1]/v1", true, NULL, NULL },
        { { FULL "https://keys.example.com/y" }, "https://keys.example.com/y", false, NULL, NULL },
        { { FULL "https://127.0.0.1/y" }, "https://127.0.0.1/y", true, NULL, NULL },
        { { RELATIVE "/x", CONTAINER_TOKEN "Basic CANARYb" }, "http://169.254.170.2/x", true, "Basic CANARYb", NULL },
        { .environment = { "OTHER=1" }, .says = "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor" },
        { .environment = { RELATIVE " ", FULL "" }, .says = "neither AWS_CONTAINER" },
        { .environment = { RELATIVE "@evil.example.com/x" }, .says = "does not begin with \"/\"" },
        { .environment = { FULL "/y" }, .says = "is no URL with a host" },
        { .environment = { FULL "ftp://localhost/y" }, .says = "is no URL with a host" },
        { .environment = { FULL "http://example.com/y" }, .says = "leads to \"example.com\" without TLS" },
        { .environment = { FULL "http://127.0.0.1.example.com/y" }, .says = "without TLS" },
        { .environment = { FULL "http://170.254.170.2/y" }, .says = "without TLS" },
        { .environment = { FULL "http://169.255.170.2/y" }, .says = "without TLS" },
        { .environment = { FULL "http://[fd00:ec2::24]/y" }, .says = "without TLS" },
        { .environment = { FULL "http://10.0.0.1.00000000000000000000000000000000000000000000000/y" },
          .says = "without TLS" },
        { .environment = { FULL "http://10.0.0.1/y" }, .says = "without TLS" },
        { .environment = { FULL "http://user@localhost/y" }, .says = "is no URL with a host" },
        { .environment = { RELATIVE "/x", CONTAINER_TOKEN "a\r\nX: CANARY" }, .says = "contains a line break" },
        { .environment = { RELATIVE "/x", CONTAINER_TOKEN "CANARY\n" }, .says = "contains a line break" },
        { .environment = { RELATIVE "/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/nonexistent/t" },
          .says = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: open /nonexistent/t" },
};

START_TEST(asks_the_container_where_it_may)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, KEYS) } };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        memcpy(wire.environment, urls[_i].environment, sizeof urls[_i].environment);
        fake_client(&wire);
        bakery_status st = bakery__container_credentials(wire.client, &keys, &err);
        if (!urls[_i].url) {
                ck_assert_int_ne(st, BAKERY_OK);
                ck_says(err, urls[_i].says);
                ck_assert_uint_eq(wire.requests, 0);
                return;
        }
        ck_assert_msg(st == BAKERY_OK, "%s: %s", urls[_i].url, bakery_error_message(err));
        ck_assert_str_eq(wire.last.method, "GET");
        ck_assert_str_eq(wire.last.url, urls[_i].url);
        ck_assert_int_eq(wire.last.bypass_proxy, urls[_i].near);
        ck_assert_uint_eq(wire.last.max_body_bytes, 10000);
        ck_assert_pstr_eq(fake_header(&wire, "Authorization"), urls[_i].token);
        ck_assert_str_eq(bakery_credentials_source(keys), "EcsContainer");
        ck_assert_int_eq(bakery_credentials_expiration_s(keys), ENDS_S);
}
END_TEST

START_TEST(the_token_file_is_read_anew)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_credentials) again = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        home_begin(&home, NULL, NULL);
        home.wire.answers[0] = (struct fake_answer)ANSWER(200, NULL, KEYS);
        home_set(&home, RELATIVE "/x");
        home_set(&home, CONTAINER_TOKEN "not this one");
        home_set(&home, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=~/token");
        home_write(&home, "token", "CANARY1\n");
        home_client(&home);
        ck_assert_int_eq(bakery__container_credentials(home.wire.client, &keys, NULL), BAKERY_OK);
        ck_assert_str_eq(fake_header(&home.wire, "Authorization"), "CANARY1");
        home_write(&home, "token", "CANARY2");
        ck_assert_int_eq(bakery__container_credentials(home.wire.client, &again, NULL), BAKERY_OK);
        ck_assert_str_eq(fake_header(&home.wire, "Authorization"), "CANARY2");
        home_write(&home, "token", "CANARY\nX-Forged: 1");
        ck_assert_int_eq(bakery__container_credentials(home.wire.client, &again, &err), BAKERY_ERR_FORMAT);
        ck_says(err, "has white space inside");
        ck_assert_uint_eq(home.wire.requests, 2);
}
END_TEST

START_TEST(a_token_file_is_bounded)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(buf) token = { .max = 30000, .secret = true };
        AUTO_FREE char *text = calloc(1, 20002);

        home_begin(&home, NULL, NULL);
        home_client(&home);
        memset(text, 'x', 20001);
        const char *path = home_write(&home, "token", text);
        ck_assert_int_eq(bakery__token_file_read(path, &token, NULL), BAKERY_ERR_LIMIT);
        home_write(&home, "token", text + 1);
        ck_assert_int_eq(bakery__token_file_read(path, &token, NULL), BAKERY_OK);
        ck_assert_uint_eq(token.len, 20000);
        home_write(&home, "token", " \n");
        ck_assert_int_eq(bakery__token_file_read(path, &token, NULL), BAKERY_ERR_FORMAT);
}
END_TEST

/* What the container answers. */
static const struct {
        struct fake_answer answers[4];
        unsigned requests;
        const char *says; /* NULL: keys */
} answers[] = {
        { { ANSWER(200, NULL, KEYS) }, 1, NULL },
        { { ANSWER(200, NULL, "{" BODY "}") }, 1, NULL },
        { { ANSWER(503, NULL, NULL), ANSWER(200, NULL, KEYS) }, 2, NULL },
        { { { .fails = BAKERY_ERR_NETWORK }, ANSWER(200, NULL, KEYS) }, 2, NULL },
        { { ANSWER(503, NULL, "CANARY") }, 3, "answer with HTTP 503" },
        { { { .fails = BAKERY_ERR_NETWORK } }, 3, "container credentials: the wire broke" },
        { { { .fails = BAKERY_ERR_LIMIT } }, 1, "container credentials: the wire broke" },
        { { ANSWER(401, NULL, "CANARY") }, 1, "answer with HTTP 401" },
        { { { .status = 302, .headers = "Location: http://evil.example.com/" } }, 1, "answer with HTTP 302" },
        { { ANSWER(200, NULL, NULL) }, 1, "is no JSON object" },
        { { ANSWER(200, NULL, "<html>CANARY") }, 1, "is no JSON object" },
        { { ANSWER(200, NULL, "{}") }, 1, "the answer of the container credentials: it has no AccessKeyId" },
        { { ANSWER(200, NULL, "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"CANARY\"}") }, 1, "it has no Token" },
        { { ANSWER(200, NULL, "{" BODY ", \"Expiration\": \"2026-11-22T09:00:00Z\"}") }, 1, "are over since" },
};

START_TEST(understands_the_container)
{
        AUTO_CLEAR(fake_wire) wire = { .environment = { RELATIVE "/x" } };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        memcpy(wire.answers, answers[_i].answers, sizeof answers[_i].answers);
        fake_client(&wire);
        bakery_status st = bakery__container_credentials(wire.client, &keys, &err);
        ck_assert_uint_eq(wire.requests, answers[_i].requests);
        ck_assert_int_eq(st == BAKERY_OK, !answers[_i].says);
        if (answers[_i].says)
                ck_says(err, answers[_i].says);
}
END_TEST

/* The instance: a token, a role, its keys. */
#define TOKEN_ANSWER ANSWER(200, NULL, "tok=")
#define CODE "\"Code\": \"Success\", "

static const struct {
        const char *name;
        struct fake_answer answers[6];
        unsigned requests;
        bakery_status status;
        const char *says;
} visits[] = {
        { "keys",
          { TOKEN_ANSWER, ANSWER(200, NULL, "role/1\n"), ANSWER(200, NULL, "{" CODE BODY END "}") },
          3,
          BAKERY_OK,
          NULL },
        { "no answer", { { .fails = BAKERY_ERR_NETWORK } }, 1, BAKERY_ERR_NOT_FOUND, "does not answer" },
        { "cancelled", { { .fails = BAKERY_ERR_CANCELLED } }, 1, BAKERY_ERR_CANCELLED, "" },
        { "switched off", { ANSWER(403, NULL, NULL) }, 1, BAKERY_ERR_NOT_FOUND, "is switched off (HTTP 403)" },
        { "version 1 only", { ANSWER(404, NULL, NULL) }, 1, BAKERY_ERR_NOT_FOUND, "version 1 is not asked" },
        { "no PUT", { ANSWER(405, NULL, NULL) }, 1, BAKERY_ERR_NOT_FOUND, "version 1 is not asked" },
        { "no role", { TOKEN_ANSWER, ANSWER(404, NULL, NULL) }, 2, BAKERY_ERR_NOT_FOUND, "the instance has no role" },
        { "empty role",
          { TOKEN_ANSWER, ANSWER(200, NULL, "\n") },
          2,
          BAKERY_ERR_NOT_FOUND,
          "the instance has no role" },
        { "again",
          { ANSWER(503, NULL, NULL), TOKEN_ANSWER, ANSWER(500, NULL, NULL), ANSWER(200, NULL, "r"),
            ANSWER(502, NULL, NULL), ANSWER(200, NULL, "{" CODE BODY END "}") },
          6,
          BAKERY_OK,
          NULL },
        { "broken",
          { ANSWER(500, NULL, NULL) },
          3,
          BAKERY_ERR_CREDENTIALS,
          "answers the request for a token with HTTP 500" },
        { "bad request", { ANSWER(400, NULL, NULL) }, 1, BAKERY_ERR_CREDENTIALS, "with HTTP 400" },
        { "redirect", { ANSWER(302, NULL, NULL) }, 1, BAKERY_ERR_CREDENTIALS, "with HTTP 302" },
        { "forged token", { ANSWER(200, NULL, "a\r\nX: y") }, 1, BAKERY_ERR_CREDENTIALS, "gives a token that is none" },
        { "empty token", { ANSWER(200, NULL, "") }, 1, BAKERY_ERR_CREDENTIALS, "gives a token that is none" },
        { "a page for a role",
          { TOKEN_ANSWER, ANSWER(200, NULL, "<html> x") },
          2,
          BAKERY_ERR_CREDENTIALS,
          "names a role that is none" },
        { "silent half-way",
          { TOKEN_ANSWER, { .fails = BAKERY_ERR_NETWORK } },
          2,
          BAKERY_ERR_NETWORK,
          "instance metadata: the wire broke" },
        { "token out",
          { TOKEN_ANSWER, ANSWER(401, NULL, NULL) },
          2,
          BAKERY_ERR_CREDENTIALS,
          "the question for its role with HTTP 401" },
        { "keys gone",
          { TOKEN_ANSWER, ANSWER(200, NULL, "r"), ANSWER(404, NULL, NULL) },
          3,
          BAKERY_ERR_CREDENTIALS,
          "the question for keys with HTTP 404" },
        { "no keys",
          { TOKEN_ANSWER, ANSWER(200, NULL, "r"), ANSWER(200, NULL, "{\"Code\": \"AssumeRoleUnauthorizedAccess\"}") },
          3,
          BAKERY_ERR_CREDENTIALS,
          "no keys to give: AssumeRoleUnauthorizedAccess" },
        { "no JSON",
          { TOKEN_ANSWER, ANSWER(200, NULL, "r"), ANSWER(200, NULL, "CANARY") },
          3,
          BAKERY_ERR_CREDENTIALS,
          "is no JSON object" },
        { "over",
          { TOKEN_ANSWER, ANSWER(200, NULL, "r"),
            ANSWER(200, NULL, "{" BODY ", \"Expiration\": \"2026-11-22T10:00:00Z\"}") },
          3,
          BAKERY_ERR_CREDENTIALS,
          "are over since" },
};

START_TEST(visits_the_instance)
{
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        memcpy(wire.answers, visits[_i].answers, sizeof visits[_i].answers);
        fake_client(&wire);
        bakery_status st = bakery__imds_credentials(wire.client, NULL, &keys, &err);
        ck_assert_msg(st == visits[_i].status, "%s: %d %s", visits[_i].name, st, bakery_error_message(err));
        ck_assert_msg(wire.requests == visits[_i].requests, "%s: %u requests", visits[_i].name, wire.requests);
        if (visits[_i].says)
                ck_says(err, visits[_i].says);
        ck_assert(wire.last.bypass_proxy);
        ck_assert_uint_le(wire.last.connect_timeout_ms, 1000);
        ck_assert_uint_le(wire.last.total_timeout_ms, 1000);
        ck_assert_uint_eq(wire.last.max_body_bytes, 10000);
        if (visits[_i].requests == 1) {
                ck_assert_str_eq(wire.last.method, "PUT");
                ck_assert_str_eq(wire.last.url, "http://169.254.169.254/latest/api/token");
                ck_assert_str_eq(fake_header(&wire, "X-aws-ec2-metadata-token-ttl-seconds"), "21600");
        }
        if (strcmp(visits[_i].name, "keys") == 0) {
                ck_assert_str_eq(wire.last.url,
                                 "http://169.254.169.254/latest/meta-data/iam/security-credentials/role%2F1");
                ck_assert_str_eq(fake_header(&wire, "X-aws-ec2-metadata-token"), "tok=");
                ck_assert_str_eq(bakery_credentials_source(keys), "Ec2InstanceMetadata");
                ck_assert_int_eq(bakery_credentials_expiration_s(keys), ENDS_S);
        }
}
END_TEST

START_TEST(the_instance_is_not_asked_when_switched_off)
{
        AUTO_CLEAR(fake_wire) wire = { .environment = { "AWS_EC2_METADATA_DISABLED=True" } };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        fake_client(&wire);
        ck_assert_int_eq(bakery__imds_credentials(wire.client, NULL, &keys, &err), BAKERY_ERR_NOT_FOUND);
        ck_says(err, "AWS_EC2_METADATA_DISABLED");
        ck_assert_uint_eq(wire.requests, 0);
}
END_TEST

/* How long, and how often. */
#define TIMEOUT "AWS_METADATA_SERVICE_TIMEOUT="
#define ATTEMPTS "AWS_METADATA_SERVICE_NUM_ATTEMPTS="

static const struct {
        const char *environment[3];
        const char *profile;
        struct fake_answer answer; /* to all */
        unsigned requests, timeout_ms;
        const char *says;
} limits[] = {
        { { "A=" }, "", { .fails = BAKERY_ERR_NETWORK }, 1, 1000, "does not answer" },
        { { TIMEOUT "5" }, "", { .fails = BAKERY_ERR_NETWORK }, 1, 5000, "does not answer" },
        { { ATTEMPTS "4" }, "", { .fails = BAKERY_ERR_NETWORK }, 4, 1000, "does not answer" },
        { { ATTEMPTS "5" }, "", ANSWER(500, NULL, NULL), 5, 1000, "HTTP 500" },
        { { ATTEMPTS "2" }, "", ANSWER(500, NULL, NULL), 3, 1000, "HTTP 500" },
        { { "A=" },
          "metadata_service_timeout = 2\nmetadata_service_num_attempts = 2",
          { .fails = BAKERY_ERR_NETWORK },
          2,
          2000,
          "does not answer" },
        { { TIMEOUT "3", ATTEMPTS "3" },
          "metadata_service_timeout = 2\nmetadata_service_num_attempts = 2",
          { .fails = BAKERY_ERR_NETWORK },
          3,
          3000,
          "does not answer" },
        { { TIMEOUT "3600", ATTEMPTS "1" }, "", { .fails = BAKERY_ERR_NETWORK }, 1, 60000, "does not answer" },
        { .environment = { TIMEOUT "0" }, .says = "\"0\" is no value of AWS_METADATA_SERVICE_TIMEOUT" },
        { .environment = { TIMEOUT "3601" }, .says = "\"3601\" is no value" },
        { .environment = { TIMEOUT "1.5" }, .says = "\"1.5\" is no value" },
        { .environment = { TIMEOUT "-1" }, .says = "\"-1\" is no value" },
        { .environment = { TIMEOUT "4294967297" }, .says = "\"4294967297\" is no value" },
        { .environment = { ATTEMPTS "x" }, .says = "\"x\" is no value of AWS_METADATA_SERVICE_NUM_ATTEMPTS" },
        { .profile = "metadata_service_timeout = soon", .says = "\"soon\" is no value" },
        { .profile = "metadata_service_num_attempts = 0", .says = "(metadata_service_num_attempts in the profile)" },
};

START_TEST(asks_the_instance_as_long_and_as_often_as_told)
{
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_CLEAR(ini) ini = { .count = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        char text[300];

        memcpy(wire.environment, limits[_i].environment, sizeof limits[_i].environment);
        wire.answers[0] = limits[_i].answer;
        fake_client(&wire);
        snprintf(text, sizeof text, "[default]\n%s\n", limits[_i].profile ? limits[_i].profile : "");
        ck_assert_int_eq(bakery__ini_add(&ini, INI_CONFIG, "config", bakery__span(text), NULL), BAKERY_OK);
        bakery__imds_credentials(wire.client, bakery__ini_find(&ini, INI_PROFILE, "default"), &keys, &err);
        ck_says(err, limits[_i].says);
        ck_assert_uint_eq(wire.requests, limits[_i].requests);
        ck_assert_uint_eq(wire.last.total_timeout_ms, limits[_i].timeout_ms);
}
END_TEST

#define ENDPOINT "AWS_EC2_METADATA_SERVICE_ENDPOINT="
#define MODE "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE="

static const struct {
        const char *environment[3];
        const char *profile;
        const char *url, *says;
} endpoints[] = {
        { { "A=" }, "", "http://169.254.169.254", NULL },
        { { MODE "ipv6" }, "", "http://[fd00:ec2::254]", NULL },
        { { MODE "IPv6", ENDPOINT "http://x:1/" }, "", "http://x:1", NULL },
        { { MODE "IPv4" }, "ec2_metadata_service_endpoint_mode = IPv6", "http://169.254.169.254", NULL },
        { { "A=" }, "ec2_metadata_service_endpoint_mode = IPv6", "http://[fd00:ec2::254]", NULL },
        { { "A=" }, "ec2_metadata_service_endpoint = http://p", "http://p", NULL },
        { { ENDPOINT "http://e" }, "ec2_metadata_service_endpoint = http://p", "http://e", NULL },
        { .environment = { MODE "IPv5" }, .says = "\"IPv5\" is no mode" },
        { .environment = { ENDPOINT "not a url" }, .says = "is no URL" },
        { .environment = { ENDPOINT "http://x/?q=1" }, .says = "is no URL" },
};

START_TEST(finds_the_endpoint_of_the_instance)
{
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_CLEAR(ini) ini = { .count = 0 };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_FREE char *url = NULL;
        char text[300];

        memcpy(wire.environment, endpoints[_i].environment, sizeof endpoints[_i].environment);
        fake_client(&wire);
        snprintf(text, sizeof text, "[default]\n%s\n", endpoints[_i].profile ? endpoints[_i].profile : "");
        ck_assert_int_eq(bakery__ini_add(&ini, INI_CONFIG, "config", bakery__span(text), NULL), BAKERY_OK);
        bakery_status st =
                bakery__imds_endpoint(wire.client, bakery__ini_find(&ini, INI_PROFILE, "default"), &url, &err);
        ck_assert_int_eq(st, endpoints[_i].says ? BAKERY_ERR_CREDENTIALS : BAKERY_OK);
        ck_assert_pstr_eq(url, endpoints[_i].url);
        if (endpoints[_i].says)
                ck_says(err, endpoints[_i].says);
}
END_TEST

Suite *metadata_suite(void)
{
        Suite *suite = suite_create("metadata");
        TCase *tcase = tcase_create("metadata");

        tcase_add_loop_test(tcase, asks_the_container_where_it_may, 0, (int)N_ELEMENTS(urls));
        tcase_add_test(tcase, the_token_file_is_read_anew);
        tcase_add_test(tcase, a_token_file_is_bounded);
        tcase_add_loop_test(tcase, understands_the_container, 0, (int)N_ELEMENTS(answers));
        tcase_add_loop_test(tcase, visits_the_instance, 0, (int)N_ELEMENTS(visits));
        tcase_add_loop_test(tcase, asks_the_instance_as_long_and_as_often_as_told, 0, (int)N_ELEMENTS(limits));
        tcase_add_test(tcase, the_instance_is_not_asked_when_switched_off);
        tcase_add_loop_test(tcase, finds_the_endpoint_of_the_instance, 0, (int)N_ELEMENTS(endpoints));
        suite_add_tcase(suite, tcase);
        return suite;
}
