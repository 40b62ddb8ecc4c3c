#include "base/arena.h"

#include <check.h>
#include <stdalign.h>
#include <string.h>

#include "support.h"

Suite *arena_suite(void);

START_TEST(pieces_are_zeroed_and_aligned)
{
        static const size_t sizes[] = { 1, 3, 17, 0, 4096, 5000, 1 << 20, (1 << 20) + 1, 8, 100000 };
        AUTO_CLEAR(arena) arena = { 0 };

        for (size_t i = 0; i < N_ELEMENTS(sizes) * 10; i++) {
                size_t size = sizes[i % N_ELEMENTS(sizes)];
                unsigned char *piece = bakery__arena_alloc(&arena, size);

                ck_assert_ptr_nonnull(piece);
                ck_assert_uint_eq((uintptr_t)piece % alignof(max_align_t), 0);
                unsigned any = 0;
                for (size_t k = 0; k < size; k++)
                        any |= piece[k];
                ck_assert_uint_eq(any, 0);
                memset(piece, 0xa5, size); /* the next one must not see it */
        }
}
END_TEST

START_TEST(pieces_do_not_overlap)
{
        AUTO_CLEAR(arena) arena = { 0 };
        char *texts[5000];

        for (int i = 0; i < 5000; i++)
                texts[i] = bakery__arena_format(&arena, "%d-%.*s", i, i % 50,
                                                "##################################################");
        for (int i = 0; i < 5000; i++) {
                ck_assert_int_eq(atoi(texts[i]), i);
                ck_assert_uint_eq(strlen(strchr(texts[i], '-')) - 1, (size_t)(i % 50));
        }
}
END_TEST

START_TEST(copies_and_formats)
{
        AUTO_CLEAR(arena) arena = { 0 };

        ck_assert_str_eq(bakery__arena_copy(&arena, (struct span){ "abcdef", 3 }), "abc");
        ck_assert_str_eq(bakery__arena_copy(&arena, (struct span){ NULL, 0 }), "");
        ck_assert_str_eq(bakery__arena_format(&arena, "%s-%d", "x", 7), "x-7");
        ck_assert_str_eq(bakery__arena_format(&arena, "%s", ""), "");
}
END_TEST

START_TEST(a_count_that_overflows_is_refused)
{
        AUTO_CLEAR(arena) arena = { 0 };

        ck_assert_ptr_null(bakery__arena_array(&arena, SIZE_MAX / 2, 3));
        ck_assert_ptr_null(bakery__arena_array(&arena, SIZE_MAX, SIZE_MAX));
        ck_assert_ptr_nonnull(bakery__arena_array(&arena, 0, 100));
}
END_TEST

/* Configurations hold secrets. */
START_TEST(is_wiped_when_it_goes)
{
        struct arena arena = { 0 };
        char *text = bakery__arena_copy(&arena, bakery__span("CANARY"));

        bakery__arena_alloc(&arena, 100000); /* it is in the older of two blocks */
        watch_free(text, 6);
        bakery__arena_clear(&arena);
        ck_assert(was_wiped());
        ck_assert_ptr_null(arena.blocks);
        bakery__arena_clear(&arena);
}
END_TEST

START_TEST(what_is_shown_is_harmless)
{
        AUTO_CLEAR(arena) arena = { 0 };
        bool no_memory = false;

        ck_assert_str_eq(bakery__arena_shown(&arena, "a\x1b[31mb", &no_memory), "a?[31mb");
        ck_assert_ptr_null(bakery__arena_shown(&arena, NULL, &no_memory));
        ck_assert(!no_memory);
}
END_TEST

Suite *arena_suite(void)
{
        Suite *suite = suite_create("arena");
        TCase *tcase = tcase_create("arena");

        tcase_add_test(tcase, what_is_shown_is_harmless);
        tcase_add_test(tcase, pieces_are_zeroed_and_aligned);
        tcase_add_test(tcase, pieces_do_not_overlap);
        tcase_add_test(tcase, copies_and_formats);
        tcase_add_test(tcase, a_count_that_overflows_is_refused);
        tcase_add_test(tcase, is_wiped_when_it_goes);
        suite_add_tcase(suite, tcase);
        return suite;
}
