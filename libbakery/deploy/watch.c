#include "deploy/watch.h"

#include <string.h>

#include "aws/client.h"
#include "aws/retry.h"
#include "aws/stack_events.h"
#include "base/time.h"
#include "deploy/stack_state.h"

static const char nested_type[] = "AWS::CloudFormation::Stack";

/* An event of one look; they come newest first, and from several stacks. */
struct seen {
        const char *id, *stack_id, *stack_name, *logical_id, *physical_id, *type, *status; /* never NULL */
        const char *reason;
        int64_t time_ms;
        size_t order; /* among those of one time */
        struct seen *older;
};

/* A stack whose events are followed. */
struct followed {
        const char *id;
        const char *logical_id;  /* of the nested stack in its parent; NULL: the root */
        const char *newest;      /* event that was told */
        const char *next_newest; /* so of the look that is under way */
        struct followed *next;
};

struct watch {
        struct site *site;
        const struct watch_from *from;
        struct arena *arena; /* the caller's: what is kept to the end */
        struct followed *stacks;
        int64_t began_ms;     /* the first event of the operation; 0: none yet */
        int64_t cause_ms;     /* when the cause of the failure failed */
        bool cause_is_nested; /* it is only what a parent says of a stack nested in it */
        bool is_unheard;      /* the last look failed, and that was told */
        bool has_own_end;     /* end.status is of the newest event of the operation */
        struct watch_end end;
};

/* Reading the events of one stack in one look. */
struct look {
        struct watch *watch;
        const struct followed *stack;
        struct arena *arena;
        struct seen *newest, **last; /* of ours */
        size_t count;
};

static const char *copy(struct arena *arena, const char *text, bool *no_memory)
{
        char *made = text ? bakery__arena_copy(arena, bakery__span(text)) : NULL;

        *no_memory |= text && !made;
        return made;
}

static const char *or_empty(const char *text)
{
        return text ? text : "";
}

static bool is_root(const struct followed *stack)
{
        return !stack->logical_id;
}

static bool is_stack_itself(const struct cfn_event *event)
{
        return event->physical_id && strcmp(event->physical_id, event->stack_id) == 0;
}

/* The event with which an operation on a stack begins; what a failure or a clean-up begins goes on with it. */
static bool begins_operation(const struct cfn_event *event)
{
        static const char *const statuses[] = { "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS",
                                                "IMPORT_IN_PROGRESS", "REVIEW_IN_PROGRESS" };

        for (size_t i = 0; i < N_ELEMENTS(statuses); i++)
                if (event->status && strcmp(event->status, statuses[i]) == 0)
                        return is_stack_itself(event);
        return false;
}

/* Whether the event, and all that are older, are of what went before. */
static bool is_before(const struct look *look, const struct cfn_event *event)
{
        const struct watch *watch = look->watch;
        const struct watch_from *from = watch->from;

        if (look->stack->newest && strcmp(event->id, look->stack->newest) == 0)
                return true;
        if (!is_root(look->stack))
                return event->time_ms < watch->began_ms;
        return from->last_event && strcmp(event->id, from->last_event) == 0;
}

/* Of another operation, by its token: one that came before ours, or that somebody began right after it. */
static bool is_anothers(const struct look *look, const struct cfn_event *event)
{
        const char *ours = look->watch->from->token;

        return ours && event->client_request_token && strcmp(event->client_request_token, ours) != 0;
}

