#include "credentials/login.h"

#include <stdio.h>
#include <string.h>

#include "aws/json_call.h"
#include "base/random.h"
#include "credentials/key_document.h"
#include "credentials/renewal.h"
#include "formats/dpop.h"

static const struct key_names names = {
        .access_key_id = "accessKeyId",
        .secret_access_key = "secretAccessKey",
        .session_token = "sessionToken",
        .expiration = "expiresAt",
        .token_needed = true,
};

static bakery_status find_folder(const bakery_client *client, char **ret_path, bakery_error **err)
{
        const char *folder = bakery__client_getenv(client, "AWS_LOGIN_CACHE_DIRECTORY");

        if (!folder)
                return bakery__profile_home_path(client, ".aws/login/cache", ret_path, err);
        if (bakery__str_starts(folder, "~/"))
                return bakery__profile_home_path(client, folder + 2, ret_path, err);
        *ret_path = strdup(folder);
        return *ret_path ? BAKERY_OK : bakery__fail_memory(err);
}

/* The AWS CLI names the file by the session. */
static bakery_status find_file(const bakery_client *client, const char *session, char **ret_path, bakery_error **err)
{
        AUTO_FREE char *folder = NULL;
        char hex[SHA256_HEX_BYTES], *path = NULL;
        bakery_status st = bakery__sha256_hex(bakery__span(session), hex, err);

        if (!st)
                st = find_folder(client, &folder, err);
        if (st)
                return st;
        if (asprintf(&path, "%s/%s.json", folder, hex) < 0)
                return bakery__fail_memory(err);
        *ret_path = path;
        return BAKERY_OK;
}

static bool read_end(const struct cJSON *document, int64_t *ret_end_s)
{
        const struct cJSON *token = bakery__json_get(document, "accessToken");
        const char *expires_at = bakery__json_text_of(bakery__json_get(token, names.expiration));

        return expires_at && bakery__key_document_time(expires_at, ret_end_s);
}

static bool is_renewable(const struct renewal *renewal, const struct cJSON *document)
{
        static const char *const needed[] = { "refreshToken", "clientId", "dpopKey" };

        (void)renewal;
        for (size_t i = 0; i < N_ELEMENTS(needed); i++)
                if (!bakery__renewal_has_text(document, needed[i]))
                        return false;
        return true;
}

/* Of one renewal: the key that the session is bound to, and when it is shown. */
struct possession {
        bakery_client *client;
        struct es256 key;
};

static void clear_possession(struct possession *possession)
{
        bakery__es256_clear(&possession->key);
}
DEFINE_AUTO_CLEAR(possession, clear_possession)

static bakery_status prove(void *context, const char *url, struct buf *into, bakery_error **err)
{
        enum { ID_BYTES = 16 };
        const struct possession *possession = context;
        unsigned char random[ID_BYTES];
        char id[2 * ID_BYTES + 1];
        bakery_status st = bakery__random_bytes(random, sizeof random, "a DPoP token", err);

        if (st)
                return st;
        bakery__hex(random, sizeof random, id);
        return bakery__dpop_print(
                &(struct dpop){
                        .key = &possession->key,
                        .method = "POST",
                        .url = url,
                        .now_s = bakery__client_now_s(possession->client),
                        .id = id,
                },
                into, err);
}

static bakery_status load_key(const struct cJSON *old, struct es256 *key, bakery_error **err)
{
        const char *pem = bakery__json_text_of(bakery__json_get(old, "dpopKey"));
        bakery_status st = bakery__es256_load(key, bakery__span(pem), err);

        if (!st)
                return BAKERY_OK;
        bakery__wrap(err, st, "its dpopKey");
        return st == BAKERY_ERR_FORMAT ? BAKERY_ERR_CREDENTIALS : st;
}

static void write_request(struct json_call *call, const struct cJSON *old)
{
        struct cJSON *root = bakery__json_root(&call->request);

        bakery__json_copy(&call->request, root, "clientId", bakery__json_get(old, "clientId"));
        bakery__json_text(&call->request, root, "grantType", "refresh_token");
        bakery__json_copy(&call->request, root, "refreshToken", bakery__json_get(old, "refreshToken"));
}

static const char *missing_key_of(const struct cJSON *keys)
{
        const char *const needed[] = { names.access_key_id, names.secret_access_key, names.session_token };

        for (size_t i = 0; i < N_ELEMENTS(needed); i++)
                if (!bakery__renewal_has_text(keys, needed[i]))
                        return needed[i];
        return NULL;
}

