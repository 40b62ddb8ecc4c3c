/* How the CLI quotes, for each shell. */
#include "ui/quote.h"

#include <check.h>
#include <stdlib.h>

Suite *quote_suite(void);

static const struct {
        enum shell shell;
        const char *value, *line;
} lines[] = {
        { SHELL_SH, "plain", "export X='plain'\n" },
        { SHELL_SH, "", "export X=''\n" },
        { SHELL_SH, "a'b", "export X='a'\\''b'\n" },
        { SHELL_SH, "''", "export X=''\\'''\\'''\n" },
        { SHELL_SH, "$(x)`y`\\\"!", "export X='$(x)`y`\\\"!'\n" },
        { SHELL_SH, NULL, "unset X\n" },
        { SHELL_FISH, "a'b", "set -gx X 'a\\'b'\n" },
        { SHELL_FISH, "a\\", "set -gx X 'a\\\\'\n" },
        { SHELL_FISH, "\\'", "set -gx X '\\\\\\''\n" },
        { SHELL_FISH, NULL, "set -e X\n" },
        { SHELL_POWERSHELL, "a'b", "$Env:X = 'a''b'\n" },
        { SHELL_POWERSHELL, "\u2018\u2019\u201a\u201b",
          "$Env:X = '\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201b'\n" },
        { SHELL_POWERSHELL, "$x`\u201c", "$Env:X = '$x`\u201c'\n" },
        { SHELL_POWERSHELL, NULL, "Remove-Item Env:X -ErrorAction Ignore\n" },
};

START_TEST(quotes)
{
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);

        shell_print(out, lines[_i].shell, "X", lines[_i].value);
        fclose(out);
        ck_assert_str_eq(text, lines[_i].line);
        free(text);
}
END_TEST

START_TEST(control_characters_are_not_printed)
{
        static const struct {
                const char *value;
                bool may;
        } values[] = { { "", true },
                       { "a b", true },
                       { "\u00fc\u2018", true },
                       { "a\nb", false },
                       { "a\rb", false },
                       { "\x1b[2J", false },
                       { "\x7f", false },
                       { "\xc2\x9b"
                         "2J",
                         false },
                       { "\xff", false },
                       { "a\xc3", false },
                       { "\t", false },
                       { "\u00a0", true } };

        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
                ck_assert_msg(shell_may_print(values[i].value) == values[i].may, "%zu", i);
}
END_TEST

Suite *quote_suite(void)
{
        Suite *suite = suite_create("quote");
        TCase *tcase = tcase_create("all");

        tcase_add_loop_test(tcase, quotes, 0, sizeof lines / sizeof *lines);
        tcase_add_test(tcase, control_characters_are_not_printed);
        suite_add_tcase(suite, tcase);
        return suite;
}
