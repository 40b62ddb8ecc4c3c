/* Roles that have power over the burger roles: over which, and who may take them. */
#include "template/burger_scope.h"

#include <string.h>

#include "base/buf.h"
#include "model/names.h"
#include "template/cfn.h"

void bakery__burger_scope_clear(struct burger_scope *scope)
{
        free(scope->paths);
        free(scope->boundaries);
}

static void add_once(const char **texts, size_t *n, const char *text)
{
        for (size_t i = 0; i < *n; i++)
                if (strcmp(texts[i], text) == 0)
                        return;
        texts[(*n)++] = text;
}

bool bakery__burger_scope_collect(struct burger_scope *scope, const bakery_config *config,
                                  const bakery_access_type *type)
{
        scope->type = type;
        scope->paths = calloc(config->n_environments, sizeof *scope->paths);
        scope->boundaries = calloc(config->n_environments, sizeof *scope->boundaries);
        if (!scope->paths || !scope->boundaries)
                return false;
        for (size_t i = 0; i < config->n_environments; i++) {
                const bakery_group *group = bakery_environment_find_group(&config->environments[i], type->name);

                if (!group)
                        continue;
                add_once(scope->paths, &scope->n_paths, bakery__role_path(group));
                if (group->settings.permissions_boundary)
                        add_once(scope->boundaries, &scope->n_boundaries, group->settings.permissions_boundary);
                else
                        scope->unbounded = true;
        }
        return true;
}

void bakery__burger_scope_put_arns(struct json *json, struct cJSON *arns, const struct burger_scope *scope)
{
        for (size_t i = 0; i < scope->n_paths; i++) {
                AUTO_CLEAR(buf) arn = { .max = 4096 };

                bakery__buf_format(
                        &arn, "arn:${AWS::Partition}:iam::${AWS::AccountId}:role%s${AccountName}-${Environment}-%s",
                        scope->paths[i], scope->type->name);
                bakery__cfn_sub_buf(json, arns, NULL, &arn);
        }
}

void bakery__burger_scope_put_boundary(struct json *json, struct cJSON *condition, const struct burger_scope *scope)
{
        struct cJSON *arns = bakery__json_array(json, bakery__json_object(json, condition, "StringEquals"),
                                                "iam:PermissionsBoundary");

        for (size_t i = 0; i < scope->n_boundaries; i++)
                bakery__cfn_policy_arn(json, arns, NULL, scope->boundaries[i]);
}

void bakery__put_principal_condition(struct json *json, struct cJSON *template, const struct burger_trust *trust)
{
        struct cJSON *conditions = bakery__cfn_section(json, template, "Conditions");
        struct cJSON *inner = bakery__json_object(
                json, bakery__json_array(json, bakery__json_object(json, conditions, trust->condition), "Fn::Not"),
                NULL);
        struct cJSON *equal = bakery__json_array(json, inner, "Fn::Equals");

        bakery__cfn_ref(json, equal, NULL, trust->principal);
        bakery__json_text(json, equal, NULL, "");
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

static void put_conditions(struct json *json, struct cJSON *statement, const bakery_config *config,
                           const struct burger_trust *trust)
{
        unsigned max_age_s;
        bool mfa = asks_for_mfa(config, &max_age_s) || trust->always_mfa;

        if (!mfa && !trust->session_name)
                return;

        struct cJSON *condition = bakery__json_object(json, statement, "Condition");
        if (mfa)
                bakery__json_text(json, bakery__json_object(json, condition, "Bool"), "aws:MultiFactorAuthPresent",
                                  "true");
        if (max_age_s > 0)
                bakery__json_format(json, bakery__json_object(json, condition, "NumericLessThan"),
                                    "aws:MultiFactorAuthAge", "%u", max_age_s);
        if (trust->session_name)
                bakery__json_text(json, bakery__json_object(json, condition, "StringEquals"), "sts:RoleSessionName",
                                  "${aws:username}");
}

void bakery__put_burger_trust(struct json *json, struct cJSON *role, const bakery_config *config,
                              const struct burger_trust *trust)
{
        struct cJSON *statements = bakery__cfn_document(json, role, "AssumeRolePolicyDocument");
        struct cJSON *choice = bakery__json_array(json, bakery__json_object(json, statements, NULL), "Fn::If");

        bakery__json_text(json, choice, NULL, trust->condition);
        struct cJSON *named = bakery__cfn_allow(json, choice, "sts:AssumeRole");
        bakery__cfn_ref(json, bakery__json_object(json, named, "Principal"), "AWS", trust->principal);
        struct cJSON *people = bakery__cfn_allow(json, choice, "sts:AssumeRole");
        bakery__cfn_sub(json, bakery__json_object(json, people, "Principal"), "AWS",
                        "arn:${AWS::Partition}:iam::${BakeryAccount}:root");
        put_conditions(json, people, config, trust);
}

void bakery__put_untouchable(struct json *json, struct cJSON *statements, const char *const *parameters, size_t n)
{
        struct cJSON *statement = bakery__json_object(json, statements, NULL);

        bakery__json_text(json, statement, "Effect", "Deny");
        bakery__json_text(json, statement, "Action", "iam:*");
        struct cJSON *arns = n > 1 ? bakery__json_array(json, statement, "Resource") : NULL;
        for (size_t i = 0; i < n; i++) {
                AUTO_CLEAR(buf) arn = { .max = 4096 };

                bakery__buf_format(&arn, "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${%s}", parameters[i]);
                bakery__cfn_sub_buf(json, arns ? arns : statement, arns ? NULL : "Resource", &arn);
        }
}
