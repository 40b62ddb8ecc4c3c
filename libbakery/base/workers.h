/* Several threads that work off a list of jobs. */
#ifndef BAKERY_BASE_WORKERS_H
#define BAKERY_BASE_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

/* Does job number job, as worker number worker: what the worker has for itself is found by that. */
typedef void workers_job(void *context, size_t job, unsigned worker);

/*
 * Does the jobs 0 ... jobs - 1, each once and in that order of beginning, on at most so many threads, one of which is
 * the caller's. Returns when all are done. It always gets there: where no thread can be had, the caller does the work.
 */
void bakery__workers_run(unsigned workers, size_t jobs, workers_job *run, void *context);

#endif
