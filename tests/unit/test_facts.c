#include "deploy/facts.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "old_templates.h"
#include "support.h"

Suite *facts_suite(void);

/* Facts as lines, in the order in which they were read. */
static void show_texts(struct buf *to, const char *what, const struct fact_texts *texts)
{
        for (size_t i = 0; i < texts->count; i++)
                bakery__buf_format(to, "  %s %s\n", what, texts->at[i]);
}

static void show_statements(struct buf *to, const struct fact_statement *statements, size_t n)
{
        for (size_t i = 0; i < n; i++)
                bakery__buf_format(to, "  %s%s: %s\n", statements[i].deny ? "! " : "", statements[i].policy,
                                   statements[i].text);
}

static void show_group(struct buf *to, const struct fact_group *group)
{
        bakery__buf_format(to, "group %s%s %s/%s%s\n", group->path, group->name, group->stack ? group->stack : "",
                           group->logical_id ? group->logical_id : "", group->is_admin ? " admin" : "");
        show_texts(to, "managed", &group->managed);
        for (size_t i = 0; i < group->n_grants; i++)
                bakery__buf_format(to, "  %s: %s%s%s\n", group->grants[i].policy, group->grants[i].role_arn,
                                   group->grants[i].condition ? " if " : "",
                                   group->grants[i].condition ? group->grants[i].condition : "");
        show_statements(to, group->statements, group->n_statements);
}

static void show_role(struct buf *to, const struct fact_role *role)
{
        bakery__buf_format(to, "role %s %s %u%s%s\n", role->arn, role->logical_id ? role->logical_id : "",
                           role->max_session_duration_s, role->boundary ? " within " : "",
                           role->boundary ? role->boundary : "");
        show_texts(to, "managed", &role->managed);
        show_statements(to, role->statements, role->n_statements);
        for (size_t i = 0; i < role->n_trust; i++) {
                const struct fact_trust *trust = &role->trust[i];

                bakery__buf_format(to, "  %strusts %s %s", trust->deny ? "dis" : "", trust->principal, trust->action);
                if (trust->requires_mfa)
                        bakery__buf_format(to, " mfa %u", trust->mfa_max_age_s);
                bakery__buf_format(to, "%s%s%s\n", trust->requires_session_name ? " named" : "",
                                   trust->condition ? " if " : "", trust->condition ? trust->condition : "");
        }
}

static void ck_facts(const struct facts *facts, const char *what, const char *want)
{
        AUTO_CLEAR(buf) shown = { .max = 1 << 20 };

        for (size_t i = 0; i < facts->n_groups; i++)
                show_group(&shown, facts->groups[i]);
        for (size_t i = 0; i < facts->n_roles; i++)
                show_role(&shown, facts->roles[i]);
        for (size_t i = 0; i < facts->n_functions; i++)
                bakery__buf_format(&shown, "function %s %s '%s'\n", facts->functions[i]->name,
                                   facts->functions[i]->runtime, facts->functions[i]->admin_groups);
        show_texts(&shown, "environment", &facts->environments);
        ck_assert_msg(strcmp(shown.at ? shown.at : "", want) == 0, "%s:\n%s\nis not\n%s", what, shown.at, want);
}

#define GROUP_G "  G: { Type: 'AWS::IAM::Group', Properties: { GroupName: Team, "
#define ROLE_R "  R: { Type: 'AWS::IAM::Role', Properties: { RoleName: Main, AssumeRolePolicyDocument: "
#define TRUST(statement) "{ Version: '2012-10-17', Statement: [" statement "] }"
#define ROOT "Principal: { AWS: '111111111111' }"

