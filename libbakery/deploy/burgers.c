#include "deploy/burgers.h"

#include <string.h>

#include "aws/client.h"
#include "base/workers.h"
#include "deploy/deployer.h"

DEFINE_AUTO_PTR(bakery_burgers, bakery_burgers_free)

enum { WORKERS = 8, WORKERS_AT_MOST = 256, SESSION_LEFT_S = 300 };

static void clear_burger(struct burger *burger)
{
        bakery_plan_free(burger->plan);
        bakery_drift_free(burger->drift);
        bakery_error_free(burger->error);
        bakery_credentials_free(burger->session);
}

void bakery__burger_take_drift(struct burger *burger, bakery_drift *drift)
{
        bakery_drift_free(burger->drift);
        burger->drift = drift;
        burger->state = BAKERY_BURGER_DONE;
}

void bakery_burgers_free(bakery_burgers *burgers)
{
        if (!burgers)
                return;
        for (size_t i = 0; i < burgers->count; i++)
                clear_burger(&burgers->at[i]);
        free(burgers->at);
        pthread_mutex_destroy(&burgers->lock);
        free(burgers);
}

static bool is_wanted(const bakery_burgers_request *request, const bakery_account *account)
{
        if (request->environment && strcmp(account->environment->name, request->environment) != 0)
                return false;
        return !request->account || strcmp(account->name, request->account) == 0 ||
               strcmp(account->id, request->account) == 0;
}

static bakery_status fail_no_burger(const bakery_burgers_request *request, bakery_error **err)
{
        const bakery_config *config = request->config;
        bool no_environment = request->environment && !bakery_config_find_environment(config, request->environment);
        const char *wanted = no_environment || !request->account ? request->environment : request->account;
        struct nearest nearest = bakery__nearest(wanted ? wanted : "");

        for (size_t i = 0; i < config->n_environments; i++) {
                const bakery_environment *environment = &config->environments[i];

                if (no_environment)
                        bakery__nearest_offer(&nearest, environment->name);
                for (size_t k = 0; k < environment->n_accounts && !no_environment; k++)
                        bakery__nearest_offer(&nearest, environment->accounts[k].name);
        }
        bakery__fail(err, BAKERY_ERR_NOT_FOUND, "%s has no %s %s", bakery_config_name(config),
                     no_environment ? "environment" : "account", wanted ? wanted : "at all");
        if (nearest.name)
                bakery__error_hint(err, "did you mean %s?", nearest.name);
        return BAKERY_ERR_NOT_FOUND;
}

static bakery_status choose(bakery_burgers *burgers, bakery_error **err)
{
        const bakery_config *config = burgers->request.config;
        size_t total = 0;

        for (size_t i = 0; i < config->n_environments; i++)
                total += config->environments[i].n_accounts;
        burgers->at = calloc(total + 1, sizeof *burgers->at);
        if (!burgers->at)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < config->n_environments; i++) {
                const bakery_environment *environment = &config->environments[i];

                for (size_t k = 0; k < environment->n_accounts; k++)
                        if (is_wanted(&burgers->request, &environment->accounts[k]))
                                burgers->at[burgers->count++] =
                                        (struct burger){ .all = burgers, .account = &environment->accounts[k] };
        }
        return burgers->count > 0 ? BAKERY_OK : fail_no_burger(&burgers->request, err);
}

void bakery__burgers_narrow(bakery_burgers *burgers, const struct plan_file *file)
{
        size_t kept = 0;

        for (size_t i = 0; i < burgers->count; i++) {
                struct burger *burger = &burgers->at[i];

                if (bakery__plan_file_find(file, bakery_account_id(burger->account)))
                        burgers->at[kept++] = *burger;
                else
                        clear_burger(burger);
        }
        burgers->count = kept;
}

