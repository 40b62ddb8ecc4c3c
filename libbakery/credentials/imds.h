/* The role of the EC2 instance one is on, from its metadata, version 2. */
#ifndef BAKERY_CREDENTIALS_IMDS_H
#define BAKERY_CREDENTIALS_IMDS_H

#include "aws/keys.h"
#include "credentials/profile.h"

/*
 * Where the metadata answers, without a slash at its end, to be freed: AWS_EC2_METADATA_SERVICE_ENDPOINT and _MODE
 * (IPv4, IPv6), else what profile, which may be NULL, says. Gives BAKERY_ERR_CREDENTIALS when it is no URL or mode.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
 */
bakery_status bakery__imds_endpoint(const bakery_client *client, const struct ini_section *profile, char **ret_url,
                                    bakery_error **err);

/*
 * Asks for the instance's credentials: past any proxy, never by version 1, and once, for a second at most, unless
 * AWS_METADATA_SERVICE_TIMEOUT (seconds) and AWS_METADATA_SERVICE_NUM_ATTEMPTS, or the profile's
 * metadata_service_timeout and metadata_service_num_attempts, say otherwise.
 *
 * Gives BAKERY_ERR_NOT_FOUND when there is nothing to ask (no instance, no role, switched off there or by
 * AWS_EC2_METADATA_DISABLED), with the reason in *err; BAKERY_ERR_CREDENTIALS when what answers, or a
 * setting, makes no sense; BAKERY_ERR_NETWORK when it falls silent half-way; BAKERY_ERR_CANCELLED, BAKERY_ERR_SYSTEM,
 * BAKERY_ERR_MEMORY.
 */
bakery_status bakery__imds_credentials(bakery_client *client, const struct ini_section *profile,
                                       bakery_credentials **ret, bakery_error **err);

#endif
