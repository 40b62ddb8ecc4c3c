#include "base/str.h"

#include <bakery/base.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

Suite *str_suite(void);

/* A sequence, and how long the well-formed one at its beginning is: RFC 3629, section 4. */
static const struct {
        const char *bytes;
        size_t length;
} sequences[] = {
        { "", 0 },
        { "a", 1 },
        { "\x7f", 1 },
        { "\x80", 0 }, /* a tail without a head */
        { "\xbf", 0 },
        { "\xc0\x80", 0 }, /* overlong NUL */
        { "\xc1\xbf", 0 }, /* overlong */
        { "\xc2\x80", 2 }, /* U+0080 */
        { "\xdf\xbf", 2 }, /* U+07FF */
        { "\xc2", 0 },     /* cut */
        { "\xc2g", 0 },
        { "\xc2\xc2", 0 },
        { "\xe0\x9f\xbf", 0 }, /* overlong */
        { "\xe0\xa0\x80", 3 }, /* U+0800 */
        { "\xe0\xa0", 0 },
        { "\xe0\xa0g", 0 },
        { "\xec\xbf\xbf", 3 },
        { "\xed\x9f\xbf", 3 }, /* U+D7FF */
        { "\xed\xa0\x80", 0 }, /* a surrogate */
        { "\xed\xbf\xbf", 0 },
        { "\xee\x80\x80", 3 }, /* U+E000 */
        { "\xef\xbf\xbf", 3 },
        { "\xf0\x8f\xbf\xbf", 0 }, /* overlong */
        { "\xf0\x90\x80\x80", 4 }, /* U+10000 */
        { "\xf0\x90\x80", 0 },
        { "\xf0\x90\x80g", 0 },
        { "\xf3\xbf\xbf\xbf", 4 },
        { "\xf4\x8f\xbf\xbf", 4 }, /* U+10FFFF */
        { "\xf4\x90\x80\x80", 0 }, /* past it */
        { "\xf5\x80\x80\x80", 0 },
        { "\xfe", 0 },
        { "\xff", 0 },
};

START_TEST(knows_utf8)
{
        const char *bytes = sequences[_i].bytes;

        ck_assert_msg(bakery__utf8_length(bakery__span(bytes)) == sequences[_i].length, "case %d", _i);
        bool valid = sequences[_i].length == strlen(bytes);
        ck_assert_msg(bakery__utf8_valid(bakery__span(bytes)) == valid, "case %d", _i);
}
END_TEST

START_TEST(knows_latin1)
{
        ck_assert(bakery__utf8_is_latin1(bakery__span("")));
        ck_assert(bakery__utf8_is_latin1(bakery__span("a\t\xc2\xa0\xc3\xbf"))); /* to U+00FF */
        ck_assert(!bakery__utf8_is_latin1(bakery__span("a\xc4\x80")));          /* U+0100 */
        ck_assert(!bakery__utf8_is_latin1(bakery__span("\xe2\x80\x8b")));
        ck_assert(!bakery__utf8_is_latin1(bakery__span("a\xff"))); /* no UTF-8 */
}
END_TEST

START_TEST(utf8_is_valid_to_its_end)
{
        ck_assert(bakery__utf8_valid(bakery__span("a\xc3\xbc\xe2\x82\xac\xf0\x9f\x8d\x9e.")));
        ck_assert(!bakery__utf8_valid(bakery__span("aaa\xc3")));
        ck_assert(!bakery__utf8_valid(bakery__span("aaa\xff"
                                                   "bbb")));
        ck_assert(bakery__utf8_valid((struct span){ "a\0b", 3 }));
        ck_assert(!bakery__utf8_valid((struct span){ "\xe2\x82\xac", 2 })); /* it ends before the NUL does */
}
END_TEST

