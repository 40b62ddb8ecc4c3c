#include <bakery/grants.h>
#include <check.h>
#include <string.h>

#include "base/buf.h"
#include "support.h"

Suite *grants_suite(void);

static const char text[] = OWN
        "Environments:\n"
        "  - { Environment: Dev, Accounts: [{ Id: \"222222222222\", Name: Main }, { Id: \"333333333333\", Name: Stg }] }\n"
        "  - { Environment: Prod, AccessTypes: [Read], Accounts: [{ Id: \"444444444444\", Name: Main }] }\n"
        "AccessTypes:\n"
        "  - { Type: Admin, " ADMIN_POLICY " }\n"
        "  - { Type: Read, " ADMIN_POLICY " }\n";

#define DEV_ADMIN "MyTeamDevAdmin>222222222222 MyTeamDevAdmin>333333333333 "
#define DEV_READ "MyTeamDevRead>222222222222 MyTeamDevRead>333333333333 "
#define PROD_READ "MyTeamProdRead>444444444444 "

static const struct {
        const char *environment, *access_type, *account, *grants;
} walks[] = {
        { NULL, NULL, NULL, DEV_ADMIN DEV_READ PROD_READ },
        { "Dev", NULL, NULL, DEV_ADMIN DEV_READ },
        { "Prod", NULL, NULL, PROD_READ },
        { NULL, "Admin", NULL, DEV_ADMIN },
        { NULL, "Read", NULL, DEV_READ PROD_READ },
        { "Prod", "Admin", NULL, "" }, /* it exists, but not there */
        { NULL, NULL, "333333333333", "MyTeamDevAdmin>333333333333 MyTeamDevRead>333333333333 " },
        { NULL, NULL, "Main", "MyTeamDevAdmin>222222222222 MyTeamDevRead>222222222222 MyTeamProdRead>444444444444 " },
        { "Dev", "Read", "Main", "MyTeamDevRead>222222222222 " },
        { "Prod", NULL, "Main", PROD_READ },
};

START_TEST(walks_in_the_order_of_the_file)
{
        AUTO_PTR(bakery_config) config = config_of(text);
        bakery_grant_filter filter = BAKERY_GRANT_FILTER_INIT;
        bakery_grants *grants = NULL;
        AUTO_CLEAR(buf) shown = { .max = 10000 };

        filter.environment = walks[_i].environment;
        filter.access_type = walks[_i].access_type;
        filter.account = walks[_i].account;
        ck_assert_int_eq(bakery_grants_new(config, &filter, &grants, NULL), BAKERY_OK);
        memset(&filter, 0xa5, sizeof filter); /* it need not outlive the call */
        bakery__buf_text(&shown, "");
        while (bakery_grants_next(grants)) {
                const bakery_account *account = bakery_grants_account(grants);
                const bakery_group *group = bakery_grants_group(grants);
                AUTO_FREE char *name = NULL;
                AUTO_FREE char *arn = NULL;

                ck_assert_int_eq(bakery_group_role_name(group, account, &name, NULL), BAKERY_OK);
                ck_assert_int_eq(bakery_group_role_arn(group, account, &arn, NULL), BAKERY_OK);
                ck_assert_str_eq(bakery_grants_role_name(grants), name);
                ck_assert_str_eq(bakery_grants_role_arn(grants), arn);
                ck_assert_str_eq(bakery_grants_group_name(grants), bakery_group_name(group));
                bakery__buf_format(&shown, "%s>%s ", bakery_grants_group_name(grants), bakery_account_id(account));
        }
        ck_assert_int_eq(bakery_grants_next(grants), 0); /* and it stays at the end */
        ck_assert_str_eq(shown.at, walks[_i].grants);
        bakery_grants_free(grants);
}
END_TEST

static const struct {
        const char *environment, *access_type, *account, *message, *hint;
} misses[] = {
        { "Prd", NULL, NULL, "there is no environment \"Prd\"", "did you mean \"Prod\"?" },
        { "prod", NULL, NULL, "there is no environment \"prod\"", "did you mean \"Prod\"?" },
        { "Zzzzzz", NULL, NULL, "there is no environment \"Zzzzzz\"", NULL },
        { "", NULL, NULL, "there is no environment \"\"", NULL },
        { NULL, "Rad", NULL, "there is no access type \"Rad\"", "did you mean \"Read\"?" },
        { NULL, NULL, "Man", "there is no account \"Man\"", "did you mean \"Main\"?" },
        { "Prod", NULL, "Stg", "there is no account \"Stg\"", NULL }, /* it is of the other environment */
        { NULL, NULL, "555555555555", "there is no account \"555555555555\"", NULL },
        { "\x1b[2J", NULL, NULL, "there is no environment \"?[2J\"", NULL },
};

START_TEST(names_the_nearest_of_what_is_not_there)
{
        AUTO_PTR(bakery_config) config = config_of(text);
        bakery_grant_filter filter = BAKERY_GRANT_FILTER_INIT;
        bakery_grants *grants = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        filter.environment = misses[_i].environment;
        filter.access_type = misses[_i].access_type;
        filter.account = misses[_i].account;
        ck_assert_int_eq(bakery_grants_new(config, &filter, &grants, &err), BAKERY_ERR_NOT_FOUND);
        ck_assert_str_eq(bakery_error_message(err), misses[_i].message);
        ck_assert_pstr_eq(bakery_error_hint(err), misses[_i].hint);
        ck_assert_ptr_null(grants);
        ck_assert_int_eq(bakery_grants_new(config, &filter, &grants, NULL), BAKERY_ERR_NOT_FOUND);
}
END_TEST

START_TEST(no_filter_means_all)
{
        AUTO_PTR(bakery_config) config = config_of(text);
        bakery_grants *grants = NULL;
        int n = 0;

        ck_assert_int_eq(bakery_grants_new(config, NULL, &grants, NULL), BAKERY_OK);
        while (bakery_grants_next(grants))
                n++;
        ck_assert_int_eq(n, 5);
        bakery_grants_free(grants);
        bakery_grants_free(NULL);
}
END_TEST

START_TEST(a_filter_has_a_size)
{
        AUTO_PTR(bakery_config) config = config_of(text);
        bakery_grant_filter filter = BAKERY_GRANT_FILTER_INIT;
        bakery_grants *grants = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        filter.size = 8;
        ck_assert_int_eq(bakery_grants_new(config, &filter, &grants, &err), BAKERY_ERR_ARGUMENT);
        ck_assert(strstr(bakery_error_message(err), "bakery_grant_filter of 8 bytes"));
        filter.size = sizeof filter + 8; /* a later version's */
        ck_assert_int_eq(bakery_grants_new(config, &filter, &grants, &err), BAKERY_OK);
        ck_assert_ptr_null(err);
        bakery_grants_free(grants);
}
END_TEST

Suite *grants_suite(void)
{
        Suite *suite = suite_create("grants");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, walks_in_the_order_of_the_file, 0, (int)N_ELEMENTS(walks));
        tcase_add_loop_test(tcase, names_the_nearest_of_what_is_not_there, 0, (int)N_ELEMENTS(misses));
        tcase_add_test(tcase, no_filter_means_all);
        tcase_add_test(tcase, a_filter_has_a_size);
        suite_add_tcase(suite, tcase);
        return suite;
}
