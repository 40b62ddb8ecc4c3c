/* The runtime API of Lambda: invocations are asked for, served, and answered under their id. */
#include <bakery/lambda.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "fake_wire.h"
#include "support.h"

Suite *lambda_suite(void);

#define API "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001"
#define BASE "http://127.0.0.1:9001/2018-06-01/runtime/"
#define ID "Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4\n"

/* The wire, and each request that came: "GET url\n", "POST url body\n". */
static struct buf told;

static const struct fake_answer *script; /* one answer for each request */

static const struct fake_answer *answer_in_order(struct fake_wire *wire)
{
        const struct fake_request *last = &wire->last;
        const char *type = fake_header(wire, "Lambda-Runtime-Function-Error-Type");

        bakery__buf_format(&told, "%s %s%s%s%s%s\n", last->method,
                           bakery__str_starts(last->url, BASE) ? last->url + strlen(BASE) : last->url,
                           *last->body ? " " : "", last->body, type ? " " : "", type ? type : "");
        ck_assert_uint_eq(last->total_timeout_ms, 0); /* the wait for an invocation has no end */
        ck_assert(last->bypass_proxy);
        return &script[wire->requests - 1];
}

/* What the function is given, and what it gives. */
struct function {
        const char *answer; /* NULL: it fails */
        bakery_status st;
        int64_t deadline_ms;
        char event[100];
        unsigned calls;
};

static bakery_status serve(const bakery_invocation *invocation, void *context, char **ret_answer, bakery_error **err)
{
        struct function *function = context;

        function->calls++;
        ck_assert_uint_eq(invocation->size, sizeof *invocation);
        ck_assert_str_eq(invocation->request_id, "8476a536-e9f4");
        function->deadline_ms = invocation->deadline_ms;
        snprintf(function->event, sizeof function->event, "%.*s", (int)invocation->event_size_bytes, invocation->event);
        if (function->answer) {
                *ret_answer = strdup(function->answer);
                return BAKERY_OK;
        }
        bakery__fail(err, function->st, "it \"went\" wrong");
        bakery__error_hint(err, "mend it");
        return function->st;
}

#define GONE                                \
        {                                   \
                .fails = BAKERY_ERR_NETWORK \
        }
#define NEXT(more) ANSWER(200, ID more, "{\"a\":1}")
#define TAKEN ANSWER(202, NULL, "")
#define PATH "invocation/8476a536-e9f4/"

static const struct {
        struct fake_answer script[4]; /* the last one is where it ends */
        const char *answer;           /* of the function */
        bakery_status st;             /* of a function that fails */
        const char *told;
        const char *says; /* at the end */
} runs[] = {
        { { NEXT(""), TAKEN, GONE },
          "{\"b\":2}",
          0,
          "GET invocation/next\nPOST " PATH "response {\"b\":2}\nGET invocation/next\n",
          "the runtime API of Lambda, invocation/next: the wire broke" },
        /* A failure is one of the invocation: the next one is asked for. */
        { { NEXT(""), TAKEN, GONE },
          NULL,
          BAKERY_ERR_NOT_FOUND,
          "GET invocation/next\nPOST " PATH "error {\"errorMessage\":\"it \\\"went\\\" wrong; mend it\",\"errorType\":"
          "\"Bakery.not-found\",\"stackTrace\":[]} Bakery.not-found\nGET invocation/next\n",
          "the wire broke" },
        { { NEXT(""), TAKEN, GONE },
          NULL,
          BAKERY_ERR_CANCELLED,
          "GET invocation/next\nPOST " PATH
          "error {\"errorMessage\":\"the invocation ran out of time: it \\\"went\\\" wrong; "
          "mend it\",\"errorType\":\"Bakery.cancelled\",\"stackTrace\":[]} Bakery.cancelled\nGET invocation/next\n",
          "the wire broke" },
        { { NEXT(""), ANSWER(500, NULL, "") },
          "1",
          0,
          "GET invocation/next\nPOST " PATH "response 1\n",
          "the runtime API of Lambda, " PATH "response: HTTP 500" },
        { { ANSWER(403, NULL, "") }, "1", 0, "GET invocation/next\n", "invocation/next: HTTP 403" },
        /* The id becomes a part of a URL. */
        { { ANSWER(200, NULL, "{}") }, "1", 0, "GET invocation/next\n", "an invocation without an id" },
        { { ANSWER(200, "Lambda-Runtime-Aws-Request-Id: ../../x", "{}") },
          "1",
          0,
          "GET invocation/next\n",
          "an invocation without an id" },
};

