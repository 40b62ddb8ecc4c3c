#include "deploy/facts_compare.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "deploy/facts_making.h"
#include "made_facts.h"
#include "old_templates.h"
#include "support.h"

Suite *facts_compare_suite(void);

/* Differences as lines, "+" before those that broaden. */
static char *shown(const struct differences *differences)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };
        char *taken = NULL;

        for (size_t i = 0; i < differences->count; i++)
                bakery__buf_format(&text, "%s%s: %s\n", differences->at[i].broadening ? "+" : "",
                                   bakery__difference_name(differences->at[i].kind), differences->at[i].text);
        for (size_t i = 0; i < differences->n_moved; i++)
                bakery__buf_format(&text, "moved: %zu of %s\n", differences->moved[i].count,
                                   differences->moved[i].group);
        ck_assert_int_eq(bakery__buf_take(&text, "differences", &taken, NULL, NULL), BAKERY_OK);
        return taken;
}

static void ck_differences(const struct facts *before, const struct facts *after, const char *what, const char *want)
{
        AUTO_CLEAR(differences) found = { 0 };
        size_t n_broadening = 0;

        ck_assert_int_eq(bakery__facts_compare(before, after, &found, NULL), BAKERY_OK);
        for (size_t i = 0; i < found.count; i++)
                n_broadening += found.at[i].broadening;
        ck_assert_uint_eq(n_broadening, found.n_broadening);
        AUTO_FREE char *text = shown(&found);
        ck_assert_msg(strcmp(text, want) == 0, "%s:\n%s\nis not\n%s", what, text, want);
}

static void read_resources(struct facts *facts, const char *resources)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 16 };

        bakery__buf_format(&text, "Resources:\n  Other: { Type: Other }\n%s", resources);
        add_facts(facts, text.at, "S", "222222222222", NULL, 0);
}

#define GROUP(id, more) "  " id ": { Type: 'AWS::IAM::Group', Properties: { " more " } }\n"
#define INLINE(name, statements) \
        "Policies: [{ PolicyName: " name ", PolicyDocument: { Version: '2012-10-17', Statement: [" statements "] } }]"
#define ASSUME(more) "{ Effect: Allow, Action: sts:AssumeRole, " more " }"
#define ROLE(id, more) "  " id ": { Type: 'AWS::IAM::Role', Properties: { " more " } }\n"
#define TRUST(more) ROLE("R", "RoleName: R, " TRUSTS("{ Effect: Allow, Action: x, " more " }"))
#define TRUSTS(statements) "AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [" statements "] }"
#define MFA "Bool: { 'aws:MultiFactorAuthPresent': true }"
#define AGE(seconds) "NumericLessThan: { 'aws:MultiFactorAuthAge': " seconds " }"
#define NAMED "StringEquals: { 'sts:RoleSessionName': '${aws:username}' }"
#define ARN_R "arn:aws:iam::222222222222:role/R"

