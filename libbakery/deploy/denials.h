/* Denials of "users revoke" on roles that are about to go. */
#ifndef BAKERY_DEPLOY_DENIALS_H
#define BAKERY_DEPLOY_DENIALS_H

#include "deploy/site.h"

/*
 * BAKERY_ERR_REFUSED when the role has one: CloudFormation deletes no role that has a policy which is not the stack's,
 * and would stop half-way. It is not taken off here: the sessions that it ended would work again until the role is
 * gone. BAKERY_OK too where the role is not there, or its policies may not be listed: CloudFormation says the rest
 * then.
 */
bakery_status bakery__denials_check(struct site *site, const char *role, bakery_error **err);

#endif
