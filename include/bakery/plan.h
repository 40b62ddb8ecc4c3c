/* The plan: what deploying a stack would change, in resources, and in people and roles; and doing just that. */
#ifndef BAKERY_PLAN_H
#define BAKERY_PLAN_H

#include <bakery/base.h>
#include <bakery/error.h>
#include <bakery/target.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A plan. It stands for a change set that waits in CloudFormation, or for nothing to do. */
typedef struct bakery_plan bakery_plan;

/**
 * Finds what deploying would change: asks for the stack's state, makes the templates, uploads those that are nested or
 * large, and has CloudFormation make a change set over all nested stacks, whose templates are then read back and
 * compared. Nothing is changed but the template bucket. The plan holds the change set until it is carried out or
 * discarded. options may be NULL.
 *
 * Gives BAKERY_ERR_REFUSED (another account; a stack in a state that a person must look at; a change set of somebody
 * else's in a stack that is not yet made; names that exist in IAM already; an answer that is not what was uploaded),
 * BAKERY_ERR_NOT_FOUND (no such bucket), BAKERY_ERR_AWS (CloudFormation refuses the change: the cause is told), and
 * what target.h lists.
 */
BAKERY_EXPORT bakery_status bakery_plan_make(bakery_client *client, const bakery_target *target,
                                             const bakery_run_options *options, bakery_plan **ret_plan,
                                             bakery_error **err);

/** What it comes to. */
typedef enum bakery_plan_action {
        BAKERY_PLAN_NOTHING = 0, /**< the stack is as the configuration has it */
        BAKERY_PLAN_CREATE = 1,
        BAKERY_PLAN_UPDATE = 2
} bakery_plan_action;
BAKERY_EXPORT bakery_plan_action bakery_plan_what(const bakery_plan *plan);

/** All text is borrowed from the plan. */
BAKERY_EXPORT const char *bakery_plan_stack_name(const bakery_plan *plan);
BAKERY_EXPORT const char *bakery_plan_stack_id(const bakery_plan *plan);      /**< NULL: not made yet */
BAKERY_EXPORT const char *bakery_plan_change_set_id(const bakery_plan *plan); /**< NULL: nothing to do */
BAKERY_EXPORT const char *bakery_plan_account_id(const bakery_plan *plan);
BAKERY_EXPORT const char *bakery_plan_region(const bakery_plan *plan);

/** A resource that changes. Begin with { sizeof it }. */
typedef struct bakery_plan_resource {
        size_t size;
        const char *stack;  /**< the logical id of the nested stack it is in; NULL: the root */
        const char *action; /**< Add, Modify, Remove, Import, Dynamic: as CloudFormation writes it */
        const char *logical_id;
        const char *physical_id;   /**< NULL: it has none yet */
        const char *resource_type; /**< AWS::IAM::Role */
        const char *replacement;   /**< True, False, Conditional; NULL: does not apply */
        const char *properties;    /**< those that change, "PolicyDocument, Tags"; NULL: not told */
} bakery_plan_resource;
BAKERY_EXPORT size_t bakery_plan_resource_count(const bakery_plan *plan);
BAKERY_EXPORT void bakery_plan_resource_at(const bakery_plan *plan, size_t i, bakery_plan_resource *ret_resource);

/** A difference in who may do what. Begin with { sizeof it }. */
typedef struct bakery_plan_difference {
        size_t size;
        const char
                *kind; /**< "grant-gained", "grant-lost", "policy-attached", "trust-weaker" ... : plan(1) lists them */
        const char *subject;  /**< the group or the role */
        const char *role_arn; /**< of a grant; else NULL */
        const char *text;     /**< a sentence */
        int broadens;         /**< somebody could do more than before, or that cannot be ruled out */
        const char *people;   /**< the members of the group, "alice, bob"; NULL: not known, or not about a group */
} bakery_plan_difference;
BAKERY_EXPORT size_t bakery_plan_difference_count(const bakery_plan *plan);
BAKERY_EXPORT void bakery_plan_difference_at(const bakery_plan *plan, size_t i, bakery_plan_difference *ret_difference);

/** Whether any difference broadens. */
BAKERY_EXPORT int bakery_plan_broadens(const bakery_plan *plan);

/** What a person should know before agreeing: the order of deploying, moved grants, other people's change sets. */
BAKERY_EXPORT size_t bakery_plan_note_count(const bakery_plan *plan);
BAKERY_EXPORT const char *bakery_plan_note(const bakery_plan *plan, size_t i);

/** The plan in full, for people or for programs; free it with bakery_free(). Gives BAKERY_ERR_MEMORY. */
typedef enum bakery_plan_format {
        BAKERY_PLAN_TEXT = 0,
        BAKERY_PLAN_JSON = 1,
        BAKERY_PLAN_JSON_LINE = 2 /**< the same on a line of its own: for many, one after the other */
} bakery_plan_format;
BAKERY_EXPORT bakery_status bakery_plan_print(const bakery_plan *plan, bakery_plan_format format, char **ret_text,
                                              bakery_error **err);

/**
 * Keeps the plan in a file (that JSON), for a review, and takes it up again: it is bound to the change set's ARN, to
 * the digests of templates and parameters, and to the role that CloudFormation works on the stack with. All that the
 * change set carries is compared with what the configuration asks for: templates, parameters, tags, capabilities; and
 * with the stack, whom CloudFormation notifies and which alarms roll back. target must be the one that it was made for,
 * with the configuration it was made of. Gives BAKERY_ERR_IO, BAKERY_ERR_FORMAT (no whole plan, of another version),
 * BAKERY_ERR_REFUSED (of another stack, account or configuration; its change set is gone, carries something else, or no
 * longer fits).
 */
BAKERY_EXPORT bakery_status bakery_plan_write(const bakery_plan *plan, const char *path, bakery_error **err);
BAKERY_EXPORT bakery_status bakery_plan_read(bakery_client *client, const bakery_target *target, const char *path,
                                             bakery_plan **ret_plan, bakery_error **err);

/**
 * Carries the plan out, that and nothing else, and waits for the end, telling events. A plan for nothing to do succeeds
 * at once, but for the protection against deletion, which is switched on where an earlier run did not come to it. What
 * CloudFormation leaves behind (a group that still has members) is a failure, though the stack itself is content.
 *
 * Gives BAKERY_ERR_AWS (the stack failed; the message is the earliest cause, in whichever nested stack),
 * BAKERY_ERR_REFUSED (the change set is obsolete, or somebody changed the role of the stack: plan again), and what
 * target.h lists.
 */
BAKERY_EXPORT bakery_status bakery_plan_execute(bakery_client *client, const bakery_target *target, bakery_plan *plan,
                                                const bakery_run_options *options, bakery_error **err);

/** Deletes its change set, and the empty stack that was made to hold it. */
BAKERY_EXPORT bakery_status bakery_plan_discard(bakery_client *client, const bakery_target *target, bakery_plan *plan,
                                                bakery_error **err);

/** Frees the plan; its change set stays. NULL is fine. */
BAKERY_EXPORT void bakery_plan_free(bakery_plan *plan);

#ifdef __cplusplus
}
#endif
#endif
