/*
 * burger_deployer.json: the role in a burger account that deploys there, and what it may do: CloudFormation's calls on
 * the one stack, and, since CloudFormation works with the rights of whoever calls it, what IAM needs for the roles in
 * it. It can be no more than those roles, and with an Admin role among them that is everything: whoever writes a trust
 * policy can write themselves into it, and no condition of IAM looks into trust policies.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
#include <string.h>

#include "base/buf.h"
#include "model/limits.h"
#include "template/burger_scope.h"
#include "template/cfn.h"
#include "template/emit.h"

/* The calls of aws/change_set.c, cloudformation.c and stack_events.c; tags of a stack are asked for by a name apart. */
static const char *const stack_actions[] = {
        "cloudformation:ContinueUpdateRollback",
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DeleteStack",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStacks",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:GetTemplate",
        "cloudformation:ListChangeSets",
        "cloudformation:ListStackResources",
        "cloudformation:RollbackStack",
        "cloudformation:TagResource",
        "cloudformation:UntagResource",
        "cloudformation:UpdateTerminationProtection",
};

/* What gives a role no rights: reading, deleting, taking away; whom it trusts is in here because it must be. */
static const char *const role_actions[] = {
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
};

static void put_texts(struct json *json, struct cJSON *parent, const char *key, const char *const *texts, size_t n)
{
        struct cJSON *array = bakery__json_array(json, parent, key);

        for (size_t i = 0; i < n; i++)
                bakery__json_text(json, array, NULL, texts[i]);
}

static void put_sid(struct json *json, struct cJSON *statements, struct cJSON **ret, const char *what,
                    const struct burger_scope *scope)
{
        *ret = bakery__json_object(json, statements, NULL);
        bakery__json_format(json, *ret, "Sid", "%s%s", what, scope->type->logical_id);
        bakery__json_text(json, *ret, "Effect", "Allow");
}

static void put_making(struct json *json, struct cJSON *statements, const struct burger_scope *scope)
{
        struct cJSON *statement;

        put_sid(json, statements, &statement, "Make", scope);
        struct cJSON *actions = bakery__json_array(json, statement, "Action");
        bakery__json_text(json, actions, NULL, "iam:CreateRole");
        if (scope->unbounded)
                bakery__json_text(json, actions, NULL, "iam:DeleteRolePermissionsBoundary");
        if (scope->n_boundaries > 0)
                bakery__json_text(json, actions, NULL, "iam:PutRolePermissionsBoundary");
        if (scope->type->inline_policy.root)
                bakery__json_text(json, actions, NULL, "iam:PutRolePolicy");
        bakery__burger_scope_put_arns(json, bakery__json_array(json, statement, "Resource"), scope);
        if (!scope->unbounded)
                bakery__burger_scope_put_boundary(json, bakery__json_object(json, statement, "Condition"), scope);
}

static void put_attaching(struct json *json, struct cJSON *statements, const struct burger_scope *scope)
{
        const struct words *policies = &scope->type->policy_arns;
        struct cJSON *statement;

        if (policies->count == 0)
                return;
        put_sid(json, statements, &statement, "Attach", scope);
        bakery__json_text(json, statement, "Action", "iam:AttachRolePolicy");
        bakery__burger_scope_put_arns(json, bakery__json_array(json, statement, "Resource"), scope);
        struct cJSON *condition = bakery__json_object(json, statement, "Condition");
        struct cJSON *arns =
                bakery__json_array(json, bakery__json_object(json, condition, "ArnEquals"), "iam:PolicyARN");
        for (size_t i = 0; i < policies->count; i++)
                bakery__cfn_policy_arn(json, arns, NULL, policies->at[i].text);
        if (!scope->unbounded)
                bakery__burger_scope_put_boundary(json, condition, scope);
}

