/* Who can reach what, from the configuration alone, and how it is printed. */
#include <bakery/access.h>
#include <check.h>
#include <string.h>

#include "access/access.h"
#include "base/buf.h"
#include "support.h"

Suite *access_suite(void);

static const char text[] = OWN
        "Environments:\n"
        "  - { Environment: Dev, Accounts: [{ Id: \"222222222222\", Name: Main }, { Id: \"333333333333\", Name: Stg }] }\n"
        "  - { Environment: Prod, AccessTypes: [Read], RequireMfa: true,\n"
        "      Accounts: [{ Id: \"444444444444\", Name: Main }] }\n"
        "AccessTypes:\n"
        "  - { Type: Admin, " ADMIN_POLICY " }\n"
        "  - { Type: Read, " ADMIN_POLICY " }\n"
        "ExpectedAdmins: [Root]\n"
        "Users:\n"
        "  - { Name: alice, Groups: [MyTeamDevAdmin, MyTeamProdRead] }\n"
        "  - { Name: bob, Groups: [MyTeamDevRead], Until: 2027-01-31 }\n"
        "  - { Name: root, Groups: [MyTeamAwsBakeryAdmin, MyTeamDevRead] }\n"
        "  - { Name: zoe, Groups: [MyTeamAwsBakeryReadOnly] }\n";

enum { ON_THE_LAST_DAY = 1801439999, A_DAY_LATER = 1801440000 }; /* 2027-01-31T23:59:59Z */

DEFINE_AUTO_PTR(bakery_access_walk, bakery_access_walk_free)

static bakery_access *access_at(const bakery_config *config, int64_t now_s)
{
        bakery_access_options options = BAKERY_ACCESS_OPTIONS_INIT;
        bakery_access *access = NULL;

        options.now_s = now_s;
        ck_assert_int_eq(bakery_access_from_config(config, &options, &access, NULL), BAKERY_OK);
        return access;
}

/* "alice:Dev/Admin/222222222222=2(MyTeamDevAdmin) ..." */
static char *walked(const bakery_access *access, const bakery_access_filter *filter)
{
        AUTO_PTR(bakery_access_walk) walk = NULL;
        AUTO_CLEAR(buf) shown = { .max = 1 << 20 };
        char *ret = NULL;

        ck_assert_int_eq(bakery_access_walk_new(access, filter, &walk, NULL), BAKERY_OK);
        ck_assert_ptr_null(bakery_access_walk_user_name(walk));
        ck_assert_int_eq(bakery_access_walk_reach(walk), BAKERY_REACH_NONE);
        while (bakery_access_walk_next(walk)) {
                const bakery_group *group = bakery_access_walk_group(walk);
                const bakery_account *account = bakery_access_walk_account(walk);
                const char *name = bakery_access_walk_user_name(walk), *via = NULL;
                size_t i = bakery_access_find_user(access, name);

                ck_assert_int_eq(bakery_access_reach(access, i, group, account, &via), bakery_access_walk_reach(walk));
                ck_assert_ptr_eq(via, bakery_access_walk_via(walk));
                bakery__buf_format(&shown, "%s:%s/%s=%d(%s) ", name, bakery_group_name(group) + strlen("MyTeam"),
                                   bakery_account_id(account), (int)bakery_access_walk_reach(walk), via);
        }
        ck_assert_int_eq(bakery_access_walk_next(walk), 0);
        ck_assert_ptr_null(bakery_access_walk_account(walk));
        ck_assert_int_eq(bakery__buf_take(&shown, "walk", &ret, NULL, NULL), BAKERY_OK);
        return ret;
}

#define ALICE_DEV "alice:DevAdmin/222222222222=2(MyTeamDevAdmin) alice:DevAdmin/333333333333=2(MyTeamDevAdmin) "
#define ALICE_PROD "alice:ProdRead/444444444444=2(MyTeamProdRead) "
#define BOB "bob:DevRead/222222222222=2(MyTeamDevRead) bob:DevRead/333333333333=2(MyTeamDevRead) "
#define BY_POWER "=3(MyTeamAwsBakeryAdmin) "
#define ROOT_DEV                                                                    \
        "root:DevAdmin/222222222222" BY_POWER "root:DevAdmin/333333333333" BY_POWER \
        "root:DevRead/222222222222" BY_POWER "root:DevRead/333333333333" BY_POWER
