/* What the AWS CLI left on disk is renewed, once for all, and written back for the AWS CLI to read. */
#include <bakery/chain.h>

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws_home.h"
#include "jwt.h"
#include "support.h"

Suite *renewal_suite(void);

#define SSO_CONFIG                                                                                   \
        "[profile dev]\nsso_session = my-sso\nsso_account_id = 222222222222\nsso_role_name = Read\n" \
        "[sso-session my-sso]\nsso_region = eu-west-1\nsso_start_url = https://d-1.awsapps.com/start\n"
#define LEGACY_CONFIG                                                                                                  \
        "[profile dev]\nsso_account_id = 222222222222\nsso_role_name = Read\nsso_region = eu-west-1\nsso_start_url = " \
        "https://d-1.awsapps.com/start\n"
#define SSO_FILE ".aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json"
#define LEGACY_FILE ".aws/sso/cache/0c54b6c27e90660baa89eaad85ac1d5dae26cb7d.json"
#define SSO_KEYS                                                                                                    \
        "{\"roleCredentials\": {\"accessKeyId\": \"ASIASSO\", \"secretAccessKey\": \"CANARYa\", \"sessionToken\": " \
        "\"CANARYb\", \"expiration\": 1795345200000}}"
#define SSO_BEGIN(end) \
        "{\"startUrl\": \"https://d-1.awsapps.com/start\", \"accessToken\": \"CANARYold\", \"expiresAt\": \"" end "\""
#define CLIENT ", \"clientId\": \"client\", \"clientSecret\": \"CANARYclient\""
#define REGISTERED ", \"registrationExpiresAt\": \"2027-01-01T00:00:00Z\""
#define REFRESH ", \"refreshToken\": \"CANARYrefresh\""
#define UNKNOWN ", \"later\": {\"a\": [1, null]}}"
#define SSO_DOCUMENT(end) SSO_BEGIN(end) CLIENT REGISTERED REFRESH UNKNOWN
#define OVER "2026-11-22T10:00:00Z"
#define ENDS_SOON "2026-11-22T10:05:00Z"
#define LIVES "2026-11-22T10:05:01Z"

#define NEW_TOKEN                                                                                             \
        "{\"accessToken\": \"CANARYnew\", \"tokenType\": \"Bearer\", \"expiresIn\": 3600, \"refreshToken\": " \
        "\"CANARYnext\"}"
#define REFUSED(code)                                                                  \
        ANSWER(400, "x-amzn-ErrorType: InvalidGrantException:\nx-amzn-RequestId: r-1", \
               "{\"error\": \"" code "\", \"error_description\": \"Invalid refresh token provided\"}")

/* The services that answer here: the one that gives tokens by a script, the other one always. */
static struct {
        const struct fake_answer *renewal;
        unsigned renewals;
        char body[8192], url[1024], proof[1024], bearer[64];
} aws;

static const struct fake_answer *answer_by_path(struct fake_wire *wire)
{
        static const struct fake_answer keys = ANSWER(200, NULL, SSO_KEYS);

        if (strstr(wire->last.url, "/federation/credentials")) {
                snprintf(aws.bearer, sizeof aws.bearer, "%.63s", fake_header(wire, "x-amz-sso_bearer_token"));
                return &keys;
        }
        if (strstr(wire->last.url, "//sts."))
                return aws.renewal;
        const char *proof = fake_header(wire, "DPoP");
        aws.renewals++;
        snprintf(aws.body, sizeof aws.body, "%s", wire->last.body);
        snprintf(aws.url, sizeof aws.url, "%s", wire->last.url);
        snprintf(aws.proof, sizeof aws.proof, "%s", proof ? proof : "");
        ck_assert_str_eq(wire->last.method, "POST");
        ck_assert_str_eq(fake_header(wire, "Content-Type"), "application/json");
        ck_assert_ptr_null(fake_header(wire, "Authorization"));
        return aws.renewal;
}

static void begin(struct aws_home *home, const char *config, const char *file, const char *document,
                  const struct fake_answer *renewal)
{
        home_begin(home, config, NULL);
        if (document)
                home_write(home, file, document);
        memset(&aws, 0, sizeof aws);
        aws.renewal = renewal;
        home->wire.choose = answer_by_path;
}

static bakery_status resolve(struct aws_home *home, bakery_credentials **ret, bakery_error **err)
{
        bakery_chain_options options = BAKERY_CHAIN_OPTIONS_INIT;

        options.profile = "dev";
        if (!home->wire.client)
                home_client(home);
        return bakery_chain_resolve(home->wire.client, &options, ret, err);
}

static void read_document(const struct aws_home *home, const char *name, struct json *ret)
{
        AUTO_FREE char *path = path_to(home->folder, name);
        AUTO_FREE char *text = read_text(path);
        struct stat about;

        ck_assert_ptr_nonnull(text);
        ck_assert_int_eq(stat(path, &about), 0);
        ck_assert_uint_eq(about.st_mode & 07777, 0600);
        parse_json(text, ret);
}

static void ck_text(const struct json *json, const char *path, const char *wanted)
{
        const char *text = bakery__json_text_of(json_at(json, path));

        ck_assert_msg(text && strcmp(text, wanted) == 0, "%s is %s, not %s", path, text ? text : "nothing", wanted);
}

