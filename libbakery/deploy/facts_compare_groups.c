/* What the members of groups gain and lose. */
#include <string.h>

#include "deploy/comparison.h"
#include "deploy/facts_making.h"

/*
 * Grants are the same when role and condition are. They stand in a map by "role", or by "role\ncondition" and then by
 * "role\n" too, to find that a role is named under some condition.
 */
static const char *key_of(struct comparison *in, const struct fact_grant *grant)
{
        if (!grant->condition)
                return grant->role_arn;
        return bakery__arena_format(&in->to->arena, "%s\n%s", grant->role_arn, grant->condition);
}

static bool add_grant(struct comparison *in, struct map *map, const struct fact_grant *grant)
{
        bool added = bakery__compare_add_key(in, map, key_of(in, grant), grant);

        if (added && grant->condition)
                bakery__compare_add_key(in, map, bakery__arena_format(&in->to->arena, "%s\n", grant->role_arn), grant);
        return added;
}

static const struct fact_grant *find_grant(struct comparison *in, const struct map *map, const struct fact_grant *grant)
{
        const char *key = key_of(in, grant);

        in->no_memory |= !key;
        return key ? bakery__map_get(map, bakery__span(key)) : NULL;
}

static bool names_role(struct comparison *in, const struct map *map, const char *role_arn)
{
        AUTO_CLEAR(buf) some = { .max = 1 << 16 };

        if (bakery__map_get(map, bakery__span(role_arn)))
                return true;
        bakery__buf_format(&some, "%s\n", role_arn);
        in->no_memory |= some.no_memory;
        return !some.no_memory && !some.full && bakery__map_get(map, (struct span){ some.at, some.len });
}

static void add_moved(struct comparison *in, const char *group, size_t count)
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

static void tell_condition(struct comparison *in, const struct map *before, const char *group,
                           const struct fact_grant *grant)
{
        bool broadening = !bakery__map_get(before, bakery__span(grant->role_arn)); /* was it free of conditions? */
        struct about about = { group, grant->role_arn };

        if (grant->condition)
                bakery__difference_tell(in, DIFFERENCE_GRANT_CONDITION, broadening, about,
                                        "members of %s may assume %s if %s", group, grant->role_arn, grant->condition);
        else
                bakery__difference_tell(in, DIFFERENCE_GRANT_CONDITION, broadening, about,
                                        "members of %s may assume %s, without a condition now", group, grant->role_arn);
}

/* What stands in after and not in before. Fills now with all of after, told with roles of another condition. */
static void compare_gained(struct comparison *in, const struct map *before, const struct fact_group *after,
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
                        bakery__compare_add_key(in, told, grant->role_arn, grant);
                } else {
                        bakery__difference_tell(
                                in, DIFFERENCE_GRANT_GAINED, true, (struct about){ after->name, grant->role_arn },
                                "members of %s may assume %s%s%s", after->name, grant->role_arn,
                                grant->condition ? " if " : "", grant->condition ? grant->condition : "");
                }
        }
        if (moved > 0)
                add_moved(in, after->name, moved);
}

static void compare_lost(struct comparison *in, const struct fact_group *before, const struct map *now,
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
                        bakery__difference_tell(in, DIFFERENCE_GRANT_CONDITION, false, about,
                                                "members of %s may no longer assume %s%s%s", before->name,
                                                grant->role_arn, grant->condition ? " if " : " without a condition",
                                                grant->condition ? grant->condition : "");
                else
                        bakery__difference_tell(in, DIFFERENCE_GRANT_LOST, false, about,
                                                "members of %s may no longer assume %s", before->name, grant->role_arn);
        }
}

static void compare_grants(struct comparison *in, const struct fact_group *before, const struct fact_group *after)
{
        AUTO_CLEAR(map) old = { 0 };
        AUTO_CLEAR(map) now = { 0 };
        AUTO_CLEAR(map) told = { 0 };

        for (size_t i = 0; i < before->n_grants && !in->no_memory; i++)
                add_grant(in, &old, &before->grants[i]);
        compare_gained(in, &old, after, &now, &told);
        compare_lost(in, before, &now, &told);
}

static void compare_group_contents(struct comparison *in, const struct fact_group *before,
                                   const struct fact_group *after)
{
        struct about about = { after->name ? after->name : before->name, NULL };

        bakery__compare_policies(in, about, &before->managed, &after->managed);
        compare_grants(in, before, after);
        bakery__compare_statements(in, about, (struct statements){ before->statements, before->n_statements },
                                   (struct statements){ after->statements, after->n_statements });
}

static const struct fact_group no_group = { 0 };

static void compare_group(struct comparison *in, const struct map *by_place, const struct fact_group *after)
{
        const struct fact_group *before = bakery__facts_group(in->before, after->name);
        const struct fact_group *replaced =
                bakery__compare_at_place(by_place, bakery__compare_place(in, after->stack, after->logical_id));
        struct about about = { after->name, NULL };

        if (before) {
                bakery__compare_stack(in, DIFFERENCE_GROUP_MOVED, about, before->stack, after->stack);
                if (strcmp(before->path, after->path) != 0)
                        bakery__difference_tell(
                                in, DIFFERENCE_GROUP_REPLACED, false, about,
                                "group %s moves from path %s to %s: it is made anew, without its members", after->name,
                                before->path, after->path);
        } else if (replaced) {
                bakery__difference_tell(in, DIFFERENCE_GROUP_REPLACED, false, about,
                                        "group %s becomes %s: it is made anew, without its members", replaced->name,
                                        after->name);
        } else {
                bakery__difference_tell(in, DIFFERENCE_GROUP_NEW, false, about, "group %s is new", after->name);
        }
        compare_group_contents(in, before ? before : &no_group, after);
}

void bakery__compare_groups(struct comparison *in)
{
        const struct facts *before = in->before, *after = in->after;
        AUTO_CLEAR(map) old = { 0 };
        AUTO_CLEAR(map) now = { 0 };

        for (size_t i = 0; i < before->n_groups; i++) {
                const char *key = bakery__compare_place(in, before->groups[i]->stack, before->groups[i]->logical_id);

                if (key && !bakery__facts_group(after, before->groups[i]->name))
                        bakery__compare_add_key(in, &old, key, before->groups[i]);
        }
        for (size_t i = 0; i < after->n_groups && !in->no_memory; i++) {
                const char *key = bakery__compare_place(in, after->groups[i]->stack, after->groups[i]->logical_id);

                if (key)
                        bakery__compare_add_key(in, &now, key, after->groups[i]);
                compare_group(in, &old, after->groups[i]);
        }
        for (size_t i = 0; i < before->n_groups && !in->no_memory; i++) {
                const struct fact_group *group = before->groups[i];

                if (bakery__facts_group(after, group->name))
                        continue;
                if (!bakery__compare_at_place(&now, bakery__compare_place(in, group->stack, group->logical_id)))
                        bakery__difference_tell(in, DIFFERENCE_GROUP_GONE, false, (struct about){ group->name, NULL },
                                                "group %s goes", group->name);
                compare_group_contents(in, group, &no_group);
        }
}
