/* The caller: which groups one is in, and what groups grant that the configuration does not know. */
#ifndef BAKERY_CALLER_H
#define BAKERY_CALLER_H

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/config.h>
#include <bakery/credentials.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Who calls. Text is borrowed from it. */
typedef struct bakery_caller bakery_caller;

/**
 * Asks STS whose keys these are, and IAM which groups the user is in. Of groups that config does not have, the policies
 * are read for the roles that they name; a group whose policies may not be read is told as a warning in the client's
 * log. region is that of STS; NULL: the client's.
 *
 * Gives BAKERY_ERR_CREDENTIALS (the keys are of another account, or of nobody who could be in a group: a role, the
 * root), and what calls of STS and IAM give. Free with bakery_caller_free().
 */
BAKERY_EXPORT bakery_status bakery_caller_read(bakery_client *client, const bakery_config *config,
                                               const bakery_credentials *keys, const char *region,
                                               bakery_caller **ret_caller, bakery_error **err);

/** NULL is fine. */
BAKERY_EXPORT void bakery_caller_free(bakery_caller *caller);

/** The name of the IAM user. */
BAKERY_EXPORT const char *bakery_caller_user(const bakery_caller *caller);

/** The names of the groups, as IAM lists them. i must be below the count. */
BAKERY_EXPORT size_t bakery_caller_group_count(const bakery_caller *caller);
BAKERY_EXPORT const char *bakery_caller_group(const bakery_caller *caller, size_t i);

/** Whether the user is in the group of that name, without case. */
BAKERY_EXPORT int bakery_caller_is_in(const bakery_caller *caller, const char *group);

/** The ARNs of roles that groups outside the configuration name, and the group of each. */
BAKERY_EXPORT size_t bakery_caller_other_role_count(const bakery_caller *caller);
BAKERY_EXPORT const char *bakery_caller_other_role(const bakery_caller *caller, size_t i);
BAKERY_EXPORT const char *bakery_caller_other_role_group(const bakery_caller *caller, size_t i);

#ifdef __cplusplus
}
#endif
#endif