static void put_stack_statement(struct json *json, struct cJSON *statements, const bakery_config *config)
{
        const char *region = bakery_config_region(config) ? bakery_config_region(config) : "*";
        AUTO_CLEAR(buf) arn = { .max = 4096 };
        struct cJSON *statement = bakery__cfn_allow(json, statements, NULL);

        put_texts(json, statement, "Action", stack_actions, N_ELEMENTS(stack_actions));
        bakery__buf_format(&arn, "arn:${AWS::Partition}:cloudformation:%s:${AWS::AccountId}:stack/%sBurgerAccount/*",
                           region, bakery_config_prefix(config));
        bakery__cfn_sub_buf(json, statement, "Resource", &arn);
}

static bool goes_through_bucket(const bakery_config *config)
{
        AUTO_CLEAR(json) burger = { 0 };
        AUTO_CLEAR(buf) text = { .max = bakery__limit(LIMIT_TEMPLATE_INLINE_BYTES)->value };

        bakery__emit_burger_account(&burger, config, NULL);
        return config->raw.config->template_bucket &&
               bakery__json_print(&burger, JSON_PRETTY, &text, "burger_account.json", NULL) == BAKERY_ERR_LIMIT;
}

/* A template that is too large for a request is put there, and fetched from there, with the caller's rights. */
static void put_bucket_statements(struct json *json, struct cJSON *statements, const bakery_config *config)
{
        const char *bucket = config->raw.config->template_bucket;
        static const char *const actions[] = { "s3:GetObject", "s3:PutObject" };
        AUTO_CLEAR(buf) objects = { .max = 4096 }, whole = { .max = 4096 };

        bakery__buf_format(&objects, "arn:${AWS::Partition}:s3:::%s/bakery/*", bucket);
        bakery__buf_format(&whole, "arn:${AWS::Partition}:s3:::%s", bucket);
        struct cJSON *statement = bakery__cfn_allow(json, statements, NULL);
        put_texts(json, statement, "Action", actions, N_ELEMENTS(actions));
        bakery__cfn_sub_buf(json, statement, "Resource", &objects);
        bakery__cfn_sub_buf(json, bakery__cfn_allow(json, statements, "s3:ListBucket"), "Resource", &whole);
}

/* Names that are taken, what status compares, quotas: all only read, and none can be had for some roles alone. */
static void put_reading_statement(struct json *json, struct cJSON *statements)
{
        static const char *const actions[] = { "iam:GetAccountAuthorizationDetails", "iam:GetAccountSummary",
                                               "iam:ListRoles" };
        struct cJSON *statement = bakery__cfn_allow(json, statements, NULL);

        put_texts(json, statement, "Action", actions, N_ELEMENTS(actions));
        bakery__json_text(json, statement, "Resource", "*");
}

static void put_types(struct json *json, struct cJSON *statements, const bakery_config *config)
{
        struct cJSON *all = bakery__cfn_allow(json, statements, NULL);

        put_texts(json, all, "Action", role_actions, N_ELEMENTS(role_actions));
        struct cJSON *arns = bakery__json_array(json, all, "Resource");
        for (size_t i = 0; i < config->n_access_types; i++) {
                AUTO_CLEAR(burger_scope) scope = { 0 };

                if (!bakery__burger_scope_collect(&scope, config, &config->access_types[i]))
                        json->no_memory = true;
                if (scope.n_paths == 0) /* no environment has it */
                        continue;
                bakery__burger_scope_put_arns(json, arns, &scope);
                put_making(json, statements, &scope);
                put_attaching(json, statements, &scope);
        }
}

static void put_policy(struct json *json, struct cJSON *role, const bakery_config *config)
{
        static const char *const powerful[] = { PARAMETER_OF_DEPLOYER, PARAMETER_OF_REVOKER };
        struct cJSON *policy = bakery__json_object(json, bakery__json_array(json, role, "Policies"), NULL);

        bakery__json_text(json, policy, "PolicyName", "Deploy");
        struct cJSON *statements = bakery__cfn_document(json, policy, "PolicyDocument");
        put_stack_statement(json, statements, config);
        put_reading_statement(json, statements);
        put_types(json, statements, config);
        bakery__put_untouchable(json, statements, powerful, config->raw.config->revoker_role ? 2 : 1);
        if (goes_through_bucket(config))
                put_bucket_statements(json, statements, config);
}

