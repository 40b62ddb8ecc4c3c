#include "model/names.h"

#include <bakery/group.h>
#include <check.h>
#include <string.h>

#include "support.h"

Suite *names_suite(void);

static const struct {
        const char *name, *part;
} parts[] = {
        { "Prod", "Prod" },
        { "Non-Prod", "NonProd" },
        { "a_b+c=d,e.f@g", "abcdefg" },
        { "", "" },
        { "-_+", "" },
        { "2nd", "2nd" },
        { "A1", "A1" },
};

START_TEST(logical_ids_have_letters_and_digits)
{
        AUTO_CLEAR(arena) arena = { 0 };

        ck_assert_str_eq(bakery__logical_part(&arena, parts[_i].name), parts[_i].part);
}
END_TEST

/* The promise of compatibility: partition, path, environment, type, and the names they make. */
static const struct {
        const char *more, *environment, *type;
        const char *group, *role, *arn;
} names[] = {
        { "", "NonProd", "Admin", "MyTeamNonProdAdmin", "Main-NonProd-Admin",
          "arn:aws:iam::012345670123:role/Main-NonProd-Admin" },
        { "Region: cn-north-1\n", "A", "B", "MyTeamAB", "Main-A-B", "arn:aws-cn:iam::012345670123:role/Main-A-B" },
        { "Partition: aws-us-gov\nDefaults: { RolePath: /x/y/ }\n", "A-b", "c_d", "MyTeamA-bc_d", "Main-A-b-c_d",
          "arn:aws-us-gov:iam::012345670123:role/x/y/Main-A-b-c_d" },
};

START_TEST(makes_the_names_of_iam)
{
        AUTO_CLEAR(buf) text = { .max = 10000 };
        AUTO_FREE char *role = NULL;
        AUTO_FREE char *arn = NULL;

        bakery__buf_format(&text,
                           OWN "%sEnvironments: [{ Environment: %s, Accounts: [{ Id: 012345670123, Name: Main }] }]\n"
                               "AccessTypes: [{ Type: %s, PolicyArn: \"arn:${Partition}:iam::aws:policy/X\" }]\n",
                           names[_i].more, names[_i].environment, names[_i].type);
        AUTO_PTR(bakery_config) config = config_of(text.at);
        const bakery_environment *environment = bakery_config_environment(config, 0);
        const bakery_group *group = bakery_environment_group(environment, 0);
        const bakery_account *account = bakery_environment_account(environment, 0);

        ck_assert_str_eq(bakery_group_name(group), names[_i].group);
        ck_assert_int_eq(bakery_group_role_name(group, account, &role, NULL), BAKERY_OK);
        ck_assert_str_eq(role, names[_i].role);
        ck_assert_int_eq(bakery_group_role_arn(group, account, &arn, NULL), BAKERY_OK);
        ck_assert_str_eq(arn, names[_i].arn);
        ck_assert_uint_eq(bakery__role_arn_frame(group), strlen(arn) - strlen(bakery_account_name(account)));
}
END_TEST

START_TEST(an_account_of_another_environment_has_no_such_role)
{
        AUTO_PTR(bakery_config)
        config = config_of(OWN "Environments:\n"
                               "  - { Environment: A, Accounts: [{ Id: \"222222222222\", Name: X }] }\n"
                               "  - { Environment: B, Accounts: [{ Id: \"333333333333\", Name: X }] }\n" TYPES);
        const bakery_group *group = bakery_environment_group(bakery_config_environment(config, 0), 0);
        const bakery_account *account = bakery_environment_account(bakery_config_environment(config, 1), 0);
        AUTO_PTR(bakery_error) err = NULL;
        char untouched[] = "", *text = untouched;

        ck_assert_int_eq(bakery_group_role_arn(group, account, &text, &err), BAKERY_ERR_ARGUMENT);
        ck_assert_str_eq(bakery_error_message(err),
                         "account 333333333333 is of environment B, and group MyTeamAAdmin of A");
        ck_assert_int_eq(bakery_group_role_name(group, account, &text, NULL), BAKERY_ERR_ARGUMENT);
        ck_assert_ptr_eq(text, untouched);
}
END_TEST

Suite *names_suite(void)
{
        Suite *suite = suite_create("names");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, logical_ids_have_letters_and_digits, 0, (int)N_ELEMENTS(parts));
        tcase_add_loop_test(tcase, makes_the_names_of_iam, 0, (int)N_ELEMENTS(names));
        tcase_add_test(tcase, an_account_of_another_environment_has_no_such_role);
        suite_add_tcase(suite, tcase);
        return suite;
}
