/* Who can reach what, from the IAM of the Bakery account. */
#ifndef BAKERY_ACCESS_LIVE_H
#define BAKERY_ACCESS_LIVE_H

#include "access/access.h"
#include "access/account.h"

/*
 * From what was read; what differs from the configuration is in it. now_s as of bakery_access_options. account may be
 * cleared afterwards. Gives BAKERY_ERR_MEMORY.
 */
bakery_status bakery__access_from_account(const bakery_config *config, struct iam_account *account, int64_t now_s,
                                          bakery_access **ret, bakery_error **err);

/*
 * Holds the trust policy of the role of group in account, JSON, against the configuration, and adds what differs.
 * Gives BAKERY_ERR_MEMORY.
 */
bakery_status bakery__trust_compare(bakery_access *access, const bakery_group *group, const bakery_account *account,
                                    const char *document, bakery_error **err);

#endif
