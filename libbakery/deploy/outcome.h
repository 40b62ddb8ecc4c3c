/* How work on a stack ended, as success or as an error that a person can act on. */
#ifndef BAKERY_DEPLOY_OUTCOME_H
#define BAKERY_DEPLOY_OUTCOME_H

#include "deploy/watch.h"

/*
 * BAKERY_OK when the stack came to where it should, with nothing left behind. BAKERY_ERR_AWS otherwise: the cause comes
 * first. What CloudFormation could not delete is a failure though the stack itself is content: groups are told with
 * their members, and whether policies are left in them.
 */
bakery_status bakery__outcome(struct site *site, const struct watch_end *end, bakery_error **err);

#endif
