#include "credentials/describe.h"

#include <string.h>

#include "credentials/plan.h"

/* With its length in front, no value can be taken for two. */
static void describe_text(struct buf *into, const char *name, const char *value)
{
        if (value)
                bakery__buf_format(into, "%s=%zu:%s\n", name, strlen(value), value);
}

/* Whoever changes a key changes its id: the secrets need not be known. */
static bool is_secret(const char *name)
{
        static const char *const names[] = { "aws_secret_access_key", "aws_session_token", "aws_security_token" };

        for (size_t i = 0; i < N_ELEMENTS(names); i++)
                if (strcmp(names[i], name) == 0)
                        return true;
        return false;
}

static void describe_section(struct buf *into, const char *kind, const struct ini_section *section)
{
        if (!section)
                return;
        describe_text(into, kind, section->name);
        for (const struct ini_property *p = section->first; p; p = p->next)
                if (!is_secret(p->name))
                        describe_text(into, p->name, p->value);
}

static void describe_services(struct buf *into, const struct profiles *profiles, const struct ini_section *profile)
{
        const char *name = bakery__profile_value(profile, "services");

        if (name)
                describe_section(into, "services", bakery__ini_find(&profiles->ini, INI_SERVICES, name));
}

static bakery_status describe_profiles(const bakery_client *client, const char *wanted, struct buf *into,
                                       bakery_error **err)
{
        AUTO_CLEAR(profiles) profiles = { 0 };
        const struct ini_section *profile = NULL;
        struct plan plan = { .source = PLAN_NOTHING };
        bakery_status st = bakery__profiles_load(client, &profiles, err);

        if (!st)
                st = bakery__profiles_find(client, &profiles, wanted, &profile, err);
        if (!st)
                st = bakery__plan_make(&profiles, profile, &plan, err);
        if (st)
                return st;
        describe_section(into, "profile", profile);
        describe_services(into, &profiles, profile);
        for (size_t i = 0; i < plan.n_roles; i++)
                describe_section(into, "role", plan.roles[i]);
        describe_section(into, "base", plan.base);
        describe_section(into, "sso-session", plan.sso_session);
        return BAKERY_OK;
}

/* What sources look at besides profiles. */
static void describe_environment(const bakery_client *client, struct buf *into)
{
        static const char *const variables[] = {
                "HOME",
                "AWS_ACCESS_KEY_ID",
                "AWS_LOGIN_CACHE_DIRECTORY",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "AWS_ROLE_ARN",
                "AWS_ROLE_SESSION_NAME",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                "AWS_EC2_METADATA_DISABLED",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        };

        for (size_t i = 0; i < N_ELEMENTS(variables); i++)
                describe_text(into, variables[i], bakery__client_getenv(client, variables[i]));
}

bakery_status bakery__chain_describe(bakery_client *client, const bakery_chain_options *options, struct buf *into,
                                     bakery_error **err)
{
        const char *wanted = options ? options->profile : NULL;
        bool has_keys = !wanted && (bakery__client_getenv(client, "AWS_ACCESS_KEY_ID") ||
                                    bakery__client_getenv(client, "AWS_SECRET_ACCESS_KEY"));

        describe_text(into, "from", has_keys ? "environment" : "profile");
        describe_environment(client, into);
        bakery_status st = describe_profiles(client, wanted, into, err);
        /* With keys in the environment nothing in a profile is a reason to stop. */
        if (st && !has_keys)
                return st;
        bakery__error_clear(err);
        return bakery__buf_status(into, "the description of the source", err);
}
