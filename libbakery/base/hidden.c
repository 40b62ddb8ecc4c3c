/* Characters that are not to be shown as they are: a name that has them is not what it looks like. */
#include <bakery/base.h>

#include <string.h>

#include "base/buf.h"

enum { CODE_OF_NO_CHARACTER = 0xfffd, SEQUENCE_MAX_BYTES = 4 };

/*
 * Controls (Cc), ends of lines (Zl, Zp), annotations (U+FFF9..U+FFFB), and what Unicode calls
 * Default_Ignorable_Code_Point: nothing is seen of them, or they turn what follows round. In order.
 * https://www.unicode.org/Public/15.0.0/ucd/DerivedCoreProperties.txt
 */
static const struct {
        unsigned first, last;
} hidden[] = {
        { 0x0000, 0x001f }, { 0x007f, 0x009f },   { 0x00ad, 0x00ad },   { 0x034f, 0x034f },   { 0x061c, 0x061c },
        { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
        { 0x2060, 0x206f }, { 0x3164, 0x3164 },   { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
        { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

static bool is_hidden(unsigned code)
{
        for (size_t i = 0; i < N_ELEMENTS(hidden) && code >= hidden[i].first; i++)
                if (code <= hidden[i].last)
                        return true;
        return false;
}

/* Of a well-formed sequence. RFC 3629, section 3 */
static unsigned code_of(const char *text, size_t length)
{
        static const unsigned char first_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
        unsigned code = (unsigned char)text[0] & first_bits[length];

        for (size_t i = 1; i < length; i++)
                code = code << 6 | ((unsigned char)text[i] & 0x3f);
        return code;
}

/* 0 when none begins there. */
static size_t sequence_length(const char *text)
{
        return bakery__utf8_length((struct span){ text, strnlen(text, SEQUENCE_MAX_BYTES) });
}

size_t bakery_text_hidden(const char *text, unsigned *ret_code)
{
        size_t length = sequence_length(text);
        unsigned code = length > 0 ? code_of(text, length) : CODE_OF_NO_CHARACTER;

        if (!*text || (length > 0 && !is_hidden(code)))
                return 0;
        if (ret_code)
                *ret_code = code;
        return length > 0 ? length : 1;
}

/* How many bytes from text on may be shown as they are; ASCII is most of it. */
static size_t shown_length(const char *text)
{
        const char *at = text;

        while (*at) {
                if (*at >= 0x20 && *at < 0x7f)
                        at++;
                else if (bakery_text_hidden(at, NULL) > 0)
                        break;
                else
                        at += sequence_length(at);
        }
        return (size_t)(at - text);
}

void bakery__str_make_harmless(char *text)
{
        char *to = text;

        for (const char *from = text; *from;) {
                size_t shown = shown_length(from);

                memmove(to, from, shown);
                to += shown;
                from += shown;
                size_t length = bakery_text_hidden(from, NULL); /* before it is written over */
                if (length > 0)
                        *to++ = '?';
                from += length;
        }
        *to = '\0';
}

size_t bakery__buf_character(struct buf *buf, const char *text)
{
        unsigned code = 0;
        size_t length = bakery_text_hidden(text, &code);

        if (length > 0)
                bakery__buf_format(buf, "<U+%04X>", code);
        else
                bakery__buf_add(buf, text, length = sequence_length(text));
        return length;
}

void bakery__buf_shown(struct buf *buf, const char *text)
{
        while (*text) {
                size_t shown = shown_length(text);

                bakery__buf_add(buf, text, shown);
                text += shown;
                if (*text)
                        text += bakery__buf_character(buf, text);
        }
}
