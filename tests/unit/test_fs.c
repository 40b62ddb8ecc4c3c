#include "base/fs.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

Suite *fs_suite(void);

static char *folder;

static void make_folder(void)
{
        folder = new_folder();
}

static void drop_folder(void)
{
        remove_folder(folder);
}

static bakery_status reads(const char *path, size_t max, struct buf *into, bakery_error **err)
{
        into->max = max;
        return bakery__fs_read(path, into, err);
}

START_TEST(reads_a_file_whole)
{
        AUTO_FREE char *path = path_to(folder, "a");
        AUTO_FREE char *large = calloc(1, 100001);
        AUTO_CLEAR(buf) text = { .secret = _i };

        memset(large, 'x', 100000);
        write_text(path, large);
        ck_assert_int_eq(reads(path, 100000, &text, NULL), BAKERY_OK);
        ck_assert_uint_eq(text.len, 100000);
        ck_assert_str_eq(text.at, large);
}
END_TEST

START_TEST(an_empty_file_is_read)
{
        AUTO_FREE char *path = path_to(folder, "a");
        AUTO_CLEAR(buf) text = { 0 };

        write_text(path, "");
        ck_assert_int_eq(reads(path, 0, &text, NULL), BAKERY_OK);
        ck_assert_uint_eq(text.len, 0);
}
END_TEST

START_TEST(reading_appends)
{
        AUTO_FREE char *path = path_to(folder, "a");
        AUTO_CLEAR(buf) text = { .max = 10 };

        write_text(path, "b");
        bakery__buf_text(&text, "a");
        ck_assert_int_eq(bakery__fs_read(path, &text, NULL), BAKERY_OK);
        ck_assert_str_eq(text.at, "ab");
}
END_TEST

/* What is no file that can be read to its end; none of it may make the reader wait. */
static const struct {
        const char *path; /* NULL: a FIFO that nobody writes to */
        const char *says;
} unreadable[] = {
        { "/dev/zero", "/dev/zero is no regular file" },
        { "/dev/null", "is no regular file" },
        { "/", "/ is a folder, not a file" },
        { "/nonexistent/a", "open /nonexistent/a: No such file or directory" },
        { "", "open : No such file or directory" },
        { NULL, "is no regular file" },
};

START_TEST(refuses_what_is_no_file)
{
        AUTO_FREE char *fifo = path_to(folder, "fifo");
        const char *path = unreadable[_i].path ? unreadable[_i].path : fifo;
        AUTO_CLEAR(buf) text = { 0 };
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(mkfifo(fifo, 0600), 0);
        ck_assert_int_eq(reads(path, 1000, &text, &err), BAKERY_ERR_IO);
        ck_assert_msg(strstr(bakery_error_message(err), unreadable[_i].says), "%s", bakery_error_message(err));
        ck_assert_uint_eq(text.len, 0);
        ck_assert_int_eq(bakery__fs_read(path, &text, NULL), BAKERY_ERR_IO);
}
END_TEST

START_TEST(tells_the_size_before_it_reads)
{
        AUTO_FREE char *path = path_to(folder, "a");
        AUTO_CLEAR(buf) text = { 0 };
        AUTO_PTR(bakery_error) err = NULL;

        write_text(path, "");
        ck_assert_int_eq(truncate(path, 1LL << 40), 0); /* a terabyte of nothing */
        ck_assert_int_eq(reads(path, 16 << 20, &text, &err), BAKERY_ERR_LIMIT);
        ck_assert(strstr(bakery_error_message(err), "has 1099511627776 bytes, more than the 16777216 that are read"));
        ck_assert_int_eq(truncate(path, 1001), 0);
        ck_assert_int_eq(reads(path, 1000, &text, NULL), BAKERY_ERR_LIMIT);
        ck_assert_int_eq(reads(path, 1001, &text, NULL), BAKERY_OK);
}
END_TEST

