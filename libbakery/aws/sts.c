#include <bakery/sts.h>

#include <string.h>

#include "aws/query.h"
#include "base/time.h"

/* STS counts a code that is none as a wrong one. It is not repeated: it is good for half a minute. */
static bakery_status check_code(const char *code, bakery_error **err)
{
        if (!code || (strlen(code) == 6 && strspn(code, "0123456789") == 6))
                return BAKERY_OK;
        return bakery__fail(err, BAKERY_ERR_ARGUMENT, "an MFA code has six digits, and this one has not");
}

static bakery_status check_request(const bakery_assume_role *request, bakery_error **err)
{
        size_t len = request->role_session_name ? strlen(request->role_session_name) : 0;

        if (request->size < sizeof *request)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_assume_role of %zu bytes is none: begin with BAKERY_ASSUME_ROLE_INIT",
                                    request->size);
        if (!request->role_arn || !*request->role_arn)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "there is no role to assume");
        if (len < 2 || len > 64 || !bakery__str_only(bakery__span(request->role_session_name), "_+=,.@-"))
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "\"%.64s\" is no role session name: 2 to 64 letters, digits and _+=,.@- make one",
                                    len ? request->role_session_name : "");
        return check_code(request->token_code, err);
}

/* What both ways to a role have in common. */
static void put_common(struct query *query, const bakery_assume_role *request)
{
        query->region = request->region;
        bakery__query_text(query, "RoleArn", request->role_arn);
        bakery__query_text(query, "RoleSessionName", request->role_session_name);
        bakery__query_number(query, "DurationSeconds", request->duration_s);
        bakery__query_text(query, "Policy", request->policy);
        for (size_t i = 0; i < request->policy_arn_count; i++)
                bakery__query_member(query, "PolicyArns", i, ".arn", request->policy_arns[i]);
}

static void put_signed(struct query *query, const bakery_assume_role *request)
{
        bakery__query_text(query, "ExternalId", request->external_id);
        for (size_t i = 0; i < request->tag_count; i++) {
                bakery__query_member(query, "Tags", i, ".Key", request->tags[i].key);
                bakery__query_member(query, "Tags", i, ".Value", request->tags[i].value);
        }
        for (size_t i = 0; i < request->transitive_tag_key_count; i++)
                bakery__query_member(query, "TransitiveTagKeys", i, "", request->transitive_tag_keys[i]);
        bakery__query_text(query, "SerialNumber", request->serial_number);
        bakery__query_text(query, "TokenCode", request->token_code);
        bakery__query_text(query, "SourceIdentity", request->source_identity);
        query->once = request->token_code != NULL; /* STS takes a code once */
}

/* What the server says goes before our own arithmetic; a key that is over on arrival means that a clock is off. */
static bakery_status read_expiration(const struct query *query, bakery_client *client, const char *text, int64_t *ret_s,
                                     bakery_error **err)
{
        if (!text || !bakery__time_parse(bakery__span(text), ret_s))
                return bakery__query_lacks(query, "an Expiration that can be read", err);
        if (*ret_s > bakery__client_now_s(client))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "the credentials of %s ended before they came", query->service->name);
        bakery__error_hint(err, "look at the system clock");
        return BAKERY_ERR_CREDENTIALS;
}

static bakery_status read_credentials(const struct query *query, bakery_client *client, const struct xml_node *result,
                                      const char *source, bakery_credentials **ret, bakery_error **err)
{
        static const char *const needed[] = { "Credentials/AccessKeyId", "Credentials/SecretAccessKey",
                                              "Credentials/SessionToken" };
        const char *texts[N_ELEMENTS(needed)];
        int64_t expiration_s = 0;

        for (size_t i = 0; i < N_ELEMENTS(needed); i++) {
                texts[i] = bakery__xml_text(result, needed[i]);
                if (!texts[i] || !*texts[i])
                        return bakery__query_lacks(query, needed[i], err);
        }
        bakery_status st =
                read_expiration(query, client, bakery__xml_text(result, "Credentials/Expiration"), &expiration_s, err);
        if (st)
                return st;
        return bakery_credentials_new(texts[0], texts[1], texts[2], expiration_s, source, ret, err);
}