/* What two templates differ in; then, when it is not NULL, the way back. */
static const struct {
        const char *what, *before, *after, *differences, *back;
} pairs[] = {
        { "the order of things",
          GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: [a, b]")))
                  TRUST("Principal: { AWS: [a, b] }, Condition: { " MFA ", " NAMED " }"),
          TRUST("Condition: { " NAMED ", " MFA " }, Principal: { AWS: [b, a] }")
                  GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: [b]") ", " ASSUME("Resource: a"))),
          "", "" },
        { "grants", GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: [a, b]"))),
          GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: [b, c, c]"))),
          "+grant-gained: members of G may assume c\n"
          "grant-lost: members of G may no longer assume a\n",
          "+grant-gained: members of G may assume a\n"
          "grant-lost: members of G may no longer assume c\n" },
        { "grants in another policy", GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: [a, b]"))),
          GROUP("G", "GroupName: G, " INLINE("Q", ASSUME("Resource: [a, b]"))), "moved: 2 of G\n", "moved: 2 of G\n" },
        { "a condition of a grant", GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: a"))),
          GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: a, Condition: { B: { k: v } }"))),
          "grant-condition: members of G may assume a if {\"B\":{\"k\":\"v\"}}\n",
          "+grant-condition: members of G may assume a, without a condition now\n" },
        { "another condition of a grant",
          GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: a, Condition: { B: { k: v } }"))),
          GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: a, Condition: { B: { k: w } }"))),
          "+grant-condition: members of G may assume a if {\"B\":{\"k\":\"w\"}}\n",
          "+grant-condition: members of G may assume a if {\"B\":{\"k\":\"v\"}}\n" },
        { "one of two conditions of a grant",
          GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: a") ", " ASSUME("Resource: a, Condition: { B: { "
                                                                                    "k: v } }"))),
          GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: a, Condition: { B: { k: v } }"))),
          "grant-condition: members of G may no longer assume a without a condition\n",
          "+grant-condition: members of G may assume a, without a condition now\n" },
        { "a new group with a grant", "", GROUP("G", "GroupName: G, " INLINE("P", ASSUME("Resource: a"))),
          "group-new: group G is new\n+grant-gained: members of G may assume a\n",
          "group-gone: group G goes\ngrant-lost: members of G may no longer assume a\n" },
        { "another name of a group", GROUP("G", "GroupName: A, " INLINE("P", ASSUME("Resource: a"))),
          GROUP("G", "GroupName: B, " INLINE("P", ASSUME("Resource: a"))),
          "group-replaced: group A becomes B: it is made anew, without its members\n"
          "+grant-gained: members of B may assume a\n"
          "grant-lost: members of A may no longer assume a\n",
          NULL },
        { "names are one without case", GROUP("G", "GroupName: Team"), GROUP("G", "GroupName: tEAM"), "", "" },
        { "another path of a group", GROUP("G", "GroupName: G"), GROUP("G", "GroupName: G, Path: /p/"),
          "group-replaced: group G moves from path / to /p/: it is made anew, without its members\n", NULL },
        { "another logical id", GROUP("G", "GroupName: G"), GROUP("H", "GroupName: G"), "", "" },
        { "policies of a group", GROUP("G", "GroupName: G"),
          GROUP("G", "GroupName: G, ManagedPolicyArns: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::1:policy/B', "
                     "'arn:aws:iam::aws:policy/AWSDenyAll']"),
          "+policy-attached: group G gets the policy arn:aws:iam::aws:policy/A\n"
          "+policy-attached: group G gets the policy arn:aws:iam::1:policy/B\n"
          "+policy-attached: group G gets the policy arn:aws:iam::aws:policy/AWSDenyAll\n",
          "policy-detached: group G loses the policy arn:aws:iam::aws:policy/A\n"
          "+policy-detached: group G loses the policy arn:aws:iam::1:policy/B\n"
          "+policy-detached: group G loses the policy arn:aws:iam::aws:policy/AWSDenyAll\n" },
        { "statements of a group", GROUP("G", "GroupName: G"),
          GROUP("G", "GroupName: G, " INLINE("P", "{ Effect: Allow, Action: [a, b], Resource: r }, "
                                                  "{ Effect: Deny, Action: c, Resource: r }, "
                                                  "{ Effect: Allow, NotAction: d, Resource: r }")),
          "+statement-gained: members of G gain: Allow a on r\n"
          "+statement-gained: members of G gain: Allow b on r\n"
          "statement-gained: members of G gain: Deny c on r\n"
          "+statement-gained: members of G gain: {\"Effect\":\"Allow\",\"NotAction\":\"d\",\"Resource\":\"r\"}\n",
          "statement-lost: members of G lose: Allow a on r\n"
          "statement-lost: members of G lose: Allow b on r\n"
          "+statement-lost: members of G lose: Deny c on r\n"
          "statement-lost: members of G lose: {\"Effect\":\"Allow\",\"NotAction\":\"d\",\"Resource\":\"r\"}\n" },
        { "a new role", "",
          ROLE("R", "RoleName: R, ManagedPolicyArns: ['arn:aws:iam::aws:policy/A', 'b'], " TRUSTS(
                            "{ Effect: Allow, Action: x, Principal: { AWS: [p, q] } }")),
          "+role-new: role " ARN_R " is new, with A, b, for p, q\n", "role-gone: role " ARN_R " goes\n" },
        { "another name of a role", ROLE("R", "RoleName: A"), ROLE("R", "RoleName: B"),
          "+role-replaced: role arn:aws:iam::222222222222:role/A becomes arn:aws:iam::222222222222:role/B: it is made "
          "anew\n",
          NULL },
        { "another path of a role", ROLE("R", "RoleName: R"), ROLE("R", "RoleName: R, Path: /p/"),
          "+role-replaced: role " ARN_R " moves to path /p/: it is made anew\n", NULL },
        { "policies of a role", ROLE("R", "RoleName: R"),
          ROLE("R", "RoleName: R, ManagedPolicyArns: [m], " INLINE("P", "{ Effect: Allow, Action: a, Resource: r }")),
          "+policy-attached: role " ARN_R " gets the policy m\n"
          "+statement-gained: role " ARN_R " gains: Allow a on r\n",
          "+policy-detached: role " ARN_R " loses the policy m\n"
          "statement-lost: role " ARN_R " loses: Allow a on r\n" },
        { "MFA", TRUST("Principal: { AWS: p }"), TRUST("Principal: { AWS: p }, Condition: { " MFA " }"),
          "trust-stronger: role " ARN_R ", for p (x): MFA is asked\n",
          "+trust-weaker: role " ARN_R ", for p (x): MFA is no longer asked\n" },
        { "MFA of an age", TRUST("Principal: { AWS: p }, Condition: { " MFA " }"),
          TRUST("Principal: { AWS: p }, Condition: { " MFA ", " AGE("900") " }"),
          "trust-stronger: role " ARN_R ", for p (x): MFA of at most 900 s is asked\n",
          "+trust-weaker: role " ARN_R ", for p (x): MFA of any age is enough, not only of 900 s\n" },
        { "MFA of another age", TRUST("Principal: { AWS: p }, Condition: { " AGE("900") " }"),
          TRUST("Principal: { AWS: p }, Condition: { " AGE("901") " }"),
          "+trust-weaker: role " ARN_R ", for p (x): MFA of at most 901 s is asked\n",
          "trust-stronger: role " ARN_R ", for p (x): MFA of at most 900 s is asked\n" },
        { "MFA and its age at once", TRUST("Principal: { AWS: p }"),
          TRUST("Principal: { AWS: p }, Condition: { " AGE("900") " }"),
          "trust-stronger: role " ARN_R ", for p (x): MFA is asked\n",
          "+trust-weaker: role " ARN_R ", for p (x): MFA is no longer asked\n" },
        { "the session name", TRUST("Principal: { AWS: p }"), TRUST("Principal: { AWS: p }, Condition: { " NAMED " }"),
          "trust-stronger: role " ARN_R ", for p (x): a session named as the user is asked\n",
          "+trust-weaker: role " ARN_R ", for p (x): any name of the session is taken\n" },
        { "a condition", TRUST("Principal: { AWS: p }"), TRUST("Principal: { AWS: p }, Condition: { A: { b: c } }"),
          "trust-stronger: role " ARN_R ", for p (x): one more condition is asked\n",
          "+trust-weaker: role " ARN_R ", for p (x): a condition is no longer asked\n" },
        { "another condition", TRUST("Principal: { AWS: p }, Condition: { A: { b: d } }"),
          TRUST("Principal: { AWS: p }, Condition: { A: { b: c } }"),
          "+trust-weaker: role " ARN_R ", for p (x): another condition is asked\n",
          "+trust-weaker: role " ARN_R ", for p (x): another condition is asked\n" },
        { "a condition of a denial", ROLE("R", "RoleName: R, " TRUSTS("{ Effect: Deny, Action: x, Principal: '*' }")),
          ROLE("R", "RoleName: R, " TRUSTS("{ Effect: Deny, Action: x, Principal: '*', Condition: { A: { b: c } } }")),
          "+trust-weaker: role " ARN_R ", for * (x): one more condition is asked\n",
          "trust-stronger: role " ARN_R ", for * (x): a condition is no longer asked\n" },
        { "principals and denials", TRUST("Principal: { AWS: p }"),
          ROLE("R", "RoleName: R, " TRUSTS("{ Effect: Allow, Action: x, Principal: { AWS: [p, q] } }, "
                                           "{ Effect: Deny, Action: x, Principal: '*' }")),
          "+trust-gained: role " ARN_R " newly allows x to q\n"
          "trust-gained: role " ARN_R " newly denies x to *\n",
          "trust-lost: role " ARN_R " no longer allows x to q\n"
          "+trust-lost: role " ARN_R " no longer denies x to *\n" },
        { "two ways in for one principal: what each asks is not mixed",
          ROLE("R", "RoleName: R, " TRUSTS("{ Effect: Allow, Action: x, Principal: p, Condition: { " MFA " } }, "
                                           "{ Effect: Allow, Action: x, Principal: p, Condition: { " NAMED " } }")),
          TRUST("Principal: p"),
          "+trust-gained: role " ARN_R " newly allows x to p\n"
          "trust-lost: role " ARN_R " no longer allows x to p\n"
          "trust-lost: role " ARN_R " no longer allows x to p\n",
          NULL },
        { "a boundary", ROLE("R", "RoleName: R"), ROLE("R", "RoleName: R, PermissionsBoundary: b"),
          "boundary-set: role " ARN_R " gets the boundary b\n",
          "+boundary-removed: role " ARN_R " loses its boundary b\n" },
        { "another boundary", ROLE("R", "RoleName: R, PermissionsBoundary: a"),
          ROLE("R", "RoleName: R, PermissionsBoundary: b"),
          "+boundary-changed: role " ARN_R " gets the boundary b in place of a\n", NULL },
        { "the length of sessions", ROLE("R", "RoleName: R"), ROLE("R", "RoleName: R, MaxSessionDuration: 3601"),
          "+duration-raised: sessions of role " ARN_R " may last 3601 s, not 3600 s\n",
          "duration-lowered: sessions of role " ARN_R " may last 3600 s, not 3601 s\n" },
        { "text from outside", "", GROUP("G", "GroupName: \"a\\tb\""), "group-new: group a?b is new\n", NULL },
        { "the function", "",
          "  F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: F, Runtime: python2.7, Environment: { "
          "Variables: { adminGroups: ' A' } } } }\n",
          "function: function F is new\n", "function: function F goes\n" },
        { "another function",
          "  F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: F, Runtime: python2.7, Environment: { "
          "Variables: { adminGroups: ' A' } } } }\n",
          "  F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: F, Runtime: provided.al2023, "
          "Environment: { Variables: { BAKERY_ADMIN_GROUPS: A } } } }\n",
          "function: function F runs on provided.al2023, not on python2.7\n"
          "function: function F watches \"A\", not \" A\"\n",
          NULL },
};

