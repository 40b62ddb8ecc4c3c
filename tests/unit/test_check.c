#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

Suite *check_suite(void);

#define ACCOUNTS "Accounts: [{ Id: \"222222222222\", Name: Main }]"
#define MFA "Defaults: { RequireMfa: true, RequireSessionName: true }\n"
#define TYPE(more) "AccessTypes: [{ Type: Admin, " ADMIN_POLICY ", " more " }]\n"
#define POLICY(statement) \
        "AccessTypes: [{ Type: A, InlinePolicy: { Version: 2012-10-17, Statement: " statement " } }]\n"
#define NAME40 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

/*
 * What is behind the three lines of OWN, and all that is found: "line:column severity rule", one after the other. The
 * sentences are held by tests/config.
 */
static const struct {
        const char *text, *found;
} cases[] = {
        /* nothing */
        { MFA ENVIRONMENTS TYPES, "" },
        { ENVIRONMENTS TYPES, "5:23 warning no-mfa, 5:23 warning no-session-name" },
        { "Defaults: { RequireMfa: true }\n" ENVIRONMENTS TYPES, "6:23 warning no-session-name" },

        /* shape */
        { MFA ENVIRONMENTS TYPES "X: 1\n", "7:1 error unknown-key" },
        { MFA ENVIRONMENTS TYPES "region: us-east-1\n", "7:1 error unknown-key" },
        { MFA ENVIRONMENTS, "1:1 error missing-key" },
        { MFA TYPES, "1:1 error missing-key" },
        { MFA ENVIRONMENTS TYPES "Region: [a]\n", "7:9 error wrong-kind" },
        { MFA ENVIRONMENTS TYPES "Users: a\n", "7:8 error wrong-kind" },
        { MFA ENVIRONMENTS TYPES "Users: [a]\n", "7:9 error wrong-kind" },
        { MFA ENVIRONMENTS TYPES "AdminGroups: { a: b }\n", "7:14 error wrong-kind" },
        { MFA "Environments: []\n" TYPES, "5:15 error wrong-kind" },
        { "Defaults: { RequireMfa: n, RequireSessionName: ~ }\n" ENVIRONMENTS TYPES,
          "4:25 error bad-value, 4:48 error bad-value, 6:23 warning no-mfa, 6:23 warning no-session-name" },
        { MFA ENVIRONMENTS TYPES "Region:\nUsers:\nPrefix:\nSlackChannel:\nAdminGroups: ''\n", "7:8 error bad-value" },
        { MFA ENVIRONMENTS TYPE("Tags: { \"aws:x\": y }"), "6:105 error bad-value" },
        { MFA ENVIRONMENTS TYPE("Tags: { x: [y] }"), NULL },
        { MFA ENVIRONMENTS TYPE("Tags: [y]"), NULL },

        /* references */
        { MFA "Environments: [{ Environment: Prod, AccessTypes: [Admn], " ACCOUNTS " }]\n" TYPES,
          "5:51 error unknown-access-type" },
        { MFA "Environments: [{ Environment: Prod, DefaultAccount: Mian, " ACCOUNTS " }]\n" TYPES,
          "5:53 error unknown-account" },
        { MFA
          "Environments: [{ Environment: Prod, DefaultAccount: Main, Accounts: [{ Id: \"222222222222\", Name: Main },"
          "{ Id: \"333333333333\", Name: Main }] }]\n" TYPES,
          "5:53 error unknown-account, 5:133 warning same-account-name" },
        { MFA ENVIRONMENTS "AccessTypes: [{ Type: Admin }]\n", "6:23 error no-policy" },
        { MFA ENVIRONMENTS TYPE("MachinePrincipals: [\"arn:aws:iam::222222222222:role/ci\"]"), NULL },
        { MFA ENVIRONMENTS TYPE("MachinePrincipals: [\"arn:aws-cn:iam::111111111111:role/ci\"]"), NULL },
        { MFA ENVIRONMENTS TYPE("MachinePrincipals: [\"arn:aws:iam::111111111111:role/ci\"]"), "" },
        { MFA ENVIRONMENTS "Partition: aws-cn\nAccessTypes: [{ Type: A, PolicyArn: \"arn:aws:iam::aws:policy/X\" }]\n",
          "7:37 error other-partition" },
        { MFA ENVIRONMENTS TYPES "Partition: aws-cn\nRegion: us-east-1\n", "8:1 error other-partition" },
        { MFA ENVIRONMENTS TYPES "Partition: aws-cn\nRegion: cn-north-1\n", "" },
        { "Defaults: { RequireMfa: true, RequireSessionName: true, PermissionsBoundary: \"arn:aws-cn:iam::aws:policy/X\" }"
          "\n" ENVIRONMENTS TYPES,
          "4:78 error other-partition" },
        { MFA "Environments: [{ Environment: Prod, PermissionsBoundary: \"arn:aws-cn:iam::aws:policy/X\", " ACCOUNTS
              " }]\n" TYPES,
          "5:58 error other-partition" },
        { MFA ENVIRONMENTS TYPES "Users: [{ Name: a, Groups: [MyTeamProdAdmin, MyTeamAwsBakeryReadOnly] }]\n", "" },
        { MFA ENVIRONMENTS TYPES "Users: [{ Name: a, Groups: [MyTeamProdAdmn] }]\n", "7:29 error unknown-group" },
        { MFA ENVIRONMENTS TYPES "AdminGroups: MyTeamProdAdmin, Other\n", "7:14 warning unknown-group" },
        { MFA ENVIRONMENTS TYPES "AdminGroups: [MyTeamAwsBakeryAdmin, Other]\n", "7:37 warning unknown-group" },
        { MFA "Environments: [{ Environment: Prod, Accounts: [{ Id: \"111111111111\", Name: Main }] }]\n" TYPES,
          "5:54 warning bakery-is-burger" },
        { MFA
          "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: a }, { Id: \"222222222222\", "
          "Name: b }] }]\n" TYPES,
          "5:87 error duplicate-account" },

        /* names */
        { MFA "Environments:\n  - { Environment: Prod, " ACCOUNTS " }\n  - { Environment: PROD, Accounts: [{ Id: "
              "\"333333333333\", Name: b }] }\n" TYPES,
          NULL },
        { MFA ENVIRONMENTS "AccessTypes: [{ Type: A, " ADMIN_POLICY " }, { Type: a, " ADMIN_POLICY " }]\n", NULL },
        { MFA ENVIRONMENTS TYPES "Users: [{ Name: a, Groups: [] }, { Name: A, Groups: [] }]\n",
          "7:42 error name-collision" },
        { MFA "Environments:\n  - { Environment: Prod, " ACCOUNTS " }\n"
              "  - { Environment: Prodx, Accounts: [{ Id: \"333333333333\", Name: b }] }\n"
              "AccessTypes: [{ Type: Admin, " ADMIN_POLICY " }, { Type: XAdmin, " ADMIN_POLICY " }]\n",
          "8:23 error name-collision" }, /* ProdXAdmin, ProdxAdmin */
        { MFA "Environments: [{ Environment: AwsBakery, " ACCOUNTS " }]\n" TYPES, "6:23 error name-collision" },
        { MFA "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: " NAME40 NAME40
              " }] }]\n" TYPES,
          NULL },
        { MFA "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: " NAME40
              "nnnnnnnnnnnnn }] }]\n" TYPES,
          "" }, /* 53 + 11: a role name of 64 */
        { MFA "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: " NAME40
              "nnnnnnnnnnnnnn }] }]\n" TYPES,
          "5:76 error name-too-long" },
        { MFA "Environments: [{ Environment: -, " ACCOUNTS " }]\n" TYPES, "5:31 error no-logical-id" },
        { MFA ENVIRONMENTS "AccessTypes: [{ Type: _, " ADMIN_POLICY " }]\n", "6:23 error no-logical-id" },

        /* policies */
        { MFA ENVIRONMENTS POLICY("[{ Effect: Allow, Action: \"a:b\", Resource: \"*\" }]"), "" },
        { MFA ENVIRONMENTS POLICY("{ Effect: Deny, NotAction: [\"a:b\"], NotResource: \"*\" }"), "" },
        { MFA ENVIRONMENTS POLICY("[]"), "6:40 error inline-policy" },
        { MFA ENVIRONMENTS POLICY("[x]"), "6:40 error inline-policy" },
        { MFA ENVIRONMENTS POLICY("{ Action: \"a:b\", Resource: \"*\" }"), "6:40 error inline-policy" },
        { MFA ENVIRONMENTS POLICY("{ Effect: allow, Action: \"a:b\", Resource: \"*\" }"), "6:40 error inline-policy" },
        { MFA ENVIRONMENTS POLICY("{ Effect: Allow, Resource: \"*\" }"), "6:40 error inline-policy" },
        { MFA ENVIRONMENTS POLICY("{ Effect: Allow, Action: a, NotAction: b, Resource: \"*\" }"),
          "6:40 error inline-policy" },
        { MFA ENVIRONMENTS POLICY("{ Effect: Allow, Action: a }"), "6:40 error inline-policy" },
        { MFA ENVIRONMENTS POLICY("{ Effect: Allow, Action: a, Resource: b, Principal: c }"),
          "6:40 error inline-policy" },
        { MFA ENVIRONMENTS POLICY("{ Effect: Allow, Action: a, Resource: b, NotPrincipal: c }"),
          "6:40 error inline-policy" },
        { MFA ENVIRONMENTS POLICY("{ Effect: Allow, Action: a, Resource: \"\xc3\xbf\" }"), "" },
        { MFA ENVIRONMENTS POLICY("{ Effect: Allow, Action: a, Resource: \"\xc4\x80\" }"), "6:40 error inline-policy" },
        { MFA ENVIRONMENTS POLICY("{ Effect: Allow, Action: a, Resource: \"\xe2\x82\xac\" }"),
          "6:40 error inline-policy" },
        { MFA ENVIRONMENTS
          "AccessTypes: [{ Type: A, InlinePolicy: { Version: 2013-10-17, Statement: { Effect: Allow, Action: "
          "a, Resource: b } } }]\n",
          "6:40 error inline-policy" },
        { MFA ENVIRONMENTS
          "AccessTypes: [{ Type: A, InlinePolicy: { Statement: { Effect: Allow, Action: a, Resource: b } } }]\n",
          "6:40 error inline-policy" },
        { MFA ENVIRONMENTS "AccessTypes: [{ Type: A, InlinePolicy: \"file:/nonexistent/a.json\" }]\n", NULL },
        { MFA ENVIRONMENTS "AccessTypes: [{ Type: A, InlinePolicy: { file: /dev/zero } }]\n", NULL },
        { MFA ENVIRONMENTS "AccessTypes: [{ Type: A, InlinePolicy: \"file:\" }]\n", NULL },
        { MFA ENVIRONMENTS "AccessTypes: [{ Type: A, InlinePolicy: text }]\n", NULL },

        /* what has no effect, and what a pattern would catch */
        { "Defaults: { MfaMaxAge: 900, RequireSessionName: true }\n" ENVIRONMENTS TYPES,
          "4:24 warning no-effect, 6:23 warning no-mfa" },
        { MFA ENVIRONMENTS TYPE("RequireMfa: false"), NULL },
        { MFA ENVIRONMENTS TYPE("MfaMaxAge: 900"), "" },
        { MFA ENVIRONMENTS TYPES "OrganizationId: o-a1b2c3d4e5\n", "7:1 error organization-path" },
        { "Defaults: { RequireMfa: true, RequireSessionName: true, RolePath: /x/ }\n"
          "Environments:\n"
          "  - { Environment: Prod, " ACCOUNTS " }\n"
          "  - { Environment: Non-Prod, Accounts: [{ Id: \"333333333333\", Name: b }] }\n" TYPES
          "OrganizationId: o-a1b2c3d4e5\n",
          "7:69 error organization-pattern" },
};

