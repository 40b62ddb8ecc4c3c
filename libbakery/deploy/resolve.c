#include "deploy/resolve.h"

#include <stddef.h>
#include <string.h>

#include "formats/yaml_tree.h"

enum {
        TEMPLATE_MAX_BYTES = 1 << 20, /* CloudFormation: 1 MB */
        TEXT_MAX_BYTES = 1 << 20,
        STEPS_AT_MOST = 1 << 18, /* functions in one call: conditions that name each other double with every level */
        SIZE_AT_MOST = 1 << 26,  /* bytes that functions may copy: a small template can name a large value often */
        DEPTH_AT_MOST = 1000
};

bakery_status bakery__template_parse(struct span text, const char *what, bakery_report *report, struct json *ret,
                                     bakery_error **err)
{
        static const char mark[] = "\xef\xbb\xbf";
        struct span rest = text;

        if (text.len > TEMPLATE_MAX_BYTES)
                return bakery__fail(err, BAKERY_ERR_LIMIT, "%s is larger than %d bytes", what, TEMPLATE_MAX_BYTES);
        if (bakery__span_starts(rest, mark))
                rest = (struct span){ rest.at + strlen(mark), rest.len - strlen(mark) };
        rest = bakery__span_trim(rest);
        if (bakery__span_starts(rest, "{"))
                return bakery__json_parse(text, what, ret, err);
        return bakery__yaml_tree_parse(text, what, report, ret, err);
}

struct resolving {
        const struct resolve_scope *scope;
        size_t steps, size_bytes; /* spent so far */
        unsigned depth;
        size_t n_unknown; /* what could not be known, so far */
        bool failed;      /* no memory, or past a bound */
};

static bool spend(struct resolving *in, size_t size_bytes)
{
        in->steps++;
        in->size_bytes += size_bytes;
        in->failed |= in->steps > STEPS_AT_MOST || in->size_bytes > SIZE_AT_MOST || in->depth > DEPTH_AT_MOST;
        return !in->failed;
}

/* Elements of a list, NULL behind its end. */
static const struct cJSON *element(const struct cJSON *list, size_t i)
{
        const struct cJSON *child = bakery__json_kind(list) == JSON_ARRAY ? bakery__json_first(list) : NULL;

        while (child && i-- > 0)
                child = bakery__json_next(child);
        return child;
}

static bool is_scalar(const struct cJSON *value)
{
        enum json_kind kind = bakery__json_kind(value);

        return kind == JSON_TEXT || kind == JSON_NUMBER || kind == JSON_BOOL || kind == JSON_NULL;
}

/* The name of the one function that value is a call of; NULL: it is none. */
static const char *function_of(const struct cJSON *value)
{
        const struct cJSON *only = bakery__json_kind(value) == JSON_OBJECT ? bakery__json_first(value) : NULL;
        const char *name = only && !bakery__json_next(only) ? bakery__json_key(only) : NULL;

        if (!name)
                return NULL;
        if (strcmp(name, "Ref") == 0 || bakery__str_starts(name, "Fn::"))
                return name;
        /* { "Condition": "Name" } is a call, { "Condition": { ... } } a part of a policy. */
        return strcmp(name, "Condition") == 0 && bakery__json_text_of(only) ? name : NULL;
}

static void put_printed(struct resolving *in, struct buf *to, const struct cJSON *value)
{
        const struct json printed = { .root = (struct cJSON *)(uintptr_t)value }; /* printing changes nothing */

        in->failed |= bakery__json_print(&printed, JSON_COMPACT, to, "value", NULL) != BAKERY_OK;
}

/* What a scalar is as text; anything else as its JSON. */
static void put_text(struct resolving *in, struct buf *to, const struct cJSON *value)
{
        const char *text = bakery__json_text_of(value);

        if (text)
                bakery__buf_text(to, text);
        else if (bakery__json_kind(value) != JSON_NULL)
                put_printed(in, to, value);
}

static void resolve(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                    const struct cJSON *value);

/* value worked out, alone: the only element of scratch, or NULL when it has no value. */
static const struct cJSON *resolve_alone(struct resolving *in, struct json *scratch, const struct cJSON *value)
{
        struct cJSON *list = bakery__json_root_array(scratch);

        resolve(in, scratch, list, NULL, value);
        in->failed |= scratch->no_memory;
        return in->failed ? NULL : bakery__json_first(list);
}

