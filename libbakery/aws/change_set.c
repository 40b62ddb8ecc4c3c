#include "aws/change_set.h"

#include <stdio.h>
#include <string.h>

#include "aws/cfn_call.h"
#include "aws/change_set_merge.h"

/* Maps are lists of entries here. */
static void put_identifier(struct query *query, size_t i, struct cfn_pairs identifier)
{
        for (size_t k = 0; k < identifier.count; k++) {
                char name[128];

                snprintf(name, sizeof name, "ResourcesToImport.member.%zu.ResourceIdentifier.entry.%zu.key", i + 1,
                         k + 1);
                bakery__query_text(query, name, identifier.at[k].key);
                snprintf(name, sizeof name, "ResourcesToImport.member.%zu.ResourceIdentifier.entry.%zu.value", i + 1,
                         k + 1);
                bakery__query_text(query, name, identifier.at[k].value);
        }
}

static void put_imports(struct query *query, const struct cfn_create_change_set *request)
{
        for (size_t i = 0; i < request->import_count; i++) {
                const struct cfn_import *import = &request->imports[i];

                bakery__query_member(query, "ResourcesToImport", i, ".ResourceType", import->type);
                bakery__query_member(query, "ResourcesToImport", i, ".LogicalResourceId", import->logical_id);
                put_identifier(query, i, import->identifier);
        }
}

static const struct cfn_field id_fields[] = {
        CFN_FIELD(cfn_change_set_ids, id, CFN_NEEDED, "Id"),
        CFN_FIELD(cfn_change_set_ids, stack_id, CFN_NEEDED, "StackId"),
};
static const struct cfn_shape id_shape = CFN_SHAPE(cfn_change_set_ids, id_fields);

bakery_status bakery__cfn_create_change_set(const struct aws_access *aws, const struct cfn_create_change_set *request,
                                            struct arena *arena, struct cfn_change_set_ids *ret, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "CreateChangeSet");
        AUTO_CLEAR(arena) page = { 0 };
        const struct xml_node *result = NULL;
        struct cfn_change_set_ids ids = { 0 };

        bakery__query_text(&query, "StackName", request->stack);
        bakery__query_text(&query, "ChangeSetName", request->name);
        bakery__query_text(&query, "ChangeSetType", request->type);
        bakery__query_text(&query, "Description", request->description);
        bakery__query_text(&query, "TemplateBody", request->template_body);
        bakery__query_text(&query, "TemplateURL", request->template_url);
        bakery__query_text(&query, "RoleARN", request->role_arn);
        bakery__query_text(&query, "OnStackFailure", request->on_stack_failure);
        bakery__cfn_put_true(&query, "IncludeNestedStacks", request->include_nested_stacks);
        bakery__cfn_put_true(&query, "ImportExistingResources", request->import_existing_resources);
        bakery__cfn_put_parameters(&query, "Parameters", request->parameters);
        bakery__cfn_put_texts(&query, "Capabilities", request->capabilities);
        bakery__cfn_put_tags(&query, request->tags);
        put_imports(&query, request);
        bakery__cfn_put_token(&query, "ClientToken", request->client_token);
        bakery_status st = bakery__cfn_send(aws, &query, &page, &result, err);
        if (!st)
                st = bakery__cfn_read(&query, result, &id_shape, arena, &ids, err);
        if (!st)
                *ret = ids;
        return st;
}

