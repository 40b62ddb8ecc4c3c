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

/* How many characters IAM counts in the policy of a role of the deployer's template, in the worst case. Gives
 * BAKERY_ERR_MEMORY. */
bakery_status bakery__role_policy_chars(const struct json *template, const char *logical_id, size_t *ret_chars,
                                        bakery_error **err);

/* The accounts of a stack set, all of one environment: CloudFormation takes 200 in a mapping. */
enum { BURGER_SET_ACCOUNTS = 200 };
struct burger_set {
        const bakery_account *const *accounts;
        size_t count;
};

/*
 * burger_account.json as a stack set needs it: instead of the parameter AccountName a mapping from the ids of these
 * accounts to their names, since a parameter that differs by account costs an operation for each.
 */
void bakery__emit_burger_set(struct json *json, const bakery_config *config, const struct burger_set *set);
#define BURGER_SET_MAPPING "Accounts"
#define BURGER_SET_NAME "Name"

/* The same as text, to be freed. Gives what bakery_template_emit() gives. */
bakery_status bakery__burger_set_print(const bakery_config *config, const struct burger_set *set, char **ret_json,
                                       size_t *ret_size_bytes, bakery_error **err);

#endif
