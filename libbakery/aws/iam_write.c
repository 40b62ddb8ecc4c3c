#include "aws/iam_write.h"

#include "aws/query.h"

struct parameter {
        const char *name, *value;
};

static bakery_status send(const struct aws_access *aws, struct query *query, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct xml_node *result = NULL;

        return bakery__query_send(aws->client, query, &arena, &result, err);
}

/* An action whose answer says no more than that it was done. */
static bakery_status change(const struct aws_access *aws, const char *action, const struct parameter *parameters,
                            size_t n, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, action, aws);

        for (size_t i = 0; i < n; i++)
                bakery__query_text(&query, parameters[i].name, parameters[i].value);
        return send(aws, &query, err);
}
#define CHANGE(action, ...)                                            \
        change(aws, action, (const struct parameter[]){ __VA_ARGS__ }, \
               sizeof((const struct parameter[]){ __VA_ARGS__ }) / sizeof(struct parameter), err)

static void put_tags(struct query *query, const struct iam_tag *tags, size_t tag_count)
{
        for (size_t i = 0; i < tag_count; i++) {
                bakery__query_member(query, "Tags", i, ".Key", tags[i].key);
                bakery__query_member(query, "Tags", i, ".Value", tags[i].value);
        }
}

bakery_status bakery__iam_create_user(const struct aws_access *aws, const struct iam_new_user *user, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, "CreateUser", aws);

        bakery__query_text(&query, "UserName", user->name);
        bakery__query_text(&query, "Path", user->path);
        bakery__query_text(&query, "PermissionsBoundary", user->boundary);
        put_tags(&query, user->tags, user->tag_count);
        return send(aws, &query, err);
}

bakery_status bakery__iam_add_user_to_group(const struct aws_access *aws, const char *user, const char *group,
                                            bakery_error **err)
{
        return CHANGE("AddUserToGroup", { "UserName", user }, { "GroupName", group });
}

bakery_status bakery__iam_remove_user_from_group(const struct aws_access *aws, const char *user, const char *group,
                                                 bakery_error **err)
{
        return CHANGE("RemoveUserFromGroup", { "UserName", user }, { "GroupName", group });
}

static const char *flag(bool value)
{
        return value ? "true" : "false";
}

bakery_status bakery__iam_create_login_profile(const struct aws_access *aws, const char *user,
                                               const struct secret *password, bool reset_required, bakery_error **err)
{
        return CHANGE("CreateLoginProfile", { "UserName", user }, { "Password", bakery__secret_reveal(password) },
                      { "PasswordResetRequired", flag(reset_required) });
}

bakery_status bakery__iam_update_login_profile(const struct aws_access *aws, const char *user,
                                               const struct secret *password, bool reset_required, bakery_error **err)
{
        return CHANGE("UpdateLoginProfile", { "UserName", user }, { "Password", bakery__secret_reveal(password) },
                      { "PasswordResetRequired", flag(reset_required) });
}

bakery_status bakery__iam_create_access_key(const struct aws_access *aws, const char *user, bakery_credentials **ret,
                                            bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, "CreateAccessKey", aws);
        AUTO_CLEAR(arena) arena = { 0 };
        const struct xml_node *result = NULL;

        query.once = true;
        bakery__query_text(&query, "UserName", user);
        bakery_status st = bakery__query_send(aws->client, &query, &arena, &result, err);
        if (st)
                return st;
        const char *id = bakery__xml_text(result, "AccessKey/AccessKeyId");
        const char *secret = bakery__xml_text(result, "AccessKey/SecretAccessKey");
        if (!id || !*id || !secret || !*secret)
                return bakery__query_lacks(&query, "AccessKeyId or SecretAccessKey", err);
        return bakery_credentials_new(id, secret, NULL, 0, "new access key", ret, err);
}

bakery_status bakery__iam_set_access_key_active(const struct aws_access *aws, const char *user,
                                                const char *access_key_id, bool active, bakery_error **err)
{
        return CHANGE("UpdateAccessKey", { "UserName", user }, { "AccessKeyId", access_key_id },
                      { "Status", active ? "Active" : "Inactive" });
}

bakery_status bakery__iam_delete_access_key(const struct aws_access *aws, const char *user, const char *access_key_id,
                                            bakery_error **err)
{
        return CHANGE("DeleteAccessKey", { "UserName", user }, { "AccessKeyId", access_key_id });
}

/* The actions and the parameter of each kind. */
static const struct {
        const char *put, *remove, *parameter;
} inline_policies[] = {
        [IAM_USER] = { "PutUserPolicy", "DeleteUserPolicy", "UserName" },
        [IAM_GROUP] = { "PutGroupPolicy", "DeleteGroupPolicy", "GroupName" },
        [IAM_ROLE] = { "PutRolePolicy", "DeleteRolePolicy", "RoleName" },
};

bakery_status bakery__iam_put_inline_policy(const struct aws_access *aws, enum iam_kind kind, const char *of,
                                            const char *policy, const char *document, bakery_error **err)
{
        return CHANGE(inline_policies[kind].put, { inline_policies[kind].parameter, of }, { "PolicyName", policy },
                      { "PolicyDocument", document });
}

bakery_status bakery__iam_delete_inline_policy(const struct aws_access *aws, enum iam_kind kind, const char *of,
                                               const char *policy, bakery_error **err)
{
        return CHANGE(inline_policies[kind].remove, { inline_policies[kind].parameter, of }, { "PolicyName", policy });
}
