#include "aws/iam_details.h"

#include <string.h>

#include "aws/iam_read.h"
#include "aws/paging.h"

/*
 * A page must fit into 8 MiB whatever its entities hold. IAM's quotas, with each character written as three: a role
 * has 40 KiB of documents at most, a managed policy with five versions 90, a user or a group 15, and 20 of tags.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
enum { DETAILS_MAX_BYTES = 8 << 20, ENTITIES_A_PAGE = 80, USERS_A_PAGE = 200 };

static bakery_status tell_entities(const struct query *query, const struct xml_node *list, enum iam_kind kind,
                                   iam_each_entity *each, void *context, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (const struct xml_node *member = bakery__xml_child(list, "member"); member && each && !st;
             member = bakery__xml_next(member)) {
                AUTO_CLEAR(arena) arena = { 0 };
                struct iam_entity entity;

                st = bakery__iam_read_entity(query, member, kind, &arena, &entity, err);
                if (!st)
                        st = each(&entity, context, err);
        }
        return st;
}

/* The version in force, among all that there are. */
static const struct xml_node *default_version(const struct xml_node *policy, const char *id)
{
        const struct xml_node *version = bakery__xml_at(policy, "PolicyVersionList/member");

        while (version && !bakery__str_equal(bakery__xml_text(version, "VersionId"), id))
                version = bakery__xml_next(version);
        return version;
}

static bool is_of_aws(const char *arn)
{
        return strstr(arn, ":iam::aws:policy/") != NULL;
}

static bakery_status tell_policies(const struct query *query, const struct xml_node *list,
                                   const struct iam_details *details, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (const struct xml_node *member = bakery__xml_child(list, "member"); member && !st;
             member = bakery__xml_next(member)) {
                AUTO_CLEAR(arena) arena = { 0 };
                struct iam_managed_policy policy;

                st = bakery__iam_read_policy(query, member, &policy, err);
                if (st)
                        return st;
                iam_each_policy *each = is_of_aws(policy.arn) ? details->aws_policy : details->policy;
                if (!each)
                        continue;
                st = bakery__iam_read_document(query, default_version(member, policy.default_version), "Document",
                                               &arena, &policy.document, err);
                if (!st)
                        st = each(&policy, details->context, err);
        }
        return st;
}

static bakery_status tell_page(const struct query *query, const struct xml_node *result, void *context, bool *enough,
                               bakery_error **err)
{
        const struct iam_details *details = context;
        const struct {
                const char *list;
                enum iam_kind kind;
                iam_each_entity *each;
        } entities[] = {
                { "GroupDetailList", IAM_GROUP, details->group },
                { "UserDetailList", IAM_USER, details->user },
                { "RoleDetailList", IAM_ROLE, details->role },
        };
        bakery_status st = BAKERY_OK;

        (void)enough;
        for (size_t i = 0; i < N_ELEMENTS(entities) && !st; i++)
                st = tell_entities(query, bakery__xml_child(result, entities[i].list), entities[i].kind,
                                   entities[i].each, details->context, err);
        return st ? st : tell_policies(query, bakery__xml_child(result, "Policies"), details, err);
}

bakery_status bakery__iam_details(const struct aws_access *aws, const struct iam_details *details, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, "GetAccountAuthorizationDetails", aws);
        const struct {
                const char *filter;
                bool wanted;
        } filters[] = {
                { "User", details->user },
                { "Group", details->group },
                { "Role", details->role },
                { "LocalManagedPolicy", details->policy },
                { "AWSManagedPolicy", details->aws_policy },
        };
        bool large = details->role || details->policy || details->aws_policy;
        struct iam_details telling = *details;

        for (size_t i = 0, n = 0; i < N_ELEMENTS(filters); i++)
                if (filters[i].wanted)
                        bakery__query_member(&query, "Filter", n++, "", filters[i].filter);
        bakery__query_number(&query, "MaxItems", large ? ENTITIES_A_PAGE : USERS_A_PAGE);
        query.answer_max_bytes = DETAILS_MAX_BYTES;
        return bakery__query_walk(aws->client, &query, &bakery__paging_marker, tell_page, &telling, err);
}
