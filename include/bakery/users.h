/* Users as code: what the Users of the configuration ask of IAM, planned, shown, and carried out. */
#ifndef BAKERY_USERS_H
#define BAKERY_USERS_H

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/config.h>
#include <bakery/credentials.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Every call below first asks STS whose account the keys are of: BAKERY_ERR_CREDENTIALS when it is not the Bakery
 * account. Besides what each says itself they give what bakery_sts_get_caller_identity() gives, and
 * BAKERY_ERR_MEMORY.
 */

/** What would change. It borrows from the configuration; its text lives as long as it does. */
typedef struct bakery_users_plan bakery_users_plan;

/** Begin with BAKERY_USERS_OPTIONS_INIT. */
typedef struct bakery_users_options {
        size_t size;
        int prune; /**< users whom the configuration does not name leave its groups; users themselves are never deleted
                    */
} bakery_users_options;
#define BAKERY_USERS_OPTIONS_INIT                \
        {                                        \
                sizeof(bakery_users_options), 0, \
        }

/**
 * Holds the Users of config against IAM. Only the groups that the configuration makes count: the environment groups
 * and the Bakery's own two. Who is in ExpectedAdmins and not in such a group by Users may stay in the groups of admins.
 * options may be NULL.
 *
 * Gives BAKERY_ERR_CONFIG when the configuration has no Users: then it does not say who is to be in which group.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
BAKERY_EXPORT bakery_status bakery_users_plan_make(bakery_client *client, const bakery_credentials *keys,
                                                   const bakery_config *config, const bakery_users_options *options,
                                                   bakery_users_plan **ret_plan, bakery_error **err);

/** NULL is fine. */
BAKERY_EXPORT void bakery_users_plan_free(bakery_users_plan *plan);

typedef enum bakery_users_action {
        BAKERY_USERS_REMOVE = 0, /**< the user leaves the group */
        BAKERY_USERS_CREATE = 1, /**< the user is made; there is no group */
        BAKERY_USERS_ADD = 2     /**< the user joins the group */
} bakery_users_action;

/** Why somebody leaves a group. */
typedef enum bakery_users_reason {
        BAKERY_USERS_WANTED = 0,   /**< nobody leaves: the configuration wants it */
        BAKERY_USERS_ENDED = 1,    /**< the membership is past its end */
        BAKERY_USERS_UNLISTED = 2, /**< the configuration names the user, but not with this group */
        BAKERY_USERS_UNKNOWN = 3   /**< the configuration does not name the user */
} bakery_users_reason;

/** How far a change is. */
typedef enum bakery_users_state {
        BAKERY_USERS_WAITING = 0,
        BAKERY_USERS_DONE = 1,
        BAKERY_USERS_FAILED = 2,
        BAKERY_USERS_SKIPPED = 3 /**< not begun: the user could not be made, or the work was cancelled */
} bakery_users_state;

/** One change. Begin with { sizeof it }. */
typedef struct bakery_users_change {
        size_t size;
        bakery_users_action action;
        bakery_users_reason reason;
        bakery_users_state state;
        const char *user, *group;
        const char *until;         /**< the last day of the membership, "2027-01-31"; NULL: no end, or none is known */
        const bakery_error *error; /**< of BAKERY_USERS_FAILED, else NULL */
} bakery_users_change;

/**
 * The changes in the order in which they are made: first who leaves, then who is made, then who joins; last of all the
 * groups that the caller leaves, who could do nothing more afterwards. i must be below the count.
 */
BAKERY_EXPORT size_t bakery_users_plan_count(const bakery_users_plan *plan);
BAKERY_EXPORT void bakery_users_plan_at(const bakery_users_plan *plan, size_t i, bakery_users_change *ret_change);

/** How many users would be made: as many one-time passwords there are to hand out. */
BAKERY_EXPORT size_t bakery_users_plan_new_user_count(const bakery_users_plan *plan);

/** How many changes are memberships past their end. */
BAKERY_EXPORT size_t bakery_users_plan_past_end_count(const bakery_users_plan *plan);

/** Users of IAM that the configuration does not name; they stay. */
BAKERY_EXPORT size_t bakery_users_plan_unknown_count(const bakery_users_plan *plan);
BAKERY_EXPORT const char *bakery_users_plan_unknown(const bakery_users_plan *plan, size_t i);

/** What a person should know before agreeing: a group that is not there, one's own memberships, nobody left. */
BAKERY_EXPORT size_t bakery_users_plan_note_count(const bakery_users_plan *plan);
BAKERY_EXPORT const char *bakery_users_plan_note(const bakery_users_plan *plan, size_t i);

typedef enum bakery_users_format {
        BAKERY_USERS_TEXT = 0, /**< for people */
        BAKERY_USERS_JSON = 1  /**< one object with "version": 1 */
} bakery_users_format;

/** Prints the plan, with how far it is, into *ret_text, to be freed with bakery_free(). Gives BAKERY_ERR_ARGUMENT (no
 * such format), BAKERY_ERR_LIMIT (larger than 16 MiB). */
BAKERY_EXPORT bakery_status bakery_users_plan_print(const bakery_users_plan *plan, bakery_users_format format,
                                                    char **ret_text, bakery_error **err);

/** Told of each change that is done, failed or skipped. Must not throw. */
typedef void bakery_users_change_function(const bakery_users_change *change, void *context);

/**
 * Told the one-time password of a user, once IAM has it. It is nowhere else, and is wiped after the call: whoever is
 * told shows it to one person and to no log. Must not throw.
 */
typedef void bakery_password_function(const char *user, const char *password, void *context);

/** Begin with BAKERY_USERS_APPLY_INIT. */
typedef struct bakery_users_apply {
        size_t size;
        int no_passwords;                        /**< new users get none: they cannot sign in to the console */
        bakery_password_function *on_password;   /**< needed for new users, unless there are to be no passwords */
        bakery_users_change_function *on_change; /**< NULL: nobody looks on */
        void *context;                           /**< of both */
} bakery_users_apply;
#define BAKERY_USERS_APPLY_INIT                                  \
        {                                                        \
                sizeof(bakery_users_apply), 0, NULL, NULL, NULL, \
        }

/**
 * Carries out what waits in the plan. What fails is kept with its error, and the rest is done all the same; afterwards
 * another plan takes up what is left. A new user must change the password at the first sign-in.
 *
 * Gives BAKERY_OK when all is done; the status of the first failure, with the number of them; BAKERY_ERR_ARGUMENT
 * (nobody to tell passwords to; nothing was done), BAKERY_ERR_CANCELLED (what was not begun is skipped).
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html
 */
BAKERY_EXPORT bakery_status bakery_users_plan_apply(bakery_client *client, const bakery_credentials *keys,
                                                    bakery_users_plan *plan, const bakery_users_apply *how,
                                                    bakery_error **err);

/**
 * Gives a user of IAM a new one-time password, whether or not there was one. Gives BAKERY_ERR_NOT_FOUND (no such
 * user), BAKERY_ERR_ARGUMENT (a name that is none).
 */
BAKERY_EXPORT bakery_status bakery_users_set_password(bakery_client *client, const bakery_credentials *keys,
                                                      const bakery_config *config, const char *user,
                                                      bakery_password_function *on_password, void *context,
                                                      bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