static const struct {
        const char *name, *config, *file, *document;
        struct fake_answer renewal;
        bakery_status status;
        unsigned renewals;
        const char *bearer, *says, *hints, *logs;
} tokens[] = {
        { "over", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), ANSWER(200, NULL, NEW_TOKEN), BAKERY_OK, 1, "CANARYnew",
          NULL, NULL, "the SSO token is renewed" },
        { "ends soon", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(ENDS_SOON), ANSWER(200, NULL, NEW_TOKEN), BAKERY_OK, 1,
          "CANARYnew", NULL, NULL, NULL },
        { "lives", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(LIVES), ANSWER(500, NULL, ""), BAKERY_OK, 0, "CANARYold", NULL,
          NULL, NULL },
        { "refused, over", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), REFUSED("invalid_grant"), BAKERY_ERR_CREDENTIALS,
          1, NULL,
          "profile dev: the SSO token is over: sso-oidc CreateToken: invalid_grant: Invalid refresh token provided "
          "(request id r-1)",
          "run: aws sso login --sso-session my-sso", NULL },
        { "refused, lives", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(ENDS_SOON), REFUSED("invalid_grant"), BAKERY_OK, 1,
          "CANARYold", NULL, NULL, "warning the SSO token is not renewed, the old one has 300 s left: sso-oidc" },
        { "by its type alone", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER),
          ANSWER(401, "x-amzn-ErrorType: InvalidClientException", "{\"message\": \"m\"}"), BAKERY_ERR_CREDENTIALS, 1,
          NULL, "InvalidClientException: m", "aws sso login --sso-session my-sso", NULL },
        { "no network",
          SSO_CONFIG,
          SSO_FILE,
          SSO_DOCUMENT(OVER),
          { .fails = BAKERY_ERR_NETWORK },
          BAKERY_ERR_NETWORK,
          3,
          NULL,
          "the SSO token is over: sso-oidc at oidc.eu-west-1.amazonaws.com: the wire broke",
          NULL,
          NULL },
        { "no network, lives",
          SSO_CONFIG,
          SSO_FILE,
          SSO_DOCUMENT("2026-11-22T10:00:01Z"),
          { .fails = BAKERY_ERR_NETWORK },
          BAKERY_OK,
          3,
          "CANARYold",
          NULL,
          NULL,
          "the old one has 1 s left" },
        { "throttled", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), ANSWER(429, NULL, "{\"error\": \"slow_down\"}"),
          BAKERY_ERR_AWS, 3, NULL, "slow_down", "throttled, 3 times", NULL },
        { "in trouble", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), ANSWER(500, NULL, "{\"error\": \"server_error\"}"),
          BAKERY_ERR_AWS, 3, NULL, "server_error", NULL, NULL },
        { "cancelled",
          SSO_CONFIG,
          SSO_FILE,
          SSO_DOCUMENT(ENDS_SOON),
          { .cancels = true },
          BAKERY_ERR_CANCELLED,
          1,
          NULL,
          "cancelled",
          NULL,
          NULL },
        { "redirected", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), ANSWER(302, "Location: https://evil.example/", ""),
          BAKERY_ERR_NETWORK, 1, NULL, "which is not followed", NULL, NULL },

        { "no refreshToken", SSO_CONFIG, SSO_FILE, SSO_BEGIN(OVER) CLIENT REGISTERED UNKNOWN, ANSWER(500, NULL, ""),
          BAKERY_ERR_CREDENTIALS, 0, NULL, "the SSO token is over", "aws sso login --sso-session my-sso", NULL },
        { "no clientSecret", SSO_CONFIG, SSO_FILE,
          SSO_BEGIN(OVER) ", \"clientId\": \"c\", \"clientSecret\": \"\"" REGISTERED REFRESH UNKNOWN,
          ANSWER(500, NULL, ""), BAKERY_ERR_CREDENTIALS, 0, NULL, "the SSO token is over", NULL, NULL },
        { "no clientId", SSO_CONFIG, SSO_FILE,
          SSO_BEGIN(OVER) ", \"clientId\": 7, \"clientSecret\": \"CANARY\"" REGISTERED REFRESH UNKNOWN,
          ANSWER(500, NULL, ""), BAKERY_ERR_CREDENTIALS, 0, NULL, "the SSO token is over", NULL, NULL },
        { "no registration", SSO_CONFIG, SSO_FILE, SSO_BEGIN(OVER) CLIENT REFRESH UNKNOWN, ANSWER(500, NULL, ""),
          BAKERY_ERR_CREDENTIALS, 0, NULL, "the SSO token is over", NULL, NULL },
        { "registration over", SSO_CONFIG, SSO_FILE,
          SSO_BEGIN(OVER) CLIENT ", \"registrationExpiresAt\": \"" OVER "\"" REFRESH UNKNOWN, ANSWER(500, NULL, ""),
          BAKERY_ERR_CREDENTIALS, 0, NULL, "the SSO token is over", NULL, NULL },
        { "registration no time", SSO_CONFIG, SSO_FILE,
          SSO_BEGIN(OVER) CLIENT ", \"registrationExpiresAt\": \"later\"" REFRESH UNKNOWN, ANSWER(500, NULL, ""),
          BAKERY_ERR_CREDENTIALS, 0, NULL, "the SSO token is over", NULL, NULL },
        { "legacy", LEGACY_CONFIG, LEGACY_FILE, SSO_DOCUMENT(OVER), ANSWER(200, NULL, NEW_TOKEN),
          BAKERY_ERR_CREDENTIALS, 0, NULL, "the SSO token is over", "aws sso login --profile dev", NULL },
        { "torn", SSO_CONFIG, SSO_FILE, "{\"accessToken\": \"CANARY", ANSWER(500, NULL, ""), BAKERY_ERR_CREDENTIALS, 0,
          NULL, "is no JSON object", "aws sso login --sso-session my-sso", NULL },
        { "no file", SSO_CONFIG, SSO_FILE, NULL, ANSWER(500, NULL, ""), BAKERY_ERR_CREDENTIALS, 0, NULL,
          ".json: there is no SSO token that can be read", "aws sso login --sso-session my-sso", NULL },

        { "empty answer", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), ANSWER(200, NULL, "{}"), BAKERY_ERR_NETWORK, 1,
          NULL, "unexpected answer from sso-oidc (HTTP 200, request id none): it lacks an accessToken", NULL, NULL },
        { "a page", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), ANSWER(200, NULL, "<html>"), BAKERY_ERR_NETWORK, 1, NULL,
          "unexpected answer from sso-oidc", NULL, NULL },
        { "a list, lives", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(ENDS_SOON), ANSWER(200, NULL, "[]"), BAKERY_OK, 1,
          "CANARYold", NULL, NULL, "unexpected answer from sso-oidc" },
        { "a forged token", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER),
          ANSWER(200, NULL, "{\"accessToken\": \"CANARY\\r\\nX: y\", \"expiresIn\": 3600}"), BAKERY_ERR_NETWORK, 1,
          NULL, "it lacks an accessToken", NULL, NULL },
        { "ends never", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), ANSWER(200, NULL, "{\"accessToken\": \"CANARY\"}"),
          BAKERY_ERR_NETWORK, 1, NULL, "it lacks an expiresIn", NULL, NULL },
        { "ended", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER),
          ANSWER(200, NULL, "{\"accessToken\": \"CANARY\", \"expiresIn\": 0}"), BAKERY_ERR_NETWORK, 1, NULL,
          "it lacks an expiresIn", NULL, NULL },
        { "ends in the year 31000", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER),
          ANSWER(200, NULL, "{\"accessToken\": \"CANARY\", \"expiresIn\": 900000000000}"), BAKERY_ERR_NETWORK, 1, NULL,
          "it lacks an expiresIn", NULL, NULL },
        { "ends soon again", SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER),
          ANSWER(200, NULL, "{\"accessToken\": \"CANARYnew\", \"expiresIn\": 1}"), BAKERY_OK, 1, "CANARYnew", NULL,
          NULL, NULL },
};

