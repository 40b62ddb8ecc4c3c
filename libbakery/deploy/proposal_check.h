/* Whether a change set that a file names is what a recipe asks for: all that it carries besides its templates. Pure. */
#ifndef BAKERY_DEPLOY_PROPOSAL_CHECK_H
#define BAKERY_DEPLOY_PROPOSAL_CHECK_H

#include "aws/change_set.h"
#include "deploy/recipe.h"

/*
 * Gives BAKERY_ERR_REFUSED, and says in what it is another: its stack, its name, parameters, tags, capabilities, how a
 * failure ends, how CloudFormation compares, whether nested stacks are included. What a recipe says nothing of (whom
 * CloudFormation notifies, which alarms roll back) must be as stack has it, which NULL stands for none of.
 *
 * The role that CloudFormation would work with is told of stacks alone (DescribeStacks), not of change sets.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
 */
bakery_status bakery__proposal_check(const struct recipe *recipe, const struct cfn_change_set *set,
                                     const struct cfn_stack *stack, bakery_error **err);

#endif
