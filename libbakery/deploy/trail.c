#include "deploy/trail.h"

#include <string.h>

#include "aws/stack_events.h"
#include "deploy/stack_state.h"

static const char nested_type[] = "AWS::CloudFormation::Stack";

/* Reading the events of one stack in one look. */
struct look {
        struct trail *trail;
        const struct trail_stack *stack;
        struct arena *arena;
        struct trail_event *newest, **last; /* of ours */
        size_t count;
};

bool bakery__trail_is_itself(const struct trail_event *event)
{
        return strcmp(event->physical_id, event->stack_id) == 0;
}

bool bakery__trail_is_of_stack(const struct trail_event *event)
{
        return strcmp(event->type, nested_type) == 0;
}

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

static bool is_root(const struct trail_stack *stack)
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
        const struct trail *trail = look->trail;
        const struct watch_from *from = trail->from;

        if (look->stack->newest && strcmp(event->id, look->stack->newest) == 0)
                return true;
        if (!is_root(look->stack))
                return event->time_ms < trail->began_ms;
        return from->last_event && strcmp(event->id, from->last_event) == 0;
}

/* Of another operation, by its token: one that came before ours, or that somebody began right after it. */
static bool is_anothers(const struct look *look, const struct cfn_event *event)
{
        const char *ours = look->trail->from->token;

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

        struct trail_event *seen = bakery__arena_alloc(look->arena, sizeof *seen);
        if (!seen)
                return bakery__fail_memory(err);
        *seen = (struct trail_event){
                .stack = look->stack,
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
static bakery_status follow(struct trail *trail, const char *id, const char *logical_id, bakery_error **err)
{
        struct trail_stack **end = &trail->stacks, *stack;
        bool no_memory = false;

        for (; *end; end = &(*end)->next)
                if (strcmp((*end)->id, id) == 0)
                        return BAKERY_OK;
        stack = bakery__arena_alloc(trail->arena, sizeof *stack);
        if (!stack)
                return bakery__fail_memory(err);
        stack->id = copy(trail->arena, id, &no_memory);
        stack->logical_id = copy(trail->arena, logical_id, &no_memory);
        if (no_memory)
                return bakery__fail_memory(err);
        *end = stack;
        return BAKERY_OK;
}

static bool is_nested_stack(const struct trail_event *event)
{
        return bakery__trail_is_of_stack(event) && *event->physical_id &&
               strcmp(event->physical_id, event->stack_id) != 0;
}

static bakery_status look_at(struct trail *trail, struct trail_stack *stack, struct arena *arena,
                             struct trail_event **ret_newest, size_t *count, bakery_error **err)
{
        struct look look = { .trail = trail, .stack = stack, .arena = arena };
        struct aws_access access;
        bakery_status st = bakery__site_access(trail->site, &access, err);

        look.last = &look.newest;
        if (!st)
                st = bakery__cfn_stack_events(&access, stack->id, keep_event, &look, err);
        if (st == BAKERY_ERR_NOT_FOUND && !is_root(stack)) /* it is being made, or gone already */
                st = BAKERY_OK;
        if (st || !look.newest)
                return st;

        bool no_memory = false;
        stack->next_newest = copy(trail->arena, look.newest->id, &no_memory);
        *ret_newest = look.newest;
        *count += look.count;
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

/* In one and the same millisecond a stack ends after what is in it. */
static int rank(const struct trail_event *event)
{
        bool is_over = bakery__stack_state(event->status)->next != STACK_WAIT;

        if (!is_over || !bakery__trail_is_of_stack(event))
                return 0;
        return is_nested_stack(event) ? 1 : 2;
}

static int by_time(const void *a, const void *b)
{
        const struct trail_event *left = *(struct trail_event *const *)a, *right = *(struct trail_event *const *)b;

        if (left->time_ms != right->time_ms)
                return left->time_ms < right->time_ms ? -1 : 1;
        if (rank(left) != rank(right))
                return rank(left) - rank(right);
        return left->order < right->order ? -1 : 1;
}

/* Stack by stack, the oldest of each first: the order of events of one time. */
static void put_in_order(struct trail_event *first, struct trail_event **events)
{
        size_t order = 0;

        while (first) {
                size_t run = 0;

                for (struct trail_event *at = first; at && at->stack == first->stack; at = at->older)
                        run++;
                for (size_t i = run; i > 0; i--, first = first->older) {
                        first->order = order + i;
                        events[order + i - 1] = first;
                }
                order += run;
        }
}

/* What is new of all stacks, one behind the other; stacks that it tells of are followed from now on. */
static bakery_status gather(struct trail *trail, struct arena *arena, struct trail_event **all, size_t *count,
                            bakery_error **err)
{
        bakery_status st = follow(trail, trail->from->stack_id, NULL, err);

        for (struct trail_stack *stack = trail->stacks; stack && !st; stack = stack->next) {
                struct trail_event *newest = NULL;

                st = look_at(trail, stack, arena, &newest, count, err);
                for (struct trail_event *event = newest; event && !st; event = event->older) {
                        if (is_root(stack) && (!trail->began_ms || event->time_ms < trail->began_ms))
                                trail->began_ms = event->time_ms;
                        if (is_nested_stack(event))
                                st = follow(trail, event->physical_id, event->logical_id, err);
                }
                *all = newest;
                while (*all)
                        all = &(*all)->older;
        }
        return st;
}

bakery_status bakery__trail_look(struct trail *trail, trail_function *tell, void *context, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_FREE struct trail_event **events = NULL;
        struct trail_event *first = NULL;
        size_t count = 0;
        bakery_status st = gather(trail, &arena, &first, &count, err);

        if (st || count == 0)
                return st;
        events = calloc(count, sizeof *events);
        if (!events)
                return bakery__fail_memory(err);
        put_in_order(first, events);
        qsort(events, count, sizeof *events, by_time);
        for (size_t i = 0; i < count && !st; i++)
                st = tell(events[i], context, err);
        for (struct trail_stack *stack = trail->stacks; stack; stack = stack->next)
                stack->newest = stack->next_newest;
        return st;
}
