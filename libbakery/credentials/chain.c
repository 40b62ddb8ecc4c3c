#include <bakery/chain.h>

#include <string.h>

#include "credentials/container.h"
#include "credentials/credential_process.h"
#include "credentials/env_keys.h"
#include "credentials/imds.h"
#include "credentials/login.h"
#include "credentials/plan.h"
#include "credentials/role.h"
#include "credentials/sso.h"
#include "credentials/web_identity.h"

/* A search for keys. */
struct search {
        bakery_client *client;
        const bakery_chain_options *options;
        const struct ini_section *profile; /* NULL: none, or not looked for */
        char *config_path;                 /* where it was looked for; NULL: HOME is not set */
        struct plan plan;
        bakery_credentials *found;
};

static void clear_search(struct search *search)
{
        free(search->config_path);
        bakery_credentials_free(search->found);
}
DEFINE_AUTO_CLEAR(search, clear_search)

/* Named by the caller: then the environment has no say. */
static bool is_explicit(const struct search *search)
{
        return search->options->profile != NULL;
}

/* The profile's regions and endpoints go for every call from here on. */
static bakery_status read_profiles(struct search *search, bakery_error **err)
{
        AUTO_CLEAR(profiles) profiles = { 0 };
        bakery_client *client = search->client;
        bakery_status st = bakery__profiles_load(client, &profiles, err);

        if (st)
                return st;
        bakery__profiles_warn(client, &profiles);
        st = bakery__profiles_find(client, &profiles, search->options->profile, &search->profile, err);
        if (!st)
                st = bakery__plan_make(&profiles, search->profile, &search->plan, err);
        if (st)
                return st;
        free(search->config_path);
        search->config_path = STEAL(profiles.paths[INI_CONFIG]);
        return bakery__profiles_hand_over(client, &profiles, search->profile, err);
}

/* With keys in the environment a profile only has regions and endpoints to give, and nothing in it is a reason to stop.
 */
static void read_profiles_aside(struct search *search)
{
        AUTO_PTR(bakery_error) err = NULL;
        const char *wanted = bakery__profile_wanted(search->client, NULL);

        if (wanted)
                bakery__client_log(search->client, BAKERY_LOG_INFO,
                                   "the keys in the environment go before profile %s, which AWS_PROFILE names", wanted);
        if (read_profiles(search, &err))
                bakery__client_log(search->client, BAKERY_LOG_WARNING, "%s: its settings are passed over",
                                   bakery_error_message(err));
}

/* Sources that a profile may name; as AWS writes them. */
static bakery_status from_environment(struct search *search, bakery_credentials **ret, bakery_error **err)
{
        return bakery__env_keys(search->client, ret, err);
}

static bakery_status from_container(struct search *search, bakery_credentials **ret, bakery_error **err)
{
        return bakery__container_credentials(search->client, ret, err);
}

static bakery_status from_instance(struct search *search, bakery_credentials **ret, bakery_error **err)
{
        if (search->options->no_metadata)
                return bakery__fail(err, BAKERY_ERR_NOT_FOUND, "the instance metadata is not asked here");
        return bakery__imds_credentials(search->client, search->profile, ret, err);
}

typedef bakery_status source_function(struct search *search, bakery_credentials **ret, bakery_error **err);

static const struct {
        const char *name;
        source_function *get;
} named_sources[] = {
        { "Environment", from_environment },
        { "EcsContainer", from_container },
        { "Ec2InstanceMetadata", from_instance },
};

static bakery_status get_named(struct search *search, bakery_credentials **ret, bakery_error **err)
{
        const char *name = bakery__profile_value(search->plan.base, "credential_source");

        for (size_t i = 0; i < N_ELEMENTS(named_sources); i++) {
                if (strcmp(named_sources[i].name, name) != 0)
                        continue;
                bakery_status st = named_sources[i].get(search, ret, err);
                return st ? bakery__wrap(err, st, "profile %s: credential_source %s", search->plan.base->name, name)
                          : BAKERY_OK;
        }
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "profile %s: there is no credential_source \"%.60s\"",
                     search->plan.base->name, name);
        bakery__error_hint(err, "Environment, EcsContainer and Ec2InstanceMetadata are");
        return BAKERY_ERR_CREDENTIALS;
}

static bakery_status get_static(struct search *search, bakery_credentials **ret, bakery_error **err)
{
        const struct ini_section *profile = search->plan.base;
        const char *token = bakery__profile_value(profile, "aws_session_token");

        if (!token) /* its old name */
                token = bakery__profile_value(profile, "aws_security_token");
        bakery_status st = bakery_credentials_new(bakery__profile_value(profile, "aws_access_key_id"),
                                                  bakery__profile_value(profile, "aws_secret_access_key"), token, 0,
                                                  NULL, ret, err);
        return st ? bakery__wrap(err, st, "profile %s", profile->name) : BAKERY_OK;
}

static bakery_status get_web_identity(struct search *search, bakery_credentials **ret, bakery_error **err)
{
        return bakery__web_identity_of_profile(search->client, search->plan.base, ret, err);
}

static bakery_status get_sso(struct search *search, bakery_credentials **ret, bakery_error **err)
{
        return bakery__sso_credentials(search->client, &search->plan, ret, err);
}

static bakery_status get_login(struct search *search, bakery_credentials **ret, bakery_error **err)
{
        return bakery__login_credentials(search->client, search->plan.base, ret, err);
}

