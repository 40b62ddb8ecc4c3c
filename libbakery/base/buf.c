#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

static void let_go(struct buf *buf)
{
        if (buf->secret && buf->at)
                explicit_bzero(buf->at, buf->capacity);
        free(buf->at);
        buf->at = NULL;
        buf->len = buf->capacity = 0;
}

/* realloc() would leave a copy of a secret behind. */
static char *grown(struct buf *buf, size_t capacity)
{
        if (!buf->secret)
                return realloc(buf->at, capacity);

        char *at = malloc(capacity);
        if (!at)
                return NULL;
        if (buf->at) {
                memcpy(at, buf->at, buf->len + 1);
                explicit_bzero(buf->at, buf->capacity);
                free(buf->at);
        }
        return at;
}

void bakery__buf_reserve(struct buf *buf, size_t size_bytes)
{
        if (buf->no_memory || buf->full || size_bytes < buf->capacity - buf->len)
                return;
        if (size_bytes > buf->max || buf->len > buf->max - size_bytes) {
                buf->full = true;
                return;
        }

        size_t needed = buf->len + size_bytes + 1;
        size_t capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
        while (capacity < needed)
                capacity += capacity / 2;
        if (capacity - 1 > buf->max) /* so that what fits the capacity fits the cap */
                capacity = buf->max + 1;

        char *at = grown(buf, capacity);
        if (!at) {
                buf->no_memory = true;
                return;
        }
        buf->at = at;
        buf->capacity = capacity;
}

void bakery__buf_repeat(struct buf *buf, char c, size_t count)
{
        if (!bakery__buf_has_room(buf, count))
                return;
        memset(buf->at + buf->len, c, count);
        buf->len += count;
        buf->at[buf->len] = '\0';
}

void bakery__buf_format(struct buf *buf, const char *format, ...)
{
        va_list args, again;

        va_start(args, format);
        va_copy(again, args);
        int size = vsnprintf(NULL, 0, format, args);
        if (size >= 0 && bakery__buf_has_room(buf, (size_t)size)) {
                vsnprintf(buf->at + buf->len, (size_t)size + 1, format, again);
                buf->len += (size_t)size;
        }
        va_end(again);
        va_end(args);
}

bakery_status bakery__buf_status(const struct buf *buf, const char *what, bakery_error **err)
{
        if (buf->no_memory)
                return bakery__fail_memory(err);
        if (buf->full)
                return bakery__fail(err, BAKERY_ERR_LIMIT, "%s is larger than %zu bytes", what, buf->max);
        return BAKERY_OK;
}

bakery_status bakery__buf_take(struct buf *buf, const char *what, char **ret_text, size_t *ret_size_bytes,
                               bakery_error **err)
{
        bakery__buf_add(buf, "", 0); /* so that an empty one is "" and not NULL */
        bakery_status st = bakery__buf_status(buf, what, err);
        if (st)
                return st;
        if (ret_size_bytes)
                *ret_size_bytes = buf->len;
        *ret_text = STEAL(buf->at);
        buf->len = buf->capacity = 0;
        return BAKERY_OK;
}

void bakery__buf_clear(struct buf *buf)
{
        let_go(buf);
        buf->no_memory = buf->full = false;
}