START_TEST(tells_what_differs)
{
        AUTO_CLEAR(facts) before = { 0 };
        AUTO_CLEAR(facts) after = { 0 };

        read_resources(&before, pairs[_i].before);
        read_resources(&after, pairs[_i].after);
        ck_differences(&before, &after, pairs[_i].what, pairs[_i].differences);
        if (pairs[_i].back)
                ck_differences(&after, &before, pairs[_i].what, pairs[_i].back);
        ck_differences(&before, &before, pairs[_i].what, "");
        ck_differences(&after, &after, pairs[_i].what, "");
}
END_TEST

START_TEST(each_kind_has_a_name)
{
        for (int kind = 0; kind <= DIFFERENCE_FUNCTION; kind++) {
                const char *name = bakery__difference_name((enum difference_kind)kind);

                ck_assert_ptr_nonnull(name);
                for (int other = 0; other < kind; other++)
                        ck_assert_str_ne(name, bakery__difference_name((enum difference_kind)other));
        }
}
END_TEST

/* A thing with a name of its own cannot move between stacks; what was read from IAM is in none. */
START_TEST(tells_of_another_stack)
{
        static const char resources[] = "Resources:\n" GROUP("G", "GroupName: G") ROLE("R", "RoleName: R");
        AUTO_CLEAR(facts) before = { 0 };
        AUTO_CLEAR(facts) after = { 0 };
        AUTO_CLEAR(facts) live = { 0 };

        add_facts(&before, resources, "S", "222222222222", NULL, 0);
        add_facts(&after, resources, "T", "222222222222", NULL, 0);
        ck_differences(&before, &after, "stacks",
                       "group-moved: G moves from stack S to stack T: CloudFormation makes it there before it deletes "
                       "it here, which its name forbids\n"
                       "role-moved: R moves from stack S to stack T: CloudFormation makes it there before it deletes "
                       "it here, which its name forbids\n");
        bakery__facts_new_group(&live, "G", "/");
        bakery__facts_new_role(&live, "aws", "222222222222", "R", "/");
        ck_differences(&live, &after, "IAM", "");
        ck_differences(&after, &live, "IAM", "");
}
END_TEST

