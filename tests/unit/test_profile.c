#include "credentials/profile.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws_home.h"
#include "support.h"

Suite *profile_suite(void);

#define ID "AKIAEXAMPLE"

/* Where the files are, by the environment. */
static const struct {
        const char *environment[4];
        const char *config, *credentials;
} places[] = {
        { { "HOME=/home/a" }, "/home/a/.aws/config", "/home/a/.aws/credentials" },
        { { "HOME=/home/a", "AWS_CONFIG_FILE=/x" }, "/x", "/home/a/.aws/credentials" },
        { { "HOME=/home/a", "AWS_SHARED_CREDENTIALS_FILE=/y" }, "/home/a/.aws/config", "/y" },
        { { "HOME=/home/a", "AWS_CONFIG_FILE=~/z" }, "/home/a/z", "/home/a/.aws/credentials" },
        { { "HOME=/home/a", "AWS_CONFIG_FILE= " }, "/home/a/.aws/config", "/home/a/.aws/credentials" },
        { { "AWS_CONFIG_FILE=/x" }, "/x", NULL },
        { { "HOME=" }, NULL, NULL },
        { { "USERPROFILE=/home/a" }, NULL, NULL },
};

START_TEST(finds_the_files)
{
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_FREE char *config = NULL;
        AUTO_FREE char *credentials = NULL;

        memcpy(wire.environment, places[_i].environment, sizeof places[_i].environment);
        fake_client(&wire);
        ck_assert_int_eq(bakery__profile_path(wire.client, INI_CONFIG, &config, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__profile_path(wire.client, INI_CREDENTIALS, &credentials, NULL), BAKERY_OK);
        ck_assert_pstr_eq(config, places[_i].config);
        ck_assert_pstr_eq(credentials, places[_i].credentials);
}
END_TEST

START_TEST(the_credentials_file_goes_before_the_config_file)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(profiles) profiles = { .paths = { NULL } };
        const struct ini_section *profile = NULL;

        home_begin(&home, "[profile dev]\nregion = eu-west-1\naws_access_key_id = OLD\n[dev]\nregion = x\n",
                   "[dev]\naws_access_key_id = " ID "\n");
        home_client(&home);
        ck_assert_int_eq(bakery__profiles_load(home.wire.client, &profiles, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__profiles_find(home.wire.client, &profiles, "dev", &profile, NULL), BAKERY_OK);
        ck_assert_str_eq(bakery__profile_value(profile, "aws_access_key_id"), ID);
        ck_assert_str_eq(bakery__profile_value(profile, "region"), "eu-west-1");
        ck_assert_ptr_null(bakery__profile_value(profile, "nothing"));
        ck_assert_ptr_null(bakery__profile_value(NULL, "region"));
}
END_TEST

/* What AWS_CONFIG_FILE may name, and what comes of it: never a wait. */
static const struct {
        const char *path; /* below the folder unless it begins with "/" */
        bakery_status status;
        const char *says;
} unusual[] = {
        { "/dev/null", BAKERY_OK, NULL },
        { "/nonexistent/config", BAKERY_OK, NULL },
        { "missing", BAKERY_OK, NULL },
        { ".aws/config/under-a-file", BAKERY_OK, NULL },
        { "/dev/zero", BAKERY_ERR_IO, "no regular file" },
        { "/dev", BAKERY_ERR_IO, "is a folder" },
        { "fifo", BAKERY_ERR_IO, "no regular file" },
        { "large", BAKERY_ERR_LIMIT, "more than" },
        { "unclosed", BAKERY_ERR_CONFIG, "unclosed:2: Profile definition must end" },
        { "wordless", BAKERY_ERR_CONFIG, "wordless:2: Expected an '=' sign" },
};

START_TEST(reads_within_bounds)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(profiles) profiles = { .paths = { NULL } };
        AUTO_PTR(bakery_error) err = NULL;
        char variable[300];

        home_begin(&home, "", NULL);
        home_write(&home, "unclosed", "[default]\n[profile CANARY\n");
        home_write(&home, "wordless", "[default]\nCANARYpassword\n");
        ck_assert_int_eq(truncate(home_write(&home, "large", ""), INI_MAX_BYTES + 1), 0);
        const char *path = home_write(&home, "fifo", "");
        ck_assert_int_eq(unlink(path), 0);
        ck_assert_int_eq(mkfifo(path, 0600), 0);
        snprintf(variable, sizeof variable, "AWS_CONFIG_FILE=%s%s", unusual[_i].path[0] == '/' ? "" : "~/",
                 unusual[_i].path);
        home_set(&home, variable);
        home_client(&home);
        bakery_status st = bakery__profiles_load(home.wire.client, &profiles, &err);
        ck_assert_msg(st == unusual[_i].status, "%s: %s", unusual[_i].path, bakery_error_message(err));
        if (unusual[_i].says)
                ck_says(err, unusual[_i].says);
}
END_TEST

