#include "base/workers.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"

enum { STACK_BYTES = 1 << 20 }; /* that of a login shell is 8 MB, and there may be dozens */

struct work {
        workers_job *run;
        void *context;
        size_t jobs;
        atomic_size_t next;
};

struct worker {
        pthread_t thread;
        unsigned number;
        struct work *work;
};

static void work_off(struct work *work, unsigned number)
{
        for (size_t job; (job = atomic_fetch_add(&work->next, 1)) < work->jobs;)
                work->run(work->context, job, number);
}

static void *thread_main(void *context)
{
        struct worker *worker = context;

        work_off(worker->work, worker->number);
        return NULL;
}

static unsigned start(struct worker *workers, unsigned wanted, struct work *work)
{
        pthread_attr_t attributes;
        unsigned started = 0;

        if (pthread_attr_init(&attributes) != 0)
                return 0;
        pthread_attr_setstacksize(&attributes, STACK_BYTES);
        for (; started < wanted; started++) {
                struct worker *worker = &workers[started];

                *worker = (struct worker){ .number = started + 1, .work = work };
                if (pthread_create(&worker->thread, &attributes, thread_main, worker) != 0)
                        break;
        }
        pthread_attr_destroy(&attributes);
        return started;
}

void bakery__workers_run(unsigned workers, size_t jobs, workers_job *run, void *context)
{
        struct work work = { .run = run, .context = context, .jobs = jobs };
        unsigned others = workers > jobs ? (unsigned)jobs : workers;
        AUTO_FREE struct worker *threads = others > 1 ? calloc(others - 1, sizeof *threads) : NULL;
        unsigned started = threads ? start(threads, others - 1, &work) : 0;

        work_off(&work, 0);
        for (unsigned i = 0; i < started; i++)
                pthread_join(threads[i].thread, NULL);
}
