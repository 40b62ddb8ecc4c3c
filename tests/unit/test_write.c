#include <bakery/template.h>
#include <check.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "support.h"

Suite *write_suite(void);

static char *folder;
static bakery_config *config;

static void set_up(void)
{
        folder = new_folder();
        config = config_of(OWN ENVIRONMENTS TYPES);
}

static void tear_down(void)
{
        remove_folder(folder);
        bakery_config_free(config);
}

static const char *const state_names[] = {
        [BAKERY_FILE_UNCHANGED] = "unchanged", [BAKERY_FILE_WRITTEN] = "written", [BAKERY_FILE_DIFFERS] = "differs",
        [BAKERY_FILE_MISSING] = "missing",     [BAKERY_FILE_STALE] = "stale",
};

static void note(const bakery_file_event *event, void *context)
{
        struct buf *told = context;
        AUTO_FREE char *path = path_to(folder, event->file);

        ck_assert_uint_eq(event->size, sizeof *event);
        ck_assert_str_eq(event->path, path);
        if (event->state == BAKERY_FILE_STALE)
                ck_assert_ptr_null(event->text);
        else
                ck_assert_uint_eq(event->size_bytes, strlen(event->text));
        bakery__buf_format(told, "%s%s %s", told->len ? ", " : "", event->file, state_names[event->state]);
}

