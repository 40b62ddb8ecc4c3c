/* The check of names: what stands twice, what becomes one name once it is joined, what is too long. IAM ignores case.
 */
#include <string.h>

#include "model/checking.h"
#include "model/limits.h"

/* A name that something in the file makes, and where that stands. */
struct named {
        const char *name;
        const char *noun; /* "group" */
        struct place place;
};

static struct place place_of_group(const bakery_group *group)
{
        return group->access_type->place.line > group->environment->place.line ? group->access_type->place
                                                                               : group->environment->place;
}

/* Adds the name, or reports what has it already. */
static void add_name(struct checking *in, struct map *names, struct arena *arena, const char *noun, const char *name,
                     struct place place)
{
        struct named *named = bakery__arena_alloc(arena, sizeof *named);
        void *before = NULL;

        if (!named || !name) {
                in->no_memory = true;
                return;
        }
        *named = (struct named){ name, noun, place };

        enum map_result result = bakery__map_add(names, bakery__span(name), named, &before);
        if (result == MAP_NO_MEMORY)
                in->no_memory = true;
        if (result != MAP_EXISTS)
                return;

        const struct named *other = before;
        struct finding *finding;
        if (other->place.line == 0)
                finding = bakery__mistake(in, "name-collision", place, "%s \"%s\" is the Bakery's own", noun, name);
        else if (strcmp(other->name, name) == 0)
                finding = bakery__mistake(in, "name-collision", place,
                                          "%s \"%s\" is made twice: by line %u and by line %u", noun, name,
                                          other->place.line, place.line);
        else
                finding = bakery__mistake(in, "name-collision", place,
                                          "%s \"%s\" of line %u differs from \"%s\" of line %u only in case", noun,
                                          name, place.line, other->name, other->place.line);
        bakery__hint(in, finding,
                     "rename one: IAM ignores case, and an environment and a type are joined into one name");
}

static void check_environment_names(struct checking *in)
{
        AUTO_CLEAR(map) names = { .fold_case = true };
        AUTO_CLEAR(arena) arena = { 0 };

        for (size_t i = 0; i < in->config->n_environments; i++)
                if (*in->config->environments[i].name)
                        add_name(in, &names, &arena, "environment", in->config->environments[i].name,
                                 in->config->environments[i].place);
}

static void check_access_type_names(struct checking *in)
{
        AUTO_CLEAR(map) names = { .fold_case = true };
        AUTO_CLEAR(arena) arena = { 0 };

        for (size_t i = 0; i < in->config->n_access_types; i++)
                if (*in->config->access_types[i].name)
                        add_name(in, &names, &arena, "access type", in->config->access_types[i].name,
                                 in->config->access_types[i].place);
}

static void check_user_names(struct checking *in)
{
        AUTO_CLEAR(map) names = { .fold_case = true };
        AUTO_CLEAR(arena) arena = { 0 };

        for (size_t i = 0; i < in->config->n_users; i++)
                if (*in->config->users[i].name.text)
                        add_name(in, &names, &arena, "user", in->config->users[i].name.text,
                                 in->config->users[i].name.place);
}

/* Calls each for every group of the configuration. */
static void for_groups(struct checking *in, void (*each)(struct checking *, const bakery_group *, void *),
                       void *context)
{
        for (size_t i = 0; i < in->config->n_environments; i++)
                for (size_t k = 0; k < in->config->environments[i].n_groups; k++)
                        each(in, &in->config->environments[i].groups[k], context);
}

struct joined {
        struct map groups, policies, logical_ids;
        struct arena arena;
};

static void check_length(struct checking *in, const bakery_group *group, const char *name)
{
        size_t limit = bakery__limit(LIMIT_GROUP_NAME_CHARS)->value;

        if (strlen(name) > limit)
                bakery__mistake(in, "name-too-long", place_of_group(group),
                                "group name \"%s\" has %zu characters, and IAM takes %zu: team %zu, environment %zu, "
                                "access type %zu",
                                name, strlen(name), limit, strlen(bakery_config_team_name(in->config)),
                                strlen(group->environment->name), strlen(group->access_type->name));
}

static void add_group_names(struct checking *in, const bakery_group *group, void *context)
{
        struct joined *joined = context;
        struct place place = place_of_group(group);

        check_length(in, group, group->name);
        add_name(in, &joined->groups, &joined->arena, "group", group->name, place);
        add_name(in, &joined->logical_ids, &joined->arena, "logical id", group->logical_id, place);
        for (size_t i = 0; i < group->n_shards; i++) {
                const struct shard *shard = &group->shards[i];

                if (shard->is_inline)
                        continue;
                /* The first policy has its group's name: what collides was told of the group. */
                if (i > 0 || !bakery__map_get(&joined->policies, bakery__span(shard->name)))
                        add_name(in, &joined->policies, &joined->arena, "policy", shard->name, place);
                if (i > 0 || !bakery__map_get(&joined->logical_ids, bakery__span(shard->logical_id)))
                        add_name(in, &joined->logical_ids, &joined->arena, "logical id", shard->logical_id, place);
        }
}

