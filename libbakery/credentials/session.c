#include <bakery/session.h>

#include "aws/client.h"
#include "aws/keys.h"
#include "credentials/mfa.h"

static bakery_status check_size(const bakery_session *request, bakery_error **err)
{
        if (request->size >= sizeof *request)
                return BAKERY_OK;
        return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                            "bakery_session of %zu bytes is none: begin with BAKERY_SESSION_INIT", request->size);
}

/* The root of an account, and roles, have no MFA session: the keys themselves are all there is. */
static bakery_status show_mfa(bakery_client *client, const bakery_session *request, bakery_credentials **keys,
                              bakery_error **err)
{
        AUTO_CLEAR(cache) cache = { .folder_fd = -1 };
        AUTO_CLEAR(caller) caller = { 0 };
        AUTO_CLEAR(profiles) profiles = { 0 };
        bakery_credentials *session = NULL;

        bakery__cache_open(client, request->cache_folder, &cache);
        bakery_status st = bakery__caller_find(&cache, *keys, request->region, &caller, err);
        if (st || !caller.is_user)
                return st;

        struct mfa mfa = {
                .client = client,
                .cache = &cache,
                .chain = &request->chain,
                .keys = *keys,
                .caller = &caller,
                .serial = request->mfa_serial,
                .code = request->mfa_code,
                .region = request->region,
        };
        bakery__mfa_find_settings(&mfa, &profiles);
        st = bakery__mfa_session(&mfa, bakery__mfa_session_s(request->config, 0), 0, &session, err);
        if (st)
                return st;
        bakery_credentials_free(*keys);
        *keys = session;
        return BAKERY_OK;
}

bakery_status bakery_session_resolve(bakery_client *client, const bakery_session *request,
                                     bakery_credentials **ret_credentials, bakery_error **err)
{
        AUTO_PTR(bakery_credentials) keys = NULL;

        bakery__error_clear(err);
        bakery_status st = check_size(request, err);
        if (!st)
                st = bakery_chain_resolve(client, &request->chain, &keys, err);
        if (!st && request->show_mfa && !bakery_credentials_session_token(keys))
                st = show_mfa(client, request, &keys, err);
        if (st)
                return st;
        bakery__error_clear(err);
        *ret_credentials = STEAL(keys);
        return BAKERY_OK;
}
