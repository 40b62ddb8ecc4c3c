/* Facts from IAM: what is ours of it, put together whatever the order of the answer, and held against the templates. */
#include "deploy/facts_live.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "deploy/facts_compare.h"
#include "fake_wire.h"
#include "formats/uri.h"
#include "made_facts.h"
#include "support.h"

Suite *facts_live_suite(void);

#define CONFIG                                                                                        \
        OWN "Environments: [{ Environment: Prod, Accounts: [{ Id: '222222222222', Name: Main }] }]\n" \
            "AccessTypes: [{ Type: Admin, RequireMfa: true, MaxSessionDuration: 7200, PolicyArn: "    \
            "'arn:aws:iam::aws:policy/AdministratorAccess' }]\n"

#define ASSUME                                                                                            \
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\"," \
        "\"Resource\":[\"arn:aws:iam::222222222222:role/Main-Prod-Admin\"]}]}"
#define TRUST(condition)                                                                           \
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":" \
        "\"arn:aws:iam::111111111111:root\"},\"Action\":\"sts:AssumeRole\"" condition "}]}"
#define MFA ",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}"

/* An answer, with documents between "<<" and ">>" encoded as IAM sends them. */
static void encode(struct buf *to, const char *text)
{
        while (*text) {
                const char *begin = strstr(text, "<<"), *end = begin ? strstr(begin, ">>") : NULL;

                if (!end) {
                        bakery__buf_text(to, text);
                        return;
                }
                bakery__buf_add(to, text, (size_t)(begin - text));
                bakery__uri_encode(to, (struct span){ begin + 2, (size_t)(end - begin - 2) }, URI_ENCODE_SLASH);
                text = end + 2;
        }
}

#define ENTITY(kind, name, more)                                                                                \
        "<member><" kind "Name>" name "</" kind "Name><Arn>arn:x</Arn><Path>/</Path><" kind "Id>I</" kind "Id>" \
        "<CreateDate>2026-11-22T10:00:00Z</CreateDate>" more "</member>"
#define ATTACHED(arn)                                                                                        \
        "<AttachedManagedPolicies><member><PolicyName>P</PolicyName><PolicyArn>" arn "</PolicyArn></member>" \
        "</AttachedManagedPolicies>"
#define INLINE(kind, name, document)                                                               \
        "<" kind "PolicyList><member><PolicyName>" name "</PolicyName><PolicyDocument><<" document \
        ">></PolicyDocument></member></" kind "PolicyList>"
#define POLICY(name, count, document)                                                                                \
        "<member><PolicyName>" name "</PolicyName><PolicyId>A</PolicyId><Arn>arn:aws:iam::111111111111:policy/" name \
        "</Arn><Path>/</Path><DefaultVersionId>v1</DefaultVersionId><AttachmentCount>" count                         \
        "</AttachmentCount><PolicyVersionList><member><Document><<" document                                         \
        ">></Document><VersionId>v1</VersionId></member></PolicyVersionList></member>"
#define GROUPS(text) "<GroupDetailList>" text "</GroupDetailList>"
#define USERS(text) "<UserDetailList>" text "</UserDetailList>"
#define ROLES(text) "<RoleDetailList>" text "</RoleDetailList>"
#define POLICIES(text) "<Policies>" text "</Policies>"
#define IN(group) "<GroupList><member>" group "</member><member>Other</member></GroupList>"
#define OWN_ARN(name) "arn:aws:iam::111111111111:policy/" name

/* A page of the walk, then GetRole of each role. */
struct script {
        struct fake_wire wire;
        char details[16384], role[1024];
        struct fake_answer answer;
};

static const struct fake_answer *choose(struct fake_wire *wire)
{
        struct script *script = (struct script *)wire;
        bool get_role = strstr(wire->last.body, "Action=GetRole&") != NULL;

        script->answer = (struct fake_answer){ .status = 200, .body = get_role ? script->role : script->details };
        return &script->answer;
}

static void write_script(struct script *script, const char *details, const char *duration)
{
        AUTO_CLEAR(buf) text = { .max = sizeof script->details };

        script->wire.choose = choose;
        encode(&text, details);
        snprintf(script->details, sizeof script->details,
                 "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>%s"
                 "</GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>",
                 text.at ? text.at : "");
        snprintf(script->role, sizeof script->role,
                 "<GetRoleResponse><GetRoleResult><Role><RoleName>x</RoleName><Arn>a</Arn><Path>/</Path>"
                 "<AssumeRolePolicyDocument>%%7B%%7D</AssumeRolePolicyDocument>"
                 "<MaxSessionDuration>%s</MaxSessionDuration></Role></GetRoleResult></GetRoleResponse>",
                 duration);
}

