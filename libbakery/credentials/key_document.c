#include "credentials/key_document.h"

#include <string.h>

#include "base/fs.h"
#include "base/time.h"

const struct key_names bakery__metadata_key_names = {
        .access_key_id = "AccessKeyId",
        .secret_access_key = "SecretAccessKey",
        .session_token = "Token",
        .expiration = "Expiration",
        .token_needed = true,
};

bool bakery__key_document_time(const char *text, int64_t *ret_s)
{
        size_t len = strlen(text);
        char iso[64];

        if (len > 3 && len < sizeof iso && strcmp(text + len - 3, "UTC") == 0) {
                memcpy(iso, text, len - 3);
                memcpy(iso + len - 3, "Z", 2);
                return bakery__time_parse(bakery__span(iso), ret_s);
        }
        return bakery__time_parse(bakery__span(text), ret_s);
}

static bool read_instant(const struct cJSON *value, bool milliseconds, int64_t *ret_s)
{
        const char *text = bakery__json_text_of(value);
        long long number;

        if (!milliseconds)
                return text && bakery__key_document_time(text, ret_s);
        if (!bakery__json_whole_number_of(value, &number))
                return false;
        *ret_s = number / 1000;
        return true;
}

/* 0: there is none, and the keys have no end that is known. */
static bakery_status read_expiration(bakery_client *client, const struct cJSON *object, const struct key_names *names,
                                     int64_t *ret_s, bakery_error **err)
{
        const struct cJSON *value = bakery__json_get(object, names->expiration);
        enum json_kind kind = bakery__json_kind(value);

        *ret_s = 0;
        if (kind == JSON_NOTHING || kind == JSON_NULL)
                return BAKERY_OK;
        if (!read_instant(value, names->milliseconds, ret_s))
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "its %s is no time that can be read",
                                    names->expiration);
        if (*ret_s > bakery__client_now_s(client))
                return BAKERY_OK;

        char when[TIME_TEXT_BYTES];
        bakery__time_print(*ret_s, when);
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "its credentials are over since %s", when);
        bakery__error_hint(err, "if that is not so, look at the system clock");
        return BAKERY_ERR_CREDENTIALS;
}

static bakery_status read_text(const struct cJSON *object, const char *name, bool needed, const char **ret,
                               bakery_error **err)
{
        *ret = bakery__json_text_of(bakery__json_get(object, name));
        if (*ret && !**ret)
                *ret = NULL;
        if (!*ret && needed)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "it has no %s", name);
        return BAKERY_OK;
}

bakery_status bakery__key_document_read(bakery_client *client, const struct cJSON *object,
                                        const struct key_names *names, bakery_credentials **ret, bakery_error **err)
{
        const char *id = NULL, *secret = NULL, *token = NULL;
        int64_t expiration_s = 0;
        bakery_status st = read_text(object, names->access_key_id, true, &id, err);

        if (!st)
                st = read_text(object, names->secret_access_key, true, &secret, err);
        if (!st)
                st = read_text(object, names->session_token, names->token_needed, &token, err);
        if (!st)
                st = read_expiration(client, object, names, &expiration_s, err);
        return st ? st : bakery_credentials_new(id, secret, token, expiration_s, NULL, ret, err);
}

bakery_status bakery__key_document_parse(struct span text, const char *what, struct json *ret, bakery_error **err)
{
        AUTO_CLEAR(json) parsed = { .secret = true };
        bakery_status st = bakery__json_parse(text, what, &parsed, err);

        if (st == BAKERY_ERR_FORMAT || (!st && bakery__json_kind(parsed.root) != JSON_OBJECT))
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%s is no JSON object", what);
        if (st)
                return st;
        *ret = parsed;
        parsed = (struct json){ 0 };
        return BAKERY_OK;
}

bakery_status bakery__key_document_load(const char *path, struct json *ret, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = KEY_DOCUMENT_MAX_BYTES, .secret = true };
        bakery_status st = bakery__fs_read(path, &text, err);

        if (st)
                return st;
        return bakery__key_document_parse((struct span){ text.at ? text.at : "", text.len }, path, ret, err);
}
