#include "model/condition.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PATTERN_MAX_BYTES = 1 << 16, NUMBER_BYTES = 32 };

static const struct policy_key *find_key(const struct policy_request *request, struct span name)
{
        for (size_t i = 0; i < request->key_count; i++)
                if (bakery__span_equal_nocase(bakery__span(request->keys[i].name), name))
                        return &request->keys[i];
        return NULL;
}

/*
 * Puts the pattern with its variables replaced; false when one was not known, and stands there as "*". ${*}, ${?} and
 * ${$} are those characters themselves, which a match cannot tell from a wildcard: they count as not known.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
static bool put_replaced(struct buf *into, const char *pattern, const struct policy_request *request)
{
        bool known = true;

        while (*pattern) {
                const char *end = bakery__str_starts(pattern, "${") ? strchr(pattern, '}') : NULL;

                if (!end) {
                        bakery__buf_char(into, *pattern++);
                        continue;
                }
                const struct policy_key *key =
                        find_key(request, (struct span){ pattern + 2, (size_t)(end - pattern) - 2 });
                known = known && key && key->value;
                bakery__buf_text(into, key && key->value ? key->value : "*");
                pattern = end + 1;
        }
        return known;
}

enum truth bakery__pattern_match(const char *pattern, const char *text, const struct policy_request *request,
                                 bool fold_case)
{
        AUTO_CLEAR(buf) replaced = { .max = PATTERN_MAX_BYTES };

        if (!strstr(pattern, "${"))
                return bakery__wildcard_match(pattern, text, fold_case) ? TRUTH_YES : TRUTH_NO;

        bool known = put_replaced(&replaced, pattern, request);
        if (replaced.no_memory || replaced.full || !replaced.at)
                return TRUTH_MAYBE;
        if (!bakery__wildcard_match(replaced.at, text, fold_case))
                return TRUTH_NO;
        return known ? TRUTH_YES : TRUTH_MAYBE;
}

/* Without wildcards: what looks like one is itself. */
static enum truth same_text(const char *wanted, const char *text, const struct policy_request *request, bool fold_case)
{
        AUTO_CLEAR(buf) replaced = { .max = PATTERN_MAX_BYTES };

        bakery__buf_text(&replaced, "");
        if (!put_replaced(&replaced, wanted, request) || replaced.no_memory || replaced.full)
                return TRUTH_MAYBE;
        bool same = fold_case ? bakery__str_equal_nocase(replaced.at, text) : strcmp(replaced.at, text) == 0;
        return same ? TRUTH_YES : TRUTH_NO;
}

enum { LESS = 1, EQUAL = 2, GREATER = 4 };

static const struct operation {
        const char *name;
        enum { AS_TEXT, AS_TEXT_NOCASE, AS_PATTERN, AS_NUMBER } how;
        bool negated;
        unsigned orders; /* of numbers: which are right */
} operations[] = {
        { "StringEquals", AS_TEXT, false, 0 },
        { "StringNotEquals", AS_TEXT, true, 0 },
        { "StringEqualsIgnoreCase", AS_TEXT_NOCASE, false, 0 },
        { "StringNotEqualsIgnoreCase", AS_TEXT_NOCASE, true, 0 },
        { "StringLike", AS_PATTERN, false, 0 },
        { "StringNotLike", AS_PATTERN, true, 0 },
        { "ArnEquals", AS_PATTERN, false, 0 }, /* takes wildcards as ArnLike does */
        { "ArnLike", AS_PATTERN, false, 0 },
        { "ArnNotEquals", AS_PATTERN, true, 0 },
        { "ArnNotLike", AS_PATTERN, true, 0 },
        { "Bool", AS_TEXT_NOCASE, false, 0 },
        { "NumericEquals", AS_NUMBER, false, EQUAL },
        { "NumericNotEquals", AS_NUMBER, true, EQUAL },
        { "NumericLessThan", AS_NUMBER, false, LESS },
        { "NumericLessThanEquals", AS_NUMBER, false, LESS | EQUAL },
        { "NumericGreaterThan", AS_NUMBER, false, GREATER },
        { "NumericGreaterThanEquals", AS_NUMBER, false, GREATER | EQUAL },
};

static bool whole_number(const char *text, long long *ret)
{
        char *end = NULL;

        errno = 0;
        *ret = strtoll(text, &end, 10);
        return *text && !*end && errno == 0;
}

static enum truth number_fits(const char *wanted, const char *value, unsigned orders)
{
        long long a, b;

