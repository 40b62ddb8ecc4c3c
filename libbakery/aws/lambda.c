/*
 * The runtime API of Lambda: plain HTTP to an address of this machine.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
#include <bakery/lambda.h>

#include <string.h>

#include "aws/client.h"
#include "aws/http.h"
#include "base/arena.h"
#include "formats/json.h"
#include "formats/uri.h"

/* Events and answers have at most 6 MB. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
enum { EVENT_MAX_BYTES = 7 << 20, URL_MAX_BYTES = 1024, ID_MAX_BYTES = 128, CONNECT_TIMEOUT_MS = 3000 };

static bakery_status write_url(const bakery_client *client, const char *path, struct buf *url, bakery_error **err)
{
        const char *address = bakery__client_getenv(client, "AWS_LAMBDA_RUNTIME_API");
        struct uri uri;

        if (!address)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "AWS_LAMBDA_RUNTIME_API is not set: this is no Lambda");
        bakery__buf_format(url, "http://%s/2018-06-01/runtime/%s", address, path);
        bakery_status st = bakery__buf_status(url, "the URL of the runtime API", err);
        if (!st && (strchr(address, '/') || bakery__uri_split(bakery__span(url->at), &uri, NULL)))
                st = bakery__fail(err, BAKERY_ERR_ARGUMENT, "AWS_LAMBDA_RUNTIME_API is no host and port");
        return st;
}

/* One exchange. Waiting for the next invocation takes as long as it takes: Lambda stops the process meanwhile. */
static bakery_status exchange(bakery_client *client, bakery_http_request *request, const char *path,
                              bakery_http_answer *answer, bakery_error **err)
{
        AUTO_CLEAR(buf) url = { .max = URL_MAX_BYTES };
        bakery_status st = write_url(client, path, &url, err);
        bool sent = true;

        if (st)
                return st;
        request->size = sizeof *request;
        request->url = url.at;
        request->connect_timeout_ms = CONNECT_TIMEOUT_MS;
        request->max_body_bytes = EVENT_MAX_BYTES;
        request->bypass_proxy = 1;
        st = bakery__client_transport(client, request, answer, &sent, err);
        if (!st && (answer->status < 200 || answer->status >= 300))
                st = bakery__fail(err, BAKERY_ERR_NETWORK, "HTTP %d", answer->status);
        return st ? bakery__wrap(err, st, "the runtime API of Lambda, %s", path) : BAKERY_OK;
}

static bakery_status post(bakery_client *client, const char *path, struct span body, const char *error_type,
                          bakery_error **err)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(EVENT_MAX_BYTES);
        const bakery_http_header headers[] = {
                { "Content-Type", "application/json" },
                { "Lambda-Runtime-Function-Error-Type", error_type },
        };
        bakery_http_request request = {
                .method = "POST",
                .headers = headers,
                .header_count = error_type ? 2 : 1,
                .body = body.at,
                .body_size_bytes = body.len,
        };

        return exchange(client, &request, path, &answer, err);
}

static bakery_status post_failure(bakery_client *client, const char *path, const bakery_error *failure,
                                  bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = EVENT_MAX_BYTES };
        AUTO_CLEAR(buf) type = { .max = ID_MAX_BYTES };
        const char *hint = bakery_error_hint(failure);

        bakery__buf_format(&type, "Bakery.%s", bakery_status_name(bakery_error_status(failure)));
        json.no_memory |= type.no_memory;
        bakery__json_format(&json, bakery__json_root(&json), "errorMessage", "%s%s%s", bakery_error_message(failure),
                            hint ? "; " : "", hint ? hint : "");
        bakery__json_optional_text(&json, bakery__json_root(&json), "errorType", type.at);
        bakery__json_array(&json, bakery__json_root(&json), "stackTrace");
        bakery_status st = bakery__json_print(&json, JSON_COMPACT, &text, "the error", err);
        return st ? st : post(client, path, (struct span){ text.at, text.len }, type.at, err);
}

bakery_status bakery_lambda_fail_init(bakery_client *client, const bakery_error *failure, bakery_error **err)
{
        bakery__error_clear(err);
        return post_failure(client, "init/error", failure, err);
}

static int64_t number_of(struct span text)
{
        int64_t number = 0;

        for (size_t i = 0; i < text.len; i++) {
                if (text.at[i] < '0' || text.at[i] > '9' || number > INT64_MAX / 100)
                        return 0;
                number = number * 10 + (text.at[i] - '0');
        }
        return number;
}

/* The id becomes a part of URLs. */
static bakery_status take_id(const bakery_http_answer *answer, struct arena *arena, const char **ret_id,
                             bakery_error **err)
{
        struct span id = { "", 0 };

        bakery__http_header(answer, "lambda-runtime-aws-request-id", &id);
        if (id.len == 0 || id.len > ID_MAX_BYTES || !bakery__str_only(id, "-"))
                return bakery__fail(err, BAKERY_ERR_NETWORK,
                                    "the runtime API of Lambda sent an invocation without an id");
        *ret_id = bakery__arena_copy(arena, id);
        return *ret_id ? BAKERY_OK : bakery__fail_memory(err);
}

static bakery_status tell(bakery_client *client, const bakery_invocation *invocation, const char *answer,
                          const bakery_error *failure, bakery_error **err)
{
        AUTO_CLEAR(buf) path = { .max = URL_MAX_BYTES };

        bakery__buf_format(&path, "invocation/%s/%s", invocation->request_id, failure ? "error" : "response");
        bakery_status st = bakery__buf_status(&path, "the path", err);
        if (st)
                return st;
        return failure ? post_failure(client, path.at, failure, err)
                       : post(client, path.at, bakery__span(answer), NULL, err);
}

static bakery_status serve_one(bakery_client *client, bakery_lambda_function *function, void *context,
                               bakery_error **err)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(EVENT_MAX_BYTES);
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) failure = NULL;
        AUTO_FREE char *text = NULL;
        bakery_invocation invocation = { .size = sizeof invocation };
        struct span deadline = { "", 0 };
        bakery_status st = exchange(client, &(bakery_http_request){ .method = "GET" }, "invocation/next", &answer, err);

        if (!st)
                st = take_id(&answer, &arena, &invocation.request_id, err);
        if (st)
                return st;
        bakery__http_header(&answer, "lambda-runtime-deadline-ms", &deadline);
        invocation.deadline_ms = number_of(deadline);
        invocation.event = bakery__http_body(&answer).at;
        invocation.event_size_bytes = bakery__http_body(&answer).len;
        st = function(&invocation, context, &text, &failure);
        if (st && !failure)
                bakery__fail_memory(&failure); /* a failure without a word */
        if (st == BAKERY_ERR_CANCELLED)        /* nothing else ends an invocation early */
                bakery__wrap(&failure, st, "the invocation ran out of time");
        return tell(client, &invocation, text ? text : "null", st ? failure : NULL, err);
}

bakery_status bakery_lambda_serve(bakery_client *client, bakery_lambda_function *function, void *context,
                                  bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        bakery__error_clear(err);
        while (!st)
                st = serve_one(client, function, context, err);
        return st;
}
