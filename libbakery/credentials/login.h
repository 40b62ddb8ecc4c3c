/* The session that `aws login` left: keys of the person's own console sign-in. */
#ifndef BAKERY_CREDENTIALS_LOGIN_H
#define BAKERY_CREDENTIALS_LOGIN_H

#include "aws/keys.h"
#include "credentials/profile.h"

/*
 * The keys in the session of profile's login_session, in AWS_LOGIN_CACHE_DIRECTORY or ~/.aws/login/cache, while they
 * live, which is a quarter of an hour. They are not renewed here: every AWS CLI command does it, for twelve hours.
 * Gives BAKERY_ERR_CREDENTIALS with the next command when there are none or they are over; BAKERY_ERR_SYSTEM,
 * BAKERY_ERR_MEMORY. Messages name the profile.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
 */
bakery_status bakery__login_credentials(bakery_client *client, const struct ini_section *profile,
                                        bakery_credentials **ret, bakery_error **err);

#endif
