#include <bakery/template.h>
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "deploy/resolve.h"
#include "support.h"
#include "template/cfn.h"
#include "template/emit.h"

Suite *template_suite(void);

#define TWO                                                                         \
        "Environments:\n"                                                           \
        "  - { Environment: Dev, Accounts: [{ Id: \"222222222222\", Name: a }] }\n" \
        "  - { Environment: Non-Prod, Accounts: [{ Id: \"333333333333\", Name: b }] }\n"

static const struct {
        const char *more, *files;
} sets[] = {
        { "", "bakery_stack.json bakery_account.json bakery_env.json burger_account.json" },
        { "AdminGroups: x\n",
          "bakery_stack.json bakery_account.json bakery_env.json burger_account.json check_admin_access.json" },
        { "AdminGroups: x\nDeployerRole: Deployer\n",
          "bakery_stack.json bakery_account.json bakery_env.json burger_account.json burger_deployer.json "
          "check_admin_access.json" },
        { "AdminGroups: ' , '\n", "bakery_stack.json bakery_account.json bakery_env.json burger_account.json" },
        { "Layout: Single\n", "bakery_stack.json bakery_account.json bakery_env.json burger_account.json" },
        { "Layout: PerEnvironment\n",
          "bakery_stack.json bakery_account.json bakery_env_Dev.json bakery_env_Non-Prod.json burger_account.json" },
        { "Layout: PerEnvironment\nAdminGroups: [x]\n",
          "bakery_stack.json bakery_account.json bakery_env_Dev.json bakery_env_Non-Prod.json burger_account.json "
          "check_admin_access.json" },
};

static bakery_config *config_with(const char *more)
{
        AUTO_CLEAR(buf) text = { .max = 10000 };

        bakery__buf_format(&text, OWN "%s" TWO TYPES, more);
        return config_of(text.at);
}

START_TEST(a_configuration_makes_these_files)
{
        AUTO_PTR(bakery_config) config = config_with(sets[_i].more);
        AUTO_CLEAR(buf) files = { .max = 1000 };

        for (size_t i = 0; i < bakery_template_count(config); i++) {
                bakery__buf_format(&files, "%s%s", i ? " " : "", bakery_template_file(config, i));
                ck_assert_uint_gt(strlen(bakery_template_about(config, i)), 10);
        }
        ck_assert_str_eq(files.at, sets[_i].files);
}
END_TEST

/* The template of that file, to be freed. */
static char *emitted(const bakery_config *config, const char *file)
{
        char *text = NULL;

        for (size_t i = 0; i < bakery_template_count(config); i++)
                if (strcmp(bakery_template_file(config, i), file) == 0)
                        ck_assert_int_eq(bakery_template_emit(config, i, &text, NULL, NULL), BAKERY_OK);
        ck_assert_msg(text, "there is no %s", file);
        return text;
}

START_TEST(the_same_configuration_gives_the_same_bytes)
{
        AUTO_PTR(bakery_config) config = config_with(sets[_i].more);
        AUTO_PTR(bakery_config) again = config_with(sets[_i].more);

        for (size_t i = 0; i < bakery_template_count(config); i++) {
                AUTO_FREE char *first = NULL;
                AUTO_FREE char *second = NULL;
                AUTO_CLEAR(json) json = { 0 };
                size_t size = 0;
                bakery_error *err = NULL;

                bakery__fail(&err, BAKERY_ERR_IO, "earlier");
                ck_assert_int_eq(bakery_template_emit(config, i, &first, &size, &err), BAKERY_OK);
                ck_assert_ptr_null(err);
                ck_assert_int_eq(bakery_template_emit(again, i, &second, NULL, NULL), BAKERY_OK);
                ck_assert_str_eq(first, second);
                ck_assert_uint_eq(size, strlen(first));
                ck_assert_int_eq(first[size - 1], '\n');
                parse_json(first, &json);
                ck_assert_str_eq(bakery__json_text_of(json_at(&json, "AWSTemplateFormatVersion")), "2010-09-09");
                ck_assert_ptr_nonnull(json_at(&json, "Resources"));
                ck_assert_ptr_null(json_at(&json, "Outputs"));
        }
}
END_TEST