static bakery_status fail_no_role(const bakery_config *config, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_ARGUMENT, "no role to deploy with is named");
        bakery__error_hint(err,
                           "set DeployerRole in %s, or name it with --role; bakery-cli generate writes its "
                           "template, burger_deployer.json",
                           bakery_config_name(config));
        return BAKERY_ERR_ARGUMENT;
}

bakery_status bakery_burgers_new(const bakery_burgers_request *request, bakery_burgers **ret_burgers,
                                 bakery_error **err)
{
        AUTO_PTR(bakery_burgers) burgers = NULL;

        bakery__error_clear(err);
        if (request->size < sizeof *request || !request->config)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_burgers_request of %zu bytes, or without a configuration, is none: begin "
                                    "with BAKERY_BURGERS_REQUEST_INIT",
                                    request->size);
        burgers = calloc(1, sizeof *burgers);
        if (!burgers)
                return bakery__fail_memory(err);
        pthread_mutex_init(&burgers->lock, NULL); /* without attributes it cannot fail */
        burgers->request = *request;
        burgers->keys = request->keys;
        if (!request->keys && !request->renew_keys)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "no keys that may assume the deployer role");
        if (!request->deployer_role)
                burgers->request.deployer_role = bakery_config_deployer_role(request->config);
        if (!burgers->request.deployer_role)
                return fail_no_role(request->config, err);
        bakery_status st = choose(burgers, err);
        if (st)
                return st;
        *ret_burgers = STEAL(burgers);
        return BAKERY_OK;
}

static bool is_about_to_end(const bakery_credentials *keys, bakery_client *client)
{
        int64_t end_s = bakery_credentials_expiration_s(keys);

        return end_s > 0 && end_s - bakery__client_now_s(client) <= SESSION_LEFT_S;
}

/*
 * A copy of the caller's own keys: they are borrowed until they are renewed, which another thread may ask for. That is
 * done under the lock, so that these calls come one at a time.
 */
static bakery_status copy_callers_keys(bakery_burgers *burgers, bakery_client *client, bakery_credentials **ret,
                                       bakery_error **err)
{
        const bakery_burgers_request *request = &burgers->request;
        bakery_status st = BAKERY_OK;

        pthread_mutex_lock(&burgers->lock);
        if (request->renew_keys && (!burgers->keys || is_about_to_end(burgers->keys, client)))
                st = request->renew_keys(request->renew_context, &burgers->keys, err);
        if (!st)
                st = bakery_credentials_new(bakery_credentials_access_key_id(burgers->keys),
                                            bakery_credentials_secret_access_key(burgers->keys),
                                            bakery_credentials_session_token(burgers->keys),
                                            bakery_credentials_expiration_s(burgers->keys),
                                            bakery_credentials_source(burgers->keys), ret, err);
        pthread_mutex_unlock(&burgers->lock);
        return st;
}

static bakery_status assume_deployer(struct burger *burger, bakery_client *client, bakery_error **err)
{
        const bakery_burgers_request *request = &burger->all->request;
        AUTO_PTR(bakery_credentials) keys = NULL;
        bakery_credentials *session = NULL;
        bakery_status st = copy_callers_keys(burger->all, client, &keys, err);

        if (!st)
                st = bakery__deployer_assume(client, keys, burger->account, request->deployer_role, request->region,
                                             &session, err);
        if (st)
                return st;
        bakery_credentials_free(burger->session);
        burger->session = session;
        return BAKERY_OK;
}

/* A target's keys: the session, which a stack may outlast. */
static bakery_status burgers_keys(void *context, const bakery_credentials **ret_keys, bakery_error **err)
{
        struct burger *burger = context;
        bakery_status st = BAKERY_OK;

        if (!burger->session || is_about_to_end(burger->session, burger->client))
                st = assume_deployer(burger, burger->client, err);
        if (!st)
                *ret_keys = burger->session;
        return st;
}

