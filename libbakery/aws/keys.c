#include "aws/keys.h"

#include <stdarg.h>
#include <string.h>

#include "base/secret.h"

struct bakery_credentials {
        char *access_key_id;
        struct secret secret_access_key, session_token;
        int64_t expiration_s;
        char *source;
};

/* What is copied from a page or a file often brings a line break along, and then only the signature fails. */
static bakery_status check(const char *what, const char *text, bakery_error **err)
{
        if (!text || !*text)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "the %s is empty", what);
        for (; *text; text++)
                if ((unsigned char)*text <= 0x20 || *text == 0x7f)
                        return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "the %s contains whitespace", what);
        return BAKERY_OK;
}

static bakery_status check_all(const char *access_key_id, const char *secret_access_key, const char *session_token,
                               bakery_error **err)
{
        bakery_status st = check("access key id", access_key_id, err);

        if (!st)
                st = check("secret access key", secret_access_key, err);
        if (!st && session_token)
                st = check("session token", session_token, err);
        return st;
}

bakery_status bakery_credentials_new(const char *access_key_id, const char *secret_access_key,
                                     const char *session_token, int64_t expiration_s, const char *source,
                                     bakery_credentials **ret_credentials, bakery_error **err)
{
        AUTO_PTR(bakery_credentials) made = NULL;

        bakery__error_clear(err);
        bakery_status st = check_all(access_key_id, secret_access_key, session_token, err);
        if (st)
                return st;
        made = calloc(1, sizeof *made);
        if (!made)
                return bakery__fail_memory(err);
        made->expiration_s = expiration_s;
        made->access_key_id = strdup(access_key_id);
        made->source = strdup(source ? source : "");
        if (!made->access_key_id || !made->source ||
            !bakery__secret_set(&made->secret_access_key, bakery__span(secret_access_key)) ||
            (session_token && !bakery__secret_set(&made->session_token, bakery__span(session_token))))
                return bakery__fail_memory(err);
        *ret_credentials = STEAL(made);
        return BAKERY_OK;
}

void bakery_credentials_free(bakery_credentials *credentials)
{
        if (!credentials)
                return;
        bakery__secret_clear(&credentials->secret_access_key);
        bakery__secret_clear(&credentials->session_token);
        free(credentials->access_key_id);
        free(credentials->source);
        free(credentials);
}

bakery_status bakery__credentials_set_source(bakery_credentials *credentials, bakery_error **err, const char *format,
                                             ...)
{
        va_list args;

        va_start(args, format);
        char *source = bakery__str_harmless_format(format, args);
        va_end(args);
        if (!source)
                return bakery__fail_memory(err);
        free(credentials->source);
        credentials->source = source;
        return BAKERY_OK;
}

const char *bakery_credentials_access_key_id(const bakery_credentials *credentials)
{
        return credentials->access_key_id;
}

const char *bakery_credentials_secret_access_key(const bakery_credentials *credentials)
{
        return bakery__secret_reveal(&credentials->secret_access_key);
}

const char *bakery_credentials_session_token(const bakery_credentials *credentials)
{
        bool temporary = bakery__secret_is_set(&credentials->session_token);

        return temporary ? bakery__secret_reveal(&credentials->session_token) : NULL;
}

int64_t bakery_credentials_expiration_s(const bakery_credentials *credentials)
{
        return credentials->expiration_s;
}

const char *bakery_credentials_source(const bakery_credentials *credentials)
{
        return credentials->source;
}
