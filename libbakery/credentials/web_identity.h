/* Keys for a token that somebody else vouches for: Kubernetes, a pipeline. */
#ifndef BAKERY_CREDENTIALS_WEB_IDENTITY_H
#define BAKERY_CREDENTIALS_WEB_IDENTITY_H

#include "aws/keys.h"
#include "credentials/profile.h"

/*
 * Assumes the role of profile with the token in its web_identity_token_file, which is read anew; nothing is signed.
 * Gives what reading the token and bakery_sts_assume_role_with_web_identity() give; messages name the profile.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */
bakery_status bakery__web_identity_of_profile(bakery_client *client, const struct ini_section *profile,
                                              bakery_credentials **ret, bakery_error **err);

/* AWS_WEB_IDENTITY_TOKEN_FILE is set. */
bool bakery__web_identity_is_there(const bakery_client *client);

/* The same with AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME. Gives BAKERY_ERR_CREDENTIALS when the
 * role is not named. */
bakery_status bakery__web_identity_of_environment(bakery_client *client, bakery_credentials **ret, bakery_error **err);

#endif
