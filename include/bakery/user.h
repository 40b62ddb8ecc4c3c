/* The users of the configuration: who is to be in which group, and until when. */
#ifndef BAKERY_USER_H
#define BAKERY_USER_H

#include <bakery/base.h>
#include <bakery/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An IAM user of the Bakery account, as the configuration's Users have it. Borrowed from the configuration. */
typedef struct bakery_user bakery_user;

/** Users in the order of the file; 0 of them when the configuration does not manage users. i must be below the count.
 */
BAKERY_EXPORT size_t bakery_config_user_count(const bakery_config *config);
BAKERY_EXPORT const bakery_user *bakery_config_user(const bakery_config *config, size_t i);

/** The user of that name, without case, as IAM compares; NULL when there is none. */
BAKERY_EXPORT const bakery_user *bakery_config_find_user(const bakery_config *config, const char *name);

BAKERY_EXPORT const char *bakery_user_name(const bakery_user *user);

/** The names of the groups, each an environment group or one of the Bakery's own two. */
BAKERY_EXPORT size_t bakery_user_group_count(const bakery_user *user);
BAKERY_EXPORT const char *bakery_user_group(const bakery_user *user, size_t i);

/** The last day of the memberships in UTC, "2027-01-31"; NULL: they have no end. */
BAKERY_EXPORT const char *bakery_user_until(const bakery_user *user);

/** The names of users that may be admins without an alert. */
BAKERY_EXPORT size_t bakery_config_expected_admin_count(const bakery_config *config);
BAKERY_EXPORT const char *bakery_config_expected_admin(const bakery_config *config, size_t i);

#ifdef __cplusplus
}
#endif
#endif
