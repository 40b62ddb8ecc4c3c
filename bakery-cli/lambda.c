/*
 * bakery-cli as the bootstrap of a function: what check_admin_access.json deploys. It is told what to watch by the
 * variables that the template sets, and logs to stderr, which Lambda keeps in CloudWatch.
 */
#include "lambda.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include "client.h"
#include "signals.h"

enum {
        MS_PER_S = 1000,
        US_PER_MS = 1000,
        NS_PER_MS = 1000000,
        RESERVE_MS = 5000,
        LAST_RESERVE_MS = 1000,
        LIMIT_MS = 15 * 60 * MS_PER_S
};

/* In the environment of another function's bootstrap we are a program like any other. */
bool is_lambda(int argc)
{
        const char *api = secure_getenv("AWS_LAMBDA_RUNTIME_API");

        return argc == 1 && api && *api;
}

/* What all invocations share. */
struct service {
        const struct options *options;
        bakery_client *client; /* that speaks to Lambda */
        const bakery_admin_watch *watch;
};

/*
 * Shortly before Lambda kills the process the check is cancelled: a failure with a message, and time to send it. When
 * that time is over as well, the invocation ends as a failure all the same, and says so.
 */

static bakery_client *volatile running;

static void end_running(int number)
{
        (void)number;
        if (running)
                bakery_client_cancel(running);
}

static int64_t now_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

static void set_timer(int64_t left_ms)
{
        struct itimerval timer = { .it_value = { 0 } };

        timer.it_value.tv_sec = (time_t)(left_ms / MS_PER_S);
        timer.it_value.tv_usec = (suseconds_t)(left_ms % MS_PER_S * US_PER_MS);
        setitimer(ITIMER_REAL, &timer, NULL);
}

static void begin_running(bakery_client *client, int64_t deadline_ms, int64_t reserve_ms)
{
        int64_t left_ms = deadline_ms - now_ms() - reserve_ms;

        running = client;
        if (deadline_ms > 0)
                set_timer(left_ms < 1 ? 1 : left_ms > LIMIT_MS ? LIMIT_MS : left_ms);
}

static void stop_running(void)
{
        set_timer(0);
        running = NULL;
}

static bakery_status check_and_post(bakery_client *client, const bakery_admin_watch *watch, char **ret_answer,
                                    bakery_error **err)
{
        bakery_credentials *keys = NULL;
        bakery_admin_check *check = NULL;
        bakery_status st = bakery_chain_resolve(client, NULL, &keys, err);

        if (!st)
                st = bakery_admin_check_run(client, keys, watch, &check, err);
        if (!st)
                st = bakery_admin_check_post(client, keys, watch, check, err);
        if (!st)
                st = bakery_admin_check_print(check, BAKERY_ADMIN_JSON, ret_answer, err);
        if (!st)
                fprintf(stderr,
                        "bakery-cli: %zu unexpected admins, %zu memberships past their end; the channel is told\n",
                        bakery_admin_check_unexpected_count(check), bakery_admin_check_past_end_count(check));
        bakery_admin_check_free(check);
        bakery_credentials_free(keys);
        return st;
}

/* With a client of its own: the other one may be cancelled. That nobody hears of it is one more line in the log. */
static void post_failure(const struct service *service, int64_t deadline_ms, const bakery_error *failure)
{
        bakery_credentials *keys = NULL;
        bakery_error *err = NULL;
        int code = EXIT_DONE;
        bakery_client *client = cli_client(service->options, NULL, &code);

        (void)cli_fail(failure);
        if (client)
                begin_running(client, deadline_ms, LAST_RESERVE_MS);
        if (client && (bakery_chain_resolve(client, NULL, &keys, &err) ||
                       bakery_admin_check_post_failure(client, keys, service->watch, failure, &err)))
                (void)cli_fail(err);
        stop_running();
        bakery_credentials_free(keys);
        bakery_error_free(err);
        cli_client_free(client);
}

/* Each invocation has a client of its own: Lambda stops the process in between, and connections do not outlive that. */
static bakery_status invoke(const bakery_invocation *invocation, void *context, char **ret_answer, bakery_error **err)
{
        const struct service *service = context;
        int code = EXIT_DONE;
        bakery_client *client = cli_client(service->options, NULL, &code);
        bakery_status st = BAKERY_ERR_MEMORY;

        if (client) {
                begin_running(client, invocation->deadline_ms, RESERVE_MS);
                st = check_and_post(client, service->watch, ret_answer, err);
                stop_running();
        }
        cli_client_free(client);
        if (st)
                post_failure(service, invocation->deadline_ms, err ? *err : NULL);
        signals_catch(service->client);
        return st;
}

static bakery_status serve(struct service *service, bakery_error **err)
{
        bakery_admin_watch *watch = NULL;
        bakery_status st = bakery_admin_watch_of_environment(service->client, &watch, err);

        if (st) {
                (void)bakery_lambda_fail_init(service->client, *err, NULL); /* the exit says it too */
                return st;
        }
        service->watch = watch;
        st = bakery_lambda_serve(service->client, invoke, service, err);
        bakery_admin_watch_free(watch);
        return st;
}

int lambda_run(void)
{
        const struct options options = { 0 };
        struct sigaction action = { .sa_handler = end_running };
        struct service service = { .options = &options };
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        process_guard();
        sigaction(SIGALRM, &action, NULL);
        service.client = cli_client(&options, NULL, &code);
        if (service.client && serve(&service, &err))
                code = cli_fail(err);
        cli_client_free(service.client);
        bakery_error_free(err);
        return code;
}