START_TEST(an_sso_token_is_renewed)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        begin(&home, tokens[_i].config, tokens[_i].file, tokens[_i].document, &tokens[_i].renewal);
        bakery_status st = resolve(&home, &keys, &err);
        ck_assert_msg(st == tokens[_i].status, "%s: %d %s", tokens[_i].name, st, bakery_error_message(err));
        ck_assert_msg(aws.renewals == tokens[_i].renewals, "%s: %u", tokens[_i].name, aws.renewals);
        ck_assert_str_eq(aws.bearer, tokens[_i].bearer ? tokens[_i].bearer : "");
        if (tokens[_i].says)
                ck_says(err, tokens[_i].says);
        if (tokens[_i].hints)
                ck_hints(err, tokens[_i].hints);
        if (tokens[_i].logs)
                ck_assert_msg(home_logged(&home, tokens[_i].logs), "%s:\n%s", tokens[_i].name, home.wire.log.at);
        if (!st && strcmp(tokens[_i].bearer, "CANARYnew") == 0)
                return;
        /* What was not renewed stays as it was, byte for byte. */
        AUTO_FREE char *path = path_to(home.folder, tokens[_i].file);
        AUTO_FREE char *text = read_text(path);
        ck_assert(bakery__str_equal(text, tokens[_i].document));
}
END_TEST

START_TEST(the_renewed_token_is_kept)
{
        static const struct fake_answer renewal = ANSWER(200, NULL, NEW_TOKEN);
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(json) document = { 0 };
        AUTO_CLEAR(json) request = { 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;

        begin(&home, SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), &renewal);
        AUTO_FREE char *path = path_to(home.folder, SSO_FILE);
        ck_assert_int_eq(chmod(path, 0644), 0);
        ck_assert_int_eq(resolve(&home, &keys, NULL), BAKERY_OK);
        ck_assert_str_eq(aws.url, "https://oidc.eu-west-1.amazonaws.com/token");
        parse_json(aws.body, &request);
        ck_text(&request, "clientId", "client");
        ck_text(&request, "clientSecret", "CANARYclient");
        ck_text(&request, "refreshToken", "CANARYrefresh");
        ck_text(&request, "grantType", "refresh_token");

        read_document(&home, SSO_FILE, &document);
        ck_text(&document, "accessToken", "CANARYnew");
        ck_text(&document, "refreshToken", "CANARYnext");
        ck_text(&document, "expiresAt", "2026-11-22T11:00:00Z");
        ck_text(&document, "startUrl", "https://d-1.awsapps.com/start");
        ck_text(&document, "clientSecret", "CANARYclient");
        ck_text(&document, "registrationExpiresAt", "2027-01-01T00:00:00Z");
        ck_assert_int_eq(bakery__json_kind(json_at(&document, "later/a/1")), JSON_NULL);
        ck_assert_ptr_null(json_at(&document, "tokenType"));

        /* The next one finds it there. */
        AUTO_PTR(bakery_credentials) again = NULL;
        ck_assert_int_eq(resolve(&home, &again, NULL), BAKERY_OK);
        ck_assert_uint_eq(aws.renewals, 1);
        ck_assert_str_eq(aws.bearer, "CANARYnew");
}
END_TEST