static const struct {
        const char *text, *shown;
} harmless[] = {
        { "", "" },
        { "plain \xc3\xbc\xe2\x82\xac", "plain \xc3\xbc\xe2\x82\xac" },
        { "\x1b[2J", "?[2J" },
        { "a\tb\nc\rd", "a?b?c?d" },
        { "\x01\x1f\x7f", "???" },
        { "\xc2\x80\xc2\x9f\xc2\xa0", "??\xc2\xa0" }, /* C1, and what follows it */
        { "\xff\xfe", "??" },
        { "\xc3", "?" },
        { "\xed\xa0\x80", "???" },
        { "x\xc2\x9by", "x?y" },
        /* The end of a line, and what turns the direction of writing; their neighbours pass. */
        { "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\x8e\xe2\x80\x8f", "????" },
        { "\xe2\x80\xaa\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xa9", "????" },
        { "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf" },
        { "\xe2\x81\x9f\xe2\x81\xb0\xe2\x82\xa8\xe1\x80\xa8", "\xe2\x81\x9f\xe2\x81\xb0\xe2\x82\xa8\xe1\x80\xa8" },
};

START_TEST(makes_text_harmless)
{
        char text[100];

        strcpy(text, harmless[_i].text);
        bakery__str_make_harmless(text);
        ck_assert_str_eq(text, harmless[_i].shown);
}
END_TEST

/* What is hidden begins and ends somewhere: the characters on both sides of it are shown. */
static const struct {
        const char *text;
        unsigned code; /* 0: it is shown */
} hidden[] = {
        { "", 0 },
        { " ", 0 },
        { "~", 0 },
        { "\x1f", 0x1f },
        { "\x7f", 0x7f },
        { "\xc2\x80", 0x80 },
        { "\xc2\x9f", 0x9f },
        { "\xc2\xa0", 0 },
        { "\xc2\xad", 0xad },
        { "\xc2\xae", 0 },
        { "\xcd\x8f", 0x34f },
        { "\xd8\x9c", 0x61c },
        { "\xe1\x85\x9e", 0 },
        { "\xe1\x85\x9f", 0x115f },
        { "\xe1\xa0\x8b", 0x180b },
        { "\xe2\x80\x8a", 0 },
        { "\xe2\x80\x8b", 0x200b },
        { "\xe2\x80\x8e", 0x200e },
        { "\xe2\x80\x8f", 0x200f },
        { "\xe2\x80\x90", 0 },
        { "\xe2\x80\xa7", 0 },
        { "\xe2\x80\xa8", 0x2028 },
        { "\xe2\x80\xae", 0x202e },
        { "\xe2\x80\xaf", 0 },
        { "\xe2\x81\x9f", 0 },
        { "\xe2\x81\xa0", 0x2060 },
        { "\xe2\x81\xa6", 0x2066 },
        { "\xe2\x81\xaf", 0x206f },
        { "\xe2\x81\xb0", 0 },
        { "\xe3\x85\xa4", 0x3164 },
        { "\xef\xb7\xbf", 0 },
        { "\xef\xb8\x80", 0xfe00 },
        { "\xef\xb8\x8f", 0xfe0f },
        { "\xef\xbb\xbf", 0xfeff },
        { "\xef\xbf\xbb", 0xfffb },
        { "\xef\xbf\xbc", 0 },
        { "\xf0\x9d\x85\xb3", 0x1d173 },
        { "\xf0\x9f\x8d\x9e", 0 },
        { "\xf3\x9f\xbf\xbf", 0 },
        { "\xf3\xa0\x80\x80", 0xe0000 },
        { "\xf3\xa0\xbf\xbf", 0xe0fff },
        { "\xf3\xa1\x80\x80", 0 },
        { "\xed\xa0\x80", 0xfffd },
        { "\xc3", 0xfffd },
};

