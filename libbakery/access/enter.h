/* Where one works: in the Bakery account, by one's own keys, and in a burger, through its deployer role. */
#ifndef BAKERY_ACCESS_ENTER_H
#define BAKERY_ACCESS_ENTER_H

#include "aws/call.h"
#include "credentials/identity.h"
#include "model/model.h"

/*
 * Who calls, when the keys are of the Bakery account, whose id is given: in any other one all users and groups would be
 * missing. ret_caller may be NULL. Gives BAKERY_ERR_CREDENTIALS when they are not, and what GetCallerIdentity gives.
 */
bakery_status bakery__enter_bakery(const struct aws_access *aws, const char *account_id, struct caller *ret_caller,
                                   bakery_error **err);

/* A session of the role in account that is called deployer_role ("/path/Name" or "Name"), of one hour, which is the
 * most that a chained role gets. Gives what bakery_sts_assume_role() gives. */
bakery_status bakery__enter_burger(const struct aws_access *aws, const bakery_account *account,
                                   const char *deployer_role, const char *session_name, bakery_credentials **ret,
                                   bakery_error **err);

#endif
