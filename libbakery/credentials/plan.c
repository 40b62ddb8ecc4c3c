#include "credentials/plan.h"

#include <string.h>

#include "base/buf.h"

/* A plan on its way. */
struct planning {
        const struct profiles *profiles;
        const struct ini_section *visited[PLAN_ROLES_AT_MOST + 1];
        size_t n_visited;
        struct plan plan;
};

static bakery_status refuse(const struct ini_section *profile, bakery_error **err, const char *format, ...)
        BAKERY__PRINTF(3, 4);

/* With the place of the profile's first line: enough to find it, and none of its text. */
static bakery_status refuse(const struct ini_section *profile, bakery_error **err, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        char *why = bakery__str_harmless_format(format, args);
        va_end(args);
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "profile \"%.100s\": %s", profile->name, why ? why : "out of memory");
        free(why);
        if (profile->first)
                bakery__error_place(err, profile->first->file, profile->first->line, 0);
        return BAKERY_ERR_CREDENTIALS;
}

static bool has(const struct ini_section *profile, const char *name)
{
        return bakery__profile_value(profile, name) != NULL;
}

static bool has_keys(const struct ini_section *profile)
{
        return has(profile, "aws_access_key_id") || has(profile, "aws_secret_access_key");
}

static bakery_status check_pair(struct planning *planning, const struct ini_section *profile, bakery_error **err)
{
        static const char *const pair[] = { "aws_access_key_id", "aws_secret_access_key" };

        (void)planning;
        for (size_t i = 0; i < N_ELEMENTS(pair); i++)
                if (!has(profile, pair[i]))
                        return refuse(profile, err, "%s is missing, %s is there", pair[i], pair[1 - i]);
        return BAKERY_OK;
}

static bakery_status check_web_identity(struct planning *planning, const struct ini_section *profile,
                                        bakery_error **err)
{
        (void)planning;
        if (!has(profile, "role_arn"))
                return refuse(profile, err, "web_identity_token_file is there, role_arn is missing");
        return BAKERY_OK;
}

/*
 * What goes for a whole session stands in [sso-session]; the AWS CLI lets a profile repeat it, but not change it.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
 */
static bakery_status find_sso_session(struct planning *planning, const struct ini_section *profile, bakery_error **err)
{
        static const char *const shared[] = { "sso_region", "sso_start_url" };
        const char *name = bakery__profile_value(profile, "sso_session");

        if (!name)
                return BAKERY_OK;
        const struct ini_section *session = bakery__ini_find(&planning->profiles->ini, INI_SSO_SESSION, name);
        if (!session)
                return refuse(profile, err, "its sso_session \"%.100s\" is not there", name);
        for (size_t i = 0; i < N_ELEMENTS(shared); i++) {
                const char *own = bakery__profile_value(profile, shared[i]);
                const char *common = bakery__profile_value(session, shared[i]);

                if (own && !bakery__str_equal(own, common))
                        return refuse(profile, err, "%s belongs into [sso-session %.100s], and there only", shared[i],
                                      name);
        }
        planning->plan.sso_session = session;
        return BAKERY_OK;
}

static bakery_status check_sso(struct planning *planning, const struct ini_section *profile, bakery_error **err)
{
        static const char *const own[] = { "sso_account_id", "sso_role_name" };
        static const char *const shared[] = { "sso_region", "sso_start_url" };
        bakery_status st = find_sso_session(planning, profile, err);

        if (st)
                return st;
        for (size_t i = 0; i < N_ELEMENTS(own); i++)
                if (!has(profile, own[i]) && has(profile, own[1 - i]))
                        return refuse(profile, err, "%s is missing, %s is there", own[i], own[1 - i]);

        const struct ini_section *common = planning->plan.sso_session ? planning->plan.sso_session : profile;
        for (size_t i = 0; i < N_ELEMENTS(shared); i++)
                if (!has(common, shared[i]))
                        return refuse(profile, err, "%s is missing%s", shared[i],
                                      planning->plan.sso_session ? " in its sso-session" : "");
        return BAKERY_OK;
}

/* In the AWS CLI's order. An sso_session alone is for tokens, not keys, and so comes last. */
static const struct {
        const char *setting;
        enum plan_source source;
        bakery_status (*check)(struct planning *planning, const struct ini_section *profile, bakery_error **err);
} kinds[] = {
        { "web_identity_token_file", PLAN_WEB_IDENTITY, check_web_identity },
        { "sso_account_id", PLAN_SSO, check_sso },
        { "sso_role_name", PLAN_SSO, check_sso },
        { "aws_access_key_id", PLAN_STATIC, check_pair },
        { "aws_secret_access_key", PLAN_STATIC, check_pair },
        { "login_session", PLAN_LOGIN, NULL },
        { "credential_process", PLAN_PROCESS, NULL },
        { "sso_session", PLAN_SSO, check_sso },
};

