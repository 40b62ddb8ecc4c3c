#include "credentials/sso.h"

#include <string.h>

#include "aws/json_call.h"
#include "credentials/key_document.h"
#include "credentials/renewal.h"
#include "credentials/token_file.h"
#include "formats/crypto.h"
#include "formats/uri.h"

enum { MAX_BODY_BYTES = 10000 };

static const struct key_names names = {
        .access_key_id = "accessKeyId",
        .secret_access_key = "secretAccessKey",
        .session_token = "sessionToken",
        .expiration = "expiration",
        .token_needed = true,
        .milliseconds = true,
};

/* The one way to a new token, where none can be had without the person. */
static void hint_sign_in(const struct plan *plan, bakery_error **err)
{
        const char *name = plan->base->name;

        if (plan->sso_session)
                bakery__error_hint(err, "run: aws sso login --sso-session %s", plan->sso_session->name);
        else if (strcmp(name, "default") == 0)
                bakery__error_hint(err, "run: aws sso login");
        else
                bakery__error_hint(err, "run: aws sso login --profile %s", name);
}

static bakery_status fail_token(const struct plan *plan, bakery_error **err, const char *what)
{
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%s", what);
        hint_sign_in(plan, err);
        return BAKERY_ERR_CREDENTIALS;
}

/* A setting of the session, or of a profile of the old form. */
static const char *shared(const struct plan *plan, const char *name)
{
        return bakery__profile_value(plan->sso_session ? plan->sso_session : plan->base, name);
}

/* The AWS CLI names the file by what the token is for. */
static bakery_status find_file(const bakery_client *client, const struct plan *plan, char **ret_path,
                               bakery_error **err)
{
        static const char folder[] = ".aws/sso/cache/";
        const char *key = plan->sso_session ? plan->sso_session->name : shared(plan, "sso_start_url");
        char hex[SHA1_HEX_BYTES], name[sizeof folder + SHA1_HEX_BYTES + sizeof ".json"];
        bakery_status st = bakery__sha1_hex(bakery__span(key), hex, err);

        if (st)
                return st;
        memcpy(name, folder, sizeof folder);
        strcat(strcat(name, hex), ".json");
        return bakery__profile_home_path(client, name, ret_path, err);
}

static bool read_end(const struct cJSON *document, int64_t *ret_end_s)
{
        const char *expires_at = bakery__json_text_of(bakery__json_get(document, "expiresAt"));

        return expires_at && bakery__key_document_time(expires_at, ret_end_s);
}

static bool is_token(const char *text)
{
        return text && *text && bakery__token_is_clean(bakery__span(text));
}

static bakery_status check_token(bakery_client *client, const struct plan *plan, const struct cJSON *object,
                                 bakery_error **err)
{
        int64_t end_s = 0;

        if (!is_token(bakery__json_text_of(bakery__json_get(object, "accessToken"))))
                return fail_token(plan, err, "the SSO token on disk is none");
        if (!read_end(object, &end_s))
                return fail_token(plan, err, "the SSO token on disk has no expiresAt that can be read");
        if (end_s <= bakery__client_now_s(client))
                return fail_token(plan, err, "the SSO token is over");
        return BAKERY_OK;
}

/* Only a session has one; the legacy form does not. The client itself is registered for some months. */
static bool is_renewable(const struct renewal *renewal, const struct cJSON *document)
{
        static const char *const needed[] = { "refreshToken", "clientId", "clientSecret", "registrationExpiresAt" };
        const struct plan *plan = renewal->context;
        int64_t registered_until_s = 0;

        for (size_t i = 0; i < N_ELEMENTS(needed); i++)
                if (!bakery__renewal_has_text(document, needed[i]))
                        return false;
        return plan->sso_session &&
               bakery__key_document_time(bakery__json_text_of(bakery__json_get(document, "registrationExpiresAt")),
                                         &registered_until_s) &&
               registered_until_s > bakery__client_now_s(renewal->client);
}

/* https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html */
static void write_request(struct json_call *call, const struct cJSON *old)
{
        static const char *const repeated[] = { "clientId", "clientSecret", "refreshToken" };
        struct cJSON *root = bakery__json_root(&call->request);

        for (size_t i = 0; i < N_ELEMENTS(repeated); i++)
                bakery__json_copy(&call->request, root, repeated[i], bakery__json_get(old, repeated[i]));
        bakery__json_text(&call->request, root, "grantType", "refresh_token");
}

/* An answer without a new refresh token leaves the old one as it is (RFC 6749, section 6). */
static bakery_status take_answer(const struct renewal *renewal, const struct json_call *call, const struct cJSON *old,
                                 struct json *ret, bakery_error **err)
{
        const struct cJSON *answer = call->answer.root;
        const char *token = bakery__json_text_of(bakery__json_get(answer, "accessToken"));
        struct cJSON *root = bakery__json_root(ret);

        if (!is_token(token))
                return bakery__json_call_lacks(call, "an accessToken", err);
        if (!bakery__renewal_put_end(renewal, ret, root, bakery__json_get(answer, "expiresIn")))
                return bakery__json_call_lacks(call, "an expiresIn", err);
        bakery__json_text(ret, root, "accessToken", token);
        if (bakery__renewal_has_text(answer, "refreshToken"))
                bakery__json_copy(ret, root, "refreshToken", bakery__json_get(answer, "refreshToken"));
        bakery__renewal_keep_rest(ret, root, old);
        return BAKERY_OK;
}

