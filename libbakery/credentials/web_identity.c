#include "credentials/web_identity.h"

#include <bakery/sts.h>

#include "credentials/role.h"
#include "credentials/token_file.h"

#define TOKEN_FILE "AWS_WEB_IDENTITY_TOKEN_FILE"

static bakery_status assume(bakery_client *client, const char *token_file, const char *role_arn, const char *name,
                            bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(buf) token = { .max = 20000, .secret = true };
        char usual_name[ROLE_SESSION_NAME_BYTES], region[ROLE_REGION_BYTES];
        bakery_assume_role request = BAKERY_ASSUME_ROLE_INIT;
        bakery_status st = bakery__token_file_read(token_file, &token, err);

        if (st)
                return st;
        bakery__role_session_name(client, usual_name);
        request.role_arn = role_arn;
        request.role_session_name = name ? name : usual_name;
        request.region = bakery__role_region(client, role_arn, region);
        return bakery_sts_assume_role_with_web_identity(client, token.at, &request, ret, err);
}

bakery_status bakery__web_identity_of_profile(bakery_client *client, const struct ini_section *profile,
                                              bakery_credentials **ret, bakery_error **err)
{
        bakery_status st = assume(client, bakery__profile_value(profile, "web_identity_token_file"),
                                  bakery__profile_value(profile, "role_arn"),
                                  bakery__profile_value(profile, "role_session_name"), ret, err);

        return st ? bakery__wrap(err, st, "profile %s: web_identity_token_file", profile->name) : BAKERY_OK;
}

bool bakery__web_identity_is_there(const bakery_client *client)
{
        return bakery__client_getenv(client, TOKEN_FILE) != NULL;
}

bakery_status bakery__web_identity_of_environment(bakery_client *client, bakery_credentials **ret, bakery_error **err)
{
        AUTO_PTR(bakery_credentials) found = NULL;
        const char *role_arn = bakery__client_getenv(client, "AWS_ROLE_ARN");

        if (!role_arn) {
                bakery__fail(err, BAKERY_ERR_CREDENTIALS, TOKEN_FILE " is set, AWS_ROLE_ARN is not");
                bakery__error_hint(err, "set AWS_ROLE_ARN to the role that the token is for");
                return BAKERY_ERR_CREDENTIALS;
        }
        bakery_status st = assume(client, bakery__client_getenv(client, TOKEN_FILE), role_arn,
                                  bakery__client_getenv(client, "AWS_ROLE_SESSION_NAME"), &found, err);
        if (st)
                return bakery__wrap(err, st, TOKEN_FILE);
        st = bakery__credentials_set_source(found, err, "environment: " TOKEN_FILE);
        if (st)
                return st;
        *ret = STEAL(found);
        return BAKERY_OK;
}
