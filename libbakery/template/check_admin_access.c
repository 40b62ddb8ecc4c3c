/*
 * check_admin_access.json: the check of who sits in the admin groups, as a function that runs every day. The function
 * is bakery-cli itself, the bootstrap of a custom runtime.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
 */
#include <string.h>

#include "base/buf.h"
#include "model/admin_watch.h"
#include "template/cfn.h"
#include "template/emit.h"

#define HAS_HOOK_PARAMETER "HasSlackHookParameter"

static void put_joined(struct json *json, struct cJSON *parent, const char *key, const struct words *words)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };

        for (size_t i = 0; i < words->count; i++)
                bakery__buf_format(&text, "%s%s", i ? "," : "", words->at[i].text);
        json->no_memory |= text.no_memory;
        bakery__json_text(json, parent, key, text.at ? text.at : "");
}

/*
 * The webhook itself never is a default: whoever has it can post. The name of the parameter that holds it is no secret,
 * and makes the other one needless.
 */
static void put_hook_parameters(struct json *json, struct cJSON *template, const bakery_config *config)
{
        const char *hook = bakery__secret_reveal(&config->slack_hook);
        const bool is_named = bakery__str_starts(hook, HOOK_OF_SSM);
        struct cJSON *url = bakery__cfn_parameter(json, template, "SlackChannelHookUrl", "String",
                                                  "The webhook of the channel, unless SlackHookParameter names it");

        bakery__json_bool(json, url, "NoEcho", true);
        bakery__json_optional_text(json, url, "Default", is_named ? "" : NULL);
        struct cJSON *name =
                bakery__cfn_parameter(json, template, "SlackHookParameter", "String",
                                      "The parameter of Systems Manager that holds the webhook, /its/name");
        bakery__json_text(json, name, "Default", is_named ? hook + strlen(HOOK_OF_SSM) : "");
        bakery__json_text(json, name, "AllowedPattern", "^(/[A-Za-z0-9_./-]+)?$");

        struct cJSON *conditions = bakery__cfn_section(json, template, "Conditions");
        struct cJSON *is_empty = bakery__json_object(
                json, bakery__json_array(json, bakery__json_object(json, conditions, HAS_HOOK_PARAMETER), "Fn::Not"),
                NULL);
        struct cJSON *equal = bakery__json_array(json, is_empty, "Fn::Equals");
        bakery__cfn_ref(json, equal, NULL, "SlackHookParameter");
        bakery__json_text(json, equal, NULL, "");
}

static void put_parameters(struct json *json, struct cJSON *template, const bakery_config *config)
{
        struct cJSON *prefix = bakery__cfn_parameter(json, template, "Prefix", "String", "Put before the names");

        bakery__json_text(json, prefix, "Default", bakery_config_prefix(config));
        bakery__json_text(json, prefix, "AllowedPattern", "^[A-Za-z0-9_-]*$");
        bakery__cfn_parameter(json, template, "CheckSum", "String",
                              "The checksum in the name of the function's zip file");
        struct cJSON *bucket = bakery__cfn_parameter(json, template, "LambdaS3Bucket", "String",
                                                     "The S3 bucket that holds the function's zip file");
        bakery__json_optional_text(json, bucket, "Default", config->raw.config->template_bucket);
        struct cJSON *channel =
                bakery__cfn_parameter(json, template, "SlackChannel", "String", "The channel to post to");
        bakery__json_text(json, channel, "Default",
                          config->raw.config->slack_channel ? config->raw.config->slack_channel : "");
        put_hook_parameters(json, template, config);
        struct cJSON *groups = bakery__cfn_parameter(json, template, "AdminGroups", "String",
                                                     "The groups to watch, with commas between them");
        put_joined(json, groups, "Default", &config->admin_groups);
        struct cJSON *days = bakery__cfn_parameter(json, template, "RetentionInDays", "Number",
                                                   "How many days the function's log is kept");
        bakery__json_number(json, days, "Default", 30);
        struct cJSON *architecture = bakery__cfn_parameter(json, template, "Architecture", "String",
                                                           "What processor the zip file was built for");
        bakery__json_text(json, architecture, "Default", "x86_64");
        struct cJSON *allowed = bakery__json_array(json, architecture, "AllowedValues");
        bakery__json_text(json, allowed, NULL, "x86_64");
        bakery__json_text(json, allowed, NULL, "arm64");
}

