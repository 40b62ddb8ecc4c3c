/* Work that is spread over threads, and the clients that these have. */
#include "base/workers.h"

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>

#include "fake_wire.h"

Suite *workers_suite(void);

enum { JOBS = 500, WORKERS = 16 };

struct tally {
        atomic_uint done[JOBS];
        atomic_uint by_worker[WORKERS];
        atomic_bool wrong_worker;
        pthread_barrier_t *meeting; /* of the first jobs: there are that many threads */
};

static void count_job(void *context, size_t job, unsigned worker)
{
        struct tally *tally = context;

        if (tally->meeting && job < WORKERS)
                pthread_barrier_wait(tally->meeting);
        atomic_fetch_add(&tally->done[job], 1);
        if (worker < WORKERS)
                atomic_fetch_add(&tally->by_worker[worker], 1);
        else
                atomic_store(&tally->wrong_worker, true);
}

START_TEST(does_each_job_once)
{
        static const struct {
                unsigned workers;
                size_t jobs;
        } cases[] = { { 0, 3 }, { 1, 3 }, { 2, 0 }, { WORKERS, 1 }, { WORKERS, 3 }, { WORKERS, JOBS } };

        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                static struct tally tally;

                tally = (struct tally){ 0 };
                bakery__workers_run(cases[i].workers, cases[i].jobs, count_job, &tally);
                for (size_t job = 0; job < JOBS; job++)
                        ck_assert_msg(tally.done[job] == (job < cases[i].jobs), "case %zu: job %zu ran %u times", i,
                                      job, tally.done[job]);
                ck_assert(!tally.wrong_worker);
        }
}
END_TEST

START_TEST(works_on_as_many_threads_as_asked)
{
        static struct tally tally;
        pthread_barrier_t meeting;

        pthread_barrier_init(&meeting, NULL, WORKERS);
        tally.meeting = &meeting;
        bakery__workers_run(WORKERS, WORKERS, count_job, &tally);
        for (unsigned i = 0; i < WORKERS; i++)
                ck_assert_uint_eq(tally.by_worker[i], 1);
        pthread_barrier_destroy(&meeting);
}
END_TEST

START_TEST(a_worker_shares_clock_tokens_and_end)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, "") } };
        AUTO_PTR(bakery_client) worker = NULL;
        bakery_client *client = fake_client(&wire);
        unsigned takes = 0, given_up_ms = 1;

        ck_assert_int_eq(bakery__client_worker(client, &worker, NULL), BAKERY_OK);
        bakery__client_set_clock(worker, FAKE_NOW_S + 4000);
        ck_assert_int_eq(bakery__client_now_s(client), FAKE_NOW_S + 4000);

        while (bakery__client_take(worker, RETRY_TRANSIENT))
                takes++;
        ck_assert_uint_gt(takes, 10);
        ck_assert_uint_eq(bakery__client_take(client, RETRY_TRANSIENT), 0);
        bakery__client_give_back(client, 100);
        ck_assert_uint_gt(bakery__client_take(worker, RETRY_TRANSIENT), 0);

        ck_assert_int_eq(bakery__client_wait(worker, given_up_ms, NULL), BAKERY_OK);
        bakery_client_cancel(client);
        ck_assert_int_eq(bakery__client_wait(worker, given_up_ms, NULL), BAKERY_ERR_CANCELLED);
}
END_TEST

/* The one that made it may be gone: the core lives as long as any of them. */
START_TEST(a_worker_outlives_its_client)
{
        struct fake_wire wire = { .environment = { "AWS_REGION=eu-west-1" } };
        bakery_client_options options = fake_options(&wire);
        AUTO_PTR(bakery_client) worker = NULL;
        bakery_client *client = NULL;

        ck_assert_int_eq(bakery_client_new(&options, &client, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__client_worker(client, &worker, NULL), BAKERY_OK);
        bakery_client_free(client);
        ck_assert(bakery__client_options(worker)->getenv != NULL);
        ck_assert_str_eq(bakery__client_getenv(worker, "AWS_REGION"), "eu-west-1");
}
END_TEST

struct log_check {
        atomic_int inside;
        unsigned lines;
        bool two_at_once;
};

/* Not atomic on purpose: the client sees to it that there is one at a time. */
static void check_log(bakery_log_level level, const char *text, void *context)
{
        struct log_check *check = context;

        (void)level;
        (void)text;
        check->two_at_once |= atomic_fetch_add(&check->inside, 1) != 0;
        check->lines++;
        atomic_fetch_sub(&check->inside, 1);
}

static void log_lines(void *context, size_t job, unsigned worker)
{
        bakery_client **clients = context;

        bakery__client_log(clients[worker], BAKERY_LOG_INFO, "job %zu", job);
}

START_TEST(callbacks_come_one_at_a_time)
{
        struct fake_wire wire = { 0 };
        struct log_check check = { 0 };
        bakery_client_options options = fake_options(&wire);
        bakery_client *clients[WORKERS] = { NULL };

        options.log = check_log;
        options.log_context = &check;
        ck_assert_int_eq(bakery_client_new(&options, &clients[0], NULL), BAKERY_OK);
        for (size_t i = 1; i < WORKERS; i++)
                ck_assert_int_eq(bakery__client_worker(clients[0], &clients[i], NULL), BAKERY_OK);
        bakery__workers_run(WORKERS, JOBS, log_lines, clients);
        for (size_t i = 0; i < WORKERS; i++)
                bakery_client_free(clients[i]);
        ck_assert_uint_eq(check.lines, JOBS);
        ck_assert(!check.two_at_once);
}
END_TEST

Suite *workers_suite(void)
{
        Suite *suite = suite_create("workers");
        TCase *tcase = tcase_create("workers");

        tcase_add_test(tcase, does_each_job_once);
        tcase_add_test(tcase, works_on_as_many_threads_as_asked);
        tcase_add_test(tcase, a_worker_shares_clock_tokens_and_end);
        tcase_add_test(tcase, a_worker_outlives_its_client);
        tcase_add_test(tcase, callbacks_come_one_at_a_time);
        suite_add_tcase(suite, tcase);
        return suite;
}
