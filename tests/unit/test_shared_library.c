#include "base/shared_library.h"

#include <check.h>
#include <string.h>

Suite *shared_library_suite(void);

struct functions {
        size_t (*length)(const char *);
        int (*compare)(const char *, const char *);
};

static const struct shared_symbol symbols[] = {
        { "strlen", offsetof(struct functions, length) },
        { "strcmp", offsetof(struct functions, compare) },
};
static const struct shared_symbol missing_symbols[] = {
        { "strlen", offsetof(struct functions, length) },
        { "bakery_no_such_symbol", offsetof(struct functions, compare) },
};

START_TEST(fills_the_table)
{
        static const struct shared_library libc = { "libc.so.6", "libc6", symbols, N_ELEMENTS(symbols) };
        struct functions functions = { NULL, NULL };
        bakery_error *err = NULL;

        ck_assert_int_eq(bakery__shared_library_open(&libc, &functions, &err), BAKERY_OK);
        ck_assert_ptr_null(err);
        ck_assert_uint_eq(functions.length("abc"), 3);
        ck_assert_int_eq(functions.compare("a", "a"), 0);
}
END_TEST

static const struct {
        struct shared_library library;
        const char *says, *hint;
} refusals[] = {
        { { "libbakery-none.so.0", "bakery-none", symbols, N_ELEMENTS(symbols) },
          "libbakery-none.so.0 cannot be opened: ",
          "install it: apt-get install bakery-none" },
        { { "libc.so.6", "libc6", missing_symbols, N_ELEMENTS(missing_symbols) },
          "libc.so.6 is too old: it has no bakery_no_such_symbol",
          NULL },
};

START_TEST(says_what_is_missing)
{
        struct functions functions = { NULL, NULL };
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(bakery__shared_library_open(&refusals[_i].library, &functions, &err), BAKERY_ERR_SYSTEM);
        ck_assert_msg(strstr(bakery_error_message(err), refusals[_i].says), "%s", bakery_error_message(err));
        ck_assert_pstr_eq(bakery_error_hint(err), refusals[_i].hint);
        ck_assert_int_eq(bakery__shared_library_open(&refusals[_i].library, &functions, NULL), BAKERY_ERR_SYSTEM);
}
END_TEST

/* It is opened once; every later caller must be told the same. */
START_TEST(the_outcome_is_kept)
{
        struct shared_library_outcome outcome = { 0 };
        AUTO_PTR(bakery_error) first = NULL;

        ck_assert_int_eq(bakery__outcome_tell(&outcome, NULL), BAKERY_OK);
        bakery__shared_library_open(&refusals[_i].library, &(struct functions){ 0 }, &first);
        bakery__outcome_keep(&outcome, BAKERY_ERR_SYSTEM, first);
        for (int i = 0; i < 2; i++) {
                AUTO_PTR(bakery_error) again = NULL;

                ck_assert_int_eq(bakery__outcome_tell(&outcome, &again), BAKERY_ERR_SYSTEM);
                ck_assert_int_eq(bakery_error_status(again), BAKERY_ERR_SYSTEM);
                ck_assert_str_eq(bakery_error_message(again), bakery_error_message(first));
                ck_assert_pstr_eq(bakery_error_hint(again), bakery_error_hint(first));
        }
        ck_assert_int_eq(bakery__outcome_tell(&outcome, NULL), BAKERY_ERR_SYSTEM);
}
END_TEST

START_TEST(a_success_tells_no_error)
{
        struct shared_library_outcome outcome = { 0 };
        bakery_error *err = NULL;

        bakery__outcome_keep(&outcome, BAKERY_OK, NULL);
        ck_assert_int_eq(bakery__outcome_tell(&outcome, &err), BAKERY_OK);
        ck_assert_ptr_null(err);
}
END_TEST

Suite *shared_library_suite(void)
{
        Suite *suite = suite_create("shared_library");
        TCase *tcase = tcase_create("shared_library");

        tcase_add_test(tcase, fills_the_table);
        tcase_add_loop_test(tcase, says_what_is_missing, 0, (int)N_ELEMENTS(refusals));
        tcase_add_loop_test(tcase, the_outcome_is_kept, 0, (int)N_ELEMENTS(refusals));
        tcase_add_test(tcase, a_success_tells_no_error);
        suite_add_tcase(suite, tcase);
        return suite;
}
