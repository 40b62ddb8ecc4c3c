#include "credentials/login.h"

#include <stdio.h>
#include <string.h>

#include "credentials/key_document.h"
#include "formats/crypto.h"

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

static bakery_status read_session(bakery_client *client, const char *path, bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        bakery_status st = bakery__key_document_load(path, &json, err);

        if (st == BAKERY_ERR_IO || st == BAKERY_ERR_LIMIT)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "there is no session that can be read in %s", path);
        if (st)
                return st;
        const struct cJSON *token = bakery__json_get(json.root, "accessToken");
        if (!bakery__json_text_of(bakery__json_get(token, names.expiration)))
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "it has no %s", names.expiration);
        return bakery__key_document_read(client, token, &names, ret, err);
}

bakery_status bakery__login_credentials(bakery_client *client, const struct ini_section *profile,
                                        bakery_credentials **ret, bakery_error **err)
{
        AUTO_FREE char *path = NULL;
        bakery_status st = find_file(client, bakery__profile_value(profile, "login_session"), &path, err);

        if (!st)
                st = read_session(client, path, ret, err);
        if (!st)
                return BAKERY_OK;
        if (st == BAKERY_ERR_CREDENTIALS)
                bakery__error_hint(err,
                                   "run: aws sts get-caller-identity --profile %s (the AWS CLI renews the session), "
                                   "and if that fails: aws login --profile %s",
                                   profile->name, profile->name);
        return bakery__wrap(err, st, "profile %s: the session of aws login", profile->name);
}
