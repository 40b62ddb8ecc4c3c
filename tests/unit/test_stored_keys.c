/* A user's key in the profile files, and another one in its place. */
#include "credentials/stored_keys.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "aws_home.h"
#include "support.h"

Suite *stored_keys_suite(void);

#define OLD_ID "AKIAOLD"
#define OLD_SECRET "CANARYold/+="
#define NEW_ID "AKIANEWER"
#define NEW_SECRET "CANARYnew"
#define PAIR(id, secret) "aws_access_key_id = " id "\naws_secret_access_key = " secret "\n"

static bakery_credentials *keys_of(const char *id, const char *secret)
{
        bakery_credentials *keys = NULL;

        ck_assert_int_eq(bakery_credentials_new(id, secret, NULL, 0, "test", &keys, NULL), BAKERY_OK);
        return keys;
}

static const struct {
        const char *config, *credentials;     /* NULL: not there */
        const char *config_2, *credentials_2; /* afterwards; NULL: as before */
        size_t count;
        const char *says; /* the error; NULL: none */
} cases[] = {
        { NULL, "[default]\n" PAIR(OLD_ID, OLD_SECRET), NULL, "[default]\n" PAIR(NEW_ID, NEW_SECRET), 1, NULL },
        /* Each place that holds it, in any spelling of the name; nothing else, to the byte. */
        { "[default]\nregion=x\n[profile a]\n" PAIR(OLD_ID, OLD_SECRET),
          "# " OLD_ID "\n[x]\r\nAWS_Access_Key_ID=" OLD_ID "\r\naws_secret_access_key=\t" OLD_SECRET
          " # comment\r\n[y]\n" PAIR("AKIAOLDER", OLD_SECRET) "region = " OLD_ID,
          "[default]\nregion=x\n[profile a]\n" PAIR(NEW_ID, NEW_SECRET),
          "# " OLD_ID "\n[x]\r\nAWS_Access_Key_ID=" NEW_ID "\r\naws_secret_access_key=\t" NEW_SECRET
          " # comment\r\n[y]\n" PAIR("AKIAOLDER", NEW_SECRET) "region = " OLD_ID,
          2, NULL },
        /* No newline at the end. */
        { NULL, "[default]\naws_secret_access_key = " OLD_SECRET "\naws_access_key_id = " OLD_ID, NULL,
          "[default]\naws_secret_access_key = " NEW_SECRET "\naws_access_key_id = " NEW_ID, 1, NULL },
        { NULL, "[default]\n" PAIR("AKIAOLDER", "x"), NULL, NULL, 0, "in the profile files no more" },
        { NULL, NULL, NULL, NULL, 0, "in the profile files no more" },
        /* Half a pair would become one that does not fit. */
        { NULL, "[default]\n" PAIR(OLD_ID, "other"), NULL, NULL, 0, "has the access key and not its secret" },
        { NULL, "[default]\naws_access_key_id = " OLD_ID "\n", NULL, NULL, 0, "not its secret" },
        /* A value over two lines is read as one by nobody's rule that we could keep. */
        { NULL, "[default]\naws_access_key_id = " OLD_ID "\naws_secret_access_key = " OLD_SECRET "\n more\n", NULL,
          NULL, 0, "not its secret" },
        /* More profiles would have the new one than had the old one: whose are they? */
        { NULL, "[default]\n" PAIR(OLD_ID, OLD_SECRET) "[b]\n" PAIR(NEW_ID, NEW_SECRET), NULL, NULL, 1,
          "cannot be replaced for certain" },
        { NULL, "[default\n", NULL, NULL, 0, "credentials:1" },
};

static void ck_file(const char *folder, const char *name, const char *before, const char *after)
{
        AUTO_FREE char *path = path_to(folder, name);
        AUTO_FREE char *text = read_text(path);
        const char *wanted = after ? after : before;

        if (!wanted) {
                ck_assert_ptr_null(text);
                return;
        }
        ck_assert_str_eq(text, wanted);
}

