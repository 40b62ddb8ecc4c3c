#include "model/policy_eval.h"

#include <string.h>

#include "model/condition.h"

bool bakery__wildcard_match(const char *pattern, const char *text, bool fold_case)
{
        const char *star = NULL, *retry = NULL;

        while (*text) {
                char c = fold_case ? bakery__ascii_lower(*text) : *text;
                char p = fold_case ? bakery__ascii_lower(*pattern) : *pattern;

                if (p == '*') {
                        star = pattern++;
                        retry = text;
                } else if (p == '?' || (p && p == c)) {
                        pattern++;
                        text++;
                } else if (star) {
                        pattern = star + 1;
                        text = ++retry;
                } else {
                        return false;
                }
        }
        while (*pattern == '*')
                pattern++;
        return !*pattern;
}

const struct cJSON *bakery__policy_texts(const struct cJSON *value)
{
        return bakery__json_kind(value) == JSON_ARRAY ? bakery__json_first(value) : value;
}

const struct cJSON *bakery__policy_next_text(const struct cJSON *value, const struct cJSON *text)
{
        return text == value ? NULL : bakery__json_next(text);
}

const struct cJSON *bakery__policy_statements(const struct cJSON *document)
{
        return bakery__policy_texts(bakery__json_get(document, "Statement"));
}

const struct cJSON *bakery__policy_next(const struct cJSON *document, const struct cJSON *statement)
{
        return bakery__policy_next_text(bakery__json_get(document, "Statement"), statement);
}

bool bakery__statement_denies(const struct cJSON *statement)
{
        return bakery__str_equal(bakery__json_text_of(bakery__json_get(statement, "Effect")), "Deny");
}

static bool lists_action(const struct cJSON *actions, const char *action)
{
        for (const struct cJSON *each = bakery__policy_texts(actions); each;
             each = bakery__policy_next_text(actions, each)) {
                const char *pattern = bakery__json_text_of(each);

                if (pattern && bakery__wildcard_match(pattern, action, true))
                        return true;
        }
        return false;
}

bool bakery__statement_has_action(const struct cJSON *statement, const char *action)
{
        const struct cJSON *not_action = bakery__json_get(statement, "NotAction");

        return not_action ? !lists_action(not_action, action)
                          : lists_action(bakery__json_get(statement, "Action"), action);
}

enum truth bakery__resource_fits(const char *pattern, const struct policy_request *request)
{
        return bakery__pattern_match(pattern, request->resource, request, false);
}

static enum truth lists_resource(const struct cJSON *resources, const struct policy_request *request)
{
        enum truth listed = TRUTH_NO;

        for (const struct cJSON *each = bakery__policy_texts(resources); each && listed != TRUTH_YES;
             each = bakery__policy_next_text(resources, each)) {
                const char *pattern = bakery__json_text_of(each);
                enum truth match = pattern ? bakery__resource_fits(pattern, request) : TRUTH_NO;

                listed = match > listed ? match : listed;
        }
        return listed;
}

enum truth bakery__statement_has_resource(const struct cJSON *statement, const struct policy_request *request)
{
        const struct cJSON *not_resource = bakery__json_get(statement, "NotResource");

        if (!request->resource)
                return TRUTH_YES;
        return not_resource ? TRUTH_YES - lists_resource(not_resource, request)
                            : lists_resource(bakery__json_get(statement, "Resource"), request);
}

enum truth bakery__statement_condition(const struct cJSON *statement, const struct policy_request *request)
{
        const struct cJSON *condition = bakery__json_get(statement, "Condition");
        enum truth all = TRUTH_YES;

        for (const struct cJSON *test = bakery__json_first(condition); test; test = bakery__json_next(test)) {
                enum truth met = bakery__condition_met(test, request);

                all = met < all ? met : all;
        }
        return all;
}

void bakery__statement_eval(const struct cJSON *statement, const struct policy_request *request,
                            struct policy_says *says)
{
        enum truth *said = bakery__statement_denies(statement) ? &says->deny : &says->allow;

        if (!bakery__statement_has_action(statement, request->action))
                return;
        enum truth resource = bakery__statement_has_resource(statement, request);
        enum truth condition = bakery__statement_condition(statement, request);
        enum truth both = resource < condition ? resource : condition;
        *said = both > *said ? both : *said;
}

void bakery__policy_eval(const struct cJSON *document, const struct policy_request *request, struct policy_says *says)
{
        for (const struct cJSON *statement = bakery__policy_statements(document); statement;
             statement = bakery__policy_next(document, statement))
                bakery__statement_eval(statement, request, says);
}

enum truth bakery__policy_allows(const struct policy_says *says)
{
        enum truth not_denied = TRUTH_YES - says->deny;

        return says->allow < not_denied ? says->allow : not_denied;
}