/* "5:9 error rule, ..." of findings_in(), each cut at its rule; the lines of OWN are counted. */
static void shorten(const char *found, struct buf *into)
{
        bakery__buf_text(into, "");
        for (const char *line = found; *line;) {
                size_t length = strcspn(line, "\n"), head = strcspn(line, " ");

                head += 1 + strcspn(line + head + 1, " ");
                head += 1 + strcspn(line + head + 1, ":");
                bakery__buf_format(into, "%s%.*s", into->len ? ", " : "", (int)head, line);
                line += length + (line[length] == '\n');
        }
}

START_TEST(finds)
{
        AUTO_CLEAR(buf) text = { .max = 100000 };
        AUTO_CLEAR(buf) rules = { .max = 100000 };

        bakery__buf_format(&text, "%s%s", OWN, cases[_i].text);
        AUTO_FREE char *found = findings_in(text.at);
        shorten(found, &rules);
        if (cases[_i].found)
                ck_assert_msg(strcmp(rules.at, cases[_i].found) == 0, "%s%s", text.at, found);
        else
                ck_assert_msg(*found, "nothing is found in\n%s", text.at);
}
END_TEST

/* A limit: so many of something are fine, one more is found. */
static void put_many(struct buf *text, const char *what, int n)
{
        bool environments = strcmp(what, "environments") == 0, types = strcmp(what, "types") == 0;
        bool single = environments && n < 1000;

        bakery__buf_text(text, OWN MFA);
        if (!single && environments)
                n -= 1000;
        if (environments && !single)
                bakery__buf_text(text, "Layout: PerEnvironment\n");
        bakery__buf_text(text, "Environments:\n");
        for (int i = 0; i < (environments ? n : 1); i++)
                bakery__buf_format(text, "  - { Environment: E%d, Accounts: [{ Id: \"%012d\", Name: a }] }\n", i,
                                   i + 1);
        bakery__buf_text(text, "AccessTypes:\n");
        for (int i = 0; i < (types ? n : 1); i++) {
                bakery__buf_format(text, "  - { Type: T%d, " ADMIN_POLICY, i);
                if (strcmp(what, "policies") == 0)
                        bakery__buf_text(text, ", PolicyArns: [");
                for (int k = 1; strcmp(what, "policies") == 0 && k < n; k++)
                        bakery__buf_format(text, "\"arn:aws:iam::aws:policy/P%d\",", k);
                if (strcmp(what, "policies") == 0)
                        bakery__buf_text(text, "]");
                if (strcmp(what, "machines") == 0)
                        bakery__buf_text(text, ", MachinePrincipals: [");
                for (int k = 0; strcmp(what, "machines") == 0 && k < n; k++)
                        bakery__buf_format(text, "\"arn:aws:iam::111111111111:role/machine%04d\",", k);
                if (strcmp(what, "machines") == 0)
                        bakery__buf_text(text, "]");
                if (strcmp(what, "tags") == 0)
                        bakery__buf_text(text, ", Tags: {");
                for (int k = 0; strcmp(what, "tags") == 0 && k < n; k++)
                        bakery__buf_format(text, "k%d: v,", k);
                if (strcmp(what, "tags") == 0)
                        bakery__buf_text(text, "}");
                if (strcmp(what, "inline characters") == 0) {
                        bakery__buf_text(text, ", InlinePolicy: { Version: 2012-10-17, Statement: [{ Effect: Allow, "
                                               "Action: \"a:b\", Resource: \"");
                        bakery__buf_repeat(text, 'x',
                                           (size_t)n - strlen("{\"Version\":\"2012-10-17\",\"Statement\":[{"
                                                              "\"Effect\":\"Allow\",\"Action\":\"a:b\","
                                                              "\"Resource\":\"\"}]}"));
                        bakery__buf_text(text, "\" }] }");
                }
                bakery__buf_text(text, " }\n");
        }
        bakery__buf_text(text, "Users: [{ Name: u, Groups: [");
        for (int k = 0; strcmp(what, "groups of a user") == 0 && k < n; k++)
                bakery__buf_text(text, "MyTeamE0T0,");
        bakery__buf_text(text, "] }]\n");
}

