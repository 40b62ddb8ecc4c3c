/* The check of AWS's limits, offline, each with the line that causes it. */
#include <string.h>

#include "model/admin_watch.h"
#include "model/checking.h"
#include "model/limits.h"
#include "model/policy.h"

static size_t count_policies(const bakery_environment *environment)
{
        size_t n = 0;

        for (size_t i = 0; i < environment->n_groups; i++)
                for (size_t k = 0; k < environment->groups[i].n_shards; k++)
                        n += !environment->groups[i].shards[k].is_inline;
        return n;
}

struct counts {
        size_t groups, policies;
};

static struct counts count_all(const bakery_config *config)
{
        struct counts counts = { 2, 1 }; /* the Bakery's own */

        for (size_t i = 0; i < config->n_environments; i++) {
                counts.groups += config->environments[i].n_groups;
                counts.policies += count_policies(&config->environments[i]);
        }
        return counts;
}

static void check_count(struct checking *in, enum limit_id id, const char *what, size_t n)
{
        const struct limit *limit = bakery__limit(id);
        struct place place = bakery__place_of_key(in, "Environments");

        if (n > limit->at_most) {
                bakery__mistake(in, "account-limit", place, "%zu %s, and an account has at most %zu", n, what,
                                limit->at_most);
        } else if (n > limit->value) {
                struct finding *finding = bakery__warning(in, "account-limit", place,
                                                          "%zu %s, and a new account takes %zu", n, what, limit->value);

                bakery__hint(in, finding, "ask AWS to raise the quota, to %zu at most: %s", limit->at_most,
                             limit->source);
        }
}

/* Someone who may do everything everywhere sits in each group. */
static void check_groups_per_user(struct checking *in, size_t n_groups)
{
        size_t limit = bakery__limit(LIMIT_GROUPS_PER_USER)->value;

        if (n_groups > limit)
                bakery__warning(in, "groups-per-user", bakery__place_of_key(in, "Environments"),
                                "there are %zu groups, and a user can be in %zu: nobody can have all of them", n_groups,
                                limit);
        for (size_t i = 0; i < in->config->n_users; i++) {
                const bakery_user *user = &in->config->users[i];

                if (user->groups.count > limit)
                        bakery__mistake(in, "groups-per-user", user->name.place,
                                        "user \"%s\" is in %zu groups, and IAM takes %zu", user->name.text,
                                        user->groups.count, limit);
        }
}

static size_t fitting_accounts(const bakery_group *group)
{
        size_t n = 0;

        for (size_t i = 0; i < group->n_shards; i++)
                n += group->shards[i].count;
        return n;
}

/* One finding an environment: all its groups name the same accounts. */
static void check_overflow(struct checking *in, const bakery_environment *environment)
{
        for (size_t i = 0; i < environment->n_groups; i++) {
                const bakery_group *group = &environment->groups[i];

                if (!group->overflowing)
                        continue;

                struct finding *finding = bakery__mistake(
                        in, "too-many-accounts", environment->place,
                        "environment \"%s\" has %zu accounts, and %zu fit the policies of group %s", environment->name,
                        environment->n_accounts, fitting_accounts(group), group->name);
                bakery__hint(in, finding,
                             "split the environment, or set OrganizationId with a RolePath: see bakery-config(5)");
                return;
        }
}

static bool compact_size(const struct json *json, size_t *ret_chars)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 24 };
        bakery_status st = bakery__json_print(json, JSON_COMPACT, &text, "policy", NULL);

        *ret_chars = text.len;
        return st == BAKERY_OK;
}

/* Environments mostly differ in nothing that the trust policy says: told once a type. */
static void check_trust(struct checking *in, const bakery_access_type *type)
{
        const struct limit *limit = bakery__limit(LIMIT_TRUST_CHARS);

        for (size_t i = 0; i < in->config->n_environments; i++) {
                const bakery_group *group = bakery_environment_find_group(&in->config->environments[i], type->name);
                AUTO_CLEAR(json) trust = { 0 };
                size_t chars = 0;

                if (!group)
                        continue;
                bakery__policy_of_trust(&trust, NULL, NULL, group, bakery__put_bakery_root);
                if (!compact_size(&trust, &chars))
                        in->no_memory = true;
                if (chars <= limit->value)
                        continue;

                struct finding *finding =
                        bakery__mistake(in, "trust-too-long", type->place,
                                        "the trust policy of access type \"%s\" has %zu characters, and "
                                        "IAM takes %zu",
                                        type->name, chars, limit->value);
                bakery__hint(in, finding, "give it fewer MachinePrincipals or SessionTags, or shorter ones");
                return;
        }
}

static void check_access_type(struct checking *in, const bakery_access_type *type)
{
        size_t policies = bakery__limit(LIMIT_POLICIES_PER_ROLE)->value;
        size_t inline_chars = bakery__limit(LIMIT_ROLE_INLINE_CHARS)->value, chars = 0;

        if (type->policy_arns.count > policies)
                bakery__hint(in,
                             bakery__mistake(in, "policies-per-role", type->policy_arns.at[policies].place,
                                             "access type \"%s\" has %zu managed policies, and a role takes %zu",
                                             type->name, type->policy_arns.count, policies),
                             "join some of them into one policy of your own, or into InlinePolicy");
        if (type->inline_policy.root && !compact_size(&type->inline_policy, &chars))
                in->no_memory = true;
        if (chars > inline_chars)
                bakery__hint(in,
                             bakery__mistake(in, "inline-policy", type->inline_policy_place,
                                             "InlinePolicy has %zu characters, and a role takes %zu", chars,
                                             inline_chars),
                             "make a managed policy of it, and name that in PolicyArns");
        check_trust(in, type);
}