/* What stands behind OWN; a file of it, a place in that, and what stands there (NULL: nothing). */
static const struct {
        const char *text, *file, *path, *value;
} members[] = {
        /* bakery_stack.json */
        { TWO TYPES, "bakery_stack.json", "Parameters/TeamName/Default", "\"MyTeam\"" },
        { TWO TYPES, "bakery_stack.json", "Parameters/CloudFormationS3Bucket/Default", NULL },
        { "TemplateBucket: my-bucket\n" TWO TYPES, "bakery_stack.json", "Parameters/CloudFormationS3Bucket/Default",
          "\"my-bucket\"" },
        { TWO TYPES, "bakery_stack.json", "Parameters/TemplateKeyPrefix/Default", "\"\"" },
        { TWO TYPES, "bakery_stack.json", "Resources/BakeryEnvironment/Properties/TemplateURL/Fn::Sub",
          "\"https://${CloudFormationS3Bucket}.s3.${AWS::Region}.${AWS::URLSuffix}/${TemplateKeyPrefix}bakery_env.json\"" },
        { TWO TYPES, "bakery_stack.json", "Resources/BakeryAccount/Properties/Parameters/TeamName/Ref",
          "\"TeamName\"" },
        { TWO TYPES, "bakery_stack.json", "Resources/BakeryEnvironment/Properties/Parameters", NULL },
        { "Layout: PerEnvironment\n" TWO TYPES, "bakery_stack.json", "Resources/BakeryEnvironment", NULL },
        { "Layout: PerEnvironment\n" TWO TYPES, "bakery_stack.json",
          "Resources/BakeryEnvironmentNonProd/Properties/TemplateURL/Fn::Sub",
          "\"https://${CloudFormationS3Bucket}.s3.${AWS::Region}.${AWS::URLSuffix}/"
          "${TemplateKeyPrefix}bakery_env_Non-Prod.json\"" },

        /* bakery_account.json */
        { TWO TYPES, "bakery_account.json", "Resources/BakeryUsersPolicy/Properties/Groups",
          "[{\"Ref\":\"BakeryUsersGroup\"}]" },
        { "Defaults: { RequireMfa: true }\n" TWO TYPES, "bakery_account.json",
          "Resources/BakeryUsersPolicy/Properties/Groups",
          "[{\"Ref\":\"BakeryUsersGroup\"},{\"Ref\":\"BakeryAdminsGroup\"}]" },
        { "Defaults: { RequireMfa: false }\n" TWO TYPES, "bakery_account.json",
          "Resources/BakeryUsersPolicy/Properties/PolicyDocument/Statement/4", NULL },
        { TWO TYPES, "bakery_account.json",
          "Resources/BakeryUsersPolicy/Properties/PolicyDocument/Statement/3/Condition",
          "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}" },
        { "Environments:\n"
          "  - { Environment: Dev, Accounts: [{ Id: \"222222222222\", Name: a }] }\n"
          "  - { Environment: Prod, RequireMfa: true, Accounts: [{ Id: \"333333333333\", Name: b }] }\n" TYPES,
          "bakery_account.json", "Resources/BakeryUsersPolicy/Properties/PolicyDocument/Statement/4/Sid",
          "\"DenyEnrollingWithAccessKeys\"" },
        { "Environments:\n"
          "  - { Environment: Dev, Accounts: [{ Id: \"222222222222\", Name: a }] }\n"
          "  - { Environment: Prod, RequireMfa: true, Accounts: [{ Id: \"333333333333\", Name: b }] }\n" TYPES,
          "bakery_account.json", "Resources/BakeryUsersPolicy/Properties/PolicyDocument/Statement/5", NULL },
        { "Environments:\n"
          "  - { Environment: Dev, Accounts: [{ Id: \"222222222222\", Name: a }] }\n"
          "  - { Environment: Prod, RequireMfa: true, Accounts: [{ Id: \"333333333333\", Name: b }] }\n" TYPES,
          "bakery_account.json", "Resources/BakeryUsersPolicy/Properties/Groups", "[{\"Ref\":\"BakeryUsersGroup\"}]" },
        { "Defaults: { RequireMfa: true }\n" TWO TYPES, "bakery_account.json",
          "Resources/BakeryUsersPolicy/Properties/PolicyDocument/Statement/3/Condition",
          "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}" },
        { "Defaults: { RequireMfa: true }\n" TWO TYPES, "bakery_account.json",
          "Resources/BakeryUsersPolicy/Properties/PolicyDocument/Statement/4/Condition",
          "{\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"false\"}}" },
        { "Defaults: { RequireMfa: true }\n" TWO TYPES, "bakery_account.json",
          "Resources/BakeryUsersPolicy/Properties/PolicyDocument/Statement/5/Condition",
          "{\"Null\":{\"aws:MultiFactorAuthPresent\":\"true\"}}" },
        { "Defaults: { RequireMfa: true }\n" TWO TYPES, "bakery_account.json",
          "Resources/BakeryUsersPolicy/Properties/PolicyDocument/Statement/5/Effect", "\"Deny\"" },

        /* bakery_env.json */
        { TWO TYPES, "bakery_env.json", "Resources/GroupNonProdAdmin/Properties",
          "{\"GroupName\":\"MyTeamNon-ProdAdmin\"}" },
        { TWO TYPES, "bakery_env.json", "Resources/PolicyDevAdmin/Properties",
          "{\"ManagedPolicyName\":\"MyTeamDevAdmin\",\"Description\":\"This policy allows to assume a role\","
          "\"Groups\":[{\"Ref\":\"GroupDevAdmin\"}],\"PolicyDocument\":{\"Version\":\"2012-10-17\",\"Statement\":["
          "{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\","
          "\"Resource\":[\"arn:aws:iam::222222222222:role/a-Dev-Admin\"]}]}}" },
        { "Layout: PerEnvironment\n" TWO TYPES, "bakery_env_Dev.json", "Resources/GroupNonProdAdmin", NULL },
        { "Layout: PerEnvironment\n" TWO TYPES, "bakery_env_Non-Prod.json", "Resources/GroupNonProdAdmin/Type",
          "\"AWS::IAM::Group\"" },

        /* burger_account.json */
        { TWO TYPES, "burger_account.json", "Parameters/BakeryAccount",
          "{\"Type\":\"String\",\"Description\":\"The account in which people live and from which they come\","
          "\"Default\":\"111111111111\",\"AllowedPattern\":\"^[0-9]{12}$\"}" },
        { TWO TYPES, "burger_account.json", "Parameters/Environment/AllowedValues", "[\"Dev\",\"Non-Prod\"]" },
        { TWO TYPES, "burger_account.json", "Conditions", NULL },
        { TWO TYPES, "burger_account.json", "Resources/RoleAdmin/Properties",
          "{\"RoleName\":{\"Fn::Sub\":\"${AccountName}-${Environment}-Admin\"},\"AssumeRolePolicyDocument\":{"
          "\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":{\"Fn::Sub\":"
          "\"arn:${AWS::Partition}:iam::${BakeryAccount}:root\"}},\"Action\":\"sts:AssumeRole\"}]},"
          "\"ManagedPolicyArns\":[{\"Fn::Sub\":\"arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess\"}]}" },
        { "Defaults: { RolePath: /x/, MaxSessionDuration: 7200, PermissionsBoundary: "
          "\"arn:${Partition}:iam::${AccountId}:policy/B\", Tags: { K: V } }\n" TWO TYPES,
          "burger_account.json", "Resources/RoleAdmin/Properties/PermissionsBoundary/Fn::Sub",
          "\"arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/B\"" },
        { "Defaults: { RolePath: /x/ }\n" TWO TYPES, "burger_account.json", "Resources/RoleAdmin/Properties/Path",
          "\"/x/\"" },
        { "Defaults: { MaxSessionDuration: 7200 }\n" TWO TYPES, "burger_account.json",
          "Resources/RoleAdmin/Properties/MaxSessionDuration", "7200" },
        { "Defaults: { Tags: { K: V } }\n" TWO TYPES, "burger_account.json", "Resources/RoleAdmin/Properties/Tags",
          "[{\"Key\":\"K\",\"Value\":\"V\"}]" },
        { TWO "AccessTypes: [{ Type: A, PolicyArn: \"arn:aws:iam::aws:policy/X\" }]\n", "burger_account.json",
          "Resources/RoleA/Properties/ManagedPolicyArns", "[\"arn:aws:iam::aws:policy/X\"]" },
        { TWO
          "AccessTypes: [{ Type: A, InlinePolicy: { Version: 2012-10-17, Statement: { Effect: Allow, Action: \"a:b\", "
          "Resource: \"*\" } } }]\n",
          "burger_account.json", "Resources/RoleA/Properties/Policies",
          "[{\"PolicyName\":\"A\",\"PolicyDocument\":{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
          "\"Action\":\"a:b\",\"Resource\":\"*\"}}}]" },

        /* environments that differ */
        { "Environments:\n"
          "  - { Environment: Dev, Accounts: [{ Id: \"222222222222\", Name: a }] }\n"
          "  - { Environment: Prod, RequireMfa: true, Accounts: [{ Id: \"333333333333\", Name: b }] }\n" TYPES,
          "burger_account.json", "Conditions",
          "{\"RoleAdminVariant2\":{\"Fn::Equals\":[{\"Ref\":\"Environment\"},\"Prod\"]}}" },
        { "Environments:\n"
          "  - { Environment: Dev, Accounts: [{ Id: \"222222222222\", Name: a }] }\n"
          "  - { Environment: Prod, MaxSessionDuration: 7200, Accounts: [{ Id: \"333333333333\", Name: b }] }\n" TYPES,
          "burger_account.json", "Resources/RoleAdmin/Properties/MaxSessionDuration",
          "{\"Fn::If\":[\"RoleAdminVariant2\",7200,{\"Ref\":\"AWS::NoValue\"}]}" },
        { "Environments:\n"
          "  - { Environment: Dev, MaxSessionDuration: 3600, Accounts: [{ Id: \"222222222222\", Name: a }] }\n"
          "  - { Environment: Prod, MaxSessionDuration: 7200, Accounts: [{ Id: \"333333333333\", Name: b }] }\n"
          "  - { Environment: Stg, MaxSessionDuration: 9000, Accounts: [{ Id: \"444444444444\", Name: c }] }\n"
          "  - { Environment: Dev2, MaxSessionDuration: 3600, Accounts: [{ Id: \"555555555555\", Name: d }] }\n" TYPES,
          "burger_account.json", "Resources/RoleAdmin/Properties/MaxSessionDuration",
          "{\"Fn::If\":[\"RoleAdminVariant2\",7200,{\"Fn::If\":[\"RoleAdminVariant3\",9000,3600]}]}" },
        { "Environments:\n"
          "  - { Environment: Dev, AccessTypes: [Other], Accounts: [{ Id: \"222222222222\", Name: a }] }\n"
          "  - { Environment: Prod, Accounts: [{ Id: \"333333333333\", Name: b }] }\n"
          "AccessTypes: [{ Type: Admin, " ADMIN_POLICY " }, { Type: Other, " ADMIN_POLICY " }]\n",
          "burger_account.json", "Resources/RoleAdmin/Condition", "\"RoleAdminExists\"" },
        { "Environments:\n"
          "  - { Environment: Dev, AccessTypes: [Other], Accounts: [{ Id: \"222222222222\", Name: a }] }\n"
          "  - { Environment: Prod, Accounts: [{ Id: \"333333333333\", Name: b }] }\n"
          "AccessTypes: [{ Type: Admin, " ADMIN_POLICY " }, { Type: Other, " ADMIN_POLICY " }]\n",
          "burger_account.json", "Conditions",
          "{\"RoleAdminExists\":{\"Fn::Equals\":[{\"Ref\":\"Environment\"},\"Prod\"]}}" },
        { "Environments: [{ Environment: Dev, AccessTypes: [Other], Accounts: [{ Id: \"222222222222\", Name: a }] }]\n"
          "AccessTypes: [{ Type: Admin, " ADMIN_POLICY " }, { Type: Other, " ADMIN_POLICY " }]\n",
          "burger_account.json", "Resources/RoleAdmin", NULL },

        /* check_admin_access.json */
        { "AdminGroups: 'a, b'\nPrefix: Dev\nSlackChannel: \"#ops\"\nSlackChannelHookUrl: CANARY\nExpectedAdmins: [x, y]\n" TWO
                  TYPES,
          "check_admin_access.json", "Parameters/AdminGroups/Default", "\"a,b\"" },
        { "AdminGroups: a\nSlackChannelHookUrl: CANARY\n" TWO TYPES, "check_admin_access.json",
          "Parameters/SlackChannelHookUrl/Default", NULL },
        { "AdminGroups: a\nSlackChannelHookUrl: ssm:/x/y\n" TWO TYPES, "check_admin_access.json",
          "Parameters/SlackChannelHookUrl/Default", "\"\"" },
        { "AdminGroups: a\nSlackChannelHookUrl: ssm:/x/y\n" TWO TYPES, "check_admin_access.json",
          "Parameters/SlackHookParameter/Default", "\"/x/y\"" },
        { "AdminGroups: a\nSlackChannelHookUrl: env:CANARY\n" TWO TYPES, "check_admin_access.json",
          "Parameters/SlackHookParameter/Default", "\"\"" },
        { "AdminGroups: a\nPrefix: Dev\n" TWO TYPES, "check_admin_access.json", "Parameters/Prefix/Default",
          "\"Dev\"" },
        { "AdminGroups: a\nSlackChannel: \"#ops\"\n" TWO TYPES, "check_admin_access.json",
          "Parameters/SlackChannel/Default", "\"#ops\"" },
        { "AdminGroups: a\nExpectedAdmins: [x, y]\n" TWO TYPES, "check_admin_access.json",
          "Resources/CheckAdminAccess/Properties/Environment/Variables/BAKERY_EXPECTED_ADMINS", "\"x,y\"" },
};

START_TEST(templates_say)
{
        AUTO_CLEAR(buf) text = { .max = 10000 };
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(json) want = { 0 };

        bakery__buf_format(&text, OWN "%s", members[_i].text);
        AUTO_PTR(bakery_config) config = config_of(text.at);
        AUTO_FREE char *template = emitted(config, members[_i].file);
        parse_json(template, &json);
        const struct cJSON *at = json_at(&json, members[_i].path);
        if (members[_i].value)
                parse_json(members[_i].value, &want);
        ck_assert_msg(bakery__json_equal(at, want.root), "%s of %s is not %s:\n%.3000s", members[_i].path,
                      members[_i].file, members[_i].value ? members[_i].value : "missing", template);
        ck_assert_ptr_null(strstr(template, "CANARY"));
}
END_TEST

/* Fn::Or takes 2 to 10: more environments are nested. */
static const struct {
        int n;
        const char *shape;
} ors[] = {
        { 1, "=" },
        { 2, "(==)" },
        { 10, "(==========)" },
        { 11, "(=========(==))" },
        { 19, "(=========(==========))" },
        { 20, "(=========(=========(==)))" },
};

static void show_or(struct buf *into, const struct cJSON *condition)
{
        const struct cJSON *either = bakery__json_get(condition, "Fn::Or");

        if (!either) {
                bakery__buf_char(into, '=');
                return;
        }
        bakery__buf_char(into, '(');
        for (const struct cJSON *child = bakery__json_first(either); child; child = bakery__json_next(child))
                show_or(into, child);
        bakery__buf_char(into, ')');
}

START_TEST(conditions_take_any_number)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) shape = { .max = 1000 };
        const char *names[20];

        for (int i = 0; i < ors[_i].n; i++)
                names[i] = "E";
        bakery__cfn_environment_is_one_of(&json, bakery__json_root(&json), "C", names, (size_t)ors[_i].n);
        show_or(&shape, json_at(&json, "C"));
        ck_assert_str_eq(shape.at, ors[_i].shape);
}
END_TEST

