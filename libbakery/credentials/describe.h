/* Whose keys a chain would give, in words that can be compared: for whoever keeps what was made with them. */
#ifndef BAKERY_CREDENTIALS_DESCRIBE_H
#define BAKERY_CREDENTIALS_DESCRIBE_H

#include <bakery/chain.h>

#include "base/buf.h"

/*
 * Appends what decides whose keys bakery_chain_resolve() would give with the same options, without asking anybody or
 * running anything: the key id of the environment; or the profile with every setting of it and of those it leads to
 * (source_profile, sso-session), the variables of web identity and container, the endpoint of the metadata. The same
 * bytes mean the same source; secrets are not among them. Gives what loading profiles gives, and BAKERY_ERR_CREDENTIALS
 * for a profile that is not there.
 */
bakery_status bakery__chain_describe(bakery_client *client, const bakery_chain_options *options, struct buf *into,
                                     bakery_error **err);

#endif
