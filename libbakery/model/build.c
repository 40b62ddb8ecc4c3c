#include "model/build.h"

#include <string.h>

#include "model/form.h"
#include "model/inline_policy.h"
#include "model/limits.h"
#include "model/names.h"
#include "model/shards.h"

static const char *or_empty(const char *text)
{
        return text ? text : "";
}

static const struct yaml_node *first_of(const struct yaml_node *list)
{
        return list ? list->first : NULL;
}

static size_t count_of(const struct yaml_node *list)
{
        return list ? list->count : 0;
}

static const char *text_of(const struct yaml_node *node)
{
        return node ? node->text : NULL;
}

static struct place place_of(const struct yaml_node *node)
{
        return node ? node->place : (struct place){ 0, 0 };
}

static bool take_words(struct checking *in, const struct yaml_node *list, struct words *ret)
{
        ret->count = 0;
        ret->at = bakery__arena_array(&in->config->arena, count_of(list), sizeof *ret->at);
        for (const struct yaml_node *node = first_of(list); ret->at && node; node = node->next)
                ret->at[ret->count++] = (struct word){ node->text, node->place };
        return ret->at != NULL;
}

/* Pairs the texts that libcyaml loaded with their places. */
static bool read_words(struct checking *in, char *const *texts, size_t n, const struct yaml_node *list,
                       struct words *ret)
{
        const struct yaml_node *node = first_of(list);

        ret->at = bakery__arena_array(&in->config->arena, n, sizeof *ret->at);
        if (!ret->at)
                return false;
        for (ret->count = 0; ret->count < n; ret->count++) {
                ret->at[ret->count] = (struct word){ texts[ret->count], place_of(node) };
                node = node ? node->next : NULL;
        }
        return true;
}

static size_t count_char(const char *text, char c)
{
        size_t n = 0;

        for (; *text; text++)
                n += *text == c;
        return n;
}

static bool add_word(struct checking *in, struct span text, struct place place, struct words *to)
{
        struct span trimmed = bakery__span_trim(text);
        const char *copy;

        if (trimmed.len == 0)
                return true;
        copy = bakery__arena_copy(&in->config->arena, trimmed);
        if (copy)
                to->at[to->count++] = (struct word){ copy, place };
        return copy != NULL;
}

/* "A, B" or a list: the old tool split at commas and kept the blanks, so that no group matched. */
static bool split_words(struct checking *in, const struct yaml_node *node, struct words *ret)
{
        size_t most = !node ? 0 : node->kind == YAML_LIST ? node->count : count_char(node->text, ',') + 1;

        ret->at = bakery__arena_array(&in->config->arena, most, sizeof *ret->at);
        if (!ret->at)
                return false;
        if (node && node->kind == YAML_LIST) {
                for (const struct yaml_node *child = node->first; child; child = child->next)
                        if (!add_word(in, bakery__span(child->text), child->place, ret))
                                return false;
                return true;
        }
        for (const char *rest = node ? node->text : ""; *rest;) {
                size_t len = strcspn(rest, ",");

                if (!add_word(in, (struct span){ rest, len }, node->place, ret))
                        return false;
                rest += len + (rest[len] == ',');
        }
        return true;
}

/* PolicyArn stands before PolicyArns. */
static bool read_policy_arns(struct checking *in, const struct raw_access_type *raw, const struct yaml_node *node,
                             bakery_access_type *type)
{
        struct words several;
        size_t n = 0;

        if (!read_words(in, raw->policy_arns, raw->n_policy_arns, bakery__yaml_get(node, "PolicyArns"), &several))
                return false;
        type->policy_arns.at = bakery__arena_array(&in->config->arena, several.count + 1, sizeof *several.at);
        if (!type->policy_arns.at)
                return false;
        if (raw->policy_arn)
                type->policy_arns.at[n++] =
                        (struct word){ raw->policy_arn, place_of(bakery__yaml_get(node, "PolicyArn")) };
        for (size_t i = 0; i < several.count; i++)
                type->policy_arns.at[n++] = several.at[i];
        type->policy_arns.count = n;
        return true;
}

static bool build_access_type(struct checking *in, const struct raw_access_type *raw, const struct yaml_node *node,
                              bakery_access_type *type)
{
        struct arena *arena = &in->config->arena;

        type->config = in->config;
        type->incomplete = node && node->refused;
        type->name = or_empty(raw->name);
        type->place = place_of(bakery__yaml_get(node, "Type"));
        type->logical_id = bakery__logical_part(arena, type->name);
        return type->logical_id && bakery__settings_read(&raw->settings, node, arena, &type->level) &&
               read_policy_arns(in, raw, node, type) &&
               read_words(in, raw->machine_principals, raw->n_machine_principals,
                          bakery__yaml_get(node, "MachinePrincipals"), &type->machine_principals) &&
               bakery__inline_policy_read(in, bakery__yaml_get(node, "InlinePolicy"), type);
}