static bakery_status renew_token(const struct renewal *renewal, const struct cJSON *old, struct json *ret,
                                 bakery_error **err)
{
        const struct plan *plan = renewal->context;
        const struct aws_access access = { .client = renewal->client, .region = shared(plan, "sso_region") };
        AUTO_CLEAR(json_call) call = bakery__json_call(&bakery__sso_oidc, "CreateToken", &access);

        write_request(&call, old);
        bakery_status st = bakery__json_call_send(&call, err);
        if (!st)
                st = take_answer(renewal, &call, old, ret, err);
        return st && bakery__renewal_is_refused(*err) ? BAKERY_ERR_CREDENTIALS : st;
}

static bakery_status load_token(bakery_client *client, const struct plan *plan, struct json *ret, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_FREE char *path = NULL;
        bakery_status st = find_file(client, plan, &path, err);

        if (st)
                return st;
        const struct renewal renewal = {
                .client = client,
                .path = path,
                .noun = "SSO token",
                .read_end = read_end,
                .is_renewable = is_renewable,
                .renew = renew_token,
                .context = plan,
        };
        st = bakery__renewal_load(&renewal, &json, err);
        if (st == BAKERY_ERR_CREDENTIALS)
                hint_sign_in(plan, err);
        if (!st)
                st = check_token(client, plan, json.root, err);
        if (st)
                return st;
        *ret = json;
        json = (struct json){ 0 };
        return BAKERY_OK;
}

static bakery_status write_query(const struct plan *plan, struct buf *into, bakery_error **err)
{
        bakery__buf_text(into, "role_name=");
        bakery__uri_encode(into, bakery__span(bakery__profile_value(plan->base, "sso_role_name")), URI_ENCODE_SLASH);
        bakery__buf_text(into, "&account_id=");
        bakery__uri_encode(into, bakery__span(bakery__profile_value(plan->base, "sso_account_id")), URI_ENCODE_SLASH);
        return bakery__buf_status(into, "the question for keys", err);
}

/* 401 says that the token is no good any more, whatever stands in the file. */
static bakery_status explain(const struct plan *plan, bakery_status st, bakery_error **err)
{
        const char *code = err ? bakery_error_aws_code(*err) : NULL;

        if (code && strcmp(code, "UnauthorizedException") == 0)
                return fail_token(plan, err, "AWS does not take the SSO token any more");
        if (code && strcmp(code, "ForbiddenException") == 0)
                bakery__error_hint(err,
                                   "the role may not be assigned to you: look at sso_account_id and sso_role_name");
        return st;
}

static bakery_status get_role_credentials(bakery_client *client, const struct plan *plan, const char *token,
                                          bakery_http_answer *answer, bakery_error **err)
{
        AUTO_CLEAR(buf) query = { .max = 4096 };
        AUTO_PTR(bakery_error) reason = NULL; /* an error object of our own: its code decides */
        bakery_status st = write_query(plan, &query, err);

        if (st)
                return st;
        const struct aws_call call = {
                .service = "sso",
                .action = "GetRoleCredentials",
                .region = shared(plan, "sso_region"),
                .method = "GET",
                .path = "/federation/credentials",
                .query = query.at,
                .headers = (const bakery_http_header[]){ { "x-amz-sso_bearer_token", token } },
                .header_count = 1,
                .max_body_bytes = MAX_BODY_BYTES,
                .refusal = bakery__json_refusal,
        };
        st = bakery__aws_call(client, &call, answer, &reason);
        if (st)
                st = explain(plan, st, &reason);
        if (st)
                bakery__error_move(&reason, err);
        return st;
}

static bakery_status read_answer(bakery_client *client, const bakery_http_answer *answer, bakery_credentials **ret,
                                 bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        bakery_status st = bakery__key_document_parse(bakery__http_body(answer), "the answer of sso", &json, err);

        if (st)
                return st;
        st = bakery__key_document_read(client, bakery__json_get(json.root, "roleCredentials"), &names, ret, err);
        return st ? bakery__wrap(err, st, "the answer of sso") : BAKERY_OK;
}

static bakery_status get_credentials(bakery_client *client, const struct plan *plan, bakery_credentials **ret,
                                     bakery_error **err)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(MAX_BODY_BYTES);
        AUTO_CLEAR(json) token = { 0 };

        if (!bakery__profile_value(plan->base, "sso_account_id")) {
                bakery__fail(err, BAKERY_ERR_CREDENTIALS, "its sso_session is for tokens, not keys");
                bakery__error_hint(err, "add sso_account_id and sso_role_name to the profile");
                return BAKERY_ERR_CREDENTIALS;
        }
        bakery_status st = load_token(client, plan, &token, err);
        if (!st)
                st = get_role_credentials(
                        client, plan, bakery__json_text_of(bakery__json_get(token.root, "accessToken")), &answer, err);
        return st ? st : read_answer(client, &answer, ret, err);
}

bakery_status bakery__sso_credentials(bakery_client *client, const struct plan *plan, bakery_credentials **ret,
                                      bakery_error **err)
{
        bakery_status st = get_credentials(client, plan, ret, err);

        return st ? bakery__wrap(err, st, "profile %s", plan->base->name) : BAKERY_OK;
}