static bakery_status keep_event(const struct cfn_event *event, void *context, bool *enough, bakery_error **err)
{
        struct look *look = context;
        bool no_memory = false;

        if (is_before(look, event) || (is_anothers(look, event) && look->newest)) {
                *enough = true;
                return BAKERY_OK;
        }
        if (is_anothers(look, event))
                return BAKERY_OK;

        struct seen *seen = bakery__arena_alloc(look->arena, sizeof *seen);
        if (!seen)
                return bakery__fail_memory(err);
        *seen = (struct seen){
                .id = copy(look->arena, event->id, &no_memory),
                .stack_id = copy(look->arena, event->stack_id, &no_memory),
                .physical_id = bakery__arena_shown(look->arena, or_empty(event->physical_id), &no_memory),
                .stack_name = bakery__arena_shown(look->arena, or_empty(event->stack_name), &no_memory),
                .logical_id = bakery__arena_shown(look->arena, or_empty(event->logical_id), &no_memory),
                .type = bakery__arena_shown(look->arena, or_empty(event->type), &no_memory),
                .status = bakery__arena_shown(look->arena, or_empty(event->status), &no_memory),
                .reason = bakery__arena_shown(look->arena, event->reason, &no_memory),
                .time_ms = event->time_ms,
        };
        *look->last = seen;
        look->last = &seen->older;
        look->count++;
        *enough = is_root(look->stack) && begins_operation(event);
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

/* Follows a nested stack from when its parent tells of it. */
static bakery_status follow(struct watch *watch, const char *id, const char *logical_id, bakery_error **err)
{
        struct followed **end = &watch->stacks, *stack;
        bool no_memory = false;

        for (; *end; end = &(*end)->next)
                if (strcmp((*end)->id, id) == 0)
                        return BAKERY_OK;
        stack = bakery__arena_alloc(watch->arena, sizeof *stack);
        if (!stack)
                return bakery__fail_memory(err);
        stack->id = copy(watch->arena, id, &no_memory);
        stack->logical_id = copy(watch->arena, logical_id, &no_memory);
        if (no_memory)
                return bakery__fail_memory(err);
        *end = stack;
        return BAKERY_OK;
}

static bool is_nested_stack(const struct seen *event)
{
        return strcmp(event->type, nested_type) == 0 && *event->physical_id &&
               strcmp(event->physical_id, event->stack_id) != 0;
}

static bakery_status look_at(struct watch *watch, struct followed *stack, struct arena *arena, struct seen **ret_newest,
                             size_t *count, bakery_error **err)
{
        struct look look = { .watch = watch, .stack = stack, .arena = arena };
        struct aws_access access;
        bakery_status st = bakery__site_access(watch->site, &access, err);

        look.last = &look.newest;
        if (!st)
                st = bakery__cfn_stack_events(&access, stack->id, keep_event, &look, err);
        if (st == BAKERY_ERR_NOT_FOUND && !is_root(stack)) /* it is being made, or gone already */
                st = BAKERY_OK;
        if (st || !look.newest)
                return st;

        bool no_memory = false;
        stack->next_newest = copy(watch->arena, look.newest->id, &no_memory);
        *ret_newest = look.newest;
        *count += look.count;
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

static bool is_itself(const struct seen *event)
{
        return strcmp(event->physical_id, event->stack_id) == 0;
}

static bool says_cancelled(const char *reason)
{
        return reason && (strstr(reason, "cancelled") || strstr(reason, "Cancelled"));
}

static bool is_failed(const struct seen *event)
{
        size_t len = strlen(event->status);

        return len > 7 && strcmp(event->status + len - 7, "_FAILED") == 0;
}

/*
 * The cause of a failure is the earliest failed event of a real resource: nested stacks fail because of what is in
 * them, and what was under way elsewhere is cancelled. Only when nothing in a nested stack failed, its template cannot
 * be had for example, what the parent says of it is the cause.
 */
static bool is_better_cause(const struct watch *watch, const struct seen *event)
{
        bool is_nested = strcmp(event->type, nested_type) == 0;

        if (!watch->end.cause)
                return true;
        if (is_nested != watch->cause_is_nested)
                return !is_nested;
        return event->time_ms < watch->cause_ms;
}

static bakery_status keep_cause(struct watch *watch, const struct followed *stack, const struct seen *event,
                                bakery_error **err)
{
        if (!is_failed(event) || says_cancelled(event->reason) || is_itself(event) || !is_better_cause(watch, event))
                return BAKERY_OK;
        watch->cause_ms = event->time_ms;
        watch->cause_is_nested = strcmp(event->type, nested_type) == 0;
        watch->end.cause = bakery__arena_format(
                watch->arena, "%s (%s)%s%s: %s", event->logical_id, event->type, stack->logical_id ? " in " : "",
                stack->logical_id ? stack->logical_id : "", event->reason ? event->reason : event->status);
        return watch->end.cause ? BAKERY_OK : bakery__fail_memory(err);
}

static struct watch_left **find_left(struct watch *watch, const struct seen *event)
{
        struct watch_left **at = &watch->end.left;

        while (*at && (strcmp((*at)->logical_id, event->logical_id) != 0 ||
                       strcmp((*at)->physical_id, event->physical_id) != 0))
                at = &(*at)->next;
        return at;
}

/* CloudFormation tries to delete several times, and the last one counts. */
static bakery_status keep_left(struct watch *watch, const struct seen *event, bakery_error **err)
{
        struct watch_left **at = find_left(watch, event);
        bool no_memory = false;

        if (*at && strcmp(event->status, "DELETE_COMPLETE") == 0)
                *at = (*at)->next;
        if (*at || strcmp(event->status, "DELETE_FAILED") != 0 || strcmp(event->type, nested_type) == 0)
                return BAKERY_OK;
        *at = bakery__arena_alloc(watch->arena, sizeof **at);
        if (!*at)
                return bakery__fail_memory(err);
        (*at)->logical_id = copy(watch->arena, event->logical_id, &no_memory);
        (*at)->physical_id = copy(watch->arena, event->physical_id, &no_memory);
        (*at)->type = copy(watch->arena, event->type, &no_memory);
        (*at)->reason = copy(watch->arena, event->reason, &no_memory);
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

/* Where the stack that is watched came to, as the events of its operation say: they know better than its status. */
static bakery_status keep_end(struct watch *watch, const struct seen *event, bakery_error **err)
{
        bool no_memory = false;

        watch->end.status = copy(watch->arena, event->status, &no_memory);
        watch->end.status_reason = copy(watch->arena, event->reason, &no_memory);
        watch->has_own_end = true;
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

static void tell(const struct watch *watch, const struct followed *stack, const struct seen *seen)
{
        bakery_event event = {
                .kind = is_root(stack) && is_itself(seen) ? BAKERY_EVENT_STACK : BAKERY_EVENT_RESOURCE,
                .progress = bakery__stack_progress(seen->status),
                .stack_name = seen->stack_name,
                .stack_id = seen->stack_id,
                .logical_id = seen->logical_id,
                .physical_id = *seen->physical_id ? seen->physical_id : NULL,
                .resource_type = seen->type,
                .status = seen->status,
                .reason = seen->reason,
                .time_s = seen->time_ms / 1000,
                .nested_id = stack->logical_id,
        };

        bakery__site_tell(watch->site, &event);
}

/* In one and the same millisecond a stack ends after what is in it. */
static int rank(const struct seen *event)
{
        bool is_over = bakery__stack_state(event->status)->next != STACK_WAIT;

        if (!is_over || strcmp(event->type, nested_type) != 0)
                return 0;
        return is_nested_stack(event) ? 1 : 2;
}

static int by_time(const void *a, const void *b)
{
        const struct seen *left = *(struct seen *const *)a, *right = *(struct seen *const *)b;

        if (left->time_ms != right->time_ms)
                return left->time_ms < right->time_ms ? -1 : 1;
        if (rank(left) != rank(right))
                return rank(left) - rank(right);
        return left->order < right->order ? -1 : 1;
}

static const struct followed *stack_of(const struct watch *watch, const struct seen *event)
{
        const struct followed *stack = watch->stacks;

        while (stack->next && strcmp(stack->id, event->stack_id) != 0)
                stack = stack->next;
        return stack;
}

/* Tells events, the oldest first: those of one stack keep the order in which CloudFormation lists them. */
static bakery_status tell_all(struct watch *watch, struct seen **events, size_t count, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        qsort(events, count, sizeof *events, by_time);
        for (size_t i = 0; i < count && !st; i++) {
                const struct followed *stack = stack_of(watch, events[i]);

                /* A nested stack tells of itself twice: here, and in its parent. */
                if (is_root(stack) || !is_itself(events[i]))
                        tell(watch, stack, events[i]);
                if (is_root(stack) && is_itself(events[i]))
                        st = keep_end(watch, events[i], err);
                if (!st)
                        st = keep_cause(watch, stack, events[i], err);
                if (!st)
                        st = keep_left(watch, events[i], err);
        }
        return st;
}

/* Stack by stack, the oldest of each first: the order of events of one time. */
static void put_in_order(struct seen *first, struct seen **events)
{
        size_t order = 0;

        while (first) {
                size_t run = 0;

                for (struct seen *at = first; at && strcmp(at->stack_id, first->stack_id) == 0; at = at->older)
                        run++;
                for (size_t i = run; i > 0; i--, first = first->older) {
                        first->order = order + i;
                        events[order + i - 1] = first;
                }
                order += run;
        }
}

/* One look at the events of all stacks that are followed; stacks that turn up on the way are looked at too. */
static bakery_status look_at_all(struct watch *watch, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_FREE struct seen **events = NULL;
        struct seen *first = NULL, **all = &first;
        size_t count = 0;
        bakery_status st = BAKERY_OK;

        for (struct followed *stack = watch->stacks; stack && !st; stack = stack->next) {
                struct seen *newest = NULL;

                st = look_at(watch, stack, &arena, &newest, &count, err);
                for (struct seen *event = newest; event && !st; event = event->older) {
                        if (is_root(stack) && (!watch->began_ms || event->time_ms < watch->began_ms))
                                watch->began_ms = event->time_ms;
                        if (is_nested_stack(event))
                                st = follow(watch, event->physical_id, event->logical_id, err);
                }
                *all = newest;
                while (*all)
                        all = &(*all)->older;
        }
        if (st || count == 0)
                return st;
        events = calloc(count, sizeof *events);
        if (!events)
                return bakery__fail_memory(err);
        put_in_order(first, events);
        st = tell_all(watch, events, count, err);
        for (struct followed *stack = watch->stacks; stack; stack = stack->next)
                stack->newest = stack->next_newest;
        return st;
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
                st = look_at_all(watch, err); /* after the status: what led to it is told too */
        if (st)
                return st;
        if (watch->has_own_end && is_at_rest(watch->end.status)) {
                *ret_rests = true;
                return BAKERY_OK;
        }

        bool is_gone = strcmp(stack->status, "DELETE_COMPLETE") == 0;
        if (!is_gone && (watch->has_own_end || watch->from->token || !is_at_rest(stack->status)))
                return BAKERY_OK;
        *ret_rests = true;
        watch->end.status = copy(watch->arena, stack->status, &no_memory);
        watch->end.status_reason = copy(watch->arena, stack->status_reason, &no_memory);
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
        struct watch watch = { .site = site, .from = from, .arena = arena };
        AUTO_PTR(bakery_error) own = NULL;

        if (!err) /* what went wrong decides how to go on */
                err = &own;
        bakery_status st = follow(&watch, from->stack_id, NULL, err);
        if (!st)
                st = watch_on(&watch, err);
        if (st)
                return st;
        bakery__error_clear(err);
        *ret = watch.end;
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