static void check_tags(struct checking *in, const struct settings *level)
{
        size_t limit = bakery__limit(LIMIT_TAGS)->value;

        if (level->n_tags > limit)
                bakery__mistake(in, "too-many-tags", level->tags_place,
                                "the Tags of all levels together are %zu, and a role takes %zu", level->n_tags, limit);
}

static void check_group_tags(struct checking *in, const bakery_environment *environment)
{
        for (size_t i = 0; i < environment->n_groups; i++) {
                const struct settings *settings = &environment->groups[i].settings;

                if (settings->n_tags > bakery__limit(LIMIT_TAGS)->value) {
                        check_tags(in, settings);
                        return;
                }
        }
}

/* Groups and policies of the nested stack, or stacks. */
static size_t resources_of(const bakery_environment *environment)
{
        return environment->n_groups + count_policies(environment);
}

static void check_single_layout(struct checking *in, size_t resources)
{
        size_t limit = bakery__limit(LIMIT_RESOURCES)->value;

        if (resources <= limit)
                return;

        struct finding *finding =
                bakery__mistake(in, "too-many-resources", bakery__place_of_key(in, "Environments"),
                                "bakery_env.json would have %zu resources, and a template takes %zu", resources, limit);
        bakery__hint(in, finding,
                     "set Layout: PerEnvironment; groups that are deployed must be retained and imported: see "
                     "bakery-config(5)");
}

static void check_nested_layout(struct checking *in, size_t resources)
{
        size_t limit = bakery__limit(LIMIT_RESOURCES)->value, nested = bakery__limit(LIMIT_NESTED_RESOURCES)->value;

        for (size_t i = 0; i < in->config->n_environments; i++) {
                const bakery_environment *environment = &in->config->environments[i];

                if (resources_of(environment) > limit)
                        bakery__hint(in,
                                     bakery__mistake(in, "too-many-resources", environment->place,
                                                     "bakery_env_%s.json would have %zu resources, and a template "
                                                     "takes %zu",
                                                     environment->name, resources_of(environment), limit),
                                     "split the environment, or give it only the AccessTypes it needs");
        }
        if (resources > nested)
                bakery__hint(in,
                             bakery__mistake(in, "too-many-resources", bakery__place_of_key(in, "Environments"),
                                             "the nested stacks would have %zu resources together, and one operation "
                                             "takes %zu",
                                             resources, nested),
                             "give environments only the AccessTypes they need");
}

static void check_resources(struct checking *in)
{
        size_t resources = 0;

        for (size_t i = 0; i < in->config->n_environments; i++)
                resources += resources_of(&in->config->environments[i]);
        if (in->config->per_environment)
                check_nested_layout(in,
                                    resources + in->config->n_environments + 5); /* the stacks, and the Bakery's own */
        else
                check_single_layout(in, resources);
}

/* As the template joins them: a comma between two. */
static size_t joined_length(const struct words *words)
{
        size_t length = words->count > 0 ? words->count - 1 : 0;

        for (size_t i = 0; i < words->count; i++)
                length += strlen(words->at[i].text);
        return length;
}

/* All of it is in the environment of one Lambda function; a parameter of CloudFormation would take a little more. */
static void check_admin_lists(struct checking *in)
{
        const char *channel = in->config->raw.config ? in->config->raw.config->slack_channel : NULL;
        size_t limit = bakery__limit(LIMIT_ADMIN_LIST_CHARS)->value;
        AUTO_CLEAR(buf) ends = { .max = 1 << 24 };

        bakery__membership_ends_put(&ends, in->config);
        in->no_memory |= ends.no_memory;
        size_t length = joined_length(&in->config->admin_groups) + joined_length(&in->config->expected_admins) +
                        ends.len + (channel ? strlen(channel) : 0);
        if (in->config->admin_groups.count == 0 || length <= limit) /* without groups there is no function */
                return;

        struct finding *finding =
                bakery__mistake(in, "admin-lists-too-long", bakery__place_of_key(in, "AdminGroups"),
                                "AdminGroups, ExpectedAdmins, SlackChannel and the Users with an end in these groups "
                                "have %zu characters, and the environment of the admin check's function takes %zu",
                                length, limit);
        bakery__hint(in, finding, "name only the groups that must be watched");
}

void bakery__check_limits(struct checking *in)
{
        struct counts counts = count_all(in->config);

        check_count(in, LIMIT_GROUPS, "groups", counts.groups);
        check_count(in, LIMIT_POLICIES, "customer managed policies", counts.policies);
        check_groups_per_user(in, counts.groups);
        check_resources(in);
        check_admin_lists(in);
        for (size_t i = 0; i < in->config->n_access_types; i++)
                check_access_type(in, &in->config->access_types[i]);
        for (size_t i = 0; i < in->config->n_environments; i++) {
                check_overflow(in, &in->config->environments[i]);
                check_group_tags(in, &in->config->environments[i]);
        }
}
