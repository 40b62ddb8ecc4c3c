/* Who can reach what, by IAM, and how that differs from the configuration. */
#include <bakery/access.h>
#include <check.h>
#include <string.h>

#include "access/access.h"
#include "access/live.h"
#include "access/power.h"
#include "base/buf.h"
#include "model/policy.h"
#include "support.h"

Suite *access_live_suite(void);

#define CONFIG                                                                                                   \
        OWN "Defaults: { RequireMfa: true, MfaMaxAge: 3600, RequireSessionName: true }\n"                        \
            "Environments:\n"                                                                                    \
            "  - { Environment: Dev, Accounts: [{ Id: \"222222222222\", Name: Main }, "                          \
            "{ Id: \"333333333333\", Name: Stg }] }\n"                                                           \
            "  - { Environment: Prod, AccessTypes: [Read], Accounts: [{ Id: \"444444444444\", Name: Main }] }\n" \
            "AccessTypes:\n"                                                                                     \
            "  - { Type: Admin, " ADMIN_POLICY " }\n"                                                            \
            "  - { Type: Read, " ADMIN_POLICY ", MachinePrincipals: [\"arn:aws:iam::111111111111:role/ci\"] }\n"
#define USERS                                                             \
        "ExpectedAdmins: [root]\n"                                        \
        "AdminGroups: [MyTeamDevAdmin]\n"                                 \
        "Users:\n"                                                        \
        "  - { Name: alice, Groups: [MyTeamDevAdmin, MyTeamProdRead] }\n" \
        "  - { Name: bob, Groups: [MyTeamDevRead], Until: 2027-01-31 }\n" \
        "  - { Name: root, Groups: [MyTeamAwsBakeryAdmin] }\n"

enum { ON_THE_LAST_DAY = 1801439999, A_DAY_LATER = 1801440000 }; /* 2027-01-31T23:59:59Z */

#define AS_LISTED "alice:MyTeamDevAdmin,MyTeamProdRead bob:MyTeamDevRead root:MyTeamAwsBakeryAdmin"
#define ALLOW(action, rest) \
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"" action "\"," rest "}}"
#define ASSUME(resource) ALLOW("sts:AssumeRole", "\"Resource\":\"" resource "\"")
#define EVERYTHING ALLOW("*", "\"Resource\":\"*\"")
#define DEV_READ_STG "arn:aws:iam::333333333333:role/Stg-Dev-Read"
#define PROD_READ "arn:aws:iam::444444444444:role/Main-Prod-Read"

/* A policy that somebody put there. */
struct planted {
        const char *group, *user; /* whose */
        const char *document;     /* NULL: it is not to be had */
        bool boundary;            /* it bounds the user */
};

/* How IAM differs from what the configuration makes. */
struct scene {
        const char *config;
        const char *users;    /* NULL: AS_LISTED */
        const char *no_group; /* is not there */
        const char *emptied;  /* a group whose own policies are gone */
        struct planted planted[3];
        int64_t now_s;
        const char *differences; /* one a line */
};

static char *document_of(const bakery_group *group, const struct shard *shard)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };
        char *ret = NULL;

        bakery__policy_of_group(&json, NULL, NULL, group, shard);
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &text, "policy", NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__buf_take(&text, "policy", &ret, NULL, NULL), BAKERY_OK);
        return ret;
}

static bool is_of(const struct planted *planted, const char *group, const char *user)
{
        return bakery__str_equal(planted->group, group) && bakery__str_equal(planted->user, user);
}

enum { POLICIES_AT_MOST = 16 };

/* Adds a user or a group with the given policy, when there is one, and what was planted. */
static void add(struct iam_account *account, const struct scene *scene, struct iam_entity entity, const char *document,
                const char *attached)
{
        bool is_group = entity.kind == IAM_GROUP;
        struct iam_policy inline_policies[POLICIES_AT_MOST] = { { "own", NULL, document } };
        struct iam_policy attached_policy = { "attached", attached, NULL };

        entity.inline_policies = inline_policies;
        entity.inline_policy_count = document != NULL;
        entity.attached_policies = &attached_policy;
        entity.attached_policy_count = attached != NULL;
        for (size_t i = 0; i < N_ELEMENTS(scene->planted); i++) {
                const struct planted *planted = &scene->planted[i];

                if (!is_of(planted, is_group ? entity.name : NULL, is_group ? NULL : entity.name))
                        continue;
                if (planted->boundary) {
                        const struct iam_managed_policy bound = { .arn = "arn:bound", .document = planted->document };

                        entity.boundary = bound.arn;
                        ck_assert_int_eq(bakery__account_add_policy(account, &bound, NULL), BAKERY_OK);
                } else {
                        inline_policies[entity.inline_policy_count++] =
                                (struct iam_policy){ "planted", NULL, planted->document };
                }
        }
        ck_assert_int_eq(bakery__account_add(account, &entity, NULL), BAKERY_OK);
}