static bool build_access_types(struct checking *in)
{
        bakery_config *config = in->config;
        const struct raw_config *raw = config->raw.config;
        const struct yaml_node *node = first_of(bakery__yaml_get(in->root, "AccessTypes"));

        config->access_types = bakery__arena_array(&config->arena, raw->n_access_types, sizeof *config->access_types);
        if (!config->access_types)
                return false;
        for (size_t i = 0; i < raw->n_access_types; i++) {
                config->n_access_types++; /* at once: what it holds is freed by count */
                if (!build_access_type(in, &raw->access_types[i], node, &config->access_types[i]))
                        return false;
                node = node ? node->next : NULL;
        }
        return true;
}

static bool keep_account(struct checking *in, bakery_account *account)
{
        void *before = NULL;

        if (!*account->id)
                return true;

        enum map_result result = bakery__map_add(&in->config->by_id, bakery__span(account->id), account, &before);
        if (result == MAP_EXISTS) {
                const bakery_account *other = before;
                struct finding *finding = bakery__mistake(in, "duplicate-account", account->place,
                                                          "account %s stands twice: in line %u and in line %u",
                                                          account->id, other->place.line, account->place.line);

                bakery__hint(in, finding,
                             "leave one of them: an account has one burger stack, and that has one environment");
        }
        return result != MAP_NO_MEMORY;
}

static bool build_accounts(struct checking *in, const struct yaml_node *list, bakery_environment *environment)
{
        environment->accounts = bakery__arena_array(&in->config->arena, count_of(list), sizeof *environment->accounts);
        if (!environment->accounts)
                return false;
        for (const struct yaml_node *node = first_of(list); node; node = node->next) {
                bakery_account *account = &environment->accounts[environment->n_accounts++];
                const struct yaml_node *id = bakery__yaml_get(node, "Id"), *name = bakery__yaml_get(node, "Name");

                *account = (bakery_account){
                        .id = or_empty(text_of(id)),
                        .name = or_empty(text_of(name)),
                        .environment = environment,
                        .place = place_of(id),
                        .name_place = place_of(name),
                };
                if (strlen(account->name) > environment->longest_name)
                        environment->longest_name = strlen(account->name);
                if (!keep_account(in, account))
                        return false;
        }
        return true;
}

static bool build_environment(struct checking *in, const struct raw_environment *raw, const struct yaml_node *node,
                              bakery_environment *environment)
{
        struct arena *arena = &in->config->arena;

        environment->config = in->config;
        environment->name = or_empty(raw->name);
        environment->place = place_of(bakery__yaml_get(node, "Environment"));
        environment->logical_id = bakery__logical_part(arena, environment->name);
        environment->default_account_word =
                (struct word){ raw->default_account, place_of(bakery__yaml_get(node, "DefaultAccount")) };
        return environment->logical_id && bakery__settings_read(&raw->settings, node, arena, &environment->level) &&
               read_words(in, raw->access_types, raw->n_access_types, bakery__yaml_get(node, "AccessTypes"),
                          &environment->access_types) &&
               build_accounts(in, bakery__yaml_get(node, "Accounts"), environment);
}

static size_t count_accounts(const struct yaml_node *environments)
{
        size_t n = 0;

        for (const struct yaml_node *node = first_of(environments); node; node = node->next)
                n += count_of(bakery__yaml_get(node, "Accounts"));
        return n;
}

static bool build_environments(struct checking *in)
{
        bakery_config *config = in->config;
        const struct raw_config *raw = config->raw.config;
        const struct yaml_node *list = bakery__yaml_get(in->root, "Environments"), *node = first_of(list);

        config->environments = bakery__arena_array(&config->arena, raw->n_environments, sizeof *config->environments);
        if (!config->environments || !bakery__map_reserve(&config->by_id, count_accounts(list)))
                return false;
        for (size_t i = 0; i < raw->n_environments; i++) {
                if (!build_environment(in, &raw->environments[i], node, &config->environments[i]))
                        return false;
                config->n_environments++;
                node = node ? node->next : NULL;
        }
        return true;
}

static bool exists_in(const bakery_environment *environment, const bakery_access_type *type)
{
        for (size_t i = 0; i < environment->access_types.count; i++)
                if (strcmp(environment->access_types.at[i].text, type->name) == 0)
                        return true;
        return environment->access_types.count == 0;
}

static bool build_group(struct checking *in, bakery_environment *environment, const bakery_access_type *type,
                        bakery_group *group)
{
        bakery_config *config = in->config;
        struct arena *arena = &config->arena;
        struct settings both;

        group->environment = environment;
        group->access_type = type;
        group->name =
                bakery__arena_format(arena, "%s%s%s", bakery_config_team_name(config), environment->name, type->name);
        group->logical_id = bakery__arena_format(arena, "Group%s%s", environment->logical_id, type->logical_id);
        return group->name && group->logical_id &&
               bakery__settings_merge(&environment->level, &config->defaults, arena, &both) &&
               bakery__settings_merge(&type->level, &both, arena, &group->settings) &&
               bakery__frame_role_names(group, arena) && bakery__shards_fill(group, arena);
}

