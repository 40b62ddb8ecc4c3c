/* The check of names: what stands twice, what becomes one name once it is joined, what is too long. IAM ignores case.
 */
#include <string.h>

#include "model/checking.h"
#include "model/form.h"
#include "model/limits.h"

/* A name that something in the file makes, and where that stands. */
struct named {
        const char *name;
        const char *of; /* what makes it: "Prod + Admin"; NULL: it is itself what is written */
        struct place place;
};

static struct place place_of_group(const bakery_group *group)
{
        return group->access_type->place.line > group->environment->place.line ? group->access_type->place
                                                                               : group->environment->place;
}

static struct finding *report_collision(struct checking *in, const char *noun, const struct named *named,
                                        const struct named *other)
{
        static const char rule[] = "name-collision";
        struct place place = named->place;

        if (other->place.line == 0)
                return bakery__mistake(in, rule, place, "%s \"%s\" of %s is the Bakery's own", noun, named->name,
                                       named->of);
        if (strcmp(other->name, named->name) != 0 && named->of)
                return bakery__mistake(in, rule, place, "%s \"%s\" of %s and \"%s\" of %s differ only in case", noun,
                                       named->name, named->of, other->name, other->of);
        if (strcmp(other->name, named->name) != 0)
                return bakery__mistake(in, rule, place, "%s \"%s\" and \"%s\" of line %u differ only in case", noun,
                                       named->name, other->name, other->place.line);
        if (named->of)
                return bakery__mistake(in, rule, place, "%s \"%s\" is made twice: of %s and of %s", noun, named->name,
                                       other->of, named->of);
        return bakery__mistake(in, rule, place, "%s \"%s\" stands twice: in line %u and in line %u", noun, named->name,
                               other->place.line, place.line);
}

/* Adds the name, or reports what has it already; true when it was new. */
static bool add_name(struct checking *in, struct map *names, struct arena *arena, const char *noun, struct named what,
                     const char *hint)
{
        struct named *named = bakery__arena_alloc(arena, sizeof *named);
        void *before = NULL;

        if (!named || !what.name) {
                in->no_memory = true;
                return false;
        }
        *named = what;

        enum map_result result = bakery__map_add(names, bakery__span(named->name), named, &before);
        if (result == MAP_NO_MEMORY)
                in->no_memory = true;
        if (result == MAP_EXISTS)
                bakery__hint(in, report_collision(in, noun, named, before), "%s", hint);
        return result != MAP_EXISTS;
}

static const char rename_case[] = "rename one: IAM takes upper and lower case for the same";
static const char rename_joined[] = "rename an environment or an access type: their names are joined";
static const char rename_logical[] = "rename one: a logical id has only the letters and digits of a name";

static void check_environment_names(struct checking *in)
{
        AUTO_CLEAR(map) names = { .fold_case = true };
        AUTO_CLEAR(arena) arena = { 0 };

        for (size_t i = 0; i < in->config->n_environments; i++)
                if (*in->config->environments[i].name)
                        add_name(in, &names, &arena, "environment",
                                 (struct named){ in->config->environments[i].name, NULL,
                                                 in->config->environments[i].place },
                                 rename_case);
}

static void check_access_type_names(struct checking *in)
{
        AUTO_CLEAR(map) names = { .fold_case = true };
        AUTO_CLEAR(arena) arena = { 0 };

        for (size_t i = 0; i < in->config->n_access_types; i++)
                if (*in->config->access_types[i].name)
                        add_name(in, &names, &arena, "access type",
                                 (struct named){ in->config->access_types[i].name, NULL,
                                                 in->config->access_types[i].place },
                                 rename_case);
}

static void check_user_names(struct checking *in)
{
        AUTO_CLEAR(map) names = { .fold_case = true };
        AUTO_CLEAR(arena) arena = { 0 };

        for (size_t i = 0; i < in->config->n_users; i++)
                if (*in->config->users[i].name.text)
                        add_name(
                                in, &names, &arena, "user",
                                (struct named){ in->config->users[i].name.text, NULL, in->config->users[i].name.place },
                                rename_case);
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
        struct map environments, types, environment_ids, type_ids; /* without case; the ones seen first */
        struct arena arena;
};