START_TEST(replaces_keys_and_nothing_else)
{
        AUTO_CLEAR(aws_home) home;
        AUTO_PTR(bakery_credentials) old = keys_of(OLD_ID, OLD_SECRET);
        AUTO_PTR(bakery_credentials) fresh = keys_of(NEW_ID, NEW_SECRET);
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_FREE char *path = NULL;
        size_t count = 77;
        bool stored = false;

        home_begin(&home, cases[_i].config, cases[_i].credentials);
        bakery_client *client = home_client(&home);
        bakery_status st = bakery__stored_keys_find(client, old, &count, NULL);
        ck_assert_uint_eq(count, st ? 77 : cases[_i].count);

        st = bakery__stored_keys_replace(client, old, fresh, &path, &stored, &err);
        ck_assert_msg((st == BAKERY_OK) == !cases[_i].says, "%d: %s", _i, bakery_error_message(err));
        ck_assert_int_eq(stored, st == BAKERY_OK);
        ck_file(home.folder, ".aws/config", cases[_i].config, cases[_i].config_2);
        ck_file(home.folder, ".aws/credentials", cases[_i].credentials, cases[_i].credentials_2);
        if (st)
                ck_says(err, cases[_i].says);
        else
                ck_assert(strstr(path, ".aws/credentials"));
}
END_TEST

static unsigned mode_of(const char *path)
{
        struct stat about;

        ck_assert_int_eq(stat(path, &about), 0);
        return about.st_mode & 07777;
}

START_TEST(a_file_with_a_secret_is_private)
{
        AUTO_CLEAR(aws_home) home;
        AUTO_PTR(bakery_credentials) old = keys_of(OLD_ID, OLD_SECRET);
        AUTO_PTR(bakery_credentials) fresh = keys_of(NEW_ID, NEW_SECRET);
        AUTO_FREE char *path = NULL;
        bool stored = false;

        home_begin(&home, "[default]\n", "[default]\n" PAIR(OLD_ID, OLD_SECRET));
        AUTO_FREE char *config = path_to(home.folder, ".aws/config");
        AUTO_FREE char *credentials = path_to(home.folder, ".aws/credentials");
        ck_assert_int_eq(chmod(credentials, 0664), 0);
        ck_assert_int_eq(chmod(config, 0644), 0);
        ck_assert_int_eq(bakery__stored_keys_replace(home_client(&home), old, fresh, &path, &stored, NULL), BAKERY_OK);
        ck_assert_uint_eq(mode_of(credentials), 0600);
        ck_assert_uint_eq(mode_of(config), 0644); /* nothing of it was changed */
}
END_TEST

START_TEST(writes_a_file_of_its_own)
{
        char *folder = new_folder();
        AUTO_FREE char *path = path_to(folder, "key");
        AUTO_PTR(bakery_credentials) fresh = keys_of(NEW_ID, NEW_SECRET);

        ck_assert_int_eq(bakery__stored_keys_write(path, NULL, NULL), BAKERY_OK);
        ck_assert_ptr_null(read_text(path));
        ck_assert_int_eq(bakery__stored_keys_write(path, fresh, NULL), BAKERY_OK);
        AUTO_FREE char *text = read_text(path);
        ck_assert_str_eq(text, "[default]\n" PAIR(NEW_ID, NEW_SECRET));
        ck_assert_uint_eq(mode_of(path), 0600);

        write_text(path, "old");
        ck_assert_int_eq(chmod(path, 0644), 0);
        ck_assert_int_eq(bakery__stored_keys_write(path, fresh, NULL), BAKERY_OK);
        ck_assert_uint_eq(mode_of(path), 0600);
        remove_folder(folder);
        ck_assert_int_eq(bakery__stored_keys_write("/no/such/folder/key", NULL, NULL), BAKERY_ERR_IO);
}
END_TEST

Suite *stored_keys_suite(void)
{
        Suite *suite = suite_create("stored_keys");
        TCase *tcase = tcase_create("files");

        tcase_add_loop_test(tcase, replaces_keys_and_nothing_else, 0, (int)N_ELEMENTS(cases));
        tcase_add_test(tcase, a_file_with_a_secret_is_private);
        tcase_add_test(tcase, writes_a_file_of_its_own);
        suite_add_tcase(suite, tcase);
        return suite;
}