/* What stands below "Resources:", and the facts of it. */
static const struct {
        const char *what, *resources, *shown;
} templates[] = {
        { "a group and what a policy lets it do",
          GROUP_G "Path: /p/ } }\n"
                  "  P: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: One, Groups: [!Ref G],\n"
                  "    PolicyDocument: { Version: '2012-10-17', Statement: { Effect: Allow,\n"
                  "      Action: [sts:assumerole, sts:TagSession], Resource: [r1, r2] } } } }\n",
          "group /p/Team S/G\n  One: r1\n  One: r2\n  One: Allow sts:TagSession on r1\n"
          "  One: Allow sts:TagSession on r2\n" },
        { "by name, and by its own list",
          "  P: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: One, Groups: [Team],\n"
          "    PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: sts:AssumeRole,\n"
          "      Resource: r1 }] } } }\n"
          "  Q: { Type: 'AWS::IAM::ManagedPolicy', Properties: {\n"
          "    PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: sts:AssumeRole,\n"
          "      Resource: r2 }] } } }\n" GROUP_G "ManagedPolicyArns: [!Ref Q, 'arn:aws:iam::1:policy/X'] } }\n",
          "group /Team S/G\n  managed arn:aws:iam::1:policy/X\n  One: r1\n  <Ref Q>: r2\n" },
        { "a group of another stack",
          "  P: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: One, Groups: [Others],\n"
          "    PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: sts:AssumeRole,\n"
          "      Resource: r1 }] } } }\n",
          "group /Others /\n  One: r1\n" },
        { "inline, with conditions and denials",
          GROUP_G "Policies: [{ PolicyName: In, PolicyDocument: { Version: '2012-10-17', Statement: [\n"
                  "    { Effect: Allow, Action: sts:AssumeRole, Resource: r1,\n"
                  "      Condition: { StringEquals: { b: [y], a: [z, x] }, Bool: { c: true } } },\n"
                  "    { Effect: Deny, Action: sts:AssumeRole, Resource: r2 },\n"
                  "    { Sid: Whole, Effect: Deny, NotAction: [b, a], Resource: '*' },\n"
                  "    { Effect: Allow, Action: '*', Resource: '*' }] } }] } }\n",
          "group /Team S/G admin\n"
          "  In: r1 if {\"Bool\":{\"c\":\"true\"},\"StringEquals\":{\"a\":[\"x\",\"z\"],\"b\":\"y\"}}\n"
          "  ! In: Deny sts:AssumeRole on r2\n"
          "  ! In: {\"Effect\":\"Deny\",\"NotAction\":[\"a\",\"b\"],\"Resource\":\"*\"}\n"
          "  In: Allow * on *\n" },
        { "the language of 2008 knows no variables",
          GROUP_G "Policies: [{ PolicyName: In, PolicyDocument: { Statement: [\n"
                  "    { Effect: Allow, Action: a, Resource: '${aws:username}' },\n"
                  "    { Effect: Allow, Action: a, Resource: r },\n"
                  "    { Effect: Allow, Action: sts:AssumeRole, Resource: r,\n"
                  "      Condition: { S: { k: '${aws:username}' } } }] } }] } }\n",
          "group /Team S/G\n  In: r if {\"S\":{\"k\":\"${aws:username}\"}} (in the policy language of 2008)\n"
          "  In: Allow a on ${aws:username} (in the policy language of 2008)\n  In: Allow a on r\n" },
        { "AdministratorAccess makes an admin",
          GROUP_G "ManagedPolicyArns: ['arn:aws-cn:iam::aws:policy/AdministratorAccess'] } }\n",
          "group /Team S/G admin\n  managed arn:aws-cn:iam::aws:policy/AdministratorAccess\n" },
        { "one's own AdministratorAccess does not",
          GROUP_G "ManagedPolicyArns: ['arn:aws:iam::111111111111:policy/AdministratorAccess'] } }\n",
          "group /Team S/G\n  managed arn:aws:iam::111111111111:policy/AdministratorAccess\n" },
        { "what holds under a condition alone is no admin",
          GROUP_G "Policies: [{ PolicyName: In, PolicyDocument: { Version: '2012-10-17', Statement: [\n"
                  "    { Effect: Allow, Action: '*', Resource: '*', Condition: { Bool: { c: d } } }] } }] } }\n",
          "group /Team S/G\n  In: Allow * on * if {\"Bool\":{\"c\":\"d\"}}\n" },
        { "no resources",
          GROUP_G "Policies: [{ PolicyName: In, PolicyDocument: { Version: '2012-10-17', Statement: [\n"
                  "    { Effect: Allow, Action: sts:AssumeRole, Resource: ~ }] } }] } }\n",
          "group /Team S/G\n  In: {\"Action\":\"sts:AssumeRole\",\"Effect\":\"Allow\",\"Resource\":\"null\"}\n" },
        { "a trust", ROLE_R TRUST("{ Effect: Allow, " ROOT ", Action: sts:AssumeRole }") ", Path: /p/ } }\n",
          "role arn:aws:iam::222222222222:role/p/Main R 3600\n"
          "  trusts arn:aws:iam::111111111111:root sts:AssumeRole\n" },
        { "a trust with all demands",
          ROLE_R TRUST(
                  "{ Effect: Allow, " ROOT ", Action: [sts:AssumeRole], Condition: {\n"
                  "  Bool: { 'aws:multifactorauthpresent': 'true' },\n"
                  "  NumericLessThan: { 'aws:MultiFactorAuthAge': [900] },\n"
                  "  StringEquals: { 'sts:RoleSessionName': '${aws:username}', k: v } } }") ", MaxSessionDuration: 7200, PermissionsBoundary: 'arn:aws:iam::222222222222:policy/B' } }\n",
          "role arn:aws:iam::222222222222:role/Main R 7200 within arn:aws:iam::222222222222:policy/B\n"
          "  trusts arn:aws:iam::111111111111:root sts:AssumeRole mfa 900 named if {\"StringEquals\":{\"k\":\"v\"}}\n" },
        { "what is no demand",
          ROLE_R TRUST("{ Effect: Allow, " ROOT ", Action: sts:AssumeRole, Condition: {\n"
                       "  BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' },\n"
                       "  Bool: { 'aws:MultiFactorAuthPresent': ['true', 'false'] },\n"
                       "  NumericLessThan: { 'aws:MultiFactorAuthAge': x },\n"
                       "  StringEquals: { 'sts:RoleSessionName': me } } }") " } }\n",
          "role arn:aws:iam::222222222222:role/Main R 3600\n"
          "  trusts arn:aws:iam::111111111111:root sts:AssumeRole if "
          "{\"Bool\":{\"aws:MultiFactorAuthPresent\":[\"false\",\"true\"]},"
          "\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"true\"},"
          "\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"x\"},\"StringEquals\":{\"sts:RoleSessionName\":\"me\"}}\n" },
        { "without MFA only",
          ROLE_R TRUST("{ Effect: Allow, " ROOT ", Action: sts:AssumeRole, Condition: {\n"
                       "  Bool: { 'aws:MultiFactorAuthPresent': false } } }") " } }\n",
          "role arn:aws:iam::222222222222:role/Main R 3600\n  trusts arn:aws:iam::111111111111:root sts:AssumeRole if "
          "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"false\"}}\n" },
        { "an age of MFA asks for MFA",
          ROLE_R TRUST("{ Effect: Allow, " ROOT ", Action: sts:AssumeRole, Condition: {\n"
                       "  NumericLessThan: { 'aws:MultiFactorAuthAge': 60 } } }") " } }\n",
          "role arn:aws:iam::222222222222:role/Main R 3600\n"
          "  trusts arn:aws:iam::111111111111:root sts:AssumeRole mfa 60\n" },
        { "a session name in the language of 2008",
          ROLE_R "{ Statement: { Effect: Allow, " ROOT ", Action: sts:AssumeRole, Condition: {\n"
                 "  StringEquals: { 'sts:RoleSessionName': '${aws:username}' } } } } } }\n",
          "role arn:aws:iam::222222222222:role/Main R 3600\n  trusts arn:aws:iam::111111111111:root sts:AssumeRole if "
          "{\"StringEquals\":{\"sts:RoleSessionName\":\"${aws:username}\"}} (in the policy language of 2008)\n" },
        { "many principals, denials, and what cannot be taken apart",
          ROLE_R TRUST("{ Effect: Allow, Principal: { AWS: [a, b], Service: s }, Action: [x, y] },\n"
                       "{ Effect: Deny, Principal: '*', Action: x, Condition: { Bool: { "
                       "'aws:MultiFactorAuthPresent': 'true' } } },\n"
                       "{ Effect: Allow, NotPrincipal: { AWS: c }, Action: x }") " } }\n",
          "role arn:aws:iam::222222222222:role/Main R 3600\n"
          "  trusts a x\n  trusts a y\n  trusts b x\n  trusts b y\n  trusts s x\n  trusts s y\n"
          "  distrusts * x if {\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}\n"
          "  trusts {\"Action\":\"x\",\"Effect\":\"Allow\",\"NotPrincipal\":{\"AWS\":\"c\"}} \n" },
        { "a role's policies",
          ROLE_R TRUST("") ", ManagedPolicyArns: [m, !Ref P, m],\n"
                           "  Policies: [{ PolicyName: In, PolicyDocument: { Version: '2012-10-17', Statement: [\n"
                           "    { Effect: Allow, Action: sts:AssumeRole, Resource: r }] } }] } }\n"
                           "  P: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: One,\n"
                           "    PolicyDocument: { Version: '2012-10-17', Statement: [\n"
                           "    { Effect: Allow, Action: b, Resource: r }] } } }\n",
          "role arn:aws:iam::222222222222:role/Main R 3600\n  managed m\n  In: Allow sts:AssumeRole on r\n"
          "  One: Allow b on r\n" },
        { "conditions",
          "  G: { Type: 'AWS::IAM::Group', Condition: IsProd, Properties: { GroupName: A } }\n"
          "  H: { Type: 'AWS::IAM::Group', Condition: IsOther, Properties: { GroupName: B } }\n",
          "group /A S/G\n" },
        { "names that cannot be known",
          "  G: { Type: 'AWS::IAM::Group' }\n"
          "  H: { Type: 'AWS::IAM::Group', Properties: { GroupName: !Sub 'X${None}' } }\n",
          "group /<Ref G> S/G\ngroup /X<Ref None> S/H\n" },
        { "what cannot be known is not passed over",
          "  G: { Type: 'AWS::IAM::Group', Properties: { GroupName: Team, ManagedPolicyArns: !Ref None, Policies: [!Ref "
          "None, { PolicyName: In, PolicyDocument: { Version: '2012-10-17', Statement: [!Ref None, [a],\n"
          "  { Effect: Allow, Action: a, Resource: r, Condition: !Ref None },\n"
          "  { Effect: Allow, Action: a, Resource: r, Condition: { Bool: !Ref None } },\n"
          "  { Effect: Maybe, Action: a, Resource: r }] } }, { PolicyName: Doc, PolicyDocument: !Ref None }] } }\n"
          "  P: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: One, Groups: !Ref None,\n"
          "    PolicyDocument: { Version: '2012-10-17', Statement: !Ref None } } }\n",
          "group /Team S/G\n  managed <Ref None>\n  : {\"Statement\":\"<Ref None>\"}\n"
          "  In: {\"Statement\":\"<Ref None>\"}\n  In: {\"Statement\":\"a\"}\n"
          "  In: {\"Action\":\"a\",\"Condition\":\"<Ref None>\",\"Effect\":\"Allow\",\"Resource\":\"r\"}\n"
          "  In: {\"Action\":\"a\",\"Condition\":{\"Bool\":\"<Ref None>\"},\"Effect\":\"Allow\",\"Resource\":\"r\"}\n"
          "  In: {\"Action\":\"a\",\"Effect\":\"Maybe\",\"Resource\":\"r\"}\n"
          "  Doc: {\"Statement\":\"<Ref None>\"}\n"
          "group /<Ref None> /\n  One: {\"Statement\":\"<Ref None>\"}\n" },
        { "a trust that cannot be known", ROLE_R "!Ref None } }\n",
          "role arn:aws:iam::222222222222:role/Main R 3600\n  trusts {\"Statement\":\"<Ref None>\"} \n" },
        { "a name twice is one group",
          "  P: { Type: 'AWS::IAM::Group', Properties: { GroupName: Team, ManagedPolicyArns: [a] } }\n" GROUP_G
          "Path: /p/, ManagedPolicyArns: [b] } }\n",
          "group /p/Team S/G\n  managed a\n  managed b\n" },
        { "other resources", "  B: { Type: 'AWS::S3::Bucket' }\n", "" },
};

