/*
 * The account's own quotas, held against what a plan would add. CloudFormation meets them half-way, and then takes all
 * of an update back.
 */
#ifndef BAKERY_DEPLOY_QUOTAS_H
#define BAKERY_DEPLOY_QUOTAS_H

#include "deploy/plan.h"

/*
 * Asks iam:GetAccountSummary when the plan adds groups, policies or roles. What comes near a quota, and a quota that is
 * smaller than what the templates are made for, becomes a note of the plan; so does a refusal to answer. Gives
 * BAKERY_ERR_LIMIT (a quota would be passed), and what calls to AWS give.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
 */
bakery_status bakery__quotas_check(struct site *site, bakery_plan *plan, bakery_error **err);

#endif
