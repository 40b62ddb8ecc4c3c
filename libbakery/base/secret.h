/* Text that must not be seen: it has no printf path, and is wiped when it goes. */
#ifndef BAKERY_BASE_SECRET_H
#define BAKERY_BASE_SECRET_H

#include "base/mem.h"
#include "base/str.h"

/* Begin with { 0 }. Whoever needs the bytes says so by calling bakery__secret_reveal(): easy to search for. */
struct secret {
        char *hidden;
        size_t size_bytes;
};

/* Keeps a copy of text, wiping what was there. False when memory is gone. */
bool bakery__secret_set(struct secret *secret, struct span text);
bool bakery__secret_is_set(const struct secret *secret);

/* The text, NUL-terminated; "" when none is set. Borrowed until the secret changes. */
const char *bakery__secret_reveal(const struct secret *secret);

void bakery__secret_clear(struct secret *secret);
DEFINE_AUTO_CLEAR(secret, bakery__secret_clear)

#endif
