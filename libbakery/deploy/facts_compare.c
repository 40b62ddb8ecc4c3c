#include "deploy/facts_compare.h"

#include <stdarg.h>
#include <string.h>

#include "deploy/comparison.h"
#include "deploy/facts_making.h"

static const char *const names[] = {
        [DIFFERENCE_GRANT_GAINED] = "grant-gained",
        [DIFFERENCE_GRANT_LOST] = "grant-lost",
        [DIFFERENCE_GRANT_CONDITION] = "grant-condition",
        [DIFFERENCE_GROUP_NEW] = "group-new",
        [DIFFERENCE_GROUP_GONE] = "group-gone",
        [DIFFERENCE_GROUP_REPLACED] = "group-replaced",
        [DIFFERENCE_GROUP_MOVED] = "group-moved",
        [DIFFERENCE_ROLE_NEW] = "role-new",
        [DIFFERENCE_ROLE_GONE] = "role-gone",
        [DIFFERENCE_ROLE_REPLACED] = "role-replaced",
        [DIFFERENCE_ROLE_MOVED] = "role-moved",
        [DIFFERENCE_POLICY_ATTACHED] = "policy-attached",
        [DIFFERENCE_POLICY_DETACHED] = "policy-detached",
        [DIFFERENCE_STATEMENT_GAINED] = "statement-gained",
        [DIFFERENCE_STATEMENT_LOST] = "statement-lost",
        [DIFFERENCE_TRUST_GAINED] = "trust-gained",
        [DIFFERENCE_TRUST_LOST] = "trust-lost",
        [DIFFERENCE_TRUST_WEAKER] = "trust-weaker",
        [DIFFERENCE_TRUST_STRONGER] = "trust-stronger",
        [DIFFERENCE_BOUNDARY_SET] = "boundary-set",
        [DIFFERENCE_BOUNDARY_CHANGED] = "boundary-changed",
        [DIFFERENCE_BOUNDARY_REMOVED] = "boundary-removed",
        [DIFFERENCE_DURATION_RAISED] = "duration-raised",
        [DIFFERENCE_DURATION_LOWERED] = "duration-lowered",
        [DIFFERENCE_FUNCTION] = "function",
};

const char *bakery__difference_name(enum difference_kind kind)
{
        return names[kind];
}

void bakery__difference_tell(struct comparison *in, enum difference_kind kind, bool broadening, struct about about,
                             const char *format, ...)
{
        struct differences *to = in->to;
        struct difference *at = bakery__facts_grow(&to->arena, to->at, to->count, &to->capacity, sizeof *at);
        va_list args;

        va_start(args, format);
        AUTO_FREE char *text = bakery__str_harmless_format(format, args);
        va_end(args);
        const char *kept = text ? bakery__arena_copy(&to->arena, bakery__span(text)) : NULL;
        if (!at || !kept) {
                in->no_memory = true;
                return;
        }
        to->at = at;
        at[to->count++] = (struct difference){ kind, broadening, about.subject, about.role_arn, kept };
        to->n_broadening += broadening;
}

bool bakery__compare_add_key(struct comparison *in, struct map *map, const char *key, const void *value)
{
        enum map_result result =
                key ? bakery__map_add(map, bakery__span(key), (void *)(uintptr_t)value, NULL) : MAP_NO_MEMORY;

        in->no_memory |= result == MAP_NO_MEMORY;
        return result == MAP_ADDED;
}

static void tell_statement(struct comparison *in, struct about about, const struct fact_statement *statement,
                           bool gained)
{
        bakery__difference_tell(
                in, gained ? DIFFERENCE_STATEMENT_GAINED : DIFFERENCE_STATEMENT_LOST, gained != statement->deny, about,
                "%s%s %s: %s", about.role_arn ? "role " : "members of ",
                about.role_arn ? about.role_arn : about.subject,
                about.role_arn ? (gained ? "gains" : "loses") : (gained ? "gain" : "lose"), statement->text);
}

/* Tells each statement of one that is not in other, once. */
static void tell_statements_only_in(struct comparison *in, struct about about, struct statements one,
                                    struct statements other, bool gained)
{
        AUTO_CLEAR(map) known = { 0 };

        for (size_t i = 0; i < other.count && !in->no_memory; i++)
                bakery__compare_add_key(in, &known, other.at[i].text, &other.at[i]);
        for (size_t i = 0; i < one.count && !in->no_memory; i++)
                if (bakery__compare_add_key(in, &known, one.at[i].text, &one.at[i]))
                        tell_statement(in, about, &one.at[i], gained);
}

