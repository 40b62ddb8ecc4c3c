/* CloudFormation's intrinsic functions, worked out offline: what a template says for one account and its parameters. */
#ifndef BAKERY_DEPLOY_RESOLVE_H
#define BAKERY_DEPLOY_RESOLVE_H

#include "base/report.h"
#include "formats/json.h"

struct parameter {
        const char *key, *value;
};

/* A template where it is deployed. All is borrowed; a field that is NULL is unknown. */
struct resolve_scope {
        const struct cJSON *template;
        const char *stack_name, *account_id, *region, *partition, *url_suffix;
        const struct parameter *parameters; /* where one is not given, the template's Default holds */
        size_t n_parameters;
};

/*
 * Parses a template, YAML or JSON, as CloudFormation tells them apart: JSON begins with a brace. What CloudFormation
 * made of it and a reader would not expect (formats/yaml_tree.h) is added to report, which may be NULL.
 * Gives BAKERY_ERR_FORMAT, BAKERY_ERR_LIMIT (larger than CloudFormation takes), BAKERY_ERR_MEMORY.
 */
bakery_status bakery__template_parse(struct span text, const char *what, bakery_report *report, struct json *ret,
                                     bakery_error **err);

/*
 * Puts value, with every function in it worked out, into parent under key. What has no value (AWS::NoValue) is left
 * out. What cannot be known here stands as text in angle brackets that says what it is, "<Ref GroupProdAdmin>",
 * "<Fn::GetAtt Role.Arn>", the same for the same expression and for nothing else: resources, attributes, parameters
 * without a value, functions not listed below. A template made to grow without end ends in json without memory.
 *
 * Known are Ref, Fn::Sub, Fn::Join, Fn::Select, Fn::Split, Fn::If, Fn::FindInMap, and in conditions Fn::Equals,
 * Fn::And, Fn::Or, Fn::Not, Condition. Text is compared as CloudFormation does, so that 1 equals "1".
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
void bakery__resolve(struct json *json, struct cJSON *parent, const char *key, const struct resolve_scope *scope,
                     const struct cJSON *value);

/* Whether the condition of that name holds. */
enum resolve_answer { RESOLVE_NO, RESOLVE_YES, RESOLVE_UNKNOWN, RESOLVE_NO_MEMORY };
enum resolve_answer bakery__resolve_condition(const struct resolve_scope *scope, const char *name);

#endif
