/* Policy documents as facts: grants, statements taken apart, and whom a role trusts. */
#include <string.h>

#include "deploy/facts_making.h"

enum { TEXT_MAX_BYTES = 1 << 20 };

const struct cJSON *bakery__facts_first(const struct cJSON *value)
{
        return bakery__json_kind(value) == JSON_ARRAY ? bakery__json_first(value) : value;
}

const struct cJSON *bakery__facts_next(const struct cJSON *value, const struct cJSON *each)
{
        return bakery__json_kind(value) == JSON_ARRAY ? bakery__json_next(each) : NULL;
}

/* Canonical JSON: keys in order, scalars as text, a list of texts in order and of one as that one. */

static const char *scalar_text(struct arena *arena, const struct cJSON *value)
{
        AUTO_CLEAR(buf) text = { .max = TEXT_MAX_BYTES };
        const struct json printed = { .root = (struct cJSON *)(uintptr_t)value }; /* printing changes nothing */

        if (bakery__json_kind(value) == JSON_TEXT)
                return bakery__json_text_of(value);
        if (bakery__json_print(&printed, JSON_COMPACT, &text, "value", NULL))
                return NULL;
        return bakery__arena_copy(arena, (struct span){ text.at, text.len });
}

static int by_text(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_key(const void *a, const void *b)
{
        return strcmp(bakery__json_key(*(const struct cJSON *const *)a),
                      bakery__json_key(*(const struct cJSON *const *)b));
}

static size_t count_children(const struct cJSON *value)
{
        size_t n = 0;

        for (const struct cJSON *each = bakery__json_first(value); each; each = bakery__json_next(each))
                n++;
        return n;
}

static bool is_list_of_scalars(const struct cJSON *value)
{
        for (const struct cJSON *each = bakery__json_first(value); each; each = bakery__json_next(each))
                if (bakery__json_kind(each) == JSON_ARRAY || bakery__json_kind(each) == JSON_OBJECT)
                        return false;
        return bakery__json_first(value) != NULL;
}

static void put_canonical(struct arena *arena, struct json *json, struct cJSON *parent, const char *key,
                          const struct cJSON *value);

static void put_texts(struct arena *arena, struct json *json, struct cJSON *parent, const char *key,
                      const struct cJSON *list)
{
        size_t n = 0, count = count_children(list);
        const char **texts = bakery__arena_array(arena, count, sizeof *texts);

        for (const struct cJSON *each = bakery__json_first(list); each && texts; each = bakery__json_next(each)) {
                texts[n] = scalar_text(arena, each);
                json->no_memory |= !texts[n++];
        }
        json->no_memory |= !texts;
        if (json->no_memory)
                return;
        qsort(texts, count, sizeof *texts, by_text);
        if (count == 1) {
                bakery__json_text(json, parent, key, texts[0]);
                return;
        }
        struct cJSON *sorted = bakery__json_array(json, parent, key);
        for (size_t i = 0; i < count; i++)
                bakery__json_text(json, sorted, NULL, texts[i]);
}

static void put_members(struct arena *arena, struct json *json, struct cJSON *to, const struct cJSON *object)
{
        size_t n = 0, count = count_children(object);
        const struct cJSON **members = bakery__arena_array(arena, count, sizeof *members);

        json->no_memory |= !members;
        for (const struct cJSON *each = bakery__json_first(object); each && members; each = bakery__json_next(each))
                members[n++] = each;
        if (n > 0)
                qsort(members, n, sizeof *members, by_key);
        for (size_t i = 0; i < n; i++)
                put_canonical(arena, json, to, bakery__json_key(members[i]), members[i]);
}

/* What was parsed or resolved is bounded in depth. */
static void put_canonical(struct arena *arena, struct json *json, struct cJSON *parent, const char *key,
                          const struct cJSON *value)
{
        enum json_kind kind = bakery__json_kind(value);

        if (kind == JSON_OBJECT) {
                put_members(arena, json, bakery__json_object(json, parent, key), value);
        } else if (kind == JSON_ARRAY && is_list_of_scalars(value)) {
                put_texts(arena, json, parent, key, value);
        } else if (kind == JSON_ARRAY) {
                struct cJSON *list = bakery__json_array(json, parent, key);

                for (const struct cJSON *each = bakery__json_first(value); each; each = bakery__json_next(each))
                        put_canonical(arena, json, list, NULL, each);
        } else {
                const char *text = scalar_text(arena, value);

                json->no_memory |= !text;
                bakery__json_text(json, parent, key, text ? text : "");
        }
}

/* object as canonical text, in arena; NULL: no memory. */
static const char *canonical(struct arena *arena, const struct cJSON *object)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = TEXT_MAX_BYTES };

        put_members(arena, &json, bakery__json_root(&json), object);
        if (bakery__json_print(&json, JSON_COMPACT, &text, "policy", NULL))
                return NULL;
        return bakery__arena_copy(arena, (struct span){ text.at, text.len });
}

