/*
 * bakery_account.json: the Bakery's own two groups, and what people may do with their own credentials.
 *
 * With RequireMfa in Defaults the self-service policy also denies everything but enrolling a device while there is
 * no MFA, for both groups. It follows AWS's pattern
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
 * but for plain access keys, which may not even enrol: a stolen key must not bring its own device. That holds as soon
 * as any role demands MFA.
 */
#include "template/cfn.h"
#include "template/emit.h"

/* Immutable in IAM, as in bakery_env.c. */
static const char description[] = "This policy will allow group members to manage their passwords and MFA devices";

#define ACTIONS_AT_MOST 12

enum mfa_demand {
        NOWHERE,
        SOMEWHERE, /* by some role */
        EVERYWHERE /* by Defaults */
};

struct statement {
        const char *sid;
        const char *effect;
        enum mfa_demand demand; /* it stands there where at least so much MFA is demanded */
        bool not_action;        /* the actions are those that are left out */
        const char *actions[ACTIONS_AT_MOST];
        const char *resources[4];            /* what follows arn:<partition>:iam::<account>: */
        const char *operation, *key, *value; /* a condition */
};

#define OWN_USER "user/${!aws:username}", "user/*/${!aws:username}" /* a user may have a path */
#define OWN_DEVICE "mfa/${!aws:username}"

static const struct statement statements[] = {
        { .sid = "ViewAccountInformation",
          .effect = "Allow",
          .actions = { "iam:GetAccountPasswordPolicy", "iam:GetAccountSummary", "iam:ListAccountAliases",
                       "iam:ListUsers", "iam:ListVirtualMFADevices" } },
        { .sid = "ManageOwnPasswordAndAccessKeys",
          .effect = "Allow",
          .actions = { "iam:ChangePassword", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:DeleteAccessKey",
                       "iam:DeleteLoginProfile", "iam:GetAccessKeyLastUsed", "iam:GetLoginProfile", "iam:GetUser",
                       "iam:ListAccessKeys", "iam:UpdateAccessKey" },
          .resources = { OWN_USER } },
        /* IAM deletes no device that is still active, so that deleting one ends an enrolment that was not finished. */
        { .sid = "EnrolOwnMfaDevice",
          .effect = "Allow",
          .actions = { "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice", "iam:EnableMFADevice",
                       "iam:GetMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice" },
          .resources = { OWN_USER, OWN_DEVICE } },
        { .sid = "RemoveOwnMfaDevice",
          .effect = "Allow",
          .actions = { "iam:DeactivateMFADevice" },
          .resources = { OWN_USER },
          .operation = "Bool",
          .key = "aws:MultiFactorAuthPresent",
          .value = "true" },
        { .sid = "DenyAllButEnrollingWithoutMfa",
          .effect = "Deny",
          .demand = EVERYWHERE,
          .not_action = true,
          .actions = { "iam:ChangePassword", "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice",
                       "iam:EnableMFADevice", "iam:GetAccountPasswordPolicy", "iam:GetMFADevice", "iam:GetUser",
                       "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice",
                       "sts:GetSessionToken" },
          .operation = "BoolIfExists",
          .key = "aws:MultiFactorAuthPresent",
          .value = "false" },
        /* Whoever stole a key must not make it one with MFA: neither by a device, nor by a password that may enrol one.
         */
        { .sid = "DenyEnrollingWithAccessKeys",
          .effect = "Deny",
          .demand = SOMEWHERE,
          .actions = { "iam:CreateLoginProfile", "iam:CreateVirtualMFADevice", "iam:EnableMFADevice",
                       "iam:ResyncMFADevice" },
          .operation = "Null",
          .key = "aws:MultiFactorAuthPresent",
          .value = "true" },
};

