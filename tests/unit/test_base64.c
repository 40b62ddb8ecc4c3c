/* Base64 there and back. */
#include "formats/base64.h"

#include <check.h>
#include <string.h>

#include "support.h"

Suite *base64_suite(void);

/* RFC 4648, section 10, and every bit set. */
static const struct {
        const char *bytes, *text;
} both_ways[] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
        { "\xff\xff\xff\xfb\xf0", "////+/A=" },
};

START_TEST(encodes_and_decodes)
{
        AUTO_CLEAR(buf) text = { .max = 100 };
        AUTO_CLEAR(buf) bytes = { .max = 100 };

        bakery__base64_encode(&text, bakery__span(both_ways[_i].bytes));
        ck_assert_str_eq(text.at ? text.at : "", both_ways[_i].text);
        ck_assert(bakery__base64_decode(&bytes, bakery__span(both_ways[_i].text)));
        ck_assert_str_eq(bytes.at ? bytes.at : "", both_ways[_i].bytes);
}
END_TEST

/* As in RFC 7515, appendix C, and where the two alphabets differ. */
static const struct {
        const char *bytes, *text;
} in_urls[] = {
        { "", "" },
        { "f", "Zg" },
        { "fo", "Zm8" },
        { "foo", "Zm9v" },
        { "\xff\xff\xff\xfb\xf0", "____-_A" },
        { "\x03\xec\xff\xe0\xc1", "A-z_4ME" },
};

START_TEST(encodes_for_urls)
{
        AUTO_CLEAR(buf) text = { .max = 100 };

        bakery__base64url_encode(&text, bakery__span(in_urls[_i].bytes));
        ck_assert_str_eq(text.at ? text.at : "", in_urls[_i].text);
}
END_TEST

static const char *const refused[] = {
        "Z",    "Zg",    "Zg=",  "====", "Zg==Zg==", "Z===",  "=Zg=",   "Zh==" /* a bit that is left over */,
        "Zm9=", "Zm9v ", " Zm9", "Zm-v", "Zm_v",     "Zm9vY", "Zm9v\n", "Zm\xc3\xa4",
};

START_TEST(refuses)
{
        AUTO_CLEAR(buf) bytes = { .max = 100 };

        ck_assert_msg(!bakery__base64_decode(&bytes, bakery__span(refused[_i])), "'%s'", refused[_i]);
}
END_TEST

START_TEST(a_digest_of_zeros)
{
        static const char zeros[32];
        AUTO_CLEAR(buf) text = { .max = 100 };
        AUTO_CLEAR(buf) bytes = { .max = 100 };

        bakery__base64_encode(&text, (struct span){ zeros, sizeof zeros });
        ck_assert_str_eq(text.at, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        ck_assert(bakery__base64_decode(&bytes, (struct span){ text.at, text.len }));
        ck_assert_uint_eq(bytes.len, sizeof zeros);
        ck_assert_mem_eq(bytes.at, zeros, sizeof zeros);
}
END_TEST

Suite *base64_suite(void)
{
        Suite *suite = suite_create("base64");
        TCase *tcase = tcase_create("text");

        tcase_add_loop_test(tcase, encodes_and_decodes, 0, (int)N_ELEMENTS(both_ways));
        tcase_add_loop_test(tcase, encodes_for_urls, 0, (int)N_ELEMENTS(in_urls));
        tcase_add_loop_test(tcase, refuses, 0, (int)N_ELEMENTS(refused));
        tcase_add_test(tcase, a_digest_of_zeros);
        suite_add_tcase(suite, tcase);
        return suite;
}
