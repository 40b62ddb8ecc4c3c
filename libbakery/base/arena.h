/* Many small pieces that are freed together. */
#ifndef BAKERY_BASE_ARENA_H
#define BAKERY_BASE_ARENA_H

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

/* Begin with { 0 }. What it gives lives until bakery__arena_clear(), which wipes it: configurations hold secrets. */
struct arena {
        struct arena_block *blocks;
};

/* Zeroed memory, aligned for any object; NULL when memory is gone. */
void *bakery__arena_alloc(struct arena *arena, size_t size_bytes);
void *bakery__arena_array(struct arena *arena, size_t count, size_t size_bytes);

/* A NUL-terminated copy; NULL when memory is gone. */
char *bakery__arena_copy(struct arena *arena, struct span text);
char *bakery__arena_format(struct arena *arena, const char *format, ...) BAKERY__PRINTF(2, 3);

/* A copy that is fit for a terminal; NULL stays NULL. *no_memory is set when memory is gone, and else left alone. */
char *bakery__arena_shown(struct arena *arena, const char *text, bool *no_memory);

void bakery__arena_clear(struct arena *arena);
DEFINE_AUTO_CLEAR(arena, bakery__arena_clear)

#endif
