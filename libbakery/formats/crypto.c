#include "formats/crypto.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <string.h>

#include "base/shared_library.h"

/* clang-format off */
#define FUNCTIONS(X)                        \
        X(EVP_MD_fetch)                     \
        X(EVP_MD_free)                      \
        X(EVP_MAC_fetch)                    \
        X(EVP_Digest)                       \
        X(EVP_MAC_CTX_new)                  \
        X(EVP_MAC_CTX_free)                 \
        X(EVP_MAC_init)                     \
        X(EVP_MAC_update)                   \
        X(EVP_MAC_final)                    \
        X(OSSL_PARAM_construct_utf8_string) \
        X(OSSL_PARAM_construct_end)         \
        X(BIO_new_mem_buf)                  \
        X(BIO_free)                         \
        X(PEM_read_bio_PrivateKey)          \
        X(EVP_PKEY_get_group_name)          \
        X(EVP_PKEY_get_bn_param)            \
        X(EVP_PKEY_free)                    \
        X(EVP_MD_CTX_new)                   \
        X(EVP_MD_CTX_free)                  \
        X(EVP_DigestSignInit)               \
        X(EVP_DigestSign)                   \
        X(d2i_ECDSA_SIG)                    \
        X(ECDSA_SIG_get0)                   \
        X(ECDSA_SIG_free)                   \
        X(BN_bn2binpad)                     \
        X(BN_free)                          \
        X(ERR_peek_last_error)              \
        X(ERR_set_mark)                     \
        X(ERR_pop_to_mark)                  \
        X(OpenSSL_version)
/* clang-format on */

#define MEMBER(name) __typeof__(name) *name;
struct functions {
        FUNCTIONS(MEMBER)
};

/* Written once, under the pthread_once below, and only read from then on. */
static struct {
        struct shared_library_outcome outcome;
        struct functions call;
        EVP_MD *sha256; /* fetched once: a fetch costs more than a short digest */
        EVP_MAC *hmac;
} crypto;

static pthread_once_t crypto_once = PTHREAD_ONCE_INIT;

#ifdef BAKERY_NETWORK_LINKED

static bakery_status find_functions(bakery_error **err)
{
        (void)err;
#define LINKED(name) .name = name,
        crypto.call = (struct functions){ FUNCTIONS(LINKED) };
        return BAKERY_OK;
}

#else

SHARED_LIBRARY_NOTE(crypto_note, "[{\"feature\":\"crypto\",\"description\":\"Signing of requests to AWS\","
                                 "\"priority\":\"recommended\",\"soname\":[\"libcrypto.so.3\"]}]");

static bakery_status find_functions(bakery_error **err)
{
#define SYMBOL(name) { #name, offsetof(struct functions, name) },
        static const struct shared_symbol symbols[] = { FUNCTIONS(SYMBOL) };
        static const struct shared_library libcrypto = { "libcrypto.so.3", "libssl3", symbols, N_ELEMENTS(symbols) };

        return bakery__shared_library_open(&libcrypto, &crypto.call, err);
}

#endif

static bakery_status open_and_fetch(bakery_error **err)
{
        bakery_status st = find_functions(err);

        if (st)
                return st;
        crypto.sha256 = crypto.call.EVP_MD_fetch(NULL, "SHA256", NULL);
        crypto.hmac = crypto.call.EVP_MAC_fetch(NULL, "HMAC", NULL);
        if (crypto.sha256 && crypto.hmac)
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_SYSTEM, "libcrypto.so.3 offers no SHA-256 or no HMAC");
        bakery__error_hint(err, "look at its configuration: openssl.cnf, OPENSSL_CONF");
        return BAKERY_ERR_SYSTEM;
}

static void open_once(void)
{
        AUTO_PTR(bakery_error) err = NULL;
        bakery_status st = open_and_fetch(&err);

        bakery__outcome_keep(&crypto.outcome, st, err);
}

static bakery_status need_crypto(bakery_error **err)
{
        pthread_once(&crypto_once, open_once);
        return bakery__outcome_tell(&crypto.outcome, err);
}

bakery_status bakery__sha256(struct span bytes, unsigned char ret_digest[SHA256_BYTES], bakery_error **err)
{
        unsigned char digest[SHA256_BYTES];
        bakery_status st = need_crypto(err);

        if (st)
                return st;
        /* With the algorithm at hand and lengths that fit, only an allocation can fail in there. */
        if (crypto.call.EVP_Digest(bytes.at, bytes.len, digest, NULL, crypto.sha256, NULL) != 1)
                return bakery__fail_memory(err);
        memcpy(ret_digest, digest, sizeof digest);
        return BAKERY_OK;
}

