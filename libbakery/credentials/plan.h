/* What a profile leads to: a source of keys, and the roles to be assumed from there, one after another. Pure. */
#ifndef BAKERY_CREDENTIALS_PLAN_H
#define BAKERY_CREDENTIALS_PLAN_H

#include "credentials/profile.h"

enum plan_source {
        PLAN_NOTHING,      /* the profile holds settings only */
        PLAN_STATIC,       /* aws_access_key_id and its like */
        PLAN_NAMED,        /* credential_source */
        PLAN_WEB_IDENTITY, /* role_arn with web_identity_token_file */
        PLAN_SSO,          /* sso_account_id, sso_role_name, sso_session */
        PLAN_LOGIN,        /* login_session, as `aws login` leaves it */
        PLAN_PROCESS,      /* credential_process */
};

enum { PLAN_ROLES_AT_MOST = 16 };

/* Borrowed from the profiles, which must outlive it. */
struct plan {
        enum plan_source source;
        const struct ini_section *base;                      /* the profile whose source it is */
        const struct ini_section *sso_session;               /* of PLAN_SSO; NULL: the legacy form */
        const struct ini_section *roles[PLAN_ROLES_AT_MOST]; /* profiles with a role_arn, the last one assumed first */
        size_t n_roles;
};

/*
 * Follows profile to where its keys are. As the AWS CLI does it, a role goes before keys in the profile that is asked
 * for, and keys before a role in those it leads to; a profile may name itself as its source once, with keys.
 *
 * Gives BAKERY_ERR_CREDENTIALS, naming the profile: half a pair, a role without a source or with two, a source that is
 * not there or has no keys, a circle (with the chain), settings of SSO or web identity that are not complete.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */
bakery_status bakery__plan_make(const struct profiles *profiles, const struct ini_section *profile, struct plan *ret,
                                bakery_error **err);

/* The setting that makes the source: "web_identity_token_file"; a constant. */
const char *bakery__plan_source_name(const struct plan *plan);

#endif
