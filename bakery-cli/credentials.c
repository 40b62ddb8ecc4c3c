#include "role.h"
#include "ui/json.h"

/* https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html */
void role_print_process(const struct role *role)
{
        const bakery_credentials *keys = role->credentials;
        struct json_out json = { .out = stdout };

        json_begin(&json, NULL, '{');
        json_number(&json, "Version", 1);
        json_text(&json, "AccessKeyId", bakery_credentials_access_key_id(keys));
        json_text(&json, "SecretAccessKey", bakery_credentials_secret_access_key(keys));
        json_text(&json, "SessionToken", bakery_credentials_session_token(keys));
        json_text(&json, "Expiration", role->expiration);
        json_end(&json, '}');
}

static int run(const struct options *options, char *const *arguments)
{
        struct role role = { 0 };
        int code = role_assume(options, &role);

        (void)arguments;
        if (!code)
                role_print_process(&role);
        role_clear(&role);
        return code;
}

static const struct option_row *const own_options[] = { ROLE_OPTIONS, NULL };

const struct command cli_credentials = {
        .name = "credentials",
        .arguments = "",
        .has_keys = true,
        .last_output = OUTPUT_JSON, /* it is JSON, either way */
        .about = "credentials of a role, for credential_process",
        .details = "Prints what the SDKs and the AWS CLI expect of a credential_process, from the\n"
                   "cache while the session is fresh. In ~/.aws/config:\n\n"
                   "  [profile shop]\n"
                   "  credential_process = bakery-cli credentials --profile base --role-arn ARN",
        .options = own_options,
        .run = run,
};
