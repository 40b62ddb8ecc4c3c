#include "old_templates.h"

#include <check.h>
#include <string.h>

#include "base/buf.h"

const char old_bakery_account[] =
        "---\n"
        "AWSTemplateFormatVersion: \"2010-09-09\"\n"
        "Description: The account's own groups\n"
        "\n"
        "Parameters:\n"
        "\n"
        "  TeamName:\n"
        "    Type: String\n"
        "\n"
        "Resources:\n"
        "\n"
        "  BakeryAdminsGroup:\n"
        "    Type: \"AWS::IAM::Group\"\n"
        "    Properties:\n"
        "      GroupName: !Sub '${TeamName}AwsBakeryAdmin'\n"
        "      ManagedPolicyArns:\n"
        "        - arn:aws:iam::aws:policy/AdministratorAccess\n"
        "\n"
        "  BakeryUsersGroup:\n"
        "    Type: \"AWS::IAM::Group\"\n"
        "    Properties:\n"
        "      GroupName: !Sub '${TeamName}AwsBakeryReadOnly'\n"
        "      ManagedPolicyArns:\n"
        "        - arn:aws:iam::aws:policy/IAMReadOnlyAccess\n"
        "\n"
        "  BakeryUsersPolicy:\n"
        "    Type: \"AWS::IAM::ManagedPolicy\"\n"
        "    DependsOn: BakeryUsersGroup\n"
        "    Properties:\n"
        "      Description: This policy will allow group members to manage their passwords and MFA devices\n"
        "      ManagedPolicyName: !Sub '${TeamName}AwsBakeryReadOnly'\n"
        "      PolicyDocument:\n"
        "        Version: \"2012-10-17\"\n"
        "        Statement:\n"
        "          - Sid: \"Look\"\n"
        "            Effect: Allow\n"
        "            Action:\n"
        "              - iam:ListAccountAliases\n"
        "              - iam:ListUsers\n"
        "              - iam:GetAccountSummary\n"
        "            Resource: \"*\"\n"
        "          - Sid: \"Password\"\n"
        "            Effect: Allow\n"
        "            Action:\n"
        "              - iam:ChangePassword\n"
        "              - iam:CreateAccessKey\n"
        "              - iam:CreateLoginProfile\n"
        "              - iam:DeleteAccessKey\n"
        "              - iam:DeleteLoginProfile\n"
        "              - iam:GetAccountPasswordPolicy\n"
        "              - iam:GetLoginProfile\n"
        "              - iam:ListAccessKeys\n"
        "              - iam:UpdateAccessKey\n"
        "            Resource:\n"
        "              - !Join [ \":\", [ \"arn:aws:iam:\", !Ref \"AWS::AccountId\", \"user/${aws:username}\" ] ]\n"
        "          - Sid: \"ListDevices\"\n"
        "            Effect: Allow\n"
        "            Action:\n"
        "              - iam:ListVirtualMFADevices\n"
        "              - iam:ListMFADevices\n"
        "            Resource:\n"
        "              - !Join [ \":\", [ \"arn:aws:iam:\", !Ref \"AWS::AccountId\", \"mfa/*\" ] ]\n"
        "              - !Join [ \":\", [ \"arn:aws:iam:\", !Ref \"AWS::AccountId\", \"user/${aws:username}\" ] ]\n"
        "          - Sid: \"Devices\"\n"
        "            Effect: Allow\n"
        "            Action:\n"
        "              - iam:CreateVirtualMFADevice\n"
        "              - iam:DeleteVirtualMFADevice\n"
        "              - iam:RequestSmsMfaRegistration\n"
        "              - iam:FinalizeSmsMfaRegistration\n"
        "              - iam:EnableMFADevice\n"
        "              - iam:ResyncMFADevice\n"
        "              - iam:DeactivateMFADevice\n"
        "            Resource:\n"
        "              - !Join [ \":\", [ \"arn:aws:iam:\", !Ref \"AWS::AccountId\", \"mfa/${aws:username}\" ] ]\n"
        "              - !Join [ \":\", [ \"arn:aws:iam:\", !Ref \"AWS::AccountId\", \"user/${aws:username}\" ] ]\n"
        "      Groups:\n"
        "        - !Ref BakeryUsersGroup\n";

const char old_check_admin[] = "---\n"
                               "AWSTemplateFormatVersion: \"2010-09-09\"\n"
                               "Parameters:\n"
                               "  Prefix: { Type: String }\n"
                               "  CheckSum: { Type: String }\n"
                               "  LambdaS3Bucket: { Type: String }\n"
                               "  SlackChannelHookUrl: { Type: String }\n"
                               "  AdminGroups: { Type: String }\n"
                               "\n"
                               "Resources:\n"
                               "\n"
                               "  CheckAdminAccessRole: # of the function\n"
                               "    Type: AWS::IAM::Role\n"
                               "    Properties:\n"
                               "      RoleName: !Sub \"${Prefix}Bakery-CheckAdminAccess\"\n"
                               "      ManagedPolicyArns:\n"
                               "        - arn:aws:iam::aws:policy/IAMReadOnlyAccess\n"
                               "      AssumeRolePolicyDocument:\n"
                               "        Version: '2012-10-17'\n"
                               "        Statement:\n"
                               "          - Effect: Allow\n"
                               "            Principal:\n"
                               "              Service:\n"
                               "                - lambda.amazonaws.com\n"
                               "            Action:\n"
                               "              - sts:AssumeRole\n"
                               "\n"
                               "  LoggingPolicy:\n"
                               "    Type: AWS::IAM::ManagedPolicy\n"
                               "    DependsOn: CheckAdminAccessRole\n"
                               "    Properties:\n"
                               "      ManagedPolicyName: !Sub \"${Prefix}CheckAdminAccessLogs\"\n"
                               "      PolicyDocument:\n"
                               "        Version: 2012-10-17\n"
                               "        Statement:\n"
                               "          - Effect: Allow\n"
                               "            Action:\n"
                               "              - logs:CreateLogGroup\n"
                               "              - logs:PutLogEvents\n"
                               "            Resource: arn:aws:logs:*:*:*\n"
                               "      Roles:\n"
                               "        - !Sub \"${Prefix}Bakery-CheckAdminAccess\"\n"
                               "\n"
                               "  CheckAdminAccess:\n"
                               "    Type: AWS::Lambda::Function\n"
                               "    Properties:\n"
                               "      FunctionName: !Sub \"${Prefix}CheckAdminAccess\"\n"
                               "      Handler: check_admin_access.lambda_handler\n"
                               "      Role: !GetAtt CheckAdminAccessRole.Arn\n"
                               "      Runtime: python2.7\n"
                               "      Environment:\n"
                               "        Variables:\n"
                               "          slackChannelHookUrl: !Ref SlackChannelHookUrl\n"
                               "          adminGroups: !Ref AdminGroups\n"
                               "      Code:\n"
                               "        S3Bucket: !Ref LambdaS3Bucket\n"
                               "        S3Key: !Sub \"check_admin_access.${CheckSum}.zip\"\n";