START_TEST(knows_what_is_hidden)
{
        AUTO_CLEAR(buf) shown = { .max = 100 };
        char expected[20];
        unsigned code = 0;
        size_t length = bakery_text_hidden(hidden[_i].text, &code);

        ck_assert_uint_eq(code, hidden[_i].code);
        ck_assert_uint_eq(length, hidden[_i].code == 0 ? 0 : hidden[_i].code == 0xfffd ? 1 : strlen(hidden[_i].text));
        ck_assert_uint_eq(bakery_text_hidden(hidden[_i].text, NULL), length);
        if (hidden[_i].code == 0xfffd)
                return;
        snprintf(expected, sizeof expected, "<U+%04X>", hidden[_i].code);
        bakery__buf_shown(&shown, hidden[_i].text);
        ck_assert_str_eq(shown.at ? shown.at : "", hidden[_i].code ? expected : hidden[_i].text);
}
END_TEST

static const struct {
        const char *text, *trimmed;
} trims[] = {
        { "", "" }, { " ", "" }, { " \t\r\n", "" }, { "a", "a" }, { " a b\n", "a b" }, { "\va", "\va" },
};

START_TEST(trims_white_space)
{
        struct span trimmed = bakery__span_trim(bakery__span(trims[_i].text));

        ck_assert_msg(bakery__span_is(trimmed, trims[_i].trimmed), "'%s'", trims[_i].text);
}
END_TEST

static const struct {
        const char *a, *b;
        bool equal, equal_nocase, starts; /* a with b */
} pairs[] = {
        { "a", "a", true, true, true },    { "a", "A", false, true, false },   { "", "", true, true, true },
        { "ab", "a", false, false, true }, { "a", "ab", false, false, false }, { "aB@[", "Ab@[", false, true, false },
        { "@", "`", false, false, false }, { "[", "{", false, false, false },  { "Prod1", "pROD1", false, true, false },
        { "a", "", false, false, true },
};

START_TEST(compares)
{
        const char *a = pairs[_i].a, *b = pairs[_i].b;

        ck_assert_msg(bakery__str_equal(a, b) == pairs[_i].equal, "%s, %s", a, b);
        ck_assert_msg(bakery__span_is(bakery__span(a), b) == pairs[_i].equal, "%s, %s", a, b);
        ck_assert_msg(bakery__str_equal_nocase(a, b) == pairs[_i].equal_nocase, "%s, %s", a, b);
        ck_assert_msg(bakery__str_starts(a, b) == pairs[_i].starts, "%s, %s", a, b);
}
END_TEST

START_TEST(null_equals_null_only)
{
        ck_assert(bakery__str_equal(NULL, NULL));
        ck_assert(!bakery__str_equal(NULL, "") && !bakery__str_equal("", NULL));
}
END_TEST

static const struct {
        const char *text, *allowed;
        bool only;
} charsets[] = {
        { "", "", true },      { "azAZ09", "", true },     { "a-b", "", false },     { "a-b", "-", true },
        { "a_b", "-", false }, { "\xc3\xbc", "-", false }, { "a@[`{/:", "", false }, { "/:", "/:", true },
};

START_TEST(knows_what_is_allowed)
{
        ck_assert_msg(bakery__str_only(bakery__span(charsets[_i].text), charsets[_i].allowed) == charsets[_i].only,
                      "%s", charsets[_i].text);
}
END_TEST

START_TEST(a_nul_is_never_allowed)
{
        ck_assert(!bakery__str_only((struct span){ "a\0b", 3 }, "-"));
}
END_TEST

/* Letters that must change, come, go, or change places; the other case of a letter is half of one, rounded up. */
static const struct {
        const char *a, *b;
        unsigned limit, distance;
} distances[] = {
        { "", "", 5, 0 },
        { "abc", "abc", 5, 0 },
        { "abc", "abd", 5, 1 },
        { "abc", "ab", 5, 1 },
        { "abc", "abcd", 5, 1 },
        { "", "abc", 5, 3 },
        { "kitten", "sitting", 5, 3 },
        { "abcd", "bacd", 5, 1 }, /* two that changed places */
        { "abcd", "abdc", 5, 1 },
        { "abcd", "badc", 5, 2 },
        { "abc", "ca", 5, 3 }, /* what came between does not count twice */
        { "abc", "Abc", 5, 1 },
        { "abc", "ABc", 5, 1 },
        { "abc", "ABC", 5, 2 },
        { "abc", "xyz", 2, 3 }, /* limit + 1 */
        { "abc", "xyz", 1, 2 },
        { "a", "abcdefgh", 3, 4 },
};

