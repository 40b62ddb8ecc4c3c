/* What is done with each set, in which order. */
#include "deploy/stack_sets_work.h"

#include <string.h>

#include "deploy/stack_sets_calls.h"

static bool is_to_be_deleted(const struct set_member *member)
{
        return member->step == BAKERY_SET_DELETE;
}

static bool is_to_be_updated(const struct set_member *member)
{
        return member->step == BAKERY_SET_UPDATE;
}

static bool is_to_be_imported(const struct set_member *member)
{
        return member->step == BAKERY_SET_IMPORT;
}

static bool is_to_be_created(const struct set_member *member)
{
        return member->step == BAKERY_SET_CREATE;
}

static bakery_status delete_some(struct set_work *work, bakery_error **err)
{
        struct set_step step = { .about = "deleting stacks", .begin = bakery__set_begin_delete };

        bakery__set_collect(work, &step, is_to_be_deleted);
        return step.count > 0 ? bakery__set_run(work, &step, err) : BAKERY_OK;
}

static bool was_never_made(const struct set_member *member)
{
        return member->never_made;
}

/* What is left of stacks that could not be made; they are made anew with the others. */
static bakery_status delete_failed(struct set_work *work, bakery_error **err)
{
        struct set_step step = { .about = "deleting what could not be made",
                                 .begin = bakery__set_begin_delete,
                                 .goes_on = true };

        bakery__set_collect(work, &step, was_never_made);
        return step.count > 0 ? bakery__set_run(work, &step, err) : BAKERY_OK;
}

/* The set itself first: what is updated, made or imported after that finds its template. */
static bakery_status update_set(struct set_work *work, bakery_error **err)
{
        struct set_step step = { .about = "updating", .begin = bakery__set_begin_update_set };

        if (!work->set->deployed)
                return bakery__set_create(work, err);
        bakery__set_collect(work, &step, is_to_be_updated);
        if (work->set->updates)
                return bakery__set_run(work, &step, err);
        step.begin = bakery__set_begin_update; /* those that failed the last time */
        return step.count > 0 ? bakery__set_run(work, &step, err) : BAKERY_OK;
}

static bakery_status import_some(struct set_work *work, bakery_error **err)
{
        struct set_step all = { .count = 0 },
                        update = { .about = "updating what was imported", .begin = bakery__set_begin_update };
        bakery_status st = BAKERY_OK;

        bakery__set_collect(work, &all, is_to_be_imported);
        for (size_t i = 0; i < all.count && !st && !bakery__set_is_ended(work); i += IMPORTED_AT_ONCE) {
                struct set_step ten = { .about = "importing stacks",
                                        .begin = bakery__set_begin_import,
                                        .goes_on = true };

                ten.count = all.count - i < IMPORTED_AT_ONCE ? all.count - i : IMPORTED_AT_ONCE;
                memcpy(ten.members, all.members + i, ten.count * sizeof *ten.members);
                st = bakery__set_run(work, &ten, err);
        }
        if (st || bakery__set_is_ended(work))
                return st;
        bakery__set_collect(work, &update, is_to_be_imported);
        return update.count > 0 ? bakery__set_run(work, &update, err) : BAKERY_OK;
}

static bakery_status create_some(struct set_work *work, bakery_error **err)
{
        struct set_step step = { .about = "making stacks", .begin = bakery__set_begin_create };

        bakery__set_collect(work, &step, is_to_be_created);
        return step.count > 0 ? bakery__set_run(work, &step, err) : BAKERY_OK;
}

static bool any_left_to_delete(const struct set_work *work)
{
        for (size_t i = 0; i < work->sets->n_members; i++) {
                const struct set_member *member = &work->sets->members[i];

                if (member->set == work->set && is_to_be_deleted(member) && member->state != BAKERY_BURGER_DONE)
                        return true;
        }
        return false;
}

/* Nothing more is begun in a set in which too much has failed, nor while its template would lack the name of an account
 * whose stack could not be deleted. */
static bakery_status work_on_set(struct set_work *work, bakery_error **err)
{
        static bakery_status (*const steps[])(struct set_work *, bakery_error **) = { delete_failed, update_set,
                                                                                      import_some, create_some };
        bakery_status st = delete_some(work, err);

        if (st || bakery__set_is_ended(work) || any_left_to_delete(work))
                return st;
        if (work->set->n_kept == 0)
                return bakery__set_delete(work, err);
        for (size_t i = 0; i < N_ELEMENTS(steps) && !st && !bakery__set_is_ended(work); i++)
                st = steps[i](work, err);
        return st;
}

static bool is_in_hand(const struct set_member *member)
{
        (void)member;
        return true;
}

static bakery_status fail_some(const struct set_work *work, bakery_error **err)
{
        const bakery_stack_sets *sets = work->sets;
        size_t skipped = bakery_stack_sets_count_of(sets, BAKERY_BURGER_SKIPPED);

        size_t total = sets->n_members - bakery_stack_sets_count_of(sets, BAKERY_BURGER_NOTHING);
        const char *first = work->first_failed ? work->first_failed : "StackSets stopped";

        if (skipped > 0)
                return bakery__fail(err, BAKERY_ERR_AWS, "%zu of %zu burgers failed, and %zu were not begun: %s",
                                    sets->failed, total, skipped, first);
        return bakery__fail(err, BAKERY_ERR_AWS, "%zu of %zu burgers failed: %s", sets->failed, total, first);
}

/* Those that planning found to be in no state to be imported have failed already. */
static bakery_status tell_failed(struct set_work *work, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < work->sets->n_members && !st; i++)
                if (work->sets->members[i].state == BAKERY_BURGER_FAILED)
                        st = bakery__set_end_member(work, &work->sets->members[i], BAKERY_BURGER_FAILED,
                                                    work->sets->members[i].reason, err);
        return st;
}

bakery_status bakery__sets_work(struct site *site, bakery_stack_sets *sets, bakery_error **err)
{
        AUTO_CLEAR(set_work) work = { .site = site, .sets = sets };
        bakery_status st;

        sets->finished = sets->failed = 0;
        st = tell_failed(&work, err);
        for (struct stack_set *set = sets->first; set && !st; set = set->next) {
                struct set_step rest = { .count = 0 };

                work.set = set;
                if (!bakery__sets_are_over(sets))
                        st = work_on_set(&work, err);
                bakery__set_collect(&work, &rest, is_in_hand);
                if (!st)
                        st = bakery__set_skip(&work, &rest, err);
        }
        if (st)
                return st;
        return sets->failed > 0 || bakery_stack_sets_count_of(sets, BAKERY_BURGER_SKIPPED) > 0 ? fail_some(&work, err)
                                                                                               : BAKERY_OK;
}