/* The first of its name: of two that collide already, what follows from it is not told again. */
static bool is_first(struct checking *in, struct map *seen, const char *name, const void *what)
{
        void *before = NULL;
        enum map_result result =
                *name ? bakery__map_add(seen, bakery__span(name), (void *)(uintptr_t)what, &before) : MAP_EXISTS;

        in->no_memory |= result == MAP_NO_MEMORY;
        return result != MAP_EXISTS || before == what;
}

static void check_length(struct checking *in, const bakery_group *group, const char *name)
{
        size_t limit = bakery__limit(LIMIT_GROUP_NAME_CHARS)->value;

        if (strlen(name) > limit)
                bakery__hint(in,
                             bakery__mistake(in, "name-too-long", place_of_group(group),
                                             "group name \"%s\" has %zu characters, and IAM takes %zu: team %zu, "
                                             "environment %zu, access type %zu",
                                             name, strlen(name), limit, strlen(bakery_config_team_name(in->config)),
                                             strlen(group->environment->name), strlen(group->access_type->name)),
                             "shorten one of the three");
}

static bool is_first_of_names(struct checking *in, struct joined *joined, const bakery_group *group)
{
        const bakery_environment *environment = group->environment;
        const bakery_access_type *type = group->access_type;

        return is_first(in, &joined->environments, environment->name, environment) &&
               is_first(in, &joined->environment_ids, environment->logical_id, environment) &&
               is_first(in, &joined->types, type->name, type) &&
               is_first(in, &joined->type_ids, type->logical_id, type);
}

static void add_group_names(struct checking *in, const bakery_group *group, void *context)
{
        struct joined *joined = context;
        struct arena *arena = &joined->arena;
        struct named named = { .place = place_of_group(group) };

        check_length(in, group, group->name);
        if (!is_first_of_names(in, joined, group))
                return;
        named.of = bakery__arena_format(arena, "%s + %s", group->environment->name, group->access_type->name);
        in->no_memory |= !named.of;
        named.name = group->name;
        bool new_name = add_name(in, &joined->groups, arena, "group", named, rename_joined);
        named.name = group->logical_id;
        /* Names that collide have logical ids that collide: one sentence is enough. */
        bool new_id = new_name && add_name(in, &joined->logical_ids, arena, "logical id", named, rename_logical);
        for (size_t i = 0; i < group->n_shards; i++) {
                const struct shard *shard = &group->shards[i];

                if (shard->is_inline)
                        continue;
                /* The first policy has its group's name: what collides was told of the group. */
                named.name = shard->name;
                bool new_policy =
                        (i > 0 || new_name) && add_name(in, &joined->policies, arena, "policy", named, rename_joined);
                named.name = shard->logical_id;
                if (new_policy && (i > 0 || new_id))
                        add_name(in, &joined->logical_ids, arena, "logical id", named, rename_logical);
        }
}

static void clear_joined(struct joined *joined)
{
        bakery__map_clear(&joined->groups);
        bakery__map_clear(&joined->policies);
        bakery__map_clear(&joined->logical_ids);
        bakery__map_clear(&joined->environments);
        bakery__map_clear(&joined->types);
        bakery__map_clear(&joined->environment_ids);
        bakery__map_clear(&joined->type_ids);
        bakery__arena_clear(&joined->arena);
}

static void check_joined_names(struct checking *in)
{
        static const struct place own = { 0, 0 };
        struct joined joined = {
                .groups = { .fold_case = true },
                .policies = { .fold_case = true },
                .environments = { .fold_case = true },
                .types = { .fold_case = true },
        };
        struct named admin = { in->config->admin_group, NULL, own },
                     read_only = { in->config->read_only_group, NULL, own };

        add_name(in, &joined.groups, &joined.arena, "group", admin, rename_joined);
        add_name(in, &joined.groups, &joined.arena, "group", read_only, rename_joined);
        add_name(in, &joined.policies, &joined.arena, "policy", read_only, rename_joined);
        for_groups(in, add_group_names, &joined);
        clear_joined(&joined);
}

