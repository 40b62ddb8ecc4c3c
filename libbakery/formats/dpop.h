/*
 * DPoP: a JSON Web Token that shows, for one request, that its sender has the key to which a token is bound (RFC 9449).
 * Pure: instant and id come in.
 */
#ifndef BAKERY_FORMATS_DPOP_H
#define BAKERY_FORMATS_DPOP_H

#include "base/buf.h"
#include "formats/crypto.h"

struct dpop {
        const struct es256 *key;
        const char *method, *url;
        int64_t now_s;
        const char *id; /* never the same twice */
};

/* Appends the token. Gives BAKERY_ERR_LIMIT (a URL of more than two kilobytes), BAKERY_ERR_MEMORY.
 */
bakery_status bakery__dpop_print(const struct dpop *dpop, struct buf *into, bakery_error **err);

#endif