START_TEST(without_a_new_refresh_token_the_old_one_stays)
{
        static const struct fake_answer renewal =
                ANSWER(200, NULL, "{\"accessToken\": \"CANARYnew\", \"expiresIn\": 3600, \"refreshToken\": \"\"}");
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(json) document = { 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;

        begin(&home, SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), &renewal);
        ck_assert_int_eq(resolve(&home, &keys, NULL), BAKERY_OK);
        read_document(&home, SSO_FILE, &document);
        ck_text(&document, "refreshToken", "CANARYrefresh");
}
END_TEST

START_TEST(a_link_is_replaced_and_not_followed)
{
        static const struct fake_answer renewal = ANSWER(200, NULL, NEW_TOKEN);
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(json) document = { 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;

        begin(&home, SSO_CONFIG, ".aws/elsewhere.json", SSO_DOCUMENT(OVER), &renewal);
        home_write(&home, SSO_FILE, "");
        AUTO_FREE char *path = path_to(home.folder, SSO_FILE);
        AUTO_FREE char *elsewhere = path_to(home.folder, ".aws/elsewhere.json");
        ck_assert_int_eq(unlink(path), 0);
        ck_assert_int_eq(symlink(elsewhere, path), 0);
        ck_assert_int_eq(resolve(&home, &keys, NULL), BAKERY_OK);
        AUTO_FREE char *text = read_text(elsewhere);
        ck_assert_str_eq(text, SSO_DOCUMENT(OVER));
        read_document(&home, SSO_FILE, &document);
        ck_text(&document, "accessToken", "CANARYnew");
}
END_TEST

START_TEST(an_answer_that_is_too_large_to_keep_is_used)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(buf) body = { .max = 1 << 20 };
        AUTO_PTR(bakery_credentials) keys = NULL;

        bakery__buf_text(&body, "{\"accessToken\": \"CANARYnew\", \"expiresIn\": 3600, \"refreshToken\": \"");
        bakery__buf_repeat(&body, 'r', 70000);
        bakery__buf_text(&body, "\"}");
        const struct fake_answer renewal = ANSWER(200, NULL, body.at);
        begin(&home, SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), &renewal);
        ck_assert_int_eq(resolve(&home, &keys, NULL), BAKERY_OK);
        ck_assert(home_logged(&home, "not kept: SSO token is larger than 65536 bytes"));
}
END_TEST

/* Where tokens are asked for. */
static const struct {
        const char *variable, *region, *url;
} places[] = {
        { "X=", "cn-north-1", "https://oidc.cn-north-1.amazonaws.com.cn/token" },
        { "AWS_ENDPOINT_URL_SSO_OIDC=http://127.0.0.1:9/oidc/", "eu-west-1", "http://127.0.0.1:9/oidc/token" },
        { "AWS_USE_FIPS_ENDPOINT=true", "us-gov-west-1", "https://oidc.us-gov-west-1.amazonaws.com/token" },
        { "AWS_REGION=us-west-2", "eu-west-1", "https://oidc.eu-west-1.amazonaws.com/token" },
        { "AWS_ENDPOINT_URL_SSO_OIDC=http://example.org", "eu-west-1", NULL },
};

START_TEST(a_token_is_renewed_where_its_session_is)
{
        static const struct fake_answer renewal = ANSWER(200, NULL, NEW_TOKEN);
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        char config[500];

        snprintf(config, sizeof config,
                 "[profile dev]\nsso_session = my-sso\nsso_account_id = 222222222222\nsso_role_name = Read\n"
                 "[sso-session my-sso]\nsso_region = %s\nsso_start_url = https://d-1.awsapps.com/start\n",
                 places[_i].region);
        begin(&home, config, SSO_FILE, SSO_DOCUMENT(OVER), &renewal);
        home_set(&home, places[_i].variable);
        resolve(&home, &keys, NULL);
        ck_assert_str_eq(aws.url, places[_i].url ? places[_i].url : "");
}
END_TEST

/* Many at once; the counter is shared by all of them. */
enum { AT_ONCE = 8 };
static unsigned *shared_renewals;

static const struct fake_answer *answer_slowly(struct fake_wire *wire)
{
        const struct fake_answer *answer = answer_by_path(wire);

        if (answer == aws.renewal) {
                __atomic_add_fetch(shared_renewals, 1, __ATOMIC_SEQ_CST);
                usleep(100 * 1000);
        }
        return answer;
}

START_TEST(of_many_at_once_one_renews)
{
        static const struct fake_answer renewal = ANSWER(200, NULL, NEW_TOKEN);
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        pid_t children[AT_ONCE];

        shared_renewals =
                mmap(NULL, sizeof *shared_renewals, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        ck_assert_ptr_ne(shared_renewals, MAP_FAILED);
        begin(&home, SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), &renewal);
        home.wire.choose = answer_slowly;
        home_client(&home);
        for (int i = 0; i < AT_ONCE; i++) {
                children[i] = fork();
                ck_assert_int_ge(children[i], 0);
                if (children[i] == 0) {
                        bakery_credentials *keys = NULL;
                        bakery_status st = resolve(&home, &keys, NULL);

                        _exit(st || strcmp(aws.bearer, "CANARYnew") != 0);
                }
        }
        for (int i = 0; i < AT_ONCE; i++) {
                int status = -1;

                ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
                ck_assert_int_eq(status, 0);
        }
        ck_assert_uint_eq(*shared_renewals, 1);
        munmap(shared_renewals, sizeof *shared_renewals);
}
END_TEST

