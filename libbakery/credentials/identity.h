/* Who calls: whose keys these are. */
#ifndef BAKERY_CREDENTIALS_IDENTITY_H
#define BAKERY_CREDENTIALS_IDENTITY_H

#include "credentials/cache.h"

/* Begin with { 0 }. */
struct caller {
        char *arn;
        char *account; /* twelve digits */
        char *name;    /* of the IAM user; or of the session that one is in */
        bool is_user;
};
void bakery__caller_clear(struct caller *caller);
DEFINE_AUTO_CLEAR(caller, bakery__caller_clear)

/*
 * Reads an ARN as GetCallerIdentity gives it: arn:aws:iam::111111111111:user/path/alice,
 * arn:aws:sts::111111111111:assumed-role/Role/session. Gives BAKERY_ERR_FORMAT, BAKERY_ERR_MEMORY.
 */
bakery_status bakery__caller_parse(const char *arn, struct caller *ret, bakery_error **err);

/*
 * The caller behind keys. An access key belongs to one user for ever, so that for long-lived keys AWS is asked once;
 * the cache remembers. Gives what GetCallerIdentity gives.
 */
bakery_status bakery__caller_find(const struct cache *cache, const bakery_credentials *keys, const char *region,
                                  struct caller *ret, bakery_error **err);

#endif