static const char admin_arn[] = "arn:aws:iam::aws:policy/AdministratorAccess";

static void add_groups(struct iam_account *account, const struct scene *scene, const bakery_config *config)
{
        const struct iam_managed_policy admin = { .name = "AdministratorAccess",
                                                  .arn = admin_arn,
                                                  .document = EVERYTHING };

        for (size_t i = 0; i < config->n_environments; i++) {
                for (size_t k = 0; k < config->environments[i].n_groups; k++) {
                        const bakery_group *group = &config->environments[i].groups[k];
                        AUTO_FREE char *document = document_of(group, &group->shards[0]);

                        if (!bakery__str_equal(scene->no_group, group->name))
                                add(account, scene, (struct iam_entity){ .kind = IAM_GROUP, .name = group->name },
                                    bakery__str_equal(scene->emptied, group->name) ? NULL : document, NULL);
                }
        }
        add(account, scene, (struct iam_entity){ .kind = IAM_GROUP, .name = config->admin_group }, NULL,
            bakery__str_equal(scene->emptied, config->admin_group) ? NULL : admin_arn);
        add(account, scene, (struct iam_entity){ .kind = IAM_GROUP, .name = config->read_only_group },
            ALLOW("iam:List*", "\"Resource\":\"*\""), NULL);
        add(account, scene, (struct iam_entity){ .kind = IAM_GROUP, .name = "Others" },
            ALLOW("s3:*", "\"Resource\":\"*\""), NULL);
        ck_assert_int_eq(bakery__account_add_policy(account, &admin, NULL), BAKERY_OK);
}

/* "alice:Group,Group bob:Group" */
static void add_users(struct iam_account *account, const struct scene *scene)
{
        AUTO_FREE char *text = strdup(scene->users ? scene->users : AS_LISTED);
        char *rest = text;

        for (char *word = strsep(&rest, " "); word; word = strsep(&rest, " ")) {
                const char *groups[8];
                struct iam_entity user = { .kind = IAM_USER, .name = strsep(&word, ":"), .groups = groups };

                for (char *group = strsep(&word, ","); group && *group; group = strsep(&word, ","))
                        groups[user.group_count++] = group;
                add(account, scene, user, NULL, NULL);
        }
}