#define TWO_TYPES                                                                                   \
        "AccessTypes: [{ Type: Admin, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }, " \
        "{ Type: ReadOnly, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }]\n"
#define FIRST_ACCOUNT "{ Id: '222222222222', Name: Main }"

/* Configurations: what changes in the Bakery account, and in the first Burger account. */
static const struct {
        const char *what, *before, *after, *bakery, *burger;
} configs[] = {
        { "an account more: one gain for each type",
          OWN TWO_TYPES "Environments: [{ Environment: Prod, Accounts: [" FIRST_ACCOUNT "] }]\n",
          OWN TWO_TYPES "Environments: [{ Environment: Prod, Accounts: [" FIRST_ACCOUNT
                        ", { Id: '333333333333', Name: More }] }]\n",
          "+grant-gained: members of MyTeamProdAdmin may assume arn:aws:iam::333333333333:role/More-Prod-Admin\n"
          "+grant-gained: members of MyTeamProdReadOnly may assume arn:aws:iam::333333333333:role/More-Prod-ReadOnly\n",
          "" },
        { "MFA for one type", OWN TWO_TYPES ENVIRONMENTS,
          OWN ENVIRONMENTS "AccessTypes: [{ Type: Admin, RequireMfa: true, PolicyArn: "
                           "'arn:aws:iam::aws:policy/AdministratorAccess' }, { Type: ReadOnly, PolicyArn: "
                           "'arn:aws:iam::aws:policy/ReadOnlyAccess' }]\n",
          "statement-gained: members of MyTeamAwsBakeryReadOnly gain: Deny iam:CreateLoginProfile on * if "
          "{\"Null\":{\"aws:MultiFactorAuthPresent\":\"true\"}}\n"
          "statement-gained: members of MyTeamAwsBakeryReadOnly gain: Deny iam:CreateVirtualMFADevice on * if "
          "{\"Null\":{\"aws:MultiFactorAuthPresent\":\"true\"}}\n"
          "statement-gained: members of MyTeamAwsBakeryReadOnly gain: Deny iam:EnableMFADevice on * if "
          "{\"Null\":{\"aws:MultiFactorAuthPresent\":\"true\"}}\n"
          "statement-gained: members of MyTeamAwsBakeryReadOnly gain: Deny iam:ResyncMFADevice on * if "
          "{\"Null\":{\"aws:MultiFactorAuthPresent\":\"true\"}}\n",
          "trust-stronger: role arn:aws:iam::222222222222:role/Main-Prod-Admin, for "
          "arn:aws:iam::111111111111:root (sts:AssumeRole): MFA is asked\n" },
        { "a type less", OWN TWO_TYPES ENVIRONMENTS, OWN TYPES ENVIRONMENTS,
          "group-gone: group MyTeamProdReadOnly goes\n"
          "grant-lost: members of MyTeamProdReadOnly may no longer assume "
          "arn:aws:iam::222222222222:role/Main-Prod-ReadOnly\n",
          "role-gone: role arn:aws:iam::222222222222:role/Main-Prod-ReadOnly goes\n" },
};

