/* Making errors. What callers see of one is in bakery/error.h. */
#ifndef BAKERY_BASE_ERROR_H
#define BAKERY_BASE_ERROR_H

#include <bakery/error.h>

#include "base/mem.h"

DEFINE_AUTO_PTR(bakery_error, bakery_error_free)

#define BAKERY__PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

/*
 * Puts an error into *err, freeing what was there, and gives st back, so that a caller returns it in one
 * line. err may be NULL. This cannot fail: when memory is gone a static spare object stands in, which
 * says "out of memory", and which freeing and wrapping leave as it is. Text from outside goes in as %s only.
 */
bakery_status bakery__fail(bakery_error **err, bakery_status st, const char *format, ...) BAKERY__PRINTF(3, 4);

/* The one sentence about memory. */
bakery_status bakery__fail_memory(bakery_error **err);

/* Puts "<format>: " in front of the message of *err and gives st back, which it now has: the outer frame says where. */
bakery_status bakery__wrap(bakery_error **err, bakery_status st, const char *format, ...) BAKERY__PRINTF(3, 4);

/* The same sentence, as another status: what is wrong with text is one thing, whose text it was another. */
bakery_status bakery__error_restate(bakery_error **err, bakery_status st);

/* Adds what to do next, and the place; no-ops on NULL, and on the spare object. */
void bakery__error_hint(bakery_error **err, const char *format, ...) BAKERY__PRINTF(2, 3);
void bakery__error_place(bakery_error **err, const char *file, unsigned line, unsigned column);

/* What AWS said; each text may be NULL. */
struct aws_refusal {
        const char *service, *action, *code, *request_id;
        int http_status;
};
void bakery__error_aws(bakery_error **err, const struct aws_refusal *refusal);

/* Hands *from over to *err, freeing what was there: who branches on an error needs one of his own first. */
void bakery__error_move(bakery_error **from, bakery_error **err);

/* At the entry of every public call: an error of an earlier try must not outlive a success. */
void bakery__error_clear(bakery_error **err);

#endif