static void read_resources(struct facts *facts, const char *resources)
{
        static const struct parameter parameters[] = { { "Environment", "Prod" } };
        AUTO_CLEAR(buf) text = { .max = 1 << 16 };

        bakery__buf_format(
                &text,
                "Parameters: { Environment: { Type: String }, None: { Type: String } }\n"
                "Conditions:\n  IsProd: !Equals [!Ref Environment, Prod]\n  IsOther: !Not [!Condition IsProd]\n"
                "Resources:\n%s",
                resources);
        add_facts(facts, text.at, "S", "222222222222", parameters, 1);
}

START_TEST(reads_templates)
{
        AUTO_CLEAR(facts) facts = { 0 };

        read_resources(&facts, templates[_i].resources);
        ck_facts(&facts, templates[_i].what, templates[_i].shown);
}
END_TEST

static const struct {
        const char *resource, *says;
} refusals[] = {
        { "\"G\":{\"Type\":\"AWS::IAM::Group\",\"Condition\":\"C\"}",
          "the template of stack S: G: its condition cannot be worked out here" },
        { "\"R\":{\"Type\":\"AWS::IAM::Role\",\"Properties\":{\"MaxSessionDuration\":{\"Ref\":\"P\"}}}",
          "the template of stack S: R: its MaxSessionDuration cannot be worked out here" },
        { "\"P\":{\"Type\":\"AWS::IAM::Policy\",\"Properties\":{\"Groups\":[1]}}",
          "the template of stack S: P: it is attached to something that has no name" },
        { "\"Q\":{\"Type\":\"AWS::IAM::Policy\",\"Properties\":{\"Roles\":[1]}}",
          "the template of stack S: Q: it is attached to something that has no name" },
};

