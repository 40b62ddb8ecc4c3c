/* The table of stack states: what each means for deploying. */
#include "deploy/stack_state.h"

#include <check.h>
#include <string.h>

#include "base/mem.h"

Suite *stack_state_suite(void);

static const struct {
        const char *status;
        enum stack_next next;
        bool notes, hints;
} rows[] = {
        { NULL, STACK_CREATE, false, false },
        { "DELETE_COMPLETE", STACK_CREATE, false, false },
        { "CREATE_COMPLETE", STACK_UPDATE, false, false },
        { "UPDATE_COMPLETE", STACK_UPDATE, false, false },
        { "IMPORT_COMPLETE", STACK_UPDATE, false, false },
        { "UPDATE_ROLLBACK_COMPLETE", STACK_UPDATE, true, false },
        { "IMPORT_ROLLBACK_COMPLETE", STACK_UPDATE, true, false },
        { "REVIEW_IN_PROGRESS", STACK_REVIEW, false, false },
        { "ROLLBACK_COMPLETE", STACK_RECREATE, true, true },
        { "CREATE_FAILED", STACK_RECREATE, true, true },
        { "ROLLBACK_FAILED", STACK_REFUSE, true, true },
        { "DELETE_FAILED", STACK_REFUSE, true, true },
        { "IMPORT_ROLLBACK_FAILED", STACK_REFUSE, true, true },
        { "UPDATE_FAILED", STACK_REFUSE, true, true },
        { "UPDATE_ROLLBACK_FAILED", STACK_REFUSE, true, true },
        { "CREATE_IN_PROGRESS", STACK_WAIT, false, false },
        { "ROLLBACK_IN_PROGRESS", STACK_WAIT, false, false },
        { "DELETE_IN_PROGRESS", STACK_WAIT, false, false },
        { "UPDATE_IN_PROGRESS", STACK_WAIT, false, false },
        { "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", STACK_WAIT, false, false },
        { "UPDATE_ROLLBACK_IN_PROGRESS", STACK_WAIT, false, false },
        { "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", STACK_WAIT, false, false },
        { "IMPORT_IN_PROGRESS", STACK_WAIT, false, false },
        { "IMPORT_ROLLBACK_IN_PROGRESS", STACK_WAIT, false, false },
        /* what CloudFormation adds one day */
        { "CLEVER_IN_PROGRESS", STACK_WAIT, false, false },
        { "CLEVER_COMPLETE", STACK_REFUSE, true, true },
        { "", STACK_REFUSE, true, true },
};

START_TEST(each_status_has_its_row)
{
        const struct stack_state *state = bakery__stack_state(rows[_i].status);
        const char *status = rows[_i].status ? rows[_i].status : "none";

        ck_assert_msg(state->next == rows[_i].next, "%s: %d", status, (int)state->next);
        ck_assert_msg((state->note != NULL) == rows[_i].notes, "%s", status);
        ck_assert_msg((state->hint != NULL) == rows[_i].hints, "%s", status);
        /* Exactly one place for the stack's name. */
        if (state->hint) {
                const char *at = strstr(state->hint, "%s");

                ck_assert_msg(at && !strchr(at + 1, '%'), "%s: %s", status, state->hint);
        }
}
END_TEST

static const struct {
        const char *status;
        bakery_progress progress;
} resources[] = {
        { "CREATE_IN_PROGRESS", BAKERY_PROGRESS_RUNNING },
        { "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", BAKERY_PROGRESS_RUNNING },
        { "CREATE_COMPLETE", BAKERY_PROGRESS_DONE },
        { "DELETE_SKIPPED", BAKERY_PROGRESS_DONE },
        { "CREATE_FAILED", BAKERY_PROGRESS_FAILED },
        { "DELETE_FAILED", BAKERY_PROGRESS_FAILED },
        { "UPDATE_ROLLBACK_IN_PROGRESS", BAKERY_PROGRESS_FAILED },
        { "ROLLBACK_COMPLETE", BAKERY_PROGRESS_FAILED },
        { "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", BAKERY_PROGRESS_FAILED },
        { "", BAKERY_PROGRESS_NONE },
        { "CLEVER", BAKERY_PROGRESS_NONE },
};

START_TEST(each_status_is_so_far)
{
        ck_assert_msg(bakery__stack_progress(resources[_i].status) == resources[_i].progress, "%s",
                      resources[_i].status);
}
END_TEST

Suite *stack_state_suite(void)
{
        Suite *suite = suite_create("stack_state");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, each_status_has_its_row, 0, (int)N_ELEMENTS(rows));
        tcase_add_loop_test(tcase, each_status_is_so_far, 0, (int)N_ELEMENTS(resources));
        suite_add_tcase(suite, tcase);
        return suite;
}