/* A document that is being read, for a group or for a role. */
struct reading {
        struct facts *facts;
        struct fact_group *group; /* or */
        struct fact_role *role;
        const char *policy;
        const char *partition;
        bool is_old; /* no Version 2012-10-17: "${aws:username}" is text and no variable */
};

static bool is_old_language(const struct cJSON *document)
{
        const char *version = bakery__json_text_of(bakery__json_get(document, "Version"));

        return !version || strcmp(version, "2012-10-17") != 0;
}

static const char *text_of(const struct cJSON *statement, const char *key)
{
        const char *text = bakery__json_text_of(bakery__json_get(statement, key));

        return text ? text : "";
}

/* text as the policy's language has it; NULL: no memory, or there was none. */
static const char *in_language(struct reading *in, const char *text)
{
        if (!text || !in->is_old || !strstr(text, "${"))
                return text;
        return bakery__arena_format(&in->facts->arena, "%s (in the policy language of 2008)", text);
}

static bool add_statement(struct reading *in, const char *statement, bool deny)
{
        struct arena *arena = &in->facts->arena;
        const char *text = in_language(in, statement);
        struct fact_statement **list = in->group ? &in->group->statements : &in->role->statements;
        size_t *count = in->group ? &in->group->n_statements : &in->role->n_statements;
        size_t *capacity = in->group ? &in->group->statements_capacity : &in->role->statements_capacity;

        struct fact_statement *statements = bakery__facts_grow(arena, *list, *count, capacity, sizeof *statements);
        if (!text || !statements)
                return false;
        *list = statements;
        statements[(*count)++] = (struct fact_statement){ text, in->policy, deny };
        return true;
}

static bool add_grant(struct reading *in, const char *role_arn, const char *tests)
{
        const char *condition = in_language(in, tests);
        struct arena *arena = &in->facts->arena;
        struct fact_group *group = in->group;
        struct fact_grant *grants =
                bakery__facts_grow(arena, group->grants, group->n_grants, &group->grants_capacity, sizeof *grants);
        const char *arn = bakery__arena_copy(arena, bakery__span(role_arn));

        if (!grants || !arn || (tests && !condition))
                return false;
        group->grants = grants;
        grants[group->n_grants++] = (struct fact_grant){ arn, condition, in->policy };
        return true;
}

/* One action on one resource. condition is NULL when there is none. */
static bool add_atom(struct reading *in, bool deny, const char *action, const char *resource, const char *condition)
{
        if (in->group && !deny && bakery__str_equal_nocase(action, "sts:AssumeRole"))
                return add_grant(in, resource, condition);
        if (in->group && !deny && !condition && strcmp(action, "*") == 0 && strcmp(resource, "*") == 0)
                in->group->is_admin = true;
        return add_statement(in,
                             bakery__arena_format(&in->facts->arena, "%s %s on %s%s%s", deny ? "Deny" : "Allow", action,
                                                  resource, condition ? " if " : "", condition ? condition : ""),
                             deny);
}

static bool is_texts(const struct cJSON *value)
{
        for (const struct cJSON *each = bakery__facts_first(value); each; each = bakery__facts_next(value, each))
                if (!bakery__json_text_of(each))
                        return false;
        return bakery__facts_first(value) != NULL;
}

static bool is_effect(const char *effect)
{
        return strcmp(effect, "Allow") == 0 || strcmp(effect, "Deny") == 0;
}

/* Operations, each with its tests; or none. */
static bool is_conditions(const struct cJSON *conditions)
{
        if (!conditions)
                return true;
        if (bakery__json_kind(conditions) != JSON_OBJECT)
                return false;
        for (const struct cJSON *each = bakery__json_first(conditions); each; each = bakery__json_next(each))
                if (bakery__json_kind(each) != JSON_OBJECT)
                        return false;
        return true;
}

/* Whether it can be taken apart: it has these members and no others, and an effect and conditions as they should be. */
static bool is_plain(const struct cJSON *statement, const char *const *keys, size_t n)
{
        if (bakery__json_kind(statement) != JSON_OBJECT || !is_effect(text_of(statement, "Effect")) ||
            !is_conditions(bakery__json_get(statement, "Condition")))
                return false;
        for (const struct cJSON *each = bakery__json_first(statement); each; each = bakery__json_next(each)) {
                size_t i = 0;

                while (i < n && strcmp(bakery__json_key(each), keys[i]) != 0)
                        i++;
                if (i == n)
                        return false;
        }
        return true;
}

