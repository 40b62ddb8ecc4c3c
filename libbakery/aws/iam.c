#include "aws/iam.h"

#include "aws/paging.h"
#include "base/time.h"

/* What to walk: an action, its parameter, and where its entries and what they say stand in the answer. */
struct listing {
        const char *action;
        const char *parameter;
        const char *list;  /* "Groups", of <member> elements */
        const char *name;  /* in each: "GroupName"; "" when the member is the name itself */
        const char *since; /* NULL: it has none */
};

static const struct listing listings[] = {
        [IAM_USERS] = { "ListUsers", "PathPrefix", "Users", "UserName", "CreateDate" },
        [IAM_GROUPS] = { "ListGroups", "PathPrefix", "Groups", "GroupName", "CreateDate" },
        [IAM_ROLES] = { "ListRoles", "PathPrefix", "Roles", "RoleName", "CreateDate" },
        [IAM_GROUPS_OF_USER] = { "ListGroupsForUser", "UserName", "Groups", "GroupName", "CreateDate" },
        [IAM_MEMBERS_OF_GROUP] = { "GetGroup", "GroupName", "Users", "UserName", "CreateDate" },
        [IAM_USER_POLICIES] = { "ListUserPolicies", "UserName", "PolicyNames", "", NULL },
        [IAM_GROUP_POLICIES] = { "ListGroupPolicies", "GroupName", "PolicyNames", "", NULL },
        [IAM_ROLE_POLICIES] = { "ListRolePolicies", "RoleName", "PolicyNames", "", NULL },
        [IAM_ATTACHED_USER_POLICIES] = { "ListAttachedUserPolicies", "UserName", "AttachedPolicies", "PolicyName",
                                         NULL },
        [IAM_ATTACHED_GROUP_POLICIES] = { "ListAttachedGroupPolicies", "GroupName", "AttachedPolicies", "PolicyName",
                                          NULL },
        [IAM_ATTACHED_ROLE_POLICIES] = { "ListAttachedRolePolicies", "RoleName", "AttachedPolicies", "PolicyName",
                                         NULL },
        [IAM_ACCESS_KEYS] = { "ListAccessKeys", "UserName", "AccessKeyMetadata", "AccessKeyId", "CreateDate" },
        [IAM_MFA_DEVICES] = { "ListMFADevices", "UserName", "MFADevices", "SerialNumber", "EnableDate" },
        [IAM_VIRTUAL_MFA_DEVICES] = { "ListVirtualMFADevices", "AssignmentStatus", "VirtualMFADevices", "SerialNumber",
                                      "EnableDate" },
};

/* Whom to tell of the entries. */
struct telling {
        const struct listing *listing;
        iam_each *each;
        void *context;
};

/* The first of two elements that is there. */
static const char *either(const struct xml_node *member, const char *path, const char *other)
{
        const char *text = bakery__xml_text(member, path);

        return text ? text : bakery__xml_text(member, other);
}

static struct iam_entry read_entry(const struct listing *listing, const struct xml_node *member)
{
        return (struct iam_entry){
                .name = bakery__xml_text(member, listing->name),
                .arn = either(member, "Arn", "PolicyArn"),
                .path = bakery__xml_text(member, "Path"),
                .user = either(member, "UserName", "User/UserName"),
                .status = bakery__xml_text(member, "Status"),
                .since_s = listing->since ? bakery__xml_time(member, listing->since) : 0,
                .password_last_used_s = bakery__xml_time(member, "PasswordLastUsed"),
        };
}

static bakery_status tell_page(const struct query *query, const struct xml_node *result, void *context, bool *enough,
                               bakery_error **err)
{
        const struct telling *telling = context;
        const struct xml_node *list = bakery__xml_child(result, telling->listing->list);
        bakery_status st = BAKERY_OK;

        (void)enough;
        for (const struct xml_node *member = bakery__xml_child(list, "member"); member && !st;
             member = bakery__xml_next(member)) {
                struct iam_entry entry = read_entry(telling->listing, member);

                if (entry.name && *entry.name)
                        st = telling->each(&entry, telling->context, err);
                else
                        st = bakery__query_lacks(query, "the name of an entry", err);
        }
        return st;
}

bakery_status bakery__iam_list(const struct aws_access *aws, enum iam_list list, const char *of, iam_each *each,
                               void *context, bakery_error **err)
{
        const struct listing *listing = &listings[list];
        struct telling telling = { listing, each, context };
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, listing->action, aws);

        bakery__query_text(&query, listing->parameter, of);
        return bakery__query_walk(aws->client, &query, &bakery__paging_marker, tell_page, &telling, err);
}