static void read_config(const char *text, struct facts *bakery, struct facts *burger)
{
        AUTO_PTR(bakery_config) config = config_of(text);

        ck_assert_int_eq(made_in_bakery(bakery, config, NULL), BAKERY_OK);
        ck_assert_int_eq(made_in_burger(burger, &config->environments[0].accounts[0], NULL), BAKERY_OK);
}

START_TEST(tells_what_a_configuration_changes)
{
        AUTO_CLEAR(facts) before = { 0 };
        AUTO_CLEAR(facts) burger_before = { 0 };
        AUTO_CLEAR(facts) after = { 0 };
        AUTO_CLEAR(facts) burger_after = { 0 };

        read_config(configs[_i].before, &before, &burger_before);
        read_config(configs[_i].after, &after, &burger_after);
        ck_differences(&before, &after, configs[_i].what, configs[_i].bakery);
        ck_differences(&burger_before, &burger_after, configs[_i].what, configs[_i].burger);
}
END_TEST

/* MFA switched off is broadening wherever it was asked. */
START_TEST(less_mfa_broadens)
{
        AUTO_CLEAR(facts) before = { 0 };
        AUTO_CLEAR(facts) burger_before = { 0 };
        AUTO_CLEAR(facts) after = { 0 };
        AUTO_CLEAR(facts) burger_after = { 0 };
        AUTO_CLEAR(differences) found = { 0 };

        read_config(configs[1].after, &before, &burger_before);
        read_config(configs[1].before, &after, &burger_after);
        ck_differences(&burger_before, &burger_after, "less MFA",
                       "+trust-weaker: role arn:aws:iam::222222222222:role/Main-Prod-Admin, for "
                       "arn:aws:iam::111111111111:root (sts:AssumeRole): MFA is no longer asked\n");
        ck_assert_int_eq(bakery__facts_compare(&before, &after, &found, NULL), BAKERY_OK);
        ck_assert_uint_eq(found.count, 4); /* the denials of enrolling a device with plain keys */
        ck_assert_uint_eq(found.n_broadening, 4);
}
END_TEST