/* A file that may not be read is not the same as one that is missing. */
START_TEST(an_unreadable_file_is_an_error)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(profiles) profiles = { .paths = { NULL } };
        AUTO_PTR(bakery_error) err = NULL;

        home_begin(&home, NULL, NULL);
        chmod(home_write(&home, "locked", "[default]\n"), 0);
        home_set(&home, "AWS_CONFIG_FILE=~/locked");
        home_client(&home);
        if (geteuid() == 0) /* root reads everything */
                return;
        ck_assert_int_eq(bakery__profiles_load(home.wire.client, &profiles, &err), BAKERY_ERR_IO);
        ck_says(err, "Permission denied");
}
END_TEST

static const struct {
        const char *config, *wanted, *says, *hints;
} missing[] = {
        { "[profile devel]\n[profile prod]\n", "dev", "profile \"dev\" is not there: neither ", "\"devel\"" },
        { "[profile Dev]\n[profile den]\n", "dev", "\"dev\" is not there", "did you mean: \"Dev\", \"den\"" },
        { "[profile dev1]\n[profile dev2]\n[profile dev3]\n[profile dev4]\n[profile dev5]\n[profile dev6]\n", "dev",
          "\"dev\" is not there", "\"dev1\", \"dev2\", \"dev3\", \"dev4\", \"dev5\"" },
        { "[profile something-else-altogether]\n", "dev", "\"dev\" is not there", "there are: \"something" },
        { "", "dev", "\"dev\" is not there", "aws configure --profile dev" },
        { "[profile a]\n", "\x1b[2J", "?[2J", NULL },
};

START_TEST(a_missing_profile_is_told_with_its_neighbours)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(profiles) profiles = { .paths = { NULL } };
        AUTO_PTR(bakery_error) err = NULL;
        const struct ini_section *profile = NULL;

        home_begin(&home, missing[_i].config, NULL);
        home_client(&home);
        ck_assert_int_eq(bakery__profiles_load(home.wire.client, &profiles, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__profiles_find(home.wire.client, &profiles, missing[_i].wanted, &profile, &err),
                         BAKERY_ERR_CREDENTIALS);
        ck_says(err, missing[_i].says);
        if (missing[_i].hints)
                ck_hints(err, missing[_i].hints);
        ck_assert_ptr_null(strstr(bakery_error_hint(err), "dev6"));
        ck_assert_ptr_null(profile);
}
END_TEST

START_TEST(nobody_need_have_a_default_profile)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_FREE char *region = NULL;

        home_begin(&home, "[profile a]\nregion = eu-west-1\n", NULL);
        home_client(&home);
        ck_assert_int_eq(bakery__profile_read_value(home.wire.client, NULL, "region", &region, NULL), BAKERY_OK);
        ck_assert_ptr_null(region);
        ck_assert_int_eq(bakery__profile_read_value(home.wire.client, "a", "region", &region, NULL), BAKERY_OK);
        ck_assert_str_eq(region, "eu-west-1");
}
END_TEST

START_TEST(a_profile_without_home_suggests_the_variable)
{
        AUTO_CLEAR(fake_wire) wire = { .environment = { "AWS_PROFILE=dev" } };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_FREE char *region = NULL;

        fake_client(&wire);
        ck_assert_int_eq(bakery__profile_read_value(wire.client, NULL, "region", &region, &err),
                         BAKERY_ERR_CREDENTIALS);
        ck_says(err, "HOME is not set");
        ck_hints(err, "AWS_CONFIG_FILE");
}
END_TEST

