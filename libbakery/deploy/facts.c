#include "deploy/facts_making.h"

#include <stdio.h>
#include <string.h>

enum { DEFAULT_DURATION_S = 3600 };

void *bakery__facts_grow(struct arena *arena, void *array, size_t count, size_t *capacity, size_t size_bytes)
{
        size_t wanted = *capacity ? *capacity * 2 : 8;

        if (count < *capacity)
                return array;
        void *bigger = bakery__arena_array(arena, wanted, size_bytes);
        if (!bigger)
                return NULL;
        if (count > 0)
                memcpy(bigger, array, count * size_bytes);
        *capacity = wanted;
        return bigger;
}

static const char *copy(struct facts *facts, const char *text)
{
        return bakery__arena_copy(&facts->arena, bakery__span(text));
}

/* IAM has one of each name, whatever two templates say: what they say is put together. */

static bool add_name(struct map *map, const char *name, void *thing)
{
        map->fold_case = true;
        return bakery__map_add(map, bakery__span(name), thing, NULL) == MAP_ADDED;
}

static struct fact_group *add_group(struct facts *facts, const char *name)
{
        struct fact_group *group = bakery__arena_alloc(&facts->arena, sizeof *group);
        struct fact_group **groups = bakery__facts_grow(&facts->arena, facts->groups, facts->n_groups,
                                                        &facts->groups_capacity, sizeof *groups);

        if (!group || !groups)
                return NULL;
        facts->groups = groups;
        group->name = copy(facts, name);
        if (!group->name || !add_name(&facts->groups_by_name, group->name, group))
                return NULL;
        return facts->groups[facts->n_groups++] = group;
}

struct fact_group *bakery__facts_new_group(struct facts *facts, const char *name, const char *path)
{
        struct fact_group *known = bakery__facts_group(facts, name);
        struct fact_group *group = known ? known : add_group(facts, name);
        const char *own_path = copy(facts, path);

        if (!group || !own_path)
                return NULL;
        group->path = own_path;
        return group;
}

static struct fact_role *add_role(struct facts *facts, const char *account_id, const char *name)
{
        struct fact_role *role = bakery__arena_alloc(&facts->arena, sizeof *role);
        struct fact_role **roles =
                bakery__facts_grow(&facts->arena, facts->roles, facts->n_roles, &facts->roles_capacity, sizeof *roles);
        const char *key = bakery__arena_format(&facts->arena, "%s/%s", account_id, name);

        if (!role || !roles || !key)
                return NULL;
        facts->roles = roles;
        role->account_id = copy(facts, account_id);
        role->name = copy(facts, name);
        role->max_session_duration_s = DEFAULT_DURATION_S;
        if (!role->account_id || !role->name || !add_name(&facts->roles_by_name, key, role))
                return NULL;
        return facts->roles[facts->n_roles++] = role;
}

struct fact_role *bakery__facts_new_role(struct facts *facts, const char *partition, const char *account_id,
                                         const char *name, const char *path)
{
        struct fact_role *known = bakery__facts_role(facts, account_id, name);
        struct fact_role *role = known ? known : add_role(facts, account_id, name);
        const char *own_path = copy(facts, path);
        const char *arn =
                bakery__arena_format(&facts->arena, "arn:%s:iam::%s:role%s%s", partition, account_id, path, name);

        if (!role || !own_path || !arn)
                return NULL;
        role->path = own_path;
        role->arn = arn;
        return role;
}

struct fact_function *bakery__facts_new_function(struct facts *facts, const char *name)
{
        struct fact_function *function = bakery__arena_alloc(&facts->arena, sizeof *function);
        struct fact_function **functions = bakery__facts_grow(&facts->arena, facts->functions, facts->n_functions,
                                                              &facts->functions_capacity, sizeof *functions);

        for (size_t i = 0; i < facts->n_functions; i++)
                if (strcmp(facts->functions[i]->name, name) == 0)
                        return facts->functions[i];
        if (!function || !functions)
                return NULL;
        facts->functions = functions;
        function->name = copy(facts, name);
        return function->name ? facts->functions[facts->n_functions++] = function : NULL;
}

bool bakery__facts_add_text(struct facts *facts, struct fact_texts *texts, const char *text)
{
        for (size_t i = 0; i < texts->count; i++)
                if (strcmp(texts->at[i], text) == 0)
                        return true;

        const char **at =
                bakery__facts_grow(&facts->arena, texts->at, texts->count, &texts->capacity, sizeof *texts->at);
        if (!at)
                return false;
        texts->at = at;
        at[texts->count] = copy(facts, text);
        return at[texts->count++] != NULL;
}

bool bakery__facts_attach_to_group(struct facts *facts, struct fact_group *group, const char *policy_arn)
{
        const char *name = strstr(policy_arn, ":iam::aws:policy/");

        group->is_admin |= name && strcmp(name, ":iam::aws:policy/AdministratorAccess") == 0;
        return bakery__facts_add_text(facts, &group->managed, policy_arn);
}

bool bakery__facts_attach_to_role(struct facts *facts, struct fact_role *role, const char *policy_arn)
{
        return bakery__facts_add_text(facts, &role->managed, policy_arn);
}

struct fact_group *bakery__facts_group(const struct facts *facts, const char *name)
{
        return bakery__map_get(&facts->groups_by_name, bakery__span(name));
}

struct fact_role *bakery__facts_role(const struct facts *facts, const char *account_id, const char *name)
{
        char key[1024]; /* IAM's names are much shorter; there is no memory that could be gone */
        int len = snprintf(key, sizeof key, "%s/%s", account_id, name);

        return len < (int)sizeof key ? bakery__map_get(&facts->roles_by_name, (struct span){ key, (size_t)len }) : NULL;
}

void bakery__facts_clear(struct facts *facts)
{
        bakery__map_clear(&facts->groups_by_name);
        bakery__map_clear(&facts->roles_by_name);
        bakery__arena_clear(&facts->arena);
        *facts = (struct facts){ 0 };
}
