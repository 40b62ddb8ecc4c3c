/*
 * The role in a burger account that ends sessions there: it puts the denial of "users revoke" on the burger roles, and
 * takes it away. No condition of IAM binds that to one policy's name, or to a Deny: who holds it can put any inline
 * policy on those roles, up to their permissions boundary, and take theirs away. So it is not the deployer's, is made
 * only when it is asked for, may do nothing else, and takes people by MFA and by name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
#include "template/burger_scope.h"
#include "template/cfn.h"

static const struct burger_trust trust = { "RevokerPrincipal", "HasRevokerPrincipal", true, true };

static void put_parameters(struct json *json, struct cJSON *template, const bakery_config *config)
{
        bakery__cfn_pattern_parameter(json, template, PARAMETER_OF_REVOKER,
                                      "The name of the role that ends sessions, RevokerRole in config.yml",
                                      config->raw.config->revoker_role, "^[A-Za-z0-9_+=,.@-]{1,64}$");
        bakery__cfn_pattern_parameter(json, template, trust.principal,
                                      "The ARN of the one user or role of the Bakery account that may end sessions, "
                                      "without MFA; empty: whomever the Bakery account allows to",
                                      "", "^(arn:[a-z-]+:iam::[0-9]{12}:(user|role)/.+)?$");
}

static void put_writing(struct json *json, struct cJSON *statements, const struct burger_scope *scope)
{
        struct cJSON *statement = bakery__json_object(json, statements, NULL);

        bakery__json_format(json, statement, "Sid", "Revoke%s", scope->type->logical_id);
        bakery__json_text(json, statement, "Effect", "Allow");
        struct cJSON *actions = bakery__json_array(json, statement, "Action");
        bakery__json_text(json, actions, NULL, "iam:DeleteRolePolicy");
        bakery__json_text(json, actions, NULL, "iam:PutRolePolicy");
        bakery__burger_scope_put_arns(json, bakery__json_array(json, statement, "Resource"), scope);
        if (!scope->unbounded)
                bakery__burger_scope_put_boundary(json, bakery__json_object(json, statement, "Condition"), scope);
}

static void put_policy(struct json *json, struct cJSON *role, const bakery_config *config)
{
        static const char *const powerful[] = { PARAMETER_OF_REVOKER, PARAMETER_OF_DEPLOYER };
        struct cJSON *policy = bakery__json_object(json, bakery__json_array(json, role, "Policies"), NULL);

        bakery__json_text(json, policy, "PolicyName", "Revoke");
        struct cJSON *statements = bakery__cfn_document(json, policy, "PolicyDocument");
        struct cJSON *arns =
                bakery__json_array(json, bakery__cfn_allow(json, statements, "iam:GetRolePolicy"), "Resource");
        for (size_t i = 0; i < config->n_access_types; i++) {
                AUTO_CLEAR(burger_scope) scope = { 0 };

                if (!bakery__burger_scope_collect(&scope, config, &config->access_types[i]))
                        json->no_memory = true;
                if (scope.n_paths == 0) /* no environment has it */
                        continue;
                bakery__burger_scope_put_arns(json, arns, &scope);
                put_writing(json, statements, &scope);
        }
        bakery__put_untouchable(json, statements, powerful, N_ELEMENTS(powerful));
}

void bakery__put_revoker(struct json *json, struct cJSON *template, const bakery_config *config)
{
        put_parameters(json, template, config);
        bakery__put_principal_condition(json, template, &trust);
        struct cJSON *role = bakery__cfn_resource(json, template, "RevokerRole", "AWS::IAM::Role", NULL);
        bakery__cfn_ref(json, role, "RoleName", PARAMETER_OF_REVOKER);
        bakery__put_burger_trust(json, role, config, &trust);
        put_policy(json, role, config);
}
