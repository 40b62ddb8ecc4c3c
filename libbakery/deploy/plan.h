/* The plan from inside. What callers see of one is in bakery/plan.h. */
#ifndef BAKERY_DEPLOY_PLAN_H
#define BAKERY_DEPLOY_PLAN_H

#include <bakery/plan.h>

#include "deploy/proposal.h"
#include "deploy/who.h"

DEFINE_AUTO_PTR(bakery_plan, bakery_plan_free)

/* Its texts are of the arena. */
struct bakery_plan {
        struct arena arena;
        bakery_plan_action action;
        bakery_stack_kind kind;
        const char *stack_name, *stack_id, *account_id, *account_name, *region, *command;
        const char *change_set_id, *change_set_name;
        const char *digest;   /* of templates, parameters and tags */
        const char *role_arn; /* that CloudFormation works on the stack with; NULL: the rights of whoever deploys */
        bakery_plan_resource *resources;
        size_t n_resources;
        struct who who;
        bool unprotected; /* nothing to do, but for the protection that an earlier run did not come to */
};

/* An empty plan for the site's stack. NULL: no memory. */
bakery_plan *bakery__plan_new(const struct site *site);

/* Puts the resources of a proposal into it. Gives BAKERY_ERR_MEMORY. */
bakery_status bakery__plan_take(bakery_plan *plan, const struct proposal *proposal, bakery_error **err);

/* Makes it one for nothing to do: what was compared is no news then. stack may be NULL. Gives BAKERY_ERR_MEMORY. */
bakery_status bakery__plan_empty(bakery_plan *plan, const struct cfn_stack *stack, bakery_error **err);

/* Takes the role that CloudFormation works on the stack with; stack may be NULL. Gives BAKERY_ERR_MEMORY. */
bakery_status bakery__plan_take_role(bakery_plan *plan, const struct cfn_stack *stack, bakery_error **err);

/* BAKERY_ERR_REFUSED when it works with another role by now. stack may be NULL. */
bakery_status bakery__plan_check_role(const bakery_plan *plan, const struct cfn_stack *stack, bakery_error **err);

/* BAKERY_ERR_ARGUMENT when the plan is of another stack than the site's. */
bakery_status bakery__plan_check_site(const bakery_plan *plan, const struct site *site, bakery_error **err);

/*
 * Finds what differs in who may do what, between what is deployed and what the site's recipe makes; stack NULL: nothing
 * is deployed. Members of groups are read from IAM, where that is allowed. Refuses (BAKERY_ERR_REFUSED) names that
 * exist in IAM already, and that the stack would have to make.
 */
bakery_status bakery__plan_compare(struct site *site, const struct cfn_stack *stack, bakery_plan *plan,
                                   bakery_error **err);

/* SHA-256 over what the change set was asked for: templates, parameters, tags. Of the plan's arena. */
bakery_status bakery__plan_digest(const struct recipe *recipe, struct arena *arena, const char **ret_digest,
                                  bakery_error **err);

/* How a document is printed that is not for people. */
enum json_style bakery__plan_style(bakery_plan_format format);

/* Puts the plan into object, as a plan file has it. */
void bakery__plan_put(const bakery_plan *plan, struct json *json, struct cJSON *object);

#endif
