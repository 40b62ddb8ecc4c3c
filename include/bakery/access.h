/* Who can reach what: the people of the Bakery account, and the burger roles that they can assume. */
#ifndef BAKERY_ACCESS_H
#define BAKERY_ACCESS_H

#include <stdint.h>

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/config.h>
#include <bakery/credentials.h>
#include <bakery/error.h>
#include <bakery/group.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Who can reach what, as a configuration says it, or as IAM has it. It borrows from the configuration, which must
 * outlive it; it never changes, so any number of threads may read one. What it gives as text lives as long as it does.
 */
typedef struct bakery_access bakery_access;

/** Begin with BAKERY_ACCESS_OPTIONS_INIT. */
typedef struct bakery_access_options {
        size_t size;
        int64_t now_s; /**< seconds since 1970 UTC: memberships that ended by then are none; 0: all of them hold */
} bakery_access_options;
#define BAKERY_ACCESS_OPTIONS_INIT               \
        {                                        \
                sizeof(bakery_access_options), 0 \
        }

/**
 * What the configuration alone says: its Users, and what their groups grant. Nothing is asked of AWS. options may be
 * NULL. Gives BAKERY_ERR_ARGUMENT (a size that is none), BAKERY_ERR_MEMORY. Free with bakery_access_free().
 */
BAKERY_EXPORT bakery_status bakery_access_from_config(const bakery_config *config, const bakery_access_options *options,
                                                      bakery_access **ret_access, bakery_error **err);

/** Begin with BAKERY_ACCESS_READ_INIT. */
typedef struct bakery_access_read_request {
        size_t size;
        const bakery_credentials *keys; /**< of the Bakery account; they need iam:GetAccountAuthorizationDetails */
        int64_t now_s;                  /**< as in bakery_access_options */
        int roles; /**< also look at the roles in the burger accounts, through a deployer role in each */
        const char *deployer_role; /**< its name; NULL: the configuration's DeployerRole */
        const char *region;        /**< of STS; NULL: the client's */
        unsigned workers;          /**< with roles: burger accounts at once, 256 at most; 0: 8 */
} bakery_access_read_request;
#define BAKERY_ACCESS_READ_INIT                                               \
        {                                                                     \
                sizeof(bakery_access_read_request), NULL, 0, 0, NULL, NULL, 0 \
        }

/**
 * What IAM says: the users and groups of the Bakery account, and what their policies, attached and inline, come to. It
 * is compared with the configuration, groups and their grants always, members when it has Users, and the trust policies
 * of the roles with request->roles. A burger that cannot be read is a difference, not a failure.
 *
 * Gives BAKERY_ERR_CREDENTIALS (the keys are of another account), BAKERY_ERR_ARGUMENT (no deployer role is named), and
 * what calls of IAM and STS give.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
BAKERY_EXPORT bakery_status bakery_access_read(bakery_client *client, const bakery_config *config,
                                               const bakery_access_read_request *request, bakery_access **ret_access,
                                               bakery_error **err);

/** NULL is fine. */
BAKERY_EXPORT void bakery_access_free(bakery_access *access);

/** The people, by name in the order of the source. i must be below the count. */
BAKERY_EXPORT size_t bakery_access_user_count(const bakery_access *access);
BAKERY_EXPORT const char *bakery_access_user_name(const bakery_access *access, size_t i);

/** The user of that name, without case, as IAM compares; the count of users when there is none. */
BAKERY_EXPORT size_t bakery_access_find_user(const bakery_access *access, const char *name);

/** How surely somebody can assume a role. */
typedef enum bakery_reach {
        BAKERY_REACH_NONE = 0,
        BAKERY_REACH_CONDITIONAL = 1, /**< a policy allows it under a condition that cannot be judged from here */
        BAKERY_REACH_GRANTED = 2,     /**< with MFA and the own name as the session's, where the role asks for them */
        BAKERY_REACH_ADMIN = 3 /**< by power over the Bakery account: burger roles trust that account as a whole */
} bakery_reach;

/**
 * Whether user i can assume the role of group in account, which must be of the group's environment. *ret_via, if not
 * NULL, gets the name of the group that gives it; NULL there: a policy of the user's own, or nothing.
 */
BAKERY_EXPORT bakery_reach bakery_access_reach(const bakery_access *access, size_t i, const bakery_group *group,
                                               const bakery_account *account, const char **ret_via);

/** How IAM differs from the configuration. Values are only ever appended. */
typedef enum bakery_difference_kind {
        BAKERY_DIFFERENCE_MISSING_GROUP = 0,    /**< a group of the configuration is not in IAM */
        BAKERY_DIFFERENCE_MISSING_USER = 1,     /**< a user of the configuration is not in IAM */
        BAKERY_DIFFERENCE_MISSING_MEMBER = 2,   /**< a user is not in a group */
        BAKERY_DIFFERENCE_EXTRA_MEMBER = 3,     /**< a user is in a group, or still is */
        BAKERY_DIFFERENCE_MISSING_GRANT = 4,    /**< a group does not grant a role that it should */
        BAKERY_DIFFERENCE_UNREACHABLE_ROLE = 5, /**< so, and nobody but admins may assume the role */
        BAKERY_DIFFERENCE_EXTRA_GRANT = 6,      /**< a group or a user's own policy grants a role that it should not */
        BAKERY_DIFFERENCE_UNKNOWN_ROLE = 7,     /**< a policy grants a role that the configuration does not have */
        BAKERY_DIFFERENCE_EXTRA_ADMIN = 8,      /**< a group or a user has power over the Bakery account */
        BAKERY_DIFFERENCE_UNREADABLE = 9,       /**< a policy cannot be read, so that what it grants is not known */
        BAKERY_DIFFERENCE_MISSING_ROLE = 10,    /**< a burger account has no such role */
        BAKERY_DIFFERENCE_CLOSED_ROLE = 11,     /**< a role does not trust the Bakery account */
        BAKERY_DIFFERENCE_TRUST_WITHOUT_MFA = 12, /**< a role does not ask for MFA, or for MFA as fresh, as it should */
        BAKERY_DIFFERENCE_TRUST_WITHOUT_NAME = 13, /**< a role takes any session name */
        BAKERY_DIFFERENCE_FOREIGN_TRUST = 14       /**< a role trusts somebody whom the configuration does not name */
} bakery_difference_kind;

