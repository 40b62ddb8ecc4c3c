#include "credentials/words.h"

#include <string.h>

static bool is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A word on its way: what is read at c is written at out, which is never ahead. */
struct reading {
        const char *c;
        char *out;
};

/* Between single quotes all is as it stands. */
static bool read_single(struct reading *in)
{
        for (in->c++; *in->c && *in->c != '\''; in->c++)
                *in->out++ = *in->c;
        return *in->c++ == '\'';
}

/* Between double ones a backslash only goes with a quote or another backslash. */
static bool read_double(struct reading *in)
{
        for (in->c++; *in->c && *in->c != '"'; in->c++) {
                if (*in->c == '\\' && (in->c[1] == '"' || in->c[1] == '\\'))
                        in->c++;
                *in->out++ = *in->c;
        }
        return *in->c++ == '"';
}

static bool read_escaped(struct reading *in)
{
        if (!in->c[1])
                return false;
        *in->out++ = in->c[1];
        in->c += 2;
        return true;
}

static bakery_status read_word(struct reading *in, bakery_error **err)
{
        while (*in->c && !is_space(*in->c)) {
                bool whole = true;

                if (*in->c == '\'' || *in->c == '"')
                        whole = *in->c == '\'' ? read_single(in) : read_double(in);
                else if (*in->c == '\\')
                        whole = read_escaped(in);
                else
                        *in->out++ = *in->c++;
                if (!whole)
                        return bakery__fail(err, BAKERY_ERR_FORMAT,
                                            "a quotation does not end, or nothing follows a backslash");
        }
        *in->out = '\0';
        return BAKERY_OK;
}

bakery_status bakery__words_split(const char *text, struct command_words *ret, bakery_error **err)
{
        AUTO_CLEAR(command_words) words = { .n = 0 };
        struct reading in = { .c = text };

        for (;;) {
                while (is_space(*in.c))
                        in.c++;
                if (!*in.c)
                        break;
                if (words.n == WORDS_AT_MOST)
                        return bakery__fail(err, BAKERY_ERR_FORMAT, "it has more than %d words", WORDS_AT_MOST);
                in.out = words.at[words.n] = bakery__arena_alloc(&words.arena, strlen(in.c) + 1);
                if (!in.out)
                        return bakery__fail_memory(err);
                words.n++;
                bakery_status st = read_word(&in, err);
                if (st)
                        return st;
        }
        if (words.n == 0 || !*words.at[0])
                return bakery__fail(err, BAKERY_ERR_FORMAT, "it names no program");
        *ret = words;
        words = (struct command_words){ .n = 0 };
        return BAKERY_OK;
}

void bakery__words_clear(struct command_words *words)
{
        bakery__arena_clear(&words->arena);
        *words = (struct command_words){ .n = 0 };
}
