/* Instants and spans of time, for people and for programs. */
#ifndef BAKERY_CLI_UI_WHEN_H
#define BAKERY_CLI_UI_WHEN_H

#include <stdint.h>

enum { WHEN_BYTES = 32 };

/* "2026-11-22T10:00:00Z" (RFC 3339); "" for 0, which is no end. */
void when_print(int64_t time_s, char ret_text[WHEN_BYTES]);

/* "43 min", "11 h 5 min", "over". */
void when_print_left(int64_t left_s, char ret_text[WHEN_BYTES]);

#endif