START_TEST(measures_distance)
{
        const char *a = distances[_i].a, *b = distances[_i].b;

        ck_assert_msg(bakery__str_distance(a, b, distances[_i].limit) == distances[_i].distance, "%s, %s: %u", a, b,
                      bakery__str_distance(a, b, distances[_i].limit));
        ck_assert_uint_eq(bakery__str_distance(b, a, distances[_i].limit), distances[_i].distance);
}
END_TEST

START_TEST(long_names_are_never_near)
{
        char name[66];

        memset(name, 'x', sizeof name);
        name[64] = '\0';
        ck_assert_uint_eq(bakery__str_distance(name, name, 5), 0);
        name[64] = 'x';
        name[65] = '\0';
        ck_assert_uint_eq(bakery__str_distance(name, name, 5), 6);
        ck_assert_uint_eq(bakery__str_distance("x", name, 5), 6);
}
END_TEST

static const struct {
        const char *wanted;
        const char *offered[4];
        const char *nearest; /* NULL: none is near enough */
} nearest_names[] = {
        { "Teamname", { "Region", "TeamName", "Tags" }, "TeamName" },
        { "teamname", { "TeamName" }, "TeamName" },
        { "TEAMNAME", { "TEAMNAM", "TeamName" }, "TeamName" }, /* the other case of all of it is one slip */
        { "Enviroments", { "Environment", "Environments" }, "Environments" },
        { "Prd", { "Prod", "NonProd" }, "Prod" },
        { "xyz", { "Prod", "NonProd" }, NULL },
        { "Id", { "Name" }, NULL },
        { "I", { "Id" }, "Id" },
        { "abcdef", { "abcdxx", "abcxxx" }, "abcdxx" },
        { "abcdef", { "abcxxx" }, NULL },   /* half of the letters */
        { "abc", { "abd", "abe" }, "abd" }, /* the first of equals */
        { "", { "abc" }, NULL },
};

START_TEST(names_the_nearest)
{
        struct nearest nearest = bakery__nearest(nearest_names[_i].wanted);

        for (size_t i = 0; i < 4 && nearest_names[_i].offered[i]; i++)
                bakery__nearest_offer(&nearest, nearest_names[_i].offered[i]);
        ck_assert_msg(bakery__str_equal(nearest.name, nearest_names[_i].nearest), "%s: %s", nearest_names[_i].wanted,
                      nearest.name ? nearest.name : "none");
}
END_TEST

Suite *str_suite(void)
{
        Suite *suite = suite_create("str");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, knows_utf8, 0, (int)N_ELEMENTS(sequences));
        tcase_add_test(tcase, knows_latin1);
        tcase_add_test(tcase, utf8_is_valid_to_its_end);
        tcase_add_loop_test(tcase, makes_text_harmless, 0, (int)N_ELEMENTS(harmless));
        tcase_add_loop_test(tcase, knows_what_is_hidden, 0, (int)N_ELEMENTS(hidden));
        tcase_add_loop_test(tcase, trims_white_space, 0, (int)N_ELEMENTS(trims));
        tcase_add_loop_test(tcase, compares, 0, (int)N_ELEMENTS(pairs));
        tcase_add_test(tcase, null_equals_null_only);
        tcase_add_loop_test(tcase, knows_what_is_allowed, 0, (int)N_ELEMENTS(charsets));
        tcase_add_test(tcase, a_nul_is_never_allowed);
        tcase_add_loop_test(tcase, measures_distance, 0, (int)N_ELEMENTS(distances));
        tcase_add_test(tcase, long_names_are_never_near);
        tcase_add_loop_test(tcase, names_the_nearest, 0, (int)N_ELEMENTS(nearest_names));
        suite_add_tcase(suite, tcase);
        return suite;
}
