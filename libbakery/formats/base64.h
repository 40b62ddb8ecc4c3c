/* Base64 with padding (RFC 4648, section 4), as AWS writes checksums and blobs. */
#ifndef BAKERY_FORMATS_BASE64_H
#define BAKERY_FORMATS_BASE64_H

#include "base/buf.h"

/* Appends bytes as text. */
void bakery__base64_encode(struct buf *into, struct span bytes);

/* The same in the alphabet of URLs, without padding (section 5), as JSON Web Tokens have it. */
void bakery__base64url_encode(struct buf *into, struct span bytes);

/*
 * Appends what text stands for. False when it is no Base64: another character, white space, padding that is missing or
 * not at the end, bits left over that are not 0. into may then hold a part.
 */
bool bakery__base64_decode(struct buf *into, struct span text);

#endif
