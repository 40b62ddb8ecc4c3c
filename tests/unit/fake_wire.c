#include "fake_wire.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const char *fake_getenv(const char *name, void *context)
{
        const struct fake_wire *wire = context;
        const size_t len = strlen(name);

        for (size_t i = 0; i < N_ELEMENTS(wire->environment) && wire->environment[i]; i++)
                if (strncmp(wire->environment[i], name, len) == 0 && wire->environment[i][len] == '=')
                        return wire->environment[i] + len + 1;
        return NULL;
}

static int64_t fake_now_ms(void *context)
{
        const struct fake_wire *wire = context;

        return (wire->now_s ? wire->now_s : FAKE_NOW_S) * 1000 + 7;
}

static void fake_log(bakery_log_level level, const char *text, void *context)
{
        static const char *const names[] = { "warning", "info", "debug" };
        struct fake_wire *wire = context;

        bakery__buf_format(&wire->log, "%s %s\n", names[level], text);
}

static void keep(struct fake_wire *wire, const bakery_http_request *request)
{
        struct fake_request *last = &wire->last;

        ck_assert_uint_eq(request->size, sizeof *request);
        ck_assert_uint_le(request->header_count, FAKE_HEADERS);
        *last = (struct fake_request){
                .header_count = request->header_count,
                .max_body_bytes = request->max_body_bytes,
                .connect_timeout_ms = request->connect_timeout_ms,
                .total_timeout_ms = request->total_timeout_ms,
                .low_speed_timeout_ms = request->low_speed_timeout_ms,
                .bypass_proxy = request->bypass_proxy,
        };
        snprintf(last->method, sizeof last->method, "%s", request->method);
        snprintf(last->url, sizeof last->url, "%s", request->url);
        for (size_t i = 0; i < request->header_count; i++) {
                snprintf(last->names[i], sizeof last->names[i], "%s", request->headers[i].name);
                snprintf(last->values[i], sizeof last->values[i], "%s", request->headers[i].value);
        }
        bakery__buf_add(&wire->bodies, request->body ? request->body : "", request->body_size_bytes);
        bakery__buf_char(&wire->bodies, '\n');
        if (request->body)
                snprintf(last->body, sizeof last->body, "%.*s", (int)request->body_size_bytes,
                         (const char *)request->body);
}

static void add_headers(bakery_http_answer *answer, const char *lines)
{
        while (lines && *lines) {
                size_t len = strcspn(lines, "\n"), name = strcspn(lines, ":");

                ck_assert_int_eq(bakery_http_answer_add_header(answer, lines, name, lines + name + 1, len - name - 1),
                                 BAKERY_OK);
                lines += len + (lines[len] == '\n');
        }
}

static const struct fake_answer *find_reply(const struct fake_wire *wire)
{
        const char *body = wire->last.body;

        for (size_t i = 0; i < N_ELEMENTS(wire->replies) && wire->replies[i].action; i++) {
                const struct fake_reply *reply = &wire->replies[i];

                if (strstr(body, reply->action) && (!reply->with || strstr(body, reply->with)))
                        return &reply->answer;
        }
        ck_abort_msg("nothing answers %s", body);
        return NULL;
}

static const struct fake_answer *next_answer(struct fake_wire *wire)
{
        size_t i = wire->requests - 1;

        if (wire->choose)
                return wire->choose(wire);
        if (wire->replies[0].action)
                return find_reply(wire);
        if (i >= N_ELEMENTS(wire->answers))
                i = N_ELEMENTS(wire->answers) - 1;
        while (i > 0 && !wire->answers[i].status && !wire->answers[i].fails)
                i--;
        return &wire->answers[i];
}

static bakery_status answer_request(void *context, const bakery_http_request *request, int (*cancelled)(void *),
                                    void *cancel_context, bakery_http_answer *answer, int *ret_sent, bakery_error **err)
{
        struct fake_wire *wire = context;

        wire->requests++;
        keep(wire, request);
        const struct fake_answer *given = next_answer(wire);
        if (given->cancels)
                bakery_client_cancel(wire->client);
        if (cancelled(cancel_context))
                return bakery__fail(err, BAKERY_ERR_CANCELLED, "cancelled");
        if (given->fails) {
                if (given->unsent)
                        *ret_sent = 0;
                return bakery__fail(err, given->fails, "the wire broke");
        }
        bakery_http_answer_set_status(answer, given->status);
        add_headers(answer, given->headers);
        return given->body ? bakery_http_answer_add_body(answer, given->body, strlen(given->body)) : BAKERY_OK;
}

/* Workers call it at once, and a script has an order. */
static bakery_status fake_transport(void *context, const bakery_http_request *request, int (*cancelled)(void *),
                                    void *cancel_context, bakery_http_answer *answer, int *ret_sent, bakery_error **err)
{
        static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

        pthread_mutex_lock(&lock);
        bakery_status st = answer_request(context, request, cancelled, cancel_context, answer, ret_sent, err);
        pthread_mutex_unlock(&lock);
        return st;
}

bakery_client_options fake_options(struct fake_wire *wire)
{
        bakery_client_options options = BAKERY_CLIENT_OPTIONS_INIT;

        options.transport = fake_transport;
        options.getenv = fake_getenv;
        options.now_ms = fake_now_ms;
        options.log = fake_log;
        options.transport_context = options.world_context = options.log_context = wire;
        options.retry_base_ms = options.retry_cap_ms = 1;
        return options;
}

bakery_client *fake_client_with(struct fake_wire *wire, const bakery_client_options *options)
{
        AUTO_PTR(bakery_error) err = NULL;

        wire->log.max = 1 << 20;
        ck_assert_msg(bakery_client_new(options, &wire->client, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        return wire->client;
}

bakery_client *fake_client(struct fake_wire *wire)
{
        bakery_client_options options = fake_options(wire);

        if (!fake_getenv("AWS_REGION", wire))
                options.region = "us-east-1";
        return fake_client_with(wire, &options);
}

const char *fake_header(const struct fake_wire *wire, const char *name)
{
        for (size_t i = 0; i < wire->last.header_count; i++)
                if (bakery__str_equal_nocase(wire->last.names[i], name))
                        return wire->last.values[i];
        return NULL;
}

bakery_credentials *fake_keys(void)
{
        bakery_credentials *keys = NULL;

        ck_assert_int_eq(bakery_credentials_new(KEY_ID, SECRET, TOKEN, 0, "test", &keys, NULL), BAKERY_OK);
        return keys;
}

void fake_end(struct fake_wire *wire)
{
        bakery_client_free(wire->client);
        ck_assert_msg(!wire->log.at || !strstr(wire->log.at, "CANARY"), "a secret is in the log:\n%s", wire->log.at);
        bakery__buf_clear(&wire->log);
        bakery__buf_clear(&wire->bodies);
}

void ck_says(const bakery_error *err, const char *piece)
{
        const char *message = bakery_error_message(err);

        ck_assert_msg(strstr(message, piece), "'%s' is not in '%s'", piece, message);
        ck_assert_msg(!strstr(message, "CANARY"), "a secret is in '%s'", message);
}

void ck_hints(const bakery_error *err, const char *piece)
{
        const char *hint = bakery_error_hint(err);

        ck_assert_msg(hint && strstr(hint, piece), "'%s' is not in the hint '%s' of '%s'", piece, hint ? hint : "",
                      bakery_error_message(err));
}
