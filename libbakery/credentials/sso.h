/* IAM Identity Center: the token that `aws sso login` left becomes keys. */
#ifndef BAKERY_CREDENTIALS_SSO_H
#define BAKERY_CREDENTIALS_SSO_H

#include "aws/keys.h"
#include "credentials/plan.h"

/*
 * Asks for keys of the account and role of plan, a PLAN_SSO, with the token on disk. That of an sso-session is renewed
 * as bakery__renewal_load() has it, for as long as the session lasts; then, and in the legacy form, an error names the
 * AWS CLI's command. Gives BAKERY_ERR_CREDENTIALS (no token, one that is over, or that AWS does not take or renew; a
 * profile that is for tokens only), and what bakery__aws_call() gives. Messages name the profile.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
 */
bakery_status bakery__sso_credentials(bakery_client *client, const struct plan *plan, bakery_credentials **ret,
                                      bakery_error **err);

#endif
