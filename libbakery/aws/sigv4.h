/*
 * AWS Signature Version 4 as four stages: canonical request, string to sign, key, signature. Pure: the time, the
 * region and the keys come in. bakery/signer.h is the door for callers, and checks what they pass.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
#ifndef BAKERY_AWS_SIGV4_H
#define BAKERY_AWS_SIGV4_H

#include <bakery/signer.h>

#include "base/buf.h"
#include "formats/crypto.h"

enum sigv4_form { SIGV4_HEADERS, SIGV4_QUERY };

enum { SIGV4_TIME_BYTES = sizeof "20150830T123600Z", SIGV4_MAX_BYTES = 1 << 20 };

/* What is signed. All text is borrowed; what may be missing is empty. */
struct sigv4 {
        enum sigv4_form form;
        bool s3_path;        /* encoded once and not normalised */
        bool hash_sent;      /* x-amz-content-sha256 is sent and signed */
        bool token_unsigned; /* the session token is sent, but not signed */
        struct span method, host, path, query;
        const bakery_http_header *headers;
        size_t header_count;
        struct span payload_hash;
        struct span region, service, access_key_id, session_token;
        unsigned expires_s;          /* of SIGV4_QUERY */
        char time[SIGV4_TIME_BYTES]; /* the first eight are the day */
};

/* Memory that the stages work in, and leave their results in. Begin with SIGV4_WORK_INIT; kept from call to call. */
struct sigv4_work {
        struct buf words; /* what the fields point into */
        struct sigv4_field *fields;
        size_t field_count, field_capacity;

        struct buf signed_headers; /* "host;x-amz-date" */
        struct buf canonical_request;
        size_t query_at, query_len; /* of the canonical query in it */
        struct buf string_to_sign;
};
#define SIGV4_BUF_INIT                                 \
        {                                              \
                .max = SIGV4_MAX_BYTES, .secret = true \
        }
#define SIGV4_WORK_INIT                                                                                         \
        {                                                                                                       \
                .words = SIGV4_BUF_INIT, .signed_headers = SIGV4_BUF_INIT, .canonical_request = SIGV4_BUF_INIT, \
                .string_to_sign = SIGV4_BUF_INIT,                                                               \
        }
void bakery__sigv4_work_clear(struct sigv4_work *work);
DEFINE_AUTO_CLEAR(sigv4_work, bakery__sigv4_work_clear)

/* Empties buf without giving its memory back, whatever ended it. */
void bakery__sigv4_restart(struct buf *buf);

/* time_s as "20150830T123600Z"; false when it is not in the years 1970 to 9999. */
bool bakery__sigv4_time(int64_t time_s, char ret_time[SIGV4_TIME_BYTES]);

extern const char bakery__sigv4_algorithm[];

/* The digest of no bytes. */
extern const char bakery__sigv4_empty_hash[SHA256_HEX_BYTES];

/*
 * 1. The canonical request, with the canonical query and the list of signed headers.
 * Gives BAKERY_ERR_ARGUMENT when the caller's headers or parameters are those that the signer makes;
 * BAKERY_ERR_LIMIT, BAKERY_ERR_MEMORY.
 */
bakery_status bakery__sigv4_canonical_request(const struct sigv4 *in, struct sigv4_work *work, bakery_error **err);

/* Appends "20150830/us-east-1/sts/aws4_request". */
void bakery__sigv4_scope(struct buf *into, const struct sigv4 *in);

/* 2. The string to sign, from the canonical request in work. */
bakery_status bakery__sigv4_string_to_sign(const struct sigv4 *in, struct sigv4_work *work, bakery_error **err);

/* 3. Leaves hmac under the signing key of that day, region and service. */
bakery_status bakery__sigv4_key(struct hmac *hmac, struct span secret_access_key, struct span day, struct span region,
                                struct span service, bakery_error **err);

/* 4. The signature of the string to sign in work, under the key in hmac. */
bakery_status bakery__sigv4_signature(struct hmac *hmac, const struct sigv4_work *work, char ret_hex[SHA256_HEX_BYTES],
                                      bakery_error **err);

/* Appends the value of the Authorization header; for SIGV4_QUERY the whole query to send. */
void bakery__sigv4_authorization(struct buf *into, const struct sigv4 *in, const struct sigv4_work *work,
                                 const char *signature);
void bakery__sigv4_signed_query(struct buf *into, const struct sigv4 *in, const struct sigv4_work *work,
                                const char *signature);

#endif