START_TEST(refuses_what_it_cannot_tell)
{
        AUTO_CLEAR(json) template = { 0 };
        AUTO_CLEAR(facts) facts = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        char text[400];

        snprintf(text, sizeof text,
                 "{\"Conditions\":{\"C\":{\"Fn::Equals\":[{\"Ref\":\"P\"},\"x\"]}},\"Resources\":{%s}}",
                 refusals[_i].resource);
        parse_json(text, &template);
        const struct resolve_scope scope = {
                .template = template.root, .stack_name = "S", .account_id = "1", .partition = "aws"
        };
        ck_assert_int_eq(bakery__facts_add_template(&facts, &scope, &err), BAKERY_ERR_FORMAT);
        ck_assert_str_eq(bakery_error_message(err), refusals[_i].says);
}
END_TEST

START_TEST(a_logical_id_is_bounded)
{
        AUTO_CLEAR(json) template = { 0 };
        AUTO_CLEAR(facts) facts = { 0 };
        char text[400], id[300] = "";

        memset(id, 'x', _i == 0 ? 255 : 256);
        snprintf(text, sizeof text, "{\"Resources\":{\"%s\":{\"Type\":\"AWS::IAM::Group\"}}}", id);
        parse_json(text, &template);
        const struct resolve_scope scope = { .template = template.root, .account_id = "1", .partition = "aws" };
        ck_assert_int_eq(bakery__facts_add_template(&facts, &scope, NULL), _i == 0 ? BAKERY_OK : BAKERY_ERR_FORMAT);
}
END_TEST