/* Files of /proc say that they have no bytes, and have. */
START_TEST(a_file_that_has_more_than_it_says_is_bounded)
{
        AUTO_CLEAR(buf) text = { 0 };

        ck_assert_int_eq(reads("/proc/self/status", 20, &text, NULL), BAKERY_ERR_LIMIT);
        ck_assert_uint_le(text.len, 20);
}
END_TEST

static void ck_alone(const char *name)
{
        AUTO_FREE char *path = path_to(folder, name);

        ck_assert_int_eq(unlink(path), 0);
        ck_assert_msg(rmdir(folder) == 0, "something beside %s was left", name);
        ck_assert_int_eq(mkdir(folder, 0700), 0);
}

static unsigned mode_of(const char *path)
{
        struct stat about;

        ck_assert_int_eq(stat(path, &about), 0);
        return about.st_mode & 07777;
}

START_TEST(writes_a_new_file)
{
        AUTO_FREE char *path = path_to(folder, "a");
        mode_t mask = umask(0);

        ck_assert_int_eq(bakery__fs_write(path, bakery__span("new\n"), 0640, NULL), BAKERY_OK);
        umask(mask);
        AUTO_FREE char *text = read_text(path);
        ck_assert_str_eq(text, "new\n");
        ck_assert_uint_eq(mode_of(path), 0640);
        ck_alone("a");
}
END_TEST

START_TEST(a_new_file_honours_the_umask)
{
        AUTO_FREE char *path = path_to(folder, "a");
        mode_t mask = umask(027);

        ck_assert_int_eq(bakery__fs_write(path, bakery__span("new"), 0644, NULL), BAKERY_OK);
        ck_assert_int_eq(chmod(path, 0666), 0);
        ck_assert_int_eq(bakery__fs_write(path, bakery__span("newer"), 0644, NULL), BAKERY_OK);
        ck_assert_uint_eq(mode_of(path), 0666);
        ck_assert_int_eq(unlink(path), 0);
        ck_assert_int_eq(bakery__fs_write(path, bakery__span("new"), 0644, NULL), BAKERY_OK);
        umask(mask);
        ck_assert_uint_eq(mode_of(path), 0640);
}
END_TEST

START_TEST(a_link_stays_and_what_it_leads_to_is_written)
{
        AUTO_FREE char *path = path_to(folder, "a");
        AUTO_FREE char *link = path_to(folder, "link");
        AUTO_PTR(bakery_error) err = NULL;

        write_text(path, "old");
        ck_assert_int_eq(symlink("a", link), 0);
        ck_assert_int_eq(bakery__fs_write(link, bakery__span("new"), 0600, NULL), BAKERY_OK);
        AUTO_FREE char *text = read_text(path);
        ck_assert_str_eq(text, "new");
        ck_assert_int_eq(unlink(path), 0);
        ck_assert_int_eq(bakery__fs_write(link, bakery__span("new"), 0600, &err), BAKERY_ERR_IO);
        ck_assert_msg(strstr(bakery_error_message(err), "/link: No such file"), "%s", bakery_error_message(err));
        ck_alone("link");
}
END_TEST

/* A process of the same id died before it could rename its file. */
START_TEST(a_name_that_is_taken_is_left_alone)
{
        AUTO_FREE char *path = path_to(folder, "a");
        AUTO_FREE char *taken = NULL;

        ck_assert_int_gt(asprintf(&taken, "%s.%ld-0", path, (long)getpid()), 0);
        write_text(taken, "theirs");
        ck_assert_int_eq(bakery__fs_write(path, bakery__span("new"), 0600, NULL), BAKERY_OK);
        AUTO_FREE char *text = read_text(taken);
        ck_assert_str_eq(text, "theirs");
        ck_assert_int_eq(unlink(taken), 0);
        ck_alone("a");
}
END_TEST

START_TEST(replaces_a_file_and_keeps_its_mode)
{
        AUTO_FREE char *path = path_to(folder, "a");

        write_text(path, "old, and longer");
        ck_assert_int_eq(chmod(path, 0604), 0);
        ck_assert_int_eq(bakery__fs_write(path, bakery__span("new"), 0640, NULL), BAKERY_OK);
        AUTO_FREE char *text = read_text(path);
        ck_assert_str_eq(text, "new");
        ck_assert_uint_eq(mode_of(path), 0604);
        ck_alone("a");
}
END_TEST

