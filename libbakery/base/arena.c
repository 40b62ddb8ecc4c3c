#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct arena_block {
        struct arena_block *next;
        size_t used, size;
        alignas(max_align_t) char bytes[];
};

enum { FIRST_BLOCK_BYTES = 4096, LARGEST_BLOCK_BYTES = 1 << 20 };

/* Blocks double, so that a small configuration stays small and a large one needs few. */
static struct arena_block *new_block(struct arena *arena, size_t size_bytes)
{
        size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK_BYTES;

        if (size > LARGEST_BLOCK_BYTES)
                size = LARGEST_BLOCK_BYTES;
        if (size < size_bytes)
                size = size_bytes;

        struct arena_block *block = calloc(1, sizeof *block + size);
        if (!block)
                return NULL;
        block->size = size;
        block->next = arena->blocks;
        arena->blocks = block;
        return block;
}

static void *take(struct arena *arena, size_t size_bytes, size_t alignment)
{
        struct arena_block *block = arena->blocks;
        size_t start = block ? (block->used + alignment - 1) / alignment * alignment : 0;

        if (!block || start > block->size || size_bytes > block->size - start) {
                block = new_block(arena, size_bytes);
                start = 0;
        }
        if (!block)
                return NULL;
        block->used = start + size_bytes;
        return block->bytes + start;
}

void *bakery__arena_alloc(struct arena *arena, size_t size_bytes)
{
        return take(arena, size_bytes, alignof(max_align_t));
}

void *bakery__arena_array(struct arena *arena, size_t count, size_t size_bytes)
{
        size_t total;

        if (__builtin_mul_overflow(count, size_bytes, &total))
                return NULL;
        return bakery__arena_alloc(arena, total);
}

char *bakery__arena_copy(struct arena *arena, struct span text)
{
        char *copy = take(arena, text.len + 1, 1);

        if (copy && text.len > 0)
                memcpy(copy, text.at, text.len);
        return copy;
}

char *bakery__arena_format(struct arena *arena, const char *format, ...)
{
        va_list args, again;
        char *text = NULL;

        va_start(args, format);
        va_copy(again, args);
        int size = vsnprintf(NULL, 0, format, args);
        if (size >= 0)
                text = take(arena, (size_t)size + 1, 1);
        if (text)
                vsnprintf(text, (size_t)size + 1, format, again);
        va_end(again);
        va_end(args);
        return text;
}

void bakery__arena_clear(struct arena *arena)
{
        while (arena->blocks) {
                struct arena_block *block = arena->blocks;

                arena->blocks = block->next;
                explicit_bzero(block->bytes, block->used);
                free(block);
        }
}

char *bakery__arena_shown(struct arena *arena, const char *text, bool *no_memory)
{
        char *copy = text ? bakery__arena_copy(arena, bakery__span(text)) : NULL;

        *no_memory |= text && !copy;
        if (copy)
                bakery__str_make_harmless(copy);
        return copy;
}