/* Appends value as text, functions worked out. */
static void resolve_text(struct resolving *in, struct buf *to, const struct cJSON *value)
{
        AUTO_CLEAR(json) scratch = { 0 };

        if (is_scalar(value)) {
                put_text(in, to, value);
        } else {
                const struct cJSON *found = resolve_alone(in, &scratch, value);

                if (found)
                        put_text(in, to, found);
        }
        in->failed |= to->no_memory || to->full || !spend(in, to->len);
}

/* For what cannot be known: "<{...}>", its arguments worked out, so that equal text is an equal value. */
static void put_unknown(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                        const char *name, const struct cJSON *argument)
{
        AUTO_CLEAR(json) scratch = { 0 };
        AUTO_CLEAR(buf) text = { .max = TEXT_MAX_BYTES };

        resolve(in, &scratch, bakery__json_root(&scratch), name, argument);
        in->failed |= bakery__json_print(&scratch, JSON_COMPACT, &text, "value", NULL) != BAKERY_OK;
        in->n_unknown++;
        if (!in->failed && spend(in, text.len))
                bakery__json_format(json, parent, key, "<%s>", text.at);
}

static void put_mark(struct resolving *in, struct buf *to, const char *function, struct span name)
{
        in->n_unknown++;
        bakery__buf_format(to, "<%s %.*s>", function, (int)name.len, name.at);
}

static const struct {
        const char *name;
        size_t offset; /* in struct resolve_scope */
} pseudo[] = {
        { "AWS::AccountId", offsetof(struct resolve_scope, account_id) },
        { "AWS::Region", offsetof(struct resolve_scope, region) },
        { "AWS::Partition", offsetof(struct resolve_scope, partition) },
        { "AWS::URLSuffix", offsetof(struct resolve_scope, url_suffix) },
        { "AWS::StackName", offsetof(struct resolve_scope, stack_name) },
};

static const char *pseudo_value(const struct resolve_scope *scope, struct span name)
{
        const char *value = NULL;

        for (size_t i = 0; i < N_ELEMENTS(pseudo); i++)
                if (bakery__span_is(name, pseudo[i].name))
                        memcpy(&value, (const char *)scope + pseudo[i].offset, sizeof value);
        return value;
}

static const struct cJSON *declared_parameter(const struct resolve_scope *scope, struct span name)
{
        const struct cJSON *parameter = bakery__json_first(bakery__json_get(scope->template, "Parameters"));

        while (parameter && !bakery__span_is(name, bakery__json_key(parameter)))
                parameter = bakery__json_next(parameter);
        return parameter;
}

/* The value of a parameter, appended; false when it has none that can be known here. */
static bool put_parameter(struct resolving *in, struct buf *to, struct span name)
{
        const struct resolve_scope *scope = in->scope;
        const struct cJSON *declared = declared_parameter(scope, name);
        const struct cJSON *fallback = bakery__json_get(declared, "Default");
        const char *type = bakery__json_text_of(bakery__json_get(declared, "Type"));

        /* Of a parameter of this type the value is a name in the Parameter Store, and what stands there is used. */
        if (!declared || (type && bakery__str_starts(type, "AWS::SSM::")))
                return false;
        for (size_t i = 0; i < scope->n_parameters; i++) {
                if (bakery__span_is(name, scope->parameters[i].key)) {
                        bakery__buf_text(to, scope->parameters[i].value);
                        return true;
                }
        }
        if (is_scalar(fallback))
                put_text(in, to, fallback);
        return is_scalar(fallback);
}

/* What Ref gives, as text. */
static void put_ref(struct resolving *in, struct buf *to, struct span name)
{
        const char *value = pseudo_value(in->scope, name);

        if (value)
                bakery__buf_text(to, value);
        else if (!put_parameter(in, to, name))
                put_mark(in, to, "Ref", name);
}

static void put_list(struct resolving *in, struct json *json, struct cJSON *parent, const char *key, struct span text,
                     const char *separator)
{
        struct cJSON *list = bakery__json_array(json, parent, key);
        size_t step = strlen(separator);

        for (bool more = true; more && !in->failed;) {
                const char *end = step ? memmem(text.at, text.len, separator, step) : NULL;
                size_t len = end ? (size_t)(end - text.at) : text.len;

                bakery__json_format(json, list, NULL, "%.*s", (int)len, text.at);
                more = end && spend(in, len);
                text = (struct span){ text.at + len + step, end ? text.len - len - step : 0 };
        }
}

