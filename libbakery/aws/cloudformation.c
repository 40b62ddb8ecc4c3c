#include "aws/cloudformation.h"

#include "aws/cfn_call.h"

static const struct cfn_field output_fields[] = {
        CFN_FIELD(cfn_pair, key, CFN_NEEDED, "OutputKey"),
        CFN_FIELD(cfn_pair, value, CFN_VALUE, "OutputValue"),
};
static const struct cfn_shape output_shape = CFN_SHAPE(cfn_pair, output_fields);

static const struct cfn_field stack_fields[] = {
        CFN_FIELD(cfn_stack, id, CFN_NEEDED, "StackId"),
        CFN_FIELD(cfn_stack, name, CFN_NEEDED, "StackName"),
        CFN_FIELD(cfn_stack, status, CFN_NEEDED, "StackStatus"),
        CFN_FIELD(cfn_stack, status_reason, CFN_TEXT, "StackStatusReason"),
        CFN_FIELD(cfn_stack, description, CFN_TEXT, "Description"),
        CFN_FIELD(cfn_stack, role_arn, CFN_TEXT, "RoleARN"),
        CFN_FIELD(cfn_stack, parent_id, CFN_TEXT, "ParentId"),
        CFN_FIELD(cfn_stack, root_id, CFN_TEXT, "RootId"),
        CFN_FIELD(cfn_stack, change_set_id, CFN_TEXT, "ChangeSetId"),
        CFN_FIELD(cfn_stack, created_ms, CFN_TIME, "CreationTime"),
        CFN_FIELD(cfn_stack, updated_ms, CFN_TIME, "LastUpdatedTime"),
        CFN_FIELD(cfn_stack, deleted_ms, CFN_TIME, "DeletionTime"),
        CFN_FIELD(cfn_stack, termination_protection, CFN_FLAG, "EnableTerminationProtection"),
        CFN_LIST_FIELD(cfn_stack, tags, bakery__cfn_tag_shape, "Tags"),
        CFN_LIST_FIELD(cfn_stack, outputs, output_shape, "Outputs"),
        CFN_LIST_FIELD(cfn_stack, parameters, bakery__cfn_parameter_shape, "Parameters"),
        CFN_LIST_FIELD(cfn_stack, capabilities, bakery__cfn_text_shape, "Capabilities"),
        CFN_LIST_FIELD(cfn_stack, notification_arns, bakery__cfn_text_shape, "NotificationARNs"),
        CFN_LIST_FIELD(cfn_stack, rollback_triggers, bakery__cfn_arn_shape, "RollbackConfiguration/RollbackTriggers"),
};
static const struct cfn_shape stack_shape = CFN_SHAPE(cfn_stack, stack_fields);

bakery_status bakery__cfn_describe_stack(const struct aws_access *aws, const char *stack, struct arena *arena,
                                         const struct cfn_stack **ret, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "DescribeStacks");
        void *found = NULL;

        bakery__query_text(&query, "StackName", stack);
        bakery_status st = bakery__cfn_describe(aws, &query, "Stacks/member", &stack_shape, arena, &found, err);
        if (!st)
                *ret = found;
        return st;
}

static const struct cfn_field resource_fields[] = {
        CFN_FIELD(cfn_resource, logical_id, CFN_NEEDED, "LogicalResourceId"),
        CFN_FIELD(cfn_resource, type, CFN_NEEDED, "ResourceType"),
        CFN_FIELD(cfn_resource, status, CFN_NEEDED, "ResourceStatus"),
        CFN_FIELD(cfn_resource, physical_id, CFN_TEXT, "PhysicalResourceId"),
        CFN_FIELD(cfn_resource, status_reason, CFN_TEXT, "ResourceStatusReason"),
        CFN_FIELD(cfn_resource, updated_ms, CFN_TIME, "LastUpdatedTimestamp"),
};
static const struct cfn_shape resource_shape = CFN_LINKED_SHAPE(cfn_resource, resource_fields);

bakery_status bakery__cfn_list_resources(const struct aws_access *aws, const char *stack, struct arena *arena,
                                         const struct cfn_resource **ret_first, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "ListStackResources");
        void *first = NULL;

        bakery__query_text(&query, "StackName", stack);
        bakery_status st =
                bakery__cfn_collect(aws, &query, "StackResourceSummaries", &resource_shape, arena, &first, err);
        if (!st)
                *ret_first = first;
        return st;
}

bakery_status bakery__cfn_get_template(const struct aws_access *aws, const char *stack, const char *change_set,
                                       struct arena *arena, const char **ret_body, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "GetTemplate");
        AUTO_CLEAR(arena) page = { 0 };
        const struct xml_node *result = NULL;

        bakery__query_text(&query, "StackName", stack);
        bakery__query_text(&query, "ChangeSetName", change_set);
        bakery__query_text(&query, "TemplateStage", "Original");
        bakery_status st = bakery__cfn_send(aws, &query, &page, &result, err);
        if (st)
                return st;

        const char *body = bakery__xml_text(result, "TemplateBody");
        if (!body || !*body)
                return bakery__query_lacks(&query, "TemplateBody", err);
        body = bakery__arena_copy(arena, bakery__span(body));
        if (!body)
                return bakery__fail_memory(err);
        *ret_body = body;
        return BAKERY_OK;
}

bakery_status bakery__cfn_delete_stack(const struct aws_access *aws, const struct cfn_delete_stack *request,
                                       bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "DeleteStack");

        bakery__query_text(&query, "StackName", request->stack);
        bakery__cfn_put_texts(&query, "RetainResources", request->retain_resources);
        bakery__query_text(&query, "DeletionMode", request->deletion_mode);
        bakery__cfn_put_token(&query, "ClientRequestToken", request->client_request_token);
        return bakery__cfn_forgive_missing(bakery__cfn_tell(aws, &query, err), err);
}

bakery_status bakery__cfn_rollback_stack(const struct aws_access *aws, const char *stack,
                                         const char *client_request_token, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "RollbackStack");

        bakery__query_text(&query, "StackName", stack);
        bakery__cfn_put_token(&query, "ClientRequestToken", client_request_token);
        return bakery__cfn_tell(aws, &query, err);
}

bakery_status bakery__cfn_continue_update_rollback(const struct aws_access *aws, const char *stack,
                                                   struct cfn_texts skip, const char *client_request_token,
                                                   bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "ContinueUpdateRollback");

        bakery__query_text(&query, "StackName", stack);
        bakery__cfn_put_texts(&query, "ResourcesToSkip", skip);
        bakery__cfn_put_token(&query, "ClientRequestToken", client_request_token);
        return bakery__cfn_tell(aws, &query, err);
}

bakery_status bakery__cfn_update_termination_protection(const struct aws_access *aws, const char *stack, bool on,
                                                        bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "UpdateTerminationProtection");

        bakery__query_text(&query, "StackName", stack);
        bakery__query_flag(&query, "EnableTerminationProtection", on);
        return bakery__cfn_tell(aws, &query, err);
}
