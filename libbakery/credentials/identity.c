#include "credentials/identity.h"

#include <string.h>

#include <bakery/sts.h>

#include "formats/arn.h"

void bakery__caller_clear(struct caller *caller)
{
        free(caller->arn);
        free(caller->account);
        free(caller->name);
        *caller = (struct caller){ 0 };
}

bakery_status bakery__caller_parse(const char *text, struct caller *ret, bakery_error **err)
{
        AUTO_CLEAR(caller) caller = { 0 };
        struct arn arn;
        bakery_status st = bakery__arn_parse(text, &arn, err);

        if (st)
                return st;

        struct span name = bakery__arn_name(&arn); /* "root" has no slash, and is its own name */
        if (name.len == 0 || arn.account.len == 0)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "\"%.200s\" is nobody's ARN", text);
        caller.is_user = arn.resource.len > 5 && memcmp(arn.resource.at, "user/", 5) == 0;
        caller.arn = strdup(text);
        caller.account = strndup(arn.account.at, arn.account.len);
        caller.name = strndup(name.at, name.len);
        if (!caller.arn || !caller.account || !caller.name)
                return bakery__fail_memory(err);
        bakery__caller_clear(ret);
        *ret = caller;
        caller = (struct caller){ 0 };
        return BAKERY_OK;
}

static void clear_identity(struct bakery_identity *identity)
{
        bakery_identity_clear(identity);
}
DEFINE_AUTO_CLEAR(bakery_identity, clear_identity)

static bakery_status ask(const struct cache *cache, const struct cache_key *key, const bakery_credentials *keys,
                         const char *region, struct caller *ret, bakery_error **err)
{
        AUTO_CLEAR(bakery_identity) identity = BAKERY_IDENTITY_INIT;
        bakery_status st = bakery_sts_get_caller_identity(cache->client, keys, region, &identity, err);

        if (!st)
                st = bakery__caller_parse(identity.arn, ret, err);
        if (st || bakery_credentials_session_token(keys)) /* the key id of a session is another one each time */
                return st;

        struct cache_entry entry = { .issued_s = bakery__client_now_s(cache->client), .text = identity.arn };
        bakery__cache_put(cache, key, &entry);
        return BAKERY_OK;
}

bakery_status bakery__caller_find(const struct cache *cache, const bakery_credentials *keys, const char *region,
                                  struct caller *ret, bakery_error **err)
{
        AUTO_CLEAR(cache_key) key = bakery__cache_key(CACHE_USER);
        AUTO_CLEAR(cache_entry) entry = { 0 };

        bakery__cache_key_text(&key, "access key", bakery_credentials_access_key_id(keys));
        bakery__cache_key_endpoint(&key, cache->client);
        if (!bakery_credentials_session_token(keys) && bakery__cache_get(cache, &key, &entry) && entry.text &&
            bakery__caller_parse(entry.text, ret, NULL) == BAKERY_OK)
                return BAKERY_OK;
        return ask(cache, &key, keys, region, ret, err);
}