/* The account is told once, when the person signs in, and stays. */
static bakery_status take_answer(const struct renewal *renewal, const struct json_call *call, const struct cJSON *old,
                                 struct json *ret, bakery_error **err)
{
        const struct cJSON *answer = call->answer.root;
        const struct cJSON *keys = bakery__json_get(answer, "accessToken");
        struct cJSON *root = bakery__json_root(ret), *token = bakery__json_object(ret, root, "accessToken");
        const char *missing = missing_key_of(keys);

        if (missing)
                return bakery__json_call_lacks(call, missing, err);
        if (!bakery__renewal_put_end(renewal, ret, token, bakery__json_get(answer, "expiresIn")))
                return bakery__json_call_lacks(call, "an expiresIn", err);
        bakery__json_copy(ret, token, names.access_key_id, bakery__json_get(keys, names.access_key_id));
        bakery__json_copy(ret, token, names.secret_access_key, bakery__json_get(keys, names.secret_access_key));
        bakery__json_copy(ret, token, names.session_token, bakery__json_get(keys, names.session_token));
        bakery__renewal_keep_rest(ret, token, bakery__json_get(old, "accessToken"));
        if (bakery__renewal_has_text(answer, "refreshToken"))
                bakery__json_copy(ret, root, "refreshToken", bakery__json_get(answer, "refreshToken"));
        bakery__renewal_keep_rest(ret, root, old);
        return BAKERY_OK;
}

/* botocore asks where its other calls go. A profile that is the source of another one may name the region itself. */
static const char *region_of(bakery_client *client, const struct ini_section *profile)
{
        const char *region = bakery__aws_region(&(struct aws_access){ .client = client });

        return region ? region : bakery__profile_value(profile, "region");
}

static bakery_status renew_session(const struct renewal *renewal, const struct cJSON *old, struct json *ret,
                                   bakery_error **err)
{
        AUTO_CLEAR(possession) possession = { .client = renewal->client };
        const struct aws_access access = { .client = renewal->client,
                                           .region = region_of(renewal->client, renewal->context) };
        const struct aws_proof proof = { "DPoP", prove, &possession };
        AUTO_CLEAR(json_call) call = bakery__json_call(&bakery__signin, "CreateOAuth2Token", &access);
        bakery_status st = load_key(old, &possession.key, err);

        if (st)
                return st;
        call.proof = &proof;
        write_request(&call, old);
        st = bakery__json_call_send(&call, err);
        if (!st)
                st = take_answer(renewal, &call, old, ret, err);
        return st && bakery__renewal_is_refused(*err) ? BAKERY_ERR_CREDENTIALS : st;
}

static bakery_status read_session(bakery_client *client, const struct ini_section *profile, const char *path,
                                  bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        const struct renewal renewal = {
                .client = client,
                .path = path,
                .noun = "login session",
                .read_end = read_end,
                .is_renewable = is_renewable,
                .renew = renew_session,
                .context = profile,
        };
        bakery_status st = bakery__renewal_load(&renewal, &json, err);

        if (st)
                return st;
        const struct cJSON *token = bakery__json_get(json.root, "accessToken");
        if (!bakery__json_text_of(bakery__json_get(token, names.expiration)))
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "it has no %s", names.expiration);
        return bakery__key_document_read(client, token, &names, ret, err);
}

static void hint_sign_in(const struct ini_section *profile, bakery_error **err)
{
        if (err && bakery__aws_has_code(*err, "INSUFFICIENT_PERMISSIONS"))
                bakery__error_hint(err, "your permissions must allow signin:CreateOAuth2Token, as AWS's policy "
                                        "SignInLocalDevelopmentAccess does");
        else
                bakery__error_hint(err, "run: aws login --profile %s", profile->name);
}

bakery_status bakery__login_credentials(bakery_client *client, const struct ini_section *profile,
                                        bakery_credentials **ret, bakery_error **err)
{
        AUTO_FREE char *path = NULL;
        bakery_status st = find_file(client, bakery__profile_value(profile, "login_session"), &path, err);

        if (!st) {
                st = read_session(client, profile, path, ret, err);
                if (st == BAKERY_ERR_CREDENTIALS)
                        hint_sign_in(profile, err);
        }
        if (!st)
                return BAKERY_OK;
        return bakery__wrap(err, st, "profile %s: the session of aws login", profile->name);
}
