/* The state of users: MFA, passwords, access keys and their ages, ends of memberships. */
#ifndef BAKERY_USERS_REPORT_H
#define BAKERY_USERS_REPORT_H

#include <stdint.h>

#include <bakery/base.h>
#include <bakery/client.h>
#include <bakery/config.h>
#include <bakery/credentials.h>
#include <bakery/error.h>
#include <bakery/users.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What was found. It never changes, and borrows nothing. */
typedef struct bakery_users_report bakery_users_report;

/** Begin with BAKERY_USERS_REPORT_OPTIONS_INIT. */
typedef struct bakery_users_report_options {
        size_t size;
        unsigned max_key_age_days; /**< an active key that is older is a finding; 0: 90 */
} bakery_users_report_options;
#define BAKERY_USERS_REPORT_OPTIONS_INIT                \
        {                                               \
                sizeof(bakery_users_report_options), 0, \
        }

/**
 * Reads IAM's users and groups, and its credential report, which IAM makes anew at most every four hours: see
 * bakery_users_report_made_s(). The root user is told too, as "<root_account>". options may be NULL.
 *
 * Gives BAKERY_ERR_CREDENTIALS when the keys are of another account than the Bakery account, BAKERY_ERR_MEMORY, what
 * bakery_sts_get_caller_identity() may give for any call, and BAKERY_ERR_NETWORK for a report that does not come.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
BAKERY_EXPORT bakery_status bakery_users_report_make(bakery_client *client, const bakery_credentials *keys,
                                                     const bakery_config *config,
                                                     const bakery_users_report_options *options,
                                                     bakery_users_report **ret_report, bakery_error **err);

/** NULL is fine. */
BAKERY_EXPORT void bakery_users_report_free(bakery_users_report *report);

/** What is not as it should be with a user; they are or-ed. */
typedef enum bakery_users_finding {
        BAKERY_USERS_NO_MFA = 1,  /**< a password, and no MFA device */
        BAKERY_USERS_OLD_KEY = 2, /**< an active access key is older than the limit */
        BAKERY_USERS_PAST_END = 4 /**< still in a group though the membership ended */
} bakery_users_finding;

enum { BAKERY_USERS_KEYS = 2 };

/** A user. Begin with { sizeof it }. Times are seconds since 1970 UTC, 0 where there is none. */
typedef struct bakery_users_entry {
        size_t size;
        const char *user;
        const char *until; /**< of the configuration, "2027-01-31"; NULL: no end */
        int is_configured; /**< the configuration names the user */
        int is_reported;   /**< 0: newer than the credential report, of which what follows then says nothing */
        int has_mfa;
        int has_password;
        int64_t password_changed_s, password_used_s;
        int key_active[BAKERY_USERS_KEYS];
        int64_t key_made_s[BAKERY_USERS_KEYS], key_used_s[BAKERY_USERS_KEYS]; /**< made 0: there is no such key */
        unsigned findings;                                                    /**< of bakery_users_finding */
} bakery_users_entry;

/** The users by name. i must be below the count. */
BAKERY_EXPORT size_t bakery_users_report_count(const bakery_users_report *report);
BAKERY_EXPORT void bakery_users_report_at(const bakery_users_report *report, size_t i, bakery_users_entry *ret_entry);

/** How many users have findings: 0 is "all good". */
BAKERY_EXPORT size_t bakery_users_report_finding_count(const bakery_users_report *report);

/** When IAM made the credential report, in seconds since 1970 UTC. */
BAKERY_EXPORT int64_t bakery_users_report_made_s(const bakery_users_report *report);

/** Prints it into *ret_text, to be freed with bakery_free(). Gives BAKERY_ERR_ARGUMENT (no such format),
 * BAKERY_ERR_LIMIT (larger than 16 MiB), BAKERY_ERR_MEMORY. */
BAKERY_EXPORT bakery_status bakery_users_report_print(const bakery_users_report *report, bakery_users_format format,
                                                      char **ret_text, bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
