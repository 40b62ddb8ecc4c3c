/* The deployer role: how a burger is entered from the Bakery account. */
#ifndef BAKERY_DEPLOY_DEPLOYER_H
#define BAKERY_DEPLOY_DEPLOYER_H

#include <bakery/client.h>
#include <bakery/credentials.h>

#include "model/model.h"

/*
 * A session of the role of that name in the account. region NULL: the configuration's. Gives what
 * bakery_sts_assume_role() gives, with what to do about it.
 */
bakery_status bakery__deployer_assume(bakery_client *client, const bakery_credentials *keys,
                                      const bakery_account *account, const char *role_name, const char *region,
                                      bakery_credentials **ret_session, bakery_error **err);

#endif
