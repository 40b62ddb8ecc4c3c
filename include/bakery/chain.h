/* The provider chain: whose keys to use, found as the AWS CLI finds them. */
#ifndef BAKERY_CHAIN_H
#define BAKERY_CHAIN_H

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/credentials.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Asks a person for something that must not be seen, an MFA code: prompt is one line. The answer is put into answer, of
 * size_bytes, NUL-terminated. Gives BAKERY_OK; BAKERY_ERR_CREDENTIALS when nobody is there to ask;
 * BAKERY_ERR_CANCELLED.
 */
typedef bakery_status bakery_ask_function(const char *prompt, char *answer, size_t size_bytes, void *context,
                                          bakery_error **err);

/** Begin with BAKERY_CHAIN_OPTIONS_INIT. Texts are borrowed for the call. */
typedef struct bakery_chain_options {
        size_t size;
        const char *profile; /**< named: the environment's keys are passed over; NULL: AWS_PROFILE, else "default" */
        int no_metadata;     /**< do not ask the instance metadata */
        bakery_ask_function *ask; /**< NULL: nobody is there */
        void *ask_context;
} bakery_chain_options;
#define BAKERY_CHAIN_OPTIONS_INIT                                 \
        {                                                         \
                sizeof(bakery_chain_options), NULL, 0, NULL, NULL \
        }

/**
 * The first credentials there are, in this order: the environment (AWS_ACCESS_KEY_ID ...), the profile (role chain, web
 * identity, SSO token, static keys, `aws login` session, credential_process: the AWS CLI's order), web identity of the
 * environment, container, instance metadata. A source that is there and fails ends the search with its error: no other
 * identity is taken silently. The token of an sso-session and the keys of `aws login` are renewed when they have less
 * than five minutes left, and written back to the AWS CLI's file, 0600, so that all share them; one of many processes
 * does it. From then on the client follows the profile's region and endpoints where neither its
 * options nor the environment name others. options may be NULL.
 *
 * Gives BAKERY_ERR_CREDENTIALS (none, half a pair, a profile that is not there or goes in circles, a source that
 * failed), BAKERY_ERR_CONFIG (a profile file is wrong, by file and line), BAKERY_ERR_IO and BAKERY_ERR_LIMIT (it cannot
 * be read, is too large), and what the calls to AWS give.
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
BAKERY_EXPORT bakery_status bakery_chain_resolve(bakery_client *client, const bakery_chain_options *options,
                                                 bakery_credentials **ret_credentials, bakery_error **err);

/**
 * The region of the profile (its own, not the environment's), in *ret_region, to be freed with bakery_free(); NULL
 * there when it names none. profile as in the options.
 */
BAKERY_EXPORT bakery_status bakery_chain_region(bakery_client *client, const char *profile, char **ret_region,
                                                bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
