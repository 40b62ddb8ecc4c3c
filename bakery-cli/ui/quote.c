#include "ui/quote.h"

#include <string.h>

#include "cli.h"

/* What ends a single-quoted text, or is special in one, and how it is written there. */
struct escape {
        const char *text, *written;
};

enum { ESCAPES_AT_MOST = 6 };

static const struct {
        const char *set, *is, *remove, *removed;
        struct escape escapes[ESCAPES_AT_MOST];
} shells[] = {
        /* POSIX, 2.2.2: nothing is special between single quotes but the quote. */
        [SHELL_SH] = { "export ", "=", "unset ", "", { { "'", "'\\''" } } },

        /* fish, "Quotes": \' and \\ are special, everything else is not. */
        [SHELL_FISH] = { "set -gx ", " ", "set -e ", "", { { "'", "\\'" }, { "\\", "\\\\" } } },

        /* PowerShell, about_Quoting_Rules: a doubled quote is one; typographic ones (U+2018 to U+201B) are quotes too.
         */
        [SHELL_POWERSHELL] = { "$Env:",
                               " = ",
                               "Remove-Item Env:",
                               " -ErrorAction Ignore",
                               { { "'", "''" },
                                 { "\xe2\x80\x98", "\xe2\x80\x98\xe2\x80\x98" },
                                 { "\xe2\x80\x99", "\xe2\x80\x99\xe2\x80\x99" },
                                 { "\xe2\x80\x9a", "\xe2\x80\x9a\xe2\x80\x9a" },
                                 { "\xe2\x80\x9b", "\xe2\x80\x9b\xe2\x80\x9b" } } },
};

static const struct escape *escape_at(enum shell shell, const char *text)
{
        for (const struct escape *escape = shells[shell].escapes; escape->text; escape++)
                if (strncmp(text, escape->text, strlen(escape->text)) == 0)
                        return escape;
        return NULL;
}

static void print_quoted(FILE *out, enum shell shell, const char *text)
{
        fputc('\'', out);
        while (*text) {
                const struct escape *escape = escape_at(shell, text);

                if (escape)
                        fputs(escape->written, out);
                else
                        fputc(*text, out);
                text += escape ? strlen(escape->text) : 1;
        }
        fputc('\'', out);
}

void shell_print(FILE *out, enum shell shell, const char *name, const char *value)
{
        if (!value) {
                fprintf(out, "%s%s%s\n", shells[shell].remove, name, shells[shell].removed);
                return;
        }
        fprintf(out, "%s%s%s", shells[shell].set, name, shells[shell].is);
        print_quoted(out, shell, value);
        fputc('\n', out);
}

bool shell_may_print(const char *value)
{
        for (size_t length; *value; value += length) {
                unsigned char c = (unsigned char)*value;

                length = cli_utf8_length(value);
                if (length == 0 || c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)value[1] < 0xa0))
                        return false;
        }
        return true;
}
