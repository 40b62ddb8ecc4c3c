#include "deploy/watch.h"

#include <string.h>

#include "aws/client.h"
#include "aws/retry.h"
#include "aws/stack_events.h"
#include "base/time.h"
#include "deploy/ending.h"
#include "deploy/stack_state.h"

struct watch {
        struct site *site;
        const struct watch_from *from;
        struct trail trail;
        struct ending ending;
        bool is_unheard; /* the last look failed, and that was told */
};

/* A nested stack tells of itself twice: on its own, and in its parent. */
static bakery_status take_event(const struct trail_event *seen, void *context, bakery_error **err)
{
        struct watch *watch = context;
        bool of_root = !seen->stack->logical_id, of_itself = bakery__trail_is_itself(seen);
        bakery_event event = {
                .kind = of_root && of_itself ? BAKERY_EVENT_STACK : BAKERY_EVENT_RESOURCE,
                .progress = bakery__stack_progress(seen->status),
                .stack_name = seen->stack_name,
                .stack_id = seen->stack_id,
                .logical_id = seen->logical_id,
                .physical_id = *seen->physical_id ? seen->physical_id : NULL,
                .resource_type = seen->type,
                .status = seen->status,
                .reason = seen->reason,
                .time_s = seen->time_ms / 1000,
                .nested_id = seen->stack->logical_id,
        };

        if (of_root || !of_itself)
                bakery__site_tell(watch->site, &event);
        return bakery__ending_take(&watch->ending, seen, err);
}

/* The stack as it says of itself; "DELETE_COMPLETE" when it is gone. */
static bakery_status look_at_status(struct watch *watch, struct arena *arena, const struct cfn_stack **ret,
                                    bakery_error **err)
{
        static const struct cfn_stack gone = { .id = "", .name = "", .status = "DELETE_COMPLETE" };
        const struct cfn_stack *stack = NULL;
        struct aws_access access;
        bakery_status st = bakery__site_access(watch->site, &access, err);

        if (!st)
                st = bakery__cfn_describe_stack(&access, watch->from->stack_id, arena, &stack, err);
        if (!st)
                *ret = stack ? stack : &gone;
        return st;
}

/* A stack in review is about to be made. */
static bool is_at_rest(const char *status)
{
        enum stack_next next = bakery__stack_state(status)->next;

        return next != STACK_WAIT && next != STACK_REVIEW;
}

/*
 * Whether it is over. CloudFormation's parts agree late: right after a request the status is still that of before, and
 * once others have begun something it is theirs. So the newest event of the stack in our operation counts, and its
 * status only where events say nothing, or the stack is gone, which it stays.
 */
