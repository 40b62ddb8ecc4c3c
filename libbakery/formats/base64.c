#include "formats/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { GROUP_BYTES = 3, GROUP_DIGITS = 4, DIGIT_BITS = 6, DIGIT_MASK = 0x3f };

struct alphabet {
        const char *digits;
        bool padded;
};
static const struct alphabet usual = { digits, true };
static const struct alphabet of_urls = { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false };

/* The digits of up to three bytes, filled up with "=" where the alphabet is padded. */
static void encode_group(struct buf *into, const struct alphabet *alphabet, const unsigned char *bytes, size_t n)
{
        uint32_t bits = 0;

        for (size_t i = 0; i < GROUP_BYTES; i++)
                bits = bits << 8 | (i < n ? bytes[i] : 0U);
        for (size_t i = 0; i < (alphabet->padded ? GROUP_DIGITS : n + 1); i++) {
                unsigned shift = (unsigned)(GROUP_DIGITS - 1 - i) * DIGIT_BITS;

                bakery__buf_char(into, i <= n ? alphabet->digits[bits >> shift & DIGIT_MASK] : '=');
        }
}

static void encode(struct buf *into, const struct alphabet *alphabet, struct span bytes)
{
        const unsigned char *at = (const unsigned char *)bytes.at;

        for (size_t i = 0; i < bytes.len; i += GROUP_BYTES)
                encode_group(into, alphabet, at + i, bytes.len - i < GROUP_BYTES ? bytes.len - i : GROUP_BYTES);
}

void bakery__base64_encode(struct buf *into, struct span bytes)
{
        encode(into, &usual, bytes);
}

void bakery__base64url_encode(struct buf *into, struct span bytes)
{
        encode(into, &of_urls, bytes);
}

/* False when one of n characters is no digit. */
static bool read_digits(const char *text, size_t n, uint32_t *ret_bits)
{
        *ret_bits = 0;
        for (size_t i = 0; i < GROUP_DIGITS; i++) {
                const char *digit = i < n ? memchr(digits, text[i], sizeof digits - 1) : digits;

                if (!digit)
                        return false;
                *ret_bits = *ret_bits << DIGIT_BITS | (uint32_t)(digit - digits);
        }
        return true;
}

/* n of four characters are digits; the others are padding. */
static bool decode_group(struct buf *into, const char *text, size_t n)
{
        const size_t bytes = n - 1;
        uint32_t bits;

        if (!read_digits(text, n, &bits) || (bits & 0xffffffU >> 8 * bytes) != 0)
                return false;
        for (size_t i = 0; i < bytes; i++)
                bakery__buf_char(into, (char)(bits >> (16 - 8 * i) & 0xff));
        return true;
}

bool bakery__base64_decode(struct buf *into, struct span text)
{
        size_t padding = 0;

        if (text.len % GROUP_DIGITS != 0)
                return false;
        while (padding < 2 && padding < text.len && text.at[text.len - 1 - padding] == '=')
                padding++;
        for (size_t i = 0; i < text.len; i += GROUP_DIGITS) {
                bool last = i + GROUP_DIGITS == text.len;

                if (!decode_group(into, text.at + i, GROUP_DIGITS - (last ? padding : 0)))
                        return false;
        }
        return true;
}
