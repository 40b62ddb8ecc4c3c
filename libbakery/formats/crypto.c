#include "formats/crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
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

const char *bakery__crypto_version(bakery_error **err)
{
        return need_crypto(err) ? NULL : crypto.call.OpenSSL_version(OPENSSL_VERSION_STRING);
}
