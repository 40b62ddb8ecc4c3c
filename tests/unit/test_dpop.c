/* ES256, and the tokens that show the possession of a key. */
#include "formats/dpop.h"

#include <check.h>
#include <string.h>

#include "jwt.h"
#include "support.h"

Suite *dpop_suite(void);

/* As it is written by most, as PKCS #8, behind its parameters, and with its point compressed. */
static const char *const keys[] = {
        JWT_KEY,
        JWT_KEY_PKCS8,
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" JWT_KEY,
        "-----BEGIN EC PRIVATE KEY-----\n"
        "MFcCAQEEIFg3rL3dqQ6VbehkFj6JwvWpN7cg8cYfhGtVzsUm9SoJoAoGCCqGSM49\n"
        "AwEHoSQDIgAD+rEH89l3tFFqUEhvzZJG+o86RS6UtUMQjPt+4kaSYHc=\n"
        "-----END EC PRIVATE KEY-----\n",
};

static const char *text_at(const struct json *json, const char *path)
{
        return bakery__json_text_of(json_at(json, path));
}

START_TEST(shows_the_possession_of_a_key)
{
        AUTO_CLEAR(es256) key = { 0 };
        AUTO_CLEAR(buf) jwt = { .max = 4096 };
        AUTO_CLEAR(json) header = { 0 };
        AUTO_CLEAR(json) claims = { 0 };
        long long at = 0;

        ck_assert_int_eq(bakery__es256_load(&key, bakery__span(keys[_i]), NULL), BAKERY_OK);
        const struct dpop dpop = { &key, "POST", "https://eu-west-1.signin.aws.amazon.com/v1/token", 1795341600, "4d" };
        ck_assert_int_eq(bakery__dpop_print(&dpop, &jwt, NULL), BAKERY_OK);
        read_jwt(jwt.at, &header, &claims);
        ck_assert_str_eq(text_at(&header, "typ"), "dpop+jwt");
        ck_assert_str_eq(text_at(&header, "alg"), "ES256");
        ck_assert_str_eq(text_at(&header, "jwk/kty"), "EC");
        ck_assert_str_eq(text_at(&header, "jwk/crv"), "P-256");
        ck_assert_str_eq(text_at(&header, "jwk/x"), JWT_KEY_X);
        ck_assert_str_eq(text_at(&header, "jwk/y"), JWT_KEY_Y);
        ck_assert_ptr_null(json_at(&header, "jwk/d"));
        ck_assert_str_eq(text_at(&claims, "htm"), "POST");
        ck_assert_str_eq(text_at(&claims, "htu"), dpop.url);
        ck_assert_str_eq(text_at(&claims, "jti"), "4d");
        ck_assert(bakery__json_whole_number_of(json_at(&claims, "iat"), &at));
        ck_assert_int_eq(at, 1795341600);
}
END_TEST

/* The numbers of a signature are shorter than their places in one of 128. */
START_TEST(each_signature_holds)
{
        AUTO_CLEAR(es256) key = { 0 };

        ck_assert_int_eq(bakery__es256_load(&key, bakery__span(JWT_KEY), NULL), BAKERY_OK);
        for (int i = 0; i < 400; i++) {
                AUTO_CLEAR(buf) jwt = { .max = 4096 };
                AUTO_CLEAR(json) header = { 0 };
                AUTO_CLEAR(json) claims = { 0 };

                ck_assert_int_eq(bakery__dpop_print(&(struct dpop){ &key, "POST", "https://x", i, "x" }, &jwt, NULL),
                                 BAKERY_OK);
                read_jwt(jwt.at, &header, &claims);
        }
}
END_TEST

