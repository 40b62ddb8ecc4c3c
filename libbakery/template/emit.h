/* The emitters: each makes one template from the configuration. What fails sticks in json. */
#ifndef BAKERY_TEMPLATE_EMIT_H
#define BAKERY_TEMPLATE_EMIT_H

#include "model/model.h"

/* environment is NULL but for the template of one environment. */
typedef void emit_template(struct json *json, const bakery_config *config, const bakery_environment *environment);

emit_template bakery__emit_bakery_stack;
emit_template bakery__emit_bakery_account;
emit_template bakery__emit_bakery_env; /* of all environments, or of one */
emit_template bakery__emit_burger_account;
emit_template bakery__emit_burger_deployer; /* when there is a DeployerRole */
emit_template bakery__emit_check_admin_access;

/* How many characters IAM counts in the policy of the deployer's template, in the worst case. */
size_t bakery__deployer_policy_chars(const struct json *template);

#endif
