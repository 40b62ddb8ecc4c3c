/* How the CLI speaks: errors on stderr in one line, and a hint line with what to do next. */
#include <stdarg.h>
#include <stdio.h>

#include "cli.h"

static const struct {
        bakery_status status;
        enum exit_code code;
} codes[] = {
        { BAKERY_ERR_ARGUMENT, EXIT_USAGE },
        { BAKERY_ERR_CONFIG, EXIT_CONFIG },
        { BAKERY_ERR_LIMIT, EXIT_CONFIG },
        { BAKERY_ERR_NOT_FOUND, EXIT_USAGE },
};

static int code_of(bakery_status status)
{
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
                if (codes[i].status == status)
                        return codes[i].code;
        return EXIT_FAILED;
}

int cli_fail(const bakery_error *err)
{
        const char *hint = bakery_error_hint(err);

        fprintf(stderr, "bakery-cli: %s\n", bakery_error_message(err));
        if (hint)
                fprintf(stderr, "  hint: %s\n", hint);
        return code_of(bakery_error_status(err));
}

/* Words of the command line may hold anything; on the terminal they are shown harmless. */
static void print_harmless(FILE *out, const char *text)
{
        for (; *text; text++)
                fputc((unsigned char)*text < 0x20 || *text == 0x7f || (unsigned char)*text >= 0x80 ? '?' : *text, out);
}

int cli_usage(const char *hint, const char *format, ...)
{
        char sentence[256];
        va_list args;

        va_start(args, format);
        vsnprintf(sentence, sizeof sentence, format, args);
        va_end(args);
        fputs("bakery-cli: ", stderr);
        print_harmless(stderr, sentence);
        fprintf(stderr, "\n  hint: %s\n", hint);
        return EXIT_USAGE;
}

void cli_print(const char *text)
{
        fputs(text, stdout);
}
