/* The admin check: who has power over the Bakery account, or sits in a group that is watched, and should not. */
#ifndef BAKERY_ADMIN_CHECK_H
#define BAKERY_ADMIN_CHECK_H

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/config.h>
#include <bakery/credentials.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What is watched: groups, who may sit in them, when memberships end, and where it is told. It borrows nothing.
 */
typedef struct bakery_admin_watch bakery_admin_watch;

/**
 * What config says: its AdminGroups and the Bakery's own admin group, ExpectedAdmins, the ends of Users, SlackChannel
 * and SlackChannelHookUrl. Gives BAKERY_ERR_MEMORY. Free with bakery_admin_watch_free().
 */
BAKERY_EXPORT bakery_status bakery_admin_watch_of_config(const bakery_config *config, bakery_admin_watch **ret_watch,
                                                         bakery_error **err);

/**
 * The same from the environment of client, as check_admin_access.json gives it to its function: BAKERY_ADMIN_GROUPS,
 * BAKERY_OWN_ADMIN_GROUP, BAKERY_EXPECTED_ADMINS, BAKERY_MEMBERSHIP_ENDS, BAKERY_SLACK_CHANNEL, BAKERY_SLACK_HOOK_URL.
 * Gives BAKERY_ERR_CONFIG when there is no group to watch, or an end is written wrong; BAKERY_ERR_MEMORY.
 */
BAKERY_EXPORT bakery_status bakery_admin_watch_of_environment(bakery_client *client, bakery_admin_watch **ret_watch,
                                                              bakery_error **err);

/** NULL is fine. */
BAKERY_EXPORT void bakery_admin_watch_free(bakery_admin_watch *watch);

/** What was found. It never changes, and borrows nothing; its text lives as long as it does. */
typedef struct bakery_admin_check bakery_admin_check;
/** One who is an admin, borrowed from the check. */
typedef struct bakery_admin bakery_admin;

/**
 * Asks IAM for all users, groups and policies of the account of keys, and for the MFA devices of the admins.
 *
 * An admin is who is in a watched group, and who may change IAM at will, or assume any role of any account, by a
 * policy: the own or that of a group, inline or managed. A condition that cannot be judged counts as met, and a denial
 * only within its own policy, so that rather too many are told than too few.
 *
 * Gives BAKERY_ERR_NOT_FOUND when a watched group is not there: that is never "all good". Otherwise what
 * bakery_sts_assume_role() may give for any call, and BAKERY_ERR_FORMAT for a policy that cannot be read.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
BAKERY_EXPORT bakery_status bakery_admin_check_run(bakery_client *client, const bakery_credentials *keys,
                                                   const bakery_admin_watch *watch, bakery_admin_check **ret_check,
                                                   bakery_error **err);

/** NULL is fine. */
BAKERY_EXPORT void bakery_admin_check_free(bakery_admin_check *check);

/** The admins by name, expected ones too. i must be below the count. */
BAKERY_EXPORT size_t bakery_admin_check_count(const bakery_admin_check *check);
BAKERY_EXPORT const bakery_admin *bakery_admin_check_admin(const bakery_admin_check *check, size_t i);

/** How many admins there are that nobody expects, and memberships that are past their end: 0 and 0 is "all good". */
BAKERY_EXPORT size_t bakery_admin_check_unexpected_count(const bakery_admin_check *check);
BAKERY_EXPORT size_t bakery_admin_check_past_end_count(const bakery_admin_check *check);

/** Such a membership: "alice", "MyTeamProdAdmin", "2027-01-31", its last day in UTC. i must be below the count. */
BAKERY_EXPORT const char *bakery_admin_check_past_end_user(const bakery_admin_check *check, size_t i);
BAKERY_EXPORT const char *bakery_admin_check_past_end_group(const bakery_admin_check *check, size_t i);
BAKERY_EXPORT const char *bakery_admin_check_past_end_until(const bakery_admin_check *check, size_t i);

BAKERY_EXPORT const char *bakery_admin_name(const bakery_admin *admin);
BAKERY_EXPORT int bakery_admin_is_expected(const bakery_admin *admin);
/** Whether there is an MFA device of any kind. */
BAKERY_EXPORT int bakery_admin_has_mfa(const bakery_admin *admin);
/** The last day of the memberships, "2027-01-31"; NULL: they have no end. */
BAKERY_EXPORT const char *bakery_admin_until(const bakery_admin *admin);

/** The groups that make the admin: watched ones, and others whose policies do. */
BAKERY_EXPORT size_t bakery_admin_group_count(const bakery_admin *admin);
BAKERY_EXPORT const char *bakery_admin_group(const bakery_admin *admin, size_t i);
/** The policy that makes admins of the members of a group that is not watched; NULL: the group is watched. */
BAKERY_EXPORT const char *bakery_admin_group_policy(const bakery_admin *admin, size_t i);
/** The names of the user's own policies that do so. */
BAKERY_EXPORT size_t bakery_admin_policy_count(const bakery_admin *admin);
BAKERY_EXPORT const char *bakery_admin_policy(const bakery_admin *admin, size_t i);

typedef enum bakery_admin_format {
        BAKERY_ADMIN_TEXT = 0, /**< for people */
        BAKERY_ADMIN_JSON = 1, /**< one object with "version": 1 */
        BAKERY_ADMIN_SLACK = 2 /**< the text of the message, escaped, of bounded length */
} bakery_admin_format;

/** Prints check into *ret_text, to be freed with bakery_free(). Gives BAKERY_ERR_ARGUMENT (no such format),
 * BAKERY_ERR_LIMIT (larger than 16 MiB), BAKERY_ERR_MEMORY. */
BAKERY_EXPORT bakery_status bakery_admin_check_print(const bakery_admin_check *check, bakery_admin_format format,
                                                     char **ret_text, bakery_error **err);

/**
 * Posts what was found to the webhook of watch. Only https is spoken, but to this machine; redirects are not followed.
 * The webhook is a secret: a URL, or env:NAME, file:PATH, ssm:/NAME where one stands. It is in no error and no log.
 * keys are for ssm: alone.
 *
 * Gives BAKERY_OK only when the webhook took the message; BAKERY_ERR_CONFIG (there is none, or it is no URL; nothing
 * was sent), BAKERY_ERR_IO (file:), BAKERY_ERR_NETWORK (not reached, or refused by the webhook), and for ssm: what
 * calls to AWS give. https://api.slack.com/messaging/webhooks
 */
BAKERY_EXPORT bakery_status bakery_admin_check_post(bakery_client *client, const bakery_credentials *keys,
                                                    const bakery_admin_watch *watch, const bakery_admin_check *check,
                                                    bakery_error **err);

/** The same, to tell that the check could not be made, and why: silence would look like "all good". */
BAKERY_EXPORT bakery_status bakery_admin_check_post_failure(bakery_client *client, const bakery_credentials *keys,
                                                            const bakery_admin_watch *watch,
                                                            const bakery_error *failure, bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
