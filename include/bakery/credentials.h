/* Credentials: what requests are signed with. */
#ifndef BAKERY_CREDENTIALS_H
#define BAKERY_CREDENTIALS_H

#include <stdint.h>

#include <bakery/base.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An access key, its secret, and for temporary ones the session token and its end. Wiped when freed. */
typedef struct bakery_credentials bakery_credentials;

/**
 * Copies the texts. session_token may be NULL (long-lived keys), expiration_s 0 (no end known), source NULL.
 * Gives BAKERY_ERR_CREDENTIALS when a text is empty or has white space or control bytes, BAKERY_ERR_MEMORY.
 */
BAKERY_EXPORT bakery_status bakery_credentials_new(const char *access_key_id, const char *secret_access_key,
                                                   const char *session_token, int64_t expiration_s, const char *source,
                                                   bakery_credentials **ret_credentials, bakery_error **err);

/** NULL is fine. */
BAKERY_EXPORT void bakery_credentials_free(bakery_credentials *credentials);

/** Borrowed from the credentials. The secret and the token are for signing: print them only when asked for them. */
BAKERY_EXPORT const char *bakery_credentials_access_key_id(const bakery_credentials *credentials);
BAKERY_EXPORT const char *bakery_credentials_secret_access_key(const bakery_credentials *credentials);
/** NULL for long-lived keys. */
BAKERY_EXPORT const char *bakery_credentials_session_token(const bakery_credentials *credentials);

/** Seconds since 1970 UTC; 0 when there is no end, or none is known. */
BAKERY_EXPORT int64_t bakery_credentials_expiration_s(const bakery_credentials *credentials);

/** Where they came from, for people: "environment", "profile dev: source_profile base". */
BAKERY_EXPORT const char *bakery_credentials_source(const bakery_credentials *credentials);

#ifdef __cplusplus
}
#endif
#endif
