/* bakery_stack.json: the stack of the Bakery account, and the stacks nested in it. */
#include "base/buf.h"
#include "formats/uri.h"
#include "template/cfn.h"
#include "template/emit.h"

static void put_nested_stack(struct json *json, struct cJSON *template, const char *logical_id, const char *file,
                             bool with_team_name)
{
        struct cJSON *stack = bakery__cfn_resource(json, template, logical_id, "AWS::CloudFormation::Stack", NULL);
        AUTO_CLEAR(buf) url = { .max = 1024 };

        bakery__buf_text(&url, "https://${CloudFormationS3Bucket}.s3.${AWS::Region}.${AWS::URLSuffix}/"
                               "${TemplateKeyPrefix}");
        bakery__uri_encode(&url, bakery__span(file), URI_KEEP_SLASH); /* S3 reads a plus in a path as a blank */
        if (url.at)
                bakery__cfn_sub(json, stack, "TemplateURL", url.at);
        else
                json->no_memory = true;
        if (with_team_name)
                bakery__cfn_ref(json, bakery__json_object(json, stack, "Parameters"), "TeamName", "TeamName");
}

static void put_parameters(struct json *json, struct cJSON *template, const bakery_config *config)
{
        struct cJSON *team = bakery__cfn_parameter(json, template, "TeamName", "String",
                                                   "Prefix of the names of IAM groups and policies");
        struct cJSON *bucket = bakery__cfn_parameter(json, template, "CloudFormationS3Bucket", "String",
                                                     "The S3 bucket that holds the templates of the nested stacks");
        struct cJSON *prefix = bakery__cfn_parameter(json, template, "TemplateKeyPrefix", "String",
                                                     "What stands before the file name in the keys of those templates");

        bakery__json_text(json, team, "Default", bakery_config_team_name(config));
        bakery__json_optional_text(json, bucket, "Default", config->raw.config->template_bucket);
        bakery__json_text(json, prefix, "Default", "");
}

static void put_environment_stacks(struct json *json, struct cJSON *template, const bakery_config *config)
{
        for (size_t i = 0; i < config->n_environments; i++) {
                AUTO_CLEAR(buf) logical_id = { .max = 512 };

                bakery__buf_format(&logical_id, "BakeryEnvironment%s", config->environments[i].logical_id);
                if (logical_id.at)
                        put_nested_stack(json, template, logical_id.at, config->template_files[i], false);
                else
                        json->no_memory = true;
        }
}

void bakery__emit_bakery_stack(struct json *json, const bakery_config *config, const bakery_environment *environment)
{
        struct cJSON *template = bakery__cfn_begin(
                json,
                "Bakery: the account in which people live as IAM users and groups, and enter burger accounts from");

        (void)environment;
        put_parameters(json, template, config);
        put_nested_stack(json, template, "BakeryAccount", "bakery_account.json", true);
        if (config->per_environment)
                put_environment_stacks(json, template, config);
        else
                put_nested_stack(json, template, "BakeryEnvironment", "bakery_env.json", false);
}
