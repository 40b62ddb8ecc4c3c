/* Watching a stack at work: its events and those of the stacks nested in it, until it is at rest. */
#ifndef BAKERY_DEPLOY_WATCH_H
#define BAKERY_DEPLOY_WATCH_H

#include "deploy/site.h"

/* Where the operation begins, whose events are wanted. Texts are borrowed. */
struct watch_from {
        const char *stack_id;
        const char *token;      /* of our request; NULL: the operation is somebody else's, or an earlier run's */
        const char *last_event; /* the newest one before our request; NULL: there was none */
};

/* A resource that CloudFormation gave up deleting, and that is there still. No text is NULL but the reason. */
struct watch_left {
        const char *logical_id, *physical_id, *type, *reason;
        struct watch_left *next;
};

/* How it ended; texts are of the arena. */
struct watch_end {
        const char *status; /* of the stack at rest; DELETE_COMPLETE when it is gone */
        const char *status_reason;
        const char *cause; /* "GroupProdAdmin (AWS::IAM::Group) in BakeryEnvironment: ..."; NULL: nothing failed */
        struct watch_left *left;
};

/* The id of the stack's newest event, in *ret_id, of arena; NULL when it has none. To be kept before a request. */
bakery_status bakery__watch_newest(struct site *site, const char *stack_id, struct arena *arena, const char **ret_id,
                                   bakery_error **err);

/*
 * Waits for the end, telling events in the order of their time. A look that fails because the network does, or because
 * we ask too often, is followed by another one. Gives BAKERY_ERR_UNFINISHED and BAKERY_ERR_CANCELLED with how to take
 * it up again, BAKERY_ERR_DENIED (the action is named), and what CloudFormation's calls give.
 */
bakery_status bakery__watch(struct site *site, const struct watch_from *from, struct arena *arena,
                            struct watch_end *ret, bakery_error **err);

/* Whether to look again after a look that failed: AWS goes on while we are not heard, or asked too often. */
bool bakery__watch_may_pass(bakery_status st, const bakery_error *err);

#endif