START_TEST(serves_invocations)
{
        AUTO_CLEAR(fake_wire) wire = { .choose = answer_in_order, .environment = { API } };
        struct function function = { .answer = runs[_i].answer, .st = runs[_i].st };
        AUTO_PTR(bakery_error) err = NULL;

        told = (struct buf){ .max = 1 << 16 };
        script = runs[_i].script;
        ck_assert_int_eq(bakery_lambda_serve(fake_client(&wire), serve, &function, &err), BAKERY_ERR_NETWORK);
        ck_says(err, runs[_i].says);
        ck_assert_str_eq(told.at, runs[_i].told);
        if (function.calls)
                ck_assert_str_eq(function.event, "{\"a\":1}");
        bakery__buf_clear(&told);
}
END_TEST

static const struct {
        const char *header;
        int64_t deadline_ms;
} deadlines[] = {
        { "", 0 },
        { "Lambda-Runtime-Deadline-Ms: 1542409706888", 1542409706888 },
        { "Lambda-Runtime-Deadline-Ms: soon", 0 },
        { "Lambda-Runtime-Deadline-Ms: -1", 0 },
        { "Lambda-Runtime-Deadline-Ms: 99999999999999999999999", 0 },
};

START_TEST(knows_the_deadline)
{
        AUTO_CLEAR(buf) headers = { .max = 1000 };
        struct function function = { .answer = "1", .deadline_ms = -1 };

        bakery__buf_format(&headers, ID "%s", deadlines[_i].header);
        const struct fake_answer answers[] = { { .status = 200, .headers = headers.at, .body = "{}" }, TAKEN, GONE };
        AUTO_CLEAR(fake_wire) wire = { .choose = answer_in_order, .environment = { API } };

        told = (struct buf){ .max = 1 << 16 };
        script = answers;
        bakery_lambda_serve(fake_client(&wire), serve, &function, NULL);
        ck_assert_int_eq(function.deadline_ms, deadlines[_i].deadline_ms);
        bakery__buf_clear(&told);
}
END_TEST

START_TEST(an_address_that_is_none_is_refused)
{
        static const struct {
                const char *variable, *says;
        } addresses[] = {
                { "OTHER=1", "AWS_LAMBDA_RUNTIME_API is not set" },
                { "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001/x", "is no host and port" },
                { "AWS_LAMBDA_RUNTIME_API=me@127.0.0.1", "is no host and port" },
                { "AWS_LAMBDA_RUNTIME_API=127.0.0.1:x", "is no host and port" },
        };

        for (size_t i = 0; i < N_ELEMENTS(addresses); i++) {
                AUTO_CLEAR(fake_wire) wire = { .environment = { addresses[i].variable } };
                struct function function = { .answer = "1" };
                AUTO_PTR(bakery_error) err = NULL;

                ck_assert_int_eq(bakery_lambda_serve(fake_client(&wire), serve, &function, &err), BAKERY_ERR_ARGUMENT);
                ck_says(err, addresses[i].says);
                ck_assert_uint_eq(wire.requests, 0);
        }
}
END_TEST

START_TEST(what_keeps_it_from_beginning_is_told)
{
        static const struct fake_answer answers[] = { TAKEN };
        AUTO_CLEAR(fake_wire) wire = { .choose = answer_in_order, .environment = { API } };
        AUTO_PTR(bakery_error) failure = NULL;

        told = (struct buf){ .max = 1 << 16 };
        script = answers;
        bakery__fail(&failure, BAKERY_ERR_CONFIG, "no group");
        ck_assert_int_eq(bakery_lambda_fail_init(fake_client(&wire), failure, NULL), BAKERY_OK);
        ck_assert_str_eq(told.at, "POST init/error {\"errorMessage\":\"no group\",\"errorType\":\"Bakery.config\","
                                  "\"stackTrace\":[]} Bakery.config\n");
        bakery__buf_clear(&told);
}
END_TEST

Suite *lambda_suite(void)
{
        Suite *suite = suite_create("lambda");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, serves_invocations, 0, N_ELEMENTS(runs));
        tcase_add_loop_test(tcase, knows_the_deadline, 0, N_ELEMENTS(deadlines));
        tcase_add_test(tcase, an_address_that_is_none_is_refused);
        tcase_add_test(tcase, what_keeps_it_from_beginning_is_told);
        suite_add_tcase(suite, tcase);
        return suite;
}