static char *env_template(const bakery_config *config, bakery_status *st, size_t *size, bakery_error **err)
{
        char *text = NULL;

        *st = bakery_template_emit(config, 2, &text, size, err);
        return text;
}

/* Indented it would pass the limit, without white space it does not. */
START_TEST(a_large_template_is_printed_without_white_space)
{
        AUTO_FREE char *text = large_text("Defaults: { RolePath: /a-path-that-is-much-longer-than-those-of-most/ }\n",
                                          500, "acct%04d");
        AUTO_PTR(bakery_config) small = config_of(text);
        AUTO_CLEAR(buf) more = { .max = 1 << 20 };
        size_t size = 0;
        bakery_status st;

        AUTO_FREE char *pretty = env_template(small, &st, &size, NULL);
        ck_assert_int_eq(st, BAKERY_OK);
        ck_assert_ptr_nonnull(strstr(pretty, "\n  "));

        /* Some 1,000 accounts in 10 environments of one type: compact 0.9 MB. */
        bakery__buf_text(&more, OWN TYPES "Environments:\n");
        for (int e = 0; e < 15; e++) {
                bakery__buf_format(&more, "  - Environment: E%d\n    Accounts:\n", e);
                for (int i = 0; i < 1050; i++)
                        bakery__buf_format(&more, "      - { Id: \"%06d%06d\", Name: acct%04d }\n", e, i, i);
        }
        AUTO_PTR(bakery_config) large = config_of(more.at);
        AUTO_FREE char *compact = env_template(large, &st, &size, NULL);
        ck_assert_int_eq(st, BAKERY_OK);
        ck_assert_uint_le(size, 1000000);
        ck_assert_uint_gt(size, 800000);
        ck_assert_ptr_null(strchr(compact, '\n'));
}
END_TEST