static char *taken(struct buf *text)
{
        char *all = NULL;

        ck_assert_int_eq(bakery__buf_take(text, "template", &all, NULL, NULL), BAKERY_OK);
        return all;
}

/* The id as PyYAML read it where it had no quotes. */
static void put_id(struct buf *to, const char *id, bool octal)
{
        if (octal && id[strspn(id, "01234567")] == '\0' && id[0] == '0')
                bakery__buf_format(to, "%lld", strtoll(id, NULL, 8));
        else
                bakery__buf_text(to, id);
}

static void put_group(struct buf *to, const bakery_group *group, bool octal)
{
        const bakery_environment *environment = group->environment;
        const char *both = group->logical_id + strlen("Group");

        bakery__buf_format(to,
                           "  %s:\n    Type: AWS::IAM::Group\n    Properties:\n      GroupName: %s\n\n"
                           "  Policy%s:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
                           "      ManagedPolicyName: %s\n      Description: This policy allows to assume a role\n"
                           "      Groups:\n        - !Ref %s\n      PolicyDocument:\n        Version: \"2012-10-17\"\n"
                           "        Statement:\n          - Effect: Allow\n            Action: sts:AssumeRole\n"
                           "            Resource:\n",
                           group->logical_id, group->name, both, group->name, group->logical_id);
        for (size_t i = 0; i < environment->n_accounts; i++) {
                bakery__buf_text(to, "              - arn:aws:iam::");
                put_id(to, environment->accounts[i].id, octal);
                bakery__buf_format(to, ":role/%s-%s-%s\n", environment->accounts[i].name, environment->name,
                                   group->access_type->name);
        }
        bakery__buf_text(to, "\n");
}

char *old_bakery_env(const bakery_config *config, bool octal)
{
        AUTO_CLEAR(buf) text = { .max = 64 << 20 };

        bakery__buf_text(&text,
                         "---\nAWSTemplateFormatVersion: \"2010-09-09\"\nDescription: The groups of environments\n"
                         "\nResources:\n\n");
        for (size_t i = 0; i < config->n_environments; i++)
                for (size_t k = 0; k < config->environments[i].n_groups; k++)
                        put_group(&text, &config->environments[i].groups[k], octal);
        return taken(&text);
}

char *old_burger(const bakery_config *config, const char *account_id)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };

        bakery__buf_format(&text,
                           "---\nAWSTemplateFormatVersion: \"2010-09-09\"\nDescription: The roles of an account\n\n"
                           "Parameters:\n\n  BakeryAccount:\n    Type: String\n    Default: %s\n\n"
                           "  AccountName:\n    Type: String\n\n  Environment:\n    Type: String\n"
                           "    AllowedValues:\n    - NonProd\n    - Prod\n    - Mgmt\n\nResources:\n\n",
                           account_id);
        for (size_t i = 0; i < config->n_access_types; i++)
                bakery__buf_format(
                        &text,
                        "  Role%s:\n    Type: AWS::IAM::Role\n    Properties:\n"
                        "      AssumeRolePolicyDocument:\n        Statement:\n        - Effect: Allow\n"
                        "          Principal:\n            AWS: !Sub \"arn:aws:iam::${BakeryAccount}:root\"\n"
                        "          Action: sts:AssumeRole\n"
                        "      RoleName: !Sub \"${AccountName}-${Environment}-%s\"\n"
                        "      ManagedPolicyArns:\n      - %s\n\n",
                        config->access_types[i].name, config->access_types[i].name,
                        config->access_types[i].policy_arns.at[0].text);
        return taken(&text);
}

void add_facts(struct facts *facts, const char *text, const char *stack, const char *account_id,
               const struct parameter *parameters, size_t n_parameters)
{
        AUTO_CLEAR(json) template = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        bakery_status st = bakery__template_parse(bakery__span(text), stack, NULL, &template, &err);

        ck_assert_msg(st == BAKERY_OK, "%s", bakery_error_message(err));
        const struct resolve_scope scope = { .template = template.root,
                                             .stack_name = stack,
                                             .account_id = account_id,
                                             .partition = "aws",
                                             .region = "eu-west-1",
                                             .url_suffix = "amazonaws.com",
                                             .parameters = parameters,
                                             .n_parameters = n_parameters };
        st = bakery__facts_add_template(facts, &scope, &err);
        ck_assert_msg(st == BAKERY_OK, "%s", bakery_error_message(err));
}
