/* Facts as IAM has them, whatever the templates say: for drift, and for what survived a deletion. */
#ifndef BAKERY_DEPLOY_FACTS_LIVE_H
#define BAKERY_DEPLOY_FACTS_LIVE_H

#include "aws/call.h"
#include "deploy/facts.h"

/*
 * Adds the groups of the Bakery account whose names begin with the team's, with their members: those of the
 * configuration, and what looks like ours and is not in it. The account's own policies that hang on them are told by
 * what they say, AWS's by their ARNs. aws must be of that account; it calls iam:GetAccountAuthorizationDetails alone.
 *
 * Gives what bakery__iam_details() gives, BAKERY_ERR_MEMORY. facts then holds part of it.
 */
bakery_status bakery__facts_add_live_bakery(struct facts *facts, const struct aws_access *aws,
                                            const bakery_config *config, bakery_error **err);

/*
 * Adds the roles of a Burger account whose names begin with <AccountName>-<Environment>-, likewise. The policies
 * attached are told by their ARNs. Calls iam:GetRole too, which alone tells how long sessions may last.
 */
bakery_status bakery__facts_add_live_burger(struct facts *facts, const struct aws_access *aws,
                                            const bakery_account *account, bakery_error **err);

#endif
