#include "formats/uri.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *uri_suite(void);

static const struct {
        const char *text, *encoded, *with_slash;
} encodings[] = {
        { "", "", "" },
        { "-._~09AZaz", "-._~09AZaz", "-._~09AZaz" },
        { "a b+c", "a%20b%2Bc", "a%20b%2Bc" },
        { "a/b//c", "a%2Fb%2F%2Fc", "a/b//c" },
        { "100%", "100%25", "100%25" },
        { "%2f", "%252f", "%252f" },
        { "\xe1\x88\xb4", "%E1%88%B4", "%E1%88%B4" },
        { "*'()!", "%2A%27%28%29%21", "%2A%27%28%29%21" },
        { "\x01\xff", "%01%FF", "%01%FF" },
};

START_TEST(encodes)
{
        AUTO_CLEAR(buf) text = { .max = 1000 };

        bakery__uri_encode(&text, bakery__span(encodings[_i].text), URI_ENCODE_SLASH);
        bakery__buf_char(&text, '|');
        bakery__uri_encode(&text, bakery__span(encodings[_i].text), URI_KEEP_SLASH);

        char want[100];
        snprintf(want, sizeof want, "%s|%s", encodings[_i].encoded, encodings[_i].with_slash);
        ck_assert_str_eq(text.at, want);
}
END_TEST

/* What a decoder gives, and what comes of encoding that again. */
static const struct {
        const char *text, *decoded, *again;
} decodings[] = {
        { "plain", "plain", "plain" },
        { "a%20b+c", "a b+c", "a%20b%2Bc" },
        { "%e1%88%b4", "\xe1\x88\xb4", "%E1%88%B4" },
        { "%7Eme", "~me", "~me" },
        { "a%2Fb", "a/b", "a/b" },
        { "100%", "100%", "100%25" },
        { "%", "%", "%25" },
        { "%2", "%2", "%252" },
        { "%zz%4", "%zz%4", "%25zz%254" },
        { "%4z", "%4z", "%254z" },
        { "%z4", "%z4", "%25z4" },
        { "%%41", "%A", "%25A" },
};

START_TEST(decodes_and_encodes_again)
{
        AUTO_CLEAR(buf) decoded = { .max = 1000 };
        AUTO_CLEAR(buf) again = { .max = 1000 };

        bakery__uri_decode(&decoded, bakery__span(decodings[_i].text));
        ck_assert_str_eq(decoded.at, decodings[_i].decoded);
        bakery__uri_encode_again(&again, bakery__span(decodings[_i].text), URI_KEEP_SLASH);
        ck_assert_str_eq(again.at, decodings[_i].again);
}
END_TEST

START_TEST(a_span_ends_where_it_ends)
{
        AUTO_CLEAR(buf) text = { .max = 1000 };

        bakery__uri_decode(&text, (struct span){ "%41", 2 });
        bakery__uri_encode_again(&text, (struct span){ "%41", 2 }, URI_ENCODE_SLASH);
        bakery__uri_encode(&text, (struct span){ "/x", 1 }, URI_ENCODE_SLASH);
        ck_assert_str_eq(text.at, "%4%254%2F");
}
END_TEST

static const struct {
        const char *query, *shown; /* each parameter as name(value) */
} queries[] = {
        { "", "" },
        { "a=1&b=2", "a(1)b(2)" },
        { "a", "a()" },
        { "a=", "a()" },
        { "=b", "(b)" },
        { "a=b=c", "a(b=c)" },
        { "&&a=1&", "a(1)" },
        { "=&a", "a()" },
        { "a=1&a=0", "a(1)a(0)" },
        { "%41=%20", "%41(%20)" },
};

START_TEST(splits_queries)
{
        AUTO_CLEAR(buf) shown = { .max = 1000 };
        struct span rest = bakery__span(queries[_i].query);

        bakery__buf_text(&shown, "");
        for (struct uri_parameter p; bakery__uri_next_parameter(&rest, &p);)
                bakery__buf_format(&shown, "%.*s(%.*s)", (int)p.name.len, p.name.at, (int)p.value.len, p.value.at);
        ck_assert_str_eq(shown.at, queries[_i].shown);
}
END_TEST

static const struct {
        const char *path, *normal;
} paths[] = {
        { "", "/" },
        { "/", "/" },
        { "//", "/" },
        { "/.", "/" },
        { "/..", "/" },
        { "/../../x", "/x" },
        { "/a/", "/a/" },
        { "/a//b/../c/", "/a/c/" },
        { "/a/b/..", "/a" },
        { "/a/b/../", "/a/" },
        { "/a/./b", "/a/b" },
        { "/...", "/..." },
        { "/a/..b", "/a/..b" },
        { "/%2e%2e/a", "/%2e%2e/a" },
        { "/a/../../..", "/" },
        { "/a/../b", "/b" },
};

START_TEST(normalises_paths)
{
        AUTO_CLEAR(buf) normal = { .max = 1000 };

        bakery__buf_text(&normal, "GET ");
        bakery__uri_normalise_path(&normal, bakery__span(paths[_i].path));
        ck_assert_msg(strcmp(normal.at + 4, paths[_i].normal) == 0, "%s: %s", paths[_i].path, normal.at + 4);
        ck_assert_uint_eq(strlen(normal.at), normal.len);
}
END_TEST

