/* Signing: AWS Signature Version 4 for a request of your own, whatever sends it. */
#ifndef BAKERY_SIGNER_H
#define BAKERY_SIGNER_H

#include <stdint.h>

#include <bakery/base.h>
#include <bakery/error.h>
#include <bakery/http.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A signer. Make one and keep it: it holds the signing key of the last day, region, service and secret, and the
 * memory that it works in, so that the next signature costs two hashes. Used by one thread at a time.
 *
 *      bakery_signer_request request = BAKERY_SIGNER_REQUEST_INIT;
 *      request.method = "GET";
 *      request.host = "sts.eu-west-1.amazonaws.com";
 *      request.query = "Action=GetCallerIdentity&Version=2011-06-15";
 *      request.region = "eu-west-1";
 *      request.service = "sts";
 *      request.time_s = time(NULL);
 *      request.access_key_id = ..., request.secret_access_key = ..., request.session_token = ...;
 *      if (bakery_signer_sign(signer, &request, &err) == BAKERY_OK)
 *              for (size_t i = 0; i < bakery_signer_header_count(signer); i++)
 *                      add(bakery_signer_header_name(signer, i), bakery_signer_header_value(signer, i));
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
typedef struct bakery_signer bakery_signer;

/** What may be put together with | in bakery_signer_request.flags. */
enum {
        /** Sends and signs x-amz-content-sha256. S3 is always signed so. */
        BAKERY_SIGNER_CONTENT_SHA256 = 1,
        /** The session token is sent, but not signed: for the few services that ask for it, such as IoT. */
        BAKERY_SIGNER_TOKEN_UNSIGNED = 2
};

/**
 * The request as it will be sent. Begin with BAKERY_SIGNER_REQUEST_INIT, which sets size. Everything is borrowed,
 * for the call only. Fields that are not marked as optional must be set.
 */
typedef struct bakery_signer_request {
        size_t size;
        const char *method; /**< "GET" */
        const char *host;   /**< as the Host header has it, with the port when it is not the scheme's own */
        const char *path;   /**< percent-encoded as it is sent, from the first "/"; NULL is "/" */
        const char *query;  /**< percent-encoded as it is sent, without "?"; "+" is a plus. Optional */

        /** The headers to be signed besides Host, names and values not NULL. Those of the never-signed kind (User-Agent
         * ...) are left out. */
        const bakery_http_header *headers;
        size_t header_count;

        const void *body; /**< what is hashed, unless payload_hash is set; NULL: nothing */
        size_t body_size_bytes;
        const char *payload_hash; /**< 64 hexadecimal digits of its SHA-256, or "UNSIGNED-PAYLOAD". Optional */

        const char *region;  /**< what is signed for: "us-east-1" for most global endpoints */
        const char *service; /**< the signing name: "sts", "s3", "execute-api" */
        int64_t time_s;      /**< seconds since 1970 UTC; AWS takes what is at most five minutes off */

        const char *access_key_id;
        const char *secret_access_key;
        const char *session_token; /**< NULL or "" for long-lived keys */

        unsigned flags; /**< BAKERY_SIGNER_... */
} bakery_signer_request;
#define BAKERY_SIGNER_REQUEST_INIT                                                                                  \
        {                                                                                                           \
                sizeof(bakery_signer_request), NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, 0, NULL, \
                        NULL, NULL, 0                                                                               \
        }

/** Makes a signer; libcrypto is not needed before the first signature. Gives BAKERY_ERR_MEMORY. */
BAKERY_EXPORT bakery_status bakery_signer_new(bakery_signer **ret_signer, bakery_error **err);

/** Frees signer and wipes what it held. NULL is fine. */
BAKERY_EXPORT void bakery_signer_free(bakery_signer *signer);

/**
 * Signs request in header form: afterwards the signer holds the headers to add to it, X-Amz-Date, Authorization
 * and, where they apply, X-Amz-Security-Token and X-Amz-Content-Sha256. Host and the request's own headers are
 * sent by the caller, unchanged.
 *
 * The path of S3 is encoded once and kept as it is; that of any other service is normalised ("." and ".." and
 * doubled slashes) and encoded a second time, as AWS does on the other side.
 *
 * Gives BAKERY_ERR_ARGUMENT: a field is missing or has bytes that it cannot have, or the caller passes what the
 * signer makes (Host, Authorization, X-Amz-Date, X-Amz-Security-Token, X-Amz-Content-Sha256 among the headers,
 * X-Amz-Algorithm, -Credential, -Date, -Expires, -SignedHeaders, -Security-Token, -Signature in the query);
 * BAKERY_ERR_LIMIT when headers or query are larger than 1 MiB; BAKERY_ERR_SYSTEM when there is no libcrypto;
 * BAKERY_ERR_MEMORY. On failure the signer holds no headers. No message repeats a value of the request.
 */
BAKERY_EXPORT bakery_status bakery_signer_sign(bakery_signer *signer, const bakery_signer_request *request,
                                               bakery_error **err);

/** The headers of the last successful bakery_signer_sign(), borrowed until the next call. "" beyond the count. */
BAKERY_EXPORT size_t bakery_signer_header_count(const bakery_signer *signer);
BAKERY_EXPORT const char *bakery_signer_header_name(const bakery_signer *signer, size_t i);
BAKERY_EXPORT const char *bakery_signer_header_value(const bakery_signer *signer, size_t i);

/**
 * Signs request in query form (presigned): *ret_query is the whole query to send behind "?", sorted, the request's
 * own parameters included, borrowed until the next call. It works for expires_s seconds, 1 to 604,800 (a week), and
 * never longer than the credentials. Whoever has it may send the request: treat it as a secret.
 *
 * Headers that the request names are signed and must then be sent by whoever uses the query. The payload of S3 is
 * UNSIGNED-PAYLOAD unless payload_hash says otherwise. Gives what bakery_signer_sign() gives; on failure *ret_query
 * is untouched.
 */
BAKERY_EXPORT bakery_status bakery_signer_presign(bakery_signer *signer, const bakery_signer_request *request,
                                                  unsigned expires_s, const char **ret_query, bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
