#include "deploy/ending.h"

#include <string.h>

static bool says_cancelled(const char *reason)
{
        return reason && (strstr(reason, "cancelled") || strstr(reason, "Cancelled"));
}

static bool is_failed(const struct trail_event *event)
{
        size_t len = strlen(event->status);

        return len > 7 && strcmp(event->status + len - 7, "_FAILED") == 0;
}

/*
 * The cause of a failure is the earliest failed event of a real resource: nested stacks fail because of what is in
 * them, and what was under way elsewhere is cancelled. Only when nothing in a nested stack failed, its template cannot
 * be had for example, what the parent says of it is the cause.
 */
static bool is_better_cause(const struct ending *ending, const struct trail_event *event)
{
        bool is_nested = bakery__trail_is_of_stack(event);

        if (!ending->end.cause)
                return true;
        if (is_nested != ending->cause_is_nested)
                return !is_nested;
        return event->time_ms < ending->cause_ms;
}

static bakery_status keep_cause(struct ending *ending, const struct trail_event *event, bakery_error **err)
{
        if (!is_failed(event) || says_cancelled(event->reason) || bakery__trail_is_itself(event) ||
            !is_better_cause(ending, event))
                return BAKERY_OK;
        ending->cause_ms = event->time_ms;
        ending->cause_is_nested = bakery__trail_is_of_stack(event);
        ending->end.cause = bakery__arena_format(ending->arena, "%s (%s)%s%s: %s", event->logical_id, event->type,
                                                 event->stack->logical_id ? " in " : "",
                                                 event->stack->logical_id ? event->stack->logical_id : "",
                                                 event->reason ? event->reason : event->status);
        return ending->end.cause ? BAKERY_OK : bakery__fail_memory(err);
}

static struct watch_left **find_left(struct ending *ending, const struct trail_event *event)
{
        struct watch_left **at = &ending->end.left;

        while (*at && (strcmp((*at)->logical_id, event->logical_id) != 0 ||
                       strcmp((*at)->physical_id, event->physical_id) != 0))
                at = &(*at)->next;
        return at;
}

/* CloudFormation tries to delete several times, and the last one counts. */
static bakery_status keep_left(struct ending *ending, const struct trail_event *event, bakery_error **err)
{
        struct watch_left **at = find_left(ending, event);
        bool no_memory = false;

        if (*at && strcmp(event->status, "DELETE_COMPLETE") == 0)
                *at = (*at)->next;
        if (*at || strcmp(event->status, "DELETE_FAILED") != 0 || bakery__trail_is_of_stack(event))
                return BAKERY_OK;
        *at = bakery__arena_alloc(ending->arena, sizeof **at);
        if (!*at)
                return bakery__fail_memory(err);
        (*at)->logical_id = bakery__arena_shown(ending->arena, event->logical_id, &no_memory);
        (*at)->physical_id = bakery__arena_shown(ending->arena, event->physical_id, &no_memory);
        (*at)->type = bakery__arena_shown(ending->arena, event->type, &no_memory);
        (*at)->reason = bakery__arena_shown(ending->arena, event->reason, &no_memory);
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

/* Where the stack that is watched came to, as the events of its operation say: they know better than its status. */
static bakery_status keep_end(struct ending *ending, const struct trail_event *event, bakery_error **err)
{
        bool no_memory = false;

        ending->end.status = bakery__arena_shown(ending->arena, event->status, &no_memory);
        ending->end.status_reason = bakery__arena_shown(ending->arena, event->reason, &no_memory);
        ending->is_known = true;
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

bakery_status bakery__ending_take(struct ending *ending, const struct trail_event *event, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        if (!event->stack->logical_id && bakery__trail_is_itself(event))
                st = keep_end(ending, event, err);
        if (!st)
                st = keep_cause(ending, event, err);
        return st ? st : keep_left(ending, event, err);
}
