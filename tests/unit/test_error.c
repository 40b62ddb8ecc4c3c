#include "base/error.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *error_suite(void);

START_TEST(no_error_says_nothing)
{
        ck_assert_int_eq(bakery_error_status(NULL), BAKERY_OK);
        ck_assert_str_eq(bakery_error_message(NULL), "");
        ck_assert_ptr_null(bakery_error_hint(NULL));
        ck_assert_ptr_null(bakery_error_file(NULL));
        ck_assert_uint_eq(bakery_error_line(NULL), 0);
        ck_assert_uint_eq(bakery_error_column(NULL), 0);
        ck_assert_ptr_null(bakery_error_aws_service(NULL));
        ck_assert_ptr_null(bakery_error_aws_action(NULL));
        ck_assert_ptr_null(bakery_error_aws_code(NULL));
        ck_assert_ptr_null(bakery_error_aws_request_id(NULL));
        ck_assert_int_eq(bakery_error_http_status(NULL), 0);
        bakery_error_free(NULL);
}
END_TEST

START_TEST(a_plain_failure_has_no_more_than_its_message)
{
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(bakery__fail(&err, BAKERY_ERR_IO, "open %s: %d", "x", 7), BAKERY_ERR_IO);
        ck_assert_int_eq(bakery_error_status(err), BAKERY_ERR_IO);
        ck_assert_str_eq(bakery_error_message(err), "open x: 7");
        ck_assert_ptr_null(bakery_error_hint(err));
        ck_assert_ptr_null(bakery_error_file(err));
        ck_assert_uint_eq(bakery_error_line(err), 0);
        ck_assert_ptr_null(bakery_error_aws_code(err));
        ck_assert_int_eq(bakery_error_http_status(err), 0);
}
END_TEST

START_TEST(a_failure_replaces_the_earlier_one)
{
        AUTO_PTR(bakery_error) err = NULL;

        bakery__fail(&err, BAKERY_ERR_IO, "first");
        bakery__error_hint(&err, "hint of the first");
        bakery__error_place(&err, "a.yml", 3, 4);
        bakery__fail(&err, BAKERY_ERR_FORMAT, "second of %s", bakery_error_message(err));
        ck_assert_int_eq(bakery_error_status(err), BAKERY_ERR_FORMAT);
        ck_assert_str_eq(bakery_error_message(err), "second of first");
        ck_assert_ptr_null(bakery_error_hint(err));
        ck_assert_ptr_null(bakery_error_file(err));
        ck_assert_uint_eq(bakery_error_line(err), 0);
}
END_TEST

START_TEST(nobody_need_listen)
{
        ck_assert_int_eq(bakery__fail(NULL, BAKERY_ERR_LIMIT, "%s", "x"), BAKERY_ERR_LIMIT);
        ck_assert_int_eq(bakery__fail_memory(NULL), BAKERY_ERR_MEMORY);
        ck_assert_int_eq(bakery__wrap(NULL, BAKERY_ERR_IO, "x"), BAKERY_ERR_IO);
        bakery__error_hint(NULL, "x");
        bakery__error_place(NULL, "x", 1, 1);
        bakery__error_aws(NULL, &(struct aws_refusal){ .code = "x" });
        bakery__error_clear(NULL);
}
END_TEST

START_TEST(nothing_is_added_to_no_error)
{
        bakery_error *err = NULL;

        ck_assert_int_eq(bakery__wrap(&err, BAKERY_ERR_IO, "x"), BAKERY_ERR_IO);
        bakery__error_hint(&err, "x");
        bakery__error_place(&err, "x", 1, 1);
        bakery__error_aws(&err, &(struct aws_refusal){ .code = "x" });
        ck_assert_ptr_null(err);
}
END_TEST

START_TEST(wrapping_says_where)
{
        AUTO_PTR(bakery_error) err = NULL;

        bakery__fail(&err, BAKERY_ERR_FORMAT, "inner");
        bakery__error_hint(&err, "do this");
        ck_assert_int_eq(bakery__wrap(&err, BAKERY_ERR_FORMAT, "%s", "middle"), BAKERY_ERR_FORMAT);
        bakery__wrap(&err, BAKERY_ERR_FORMAT, "outer %d", 1);
        ck_assert_str_eq(bakery_error_message(err), "outer 1: middle: inner");
        ck_assert_str_eq(bakery_error_hint(err), "do this");
        ck_assert_int_eq(bakery_error_status(err), BAKERY_ERR_FORMAT);
        ck_assert_int_eq(bakery__wrap(&err, BAKERY_ERR_CONFIG, "config.yml"), BAKERY_ERR_CONFIG);
        ck_assert_int_eq(bakery_error_status(err), BAKERY_ERR_CONFIG);
}
END_TEST

