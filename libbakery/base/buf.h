/* One growing buffer: append freely, look once at the end. */
#ifndef BAKERY_BASE_BUF_H
#define BAKERY_BASE_BUF_H

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

/*
 * Begin with { .max = the cap in bytes }, and .secret = true when what it holds must be wiped as the buffer
 * grows and when it is cleared. The first failure sticks: what is appended after it is dropped, so that no
 * text with a hole in it can be taken.
 */
struct buf {
        char *at; /* NUL-terminated once something was appended */
        size_t len;
        size_t capacity;
        size_t max;
        bool secret;
        bool no_memory; /* memory ended it */
        bool full;      /* the cap ended it */
};

/* Room for size_bytes more and the NUL, so that what follows does not grow the buffer step by step. */
void bakery__buf_reserve(struct buf *buf, size_t size_bytes);

/* The same; false: there is none, as something failed now or before. All that is printed passes here. */
static inline bool bakery__buf_has_room(struct buf *buf, size_t size_bytes)
{
        if (size_bytes >= buf->capacity - buf->len)
                bakery__buf_reserve(buf, size_bytes);
        return !buf->no_memory && !buf->full;
}

static inline void bakery__buf_add(struct buf *buf, const void *bytes, size_t size_bytes)
{
        if (!bakery__buf_has_room(buf, size_bytes))
                return;
        if (size_bytes > 0)
                memcpy(buf->at + buf->len, bytes, size_bytes);
        buf->len += size_bytes;
        buf->at[buf->len] = '\0';
}

static inline void bakery__buf_char(struct buf *buf, char c)
{
        if (!bakery__buf_has_room(buf, 1))
                return;
        buf->at[buf->len++] = c;
        buf->at[buf->len] = '\0';
}

static inline void bakery__buf_text(struct buf *buf, const char *text)
{
        bakery__buf_add(buf, text, strlen(text));
}

void bakery__buf_repeat(struct buf *buf, char c, size_t count);
void bakery__buf_format(struct buf *buf, const char *format, ...) BAKERY__PRINTF(2, 3);

/*
 * Text with what bakery_text_hidden() knows made visible, as <U+202E>: where the name is what is asked for, and '?'
 * would say too little.
 */
void bakery__buf_shown(struct buf *buf, const char *text);
/* The same for the one character that begins text, which is not empty; gives how many bytes it takes there. */
size_t bakery__buf_character(struct buf *buf, const char *text);

/*
 * BAKERY_OK; or BAKERY_ERR_MEMORY, BAKERY_ERR_LIMIT with "<what> is larger than N bytes".
 */
bakery_status bakery__buf_status(const struct buf *buf, const char *what, bakery_error **err);

/* Hands the bytes over, NUL-terminated, to be freed with free() or bakery_free(); "" when nothing was appended. */
bakery_status bakery__buf_take(struct buf *buf, const char *what, char **ret_text, size_t *ret_size_bytes,
                               bakery_error **err);

void bakery__buf_clear(struct buf *buf);
DEFINE_AUTO_CLEAR(buf, bakery__buf_clear)

#endif