#define ROOT_PROD "root:ProdRead/444444444444" BY_POWER

static const struct {
        int64_t now_s;
        bakery_access_filter filter;
        const char *walk;
} walks[] = {
        { 0, BAKERY_ACCESS_FILTER_INIT, ALICE_DEV ALICE_PROD BOB ROOT_DEV ROOT_PROD },
        { ON_THE_LAST_DAY, BAKERY_ACCESS_FILTER_INIT, ALICE_DEV ALICE_PROD BOB ROOT_DEV ROOT_PROD },
        { A_DAY_LATER, BAKERY_ACCESS_FILTER_INIT, ALICE_DEV ALICE_PROD ROOT_DEV ROOT_PROD },
        { 0, { .size = sizeof(bakery_access_filter), .user = "ALICE" }, ALICE_DEV ALICE_PROD },
        { 0, { .size = sizeof(bakery_access_filter), .user = "zoe" }, "" },
        { 0, { .size = sizeof(bakery_access_filter), .environment = "Prod" }, ALICE_PROD ROOT_PROD },
        { 0,
          { .size = sizeof(bakery_access_filter), .user = "bob", .account = "333333333333" },
          "bob:DevRead/333333333333=2(MyTeamDevRead) " },
        { 0,
          { .size = sizeof(bakery_access_filter), .account = "Main", .access_type = "Read", .user = "root" },
          "root:DevRead/222222222222" BY_POWER ROOT_PROD },
        { 0, { .size = sizeof(bakery_access_filter), .role = "Main-Prod-Read" }, ALICE_PROD ROOT_PROD },
        { 0,
          { .size = sizeof(bakery_access_filter), .role = "arn:aws:iam::333333333333:role/Stg-Dev-Read" },
          "bob:DevRead/333333333333=2(MyTeamDevRead) root:DevRead/333333333333" BY_POWER },
};

START_TEST(walks_person_by_person)
{
        AUTO_PTR(bakery_config) config = config_of(text);
        AUTO_PTR(bakery_access) access = access_at(config, walks[_i].now_s);
        AUTO_FREE char *shown = walked(access, &walks[_i].filter);

        ck_assert_str_eq(shown, walks[_i].walk);
}
END_TEST

static const struct {
        bakery_access_filter filter;
        const char *message, *hint;
} misses[] = {
        { { .size = sizeof(bakery_access_filter), .user = "alicia" },
          "there is no user \"alicia\"",
          "did you mean \"alice\"?" },
        { { .size = sizeof(bakery_access_filter), .environment = "Pro" },
          "there is no environment \"Pro\"",
          "did you mean \"Prod\"?" },
        { { .size = sizeof(bakery_access_filter), .role = "Main-Prod-Admin" },
          "there is no role \"Main-Prod-Admin\"",
          "bakery-cli roles lists them" },
        { { .size = sizeof(bakery_access_filter), .role = "arn:aws:iam::333333333333:role/Main-Dev-Read" },
          "there is no role \"arn:aws:iam::333333333333:role/Main-Dev-Read\"",
          "bakery-cli roles lists them" },
};

START_TEST(what_is_not_there_is_told)
{
        AUTO_PTR(bakery_config) config = config_of(text);
        AUTO_PTR(bakery_access) access = access_at(config, 0);
        bakery_access_walk *walk = (void *)config;
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(bakery_access_walk_new(access, &misses[_i].filter, &walk, &err), BAKERY_ERR_NOT_FOUND);
        ck_assert_ptr_eq(walk, (void *)config);
        ck_assert_str_eq(bakery_error_message(err), misses[_i].message);
        ck_assert_pstr_eq(bakery_error_hint(err), misses[_i].hint);
}
END_TEST