void bakery__hex(const unsigned char *bytes, size_t size_bytes, char *ret_hex)
{
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < size_bytes; i++) {
                *ret_hex++ = digits[bytes[i] >> 4];
                *ret_hex++ = digits[bytes[i] & 15];
        }
        *ret_hex = '\0';
}

bakery_status bakery__sha256_hex(struct span bytes, char ret_hex[SHA256_HEX_BYTES], bakery_error **err)
{
        unsigned char digest[SHA256_BYTES];
        bakery_status st = bakery__sha256(bytes, digest, err);

        if (st)
                return st;
        bakery__hex(digest, sizeof digest, ret_hex);
        return BAKERY_OK;
}

bakery_status bakery__sha1_hex(struct span bytes, char ret_hex[SHA1_HEX_BYTES], bakery_error **err)
{
        unsigned char digest[SHA1_BYTES];
        bakery_status st = need_crypto(err);

        if (st)
                return st;
        /* Fetched for the one time that a command needs it. */
        EVP_MD *sha1 = crypto.call.EVP_MD_fetch(NULL, "SHA1", NULL);
        bool done = sha1 && crypto.call.EVP_Digest(bytes.at, bytes.len, digest, NULL, sha1, NULL) == 1;
        crypto.call.EVP_MD_free(sha1);
        if (!done)
                return bakery__fail(err, BAKERY_ERR_SYSTEM, "libcrypto.so.3 offers no SHA-1");
        bakery__hex(digest, sizeof digest, ret_hex);
        return BAKERY_OK;
}

/* A context that knows its digest, so that keys can follow without another fetch. */
static bakery_status new_context(struct evp_mac_ctx_st **ret_context, bakery_error **err)
{
        char digest[] = "SHA256";
        bakery_status st = need_crypto(err);

        if (st)
                return st;

        OSSL_PARAM params[] = {
                crypto.call.OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                crypto.call.OSSL_PARAM_construct_end(),
        };
        EVP_MAC_CTX *context = crypto.call.EVP_MAC_CTX_new(crypto.hmac);
        static const unsigned char no_key[1];
        if (!context || crypto.call.EVP_MAC_init(context, no_key, sizeof no_key, params) != 1) {
                crypto.call.EVP_MAC_CTX_free(context);
                return bakery__fail_memory(err);
        }
        *ret_context = context;
        return BAKERY_OK;
}

bakery_status bakery__hmac_set_key(struct hmac *hmac, struct span key, bakery_error **err)
{
        bakery_status st = hmac->context ? BAKERY_OK : new_context(&hmac->context, err);

        if (st)
                return st;
        /* A NULL key means "the one before" to EVP_MAC_init(). */
        const void *bytes = key.at ? key.at : "";
        if (crypto.call.EVP_MAC_init(hmac->context, bytes, key.len, NULL) == 1)
                return BAKERY_OK;
        bakery__hmac_clear(hmac); /* rather no key than another one */
        return bakery__fail_memory(err);
}

bakery_status bakery__hmac_sign(struct hmac *hmac, struct span bytes, unsigned char ret_code[SHA256_BYTES],
                                bakery_error **err)
{
        unsigned char code[SHA256_BYTES];
        size_t len = 0;

        if (!hmac->context)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "HMAC without a key");
        const void *text = bytes.at ? bytes.at : "";
        if (crypto.call.EVP_MAC_init(hmac->context, NULL, 0, NULL) != 1 ||
            crypto.call.EVP_MAC_update(hmac->context, text, bytes.len) != 1 ||
            crypto.call.EVP_MAC_final(hmac->context, code, &len, sizeof code) != 1 || len != sizeof code)
                return bakery__fail_memory(err);
        memcpy(ret_code, code, sizeof code);
        explicit_bzero(code, sizeof code); /* on the way to a signing key it is one */
        return BAKERY_OK;
}

void bakery__hmac_clear(struct hmac *hmac)
{
        if (hmac->context)
                crypto.call.EVP_MAC_CTX_free(hmac->context); /* which wipes the key */
        hmac->context = NULL;
}

/* A key with a pass phrase is none that we can use; without this libcrypto would ask the terminal. */
static int no_pass_phrase(char *text, int size, int writing, void *context)
{
        (void)text;
        (void)size;
        (void)writing;
        (void)context;
        return -1;
}

static bool is_on_p256(const EVP_PKEY *key)
{
        char name[64];
        size_t len = 0;

        return crypto.call.EVP_PKEY_get_group_name(key, name, sizeof name, &len) == 1 &&
               (strcmp(name, SN_X9_62_prime256v1) == 0 || strcmp(name, "P-256") == 0);
}

