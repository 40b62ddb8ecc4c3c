/* A role on its way to being assumed: what was asked for, and what was found out so far. */
#ifndef BAKERY_CREDENTIALS_ASSUME_H
#define BAKERY_CREDENTIALS_ASSUME_H

#include <bakery/assume.h>

#include "credentials/mfa.h"

struct assuming {
        bakery_client *client;
        const bakery_assume *request;
        struct cache cache;
        char *role_arn;
        bool requires_mfa;
        unsigned mfa_max_age_s; /* 0: any */

        bakery_credentials *keys; /* the source's; NULL: not asked yet */
        struct caller caller;     /* .arn NULL: not asked yet */
        bakery_credentials *mfa;  /* the MFA session, when there is one */
        bool showed_code;         /* the role was asked for with a code of its own */
};

/*
 * What AWS would refuse and we can tell: without asking anybody, and once the caller is known. Gives
 * BAKERY_ERR_ARGUMENT, and the name of the session in *ret_name, to be freed.
 */
bakery_status bakery__assume_check(const struct assuming *assuming, bakery_error **err);
bakery_status bakery__assume_session_name(const struct assuming *assuming, char **ret_name, bakery_error **err);

/* Adds to *err, a refusal of STS, what is known: the group that would grant the role, MFA, duration, region, clock. */
void bakery__explain(const struct assuming *assuming, bakery_status st, bakery_error **err);

#endif
