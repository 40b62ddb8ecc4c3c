/* The client: the clock, the environment and the network, as the library sees them. */
#ifndef BAKERY_CLIENT_H
#define BAKERY_CLIENT_H

#include <stdint.h>

#include <bakery/base.h>
#include <bakery/error.h>
#include <bakery/http.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Everything that talks to AWS goes through a client: it carries the clock, the environment, the transport, every
 * time-out and the log. A client is used by one thread at a time. Calls that work in parallel start threads of their
 * own: what the options hold is then called from these, one at a time, but for the transport, which all of them call.
 */
typedef struct bakery_client bakery_client;

typedef enum bakery_log_level {
        BAKERY_LOG_WARNING = 0, /**< something to mend: a clock that is off, a cache that cannot be written */
        BAKERY_LOG_INFO = 1,    /**< which source of credentials, which endpoint */
        BAKERY_LOG_DEBUG = 2    /**< each request and its outcome; never a secret */
} bakery_log_level;

/** One line without a newline, fit for a terminal, borrowed for the call. Must not throw. */
typedef void bakery_log_function(bakery_log_level level, const char *text, void *context);

/** Begin with BAKERY_CLIENT_OPTIONS_INIT. What is NULL or 0 is as the comment says; text is copied. */
typedef struct bakery_client_options {
        size_t size;

        const char *region;       /**< for requests that name none; NULL: AWS_REGION, AWS_DEFAULT_REGION */
        const char *endpoint_url; /**< for every service; NULL: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL */
        int use_fips;             /**< also by AWS_USE_FIPS_ENDPOINT */
        int use_dual_stack;       /**< also by AWS_USE_DUALSTACK_ENDPOINT */
        int allow_http;           /**< endpoints without TLS beyond loopback: for networks that are sealed otherwise */

        bakery_log_function *log; /**< NULL: nothing is logged */
        void *log_context;

        bakery_transport_function *transport; /**< NULL: libcurl */
        void *transport_context;

        const char *(*getenv)(const char *name, void *context); /**< NULL: the process's, but not when set-uid */
        int64_t (*now_ms)(void *context);                       /**< milliseconds since 1970 UTC; NULL: the system's */
        void *world_context;                                    /**< of the two above */

        unsigned connect_timeout_ms;   /**< 0: 3,100 */
        unsigned total_timeout_ms;     /**< of one request; 0: 60,000 */
        unsigned max_attempts;         /**< 0: 3 */
        unsigned retry_base_ms;        /**< the first wait is at most this long; 0: 50, and 1,000 when throttled */
        unsigned retry_cap_ms;         /**< no wait is longer; 0: 20,000 */
        unsigned process_timeout_ms;   /**< of what credential_process and mfa_process name; 0: 60,000 */
        unsigned low_speed_timeout_ms; /**< less than 100 bytes a second for so long; whole seconds; 0: 30,000 */
        unsigned webhook_timeout_ms;   /**< of a message to a webhook, all tries and waits together; 0: 30,000 */
        unsigned throttled_attempts;   /**< of a request that AWS answers with "slow down"; 0: max_attempts */
} bakery_client_options;
#define BAKERY_CLIENT_OPTIONS_INIT                                                                                     \
        {                                                                                                              \
                sizeof(bakery_client_options), NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, \
                        0, 0, 0, 0, 0, 0                                                                               \
        }

/** options may be NULL. Gives BAKERY_ERR_ARGUMENT (a size that is none, a URL that is none), BAKERY_ERR_MEMORY. */
BAKERY_EXPORT bakery_status bakery_client_new(const bakery_client_options *options, bakery_client **ret_client,
                                              bakery_error **err);

/** NULL is fine. */
BAKERY_EXPORT void bakery_client_free(bakery_client *client);

/**
 * Ends what the client is doing, and what it will be asked to do, with BAKERY_ERR_CANCELLED; but a change set that
 * nobody will carry out is still deleted, unless this is called once more meanwhile. The only call that another thread,
 * or a signal handler, may make.
 */
BAKERY_EXPORT void bakery_client_cancel(bakery_client *client);

#ifdef __cplusplus
}
#endif
#endif
