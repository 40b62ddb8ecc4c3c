/* The credentials of the container one is in: ECS, EKS Pod Identity, and what imitates them. */
#ifndef BAKERY_CREDENTIALS_CONTAINER_H
#define BAKERY_CREDENTIALS_CONTAINER_H

#include "aws/client.h"
#include "aws/keys.h"

/* AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI is set. */
bool bakery__container_is_there(const bakery_client *client);

/*
 * What to ask, to be freed. The relative URI goes before the full one, which is https, or http to this machine:
 * loopback, link-local, the addresses of ECS and EKS. Anything else could be led elsewhere, with the token. *ret_near,
 * if not NULL, tells whether it is such an address, past any proxy. Gives BAKERY_ERR_CREDENTIALS.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
bakery_status bakery__container_url(const bakery_client *client, char **ret_url, bool *ret_near, bakery_error **err);

/*
 * Asks. The token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, read anew each time, or of
 * AWS_CONTAINER_AUTHORIZATION_TOKEN, goes along. Gives BAKERY_ERR_CREDENTIALS (not set, or what answers makes no
 * sense), BAKERY_ERR_IO (the token), BAKERY_ERR_NETWORK, BAKERY_ERR_CANCELLED, BAKERY_ERR_SYSTEM, BAKERY_ERR_MEMORY.
 */
bakery_status bakery__container_credentials(bakery_client *client, bakery_credentials **ret, bakery_error **err);

#endif