static const struct cfn_field set_fields[] = {
        CFN_FIELD(cfn_change_set, id, CFN_NEEDED, "ChangeSetId"),
        CFN_FIELD(cfn_change_set, name, CFN_NEEDED, "ChangeSetName"),
        CFN_FIELD(cfn_change_set, stack_id, CFN_NEEDED, "StackId"),
        CFN_FIELD(cfn_change_set, stack_name, CFN_NEEDED, "StackName"),
        CFN_FIELD(cfn_change_set, status, CFN_NEEDED, "Status"),
        CFN_FIELD(cfn_change_set, status_reason, CFN_TEXT, "StatusReason"),
        CFN_FIELD(cfn_change_set, execution_status, CFN_TEXT, "ExecutionStatus"),
        CFN_FIELD(cfn_change_set, description, CFN_TEXT, "Description"),
        CFN_FIELD(cfn_change_set, parent_id, CFN_TEXT, "ParentChangeSetId"),
        CFN_FIELD(cfn_change_set, root_id, CFN_TEXT, "RootChangeSetId"),
        CFN_FIELD(cfn_change_set, on_stack_failure, CFN_TEXT, "OnStackFailure"),
        CFN_FIELD(cfn_change_set, deployment_mode, CFN_TEXT, "DeploymentMode"),
        CFN_FIELD(cfn_change_set, created_ms, CFN_TIME, "CreationTime"),
        CFN_FIELD(cfn_change_set, include_nested_stacks, CFN_FLAG, "IncludeNestedStacks"),
        CFN_FIELD(cfn_change_set, import_existing_resources, CFN_FLAG, "ImportExistingResources"),
        CFN_LIST_FIELD(cfn_change_set, tags, bakery__cfn_tag_shape, "Tags"),
        CFN_LIST_FIELD(cfn_change_set, parameters, bakery__cfn_parameter_shape, "Parameters"),
        CFN_LIST_FIELD(cfn_change_set, capabilities, bakery__cfn_text_shape, "Capabilities"),
        CFN_LIST_FIELD(cfn_change_set, notification_arns, bakery__cfn_text_shape, "NotificationARNs"),
        CFN_LIST_FIELD(cfn_change_set, rollback_triggers, bakery__cfn_arn_shape,
                       "RollbackConfiguration/RollbackTriggers"),
};
static const struct cfn_shape set_shape = CFN_SHAPE(cfn_change_set, set_fields);

static const struct cfn_field detail_fields[] = {
        CFN_FIELD(cfn_change_detail, attribute, CFN_TEXT, "Target/Attribute"),
        CFN_FIELD(cfn_change_detail, name, CFN_TEXT, "Target/Name"),
        CFN_FIELD(cfn_change_detail, path, CFN_TEXT, "Target/Path"),
        CFN_FIELD(cfn_change_detail, requires_recreation, CFN_TEXT, "Target/RequiresRecreation"),
        CFN_FIELD(cfn_change_detail, before, CFN_VALUE, "Target/BeforeValue"),
        CFN_FIELD(cfn_change_detail, after, CFN_VALUE, "Target/AfterValue"),
        CFN_FIELD(cfn_change_detail, change, CFN_TEXT, "Target/AttributeChangeType"),
        CFN_FIELD(cfn_change_detail, evaluation, CFN_TEXT, "Evaluation"),
        CFN_FIELD(cfn_change_detail, source, CFN_TEXT, "ChangeSource"),
        CFN_FIELD(cfn_change_detail, causing_entity, CFN_TEXT, "CausingEntity"),
};
static const struct cfn_shape detail_shape = CFN_SHAPE(cfn_change_detail, detail_fields);

#define RESOURCE(name) "ResourceChange/" name
static const struct cfn_field change_fields[] = {
        CFN_FIELD(cfn_change, action, CFN_NEEDED, RESOURCE("Action")),
        CFN_FIELD(cfn_change, logical_id, CFN_NEEDED, RESOURCE("LogicalResourceId")),
        CFN_FIELD(cfn_change, type, CFN_NEEDED, RESOURCE("ResourceType")),
        CFN_FIELD(cfn_change, physical_id, CFN_TEXT, RESOURCE("PhysicalResourceId")),
        CFN_FIELD(cfn_change, replacement, CFN_TEXT, RESOURCE("Replacement")),
        CFN_FIELD(cfn_change, policy_action, CFN_TEXT, RESOURCE("PolicyAction")),
        CFN_FIELD(cfn_change, change_set_id, CFN_TEXT, RESOURCE("ChangeSetId")),
        CFN_FIELD(cfn_change, before_context, CFN_TEXT, RESOURCE("BeforeContext")),
        CFN_FIELD(cfn_change, after_context, CFN_TEXT, RESOURCE("AfterContext")),
        CFN_LIST_FIELD(cfn_change, scope, bakery__cfn_text_shape, RESOURCE("Scope")),
        CFN_LIST_FIELD(cfn_change, details, detail_shape, RESOURCE("Details")),
};
static const struct cfn_shape change_shape = CFN_LINKED_SHAPE(cfn_change, change_fields);

/* A description under construction: the set itself stands on every page, its changes are spread over them. */
struct description {
        struct cfn_change_set *set;
        struct cfn_linked changes;
};

