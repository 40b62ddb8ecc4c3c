#include "model/schema.h"

#include <string.h>

#include "model/raw.h"

#define TEXT(type, member) .kind = KEY_TEXT, .offset = offsetof(struct type, member)
#define LIST(what, type, member) \
        .kind = what, .offset = offsetof(struct type, member), .count_offset = offsetof(struct type, n_##member)

static const struct key settings_keys[] = {
        { "RequireMfa", TEXT(raw_settings, require_mfa), .form = &form_flag,
          .about = "The roles ask for MFA. On when any level says so." },
        { "MfaMaxAge", TEXT(raw_settings, mfa_max_age), .form = &form_mfa_max_age,
          .about = "Seconds since the MFA code was entered. The smallest of all levels holds." },
        { "MaxSessionDuration", TEXT(raw_settings, max_session_duration), .form = &form_session_duration,
          .about = "The longest session of the roles, in seconds. The smallest of all levels holds." },
        { "RequireSessionName", TEXT(raw_settings, require_session_name), .form = &form_flag,
          .about = "The role session must be named as the IAM user, so that CloudTrail shows who it was." },
        { "PermissionsBoundary", TEXT(raw_settings, permissions_boundary), .form = &form_boundary_arn,
          .about = "The permissions boundary of the roles. The nearest level holds." },
        { "RolePath", TEXT(raw_settings, role_path), .form = &form_role_path,
          .about = "The path of the roles. The nearest level holds. Fixed once deployed." },
        { "SourceIdentity", TEXT(raw_settings, source_identity), .form = &form_flag,
          .about = "sts:SetSourceIdentity is allowed, with the user's own name." },
        { "SessionTags", LIST(KEY_TEXTS, raw_settings, session_tags), .form = &form_session_tag_key,
          .may_be_empty = true,
          .max_count = 50, /* https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
          .about = "The only session tags that may be passed." },
        { "Tags", .kind = KEY_TAGS, .form = &form_tag_value,
          .about = "Tags of the roles. Merged over the levels, the nearest holds." },
};
static const struct mapping settings_mapping = {
        "defaults", sizeof(struct raw_settings), settings_keys, N_ELEMENTS(settings_keys), NULL, 0,
};

static const struct key account_keys[] = {
        { "Id", .kind = KEY_TEXT, .required = true, .form = &form_account_id,
          .about = "The id of the burger account, 12 digits." },
        { "Name", .kind = KEY_TEXT, .required = true, .form = &form_name,
          .about = "The name of the burger account, the first part of its role names." },
};
static const struct mapping account_mapping = {
        "an account", 0, account_keys, N_ELEMENTS(account_keys), NULL, 0,
};

static const struct key environment_keys[] = {
        { "Environment", TEXT(raw_environment, name), .required = true, .form = &form_name,
          .about = "The name of the environment, as NonProd or Prod." },
        { "Accounts", .kind = KEY_MAPPINGS, .may_be_long = true, .required = true, .of = &account_mapping,
          .about = "The burger accounts of the environment." },
        { "AccessTypes", LIST(KEY_TEXTS, raw_environment, access_types), .form = &form_name,
          .about = "The access types that exist in this environment; all of them when absent." },
        { "DefaultAccount", TEXT(raw_environment, default_account), .form = &form_account_ref,
          .about = "The account that is meant when none is named." },
};
static const struct mapping environment_mapping = {
        "an environment",  sizeof(struct raw_environment),
        environment_keys,  N_ELEMENTS(environment_keys),
        &settings_mapping, offsetof(struct raw_environment, settings),
};

static const struct key access_type_keys[] = {
        { "Type", TEXT(raw_access_type, name), .required = true, .form = &form_name,
          .about = "The name of the access type, as Admin or ReadOnly." },
        { "PolicyArn", TEXT(raw_access_type, policy_arn), .form = &form_policy_arn,
          .about = "The managed policy of the roles." },
        { "PolicyArns", LIST(KEY_TEXTS, raw_access_type, policy_arns), .form = &form_policy_arn,
          .about = "Several managed policies; ${AccountId} and ${Partition} are the burger's." },
        { "MachinePrincipals", LIST(KEY_TEXTS, raw_access_type, machine_principals), .form = &form_role_arn,
          .may_be_empty = true,
          .about = "Roles of the Bakery account that may assume the roles too, without MFA and user name." },
        { "InlinePolicy", .kind = KEY_POLICY, .about = "A policy document of the roles, or file:NAME of a JSON file." },
};
static const struct mapping access_type_mapping = {
        "an access type",  sizeof(struct raw_access_type),
        access_type_keys,  N_ELEMENTS(access_type_keys),
        &settings_mapping, offsetof(struct raw_access_type, settings),
};

static const struct key user_keys[] = {
        { "Name", .kind = KEY_TEXT, .required = true, .form = &form_user_name, .about = "The name of the IAM user." },
        { "Groups", .kind = KEY_TEXTS, .required = true, .form = &form_group_name, .may_be_empty = true,
          .about = "The groups the user is a member of." },
        { "Until", .kind = KEY_TEXT, .form = &form_date, .about = "The day on which the membership ends." },
};
static const struct mapping user_mapping = {
        "a user", 0, user_keys, N_ELEMENTS(user_keys), NULL, 0,
};

static const struct key config_keys[] = {
        { "TeamName", TEXT(raw_config, team_name), .required = true, .form = &form_name,
          .about = "The prefix of group and policy names." },
        { "BillingCode", TEXT(raw_config, billing_code), .required = true, .form = &form_tag_value,
          .about = "The tag \"Billing Code\" of every stack." },
        { "BakeryAccount", TEXT(raw_config, bakery_account), .required = true, .form = &form_account_id,
          .about = "The account that holds every user and group, 12 digits." },
        { "SlackChannel", TEXT(raw_config, slack_channel), .form = &form_optional_text,
          .about = "The channel that the admin check posts to." },
        { "SlackChannelHookUrl", .kind = KEY_TEXT, .form = &form_optional_text, .secret = true,
          .about =
                  "The webhook of the admin check: its URL, or env:NAME, file:PATH, ssm:/NAME to keep the secret out of here." },
        { "AdminGroups", .kind = KEY_WORDS, .form = &form_optional_text,
          .about = "The groups that the admin check watches: a list, or one text with commas." },
        { "Environments", LIST(KEY_MAPPINGS, raw_config, environments), .required = true, .of = &environment_mapping,
          .about = "The environments and their burger accounts." },
        { "AccessTypes", LIST(KEY_MAPPINGS, raw_config, access_types), .required = true, .of = &access_type_mapping,
          .about = "The access types." },
        { "Region", TEXT(raw_config, region), .form = &form_region,
          .about = "The default region of the stacks and of STS." },
        { "Partition", TEXT(raw_config, partition), .form = &form_partition,
          .about = "The partition; that of Region when absent, else aws." },
        { "Prefix", TEXT(raw_config, prefix), .form = &form_stack_prefix,
          .about = "Put before the names of the stacks." },
        { "TemplateBucket", TEXT(raw_config, template_bucket), .form = &form_bucket,
          .about = "The bucket of the nested templates." },
        { "Layout", TEXT(raw_config, layout), .form = &form_layout,
          .about = "Single: all environments in one nested stack. PerEnvironment: one nested stack each." },
        { "DeployerRole", TEXT(raw_config, deployer_role), .form = &form_role_name,
          .about = "The role in each burger account that deploys there." },
        { "RevokerRole", TEXT(raw_config, revoker_role), .form = &form_role_name,
          .about = "The role in each burger account that ends sessions there." },
        { "OrganizationId", TEXT(raw_config, organization_id), .form = &form_organization_id,
          .about = "Groups name the roles by pattern within this organization, not account by account. For more "
                   "accounts than fit; needs a RolePath." },
        { "Defaults", .kind = KEY_MAPPING, .of = &settings_mapping, .offset = offsetof(struct raw_config, defaults),
          .about = "What holds where neither the environment nor the access type says more." },
        { "Users", .kind = KEY_MAPPINGS, .may_be_long = true, .of = &user_mapping, .may_be_empty = true,
          .about = "Users as code." },
        { "ExpectedAdmins", LIST(KEY_TEXTS, raw_config, expected_admins), .form = &form_user_name, .may_be_empty = true,
          .about = "Who may sit in AdminGroups without an alert." },
};
const struct mapping bakery__config_mapping = {
        "the configuration", sizeof(struct raw_config), config_keys, N_ELEMENTS(config_keys), NULL, 0,
};

/* A secret must not pass through libcyaml: nobody wipes the copies on the way. */
bool bakery__key_is_of_tree(const struct key *key)
{
        return key->secret || key->may_be_long || key->kind == KEY_WORDS || key->kind == KEY_TAGS ||
               key->kind == KEY_POLICY;
}

const struct key *bakery__mapping_key(const struct mapping *mapping, size_t i, size_t *ret_base)
{
        bool own = i < mapping->n_keys;

        if (ret_base)
                *ret_base = own ? 0 : mapping->also_offset;
        if (own)
                return &mapping->keys[i];
        return mapping->also ? bakery__mapping_key(mapping->also, i - mapping->n_keys, NULL) : NULL;
}

const struct key *bakery__mapping_find(const struct mapping *mapping, const char *name)
{
        const struct key *key;

        for (size_t i = 0; (key = bakery__mapping_key(mapping, i, NULL)); i++)
                if (strcmp(key->name, name) == 0)
                        return key;
        return NULL;
}
