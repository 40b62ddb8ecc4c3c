/* bakery_env.json: for each environment and access type the group, and what its members may assume. */
#include "model/policy.h"
#include "template/cfn.h"
#include "template/emit.h"

/* Immutable in IAM: another text would replace the policy, which its custom name forbids. Never change it. */
static const char description[] = "This policy allows to assume a role";

static void put_inline_policy(struct json *json, struct cJSON *group_properties, const bakery_group *group,
                              const struct shard *shard)
{
        struct cJSON *policies = bakery__json_array(json, group_properties, "Policies");
        struct cJSON *policy = bakery__json_object(json, policies, NULL);

        bakery__json_text(json, policy, "PolicyName", shard->name);
        bakery__policy_of_group(json, policy, "PolicyDocument", group, shard);
}

static void put_managed_policy(struct json *json, struct cJSON *template, const bakery_group *group,
                               const struct shard *shard)
{
        struct cJSON *properties =
                bakery__cfn_resource(json, template, shard->logical_id, "AWS::IAM::ManagedPolicy", NULL);

        bakery__json_text(json, properties, "ManagedPolicyName", shard->name);
        bakery__json_text(json, properties, "Description", description);
        bakery__cfn_ref(json, bakery__json_array(json, properties, "Groups"), NULL, group->logical_id);
        bakery__policy_of_group(json, properties, "PolicyDocument", group, shard);
}

static void put_group(struct json *json, struct cJSON *template, const bakery_group *group)
{
        struct cJSON *properties = bakery__cfn_resource(json, template, group->logical_id, "AWS::IAM::Group", NULL);

        bakery__json_text(json, properties, "GroupName", group->name);
        for (size_t i = 0; i < group->n_shards; i++) {
                if (group->shards[i].is_inline)
                        put_inline_policy(json, properties, group, &group->shards[i]);
                else
                        put_managed_policy(json, template, group, &group->shards[i]);
        }
}

void bakery__emit_bakery_env(struct json *json, const bakery_config *config, const bakery_environment *environment)
{
        struct cJSON *template = bakery__cfn_begin(
                json, "Bakery: the groups of the environments, and the burger roles that their members may assume");

        for (size_t i = 0; i < config->n_environments; i++) {
                const bakery_environment *each = &config->environments[i];

                if (environment && environment != each)
                        continue;
                for (size_t k = 0; k < each->n_groups; k++)
                        put_group(json, template, &each->groups[k]);
        }
}
