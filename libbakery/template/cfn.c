#include "template/cfn.h"

#include <string.h>

#include "base/buf.h"

struct cJSON *bakery__cfn_begin(struct json *json, const char *description)
{
        struct cJSON *template = bakery__json_root(json);

        bakery__json_text(json, template, "AWSTemplateFormatVersion", "2010-09-09");
        bakery__json_text(json, template, "Description", description);
        return template;
}

struct cJSON *bakery__cfn_section(struct json *json, struct cJSON *template, const char *name)
{
        /* The tree is ours until it is printed; looking up gives it back as const. */
        struct cJSON *section = (struct cJSON *)(uintptr_t)bakery__json_get(template, name);

        return section ? section : bakery__json_object(json, template, name);
}

struct cJSON *bakery__cfn_parameter(struct json *json, struct cJSON *template, const char *name, const char *type,
                                    const char *description)
{
        struct cJSON *parameters = bakery__cfn_section(json, template, "Parameters");
        struct cJSON *parameter = bakery__json_object(json, parameters, name);

        bakery__json_text(json, parameter, "Type", type);
        bakery__json_text(json, parameter, "Description", description);
        return parameter;
}

struct cJSON *bakery__cfn_resource(struct json *json, struct cJSON *template, const char *logical_id, const char *type,
                                   const char *condition)
{
        struct cJSON *resources = bakery__cfn_section(json, template, "Resources");
        struct cJSON *resource = bakery__json_object(json, resources, logical_id);

        bakery__json_text(json, resource, "Type", type);
        bakery__json_optional_text(json, resource, "Condition", condition);
        return bakery__json_object(json, resource, "Properties");
}

void bakery__cfn_ref(struct json *json, struct cJSON *parent, const char *key, const char *id)
{
        bakery__json_text(json, bakery__json_object(json, parent, key), "Ref", id);
}

void bakery__cfn_sub(struct json *json, struct cJSON *parent, const char *key, const char *text)
{
        bakery__json_text(json, bakery__json_object(json, parent, key), "Fn::Sub", text);
}

void bakery__cfn_sub_buf(struct json *json, struct cJSON *parent, const char *key, const struct buf *text)
{
        if (text->no_memory || !text->at)
                json->no_memory = true;
        else
                bakery__cfn_sub(json, parent, key, text->at);
}

void bakery__cfn_pattern_parameter(struct json *json, struct cJSON *template, const char *name, const char *about,
                                   const char *usual, const char *pattern)
{
        struct cJSON *parameter = bakery__cfn_parameter(json, template, name, "String", about);

        bakery__json_text(json, parameter, "Default", usual);
        bakery__json_text(json, parameter, "AllowedPattern", pattern);
}

void bakery__cfn_get_att(struct json *json, struct cJSON *parent, const char *key, const char *id,
                         const char *attribute)
{
        struct cJSON *path = bakery__json_array(json, bakery__json_object(json, parent, key), "Fn::GetAtt");

        bakery__json_text(json, path, NULL, id);
        bakery__json_text(json, path, NULL, attribute);
}

static void environment_is(struct json *json, struct cJSON *parent, const char *key, const char *name)
{
        struct cJSON *both = bakery__json_array(json, bakery__json_object(json, parent, key), "Fn::Equals");

        bakery__cfn_ref(json, both, NULL, "Environment");
        bakery__json_text(json, both, NULL, name);
}

enum { OR_AT_MOST = 10 };

void bakery__cfn_environment_is_one_of(struct json *json, struct cJSON *parent, const char *key,
                                       const char *const *names, size_t n)
{
        if (n == 1) {
                environment_is(json, parent, key, names[0]);
                return;
        }

        struct cJSON *either = bakery__json_array(json, bakery__json_object(json, parent, key), "Fn::Or");
        size_t own = n <= OR_AT_MOST ? n : OR_AT_MOST - 1;

        for (size_t i = 0; i < own; i++)
                environment_is(json, either, NULL, names[i]);
        if (own < n)
                bakery__cfn_environment_is_one_of(json, either, NULL, names + own, n - own);
}

struct cJSON *bakery__cfn_document(struct json *json, struct cJSON *parent, const char *key)
{
        struct cJSON *document = bakery__json_object(json, parent, key);

        bakery__json_text(json, document, "Version", "2012-10-17");
        return bakery__json_array(json, document, "Statement");
}

struct cJSON *bakery__cfn_allow(struct json *json, struct cJSON *statements, const char *action)
{
        struct cJSON *statement = bakery__json_object(json, statements, NULL);

        bakery__json_text(json, statement, "Effect", "Allow");
        bakery__json_optional_text(json, statement, "Action", action);
        return statement;
}

void bakery__cfn_policy_arn(struct json *json, struct cJSON *parent, const char *key, const char *arn)
{
        static const struct {
                const char *ours, *theirs;
        } variables[] = { { "${AccountId}", "${AWS::AccountId}" }, { "${Partition}", "${AWS::Partition}" } };
        AUTO_CLEAR(buf) text = { .max = 4096 };
        bool variable = false;

        for (const char *at = arn; *at;) {
                size_t i = 0;

                while (i < N_ELEMENTS(variables) && !bakery__str_starts(at, variables[i].ours))
                        i++;
                if (i == N_ELEMENTS(variables)) {
                        bakery__buf_char(&text, *at++);
                        continue;
                }
                bakery__buf_text(&text, variables[i].theirs);
                at += strlen(variables[i].ours);
                variable = true;
        }
        if (text.no_memory || !text.at)
                json->no_memory = true;
        else if (variable)
                bakery__cfn_sub(json, parent, key, text.at);
        else
                bakery__json_text(json, parent, key, arn);
}
