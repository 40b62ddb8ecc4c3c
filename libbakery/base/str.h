/* Text: spans, the nearest name, what may be shown on a terminal. */
#ifndef BAKERY_BASE_STR_H
#define BAKERY_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* A piece of text that somebody else owns; it does not end in NUL. */
struct span {
        const char *at;
        size_t len;
};

struct span bakery__span(const char *text);
bool bakery__span_is(struct span span, const char *text);
bool bakery__span_starts(struct span span, const char *prefix);
struct span bakery__span_trim(struct span span); /* white space off both ends */

bool bakery__str_equal(const char *a, const char *b); /* NULL equals NULL only */
bool bakery__str_starts(const char *text, const char *prefix);

/* Without ASCII case, whatever the locale: as IAM compares names. */
char bakery__ascii_lower(char c);
bool bakery__span_equal_nocase(struct span a, struct span b);
bool bakery__str_equal_nocase(const char *a, const char *b);
/* Each byte of text is one of allowed, or a letter or digit of ASCII. */
bool bakery__str_only(struct span text, const char *allowed);

/* text is well-formed UTF-8 without overlong forms and surrogates (RFC 3629). */
bool bakery__utf8_valid(struct span text);

/* The length of the well-formed UTF-8 sequence that begins text; 0 when none does. */
size_t bakery__utf8_length(struct span text);

/* Whether it is well-formed and has nothing beyond U+00FF: what IAM takes in a policy, or it refuses at deployment. */
bool bakery__utf8_is_latin1(struct span text);

/*
 * Makes text fit for a terminal and for one line: what bakery_text_hidden() knows becomes '?'. Terminal escapes arrive
 * in names and in what servers say.
 */
void bakery__str_make_harmless(char *text);

/* The formatted text, made harmless; NULL when memory is gone. free() it. */
char *bakery__str_harmless_format(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/*
 * How many letters must change, come or go to make b of a (case counts half a letter, rounded up); more
 * than limit is reported as limit + 1. Names over 64 bytes are never near.
 */
unsigned bakery__str_distance(const char *a, const char *b, unsigned limit);

/* Keeps the nearest of several names: offer each, then look at .name, NULL when none is near enough to name. */
struct nearest {
        const char *wanted;
        const char *name;
        unsigned distance;
};
struct nearest bakery__nearest(const char *wanted);
void bakery__nearest_offer(struct nearest *nearest, const char *name);

#endif
