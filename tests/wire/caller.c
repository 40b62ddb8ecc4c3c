/*
 * Makes calls over the real transport, and prints what came of them as lines "name: text": the scripted server's other
 * end. Everything that is not an option comes from the environment (proxies, certificates).
 *
 *      caller [--OPTION VALUE]... whoami|mfa|large|get|post-then-get
 *
 * mfa is a call that carries an MFA code; get is a plain request of the transport to the endpoint, unsigned.
 */
#include <bakery/chain.h>
#include <bakery/sts.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "aws/client.h"
#include "aws/http.h"
#include "aws/keys.h"
#include "base/time.h"

/* Its secrets must not be in anything that is printed. */
#define SECRET "CANARYsecret/+"
#define TOKEN "CANARYtoken=="

struct wishes {
        const char *endpoint, *region, *profile;
        unsigned connect_ms, total_ms, low_speed_ms, attempts, calls, bypass_proxy, max_body_bytes, cancel_after_ms;
};

static const struct {
        const char *name;
        size_t offset;
        bool is_text;
} options[] = {
        { "--endpoint", offsetof(struct wishes, endpoint), true },
        { "--region", offsetof(struct wishes, region), true },
        { "--profile", offsetof(struct wishes, profile), true },
        { "--connect-ms", offsetof(struct wishes, connect_ms), false },
        { "--total-ms", offsetof(struct wishes, total_ms), false },
        { "--low-speed-ms", offsetof(struct wishes, low_speed_ms), false },
        { "--attempts", offsetof(struct wishes, attempts), false },
        { "--calls", offsetof(struct wishes, calls), false },
        { "--bypass-proxy", offsetof(struct wishes, bypass_proxy), false },
        { "--max-body", offsetof(struct wishes, max_body_bytes), false },
        { "--cancel-after-ms", offsetof(struct wishes, cancel_after_ms), false },
};

static bool take_option(struct wishes *wishes, const char *name, const char *value)
{
        for (size_t i = 0; i < N_ELEMENTS(options); i++) {
                if (strcmp(options[i].name, name) != 0)
                        continue;
                char *field = (char *)wishes + options[i].offset;
                unsigned number = (unsigned)strtoul(value, NULL, 10);

                memcpy(field, options[i].is_text ? (const void *)&value : (const void *)&number,
                       options[i].is_text ? sizeof value : sizeof number);
                return true;
        }
        return false;
}

static void print_log(bakery_log_level level, const char *text, void *context)
{
        (void)context;
        printf("%s: %s\n", level == BAKERY_LOG_WARNING ? "warning" : "log", text);
}

static void print_outcome(bakery_status st, const bakery_error *err)
{
        const char *hint = bakery_error_hint(err), *code = bakery_error_aws_code(err);

        printf("status: %s\n", bakery_status_name(st));
        if (err)
                printf("message: %s\nhttp: %d\n", bakery_error_message(err), bakery_error_http_status(err));
        if (hint)
                printf("hint: %s\n", hint);
        if (code)
                printf("code: %s\n", code);
}

static bakery_status who_am_i(bakery_client *client, const bakery_credentials *keys, const struct wishes *wishes,
                              bakery_error **err)
{
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        bakery_status st = bakery_sts_get_caller_identity(client, keys, NULL, &identity, err);

        (void)wishes;
        if (!st)
                printf("account: %s\n", identity.account);
        bakery_identity_clear(&identity);
        return st;
}

static bakery_status mfa(bakery_client *client, const bakery_credentials *keys, const struct wishes *wishes,
                         bakery_error **err)
{
        AUTO_PTR(bakery_credentials) session = NULL;

        (void)wishes;
        return bakery_sts_get_session_token(client, keys, 900, "arn:aws:iam::111111111111:mfa/ann", "123456", &session,
                                            err);
}

/* A body for which libcurl would rather ask first. */
static bakery_status large(bakery_client *client, const bakery_credentials *keys, const struct wishes *wishes,
                           bakery_error **err)
{
        AUTO_CLEAR(buf) message = { .max = 2 << 20 };
        AUTO_FREE char *json = NULL;

        (void)wishes;
        bakery__buf_repeat(&message, 'x', 3 << 19);
        return bakery_sts_decode_authorization_message(client, keys, message.at ? message.at : "", &json, err);
}

