/* Multi-factor authentication: the device, the code, and the session that carries "MFA was shown". */
#ifndef BAKERY_CREDENTIALS_MFA_H
#define BAKERY_CREDENTIALS_MFA_H

#include <bakery/chain.h>
#include <bakery/config.h>

#include "credentials/identity.h"
#include "credentials/mfa_process.h"
#include "credentials/profile.h"

/* What it takes to show MFA. All is borrowed. */
struct mfa {
        bakery_client *client;
        const struct cache *cache;         /* of the MFA session */
        const bakery_chain_options *chain; /* whom to ask */
        const bakery_credentials *keys;    /* a user's own: a session cannot show MFA */
        const struct caller *caller;
        const char *serial;                /* NULL: the user's own virtual device in IAM */
        const char *code;                  /* NULL: made by the profile's mfa_process, where it has one, or asked for */
        const struct ini_section *profile; /* whose mfa_process that is; NULL: none's */
        const char *region;
};

enum { MFA_SESSION_S = 43200, SHORTEST_SESSION_S = 900, CHAINED_SESSION_S = 3600 };

/*
 * An MFA session, from the cache when its code is younger than max_age_s (0: any age); else with a new code, for
 * duration_s. Gives BAKERY_ERR_CREDENTIALS (no device, a FIDO key, nobody to ask, a code that is none, an mfa_process
 * that fails), BAKERY_ERR_DENIED (a code that AWS does not take), and what STS and IAM give.
 */
bakery_status bakery__mfa_session(const struct mfa *mfa, unsigned duration_s, unsigned max_age_s,
                                  bakery_credentials **ret, bakery_error **err);

/*
 * How long a session is made: it must serve the strictest role of the configuration (which may be NULL) that asks for
 * MFA, since an older one would be refused while it looks fresh. max_age_s 0: of any age.
 */
unsigned bakery__mfa_session_s(const bakery_config *config, unsigned max_age_s);

/* Fills in what the profile says of MFA; profiles holds it, and must outlive mfa. With keys of the environment there
 * need not be a profile. */
void bakery__mfa_find_settings(struct mfa *mfa, struct profiles *profiles);

/* Forgets the session: AWS does not take it any more. */
void bakery__mfa_drop(const struct mfa *mfa);

/*
 * Makes a call that takes a code. When AWS does not take it and a person typed it, once again with the next one.
 * purpose stands in the question: "for MyTeamProdAdmin alone"; NULL: nothing.
 */
typedef bakery_status mfa_call(const char *serial, const char *code, void *context, bakery_error **err);
bakery_status bakery__mfa_call(const struct mfa *mfa, const char *purpose, mfa_call *call, void *context,
                               bakery_error **err);

#endif
