#include <bakery/config.h>
#include <bakery/group.h>
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/report.h"
#include "support.h"

Suite *config_suite(void);

static const char whole[] =
        "TeamName: MyTeam\nBillingCode: BC1\nBakeryAccount: 011111111111\nPrefix: Dev\nRegion: cn-north-1\n"
        "Environments:\n"
        "  - { Environment: Dev, DefaultAccount: Stg, Accounts: [{ Id: \"222222222222\", Name: Main }, { Id: "
        "\"333333333333\", Name: Stg }] }\n"
        "  - { Environment: Prod, AccessTypes: [Read], Accounts: [{ Id: \"444444444444\", Name: Main }] }\n"
        "  - { Environment: Two, Accounts: [{ Id: \"555555555555\", Name: a }, { Id: \"666666666666\", Name: b }] }\n"
        "  - { Environment: Same, Accounts: [{ Id: \"777777777777\", Name: x }, { Id: \"888888888888\", Name: x }] }\n"
        "AccessTypes:\n"
        "  - { Type: Admin, " ADMIN_POLICY ", PolicyArns: [\"arn:${Partition}:iam::${AccountId}:policy/Own\"] }\n"
        "  - { Type: Read, " ADMIN_POLICY " }\n";

START_TEST(gives_what_the_file_says)
{
        AUTO_PTR(bakery_config) config = config_of(whole);

        ck_assert_str_eq(bakery_config_name(config), "config.yml");
        ck_assert_str_eq(bakery_config_team_name(config), "MyTeam");
        ck_assert_str_eq(bakery_config_bakery_account_id(config), "011111111111");
        ck_assert_str_eq(bakery_config_billing_code(config), "BC1");
        ck_assert_str_eq(bakery_config_region(config), "cn-north-1");
        ck_assert_str_eq(bakery_config_partition(config), "aws-cn");
        ck_assert_str_eq(bakery_config_prefix(config), "Dev");
        ck_assert_str_eq(bakery_config_admin_group(config), "MyTeamAwsBakeryAdmin");
        ck_assert_str_eq(bakery_config_read_only_group(config), "MyTeamAwsBakeryReadOnly");
        ck_assert_uint_eq(bakery_config_environment_count(config), 4);
        ck_assert_str_eq(bakery_environment_name(bakery_config_environment(config, 1)), "Prod");
        ck_assert_uint_eq(bakery_config_access_type_count(config), 2);
        ck_assert_str_eq(bakery_access_type_name(bakery_config_access_type(config, 1)), "Read");
}
END_TEST

START_TEST(what_is_not_said_has_a_meaning)
{
        AUTO_PTR(bakery_config) config = config_of(OWN ENVIRONMENTS TYPES);

        ck_assert_ptr_null(bakery_config_region(config));
        ck_assert_str_eq(bakery_config_partition(config), "aws");
        ck_assert_str_eq(bakery_config_prefix(config), "");
        ck_assert_uint_eq(
                bakery_group_max_session_duration_s(bakery_environment_group(bakery_config_environment(config, 0), 0)),
                3600);
}
END_TEST

START_TEST(finds_by_name)
{
        AUTO_PTR(bakery_config) config = config_of(whole);
        const bakery_environment *dev = bakery_config_find_environment(config, "Dev");

        ck_assert_ptr_eq(dev, bakery_config_environment(config, 0));
        ck_assert_ptr_null(bakery_config_find_environment(config, "dev"));
        ck_assert_ptr_null(bakery_config_find_environment(config, ""));
        ck_assert_ptr_eq(bakery_config_find_access_type(config, "Read"), bakery_config_access_type(config, 1));
        ck_assert_ptr_null(bakery_config_find_access_type(config, "READ"));

        const bakery_account *account = bakery_config_find_account(config, "333333333333");
        ck_assert_str_eq(bakery_account_name(account), "Stg");
        ck_assert_str_eq(bakery_account_id(account), "333333333333");
        ck_assert_ptr_eq(bakery_account_environment(account), dev);
        ck_assert_ptr_eq(bakery_environment_account(dev, 1), account);
        ck_assert_uint_eq(bakery_environment_account_count(dev), 2);
        ck_assert_ptr_null(bakery_config_find_account(config, "Stg"));
        ck_assert_ptr_null(bakery_config_find_account(config, "999999999999"));
}
END_TEST

static const struct {
        const char *environment, *name_or_id, *id; /* NULL: none */
} account_names[] = {
        { "Dev", "Stg", "333333333333" },
        { "Dev", "333333333333", "333333333333" },
        { "Dev", "444444444444", NULL }, /* of another environment */
        { "Dev", "stg", NULL },
        { "Prod", "Main", "444444444444" },
        { "Same", "x", NULL }, /* two have it: which one is meant nobody knows */
        { "Same", "888888888888", "888888888888" },
};