void bakery__compare_statements(struct comparison *in, struct about about, struct statements before,
                                struct statements after)
{
        tell_statements_only_in(in, about, after, before, true);
        tell_statements_only_in(in, about, before, after, false);
}

/* Of AWS's own policies all allow but those; what another one holds is not known. */
static bool may_deny(const char *policy_arn)
{
        const char *name = strstr(policy_arn, ":iam::aws:policy/");

        return !name || strstr(name, "Deny") || strstr(name, "Quarantine");
}

static void tell_policies_only_in(struct comparison *in, struct about about, const struct fact_texts *one,
                                  const struct fact_texts *other, bool attached)
{
        AUTO_CLEAR(map) known = { 0 };

        for (size_t i = 0; i < other->count; i++)
                bakery__compare_add_key(in, &known, other->at[i], other->at[i]);
        for (size_t i = 0; i < one->count && !in->no_memory; i++)
                if (bakery__compare_add_key(in, &known, one->at[i], one->at[i]))
                        bakery__difference_tell(in, attached ? DIFFERENCE_POLICY_ATTACHED : DIFFERENCE_POLICY_DETACHED,
                                                attached || may_deny(one->at[i]), about, "%s %s %s %s",
                                                about.role_arn ? "role" : "group",
                                                about.role_arn ? about.role_arn : about.subject,
                                                attached ? "gets the policy" : "loses the policy", one->at[i]);
}

void bakery__compare_policies(struct comparison *in, struct about about, const struct fact_texts *before,
                              const struct fact_texts *after)
{
        tell_policies_only_in(in, about, after, before, true);
        tell_policies_only_in(in, about, before, after, false);
}

/* "stack\nlogical id": what CloudFormation knows a thing by. */
const char *bakery__compare_place(struct comparison *in, const char *stack, const char *logical_id)
{
        const char *key =
                stack && logical_id ? bakery__arena_format(&in->to->arena, "%s\n%s", stack, logical_id) : NULL;

        in->no_memory |= stack && logical_id && !key;
        return key;
}

void *bakery__compare_at_place(const struct map *by_place, const char *key)
{
        return key ? bakery__map_get(by_place, bakery__span(key)) : NULL;
}

void bakery__compare_stack(struct comparison *in, enum difference_kind kind, struct about about, const char *before,
                           const char *after)
{
        if (before && after && strcmp(before, after) != 0)
                bakery__difference_tell(
                        in, kind, false, about,
                        "%s moves from stack %s to stack %s: CloudFormation makes it there before it deletes it here, "
                        "which its name forbids",
                        about.subject, before, after);
}

static const struct fact_function *function_named(const struct facts *facts, const char *name)
{
        for (size_t i = 0; i < facts->n_functions; i++)
                if (strcmp(facts->functions[i]->name, name) == 0)
                        return facts->functions[i];
        return NULL;
}

static void compare_functions(struct comparison *in)
{
        for (size_t i = 0; i < in->after->n_functions; i++) {
                const struct fact_function *now = in->after->functions[i];
                const struct fact_function *old = function_named(in->before, now->name);
                struct about about = { now->name, NULL };

                if (!old)
                        bakery__difference_tell(in, DIFFERENCE_FUNCTION, false, about, "function %s is new", now->name);
                if (old && strcmp(old->runtime, now->runtime) != 0)
                        bakery__difference_tell(in, DIFFERENCE_FUNCTION, false, about,
                                                "function %s runs on %s, not on %s", now->name, now->runtime,
                                                old->runtime);
                if (old && strcmp(old->admin_groups, now->admin_groups) != 0)
                        bakery__difference_tell(in, DIFFERENCE_FUNCTION, false, about,
                                                "function %s watches \"%s\", not \"%s\"", now->name, now->admin_groups,
                                                old->admin_groups);
        }
        for (size_t i = 0; i < in->before->n_functions; i++) {
                const struct fact_function *old = in->before->functions[i];

                if (!function_named(in->after, old->name))
                        bakery__difference_tell(in, DIFFERENCE_FUNCTION, false, (struct about){ old->name, NULL },
                                                "function %s goes", old->name);
        }
}

bakery_status bakery__facts_compare(const struct facts *before, const struct facts *after, struct differences *ret,
                                    bakery_error **err)
{
        struct comparison in = { .before = before, .after = after, .to = ret };

        bakery__compare_groups(&in);
        bakery__compare_roles(&in);
        compare_functions(&in);
        return in.no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

void bakery__differences_clear(struct differences *differences)
{
        bakery__arena_clear(&differences->arena);
        *differences = (struct differences){ 0 };
}
