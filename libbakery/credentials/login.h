/* The session that `aws login` left: keys of the person's own console sign-in. */
#ifndef BAKERY_CREDENTIALS_LOGIN_H
#define BAKERY_CREDENTIALS_LOGIN_H

#include "aws/keys.h"
#include "credentials/profile.h"

/*
 * The keys in the session of profile's login_session, in AWS_LOGIN_CACHE_DIRECTORY or ~/.aws/login/cache. They live for
 * a quarter of an hour, and are renewed as bakery__renewal_load() has it, for twelve hours, in the region that calls go
 * to, or else in that of profile. Gives BAKERY_ERR_CREDENTIALS with the next command when there are none or they are
 * over and not renewed; BAKERY_ERR_SYSTEM, BAKERY_ERR_MEMORY, what bakery__aws_call() gives. Messages name the profile.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
 */
bakery_status bakery__login_credentials(bakery_client *client, const struct ini_section *profile,
                                        bakery_credentials **ret, bakery_error **err);

#endif