#define OLD_CONFIG                                                                                       \
        OWN "Environments:\n  - Environment: NonProd\n    Accounts:\n"                                   \
            "      - { Id: '222222222222', Name: NonProd }\n      - { Id: '033333333333', Name: Stg }\n" \
            "  - Environment: Prod\n    Accounts:\n      - { Id: '444444444444', Name: Prod }\n"         \
            "AccessTypes: [{ Type: Admin, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }, "  \
            "{ Type: PowerUser, PolicyArn: 'arn:aws:iam::aws:policy/PowerUserAccess' }]\n"

/*
 * Stacks of the tool before, and what the same configuration makes now: groups, grants, roles and trust are the same.
 * What differs is all in the policy by which people manage their own credentials: there are more of their own things
 * now that they may read and, with MFA, give back; SMS is gone from IAM; a user may have a path.
 */
START_TEST(the_old_stacks_change_in_nothing_else)
{
        static const char *const gained[] = {
                "iam:GetAccountPasswordPolicy on *",
                "iam:ListVirtualMFADevices on *",
                /* of users with a path, which the old policy forgot */
                "iam:ChangePassword on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:CreateAccessKey on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:CreateLoginProfile on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:DeleteAccessKey on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:DeleteLoginProfile on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:GetAccessKeyLastUsed on arn:aws:iam::111111111111:user/${aws:username}",
                "iam:GetAccessKeyLastUsed on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:GetLoginProfile on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:GetUser on arn:aws:iam::111111111111:user/${aws:username}",
                "iam:GetUser on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:ListAccessKeys on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:UpdateAccessKey on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:CreateVirtualMFADevice on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:DeleteVirtualMFADevice on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:EnableMFADevice on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:GetMFADevice on arn:aws:iam::111111111111:user/${aws:username}",
                "iam:GetMFADevice on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:GetMFADevice on arn:aws:iam::111111111111:mfa/${aws:username}",
                "iam:ListMFADevices on arn:aws:iam::111111111111:user/*/${aws:username}",
                "iam:ListMFADevices on arn:aws:iam::111111111111:mfa/${aws:username}",
                "iam:ResyncMFADevice on arn:aws:iam::111111111111:user/*/${aws:username}",
                /* removing a device asks for MFA now */
                "iam:DeactivateMFADevice on arn:aws:iam::111111111111:user/${aws:username} if "
                "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}",
                "iam:DeactivateMFADevice on arn:aws:iam::111111111111:user/*/${aws:username} if "
                "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}",
        };
        static const char *const lost[] = {
                "iam:GetAccountPasswordPolicy on arn:aws:iam::111111111111:user/${aws:username}",
                "iam:ListVirtualMFADevices on arn:aws:iam::111111111111:mfa/*",
                "iam:ListVirtualMFADevices on arn:aws:iam::111111111111:user/${aws:username}",
                "iam:ListMFADevices on arn:aws:iam::111111111111:mfa/*",
                "iam:RequestSmsMfaRegistration on arn:aws:iam::111111111111:mfa/${aws:username}",
                "iam:RequestSmsMfaRegistration on arn:aws:iam::111111111111:user/${aws:username}",
                "iam:FinalizeSmsMfaRegistration on arn:aws:iam::111111111111:mfa/${aws:username}",
                "iam:FinalizeSmsMfaRegistration on arn:aws:iam::111111111111:user/${aws:username}",
                "iam:DeactivateMFADevice on arn:aws:iam::111111111111:mfa/${aws:username}",
                "iam:DeactivateMFADevice on arn:aws:iam::111111111111:user/${aws:username}",
        };
        static const struct parameter team = { "TeamName", "MyTeam" };
        AUTO_PTR(bakery_config) config = config_of(OLD_CONFIG);
        AUTO_FREE char *env = old_bakery_env(config, false);
        AUTO_CLEAR(facts) before = { 0 };
        AUTO_CLEAR(facts) after = { 0 };
        AUTO_CLEAR(buf) want = { .max = 1 << 16 };

        add_facts(&before, old_bakery_account, "BakeryAccount", "111111111111", &team, 1);
        add_facts(&before, env, "BakeryEnvironment", "111111111111", NULL, 0);
        ck_assert_int_eq(made_in_bakery(&after, config, NULL), BAKERY_OK);
        for (size_t i = 0; i < N_ELEMENTS(gained); i++)
                bakery__buf_format(&want, "+statement-gained: members of MyTeamAwsBakeryReadOnly gain: Allow %s\n",
                                   gained[i]);
        for (size_t i = 0; i < N_ELEMENTS(lost); i++)
                bakery__buf_format(&want, "statement-lost: members of MyTeamAwsBakeryReadOnly lose: Allow %s\n",
                                   lost[i]);
        ck_differences(&before, &after, "the Bakery account", want.at);
}
END_TEST