static bakery_status look_once(struct watch *watch, bool *ret_rests, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack *stack = NULL;
        bool no_memory = false;
        bakery_status st = look_at_status(watch, &arena, &stack, err);

        if (!st)
                st = bakery__trail_look(&watch->trail, take_event, watch,
                                        err); /* after the status: what led to it is told too */
        if (st)
                return st;
        if (watch->ending.is_known && is_at_rest(watch->ending.end.status)) {
                *ret_rests = true;
                return BAKERY_OK;
        }

        bool is_gone = strcmp(stack->status, "DELETE_COMPLETE") == 0;
        if (!is_gone && (watch->ending.is_known || watch->from->token || !is_at_rest(stack->status)))
                return BAKERY_OK;
        *ret_rests = true;
        watch->ending.end.status = bakery__arena_shown(watch->ending.arena, stack->status, &no_memory);
        watch->ending.end.status_reason = bakery__arena_shown(watch->ending.arena, stack->status_reason, &no_memory);
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

bool bakery__watch_may_pass(bakery_status st, const bakery_error *err)
{
        enum retry_kind kind = st == BAKERY_ERR_AWS
                                       ? bakery__retry_kind("cloudformation", bakery_error_http_status(err),
                                                            bakery_error_aws_code(err))
                                       : RETRY_NEVER;

        return st == BAKERY_ERR_NETWORK || kind == RETRY_THROTTLED || kind == RETRY_TRANSIENT;
}

/* Once for each time that the connection is lost. */
static void tell_unheard(struct watch *watch, bakery_status st, const bakery_error *err)
{
        if (st && !watch->is_unheard)
                bakery__site_warn(watch->site, "%s goes on at AWS, and is asked again: %s",
                                  watch->site->recipe.stack_name, bakery_error_message(err));
        watch->is_unheard = st != BAKERY_OK;
}

/* It is not the stack that failed. */
static bakery_status fail_unwatched(const struct watch *watch, bakery_status st, bakery_error **err)
{
        const struct recipe *recipe = &watch->site->recipe;

        if (st == BAKERY_ERR_MEMORY)
                return st;
        bakery__wrap(err, st, "%s goes on at AWS, as %s, and cannot be watched", recipe->stack_name,
                     watch->from->stack_id);
        if (!bakery_error_hint(*err))
                bakery__error_hint(err, "bakery-cli status --wait %s takes it up again", recipe->command);
        return st;
}

static bakery_status watch_on(struct watch *watch, bakery_error **err)
{
        const bakery_run_options *options = &watch->site->options;
        int64_t end_ms = bakery__time_monotonic_ms() + (int64_t)options->limit_s * 1000;
        const char *stack_id = watch->from->stack_id;

        for (;;) {
                bool rests = false;
                bakery_status st = look_once(watch, &rests, err);

                if (!st && rests)
                        return BAKERY_OK;
                if (st == BAKERY_ERR_CANCELLED || (!st && bakery__client_is_cancelled(watch->site->client)))
                        return bakery__site_goes_on(watch->site, BAKERY_ERR_CANCELLED, stack_id, "interrupted", err);
                if (st && !bakery__watch_may_pass(st, *err))
                        return fail_unwatched(watch, st, err);
                tell_unheard(watch, st, *err);
                if (bakery__time_monotonic_ms() >= end_ms)
                        return bakery__site_goes_on(watch->site, BAKERY_ERR_UNFINISHED, stack_id, "the time is over",
                                                    err);
                bakery__site_tell(watch->site, &(bakery_event){ .kind = BAKERY_EVENT_WAITING });
                if (bakery__client_wait(watch->site->client, options->poll_ms, NULL))
                        return bakery__site_goes_on(watch->site, BAKERY_ERR_CANCELLED, stack_id, "interrupted", err);
        }
}

bakery_status bakery__watch(struct site *site, const struct watch_from *from, struct arena *arena,
                            struct watch_end *ret, bakery_error **err)
{
        struct watch watch = { .site = site,
                               .from = from,
                               .trail = { .site = site, .from = from, .arena = arena },
                               .ending = { .arena = arena } };
        AUTO_PTR(bakery_error) own = NULL;

        if (!err) /* what went wrong decides how to go on */
                err = &own;
        bakery_status st = watch_on(&watch, err);
        if (st)
                return st;
        bakery__error_clear(err);
        *ret = watch.ending.end;
        return BAKERY_OK;
}

struct newest {
        struct arena *arena;
        const char *id;
};

static bakery_status keep_newest(const struct cfn_event *event, void *context, bool *enough, bakery_error **err)
{
        struct newest *newest = context;

        *enough = true;
        newest->id = bakery__arena_copy(newest->arena, bakery__span(event->id));
        return newest->id ? BAKERY_OK : bakery__fail_memory(err);
}

bakery_status bakery__watch_newest(struct site *site, const char *stack_id, struct arena *arena, const char **ret_id,
                                   bakery_error **err)
{
        struct newest newest = { .arena = arena };
        struct aws_access access;
        bakery_status st = bakery__site_access(site, &access, err);

        if (!st)
                st = bakery__cfn_stack_events(&access, stack_id, keep_newest, &newest, err);
        if (st && st != BAKERY_ERR_NOT_FOUND)
                return st;
        bakery__error_clear(err);
        *ret_id = newest.id;
        return BAKERY_OK;
}
