#include "deploy/facts_compare.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

struct comparing {
        const struct facts *before, *after;
        struct differences *to;
        bool no_memory;
};

/* Whom the next differences are about. */
struct about {
        const char *subject, *role_arn; /* the ARN of a role; NULL: a group, or a function */
};

static void tell(struct comparing *in, enum difference_kind kind, bool broadening, struct about about,
                 const char *format, ...) BAKERY__PRINTF(5, 6);

static void tell(struct comparing *in, enum difference_kind kind, bool broadening, struct about about,
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

static bool add_key(struct comparing *in, struct map *map, const char *key, const void *value)
{
        enum map_result result =
                key ? bakery__map_add(map, bakery__span(key), (void *)(uintptr_t)value, NULL) : MAP_NO_MEMORY;

        in->no_memory |= result == MAP_NO_MEMORY;
        return result == MAP_ADDED;
}

/*
 * Grants are the same when role and condition are. They stand in a map by "role", or by "role\ncondition" and then by
 * "role\n" too, to find that a role is named under some condition.
 */
static const char *key_of(struct comparing *in, const struct fact_grant *grant)
{
        if (!grant->condition)
                return grant->role_arn;
        return bakery__arena_format(&in->to->arena, "%s\n%s", grant->role_arn, grant->condition);
}

static bool add_grant(struct comparing *in, struct map *map, const struct fact_grant *grant)
{
        bool added = add_key(in, map, key_of(in, grant), grant);

        if (added && grant->condition)
                add_key(in, map, bakery__arena_format(&in->to->arena, "%s\n", grant->role_arn), grant);
        return added;
}

static const struct fact_grant *find_grant(struct comparing *in, const struct map *map, const struct fact_grant *grant)
{
        const char *key = key_of(in, grant);

        in->no_memory |= !key;
        return key ? bakery__map_get(map, bakery__span(key)) : NULL;
}

static bool names_role(struct comparing *in, const struct map *map, const char *role_arn)
{
        AUTO_CLEAR(buf) some = { .max = 1 << 16 };

        if (bakery__map_get(map, bakery__span(role_arn)))
                return true;
        bakery__buf_format(&some, "%s\n", role_arn);
        in->no_memory |= some.no_memory;
        return !some.no_memory && !some.full && bakery__map_get(map, (struct span){ some.at, some.len });
}

static void add_moved(struct comparing *in, const char *group, size_t count)
{
        struct differences *to = in->to;
        struct moved_grants *moved =
                bakery__facts_grow(&to->arena, to->moved, to->n_moved, &to->moved_capacity, sizeof *moved);

        if (!moved) {
                in->no_memory = true;
                return;
        }
        to->moved = moved;
        moved[to->n_moved++] = (struct moved_grants){ group, count };
}

static void tell_condition(struct comparing *in, const struct map *before, const char *group,
                           const struct fact_grant *grant)
{
        bool broadening = !bakery__map_get(before, bakery__span(grant->role_arn)); /* was it free of conditions? */
        struct about about = { group, grant->role_arn };

        if (grant->condition)
                tell(in, DIFFERENCE_GRANT_CONDITION, broadening, about, "members of %s may assume %s if %s", group,
                     grant->role_arn, grant->condition);
        else
                tell(in, DIFFERENCE_GRANT_CONDITION, broadening, about,
                     "members of %s may assume %s, without a condition now", group, grant->role_arn);
}

/* What stands in after and not in before. Fills now with all of after, told with roles of another condition. */
static void compare_gained(struct comparing *in, const struct map *before, const struct fact_group *after,
                           struct map *now, struct map *told)
{
        size_t moved = 0;

        for (size_t i = 0; i < after->n_grants && !in->no_memory; i++) {
                const struct fact_grant *grant = &after->grants[i];

                if (!add_grant(in, now, grant))
                        continue;
                const struct fact_grant *old = find_grant(in, before, grant);
                if (old) {
                        moved += strcmp(old->policy, grant->policy) != 0;
                } else if (names_role(in, before, grant->role_arn)) {
                        tell_condition(in, before, after->name, grant);
                        add_key(in, told, grant->role_arn, grant);
                } else {
                        tell(in, DIFFERENCE_GRANT_GAINED, true, (struct about){ after->name, grant->role_arn },
                             "members of %s may assume %s%s%s", after->name, grant->role_arn,
                             grant->condition ? " if " : "", grant->condition ? grant->condition : "");
                }
        }
        if (moved > 0)
                add_moved(in, after->name, moved);
}

static void compare_lost(struct comparing *in, const struct fact_group *before, const struct map *now,
                         const struct map *told)
{
        AUTO_CLEAR(map) seen = { 0 };

        for (size_t i = 0; i < before->n_grants && !in->no_memory; i++) {
                const struct fact_grant *grant = &before->grants[i];
                struct about about = { before->name, grant->role_arn };

                if (find_grant(in, now, grant) || bakery__map_get(told, bakery__span(grant->role_arn)) ||
                    !add_grant(in, &seen, grant))
                        continue;
                if (names_role(in, now, grant->role_arn))
                        tell(in, DIFFERENCE_GRANT_CONDITION, false, about, "members of %s may no longer assume %s%s%s",
                             before->name, grant->role_arn, grant->condition ? " if " : " without a condition",
                             grant->condition ? grant->condition : "");
                else
                        tell(in, DIFFERENCE_GRANT_LOST, false, about, "members of %s may no longer assume %s",
                             before->name, grant->role_arn);
        }
}

static void compare_grants(struct comparing *in, const struct fact_group *before, const struct fact_group *after)
{
        AUTO_CLEAR(map) old = { 0 };
        AUTO_CLEAR(map) now = { 0 };
        AUTO_CLEAR(map) told = { 0 };

        for (size_t i = 0; i < before->n_grants && !in->no_memory; i++)
                add_grant(in, &old, &before->grants[i]);
        compare_gained(in, &old, after, &now, &told);
        compare_lost(in, before, &now, &told);
}

/* Statements, of a group or of a role. */
struct statements {
        const struct fact_statement *at;
        size_t count;
};

static void tell_statement(struct comparing *in, struct about about, const struct fact_statement *statement,
                           bool gained)
{
        tell(in, gained ? DIFFERENCE_STATEMENT_GAINED : DIFFERENCE_STATEMENT_LOST, gained != statement->deny, about,
             "%s%s %s: %s", about.role_arn ? "role " : "members of ", about.role_arn ? about.role_arn : about.subject,
             about.role_arn ? (gained ? "gains" : "loses") : (gained ? "gain" : "lose"), statement->text);
}

/* Tells each statement of one that is not in other, once. */
static void tell_statements_only_in(struct comparing *in, struct about about, struct statements one,
                                    struct statements other, bool gained)
{
        AUTO_CLEAR(map) known = { 0 };

        for (size_t i = 0; i < other.count && !in->no_memory; i++)
                add_key(in, &known, other.at[i].text, &other.at[i]);
        for (size_t i = 0; i < one.count && !in->no_memory; i++)
                if (add_key(in, &known, one.at[i].text, &one.at[i]))
                        tell_statement(in, about, &one.at[i], gained);
}

static void compare_statements(struct comparing *in, struct about about, struct statements before,
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

static void tell_policies_only_in(struct comparing *in, struct about about, const struct fact_texts *one,
                                  const struct fact_texts *other, bool attached)
{
        AUTO_CLEAR(map) known = { 0 };

        for (size_t i = 0; i < other->count; i++)
                add_key(in, &known, other->at[i], other->at[i]);
        for (size_t i = 0; i < one->count && !in->no_memory; i++)
                if (add_key(in, &known, one->at[i], one->at[i]))
                        tell(in, attached ? DIFFERENCE_POLICY_ATTACHED : DIFFERENCE_POLICY_DETACHED,
                             attached || may_deny(one->at[i]), about, "%s %s %s %s", about.role_arn ? "role" : "group",
                             about.role_arn ? about.role_arn : about.subject,
                             attached ? "gets the policy" : "loses the policy", one->at[i]);
}

static void compare_policies(struct comparing *in, struct about about, const struct fact_texts *before,
                             const struct fact_texts *after)
{
        tell_policies_only_in(in, about, after, before, true);
        tell_policies_only_in(in, about, before, after, false);
}

/* "stack\nlogical id": what CloudFormation knows a thing by. */
static const char *place_key(struct comparing *in, const char *stack, const char *logical_id)
{
        const char *key =
                stack && logical_id ? bakery__arena_format(&in->to->arena, "%s\n%s", stack, logical_id) : NULL;

        in->no_memory |= stack && logical_id && !key;
        return key;
}

static void *at_place(const struct map *by_place, const char *key)
{
        return key ? bakery__map_get(by_place, bakery__span(key)) : NULL;
}

static void tell_stack(struct comparing *in, enum difference_kind kind, struct about about, const char *before,
                       const char *after)
{
        if (before && after && strcmp(before, after) != 0)
                tell(in, kind, false, about,
                     "%s moves from stack %s to stack %s: CloudFormation makes it there before it deletes it here, "
                     "which its name forbids",
                     about.subject, before, after);
}

static void compare_group_contents(struct comparing *in, const struct fact_group *before,
                                   const struct fact_group *after)
{
        struct about about = { after->name ? after->name : before->name, NULL };

        compare_policies(in, about, &before->managed, &after->managed);
        compare_grants(in, before, after);
        compare_statements(in, about, (struct statements){ before->statements, before->n_statements },
                           (struct statements){ after->statements, after->n_statements });
}

static const struct fact_group no_group = { 0 };

static void compare_group(struct comparing *in, const struct map *by_place, const struct fact_group *after)
{
        const struct fact_group *before = bakery__facts_group(in->before, after->name);
        const struct fact_group *replaced = at_place(by_place, place_key(in, after->stack, after->logical_id));
        struct about about = { after->name, NULL };

        if (before) {
                tell_stack(in, DIFFERENCE_GROUP_MOVED, about, before->stack, after->stack);
                if (strcmp(before->path, after->path) != 0)
                        tell(in, DIFFERENCE_GROUP_REPLACED, false, about,
                             "group %s moves from path %s to %s: it is made anew, without its members", after->name,
                             before->path, after->path);
        } else if (replaced) {
                tell(in, DIFFERENCE_GROUP_REPLACED, false, about,
                     "group %s becomes %s: it is made anew, without its members", replaced->name, after->name);
        } else {
                tell(in, DIFFERENCE_GROUP_NEW, false, about, "group %s is new", after->name);
        }
        compare_group_contents(in, before ? before : &no_group, after);
}

static void compare_groups(struct comparing *in)
{
        const struct facts *before = in->before, *after = in->after;
        AUTO_CLEAR(map) old = { 0 };
        AUTO_CLEAR(map) now = { 0 };

        for (size_t i = 0; i < before->n_groups; i++) {
                const char *key = place_key(in, before->groups[i]->stack, before->groups[i]->logical_id);

                if (key && !bakery__facts_group(after, before->groups[i]->name))
                        add_key(in, &old, key, before->groups[i]);
        }
        for (size_t i = 0; i < after->n_groups && !in->no_memory; i++) {
                const char *key = place_key(in, after->groups[i]->stack, after->groups[i]->logical_id);

                if (key)
                        add_key(in, &now, key, after->groups[i]);
                compare_group(in, &old, after->groups[i]);
        }
        for (size_t i = 0; i < before->n_groups && !in->no_memory; i++) {
                const struct fact_group *group = before->groups[i];

                if (bakery__facts_group(after, group->name))
                        continue;
                if (!at_place(&now, place_key(in, group->stack, group->logical_id)))
                        tell(in, DIFFERENCE_GROUP_GONE, false, (struct about){ group->name, NULL }, "group %s goes",
                             group->name);
                compare_group_contents(in, group, &no_group);
        }
}

/* Trust */

static bool same_text(const char *a, const char *b)
{
        return bakery__str_equal(a, b);
}

static bool same_purpose(const struct fact_trust *a, const struct fact_trust *b)
{
        return a->deny == b->deny && same_text(a->principal, b->principal) &&
               bakery__str_equal_nocase(a->action, b->action);
}

static bool same_trust(const struct fact_trust *a, const struct fact_trust *b)
{
        return same_purpose(a, b) && a->requires_mfa == b->requires_mfa && a->mfa_max_age_s == b->mfa_max_age_s &&
               a->requires_session_name == b->requires_session_name && same_text(a->condition, b->condition);
}

static size_t count_of_purpose(const struct fact_role *role, const struct fact_trust *trust)
{
        size_t n = 0;

        for (size_t i = 0; i < role->n_trust; i++)
                n += same_purpose(&role->trust[i], trust);
        return n;
}

static bool has_trust(const struct fact_role *role, const struct fact_trust *trust)
{
        for (size_t i = 0; i < role->n_trust; i++)
                if (same_trust(&role->trust[i], trust))
                        return true;
        return false;
}

/* The one statement of the same purpose, when there is one on either side: then one can say what changed in it. */
static const struct fact_trust *counterpart(const struct fact_role *own, const struct fact_role *other,
                                            const struct fact_trust *trust)
{
        if (count_of_purpose(own, trust) != 1 || count_of_purpose(other, trust) != 1)
                return NULL;
        for (size_t i = 0; i < other->n_trust; i++)
                if (same_purpose(&other->trust[i], trust))
                        return &other->trust[i];
        return NULL;
}

static void tell_trust(struct comparing *in, struct about about, bool weaker, const struct fact_trust *trust,
                       const char *sentence)
{
        tell(in, weaker ? DIFFERENCE_TRUST_WEAKER : DIFFERENCE_TRUST_STRONGER, weaker, about,
             "role %s, for %s (%s): %s", about.role_arn, trust->principal, trust->action, sentence);
}

static void compare_mfa_age(struct comparing *in, struct about about, const struct fact_trust *before,
                            const struct fact_trust *after)
{
        unsigned old = before->mfa_max_age_s, now = after->mfa_max_age_s;
        bool weaker = now == 0 || (old != 0 && now > old);
        char sentence[100];

        if (old == now || !before->requires_mfa || !after->requires_mfa)
                return;
        if (now == 0)
                snprintf(sentence, sizeof sentence, "MFA of any age is enough, not only of %u s", old);
        else
                snprintf(sentence, sizeof sentence, "MFA of at most %u s is asked", now);
        tell_trust(in, about, weaker, after, sentence);
}

static void compare_conditions(struct comparing *in, struct about about, const struct fact_trust *before,
                               const struct fact_trust *after)
{
        bool fewer = before->condition && !after->condition, more = !before->condition && after->condition;

        if (same_text(before->condition, after->condition))
                return;
        /* Where a Deny holds under a condition only, it denies less. What two conditions mean is not compared. */
        tell_trust(in, about, after->deny ? !fewer : !more, after,
                   fewer  ? "a condition is no longer asked"
                   : more ? "one more condition is asked"
                          : "another condition is asked");
}

static void compare_demands(struct comparing *in, struct about about, const struct fact_trust *before,
                            const struct fact_trust *after)
{
        if (before->requires_mfa != after->requires_mfa)
                tell_trust(in, about, before->requires_mfa, after,
                           after->requires_mfa ? "MFA is asked" : "MFA is no longer asked");
        compare_mfa_age(in, about, before, after);
        if (before->requires_session_name != after->requires_session_name)
                tell_trust(in, about, before->requires_session_name, after,
                           after->requires_session_name ? "a session named as the user is asked"
                                                        : "any name of the session is taken");
        compare_conditions(in, about, before, after);
}

static void tell_principal(struct comparing *in, struct about about, const struct fact_trust *trust, bool gained)
{
        tell(in, gained ? DIFFERENCE_TRUST_GAINED : DIFFERENCE_TRUST_LOST, gained != trust->deny, about,
             "role %s %s %s %s%s%s", about.role_arn, gained ? "newly" : "no longer", trust->deny ? "denies" : "allows",
             trust->action, *trust->action ? " to " : "", trust->principal);
}

static void compare_trust(struct comparing *in, struct about about, const struct fact_role *before,
                          const struct fact_role *after)
{
        for (size_t i = 0; i < after->n_trust; i++) {
                const struct fact_trust *trust = &after->trust[i];
                const struct fact_trust *old = counterpart(after, before, trust);

                if (old)
                        compare_demands(in, about, old, trust);
                else if (!has_trust(before, trust))
                        tell_principal(in, about, trust, true);
        }
        for (size_t i = 0; i < before->n_trust; i++)
                if (!counterpart(before, after, &before->trust[i]) && !has_trust(after, &before->trust[i]))
                        tell_principal(in, about, &before->trust[i], false);
}

static void compare_boundary(struct comparing *in, struct about about, const char *before, const char *after)
{
        if (same_text(before, after))
                return;
        if (!before)
                tell(in, DIFFERENCE_BOUNDARY_SET, false, about, "role %s gets the boundary %s", about.role_arn, after);
        else if (!after)
                tell(in, DIFFERENCE_BOUNDARY_REMOVED, true, about, "role %s loses its boundary %s", about.role_arn,
                     before);
        else
                tell(in, DIFFERENCE_BOUNDARY_CHANGED, true, about, "role %s gets the boundary %s in place of %s",
                     about.role_arn, after, before);
}

static void compare_role_contents(struct comparing *in, const struct fact_role *before, const struct fact_role *after)
{
        unsigned old = before->max_session_duration_s, now = after->max_session_duration_s;
        struct about about = { after->name, after->arn };

        compare_policies(in, about, &before->managed, &after->managed);
        compare_statements(in, about, (struct statements){ before->statements, before->n_statements },
                           (struct statements){ after->statements, after->n_statements });
        compare_trust(in, about, before, after);
        compare_boundary(in, about, before->boundary, after->boundary);
        if (old != now)
                tell(in, now > old ? DIFFERENCE_DURATION_RAISED : DIFFERENCE_DURATION_LOWERED, now > old, about,
                     "sessions of role %s may last %u s, not %u s", after->arn, now, old);
}

/* What a new role is, in one line: the policies by the ends of their ARNs, and whom it lets in. */
static void tell_new_role(struct comparing *in, const struct fact_role *role)
{
        AUTO_CLEAR(buf) what = { .max = 1 << 16 };

        for (size_t i = 0; i < role->managed.count; i++) {
                const char *slash = strrchr(role->managed.at[i], '/');

                bakery__buf_format(&what, "%s%s", i ? ", " : ", with ", slash ? slash + 1 : role->managed.at[i]);
        }
        for (size_t i = 0; i < role->n_trust; i++)
                bakery__buf_format(&what, "%s%s", i ? ", " : ", for ", role->trust[i].principal);
        in->no_memory |= what.no_memory;
        tell(in, DIFFERENCE_ROLE_NEW, true, (struct about){ role->name, role->arn }, "role %s is new%s", role->arn,
             what.at ? what.at : "");
}

static const char *role_key(struct comparing *in, const struct fact_role *role)
{
        const char *place = place_key(in, role->stack, role->logical_id);

        const char *key = place ? bakery__arena_format(&in->to->arena, "%s\n%s", role->account_id, place) : NULL;

        in->no_memory |= place && !key;
        return key;
}

static void compare_role(struct comparing *in, const struct map *by_place, const struct fact_role *after)
{
        const struct fact_role *before = bakery__facts_role(in->before, after->account_id, after->name);
        const struct fact_role *replaced = at_place(by_place, role_key(in, after));
        struct about about = { after->name, after->arn };

        if (!before && !replaced) {
                tell_new_role(in, after);
        } else if (!before) {
                tell(in, DIFFERENCE_ROLE_REPLACED, true, about, "role %s becomes %s: it is made anew", replaced->arn,
                     after->arn);
        } else {
                tell_stack(in, DIFFERENCE_ROLE_MOVED, about, before->stack, after->stack);
                if (strcmp(before->path, after->path) != 0)
                        tell(in, DIFFERENCE_ROLE_REPLACED, true, about, "role %s moves to path %s: it is made anew",
                             before->arn, after->path);
                compare_role_contents(in, before, after);
        }
}

static void compare_roles(struct comparing *in)
{
        const struct facts *before = in->before, *after = in->after;
        AUTO_CLEAR(map) old = { 0 };
        AUTO_CLEAR(map) now = { 0 };

        for (size_t i = 0; i < before->n_roles; i++) {
                const struct fact_role *role = before->roles[i];
                const char *key = role_key(in, role);

                if (key && !bakery__facts_role(after, role->account_id, role->name))
                        add_key(in, &old, key, role);
        }
        for (size_t i = 0; i < after->n_roles && !in->no_memory; i++) {
                const char *key = role_key(in, after->roles[i]);

                if (key)
                        add_key(in, &now, key, after->roles[i]);
                compare_role(in, &old, after->roles[i]);
        }
        for (size_t i = 0; i < before->n_roles && !in->no_memory; i++) {
                const struct fact_role *role = before->roles[i];

                if (!bakery__facts_role(after, role->account_id, role->name) && !at_place(&now, role_key(in, role)))
                        tell(in, DIFFERENCE_ROLE_GONE, false, (struct about){ role->name, role->arn }, "role %s goes",
                             role->arn);
        }
}

static const struct fact_function *function_named(const struct facts *facts, const char *name)
{
        for (size_t i = 0; i < facts->n_functions; i++)
                if (strcmp(facts->functions[i]->name, name) == 0)
                        return facts->functions[i];
        return NULL;
}

static void compare_functions(struct comparing *in)
{
        for (size_t i = 0; i < in->after->n_functions; i++) {
                const struct fact_function *now = in->after->functions[i];
                const struct fact_function *old = function_named(in->before, now->name);
                struct about about = { now->name, NULL };

                if (!old)
                        tell(in, DIFFERENCE_FUNCTION, false, about, "function %s is new", now->name);
                if (old && strcmp(old->runtime, now->runtime) != 0)
                        tell(in, DIFFERENCE_FUNCTION, false, about, "function %s runs on %s, not on %s", now->name,
                             now->runtime, old->runtime);
                if (old && strcmp(old->admin_groups, now->admin_groups) != 0)
                        tell(in, DIFFERENCE_FUNCTION, false, about, "function %s watches \"%s\", not \"%s\"", now->name,
                             now->admin_groups, old->admin_groups);
        }
        for (size_t i = 0; i < in->before->n_functions; i++) {
                const struct fact_function *old = in->before->functions[i];

                if (!function_named(in->after, old->name))
                        tell(in, DIFFERENCE_FUNCTION, false, (struct about){ old->name, NULL }, "function %s goes",
                             old->name);
        }
}

bakery_status bakery__facts_compare(const struct facts *before, const struct facts *after, struct differences *ret,
                                    bakery_error **err)
{
        struct comparing in = { .before = before, .after = after, .to = ret };

        compare_groups(&in);
        compare_roles(&in);
        compare_functions(&in);
        return in.no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

void bakery__differences_clear(struct differences *differences)
{
        bakery__arena_clear(&differences->arena);
        *differences = (struct differences){ 0 };
}
