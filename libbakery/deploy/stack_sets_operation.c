#include "deploy/stack_sets_operation.h"

#include <string.h>

#include "aws/client.h"
#include "base/time.h"
#include "deploy/watch.h"

enum { CONCURRENT = 20 };

void bakery__set_work_clear(struct set_work *work)
{
        bakery__arena_clear(&work->arena);
}

void bakery__sets_describe(const bakery_stack_sets *sets, const struct set_member *member, bakery_set_account *ret)
{
        size_t nothing = bakery_stack_sets_count_of(sets, BAKERY_BURGER_NOTHING);

        *ret = (bakery_set_account){
                .size = sizeof *ret,
                .account_id = member->account_id,
                .account_name = member->name,
                .stack_set = member->set->name,
                .step = member->step,
                .state = member->state,
                .reason = member->reason,
                .finished = sets->finished,
                .total = sets->n_members - nothing,
        };
}

bakery_status bakery__set_end_member(struct set_work *work, struct set_member *member, bakery_burger_state state,
                                     const char *reason, bakery_error **err)
{
        bakery_stack_sets *sets = work->sets;
        bakery_set_account told;

        member->state = state;
        member->reason = reason ? bakery__arena_copy(&member->arena, bakery__span(reason)) : NULL;
        if (reason && !member->reason)
                return bakery__fail_memory(err);
        sets->finished++;
        if (state == BAKERY_BURGER_FAILED) {
                sets->failed++;
                if (!work->first_failed)
                        work->first_failed = bakery__arena_format(&work->arena, "%s (%s): %s",
                                                                  member->name ? member->name : "an account",
                                                                  member->account_id, reason ? reason : "no reason");
        }
        if (!sets->request.on_account)
                return BAKERY_OK;
        bakery__sets_describe(sets, member, &told);
        sets->request.on_account(&told, sets->request.account_context);
        return BAKERY_OK;
}

bool bakery__sets_are_over(const bakery_stack_sets *sets)
{
        return sets->failed > sets->request.failures_tolerated;
}

bool bakery__set_is_ended(const struct set_work *work)
{
        return work->set->stopped || bakery__sets_are_over(work->sets);
}

void bakery__set_collect(const struct set_work *work, struct set_step *step,
                         bool (*take)(const struct set_member *member))
{
        step->count = 0;
        for (size_t i = 0; i < work->sets->n_members && step->count < BURGER_SET_ACCOUNTS; i++) {
                struct set_member *member = &work->sets->members[i];

                if (member->set == work->set && member->state == BAKERY_BURGER_PLANNED && take(member))
                        step->members[step->count++] = member;
        }
}

static struct set_member *find_member(const struct set_work *work, const char *account_id)
{
        for (size_t i = 0; i < work->sets->n_members; i++)
                if (work->sets->members[i].set == work->set &&
                    strcmp(work->sets->members[i].account_id, account_id) == 0)
                        return &work->sets->members[i];
        return NULL;
}

static bool is_in_step(const struct set_step *step, const struct set_member *member)
{
        for (size_t i = 0; i < step->count; i++)
                if (step->members[i] == member)
                        return true;
        return false;
}

/* An update is of all accounts, of those too that have nothing to change: they are told when they fail. */
static bakery_status take_result(struct set_work *work, const struct set_step *step,
                                 const struct cfn_operation_result *result, bakery_error **err)
{
        struct set_member *member = find_member(work, result->account);

        if (!member || (member->state != BAKERY_BURGER_PLANNED && member->state != BAKERY_BURGER_NOTHING))
                return BAKERY_OK;
        if (strcmp(result->status, "FAILED") == 0)
                return bakery__set_end_member(
                        work, member, BAKERY_BURGER_FAILED,
                        result->status_reason ? result->status_reason : "StackSets does not say why", err);
        if (strcmp(result->status, "SUCCEEDED") != 0 || !is_in_step(step, member) || step->goes_on)
                return BAKERY_OK;
        return bakery__set_end_member(work, member, BAKERY_BURGER_DONE, NULL, err);
}

