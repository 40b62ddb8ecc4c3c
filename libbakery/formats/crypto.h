/* SHA-256, HMAC-SHA256 and ES256. The only place that knows libcrypto, which is opened at the first call. */
#ifndef BAKERY_FORMATS_CRYPTO_H
#define BAKERY_FORMATS_CRYPTO_H

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

enum { SHA256_BYTES = 32, SHA256_HEX_BYTES = 2 * SHA256_BYTES + 1 };
enum { SHA1_BYTES = 20, SHA1_HEX_BYTES = 2 * SHA1_BYTES + 1 };

/*
 * Every call here may be made by any thread, and gives BAKERY_ERR_SYSTEM with the reason and what to install
 * when libcrypto cannot be opened, each time anew; BAKERY_ERR_MEMORY. Outputs are untouched on failure.
 */
bakery_status bakery__sha256(struct span bytes, unsigned char ret_digest[SHA256_BYTES], bakery_error **err);

/* The same as 64 lower-case hexadecimal digits and a NUL. */
bakery_status bakery__sha256_hex(struct span bytes, char ret_hex[SHA256_HEX_BYTES], bakery_error **err);

/*
 * SHA-1, as 40 digits and a NUL. For nothing but finding a file: the AWS CLI names what it keeps of an SSO session so.
 */
bakery_status bakery__sha1_hex(struct span bytes, char ret_hex[SHA1_HEX_BYTES], bakery_error **err);

/* size_bytes bytes as twice as many lower-case digits, and a NUL. */
void bakery__hex(const unsigned char *bytes, size_t size_bytes, char *ret_hex);

/*
 * HMAC-SHA256 with one key after another (RFC 2104). Begin with { 0 }. It keeps what is dear, the keyed state,
 * so that a second text under the same key costs neither a fetch nor an allocation. Not for two threads at once.
 */
struct hmac {
        struct evp_mac_ctx_st *context;
};

/* Sets the key, which is copied; the one before is wiped. A key of no bytes is a key. */
bakery_status bakery__hmac_set_key(struct hmac *hmac, struct span key, bakery_error **err);

/* The code of bytes under the key that was set last; BAKERY_ERR_ARGUMENT when none was. */
bakery_status bakery__hmac_sign(struct hmac *hmac, struct span bytes, unsigned char ret_code[SHA256_BYTES],
                                bakery_error **err);

/* Wipes the key. */
void bakery__hmac_clear(struct hmac *hmac);
DEFINE_AUTO_CLEAR(hmac, bakery__hmac_clear)

/*
 * A private key on the curve P-256, and what ES256 makes of it (RFC 7518, section 3.4): ECDSA over SHA-256, its two
 * numbers one behind the other. Begin with { 0 }; wiped when cleared.
 */
struct es256 {
        struct evp_pkey_st *key;
};
enum { ES256_NUMBER_BYTES = 32, ES256_SIGNATURE_BYTES = 2 * ES256_NUMBER_BYTES };

/*
 * Takes the key in pem, which has no pass phrase: "EC PRIVATE KEY" or "PRIVATE KEY". Gives BAKERY_ERR_FORMAT when it is
 * no such key; nothing of it is repeated.
 */
bakery_status bakery__es256_load(struct es256 *es256, struct span pem, bakery_error **err);

/* The point of the public key: x, then y. */
bakery_status bakery__es256_public(const struct es256 *es256, unsigned char ret_point[2 * ES256_NUMBER_BYTES],
                                   bakery_error **err);

bakery_status bakery__es256_sign(const struct es256 *es256, struct span bytes,
                                 unsigned char ret_signature[ES256_SIGNATURE_BYTES], bakery_error **err);

void bakery__es256_clear(struct es256 *es256);
DEFINE_AUTO_CLEAR(es256, bakery__es256_clear)

/* The version of libcrypto that runs, "3.0.22", borrowed for ever; NULL and *err when it cannot be opened. */
const char *bakery__crypto_version(bakery_error **err);

#endif
