#include "formats/crypto.h"

#include <check.h>
#include <dlfcn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *crypto_suite(void);

/* FIPS 180-4, appendix B, and a text of more than one block. */
static const struct {
        const char *text, *hex;
} digests[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
        { "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
          "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
};

START_TEST(digests_as_published)
{
        char hex[SHA256_HEX_BYTES];
        bakery_error *err = NULL;
        bakery_status st = bakery__sha256_hex(bakery__span(digests[_i].text), hex, &err);

        ck_assert_msg(st == BAKERY_OK, "\"%s\": %s", digests[_i].text, bakery_error_message(err));
        ck_assert_str_eq(hex, digests[_i].hex);
}
END_TEST

/* RFC 4231, test cases 1, 2, 3 and 6; then no key and no text, which libcrypto could take for "as before". */
static const struct {
        char key_byte; /* repeated, when key is NULL */
        size_t key_len;
        const char *key, *text, *hex;
} codes[] = {
        { 0x0b, 20, NULL, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
        { 0, 4, "Jefe", "what do ya want for nothing?",
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { (char)0xaa, 20, NULL,
          "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
          "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd",
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
        { (char)0xaa, 131, NULL, "Test Using Larger Than Block-Size Key - Hash Key First",
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
        { 0, 0, "", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

static struct span key_of(int i, char bytes[200])
{
        if (codes[i].key)
                return (struct span){ codes[i].key, codes[i].key_len };
        memset(bytes, codes[i].key_byte, codes[i].key_len);
        return (struct span){ bytes, codes[i].key_len };
}

static void ck_code(struct hmac *hmac, int i)
{
        unsigned char code[SHA256_BYTES];
        char hex[SHA256_HEX_BYTES];
        bakery_error *err = NULL;
        bakery_status st = bakery__hmac_sign(hmac, bakery__span(codes[i].text), code, &err);

        ck_assert_msg(st == BAKERY_OK, "case %d: %s", i, bakery_error_message(err));
        bakery__hex(code, sizeof code, hex);
        ck_assert_msg(strcmp(hex, codes[i].hex) == 0, "case %d: %s", i, hex);
}

START_TEST(codes_as_published_and_again_with_the_kept_key)
{
        AUTO_CLEAR(hmac) hmac = { 0 };
        char bytes[200];

        ck_assert_int_eq(bakery__hmac_set_key(&hmac, key_of(_i, bytes), NULL), BAKERY_OK);
        ck_code(&hmac, _i);
        ck_code(&hmac, _i);
}
END_TEST

START_TEST(one_object_takes_key_after_key)
{
        AUTO_CLEAR(hmac) hmac = { 0 };
        char bytes[200];

        for (int round = 0; round < 2; round++) {
                for (int i = 0; i < (int)N_ELEMENTS(codes); i++) {
                        ck_assert_int_eq(bakery__hmac_set_key(&hmac, key_of(i, bytes), NULL), BAKERY_OK);
                        ck_code(&hmac, i);
                }
        }
}
END_TEST

START_TEST(a_span_of_nothing_is_no_old_key)
{
        AUTO_CLEAR(hmac) hmac = { 0 };
        unsigned char code[SHA256_BYTES];
        char hex[SHA256_HEX_BYTES];

        ck_assert_int_eq(bakery__hmac_set_key(&hmac, bakery__span("Jefe"), NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__hmac_set_key(&hmac, (struct span){ NULL, 0 }, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__hmac_sign(&hmac, (struct span){ NULL, 0 }, code, NULL), BAKERY_OK);
        bakery__hex(code, sizeof code, hex);
        ck_assert_str_eq(hex, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}
END_TEST

START_TEST(refuses_without_a_key)
{
        AUTO_CLEAR(hmac) hmac = { 0 };
        unsigned char code[SHA256_BYTES] = { 7 };
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(bakery__hmac_sign(&hmac, bakery__span("text"), code, &err), BAKERY_ERR_ARGUMENT);
        ck_assert_int_eq(code[0], 7);
        ck_assert_str_eq(bakery_error_message(err), "HMAC without a key");
}
END_TEST

START_TEST(tells_its_version)
{
        AUTO_PTR(bakery_error) err = NULL;
        const char *version = bakery__crypto_version(&err);

        ck_assert_msg(version, "%s", bakery_error_message(err));
        ck_assert_msg(version[0] == '3' && version[1] == '.', "%s", version);
}
END_TEST

/* In a child that can open no file: the exit status says which of the promises broke. */
static int fails_twice_with_its_reason(void)
{
        struct rlimit none;
        unsigned char digest[SHA256_BYTES] = { 7 };

        if (getrlimit(RLIMIT_NOFILE, &none) < 0)
                return 1;
        none.rlim_cur = 0; /* valgrind refuses to see the hard limit move */
        if (setrlimit(RLIMIT_NOFILE, &none) < 0)
                return 1;
        for (int i = 0; i < 2; i++) {
                AUTO_PTR(bakery_error) err = NULL;

                if (bakery__sha256(bakery__span(""), digest, &err) != BAKERY_ERR_SYSTEM || digest[0] != 7)
                        return 2;
                if (!strstr(bakery_error_message(err), "libcrypto.so.3 cannot be opened"))
                        return 3;
                if (bakery_error_hint(err)) /* it is there: installing it would not help */
                        return 4;
                if (bakery__crypto_version(NULL))
                        return 5;
        }
        return 0;
}

START_TEST(says_each_time_why_it_cannot_be_opened)
{
        if (dlopen("libcrypto.so.3", RTLD_NOW | RTLD_NOLOAD))
                return; /* linked, or opened by another test of this process: it can no longer fail */

        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0)
                _exit(fails_twice_with_its_reason());

        int status = 0;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
}
END_TEST

Suite *crypto_suite(void)
{
        Suite *suite = suite_create("crypto");
        TCase *tcase = tcase_create("table");

        tcase_add_test(tcase, says_each_time_why_it_cannot_be_opened);
        tcase_add_loop_test(tcase, digests_as_published, 0, (int)N_ELEMENTS(digests));
        tcase_add_loop_test(tcase, codes_as_published_and_again_with_the_kept_key, 0, (int)N_ELEMENTS(codes));
        tcase_add_test(tcase, one_object_takes_key_after_key);
        tcase_add_test(tcase, a_span_of_nothing_is_no_old_key);
        tcase_add_test(tcase, refuses_without_a_key);
        tcase_add_test(tcase, tells_its_version);
        suite_add_tcase(suite, tcase);
        return suite;
}
