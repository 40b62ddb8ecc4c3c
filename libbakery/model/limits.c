#include "model/limits.h"

#define IAM_QUOTAS "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
#define CFN_QUOTAS "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
#define LAMBDA_QUOTAS "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"

static const struct limit limits[LIMIT_COUNT] = {
        [LIMIT_MANAGED_POLICY_CHARS] = { 6144, 6144, IAM_QUOTAS, "PolicySizeQuota", NULL },
        [LIMIT_GROUP_INLINE_CHARS] = { 5120, 5120, IAM_QUOTAS, "GroupPolicySizeQuota", NULL },
        [LIMIT_ROLE_INLINE_CHARS] = { 10240, 10240, IAM_QUOTAS, "RolePolicySizeQuota", NULL },
        [LIMIT_TRUST_CHARS] = { 2048, 4096, IAM_QUOTAS, "AssumeRolePolicySizeQuota", NULL },
        [LIMIT_POLICIES_PER_GROUP] = { 10, 10, IAM_QUOTAS, "AttachedPoliciesPerGroupQuota", NULL },
        [LIMIT_POLICIES_PER_ROLE] = { 10, 20, IAM_QUOTAS, "AttachedPoliciesPerRoleQuota", NULL },
        [LIMIT_GROUPS_PER_USER] = { 10, 10, IAM_QUOTAS, "GroupsPerUserQuota", NULL },
        [LIMIT_GROUPS] = { 300, 500, IAM_QUOTAS, "GroupsQuota", "Groups" },
        [LIMIT_POLICIES] = { 1500, 5000, IAM_QUOTAS, "PoliciesQuota", "Policies" },
        [LIMIT_ROLES] = { 1000, 5000, IAM_QUOTAS, "RolesQuota", "Roles" },
        [LIMIT_ROLE_NAME_CHARS] = { 64, 64, IAM_QUOTAS, NULL, NULL },
        [LIMIT_GROUP_NAME_CHARS] = { 128, 128, IAM_QUOTAS, NULL, NULL },
        [LIMIT_TEMPLATE_BYTES] = { 1000000, 1000000, CFN_QUOTAS, NULL, NULL },
        [LIMIT_TEMPLATE_INLINE_BYTES] = { 51200, 51200, CFN_QUOTAS, NULL, NULL },
        [LIMIT_RESOURCES] = { 500, 500, CFN_QUOTAS, NULL, NULL },
        [LIMIT_NESTED_RESOURCES] = { 2500, 2500, CFN_QUOTAS, NULL, NULL },
        [LIMIT_TAGS] = { 50, 50, IAM_QUOTAS, NULL, NULL },
        [LIMIT_ADMIN_LIST_CHARS] = { 4096 - 512, 4096 - 512, LAMBDA_QUOTAS, NULL, NULL },
};

const struct limit *bakery__limit(enum limit_id id)
{
        return &limits[id];
}