static int hold(const char *path)
{
        int fd = open(path, O_RDONLY);

        ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
        return fd;
}

static int hold_token(const struct aws_home *home)
{
        AUTO_FREE char *path = path_to(home->folder, SSO_FILE);

        return hold(path);
}

/* Somebody else is at it, and done while we wait, whoever holds what is there now. */
START_TEST(what_another_one_renewed_is_used)
{
        static const struct fake_answer renewal = ANSWER(500, NULL, "");
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;

        begin(&home, SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), &renewal);
        home_client(&home);
        AUTO_FREE char *path = path_to(home.folder, SSO_FILE);
        AUTO_FREE char *beside = path_to(home.folder, SSO_FILE ".tmp");
        write_text(beside, SSO_DOCUMENT("2026-11-22T11:00:00Z"));
        int held = hold(path), held_beside = hold(beside);
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
                usleep(100 * 1000);
                _exit(rename(beside, path) != 0);
        }
        ck_assert_int_eq(resolve(&home, &keys, NULL), BAKERY_OK);
        ck_assert_uint_eq(aws.renewals, 0);
        ck_assert_str_eq(aws.bearer, "CANARYold");
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
        close(held);
        close(held_beside);
}
END_TEST

/* The AWS CLI takes no lock: it may be done between our first look and our lock. Between them the clock is looked at.
 */
static char *renewed_aside;

static int64_t renew_aside(void *context)
{
        (void)context;
        if (renewed_aside)
                write_text(renewed_aside, SSO_DOCUMENT("2026-11-22T11:00:00Z"));
        return FAKE_NOW_S * 1000LL;
}

START_TEST(there_is_a_second_look_after_the_lock)
{
        static const struct fake_answer renewal = ANSWER(500, NULL, "");
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        bakery_client_options options = fake_options(&home.wire);

        begin(&home, SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), &renewal);
        options.now_ms = renew_aside;
        fake_client_with(&home.wire, &options);
        renewed_aside = path_to(home.folder, SSO_FILE);
        ck_assert_int_eq(resolve(&home, &keys, NULL), BAKERY_OK);
        ck_assert_uint_eq(aws.renewals, 0);
        free(renewed_aside);
        renewed_aside = NULL;
}
END_TEST

/* A holder that never ends must not stop everybody. */
START_TEST(waiting_for_another_one_has_an_end)
{
        static const struct fake_answer renewal = ANSWER(200, NULL, NEW_TOKEN);
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        bakery_client_options options = fake_options(&home.wire);

        begin(&home, SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), &renewal);
        options.total_timeout_ms = 60;
        options.max_attempts = 1;
        fake_client_with(&home.wire, &options);
        int held = hold_token(&home);
        ck_assert_int_eq(resolve(&home, &keys, NULL), BAKERY_OK);
        ck_assert_uint_eq(aws.renewals, 1);
        close(held);
}
END_TEST

START_TEST(waiting_for_another_one_ends_when_cancelled)
{
        static const struct fake_answer renewal = ANSWER(500, NULL, "");
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;

        begin(&home, SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(ENDS_SOON), &renewal);
        int held = hold_token(&home);
        bakery_client_cancel(home_client(&home));
        ck_assert_int_eq(resolve(&home, &keys, NULL), BAKERY_ERR_CANCELLED);
        ck_assert_uint_eq(aws.renewals, 0);
        close(held);
}
END_TEST

/* aws login */
#define LOGIN_CONFIG "[profile dev]\nlogin_session = arn:aws:iam::111111111111:user/ann\nregion = eu-west-1\n"
#define LOGIN_FILE ".aws/login/cache/0281ad524b3765540535faecc0afbde86ea8e926dc12fcf329f2e98722662da0.json"
#define LOGIN_BEGIN(end)                                                                                            \
        "{\"accessToken\": {\"accessKeyId\": \"ASIAOLD\", \"secretAccessKey\": \"CANARYc\", \"sessionToken\": "     \
        "\"CANARYd\", \"accountId\": \"111111111111\", \"expiresAt\": \"" end "\"}, \"tokenType\": \"aws_sigv4\", " \
        "\"idToken\": \"CANARYid\""
#define LOGIN_CLIENT ", \"clientId\": \"arn:aws:signin:::devtools/same-device\""
#define PEM_KEY ", \"dpopKey\": \"@\""
#define NEW_SESSION                                                                                             \
        "{\"accessToken\": {\"accessKeyId\": \"ASIANEW\", \"secretAccessKey\": \"CANARYe\", \"sessionToken\": " \
        "\"CANARYf\"}, \"tokenType\": \"aws_sigv4\", \"expiresIn\": 900, \"refreshToken\": \"CANARYnext\"}"
#define DENIED(code) \
        ANSWER(401, "x-amzn-ErrorType: AccessDeniedException", "{\"error\": \"" code "\", \"message\": \"m\"}")

