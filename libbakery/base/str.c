#include "base/str.h"

#include <stdio.h>
#include <string.h>

struct span bakery__span(const char *text)
{
        return (struct span){ text, strlen(text) };
}

bool bakery__span_is(struct span span, const char *text)
{
        return strlen(text) == span.len && memcmp(span.at, text, span.len) == 0;
}

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool bakery__span_starts(struct span span, const char *prefix)
{
        size_t len = strlen(prefix);

        return span.len >= len && memcmp(span.at, prefix, len) == 0;
}

struct span bakery__span_trim(struct span span)
{
        while (span.len > 0 && is_blank(span.at[0])) {
                span.at++;
                span.len--;
        }
        while (span.len > 0 && is_blank(span.at[span.len - 1]))
                span.len--;
        return span;
}

bool bakery__str_equal(const char *a, const char *b)
{
        return a && b ? strcmp(a, b) == 0 : a == b;
}

/* tolower() asks the locale, and AWS does not. */
char bakery__ascii_lower(char c)
{
        return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool bakery__span_equal_nocase(struct span a, struct span b)
{
        if (a.len != b.len)
                return false;
        for (size_t i = 0; i < a.len; i++)
                if (bakery__ascii_lower(a.at[i]) != bakery__ascii_lower(b.at[i]))
                        return false;
        return true;
}

bool bakery__str_equal_nocase(const char *a, const char *b)
{
        return bakery__span_equal_nocase(bakery__span(a), bakery__span(b));
}

bool bakery__str_starts(const char *text, const char *prefix)
{
        return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_ascii_alnum(char c)
{
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool bakery__str_only(struct span text, const char *allowed)
{
        for (size_t i = 0; i < text.len; i++) {
                char c = text.at[i];

                if (!is_ascii_alnum(c) && (c == '\0' || !strchr(allowed, c)))
                        return false;
        }
        return true;
}

size_t bakery__utf8_length(struct span text)
{
        /* Lead byte, and the range of the byte behind it: RFC 3629, section 4. */
        static const struct {
                unsigned char first, last, low, high, length;
        } forms[] = {
                { 0x00, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
                { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
                { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
        };
        const unsigned char *at = (const unsigned char *)text.at;

        if (text.len == 0)
                return 0;
        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
                if (at[0] < forms[i].first || at[0] > forms[i].last)
                        continue;
                if (text.len < forms[i].length)
                        return 0;
                for (size_t k = 1; k < forms[i].length; k++) {
                        unsigned char low = k == 1 ? forms[i].low : 0x80;
                        unsigned char high = k == 1 ? forms[i].high : 0xbf;

                        if (at[k] < low || at[k] > high)
                                return 0;
                }
                return forms[i].length;
        }
        return 0;
}

bool bakery__utf8_is_latin1(struct span text)
{
        while (text.len > 0) {
                size_t length = bakery__utf8_length(text);

                if (length == 0 || length > 2 || (length == 2 && (unsigned char)text.at[0] > 0xc3))
                        return false;
                text.at += length;
                text.len -= length;
        }
        return true;
}

bool bakery__utf8_valid(struct span text)
{
        while (text.len > 0) {
                size_t length = bakery__utf8_length(text);

                if (length == 0)
                        return false;
                text.at += length;
                text.len -= length;
        }
        return true;
}

char *bakery__str_harmless_format(const char *format, va_list args)
{
        char *text = NULL;

        if (vasprintf(&text, format, args) < 0)
                return NULL;
        bakery__str_make_harmless(text);
        return text;
}

enum { NAME_MAX_COMPARED = 64 };

/* Half letters: another letter costs 2, the other case of it 1. */
static unsigned cost_of(char a, char b)
{
        if (a == b)
                return 0;
        return bakery__ascii_lower(a) == bakery__ascii_lower(b) ? 1 : 2;
}

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
        unsigned least = a < b ? a : b;

        return least < c ? least : c;
}

unsigned bakery__str_distance(const char *a, const char *b, unsigned limit)
{
        size_t a_len = strlen(a), b_len = strlen(b);
        unsigned rows[3][NAME_MAX_COMPARED + 1];

        if (a_len > NAME_MAX_COMPARED || b_len > NAME_MAX_COMPARED)
                return limit + 1;
        for (size_t j = 0; j <= b_len; j++)
                rows[0][j] = (unsigned)j * 2;
        for (size_t i = 1; i <= a_len; i++) { /* Levenshtein, and two neighbours that changed places are one slip */
                unsigned *row = rows[i % 3], *above = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];

                row[0] = (unsigned)i * 2;
                for (size_t j = 1; j <= b_len; j++) {
                        row[j] = smallest(above[j] + 2, row[j - 1] + 2, above[j - 1] + cost_of(a[i - 1], b[j - 1]));
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                row[j] = smallest(row[j], before[j - 2] + 2, row[j]);
                }
        }
        unsigned letters = (rows[a_len % 3][b_len] + 1) / 2;
        return letters > limit ? limit + 1 : letters;
}

struct nearest bakery__nearest(const char *wanted)
{
        /* A third of the letters may be wrong: beyond that a hint misleads more often than it helps. */
        size_t len = strlen(wanted);

        return (struct nearest){ wanted, NULL, len < 3 ? 2 : (unsigned)(len > 30 ? 10 : len / 3) + 1 };
}

void bakery__nearest_offer(struct nearest *nearest, const char *name)
{
        unsigned distance = bakery__str_distance(nearest->wanted, name, nearest->distance);

        /* All letters in the other case is one slip, not many. */
        if (bakery__str_equal_nocase(nearest->wanted, name))
                distance = 0;
        if (distance < nearest->distance) {
                nearest->distance = distance;
                nearest->name = name;
        }
}
