/* Time: instants as AWS writes them, and waiting that can be ended. */
#ifndef BAKERY_BASE_TIME_H
#define BAKERY_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/*
 * "2026-11-22T10:00:00Z", with fractions of a second or an offset (RFC 3339), or "Sun, 22 Nov 2026 10:00:00 GMT" as the
 * Date header has it (RFC 9110, IMF-fixdate), as seconds since 1970 UTC. Neither asks locale or TZ.
 */
bool bakery__time_parse(struct span text, int64_t *ret_s);
bool bakery__time_parse_http(struct span text, int64_t *ret_s);

/* The first form with its fraction kept, as milliseconds since 1970 UTC: events of one second have an order. */
bool bakery__time_parse_ms(struct span text, int64_t *ret_ms);

enum { TIME_TEXT_BYTES = sizeof "2026-11-22T10:00:00Z" };

/* The instant as RFC 3339 in UTC; outside the years 1970 to 9999 the nearest end of them. */
void bakery__time_print(int64_t time_s, char ret_text[TIME_TEXT_BYTES]);

/* Milliseconds of a clock that never jumps. */
int64_t bakery__time_monotonic_ms(void);

/* Waits so long, or until ended(context) says so, which is asked every few dozen milliseconds. False: it was ended. */
bool bakery__time_wait(unsigned wait_ms, bool (*ended)(void *context), void *context);

#endif