/* The document with the key in the place of "@"; in JSON a line ends with \n. */
static char *login_document(const char *document, const char *pem)
{
        struct buf text = { .max = 10000 };
        char *taken = NULL;

        for (; *document; document++) {
                if (*document != '@') {
                        bakery__buf_char(&text, *document);
                        continue;
                }
                for (const char *c = pem; *c; c++)
                        bakery__buf_text(&text, *c == '\n' ? "\\n" : (char[]){ *c, '\0' });
        }
        ck_assert_int_eq(bakery__buf_take(&text, "document", &taken, NULL, NULL), BAKERY_OK);
        return taken;
}

static const struct {
        const char *name, *document, *pem;
        struct fake_answer renewal;
        bakery_status status;
        unsigned renewals;
        const char *id, *says, *hints, *logs;
} logins[] = {
        { "over", LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY, ANSWER(200, NULL, NEW_SESSION),
          BAKERY_OK, 1, "ASIANEW", NULL, NULL, "info the login session is renewed" },
        { "ends soon", LOGIN_BEGIN(ENDS_SOON) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY_PKCS8,
          ANSWER(200, NULL, NEW_SESSION), BAKERY_OK, 1, "ASIANEW", NULL, NULL, NULL },
        { "lives", LOGIN_BEGIN(LIVES) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY, ANSWER(500, NULL, ""), BAKERY_OK,
          0, "ASIAOLD", NULL, NULL, NULL },
        { "session over", LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY, DENIED("TOKEN_EXPIRED"),
          BAKERY_ERR_CREDENTIALS, 1, NULL,
          "profile dev: the session of aws login: the login session is over: signin CreateOAuth2Token: TOKEN_EXPIRED: m",
          "run: aws login --profile dev", NULL },
        { "new password", LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY,
          DENIED("USER_CREDENTIALS_CHANGED"), BAKERY_ERR_CREDENTIALS, 1, NULL, "USER_CREDENTIALS_CHANGED",
          "run: aws login --profile dev", NULL },
        { "not allowed", LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY,
          DENIED("INSUFFICIENT_PERMISSIONS"), BAKERY_ERR_CREDENTIALS, 1, NULL, "INSUFFICIENT_PERMISSIONS",
          "signin:CreateOAuth2Token", NULL },
        { "refused, lives", LOGIN_BEGIN(ENDS_SOON) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY,
          DENIED("TOKEN_EXPIRED"), BAKERY_OK, 1, "ASIAOLD", NULL, NULL,
          "warning the login session is not renewed, the old one has 300 s left" },
        { "no network",
          LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN,
          JWT_KEY,
          { .fails = BAKERY_ERR_NETWORK },
          BAKERY_ERR_NETWORK,
          3,
          NULL,
          "the login session is over: signin at",
          NULL,
          NULL },
        { "cancelled",
          LOGIN_BEGIN(ENDS_SOON) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN,
          JWT_KEY,
          { .cancels = true },
          BAKERY_ERR_CANCELLED,
          1,
          NULL,
          "cancelled",
          NULL,
          NULL },
        { "no key", LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, "CANARY", ANSWER(500, NULL, ""),
          BAKERY_ERR_CREDENTIALS, 0, NULL,
          "the login session is over: its dpopKey: it is no private key on the curve P-256", "aws login", NULL },
        { "no dpopKey", LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH UNKNOWN, "", ANSWER(500, NULL, ""),
          BAKERY_ERR_CREDENTIALS, 0, NULL, "its credentials are over since", "run: aws login --profile dev", NULL },
        { "no clientId", LOGIN_BEGIN(OVER) REFRESH PEM_KEY UNKNOWN, JWT_KEY, ANSWER(500, NULL, ""),
          BAKERY_ERR_CREDENTIALS, 0, NULL, "its credentials are over since", "aws login", NULL },
        { "no refreshToken", LOGIN_BEGIN(OVER) LOGIN_CLIENT PEM_KEY UNKNOWN, JWT_KEY, ANSWER(500, NULL, ""),
          BAKERY_ERR_CREDENTIALS, 0, NULL, "its credentials are over since", "aws login", NULL },
        { "no keys", LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY,
          ANSWER(200, "x-amzn-RequestId: r-2", "{\"accessToken\": \"CANARY\", \"expiresIn\": 900}"), BAKERY_ERR_NETWORK,
          1, NULL, "unexpected answer from signin (HTTP 200, request id r-2): it lacks accessKeyId", NULL, NULL },
        { "no session token", LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY,
          ANSWER(200, NULL,
                 "{\"accessToken\": {\"accessKeyId\": \"A\", \"secretAccessKey\": \"CANARY\", \"sessionToken\": \"\"}, "
                 "\"expiresIn\": 900}"),
          BAKERY_ERR_NETWORK, 1, NULL, "it lacks sessionToken", NULL, NULL },
        { "ends in the past", LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY,
          ANSWER(200, NULL,
                 "{\"accessToken\": {\"accessKeyId\": \"A\", \"secretAccessKey\": \"CANARY\", \"sessionToken\": "
                 "\"CANARY\"}, \"expiresIn\": -900}"),
          BAKERY_ERR_NETWORK, 1, NULL, "it lacks an expiresIn", NULL, NULL },
};