/* What the check reads, and nothing else; each is one call of access/admin_check.c or access/notify.c. */
static void put_reads(struct json *json, struct cJSON *role)
{
        struct cJSON *policy = bakery__json_object(json, bakery__json_array(json, role, "Policies"), NULL);

        bakery__json_text(json, policy, "PolicyName", "CheckAdminAccess");
        struct cJSON *statements = bakery__cfn_document(json, policy, "PolicyDocument");
        struct cJSON *details = bakery__cfn_allow(json, statements, "iam:GetAccountAuthorizationDetails");
        bakery__json_text(json, details, "Resource", "*"); /* IAM takes no other for it */
        struct cJSON *devices = bakery__cfn_allow(json, statements, "iam:ListMFADevices");
        bakery__cfn_sub(json, devices, "Resource", "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/*");

        struct cJSON *choice = bakery__json_array(json, bakery__json_object(json, statements, NULL), "Fn::If");
        bakery__json_text(json, choice, NULL, HAS_HOOK_PARAMETER);
        struct cJSON *parameter = bakery__cfn_allow(json, choice, "ssm:GetParameter");
        bakery__cfn_sub(json, parameter, "Resource",
                        "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${SlackHookParameter}");
        bakery__cfn_ref(json, choice, NULL, "AWS::NoValue");
}

static void put_role(struct json *json, struct cJSON *template)
{
        struct cJSON *role = bakery__cfn_resource(json, template, "CheckAdminAccessRole", "AWS::IAM::Role", NULL);

        bakery__cfn_sub(json, role, "RoleName", "${Prefix}Bakery-CheckAdminAccess");
        put_reads(json, role);
        struct cJSON *trust =
                bakery__cfn_allow(json, bakery__cfn_document(json, role, "AssumeRolePolicyDocument"), "sts:AssumeRole");
        bakery__json_text(json, bakery__json_object(json, trust, "Principal"), "Service", "lambda.amazonaws.com");

        struct cJSON *logging = bakery__cfn_resource(json, template, "LoggingPolicy", "AWS::IAM::ManagedPolicy", NULL);
        bakery__cfn_sub(json, logging, "ManagedPolicyName", "${Prefix}CheckAdminAccessLogs");
        bakery__cfn_ref(json, bakery__json_array(json, logging, "Roles"), NULL, "CheckAdminAccessRole");
        struct cJSON *logs = bakery__cfn_allow(json, bakery__cfn_document(json, logging, "PolicyDocument"), NULL);
        struct cJSON *actions = bakery__json_array(json, logs, "Action");
        bakery__json_text(json, actions, NULL, "logs:CreateLogStream");
        bakery__json_text(json, actions, NULL, "logs:PutLogEvents");
        bakery__cfn_sub(json, logs, "Resource",
                        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
                        "/aws/lambda/${Prefix}CheckAdminAccess:*");
}

static void put_hook_variable(struct json *json, struct cJSON *variables)
{
        struct cJSON *choice =
                bakery__json_array(json, bakery__json_object(json, variables, SLACK_HOOK_VARIABLE), "Fn::If");

        bakery__json_text(json, choice, NULL, HAS_HOOK_PARAMETER);
        bakery__cfn_sub(json, choice, NULL, HOOK_OF_SSM "${SlackHookParameter}");
        bakery__cfn_ref(json, choice, NULL, "SlackChannelHookUrl");
}

