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
#include "model/names.h"
#include "template/cfn.h"
#include "template/emit.h"

#define HAS_PRINCIPAL "HasTrustedPrincipal"

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

/* What the roles of one access type have in common, over all environments that have it. */
struct type_facts {
        const bakery_access_type *type;
        const char **paths; /* that differ */
        size_t n_paths;
        const char **boundaries; /* that differ */
        size_t n_boundaries;
        bool unbounded; /* one of the roles has none */
};

static void clear_type_facts(struct type_facts *facts)
{
        free(facts->paths);
        free(facts->boundaries);
}
DEFINE_AUTO_CLEAR(type_facts, clear_type_facts)

static void add_once(const char **texts, size_t *n, const char *text)
{
        for (size_t i = 0; i < *n; i++)
                if (strcmp(texts[i], text) == 0)
                        return;
        texts[(*n)++] = text;
}

static bool collect(struct type_facts *facts, const bakery_config *config, const bakery_access_type *type)
{
        facts->type = type;
        facts->paths = calloc(config->n_environments, sizeof *facts->paths);
        facts->boundaries = calloc(config->n_environments, sizeof *facts->boundaries);
        if (!facts->paths || !facts->boundaries)
                return false;
        for (size_t i = 0; i < config->n_environments; i++) {
                const bakery_group *group = bakery_environment_find_group(&config->environments[i], type->name);

                if (!group)
                        continue;
                add_once(facts->paths, &facts->n_paths, bakery__role_path(group));
                if (group->settings.permissions_boundary)
                        add_once(facts->boundaries, &facts->n_boundaries, group->settings.permissions_boundary);
                else
                        facts->unbounded = true;
        }
        return true;
}

static void put_texts(struct json *json, struct cJSON *parent, const char *key, const char *const *texts, size_t n)
{
        struct cJSON *array = bakery__json_array(json, parent, key);

        for (size_t i = 0; i < n; i++)
                bakery__json_text(json, array, NULL, texts[i]);
}

static void put_sub(struct json *json, struct cJSON *parent, const char *key, const struct buf *text)
{
        if (text->no_memory || !text->at)
                json->no_memory = true;
        else
                bakery__cfn_sub(json, parent, key, text->at);
}

/* The ARNs of the type's roles: whatever the account is called, and the environment, unless the parameters say. */
static void put_roles(struct json *json, struct cJSON *arns, const struct type_facts *facts)
{
        for (size_t i = 0; i < facts->n_paths; i++) {
                AUTO_CLEAR(buf) arn = { .max = 4096 };

                bakery__buf_format(
                        &arn, "arn:${AWS::Partition}:iam::${AWS::AccountId}:role%s${AccountName}-${Environment}-%s",
                        facts->paths[i], facts->type->name);
                put_sub(json, arns, NULL, &arn);
        }
}

/* Every role that is made, or gets a policy, is under one of these boundaries; nothing when one of them has none. */
static void put_boundary_condition(struct json *json, struct cJSON *condition, const struct type_facts *facts)
{
        struct cJSON *arns = bakery__json_array(json, bakery__json_object(json, condition, "StringEquals"),
                                                "iam:PermissionsBoundary");

        for (size_t i = 0; i < facts->n_boundaries; i++)
                bakery__cfn_policy_arn(json, arns, NULL, facts->boundaries[i]);
}

static void put_sid(struct json *json, struct cJSON *statements, struct cJSON **ret, const char *what,
                    const struct type_facts *facts)
{
        *ret = bakery__json_object(json, statements, NULL);
        bakery__json_format(json, *ret, "Sid", "%s%s", what, facts->type->logical_id);
        bakery__json_text(json, *ret, "Effect", "Allow");
}

static void put_making(struct json *json, struct cJSON *statements, const struct type_facts *facts)
{
        struct cJSON *statement;

        put_sid(json, statements, &statement, "Make", facts);
        struct cJSON *actions = bakery__json_array(json, statement, "Action");
        bakery__json_text(json, actions, NULL, "iam:CreateRole");
        if (facts->unbounded)
                bakery__json_text(json, actions, NULL, "iam:DeleteRolePermissionsBoundary");
        if (facts->n_boundaries > 0)
                bakery__json_text(json, actions, NULL, "iam:PutRolePermissionsBoundary");
        if (facts->type->inline_policy.root)
                bakery__json_text(json, actions, NULL, "iam:PutRolePolicy");
        put_roles(json, bakery__json_array(json, statement, "Resource"), facts);
        if (!facts->unbounded)
                put_boundary_condition(json, bakery__json_object(json, statement, "Condition"), facts);
}