static const struct {
        const char *text;
        const char *host, *authority, *path, *query;
        unsigned port;
        const char *refusal;
} urls[] = {
        { "https://sts.amazonaws.com", "sts.amazonaws.com", "sts.amazonaws.com", "", "", 0, NULL },
        { "http://localhost:4566/base/", "localhost", "localhost:4566", "/base/", "", 4566, NULL },
        { "https://[::1]:8000?a=b", "::1", "[::1]:8000", "", "a=b", 8000, NULL },
        { "https://[fe80::1%25eth0]/", "fe80::1%25eth0", "[fe80::1%25eth0]", "/", "", 0, NULL },
        { "https://h/p?a=/?&b", "h", "h", "/p", "a=/?&b", 0, NULL },
        { .text = "", .refusal = "begins neither" },
        { .text = "sts.amazonaws.com", .refusal = "begins neither" },
        { .text = "ftp://h", .refusal = "begins neither" },
        { .text = "https:/h", .refusal = "no \"//\"" },
        { .text = "https:", .refusal = "no \"//\"" },
        { .text = "https://", .refusal = "no host" },
        { .text = "https:///path", .refusal = "no host" },
        { .text = "https://:80", .refusal = "no host" },
        { .text = "https://me:secret@h/", .refusal = "a user or a password" },
        { .text = "https://h/#top", .refusal = "fragment" },
        { .text = "https://h/a b", .refusal = "white space" },
        { .text = "https://h\r\nX: y", .refusal = "control byte" },
        { .text = "https://h\x7f", .refusal = "control byte" },
        { .text = "https://h%41", .refusal = "characters that no host has" },
        { .text = "https://h;x", .refusal = "characters that no host has" },
        { .text = "https://h:", .refusal = "port" },
        { .text = "https://h:0", .refusal = "port" },
        { .text = "https://h:65536", .refusal = "port" },
        { .text = "https://h:99999999999", .refusal = "port" },
        { .text = "https://h:8x", .refusal = "port" },
        { .text = "https://[::1", .refusal = "no \"]\"" },
        { .text = "https://[::1]x", .refusal = "behind its \"]\"" },
};

static void ck_span(const char *text, const char *what, struct span got, const char *want)
{
        ck_assert_msg(bakery__span_is(got, want), "%s: %s is '%.*s', not '%s'", text, what, (int)got.len, got.at, want);
}

START_TEST(splits_urls_or_says_why_not)
{
        const char *text = urls[_i].text;
        AUTO_PTR(bakery_error) err = NULL;
        struct uri uri = { 0 };
        bakery_status st = bakery__uri_split(bakery__span(text), &uri, &err);

        if (urls[_i].refusal) {
                ck_assert_msg(st == BAKERY_ERR_FORMAT, "%s: accepted", text);
                ck_assert_msg(strstr(bakery_error_message(err), urls[_i].refusal), "%s: says '%s'", text,
                              bakery_error_message(err));
                ck_assert_msg(!strstr(bakery_error_message(err), "secret"), "%s", bakery_error_message(err));
                ck_assert_msg(!uri.scheme.at, "%s: output touched on failure", text);
                return;
        }
        ck_assert_msg(st == BAKERY_OK, "%s: %s", text, bakery_error_message(err));
        ck_span(text, "host", uri.host, urls[_i].host);
        ck_span(text, "authority", uri.authority, urls[_i].authority);
        ck_span(text, "path", uri.path, urls[_i].path);
        ck_span(text, "query", uri.query, urls[_i].query);
        ck_assert_uint_eq(uri.port, urls[_i].port);
}
END_TEST

static const struct {
        const char *host;
        bool is_loopback;
} hosts[] = {
        { "localhost", true },
        { "LocalHost", true },
        { "127.0.0.1", true },
        { "127.255.0.9", true },
        { "::1", true },
        { "0:0:0:0:0:0:0:1", true },
        { "128.0.0.1", false },
        { "127.1", false },
        { "localhost.evil", false },
        { "::2", false },
        { "", false },
        { "0.0.0.0", false },
        { "::ffff:10.0.0.1", false },
        { "2130706433", false },
};

START_TEST(knows_loopback)
{
        ck_assert_msg(bakery__uri_is_loopback(bakery__span(hosts[_i].host)) == hosts[_i].is_loopback, "%s",
                      hosts[_i].host);
}
END_TEST

Suite *uri_suite(void)
{
        Suite *suite = suite_create("uri");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, encodes, 0, (int)N_ELEMENTS(encodings));
        tcase_add_loop_test(tcase, decodes_and_encodes_again, 0, (int)N_ELEMENTS(decodings));
        tcase_add_test(tcase, a_span_ends_where_it_ends);
        tcase_add_loop_test(tcase, splits_queries, 0, (int)N_ELEMENTS(queries));
        tcase_add_loop_test(tcase, normalises_paths, 0, (int)N_ELEMENTS(paths));
        tcase_add_loop_test(tcase, splits_urls_or_says_why_not, 0, (int)N_ELEMENTS(urls));
        tcase_add_loop_test(tcase, knows_loopback, 0, (int)N_ELEMENTS(hosts));
        suite_add_tcase(suite, tcase);
        return suite;
}
