#include "base/map.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *map_suite(void);

static const struct {
        const char *first, *second;
        bool fold_case, same;
} pairs[] = {
        { "prod", "prod", false, true },
        { "prod", "Prod", false, false },
        { "prod", "Prod", true, true },
        { "PROD", "prod", true, true },
        { "prod", "prod2", true, false },
        { "", "", false, true },
        { "", "a", false, false },
        { "a_b", "A_B", true, true },
        { "a@", "a`", true, false },             /* one bit apart, as the cases of a letter are */
        { "\xc3\xa4", "\xc3\x84", true, false }, /* IAM has ASCII names only */
};

START_TEST(knows_equal_keys)
{
        AUTO_CLEAR(map) map = { .fold_case = pairs[_i].fold_case };
        int one = 1, two = 2;
        void *old = NULL;

        ck_assert_int_eq(bakery__map_add(&map, bakery__span(pairs[_i].first), &one, &old), MAP_ADDED);
        ck_assert_ptr_null(old);
        enum map_result result = bakery__map_add(&map, bakery__span(pairs[_i].second), &two, &old);
        ck_assert_msg(result == (pairs[_i].same ? MAP_EXISTS : MAP_ADDED), "%s, %s", pairs[_i].first, pairs[_i].second);
        ck_assert_ptr_eq(old, pairs[_i].same ? &one : NULL);
        ck_assert_ptr_eq(bakery__map_get(&map, bakery__span(pairs[_i].first)), &one);
        ck_assert_ptr_eq(bakery__map_get(&map, bakery__span(pairs[_i].second)), pairs[_i].same ? &one : &two);
        ck_assert_uint_eq(map.count, pairs[_i].same ? 1 : 2);
        ck_assert_int_eq(bakery__map_add(&map, bakery__span(pairs[_i].first), &two, NULL), MAP_EXISTS);
}
END_TEST

START_TEST(an_empty_map_has_nothing)
{
        AUTO_CLEAR(map) map = { 0 };

        ck_assert_ptr_null(bakery__map_get(&map, bakery__span("a")));
        bakery__map_clear(&map);
}
END_TEST

enum { MANY = 20000 };

START_TEST(holds_many_keys)
{
        static char keys[MANY][8];
        AUTO_CLEAR(map) map = { .fold_case = _i };

        for (int i = 0; i < MANY; i++) {
                snprintf(keys[i], sizeof keys[i], "K%d", i);
                ck_assert_int_eq(bakery__map_add(&map, bakery__span(keys[i]), keys[i], NULL), MAP_ADDED);
        }
        ck_assert_uint_eq(map.count, MANY);
        for (int i = 0; i < MANY; i++)
                ck_assert_ptr_eq(bakery__map_get(&map, bakery__span(keys[i])), keys[i]);
        ck_assert_ptr_eq(bakery__map_get(&map, bakery__span("k5")), _i ? keys[5] : NULL);
        ck_assert_ptr_null(bakery__map_get(&map, bakery__span("K20000")));
        bakery__map_clear(&map);
        ck_assert_ptr_null(bakery__map_get(&map, bakery__span("K1")));
}
END_TEST

START_TEST(keys_need_no_end)
{
        AUTO_CLEAR(map) map = { 0 };
        int one = 1;

        bakery__map_add(&map, (struct span){ "abc", 2 }, &one, NULL);
        ck_assert_ptr_eq(bakery__map_get(&map, bakery__span("ab")), &one);
        ck_assert_ptr_null(bakery__map_get(&map, bakery__span("abc")));
}
END_TEST

START_TEST(a_free_slot_ends_each_search)
{
        enum { SOME = 200 };
        static char keys[SOME][8];
        AUTO_CLEAR(map) map = { 0 };

        for (size_t i = 0; i < SOME; i++) {
                snprintf(keys[i], sizeof keys[i], "k%zu", i);
                ck_assert_int_eq(bakery__map_add(&map, bakery__span(keys[i]), keys[i], NULL), MAP_ADDED);
                ck_assert_uint_lt(map.count, map.capacity);
                ck_assert_ptr_null(bakery__map_get(&map, bakery__span("another")));
        }
}
END_TEST

START_TEST(what_was_reserved_is_not_moved)
{
        enum { SOME = 200 };
        static char keys[SOME][8];
        AUTO_CLEAR(map) map = { 0 };

        ck_assert(bakery__map_reserve(&map, SOME));
        const void *slots = map.slots;
        for (size_t i = 0; i < SOME; i++) {
                snprintf(keys[i], sizeof keys[i], "k%zu", i);
                bakery__map_add(&map, bakery__span(keys[i]), keys[i], NULL);
        }
        ck_assert(bakery__map_reserve(&map, 1)); /* less than there is */
        ck_assert_ptr_eq(map.slots, slots);
        ck_assert_ptr_eq(bakery__map_get(&map, bakery__span("k199")), keys[199]);
}
END_TEST

Suite *map_suite(void)
{
        Suite *suite = suite_create("map");
        TCase *tcase = tcase_create("map");

        tcase_add_loop_test(tcase, knows_equal_keys, 0, (int)N_ELEMENTS(pairs));
        tcase_add_test(tcase, an_empty_map_has_nothing);
        tcase_add_test(tcase, a_free_slot_ends_each_search);
        tcase_add_test(tcase, what_was_reserved_is_not_moved);
        tcase_add_loop_test(tcase, holds_many_keys, 0, 2);
        tcase_add_test(tcase, keys_need_no_end);
        suite_add_tcase(suite, tcase);
        return suite;
}
