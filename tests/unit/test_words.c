#include "credentials/words.h"

#include <check.h>
#include <string.h>

#include "base/buf.h"

Suite *words_suite(void);

/* As Python's shlex.split() gives them; words are shown with "|" between. */
static const struct {
        const char *text, *words;
        const char *refusal;
} cases[] = {
        { "prog", "prog", NULL },
        { "  prog\ta  b\n", "prog|a|b", NULL },
        { "prog 'a b' \"c d\"", "prog|a b|c d", NULL },
        { "prog a'b c'd", "prog|ab cd", NULL },
        { "prog ''", "prog|", NULL },
        { "prog \"\" x", "prog||x", NULL },
        { "prog a\\ b", "prog|a b", NULL },
        { "prog '\\'", "prog|\\", NULL },
        { "prog \"\\\"\"", "prog|\"", NULL },
        { "prog \"\\\\\"", "prog|\\", NULL },
        { "prog \"a\\n\"", "prog|a\\n", NULL },
        { "prog \\n", "prog|n", NULL },
        { "prog $HOME `id` *|;&>#x", "prog|$HOME|`id`|*|;&>#x", NULL },
        { "'/a b/prog' x", "/a b/prog|x", NULL },
        { "", NULL, "names no program" },
        { " \t", NULL, "names no program" },
        { "''", NULL, "names no program" },
        { "prog 'a", NULL, "a quotation does not end" },
        { "prog \"a", NULL, "a quotation does not end" },
        { "prog \"a\\\"", NULL, "a quotation does not end" },
        { "prog a\\", NULL, "nothing follows a backslash" },
};

START_TEST(splits_or_says_why_not)
{
        AUTO_CLEAR(command_words) words = { .n = 0 };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(buf) shown = { .max = 1000 };
        bakery_status st = bakery__words_split(cases[_i].text, &words, &err);

        if (cases[_i].refusal) {
                ck_assert_msg(st == BAKERY_ERR_FORMAT, "%s: accepted", cases[_i].text);
                ck_assert_msg(strstr(bakery_error_message(err), cases[_i].refusal), "%s: %s", cases[_i].text,
                              bakery_error_message(err));
                ck_assert_uint_eq(words.n, 0);
                return;
        }
        ck_assert_msg(st == BAKERY_OK, "%s: %s", cases[_i].text, bakery_error_message(err));
        for (size_t i = 0; i < words.n; i++)
                bakery__buf_format(&shown, "%s%s", i ? "|" : "", words.at[i]);
        ck_assert_str_eq(shown.at, cases[_i].words);
        ck_assert_ptr_null(words.at[words.n]);
}
END_TEST

START_TEST(the_number_of_words_is_bounded)
{
        AUTO_CLEAR(command_words) words = { .n = 0 };
        AUTO_CLEAR(buf) text = { .max = 10000 };

        for (int i = 0; i < WORDS_AT_MOST; i++)
                bakery__buf_text(&text, "a ");
        ck_assert_int_eq(bakery__words_split(text.at, &words, NULL), BAKERY_OK);
        ck_assert_uint_eq(words.n, WORDS_AT_MOST);
        bakery__words_clear(&words);
        bakery__buf_text(&text, "a");
        ck_assert_int_eq(bakery__words_split(text.at, &words, NULL), BAKERY_ERR_FORMAT);
}
END_TEST

Suite *words_suite(void)
{
        Suite *suite = suite_create("words");
        TCase *tcase = tcase_create("words");

        tcase_add_loop_test(tcase, splits_or_says_why_not, 0, (int)N_ELEMENTS(cases));
        tcase_add_test(tcase, the_number_of_words_is_bounded);
        suite_add_tcase(suite, tcase);
        return suite;
}