/* Writes, or only looks, and checks what is told and counted. */
static void ck_told(bool check_only, size_t changes, const char *want)
{
        bakery_write_options options = BAKERY_WRITE_OPTIONS_INIT;
        AUTO_CLEAR(buf) told = { .max = 10000 };
        AUTO_PTR(bakery_error) err = NULL;
        size_t n = 77;

        options.check_only = check_only;
        options.on_file = note;
        options.context = &told;
        ck_assert_msg(bakery_templates_write(config, folder, &options, &n, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        ck_assert_str_eq(told.at, want);
        ck_assert_uint_eq(n, changes);
}

#define ALL(state)                                                                           \
        "bakery_stack.json " state ", bakery_account.json " state ", bakery_env.json " state \
        ", burger_account.json " state

START_TEST(writes_once)
{
        ck_told(true, 4, ALL("missing"));
        AUTO_FREE char *path = path_to(folder, "bakery_stack.json");
        ck_assert_int_ne(access(path, F_OK), 0);

        ck_told(false, 4, ALL("written"));
        AUTO_FREE char *text = read_text(path);
        AUTO_FREE char *emitted = NULL;
        ck_assert_int_eq(bakery_template_emit(config, 0, &emitted, NULL, NULL), BAKERY_OK);
        ck_assert_str_eq(text, emitted);

        ck_told(false, 0, ALL("unchanged"));
        ck_told(true, 0, ALL("unchanged"));
}
END_TEST

START_TEST(a_file_that_differs_is_replaced)
{
        AUTO_FREE char *path = path_to(folder, "bakery_env.json");

        ck_told(false, 4, ALL("written"));
        write_text(path, "{}\n");
        ck_told(true, 1,
                "bakery_stack.json unchanged, bakery_account.json unchanged, bakery_env.json differs, "
                "burger_account.json unchanged");
        AUTO_FREE char *kept = read_text(path);
        ck_assert_str_eq(kept, "{}\n");
        ck_told(false, 1,
                "bakery_stack.json unchanged, bakery_account.json unchanged, bakery_env.json written, "
                "burger_account.json unchanged");
        ck_told(true, 0, ALL("unchanged"));
}
END_TEST

START_TEST(an_empty_file_differs)
{
        AUTO_FREE char *path = path_to(folder, "burger_account.json");

        ck_told(false, 4, ALL("written"));
        write_text(path, "");
        ck_told(true, 1,
                "bakery_stack.json unchanged, bakery_account.json unchanged, bakery_env.json unchanged, "
                "burger_account.json differs");
}
END_TEST

/* What the file before it came to must not be taken for this one's. */
START_TEST(what_is_no_file_differs)
{
        AUTO_FREE char *path = path_to(folder, "bakery_account.json");

        ck_assert_int_eq(mkdir(path, 0700), 0);
        ck_told(true, 4,
                "bakery_stack.json missing, bakery_account.json differs, bakery_env.json missing, burger_account.json "
                "missing");
}
END_TEST

START_TEST(templates_of_another_day_are_told_and_left)
{
        static const char *const names[] = { "bakery_env_Old.json", "check_admin_access.json",
                                             "bakery_env_A.json",   "bakery_env_.txt",
                                             "mine.json",           "bakery_stack.json.bak" };

        ck_told(false, 4, ALL("written"));
        for (size_t i = 0; i < N_ELEMENTS(names); i++) {
                AUTO_FREE char *path = path_to(folder, names[i]);
                write_text(path, "x");
        }
        for (int check_only = 0; check_only < 2; check_only++)
                ck_told(check_only, 3,
                        ALL("unchanged") ", bakery_env_A.json stale, bakery_env_Old.json stale, "
                                         "check_admin_access.json stale");
        AUTO_FREE char *path = path_to(folder, "bakery_env_Old.json");
        AUTO_FREE char *text = read_text(path);
        ck_assert_str_eq(text, "x");
}
END_TEST

START_TEST(the_folder_is_made)
{
        AUTO_FREE char *deep = path_to(folder, "a/b");
        AUTO_FREE char *file = path_to(folder, "a/b/bakery_stack.json");
        struct stat about;
        mode_t mask = umask(022);

        ck_assert_int_eq(bakery_templates_write(config, deep, NULL, NULL, NULL), BAKERY_OK);
        umask(mask);
        ck_assert_int_eq(stat(file, &about), 0);
        ck_assert_uint_eq(about.st_mode & 07777, 0644);
}
END_TEST

START_TEST(only_looking_makes_no_folder)
{
        AUTO_FREE char *deep = path_to(folder, "a");
        bakery_write_options options = BAKERY_WRITE_OPTIONS_INIT;
        size_t n = 0;

        options.check_only = 1;
        ck_assert_int_eq(bakery_templates_write(config, deep, &options, &n, NULL), BAKERY_OK);
        ck_assert_uint_eq(n, 4);
        ck_assert_int_ne(access(deep, F_OK), 0);
}
END_TEST

START_TEST(a_failure_is_told)
{
        AUTO_FREE char *file = path_to(folder, "file");
        AUTO_FREE char *below = path_to(folder, "file/below");
        AUTO_PTR(bakery_error) err = NULL;
        size_t n = 77;

        write_text(file, "");
        ck_assert_int_eq(bakery_templates_write(config, below, NULL, &n, &err), BAKERY_ERR_IO);
        ck_assert_msg(strstr(bakery_error_message(err), file), "%s", bakery_error_message(err));
        ck_assert_uint_eq(n, 77);
        ck_assert_int_eq(bakery_templates_write(config, below, NULL, NULL, NULL), BAKERY_ERR_IO);
}
END_TEST

START_TEST(options_have_a_size)
{
        bakery_write_options options = BAKERY_WRITE_OPTIONS_INIT;
        AUTO_PTR(bakery_error) err = NULL;

        options.size = 4;
        ck_assert_int_eq(bakery_templates_write(config, folder, &options, NULL, &err), BAKERY_ERR_ARGUMENT);
        ck_assert(strstr(bakery_error_message(err), "bakery_write_options of 4 bytes"));
        options.size = sizeof options + 100;
        ck_assert_int_eq(bakery_templates_write(config, folder, &options, NULL, &err), BAKERY_OK);
        ck_assert_ptr_null(err);
}
END_TEST

Suite *write_suite(void)
{
        Suite *suite = suite_create("write");
        TCase *tcase = tcase_create("write");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, writes_once);
        tcase_add_test(tcase, a_file_that_differs_is_replaced);
        tcase_add_test(tcase, an_empty_file_differs);
        tcase_add_test(tcase, what_is_no_file_differs);
        tcase_add_test(tcase, templates_of_another_day_are_told_and_left);
        tcase_add_test(tcase, the_folder_is_made);
        tcase_add_test(tcase, only_looking_makes_no_folder);
        tcase_add_test(tcase, a_failure_is_told);
        tcase_add_test(tcase, options_have_a_size);
        suite_add_tcase(suite, tcase);
        return suite;
}