static void clear_joined(struct joined *joined)
{
        bakery__map_clear(&joined->groups);
        bakery__map_clear(&joined->policies);
        bakery__map_clear(&joined->logical_ids);
        bakery__arena_clear(&joined->arena);
}

static void check_joined_names(struct checking *in)
{
        static const struct place own = { 0, 0 };
        struct joined joined = { .groups = { .fold_case = true }, .policies = { .fold_case = true } };

        add_name(in, &joined.groups, &joined.arena, "group", in->config->admin_group, own);
        add_name(in, &joined.groups, &joined.arena, "group", in->config->read_only_group, own);
        add_name(in, &joined.policies, &joined.arena, "policy", in->config->read_only_group, own);
        for_groups(in, add_group_names, &joined);
        clear_joined(&joined);
}

/* Two types whose names differ only in what logical ids may not have: Read-Only and ReadOnly. */
static void check_logical_ids(struct checking *in)
{
        AUTO_CLEAR(map) roles = { 0 };
        AUTO_CLEAR(arena) arena = { 0 };

        for (size_t i = 0; i < in->config->n_access_types; i++) {
                const bakery_access_type *type = &in->config->access_types[i];

                if (*type->name && !*type->logical_id)
                        bakery__mistake(in, "no-logical-id", type->place,
                                        "access type \"%s\" needs a letter or digit, for its logical id", type->name);
                else if (*type->name)
                        add_name(in, &roles, &arena, "logical id of access type", type->logical_id, type->place);
        }
}

static void check_environment_logical_ids(struct checking *in)
{
        AUTO_CLEAR(map) stacks = { 0 };
        AUTO_CLEAR(arena) arena = { 0 };

        for (size_t i = 0; i < in->config->n_environments; i++) {
                const bakery_environment *environment = &in->config->environments[i];

                if (*environment->name && !*environment->logical_id)
                        bakery__mistake(in, "no-logical-id", environment->place,
                                        "environment \"%s\" needs a letter or digit, for its logical id",
                                        environment->name);
                else if (*environment->name)
                        add_name(in, &stacks, &arena, "logical id of environment", environment->logical_id,
                                 environment->place);
        }
}

static const bakery_group *longest_type(const bakery_environment *environment)
{
        const bakery_group *longest = NULL;

        for (size_t i = 0; i < environment->n_groups; i++)
                if (!longest || strlen(environment->groups[i].access_type->name) > strlen(longest->access_type->name))
                        longest = &environment->groups[i];
        return longest;
}

/* Each account once, with the longest of its role names. */
static void check_role_names(struct checking *in)
{
        size_t limit = bakery__limit(LIMIT_ROLE_NAME_CHARS)->value;

        for (size_t i = 0; i < in->config->n_environments; i++) {
                const bakery_environment *environment = &in->config->environments[i];
                const bakery_group *group = longest_type(environment);
                size_t rest = group ? strlen(environment->name) + strlen(group->access_type->name) + 2 : 0;

                for (size_t k = 0; group && k < environment->n_accounts; k++) {
                        const bakery_account *account = &environment->accounts[k];
                        size_t length = strlen(account->name) + rest;

                        if (length > limit)
                                bakery__mistake(in, "name-too-long", account->name_place,
                                                "role name \"%s-%s-%s\" has %zu characters, and IAM takes %zu: account "
                                                "%zu, environment %zu, access type %zu, and two hyphens",
                                                account->name, environment->name, group->access_type->name, length,
                                                limit, strlen(account->name), strlen(environment->name),
                                                strlen(group->access_type->name));
                }
        }
}

/* Their roles are in different accounts, so this works; but the name alone no longer says which is meant. */
static void check_account_names(struct checking *in)
{
        for (size_t i = 0; i < in->config->n_environments; i++) {
                const bakery_environment *environment = &in->config->environments[i];
                AUTO_CLEAR(map) names = { .fold_case = true };

                for (size_t k = 0; k < environment->n_accounts; k++) {
                        bakery_account *account = &environment->accounts[k];
                        void *before = NULL;

                        if (!*account->name)
                                continue;
                        enum map_result result = bakery__map_add(&names, bakery__span(account->name), account, &before);
                        in->no_memory |= result == MAP_NO_MEMORY;
                        if (result == MAP_EXISTS)
                                bakery__warning(in, "same-account-name", account->name_place,
                                                "environment \"%s\" has two accounts named \"%s\": %s and %s",
                                                environment->name, account->name, ((bakery_account *)before)->id,
                                                account->id);
                }
        }
}

void bakery__check_names(struct checking *in)
{
        check_environment_names(in);
        check_access_type_names(in);
        check_user_names(in);
        check_account_names(in);
        check_logical_ids(in);
        check_environment_logical_ids(in);
        check_joined_names(in);
        check_role_names(in);
}