START_TEST(a_role_of_several_accounts_wants_its_arn)
{
        AUTO_PTR(bakery_config)
        config = config_of(OWN "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: Twin }, "
                               "{ Id: \"333333333333\", Name: Twin }] }]\n" TYPES);
        AUTO_PTR(bakery_access) access = access_at(config, 0);
        bakery_access_filter filter = BAKERY_ACCESS_FILTER_INIT;
        bakery_access_walk *walk = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        filter.role = "Twin-Prod-Admin";
        ck_assert_int_eq(bakery_access_walk_new(access, &filter, &walk, &err), BAKERY_ERR_NOT_FOUND);
        ck_assert_str_eq(bakery_error_message(err), "several roles are called \"Twin-Prod-Admin\"");
        ck_assert_str_eq(bakery_error_hint(err), "name it by its ARN");
}
END_TEST

START_TEST(an_account_of_another_environment_is_out_of_reach)
{
        AUTO_PTR(bakery_config) config = config_of(text);
        AUTO_PTR(bakery_access) access = access_at(config, 0);
        const bakery_group *dev = bakery_environment_group(bakery_config_environment(config, 0), 0);
        const bakery_account *prod = bakery_config_find_account(config, "444444444444");
        const char *via = "untouched";

        ck_assert_int_eq(bakery_access_reach(access, 2, dev, prod, &via), BAKERY_REACH_NONE);
        ck_assert_ptr_null(via);
        ck_assert_uint_eq(bakery_access_find_user(access, "nobody"), bakery_access_user_count(access));
        ck_assert_str_eq(bakery_access_user_name(access, 1), "bob");
}
END_TEST

START_TEST(sizes_that_are_none_are_refused)
{
        AUTO_PTR(bakery_config) config = config_of(text);
        bakery_access_options options = { .size = 1 };
        bakery_access_filter filter = { .size = 1 };
        bakery_access *none = NULL;
        bakery_access_walk *walk = NULL;

        ck_assert_int_eq(bakery_access_from_config(config, &options, &none, NULL), BAKERY_ERR_ARGUMENT);
        AUTO_PTR(bakery_access) access = access_at(config, 0);
        ck_assert_int_eq(bakery_access_walk_new(access, &filter, &walk, NULL), BAKERY_ERR_ARGUMENT);
}
END_TEST

static bakery_status gather(const char *bytes, size_t size_bytes, void *context, bakery_error **err)
{
        (void)err;
        bakery__buf_add(context, bytes, size_bytes);
        return BAKERY_OK;
}