static bool is_list_parameter(const struct resolve_scope *scope, struct span name)
{
        const char *type = bakery__json_text_of(bakery__json_get(declared_parameter(scope, name), "Type"));

        return type && (strcmp(type, "CommaDelimitedList") == 0 || bakery__str_starts(type, "List<"));
}

/* Puts what a buffer holds, when all of it does. */
static void put_buf(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                    const struct buf *text)
{
        in->failed |= text->no_memory || text->full;
        if (!in->failed && spend(in, text->len))
                bakery__json_text(json, parent, key, text->at ? text->at : "");
}

/* A function: its value goes into parent under key. False: it is not written as that function is. */
typedef bool call_function(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                           const struct cJSON *argument);

static bool call_ref(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                     const struct cJSON *argument)
{
        const char *name = bakery__json_text_of(argument);
        AUTO_CLEAR(buf) text = { .max = TEXT_MAX_BYTES };
        size_t unknown = in->n_unknown;

        if (!name)
                return false;
        if (strcmp(name, "AWS::NoValue") == 0)
                return true;
        put_ref(in, &text, bakery__span(name));
        if (unknown == in->n_unknown && is_list_parameter(in->scope, bakery__span(name)) && !text.no_memory)
                put_list(in, json, parent, key, (struct span){ text.at ? text.at : "", text.len }, ",");
        else
                put_buf(in, json, parent, key, &text);
        return true;
}

/* "${Name}", "${Resource.Attribute}", and of the function's own variables. */
static void put_variable(struct resolving *in, struct buf *to, struct span name, const struct cJSON *variables)
{
        for (const struct cJSON *own = bakery__json_first(variables); own; own = bakery__json_next(own)) {
                if (bakery__span_is(name, bakery__json_key(own))) {
                        resolve_text(in, to, own);
                        return;
                }
        }
        if (memchr(name.at, '.', name.len))
                put_mark(in, to, "Fn::GetAtt", name);
        else
                put_ref(in, to, name);
}

/* "${!Name}" stands for the text "${Name}". */
static void substitute(struct resolving *in, struct buf *to, const char *text, const struct cJSON *variables)
{
        while (*text && !in->failed) {
                const char *begin = strstr(text, "${"), *end = begin ? strchr(begin, '}') : NULL;

                if (!end) {
                        bakery__buf_text(to, text);
                        return;
                }
                bakery__buf_add(to, text, (size_t)(begin - text));
                struct span name = { begin + 2, (size_t)(end - begin - 2) };
                if (bakery__span_starts(name, "!"))
                        bakery__buf_format(to, "${%.*s}", (int)(name.len - 1), name.at + 1);
                else
                        put_variable(in, to, name, variables);
                in->failed |= to->no_memory || to->full;
                text = end + 1;
        }
}

static bool call_sub(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                     const struct cJSON *argument)
{
        bool list = bakery__json_kind(argument) == JSON_ARRAY;
        const char *text = bakery__json_text_of(list ? element(argument, 0) : argument);
        const struct cJSON *variables = element(argument, 1);
        AUTO_CLEAR(buf) made = { .max = TEXT_MAX_BYTES };

        if (!text || (list && bakery__json_kind(variables) != JSON_OBJECT))
                return false;
        substitute(in, &made, text, variables);
        put_buf(in, json, parent, key, &made);
        return true;
}

static bool call_join(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                      const struct cJSON *argument)
{
        const char *separator = bakery__json_text_of(element(argument, 0));
        AUTO_CLEAR(json) scratch = { 0 };
        AUTO_CLEAR(buf) text = { .max = TEXT_MAX_BYTES };
        const struct cJSON *list = element(argument, 1) ? resolve_alone(in, &scratch, element(argument, 1)) : NULL;

        if (!separator || bakery__json_kind(list) != JSON_ARRAY)
                return false;
        for (const struct cJSON *each = bakery__json_first(list); each; each = bakery__json_next(each)) {
                put_text(in, &text, each);
                if (bakery__json_next(each))
                        bakery__buf_text(&text, separator);
        }
        put_buf(in, json, parent, key, &text);
        return true;
}

