#include "base/buf.h"

#include <check.h>
#include <string.h>

#include "support.h"

Suite *buf_suite(void);

START_TEST(appends)
{
        AUTO_CLEAR(buf) buf = { .max = 1000 };

        bakery__buf_text(&buf, "a");
        bakery__buf_char(&buf, 'b');
        bakery__buf_add(&buf, "cX", 1);
        bakery__buf_repeat(&buf, '-', 3);
        bakery__buf_format(&buf, "%d%s", 7, "");
        bakery__buf_repeat(&buf, '-', 0);
        ck_assert_str_eq(buf.at, "abc---7");
        ck_assert_uint_eq(buf.len, 7);
}
END_TEST

START_TEST(grows_without_losing_a_byte)
{
        AUTO_CLEAR(buf) buf = { .max = 1 << 20, .secret = _i };

        for (int i = 0; i < 100000; i++)
                bakery__buf_char(&buf, (char)('a' + i % 26));
        ck_assert_uint_eq(buf.len, 100000);
        for (int i = 0; i < 100000; i++)
                ck_assert_int_eq(buf.at[i], 'a' + i % 26);
        ck_assert_int_eq(buf.at[100000], '\0');
}
END_TEST

/* What is appended to a buffer of max bytes that holds so many: it fits, or the cap ends it. */
static const struct {
        size_t max, held, more;
        bool fits;
} caps[] = {
        { 10, 0, 10, true },      { 10, 0, 11, false },    { 10, 9, 1, true },       { 10, 10, 1, false },
        { 10, 10, 0, true },      { 0, 0, 0, true },       { 0, 0, 1, false },       { 255, 0, 255, true },
        { 255, 0, 256, false },   { 256, 255, 1, true },   { 256, 255, 2, false },   { 300, 299, 1, true },
        { 300, 299, 2, false },   { 5000, 4999, 1, true }, { 5000, 4999, 2, false }, { 5000, 4999, SIZE_MAX, false },
        { SIZE_MAX, 5, 5, true },
};

enum how { BY_ADD, BY_CHAR, BY_REPEAT, BY_FORMAT, N_HOW };

static void append(struct buf *buf, enum how how, size_t n)
{
        static char bytes[6000];

        if (how == BY_REPEAT) {
                bakery__buf_repeat(buf, 'x', n);
        } else if (how == BY_CHAR) {
                for (size_t i = 0; i < n && !buf->full; i++)
                        bakery__buf_char(buf, 'x');
        } else if (how == BY_FORMAT && n < sizeof bytes) {
                bakery__buf_format(buf, "%*s", (int)n, "");
        } else {
                bakery__buf_add(buf, bytes, n);
        }
}

START_TEST(the_cap_is_hard)
{
        for (enum how how = 0; how < N_HOW; how++) {
                AUTO_CLEAR(buf) buf = { .max = caps[_i].max };
                AUTO_PTR(bakery_error) err = NULL;

                append(&buf, how, caps[_i].held);
                append(&buf, how, caps[_i].more);
                bakery_status st = bakery__buf_status(&buf, "it", &err);
                ck_assert_msg(st == (caps[_i].fits ? BAKERY_OK : BAKERY_ERR_LIMIT), "%zu + %zu of %zu, by %d: %s",
                              caps[_i].held, caps[_i].more, caps[_i].max, (int)how, bakery_error_message(err));
                ck_assert_uint_le(buf.len, caps[_i].max);
                ck_assert(caps[_i].fits || strstr(bakery_error_message(err), "it is larger than "));
        }
}
END_TEST