START_TEST(writes_nothing_into_a_file)
{
        AUTO_FREE char *path = path_to(folder, "a");

        ck_assert_int_eq(bakery__fs_write(path, (struct span){ NULL, 0 }, 0600, NULL), BAKERY_OK);
        AUTO_FREE char *text = read_text(path);
        ck_assert_str_eq(text ? text : "", "");
}
END_TEST

/* Whoever opened the old file goes on to see the old bytes, whole. */
/* As root one would put a file in the place of a device, for everybody on the machine. */
START_TEST(nothing_takes_the_place_of_what_is_no_file)
{
        AUTO_FREE char *path = path_to(folder, "fifo");
        bakery_error *err = NULL;
        struct stat about;

        ck_assert_int_eq(mkfifo(path, 0600), 0);
        ck_assert_int_eq(bakery__fs_write(path, bakery__span("new"), 0600, &err), BAKERY_ERR_IO);
        ck_assert_ptr_nonnull(strstr(bakery_error_message(err), "no regular file"));
        bakery_error_free(err);
        ck_assert_int_eq(stat(path, &about), 0);
        ck_assert(S_ISFIFO(about.st_mode));
        ck_alone("fifo");
}
END_TEST

START_TEST(a_secret_takes_the_place_of_a_link)
{
        AUTO_FREE char *path = path_to(folder, "a");
        AUTO_FREE char *link = path_to(folder, "link");

        write_text(path, "old");
        ck_assert_int_eq(symlink("a", link), 0);
        ck_assert_int_eq(bakery__fs_replace(link, bakery__span("new"), NULL), BAKERY_OK);
        AUTO_FREE char *behind = read_text(path);
        ck_assert_str_eq(behind, "old");
        ck_assert_int_eq(unlink(path), 0);
        AUTO_FREE char *text = read_text(link);
        ck_assert_str_eq(text, "new");
        ck_assert_uint_eq(mode_of(link), 0600);
        ck_alone("link");
}
END_TEST

START_TEST(a_secret_is_for_its_owner_alone)
{
        AUTO_FREE char *path = path_to(folder, "a");
        AUTO_FREE char *missing = path_to(folder, "missing/a");
        AUTO_PTR(bakery_error) err = NULL;

        write_text(path, "old, and longer");
        ck_assert_int_eq(chmod(path, 0644), 0);
        ck_assert_int_eq(bakery__fs_replace(path, bakery__span("new"), NULL), BAKERY_OK);
        AUTO_FREE char *text = read_text(path);
        ck_assert_str_eq(text, "new");
        ck_assert_uint_eq(mode_of(path), 0600);
        ck_assert_int_eq(bakery__fs_replace(missing, bakery__span("x"), &err), BAKERY_ERR_IO);
        ck_assert_msg(strstr(bakery_error_message(err), "missing/a: No such file"), "%s", bakery_error_message(err));
        ck_alone("a");
}
END_TEST

START_TEST(writes_beside_and_renames)
{
        AUTO_FREE char *path = path_to(folder, "a");
        char seen[10] = "";

        write_text(path, "old");
        FILE *old = fopen(path, "r");
        ck_assert_int_eq(bakery__fs_write(path, bakery__span("new"), 0600, NULL), BAKERY_OK);
        ck_assert_ptr_nonnull(fgets(seen, sizeof seen, old));
        ck_assert_str_eq(seen, "old");
        fclose(old);
}
END_TEST

START_TEST(a_failure_leaves_no_trace)
{
        AUTO_FREE char *inner = path_to(folder, "b");
        AUTO_FREE char *missing = path_to(folder, "missing/a");
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(mkdir(inner, 0700), 0);
        ck_assert_int_eq(bakery__fs_write(inner, bakery__span("x"), 0600, &err), BAKERY_ERR_IO);
        ck_assert_msg(strstr(bakery_error_message(err), "/b: Is a directory"), "%s", bakery_error_message(err));
        ck_assert_int_eq(rmdir(inner), 0);
        ck_assert_int_eq(bakery__fs_write(missing, bakery__span("x"), 0600, &err), BAKERY_ERR_IO);
        ck_assert_msg(strstr(bakery_error_message(err), "missing/a: No such file"), "%s", bakery_error_message(err));
        write_text(inner, "");
        ck_alone("b");
}
END_TEST