START_TEST(finds_an_account_of_an_environment)
{
        AUTO_PTR(bakery_config) config = config_of(whole);
        const bakery_account *account = bakery_environment_find_account(
                bakery_config_find_environment(config, account_names[_i].environment), account_names[_i].name_or_id);

        ck_assert_pstr_eq(account ? bakery_account_id(account) : NULL, account_names[_i].id);
}
END_TEST

static const struct {
        const char *environment, *id;
} defaults[] = { { "Dev", "333333333333" }, { "Prod", "444444444444" }, { "Two", NULL } };

START_TEST(knows_the_account_that_is_meant)
{
        AUTO_PTR(bakery_config) config = config_of(whole);
        const bakery_account *account =
                bakery_environment_default_account(bakery_config_find_environment(config, defaults[_i].environment));

        ck_assert_pstr_eq(account ? bakery_account_id(account) : NULL, defaults[_i].id);
}
END_TEST

START_TEST(groups_exist_where_the_environment_has_the_type)
{
        AUTO_PTR(bakery_config) config = config_of(whole);
        const bakery_environment *dev = bakery_config_environment(config, 0);
        const bakery_environment *prod = bakery_config_environment(config, 1);
        const bakery_group *group = bakery_environment_find_group(prod, "Read");

        ck_assert_uint_eq(bakery_environment_group_count(dev), 2);
        ck_assert_uint_eq(bakery_environment_group_count(prod), 1);
        ck_assert_ptr_null(bakery_environment_find_group(prod, "Admin"));
        ck_assert_ptr_eq(bakery_environment_group(prod, 0), group);
        ck_assert_str_eq(bakery_group_name(group), "MyTeamProdRead");
        ck_assert_ptr_eq(bakery_group_environment(group), prod);
        ck_assert_ptr_eq(bakery_group_access_type(group), bakery_config_access_type(config, 1));
}
END_TEST

START_TEST(policies_stand_as_in_the_file)
{
        AUTO_PTR(bakery_config) config = config_of(whole);
        const bakery_access_type *admin = bakery_config_access_type(config, 0);

        ck_assert_uint_eq(bakery_access_type_policy_count(admin), 2);
        ck_assert_str_eq(bakery_access_type_policy_arn(admin, 0),
                         "arn:${Partition}:iam::aws:policy/AdministratorAccess");
        ck_assert_str_eq(bakery_access_type_policy_arn(admin, 1), "arn:${Partition}:iam::${AccountId}:policy/Own");
}
END_TEST

static bakery_status load(const char *text, bakery_report *report, bakery_config **config, bakery_error **err)
{
        return bakery_config_load_text(text, strlen(text), "config.yml", report, config, err);
}

START_TEST(a_mistake_leaves_the_output_alone)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_config *config = NULL;

        ck_assert_int_eq(load("Teamname: x\n" ENVIRONMENTS TYPES, report, &config, &err), BAKERY_ERR_CONFIG);
        ck_assert_ptr_null(config);
        ck_assert_str_eq(bakery_error_file(err), "config.yml");
        ck_assert_uint_eq(bakery_error_line(err), 1);
        ck_assert_uint_gt(bakery_report_count_of(report, BAKERY_SEVERITY_ERROR), 2);
        ck_assert_int_eq(load("Teamname: x\n", NULL, &config, NULL), BAKERY_ERR_CONFIG);
}
END_TEST

START_TEST(warnings_are_told_of_what_loads)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_PTR(bakery_config) config = NULL;
        bakery_error *err = NULL;

        bakery__fail(&err, BAKERY_ERR_IO, "earlier");
        ck_assert_int_eq(load(OWN ENVIRONMENTS TYPES, report, &config, &err), BAKERY_OK);
        ck_assert_ptr_null(err);
        ck_assert_uint_eq(bakery_report_count_of(report, BAKERY_SEVERITY_ERROR), 0);
        ck_assert_uint_eq(bakery_report_count_of(report, BAKERY_SEVERITY_WARNING), 2);
}
END_TEST

static const char *const empty_texts[] = { "", "# nothing\n", "---\n", "~\n", "\xef\xbb\xbf" };

START_TEST(an_empty_config_is_told_so)
{
        AUTO_PTR(bakery_error) err = NULL;
        bakery_config *config = NULL;

        ck_assert_int_eq(load(empty_texts[_i], NULL, &config, &err), BAKERY_ERR_CONFIG);
        ck_assert_msg(strstr(bakery_error_message(err), "config is empty"), "%s", bakery_error_message(err));
}
END_TEST