static bakery_status get(bakery_client *client, const bakery_credentials *keys, const struct wishes *wishes,
                         bakery_error **err)
{
        const size_t most = wishes->max_body_bytes ? wishes->max_body_bytes : 1 << 20;
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(most);
        bool sent = true;
        bakery_status st = bakery__client_transport(client,
                                                    &(bakery_http_request){
                                                            .size = sizeof(bakery_http_request),
                                                            .method = "GET",
                                                            .url = wishes->endpoint,
                                                            .connect_timeout_ms = wishes->connect_ms,
                                                            .total_timeout_ms = wishes->total_ms,
                                                            .max_body_bytes = most,
                                                            .bypass_proxy = (int)wishes->bypass_proxy,
                                                    },
                                                    &answer, &sent, err);

        (void)keys;
        printf("sent: %d\nbody: %.*s\n", sent, (int)answer.body.len, answer.body.at ? answer.body.at : "");
        return st;
}

/* Nothing of a request may be left for the next one. */
static bakery_status post_then_get(bakery_client *client, const bakery_credentials *keys, const struct wishes *wishes,
                                   bakery_error **err)
{
        bakery_status st = who_am_i(client, keys, wishes, err);

        return st ? st : get(client, keys, wishes, err);
}

static const struct {
        const char *name;
        bakery_status (*call)(bakery_client *client, const bakery_credentials *keys, const struct wishes *wishes,
                              bakery_error **err);
} actions[] = {
        { "whoami", who_am_i }, { "mfa", mfa }, { "large", large }, { "get", get }, { "post-then-get", post_then_get }
};

struct cancelling {
        bakery_client *client;
        unsigned after_ms;
};

static void *cancel_later(void *context)
{
        const struct cancelling *it = context;

        bakery__time_wait(it->after_ms, NULL, NULL);
        bakery_client_cancel(it->client);
        return NULL;
}

static bakery_status call_repeatedly(const char *action, bakery_client *client, const bakery_credentials *keys,
                                     const struct wishes *wishes, bakery_error **err)
{
        struct cancelling it = { client, wishes->cancel_after_ms };
        bakery_status st = BAKERY_OK;
        pthread_t thread;
        bool cancels = it.after_ms > 0 && pthread_create(&thread, NULL, cancel_later, &it) == 0;

        for (unsigned n = 0; !st && n < wishes->calls; n++)
                for (size_t i = 0; i < N_ELEMENTS(actions); i++)
                        if (strcmp(actions[i].name, action) == 0)
                                st = actions[i].call(client, keys, wishes, err);
        if (cancels)
                pthread_join(thread, NULL);
        return st;
}

/* A profile has a say in how AWS is reached. */
static bakery_status find_keys(bakery_client *client, const char *profile, bakery_credentials **ret, bakery_error **err)
{
        bakery_chain_options chain = BAKERY_CHAIN_OPTIONS_INIT;

        chain.profile = profile;
        return profile ? bakery_chain_resolve(client, &chain, ret, err)
                       : bakery_credentials_new("AKIDEXAMPLE", SECRET, TOKEN, 0, "caller", ret, err);
}

static bakery_status run(const char *action, const struct wishes *wishes, bakery_error **err)
{
        bakery_client_options chosen = BAKERY_CLIENT_OPTIONS_INIT;
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_client) client = NULL;
        bakery_status st;

        chosen.region = wishes->region;
        chosen.endpoint_url = wishes->endpoint;
        chosen.connect_timeout_ms = wishes->connect_ms;
        chosen.total_timeout_ms = wishes->total_ms;
        chosen.low_speed_timeout_ms = wishes->low_speed_ms;
        chosen.max_attempts = wishes->attempts;
        chosen.retry_base_ms = chosen.retry_cap_ms = 1;
        chosen.log = print_log;
        st = bakery_client_new(&chosen, &client, err);
        if (!st)
                st = find_keys(client, wishes->profile, &keys, err);
        return st ? st : call_repeatedly(action, client, keys, wishes, err);
}

int main(int argc, char **argv)
{
        struct wishes wishes = { .region = "us-east-1", .connect_ms = 30000, .total_ms = 60000, .calls = 1 };
        AUTO_PTR(bakery_error) err = NULL;
        int at = 1;

        while (at + 2 < argc && take_option(&wishes, argv[at], argv[at + 1]))
                at += 2;
        if (at + 1 != argc) {
                fputs("usage: caller [--OPTION VALUE]... whoami|mfa|large|get|post-then-get\n", stderr);
                return 2;
        }
        bakery_status st = run(argv[at], &wishes, &err);
        print_outcome(st, err);
        return 0;
}
