/* The trail: the events of an operation, on a stack and on those nested in it, in the order of their time. */
#ifndef BAKERY_DEPLOY_TRAIL_H
#define BAKERY_DEPLOY_TRAIL_H

#include "deploy/watch.h"

/* A stack whose events are followed. */
struct trail_stack {
        const char *id;
        const char *logical_id;  /* of the nested stack in its parent; NULL: the root */
        const char *newest;      /* event that was told */
        const char *next_newest; /* so of the look that is under way */
        struct trail_stack *next;
};

/* An event of one look; CloudFormation lists them newest first, and those of each stack apart. */
struct trail_event {
        const struct trail_stack *stack;
        const char *id, *stack_id, *stack_name, *logical_id, *physical_id, *type, *status; /* never NULL */
        const char *reason;
        int64_t time_ms;
        size_t order; /* among those of one time */
        struct trail_event *older;
};

/* Begin with the first three. */
struct trail {
        struct site *site;
        const struct watch_from *from;
        struct arena *arena; /* lives as long as the trail */
        struct trail_stack *stacks;
        int64_t began_ms; /* the first event of the operation; 0: none yet */
};

/* Told of an event, which lives until it returns. */
typedef bakery_status trail_function(const struct trail_event *event, void *context, bakery_error **err);

/* Whether the event is of the stack as a whole; and of any stack: that one, or one nested in it. */
bool bakery__trail_is_itself(const struct trail_event *event);
bool bakery__trail_is_of_stack(const struct trail_event *event);

/*
 * Looks once, and tells what is new, the oldest first; stacks that turn up on the way are looked at too. A look that
 * fails before it told anything loses nothing. Gives what tell and CloudFormation's calls give.
 */
bakery_status bakery__trail_look(struct trail *trail, trail_function *tell, void *context, bakery_error **err);

#endif
