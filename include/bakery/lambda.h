/* Being the bootstrap of a custom runtime of AWS Lambda: a program that serves invocations, one after the other. */
#ifndef BAKERY_LAMBDA_H
#define BAKERY_LAMBDA_H

#include <stdint.h>

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An invocation; borrowed for the call. */
typedef struct bakery_invocation {
        size_t size;
        const char *event; /**< JSON */
        size_t event_size_bytes;
        const char *request_id;
        int64_t deadline_ms; /**< milliseconds since 1970 UTC, when Lambda ends the process; 0: not known */
} bakery_invocation;

/**
 * Serves one invocation. *ret_answer gets JSON, which is freed with bakery_free(). Anything but BAKERY_OK is a failed
 * invocation, with the message of *err. Must not throw.
 */
typedef bakery_status bakery_lambda_function(const bakery_invocation *invocation, void *context, char **ret_answer,
                                             bakery_error **err);

/**
 * Asks for invocations and serves them, for ever: waiting for one has no limit of time. The address is that of
 * AWS_LAMBDA_RUNTIME_API in the environment of client. A failed invocation does not end it.
 *
 * Gives BAKERY_ERR_ARGUMENT (the variable is not set, or is no host and port), BAKERY_ERR_NETWORK (the runtime API is
 * not there, or speaks otherwise), BAKERY_ERR_CANCELLED, BAKERY_ERR_MEMORY.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
BAKERY_EXPORT bakery_status bakery_lambda_serve(bakery_client *client, bakery_lambda_function *function, void *context,
                                                bakery_error **err);

/** Tells Lambda that the program cannot begin, and why; it then should exit. Gives what bakery_lambda_serve() gives. */
BAKERY_EXPORT bakery_status bakery_lambda_fail_init(bakery_client *client, const bakery_error *failure,
                                                    bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