/* A caller's empty buffer may have no address at all. */
START_TEST(no_text_is_an_empty_config)
{
        bakery_config *config = NULL;

        ck_assert_int_eq(bakery_config_load_text(NULL, 0, "config.yml", NULL, &config, NULL), BAKERY_ERR_CONFIG);
}
END_TEST

/* Nothing is left once what is wrong was taken out: that must not be loaded either. */
static const char *const hollow_texts[] = {
        "x: 1\n",
        "TeamName: [a]\n",
        "{}\n",
        "[]\n",
        "- a\n",
        "text\n",
        "? [a]\n: 1\n",
        "<<: 1\n",
        "a: *b\n",
        "\"\": 1\n",
        "Environments: []\nAccessTypes: {}\n",
        "Environments: [{}]\nAccessTypes: [{}]\n",
        "Environments: [[]]\nAccessTypes: [~]\nUsers: [{}]\n",
        "Environments: [{ Environment: A, Accounts: [{}] }]\nAccessTypes: [{ Type: B }]\n",
        "Defaults: []\nTags: {}\nAdminGroups: {}\n",
        "Defaults: { Tags: [], SessionTags: {} }\n",
};

START_TEST(hollow_configs_are_refused)
{
        bakery_config *config = NULL;

        ck_assert_msg(load(hollow_texts[_i], NULL, &config, NULL) == BAKERY_ERR_CONFIG, "%s", hollow_texts[_i]);
}
END_TEST

START_TEST(a_text_has_a_limit)
{
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_FREE char *text = malloc((16 << 20) + 1);
        bakery_config *config = NULL;

        memset(text, '#', (16 << 20) + 1);
        ck_assert_int_eq(bakery_config_load_text(text, (16 << 20) + 1, "config.yml", NULL, &config, &err),
                         BAKERY_ERR_LIMIT);
        ck_assert(strstr(bakery_error_message(err), "16777217 bytes"));
        ck_assert_int_eq(bakery_config_load_text(text, 16 << 20, "config.yml", NULL, &config, NULL), BAKERY_ERR_CONFIG);
}
END_TEST

/* 13 levels of nine would be a billion nodes. */
START_TEST(an_alias_bomb_is_small)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };
        bakery_config *config = NULL;
        struct rusage before, after;

        bakery__buf_text(&text, "a0: &a0 [x]\n");
        for (int i = 1; i < 14; i++) {
                bakery__buf_format(&text, "a%d: &a%d [", i, i);
                for (int k = 0; k < 9; k++)
                        bakery__buf_format(&text, "%s*a%d", k ? "," : "", i - 1);
                bakery__buf_text(&text, "]\n");
        }
        getrusage(RUSAGE_SELF, &before);
        ck_assert_int_eq(load(text.at, NULL, &config, NULL), BAKERY_ERR_CONFIG);
        getrusage(RUSAGE_SELF, &after);
        ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 20 << 10);
}
END_TEST