/* The statement without its Sid, which says nothing. What is no statement at all is kept too. */
static const char *whole(struct arena *arena, const struct cJSON *statement)
{
        AUTO_CLEAR(json) rest = { 0 };
        struct cJSON *to = bakery__json_root(&rest);

        if (bakery__json_kind(statement) != JSON_OBJECT) {
                bakery__json_copy(&rest, to, "Statement", statement);
                return rest.no_memory ? NULL : canonical(arena, rest.root);
        }
        for (const struct cJSON *each = bakery__json_first(statement); each; each = bakery__json_next(each))
                if (strcmp(bakery__json_key(each), "Sid") != 0)
                        bakery__json_copy(&rest, to, bakery__json_key(each), each);
        return rest.no_memory ? NULL : canonical(arena, rest.root);
}

static bool read_statement(struct reading *in, const struct cJSON *statement)
{
        static const char *const keys[] = { "Sid", "Effect", "Action", "Resource", "Condition" };
        struct arena *arena = &in->facts->arena;
        const struct cJSON *actions = bakery__json_get(statement, "Action");
        const struct cJSON *resources = bakery__json_get(statement, "Resource");
        const struct cJSON *tests = bakery__json_get(statement, "Condition");
        bool deny = strcmp(text_of(statement, "Effect"), "Deny") == 0;

        if (!is_plain(statement, keys, N_ELEMENTS(keys)) || !is_texts(actions) || !is_texts(resources))
                return add_statement(in, whole(arena, statement), deny);

        const char *condition = bakery__json_first(tests) ? canonical(arena, tests) : NULL;
        if (bakery__json_first(tests) && !condition)
                return false;
        for (const struct cJSON *action = bakery__facts_first(actions); action;
             action = bakery__facts_next(actions, action))
                for (const struct cJSON *each = bakery__facts_first(resources); each;
                     each = bakery__facts_next(resources, each))
                        if (!add_atom(in, deny, bakery__json_text_of(action), bakery__json_text_of(each), condition))
                                return false;
        return true;
}

typedef bool read_one(struct reading *in, const struct cJSON *statement);

static bool read_document(struct reading *in, const struct cJSON *document, read_one *read)
{
        bool known = bakery__json_kind(document) == JSON_OBJECT || !document;
        const struct cJSON *statements = known ? bakery__json_get(document, "Statement") : document;

        in->is_old = known && is_old_language(document);
        for (const struct cJSON *each = bakery__facts_first(statements); each;
             each = bakery__facts_next(statements, each))
                if (!read(in, each))
                        return false;
        return true;
}

bool bakery__facts_allow_group(struct facts *facts, struct fact_group *group, const char *policy,
                               const struct cJSON *document)
{
        struct reading in = { .facts = facts, .group = group };

        in.policy = bakery__arena_copy(&facts->arena, bakery__span(policy));
        return in.policy && read_document(&in, document, read_statement);
}

bool bakery__facts_allow_role(struct facts *facts, struct fact_role *role, const char *policy,
                              const struct cJSON *document)
{
        struct reading in = { .facts = facts, .role = role };

        in.policy = bakery__arena_copy(&facts->arena, bakery__span(policy));
        return in.policy && read_document(&in, document, read_statement);
}

/* The only value of a condition; NULL when there are none or several. */
static const char *only_value(struct arena *arena, const struct cJSON *values)
{
        const struct cJSON *value = bakery__facts_first(values);

        return value && !bakery__facts_next(values, value) ? scalar_text(arena, value) : NULL;
}

static bool take_mfa(struct fact_trust *trust, const char *value)
{
        if (strcmp(value, "true") != 0)
                return false;
        trust->requires_mfa = true;
        return true;
}

/* The key is absent without MFA, so that this asks for MFA too. */
static bool take_mfa_age(struct fact_trust *trust, const char *value)
{
        enum { LONGEST = 9 };
        size_t len = strspn(value, "0123456789");

        if (len == 0 || len > LONGEST || value[len] || strtoul(value, NULL, 10) == 0)
                return false;
        trust->requires_mfa = true;
        trust->mfa_max_age_s = (unsigned)strtoul(value, NULL, 10);
        return true;
}

static bool take_session_name(struct fact_trust *trust, const char *value)
{
        if (strcmp(value, "${aws:username}") != 0)
                return false;
        trust->requires_session_name = true;
        return true;
}

static const struct {
        const char *operation, *key;
        bool (*take)(struct fact_trust *trust, const char *value);
        bool has_variable;
} known_conditions[] = {
        { "Bool", "aws:MultiFactorAuthPresent", take_mfa, false },
        { "NumericLessThan", "aws:MultiFactorAuthAge", take_mfa_age, false },
        { "StringEquals", "sts:RoleSessionName", take_session_name, true },
};