static void tell_event(const bakery_event *event, void *context)
{
        bakery_burgers *burgers = context;

        pthread_mutex_lock(&burgers->lock);
        burgers->request.run.on_event(event, burgers->request.run.context);
        pthread_mutex_unlock(&burgers->lock);
}

static void describe(const struct burger *burger, bakery_burger *ret)
{
        *ret = (bakery_burger){
                .size = sizeof *ret,
                .account = burger->account,
                .state = burger->state,
                .plan = burger->plan,
                .error = burger->state == BAKERY_BURGER_FAILED ? burger->error : NULL,
                .finished = burger->all->finished,
                .drift = burger->drift,
        };
}

/* Of one that is at the end of a step. */
static void tell_burger(const struct step *step, struct burger *burger)
{
        bakery_burgers *burgers = step->burgers;
        bakery_burger told;

        pthread_mutex_lock(&burgers->lock);
        burgers->finished++;
        burgers->failed += burger->state == BAKERY_BURGER_FAILED;
        burgers->skipped += burger->state == BAKERY_BURGER_SKIPPED;
        describe(burger, &told);
        told.total = step->total;
        if (burgers->request.on_burger)
                burgers->request.on_burger(&told, burgers->request.burger_context);
        pthread_mutex_unlock(&burgers->lock);
}

static bool have_too_many_failed(const struct step *step)
{
        bakery_burgers *burgers = step->burgers;

        pthread_mutex_lock(&burgers->lock);
        bool too_many = !step->takes_back && burgers->failed > burgers->request.failures_tolerated;
        pthread_mutex_unlock(&burgers->lock);
        return too_many;
}

static bakery_status work_on(const struct step *step, struct burger *burger)
{
        const bakery_burgers_request *request = &burger->all->request;
        bakery_target target = BAKERY_TARGET_INIT;
        bakery_run_options run = request->run;
        bakery_status st = burgers_keys(burger, &target.keys, &burger->error);

        if (st)
                return st;
        target.config = request->config;
        target.kind = BAKERY_STACK_BURGER;
        target.account = burger->account;
        target.renew_keys = burgers_keys;
        target.renew_context = burger;
        target.region = request->region;
        target.template_bucket = request->template_bucket;
        if (run.on_event) {
                run.on_event = tell_event;
                run.context = burger->all;
        }
        return step->take(burger, &target, burger->client, &run, &burger->error);
}

/* Also the plan of one that was skipped when others were carried out. */
static bool has_plan_that_waits(const struct burger *burger)
{
        return burger->plan && (burger->state == BAKERY_BURGER_PLANNED || burger->state == BAKERY_BURGER_SKIPPED);
}

static bool is_in_step(const struct step *step, const struct burger *burger)
{
        if (!step->plans_only || has_plan_that_waits(burger))
                return true;
        return step->and_unprotected && burger->state == BAKERY_BURGER_NOTHING && burger->plan->unprotected;
}

static void take_step(void *context, size_t job, unsigned worker)
{
        const struct step *step = context;
        struct burger *burger = &step->burgers->at[job];

        if (!is_in_step(step, burger))
                return;
        burger->client = step->clients[worker];
        burger->step = step;
        if (bakery__client_is_cancelled(burger->client) || have_too_many_failed(step))
                burger->state = BAKERY_BURGER_SKIPPED;
        else if (work_on(step, burger))
                burger->state = BAKERY_BURGER_FAILED;
        tell_burger(step, burger);
}

static unsigned count_workers(const bakery_burgers *burgers)
{
        unsigned workers = burgers->request.workers ? burgers->request.workers : WORKERS;

        if (workers > burgers->count)
                workers = (unsigned)burgers->count;
        return workers > WORKERS_AT_MOST ? WORKERS_AT_MOST : workers;
}

/*
 * What all that failed have in common; else BAKERY_ERR_AWS. So too where others may be done: "refused" would say that
 * nothing was changed.
 */