START_TEST(the_same_sentence_may_be_of_another_status)
{
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(bakery__error_restate(&err, BAKERY_ERR_CONFIG), BAKERY_ERR_CONFIG);
        ck_assert_ptr_null(err);
        bakery__fail(&err, BAKERY_ERR_FORMAT, "inner");
        bakery__error_restate(&err, BAKERY_ERR_CONFIG);
        ck_assert_int_eq(bakery_error_status(err), BAKERY_ERR_CONFIG);
        ck_assert_str_eq(bakery_error_message(err), "inner");
}
END_TEST

START_TEST(the_last_hint_and_place_hold)
{
        AUTO_PTR(bakery_error) err = NULL;

        bakery__fail(&err, BAKERY_ERR_FORMAT, "x");
        bakery__error_hint(&err, "one %s", "a");
        bakery__error_hint(&err, "two");
        bakery__error_place(&err, "a.yml", 1, 2);
        bakery__error_place(&err, "b.yml", 3, 4);
        ck_assert_str_eq(bakery_error_hint(err), "two");
        ck_assert_str_eq(bakery_error_file(err), "b.yml");
        ck_assert_uint_eq(bakery_error_line(err), 3);
        ck_assert_uint_eq(bakery_error_column(err), 4);
}
END_TEST

START_TEST(keeps_what_aws_said)
{
        AUTO_PTR(bakery_error) err = NULL;
        struct aws_refusal refusal = { "sts", "AssumeRole", "AccessDenied", "id-1", 403 };

        bakery__fail(&err, BAKERY_ERR_IO, "refused");
        bakery__error_aws(&err, &refusal);
        ck_assert_str_eq(bakery_error_aws_service(err), "sts");
        ck_assert_str_eq(bakery_error_aws_action(err), "AssumeRole");
        ck_assert_str_eq(bakery_error_aws_code(err), "AccessDenied");
        ck_assert_str_eq(bakery_error_aws_request_id(err), "id-1");
        ck_assert_int_eq(bakery_error_http_status(err), 403);

        bakery__fail(&err, BAKERY_ERR_IO, "refused");
        bakery__error_aws(&err, &(struct aws_refusal){ .http_status = 502 });
        ck_assert_ptr_null(bakery_error_aws_code(err));
        ck_assert_int_eq(bakery_error_http_status(err), 502);
}
END_TEST

START_TEST(clearing_leaves_nothing)
{
        bakery_error *err = NULL;

        bakery__fail(&err, BAKERY_ERR_IO, "x");
        bakery__error_clear(&err);
        ck_assert_ptr_null(err);
        bakery__error_clear(&err);
        ck_assert_ptr_null(err);
}
END_TEST

/* The spare stands in when memory is gone: it is one for all, so nothing may change or free it. */
START_TEST(the_spare_stays_as_it_is)
{
        bakery_error *err = NULL, *other = NULL;

        ck_assert_int_eq(bakery__fail_memory(&err), BAKERY_ERR_MEMORY);
        bakery__wrap(&err, BAKERY_ERR_MEMORY, "config.yml");
        bakery__error_hint(&err, "buy some");
        bakery__error_place(&err, "a.yml", 1, 2);
        bakery__error_aws(&err, &(struct aws_refusal){ .code = "x", .http_status = 500 });
        ck_assert_str_eq(bakery_error_message(err), "out of memory");
        ck_assert_int_eq(bakery_error_status(err), BAKERY_ERR_MEMORY);
        ck_assert_ptr_null(bakery_error_hint(err));
        ck_assert_ptr_null(bakery_error_file(err));
        ck_assert_uint_eq(bakery_error_line(err), 0);
        ck_assert_ptr_null(bakery_error_aws_code(err));
        ck_assert_int_eq(bakery_error_http_status(err), 0);

        bakery__fail_memory(&other);
        bakery_error_free(other);
        bakery_error_free(err);
        ck_assert_str_eq(bakery_error_message(err), "out of memory");
        bakery__fail_memory(&err); /* over itself */
        bakery__fail(&err, BAKERY_ERR_IO, "memory is back");
        ck_assert_str_eq(bakery_error_message(err), "memory is back");
        bakery_error_free(err);
}
END_TEST

