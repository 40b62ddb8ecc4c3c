/* Small documents from next door: the container's and the instance's metadata. Nothing is signed. */
#ifndef BAKERY_CREDENTIALS_FETCH_H
#define BAKERY_CREDENTIALS_FETCH_H

#include "aws/client.h"
#include "aws/http.h"

enum { FETCH_MAX_BODY_BYTES = 10000 };

struct fetch {
        const char *what; /* "instance metadata", for errors and the log */
        const char *method, *url;
        const bakery_http_header *headers;
        size_t header_count;
        unsigned timeout_ms; /* at most; the client's own limits hold too */
        bool bypass_proxy;
        unsigned reach_attempts; /* who does not answer so often is not there; 0: the client's number of tries */
};

/*
 * Sends it. *answer, cleared by the caller, has a body of at most 10,000 bytes and any status: one of 5xx only after
 * the client's number of tries, or reach_attempts, whichever is more. Redirects are not followed. Gives
 * BAKERY_ERR_NETWORK, BAKERY_ERR_LIMIT, BAKERY_ERR_CANCELLED, BAKERY_ERR_SYSTEM, BAKERY_ERR_MEMORY.
 */
bakery_status bakery__fetch(bakery_client *client, const struct fetch *fetch, bakery_http_answer *answer,
                            bakery_error **err);

/* The body, white space off both ends. */
struct span bakery__fetch_text(const bakery_http_answer *answer);

#endif
