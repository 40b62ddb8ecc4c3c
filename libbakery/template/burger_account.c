/*
 * burger_account.json: the roles of a burger account. One template serves all environments, so that it can also be
 * a stack set: where environments differ, conditions on the parameter Environment choose.
 */
#include <string.h>

#include "base/buf.h"
#include "model/names.h"
#include "model/policy.h"
#include "template/cfn.h"
#include "template/emit.h"

/* What the roles of one type are like in some environments. */
struct variant {
        struct json properties;
        char *text; /* the properties, to compare them by */
        const char **environments;
        size_t n_environments;
};

struct role {
        const bakery_access_type *type;
        bool of_set;              /* one template for accounts of several names */
        struct variant *variants; /* in the order of their first environments */
        size_t n_variants;
};

static void clear_role(struct role *role)
{
        for (size_t i = 0; i < role->n_variants; i++) {
                bakery__json_clear(&role->variants[i].properties);
                free(role->variants[i].text);
                free(role->variants[i].environments);
        }
        free(role->variants);
}
DEFINE_AUTO_CLEAR(role, clear_role)

static void put_bakery_parameter(struct json *json, struct cJSON *parent, const char *key, const bakery_config *config)
{
        (void)config;
        bakery__cfn_sub(json, parent, key, "arn:${AWS::Partition}:iam::${BakeryAccount}:root");
}

static void put_tags(struct json *json, struct cJSON *properties, const struct settings *settings)
{
        if (settings->n_tags == 0)
                return;

        struct cJSON *tags = bakery__json_array(json, properties, "Tags");
        for (size_t i = 0; i < settings->n_tags; i++) {
                struct cJSON *tag = bakery__json_object(json, tags, NULL);

                bakery__json_text(json, tag, "Key", settings->tags[i].key);
                bakery__json_text(json, tag, "Value", settings->tags[i].value);
        }
}

static void put_policies(struct json *json, struct cJSON *properties, const bakery_access_type *type)
{
        if (type->policy_arns.count > 0) {
                struct cJSON *arns = bakery__json_array(json, properties, "ManagedPolicyArns");

                for (size_t i = 0; i < type->policy_arns.count; i++)
                        bakery__cfn_policy_arn(json, arns, NULL, type->policy_arns.at[i].text);
        }
        if (type->inline_policy.root) {
                struct cJSON *policy =
                        bakery__json_object(json, bakery__json_array(json, properties, "Policies"), NULL);

                bakery__json_text(json, policy, "PolicyName", type->name);
                bakery__json_copy(json, policy, "PolicyDocument", type->inline_policy.root);
        }
}

/* In a stack set the account's name is looked up by its id: a parameter would have to be overridden in each account. */
static void put_mapped_name(struct json *json, struct cJSON *properties, const bakery_group *group)
{
        struct cJSON *name = bakery__json_object(json, properties, "RoleName");
        struct cJSON *sub = bakery__json_array(json, name, "Fn::Sub");

        bakery__json_format(json, sub, NULL, "${AccountName}-${Environment}-%s", group->access_type->name);
        struct cJSON *variables = bakery__json_object(json, sub, NULL);
        struct cJSON *found =
                bakery__json_array(json, bakery__json_object(json, variables, "AccountName"), "Fn::FindInMap");
        bakery__json_text(json, found, NULL, BURGER_SET_MAPPING);
        bakery__cfn_ref(json, found, NULL, "AWS::AccountId");
        bakery__json_text(json, found, NULL, BURGER_SET_NAME);
}

/* The properties of the group's role, in the order in which they are printed. */
static void put_properties(struct json *json, const bakery_group *group, bool of_set)
{
        const struct settings *settings = &group->settings;
        struct cJSON *properties = bakery__json_root(json);

        if (of_set)
                put_mapped_name(json, properties, group);
        else
                bakery__json_format(json, bakery__json_object(json, properties, "RoleName"), "Fn::Sub",
                                    "${AccountName}-${Environment}-%s", group->access_type->name);
        if (strcmp(bakery__role_path(group), "/") != 0)
                bakery__json_text(json, properties, "Path", bakery__role_path(group));
        bakery__policy_of_trust(json, properties, "AssumeRolePolicyDocument", group, put_bakery_parameter);
        put_policies(json, properties, group->access_type);
        if (settings->max_session_duration_s > 0)
                bakery__json_number(json, properties, "MaxSessionDuration", settings->max_session_duration_s);
        if (settings->permissions_boundary)
                bakery__cfn_policy_arn(json, properties, "PermissionsBoundary", settings->permissions_boundary);
        put_tags(json, properties, settings);
}