static void ck_drift(const struct facts *live, const struct facts *wanted, const char *what, const char *want)
{
        AUTO_CLEAR(differences) found = { 0 };
        AUTO_CLEAR(buf) shown = { .max = 1 << 16 };

        ck_assert_int_eq(bakery__facts_compare(live, wanted, &found, NULL), BAKERY_OK);
        for (size_t i = 0; i < found.count; i++)
                bakery__buf_format(&shown, "%s%s\n", found.at[i].broadening ? "+" : "", found.at[i].text);
        ck_assert_msg(strcmp(shown.at ? shown.at : "", want) == 0, "%s:\n%s\nis not\n%s", what, shown.at, want);
}

/* The groups of a Bakery account in IAM, as lines. */
static const struct {
        const char *what, *details, *shown;
} bakeries[] = {
        { "policies and users before the group",
          POLICIES(POLICY("MyTeamProdAdmin", "1", ASSUME)) USERS(ENTITY("User", "ann", IN("MyTeamProdAdmin")))
                  GROUPS(ENTITY("Group", "MyTeamProdAdmin", ATTACHED(OWN_ARN("MyTeamProdAdmin")))),
          "MyTeamProdAdmin managed: members: ann grants: MyTeamProdAdmin "
          "arn:aws:iam::222222222222:role/Main-Prod-Admin\n" },
        { "what is not ours",
          GROUPS(ENTITY("Group", "OtherTeam", "") ENTITY("Group", "MyTea", ""))
                  USERS(ENTITY("User", "ann", IN("OtherTeam"))),
          "" },
        { "names are compared without case", GROUPS(ENTITY("Group", "myteamOld", "")),
          "myteamOld managed: members: grants:\n" },
        { "AWS's policies, and one that was not told",
          GROUPS(ENTITY("Group", "MyTeamX", ATTACHED("arn:aws:iam::aws:policy/A"))
                         ENTITY("Group", "MyTeamY", ATTACHED(OWN_ARN("Gone")))),
          "MyTeamX managed: arn:aws:iam::aws:policy/A members: grants:\n"
          "MyTeamY managed: " OWN_ARN("Gone") " members: grants:\n" },
        { "inline, and what is no JSON of ours",
          GROUPS(ENTITY("Group", "MyTeamX", INLINE("Group", "In", ASSUME))
                         ENTITY("Group", "MyTeamY", INLINE("Group", "In", "{\"Statement\":[],\"Statement\":[]}"))),
          "MyTeamX managed: members: grants: In arn:aws:iam::222222222222:role/Main-Prod-Admin\n"
          "MyTeamY managed: members: grants: says {\"Statement\":\"{\\\"Statement\\\":[],\\\"Statement\\\":[]}\"}\n" },
};

START_TEST(reads_groups)
{
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(facts) facts = { 0 };
        AUTO_CLEAR(buf) shown = { .max = 1 << 16 };
        static struct script script;

        script = (struct script){ 0 };
        write_script(&script, bakeries[_i].details, "3600");
        const struct aws_access aws = { fake_client(&script.wire), keys, NULL };
        bakery_status st = bakery__facts_add_live_bakery(&facts, &aws, config, &err);
        ck_assert_msg(st == BAKERY_OK, "%s: %s", bakeries[_i].what, bakery_error_message(err));
        ck_assert_uint_eq(script.wire.requests, 1);
        for (size_t i = 0; i < facts.n_groups; i++) {
                const struct fact_group *group = facts.groups[i];

                bakery__buf_format(&shown, "%s managed:", group->name);
                for (size_t k = 0; k < group->managed.count; k++)
                        bakery__buf_format(&shown, " %s", group->managed.at[k]);
                bakery__buf_text(&shown, " members:");
                for (size_t k = 0; k < group->members.count; k++)
                        bakery__buf_format(&shown, " %s", group->members.at[k]);
                bakery__buf_text(&shown, " grants:");
                for (size_t k = 0; k < group->n_grants; k++)
                        bakery__buf_format(&shown, " %s %s", group->grants[k].policy, group->grants[k].role_arn);
                for (size_t k = 0; k < group->n_statements; k++)
                        bakery__buf_format(&shown, " says %s", group->statements[k].text);
                bakery__buf_char(&shown, '\n');
        }
        ck_assert_msg(strcmp(shown.at ? shown.at : "", bakeries[_i].shown) == 0, "%s:\n%s", bakeries[_i].what,
                      shown.at);
        fake_end(&script.wire);
}
END_TEST

