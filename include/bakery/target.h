/* The stacks that a configuration stands for, where they belong, and how work on them is watched. */
#ifndef BAKERY_TARGET_H
#define BAKERY_TARGET_H

#include <stdint.h>

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/config.h>
#include <bakery/credentials.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which stack. */
typedef enum bakery_stack_kind {
        BAKERY_STACK_BAKERY = 0,     /**< <Prefix>BakeryAccount, in the Bakery account: groups and their policies */
        BAKERY_STACK_BURGER = 1,     /**< <Prefix>BurgerAccount, in a burger account: its roles */
        BAKERY_STACK_CHECK_ADMIN = 2 /**< <Prefix>CheckAdminAccess, in the Bakery account: the daily check */
} bakery_stack_kind;

/** Gives keys that are good for some minutes at least; borrowed until the next call. */
typedef bakery_status bakery_keys_function(void *context, const bakery_credentials **ret_keys, bakery_error **err);

/** A stack, and with whose keys it is worked on. Begin with BAKERY_TARGET_INIT. All is borrowed for each call. */
typedef struct bakery_target {
        size_t size;
        const bakery_config *config;
        bakery_stack_kind kind;
        const bakery_account *account;    /**< of a burger: which; else NULL */
        const bakery_credentials *keys;   /**< of the account that the stack belongs to */
        bakery_keys_function *renew_keys; /**< asked when keys are about to end; NULL: they must outlast the work */
        void *renew_context;
        const char *region;          /**< of the stack; NULL: the client's, the profile's, the configuration's */
        const char *template_bucket; /**< NULL: the configuration's TemplateBucket, the variable bakery_cf_bucket */
        const char *function_zip;    /**< of BAKERY_STACK_CHECK_ADMIN: the file with the function's code */
} bakery_target;
#define BAKERY_TARGET_INIT                                                                                  \
        {                                                                                                   \
                sizeof(bakery_target), NULL, BAKERY_STACK_BAKERY, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
        }

/** The stack's name, freed with bakery_free(). Gives BAKERY_ERR_MEMORY. */
BAKERY_EXPORT bakery_status bakery_stack_name(const bakery_config *config, bakery_stack_kind kind, char **ret_name,
                                              bakery_error **err);

/**
 * The stack and where it belongs, "MyTeamBakeryAccount in 111111111111, eu-west-1", for questions to a person; nothing
 * is asked of AWS. Freed with bakery_free(). Gives BAKERY_ERR_ARGUMENT (no target, no region), BAKERY_ERR_MEMORY.
 */
BAKERY_EXPORT bakery_status bakery_target_print(bakery_client *client, const bakery_target *target, char **ret_text,
                                                bakery_error **err);

/** What an event tells. */
typedef enum bakery_event_kind {
        BAKERY_EVENT_STEP = 0,     /**< something begins: text says what */
        BAKERY_EVENT_RESOURCE = 1, /**< a resource came to another state, in the stack or in one nested in it */
        BAKERY_EVENT_STACK = 2,    /**< the stack itself did */
        BAKERY_EVENT_WARNING = 3,  /**< text says what a person should know; the work goes on */
        BAKERY_EVENT_WAITING = 4   /**< nothing new for a while: a display may count its seconds on */
} bakery_event_kind;

/** How far a resource is. */
typedef enum bakery_progress {
        BAKERY_PROGRESS_NONE = 0,    /**< not a state of anything */
        BAKERY_PROGRESS_RUNNING = 1, /**< *_IN_PROGRESS */
        BAKERY_PROGRESS_DONE = 2,    /**< *_COMPLETE, but for rollbacks */
        BAKERY_PROGRESS_FAILED = 3   /**< *_FAILED, and *ROLLBACK* */
} bakery_progress;

