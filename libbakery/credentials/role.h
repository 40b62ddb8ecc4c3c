/* A step of a role chain: keys become those of a role, as a profile describes it. */
#ifndef BAKERY_CREDENTIALS_ROLE_H
#define BAKERY_CREDENTIALS_ROLE_H

#include <bakery/chain.h>
#include <bakery/sts.h>

#include "aws/keys.h"
#include "credentials/profile.h"

enum { ROLE_SESSION_NAME_BYTES = 65, ROLE_REGION_BYTES = 40 };

/* What the name of a session is when nobody gives one: "bakery-1700000000". */
void bakery__role_session_name(bakery_client *client, char ret_name[ROLE_SESSION_NAME_BYTES]);

/*
 * The region to ask STS in, when neither the client nor the profile in use has one: the partition's global one, by the
 * role's ARN: "aws-global". NULL: leave it to the client.
 */
const char *bakery__role_region(const bakery_client *client, const char *role_arn, char buffer[ROLE_REGION_BYTES]);

/*
 * Assumes the role of profile with keys: role_arn, role_session_name, external_id, duration_seconds, and mfa_serial,
 * for which mfa_process makes the code, or options->ask is asked, once more when AWS does not take it. Gives what
 * bakery_sts_assume_role() gives, and BAKERY_ERR_CREDENTIALS when MFA is needed and nobody is there. Messages name the
 * profile.
 */
bakery_status bakery__role_assume(bakery_client *client, const bakery_chain_options *options,
                                  const struct ini_section *profile, const bakery_credentials *keys,
                                  bakery_credentials **ret, bakery_error **err);

#endif