static bakery_status common_status(const struct step *step)
{
        const bakery_burgers *burgers = step->burgers;
        bakery_status common = BAKERY_OK;

        if (step->goes_on)
                return BAKERY_ERR_AWS;
        for (size_t i = 0; i < burgers->count; i++) {
                const struct burger *burger = &burgers->at[i];

                if (burger->state != BAKERY_BURGER_FAILED)
                        continue;
                if (common && bakery_error_status(burger->error) != common)
                        return BAKERY_ERR_AWS;
                common = bakery_error_status(burger->error);
        }
        return common;
}

static bakery_status fail_some(const struct step *step, bakery_error **err)
{
        const bakery_burgers *burgers = step->burgers;
        bakery_status st = common_status(step);

        if (burgers->skipped > 0)
                return bakery__fail(err, st, "%zu of %zu burgers %s, and %zu were not begun", burgers->failed,
                                    step->total, step->about, burgers->skipped);
        return bakery__fail(err, st, "%zu of %zu burgers %s", burgers->failed, step->total, step->about);
}

static bakery_status fail_cancelled(const struct step *step, bakery_error **err)
{
        if (step->takes_back) {
                bakery__fail(err, BAKERY_ERR_CANCELLED, "interrupted: change sets were left");
                bakery__error_hint(err,
                                   "they are called bakery-plan-...: nothing waits for them, and other plans pass by");
                return BAKERY_ERR_CANCELLED;
        }
        if (!step->goes_on) {
                bakery__fail(err, BAKERY_ERR_CANCELLED, "interrupted: nothing was changed");
                bakery__error_hint(err, "the same command again begins anew");
                return BAKERY_ERR_CANCELLED;
        }
        bakery__fail(err, BAKERY_ERR_CANCELLED, "interrupted: what was begun goes on at AWS");
        bakery__error_hint(err, "the same command again waits for it, and does what is left");
        return BAKERY_ERR_CANCELLED;
}

static bakery_status run_step(struct step *step, bakery_error **err)
{
        bakery_burgers *burgers = step->burgers;

        burgers->finished = burgers->failed = burgers->skipped = 0;
        for (size_t i = 0; i < burgers->count; i++)
                step->total += is_in_step(step, &burgers->at[i]);
        bakery__workers_run(count_workers(burgers), burgers->count, take_step, step);
        if (bakery__client_is_cancelled(step->clients[0]))
                return fail_cancelled(step, err);
        return burgers->failed > 0 ? fail_some(step, err) : BAKERY_OK;
}

/* A client for each worker: connections are kept, and one serves one thread. */
bakery_status bakery__burgers_run(bakery_client *client, bakery_burgers *burgers, struct step step, bakery_error **err)
{
        unsigned workers = count_workers(burgers), before = 0;
        bakery_client *clients[WORKERS_AT_MOST] = { client };
        bakery_status st = BAKERY_OK;

        bakery__error_clear(err);
        step.burgers = burgers;
        step.clients = clients;
        if (step.takes_back)
                before = bakery__client_forgive(client);
        for (unsigned i = 1; i < workers && !st; i++)
                st = bakery__client_worker(client, &clients[i], err);
        if (!st)
                st = run_step(&step, err);
        if (step.takes_back)
                bakery__client_unforgive(client, before);
        for (unsigned i = 1; i < workers; i++)
                bakery_client_free(clients[i]);
        return st;
}

size_t bakery_burgers_count(const bakery_burgers *burgers)
{
        return burgers->count;
}

size_t bakery_burgers_count_of(const bakery_burgers *burgers, bakery_burger_state state)
{
        size_t n = 0;

        for (size_t i = 0; i < burgers->count; i++)
                n += burgers->at[i].state == state;
        return n;
}

void bakery_burgers_at(const bakery_burgers *burgers, size_t i, bakery_burger *ret_burger)
{
        bakery_burger whole;

        describe(&burgers->at[i], &whole);
        whole.total = burgers->count;
        bakery__give(ret_burger, &whole, sizeof whole);
}