static char *printed(const struct json *json)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 24 };
        char *taken = NULL;

        if (bakery__json_print(json, JSON_COMPACT, &text, "role", NULL) ||
            bakery__buf_take(&text, "role", &taken, NULL, NULL))
                return NULL;
        return taken;
}

static struct variant *find_variant(const struct role *role, const char *text)
{
        for (size_t i = 0; i < role->n_variants; i++)
                if (strcmp(role->variants[i].text, text) == 0)
                        return &role->variants[i];
        return NULL;
}

static struct variant *add_variant(struct role *role, struct json *properties, char **text, size_t n_environments)
{
        struct variant *variant = &role->variants[role->n_variants];

        variant->environments = calloc(n_environments, sizeof *variant->environments);
        if (!variant->environments)
                return NULL;
        variant->properties.root = STEAL(properties->root);
        variant->text = STEAL(*text);
        role->n_variants++;
        return variant;
}

static bool add_group(struct role *role, const bakery_group *group, size_t n_environments)
{
        AUTO_CLEAR(json) properties = { 0 };

        put_properties(&properties, group, role->of_set);
        AUTO_FREE char *text = printed(&properties);
        struct variant *variant = text ? find_variant(role, text) : NULL;
        if (text && !variant)
                variant = add_variant(role, &properties, &text, n_environments);
        if (!variant)
                return false;
        variant->environments[variant->n_environments++] = group->environment->name;
        return true;
}

static bool collect(struct role *role, const bakery_config *config, const bakery_access_type *type)
{
        role->type = type;
        role->variants = calloc(config->n_environments, sizeof *role->variants);
        if (!role->variants)
                return false;
        for (size_t i = 0; i < config->n_environments; i++) {
                const bakery_group *group = bakery_environment_find_group(&config->environments[i], type->name);

                if (group && !add_group(role, group, config->n_environments))
                        return false;
        }
        return true;
}

static size_t count_environments(const struct role *role)
{
        size_t n = 0;

        for (size_t i = 0; i < role->n_variants; i++)
                n += role->variants[i].n_environments;
        return n;
}

static const struct cJSON *property(const struct variant *variant, const char *key)
{
        return bakery__json_get(variant->properties.root, key);
}

static bool is_same_everywhere(const struct role *role, const char *key)
{
        for (size_t i = 1; i < role->n_variants; i++)
                if (!bakery__json_equal(property(&role->variants[0], key), property(&role->variants[i], key)))
                        return false;
        return true;
}

/* "RoleAdminVariant2": the environments of the second variant. The first one has no condition, it is what is left. */
static void name_condition(struct buf *name, const struct role *role, size_t i)
{
        name->len = 0;
        bakery__buf_format(name, "Role%sVariant%zu", role->type->logical_id, i + 1);
}

/* The property as a variant has it. */
static void put_value(struct json *json, struct cJSON *parent, const char *key, const struct variant *variant,
                      const char *property_key)
{
        const struct cJSON *value = property(variant, property_key);

        if (value)
                bakery__json_copy(json, parent, key, value);
        else
                bakery__cfn_ref(json, parent, key, "AWS::NoValue");
}

/* Fn::If over variant i and those behind it; the first one is what is left when none of them fits. */
static void put_choice(struct json *json, struct cJSON *parent, const char *key, const struct role *role,
                       const char *property_key, size_t i)
{
        AUTO_CLEAR(buf) condition = { .max = 512 };

        if (i == role->n_variants) {
                put_value(json, parent, key, &role->variants[0], property_key);
                return;
        }
        name_condition(&condition, role, i);
        json->no_memory |= condition.no_memory;

        struct cJSON *choice = bakery__json_array(json, bakery__json_object(json, parent, key), "Fn::If");
        bakery__json_text(json, choice, NULL, condition.at ? condition.at : "");
        put_value(json, choice, NULL, &role->variants[i], property_key);
        put_choice(json, choice, NULL, role, property_key, i + 1);
}

static void put_role(struct json *json, struct cJSON *template, const struct role *role, const bakery_config *config)
{
        static const char *const keys[] = { "RoleName",
                                            "Path",
                                            "AssumeRolePolicyDocument",
                                            "ManagedPolicyArns",
                                            "Policies",
                                            "MaxSessionDuration",
                                            "PermissionsBoundary",
                                            "Tags" };
        AUTO_CLEAR(buf) id = { .max = 512 }, condition = { .max = 512 };

        bakery__buf_format(&id, "Role%s", role->type->logical_id);
        bakery__buf_format(&condition, "Role%sExists", role->type->logical_id);
        if (!id.at || !condition.at) {
                json->no_memory = true;
                return;
        }

        bool everywhere = count_environments(role) == config->n_environments;
        struct cJSON *properties =
                bakery__cfn_resource(json, template, id.at, "AWS::IAM::Role", everywhere ? NULL : condition.at);
        for (size_t i = 0; i < N_ELEMENTS(keys); i++) {
                const struct cJSON *value = property(&role->variants[0], keys[i]);

                if (!is_same_everywhere(role, keys[i]))
                        put_choice(json, properties, keys[i], role, keys[i], 1);
                else if (value)
                        bakery__json_copy(json, properties, keys[i], value);
        }
}

