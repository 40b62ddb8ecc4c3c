/* A fuzz target: libFuzzer calls it with inputs of its own making, replay.c with those of the corpora. */
#ifndef BAKERY_TESTS_FUZZ_TARGET_H
#define BAKERY_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What must hold for every input; not assert(), which release builds leave out. */
#define MUST(condition)                                                                         \
        do {                                                                                    \
                if (!(condition)) {                                                             \
                        fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
                        abort();                                                                \
                }                                                                               \
        } while (0)

#endif
