#include "credentials/assume.h"

#include <string.h>

#include "credentials/profile.h"
#include "model/model.h"

static void clear_assuming(struct assuming *assuming)
{
        bakery__cache_close(&assuming->cache);
        bakery__caller_clear(&assuming->caller);
        bakery_credentials_free(assuming->keys);
        bakery_credentials_free(assuming->mfa);
        free(assuming->role_arn);
}
DEFINE_AUTO_CLEAR(assuming, clear_assuming)

static bakery_status find_role(struct assuming *assuming, bakery_error **err)
{
        const bakery_assume *request = assuming->request;

        if ((request->group != NULL) == (request->role_arn != NULL) || (request->group && !request->account)) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT, "which role? Neither its ARN nor group and account say it");
                return BAKERY_ERR_ARGUMENT;
        }
        assuming->requires_mfa = request->require_mfa || request->mfa_code || request->mfa_serial;
        assuming->mfa_max_age_s = request->mfa_max_age_s;
        if (!request->group) {
                assuming->role_arn = strdup(request->role_arn);
                return assuming->role_arn ? BAKERY_OK : bakery__fail_memory(err);
        }
        assuming->requires_mfa |= bakery_group_requires_mfa(request->group) != 0;
        assuming->mfa_max_age_s = bakery_group_mfa_max_age_s(request->group);
        return bakery_group_role_arn(request->group, request->account, &assuming->role_arn, err);
}

static bakery_status check_sizes(const bakery_assume *request, bakery_error **err)
{
        if (request->size < sizeof *request)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "a bakery_assume of %zu bytes is none: begin with BAKERY_ASSUME_INIT",
                                    request->size);
        if (request->chain.size < sizeof request->chain)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_chain_options of %zu bytes are none: begin with BAKERY_CHAIN_OPTIONS_INIT",
                                    request->chain.size);
        return BAKERY_OK;
}

/* Every input. A setting of the configuration is one too: who demands MFA today must not meet the session of
 * yesterday. A code is none: it is used once. */
static struct cache_key key_of(const struct assuming *assuming)
{
        const bakery_assume *request = assuming->request;
        struct cache_key key = bakery__cache_key(CACHE_ROLE);

        bakery__cache_key_text(&key, "role", assuming->role_arn);
        bakery__cache_key_text(&key, "group", request->group ? bakery_group_name(request->group) : NULL);
        bakery__cache_key_number(&key, "mfa", assuming->requires_mfa);
        bakery__cache_key_number(&key, "mfa age", assuming->mfa_max_age_s);
        bakery__cache_key_text(&key, "serial", request->mfa_serial);
        bakery__cache_key_text(&key, "name", request->session_name);
        bakery__cache_key_number(&key, "own name",
                                 request->group ? bakery_group_requires_session_name(request->group) != 0 : 0);
        bakery__cache_key_number(&key, "duration", request->duration_s);
        bakery__cache_key_text(&key, "external id", request->external_id);
        bakery__cache_key_text(&key, "source identity", request->source_identity);
        bakery__cache_key_text(&key, "policy", request->policy);
        bakery__cache_key_number(&key, "policies", request->policy_arn_count);
        for (size_t i = 0; i < request->policy_arn_count; i++)
                bakery__cache_key_text(&key, "policy", request->policy_arns[i]);
        bakery__cache_key_number(&key, "tags", request->tag_count);
        for (size_t i = 0; i < request->tag_count; i++)
                bakery__cache_key_text(&key, request->tags[i].key, request->tags[i].value);
        bakery__cache_key_source(&key, assuming->client, &request->chain, request->region);
        return key;
}

/* Whose keys, and who that is. The name is needed unless the request has one that nobody judges. */
static bakery_status find_caller(struct assuming *assuming, bakery_error **err)
{
        const bakery_assume *request = assuming->request;
        bakery_status st = BAKERY_OK;

        if (!assuming->keys)
                st = bakery_chain_resolve(assuming->client, &request->chain, &assuming->keys, err);
        if (st || assuming->caller.arn)
                return st;
        if (request->session_name && !request->group && !assuming->requires_mfa)
                return BAKERY_OK;
        return bakery__caller_find(&assuming->cache, assuming->keys, request->region, &assuming->caller, err);
}

/* AssumeRole, ready to be sent with one pair of keys or another. */
struct sending {
        struct assuming *assuming;
        bakery_assume_role request;
        bakery_credentials *session; /* the answer */
};

static bakery_status send_with(struct sending *sending, const bakery_credentials *keys, bakery_error **err)
{
        return bakery_sts_assume_role(sending->assuming->client, keys, &sending->request, &sending->session, err);
}

static bakery_status send_with_code(const char *serial, const char *code, void *context, bakery_error **err)
{
        struct sending *sending = context;

        sending->request.serial_number = serial;
        sending->request.token_code = code;
        sending->assuming->showed_code = true;
        bakery_status st = send_with(sending, sending->assuming->keys, err);
        sending->request.token_code = NULL;
        return st;
}