static const struct {
        const char *what;
        int most;         /* that is fine */
        const char *rule; /* of one more */
} limits[] = {
        { "environments", 8, "warning groups-per-user" },        /* and the Bakery's two */
        { "environments", 250, "error too-many-resources" },     /* a group and a policy each: 500 */
        { "environments", 1000 + 298, "warning account-limit" }, /* per environment: 300 groups */
        { "environments", 1000 + 498, "error " },                /* and 500 at most */
        { "policies", 10, "error policies-per-role" },
        { "machines", 38, "error trust-too-long" },
        { "tags", 50, "error too-many-tags" },
        { "inline characters", 10240, "error inline-policy" },
        { "groups of a user", 10, "error groups-per-user" },
        { "types", 8, "warning groups-per-user" },
};

START_TEST(limits_hold)
{
        for (int more = 0; more < 2; more++) {
                AUTO_CLEAR(buf) text = { .max = 1 << 20 };

                put_many(&text, limits[_i].what, limits[_i].most + more);
                AUTO_FREE char *found = findings_in(text.at);
                ck_assert_msg((strstr(found, limits[_i].rule) != NULL) == more, "%d %s: %.500s", limits[_i].most + more,
                              limits[_i].what, found);
        }
}
END_TEST

Suite *check_suite(void)
{
        Suite *suite = suite_create("check");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, finds, 0, (int)N_ELEMENTS(cases));
        tcase_add_loop_test(tcase, limits_hold, 0, (int)N_ELEMENTS(limits));
        suite_add_tcase(suite, tcase);
        return suite;
}
