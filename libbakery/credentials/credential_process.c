#include "credentials/credential_process.h"

#include <string.h>

#include "credentials/key_document.h"
#include "credentials/process.h"
#include "credentials/words.h"

enum { OUTPUT_MAX_BYTES = 64 << 10, MARK_MAX_BYTES = 64 << 10 };

static const struct key_names names = {
        .access_key_id = "AccessKeyId",
        .secret_access_key = "SecretAccessKey",
        .session_token = "SessionToken",
        .expiration = "Expiration",
};

/* The chain that the mark holds, as people read it: "a -> b -> a". */
static bakery_status fail_circle(const char *mark, const char *name, bakery_error **err)
{
        AUTO_CLEAR(buf) chain = { .max = 4096 };

        for (const char *c = mark; *c; c++)
                if (*c == '\n')
                        bakery__buf_text(&chain, " -> ");
                else
                        bakery__buf_char(&chain, *c);
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "credential_process goes in circles: profile %.1000s -> %.100s",
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
        const char *mark = bakery__client_getenv(client, CREDENTIAL_PROCESS_MARK);

        if (is_marked(mark, name))
                return fail_circle(mark, name, err);
        bakery__buf_format(into, CREDENTIAL_PROCESS_MARK "=%s%s%s", mark ? mark : "", mark ? "\n" : "", name);
        return bakery__buf_status(into, CREDENTIAL_PROCESS_MARK, err);
}

static bakery_status run(bakery_client *client, const char *command, const char *mark, struct words *words,
                         struct buf *output, bakery_error **err)
{
        bakery_status st = bakery__words_split(command, words, err);

        if (st == BAKERY_ERR_FORMAT)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS,
                                    "no command: a quotation does not end, or it has no word or too many");
        if (st)
                return st;
        bakery__client_log(client, BAKERY_LOG_DEBUG, "runs %s", words->at[0]);
        return bakery__process_run(client,
                                   &(struct process){
                                           .argv = words->at,
                                           .variable = mark,
                                           .timeout_ms = bakery__client_options(client)->process_timeout_ms,
                                   },
                                   output, err);
}

/* The number 1, and not the text "1". */
static bakery_status check_version(const struct cJSON *object, bakery_error **err)
{
        const struct cJSON *version = bakery__json_get(object, "Version");
        long long number = 0;

        if (!bakery__json_whole_number_of(version, &number))
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "it has no Version that is a number");
        if (number != 1)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "its Version is %lld, and only 1 is known", number);
        return BAKERY_OK;
}

static bakery_status read_output(bakery_client *client, const struct buf *output, const char *program,
                                 bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        struct span text = bakery__span_trim((struct span){ output->at ? output->at : "", output->len });
        bakery_status st = bakery__key_document_parse(text, "the output", &json, err);

        if (!st)
                st = check_version(json.root, err);
        if (!st)
                st = bakery__key_document_read(client, json.root, &names, ret, err);
        return st ? bakery__wrap(err, st, "the output of %.200s", program) : BAKERY_OK;
}

bakery_status bakery__credential_process(bakery_client *client, const struct ini_section *profile,
                                         bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(words) words = { .n = 0 };
        AUTO_CLEAR(buf) mark = { .max = MARK_MAX_BYTES };
        AUTO_CLEAR(buf) output = { .max = OUTPUT_MAX_BYTES, .secret = true };
        const char *command = bakery__profile_value(profile, "credential_process");
        bakery_status st = make_mark(client, profile->name, &mark, err);

        if (!st)
                st = run(client, command, mark.at, &words, &output, err);
        if (!st)
                st = read_output(client, &output, words.at[0], ret, err);
        return st ? bakery__wrap(err, st, "profile %s: credential_process", profile->name) : BAKERY_OK;
}
