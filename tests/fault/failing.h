/* Memory that fails when it is told to: malloc(), calloc() and realloc() of the whole program, libraries included. */
#ifndef BAKERY_TESTS_FAILING_H
#define BAKERY_TESTS_FAILING_H

#include <stdbool.h>
#include <stddef.h>

/* Begins to count allocations anew, from 1. Allocation n fails; with and_after all that follow do too. 0: none. */
void failing_begin(size_t n, bool and_after);

/* Ends it; gives how many allocations there were. */
size_t failing_end(void);

/* Whether an allocation has failed since failing_begin(). */
bool failing_has_failed(void);

/* Blocks that were allocated since failing_begin() and not freed. */
long failing_live_blocks(void);

/*
 * The allocations of the next run, one of each distinct call stack: their numbers, in a list that is made by
 * failing_end(). Two allocations with one stack fail alike, so that one of them will do.
 */
void failing_record(void);
size_t failing_stacks(const size_t **ret_numbers);

/*
 * Runs a trial in a fork of its own, where it may crash: allocation n fails in it, as failing_begin() has it. True: it
 * ran and found no fault. One that ends in a signal is told on stderr under that name.
 */
typedef bool failing_trial(const void *context, size_t n, bool and_after);
bool failing_try(const char *name, failing_trial *trial, const void *context, size_t n, bool and_after);

#endif