static void put_parameters(struct json *json, struct cJSON *template, const bakery_config *config)
{
        bakery__cfn_pattern_parameter(json, template, "BakeryAccount",
                                      "The account in which people live and from which they come",
                                      bakery_config_bakery_account_id(config), "^[0-9]{12}$");
        bakery__cfn_pattern_parameter(json, template, PARAMETER_OF_DEPLOYER,
                                      "The name of this role, DeployerRole in config.yml",
                                      config->raw.config->deployer_role, "^[A-Za-z0-9_+=,.@-]{1,64}$");
        bakery__cfn_pattern_parameter(
                json, template, "TrustedPrincipal",
                "The ARN of the one user or role of the Bakery account that may deploy, without MFA; empty: "
                "whomever the Bakery account allows to",
                "", "^(arn:[a-z-]+:iam::[0-9]{12}:(user|role)/.+)?$");
        bakery__cfn_pattern_parameter(json, template, "AccountName",
                                      "The name of this burger account in config.yml; *: any", "*",
                                      "^([A-Za-z0-9_+=,.@-]{1,64}|\\*)$");
        bakery__cfn_pattern_parameter(json, template, "Environment",
                                      "The environment of this burger account in config.yml; *: any", "*",
                                      "^([A-Za-z0-9_+=,.@-]{1,64}|\\*)$");
}

void bakery__emit_burger_deployer(struct json *json, const bakery_config *config, const bakery_environment *environment)
{
        static const struct burger_trust trust = { "TrustedPrincipal", "HasTrustedPrincipal", false, false };
        struct cJSON *template = bakery__cfn_begin(
                json, "Bakery: the role through which the Bakery account deploys the roles of a burger account");

        (void)environment;
        put_parameters(json, template, config);
        bakery__put_principal_condition(json, template, &trust);
        struct cJSON *role = bakery__cfn_resource(json, template, "DeployerRole", "AWS::IAM::Role", NULL);
        bakery__cfn_ref(json, role, "RoleName", PARAMETER_OF_DEPLOYER);
        bakery__put_burger_trust(json, role, config, &trust);
        put_policy(json, role, config);
        if (config->raw.config->revoker_role)
                bakery__put_revoker(json, template, config);
}

static size_t count(const char *text, const char *word)
{
        size_t n = 0;

        for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
                n++;
        return n;
}

/* What CloudFormation puts for its functions and their variables is shorter, or, for a name of ours, a star or one that
 * fits into a role's. */
bakery_status bakery__role_policy_chars(const struct json *template, const char *logical_id, size_t *ret_chars,
                                        bakery_error **err)
{
        static const struct {
                const char *text;
                size_t shorter; /* in the policy than in the template */
        } replaced[] = {
                { "{\"Fn::Sub\":", sizeof "{\"Fn::Sub\":}" - 1 },
                { "${AWS::Partition}", sizeof "${AWS::Partition}" - sizeof "aws-us-gov" },
                { "${AWS::AccountId}", sizeof "${AWS::AccountId}" - sizeof "222222222222" },
                { "${AccountName}", sizeof "${AccountName}" - sizeof "*" },
                { "${Environment}", sizeof "${Environment}" - sizeof "*" },
        };
        const struct cJSON *role = bakery__json_get(bakery__json_get(template->root, "Resources"), logical_id);
        const struct cJSON *policies = bakery__json_get(bakery__json_get(role, "Properties"), "Policies");
        AUTO_CLEAR(json) document = { 0 };
        AUTO_CLEAR(buf) text = { .max = 16 << 20 };

        bakery__json_copy(&document, bakery__json_root(&document), "Document",
                          bakery__json_get(bakery__json_first(policies), "PolicyDocument"));
        bakery_status st = bakery__json_print(&document, JSON_COMPACT, &text, "a policy", err);
        if (st)
                return st;
        size_t chars = text.len - (sizeof "{\"Document\":}" - 1);
        for (size_t i = 0; i < N_ELEMENTS(replaced); i++)
                chars -= count(text.at, replaced[i].text) * replaced[i].shorter;
        *ret_chars = chars;
        return BAKERY_OK;
}