START_TEST(memory_replaces_an_earlier_error)
{
        bakery_error *err = NULL;

        bakery__fail(&err, BAKERY_ERR_IO, "first");
        bakery__fail_memory(&err);
        ck_assert_str_eq(bakery_error_message(err), "out of memory");
        bakery__error_clear(&err);
        ck_assert_ptr_null(err);
}
END_TEST

/* Terminal escapes arrive in names and in what servers say. */
START_TEST(all_text_is_harmless)
{
        AUTO_PTR(bakery_error) err = NULL;
        const char *evil = "\x1b[2Ja\nb\r\xc2\x9b"
                           "31m\xff";
        const char *shown = "?[2Ja?b??31m?";
        struct aws_refusal refusal = { evil, evil, evil, evil, 0 };

        bakery__fail(&err, BAKERY_ERR_IO, "%s", evil);
        ck_assert_str_eq(bakery_error_message(err), shown);
        bakery__wrap(&err, BAKERY_ERR_IO, "%s", evil);
        ck_assert(!strpbrk(bakery_error_message(err), "\x1b\n\r\xff"));
        bakery__error_hint(&err, "%s", evil);
        ck_assert_str_eq(bakery_error_hint(err), shown);
        bakery__error_place(&err, evil, 1, 1);
        ck_assert_str_eq(bakery_error_file(err), shown);
        bakery__error_aws(&err, &refusal);
        ck_assert_str_eq(bakery_error_aws_service(err), shown);
        ck_assert_str_eq(bakery_error_aws_action(err), shown);
        ck_assert_str_eq(bakery_error_aws_code(err), shown);
        ck_assert_str_eq(bakery_error_aws_request_id(err), shown);
}
END_TEST

static const struct {
        int status;
        const char *name;
} statuses[] = {
        { BAKERY_OK, "ok" },
        { BAKERY_ERR_MEMORY, "memory" },
        { BAKERY_ERR_ARGUMENT, "argument" },
        { BAKERY_ERR_IO, "io" },
        { BAKERY_ERR_FORMAT, "format" },
        { BAKERY_ERR_CONFIG, "config" },
        { BAKERY_ERR_LIMIT, "limit" },
        { BAKERY_ERR_NOT_FOUND, "not-found" },
        { BAKERY_ERR_SYSTEM, "system" },
        { 1000, "unknown" },
        { -1, "unknown" },
};

START_TEST(statuses_have_names)
{
        ck_assert_str_eq(bakery_status_name((bakery_status)statuses[_i].status), statuses[_i].name);
}
END_TEST

START_TEST(the_version_is_three_numbers)
{
        int major, minor, patch;
        char rest;

        ck_assert_int_eq(sscanf(bakery_version(), "%d.%d.%d%c", &major, &minor, &patch, &rest), 3);
}
END_TEST

Suite *error_suite(void)
{
        Suite *suite = suite_create("error");
        TCase *tcase = tcase_create("error");

        tcase_add_test(tcase, no_error_says_nothing);
        tcase_add_test(tcase, a_plain_failure_has_no_more_than_its_message);
        tcase_add_test(tcase, a_failure_replaces_the_earlier_one);
        tcase_add_test(tcase, nobody_need_listen);
        tcase_add_test(tcase, nothing_is_added_to_no_error);
        tcase_add_test(tcase, wrapping_says_where);
        tcase_add_test(tcase, the_same_sentence_may_be_of_another_status);
        tcase_add_test(tcase, the_last_hint_and_place_hold);
        tcase_add_test(tcase, keeps_what_aws_said);
        tcase_add_test(tcase, clearing_leaves_nothing);
        tcase_add_test(tcase, the_spare_stays_as_it_is);
        tcase_add_test(tcase, memory_replaces_an_earlier_error);
        tcase_add_test(tcase, all_text_is_harmless);
        tcase_add_loop_test(tcase, statuses_have_names, 0, (int)N_ELEMENTS(statuses));
        tcase_add_test(tcase, the_version_is_three_numbers);
        suite_add_tcase(suite, tcase);
        return suite;
}
