#include "model/policy.h"

#include <string.h>

#include "model/names.h"

static struct cJSON *begin_document(struct json *json, struct cJSON *parent, const char *key)
{
        struct cJSON *document = parent ? bakery__json_object(json, parent, key) : bakery__json_root(json);

        bakery__json_text(json, document, "Version", "2012-10-17");
        return bakery__json_array(json, document, "Statement");
}

static struct cJSON *begin_statement(struct json *json, struct cJSON *statements, const char *action)
{
        struct cJSON *statement = bakery__json_object(json, statements, NULL);

        bakery__json_text(json, statement, "Effect", "Allow");
        bakery__json_text(json, statement, "Action", action);
        return statement;
}

/* "StringEquals": { key: value } */
static void put_condition(struct json *json, struct cJSON *condition, const char *operation, const char *key,
                          const char *value)
{
        struct cJSON *tests = bakery__json_object(json, condition, operation);

        bakery__json_text(json, tests, key, value);
}

/* A session may carry these tags and no others; a free choice would let a person choose aws:PrincipalTag values. */
static void put_tag_condition(struct json *json, struct cJSON *condition, const struct settings *settings)
{
        struct cJSON *tests = bakery__json_object(json, condition, "ForAllValues:StringEquals");
        struct cJSON *keys = bakery__json_array(json, tests, "aws:TagKeys");

        for (size_t i = 0; i < settings->n_session_tags; i++)
                bakery__json_text(json, keys, NULL, settings->session_tags[i]);
}

static void put_role_arns(struct json *json, struct cJSON *statement, const bakery_group *group,
                          const struct shard *shard)
{
        struct cJSON *arns = bakery__json_array(json, statement, "Resource");
        AUTO_CLEAR(buf) arn = { .max = 4096 };

        for (size_t i = shard->first; i < shard->first + shard->count; i++) {
                arn.len = 0;
                bakery__put_role_arn(&arn, group, &group->environment->accounts[i]);
                if (arn.no_memory || arn.full)
                        json->no_memory = true;
                else
                        bakery__json_text(json, arns, NULL, arn.at);
        }
}

/* All roles of the environment and the type in the organization: for more accounts than ten policies can name. */
static void put_role_pattern(struct json *json, struct cJSON *statement, const bakery_group *group)
{
        const bakery_config *config = group->environment->config;

        bakery__json_format(json, statement, "Resource", "arn:%s:iam::*:role%s*-%s-%s", config->partition->id,
                            bakery__role_path(group), group->environment->name, group->access_type->name);
}

/* One statement for one action, with a condition on the source identity or the session tags where it needs one. */
static void put_group_statement(struct json *json, struct cJSON *statements, const char *action,
                                const bakery_group *group, const struct shard *shard, const char *source_identity,
                                const struct settings *tags)
{
        const char *organization = group->environment->config->organization_id;
        struct cJSON *statement = begin_statement(json, statements, action);

        if (organization)
                put_role_pattern(json, statement, group);
        else
                put_role_arns(json, statement, group, shard);
        if (!organization && !source_identity && !tags)
                return;

        struct cJSON *condition = bakery__json_object(json, statement, "Condition");
        if (organization || source_identity) {
                struct cJSON *equals = bakery__json_object(json, condition, "StringEquals");

                bakery__json_optional_text(json, equals, "aws:ResourceOrgID", organization);
                bakery__json_optional_text(json, equals, "sts:SourceIdentity", source_identity);
        }
        if (tags)
                put_tag_condition(json, condition, tags);
}

void bakery__policy_of_group(struct json *json, struct cJSON *parent, const char *key, const bakery_group *group,
                             const struct shard *shard)
{
        const struct settings *settings = &group->settings;
        struct cJSON *statements = begin_document(json, parent, key);

        put_group_statement(json, statements, "sts:AssumeRole", group, shard, NULL, NULL);
        if (settings->source_identity == SAID_YES)
                put_group_statement(json, statements, "sts:SetSourceIdentity", group, shard, "${aws:username}", NULL);
        if (settings->n_session_tags > 0)
                put_group_statement(json, statements, "sts:TagSession", group, shard, NULL, settings);
}

void bakery__put_bakery_root(struct json *json, struct cJSON *parent, const char *key, const bakery_config *config)
{
        bakery__json_format(json, parent, key, "arn:%s:iam::%s:root", config->partition->id,
                            bakery_config_bakery_account_id(config));
}

static struct cJSON *begin_trust(struct json *json, struct cJSON *statements, const char *action,
                                 const bakery_group *group, put_principal *put_root)
{
        struct cJSON *statement = bakery__json_object(json, statements, NULL);

        bakery__json_text(json, statement, "Effect", "Allow");
        struct cJSON *principal = bakery__json_object(json, statement, "Principal");
        put_root(json, principal, "AWS", group->environment->config);
        bakery__json_text(json, statement, "Action", action);
        return statement;
}

/*
 * What a person must show. aws:MultiFactorAuthPresent is absent for plain access keys, so that Bool in an Allow
 * asks for a session that was made with MFA.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
static void put_person_conditions(struct json *json, struct cJSON *statement, const struct settings *settings)
{
        bool mfa = settings->require_mfa == SAID_YES, name = settings->require_session_name == SAID_YES;

        if (!mfa && !name)
                return;

        struct cJSON *condition = bakery__json_object(json, statement, "Condition");
        if (mfa)
                put_condition(json, condition, "Bool", "aws:MultiFactorAuthPresent", "true");
        if (mfa && settings->mfa_max_age_s > 0) {
                struct cJSON *less = bakery__json_object(json, condition, "NumericLessThan");

                bakery__json_format(json, less, "aws:MultiFactorAuthAge", "%u", settings->mfa_max_age_s);
        }
        if (name)
                put_condition(json, condition, "StringEquals", "sts:RoleSessionName", "${aws:username}");
}

static void put_machines(struct json *json, struct cJSON *statements, const bakery_access_type *type)
{
        if (type->machine_principals.count == 0)
                return;

        struct cJSON *statement = bakery__json_object(json, statements, NULL);
        bakery__json_text(json, statement, "Effect", "Allow");
        struct cJSON *principal = bakery__json_object(json, statement, "Principal");
        struct cJSON *arns = bakery__json_array(json, principal, "AWS");
        for (size_t i = 0; i < type->machine_principals.count; i++)
                bakery__json_text(json, arns, NULL, type->machine_principals.at[i].text);
        bakery__json_text(json, statement, "Action", "sts:AssumeRole");
}

void bakery__policy_of_trust(struct json *json, struct cJSON *parent, const char *key, const bakery_group *group,
                             put_principal *put_root)
{
        const struct settings *settings = &group->settings;
        struct cJSON *statements = begin_document(json, parent, key);

        put_person_conditions(json, begin_trust(json, statements, "sts:AssumeRole", group, put_root), settings);
        if (settings->source_identity == SAID_YES) {
                struct cJSON *statement = begin_trust(json, statements, "sts:SetSourceIdentity", group, put_root);

                put_condition(json, bakery__json_object(json, statement, "Condition"), "StringEquals",
                              "sts:SourceIdentity", "${aws:username}");
        }
        if (settings->n_session_tags > 0) {
                struct cJSON *statement = begin_trust(json, statements, "sts:TagSession", group, put_root);

                put_tag_condition(json, bakery__json_object(json, statement, "Condition"), settings);
        }
        put_machines(json, statements, group->access_type);
}