static const struct {
        bakery_access_format format;
        bakery_access_filter filter;
        const char *shown;
} prints[] = {
        { BAKERY_ACCESS_TEXT, BAKERY_ACCESS_FILTER_INIT,
          "USER   ENVIRONMENT  TYPE   ACCOUNTS  BY\n"
          "alice  Dev          Admin  all 2     MyTeamDevAdmin\n"
          "alice  Prod         Read   Main      MyTeamProdRead\n"
          "bob    -            -      -         ended, until 2027-01-31\n"
          "root   every        every  every     MyTeamAwsBakeryAdmin, admin of the Bakery account\n"
          "zoe    -            -      -         nothing\n" },
        { BAKERY_ACCESS_TEXT,
          { .size = sizeof(bakery_access_filter), .account = "Stg", .user = "alice" },
          "USER   ENVIRONMENT  TYPE   ACCOUNTS  BY\n"
          "alice  Dev          Admin  Stg       MyTeamDevAdmin\n" },
        { BAKERY_ACCESS_TEXT,
          { .size = sizeof(bakery_access_filter), .environment = "Prod" },
          "USER   ENVIRONMENT  TYPE   ACCOUNTS  BY\n"
          "alice  Prod         Read   Main      MyTeamProdRead\n"
          "root   every        every  every     MyTeamAwsBakeryAdmin, admin of the Bakery account\n" },
        { BAKERY_ACCESS_CSV,
          { .size = sizeof(bakery_access_filter), .environment = "Prod" },
          "user,account_id,account,environment,access_type,role_arn,reach,via,mfa,until\r\n"
          "alice,444444444444,Main,Prod,Read,arn:aws:iam::444444444444:role/Main-Prod-Read,granted,MyTeamProdRead,yes,\r\n"
          "root,444444444444,Main,Prod,Read,arn:aws:iam::444444444444:role/Main-Prod-Read,admin,MyTeamAwsBakeryAdmin,yes,"
          "\r\n" },
        { BAKERY_ACCESS_MARKDOWN,
          { .size = sizeof(bakery_access_filter), .user = "alice" },
          "# Who can reach what: MyTeam\n\n"
          "| User | Environment | Access type | Accounts | By |\n"
          "| --- | --- | --- | --- | --- |\n"
          "| alice | Dev | Admin | Main, Stg | MyTeamDevAdmin |\n"
          "| alice | Prod | Read | Main | MyTeamProdRead |\n" },
        { BAKERY_ACCESS_DOT,
          { .size = sizeof(bakery_access_filter), .user = "alice", .environment = "Prod" },
          "digraph access {\n"
          "  rankdir=LR;\n"
          "  \"account 111111111111\" [label=\"111111111111\", shape=doubleoctagon];\n"
          "  \"environment Prod\" [label=\"Prod\", shape=ellipse];\n"
          "  \"group MyTeamProdRead\" [label=\"MyTeamProdRead\", shape=box];\n"
          "  \"group MyTeamProdRead\" -> \"environment Prod\" [label=\"Read\"];\n"
          "  \"group MyTeamAwsBakeryAdmin\" [label=\"MyTeamAwsBakeryAdmin\", shape=box];\n"
          "  \"group MyTeamAwsBakeryAdmin\" -> \"account 111111111111\" [label=\"admin\"];\n"
          "  \"user alice\" [label=\"alice\", shape=plaintext];\n"
          "  \"user alice\" -> \"group MyTeamProdRead\" [label=\"\"];\n"
          "}\n" },
        { BAKERY_ACCESS_JSON,
          { .size = sizeof(bakery_access_filter), .account = "Stg" },
          "{\"version\":1,\"source\":\"config\",\"team\":\"MyTeam\",\"partition\":\"aws\","
          "\"bakery_account\":\"111111111111\",\"environments\":[\"Dev\",\"Prod\"],"
          "\"access_types\":[\"Admin\",\"Read\"],"
          "\"accounts\":[{\"id\":\"333333333333\",\"name\":\"Stg\",\"environment\":0}],"
          "\"groups\":[{\"name\":\"MyTeamDevAdmin\",\"environment\":0,\"access_type\":0,\"mfa\":false,"
          "\"mfa_max_age_s\":0,\"session_name\":false,\"max_session_duration_s\":3600,\"role_path\":\"/\","
          "\"grants\":[[0,0,1]]},"
          "{\"name\":\"MyTeamDevRead\",\"environment\":0,\"access_type\":1,\"mfa\":false,"
          "\"mfa_max_age_s\":0,\"session_name\":false,\"max_session_duration_s\":3600,\"role_path\":\"/\","
          "\"grants\":[[1,0,1]]},"
          "{\"name\":\"MyTeamProdRead\",\"environment\":1,\"access_type\":1,\"mfa\":true,"
          "\"mfa_max_age_s\":0,\"session_name\":false,\"max_session_duration_s\":3600,\"role_path\":\"/\","
          "\"grants\":[]},"
          "{\"name\":\"MyTeamAwsBakeryAdmin\",\"admin\":true},{\"name\":\"MyTeamAwsBakeryReadOnly\"}],"
          "\"users\":[{\"name\":\"alice\",\"groups\":[0,2]},"
          "{\"name\":\"root\",\"groups\":[3,1],\"admin\":true,\"admin_via\":\"MyTeamAwsBakeryAdmin\","
          "\"expected_admin\":true}],\"differences\":[]}\n" },
};