/* Past ten managed policies the rest of the accounts is in the group itself. */
START_TEST(the_eleventh_policy_is_inline)
{
        AUTO_FREE char *text = large_text("", 1100, "burger%04d");
        AUTO_PTR(bakery_config) config = config_of(text);
        AUTO_FREE char *template = emitted(config, "bakery_env.json");
        AUTO_CLEAR(json) json = { 0 };
        static const char first[] =
                "Resources/GroupProdAdmin/Properties/Policies/0/PolicyDocument/Statement/0/Resource/0";

        parse_json(template, &json);
        ck_assert_ptr_nonnull(json_at(&json, "Resources/PolicyProdAdmin10"));
        ck_assert_ptr_null(json_at(&json, "Resources/PolicyProdAdmin11"));
        ck_assert_str_eq(
                bakery__json_text_of(json_at(&json, "Resources/GroupProdAdmin/Properties/Policies/0/PolicyName")),
                "MyTeamProdAdmin11");
        ck_assert_str_eq(bakery__json_text_of(json_at(&json, first)),
                         "arn:aws:iam::000000001091:role/burger1090-Prod-Admin");
}
END_TEST

START_TEST(a_template_past_the_limit_is_an_error)
{
        AUTO_CLEAR(buf) text = { .max = 4 << 20 };
        AUTO_PTR(bakery_error) err = NULL;
        size_t size = 17;
        bakery_status st;

        bakery__buf_text(&text, OWN TYPES "Environments:\n");
        for (int e = 0; e < 19; e++) {
                bakery__buf_format(&text, "  - Environment: E%d\n    Accounts:\n", e);
                for (int i = 0; i < 1050; i++)
                        bakery__buf_format(&text, "      - { Id: \"%06d%06d\", Name: acct%04d }\n", e, i, i);
        }
        AUTO_PTR(bakery_config) config = config_of(text.at);
        AUTO_FREE char *template = env_template(config, &st, &size, &err);
        ck_assert_int_eq(st, BAKERY_ERR_LIMIT);
        ck_assert_str_eq(bakery_error_message(err), "bakery_env.json is larger than 1000000 bytes");
        ck_assert(strstr(bakery_error_hint(err), "Layout: PerEnvironment"));
        ck_assert_ptr_null(template);
        ck_assert_uint_eq(size, 17);
}
END_TEST

