#include "credentials/env_keys.h"

#include "base/time.h"

static const char *const pair[] = { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY" };

static bakery_status read_expiration(bakery_client *client, int64_t *ret_s, bakery_error **err)
{
        static const char name[] = "AWS_CREDENTIAL_EXPIRATION";
        const char *text = bakery__client_getenv(client, name);

        *ret_s = 0;
        if (!text)
                return BAKERY_OK;
        if (!bakery__time_parse(bakery__span_trim(bakery__span(text)), ret_s))
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%s is no time that can be read", name);
        if (*ret_s > bakery__client_now_s(client))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "the keys in the environment are over since %.40s", text);
        bakery__error_hint(err, "unset AWS_ACCESS_KEY_ID, or get new ones; look at the system clock, too");
        return BAKERY_ERR_CREDENTIALS;
}

bakery_status bakery__env_keys(bakery_client *client, bakery_credentials **ret, bakery_error **err)
{
        const char *id = bakery__client_getenv(client, pair[0]), *secret = bakery__client_getenv(client, pair[1]);
        const char *token = bakery__client_getenv(client, "AWS_SESSION_TOKEN");
        int64_t expiration_s = 0;

        if (!id && !secret)
                return bakery__fail(err, BAKERY_ERR_NOT_FOUND, "there are no keys in the environment");
        if (!id || !secret) {
                bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%s is not set, %s is", pair[id != NULL], pair[id == NULL]);
                bakery__error_hint(err, "set both, or unset %s", pair[id == NULL]);
                return BAKERY_ERR_CREDENTIALS;
        }
        if (!token) /* its old name */
                token = bakery__client_getenv(client, "AWS_SECURITY_TOKEN");

        bakery_status st = read_expiration(client, &expiration_s, err);
        if (st)
                return st;
        st = bakery_credentials_new(id, secret, token, expiration_s, "environment", ret, err);
        return st ? bakery__wrap(err, st, "environment") : BAKERY_OK;
}
