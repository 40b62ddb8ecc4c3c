/* The Security Token Service: who am I, and short-lived credentials for roles. */
#ifndef BAKERY_STS_H
#define BAKERY_STS_H

#include <stdint.h>

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/credentials.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Every call may give, besides what it says itself: BAKERY_ERR_CREDENTIALS (the keys are unknown, expired or not
 * complete), BAKERY_ERR_DENIED (AccessDenied), BAKERY_ERR_AWS (any other refusal: see bakery_error_aws_code()),
 * BAKERY_ERR_ARGUMENT (a role, a session name or an MFA code that is none, no region; nothing was sent),
 * BAKERY_ERR_CONFIG (a region, an endpoint or certificates of the AWS settings that cannot be used; nothing was sent),
 * BAKERY_ERR_NETWORK, BAKERY_ERR_LIMIT (an answer that is too large), BAKERY_ERR_CANCELLED, BAKERY_ERR_SYSTEM (a shared
 * library that cannot be read), BAKERY_ERR_MEMORY. Outputs are untouched on failure.
 */

/** A tag of a session. */
typedef struct bakery_session_tag {
        const char *key;
        const char *value;
} bakery_session_tag;

/**
 * The parameters of AssumeRole, all of them; what is NULL or 0 is not sent. Begin with BAKERY_ASSUME_ROLE_INIT.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
typedef struct bakery_assume_role {
        size_t size;
        const char *role_arn;          /**< required */
        const char *role_session_name; /**< required: 2 to 64 of [A-Za-z0-9_+=,.@-] */
        unsigned duration_s;
        const char *external_id;
        const char *policy;             /**< a session policy, JSON */
        const char *const *policy_arns; /**< managed session policies */
        size_t policy_arn_count;
        const bakery_session_tag *tags;
        size_t tag_count;
        const char *const *transitive_tag_keys;
        size_t transitive_tag_key_count;
        const char *serial_number; /**< of the MFA device */
        const char *token_code; /**< six digits; a call that carries one is not sent again once it may have arrived */
        const char *source_identity;
        const char *region; /**< of STS; NULL: the client's */
} bakery_assume_role;
#define BAKERY_ASSUME_ROLE_INIT                                                                                     \
        {                                                                                                           \
                sizeof(bakery_assume_role), NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, 0, NULL, 0, NULL, NULL, NULL, \
                        NULL                                                                                        \
        }

/** Assumes a role with keys. Free *ret with bakery_credentials_free(). */
BAKERY_EXPORT bakery_status bakery_sts_assume_role(bakery_client *client, const bakery_credentials *keys,
                                                   const bakery_assume_role *request, bakery_credentials **ret,
                                                   bakery_error **err);

/**
 * Assumes a role with the token of a web identity; nothing is signed. Of request, the role, session name, duration,
 * policies and region are used. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
BAKERY_EXPORT bakery_status bakery_sts_assume_role_with_web_identity(bakery_client *client, const char *token,
                                                                     const bakery_assume_role *request,
                                                                     bakery_credentials **ret, bakery_error **err);

/**
 * An MFA session: keys that carry "MFA was shown" for duration_s (900 to 129,600; 0: STS's own, 12 hours).
 * serial_number and token_code may be NULL.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
BAKERY_EXPORT bakery_status bakery_sts_get_session_token(bakery_client *client, const bakery_credentials *keys,
                                                         unsigned duration_s, const char *serial_number,
                                                         const char *token_code, bakery_credentials **ret,
                                                         bakery_error **err);

/** Whose the keys are. Begin with BAKERY_IDENTITY_INIT; free the texts with bakery_identity_clear(). */
typedef struct bakery_identity {
        size_t size;
        char *account; /**< twelve digits */
        char *arn;
        char *user_id;
} bakery_identity;
#define BAKERY_IDENTITY_INIT                              \
        {                                                 \
                sizeof(bakery_identity), NULL, NULL, NULL \
        }
BAKERY_EXPORT void bakery_identity_clear(bakery_identity *identity);

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
BAKERY_EXPORT bakery_status bakery_sts_get_caller_identity(bakery_client *client, const bakery_credentials *keys,
                                                           const char *region, bakery_identity *ret,
                                                           bakery_error **err);

/** The JSON behind the encoded message of a refusal; free it with bakery_free().
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html */
BAKERY_EXPORT bakery_status bakery_sts_decode_authorization_message(bakery_client *client,
                                                                    const bakery_credentials *keys, const char *encoded,
                                                                    char **ret_json, bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
