#include "credentials/credential_process.h"

#include "credentials/command.h"
#include "credentials/key_document.h"

enum { OUTPUT_MAX_BYTES = 64 << 10 };

static const struct key_names names = {
        .access_key_id = "AccessKeyId",
        .secret_access_key = "SecretAccessKey",
        .session_token = "SessionToken",
        .expiration = "Expiration",
};

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
        AUTO_CLEAR(command_words) words = { .n = 0 };
        AUTO_CLEAR(buf) output = { .max = OUTPUT_MAX_BYTES, .secret = true };
        bakery_status st = bakery__command_run(client, profile, "credential_process", &words, &output, err);

        if (!st)
                st = read_output(client, &output, words.at[0], ret, err);
        return st ? bakery__wrap(err, st, "profile %s: credential_process", profile->name) : BAKERY_OK;
}