static char *printed(const bakery_access *access, bakery_access_format format, const bakery_access_filter *filter)
{
        AUTO_CLEAR(buf) shown = { .max = 1 << 24 };
        char *ret = NULL;

        ck_assert_int_eq(bakery_access_print(access, format, filter, gather, &shown, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__buf_take(&shown, "print", &ret, NULL, NULL), BAKERY_OK);
        return ret;
}

START_TEST(prints_as)
{
        AUTO_PTR(bakery_config) config = config_of(text);
        AUTO_PTR(bakery_access) access = access_at(config, A_DAY_LATER);
        AUTO_FREE char *shown = printed(access, prints[_i].format, &prints[_i].filter);

        ck_assert_str_eq(shown, prints[_i].shown);
}
END_TEST

/* Names of IAM may begin like a formula, and have what separates cells. */
START_TEST(no_cell_is_a_formula)
{
        AUTO_PTR(bakery_config)
        config = config_of(
                OWN
                "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: \"=1+1,a\" }] }]\n" TYPES
                "Users: [{ Name: \"@bob\", Groups: [MyTeamProdAdmin] }, { Name: \"-x\", Groups: [MyTeamProdAdmin] },\n"
                "  { Name: \"+x\", Groups: [MyTeamProdAdmin] }]\n");
        AUTO_PTR(bakery_access) access = access_at(config, 0);
        AUTO_FREE char *shown = printed(access, BAKERY_ACCESS_CSV, NULL);

#define REST                                                                                                 \
        ",222222222222,\"'=1+1,a\",Prod,Admin,\"arn:aws:iam::222222222222:role/=1+1,a-Prod-Admin\",granted," \
        "MyTeamProdAdmin,no,\r\n"
        ck_assert_str_eq(shown, "user,account_id,account,environment,access_type,role_arn,reach,via,mfa,until\r\n"
                                "\"'@bob\"" REST "\"'-x\"" REST "\"'+x\"" REST);
}
END_TEST

START_TEST(markdown_takes_names_as_text)
{
        AUTO_PTR(bakery_config)
        config = config_of(OWN ENVIRONMENTS TYPES "Users: [{ Name: \"a_b+c\", Groups: [MyTeamProdAdmin] }]\n");
        AUTO_PTR(bakery_access) access = access_at(config, 0);
        AUTO_FREE char *shown = printed(access, BAKERY_ACCESS_MARKDOWN, NULL);

        ck_assert_msg(strstr(shown, "| a\\_b+c | Prod |") != NULL, "%s", shown);
}
END_TEST

static bakery_status refuse(const char *bytes, size_t size_bytes, void *context, bakery_error **err)
{
        (void)bytes;
        (void)size_bytes;
        (void)context;
        return bakery__fail(err, BAKERY_ERR_IO, "no more");
}

START_TEST(what_put_says_ends_the_printing)
{
        AUTO_PTR(bakery_config) config = config_of(text);
        AUTO_PTR(bakery_access) access = access_at(config, 0);
        AUTO_PTR(bakery_error) err = NULL;

        for (int format = BAKERY_ACCESS_TEXT; format <= BAKERY_ACCESS_HTML; format++)
                ck_assert_int_eq(bakery_access_print(access, (bakery_access_format)format, NULL, refuse, NULL, &err),
                                 BAKERY_ERR_IO);
        ck_assert_int_eq(
                bakery_access_print(access, (bakery_access_format)(BAKERY_ACCESS_HTML + 1), NULL, refuse, NULL, &err),
                BAKERY_ERR_ARGUMENT);
}
END_TEST

Suite *access_suite(void)
{
        Suite *suite = suite_create("access");
        TCase *tests = tcase_create("access");

        tcase_add_loop_test(tests, walks_person_by_person, 0, N_ELEMENTS(walks));
        tcase_add_loop_test(tests, what_is_not_there_is_told, 0, N_ELEMENTS(misses));
        tcase_add_test(tests, a_role_of_several_accounts_wants_its_arn);
        tcase_add_test(tests, an_account_of_another_environment_is_out_of_reach);
        tcase_add_test(tests, sizes_that_are_none_are_refused);
        tcase_add_loop_test(tests, prints_as, 0, N_ELEMENTS(prints));
        tcase_add_test(tests, no_cell_is_a_formula);
        tcase_add_test(tests, markdown_takes_names_as_text);
        tcase_add_test(tests, what_put_says_ends_the_printing);
        suite_add_tcase(suite, tests);
        return suite;
}
