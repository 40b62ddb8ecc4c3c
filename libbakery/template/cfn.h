/* The words of CloudFormation: a template's frame, its parameters, resources and functions. */
#ifndef BAKERY_TEMPLATE_CFN_H
#define BAKERY_TEMPLATE_CFN_H

#include "formats/json.h"

/* The frame; gives the template itself. */
struct cJSON *bakery__cfn_begin(struct json *json, const char *description);

/* A section of the template, Parameters or Resources, made when it is first asked for. */
struct cJSON *bakery__cfn_section(struct json *json, struct cJSON *template, const char *name);

/* A parameter of Type type; gives it, so that Default and the like can follow. */
struct cJSON *bakery__cfn_parameter(struct json *json, struct cJSON *template, const char *name, const char *type,
                                    const char *description);

/* A resource; gives its Properties. condition names a condition of the template, NULL: none. */
struct cJSON *bakery__cfn_resource(struct json *json, struct cJSON *template, const char *logical_id, const char *type,
                                   const char *condition);

/* Functions: { "Ref": id }, { "Fn::Sub": text }, { "Fn::GetAtt": [ id, attribute ] }. */
void bakery__cfn_ref(struct json *json, struct cJSON *parent, const char *key, const char *id);
void bakery__cfn_sub(struct json *json, struct cJSON *parent, const char *key, const char *text);
void bakery__cfn_get_att(struct json *json, struct cJSON *parent, const char *key, const char *id,
                         const char *attribute);

/* The same of text that was put together. */
void bakery__cfn_sub_buf(struct json *json, struct cJSON *parent, const char *key, const struct buf *text);

/* A parameter of text, with a default and a pattern. */
void bakery__cfn_pattern_parameter(struct json *json, struct cJSON *template, const char *name, const char *about,
                                   const char *usual, const char *pattern);

/* The parameter Environment is one of names. CloudFormation's Fn::Or takes 2 to 10: longer ones are nested. */
void bakery__cfn_environment_is_one_of(struct json *json, struct cJSON *parent, const char *key,
                                       const char *const *names, size_t n);

/* A policy document under key; gives its list of statements. */
struct cJSON *bakery__cfn_document(struct json *json, struct cJSON *parent, const char *key);

/* A statement that allows the action; NULL: the actions are put by the caller. */
struct cJSON *bakery__cfn_allow(struct json *json, struct cJSON *statements, const char *action);

/* The ARN of a policy as the configuration writes it: ${AccountId} and ${Partition} are those of the stack. */
void bakery__cfn_policy_arn(struct json *json, struct cJSON *parent, const char *key, const char *arn);

#endif
