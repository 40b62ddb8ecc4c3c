/* An HTTP answer, as the library keeps it. */
#ifndef BAKERY_AWS_HTTP_H
#define BAKERY_AWS_HTTP_H

#include <bakery/http.h>

#include "base/buf.h"

/* Begin with { .body = { .max = ..., .secret = true } }: answers carry credentials. */
struct bakery_http_answer {
        int status; /* 0: none came */
        struct buf body;
        struct buf headers; /* "name\nvalue\n" each; a value has no line breaks */
};

enum { HTTP_HEADERS_MAX_BYTES = 64 << 10 };

/* An empty answer whose body is at most so large. */
bakery_http_answer bakery__http_answer(size_t max_body_bytes);

struct span bakery__http_body(const bakery_http_answer *answer);

/* The last header of that name, whatever its case; false when there is none. */
bool bakery__http_header(const bakery_http_answer *answer, const char *name, struct span *ret_value);

void bakery__http_answer_clear(bakery_http_answer *answer);
DEFINE_AUTO_CLEAR(bakery_http_answer, bakery__http_answer_clear)

/* Sends through libcurl. context is made by bakery__curl_transport_new(), and keeps one connection a host. */
bakery_transport_function bakery__curl_transport;

/* getenv gives the variables of proxies and certificates. NULL: no memory. */
struct curl_transport;
struct curl_transport *bakery__curl_transport_new(const char *(*get_variable)(const void *context, const char *name),
                                                  const void *context);
void bakery__curl_transport_free(struct curl_transport *transport);

#endif