/* As CloudFormation would put it there, in the partition of the longest name. */
START_TEST(the_size_of_a_deployers_policy_is_that_in_iam)
{
        AUTO_PTR(bakery_config)
        config = config_of(OWN ENVIRONMENTS "DeployerRole: elevenchars\n" TYPES); /* as ${RoleName} */
        AUTO_FREE char *text = emitted(config, "burger_deployer.json");
        AUTO_CLEAR(json) template = { 0 }, policy = { 0 };
        AUTO_CLEAR(buf) printed = { .max = 100000 };
        struct resolve_scope scope = { .account_id = "222222222222", .region = "r", .partition = "aws-us-gov" };
        size_t chars = 0;

        parse_json(text, &template);
        scope.template = template.root;
        bakery__resolve(&policy, bakery__json_root(&policy), "P", &scope,
                        json_at(&template, "Resources/DeployerRole/Properties/Policies/0/PolicyDocument"));
        ck_assert_int_eq(bakery__json_print(&policy, JSON_COMPACT, &printed, "policy", NULL), BAKERY_OK);
        ck_assert_ptr_null(strstr(printed.at, "Fn::"));
        ck_assert_int_eq(bakery__role_policy_chars(&template, "DeployerRole", &chars, NULL), BAKERY_OK);
        ck_assert_uint_eq(chars, printed.len - strlen("{\"P\":}"));
}
END_TEST