static bool call_split(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                       const struct cJSON *argument)
{
        const char *separator = bakery__json_text_of(element(argument, 0));
        AUTO_CLEAR(buf) text = { .max = TEXT_MAX_BYTES };
        size_t unknown = in->n_unknown;

        if (!separator || !*separator || !element(argument, 1))
                return false;
        resolve_text(in, &text, element(argument, 1));
        if (in->failed)
                return true;
        if (unknown != in->n_unknown) /* who knows where it would be split */
                return false;
        put_list(in, json, parent, key, (struct span){ text.at ? text.at : "", text.len }, separator);
        return true;
}

/* Copies what was worked out already, or stands in a mapping. */
static void put_copy(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                     const struct cJSON *value)
{
        AUTO_CLEAR(buf) text = { .max = TEXT_MAX_BYTES };

        put_text(in, &text, value);
        if (!in->failed && spend(in, text.len))
                bakery__json_copy(json, parent, key, value);
}

static bool call_select(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                        const struct cJSON *argument)
{
        AUTO_CLEAR(json) scratch = { 0 };
        AUTO_CLEAR(buf) index = { .max = 32 };

        if (!element(argument, 1))
                return false;
        resolve_text(in, &index, element(argument, 0));
        const struct cJSON *list = resolve_alone(in, &scratch, element(argument, 1));
        if (in->failed || !index.at || index.len > 9 || strspn(index.at, "0123456789") != index.len)
                return in->failed;

        const struct cJSON *found = element(list, strtoul(index.at, NULL, 10));
        if (found)
                put_copy(in, json, parent, key, found);
        return found != NULL;
}

static bool call_find_in_map(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                             const struct cJSON *argument)
{
        const struct cJSON *found = bakery__json_get(in->scope->template, "Mappings");

        for (size_t i = 0; i < 3 && found; i++) {
                AUTO_CLEAR(buf) name = { .max = 1024 };

                if (!element(argument, i))
                        return false;
                resolve_text(in, &name, element(argument, i));
                found = bakery__json_kind(found) == JSON_OBJECT && name.at ? bakery__json_get(found, name.at) : NULL;
        }
        if (found)
                put_copy(in, json, parent, key, found);
        return found != NULL;
}

static enum resolve_answer condition(struct resolving *in, const char *name);

static bool call_if(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                    const struct cJSON *argument)
{
        const char *name = bakery__json_text_of(element(argument, 0));

        if (!name || !element(argument, 2))
                return false;
        enum resolve_answer answer = condition(in, name);
        if (answer == RESOLVE_YES || answer == RESOLVE_NO)
                resolve(in, json, parent, key, element(argument, answer == RESOLVE_YES ? 1 : 2));
        return answer != RESOLVE_UNKNOWN;
}

static bool call_get_att(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                         const struct cJSON *argument)
{
        const char *path = bakery__json_text_of(argument);
        const char *resource = bakery__json_text_of(element(argument, 0));
        AUTO_CLEAR(buf) name = { .max = 1024 }, mark = { .max = 1100 };

        if (!path && (!resource || !element(argument, 1)))
                return false;
        bakery__buf_text(&name, path ? path : resource);
        if (!path) {
                bakery__buf_char(&name, '.');
                resolve_text(in, &name, element(argument, 1));
        }
        in->failed |= name.no_memory || name.full;
        if (in->failed)
                return true;
        put_mark(in, &mark, "Fn::GetAtt", (struct span){ name.at, name.len });
        put_buf(in, json, parent, key, &mark);
        return true;
}

static const struct {
        const char *name;
        call_function *call;
} functions[] = {
        { "Ref", call_ref },         { "Fn::Sub", call_sub },        { "Fn::Join", call_join },
        { "Fn::Split", call_split }, { "Fn::Select", call_select },  { "Fn::FindInMap", call_find_in_map },
        { "Fn::If", call_if },       { "Fn::GetAtt", call_get_att },
};

static void call(struct resolving *in, struct json *json, struct cJSON *parent, const char *key, const char *name,
                 const struct cJSON *argument)
{
        for (size_t i = 0; i < N_ELEMENTS(functions); i++)
                if (strcmp(name, functions[i].name) == 0 && functions[i].call(in, json, parent, key, argument))
                        return;
        if (!in->failed)
                put_unknown(in, json, parent, key, name, argument);
}