static bool take_known(struct reading *in, struct fact_trust *trust, const char *operation, const struct cJSON *values)
{
        const char *value = only_value(&in->facts->arena, values);

        for (size_t i = 0; i < N_ELEMENTS(known_conditions) && value; i++)
                if (strcmp(operation, known_conditions[i].operation) == 0 &&
                    bakery__str_equal_nocase(bakery__json_key(values), known_conditions[i].key) &&
                    !(known_conditions[i].has_variable && in->is_old) && known_conditions[i].take(trust, value))
                        return true;
        return false;
}

/* What trust asks for, of the conditions of its statement. A Deny with a condition is left as it stands. */
static bool read_conditions(struct reading *in, struct fact_trust *trust, const struct cJSON *conditions)
{
        AUTO_CLEAR(json) rest = { 0 };
        struct cJSON *to = bakery__json_root(&rest);

        for (const struct cJSON *tests = bakery__json_first(conditions); tests; tests = bakery__json_next(tests)) {
                const char *operation = bakery__json_key(tests);
                struct cJSON *others = NULL;

                for (const struct cJSON *test = bakery__json_first(tests); test; test = bakery__json_next(test)) {
                        if (!trust->deny && take_known(in, trust, operation, test))
                                continue;
                        if (!others)
                                others = bakery__json_object(&rest, to, operation);
                        bakery__json_copy(&rest, others, bakery__json_key(test), test);
                }
        }
        if (rest.no_memory)
                return false;
        if (!bakery__json_first(rest.root))
                return true;
        trust->condition = in_language(in, canonical(&in->facts->arena, rest.root));
        return trust->condition != NULL;
}

static bool add_trust(struct reading *in, const struct fact_trust *trust)
{
        struct fact_role *role = in->role;
        struct fact_trust *all =
                bakery__facts_grow(&in->facts->arena, role->trust, role->n_trust, &role->trust_capacity, sizeof *all);

        if (!all || !trust->principal || !trust->action)
                return false;
        role->trust = all;
        all[role->n_trust++] = *trust;
        return true;
}

/* An account may be written as its number alone, which stands for its root. */
static const char *principal_name(struct reading *in, const char *kind, const char *name)
{
        enum { ID_DIGITS = 12 };

        if (strcmp(kind, "AWS") == 0 && strlen(name) == ID_DIGITS && strspn(name, "0123456789") == ID_DIGITS)
                return bakery__arena_format(&in->facts->arena, "arn:%s:iam::%s:root", in->partition, name);
        return bakery__arena_copy(&in->facts->arena, bakery__span(name));
}

/* Each principal that may do each of the actions. */
static bool trust_principals(struct reading *in, struct fact_trust trust, const char *kind,
                             const struct cJSON *principals, const struct cJSON *actions)
{
        for (const struct cJSON *who = bakery__facts_first(principals); who;
             who = bakery__facts_next(principals, who)) {
                trust.principal = principal_name(in, kind, bakery__json_text_of(who));
                for (const struct cJSON *what = bakery__facts_first(actions); what;
                     what = bakery__facts_next(actions, what)) {
                        trust.action = bakery__arena_copy(&in->facts->arena, bakery__span(bakery__json_text_of(what)));
                        if (!add_trust(in, &trust))
                                return false;
                }
        }
        return true;
}

static bool is_principals(const struct cJSON *principals)
{
        if (bakery__json_kind(principals) != JSON_OBJECT)
                return bakery__json_text_of(principals) != NULL;
        for (const struct cJSON *each = bakery__json_first(principals); each; each = bakery__json_next(each))
                if (!is_texts(each))
                        return false;
        return true;
}

static bool read_trust(struct reading *in, const struct cJSON *statement)
{
        static const char *const keys[] = { "Sid", "Effect", "Principal", "Action", "Condition" };
        const struct cJSON *principals = bakery__json_get(statement, "Principal");
        const struct cJSON *actions = bakery__json_get(statement, "Action");
        struct fact_trust trust = { .deny = strcmp(text_of(statement, "Effect"), "Deny") == 0 };

        if (!is_plain(statement, keys, N_ELEMENTS(keys)) || !is_principals(principals) || !is_texts(actions)) {
                trust.principal = whole(&in->facts->arena, statement);
                trust.action = "";
                return add_trust(in, &trust);
        }
        if (!read_conditions(in, &trust, bakery__json_get(statement, "Condition")))
                return false;
        if (bakery__json_kind(principals) == JSON_TEXT)
                return trust_principals(in, trust, "AWS", principals, actions);
        for (const struct cJSON *kind = bakery__json_first(principals); kind; kind = bakery__json_next(kind))
                if (!trust_principals(in, trust, bakery__json_key(kind), kind, actions))
                        return false;
        return true;
}

bool bakery__facts_trust(struct facts *facts, struct fact_role *role, const char *partition,
                         const struct cJSON *document)
{
        struct reading in = { .facts = facts, .role = role, .partition = partition };

        return read_document(&in, document, read_trust);
}
