/* The client from inside: the world it carries. */
#ifndef BAKERY_AWS_CLIENT_H
#define BAKERY_AWS_CLIENT_H

#include <bakery/client.h>
#include <bakery/signer.h>

#include "aws/retry.h"
#include "base/error.h"
#include "base/mem.h"

DEFINE_AUTO_PTR(bakery_client, bakery_client_free)

/* The options, with defaults in place and texts copied; whoever changes them does so before the first call. */
const bakery_client_options *bakery__client_options(const bakery_client *client);

/* A variable of the environment; NULL when it is unset or blank, which AWS's tools take for the same. */
const char *bakery__client_getenv(const bakery_client *client, const char *name);

/* True for "true" in any case: how AWS's switches are written. */
bool bakery__client_env_is_true(const bakery_client *client, const char *name);

/* The region of requests that name none; NULL when nobody named one. */
const char *bakery__client_region(const bakery_client *client);

/*
 * Gives what the profile in use says: of the service of that name in its "services" section, or of itself when service
 * is NULL. NULL: nothing. Profiles are read one floor up, hence a function.
 */
typedef const char *client_setting_function(void *context, const char *service, const char *name);

/* From now on the profile behind get has a say where neither the options nor the environment have one: region,
 * endpoint_url, use_fips_endpoint, use_dualstack_endpoint, ca_bundle. The client owns context, and lets go of the one
 * before. */
void bakery__client_set_profile(bakery_client *client, client_setting_function *get, void *context,
                                void (*free_context)(void *context));

/* What that profile says; NULL when it says nothing, or there is none. */
const char *bakery__client_setting(const bakery_client *client, const char *service, const char *name);
bool bakery__client_setting_is_true(const bakery_client *client, const char *name);

/* Seconds since 1970 UTC by the servers' clock, once an answer has shown that ours is off. */
int64_t bakery__client_now_s(bakery_client *client);

/* Milliseconds of our own clock, right or wrong: for how long something took. */
int64_t bakery__client_clock_ms(bakery_client *client);

/* Keeps how far our clock is behind (positive) the servers', and tells it. */
void bakery__client_set_clock(bakery_client *client, int64_t server_s);

/* That far; 0 as long as nobody told. */
int64_t bakery__client_clock_offset_s(bakery_client *client);

/*
 * The clock by which requests are signed may be minutes slow, and AWS takes them. See is told the Date of each answer;
 * the other gives the latest that it may be now, by our clock and by all Dates so far.
 */
void bakery__client_see_clock(bakery_client *client, int64_t server_s);
int64_t bakery__client_latest_now_s(bakery_client *client);

bool bakery__client_is_cancelled(const bakery_client *client);

/*
 * In between, only being cancelled once more counts: what was begun is taken back even after Ctrl-C. A pair may stand
 * inside another: the second is given what the first answered. Of this client alone, and by its own thread.
 */
unsigned bakery__client_forgive(bakery_client *client);
void bakery__client_unforgive(bakery_client *client, unsigned before);

/* One line to the log callback, made harmless. */
void bakery__client_log(const bakery_client *client, bakery_log_level level, const char *format, ...)
        BAKERY__PRINTF(3, 4);

/*
 * A client for one more thread. It shares with this one, and with its other workers, the options, the profile, the
 * clock, the tokens of retries and being cancelled; it has a transport and a signer of its own. Callbacks come one at a
 * time, but a transport of the caller's is called by all of them. Free it with bakery_client_free(), in any order.
 */
bakery_status bakery__client_worker(bakery_client *client, bakery_client **ret_worker, bakery_error **err);

/* Made at the first call; NULL and *err on failure. */
bakery_signer *bakery__client_signer(bakery_client *client, bakery_error **err);

/* Of the tokens: as bakery__retry_take() and bakery__retry_give_back(). */
unsigned bakery__client_take(bakery_client *client, enum retry_kind kind);
void bakery__client_give_back(bakery_client *client, unsigned taken);

/* A number from 0 to 1, for the waits between tries: not for secrets. */
double bakery__client_random(bakery_client *client);

/* Calls the transport. */
bakery_status bakery__client_transport(bakery_client *client, const bakery_http_request *request,
                                       bakery_http_answer *answer, bool *ret_sent, bakery_error **err);

/* Waits, unless the client is cancelled: BAKERY_ERR_CANCELLED. */
bakery_status bakery__client_wait(bakery_client *client, unsigned wait_ms, bakery_error **err);

#endif
