/* Assuming a role: from whoever one is to short-lived credentials, by way of MFA and the cache. */
#ifndef BAKERY_ASSUME_H
#define BAKERY_ASSUME_H

#include <bakery/base.h>
#include <bakery/chain.h>
#include <bakery/client.h>
#include <bakery/credentials.h>
#include <bakery/error.h>
#include <bakery/group.h>
#include <bakery/sts.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Begin with BAKERY_ASSUME_INIT. Texts are borrowed for the call; what is NULL or 0 is as the comment says. */
typedef struct bakery_assume {
        size_t size;

        /** The role: of a group and an account of a configuration, or by its ARN, without one. */
        const bakery_group *group;
        const bakery_account *account;
        const char *role_arn;

        bakery_chain_options chain; /**< whose keys; begin with BAKERY_CHAIN_OPTIONS_INIT */

        const char *session_name; /**< NULL: the IAM user's name, or that of the session that one is in */
        unsigned duration_s;      /**< 0: an hour, or less where the role allows less */
        const char *external_id;
        const char *policy;             /**< a session policy, JSON */
        const char *const *policy_arns; /**< managed ones, at most 10 */
        size_t policy_arn_count;
        const bakery_session_tag *tags;
        size_t tag_count;
        const char *source_identity;
        const char *region; /**< of STS; NULL: the client's */

        int require_mfa;        /**< with a role_arn: show MFA. A group says so itself */
        unsigned mfa_max_age_s; /**< with a role_arn; 0: any */
        const char *mfa_serial; /**< NULL: the profile's mfa_serial, else the user's own virtual device in IAM */
        const char *mfa_code;   /**< NULL: of the profile's mfa_process, or asked for, when no session is at hand */

        const char *cache_folder; /**< NULL: $XDG_CACHE_HOME/bakery, ~/.cache/bakery; "": no cache */
        int refresh;              /**< do not take what is cached, but keep the answer */
} bakery_assume;
#define BAKERY_ASSUME_INIT                                                                                        \
        {                                                                                                         \
                sizeof(bakery_assume), NULL, NULL, NULL, BAKERY_CHAIN_OPTIONS_INIT, NULL, 0, NULL, NULL, NULL, 0, \
                        NULL, 0, NULL, NULL, 0, 0, NULL, NULL, NULL, 0                                            \
        }

/**
 * Gives credentials of the role. A cached answer to the very same request, with the same settings of profile and
 * configuration, is used while more than a quarter of its lifetime, or five minutes, is left: then nothing is asked of
 * AWS, and no source of keys is run. Of many processes that ask at once, one asks AWS. When AWS cannot be asked and the
 * old ones still live, they are given, with a warning in the client's log; so is every fault of the cache.
 *
 * Where MFA is to be shown and the keys are a user's own, one code makes an MFA session of up to 12 hours, and never
 * longer than the smallest MfaMaxAge of the configuration, from which all roles are assumed, for at most an hour each.
 * A longer duration takes a code of its own. A person is asked at most twice.
 *
 * A refusal is explained, in the error's hint: the group that would grant the role and whether the caller is in it,
 * which IAM is asked for, MFA, duration, region, clock.
 *
 * Where the profile names a program with mfa_process, it makes the code, and nobody is asked: it is run without a shell
 * and without a terminal, for at most the client's process_timeout_ms, and prints six digits.
 *
 * Gives BAKERY_ERR_ARGUMENT (no role; a session name, tag, source identity, policy or duration that the role would
 * refuse), BAKERY_ERR_CREDENTIALS (no keys, no MFA device, nobody to ask for a code, an mfa_process that fails),
 * BAKERY_ERR_DENIED, and what bakery_chain_resolve() and STS give.
 */
BAKERY_EXPORT bakery_status bakery_assume_role_cached(bakery_client *client, const bakery_assume *request,
                                                      bakery_credentials **ret_credentials, bakery_error **err);

/**
 * Removes the sessions this library keeps in cache_folder (NULL: the usual one); *ret_count, if not NULL, gets how many
 * there were. What other tools keep is left alone. Gives BAKERY_ERR_IO (a file cannot be removed; neither
 * XDG_CACHE_HOME nor HOME says where the usual one is), BAKERY_ERR_MEMORY.
 */
BAKERY_EXPORT bakery_status bakery_cache_clear(bakery_client *client, const char *cache_folder, size_t *ret_count,
                                               bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