START_TEST(a_login_session_is_renewed)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_FREE char *document = login_document(logins[_i].document, logins[_i].pem);

        begin(&home, LOGIN_CONFIG, LOGIN_FILE, document, &logins[_i].renewal);
        bakery_status st = resolve(&home, &keys, &err);
        ck_assert_msg(st == logins[_i].status, "%s: %d %s", logins[_i].name, st, bakery_error_message(err));
        ck_assert_msg(aws.renewals == logins[_i].renewals, "%s: %u", logins[_i].name, aws.renewals);
        if (logins[_i].says)
                ck_says(err, logins[_i].says);
        if (logins[_i].hints)
                ck_hints(err, logins[_i].hints);
        if (logins[_i].logs)
                ck_assert_msg(home_logged(&home, logins[_i].logs), "%s:\n%s", logins[_i].name, home.wire.log.at);
        ck_assert(!home_logged(&home, "PRIVATE KEY"));
        if (!st)
                ck_assert_str_eq(bakery_credentials_access_key_id(keys), logins[_i].id);
}
END_TEST

START_TEST(the_renewed_session_is_kept)
{
        static const struct fake_answer renewal = ANSWER(200, NULL, NEW_SESSION);
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(json) document = { 0 };
        AUTO_CLEAR(json) request = { 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_FREE char *text = login_document(LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY);

        begin(&home, LOGIN_CONFIG, LOGIN_FILE, text, &renewal);
        ck_assert_int_eq(resolve(&home, &keys, NULL), BAKERY_OK);
        ck_assert_str_eq(bakery_credentials_session_token(keys), "CANARYf");
        ck_assert_int_eq(bakery_credentials_expiration_s(keys), FAKE_NOW_S + 900);
        parse_json(aws.body, &request);
        ck_text(&request, "clientId", "arn:aws:signin:::devtools/same-device");
        ck_text(&request, "grantType", "refresh_token");
        ck_text(&request, "refreshToken", "CANARYrefresh");

        read_document(&home, LOGIN_FILE, &document);
        ck_text(&document, "accessToken/accessKeyId", "ASIANEW");
        ck_text(&document, "accessToken/secretAccessKey", "CANARYe");
        ck_text(&document, "accessToken/sessionToken", "CANARYf");
        ck_text(&document, "accessToken/accountId", "111111111111");
        ck_text(&document, "accessToken/expiresAt", "2026-11-22T10:15:00Z");
        ck_text(&document, "refreshToken", "CANARYnext");
        ck_text(&document, "tokenType", "aws_sigv4");
        ck_text(&document, "idToken", "CANARYid");
        ck_text(&document, "clientId", "arn:aws:signin:::devtools/same-device");
        ck_text(&document, "dpopKey", JWT_KEY);
        ck_assert_int_eq(bakery__json_kind(json_at(&document, "later/a/1")), JSON_NULL);
}
END_TEST

/* A disk that is full from the answer on, as far as this process can see. Check writes to files too: it must not, then.
 */
static struct rlimit usual_limit;

static const struct fake_answer *answer_and_fill_the_disk(struct fake_wire *wire)
{
        const struct fake_answer *answer = answer_by_path(wire);
        struct rlimit small;

        signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &usual_limit);
        small = usual_limit;
        small.rlim_cur = 10;
        setrlimit(RLIMIT_FSIZE, &small);
        return answer;
}

START_TEST(what_cannot_be_kept_is_given_all_the_same)
{
        static const struct fake_answer renewal = ANSWER(200, NULL, NEW_SESSION);
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_FREE char *document = login_document(LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY);

        begin(&home, LOGIN_CONFIG, LOGIN_FILE, document, &renewal);
        home.wire.choose = answer_and_fill_the_disk;
        bakery_status st = resolve(&home, &keys, NULL);
        setrlimit(RLIMIT_FSIZE, &usual_limit);
        ck_assert_int_eq(st, BAKERY_OK);
        ck_assert_str_eq(bakery_credentials_access_key_id(keys), "ASIANEW");
        ck_assert(home_logged(&home, "warning the login session is renewed, but not kept: write "));
        AUTO_FREE char *path = path_to(home.folder, LOGIN_FILE);
        AUTO_FREE char *text = read_text(path);
        ck_assert_str_eq(text, document);
}
END_TEST

/* Where a session is renewed, and that the proof is for there. */
static const struct {
        const char *config, *variable, *url;
} signins[] = {
        { LOGIN_CONFIG, "X=", "https://eu-west-1.signin.aws.amazon.com/v1/token" },
        { LOGIN_CONFIG, "AWS_REGION=us-gov-east-1", "https://us-gov-east-1.signin.amazonaws-us-gov.com/v1/token" },
        { LOGIN_CONFIG, "AWS_ENDPOINT_URL_SIGNIN=http://127.0.0.1:9/in", "http://127.0.0.1:9/in/v1/token" },
        { LOGIN_CONFIG, "AWS_USE_FIPS_ENDPOINT=true", "https://signin-fips.eu-west-1.amazonaws.com/v1/token" },
        { "[profile dev]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = base\n"
          "[profile base]\nregion = cn-north-1\nlogin_session = arn:aws:iam::111111111111:user/ann\n",
          "X=", "https://cn-north-1.signin.amazonaws.cn/v1/token" },
        { "[profile dev]\nlogin_session = arn:aws:iam::111111111111:user/ann\n", "X=", NULL },
};

