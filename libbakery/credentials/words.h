/* A command line becomes words, without a shell. Pure. */
#ifndef BAKERY_CREDENTIALS_WORDS_H
#define BAKERY_CREDENTIALS_WORDS_H

#include "base/arena.h"

enum { WORDS_AT_MOST = 256 };

struct command_words {
        struct arena arena;
        char *at[WORDS_AT_MOST + 1]; /* NULL behind the last one */
        size_t n;
};

/*
 * Splits text as the AWS CLI does, with Python's shlex: words stand between white space; 'as it is'; "with \" and \\";
 * a backslash outside takes the next byte as it is. Nothing else means anything: no variables, no pipes, no globs.
 * Begin with { 0 }. Gives BAKERY_ERR_FORMAT (a quotation that does not end, nothing behind a backslash, no word at all,
 * too many), BAKERY_ERR_MEMORY. The text is not repeated: it may hold a password.
 */
bakery_status bakery__words_split(const char *text, struct command_words *ret, bakery_error **err);

void bakery__words_clear(struct command_words *words);
DEFINE_AUTO_CLEAR(command_words, bakery__words_clear)

#endif