static void put_attaching(struct json *json, struct cJSON *statements, const struct type_facts *facts)
{
        const struct words *policies = &facts->type->policy_arns;
        struct cJSON *statement;

        if (policies->count == 0)
                return;
        put_sid(json, statements, &statement, "Attach", facts);
        bakery__json_text(json, statement, "Action", "iam:AttachRolePolicy");
        put_roles(json, bakery__json_array(json, statement, "Resource"), facts);
        struct cJSON *condition = bakery__json_object(json, statement, "Condition");
        struct cJSON *arns =
                bakery__json_array(json, bakery__json_object(json, condition, "ArnEquals"), "iam:PolicyARN");
        for (size_t i = 0; i < policies->count; i++)
                bakery__cfn_policy_arn(json, arns, NULL, policies->at[i].text);
        if (!facts->unbounded)
                put_boundary_condition(json, condition, facts);
}

static void put_stack_statement(struct json *json, struct cJSON *statements, const bakery_config *config)
{
        const char *region = bakery_config_region(config) ? bakery_config_region(config) : "*";
        AUTO_CLEAR(buf) arn = { .max = 4096 };
        struct cJSON *statement = bakery__cfn_allow(json, statements, NULL);

        put_texts(json, statement, "Action", stack_actions, N_ELEMENTS(stack_actions));
        bakery__buf_format(&arn, "arn:${AWS::Partition}:cloudformation:%s:${AWS::AccountId}:stack/%sBurgerAccount/*",
                           region, bakery_config_prefix(config));
        put_sub(json, statement, "Resource", &arn);
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
        put_sub(json, statement, "Resource", &objects);
        put_sub(json, bakery__cfn_allow(json, statements, "s3:ListBucket"), "Resource", &whole);
}

/* Its own name may fit the pattern of the burger roles. */
static void put_self_statement(struct json *json, struct cJSON *statements)
{
        struct cJSON *statement = bakery__json_object(json, statements, NULL);

        bakery__json_text(json, statement, "Effect", "Deny");
        bakery__json_text(json, statement, "Action", "iam:*");
        bakery__cfn_sub(json, statement, "Resource", "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${RoleName}");
}

static void put_types(struct json *json, struct cJSON *statements, const bakery_config *config)
{
        struct cJSON *all = bakery__cfn_allow(json, statements, NULL);

        put_texts(json, all, "Action", role_actions, N_ELEMENTS(role_actions));
        struct cJSON *arns = bakery__json_array(json, all, "Resource");
        for (size_t i = 0; i < config->n_access_types; i++) {
                AUTO_CLEAR(type_facts) facts = { 0 };

                if (!collect(&facts, config, &config->access_types[i]))
                        json->no_memory = true;
                if (facts.n_paths == 0) /* no environment has it */
                        continue;
                put_roles(json, arns, &facts);
                put_making(json, statements, &facts);
                put_attaching(json, statements, &facts);
        }
}

static void put_policy(struct json *json, struct cJSON *role, const bakery_config *config)
{
        struct cJSON *policy = bakery__json_object(json, bakery__json_array(json, role, "Policies"), NULL);

        bakery__json_text(json, policy, "PolicyName", "Deploy");
        struct cJSON *statements = bakery__cfn_document(json, policy, "PolicyDocument");
        put_stack_statement(json, statements, config);
        /* Names that are taken, and what status compares: both read, and neither can be had for some roles alone. */
        bakery__json_text(json, bakery__cfn_allow(json, statements, "iam:ListRoles"), "Resource", "*");
        bakery__json_text(json, bakery__cfn_allow(json, statements, "iam:GetAccountAuthorizationDetails"), "Resource",
                          "*");
        put_types(json, statements, config);
        put_self_statement(json, statements);
        if (goes_through_bucket(config))
                put_bucket_statements(json, statements, config);
}

/* As much as the strictest of the roles that it makes: gives the greatest age of MFA, 0: any; false: none is asked for.
 */
static bool asks_for_mfa(const bakery_config *config, unsigned *ret_max_age_s)
{
        bool asks = false;

        *ret_max_age_s = 0;
        for (size_t i = 0; i < config->n_environments; i++)
                for (size_t k = 0; k < config->environments[i].n_groups; k++) {
                        const struct settings *settings = &config->environments[i].groups[k].settings;
                        unsigned age_s = settings->mfa_max_age_s;

                        if (settings->require_mfa != SAID_YES)
                                continue;
                        asks = true;
                        if (age_s > 0 && (*ret_max_age_s == 0 || age_s < *ret_max_age_s))
                                *ret_max_age_s = age_s;
                }
        return asks;
}

static void put_mfa_condition(struct json *json, struct cJSON *statement, const bakery_config *config)
{
        unsigned max_age_s;

        if (!asks_for_mfa(config, &max_age_s))
                return;

        struct cJSON *condition = bakery__json_object(json, statement, "Condition");
        bakery__json_text(json, bakery__json_object(json, condition, "Bool"), "aws:MultiFactorAuthPresent", "true");
        if (max_age_s > 0)
                bakery__json_format(json, bakery__json_object(json, condition, "NumericLessThan"),
                                    "aws:MultiFactorAuthAge", "%u", max_age_s);
}

