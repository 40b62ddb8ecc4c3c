#include "base/secret.h"

#include <check.h>
#include <string.h>

#include "support.h"

Suite *secret_suite(void);

START_TEST(holds_a_copy)
{
        AUTO_CLEAR(secret) secret = { 0 };
        char text[] = "CANARY and more";

        ck_assert(!bakery__secret_is_set(&secret));
        ck_assert_str_eq(bakery__secret_reveal(&secret), "");
        ck_assert(bakery__secret_set(&secret, (struct span){ text, 6 }));
        memset(text, 'x', sizeof text);
        ck_assert(bakery__secret_is_set(&secret));
        ck_assert_str_eq(bakery__secret_reveal(&secret), "CANARY");
}
END_TEST

START_TEST(an_empty_secret_is_set)
{
        AUTO_CLEAR(secret) secret = { 0 };

        ck_assert(bakery__secret_set(&secret, (struct span){ NULL, 0 }));
        ck_assert(bakery__secret_is_set(&secret));
        ck_assert_str_eq(bakery__secret_reveal(&secret), "");
}
END_TEST

START_TEST(is_wiped_when_it_changes_and_when_it_goes)
{
        struct secret secret = { 0 };

        bakery__secret_set(&secret, bakery__span("CANARY"));
        watch_free(bakery__secret_reveal(&secret), 6);
        bakery__secret_set(&secret, bakery__span("another"));
        ck_assert(was_wiped());
        watch_free(bakery__secret_reveal(&secret), 7);
        bakery__secret_clear(&secret);
        ck_assert(was_wiped());
        ck_assert(!bakery__secret_is_set(&secret));
        bakery__secret_clear(&secret);
}
END_TEST

/* The new text may be a piece of the old one. */
START_TEST(may_be_set_to_a_piece_of_itself)
{
        AUTO_CLEAR(secret) secret = { 0 };

        bakery__secret_set(&secret, bakery__span("env:NAME"));
        ck_assert(bakery__secret_set(&secret, bakery__span(bakery__secret_reveal(&secret) + 4)));
        ck_assert_str_eq(bakery__secret_reveal(&secret), "NAME");
}
END_TEST

Suite *secret_suite(void)
{
        Suite *suite = suite_create("secret");
        TCase *tcase = tcase_create("secret");

        tcase_add_test(tcase, holds_a_copy);
        tcase_add_test(tcase, an_empty_secret_is_set);
        tcase_add_test(tcase, is_wiped_when_it_changes_and_when_it_goes);
        tcase_add_test(tcase, may_be_set_to_a_piece_of_itself);
        suite_add_tcase(suite, tcase);
        return suite;
}
