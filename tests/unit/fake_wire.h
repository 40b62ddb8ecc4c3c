/* A network, a clock and an environment that a test scripts: what a client sees instead of the real ones. */
#ifndef BAKERY_TESTS_FAKE_WIRE_H
#define BAKERY_TESTS_FAKE_WIRE_H

#include <bakery/client.h>
#include <bakery/credentials.h>

#include "aws/client.h"
#include "aws/keys.h"
#include "base/buf.h"

/* Keys whose secret parts must never show. */
#define KEY_ID "AKIDEXAMPLE"
#define SECRET "CANARYsecretKey+/EXAMPLE"
#define TOKEN "CANARYtoken//+=="

/* What the wire gives for one request: an answer, or a failure when fails is set. */
struct fake_answer {
        int status;
        const char *headers; /* "Date: ...\nRetry-After: 1"; NULL: none */
        const char *body;    /* NULL: none */
        bakery_status fails;
        bool unsent;  /* with fails: the server cannot have seen the request */
        bool cancels; /* the client is cancelled while the request is under way */
};

#define ANSWER(http_status, header_lines, text)                              \
        {                                                                    \
                .status = http_status, .headers = header_lines, .body = text \
        }

enum { FAKE_HEADERS = 32 };

/* The last request, as copies. */
struct fake_request {
        char method[16], url[1024];
        char names[FAKE_HEADERS][64], values[FAKE_HEADERS][1024];
        size_t header_count;
        char body[8192];
        size_t max_body_bytes;
        unsigned connect_timeout_ms, total_timeout_ms, low_speed_timeout_ms;
        bool bypass_proxy;
};

/* What is given to requests whose body has both texts. */
struct fake_reply {
        const char *action, *with; /* with NULL: whatever else there is */
        struct fake_answer answer;
};
#define REPLY(name, text, http_status, answer_text)                              \
        {                                                                        \
                "Action=" name "&", text, ANSWER(http_status, NULL, answer_text) \
        }

/* An answer of the query protocol, and a failure. */
#define ANSWERED(action, text) "<" action "Response><" action "Result>" text "</" action "Result></" action "Response>"
#define FAILED(code) "<ErrorResponse><Error><Code>" code "</Code><Message>m</Message></Error></ErrorResponse>"

/* Begin with what is scripted; the rest is 0. */
struct fake_wire {
        struct fake_answer answers[8]; /* the last one that is set is given from then on */
        const struct fake_answer *(*choose)(struct fake_wire *wire); /* instead of answers, after the request is kept */
        struct fake_reply replies[16]; /* instead of answers: the first that fits; the test fails without one */
        const char *environment[16];   /* "NAME=value", up to NULL */
        int64_t now_s;                 /* 0: 2026-11-22T10:00:00Z */

        unsigned requests; /* that came */
        struct fake_request last;
        struct buf log;    /* "debug text\n" each */
        struct buf bodies; /* of all requests, a line each, when the test sets its max */
        bakery_client *client;
};

enum { FAKE_NOW_S = 1795341600 };

/* A client on that wire, which workers may share, in us-east-1 (AWS_REGION goes before), whose waits last no more than
 * a millisecond. */
bakery_client *fake_client(struct fake_wire *wire);

/* The same, with the test's own options over it. */
bakery_client *fake_client_with(struct fake_wire *wire, const bakery_client_options *options);
bakery_client_options fake_options(struct fake_wire *wire);

/* The header of the last request; NULL when it was not sent. */
const char *fake_header(const struct fake_wire *wire, const char *name);

bakery_credentials *fake_keys(void);

/* Frees the client, and fails when a secret stands in the log. */
void fake_end(struct fake_wire *wire);
DEFINE_AUTO_CLEAR(fake_wire, fake_end)

/* An error says what it should, and repeats no secret. */
void ck_says(const bakery_error *err, const char *piece);
void ck_hints(const bakery_error *err, const char *piece);

#endif
