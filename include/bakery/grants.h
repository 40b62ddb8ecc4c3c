/* The grants: who may assume what, one by one. */
#ifndef BAKERY_GRANTS_H
#define BAKERY_GRANTS_H

#include <bakery/base.h>
#include <bakery/config.h>
#include <bakery/group.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A walk over the grants of a configuration: members of a group may assume a role. There may be hundreds of
 * thousands, so they are made as you walk and never stand in memory together.
 *
 *      bakery_grants *grants = NULL;
 *      bakery_status st = bakery_grants_new(config, NULL, &grants, &err);
 *      while (st == BAKERY_OK && bakery_grants_next(grants))
 *              printf("%s -> %s\n", bakery_grants_group_name(grants), bakery_grants_role_arn(grants));
 *      bakery_grants_free(grants);
 *
 * A walk is used by one thread; any number of walks may go over one configuration at once.
 */
typedef struct bakery_grants bakery_grants;

/** Narrows the walk; a NULL field means all. Begin with BAKERY_GRANT_FILTER_INIT, which sets size. */
typedef struct bakery_grant_filter {
        size_t size;
        const char *environment;
        const char *access_type;
        const char *account; /**< a name or twelve digits */
} bakery_grant_filter;
#define BAKERY_GRANT_FILTER_INIT                              \
        {                                                     \
                sizeof(bakery_grant_filter), NULL, NULL, NULL \
        }

/**
 * Begins a walk: environment by environment, access type by access type, account by account, each in the
 * order of the file. config must outlive the walk; filter need not.
 *
 * Gives BAKERY_ERR_NOT_FOUND when the filter names what the configuration has not; the error's hint holds the
 * nearest name. BAKERY_ERR_ARGUMENT when the filter's size is too small to be one. BAKERY_ERR_MEMORY.
 */
BAKERY_EXPORT bakery_status bakery_grants_new(const bakery_config *config, const bakery_grant_filter *filter,
                                              bakery_grants **ret_grants, bakery_error **err);

/**
 * Steps to the next grant; 0 at the end. What the accessors return as text is valid until the next step; before the
 * first one there is nothing, and they give NULL.
 */
BAKERY_EXPORT int bakery_grants_next(bakery_grants *grants);
BAKERY_EXPORT const bakery_group *bakery_grants_group(const bakery_grants *grants);
BAKERY_EXPORT const char *bakery_grants_group_name(const bakery_grants *grants);
BAKERY_EXPORT const char *bakery_grants_role_arn(const bakery_grants *grants);
BAKERY_EXPORT const char *bakery_grants_role_name(const bakery_grants *grants);
BAKERY_EXPORT const bakery_account *bakery_grants_account(const bakery_grants *grants);
BAKERY_EXPORT void bakery_grants_free(bakery_grants *grants);

#ifdef __cplusplus
}
#endif
#endif
