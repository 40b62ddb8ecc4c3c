/* One's own session in the Bakery account: the keys one has, with MFA shown where that is wanted. */
#ifndef BAKERY_SESSION_H
#define BAKERY_SESSION_H

#include <bakery/base.h>
#include <bakery/chain.h>
#include <bakery/client.h>
#include <bakery/config.h>
#include <bakery/credentials.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Begin with BAKERY_SESSION_INIT. Texts are borrowed for the call; what is NULL or 0 is as the comment says. */
typedef struct bakery_session {
        size_t size;
        bakery_chain_options chain;  /**< whose keys; begin with BAKERY_CHAIN_OPTIONS_INIT */
        int show_mfa;                /**< with keys that are a user's own; a session carries MFA already, or cannot */
        const bakery_config *config; /**< whose strictest MfaMaxAge the session keeps to; NULL: 12 hours */
        const char *mfa_serial;      /**< as in bakery_assume */
        const char *mfa_code;        /**< as in bakery_assume */
        const char *region;          /**< of STS; NULL: the client's */
        const char *cache_folder;    /**< as in bakery_assume */
} bakery_session;
#define BAKERY_SESSION_INIT                                                                         \
        {                                                                                           \
                sizeof(bakery_session), BAKERY_CHAIN_OPTIONS_INIT, 0, NULL, NULL, NULL, NULL, NULL, \
        }

/**
 * Gives the keys of the chain; or, with show_mfa, the MFA session made of them, which is the one that roles are assumed
 * from, and kept in the same cache: one code a day serves both.
 *
 * Gives BAKERY_ERR_ARGUMENT (a size that is none), BAKERY_ERR_CREDENTIALS (no keys, no MFA device, nobody to ask for a
 * code), BAKERY_ERR_DENIED (a code that AWS does not take), and what bakery_chain_resolve() and STS give.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
BAKERY_EXPORT bakery_status bakery_session_resolve(bakery_client *client, const bakery_session *request,
                                                   bakery_credentials **ret_credentials, bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
