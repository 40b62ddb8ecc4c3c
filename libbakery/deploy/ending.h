/* The judging of an end: what the events of an operation say of how it went. */
#ifndef BAKERY_DEPLOY_ENDING_H
#define BAKERY_DEPLOY_ENDING_H

#include "deploy/trail.h"

/* Begin with the arena, which what is kept is of. */
struct ending {
        struct arena *arena;
        struct watch_end end;
        bool is_known;        /* end.status is of the newest event of the operation */
        int64_t cause_ms;     /* when the cause of the failure failed */
        bool cause_is_nested; /* it is only what a parent says of a stack nested in it */
};

/* Takes an event in; they come in the order of their time. Gives BAKERY_ERR_MEMORY. */
bakery_status bakery__ending_take(struct ending *ending, const struct trail_event *event, bakery_error **err);

#endif