static void put_resources(struct json *json, struct cJSON *to, const struct statement *statement)
{
        if (!statement->resources[0]) {
                bakery__json_text(json, to, "Resource", "*");
                return;
        }

        struct cJSON *resources = bakery__json_array(json, to, "Resource");
        for (size_t i = 0; i < N_ELEMENTS(statement->resources) && statement->resources[i]; i++) {
                struct cJSON *function = bakery__json_object(json, resources, NULL);

                bakery__json_format(json, function, "Fn::Sub", "arn:${AWS::Partition}:iam::${AWS::AccountId}:%s",
                                    statement->resources[i]);
        }
}

static void put_statement(struct json *json, struct cJSON *to, const struct statement *statement)
{
        struct cJSON *out = bakery__json_object(json, to, NULL);

        bakery__json_text(json, out, "Sid", statement->sid);
        bakery__json_text(json, out, "Effect", statement->effect);
        struct cJSON *actions = bakery__json_array(json, out, statement->not_action ? "NotAction" : "Action");
        for (size_t i = 0; i < ACTIONS_AT_MOST && statement->actions[i]; i++)
                bakery__json_text(json, actions, NULL, statement->actions[i]);
        put_resources(json, out, statement);
        if (!statement->operation)
                return;

        struct cJSON *condition = bakery__json_object(json, out, "Condition");
        struct cJSON *tests = bakery__json_object(json, condition, statement->operation);
        bakery__json_text(json, tests, statement->key, statement->value);
}

static void put_self_service(struct json *json, struct cJSON *properties, enum mfa_demand demand)
{
        struct cJSON *document = bakery__json_object(json, properties, "PolicyDocument");

        bakery__json_text(json, document, "Version", "2012-10-17");
        struct cJSON *to = bakery__json_array(json, document, "Statement");
        for (size_t i = 0; i < N_ELEMENTS(statements); i++)
                if (demand >= statements[i].demand)
                        put_statement(json, to, &statements[i]);
}

static void put_group(struct json *json, struct cJSON *template, const char *logical_id, const char *name,
                      const char *policy_arn)
{
        struct cJSON *group = bakery__cfn_resource(json, template, logical_id, "AWS::IAM::Group", NULL);

        bakery__cfn_sub(json, group, "GroupName", name);
        bakery__cfn_sub(json, bakery__json_array(json, group, "ManagedPolicyArns"), NULL, policy_arn);
}

static enum mfa_demand demand_of(const bakery_config *config)
{
        if (config->defaults.require_mfa == SAID_YES)
                return EVERYWHERE;
        for (size_t i = 0; i < config->n_environments; i++)
                for (size_t k = 0; k < config->environments[i].n_groups; k++)
                        if (bakery_group_requires_mfa(&config->environments[i].groups[k]))
                                return SOMEWHERE;
        return NOWHERE;
}

void bakery__emit_bakery_account(struct json *json, const bakery_config *config, const bakery_environment *environment)
{
        enum mfa_demand demand = demand_of(config);
        struct cJSON *template = bakery__cfn_begin(json, "Bakery: the groups of the Bakery account itself");

        (void)environment;
        bakery__cfn_parameter(json, template, "TeamName", "String", "Prefix of the names of IAM groups and policies");
        put_group(json, template, "BakeryAdminsGroup", "${TeamName}AwsBakeryAdmin",
                  "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess");
        put_group(json, template, "BakeryUsersGroup", "${TeamName}AwsBakeryReadOnly",
                  "arn:${AWS::Partition}:iam::aws:policy/IAMReadOnlyAccess");

        struct cJSON *policy =
                bakery__cfn_resource(json, template, "BakeryUsersPolicy", "AWS::IAM::ManagedPolicy", NULL);
        bakery__cfn_sub(json, policy, "ManagedPolicyName", "${TeamName}AwsBakeryReadOnly");
        bakery__json_text(json, policy, "Description", description);
        struct cJSON *groups = bakery__json_array(json, policy, "Groups");
        bakery__cfn_ref(json, groups, NULL, "BakeryUsersGroup");
        if (demand == EVERYWHERE) /* an administrator without MFA could switch all of it off */
                bakery__cfn_ref(json, groups, NULL, "BakeryAdminsGroup");
        put_self_service(json, policy, demand);
}
