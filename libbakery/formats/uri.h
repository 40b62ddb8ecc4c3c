/* URIs as AWS encodes them, and their parts. Nothing here allocates but the buffer that is appended to. */
#ifndef BAKERY_FORMATS_URI_H
#define BAKERY_FORMATS_URI_H

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/*
 * Appends text with every byte but letters, digits and "-._~" as %XX in upper case (RFC 3986, section 2.3);
 * with URI_KEEP_SLASH the slash stays too. At most three bytes come of one.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, UriEncode()
 */
enum uri_slash { URI_ENCODE_SLASH, URI_KEEP_SLASH };
void bakery__uri_encode(struct buf *into, struct span text, enum uri_slash slash);

/* Appends text with each %XX as its byte. "+" stays a plus, and a "%" without two digits stays as it is. */
void bakery__uri_decode(struct buf *into, struct span text);

/* The canonical encoding of text that may be encoded already: decoded, then encoded, in one go. */
void bakery__uri_encode_again(struct buf *into, struct span text, enum uri_slash slash);

/*
 * Takes the next "name=value" off the front of *query, which stands without its "?"; false at the end. What is
 * empty ("a=1&&b=2") is left out, and "d" is "d" with an empty value. Both are still encoded.
 */
struct uri_parameter {
        struct span name, value;
};
bool bakery__uri_next_parameter(struct span *query, struct uri_parameter *ret);

/*
 * Appends the path with "." and ".." and doubled slashes taken out, as AWS normalises it: "/a//b/../c/" gives
 * "/a/c/"; ".." at the top is dropped. An empty path is "/".
 */
void bakery__uri_normalise_path(struct buf *into, struct span path);

/* The parts of "scheme://host:port/path?query"; they point into the text. host of "[::1]" is without brackets. */
struct uri {
        struct span scheme;
        struct span authority; /* what goes into the Host header: "host:port" */
        struct span host;
        unsigned port;     /* 0 when none is written */
        struct span path;  /* "" when none is written */
        struct span query; /* without "?", "" when none is written */
};

/*
 * Splits text. Gives BAKERY_ERR_FORMAT when the scheme is neither http nor https, the host is empty or has other
 * characters than names and addresses have, the port is no port, or there is a user, a fragment, white space or a
 * control byte. The text is not repeated in the message: endpoints that people write may hold a password.
 */
bakery_status bakery__uri_split(struct span text, struct uri *ret, bakery_error **err);

/* "localhost", 127.0.0.0/8 or ::1 as written, without asking a resolver. */
bool bakery__uri_is_loopback(struct span host);

#endif
