#include "credentials/sso.h"

#include <string.h>

#include "aws/call.h"
#include "credentials/key_document.h"
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

/* Every refusal ends here: the one way to a new token. */
static bakery_status fail_token(const struct plan *plan, bakery_error **err, const char *what)
{
        const char *name = plan->base->name;

        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%s", what);
        if (strcmp(name, "default") == 0)
                bakery__error_hint(err, "run: aws sso login");
        else
                bakery__error_hint(err, "run: aws sso login --profile %s", name);
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

static bakery_status check_token(bakery_client *client, const struct plan *plan, const struct cJSON *object,
                                 bakery_error **err)
{
        const char *token = bakery__json_text_of(bakery__json_get(object, "accessToken"));
        const char *expires_at = bakery__json_text_of(bakery__json_get(object, "expiresAt"));
        int64_t end_s = 0;

        if (!token || !*token || !bakery__token_is_clean(bakery__span(token)))
                return fail_token(plan, err, "the SSO token on disk is none");
        if (!expires_at || !bakery__key_document_time(expires_at, &end_s))
                return fail_token(plan, err, "the SSO token on disk has no expiresAt that can be read");
        if (end_s <= bakery__client_now_s(client))
                return fail_token(plan, err, "the SSO token is over");
        return BAKERY_OK;
}

static bakery_status load_token(bakery_client *client, const struct plan *plan, struct json *ret, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_FREE char *path = NULL;
        bakery_status st = find_file(client, plan, &path, err);

        if (st)
                return st;
        st = bakery__key_document_load(path, &json, err);
        if (st == BAKERY_ERR_IO) {
                fail_token(plan, err, "there is no SSO token that can be read");
                return bakery__wrap(err, BAKERY_ERR_CREDENTIALS, "%s", path);
        }
        if (!st)
                st = check_token(client, plan, json.root, err);
        if (st)
                return st;
        *ret = json;
        json = (struct json){ 0 };
        return BAKERY_OK;
}

/* {"__type": "com.amazonaws.switchboard.portal#UnauthorizedException", "message": "..."} */
static bool read_refusal(const bakery_http_answer *answer, struct arena *arena, const char **ret_code,
                         const char **ret_message, const char **ret_request_id)
{
        AUTO_CLEAR(json) json = { 0 };

        (void)ret_request_id;
        if (bakery__key_document_parse(bakery__http_body(answer), "the answer", &json, NULL))
                return false;

        const char *type = bakery__json_text_of(bakery__json_get(json.root, "__type"));
        const char *message = bakery__json_text_of(bakery__json_get(json.root, "message"));
        const char *hash = type ? strrchr(type, '#') : NULL;
        if (type)
                *ret_code = bakery__arena_copy(arena, bakery__span(hash ? hash + 1 : type));
        if (message)
                *ret_message = bakery__arena_copy(arena, bakery__span(message));
        return *ret_code != NULL;
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
                .refusal = read_refusal,
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
