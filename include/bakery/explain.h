/* Why somebody can or cannot assume a role, and what would help. */
#ifndef BAKERY_EXPLAIN_H
#define BAKERY_EXPLAIN_H

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/config.h>
#include <bakery/credentials.h>
#include <bakery/error.h>
#include <bakery/group.h>
#include <bakery/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Begin with BAKERY_EXPLAIN_INIT. What is NULL or 0 is as the comment says. */
typedef struct bakery_explain_request {
        size_t size;
        const bakery_group *group;      /**< whose role */
        const bakery_account *account;  /**< in which account; NULL: in any of the environment */
        const char *user;               /**< NULL: the caller, whom the keys are of */
        const bakery_credentials *keys; /**< of the Bakery account; NULL: only the configuration is asked */
        int64_t now_s;                  /**< as in bakery_access_options */
        const char *region;             /**< of STS; NULL: the client's */
} bakery_explain_request;
#define BAKERY_EXPLAIN_INIT                                                     \
        {                                                                       \
                sizeof(bakery_explain_request), NULL, NULL, NULL, NULL, 0, NULL \
        }

/**
 * Adds what was found to report: as errors what stands in the way, each with what would help as its hint; as warnings
 * what could not be found out; as notes what holds. client may be NULL without keys. With keys, IAM is asked for the
 * groups of the user and for what all policies come to (iam:GetAccountAuthorizationDetails): one of the user's own, or
 * of a group that the configuration does not have, can allow the role and can deny it.
 *
 * Gives BAKERY_ERR_ARGUMENT (a size that is none, no group, neither user nor keys, an account of another environment),
 * BAKERY_ERR_MEMORY, BAKERY_ERR_CANCELLED, and what GetCallerIdentity gives. What IAM refuses is a warning in the
 * report.
 */
BAKERY_EXPORT bakery_status bakery_explain(bakery_client *client, const bakery_explain_request *request,
                                           bakery_report *report, bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
