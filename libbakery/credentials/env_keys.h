/* The keys in the environment. */
#ifndef BAKERY_CREDENTIALS_ENV_KEYS_H
#define BAKERY_CREDENTIALS_ENV_KEYS_H

#include "aws/client.h"
#include "aws/keys.h"

/*
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (or AWS_SECURITY_TOKEN), AWS_CREDENTIAL_EXPIRATION; what
 * is blank is not set. Gives BAKERY_ERR_NOT_FOUND when neither of the pair is set; BAKERY_ERR_CREDENTIALS for half a
 * pair, naming the other half, for white space in one of them, and for keys that are over.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
 */
bakery_status bakery__env_keys(bakery_client *client, bakery_credentials **ret, bakery_error **err);

#endif
