#include "aws/iam_entity.h"

#include <string.h>

#include "aws/iam_read.h"

/* The answer's text is what the entity points to: so it is read into the caller's arena, and stays. */
static bakery_status get_entity(const struct aws_access *aws, const char *action, const char *parameter,
                                const char *name, const char *element, enum iam_kind kind, struct arena *arena,
                                struct iam_entity *ret, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, action, aws);
        const struct xml_node *result = NULL;

        bakery__query_text(&query, parameter, name);
        bakery_status st = bakery__query_send(aws->client, &query, arena, &result, err);
        if (st)
                return st;
        return bakery__iam_read_entity(&query, bakery__xml_child(result, element), kind, arena, ret, err);
}

bakery_status bakery__iam_get_user(const struct aws_access *aws, const char *name, struct arena *arena,
                                   struct iam_entity *ret, bakery_error **err)
{
        return get_entity(aws, "GetUser", "UserName", name, "User", IAM_USER, arena, ret, err);
}

bakery_status bakery__iam_get_role(const struct aws_access *aws, const char *name, struct arena *arena,
                                   struct iam_entity *ret, bakery_error **err)
{
        return get_entity(aws, "GetRole", "RoleName", name, "Role", IAM_ROLE, arena, ret, err);
}

bakery_status bakery__iam_get_inline_policy(const struct aws_access *aws, enum iam_kind kind, const char *of,
                                            const char *policy, struct arena *arena, const char **ret_document,
                                            bakery_error **err)
{
        static const struct {
                const char *action, *parameter;
        } of_kind[] = {
                [IAM_USER] = { "GetUserPolicy", "UserName" },
                [IAM_GROUP] = { "GetGroupPolicy", "GroupName" },
                [IAM_ROLE] = { "GetRolePolicy", "RoleName" },
        };
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, of_kind[kind].action, aws);
        AUTO_CLEAR(arena) answer = { 0 };
        const struct xml_node *result = NULL;

        bakery__query_text(&query, of_kind[kind].parameter, of);
        bakery__query_text(&query, "PolicyName", policy);
        bakery_status st = bakery__query_send(aws->client, &query, &answer, &result, err);
        if (st)
                return st;
        return bakery__iam_read_document(&query, result, "PolicyDocument", arena, ret_document, err);
}

static bakery_status get_policy_version(const struct aws_access *aws, struct iam_managed_policy *policy,
                                        struct arena *arena, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, "GetPolicyVersion", aws);
        AUTO_CLEAR(arena) answer = { 0 };
        const struct xml_node *result = NULL;

        bakery__query_text(&query, "PolicyArn", policy->arn);
        bakery__query_text(&query, "VersionId", policy->default_version);
        bakery_status st = bakery__query_send(aws->client, &query, &answer, &result, err);
        if (st)
                return st;
        return bakery__iam_read_document(&query, result, "PolicyVersion/Document", arena, &policy->document, err);
}

bakery_status bakery__iam_get_policy(const struct aws_access *aws, const char *arn, struct arena *arena,
                                     struct iam_managed_policy *ret, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, "GetPolicy", aws);
        const struct xml_node *result = NULL;
        struct iam_managed_policy found = { 0 };

        bakery__query_text(&query, "PolicyArn", arn);
        bakery_status st = bakery__query_send(aws->client, &query, arena, &result, err);
        if (!st)
                st = bakery__iam_read_policy(&query, bakery__xml_child(result, "Policy"), &found, err);
        if (!st)
                st = get_policy_version(aws, &found, arena, err);
        if (!st)
                *ret = found;
        return st;
}

static bakery_status read_numbers(const struct query *query, const struct xml_node *map, struct arena *arena,
                                  const struct iam_number **ret_numbers, size_t *ret_count, bakery_error **err)
{
        const struct xml_node *first = bakery__xml_child(map, "entry");
        size_t count = 0;

        for (const struct xml_node *entry = first; entry; entry = bakery__xml_next(entry))
                count++;
        if (count == 0)
                return bakery__query_lacks(query, "a SummaryMap", err);
        struct iam_number *numbers = bakery__arena_array(arena, count, sizeof *numbers);
        if (!numbers)
                return bakery__fail_memory(err);
        size_t n = 0;
        for (const struct xml_node *entry = first; entry; entry = bakery__xml_next(entry)) {
                const char *key = bakery__xml_text(entry, "key"), *value = bakery__xml_text(entry, "value");

                if (!key || !value)
                        return bakery__query_lacks(query, "the key or the value of an entry", err);
                numbers[n++] = (struct iam_number){ key, strtoll(value, NULL, 10) };
        }
        *ret_numbers = numbers;
        *ret_count = count;
        return BAKERY_OK;
}

bakery_status bakery__iam_get_account_summary(const struct aws_access *aws, struct arena *arena,
                                              const struct iam_number **ret_numbers, size_t *ret_count,
                                              bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, "GetAccountSummary", aws);
        const struct xml_node *result = NULL;
        bakery_status st = bakery__query_send(aws->client, &query, arena, &result, err);

        if (st)
                return st;
        return read_numbers(&query, bakery__xml_child(result, "SummaryMap"), arena, ret_numbers, ret_count, err);
}