static void put_variant_conditions(struct json *json, struct cJSON *template, const struct role *role)
{
        for (size_t i = 1; i < role->n_variants; i++) {
                struct cJSON *conditions = bakery__cfn_section(json, template, "Conditions");
                AUTO_CLEAR(buf) name = { .max = 512 };

                name_condition(&name, role, i);
                json->no_memory |= name.no_memory;
                bakery__cfn_environment_is_one_of(json, conditions, name.at ? name.at : "",
                                                  role->variants[i].environments, role->variants[i].n_environments);
        }
}

/* The environments that have the type, when some have not. */
static void put_exists_condition(struct json *json, struct cJSON *template, const struct role *role,
                                 const bakery_config *config)
{
        size_t n = 0;
        AUTO_FREE const char **names = NULL;
        AUTO_CLEAR(buf) name = { .max = 512 };

        if (count_environments(role) == config->n_environments)
                return;
        names = calloc(config->n_environments, sizeof *names);
        bakery__buf_format(&name, "Role%sExists", role->type->logical_id);
        if (!names || !name.at) {
                json->no_memory = true;
                return;
        }
        for (size_t i = 0; i < role->n_variants; i++)
                for (size_t k = 0; k < role->variants[i].n_environments; k++)
                        names[n++] = role->variants[i].environments[k];
        bakery__cfn_environment_is_one_of(json, bakery__cfn_section(json, template, "Conditions"), name.at, names, n);
}

static void put_parameters(struct json *json, struct cJSON *template, const bakery_config *config, bool of_set)
{
        struct cJSON *bakery = bakery__cfn_parameter(json, template, "BakeryAccount", "String",
                                                     "The account in which people live and from which they come");
        struct cJSON *name = of_set ? NULL
                                    : bakery__cfn_parameter(json, template, "AccountName", "String",
                                                            "The name of this burger account in config.yml");
        struct cJSON *environment = bakery__cfn_parameter(json, template, "Environment", "String",
                                                          "The environment of this burger account in config.yml");

        bakery__json_text(json, bakery, "Default", bakery_config_bakery_account_id(config));
        bakery__json_text(json, bakery, "AllowedPattern", "^[0-9]{12}$");
        if (name)
                bakery__json_text(json, name, "AllowedPattern", "^[A-Za-z0-9_+=,.@-]{1,64}$");
        struct cJSON *allowed = bakery__json_array(json, environment, "AllowedValues");
        for (size_t i = 0; i < config->n_environments; i++)
                bakery__json_text(json, allowed, NULL, config->environments[i].name);
}

static void put_mapping(struct json *json, struct cJSON *template, const struct burger_set *set)
{
        struct cJSON *mapping =
                bakery__json_object(json, bakery__cfn_section(json, template, "Mappings"), BURGER_SET_MAPPING);

        for (size_t i = 0; i < set->count; i++)
                bakery__json_text(json, bakery__json_object(json, mapping, set->accounts[i]->id), BURGER_SET_NAME,
                                  set->accounts[i]->name);
}

static void put_roles(struct json *json, struct cJSON *template, const bakery_config *config, bool of_set)
{
        for (size_t i = 0; i < config->n_access_types; i++) {
                AUTO_CLEAR(role) role = { .of_set = of_set };

                if (!collect(&role, config, &config->access_types[i]))
                        json->no_memory = true;
                if (role.n_variants == 0) /* no environment has it */
                        continue;
                put_variant_conditions(json, template, &role);
                put_exists_condition(json, template, &role, config);
                put_role(json, template, &role, config);
        }
}

void bakery__emit_burger_account(struct json *json, const bakery_config *config, const bakery_environment *environment)
{
        struct cJSON *template = bakery__cfn_begin(
                json, "Bakery: the roles of a burger account that people of the Bakery account assume");

        (void)environment;
        put_parameters(json, template, config, false);
        put_roles(json, template, config, false);
}

void bakery__emit_burger_set(struct json *json, const bakery_config *config, const struct burger_set *set)
{
        struct cJSON *template = bakery__cfn_begin(
                json, "Bakery: the roles of many burger accounts that people of the Bakery account assume");

        put_parameters(json, template, config, true);
        put_mapping(json, template, set);
        put_roles(json, template, config, true);
}