START_TEST(a_session_is_renewed_where_calls_go_to)
{
        static const struct fake_answer renewal = ANSWER(200, NULL, NEW_SESSION);
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(json) header = { 0 };
        AUTO_CLEAR(json) claims = { 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        long long at = 0;
        AUTO_FREE char *text = login_document(LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY);

        begin(&home, signins[_i].config, LOGIN_FILE, text, &renewal);
        home_set(&home, signins[_i].variable);
        resolve(&home, &keys, &err);
        if (!signins[_i].url) {
                ck_says(err, "the login session is over: signin needs a region, and none is set");
                return;
        }
        ck_assert_str_eq(aws.url, signins[_i].url);
        read_jwt(aws.proof, &header, &claims);
        ck_text(&claims, "htm", "POST");
        ck_text(&claims, "htu", signins[_i].url);
        ck_assert(bakery__json_whole_number_of(json_at(&claims, "iat"), &at));
        ck_assert_int_eq(at, FAKE_NOW_S);
}
END_TEST

/* No proof is shown twice: a server may refuse one that it has seen. */
static char ids[3][64];

static const struct fake_answer *refuse_and_note(struct fake_wire *wire)
{
        AUTO_CLEAR(json) header = { 0 };
        AUTO_CLEAR(json) claims = { 0 };
        const struct fake_answer *answer = answer_by_path(wire);

        read_jwt(aws.proof, &header, &claims);
        if (aws.renewals <= N_ELEMENTS(ids))
                snprintf(ids[aws.renewals - 1], sizeof ids[0], "%s", bakery__json_text_of(json_at(&claims, "jti")));
        return answer;
}

START_TEST(each_try_has_a_proof_of_its_own)
{
        static const struct fake_answer renewal = ANSWER(503, NULL, "");
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_FREE char *text = login_document(LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, JWT_KEY);

        begin(&home, LOGIN_CONFIG, LOGIN_FILE, text, &renewal);
        home.wire.choose = refuse_and_note;
        ck_assert_int_eq(resolve(&home, &keys, NULL), BAKERY_ERR_NETWORK);
        ck_assert_uint_eq(aws.renewals, 3);
        ck_assert_uint_eq(strlen(ids[0]), 32);
        ck_assert_str_ne(ids[0], ids[1]);
        ck_assert_str_ne(ids[1], ids[2]);
        ck_assert_str_ne(ids[0], ids[2]);
}
END_TEST

/* The last piece of text is what must not be left in freed memory: tokens, keys, and the key of the session. */
static const struct {
        const char *config, *file, *document, *body, *secret;
} holders[] = {
        { SSO_CONFIG, SSO_FILE, SSO_DOCUMENT(OVER), NEW_TOKEN, "CANARY" },
        { LOGIN_CONFIG, LOGIN_FILE, LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, NEW_SESSION, "CANARY" },
        { LOGIN_CONFIG, LOGIN_FILE, LOGIN_BEGIN(OVER) LOGIN_CLIENT REFRESH PEM_KEY UNKNOWN, NEW_SESSION,
          "MHcCAQEEIFg3rL3dqQ6VbehkFj6JwvWpN7cg8cYfhGtVzsUm9SoJ" },
};

START_TEST(no_secret_is_left_in_freed_memory)
{
        struct aws_home home;
        bakery_credentials *keys = NULL;
        const struct fake_answer renewal = ANSWER(200, NULL, holders[_i].body);
        char *document = login_document(holders[_i].document, JWT_KEY);

        begin(&home, holders[_i].config, holders[_i].file, document, &renewal);
        home_client(&home);
        watch_free_for(holders[_i].secret);
        ck_assert_int_eq(resolve(&home, &keys, NULL), BAKERY_OK);
        bakery_credentials_free(keys);
        home_end(&home);
        ck_assert_uint_eq(freed_with_text(), 0);
        watch_free_for(NULL);
        free(document);
}
END_TEST

Suite *renewal_suite(void)
{
        Suite *suite = suite_create("renewal");
        TCase *tcase = tcase_create("sso");

        tcase_add_loop_test(tcase, an_sso_token_is_renewed, 0, (int)N_ELEMENTS(tokens));
        tcase_add_test(tcase, the_renewed_token_is_kept);
        tcase_add_test(tcase, without_a_new_refresh_token_the_old_one_stays);
        tcase_add_test(tcase, a_link_is_replaced_and_not_followed);
        tcase_add_test(tcase, what_cannot_be_kept_is_given_all_the_same);
        tcase_add_test(tcase, an_answer_that_is_too_large_to_keep_is_used);
        tcase_add_loop_test(tcase, a_token_is_renewed_where_its_session_is, 0, (int)N_ELEMENTS(places));
        tcase_add_test(tcase, of_many_at_once_one_renews);
        tcase_add_test(tcase, what_another_one_renewed_is_used);
        tcase_add_test(tcase, there_is_a_second_look_after_the_lock);
        tcase_add_test(tcase, waiting_for_another_one_has_an_end);
        tcase_add_test(tcase, waiting_for_another_one_ends_when_cancelled);
        tcase_add_loop_test(tcase, a_login_session_is_renewed, 0, (int)N_ELEMENTS(logins));
        tcase_add_test(tcase, the_renewed_session_is_kept);
        tcase_add_loop_test(tcase, a_session_is_renewed_where_calls_go_to, 0, (int)N_ELEMENTS(signins));
        tcase_add_test(tcase, each_try_has_a_proof_of_its_own);
        tcase_add_loop_test(tcase, no_secret_is_left_in_freed_memory, 0, (int)N_ELEMENTS(holders));
        suite_add_tcase(suite, tcase);
        return suite;
}
