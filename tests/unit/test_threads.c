#include <bakery/bakery.h>
#include <check.h>
#include <pthread.h>
#include <string.h>

#include "support.h"

Suite *threads_suite(void);

enum { N_THREADS = 64 };

/* Case 84 of the faults: one configuration, read by many at once, in every way there is to read it. */
struct worker {
        pthread_t thread;
        const bakery_config *config;
        size_t n_grants, template_bytes, n_findings;
        bool failed;
};

static void walk_grants(struct worker *worker)
{
        bakery_grant_filter filter = BAKERY_GRANT_FILTER_INIT;
        bakery_grants *grants = NULL;

        filter.environment = "Prod";
        if (bakery_grants_new(worker->config, &filter, &grants, NULL))
                worker->failed = true;
        while (grants && bakery_grants_next(grants))
                worker->n_grants += strlen(bakery_grants_role_arn(grants)) > 0;
        bakery_grants_free(grants);
}

static void emit_templates(struct worker *worker)
{
        for (size_t i = 0; i < bakery_template_count(worker->config); i++) {
                char *text = NULL;
                size_t size = 0;

                worker->failed |= bakery_template_emit(worker->config, i, &text, &size, NULL) != BAKERY_OK;
                worker->template_bytes += size;
                bakery_free(text);
        }
}

/* A thread of its own things: a failing load, and its report. */
static void load_and_report(struct worker *worker)
{
        bakery_report *report = bakery_report_new();
        bakery_error *err = NULL;
        bakery_config *config = NULL;
        char *text = NULL;

        worker->failed |= bakery_config_load_text("x: 1\n", 5, "x.yml", report, &config, &err) != BAKERY_ERR_CONFIG;
        worker->failed |= bakery_report_print(report, BAKERY_REPORT_SARIF, &text, NULL) != BAKERY_OK;
        worker->n_findings = bakery_report_count(report);
        bakery_free(text);
        bakery_error_free(err);
        bakery_report_free(report);
        worker->failed |= bakery_schema_json(&text, NULL) != BAKERY_OK;
        bakery_free(text);
}

static void *work(void *context)
{
        struct worker *worker = context;

        walk_grants(worker);
        emit_templates(worker);
        load_and_report(worker);
        worker->failed |= !bakery_config_find_account(worker->config, "000000000007");
        return NULL;
}

START_TEST(many_read_one_configuration)
{
        static struct worker workers[N_THREADS];
        AUTO_FREE char *text = large_text("AdminGroups: MyTeamProdAdmin\n", 300, "acct%04d");
        AUTO_PTR(bakery_config) config = config_of(text);

        for (size_t i = 0; i < N_THREADS; i++) {
                workers[i] = (struct worker){ .config = config };
                ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
        }
        for (size_t i = 0; i < N_THREADS; i++)
                ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
        for (size_t i = 0; i < N_THREADS; i++) {
                ck_assert(!workers[i].failed);
                ck_assert_uint_eq(workers[i].n_grants, 300);
                ck_assert_uint_eq(workers[i].template_bytes, workers[0].template_bytes);
                ck_assert_uint_gt(workers[i].n_findings, 1);
        }
}
END_TEST

Suite *threads_suite(void)
{
        Suite *suite = suite_create("threads");
        TCase *tcase = tcase_create("threads");

        tcase_set_timeout(tcase, 120);
        tcase_add_test(tcase, many_read_one_configuration);
        suite_add_tcase(suite, tcase);
        return suite;
}
