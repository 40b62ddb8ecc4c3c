/* Many burgers at once: planned, deployed and deleted in parallel, through a deployer role in each of them. */
#ifndef BAKERY_BURGERS_H
#define BAKERY_BURGERS_H

#include <bakery/base.h>
#include <bakery/drift.h>
#include <bakery/error.h>
#include <bakery/plan.h>
#include <bakery/target.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How far a burger is. */
typedef enum bakery_burger_state {
        BAKERY_BURGER_WAITING = 0, /**< not begun */
        BAKERY_BURGER_PLANNED = 1, /**< a change set waits */
        BAKERY_BURGER_NOTHING = 2, /**< it is as the configuration has it */
        BAKERY_BURGER_DONE = 3,
        BAKERY_BURGER_FAILED = 4,
        BAKERY_BURGER_SKIPPED = 5 /**< not begun, because too many others failed, or the work was cancelled */
} bakery_burger_state;

/** A burger at the end of a step. Borrowed for the call. */
typedef struct bakery_burger {
        size_t size;
        const bakery_account *account;
        bakery_burger_state state;
        const bakery_plan *plan;   /**< NULL: there is none */
        const bakery_error *error; /**< of BAKERY_BURGER_FAILED, else NULL */
        size_t finished, total;    /**< of this step, this one included */
        const bakery_drift *drift; /**< of bakery_burgers_look(), else NULL */
} bakery_burger;

/** Told of one burger at a time. Must not throw. */
typedef void bakery_burger_function(const bakery_burger *burger, void *context);

/** What to work on, and how. Begin with BAKERY_BURGERS_REQUEST_INIT. All that it points to must outlive the burgers. */
typedef struct bakery_burgers_request {
        size_t size;
        const bakery_config *config;
        const bakery_credentials *keys;   /**< that may assume the deployer role */
        bakery_keys_function *renew_keys; /**< as in a target; asked by one thread at a time, any of
                                               the workers': the client that works is not for its use */
        void *renew_context;
        const char *deployer_role;            /**< its name; NULL: the configuration's DeployerRole */
        const char *environment, *account;    /**< narrow it: names, an id; NULL: all */
        const char *region, *template_bucket; /**< as in a target */
        unsigned workers;                     /**< burgers at once; 0: 8 */
        size_t failures_tolerated;            /**< with more of them, no other one is begun */
        bakery_burger_function *on_burger;    /**< NULL: nobody looks on */
        void *burger_context;
        bakery_run_options run; /**< of each; its events come one at a time */
} bakery_burgers_request;
#define BAKERY_BURGERS_REQUEST_INIT                                                                               \
        {                                                                                                         \
                sizeof(bakery_burgers_request), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, \
                        NULL, BAKERY_RUN_OPTIONS_INIT                                                             \
        }

/** The burgers of a request, with what became of each. */
typedef struct bakery_burgers bakery_burgers;

/**
 * Chooses the burgers, in the order of the file. Nothing is asked of AWS. Gives BAKERY_ERR_NOT_FOUND (no such
 * environment or account; the hint holds the nearest name), BAKERY_ERR_ARGUMENT (no deployer role is named),
 * BAKERY_ERR_MEMORY.
 */
BAKERY_EXPORT bakery_status bakery_burgers_new(const bakery_burgers_request *request, bakery_burgers **ret_burgers,
                                               bakery_error **err);

/**
 * Plans each, as bakery_plan_make() does. What fails in one burger is that one's failure: its error is kept, and their
 * number told at the end, with the status that they have in common, or BAKERY_ERR_AWS. BAKERY_ERR_CANCELLED when the
 * client was cancelled.
 */
BAKERY_EXPORT bakery_status bakery_burgers_plan(bakery_client *client, bakery_burgers *burgers, bakery_error **err);

/**
 * Keeps the plans that wait in one file, for a review: { "version": 1, "plans": [...] }, each as bakery_plan_write()
 * has it. Gives BAKERY_ERR_IO, BAKERY_ERR_MEMORY.
 */
BAKERY_EXPORT bakery_status bakery_burgers_write(const bakery_burgers *burgers, const char *path, bakery_error **err);

/**
 * Takes up those plans, or the one of bakery_plan_write(), each as bakery_plan_read() does. Burgers of which the file
 * has no plan are no longer among these. Otherwise as bakery_burgers_plan(); and BAKERY_ERR_IO, BAKERY_ERR_FORMAT,
 * BAKERY_ERR_REFUSED (a plan is of no burger of the configuration, two are of the same, or none is of these burgers).
 */
BAKERY_EXPORT bakery_status bakery_burgers_read(bakery_client *client, bakery_burgers *burgers, const char *path,
                                                bakery_error **err);

/** Carries out each plan that waits; otherwise the same, but for the status: BAKERY_ERR_AWS whatever failed. */
BAKERY_EXPORT bakery_status bakery_burgers_execute(bakery_client *client, bakery_burgers *burgers, bakery_error **err);

/**
 * Discards each plan that waits, also after bakery_client_cancel() and whatever fails; otherwise the same. Only being
 * cancelled once more ends it.
 */
BAKERY_EXPORT bakery_status bakery_burgers_discard(bakery_client *client, bakery_burgers *burgers, bakery_error **err);

/** Deletes each stack, as bakery_stack_delete() does; one that is not there is BAKERY_BURGER_NOTHING. As executing. */
BAKERY_EXPORT bakery_status bakery_burgers_delete(bakery_client *client, bakery_burgers *burgers, bakery_error **err);

/** Waits for each stack that is at work, as bakery_stack_wait() does: what an interrupted run left. As executing. */
BAKERY_EXPORT bakery_status bakery_burgers_wait(bakery_client *client, bakery_burgers *burgers, bakery_error **err);

/** Looks at each, as bakery_drift_read() does. */
BAKERY_EXPORT bakery_status bakery_burgers_look(bakery_client *client, bakery_burgers *burgers, bakery_error **err);

BAKERY_EXPORT size_t bakery_burgers_count(const bakery_burgers *burgers);

/** How many are in that state. */
BAKERY_EXPORT size_t bakery_burgers_count_of(const bakery_burgers *burgers, bakery_burger_state state);

/** Burger i. Begin with { sizeof it }; borrowed until the next call that works on them. */
BAKERY_EXPORT void bakery_burgers_at(const bakery_burgers *burgers, size_t i, bakery_burger *ret_burger);

/** NULL is fine. Change sets that wait stay. */
BAKERY_EXPORT void bakery_burgers_free(bakery_burgers *burgers);

#ifdef __cplusplus
}
#endif
#endif