/* A role that deploys for machines has no MFA; so it is named, and nobody else is let in. */
static void put_trust(struct json *json, struct cJSON *role, const bakery_config *config)
{
        struct cJSON *statements = bakery__cfn_document(json, role, "AssumeRolePolicyDocument");
        struct cJSON *choice = bakery__json_array(json, bakery__json_object(json, statements, NULL), "Fn::If");

        bakery__json_text(json, choice, NULL, HAS_PRINCIPAL);
        struct cJSON *named = bakery__cfn_allow(json, choice, "sts:AssumeRole");
        bakery__cfn_ref(json, bakery__json_object(json, named, "Principal"), "AWS", "TrustedPrincipal");
        struct cJSON *people = bakery__cfn_allow(json, choice, "sts:AssumeRole");
        bakery__cfn_sub(json, bakery__json_object(json, people, "Principal"), "AWS",
                        "arn:${AWS::Partition}:iam::${BakeryAccount}:root");
        put_mfa_condition(json, people, config);
}

/* Adds a parameter with a default and a pattern. */
static void put_parameter(struct json *json, struct cJSON *template, const char *name, const char *about,
                          const char *usual, const char *pattern)
{
        struct cJSON *parameter = bakery__cfn_parameter(json, template, name, "String", about);

        bakery__json_text(json, parameter, "Default", usual);
        bakery__json_text(json, parameter, "AllowedPattern", pattern);
}

static void put_parameters(struct json *json, struct cJSON *template, const bakery_config *config)
{
        put_parameter(json, template, "BakeryAccount", "The account in which people live and from which they come",
                      bakery_config_bakery_account_id(config), "^[0-9]{12}$");
        put_parameter(json, template, "RoleName", "The name of this role, DeployerRole in config.yml",
                      config->raw.config->deployer_role, "^[A-Za-z0-9_+=,.@-]{1,64}$");
        put_parameter(json, template, "TrustedPrincipal",
                      "The ARN of the one user or role of the Bakery account that may deploy, without MFA; empty: "
                      "whomever the Bakery account allows to",
                      "", "^(arn:[a-z-]+:iam::[0-9]{12}:(user|role)/.+)?$");
        put_parameter(json, template, "AccountName", "The name of this burger account in config.yml; *: any", "*",
                      "^([A-Za-z0-9_+=,.@-]{1,64}|\\*)$");
        put_parameter(json, template, "Environment", "The environment of this burger account in config.yml; *: any",
                      "*", "^([A-Za-z0-9_+=,.@-]{1,64}|\\*)$");
}

static void put_condition(struct json *json, struct cJSON *template)
{
        struct cJSON *conditions = bakery__cfn_section(json, template, "Conditions");
        struct cJSON *inner = bakery__json_object(
                json, bakery__json_array(json, bakery__json_object(json, conditions, HAS_PRINCIPAL), "Fn::Not"), NULL);
        struct cJSON *equal = bakery__json_array(json, inner, "Fn::Equals");

        bakery__cfn_ref(json, equal, NULL, "TrustedPrincipal");
        bakery__json_text(json, equal, NULL, "");
}

void bakery__emit_burger_deployer(struct json *json, const bakery_config *config, const bakery_environment *environment)
{
        struct cJSON *template = bakery__cfn_begin(
                json, "Bakery: the role through which the Bakery account deploys the roles of a burger account");

        (void)environment;
        put_parameters(json, template, config);
        put_condition(json, template);
        struct cJSON *role = bakery__cfn_resource(json, template, "DeployerRole", "AWS::IAM::Role", NULL);
        bakery__cfn_ref(json, role, "RoleName", "RoleName");
        put_trust(json, role, config);
        put_policy(json, role, config);
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
bakery_status bakery__deployer_policy_chars(const struct json *template, size_t *ret_chars, bakery_error **err)
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
        const struct cJSON *role = bakery__json_get(bakery__json_get(template->root, "Resources"), "DeployerRole");
        const struct cJSON *policies = bakery__json_get(bakery__json_get(role, "Properties"), "Policies");
        AUTO_CLEAR(json) document = { 0 };
        AUTO_CLEAR(buf) text = { .max = 16 << 20 };

        bakery__json_copy(&document, bakery__json_root(&document), "Document",
                          bakery__json_get(bakery__json_first(policies), "PolicyDocument"));
        bakery_status st = bakery__json_print(&document, JSON_COMPACT, &text, "the policy of DeployerRole", err);
        if (st)
                return st;
        size_t chars = text.len - (sizeof "{\"Document\":}" - 1);
        for (size_t i = 0; i < N_ELEMENTS(replaced); i++)
                chars -= count(text.at, replaced[i].text) * replaced[i].shorter;
        *ret_chars = chars;
        return BAKERY_OK;
}