START_TEST(stands_behind_what_is_there)
{
        AUTO_CLEAR(es256) key = { 0 };
        AUTO_CLEAR(buf) text = { .max = 4096 };
        AUTO_CLEAR(json) header = { 0 };
        AUTO_CLEAR(json) claims = { 0 };

        ck_assert_int_eq(bakery__es256_load(&key, bakery__span(JWT_KEY), NULL), BAKERY_OK);
        bakery__buf_text(&text, "DPoP: ");
        ck_assert_int_eq(bakery__dpop_print(&(struct dpop){ &key, "GET", "https://x", 1, "x" }, &text, NULL),
                         BAKERY_OK);
        ck_assert(bakery__str_starts(text.at, "DPoP: ey"));
        read_jwt(text.at + strlen("DPoP: "), &header, &claims);
}
END_TEST

START_TEST(a_url_without_end_is_refused)
{
        AUTO_CLEAR(es256) key = { 0 };
        AUTO_CLEAR(buf) url = { .max = 10000 };
        AUTO_CLEAR(buf) jwt = { .max = 100000 };

        ck_assert_int_eq(bakery__es256_load(&key, bakery__span(JWT_KEY), NULL), BAKERY_OK);
        bakery__buf_repeat(&url, 'x', 4000);
        ck_assert_int_eq(bakery__dpop_print(&(struct dpop){ &key, "GET", url.at, 1, "x" }, &jwt, NULL),
                         BAKERY_ERR_LIMIT);
}
END_TEST

/* P-384; the key of JWT_KEY with a pass phrase; a public one. */
static const char *const refused[] = {
        "",
        "CANARY",
        "-----BEGIN EC PRIVATE KEY-----\nCANARY\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\n"
        "MIGkAgEBBDDbox2ZLQZ/7poRTzkGrx5IXUe6wqqfTantdCqhrNRg02Wt/N+r7UyP\n"
        "APC5PfSr7ougBwYFK4EEACKhZANiAASHMRNH6AEEA6sITy248Fp1zLn2XKuw3GLt\n"
        "sTp0woSKMtt8WmLzPIFLia/AJNEXQunwl86opxi8PTr2HRl+sd9luHBO1Cm6sic2\n"
        "MehD949SwwkAMxr7kNTg7XbUPeThV88=\n"
        "-----END EC PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\n"
        "Proc-Type: 4,ENCRYPTED\n"
        "DEK-Info: AES-128-CBC,83596EA6288FF2C2467828401B4C53A1\n\n"
        "BdB4+81eBljTCvM8AIlnaEVMMHXUlUbbRzBC+4nRu6rLMVFlIbo2mP5CT2ZpxUIr\n"
        "Oe4jrHVEDfbx/VphuYA/ygcN09ZF/Cf1dTsYT5sqNuUEd/DOoOPQ4jZ1nFb7+a4y\n"
        "9fy5eDek3g3KY+Cp32+XgYo4rsE7QodiecClSstrNtQ=\n"
        "-----END EC PRIVATE KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\n"
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+rEH89l3tFFqUEhvzZJG+o86RS6U\n"
        "tUMQjPt+4kaSYHcBGWtI2QKE4/8sQwrLDOU5xUwxQa6qFzI1TyTPqnLlEw==\n"
        "-----END PUBLIC KEY-----\n",
};

START_TEST(refuses_what_is_no_such_key)
{
        AUTO_CLEAR(es256) key = { 0 };
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(bakery__es256_load(&key, bakery__span(refused[_i]), &err), BAKERY_ERR_FORMAT);
        ck_assert_str_eq(bakery_error_message(err), "it is no private key on the curve P-256");
        ck_assert_ptr_null(key.key);
}
END_TEST

Suite *dpop_suite(void)
{
        Suite *suite = suite_create("dpop");
        TCase *tcase = tcase_create("token");

        tcase_add_loop_test(tcase, shows_the_possession_of_a_key, 0, (int)N_ELEMENTS(keys));
        tcase_add_test(tcase, each_signature_holds);
        tcase_add_test(tcase, stands_behind_what_is_there);
        tcase_add_test(tcase, a_url_without_end_is_refused);
        tcase_add_loop_test(tcase, refuses_what_is_no_such_key, 0, (int)N_ELEMENTS(refused));
        suite_add_tcase(suite, tcase);
        return suite;
}
