/* The configuration: config.yml, read and checked, and the environments, accounts and access types it names. */
#ifndef BAKERY_CONFIG_H
#define BAKERY_CONFIG_H

#include <bakery/base.h>
#include <bakery/error.h>
#include <bakery/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A configuration, read and checked as a whole. It never changes after it is loaded, so any number of
 * threads may read one. What it hands out (environments, accounts, access types, groups, text) is borrowed:
 * it lives as long as the configuration.
 */
typedef struct bakery_config bakery_config;
/** A named set of burger accounts: NonProd, Prod, Mgmt ... */
typedef struct bakery_environment bakery_environment;
/** A burger account: people enter it by assuming a role, it has no users. */
typedef struct bakery_account bakery_account;
/** A level of access: Admin, PowerUser, ReadOnly ... */
typedef struct bakery_access_type bakery_access_type;

/**
 * Loads the configuration in path. The format is that of bakery-config(5).
 *
 * report, when not NULL, receives every finding, warnings too, also on success. On failure *err holds the
 * first mistake, and *ret_config is untouched.
 *
 * Gives BAKERY_ERR_IO (cannot be read, is no regular file), BAKERY_ERR_LIMIT (is larger than 16 MiB),
 * BAKERY_ERR_CONFIG (something is wrong in it), BAKERY_ERR_MEMORY. Free with bakery_config_free().
 */
BAKERY_EXPORT bakery_status bakery_config_load_file(const char *path, bakery_report *report, bakery_config **ret_config,
                                                    bakery_error **err);

/**
 * The same from memory. name stands in messages where the path would; files that the configuration names
 * (an InlinePolicy of file:...) are looked for beside it.
 */
BAKERY_EXPORT bakery_status bakery_config_load_text(const char *text, size_t size_bytes, const char *name,
                                                    bakery_report *report, bakery_config **ret_config,
                                                    bakery_error **err);

/** Frees config and all that was borrowed from it. NULL is fine. */
BAKERY_EXPORT void bakery_config_free(bakery_config *config);

/** The path, or the name that was given with the text. */
BAKERY_EXPORT const char *bakery_config_name(const bakery_config *config);

/** The prefix of group and policy names. */
BAKERY_EXPORT const char *bakery_config_team_name(const bakery_config *config);

/** Twelve digits: the account where users and groups live. */
BAKERY_EXPORT const char *bakery_config_bakery_account_id(const bakery_config *config);

/** The tag "Billing Code" of every stack. */
BAKERY_EXPORT const char *bakery_config_billing_code(const bakery_config *config);

/** The default region of the stacks and of STS; NULL when the configuration names none. */
BAKERY_EXPORT const char *bakery_config_region(const bakery_config *config);

/** aws, aws-cn, aws-us-gov ...: as configured, else the region's, else aws. */
BAKERY_EXPORT const char *bakery_config_partition(const bakery_config *config);

/** What is put before stack names; "" when nothing is. */
BAKERY_EXPORT const char *bakery_config_prefix(const bakery_config *config);

/** The role in each burger that many are deployed with; NULL when the configuration names none. */
BAKERY_EXPORT const char *bakery_config_deployer_role(const bakery_config *config);

/** The role in each burger that sessions are ended through; NULL when the configuration names none. */
BAKERY_EXPORT const char *bakery_config_revoker_role(const bakery_config *config);

/** The names of the two groups that the Bakery account has besides the environment groups. */
BAKERY_EXPORT const char *bakery_config_admin_group(const bakery_config *config);
BAKERY_EXPORT const char *bakery_config_read_only_group(const bakery_config *config);

/** Environments in the order of the file. i must be below the count. */
BAKERY_EXPORT size_t bakery_config_environment_count(const bakery_config *config);
BAKERY_EXPORT const bakery_environment *bakery_config_environment(const bakery_config *config, size_t i);

/** The environment of that name, case as written; NULL when there is none. */
BAKERY_EXPORT const bakery_environment *bakery_config_find_environment(const bakery_config *config, const char *name);

/** Access types in the order of the file, the same way. */
BAKERY_EXPORT size_t bakery_config_access_type_count(const bakery_config *config);
BAKERY_EXPORT const bakery_access_type *bakery_config_access_type(const bakery_config *config, size_t i);
BAKERY_EXPORT const bakery_access_type *bakery_config_find_access_type(const bakery_config *config, const char *name);

/** The account of that id, whichever environment it is in; NULL when there is none. */
BAKERY_EXPORT const bakery_account *bakery_config_find_account(const bakery_config *config, const char *id);

BAKERY_EXPORT const char *bakery_environment_name(const bakery_environment *environment);
BAKERY_EXPORT size_t bakery_environment_account_count(const bakery_environment *environment);
BAKERY_EXPORT const bakery_account *bakery_environment_account(const bakery_environment *environment, size_t i);

/** The account of that name or of those twelve digits; NULL when there is none, or when several have that name. */
BAKERY_EXPORT const bakery_account *bakery_environment_find_account(const bakery_environment *environment,
                                                                    const char *name_or_id);

/** The account that is meant when none is named: the DefaultAccount, or the only one; NULL when neither is there. */
BAKERY_EXPORT const bakery_account *bakery_environment_default_account(const bakery_environment *environment);

/** Twelve digits. */
BAKERY_EXPORT const char *bakery_account_id(const bakery_account *account);
BAKERY_EXPORT const char *bakery_account_name(const bakery_account *account);
BAKERY_EXPORT const bakery_environment *bakery_account_environment(const bakery_account *account);

BAKERY_EXPORT const char *bakery_access_type_name(const bakery_access_type *type);

/** The managed policies of the type's roles, as they stand in the file: ${AccountId}, ${Partition} are the burger's. */
BAKERY_EXPORT size_t bakery_access_type_policy_count(const bakery_access_type *type);
BAKERY_EXPORT const char *bakery_access_type_policy_arn(const bakery_access_type *type, size_t i);

#ifdef __cplusplus
}
#endif
#endif
