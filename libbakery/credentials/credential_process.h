/* credential_process: a program of the user's that prints keys. */
#ifndef BAKERY_CREDENTIALS_CREDENTIAL_PROCESS_H
#define BAKERY_CREDENTIALS_CREDENTIAL_PROCESS_H

#include "aws/keys.h"
#include "credentials/profile.h"

/*
 * Runs the credential_process of profile, without a shell, and reads what it prints: Version 1, AccessKeyId,
 * SecretAccessKey, SessionToken, Expiration. Gives BAKERY_ERR_CREDENTIALS, naming profile and program, when it cannot
 * be run, fails, prints anything else, or is running already, further out; BAKERY_ERR_CANCELLED, BAKERY_ERR_MEMORY.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
bakery_status bakery__credential_process(bakery_client *client, const struct ini_section *profile,
                                         bakery_credentials **ret, bakery_error **err);

#endif
