/* A call to a service: resolved, signed, sent, tried again where that may help, and its refusal understood. */
#ifndef BAKERY_AWS_CALL_H
#define BAKERY_AWS_CALL_H

#include "aws/client.h"
#include "aws/endpoint.h"
#include "aws/http.h"
#include "aws/keys.h"
#include "base/arena.h"

/* Who asks, and where: what the calls of all services begin with. Borrowed. */
struct aws_access {
        bakery_client *client;
        const bakery_credentials *keys;
        const char *region; /* NULL: the client's, then the profile's */
};

/* The region that calls go to; NULL when none is set. */
const char *bakery__aws_region(const struct aws_access *aws);

/* One more header, made anew for each try: it names the URL and the instant. */
struct aws_proof {
        const char *header; /* "DPoP" */
        bakery_status (*make)(void *context, const char *url, struct buf *into, bakery_error **err);
        void *context;
};

struct aws_call {
        const char *service;            /* "sts" */
        const char *action;             /* "AssumeRole", for errors and the log */
        const char *region;             /* NULL: the client's */
        const bakery_credentials *keys; /* NULL: the call is not signed */

        const char *method;
        const char *path;  /* after the endpoint's own: "/", "/key" */
        const char *query; /* encoded; NULL: none */
        const bakery_http_header *headers;
        size_t header_count;
        const struct aws_proof *proof; /* NULL: none */
        struct span body;
        const char *bucket; /* s3 */

        size_t max_body_bytes; /* 0: 1 MiB */
        bool once;             /* a second try could do harm, when the first may have arrived */

        /*
         * Finds the code and the message of an answer that is no success, in the service's own way. False: it cannot be
         * understood.
         */
        bool (*refusal)(const bakery_http_answer *answer, struct arena *arena, const char **ret_code,
                        const char **ret_message, const char **ret_request_id);
};

/*
 * Makes the call. *answer, made by bakery__http_answer() and cleared by the caller, holds the answer with status 2xx.
 *
 * Gives BAKERY_ERR_DENIED, BAKERY_ERR_CREDENTIALS, BAKERY_ERR_NOT_FOUND (NoSuchEntity, NoSuchBucket ...),
 * BAKERY_ERR_AWS (with the service's code in *err),
 * BAKERY_ERR_NETWORK (no answer, or none that can be understood), BAKERY_ERR_ARGUMENT (no region), and what the
 * transport and the signer give.
 */
bakery_status bakery__aws_call(bakery_client *client, const struct aws_call *call, bakery_http_answer *answer,
                               bakery_error **err);

/* Whether the service refused with that code. err may be NULL: who asks must have passed an error object. */
bool bakery__aws_has_code(const bakery_error *err, const char *code);

/* The request id of an answer's header, of arena; NULL when there is none. */
const char *bakery__aws_request_id(const bakery_http_answer *answer, struct arena *arena);

/*
 * For an answer that is not what it should be: "unexpected answer from sts (HTTP 502, request id ...)", with ": it
 * lacks
 * ..." behind it unless lacks is NULL. Gives BAKERY_ERR_NETWORK. answer has no code.
 */
bakery_status bakery__aws_unexpected(const struct aws_refusal *answer, const char *lacks, bakery_error **err);

#endif