static bakery_status read_page(const struct query *query, const struct xml_node *result, void *context, bool *enough,
                               bakery_error **err)
{
        struct description *description = context;
        void *set = description->set;
        bakery_status st = BAKERY_OK;

        if (!set)
                st = bakery__cfn_read_new(query, result, &set_shape, description->changes.arena, &set, err);
        if (st)
                return st;
        description->set = set;
        return bakery__cfn_link_page(query, result, &description->changes, enough, err);
}

static bakery_status describe(const struct aws_access *aws, const char *stack, const char *change_set, bool values,
                              struct arena *arena, struct cfn_change_set **ret, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "DescribeChangeSet");
        struct description description = {
                .changes = { .shape = &change_shape, .list = "Changes", .arena = arena },
        };

        bakery__query_text(&query, "StackName", stack);
        bakery__query_text(&query, "ChangeSetName", change_set);
        bakery__cfn_put_true(&query, "IncludePropertyValues", values);
        bakery_status st = bakery__cfn_walk(aws, &query, read_page, &description, err);
        if (st)
                return st;
        description.set->changes = description.changes.first;
        description.set->change_count = description.changes.count;
        *ret = description.set;
        return BAKERY_OK;
}

bakery_status bakery__cfn_describe_change_set(const struct aws_access *aws, const char *stack, const char *change_set,
                                              struct arena *arena, const struct cfn_change_set **ret,
                                              bakery_error **err)
{
        struct cfn_change_set *plain = NULL, *with_values = NULL;
        bakery_status st = describe(aws, stack, change_set, false, arena, &plain, err);

        if (!st && strcmp(plain->status, "CREATE_COMPLETE") == 0) {
                /* By id: a namesake may have come since. */
                st = describe(aws, plain->stack_id, plain->id, true, arena, &with_values, err);
                if (!st)
                        st = bakery__cfn_merge_changes(plain, with_values, arena, err);
        }
        if (st == BAKERY_ERR_NOT_FOUND)
                plain = NULL;
        st = bakery__cfn_forgive_missing(st, err);
        if (!st)
                *ret = plain;
        return st;
}

static const struct cfn_field summary_fields[] = {
        CFN_FIELD(cfn_change_set_summary, id, CFN_NEEDED, "ChangeSetId"),
        CFN_FIELD(cfn_change_set_summary, name, CFN_NEEDED, "ChangeSetName"),
        CFN_FIELD(cfn_change_set_summary, status, CFN_NEEDED, "Status"),
        CFN_FIELD(cfn_change_set_summary, status_reason, CFN_TEXT, "StatusReason"),
        CFN_FIELD(cfn_change_set_summary, execution_status, CFN_TEXT, "ExecutionStatus"),
        CFN_FIELD(cfn_change_set_summary, description, CFN_TEXT, "Description"),
        CFN_FIELD(cfn_change_set_summary, parent_id, CFN_TEXT, "ParentChangeSetId"),
        CFN_FIELD(cfn_change_set_summary, root_id, CFN_TEXT, "RootChangeSetId"),
        CFN_FIELD(cfn_change_set_summary, created_ms, CFN_TIME, "CreationTime"),
};
static const struct cfn_shape summary_shape = CFN_LINKED_SHAPE(cfn_change_set_summary, summary_fields);

bakery_status bakery__cfn_list_change_sets(const struct aws_access *aws, const char *stack, struct arena *arena,
                                           const struct cfn_change_set_summary **ret_first, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "ListChangeSets");
        void *first = NULL;

        bakery__query_text(&query, "StackName", stack);
        bakery_status st = bakery__cfn_collect(aws, &query, "Summaries", &summary_shape, arena, &first, err);
        if (!st)
                *ret_first = first;
        return st;
}

bakery_status bakery__cfn_execute_change_set(const struct aws_access *aws, const struct cfn_execute_change_set *request,
                                             bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "ExecuteChangeSet");

        bakery__query_text(&query, "StackName", request->stack);
        bakery__query_text(&query, "ChangeSetName", request->change_set);
        bakery__cfn_put_true(&query, "DisableRollback", request->disable_rollback);
        bakery__cfn_put_token(&query, "ClientRequestToken", request->client_request_token);
        return bakery__cfn_tell(aws, &query, err);
}

bakery_status bakery__cfn_delete_change_set(const struct aws_access *aws, const char *stack, const char *change_set,
                                            bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "DeleteChangeSet");

        bakery__query_text(&query, "StackName", stack);
        bakery__query_text(&query, "ChangeSetName", change_set);
        return bakery__cfn_forgive_missing(bakery__cfn_tell(aws, &query, err), err);
}