static const struct {
        mode_t mode;
        bool warns;
} modes[] = { { 0600, false }, { 0400, false }, { 0644, true }, { 0640, true }, { 0620, true }, { 0601, true } };

START_TEST(warns_of_a_credentials_file_that_others_reach)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(profiles) profiles = { .paths = { NULL } };
        char line[400];

        home_begin(&home, NULL, NULL);
        const char *path = home_write(&home, ".aws/credentials", "[default]\n");
        ck_assert_int_eq(chmod(path, modes[_i].mode), 0);
        snprintf(line, sizeof line, "(mode %04o): chmod 600 %s", (unsigned)modes[_i].mode, path);
        home_client(&home);
        ck_assert_int_eq(bakery__profiles_load(home.wire.client, &profiles, NULL), BAKERY_OK);
        bakery__profiles_warn(home.wire.client, &profiles);
        ck_assert_int_eq(home_logged(&home, line), modes[_i].warns);
        ck_assert_int_eq(home_logged(&home, "warning"), modes[_i].warns);
}
END_TEST

/* The profile in use speaks for itself and through its services. */
START_TEST(a_client_follows_its_profile)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(profiles) profiles = { .paths = { NULL } };
        const struct ini_section *profile = NULL;

        home_begin(&home,
                   "[profile a]\nregion = eu-west-1\nservices = mine\n[services mine]\nsts =\n  endpoint_url = "
                   "https://s\nsso_oidc =\n  endpoint_url = https://o\niam =\n  endpoint_url =\n",
                   NULL);
        bakery_client *client = home_client(&home);
        ck_assert_ptr_null(bakery__client_setting(client, NULL, "region"));
        ck_assert_int_eq(bakery__profiles_load(client, &profiles, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__profiles_find(client, &profiles, "a", &profile, NULL), BAKERY_OK);
        for (int again = 0; again < 2; again++) {
                ck_assert_int_eq(bakery__profiles_hand_over(client, &profiles, profile, NULL), BAKERY_OK);
                ck_assert_str_eq(bakery__client_setting(client, NULL, "region"), "eu-west-1");
                ck_assert_str_eq(bakery__client_setting(client, "sts", "endpoint_url"), "https://s");
                ck_assert_str_eq(bakery__client_setting(client, "sso-oidc", "endpoint_url"), "https://o");
                ck_assert_pstr_eq(bakery__client_setting(client, "iam", "endpoint_url"), NULL);
                ck_assert_pstr_eq(bakery__client_setting(client, "s3", "endpoint_url"), NULL);
                ck_assert_ptr_null(profiles.paths[0]);
                ck_assert_int_eq(bakery__profiles_load(client, &profiles, NULL), BAKERY_OK);
                ck_assert_int_eq(bakery__profiles_find(client, &profiles, "a", &profile, NULL), BAKERY_OK);
        }
}
END_TEST

Suite *profile_suite(void)
{
        Suite *suite = suite_create("profile");
        TCase *tcase = tcase_create("profile");

        tcase_add_loop_test(tcase, finds_the_files, 0, (int)N_ELEMENTS(places));
        tcase_add_test(tcase, the_credentials_file_goes_before_the_config_file);
        tcase_add_loop_test(tcase, reads_within_bounds, 0, (int)N_ELEMENTS(unusual));
        tcase_add_test(tcase, an_unreadable_file_is_an_error);
        tcase_add_loop_test(tcase, a_missing_profile_is_told_with_its_neighbours, 0, (int)N_ELEMENTS(missing));
        tcase_add_test(tcase, nobody_need_have_a_default_profile);
        tcase_add_test(tcase, a_profile_without_home_suggests_the_variable);
        tcase_add_loop_test(tcase, warns_of_a_credentials_file_that_others_reach, 0, (int)N_ELEMENTS(modes));
        tcase_add_test(tcase, a_client_follows_its_profile);
        suite_add_tcase(suite, tcase);
        return suite;
}
