/* System calls that fail when they are told to. The program is linked with --wrap, so that the calls of the library
 * come by here (their names with 64-bit offsets, which meson asks for). */
#ifndef BAKERY_TESTS_WRAPPED_H
#define BAKERY_TESTS_WRAPPED_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Which call fails, and how; the calls are numbered by each program, none is below 0. */
static struct {
        int call;
        size_t n; /* the n-th of these calls, from 1; 0: all of them */
        int error;
        bool is_short; /* write() takes half, and does not fail */
        size_t seen;
} failing = { .call = -1 };

static inline bool fails(int call)
{
        if (call != failing.call || (++failing.seen != failing.n && failing.n > 0))
                return false;
        errno = failing.error;
        return true;
}

#define WRAP(result, name, id, parameters, arguments)                    \
        result __real_##name parameters;                                 \
        result __wrap_##name parameters;                                 \
        result __wrap_##name parameters                                  \
        {                                                                \
                return fails(id) ? (result)-1 : __real_##name arguments; \
        }

/* write() besides takes half of what it is given. */
#define WRAP_WRITE(id)                                                  \
        ssize_t __real_write(int fd, const void *from, size_t size);    \
        ssize_t __wrap_write(int fd, const void *from, size_t size);    \
        ssize_t __wrap_write(int fd, const void *from, size_t size)     \
        {                                                               \
                bool halve = failing.is_short && size > 1;              \
                                                                        \
                if (fails(id) && !failing.is_short)                     \
                        return -1;                                      \
                return __real_write(fd, from, halve ? size / 2 : size); \
        }

#endif
