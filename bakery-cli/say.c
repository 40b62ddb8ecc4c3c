/* How the CLI speaks: errors on stderr in one line, and a hint line with what to do next. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

static const struct {
        bakery_status status;
        enum exit_code code;
} codes[] = {
        { BAKERY_ERR_ARGUMENT, EXIT_USAGE },
        { BAKERY_ERR_CONFIG, EXIT_CONFIG },
        { BAKERY_ERR_LIMIT, EXIT_CONFIG },
        { BAKERY_ERR_NOT_FOUND, EXIT_USAGE },
        { BAKERY_ERR_CREDENTIALS, EXIT_CREDENTIALS },
        { BAKERY_ERR_DENIED, EXIT_CREDENTIALS },
        { BAKERY_ERR_AWS, EXIT_NETWORK },
        { BAKERY_ERR_NETWORK, EXIT_NETWORK },
        { BAKERY_ERR_REFUSED, EXIT_REFUSED },
        { BAKERY_ERR_UNFINISHED, EXIT_NETWORK },
};

static int code_of(bakery_status status)
{
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
                if (codes[i].status == status)
                        return (int)codes[i].code;
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

int cli_print_made(FILE *out, char *text, bakery_error *err)
{
        int code = text ? EXIT_DONE : cli_fail(err);

        if (text)
                fputs(text, out);
        bakery_free(text);
        bakery_error_free(err);
        return code;
}

int cli_no_memory(void)
{
        fputs("bakery-cli: out of memory\n", stderr);
        return EXIT_FAILED;
}

int cli_own_failure(int code)
{
        return code == EXIT_USAGE ? code : EXIT_OWN_FAILURE;
}

size_t cli_utf8_length(const char *text)
{
        const unsigned char *at = (const unsigned char *)text;
        size_t length = *at < 0x80 ? 1 : *at < 0xc2 ? 0 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : *at < 0xf5 ? 4 : 0;

        for (size_t i = 1; i < length; i++)
                if ((at[i] & 0xc0) != 0x80)
                        return 0;
        /* Overlong forms, surrogates, and what lies beyond U+10FFFF (RFC 3629). */
        if ((*at == 0xe0 && at[1] < 0xa0) || (*at == 0xed && at[1] > 0x9f) || (*at == 0xf0 && at[1] < 0x90) ||
            (*at == 0xf4 && at[1] > 0x8f))
                return 0;
        return length;
}

/* How many bytes from text on may be printed as they are; ASCII is most of it. */
static size_t harmless_length(const char *text)
{
        const char *at = text;

        for (;;) {
                while (*at >= 0x20 && *at < 0x7f)
                        at++;
                if (!*at || bakery_text_hidden(at, NULL) > 0)
                        return (size_t)(at - text);
                at += cli_utf8_length(at);
        }
}

void cli_put_harmless(FILE *out, const char *text)
{
        while (*text) {
                size_t length = harmless_length(text);

                fwrite_unlocked(text, 1, length, out); /* only one thread prints */
                text += length;
                if (*text)
                        fputc('?', out);
                text += bakery_text_hidden(text, NULL);
        }
}

int cli_usage(const char *hint, const char *format, ...)
{
        char sentence[256];
        va_list args;

        va_start(args, format);
        vsnprintf(sentence, sizeof sentence, format, args);
        va_end(args);
        fputs("bakery-cli: ", stderr);
        cli_put_harmless(stderr, sentence);
        fprintf(stderr, "\n  hint: %s\n", hint);
        return EXIT_USAGE;
}

void cli_print(const char *text)
{
        fputs(text, stdout);
}