START_TEST(makes_folders)
{
        AUTO_FREE char *deep = path_to(folder, "a/b//c/");
        AUTO_FREE char *file = path_to(folder, "a/file");
        AUTO_FREE char *below = path_to(folder, "a/file/d");
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(bakery__fs_make_folder(deep, &err), BAKERY_OK);
        ck_assert_int_eq(access(deep, X_OK), 0);
        ck_assert_int_eq(bakery__fs_make_folder(deep, &err), BAKERY_OK); /* it is there */
        ck_assert_int_eq(bakery__fs_make_folder(".", &err), BAKERY_OK);
        ck_assert_int_eq(bakery__fs_make_folder("/", &err), BAKERY_OK);
        write_text(file, "");
        ck_assert_int_eq(bakery__fs_make_folder(file, &err), BAKERY_ERR_IO);
        ck_assert_msg(strstr(bakery_error_message(err), "a/file: Not a directory"), "%s", bakery_error_message(err));
        ck_assert_int_eq(bakery__fs_make_folder(below, &err), BAKERY_ERR_IO);
        ck_assert_int_eq(bakery__fs_make_folder("", NULL), BAKERY_ERR_IO);
}
END_TEST

static const struct {
        const char *path, *name, *joined;
} besides[] = {
        { "a/b.yml", "c.json", "a/c.json" },
        { "b.yml", "c.json", "c.json" },
        { "/b.yml", "c.json", "/c.json" },
        { "a/b.yml", "/etc/c.json", "/etc/c.json" },
        { "a/b/c.yml", "../d.json", "a/b/../d.json" },
        { "", "c.json", "c.json" },
};

START_TEST(names_what_stands_beside)
{
        AUTO_FREE char *joined = bakery__fs_beside(besides[_i].path, besides[_i].name);

        ck_assert_str_eq(joined, besides[_i].joined);
}
END_TEST

Suite *fs_suite(void)
{
        Suite *suite = suite_create("fs");
        TCase *tcase = tcase_create("fs");

        tcase_add_checked_fixture(tcase, make_folder, drop_folder);
        tcase_add_loop_test(tcase, reads_a_file_whole, 0, 2);
        tcase_add_test(tcase, an_empty_file_is_read);
        tcase_add_test(tcase, reading_appends);
        tcase_add_loop_test(tcase, refuses_what_is_no_file, 0, (int)N_ELEMENTS(unreadable));
        tcase_add_test(tcase, tells_the_size_before_it_reads);
        tcase_add_test(tcase, a_file_that_has_more_than_it_says_is_bounded);
        tcase_add_test(tcase, writes_a_new_file);
        tcase_add_test(tcase, a_new_file_honours_the_umask);
        tcase_add_test(tcase, a_link_stays_and_what_it_leads_to_is_written);
        tcase_add_test(tcase, a_name_that_is_taken_is_left_alone);
        tcase_add_test(tcase, replaces_a_file_and_keeps_its_mode);
        tcase_add_test(tcase, writes_nothing_into_a_file);
        tcase_add_test(tcase, nothing_takes_the_place_of_what_is_no_file);
        tcase_add_test(tcase, a_secret_takes_the_place_of_a_link);
        tcase_add_test(tcase, a_secret_is_for_its_owner_alone);
        tcase_add_test(tcase, writes_beside_and_renames);
        tcase_add_test(tcase, a_failure_leaves_no_trace);
        tcase_add_test(tcase, makes_folders);
        tcase_add_loop_test(tcase, names_what_stands_beside, 0, (int)N_ELEMENTS(besides));
        suite_add_tcase(suite, tcase);
        return suite;
}