#define ROLE_ARN "arn:aws:iam::222222222222:role/Main-Prod-Admin"
#define ADMIN ATTACHED("arn:aws:iam::aws:policy/AdministratorAccess")
#define TRUSTS(condition) "<AssumeRolePolicyDocument><<" TRUST(condition) ">></AssumeRolePolicyDocument>"

/* The role of a Burger account in IAM, and what a deploy would change. */
static const struct {
        const char *what, *details, *duration, *drift;
} burgers[] = {
        { "as it should be", ROLES(ENTITY("Role", "Main-Prod-Admin", TRUSTS(MFA) ADMIN)), "7200", "" },
        { "not there", "", "7200",
          "+role " ROLE_ARN " is new, with AdministratorAccess, for arn:aws:iam::111111111111:root\n" },
        { "MFA taken off by hand", ROLES(ENTITY("Role", "Main-Prod-Admin", TRUSTS("") ADMIN)), "7200",
          "role " ROLE_ARN ", for arn:aws:iam::111111111111:root (sts:AssumeRole): MFA is asked\n" },
        { "longer sessions", ROLES(ENTITY("Role", "Main-Prod-Admin", TRUSTS(MFA) ADMIN)), "43200",
          "sessions of role " ROLE_ARN " may last 7200 s, not 43200 s\n" },
        { "policies and a boundary by hand",
          ROLES(ENTITY("Role", "Main-Prod-Admin",
                       TRUSTS(MFA) INLINE("Role", "In",
                                          "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":"
                                          "\"a\",\"Resource\":\"b\"}}") "<PermissionsBoundary><PermissionsBoundaryArn>"
                                                                        "arn:b</PermissionsBoundaryArn>"
                                                                        "</PermissionsBoundary>")),
          "7200",
          "+role " ROLE_ARN " gets the policy arn:aws:iam::aws:policy/AdministratorAccess\n"
          "role " ROLE_ARN " loses: Allow a on b\n+role " ROLE_ARN " loses its boundary arn:b\n" },
        { "a role that looks like ours, and one that does not",
          ROLES(ENTITY("Role", "Main-Prod-Old", TRUSTS("")) ENTITY("Role", "Main-ProdAdmin", TRUSTS(""))
                        ENTITY("Role", "Main-Prod-Admin", TRUSTS(MFA) ADMIN)),
          "7200", "role arn:aws:iam::222222222222:role/Main-Prod-Old goes\n" },
};

START_TEST(reads_roles)
{
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(facts) live = { 0 };
        AUTO_CLEAR(facts) wanted = { 0 };
        static struct script script;
        const bakery_account *account = &config->environments[0].accounts[0];

        script = (struct script){ 0 };
        write_script(&script, burgers[_i].details, burgers[_i].duration);
        const struct aws_access aws = { fake_client(&script.wire), keys, NULL };
        bakery_status st = bakery__facts_add_live_burger(&live, &aws, account, &err);
        ck_assert_msg(st == BAKERY_OK, "%s: %s", burgers[_i].what, bakery_error_message(err));
        ck_assert_int_eq(made_in_burger(&wanted, account, NULL), BAKERY_OK);
        ck_drift(&live, &wanted, burgers[_i].what, burgers[_i].drift);
        ck_assert_uint_eq(script.wire.requests, 1 + live.n_roles);
        fake_end(&script.wire);
}
END_TEST

/* A refusal of AWS is told as it is. */
START_TEST(refusals_are_told)
{
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(facts) facts = { 0 };
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(403, NULL,
                                     "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error>"
                                     "</ErrorResponse>") } };
        const struct aws_access aws = { fake_client(&wire), keys, NULL };

        ck_assert_int_eq(bakery__facts_add_live_bakery(&facts, &aws, config, &err), BAKERY_ERR_DENIED);
        ck_assert_str_eq(bakery_error_aws_code(err), "AccessDenied");
        ck_assert_int_eq(bakery__facts_add_live_burger(&facts, &aws, &config->environments[0].accounts[0], &err),
                         BAKERY_ERR_DENIED);
}
END_TEST

Suite *facts_live_suite(void)
{
        Suite *suite = suite_create("facts_live");
        TCase *tcase = tcase_create("reading");

        tcase_add_loop_test(tcase, reads_groups, 0, (int)N_ELEMENTS(bakeries));
        tcase_add_loop_test(tcase, reads_roles, 0, (int)N_ELEMENTS(burgers));
        tcase_add_test(tcase, refusals_are_told);
        suite_add_tcase(suite, tcase);
        return suite;
}