START_TEST(what_follows_a_failure_is_dropped)
{
        AUTO_CLEAR(buf) buf = { .max = 5 };
        char untouched[] = "untouched", *taken = untouched;
        size_t size = 17;

        bakery__buf_text(&buf, "12345");
        bakery__buf_text(&buf, "6");
        buf.max = 100;
        bakery__buf_text(&buf, "7");
        bakery__buf_char(&buf, '8');
        bakery__buf_repeat(&buf, '9', 2);
        bakery__buf_format(&buf, "%d", 10);
        bakery__buf_add(&buf, "", 0);
        ck_assert_str_eq(buf.at, "12345");
        ck_assert_int_eq(bakery__buf_take(&buf, "it", &taken, &size, NULL), BAKERY_ERR_LIMIT);
        ck_assert_ptr_eq(taken, untouched);
        ck_assert_uint_eq(size, 17);
}
END_TEST

START_TEST(memory_and_cap_are_told_apart)
{
        AUTO_CLEAR(buf) buf = { .max = SIZE_MAX };
        AUTO_PTR(bakery_error) err = NULL;

        buf.no_memory = true;
        ck_assert_int_eq(bakery__buf_status(&buf, "it", &err), BAKERY_ERR_MEMORY);
        ck_assert_str_eq(bakery_error_message(err), "out of memory");
        bakery__buf_clear(&buf);
        ck_assert_int_eq(bakery__buf_status(&buf, "it", NULL), BAKERY_OK);
}
END_TEST

START_TEST(is_taken_once)
{
        AUTO_CLEAR(buf) buf = { .max = 100 };
        char *first = NULL, *second = NULL;
        size_t size = 0;

        bakery__buf_add(&buf, "a\0b", 3);
        ck_assert_int_eq(bakery__buf_take(&buf, "it", &first, &size, NULL), BAKERY_OK);
        ck_assert_uint_eq(size, 3);
        ck_assert_mem_eq(first, "a\0b", 4);
        ck_assert_int_eq(bakery__buf_take(&buf, "it", &second, NULL, NULL), BAKERY_OK);
        ck_assert_str_eq(second, "");
        bakery_free(first);
        free(second);
}
END_TEST

START_TEST(room_that_was_reserved_stays)
{
        AUTO_CLEAR(buf) buf = { .max = 10000 };

        bakery__buf_reserve(&buf, 5000);
        const char *at = buf.at;
        ck_assert_uint_gt(buf.capacity, 5000);
        for (int i = 0; i < 5000; i++)
                bakery__buf_char(&buf, 'x');
        ck_assert_ptr_eq(buf.at, at);
}
END_TEST

START_TEST(a_secret_is_wiped_as_it_grows_and_goes)
{
        AUTO_CLEAR(buf) buf = { .max = 10000, .secret = true };

        bakery__buf_text(&buf, "CANARY");
        watch_free(buf.at, 6);
        bakery__buf_repeat(&buf, '.', 3000);
        ck_assert(was_wiped());
        ck_assert_mem_eq(buf.at, "CANARY..", 8);
        watch_free(buf.at + 3000, 6);
        bakery__buf_clear(&buf);
        ck_assert(was_wiped());
        ck_assert_ptr_null(buf.at);
}
END_TEST

/* Whoever is given text may have been given a secret. */
START_TEST(what_is_returned_is_wiped_when_it_is_freed)
{
        char *text = strdup("CANARY");

        watch_free(text, 6);
        bakery_free(text);
        ck_assert(was_wiped());
        bakery_free(NULL);
}
END_TEST

Suite *buf_suite(void)
{
        Suite *suite = suite_create("buf");
        TCase *tcase = tcase_create("buf");

        tcase_add_test(tcase, appends);
        tcase_add_loop_test(tcase, grows_without_losing_a_byte, 0, 2);
        tcase_add_loop_test(tcase, the_cap_is_hard, 0, (int)N_ELEMENTS(caps));
        tcase_add_test(tcase, what_follows_a_failure_is_dropped);
        tcase_add_test(tcase, memory_and_cap_are_told_apart);
        tcase_add_test(tcase, is_taken_once);
        tcase_add_test(tcase, room_that_was_reserved_stays);
        tcase_add_test(tcase, a_secret_is_wiped_as_it_grows_and_goes);
        tcase_add_test(tcase, what_is_returned_is_wiped_when_it_is_freed);
        suite_add_tcase(suite, tcase);
        return suite;
}