START_TEST(the_old_roles_do_not_change)
{
        AUTO_PTR(bakery_config) config = config_of(OLD_CONFIG);
        AUTO_FREE char *text = old_burger(config, "\"111111111111\"");
        AUTO_CLEAR(facts) before = { 0 };
        AUTO_CLEAR(facts) after = { 0 };

        for (size_t i = 0; i < 2; i++) {
                const bakery_account *account = &config->environments[0].accounts[i];
                const struct parameter parameters[] = { { "AccountName", account->name },
                                                        { "Environment", "NonProd" } };

                add_facts(&before, text, "BurgerAccount", account->id, parameters, N_ELEMENTS(parameters));
                ck_assert_int_eq(made_in_burger(&after, account, NULL), BAKERY_OK);
        }
        ck_assert_uint_eq(after.n_roles, 4);
        ck_differences(&before, &after, "two Burger accounts", "");
}
END_TEST

/* Accounts in front move the others from policy to policy: no difference, but told. */
START_TEST(an_account_in_front_moves_grants)
{
        AUTO_FREE char *more = large_text("", 131, "account-%04d");
        AUTO_FREE char *text = strdup(more);
        AUTO_CLEAR(facts) before = { 0 };
        AUTO_CLEAR(facts) after = { 0 };
        AUTO_CLEAR(facts) burger = { 0 };
        AUTO_CLEAR(differences) found = { 0 };
        char *first = strstr(text, "      - { Id: \"000000000001\""),
             *second = strstr(text, "      - { Id: \"000000000002\"");

        memmove(first, second, strlen(second) + 1);
        read_config(text, &before, &burger);
        read_config(more, &after, &burger);
        ck_assert_int_eq(bakery__facts_compare(&before, &after, &found, NULL), BAKERY_OK);
        ck_assert_uint_eq(found.count, 1);
        ck_assert_int_eq(found.at[0].kind, DIFFERENCE_GRANT_GAINED);
        ck_assert_str_eq(found.at[0].role_arn, "arn:aws:iam::000000000001:role/account-0000-Prod-Admin");
        ck_assert_uint_eq(found.n_moved, 1);
        ck_assert_uint_eq(found.moved[0].count, 1);
}
END_TEST

Suite *facts_compare_suite(void)
{
        Suite *suite = suite_create("facts_compare");
        TCase *tcase = tcase_create("differences");

        tcase_add_loop_test(tcase, tells_what_differs, 0, (int)N_ELEMENTS(pairs));
        tcase_add_test(tcase, each_kind_has_a_name);
        tcase_add_test(tcase, tells_of_another_stack);
        tcase_add_loop_test(tcase, tells_what_a_configuration_changes, 0, (int)N_ELEMENTS(configs));
        tcase_add_test(tcase, less_mfa_broadens);
        tcase_add_test(tcase, the_old_stacks_change_in_nothing_else);
        tcase_add_test(tcase, the_old_roles_do_not_change);
        tcase_add_test(tcase, an_account_in_front_moves_grants);
        suite_add_tcase(suite, tcase);
        return suite;
}