static bakery_access *access_of(const struct scene *scene, const bakery_config *config)
{
        AUTO_CLEAR(iam_account) account = { 0 };
        bakery_access *access = NULL;

        add_groups(&account, scene, config);
        add_users(&account, scene);
        ck_assert_int_eq(bakery__account_finish(&account, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__access_from_account(config, &account, scene->now_s, &access, NULL), BAKERY_OK);
        return access;
}

static char *differences_of(const bakery_access *access)
{
        AUTO_CLEAR(buf) shown = { .max = 1 << 20 };
        char *ret = NULL;

        for (size_t i = 0; i < bakery_access_difference_count(access); i++)
                bakery__buf_format(&shown, "%s: %s\n", bakery_difference_name(bakery_access_difference_kind(access, i)),
                                   bakery_access_difference_message(access, i));
        ck_assert_int_eq(bakery__buf_take(&shown, "differences", &ret, NULL, NULL), BAKERY_OK);
        return ret;
}

static const struct scene scenes[] = {
        { .differences = "" },
        { .now_s = ON_THE_LAST_DAY, .differences = "" },
        /* Five at once, and nothing else. */
        { .users = "alice:MyTeamDevAdmin bob:MyTeamDevRead mallory:MyTeamProdRead root:MyTeamAwsBakeryAdmin",
          .emptied = "MyTeamProdRead",
          .planted = { { .group = "MyTeamDevRead",
                         .document = ASSUME("arn:aws:iam::222222222222:role/Main-Dev-Admin") },
                       { .user = "bob", .document = ASSUME("arn:aws:iam::999999999999:role/Gone") } },
          .differences = "unknown-role: bob grants arn:aws:iam::999999999999:role/Gone, which is no role of the "
                         "configuration\n"
                         "extra-grant: MyTeamDevRead grants Admin in Main (222222222222)\n"
                         "unreachable-role: MyTeamProdRead does not grant Read in Main (444444444444): nobody but "
                         "admins can assume it\n"
                         "missing-member: alice is not in MyTeamProdRead\n"
                         "extra-member: mallory is in MyTeamProdRead\n" },
        { .no_group = "MyTeamProdRead",
          .users = "alice:MyTeamDevAdmin bob:MyTeamDevRead root:MyTeamAwsBakeryAdmin",
          .differences = "missing-group: there is no group MyTeamProdRead in IAM\n" },
        { .users = "alice:MyTeamDevAdmin,MyTeamProdRead root:MyTeamAwsBakeryAdmin",
          .differences = "missing-user: there is no user bob in IAM\n" },
        { .now_s = A_DAY_LATER,
          .users = "alice:MyTeamDevAdmin,MyTeamProdRead root:MyTeamAwsBakeryAdmin",
          .differences = "" },
        { .now_s = A_DAY_LATER,
          .differences = "extra-member: bob is still in MyTeamDevRead: that ended on 2027-01-31\n" },
        { .users = AS_LISTED " ROOT2:MyTeamAwsBakeryAdmin",
          .differences = "extra-member: ROOT2 is in MyTeamAwsBakeryAdmin\n" },
        { .users = "alice:MyTeamDevAdmin,MyTeamProdRead bob:MyTeamDevRead root:MyTeamAwsBakeryAdmin,MyTeamDevAdmin",
          .differences = "" }, /* an expected admin, in a group of admins */
        { .users = "alice:MyTeamDevAdmin,MyTeamProdRead bob:MyTeamDevRead root:MyTeamAwsBakeryAdmin,MyTeamDevRead",
          .differences = "extra-member: root is in MyTeamDevRead\n" },
        { .users = AS_LISTED " carol:Others", .differences = "" },
        { .config = CONFIG, .users = "anybody:MyTeamDevAdmin", .differences = "" }, /* users are not managed */
        { .emptied = "MyTeamAwsBakeryAdmin",
          .differences = "missing-grant: MyTeamAwsBakeryAdmin makes nobody an admin of the Bakery account\n" },
        { .planted = { { .group = "Others", .document = EVERYTHING } },
          .differences = "extra-admin: Others makes its members admins of the Bakery account\n" },
        { .planted = { { .user = "bob", .document = EVERYTHING } },
          .differences = "extra-admin: a policy of the user bob makes an admin of the Bakery account\n" },
        { .planted = { { .user = "root", .document = EVERYTHING } }, .differences = "" },
        { .planted = { { .user = "bob", .document = EVERYTHING },
                       { .user = "bob", .document = ALLOW("s3:*", "\"Resource\":\"*\""), .boundary = true } },
          .differences = "" },
        { .planted = { { .group = "MyTeamDevRead",
                         .document =
                                 "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"sts:*\",\"Resource\":\"" DEV_READ_STG
                                 "\"}]}" } },
          .differences = "unreachable-role: MyTeamDevRead does not grant Read in Stg (333333333333): nobody but admins "
                         "can assume it\n" },
        { .emptied = "MyTeamProdRead",
          .planted = { { .group = "MyTeamDevRead", .document = ASSUME(PROD_READ) } },
          .differences = "extra-grant: MyTeamDevRead grants Read in Main (444444444444)\n"
                         "missing-grant: MyTeamProdRead does not grant Read in Main (444444444444)\n" },
        { .planted = { { .user = "bob", .document = ASSUME("arn:aws:iam::*:role/*-Dev-Admin") } },
          .differences =
                  "extra-grant: a policy of the user bob grants Admin in Main (222222222222), Stg (333333333333)\n" },
        { .planted = { { .group = "Others",
                         .document = ALLOW("sts:AssumeRole", "\"Resource\":\"*\",\"Condition\":{\"IpAddress\":"
                                                             "{\"aws:SourceIp\":\"10.0.0.0/8\"}}") } },
          .differences =
                  "extra-grant: Others grants Admin in Main (222222222222), Stg (333333333333), under a condition "
                  "that cannot be judged from here\n"
                  "extra-grant: Others grants Read in Main (222222222222), Stg (333333333333), under a condition "
                  "that cannot be judged from here\n"
                  "extra-grant: Others grants Read in Main (444444444444), under a condition that cannot be "
                  "judged from here\n" },
        { .planted = { { .group = "Others",
                         .document = ALLOW("sts:AssumeRole",
                                           "\"NotResource\":\"arn:aws:iam::222222222222:*\",\"Condition\":"
                                           "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}") } },
          .differences = "extra-grant: Others grants Admin in Stg (333333333333)\n"
                         "extra-grant: Others grants Read in Stg (333333333333)\n"
                         "extra-grant: Others grants Read in Main (444444444444)\n" },
        { .planted = { { .group = "Others", .document = "{\"Statement\": \"?\"" } },
          .differences = "unreadable: Others has the policy planted, which cannot be read\n" },
        { .planted = { { .group = "Others" } },
          .differences = "unreadable: Others has the policy planted, which cannot be read\n" },
};

START_TEST(differences_are_found_and_nothing_else)
{
        const struct scene *scene = &scenes[_i];
        AUTO_PTR(bakery_config) config = config_of(scene->config ? scene->config : CONFIG USERS);
        AUTO_PTR(bakery_access) access = access_of(scene, config);
        AUTO_FREE char *shown = differences_of(access);

        ck_assert_str_eq(shown, scene->differences);
}
END_TEST

/* "Main-Dev-Admin=2(MyTeamDevAdmin) ", what is reached in the order of the file. */
static char *reached(const bakery_access *access, const char *user)
{
        bakery_access_filter filter = BAKERY_ACCESS_FILTER_INIT;
        bakery_access_walk *walk = NULL;
        AUTO_CLEAR(buf) shown = { .max = 1 << 20 };
        char *ret = NULL;

        filter.user = user;
        ck_assert_int_eq(bakery_access_walk_new(access, &filter, &walk, NULL), BAKERY_OK);
        while (bakery_access_walk_next(walk)) {
                AUTO_FREE char *name = NULL;

                ck_assert_int_eq(bakery_group_role_name(bakery_access_walk_group(walk),
                                                        bakery_access_walk_account(walk), &name, NULL),
                                 BAKERY_OK);
                bakery__buf_format(&shown, "%s=%d(%s) ", name, (int)bakery_access_walk_reach(walk),
                                   bakery_access_walk_via(walk) ? bakery_access_walk_via(walk) : "");
        }
        bakery_access_walk_free(walk);
        ck_assert_int_eq(bakery__buf_take(&shown, "walk", &ret, NULL, NULL), BAKERY_OK);
        return ret;
}

#define DENY(action, rest) "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"" action "\"," rest "}}"
#define FROM_THE_OFFICE ",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}}"
#define WITHOUT_MFA ",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"false\"}}"
#define WITH_MFA ",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}"
#define BOB_AS_LISTED "Main-Dev-Read=2(MyTeamDevRead) Stg-Dev-Read=2(MyTeamDevRead) "

static const struct {
        struct planted planted[3];
        const char *bob;
} bobs[] = {
        { { { .user = NULL } }, BOB_AS_LISTED },
        { { { .user = "bob", .document = ASSUME(PROD_READ) } }, BOB_AS_LISTED "Main-Prod-Read=2() " },
        { { { .user = "bob", .document = DENY("sts:AssumeRole", "\"Resource\":\"" DEV_READ_STG "\"") } },
          "Main-Dev-Read=2(MyTeamDevRead) " },
        { { { .user = "bob",
              .document = DENY("sts:AssumeRole", "\"Resource\":\"" DEV_READ_STG "\"" FROM_THE_OFFICE) } },
          "Main-Dev-Read=2(MyTeamDevRead) Stg-Dev-Read=1(MyTeamDevRead) " },
        { { { .group = "MyTeamDevRead",
              .document = DENY("*", "\"Resource\":\"*\",\"Condition\":{\"BoolIfExists\":"
                                    "{\"aws:MultiFactorAuthPresent\":\"false\"}}") } },
          BOB_AS_LISTED },
        { { { .user = "bob", .document = ALLOW("sts:AssumeRole", "\"Resource\":\"" PROD_READ "\"" FROM_THE_OFFICE) } },
          BOB_AS_LISTED "Main-Prod-Read=1() " },
        /* Nobody must show MFA where a role does not ask for it. */
        { { { .user = "bob", .document = ALLOW("sts:AssumeRole", "\"Resource\":\"" PROD_READ "\"" WITH_MFA) } },
          BOB_AS_LISTED "Main-Prod-Read=2() " },
        { { { .user = "bob", .document = ALLOW("sts:AssumeRole", "\"Resource\":\"" PROD_READ "\"" WITHOUT_MFA) } },
          BOB_AS_LISTED "Main-Prod-Read=1() " },
        { { { .user = "bob", .document = DENY("sts:AssumeRole", "\"Resource\":\"" DEV_READ_STG "\"" WITH_MFA) } },
          "Main-Dev-Read=2(MyTeamDevRead) Stg-Dev-Read=1(MyTeamDevRead) " },
        { { { .user = "bob", .document = DENY("sts:AssumeRole", "\"Resource\":\"" DEV_READ_STG "\"" WITHOUT_MFA) } },
          BOB_AS_LISTED },
        /* A boundary that its user may take away bounds nothing. */
        { { { .user = "bob", .document = EVERYTHING },
            { .user = "bob",
              .document = ALLOW("iam:DeleteUserPermissionsBoundary", "\"Resource\":\"*\""),
              .boundary = true } },
          "Main-Dev-Admin=3() Stg-Dev-Admin=3() Main-Dev-Read=3() Stg-Dev-Read=3() Main-Prod-Read=3() " },
        { { { .user = "bob", .document = EVERYTHING },
            { .user = "bob",
              .document = ALLOW("iam:PutUserPermissionsBoundary",
                                "\"Resource\":\"arn:aws:iam::111111111111:user/${aws:username}\""),
              .boundary = true } },
          "Main-Dev-Admin=3() Stg-Dev-Admin=3() Main-Dev-Read=3() Stg-Dev-Read=3() Main-Prod-Read=3() " },
        /* A boundary lets through what it allows. */
        { { { .user = "bob", .document = ASSUME(DEV_READ_STG), .boundary = true } }, "Stg-Dev-Read=2(MyTeamDevRead) " },
        { { { .user = "bob",
              .document = ALLOW("sts:*", "\"Resource\":\"" DEV_READ_STG "\"" FROM_THE_OFFICE),
              .boundary = true } },
          "Stg-Dev-Read=1(MyTeamDevRead) " },
        { { { .user = "bob", .document = "no JSON", .boundary = true } },
          "Main-Dev-Read=1(MyTeamDevRead) Stg-Dev-Read=1(MyTeamDevRead) " },
        { { { .user = "bob", .document = EVERYTHING } },
          "Main-Dev-Admin=3() Stg-Dev-Admin=3() Main-Dev-Read=3() Stg-Dev-Read=3() Main-Prod-Read=3() " },
        /* Admins are bound by no Deny. */
        { { { .user = "bob", .document = EVERYTHING },
            { .user = "bob", .document = DENY("sts:*", "\"Resource\":\"*\"") } },
          "Main-Dev-Admin=3() Stg-Dev-Admin=3() Main-Dev-Read=3() Stg-Dev-Read=3() Main-Prod-Read=3() " },
        { { { .user = "bob",
              .document = ALLOW("iam:PutUserPolicy", "\"Resource\":\"arn:aws:iam::111111111111:user/"
                                                     "${aws:username}\"") } },
          "Main-Dev-Admin=3() Stg-Dev-Admin=3() Main-Dev-Read=3() Stg-Dev-Read=3() Main-Prod-Read=3() " },
};

START_TEST(a_person_reaches)
{
        struct scene scene = { .config = NULL };
        AUTO_PTR(bakery_config) config = config_of(CONFIG USERS);

        memcpy(scene.planted, bobs[_i].planted, sizeof scene.planted);
        AUTO_PTR(bakery_access) access = access_of(&scene, config);
        AUTO_FREE char *shown = reached(access, "bob");
        ck_assert_str_eq(shown, bobs[_i].bob);
}
END_TEST

START_TEST(roles_by_pattern_are_reached)
{
        static const struct scene scene = { .users = "alice:MyTeamProdAdmin" };
        AUTO_PTR(bakery_config)
        config = config_of(OWN ENVIRONMENTS TYPES "OrganizationId: o-abcdefghij\n"
                                                  "Defaults: { RolePath: /bakery/ }\n");
        AUTO_PTR(bakery_access) access = access_of(&scene, config);
        AUTO_FREE char *differences = differences_of(access);
        AUTO_FREE char *shown = reached(access, "alice");

        ck_assert_str_eq(differences, "");
        ck_assert_str_eq(shown, "Main-Prod-Admin=2(MyTeamProdAdmin) ");
}
END_TEST

/* What gives power over the account, and what does not. */
static const struct {
        const char *document;
        bool power;
} powers[] = {
        { EVERYTHING, true },
        { ALLOW("*", "\"Resource\":\"*\"" FROM_THE_OFFICE), true },
        { ALLOW("iam:*", "\"Resource\":\"*\""), true },
        { ALLOW("iam:PutUserPolicy", "\"Resource\":\"*\""), true },
        { ALLOW("iam:AttachGroupPolicy", "\"Resource\":\"arn:aws:iam::111111111111:group/*\""), true },
        { ALLOW("iam:AddUserToGroup", "\"Resource\":\"arn:aws:iam::111111111111:group/MyTeamAwsBakeryAdmin\""), true },
        { ALLOW("iam:AddUserToGroup", "\"Resource\":\"arn:aws:iam::111111111111:group/MyTeamDevRead\""), false },
        { ALLOW("iam:CreateAccessKey", "\"Resource\":\"arn:aws:iam::111111111111:user/*\""), true },
        { ALLOW("iam:CreateAccessKey", "\"Resource\":\"arn:aws:iam::111111111111:user/${aws:username}\""), false },
        { ALLOW("iam:CreatePolicyVersion", "\"Resource\":\"*\""), true },
        { ALLOW("iam:UpdateAssumeRolePolicy", "\"Resource\":\"*\""), true },
        { ALLOW("iam:PutRolePolicy", "\"Resource\":\"*\""), true },
        { ALLOW("iam:AttachRolePolicy", "\"Resource\":\"arn:aws:iam::111111111111:role/*\""), true },
        { ALLOW("*", "\"Resource\":\"*\"" WITHOUT_MFA), true },
        { ALLOW("iam:DeleteUserPermissionsBoundary", "\"Resource\":\"*\""), false },
        { ALLOW("iam:Get*", "\"Resource\":\"*\""), false },
        { ALLOW("sts:*", "\"Resource\":\"*\""), false },
        { "{\"Statement\":{\"Effect\":\"Allow\",\"NotAction\":[\"iam:*\",\"organizations:*\"],\"Resource\":\"*\"}}",
          false },
        { "{\"Statement\":{\"Effect\":\"Allow\",\"NotAction\":\"s3:*\",\"Resource\":\"*\"}}", true },
        { DENY("*", "\"Resource\":\"*\""), false },
};

static bakery_status note_admin(const struct admin *admin, void *context, bakery_error **err)
{
        (void)err;
        bakery__buf_format(context, "%s(%s,%s) ", admin->user, admin->group ? admin->group : "", admin->policy);
        return BAKERY_OK;
}

static const struct power power = { "aws", "111111111111", "MyTeamAwsBakeryAdmin", false };

START_TEST(power_over_the_account)
{
        const struct iam_policy policies[] = { { "own", NULL, powers[_i].document } };
        const struct iam_entity user = {
                .kind = IAM_USER, .name = "bob", .inline_policies = policies, .inline_policy_count = 1
        };
        AUTO_CLEAR(iam_account) account = { 0 };
        AUTO_CLEAR(buf) shown = { .max = 10000 };

        ck_assert_int_eq(bakery__account_add(&account, &user, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__account_finish(&account, NULL), BAKERY_OK);
        bakery__buf_text(&shown, "");
        ck_assert_int_eq(bakery__power_admins(&power, &account, note_admin, &shown, NULL), BAKERY_OK);
        ck_assert_str_eq(shown.at, powers[_i].power ? "bob(,own) " : "");
}
END_TEST

START_TEST(admins_by_every_way)
{
        static const struct scene scene = {
                .users = "zoe:MyTeamAwsBakeryAdmin,Others bob:Others alice:MyTeamDevRead eve:mYTEAMaWSbAKERYaDMIN",
                .planted = { { .user = "alice", .document = EVERYTHING },
                             { .group = "Others", .document = ALLOW("iam:*", "\"Resource\":\"*\"") },
                             { .user = "eve", .document = ASSUME("*"), .boundary = true } },
        };
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_CLEAR(iam_account) account = { 0 };
        AUTO_CLEAR(buf) shown = { .max = 10000 };

        add_groups(&account, &scene, config);
        add_users(&account, &scene);
        ck_assert_int_eq(bakery__account_finish(&account, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__power_admins(&power, &account, note_admin, &shown, NULL), BAKERY_OK);
        ck_assert_str_eq(shown.at, "alice(,planted) bob(Others,planted) "
                                   "zoe(MyTeamAwsBakeryAdmin,arn:aws:iam::aws:policy/AdministratorAccess) "
                                   "zoe(Others,planted) ");
}
END_TEST

/* Trust policies. The configuration asks for MFA of at most an hour and the own name, and lets the role "ci" in. */
#define ROOT "\"Principal\":{\"AWS\":\"arn:aws:iam::111111111111:root\"},"
#define TRUST(statement) \
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\"," statement "}"
#define MFA "\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}"
#define FRESH "\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"3600\"}"
#define NAME "\"StringEquals\":{\"sts:RoleSessionName\":\"${aws:username}\"}"
#define RIGHT TRUST(ROOT "\"Condition\":{" MFA "," FRESH "," NAME "}")
#define AND(statement) ",{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\"," statement "}"
#define ROLE "arn:aws:iam::444444444444:role/Main-Prod-Read"

static const struct {
        const char *document, *differences;
} trusts[] = {
        { RIGHT "]}", "" },
        { TRUST("\"Principal\":{\"AWS\":\"111111111111\"},\"Condition\":{" MFA "," FRESH "," NAME "}") "]}", "" },
        { RIGHT AND("\"Principal\":{\"AWS\":[\"arn:aws:iam::111111111111:role/ci\"]}") "]}", "" },
        { TRUST(ROOT "\"Condition\":{" FRESH "," NAME "}") "]}", "" }, /* an age is there with MFA alone */
        { TRUST(ROOT "\"Condition\":{" MFA "," NAME "}") "]}",
          "trust-without-mfa: " ROLE " does not ask for MFA as the configuration does\n" },
        { TRUST(ROOT "\"Condition\":{" NAME "}") "]}",
          "trust-without-mfa: " ROLE " does not ask for MFA as the configuration does\n" },
        { TRUST(ROOT
                "\"Condition\":{\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"true\"},\"NumericLessThanIfExists\":"
                "{\"aws:MultiFactorAuthAge\":\"3600\"}," NAME "}") "]}",
          "trust-without-mfa: " ROLE " does not ask for MFA as the configuration does\n" },
        { TRUST(ROOT "\"Condition\":{" MFA ",\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"3601\"}," NAME "}") "]}",
          "trust-without-mfa: " ROLE " does not ask for MFA as the configuration does\n" },
        { TRUST(ROOT "\"Condition\":{" MFA ",\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"60\"}," NAME "}") "]}",
          "" },
        { TRUST(ROOT "\"Condition\":{" MFA "," FRESH "}") "]}",
          "trust-without-name: " ROLE " takes other session names than the user's own\n" },
        { RIGHT AND(ROOT "\"Condition\":{" MFA "," FRESH "}") "]}",
          "trust-without-name: " ROLE " takes other session names than the user's own\n" },
        { RIGHT AND("\"Principal\":{\"AWS\":\"arn:aws:iam::999999999999:root\"}") "]}",
          "foreign-trust: " ROLE " trusts arn:aws:iam::999999999999:root\n" },
        { RIGHT AND("\"Principal\":{\"AWS\":\"arn:aws:iam::111111111111:role/other\"}") "]}",
          "foreign-trust: " ROLE " trusts arn:aws:iam::111111111111:role/other\n" },
        { RIGHT AND("\"Principal\":{\"Service\":[\"ec2.amazonaws.com\"]}") "]}",
          "foreign-trust: " ROLE " trusts ec2.amazonaws.com\n" },
        { RIGHT
          ",{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRoleWithSAML\",\"Principal\":{\"Federated\":\"arn:saml\"}}]}",
          "foreign-trust: " ROLE " trusts arn:saml\n" },
        { RIGHT AND("\"Principal\":\"*\",\"Condition\":{" MFA "," FRESH "," NAME "}") "]}",
          "foreign-trust: " ROLE " trusts *\n" },
        { RIGHT AND("\"NotPrincipal\":{\"AWS\":\"arn:aws:iam::999999999999:root\"},\"Condition\":{" MFA "," FRESH
                    "," NAME "}") "]}",
          "foreign-trust: " ROLE " trusts all but some\n" },
        { RIGHT
          ",{\"Effect\":\"Deny\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"AWS\":\"arn:aws:iam::999999999999:root\"}}]}",
          "" },
        { RIGHT ",{\"Effect\":\"Allow\",\"Action\":\"sts:TagSession\",\"Principal\":\"*\"}]}", "" },
        { RIGHT ",{\"Effect\":\"Deny\",\"Action\":\"sts:*\"," ROOT "\"Condition\":{}}]}",
          "closed-role: " ROLE " does not let people of the Bakery account in\n" },
        { "{\"Statement\":[]}", "closed-role: " ROLE " does not let people of the Bakery account in\n" },
        { TRUST("\"Principal\":{\"AWS\":\"arn:aws:iam::111111111111:role/ci\"}") "]}",
          "closed-role: " ROLE " does not let people of the Bakery account in\n" },
        { "nonsense", "unreadable: " ROLE " has a trust policy that cannot be read\n" },
};

START_TEST(trust_is_held_against_the_configuration)
{
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_PTR(bakery_access) access = NULL;
        const bakery_environment *prod = bakery_config_find_environment(config, "Prod");

        ck_assert_int_eq(bakery_access_from_config(config, NULL, &access, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__trust_compare(access, bakery_environment_group(prod, 0),
                                               bakery_environment_account(prod, 0), trusts[_i].document, NULL),
                         BAKERY_OK);
        AUTO_FREE char *shown = differences_of(access);
        ck_assert_str_eq(shown, trusts[_i].differences);
}
END_TEST

START_TEST(what_the_configuration_makes_differs_in_nothing)
{
        AUTO_PTR(bakery_config) config = config_of(CONFIG);
        AUTO_PTR(bakery_access) access = NULL;
        const bakery_group *group = bakery_environment_group(bakery_config_find_environment(config, "Prod"), 0);
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };

        ck_assert_int_eq(bakery_access_from_config(config, NULL, &access, NULL), BAKERY_OK);
        bakery__policy_of_trust(&json, NULL, NULL, group, bakery__put_bakery_root);
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &text, "trust", NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__trust_compare(access, group, &group->environment->accounts[0], text.at, NULL),
                         BAKERY_OK);
        ck_assert_uint_eq(bakery_access_difference_count(access), 0);
}
END_TEST

#define TURNED           \
        "bo\xe2\x80\xae" \
        "b"
#define SHOWN "bo<U+202E>b"

static const struct {
        bakery_access_format format;
        const char *part; /* of what is printed */
} visible[] = {
        { BAKERY_ACCESS_TEXT, "\n" SHOWN "  Dev " },
        { BAKERY_ACCESS_TEXT, "  " SHOWN " is in MyTeamDevRead" },
        { BAKERY_ACCESS_CSV, "\r\n" SHOWN ",222222222222," },
        { BAKERY_ACCESS_CSV, "\r\n\"'\xef\xbc\x9d"
                             "1\",222222222222," },
        { BAKERY_ACCESS_MARKDOWN, "| bo&lt;U+202E\\>b | Dev |" },
        { BAKERY_ACCESS_DOT, "\"user " SHOWN "\" [label=\"" SHOWN "\"" },
        { BAKERY_ACCESS_JSON, "\"name\":\"bo\\u202eb\"" },
        { BAKERY_ACCESS_HTML, "\"name\":\"bo\\u202eb\"" },
};

static bakery_status keep(const char *bytes, size_t size_bytes, void *context, bakery_error **err)
{
        (void)err;
        bakery__buf_add(context, bytes, size_bytes);
        return BAKERY_OK;
}

/* A name that turns the direction of writing looks like another: an auditor must see that. */
START_TEST(what_is_hidden_in_a_name_is_seen)
{
        const struct scene scene = { .users = AS_LISTED " " TURNED ":MyTeamDevRead \xef\xbc\x9d"
                                                        "1:MyTeamDevRead" };
        AUTO_PTR(bakery_config) config = config_of(CONFIG USERS);
        AUTO_PTR(bakery_access) access = access_of(&scene, config);
        AUTO_CLEAR(buf) text = { .max = 1 << 24 };

        ck_assert_int_eq(bakery_access_print(access, visible[_i].format, NULL, keep, &text, NULL), BAKERY_OK);
        ck_assert_msg(strstr(text.at, visible[_i].part) != NULL, "%s", text.at);
        ck_assert(visible[_i].format == BAKERY_ACCESS_HTML || !strstr(text.at, "\xe2\x80\xae"));
}
END_TEST

START_TEST(kinds_have_names)
{
        ck_assert_str_eq(bakery_difference_name(BAKERY_DIFFERENCE_MISSING_GROUP), "missing-group");
        ck_assert_str_eq(bakery_difference_name(BAKERY_DIFFERENCE_FOREIGN_TRUST), "foreign-trust");
        ck_assert_str_eq(bakery_difference_name((bakery_difference_kind)(BAKERY_DIFFERENCE_FOREIGN_TRUST + 1)),
                         "unknown");
}
END_TEST

Suite *access_live_suite(void)
{
        Suite *suite = suite_create("access_live");
        TCase *tests = tcase_create("access_live");

        tcase_add_loop_test(tests, differences_are_found_and_nothing_else, 0, N_ELEMENTS(scenes));
        tcase_add_loop_test(tests, a_person_reaches, 0, N_ELEMENTS(bobs));
        tcase_add_test(tests, roles_by_pattern_are_reached);
        tcase_add_loop_test(tests, power_over_the_account, 0, N_ELEMENTS(powers));
        tcase_add_test(tests, admins_by_every_way);
        tcase_add_loop_test(tests, trust_is_held_against_the_configuration, 0, N_ELEMENTS(trusts));
        tcase_add_test(tests, what_the_configuration_makes_differs_in_nothing);
        tcase_add_loop_test(tests, what_is_hidden_in_a_name_is_seen, 0, N_ELEMENTS(visible));
        tcase_add_test(tests, kinds_have_names);
        suite_add_tcase(suite, tests);
        return suite;
}