static bakery_status send_with_mfa_session(struct sending *sending, const struct mfa *mfa, bakery_error **err)
{
        struct assuming *assuming = sending->assuming;

        bakery_credentials_free(assuming->mfa);
        assuming->mfa = NULL;
        const bakery_group *group = assuming->request->group;
        unsigned duration_s = bakery__mfa_session_s(group ? group->environment->config : NULL, assuming->mfa_max_age_s);
        bakery_status st = bakery__mfa_session(mfa, duration_s, assuming->mfa_max_age_s, &assuming->mfa, err);
        return st ? st : send_with(sending, assuming->mfa, err);
}

static bakery_status send_showing_mfa(struct sending *sending, bakery_error **err)
{
        struct assuming *assuming = sending->assuming;
        const bakery_assume *request = assuming->request;
        AUTO_CLEAR(profiles) profiles = { 0 };
        struct mfa mfa = {
                .client = assuming->client,
                .cache = &assuming->cache,
                .chain = &request->chain,
                .keys = assuming->keys,
                .caller = &assuming->caller,
                .serial = request->mfa_serial,
                .code = request->mfa_code,
                .region = request->region,
        };

        bakery__mfa_find_settings(&mfa, &profiles);
        /* What comes from a session counts as chaining, and ends after an hour. */
        if (request->duration_s > CHAINED_SESSION_S)
                return bakery__mfa_call(&mfa, "for this role alone, since it is for more than an hour", send_with_code,
                                        sending, err);

        bakery_status st = send_with_mfa_session(sending, &mfa, err);
        if (st != BAKERY_ERR_CREDENTIALS || !assuming->mfa)
                return st;
        bakery__client_log(assuming->client, BAKERY_LOG_INFO, "AWS does not take the MFA session any more: a new one");
        bakery__mfa_drop(&mfa);
        return send_with_mfa_session(sending, &mfa, err);
}

static bakery_status send(struct sending *sending, bakery_error **err)
{
        struct assuming *assuming = sending->assuming;
        bool is_session = bakery_credentials_session_token(assuming->keys) != NULL;

        if (is_session && assuming->request->duration_s > CHAINED_SESSION_S) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT,
                             "a session of %u s is not to be had with keys that are of a session themselves (%s)",
                             assuming->request->duration_s, bakery_credentials_source(assuming->keys));
                bakery__error_hint(err, "AWS gives such keys at most 3600 s: use the user's own access key");
                return BAKERY_ERR_ARGUMENT;
        }
        /* A session cannot show MFA: either it carries it already, or AWS will say. */
        return assuming->requires_mfa && !is_session ? send_showing_mfa(sending, err)
                                                     : send_with(sending, assuming->keys, err);
}

static bakery_assume_role request_of(const struct assuming *assuming, const char *name)
{
        const bakery_assume *asked = assuming->request;
        bakery_assume_role request = BAKERY_ASSUME_ROLE_INIT;

        request.role_arn = assuming->role_arn;
        request.role_session_name = name;
        request.duration_s = asked->duration_s;
        request.external_id = asked->external_id;
        request.policy = asked->policy;
        request.policy_arns = asked->policy_arns;
        request.policy_arn_count = asked->policy_arn_count;
        request.tags = asked->tags;
        request.tag_count = asked->tag_count;
        request.source_identity = asked->source_identity;
        request.region = asked->region;
        return request;
}

/* Without the cache: who calls, what they may not ask for, and the question to STS. */
static bakery_status fetch(void *context, bakery_credentials **ret, bakery_error **err)
{
        struct assuming *assuming = context;
        AUTO_FREE char *name = NULL;
        bakery_status st = find_caller(assuming, err);

        if (!st)
                st = bakery__assume_session_name(assuming, &name, err);
        if (st)
                return st;

        struct sending sending = { .assuming = assuming, .request = request_of(assuming, name) };
        AUTO_PTR(bakery_error) reason = NULL;
        st = send(&sending, &reason);
        if (!st) {
                *ret = sending.session;
                return BAKERY_OK;
        }
        bakery__explain(assuming, st, &reason);
        if (err) {
                bakery_error_free(*err);
                *err = STEAL(reason);
        }
        return st;
}

bakery_status bakery_assume_role_cached(bakery_client *client, const bakery_assume *request,
                                        bakery_credentials **ret_credentials, bakery_error **err)
{
        AUTO_CLEAR(assuming) assuming = { .client = client, .request = request, .cache = { .folder_fd = -1 } };

        bakery__error_clear(err);
        bakery_status st = check_sizes(request, err);
        if (!st)
                st = find_role(&assuming, err);
        if (!st)
                st = bakery__assume_check(&assuming, err);
        if (st)
                return st;

        AUTO_CLEAR(cache_key) key = key_of(&assuming);
        bakery__cache_open(client, request->cache_folder, &assuming.cache);
        return bakery__cache_session(
                &(struct cache_ask){
                        .cache = &assuming.cache,
                        .key = &key,
                        .what = assuming.role_arn,
                        .refresh = request->refresh,
                        .fetch = fetch,
                        .context = &assuming,
                },
                ret_credentials, err);
}