static bakery_status get_process(struct search *search, bakery_credentials **ret, bakery_error **err)
{
        return bakery__credential_process(search->client, search->plan.base, ret, err);
}

static bakery_status get_base(struct search *search, bakery_credentials **ret, bakery_error **err)
{
        static source_function *const sources[] = {
                [PLAN_STATIC] = get_static, [PLAN_NAMED] = get_named, [PLAN_WEB_IDENTITY] = get_web_identity,
                [PLAN_SSO] = get_sso,       [PLAN_LOGIN] = get_login, [PLAN_PROCESS] = get_process,
        };

        return sources[search->plan.source](search, ret, err);
}

/* For people: "profile dev: source_profile base", "profile ci: web_identity_token_file". */
static bakery_status say_source(struct search *search, bakery_error **err)
{
        const struct plan *plan = &search->plan;
        const char *setting = plan->n_roles > 0 ? "credential_source" : bakery__plan_source_name(plan);
        const char *value = NULL;

        if (plan->n_roles > 0)
                value = bakery__profile_value(plan->roles[0], "source_profile");
        if (value)
                setting = "source_profile";
        else if (plan->n_roles > 0)
                value = bakery__profile_value(plan->roles[0], "credential_source");
        return bakery__credentials_set_source(search->found, err, "profile %s: %s%s%s", search->profile->name, setting,
                                              value ? " " : "", value ? value : "");
}

static bakery_status resolve_plan(struct search *search, bakery_error **err)
{
        const struct plan *plan = &search->plan;
        bakery_status st = get_base(search, &search->found, err);

        for (size_t i = plan->n_roles; i > 0 && !st; i--) {
                AUTO_PTR(bakery_credentials) keys = STEAL(search->found);

                st = bakery__role_assume(search->client, search->options, plan->roles[i - 1], keys, &search->found,
                                         err);
        }
        /* A source that a profile names, and that is not there, is a failure: no other identity is taken. */
        if (st == BAKERY_ERR_NOT_FOUND) {
                AUTO_PTR(bakery_error) reason = err ? STEAL(*err) : NULL;

                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%s", bakery_error_message(reason));
        }
        return st ? st : say_source(search, err);
}

static bakery_status fail_none(const struct search *search, const char *metadata, bakery_error **err)
{
        const char *wanted = bakery__profile_wanted(search->client, search->options->profile);
        const char *path = search->config_path;
        const char *said = search->profile ? "did not say where credentials are" : "is not there";

        bakery__fail(err, BAKERY_ERR_CREDENTIALS,
                     "there are no credentials: none in the environment, profile \"%.100s\" %s (%s), no container, and "
                     "%s",
                     wanted ? wanted : "default", said, path ? path : "HOME is not set", metadata);
        bakery__error_hint(err, path ? "sign in with aws login, aws sso login or aws configure; or name a profile"
                                     : "set HOME, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE");
        return BAKERY_ERR_CREDENTIALS;
}

/* The last resort: asked only when nothing else is there, for a program at a desk waits for it in vain. */
static bakery_status resolve_metadata(struct search *search, bakery_error **err)
{
        AUTO_PTR(bakery_error) reason = NULL;
        bakery_status st = from_instance(search, &search->found, &reason);

        if (st == BAKERY_ERR_NOT_FOUND)
                return fail_none(search, bakery_error_message(reason), err);
        if (st && err) {
                bakery_error_free(*err);
                *err = STEAL(reason);
        }
        return st;
}

static bakery_status resolve(struct search *search, bakery_error **err)
{
        bakery_status st = is_explicit(search) ? BAKERY_ERR_NOT_FOUND : from_environment(search, &search->found, err);

        if (!st)
                read_profiles_aside(search);
        if (st != BAKERY_ERR_NOT_FOUND)
                return st;
        st = read_profiles(search, err);
        if (st)
                return st;
        if (search->plan.source != PLAN_NOTHING)
                return resolve_plan(search, err);
        if (!is_explicit(search) && bakery__web_identity_is_there(search->client))
                return bakery__web_identity_of_environment(search->client, &search->found, err);
        if (bakery__container_is_there(search->client))
                return from_container(search, &search->found, err);
        return resolve_metadata(search, err);
}

bakery_status bakery_chain_resolve(bakery_client *client, const bakery_chain_options *options,
                                   bakery_credentials **ret_credentials, bakery_error **err)
{
        static const bakery_chain_options usual = BAKERY_CHAIN_OPTIONS_INIT;
        AUTO_CLEAR(search) search = { .client = client, .options = options ? options : &usual };

        bakery__error_clear(err);
        if (search.options->size < sizeof usual)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_chain_options of %zu bytes are none: begin with BAKERY_CHAIN_OPTIONS_INIT",
                                    search.options->size);
        bakery_status st = resolve(&search, err);
        if (st)
                return st;
        bakery__error_clear(err);
        bakery__client_log(client, BAKERY_LOG_INFO, "credentials of %s", bakery_credentials_source(search.found));
        *ret_credentials = STEAL(search.found);
        return BAKERY_OK;
}

bakery_status bakery_chain_region(bakery_client *client, const char *profile, char **ret_region, bakery_error **err)
{
        bakery__error_clear(err);
        return bakery__profile_read_value(client, profile, "region", ret_region, err);
}