/* One access type after another, until the deployer's policy is too large for a role. */
START_TEST(a_deployer_past_the_limit_is_an_error)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };
        AUTO_PTR(bakery_error) err = NULL;
        bakery_status st = BAKERY_OK;
        int n = 1;

        for (; n < 100 && !st; n++) {
                AUTO_FREE char *template = NULL;

                text.len = 0;
                bakery__buf_text(&text, OWN ENVIRONMENTS "DeployerRole: Deployer\nAccessTypes:\n");
                for (int i = 0; i < n; i++)
                        bakery__buf_format(&text, "  - { Type: Type%02d, " ADMIN_POLICY " }\n", i);
                AUTO_PTR(bakery_config) config = config_of(text.at);
                st = bakery_template_emit(config, 4, &template, NULL, &err);
        }
        ck_assert_int_eq(st, BAKERY_ERR_LIMIT);
        ck_assert_int_eq(n - 1, 20);
        ck_assert(strstr(bakery_error_message(err), "characters, and a role's inline policies take 10240"));
        ck_assert(strstr(bakery_error_hint(err), "--role"));
}
END_TEST

START_TEST(digests_are_hexadecimal)
{
        char hex[65] = "";

        ck_assert_int_eq(bakery_sha256_hex("abc", 3, hex, NULL), BAKERY_OK);
        ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

Suite *template_suite(void)
{
        Suite *suite = suite_create("template");
        TCase *tcase = tcase_create("table");

        tcase_set_timeout(tcase, 60);
        tcase_add_loop_test(tcase, a_configuration_makes_these_files, 0, (int)N_ELEMENTS(sets));
        tcase_add_loop_test(tcase, the_same_configuration_gives_the_same_bytes, 0, (int)N_ELEMENTS(sets));
        tcase_add_loop_test(tcase, templates_say, 0, (int)N_ELEMENTS(members));
        tcase_add_loop_test(tcase, conditions_take_any_number, 0, (int)N_ELEMENTS(ors));
        tcase_add_test(tcase, a_large_template_is_printed_without_white_space);
        tcase_add_test(tcase, the_eleventh_policy_is_inline);
        tcase_add_test(tcase, a_template_past_the_limit_is_an_error);
        tcase_add_test(tcase, the_size_of_a_deployers_policy_is_that_in_iam);
        tcase_add_test(tcase, a_deployer_past_the_limit_is_an_error);
        tcase_add_test(tcase, digests_are_hexadecimal);
        suite_add_tcase(suite, tcase);
        return suite;
}
