#include "aws/client.h"

#include <ctype.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "aws/endpoint.h"
#include "aws/http.h"
#include "base/str.h"
#include "base/time.h"

/* What a client shares with its workers. */
struct client_core {
        atomic_uint holders;
        atomic_uint cancelled; /* how often */
        bakery_client_options options;
        char *region, *endpoint_url; /* the options' texts */
        struct {
                client_setting_function *get; /* NULL: none is in use */
                void *context;
                void (*free_context)(void *context);
        } profile; /* set before there are workers */

        pthread_mutex_t lock;   /* of what follows, and of the callbacks: they come one at a time */
        int64_t clock_offset_s; /* what to add to our clock to have the servers' */
        int64_t most_behind_s;  /* how far our clock was behind a server's at most */
        struct retry_tokens tokens;
        bool key_log_told;
};

struct bakery_client {
        struct client_core *core;
        bakery_transport_function *transport;
        void *transport_context;
        struct curl_transport *curl; /* NULL: the transport is the caller's */
        bakery_signer *signer;
        uint64_t random_state;
        unsigned forgiven; /* so many times of being cancelled do not count here */
};

static const char *process_getenv(const char *name, void *context)
{
        (void)context;
        return secure_getenv(name);
}

static int64_t system_now_ms(void *context)
{
        struct timespec now;

        (void)context;
        clock_gettime(CLOCK_REALTIME, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* For the transport; ca_bundle is the profile's way to say AWS_CA_BUNDLE. */
static const char *get_variable(const void *context, const char *name)
{
        const char *value = bakery__client_getenv(context, name);

        return value || strcmp(name, "AWS_CA_BUNDLE") != 0 ? value : bakery__client_setting(context, NULL, "ca_bundle");
}

enum {
        CONNECT_TIMEOUT_MS = 3100,
        TOTAL_TIMEOUT_MS = 60000,
        MAX_ATTEMPTS = 3,
        RETRY_CAP_MS = 20000,
        PROCESS_TIMEOUT_MS = 60000,
        LOW_SPEED_TIMEOUT_MS = 30000,
        WEBHOOK_TIMEOUT_MS = 30000,
};

static unsigned or_default(unsigned value, unsigned usual)
{
        return value ? value : usual;
}

static bool set_options(struct client_core *core, const bakery_client_options *given)
{
        bakery_client_options *options = &core->options;

        *options = *given;
        options->connect_timeout_ms = or_default(given->connect_timeout_ms, CONNECT_TIMEOUT_MS);
        options->total_timeout_ms = or_default(given->total_timeout_ms, TOTAL_TIMEOUT_MS);
        options->max_attempts = or_default(given->max_attempts, MAX_ATTEMPTS);
        options->throttled_attempts = or_default(given->throttled_attempts, options->max_attempts);
        options->retry_cap_ms = or_default(given->retry_cap_ms, RETRY_CAP_MS);
        options->process_timeout_ms = or_default(given->process_timeout_ms, PROCESS_TIMEOUT_MS);
        options->low_speed_timeout_ms = or_default(given->low_speed_timeout_ms, LOW_SPEED_TIMEOUT_MS);
        options->webhook_timeout_ms = or_default(given->webhook_timeout_ms, WEBHOOK_TIMEOUT_MS);
        if (!options->getenv)
                options->getenv = process_getenv;
        if (!options->now_ms)
                options->now_ms = system_now_ms;
        if (given->region)
                options->region = core->region = strdup(given->region);
        if (given->endpoint_url)
                options->endpoint_url = core->endpoint_url = strdup(given->endpoint_url);
        return (!given->region || core->region) && (!given->endpoint_url || core->endpoint_url);
}

static void let_go_of_core(struct client_core *core)
{
        if (!core || atomic_fetch_sub(&core->holders, 1) > 1)
                return;
        if (core->profile.free_context)
                core->profile.free_context(core->profile.context);
        pthread_mutex_destroy(&core->lock);
        free(core->region);
        free(core->endpoint_url);
        free(core);
}

static struct client_core *core_new(const bakery_client_options *options)
{
        struct client_core *core = calloc(1, sizeof *core);

        if (!core)
                return NULL;
        atomic_init(&core->holders, 1);
        pthread_mutex_init(&core->lock, NULL); /* without attributes it cannot fail */
        core->tokens = (struct retry_tokens)RETRY_TOKENS_INIT;
        if (set_options(core, options))
                return core;
        let_go_of_core(core);
        return NULL;
}

static bool set_transport(bakery_client *client)
{
        client->transport = client->core->options.transport;
        client->transport_context = client->core->options.transport_context;
        if (client->transport)
                return true;
        client->curl = bakery__curl_transport_new(get_variable, client);
        client->transport = bakery__curl_transport;
        client->transport_context = client->curl;
        return client->curl != NULL;
}

/* Takes core over, also when it fails. */
static bakery_status client_on(struct client_core *core, bakery_client **ret_client, bakery_error **err)
{
        AUTO_PTR(bakery_client) client = calloc(1, sizeof *client);

        if (!client)
                let_go_of_core(core);
        if (!client || !core)
                return bakery__fail_memory(err);
        client->core = core;
        client->random_state = (uint64_t)bakery__time_monotonic_ms() ^ (uint64_t)(uintptr_t)client;
        if (!set_transport(client))
                return bakery__fail_memory(err);
        *ret_client = STEAL(client);
        return BAKERY_OK;
}

bakery_status bakery_client_new(const bakery_client_options *options, bakery_client **ret_client, bakery_error **err)
{
        static const bakery_client_options usual = BAKERY_CLIENT_OPTIONS_INIT;

        bakery__error_clear(err);
        if (options && options->size < sizeof *options)
                return bakery__fail(
                        err, BAKERY_ERR_ARGUMENT,
                        "bakery_client_options of %zu bytes are none: begin with BAKERY_CLIENT_OPTIONS_INIT",
                        options->size);
        if (options && options->endpoint_url) {
                bakery_status st = bakery__endpoint_check_url(options->endpoint_url, options->allow_http, err);

                if (st)
                        return bakery__wrap(err, BAKERY_ERR_ARGUMENT, "the endpoint");
        }
        return client_on(core_new(options ? options : &usual), ret_client, err);
}

bakery_status bakery__client_worker(bakery_client *client, bakery_client **ret_worker, bakery_error **err)
{
        atomic_fetch_add(&client->core->holders, 1);
        bakery_status st = client_on(client->core, ret_worker, err);
        if (!st)
                (*ret_worker)->forgiven = client->forgiven;
        return st;
}

void bakery_client_free(bakery_client *client)
{
        if (!client)
                return;
        bakery__curl_transport_free(client->curl);
        bakery_signer_free(client->signer);
        let_go_of_core(client->core);
        free(client);
}

void bakery_client_cancel(bakery_client *client)
{
        atomic_fetch_add(&client->core->cancelled, 1);
}

bool bakery__client_is_cancelled(const bakery_client *client)
{
        return atomic_load(&client->core->cancelled) > client->forgiven;
}

unsigned bakery__client_forgive(bakery_client *client)
{
        unsigned before = client->forgiven;

        client->forgiven = atomic_load(&client->core->cancelled);
        return before;
}

void bakery__client_unforgive(bakery_client *client, unsigned before)
{
        client->forgiven = before;
}

const bakery_client_options *bakery__client_options(const bakery_client *client)
{
        return &client->core->options;
}

const char *bakery__client_getenv(const bakery_client *client, const char *name)
{
        struct client_core *core = client->core;

        pthread_mutex_lock(&core->lock);
        const char *value = core->options.getenv(name, core->options.world_context);
        pthread_mutex_unlock(&core->lock);
        return value && bakery__span_trim(bakery__span(value)).len > 0 ? value : NULL;
}

bool bakery__client_env_is_true(const bakery_client *client, const char *name)
{
        const char *value = bakery__client_getenv(client, name);

        return value && bakery__str_equal_nocase(value, "true");
}

const char *bakery__client_region(const bakery_client *client)
{
        static const char *const names[] = { "AWS_REGION", "AWS_DEFAULT_REGION" };
        const char *region = client->core->options.region;

        for (size_t i = 0; i < N_ELEMENTS(names) && !region; i++)
                region = bakery__client_getenv(client, names[i]);
        return region;
}

void bakery__client_set_profile(bakery_client *client, client_setting_function *get, void *context,
                                void (*free_context)(void *context))
{
        struct client_core *core = client->core;

        if (core->profile.free_context)
                core->profile.free_context(core->profile.context);
        core->profile.get = get;
        core->profile.context = context;
        core->profile.free_context = free_context;
}

const char *bakery__client_setting(const bakery_client *client, const char *service, const char *name)
{
        const struct client_core *core = client->core;

        return core->profile.get ? core->profile.get(core->profile.context, service, name) : NULL;
}

bool bakery__client_setting_is_true(const bakery_client *client, const char *name)
{
        const char *value = bakery__client_setting(client, NULL, name);

        return value && bakery__str_equal_nocase(value, "true");
}

int64_t bakery__client_clock_ms(bakery_client *client)
{
        struct client_core *core = client->core;

        pthread_mutex_lock(&core->lock);
        int64_t now_ms = core->options.now_ms(core->options.world_context);
        pthread_mutex_unlock(&core->lock);
        return now_ms;
}

/* Of a core that is locked. */
static int64_t our_clock_s(const struct client_core *core)
{
        return core->options.now_ms(core->options.world_context) / 1000;
}

int64_t bakery__client_now_s(bakery_client *client)
{
        struct client_core *core = client->core;

        pthread_mutex_lock(&core->lock);
        int64_t now_s = our_clock_s(core) + core->clock_offset_s;
        pthread_mutex_unlock(&core->lock);
        return now_s;
}

int64_t bakery__client_clock_offset_s(bakery_client *client)
{
        struct client_core *core = client->core;

        pthread_mutex_lock(&core->lock);
        int64_t offset_s = core->clock_offset_s;
        pthread_mutex_unlock(&core->lock);
        return offset_s;
}

void bakery__client_set_clock(bakery_client *client, int64_t server_s)
{
        struct client_core *core = client->core;

        pthread_mutex_lock(&core->lock);
        int64_t offset_s = server_s - our_clock_s(core);
        core->clock_offset_s = offset_s;
        pthread_mutex_unlock(&core->lock);
        bakery__client_log(client, BAKERY_LOG_WARNING, "the clock is %lld s %s: requests are signed with AWS's",
                           (long long)llabs(offset_s), offset_s > 0 ? "slow" : "fast");
}

void bakery__client_see_clock(bakery_client *client, int64_t server_s)
{
        struct client_core *core = client->core;

        pthread_mutex_lock(&core->lock);
        int64_t behind_s = server_s - our_clock_s(core);
        if (behind_s > core->most_behind_s)
                core->most_behind_s = behind_s;
        pthread_mutex_unlock(&core->lock);
}

int64_t bakery__client_latest_now_s(bakery_client *client)
{
        struct client_core *core = client->core;

        pthread_mutex_lock(&core->lock);
        int64_t now_s = our_clock_s(core) + core->most_behind_s;
        pthread_mutex_unlock(&core->lock);
        return now_s;
}

void bakery__client_log(const bakery_client *client, bakery_log_level level, const char *format, ...)
{
        struct client_core *core = client->core;
        AUTO_FREE char *text = NULL;
        va_list args;

        if (!core->options.log)
                return;
        va_start(args, format);
        text = bakery__str_harmless_format(format, args);
        va_end(args);
        if (!text)
                return;
        pthread_mutex_lock(&core->lock);
        core->options.log(level, text, core->options.log_context);
        pthread_mutex_unlock(&core->lock);
}

bakery_signer *bakery__client_signer(bakery_client *client, bakery_error **err)
{
        if (!client->signer)
                bakery_signer_new(&client->signer, err);
        return client->signer;
}

unsigned bakery__client_take(bakery_client *client, enum retry_kind kind)
{
        pthread_mutex_lock(&client->core->lock);
        unsigned taken = bakery__retry_take(&client->core->tokens, kind);
        pthread_mutex_unlock(&client->core->lock);
        return taken;
}

void bakery__client_give_back(bakery_client *client, unsigned taken)
{
        pthread_mutex_lock(&client->core->lock);
        bakery__retry_give_back(&client->core->tokens, taken);
        pthread_mutex_unlock(&client->core->lock);
}

/* xorshift64*: two clients that began together must not wait equally long, and no more is asked of it. */
double bakery__client_random(bakery_client *client)
{
        uint64_t x = client->random_state | 1;

        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        client->random_state = x;
        return (double)((x * 0x2545f4914f6cdd1du) >> 11) / 9007199254740992.0;
}

static int cancelled(void *context)
{
        return bakery__client_is_cancelled(context);
}

/* libcurl reads that variable of the process by itself, and there is no option against it. */
static void tell_of_key_log(bakery_client *client)
{
        const char *path = client->curl ? getenv("SSLKEYLOGFILE") : NULL;

        pthread_mutex_lock(&client->core->lock);
        bool told = client->core->key_log_told;
        client->core->key_log_told = true;
        pthread_mutex_unlock(&client->core->lock);
        if (path && *path && !told)
                bakery__client_log(client, BAKERY_LOG_WARNING,
                                   "SSLKEYLOGFILE is set: who reads %s can read what is sent to AWS", path);
}

bakery_status bakery__client_transport(bakery_client *client, const bakery_http_request *request,
                                       bakery_http_answer *answer, bool *ret_sent, bakery_error **err)
{
        int sent = 1;
        bakery_status st;

        if (bakery__client_is_cancelled(client))
                return bakery__fail(err, BAKERY_ERR_CANCELLED, "cancelled");
        tell_of_key_log(client);
        st = client->transport(client->transport_context, request, cancelled, client, answer, &sent, err);
        *ret_sent = sent != 0;
        return st;
}

static bool is_cancelled(void *context)
{
        return bakery__client_is_cancelled(context);
}

bakery_status bakery__client_wait(bakery_client *client, unsigned wait_ms, bakery_error **err)
{
        if (bakery__time_wait(wait_ms, is_cancelled, client))
                return BAKERY_OK;
        return bakery__fail(err, BAKERY_ERR_CANCELLED, "cancelled");
}
