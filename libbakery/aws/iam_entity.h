/*
 * Users, groups, roles and policies of IAM, one by one. Text, also that which hangs on a struct, is of the caller's
 * arena. Policy documents are JSON: the URL encoding in which IAM sends them is taken off.
 *
 * Every call gives what bakery__aws_call() gives; what is not there is BAKERY_ERR_NOT_FOUND.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
#ifndef BAKERY_AWS_IAM_ENTITY_H
#define BAKERY_AWS_IAM_ENTITY_H

#include "aws/call.h"

enum iam_kind { IAM_USER, IAM_GROUP, IAM_ROLE };

struct iam_tag {
        const char *key, *value;
};

/* A policy of an identity: an inline one has a document, an attached one an ARN. */
struct iam_policy {
        const char *name, *arn, *document;
};

/* A user, a group or a role. What an answer does not have is NULL, or 0. */
struct iam_entity {
        enum iam_kind kind;
        const char *name, *path, *arn, *id;
        int64_t created_s;
        const char *boundary; /* the ARN of the policy that is its permissions boundary */
        const struct iam_tag *tags;
        size_t tag_count;

        int64_t password_last_used_s; /* of a user that GetUser gives */

        const char *trust;       /* of a role: the document that says who may assume it */
        const char *description; /* of a role, by GetRole alone */
        unsigned max_session_s;  /* so too */
        int64_t last_used_s;     /* of a role */

        /* By GetAccountAuthorizationDetails alone. */
        const char *const *groups; /* of a user */
        size_t group_count;
        const struct iam_policy *inline_policies;
        size_t inline_policy_count;
        const struct iam_policy *attached_policies;
        size_t attached_policy_count;
};

/* API_GetUser.html; name NULL: the caller. API_GetRole.html */
bakery_status bakery__iam_get_user(const struct aws_access *aws, const char *name, struct arena *arena,
                                   struct iam_entity *ret, bakery_error **err);
bakery_status bakery__iam_get_role(const struct aws_access *aws, const char *name, struct arena *arena,
                                   struct iam_entity *ret, bakery_error **err);

/* The document of an inline policy. API_GetUserPolicy.html, API_GetGroupPolicy.html, API_GetRolePolicy.html */
bakery_status bakery__iam_get_inline_policy(const struct aws_access *aws, enum iam_kind kind, const char *of,
                                            const char *policy, struct arena *arena, const char **ret_document,
                                            bakery_error **err);

struct iam_managed_policy {
        const char *name, *path, *arn, *id;
        const char *default_version; /* "v3" */
        const char *document;        /* of that version */
        const char *description;     /* by bakery__iam_get_policy() alone */
        unsigned attachment_count;
};

/* API_GetPolicy.html, then API_GetPolicyVersion.html for the version in force. */
bakery_status bakery__iam_get_policy(const struct aws_access *aws, const char *arn, struct arena *arena,
                                     struct iam_managed_policy *ret, bakery_error **err);

/* A number of the account: "Groups", "GroupsQuota", "UsersQuota" ... API_GetAccountSummary.html */
struct iam_number {
        const char *name;
        long long value;
};
bakery_status bakery__iam_get_account_summary(const struct aws_access *aws, struct arena *arena,
                                              const struct iam_number **ret_numbers, size_t *ret_count,
                                              bakery_error **err);

#endif