bakery_status bakery__es256_load(struct es256 *es256, struct span pem, bakery_error **err)
{
        AUTO_CLEAR(es256) found = { 0 };
        bakery_status st = need_crypto(err);

        if (st)
                return st;
        BIO *bio = pem.len <= INT_MAX ? crypto.call.BIO_new_mem_buf(pem.len > 0 ? pem.at : "", (int)pem.len) : NULL;
        if (!bio)
                return bakery__fail_memory(err);
        crypto.call.ERR_set_mark(); /* the program that we are a part of may look at what libcrypto left there */
        found.key = crypto.call.PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, NULL);
        bool fits = found.key && is_on_p256(found.key);
        bool no_memory = !fits && ERR_GET_REASON(crypto.call.ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
        crypto.call.ERR_pop_to_mark();
        crypto.call.BIO_free(bio);
        if (no_memory)
                return bakery__fail_memory(err);
        if (!fits)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "it is no private key on the curve P-256");
        bakery__es256_clear(es256);
        es256->key = STEAL(found.key);
        return BAKERY_OK;
}

static bool read_number(const EVP_PKEY *key, const char *name, unsigned char ret_number[ES256_NUMBER_BYTES])
{
        BIGNUM *number = NULL;
        bool done = crypto.call.EVP_PKEY_get_bn_param(key, name, &number) == 1 &&
                    crypto.call.BN_bn2binpad(number, ret_number, ES256_NUMBER_BYTES) == ES256_NUMBER_BYTES;

        crypto.call.BN_free(number);
        return done;
}

/* Not as the octets of the point, which may stand there compressed. */
bakery_status bakery__es256_public(const struct es256 *es256, unsigned char ret_point[2 * ES256_NUMBER_BYTES],
                                   bakery_error **err)
{
        unsigned char point[2 * ES256_NUMBER_BYTES];

        if (!read_number(es256->key, OSSL_PKEY_PARAM_EC_PUB_X, point) ||
            !read_number(es256->key, OSSL_PKEY_PARAM_EC_PUB_Y, point + ES256_NUMBER_BYTES))
                return bakery__fail_memory(err); /* they are there: only an allocation can fail in there */
        memcpy(ret_point, point, sizeof point);
        return BAKERY_OK;
}

/* From the form of X.509, whose numbers are as long as they happen to be. */
static bool read_signature(const unsigned char *der, size_t len, unsigned char ret_signature[ES256_SIGNATURE_BYTES])
{
        const BIGNUM *r = NULL, *s = NULL;
        ECDSA_SIG *signature = crypto.call.d2i_ECDSA_SIG(NULL, &der, (long)len);

        if (!signature)
                return false;
        crypto.call.ECDSA_SIG_get0(signature, &r, &s);
        bool fits = crypto.call.BN_bn2binpad(r, ret_signature, ES256_NUMBER_BYTES) == ES256_NUMBER_BYTES &&
                    crypto.call.BN_bn2binpad(s, ret_signature + ES256_NUMBER_BYTES, ES256_NUMBER_BYTES) ==
                            ES256_NUMBER_BYTES;
        crypto.call.ECDSA_SIG_free(signature);
        return fits;
}

bakery_status bakery__es256_sign(const struct es256 *es256, struct span bytes,
                                 unsigned char ret_signature[ES256_SIGNATURE_BYTES], bakery_error **err)
{
        unsigned char der[128], signature[ES256_SIGNATURE_BYTES];
        size_t len = sizeof der;
        EVP_MD_CTX *context = crypto.call.EVP_MD_CTX_new();
        bool done = context && crypto.call.EVP_DigestSignInit(context, NULL, crypto.sha256, NULL, es256->key) == 1 &&
                    crypto.call.EVP_DigestSign(context, der, &len, (const unsigned char *)bytes.at, bytes.len) == 1 &&
                    read_signature(der, len, signature);

        crypto.call.EVP_MD_CTX_free(context);
        if (!done)
                return bakery__fail_memory(err);
        memcpy(ret_signature, signature, sizeof signature);
        return BAKERY_OK;
}

void bakery__es256_clear(struct es256 *es256)
{
        if (es256->key)
                crypto.call.EVP_PKEY_free(es256->key); /* which wipes it */
        es256->key = NULL;
}

const char *bakery__crypto_version(bakery_error **err)
{
        return need_crypto(err) ? NULL : crypto.call.OpenSSL_version(OPENSSL_VERSION_STRING);
}
