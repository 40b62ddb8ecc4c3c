/* The seam to the network: one function that sends one request. A test, or a program with a stack of its own, replaces
 * it. */
#ifndef BAKERY_HTTP_H
#define BAKERY_HTTP_H

#include <bakery/base.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bakery_http_header {
        const char *name;
        const char *value;
} bakery_http_header;

/** A request, ready to be sent as it stands: signed, with every header but those of the connection itself. */
typedef struct bakery_http_request {
        size_t size;
        const char *method;
        const char *url;
        const bakery_http_header *headers;
        size_t header_count;
        const void *body;
        size_t body_size_bytes;
        unsigned connect_timeout_ms;
        unsigned total_timeout_ms;
        size_t max_body_bytes;         /**< of the answer: a larger one is an error */
        int bypass_proxy;              /**< of this machine, and of the instance and container metadata */
        unsigned low_speed_timeout_ms; /**< less than 100 bytes a second for so long is an error; 0: no limit */
} bakery_http_request;

/** The answer, filled through the functions below, so that its memory is the library's. */
typedef struct bakery_http_answer bakery_http_answer;

BAKERY_EXPORT void bakery_http_answer_set_status(bakery_http_answer *answer, int status);
/** Headers may come in any case, and repeatedly; the last one holds. */
BAKERY_EXPORT bakery_status bakery_http_answer_add_header(bakery_http_answer *answer, const char *name,
                                                          size_t name_size_bytes, const char *value,
                                                          size_t value_size_bytes);
/** Appends to the body. Gives BAKERY_ERR_LIMIT when it grows past the request's max_body_bytes, BAKERY_ERR_MEMORY. */
BAKERY_EXPORT bakery_status bakery_http_answer_add_body(bakery_http_answer *answer, const void *bytes,
                                                        size_t size_bytes);

/**
 * Sends request once and fills answer. It must not follow redirects, must check the server's certificate, and must not
 * keep the request's headers. cancelled(cancel_context) is not 0 when it is to give up: it asks now and then.
 *
 * Gives BAKERY_OK when an answer came, whatever its status; BAKERY_ERR_NETWORK (no answer, or half a one),
 * BAKERY_ERR_LIMIT (too large), BAKERY_ERR_CANCELLED, BAKERY_ERR_CONFIG (certificates that cannot be read),
 * BAKERY_ERR_SYSTEM (no libcurl), BAKERY_ERR_MEMORY.
 * *ret_sent is set to 0 when the server cannot have seen the request; else it is left alone.
 */
typedef bakery_status bakery_transport_function(void *context, const bakery_http_request *request,
                                                int (*cancelled)(void *cancel_context), void *cancel_context,
                                                bakery_http_answer *answer, int *ret_sent, bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