/** The kind's name, "extra-member"; "unknown" for a value that is none. */
BAKERY_EXPORT const char *bakery_difference_name(bakery_difference_kind kind);

/** The differences, found when IAM was read. i must be below the count. */
BAKERY_EXPORT size_t bakery_access_difference_count(const bakery_access *access);
BAKERY_EXPORT bakery_difference_kind bakery_access_difference_kind(const bakery_access *access, size_t i);
/** One line, fit for a terminal: "mallory is in MyTeamProdAdmin". */
BAKERY_EXPORT const char *bakery_access_difference_message(const bakery_access *access, size_t i);

/** Narrows what is looked at; a NULL field means all. Begin with BAKERY_ACCESS_FILTER_INIT. */
typedef struct bakery_access_filter {
        size_t size;
        const char *user;
        const char *environment;
        const char *access_type;
        const char *account; /**< a name or twelve digits */
        const char *role;    /**< an ARN or a name */
} bakery_access_filter;
#define BAKERY_ACCESS_FILTER_INIT                                          \
        {                                                                  \
                sizeof(bakery_access_filter), NULL, NULL, NULL, NULL, NULL \
        }

/**
 * A walk over who can assume what, person by person, role by role in the order of the file. There may be millions, so
 * they are made as you walk.
 *
 *      bakery_access_walk *walk = NULL;
 *      bakery_status st = bakery_access_walk_new(access, NULL, &walk, &err);
 *      while (st == BAKERY_OK && bakery_access_walk_next(walk))
 *              printf("%s can enter %s\n", bakery_access_walk_user_name(walk),
 *                     bakery_account_id(bakery_access_walk_account(walk)));
 *      bakery_access_walk_free(walk);
 *
 * A walk is used by one thread. It borrows from access; filter need not outlive the call. Gives BAKERY_ERR_NOT_FOUND
 * when the filter names what there is not; BAKERY_ERR_ARGUMENT (a size that is none), BAKERY_ERR_MEMORY.
 */
typedef struct bakery_access_walk bakery_access_walk;
BAKERY_EXPORT bakery_status bakery_access_walk_new(const bakery_access *access, const bakery_access_filter *filter,
                                                   bakery_access_walk **ret_walk, bakery_error **err);

/** Steps to the next; 0 at the end. Before the first step the accessors give NULL and BAKERY_REACH_NONE. */
BAKERY_EXPORT int bakery_access_walk_next(bakery_access_walk *walk);
BAKERY_EXPORT const char *bakery_access_walk_user_name(const bakery_access_walk *walk);
BAKERY_EXPORT const bakery_group *bakery_access_walk_group(const bakery_access_walk *walk); /**< whose role it is */
BAKERY_EXPORT const bakery_account *bakery_access_walk_account(const bakery_access_walk *walk);
BAKERY_EXPORT bakery_reach bakery_access_walk_reach(const bakery_access_walk *walk);
BAKERY_EXPORT const char *bakery_access_walk_via(const bakery_access_walk *walk); /**< as of bakery_access_reach() */
BAKERY_EXPORT void bakery_access_walk_free(bakery_access_walk *walk);

typedef enum bakery_access_format {
        BAKERY_ACCESS_TEXT = 0,     /**< a table for people */
        BAKERY_ACCESS_CSV = 1,      /**< RFC 4180, a line for each person and role; no cell is a formula */
        BAKERY_ACCESS_JSON = 2,     /**< one object with "version": 1 */
        BAKERY_ACCESS_MARKDOWN = 3, /**< tables, for a wiki */
        BAKERY_ACCESS_DOT = 4,      /**< users, groups and environments as a graph, for Graphviz */
        BAKERY_ACCESS_HTML = 5      /**< one page that needs no network: people x accounts, with filters */
} bakery_access_format;

/** Takes the next piece of a text. Anything but BAKERY_OK ends the printing with that status. */
typedef bakery_status bakery_put_function(const char *bytes, size_t size_bytes, void *context, bakery_error **err);

/**
 * Prints access, or what filter leaves of it, piece by piece to put. filter may be NULL. Gives what
 * bakery_access_walk_new() gives, BAKERY_ERR_ARGUMENT (no such format), BAKERY_ERR_LIMIT (JSON and HTML of more than
 * 64 MiB), and what put gives.
 */
BAKERY_EXPORT bakery_status bakery_access_print(const bakery_access *access, bakery_access_format format,
                                                const bakery_access_filter *filter, bakery_put_function *put,
                                                void *context, bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
