/* Burgers by CloudFormation StackSets: AWS's own engine does the work in many accounts, from one that administrates. */
#ifndef BAKERY_STACK_SETS_H
#define BAKERY_STACK_SETS_H

#include <bakery/base.h>
#include <bakery/burgers.h>
#include <bakery/error.h>
#include <bakery/plan.h>
#include <bakery/target.h>

#ifdef __cplusplus
extern "C" {
#endif

/** By whose rights StackSets works in the accounts.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html */
typedef enum bakery_permission_model {
        BAKERY_PERMISSIONS_SELF_MANAGED = 0,   /**< a role in the administrator's account, and one in each burger */
        BAKERY_PERMISSIONS_SERVICE_MANAGED = 1 /**< those of AWS Organizations */
} bakery_permission_model;

/** What is to be done with the stack of an account. */
typedef enum bakery_set_step {
        BAKERY_SET_NOTHING = 0, /**< it is as the configuration has it */
        BAKERY_SET_CREATE = 1,
        BAKERY_SET_UPDATE = 2,
        BAKERY_SET_IMPORT = 3, /**< a stack that was deployed by itself is taken into the set, then updated */
        BAKERY_SET_DELETE = 4  /**< the account is not in the configuration, or not in that environment, any more */
} bakery_set_step;

/** An account. All is borrowed: in a callback for the call, else from the stack sets. */
typedef struct bakery_set_account {
        size_t size;
        const char *account_id;
        const char *account_name; /**< NULL: not known any more */
        const char *stack_set;    /**< the name of the set that it is in */
        bakery_set_step step;
        bakery_burger_state state;
        const char *reason;     /**< of BAKERY_BURGER_FAILED, as CloudFormation tells it; else NULL */
        size_t finished, total; /**< of those with something to do, this one included */
} bakery_set_account;

/** Told of one account at a time, when it is done. Must not throw. */
typedef void bakery_set_account_function(const bakery_set_account *account, void *context);

/** What to work on, and how. Begin with BAKERY_STACK_SETS_REQUEST_INIT. All must outlive the stack sets. */
typedef struct bakery_stack_sets_request {
        size_t size;
        const bakery_config *config;
        const bakery_credentials *keys;   /**< of the account that administrates the stack sets */
        bakery_keys_function *renew_keys; /**< as in a target */
        void *renew_context;
        const char *administrator; /**< the id of that account; NULL: the Bakery account */
        int delegated_admin;       /**< it is a delegated administrator of the organization */
        bakery_permission_model permission_model;
        const char *administration_role;         /**< self-managed: its name; NULL: that of AWS */
        const char *execution_role;              /**< self-managed: its name; NULL: that of AWS */
        const char *const *organizational_units; /**< service-managed: those that hold the accounts, ou-... */
        size_t organizational_unit_count;        /**< or r-..., the root; at least one */
        const char *environment;                 /**< narrows it; NULL: all */
        const char *region, *template_bucket;    /**< as in a target */
        const char *deployer_role;               /**< to look for stacks that exist; NULL: the configuration's */
        int remove_all;                          /**< plan to delete all stacks and sets */
        unsigned concurrent;                     /**< accounts at once; 0: 20 */
        size_t failures_tolerated;               /**< with more of them, no other account is begun */
        bakery_set_account_function *on_account; /**< NULL: nobody looks on */
        void *account_context;
        bakery_run_options run; /**< limit_s is for each operation of a set */
} bakery_stack_sets_request;
#define BAKERY_STACK_SETS_REQUEST_INIT                                                                               \
        {                                                                                                            \
                sizeof(bakery_stack_sets_request), NULL, NULL, NULL, NULL, NULL, 0, BAKERY_PERMISSIONS_SELF_MANAGED, \
                        NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, BAKERY_RUN_OPTIONS_INIT    \
        }

/** The stack sets of a configuration, <Prefix>BurgerAccount-<Environment>, -2, -3 ...: 200 accounts in each. */
typedef struct bakery_stack_sets bakery_stack_sets;

/**
 * Finds what deploying would change. An account stays in the set that it is in; others go where there is room. Work of
 * StackSets that is under way is waited for. Accounts that are in no set yet are looked into, through the deployer
 * role, for a stack that was deployed by itself: its roles' names are taken, so that it is imported. Nothing is
 * changed.
 *
 * Gives BAKERY_ERR_REFUSED (the keys are of another account; a set is of the other permission model, or in another
 * region), BAKERY_ERR_ARGUMENT (service-managed without organizational units), BAKERY_ERR_NOT_FOUND (no such
 * environment), and what target.h lists.
 */
BAKERY_EXPORT bakery_status bakery_stack_sets_plan(bakery_client *client, const bakery_stack_sets_request *request,
                                                   bakery_stack_sets **ret_sets, bakery_error **err);

/**
 * Carries it out, set by set: stacks of accounts that are gone are deleted, the set is made or updated, stacks that
 * exist are imported, ten at once, others made. With nothing to do it succeeds without a call. What fails in an account
 * is told of that account; BAKERY_ERR_AWS names the first of them. BAKERY_ERR_UNFINISHED and BAKERY_ERR_CANCELLED:
 * StackSets goes on; planning again waits for it.
 */
BAKERY_EXPORT bakery_status bakery_stack_sets_execute(bakery_client *client, bakery_stack_sets *sets,
                                                      bakery_error **err);

/** The accounts, set by set. Begin account with { sizeof it }. */
BAKERY_EXPORT size_t bakery_stack_sets_account_count(const bakery_stack_sets *sets);
BAKERY_EXPORT void bakery_stack_sets_account_at(const bakery_stack_sets *sets, size_t i,
                                                bakery_set_account *ret_account);
BAKERY_EXPORT size_t bakery_stack_sets_count_of(const bakery_stack_sets *sets, bakery_burger_state state);

/** Whether executing would do anything at all; whether it would delete stacks, with the roles in them. */
BAKERY_EXPORT int bakery_stack_sets_changes(const bakery_stack_sets *sets);
BAKERY_EXPORT int bakery_stack_sets_deletes(const bakery_stack_sets *sets);

/** As in plan.h: who could do what, before and after. */
BAKERY_EXPORT size_t bakery_stack_sets_difference_count(const bakery_stack_sets *sets);
BAKERY_EXPORT void bakery_stack_sets_difference_at(const bakery_stack_sets *sets, size_t i,
                                                   bakery_plan_difference *ret_difference);
BAKERY_EXPORT int bakery_stack_sets_broadens(const bakery_stack_sets *sets);

/** The plan in full; free it with bakery_free(). Gives BAKERY_ERR_MEMORY. */
BAKERY_EXPORT bakery_status bakery_stack_sets_print(const bakery_stack_sets *sets, bakery_plan_format format,
                                                    char **ret_text, bakery_error **err);

/**
 * Looks at burgers, as bakery_burgers_look() does, but by what the sets made there: a set's template is compared with
 * what IAM has in each account, which is entered through the deployer role of the burgers. One that is in no set has no
 * stack. Whether stacks are protected is not told, and CloudFormation is asked nothing in the accounts.
 */
BAKERY_EXPORT bakery_status bakery_stack_sets_look(bakery_client *client, const bakery_stack_sets *sets,
                                                   bakery_burgers *burgers, bakery_error **err);

/** NULL is fine. */
BAKERY_EXPORT void bakery_stack_sets_free(bakery_stack_sets *sets);

#ifdef __cplusplus
}
#endif
#endif