/* One look at the operation: whether it has ended, and what came of it until now. */
static bakery_status look(struct set_work *work, const struct set_step *step, const char *id, bool *ret_ended,
                          bool *ret_failed, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        const struct cfn_stack_set_operation *operation = NULL;
        const struct cfn_operation_result *result = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(work->site, &aws, err);

        if (!st)
                st = bakery__cfn_describe_stack_set_operation(&aws, &name, id, &arena, &operation, err);
        if (!st) /* after the status: results that led to it are seen too */
                st = bakery__cfn_list_stack_set_operation_results(&aws, &name, id, &arena, &result, err);
        for (; result && !st; result = result->next)
                st = take_result(work, step, result, err);
        if (st || !operation)
                return st;
        *ret_failed = strcmp(operation->status, "FAILED") == 0 || strcmp(operation->status, "STOPPED") == 0;
        *ret_ended = *ret_failed || strcmp(operation->status, "SUCCEEDED") == 0;
        return BAKERY_OK;
}

static bakery_status fail_goes_on(const struct set_work *work, bakery_status st, const char *why, const char *id,
                                  bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);

        bakery__fail(err, st, "%s: StackSets goes on with %s, as operation %s", why, name.name, id);
        bakery__error_hint(err,
                           "bakery-cli deploy %s waits for it, and goes on; to stop it: aws cloudformation "
                           "stop-stack-set-operation --stack-set-name %s --operation-id %s%s%s",
                           work->site->recipe.command, name.name, id, name.call_as ? " --call-as " : "",
                           name.call_as ? name.call_as : "");
        return st;
}

static bakery_status watch(struct set_work *work, const struct set_step *step, const char *id, bool *ret_failed,
                           bakery_error **err)
{
        const bakery_run_options *options = &work->site->options;
        int64_t end_ms = bakery__time_monotonic_ms() + (int64_t)options->limit_s * 1000;
        AUTO_PTR(bakery_error) own = NULL;

        if (!err) /* what went wrong decides how to go on */
                err = &own;
        for (;;) {
                bool ended = false;
                bakery_status st = look(work, step, id, &ended, ret_failed, err);

                if (!st && ended)
                        return BAKERY_OK;
                if (st == BAKERY_ERR_CANCELLED || (!st && bakery__client_is_cancelled(work->site->client)))
                        return fail_goes_on(work, BAKERY_ERR_CANCELLED, "interrupted", id, err);
                if (st && !bakery__watch_may_pass(st, *err))
                        return bakery__wrap(err, st, "StackSets goes on with %s, and cannot be watched",
                                            work->set->name);
                if (bakery__time_monotonic_ms() >= end_ms)
                        return fail_goes_on(work, BAKERY_ERR_UNFINISHED, "the time is over", id, err);
                if (bakery__client_wait(work->site->client, options->poll_ms, NULL))
                        return fail_goes_on(work, BAKERY_ERR_CANCELLED, "interrupted", id, err);
        }
}

bakery_status bakery__set_skip(struct set_work *work, const struct set_step *step, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < step->count && !st; i++)
                if (step->members[i]->state == BAKERY_BURGER_PLANNED)
                        st = bakery__set_end_member(work, step->members[i], BAKERY_BURGER_SKIPPED, NULL, err);
        return st;
}

bakery_status bakery__set_run(struct set_work *work, const struct set_step *step, bakery_error **err)
{
        const bakery_stack_sets_request *request = &work->sets->request;
        struct cfn_operation operation = {
                .id = bakery__site_token(work->site, "set", &work->arena),
                .concurrency_mode = "SOFT_FAILURE_TOLERANCE", /* or no more would run at once than may fail */
                .failure_tolerance_count = (unsigned)(request->failures_tolerated - work->sets->failed), /* not over */
                .max_concurrent_count = request->concurrent ? request->concurrent : CONCURRENT,
        };
        struct aws_access aws;
        bool failed = false;
        bakery_status st = operation.id ? bakery__site_access(work->site, &aws, err) : bakery__fail_memory(err);

        bakery__site_step(work->site, "%s: %s", work->set->name, step->about);
        if (!st)
                st = step->begin(work, step, &aws, &operation, err);
        if (st)
                return bakery__wrap(err, st, "stack set %s", work->set->name);
        st = watch(work, step, operation.id, &failed, err);
        if (!st && failed) {
                work->set->stopped = true;
                st = bakery__set_skip(work, step, err);
        }
        return st;
}
