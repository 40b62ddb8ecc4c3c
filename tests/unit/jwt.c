#include "jwt.h"

#include <check.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/shared_library.h"
#include "formats/base64.h"
#include "support.h"

static const char public_key[] = "-----BEGIN PUBLIC KEY-----\n"
                                 "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+rEH89l3tFFqUEhvzZJG+o86RS6U\n"
                                 "tUMQjPt+4kaSYHcBGWtI2QKE4/8sQwrLDOU5xUwxQa6qFzI1TyTPqnLlEw==\n"
                                 "-----END PUBLIC KEY-----\n";

/* clang-format off */
#define FUNCTIONS(X)           \
        X(BIO_new_mem_buf)     \
        X(BIO_free)            \
        X(PEM_read_bio_PUBKEY) \
        X(EVP_PKEY_free)       \
        X(EVP_MD_CTX_new)      \
        X(EVP_MD_CTX_free)     \
        X(EVP_sha256)          \
        X(EVP_DigestVerifyInit) \
        X(EVP_DigestVerify)    \
        X(ECDSA_SIG_new)       \
        X(ECDSA_SIG_set0)      \
        X(ECDSA_SIG_free)      \
        X(i2d_ECDSA_SIG)       \
        X(BN_bin2bn)
/* clang-format on */
#define MEMBER(name) __typeof__(name) *name;
struct functions {
        FUNCTIONS(MEMBER)
};

/* The program is not linked with libcrypto: other tests see it opened at the first use. */
static void open_libcrypto(struct functions *ret)
{
#define SYMBOL(name) { #name, offsetof(struct functions, name) },
        static const struct shared_symbol symbols[] = { FUNCTIONS(SYMBOL) };
        static const struct shared_library libcrypto = { "libcrypto.so.3", "libssl3", symbols, N_ELEMENTS(symbols) };

        ck_assert_int_eq(bakery__shared_library_open(&libcrypto, ret, NULL), BAKERY_OK);
}

static void decode(struct span text, struct buf *into)
{
        AUTO_CLEAR(buf) usual = { .max = 5000 };

        for (size_t i = 0; i < text.len; i++)
                bakery__buf_char(&usual, text.at[i] == '-' ? '+' : text.at[i] == '_' ? '/' : text.at[i]);
        bakery__buf_repeat(&usual, '=', (4 - text.len % 4) % 4);
        ck_assert(bakery__base64_decode(into, (struct span){ usual.at, usual.len }));
}

static bool is_signed(struct span text, const struct buf *signature)
{
        const unsigned char *numbers_at = (const unsigned char *)signature->at;
        struct functions call;

        open_libcrypto(&call);
        BIO *bio = call.BIO_new_mem_buf(public_key, -1);
        EVP_PKEY *key = call.PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
        EVP_MD_CTX *context = call.EVP_MD_CTX_new();
        ECDSA_SIG *numbers = call.ECDSA_SIG_new();
        unsigned char der[128], *end = der;

        ck_assert_int_eq(call.ECDSA_SIG_set0(numbers, call.BN_bin2bn(numbers_at, 32, NULL),
                                             call.BN_bin2bn(numbers_at + 32, 32, NULL)),
                         1);
        int len = call.i2d_ECDSA_SIG(numbers, &end);
        ck_assert_int_eq(call.EVP_DigestVerifyInit(context, NULL, call.EVP_sha256(), NULL, key), 1);
        int right = call.EVP_DigestVerify(context, der, (size_t)len, (const unsigned char *)text.at, text.len);
        call.ECDSA_SIG_free(numbers);
        call.EVP_MD_CTX_free(context);
        call.EVP_PKEY_free(key);
        call.BIO_free(bio);
        return right == 1;
}

void read_jwt(const char *jwt, struct json *ret_header, struct json *ret_claims)
{
        AUTO_CLEAR(buf) header = { .max = 5000 };
        AUTO_CLEAR(buf) claims = { .max = 5000 };
        AUTO_CLEAR(buf) signature = { .max = 5000 };
        const char *dot = strchr(jwt, '.'), *last = strrchr(jwt, '.');

        ck_assert_msg(dot && last > dot, "%s", jwt);
        decode((struct span){ jwt, (size_t)(dot - jwt) }, &header);
        decode((struct span){ dot + 1, (size_t)(last - dot - 1) }, &claims);
        decode(bakery__span(last + 1), &signature);
        ck_assert_uint_eq(signature.len, 64);
        ck_assert_msg(is_signed((struct span){ jwt, (size_t)(last - jwt) }, &signature), "%s", jwt);
        parse_json(header.at, ret_header);
        parse_json(claims.at, ret_claims);
}
