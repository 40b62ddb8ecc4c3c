/* What is deployed: the facts that the templates of a stack, and of those nested in it, stand for. */
#ifndef BAKERY_DEPLOY_DEPLOYED_H
#define BAKERY_DEPLOY_DEPLOYED_H

#include "deploy/facts.h"
#include "deploy/site.h"

/* Where a template is deployed, and with what. */
struct deployed {
        const char *name; /* by which its facts know the stack */
        const char *account_id, *region;
        const struct cfn_parameters *parameters;
};

/* Adds to facts what the template stands for there. Gives what bakery__facts_add_template() gives. */
bakery_status bakery__deployed_add(const struct deployed *deployed, const struct cJSON *template, struct facts *facts,
                                   bakery_error **err);

/*
 * Adds them to facts, read from CloudFormation: GetTemplate of the stack and of each nested one, whoever made them,
 * with their parameters. What a reader would not expect of them (a number that YAML read as an octal one) is added to
 * report, which may be NULL.
 * Gives what CloudFormation's calls and bakery__facts_add_template() give.
 */
bakery_status bakery__deployed_read(struct site *site, const struct cfn_stack *stack, struct facts *facts,
                                    bakery_report *report, bakery_error **err);

/* The same for what the site's recipe makes: nothing is asked. */
bakery_status bakery__recipe_facts(const struct recipe *recipe, struct facts *facts, bakery_error **err);

#endif