START_TEST(loads_a_file_and_what_stands_beside_it)
{
        char *folder = new_folder();
        AUTO_FREE char *path = path_to(folder, "config.yml");
        AUTO_FREE char *policy = path_to(folder, "support.json");
        AUTO_PTR(bakery_config) config = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        write_text(path, OWN ENVIRONMENTS "AccessTypes: [{ Type: Support, InlinePolicy: \"file:support.json\" }]\n");
        write_text(policy, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b\","
                           "\"Resource\":\"*\"}}");
        ck_assert_msg(bakery_config_load_file(path, NULL, &config, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_str_eq(bakery_config_name(config), path);
        ck_assert_ptr_nonnull(config->access_types[0].inline_policy.root);
        remove_folder(folder);
}
END_TEST

static const struct {
        const char *path; /* NULL: a FIFO */
        bakery_status status;
} unreadable[] = {
        { "/nonexistent/config.yml", BAKERY_ERR_IO },
        { "/dev/zero", BAKERY_ERR_IO },
        { "/", BAKERY_ERR_IO },
        { "/dev/null", BAKERY_ERR_IO },
        { NULL, BAKERY_ERR_IO },
};

START_TEST(an_unreadable_file_is_told)
{
        char *folder = new_folder();
        AUTO_FREE char *fifo = path_to(folder, "fifo");
        const char *path = unreadable[_i].path ? unreadable[_i].path : fifo;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_config *config = NULL;

        ck_assert_int_eq(mkfifo(fifo, 0600), 0);
        ck_assert_int_eq(bakery_config_load_file(path, NULL, &config, &err), unreadable[_i].status);
        ck_assert_msg(strstr(bakery_error_message(err), path), "%s", bakery_error_message(err));
        ck_assert_ptr_null(config);
        remove_folder(folder);
}
END_TEST

START_TEST(a_large_file_is_refused_by_its_size)
{
        char *folder = new_folder();
        AUTO_FREE char *path = path_to(folder, "config.yml");
        AUTO_PTR(bakery_error) err = NULL;
        bakery_config *config = NULL;
        FILE *file = fopen(path, "w");

        ck_assert_int_eq(fseek(file, 17 << 20, SEEK_SET), 0);
        fputc('\n', file);
        fclose(file);
        ck_assert_int_eq(bakery_config_load_file(path, NULL, &config, &err), BAKERY_ERR_LIMIT);
        ck_assert_msg(strstr(bakery_error_message(err), "17825793 bytes, more than the 16777216"), "%s",
                      bakery_error_message(err));
        remove_folder(folder);
}
END_TEST

/* The webhook is a secret: whatever is wrong around it, nobody is shown it. */
static const char *const leaky_texts[] = {
        "SlackChannelHookUrl: [CANARY]\n",       "SlackChannelHookUrl: { CANARY: CANARY }\n",
        "SlackChannelHookUrl: \"CANARY\\0\"\n",  "SlackChannelHookUrl: \"CANARY\n",
        "SlackChannelHookUrl: CANARY: CANARY\n", "SlackChannelHookUrl: CANARY\nSlackChannelHookUrl: CANARY\n",
        "SlackChannelHookUrl: !CANARY CANARY\n", "SlackChannelHookUrl: &CANARY CANARY\nTeamName: *CANARY\n",
        "SlackchannelHookUrl: CANARY\n",         "SlackChannelHookUrl:\n\tCANARY\n",
};

START_TEST(no_finding_shows_the_secret)
{
        AUTO_FREE char *found = findings_in(leaky_texts[_i]);

        ck_assert_msg(*found && !strstr(found, "CANARY"), "%s\n%s", leaky_texts[_i], found);
}
END_TEST

START_TEST(a_secret_that_is_too_long_is_not_shown_either)
{
        AUTO_CLEAR(buf) text = { .max = 10000 };

        bakery__buf_text(&text, "SlackChannelHookUrl: CANARY");
        bakery__buf_repeat(&text, 'x', 5000);
        bakery__buf_char(&text, '\n');
        AUTO_FREE char *found = findings_in(text.at);
        ck_assert_msg(strstr(found, "bad-value: SlackChannelHookUrl") && !strstr(found, "CANARY"), "%s", found);
}
END_TEST

START_TEST(freeing_nothing_is_fine)
{
        bakery_config_free(NULL);
}
END_TEST

START_TEST(the_secret_is_wiped_with_the_configuration)
{
        bakery_config *config = config_of(OWN "SlackChannelHookUrl: CANARY\n" ENVIRONMENTS TYPES);

        watch_free(bakery__secret_reveal(&config->slack_hook), 6);
        bakery_config_free(config);
        ck_assert(was_wiped());
}
END_TEST

Suite *config_suite(void)
{
        Suite *suite = suite_create("config");
        TCase *tcase = tcase_create("config");

        tcase_add_test(tcase, gives_what_the_file_says);
        tcase_add_test(tcase, what_is_not_said_has_a_meaning);
        tcase_add_test(tcase, finds_by_name);
        tcase_add_loop_test(tcase, finds_an_account_of_an_environment, 0, (int)N_ELEMENTS(account_names));
        tcase_add_loop_test(tcase, knows_the_account_that_is_meant, 0, (int)N_ELEMENTS(defaults));
        tcase_add_test(tcase, groups_exist_where_the_environment_has_the_type);
        tcase_add_test(tcase, policies_stand_as_in_the_file);
        tcase_add_test(tcase, a_mistake_leaves_the_output_alone);
        tcase_add_test(tcase, warnings_are_told_of_what_loads);
        tcase_add_loop_test(tcase, an_empty_config_is_told_so, 0, (int)N_ELEMENTS(empty_texts));
        tcase_add_test(tcase, no_text_is_an_empty_config);
        tcase_add_loop_test(tcase, hollow_configs_are_refused, 0, (int)N_ELEMENTS(hollow_texts));
        tcase_add_test(tcase, a_text_has_a_limit);
        tcase_add_test(tcase, an_alias_bomb_is_small);
        tcase_add_test(tcase, loads_a_file_and_what_stands_beside_it);
        tcase_add_loop_test(tcase, an_unreadable_file_is_told, 0, (int)N_ELEMENTS(unreadable));
        tcase_add_test(tcase, a_large_file_is_refused_by_its_size);
        tcase_add_loop_test(tcase, no_finding_shows_the_secret, 0, (int)N_ELEMENTS(leaky_texts));
        tcase_add_test(tcase, a_secret_that_is_too_long_is_not_shown_either);
        tcase_add_test(tcase, freeing_nothing_is_fine);
        tcase_add_test(tcase, the_secret_is_wiped_with_the_configuration);
        suite_add_tcase(suite, tcase);
        return suite;
}
