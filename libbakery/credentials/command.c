#include "credentials/command.h"

#include <string.h>

#include "credentials/process.h"

enum { MARK_MAX_BYTES = 64 << 10 };

/* The chain that the mark holds, as people read it: "a -> b -> a". */
static bakery_status fail_circle(const char *mark, const char *name, bakery_error **err)
{
        AUTO_CLEAR(buf) chain = { .max = 4096 };

        for (const char *c = mark; *c; c++)
                if (*c == '\n')
                        bakery__buf_text(&chain, " -> ");
                else
                        bakery__buf_char(&chain, *c);
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "it goes in circles: profile %.1000s -> %.100s",
                     chain.at ? chain.at : "", name);
        bakery__error_hint(err, "give the program a --profile of its own, that does not lead back to \"%.100s\"", name);
        return BAKERY_ERR_CREDENTIALS;
}

static bool is_marked(const char *mark, const char *name)
{
        for (const char *line = mark; line && *line;) {
                size_t len = strcspn(line, "\n");

                if (bakery__span_is((struct span){ line, len }, name))
                        return true;
                line += len + (line[len] == '\n');
        }
        return false;
}

/* The program inherits AWS_PROFILE. When it is, or calls, one of ours, only this keeps it from starting itself for
 * ever. */
static bakery_status make_mark(const bakery_client *client, const char *name, struct buf *into, bakery_error **err)
{
        const char *mark = bakery__client_getenv(client, COMMAND_MARK);

        if (is_marked(mark, name))
                return fail_circle(mark, name, err);
        bakery__buf_format(into, COMMAND_MARK "=%s%s%s", mark ? mark : "", mark ? "\n" : "", name);
        return bakery__buf_status(into, COMMAND_MARK, err);
}

bakery_status bakery__command_run(bakery_client *client, const struct ini_section *profile, const char *setting,
                                  struct command_words *words, struct buf *output, bakery_error **err)
{
        AUTO_CLEAR(buf) mark = { .max = MARK_MAX_BYTES };
        bakery_status st = make_mark(client, profile->name, &mark, err);

        if (!st)
                st = bakery__words_split(bakery__profile_value(profile, setting), words, err);
        if (st == BAKERY_ERR_FORMAT)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS,
                                    "no command: a quotation does not end, or it has no word or too many");
        if (st)
                return st;
        bakery__client_log(client, BAKERY_LOG_DEBUG, "runs %s", words->at[0]);
        return bakery__process_run(client,
                                   &(struct process){
                                           .argv = words->at,
                                           .variable = mark.at,
                                           .timeout_ms = bakery__client_options(client)->process_timeout_ms,
                                   },
                                   output, err);
}
