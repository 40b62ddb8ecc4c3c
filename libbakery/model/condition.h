/* Conditions of policies, and texts with variables in them. */
#ifndef BAKERY_MODEL_CONDITION_H
#define BAKERY_MODEL_CONDITION_H

#include "model/policy_eval.h"

/*
 * Whether an operator with its keys, "StringEquals": { key: values }, is met. Operators that are not known here, and
 * keys of which nothing is known, are maybe.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
enum truth bakery__condition_met(const struct cJSON *test, const struct policy_request *request);

/*
 * Whether text fits the pattern, wildcards and variables ("${aws:username}") in it. A variable of which nothing is
 * known stands for any text, and what fits then is maybe.
 */
enum truth bakery__pattern_match(const char *pattern, const char *text, const struct policy_request *request,
                                 bool fold_case);

#endif