/** An event. Texts are fit for a terminal and borrowed for the call; those that do not apply are NULL. */
typedef struct bakery_event {
        size_t size;
        bakery_event_kind kind;
        bakery_progress progress;
        const char *account_id;
        const char *account_name; /**< of a burger */
        const char *stack_name;   /**< of the stack that the resource is in: a nested one has a name of its own */
        const char *stack_id;
        const char *logical_id;
        const char *physical_id;
        const char *resource_type; /**< AWS::IAM::Role */
        const char *status;        /**< CREATE_IN_PROGRESS, as CloudFormation writes it */
        const char *reason;
        const char *text;
        int64_t time_s;        /**< seconds since 1970 UTC, by CloudFormation's clock; 0: none */
        const char *nested_id; /**< the logical id of the nested stack that the resource is in; NULL: the root */
} bakery_event;

/** Told of what happens, one event at a time. Must not throw. */
typedef void bakery_event_function(const bakery_event *event, void *context);

/** How to work on a stack. Begin with BAKERY_RUN_OPTIONS_INIT. */
typedef struct bakery_run_options {
        size_t size;
        bakery_event_function *on_event; /**< NULL: nobody looks on */
        void *context;
        unsigned poll_ms;      /**< between two looks at a stack that is at work; 0: 3,000 */
        unsigned limit_s;      /**< the longest wait for one stack; 0: 3,600. AWS goes on when it is over */
        int no_wait;           /**< a stack that is at work already is refused, not waited for */
        int recreate;          /**< a stack that never came into being is deleted and made anew */
        int create_bucket;     /**< the template bucket is made when it is missing: private, versioned, encrypted */
        int import_existing;   /**< take resources into the stack that exist under their names already, where AWS can */
        int skip_people;       /**< do not read IAM for the members of groups */
        int continue_rollback; /**< bakery_stack_rollback() goes on with a rollback that failed */
} bakery_run_options;
#define BAKERY_RUN_OPTIONS_INIT                                                 \
        {                                                                       \
                sizeof(bakery_run_options), NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, \
        }

/*
 * Every call below and in plan.h first asks STS whose account the keys are of: another than the configuration names is
 * refused (BAKERY_ERR_REFUSED) before anything is written. Besides what each says itself they give BAKERY_ERR_ARGUMENT
 * (a target that is none, no region), BAKERY_ERR_UNFINISHED (the time is over: the stack goes on, and the hint says how
 * to look at it again), BAKERY_ERR_CANCELLED (so too), and what bakery_sts_get_caller_identity() gives.
 */

/**
 * Waits until the stack is at rest, telling its events; a stack that is not there is at rest too. How its last
 * operation ended is told as bakery_plan_execute() tells it: BAKERY_ERR_AWS when it failed, also when it had ended
 * before; with the cause when its events were seen, or what it left behind.
 */
BAKERY_EXPORT bakery_status bakery_stack_wait(bakery_client *client, const bakery_target *target,
                                              const bakery_run_options *options, bakery_error **err);

/**
 * Takes a stack out of UPDATE_FAILED or CREATE_FAILED, or, from UPDATE_ROLLBACK_FAILED and when the options say
 * so, continues its rollback, leaving out the resources in skip (logical ids; "Nested.Id" for those of nested stacks).
 * BAKERY_ERR_REFUSED in any other state.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
 */
BAKERY_EXPORT bakery_status bakery_stack_rollback(bakery_client *client, const bakery_target *target,
                                                  const char *const *skip, size_t skip_count,
                                                  const bakery_run_options *options, bakery_error **err);

/**
 * Deletes the stack, and with it the groups or roles in it. A stack at work is waited for. Refused
 * (BAKERY_ERR_REFUSED) when it is not one of ours, is in UPDATE_ROLLBACK_FAILED, or a group in it still has members,
 * who are named. BAKERY_ERR_NOT_FOUND when there is none.
 */
BAKERY_EXPORT bakery_status bakery_stack_delete(bakery_client *client, const bakery_target *target,
                                                const bakery_run_options *options, bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
