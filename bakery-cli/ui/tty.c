#include "ui/tty.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"
#include "signals.h"

static void drop_blanks(char *text)
{
        char *to = text;

        for (; *text; text++)
                if (!isspace((unsigned char)*text))
                        *to++ = *text;
        *to = '\0';
}

static bakery_status read_answer(FILE *tty, char *answer, size_t size_bytes)
{
        bool got = signals_wait_readable(fileno(tty)) && fgets(answer, (int)size_bytes, tty) != NULL;

        if (signals_caught())
                return BAKERY_ERR_CANCELLED;
        if (!got)
                return BAKERY_ERR_CREDENTIALS;
        drop_blanks(answer);
        return BAKERY_OK;
}

static bakery_status ask(FILE *tty, const char *prompt, char *answer, size_t size_bytes)
{
        struct termios usual, silent;

        if (tcgetattr(fileno(tty), &usual) != 0)
                return BAKERY_ERR_CREDENTIALS;
        silent = usual;
        silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
        if (tcsetattr(fileno(tty), TCSAFLUSH, &silent) != 0)
                return BAKERY_ERR_CREDENTIALS;
        cli_put_harmless(tty, prompt);
        bakery_status st = read_answer(tty, answer, size_bytes);
        tcsetattr(fileno(tty), TCSAFLUSH, &usual);
        fputc('\n', tty);
        return st;
}

bakery_status tty_ask(const char *prompt, char *answer, size_t size_bytes, void *context, bakery_error **err)
{
        FILE *tty = isatty(STDIN_FILENO) ? fopen("/dev/tty", "r+e") : NULL;
        bakery_status st = BAKERY_ERR_CREDENTIALS;

        (void)context;
        (void)err;
        if (!tty)
                return st;
        setvbuf(tty, NULL, _IONBF, 0); /* no second copy of the answer */
        st = ask(tty, prompt, answer, size_bytes);
        fclose(tty);
        return st;
}