        if (!whole_number(value, &a) || !whole_number(wanted, &b))
                return TRUTH_MAYBE;
        unsigned order = a < b ? LESS : a > b ? GREATER : EQUAL;
        return order & orders ? TRUTH_YES : TRUTH_NO;
}

static enum truth fits(const struct operation *operation, const char *wanted, const char *value,
                       const struct policy_request *request)
{
        switch (operation->how) {
        case AS_TEXT:
                return same_text(wanted, value, request, false);
        case AS_TEXT_NOCASE:
                return same_text(wanted, value, request, true);
        case AS_PATTERN:
                return bakery__pattern_match(wanted, value, request, false);
        case AS_NUMBER:
                return number_fits(wanted, value, operation->orders);
        }
        return TRUTH_MAYBE;
}

static const struct operation *find_operation(struct span name)
{
        for (size_t i = 0; i < N_ELEMENTS(operations); i++)
                if (bakery__span_equal_nocase(bakery__span(operations[i].name), name))
                        return &operations[i];
        return NULL;
}

/* Values are texts; flags and numbers may stand without quotes. */
static const char *value_text(const struct cJSON *value, char number[NUMBER_BYTES])
{
        long long whole;

        if (bakery__json_kind(value) == JSON_BOOL)
                return bakery__json_is_true(value) ? "true" : "false";
        if (bakery__json_whole_number_of(value, &whole)) {
                snprintf(number, NUMBER_BYTES, "%lld", whole);
                return number;
        }
        return bakery__json_text_of(value);
}

/* One of the values will do; with a negated operator none may fit. */
static enum truth any_fits(const struct operation *operation, const struct cJSON *values, const char *value,
                           const struct policy_request *request)
{
        enum truth any = TRUTH_NO;

        for (const struct cJSON *each = bakery__policy_texts(values); each;
             each = bakery__policy_next_text(values, each)) {
                char number[NUMBER_BYTES];
                const char *wanted = value_text(each, number);
                enum truth one = wanted ? fits(operation, wanted, value, request) : TRUTH_MAYBE;

                any = one > any ? one : any;
        }
        return operation->negated ? TRUTH_YES - any : any;
}

/* "Null": { key: true } asks that the key be absent. */
static enum truth is_null(const struct policy_key *key, const struct cJSON *values)
{
        char number[NUMBER_BYTES];
        const char *wanted = value_text(bakery__policy_texts(values), number);

        if (!key || !wanted)
                return TRUTH_MAYBE;
        return bakery__str_equal_nocase(wanted, "true") == !key->value ? TRUTH_YES : TRUTH_NO;
}

/* The operator's name in its parts: "ForAllValues:", the operation, "IfExists". */
struct operator_name {
        struct span operation;
        bool for_all, for_any, if_exists;
};

static struct operator_name split(const char *name)
{
        static const char all[] = "ForAllValues:", any[] = "ForAnyValue:", exists[] = "IfExists";
        struct operator_name parts = { .operation = bakery__span(name) };

        parts.for_all = bakery__span_starts(parts.operation, all);
        parts.for_any = bakery__span_starts(parts.operation, any);
        size_t prefix = parts.for_all ? strlen(all) : parts.for_any ? strlen(any) : 0;
        parts.operation.at += prefix;
        parts.operation.len -= prefix;
        parts.if_exists =
                parts.operation.len > strlen(exists) &&
                memcmp(parts.operation.at + parts.operation.len - strlen(exists), exists, strlen(exists)) == 0;
        if (parts.if_exists)
                parts.operation.len -= strlen(exists);
        return parts;
}

/* What an operator says of a key that is absent. */
static enum truth of_absent(const struct operator_name *name, const struct operation *operation)
{
        if (name->if_exists || name->for_all)
                return TRUTH_YES;
        return operation->negated && !name->for_any ? TRUTH_YES : TRUTH_NO;
}

enum truth bakery__condition_met(const struct cJSON *test, const struct policy_request *request)
{
        struct operator_name name = split(bakery__json_key(test));
        const struct operation *operation = find_operation(name.operation);
        bool null_test = bakery__span_is(name.operation, "Null");
        enum truth all = TRUTH_YES;

        for (const struct cJSON *values = bakery__json_first(test); values; values = bakery__json_next(values)) {
                const struct policy_key *key = find_key(request, bakery__span(bakery__json_key(values)));
                enum truth met = TRUTH_MAYBE;

                if (null_test)
                        met = is_null(key, values);
                else if (key && operation)
                        met = key->value ? any_fits(operation, values, key->value, request)
                                         : of_absent(&name, operation);
                all = met < all ? met : all;
        }
        return all;
}
