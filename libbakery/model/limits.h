/* AWS's limits, one table, each with the page it stands on. */
#ifndef BAKERY_MODEL_LIMITS_H
#define BAKERY_MODEL_LIMITS_H

#include <stddef.h>

enum limit_id {
        LIMIT_MANAGED_POLICY_CHARS,
        LIMIT_GROUP_INLINE_CHARS,
        LIMIT_ROLE_INLINE_CHARS,
        LIMIT_TRUST_CHARS,
        LIMIT_POLICIES_PER_GROUP,
        LIMIT_POLICIES_PER_ROLE,
        LIMIT_GROUPS_PER_USER,
        LIMIT_GROUPS,
        LIMIT_POLICIES,
        LIMIT_ROLES,
        LIMIT_ROLE_NAME_CHARS,
        LIMIT_GROUP_NAME_CHARS,
        LIMIT_TEMPLATE_BYTES,
        LIMIT_TEMPLATE_INLINE_BYTES, /* in a request; larger ones go through S3 */
        LIMIT_RESOURCES,
        LIMIT_NESTED_RESOURCES,
        LIMIT_TAGS,
        LIMIT_ADMIN_LIST_CHARS, /* of the admin check's environment, without its variables' names and the webhook */
};

struct limit {
        size_t value;   /* what every account has */
        size_t at_most; /* what AWS raises it to on request; the same where it does not */
        const char *source;
        const char *quota; /* what iam:GetAccountSummary calls the account's own; NULL: it does not tell */
        const char *used;  /* and how much of it is in use; NULL: it is the size of one thing */
};

enum { LIMIT_COUNT = LIMIT_ADMIN_LIST_CHARS + 1 };

const struct limit *bakery__limit(enum limit_id id);

#endif
