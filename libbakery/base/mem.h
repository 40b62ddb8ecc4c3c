/* Ownership by scope: what is acquired is declared with its clean-up, what is handed over is stolen. */
#ifndef BAKERY_BASE_MEM_H
#define BAKERY_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * AUTO_PTR(type) p = NULL; frees p when the scope ends. The type's header makes that possible with
 * DEFINE_AUTO_PTR(type, its_free). Never in one function with goto: clang refuses, gcc stays silent.
 */
#define DEFINE_AUTO_PTR(type, free_function)             \
        static inline void bakery__auto_##type(type **p) \
        {                                                \
                if (*p)                                  \
                        free_function(*p);               \
        }
#define AUTO_PTR(type) __attribute__((cleanup(bakery__auto_##type))) type *

/* The same for a struct that lives in the scope: AUTO_CLEAR(buf) text = { 0 }; */
#define DEFINE_AUTO_CLEAR(type, clear_function)                      \
        static inline void bakery__auto_clear_##type(struct type *p) \
        {                                                            \
                clear_function(p);                                   \
        }
#define AUTO_CLEAR(type) __attribute__((cleanup(bakery__auto_clear_##type))) struct type

static inline void bakery__auto_free(void *p)
{
        free(*(void **)p);
}
#define AUTO_FREE __attribute__((cleanup(bakery__auto_free)))

/* Hands p over: gives its value and leaves NULL behind, so that the clean-up finds nothing. */
#define STEAL(p)                             \
        __extension__({                      \
                __typeof__(p) stolen_ = (p); \
                (p) = NULL;                  \
                stolen_;                     \
        })

/*
 * Fills a caller's struct, which begins with its size: as much of whole as the caller knows, for a later version may
 * have more to tell. The size stays.
 */
static inline void bakery__give(void *ret, const void *whole, size_t whole_size)
{
        size_t size;

        memcpy(&size, ret, sizeof size);
        memcpy(ret, whole, size < whole_size ? size : whole_size);
        memcpy(ret, &size, sizeof size);
}

#define N_ELEMENTS(array) (sizeof(array) / sizeof *(array))

#endif