static bool build_groups(struct checking *in, bakery_environment *environment)
{
        bakery_config *config = in->config;

        environment->groups = bakery__arena_array(&config->arena, config->n_access_types, sizeof *environment->groups);
        if (!environment->groups)
                return false;
        for (size_t i = 0; i < config->n_access_types; i++) {
                bakery_group *group = &environment->groups[environment->n_groups];

                if (!exists_in(environment, &config->access_types[i]))
                        continue;
                if (!build_group(in, environment, &config->access_types[i], group))
                        return false;
                environment->n_groups++;
        }
        return true;
}

static size_t count_groups(const bakery_config *config)
{
        size_t n = 0;

        for (size_t i = 0; i < config->n_environments; i++) {
                size_t listed = config->environments[i].access_types.count;

                n += listed ? listed : config->n_access_types;
        }
        return n;
}

/* Groups multiply: a file of ten thousand environments and types must end in a sentence, not in memory. */
static bool too_many_groups(struct checking *in)
{
        const struct limit *limit = bakery__limit(LIMIT_GROUPS);
        size_t n = count_groups(in->config) + 2; /* the Bakery's own */

        if (n <= limit->at_most)
                return false;

        struct finding *finding = bakery__mistake(
                in, "too-many-groups", bakery__place_of_key(in, "Environments"),
                "%zu groups (environments x access types + 2), and an account has at most %zu", n, limit->at_most);
        bakery__hint(in, finding, "give environments only the AccessTypes they need");
        return true;
}

static bool build_all_groups(struct checking *in)
{
        if (too_many_groups(in))
                return true;
        for (size_t i = 0; i < in->config->n_environments; i++)
                if (!build_groups(in, &in->config->environments[i]))
                        return false;
        return true;
}

static bool build_users(struct checking *in)
{
        bakery_config *config = in->config;
        const struct yaml_node *list = bakery__yaml_get(in->root, "Users");

        config->users = bakery__arena_array(&config->arena, count_of(list), sizeof *config->users);
        if (!config->users)
                return false;
        for (const struct yaml_node *node = first_of(list); node; node = node->next) {
                bakery_user *user = &config->users[config->n_users++];
                const struct yaml_node *name = bakery__yaml_get(node, "Name");

                user->name = (struct word){ or_empty(text_of(name)), place_of(name) };
                user->until = text_of(bakery__yaml_get(node, "Until"));
                if (!take_words(in, bakery__yaml_get(node, "Groups"), &user->groups))
                        return false;
        }
        return true;
}

/* The one of the file, else that of the region, else aws. */
static const struct partition *partition_of(const struct raw_config *raw)
{
        if (raw->partition)
                return bakery__partition_find(raw->partition);
        return raw->region ? bakery__partition_of_region(raw->region) : bakery__partition_find("aws");
}

static bool build_texts(struct checking *in)
{
        bakery_config *config = in->config;
        const struct raw_config *raw = config->raw.config;
        const char *team = bakery_config_team_name(config);
        const struct yaml_node *hook = bakery__yaml_get(in->root, "SlackChannelHookUrl");

        config->partition = partition_of(raw);
        config->per_environment = bakery__str_equal(raw->layout, "PerEnvironment");
        config->organization_id = raw->organization_id;
        config->admin_group = bakery__arena_format(&config->arena, "%sAwsBakeryAdmin", team);
        config->read_only_group = bakery__arena_format(&config->arena, "%sAwsBakeryReadOnly", team);
        return config->admin_group && config->read_only_group &&
               (!hook || bakery__secret_set(&config->slack_hook, bakery__span(hook->text))) &&
               bakery__settings_read(&raw->defaults, bakery__yaml_get(in->root, "Defaults"), &config->arena,
                                     &config->defaults) &&
               split_words(in, bakery__yaml_get(in->root, "AdminGroups"), &config->admin_groups) &&
               read_words(in, raw->expected_admins, raw->n_expected_admins,
                          bakery__yaml_get(in->root, "ExpectedAdmins"), &config->expected_admins);
}

static bool name_template_files(struct checking *in)
{
        bakery_config *config = in->config;

        config->template_files =
                bakery__arena_array(&config->arena, config->n_environments, sizeof *config->template_files);
        if (!config->template_files)
                return false;
        for (size_t i = 0; i < config->n_environments; i++) {
                config->template_files[i] =
                        bakery__arena_format(&config->arena, "bakery_env_%s.json", config->environments[i].name);
                if (!config->template_files[i])
                        return false;
        }
        return true;
}

bakery_status bakery__build(struct checking *in, bakery_error **err)
{
        static bool (*const parts[])(struct checking *) = {
                build_texts, build_access_types, build_environments, build_all_groups, build_users, name_template_files,
        };

        for (size_t i = 0; i < N_ELEMENTS(parts); i++)
                if (!parts[i](in))
                        return bakery__fail_memory(err);
        return BAKERY_OK;
}