static bakery_status plan_base(struct planning *planning, const struct ini_section *profile, bakery_error **err)
{
        planning->plan.base = profile;
        for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
                if (!has(profile, kinds[i].setting))
                        continue;
                planning->plan.source = kinds[i].source;
                return kinds[i].check ? kinds[i].check(planning, profile, err) : BAKERY_OK;
        }
        if (planning->n_visited > 1)
                return refuse(profile, err, "has no credentials, and profile \"%.100s\" names it as its source_profile",
                              planning->visited[planning->n_visited - 2]->name);
        planning->plan.source = PLAN_NOTHING;
        return BAKERY_OK;
}

static bool was_visited(const struct planning *planning, const struct ini_section *profile)
{
        for (size_t i = 0; i < planning->n_visited; i++)
                if (planning->visited[i] == profile)
                        return true;
        return false;
}

static bakery_status fail_circle(const struct planning *planning, const struct ini_section *again, bakery_error **err)
{
        AUTO_CLEAR(buf) chain = { .max = 4096 };

        for (size_t i = 0; i < planning->n_visited; i++)
                bakery__buf_format(&chain, "%.60s -> ", planning->visited[i]->name);
        bakery__buf_format(&chain, "%.60s", again->name);
        return refuse(planning->visited[0], err, "source_profile goes in circles: %s", chain.at ? chain.at : "");
}

/* Notes the role of profile, and where its keys come from: *ret_next is another profile, or NULL at the base. */
static bakery_status plan_role(struct planning *planning, const struct ini_section *profile,
                               const struct ini_section **ret_next, bakery_error **err)
{
        const char *source = bakery__profile_value(profile, "source_profile");
        bool named = has(profile, "credential_source");

        if (source && named)
                return refuse(profile, err, "role_arn has both source_profile and credential_source: keep one");
        if (!source && !named)
                return refuse(profile, err, "role_arn needs source_profile or credential_source beside it");

        planning->plan.roles[planning->plan.n_roles++] = profile;
        planning->plan.base = profile;
        *ret_next = NULL;
        if (named) {
                planning->plan.source = PLAN_NAMED;
                return BAKERY_OK;
        }
        const struct ini_section *next = bakery__ini_find(&planning->profiles->ini, INI_PROFILE, source);
        if (!next) {
                bakery_status st = bakery__profiles_fail_missing(planning->profiles, source, "source_profile", err);

                return bakery__wrap(err, st, "profile \"%.100s\"", profile->name);
        }
        if (next == profile && has_keys(profile)) {
                planning->plan.source = PLAN_STATIC;
                return check_pair(planning, profile, err);
        }
        if (was_visited(planning, next))
                return fail_circle(planning, next, err);
        *ret_next = next;
        return BAKERY_OK;
}

/* One profile on the way; *ret_next is NULL at the end. */
static bakery_status plan_profile(struct planning *planning, const struct ini_section *profile,
                                  const struct ini_section **ret_next, bakery_error **err)
{
        bool is_source = planning->n_visited > 0;

        *ret_next = NULL;
        if (planning->n_visited == PLAN_ROLES_AT_MOST)
                return refuse(planning->visited[0], err, "more than %d roles follow one another", PLAN_ROLES_AT_MOST);
        planning->visited[planning->n_visited++] = profile;
        if (is_source && has_keys(profile))
                return plan_base(planning, profile, err);
        if (has(profile, "role_arn") && !has(profile, "web_identity_token_file"))
                return plan_role(planning, profile, ret_next, err);
        return plan_base(planning, profile, err);
}

bakery_status bakery__plan_make(const struct profiles *profiles, const struct ini_section *profile, struct plan *ret,
                                bakery_error **err)
{
        struct planning planning = { .profiles = profiles };

        while (profile) {
                bakery_status st = plan_profile(&planning, profile, &profile, err);

                if (st)
                        return st;
        }
        *ret = planning.plan;
        return BAKERY_OK;
}

const char *bakery__plan_source_name(const struct plan *plan)
{
        static const char *const names[] = {
                [PLAN_NOTHING] = "nothing",
                [PLAN_STATIC] = "aws_access_key_id",
                [PLAN_NAMED] = "credential_source",
                [PLAN_WEB_IDENTITY] = "web_identity_token_file",
                [PLAN_SSO] = "sso_role_name",
                [PLAN_LOGIN] = "login_session",
                [PLAN_PROCESS] = "credential_process",
        };

        return names[plan->source];
}