static void add_logical_id(struct checking *in, struct map *ids, struct arena *arena, const char *noun, const char *id,
                           const char *name, struct place place)
{
        struct named named = { id, bakery__arena_format(arena, "%s \"%s\"", noun, name), place };
        const struct named *other = bakery__map_get(ids, bakery__span(id));

        in->no_memory |= !named.of;
        if (named.of && !(other && strcmp(other->of, named.of) == 0)) /* else the name itself stands twice: told */
                add_name(in, ids, arena, "logical id", named, rename_logical);
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
                        add_logical_id(in, &roles, &arena, "access type", type->logical_id, type->name, type->place);
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
                        add_logical_id(in, &stacks, &arena, "environment", environment->logical_id, environment->name,
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

static void report_long_role(struct checking *in, const bakery_account *account, const bakery_group *group,
                             size_t length, size_t limit)
{
        const char *environment = group->environment->name, *type = group->access_type->name;
        struct finding *finding = bakery__mistake(
                in, "name-too-long", account->name_place,
                "role name \"%s-%s-%s\" has %zu characters, and IAM takes %zu: account %zu, environment %zu, "
                "access type %zu, and two hyphens",
                account->name, environment, type, length, limit, strlen(account->name), strlen(environment),
                strlen(type));

        bakery__hint(in, finding, "shorten one of the three");
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
                                report_long_role(in, account, group, length, limit);
                }
        }
}

/* Whose role in the account has this name, as IAM compares names; NULL: nobody's. */
static const bakery_group *holders_of(struct span role, const bakery_account *account)
{
        const bakery_environment *environment = account->environment;
        size_t head = strlen(account->name);

        if (role.len < head || !bakery__span_equal_nocase((struct span){ role.at, head }, bakery__span(account->name)))
                return NULL;
        for (size_t i = 0; i < environment->n_groups; i++)
                if (bakery__span_equal_nocase((struct span){ role.at + head, role.len - head },
                                              environment->groups[i].role_ending))
                        return &environment->groups[i];
        return NULL;
}

/* False when it was reported. */
static bool is_of_no_burger(struct checking *in, const char *key, const char *role, const bakery_account *account)
{
        const bakery_group *group = holders_of(bakery__span(role), account);

        if (!group)
                return true;

        struct finding *finding = bakery__mistake(in, "same-role", bakery__place_of_key(in, key),
                                                  "%s %s is the role of access type \"%s\" in account %s", key, role,
                                                  group->access_type->name, account->id);
        bakery__hint(in, finding, "name another one: who may enter by %s would hold it too", group->name);
        return false;
}

/* A role with power over the burger roles, reported once: of such a name, a group of people could assume it. */
static void check_power_role(struct checking *in, const char *key, const char *role)
{
        for (size_t i = 0; role && i < in->config->n_environments; i++) {
                const bakery_environment *environment = &in->config->environments[i];

                for (size_t k = 0; k < environment->n_accounts; k++)
                        if (!is_of_no_burger(in, key, role, &environment->accounts[k]))
                                return;
        }
}

/* Their roles are in different accounts, so this works; but the name alone no longer says which is meant. */
static void check_account_names(struct checking *in)
{
        for (size_t i = 0; i < in->config->n_environments; i++) {
                const bakery_environment *environment = &in->config->environments[i];
                AUTO_CLEAR(map) names = { .fold_case = true };

                in->no_memory |= !bakery__map_reserve(&names, environment->n_accounts);
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

/* "--account 444444444444" must never mean another account than the one of that id. */
static void check_names_like_ids(struct checking *in)
{
        for (size_t i = 0; i < in->config->n_environments; i++) {
                const bakery_environment *environment = &in->config->environments[i];

                for (size_t k = 0; k < environment->n_accounts; k++) {
                        const bakery_account *account = &environment->accounts[k];
                        bool like_id = form_account_id.accepts(&form_account_id, bakery__span(account->name));

                        if (like_id && strcmp(account->name, account->id) != 0)
                                bakery__mistake(in, "name-collision", account->name_place,
                                                "account %s has the name %s, which is an account id, and not its own",
                                                account->id, account->name);
                }
        }
}

void bakery__check_names(struct checking *in)
{
        check_names_like_ids(in);
        check_environment_names(in);
        check_access_type_names(in);
        check_user_names(in);
        check_account_names(in);
        check_logical_ids(in);
        check_environment_logical_ids(in);
        check_joined_names(in);
        check_role_names(in);
        check_power_role(in, "DeployerRole", bakery_config_deployer_role(in->config));
        check_power_role(in, "RevokerRole", bakery_config_revoker_role(in->config));
}