static void resolve(struct resolving *in, struct json *json, struct cJSON *parent, const char *key,
                    const struct cJSON *value)
{
        const char *function = function_of(value);
        enum json_kind kind = bakery__json_kind(value);

        in->depth++;
        if (function) {
                if (spend(in, 0))
                        call(in, json, parent, key, function, bakery__json_first(value));
        } else if (kind == JSON_ARRAY || kind == JSON_OBJECT) {
                struct cJSON *made = kind == JSON_ARRAY ? bakery__json_array(json, parent, key)
                                                        : bakery__json_object(json, parent, key);

                for (const struct cJSON *each = bakery__json_first(value); each && !in->failed;
                     each = bakery__json_next(each))
                        resolve(in, json, made, kind == JSON_OBJECT ? bakery__json_key(each) : NULL, each);
        } else {
                bakery__json_copy(json, parent, key, value);
        }
        in->depth--;
}

/* Conditions know a third answer: of two texts that cannot be known one cannot say that they differ. */

static enum resolve_answer answer_of(struct resolving *in, const struct cJSON *value);

static enum resolve_answer equals(struct resolving *in, const struct cJSON *argument)
{
        AUTO_CLEAR(buf) a = { .max = TEXT_MAX_BYTES }, b = { .max = TEXT_MAX_BYTES };
        size_t unknown = in->n_unknown;

        if (!element(argument, 1))
                return RESOLVE_UNKNOWN;
        resolve_text(in, &a, element(argument, 0));
        resolve_text(in, &b, element(argument, 1));
        if (in->failed)
                return RESOLVE_NO_MEMORY;
        if (a.len == b.len && memcmp(a.at ? a.at : "", b.at ? b.at : "", a.len) == 0)
                return RESOLVE_YES;
        return unknown == in->n_unknown ? RESOLVE_NO : RESOLVE_UNKNOWN;
}

static enum resolve_answer opposite(enum resolve_answer answer)
{
        return answer == RESOLVE_YES ? RESOLVE_NO : answer == RESOLVE_NO ? RESOLVE_YES : answer;
}

/* Fn::Or ends at a yes, Fn::And at a no. */
static enum resolve_answer combine(struct resolving *in, const struct cJSON *list, enum resolve_answer end)
{
        enum resolve_answer answer = opposite(end);

        if (!element(list, 0))
                return RESOLVE_UNKNOWN;
        for (const struct cJSON *each = bakery__json_first(list); each; each = bakery__json_next(each)) {
                enum resolve_answer own = answer_of(in, each);

                if (own == end || own == RESOLVE_NO_MEMORY)
                        return own;
                if (own == RESOLVE_UNKNOWN)
                        answer = own;
        }
        return answer;
}

static enum resolve_answer answer_of_call(struct resolving *in, const char *function, const struct cJSON *argument)
{
        if (strcmp(function, "Condition") == 0)
                return condition(in, bakery__json_text_of(argument));
        if (strcmp(function, "Fn::Equals") == 0)
                return equals(in, argument);
        if (strcmp(function, "Fn::And") == 0)
                return combine(in, argument, RESOLVE_NO);
        if (strcmp(function, "Fn::Or") == 0)
                return combine(in, argument, RESOLVE_YES);
        if (strcmp(function, "Fn::Not") == 0 && element(argument, 0))
                return opposite(answer_of(in, element(argument, 0)));
        return RESOLVE_UNKNOWN;
}

static enum resolve_answer answer_of(struct resolving *in, const struct cJSON *value)
{
        const char *function = function_of(value);
        enum resolve_answer answer = RESOLVE_UNKNOWN;

        if (!spend(in, 0))
                return RESOLVE_NO_MEMORY;
        in->depth++;
        if (function)
                answer = answer_of_call(in, function, bakery__json_first(value));
        in->depth--;
        return answer;
}

static enum resolve_answer condition(struct resolving *in, const char *name)
{
        return answer_of(in, bakery__json_get(bakery__json_get(in->scope->template, "Conditions"), name));
}

void bakery__resolve(struct json *json, struct cJSON *parent, const char *key, const struct resolve_scope *scope,
                     const struct cJSON *value)
{
        struct resolving in = { .scope = scope };

        resolve(&in, json, parent, key, value);
        json->no_memory |= in.failed;
}

enum resolve_answer bakery__resolve_condition(const struct resolve_scope *scope, const char *name)
{
        struct resolving in = { .scope = scope };

        return condition(&in, name);
}