static bakery_status send_for_credentials(bakery_client *client, struct query *query, const char *source,
                                          bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct xml_node *result = NULL;
        bakery_status st = bakery__query_send(client, query, &arena, &result, err);

        return st ? st : read_credentials(query, client, result, source, ret, err);
}

bakery_status bakery_sts_assume_role(bakery_client *client, const bakery_credentials *keys,
                                     const bakery_assume_role *request, bakery_credentials **ret, bakery_error **err)
{
        bakery__error_clear(err);
        bakery_status st = check_request(request, err);
        if (st)
                return st;

        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "AssumeRole", keys);
        put_common(&query, request);
        put_signed(&query, request);
        return send_for_credentials(client, &query, request->role_arn, ret, err);
}

bakery_status bakery_sts_assume_role_with_web_identity(bakery_client *client, const char *token,
                                                       const bakery_assume_role *request, bakery_credentials **ret,
                                                       bakery_error **err)
{
        bakery__error_clear(err);
        bakery_status st = check_request(request, err);
        if (st)
                return st;

        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "AssumeRoleWithWebIdentity", NULL);
        put_common(&query, request);
        bakery__query_text(&query, "WebIdentityToken", token);
        return send_for_credentials(client, &query, request->role_arn, ret, err);
}

bakery_status bakery_sts_get_session_token(bakery_client *client, const bakery_credentials *keys, unsigned duration_s,
                                           const char *serial_number, const char *token_code, bakery_credentials **ret,
                                           bakery_error **err)
{
        bakery__error_clear(err);
        bakery_status st = check_code(token_code, err);
        if (st)
                return st;

        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "GetSessionToken", keys);
        bakery__query_number(&query, "DurationSeconds", duration_s);
        bakery__query_text(&query, "SerialNumber", serial_number);
        bakery__query_text(&query, "TokenCode", token_code);
        query.once = token_code != NULL;
        return send_for_credentials(client, &query, token_code ? "MFA session" : "session", ret, err);
}

void bakery_identity_clear(bakery_identity *identity)
{
        free(identity->account);
        free(identity->arn);
        free(identity->user_id);
        identity->account = identity->arn = identity->user_id = NULL;
}

static bakery_status read_identity(const struct query *query, const struct xml_node *result, bakery_identity *ret,
                                   bakery_error **err)
{
        const char *account = bakery__xml_text(result, "Account"), *arn = bakery__xml_text(result, "Arn");
        const char *user_id = bakery__xml_text(result, "UserId");

        if (!account || !arn || !user_id)
                return bakery__query_lacks(query, "Account, Arn or UserId", err);

        bakery_identity found = { sizeof found, strdup(account), strdup(arn), strdup(user_id) };
        if (!found.account || !found.arn || !found.user_id) {
                bakery_identity_clear(&found);
                return bakery__fail_memory(err);
        }
        bakery_identity_clear(ret);
        *ret = found;
        return BAKERY_OK;
}

bakery_status bakery_sts_get_caller_identity(bakery_client *client, const bakery_credentials *keys, const char *region,
                                             bakery_identity *ret, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "GetCallerIdentity", keys);
        AUTO_CLEAR(arena) arena = { 0 };
        const struct xml_node *result = NULL;

        bakery__error_clear(err);
        query.region = region;
        bakery_status st = bakery__query_send(client, &query, &arena, &result, err);
        return st ? st : read_identity(&query, result, ret, err);
}

bakery_status bakery_sts_decode_authorization_message(bakery_client *client, const bakery_credentials *keys,
                                                      const char *encoded, char **ret_json, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "DecodeAuthorizationMessage", keys);
        AUTO_CLEAR(arena) arena = { 0 };
        const struct xml_node *result = NULL;

        bakery__error_clear(err);
        bakery__query_text(&query, "EncodedMessage", encoded);
        bakery_status st = bakery__query_send(client, &query, &arena, &result, err);
        if (st)
                return st;

        const char *message = bakery__xml_text(result, "DecodedMessage");
        if (!message)
                return bakery__query_lacks(&query, "DecodedMessage", err);
        char *copy = strdup(message);
        if (!copy)
                return bakery__fail_memory(err);
        *ret_json = copy;
        return BAKERY_OK;
}
