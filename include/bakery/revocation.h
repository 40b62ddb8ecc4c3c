/* Revocation: ends the live sessions of one person, in the Bakery account and in every burger. */
#ifndef BAKERY_REVOCATION_H
#define BAKERY_REVOCATION_H

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/config.h>
#include <bakery/credentials.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What became of each account. It borrows from the request. */
typedef struct bakery_revocation bakery_revocation;

typedef enum bakery_revocation_state {
        BAKERY_REVOCATION_WAITING = 0, /**< not begun */
        BAKERY_REVOCATION_DONE = 1,
        BAKERY_REVOCATION_FAILED = 2, /**< in part, perhaps: the error says where */
        BAKERY_REVOCATION_SKIPPED = 3 /**< the work was cancelled before */
} bakery_revocation_state;

/** An account. Begin with { sizeof it }. */
typedef struct bakery_revocation_account {
        size_t size;
        const bakery_account *account; /**< NULL: the Bakery account */
        bakery_revocation_state state;
        size_t roles;              /**< where it was done */
        size_t missing;            /**< roles that the account does not have; with undo, that had no denial */
        size_t keys;               /**< access keys that were made inactive; of the Bakery account */
        const bakery_error *error; /**< of BAKERY_REVOCATION_FAILED, else NULL */
        size_t finished, total;    /**< accounts, this one included */
} bakery_revocation_account;

/** Told of one account at a time, as it ends. Must not throw. */
typedef void bakery_revocation_function(const bakery_revocation_account *account, void *context);

/** Begin with BAKERY_REVOCATION_REQUEST_INIT. All that it points to must outlive the revocation. */
typedef struct bakery_revocation_request {
        size_t size;
        const bakery_config *config;
        const bakery_credentials *keys; /**< of the Bakery account; they may assume that role */
        const char *user;               /**< the name of the IAM user */
        int undo;                       /**< takes the denial away again; access keys stay as they are */
        int user_is_gone;               /**< the user was deleted: only the burgers are worked on */
        int deactivate_keys;            /**< the user's access keys become inactive too */
        const char
                *deployer_role; /**< of each burger; NULL: the configuration's RevokerRole, or else its DeployerRole */
        const char *region;     /**< of STS; NULL: the client's, the configuration's */
        unsigned workers;       /**< accounts at once; 0: 8 */
        bakery_revocation_function *on_account; /**< NULL: nobody looks on */
        void *context;
} bakery_revocation_request;
#define BAKERY_REVOCATION_REQUEST_INIT                                                                   \
        {                                                                                                \
                sizeof(bakery_revocation_request), NULL, NULL, NULL, 0, 0, 0, NULL, NULL, 0, NULL, NULL, \
        }

/**
 * Denies everything to the sessions of that name that STS gave until now: by an inline policy of the user (which is
 * what ends MFA and console sessions), and by one of each burger role. A later call moves the time; it never harms.
 * The burgers are entered by a role that may put and delete inline policies of the burger roles, in a session that
 * bears the caller's own name. Sessions that are begun afterwards work: whoever must not begin any loses the groups,
 * and, by deactivate_keys, the keys.
 *
 * When a call fails, the others go on: *ret_revocation, which is then given too, says which account failed, and the
 * status is that of the first. BAKERY_ERR_NOT_FOUND (there is no such user: nothing was done), BAKERY_ERR_ARGUMENT (a
 * name that is none, no role to enter burgers by), BAKERY_ERR_CREDENTIALS (keys of another account),
 * BAKERY_ERR_CANCELLED, BAKERY_ERR_MEMORY, and what calls to STS and IAM give.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
BAKERY_EXPORT bakery_status bakery_revocation_run(bakery_client *client, const bakery_revocation_request *request,
                                                  bakery_revocation **ret_revocation, bakery_error **err);

/** NULL is fine. */
BAKERY_EXPORT void bakery_revocation_free(bakery_revocation *revocation);

/** The Bakery account first, then the burgers in the order of the file. i must be below the count. */
BAKERY_EXPORT size_t bakery_revocation_count(const bakery_revocation *revocation);
BAKERY_EXPORT void bakery_revocation_at(const bakery_revocation *revocation, size_t i,
                                        bakery_revocation_account *ret_account);
BAKERY_EXPORT size_t bakery_revocation_count_of(const bakery_revocation *revocation, bakery_revocation_state state);

/** The name as IAM writes it, which is the one that sessions bear. */
BAKERY_EXPORT const char *bakery_revocation_user(const bakery_revocation *revocation);

/** Environment groups whose roles take a session of any name: there one cannot be certain. i must be below the count.
 */
BAKERY_EXPORT size_t bakery_revocation_uncertain_count(const bakery_revocation *revocation);
BAKERY_EXPORT const char *bakery_revocation_uncertain(const bakery_revocation *revocation, size_t i);

#ifdef __cplusplus
}
#endif
#endif
