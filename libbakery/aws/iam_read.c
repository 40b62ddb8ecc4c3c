#include "aws/iam_read.h"

#include "formats/uri.h"

enum { DOCUMENT_MAX_BYTES = 1 << 20 };

/* IAM encodes as RFC 3986 has it: a plus is a plus. */
bakery_status bakery__iam_read_document(const struct query *query, const struct xml_node *node, const char *path,
                                        struct arena *arena, const char **ret, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = DOCUMENT_MAX_BYTES };
        const char *encoded = bakery__xml_text(node, path);

        if (!encoded || !*encoded)
                return bakery__query_lacks(query, path, err);
        bakery__uri_decode(&text, bakery__span(encoded));
        bakery_status st = bakery__buf_status(&text, "a policy document", err);
        if (st)
                return st;
        *ret = bakery__arena_copy(arena, (struct span){ text.at, text.len });
        return *ret ? BAKERY_OK : bakery__fail_memory(err);
}

static const struct xml_node *first_member(const struct xml_node *node, const char *list)
{
        return bakery__xml_child(bakery__xml_child(node, list), "member");
}

/* Room for as many as there are from member on. */
static void *new_array(struct arena *arena, const struct xml_node *member, size_t size_bytes)
{
        size_t count = 1; /* an empty array is one too */

        for (; member; member = bakery__xml_next(member))
                count++;
        return bakery__arena_array(arena, count, size_bytes);
}

static bakery_status read_tags(const struct query *query, const struct xml_node *node, struct arena *arena,
                               struct iam_entity *ret, bakery_error **err)
{
        const struct xml_node *member = first_member(node, "Tags");
        struct iam_tag *tags = new_array(arena, member, sizeof *tags);

        if (!tags)
                return bakery__fail_memory(err);
        ret->tags = tags;
        for (; member; member = bakery__xml_next(member)) {
                struct iam_tag *tag = &tags[ret->tag_count++];

                *tag = (struct iam_tag){ bakery__xml_text(member, "Key"), bakery__xml_text(member, "Value") };
                if (!tag->key || !tag->value)
                        return bakery__query_lacks(query, "the key or the value of a tag", err);
        }
        return BAKERY_OK;
}

static bakery_status read_groups(const struct xml_node *node, struct arena *arena, struct iam_entity *ret,
                                 bakery_error **err)
{
        const struct xml_node *member = first_member(node, "GroupList");
        const char **groups = new_array(arena, member, sizeof *groups);

        if (!groups)
                return bakery__fail_memory(err);
        ret->groups = groups;
        for (; member; member = bakery__xml_next(member))
                groups[ret->group_count++] = member->text;
        return BAKERY_OK;
}

static bakery_status read_inline_policies(const struct query *query, const struct xml_node *node, const char *list,
                                          struct arena *arena, struct iam_entity *ret, bakery_error **err)
{
        const struct xml_node *member = first_member(node, list);
        struct iam_policy *policies = new_array(arena, member, sizeof *policies);
        bakery_status st = BAKERY_OK;

        if (!policies)
                return bakery__fail_memory(err);
        ret->inline_policies = policies;
        for (; member && !st; member = bakery__xml_next(member)) {
                struct iam_policy *policy = &policies[ret->inline_policy_count++];

                policy->name = bakery__xml_text(member, "PolicyName");
                if (!policy->name)
                        return bakery__query_lacks(query, "the name of a policy", err);
                st = bakery__iam_read_document(query, member, "PolicyDocument", arena, &policy->document, err);
        }
        return st;
}

static bakery_status read_attached_policies(const struct query *query, const struct xml_node *node, struct arena *arena,
                                            struct iam_entity *ret, bakery_error **err)
{
        const struct xml_node *member = first_member(node, "AttachedManagedPolicies");
        struct iam_policy *policies = new_array(arena, member, sizeof *policies);

        if (!policies)
                return bakery__fail_memory(err);
        ret->attached_policies = policies;
        for (; member; member = bakery__xml_next(member)) {
                struct iam_policy *policy = &policies[ret->attached_policy_count++];

                *policy = (struct iam_policy){ .name = bakery__xml_text(member, "PolicyName"),
                                               .arn = bakery__xml_text(member, "PolicyArn") };
                if (!policy->name || !policy->arn)
                        return bakery__query_lacks(query, "the name or the ARN of a policy", err);
        }
        return BAKERY_OK;
}

/* How an answer names the parts of each kind. */
static const struct {
        const char *name, *id, *inline_policies;
} words[] = {
        [IAM_USER] = { "UserName", "UserId", "UserPolicyList" },
        [IAM_GROUP] = { "GroupName", "GroupId", "GroupPolicyList" },
        [IAM_ROLE] = { "RoleName", "RoleId", "RolePolicyList" },
};

static unsigned long number_at(const struct xml_node *node, const char *path)
{
        const char *text = bakery__xml_text(node, path);

        return text ? strtoul(text, NULL, 10) : 0;
}

bakery_status bakery__iam_read_entity(const struct query *query, const struct xml_node *node, enum iam_kind kind,
                                      struct arena *arena, struct iam_entity *ret, bakery_error **err)
{
        struct iam_entity found = {
                .kind = kind,
                .name = bakery__xml_text(node, words[kind].name),
                .path = bakery__xml_text(node, "Path"),
                .arn = bakery__xml_text(node, "Arn"),
                .id = bakery__xml_text(node, words[kind].id),
                .created_s = bakery__xml_time(node, "CreateDate"),
                .boundary = bakery__xml_text(node, "PermissionsBoundary/PermissionsBoundaryArn"),
                .password_last_used_s = bakery__xml_time(node, "PasswordLastUsed"),
                .description = bakery__xml_text(node, "Description"),
                .max_session_s = (unsigned)number_at(node, "MaxSessionDuration"),
                .last_used_s = bakery__xml_time(node, "RoleLastUsed/LastUsedDate"),
        };
        if (!found.name || !found.arn)
                return bakery__query_lacks(query, "the name or the ARN of an entity", err);

        bakery_status st = BAKERY_OK;
        if (kind == IAM_ROLE)
                st = bakery__iam_read_document(query, node, "AssumeRolePolicyDocument", arena, &found.trust, err);
        if (!st)
                st = read_tags(query, node, arena, &found, err);
        if (!st)
                st = read_groups(node, arena, &found, err);
        if (!st)
                st = read_inline_policies(query, node, words[kind].inline_policies, arena, &found, err);
        if (!st)
                st = read_attached_policies(query, node, arena, &found, err);
        if (!st)
                *ret = found;
        return st;
}

bakery_status bakery__iam_read_policy(const struct query *query, const struct xml_node *node,
                                      struct iam_managed_policy *ret, bakery_error **err)
{
        const struct iam_managed_policy found = {
                .name = bakery__xml_text(node, "PolicyName"),
                .path = bakery__xml_text(node, "Path"),
                .arn = bakery__xml_text(node, "Arn"),
                .id = bakery__xml_text(node, "PolicyId"),
                .default_version = bakery__xml_text(node, "DefaultVersionId"),
                .description = bakery__xml_text(node, "Description"),
                .attachment_count = (unsigned)number_at(node, "AttachmentCount"),
        };

        if (!found.name || !found.arn || !found.default_version)
                return bakery__query_lacks(query, "the name, the ARN or the version of a policy", err);
        *ret = found;
        return BAKERY_OK;
}