static void put_variables(struct json *json, struct cJSON *function, const bakery_config *config)
{
        struct cJSON *variables =
                bakery__json_object(json, bakery__json_object(json, function, "Environment"), "Variables");
        AUTO_CLEAR(buf) ends = { .max = 1 << 20 };

        bakery__membership_ends_put(&ends, config);
        json->no_memory |= ends.no_memory;
        bakery__cfn_ref(json, variables, ADMIN_GROUPS_VARIABLE, "AdminGroups");
        bakery__json_text(json, variables, OWN_ADMIN_GROUP_VARIABLE, config->admin_group);
        put_joined(json, variables, EXPECTED_ADMINS_VARIABLE, &config->expected_admins);
        bakery__json_text(json, variables, MEMBERSHIP_ENDS_VARIABLE, ends.at ? ends.at : "");
        bakery__cfn_ref(json, variables, SLACK_CHANNEL_VARIABLE, "SlackChannel");
        put_hook_variable(json, variables);
}

static void put_function(struct json *json, struct cJSON *template, const bakery_config *config)
{
        struct cJSON *function =
                bakery__cfn_resource(json, template, "CheckAdminAccess", "AWS::Lambda::Function", NULL);

        bakery__cfn_sub(json, function, "FunctionName", "${Prefix}CheckAdminAccess");
        bakery__json_text(json, function, "Description", "Tells who sits in the admin groups");
        bakery__json_text(json, function, "Runtime", "provided.al2023");
        bakery__json_text(json, function, "Handler", "bootstrap");
        bakery__cfn_ref(json, bakery__json_array(json, function, "Architectures"), NULL, "Architecture");
        bakery__cfn_get_att(json, function, "Role", "CheckAdminAccessRole", "Arn");
        bakery__json_number(json, function, "MemorySize", 256);
        bakery__json_number(json, function, "Timeout", 300);
        put_variables(json, function, config);
        struct cJSON *code = bakery__json_object(json, function, "Code");
        bakery__cfn_ref(json, code, "S3Bucket", "LambdaS3Bucket");
        bakery__cfn_sub(json, code, "S3Key", "check_admin_access.${CheckSum}.zip");

        struct cJSON *log =
                bakery__cfn_resource(json, template, "LogGroupCheckAdminAccess", "AWS::Logs::LogGroup", NULL);
        bakery__cfn_sub(json, log, "LogGroupName", "/aws/lambda/${Prefix}CheckAdminAccess");
        bakery__cfn_ref(json, log, "RetentionInDays", "RetentionInDays");
}

static void put_schedule(struct json *json, struct cJSON *template)
{
        struct cJSON *rule =
                bakery__cfn_resource(json, template, "CheckAdminAccessCloudWatchEvent", "AWS::Events::Rule", NULL);

        bakery__cfn_sub(json, rule, "Name", "${Prefix}CheckAdminAccess");
        bakery__json_text(json, rule, "Description", "Runs the check of the admin groups every day");
        bakery__json_text(json, rule, "ScheduleExpression", "cron(0 22 * * ? *)");
        bakery__json_text(json, rule, "State", "ENABLED");
        struct cJSON *target = bakery__json_object(json, bakery__json_array(json, rule, "Targets"), NULL);
        bakery__json_text(json, target, "Id", "Target1");
        bakery__cfn_get_att(json, target, "Arn", "CheckAdminAccess", "Arn");

        struct cJSON *permission =
                bakery__cfn_resource(json, template, "CheckAdminAccessPermission", "AWS::Lambda::Permission", NULL);
        bakery__cfn_ref(json, permission, "FunctionName", "CheckAdminAccess");
        bakery__json_text(json, permission, "Action", "lambda:InvokeFunction");
        bakery__json_text(json, permission, "Principal", "events.amazonaws.com");
        bakery__cfn_get_att(json, permission, "SourceArn", "CheckAdminAccessCloudWatchEvent", "Arn");
}

void bakery__emit_check_admin_access(struct json *json, const bakery_config *config,
                                     const bakery_environment *environment)
{
        struct cJSON *template = bakery__cfn_begin(json, "Bakery: the daily check of who sits in the admin groups");

        (void)environment;
        put_parameters(json, template, config);
        put_role(json, template);
        put_function(json, template, config);
        put_schedule(json, template);
}
