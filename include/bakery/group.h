/* The environment group: one environment with one access type, what its members may do, and under which conditions. */
#ifndef BAKERY_GROUP_H
#define BAKERY_GROUP_H

#include <bakery/base.h>
#include <bakery/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The IAM group for one environment and one access type, for example MyTeamNonProdAdmin. Its members may
 * assume the matching role in every account of the environment. Borrowed from the configuration.
 */
typedef struct bakery_group bakery_group;

/** The groups of an environment, in the order of the access types: those that exist there. */
BAKERY_EXPORT size_t bakery_environment_group_count(const bakery_environment *environment);
BAKERY_EXPORT const bakery_group *bakery_environment_group(const bakery_environment *environment, size_t i);

/** The group of the access type of that name; NULL when the environment has no such type. */
BAKERY_EXPORT const bakery_group *bakery_environment_find_group(const bakery_environment *environment,
                                                                const char *access_type);

/** The name in IAM: <TeamName><Environment><Type>. */
BAKERY_EXPORT const char *bakery_group_name(const bakery_group *group);
BAKERY_EXPORT const bakery_environment *bakery_group_environment(const bakery_group *group);
BAKERY_EXPORT const bakery_access_type *bakery_group_access_type(const bakery_group *group);

/** Whether the roles ask for MFA, and for a code that is younger than so many seconds; 0: of any age. */
BAKERY_EXPORT int bakery_group_requires_mfa(const bakery_group *group);
BAKERY_EXPORT unsigned bakery_group_mfa_max_age_s(const bakery_group *group);

/** Whether the role session must be named as the IAM user who assumes the role. */
BAKERY_EXPORT int bakery_group_requires_session_name(const bakery_group *group);

/** Whether sts:SetSourceIdentity is allowed, with the user's own name. */
BAKERY_EXPORT int bakery_group_allows_source_identity(const bakery_group *group);

/** The only session tags that may be passed. */
BAKERY_EXPORT size_t bakery_group_session_tag_count(const bakery_group *group);
BAKERY_EXPORT const char *bakery_group_session_tag(const bakery_group *group, size_t i);

/** The longest session of the roles, in seconds. */
BAKERY_EXPORT unsigned bakery_group_max_session_duration_s(const bakery_group *group);

/** NULL when the roles have none. */
BAKERY_EXPORT const char *bakery_group_permissions_boundary(const bakery_group *group);

/** "/" or a path that begins and ends in one. */
BAKERY_EXPORT const char *bakery_group_role_path(const bakery_group *group);

/**
 * The role that members assume in account, which must be of the group's environment:
 * <AccountName>-<Environment>-<Type>, and its ARN. Text in *ret is freed with bakery_free().
 * Gives BAKERY_ERR_ARGUMENT for an account of another environment, BAKERY_ERR_MEMORY.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
BAKERY_EXPORT bakery_status bakery_group_role_name(const bakery_group *group, const bakery_account *account, char **ret,
                                                   bakery_error **err);
BAKERY_EXPORT bakery_status bakery_group_role_arn(const bakery_group *group, const bakery_account *account, char **ret,
                                                  bakery_error **err);

/**
 * How the ARNs are spread over policies: managed ones of at most 6,144 characters, at most 10 of them, then
 * one inline policy of 5,120. A policy's size is in characters without white space, as IAM counts.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
BAKERY_EXPORT size_t bakery_group_policy_count(const bakery_group *group);
BAKERY_EXPORT size_t bakery_group_policy_size(const bakery_group *group, size_t i);
BAKERY_EXPORT size_t bakery_group_policy_account_count(const bakery_group *group, size_t i);

/** Whether policy i is the inline one. */
BAKERY_EXPORT int bakery_group_policy_is_inline(const bakery_group *group, size_t i);

/** How many more accounts fit, named as long as the longest one that is there. SIZE_MAX: without bound
 * (OrganizationId). */
BAKERY_EXPORT size_t bakery_group_headroom(const bakery_group *group);

#ifdef __cplusplus
}
#endif
#endif