START_TEST(reads_the_old_function)
{
        static const struct parameter parameters[] = { { "Prefix", "t-" }, { "AdminGroups", " A,B" } };
        AUTO_CLEAR(facts) facts = { 0 };

        add_facts(&facts, old_check_admin, "C", "111111111111", parameters, N_ELEMENTS(parameters));
        ck_facts(&facts, "check-admin",
                 "role arn:aws:iam::111111111111:role/t-Bakery-CheckAdminAccess CheckAdminAccessRole 3600\n"
                 "  managed arn:aws:iam::aws:policy/IAMReadOnlyAccess\n"
                 "  t-CheckAdminAccessLogs: Allow logs:CreateLogGroup on arn:aws:logs:*:*:*\n"
                 "  t-CheckAdminAccessLogs: Allow logs:PutLogEvents on arn:aws:logs:*:*:*\n"
                 "  trusts lambda.amazonaws.com sts:AssumeRole\n"
                 "function t-CheckAdminAccess python2.7 ' A,B'\n");
}
END_TEST

START_TEST(reads_the_old_burger)
{
        static const struct parameter parameters[] = { { "AccountName", "Main" }, { "Environment", "Prod" } };
        AUTO_PTR(bakery_config) config = config_of(OWN ENVIRONMENTS TYPES);
        AUTO_FREE char *text = old_burger(config, "012345670123");
        AUTO_CLEAR(facts) facts = { 0 };

        add_facts(&facts, text, "B", "222222222222", parameters, N_ELEMENTS(parameters));
        ck_facts(&facts, "burger",
                 "role arn:aws:iam::222222222222:role/Main-Prod-Admin RoleAdmin 3600\n"
                 "  managed arn:${Partition}:iam::aws:policy/AdministratorAccess\n"
                 "  trusts arn:aws:iam::1402433619:root sts:AssumeRole\n"
                 "  environment NonProd\n  environment Prod\n  environment Mgmt\n");
}
END_TEST

START_TEST(finds_by_name_without_case)
{
        AUTO_CLEAR(facts) facts = { 0 };

        read_resources(&facts, GROUP_G "} }\n" ROLE_R TRUST("") " } }\n");
        ck_assert_ptr_eq(bakery__facts_group(&facts, "tEAM"), facts.groups[0]);
        ck_assert_ptr_null(bakery__facts_group(&facts, "Tea"));
        ck_assert_ptr_eq(bakery__facts_role(&facts, "222222222222", "mAIN"), facts.roles[0]);
        ck_assert_ptr_null(bakery__facts_role(&facts, "333333333333", "Main"));
}
END_TEST

Suite *facts_suite(void)
{
        Suite *suite = suite_create("facts");
        TCase *tcase = tcase_create("reading");

        tcase_add_loop_test(tcase, reads_templates, 0, (int)N_ELEMENTS(templates));
        tcase_add_loop_test(tcase, refuses_what_it_cannot_tell, 0, (int)N_ELEMENTS(refusals));
        tcase_add_loop_test(tcase, a_logical_id_is_bounded, 0, 2);
        tcase_add_test(tcase, reads_the_old_function);
        tcase_add_test(tcase, reads_the_old_burger);
        tcase_add_test(tcase, finds_by_name_without_case);
        suite_add_tcase(suite, tcase);
        return suite;
}
