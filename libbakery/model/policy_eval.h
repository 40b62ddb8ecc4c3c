/*
 * Judging policies: what a document says about an action on a resource. Conditions whose keys are not known are not
 * guessed: what hangs on them is "maybe".
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
#ifndef BAKERY_MODEL_POLICY_EVAL_H
#define BAKERY_MODEL_POLICY_EVAL_H

#include "formats/json.h"

/* Ordered, so that "and" is the smaller and "or" the larger. */
enum truth { TRUTH_NO, TRUTH_MAYBE, TRUTH_YES };

/* What is known of a request. */
struct policy_key {
        const char *name;  /* "aws:MultiFactorAuthPresent", compared without case */
        const char *value; /* NULL: it is known to be absent */
};

struct policy_request {
        const char *action;   /* "sts:AssumeRole" */
        const char *resource; /* an ARN; NULL: statements without one, those of trust policies, are judged */
        const struct policy_key *keys;
        size_t key_count;
};

/* What documents say together; begin with { 0 }. */
struct policy_says {
        enum truth allow, deny;
};

/* Adds what document says, or one statement of it. */
void bakery__policy_eval(const struct cJSON *document, const struct policy_request *request, struct policy_says *says);
void bakery__statement_eval(const struct cJSON *statement, const struct policy_request *request,
                            struct policy_says *says);

/* Allowed by one, denied by none. */
enum truth bakery__policy_allows(const struct policy_says *says);

/*
 * The parts, for those who ask about many resources at once. A document's statements are a list or one alone: the first
 * of them, and the next; NULL at the end.
 */
const struct cJSON *bakery__policy_statements(const struct cJSON *document);
const struct cJSON *bakery__policy_next(const struct cJSON *document, const struct cJSON *statement);
bool bakery__statement_denies(const struct cJSON *statement);
bool bakery__statement_has_action(const struct cJSON *statement, const char *action);
enum truth bakery__statement_has_resource(const struct cJSON *statement, const struct policy_request *request);
enum truth bakery__resource_fits(const char *pattern, const struct policy_request *request);
enum truth bakery__statement_condition(const struct cJSON *statement, const struct policy_request *request);

/* A member that holds one text or a list of them: the first, and the next; NULL at the end. */
const struct cJSON *bakery__policy_texts(const struct cJSON *value);
const struct cJSON *bakery__policy_next_text(const struct cJSON *value, const struct cJSON *text);

/* "*" stands for any text, "?" for any character. */
bool bakery__wildcard_match(const char *pattern, const char *text, bool fold_case);

#endif
