/* IAM Identity Center: the token that `aws sso login` left becomes keys. */
#ifndef BAKERY_CREDENTIALS_SSO_H
#define BAKERY_CREDENTIALS_SSO_H

#include "aws/keys.h"
#include "credentials/plan.h"

/*
 * Asks for keys of the account and role of plan, a PLAN_SSO, with the token on disk. It is not renewed here: that is
 * left to the AWS CLI, and an error names its command. Gives BAKERY_ERR_CREDENTIALS (no token, one that is over, or
 * that AWS does not take; a profile that is for tokens only), and what bakery__aws_call() gives. Messages name the
 * profile. https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
 */
bakery_status bakery__sso_credentials(bakery_client *client, const struct plan *plan, bakery_credentials **ret,
                                      bakery_error **err);

#endif
