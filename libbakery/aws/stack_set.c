#include "aws/stack_set.h"

#include "aws/cfn_call.h"

/* A request about a stack set. */
static struct query query_of(const struct aws_access *aws, const char *action, const struct cfn_set_name *set)
{
        struct query query = bakery__cfn_query(aws, action);

        bakery__query_text(&query, "StackSetName", set->name);
        bakery__query_text(&query, "CallAs", set->call_as);
        return query;
}

static void put_switch(struct query *query, const char *name, enum cfn_switch value)
{
        if (value != CFN_UNSET)
                bakery__query_flag(query, name, value == CFN_ON);
}

static void put_settings(struct query *query, const struct cfn_stack_set_settings *settings)
{
        bakery__query_text(query, "Description", settings->description);
        bakery__query_text(query, "TemplateBody", settings->template_body);
        bakery__query_text(query, "TemplateURL", settings->template_url);
        bakery__query_text(query, "PermissionModel", settings->permission_model);
        bakery__query_text(query, "AdministrationRoleARN", settings->administration_role_arn);
        bakery__query_text(query, "ExecutionRoleName", settings->execution_role_name);
        put_switch(query, "ManagedExecution.Active", settings->managed_execution);
        put_switch(query, "AutoDeployment.Enabled", settings->auto_deployment);
        put_switch(query, "AutoDeployment.RetainStacksOnAccountRemoval", settings->retain_stacks_on_account_removal);
        bakery__cfn_put_parameters(query, "Parameters", settings->parameters);
        bakery__cfn_put_texts(query, "Capabilities", settings->capabilities);
        bakery__cfn_put_tags(query, settings->tags);
}

static void put_operation(struct query *query, const struct cfn_operation *operation)
{
#define PREFERENCE(name) "OperationPreferences." name
        bakery__query_text(query, PREFERENCE("ConcurrencyMode"), operation->concurrency_mode);
        bakery__query_number(query, PREFERENCE("FailureToleranceCount"), operation->failure_tolerance_count);
        bakery__query_number(query, PREFERENCE("FailureTolerancePercentage"), operation->failure_tolerance_percentage);
        bakery__query_number(query, PREFERENCE("MaxConcurrentCount"), operation->max_concurrent_count);
        bakery__query_number(query, PREFERENCE("MaxConcurrentPercentage"), operation->max_concurrent_percentage);
        bakery__cfn_put_token(query, "OperationId", operation->id);
#undef PREFERENCE
}

/* Accounts stand by themselves, or narrow organizational units. */
static void put_targets(struct query *query, const struct cfn_targets *targets)
{
        const bool by_unit = targets->organizational_unit_ids.count > 0;

        bakery__cfn_put_texts(query, by_unit ? "DeploymentTargets.Accounts" : "Accounts", targets->accounts);
        bakery__cfn_put_texts(query, "DeploymentTargets.OrganizationalUnitIds", targets->organizational_unit_ids);
        bakery__query_text(query, "DeploymentTargets.AccountFilterType", targets->account_filter_type);
        bakery__query_member(query, "Regions", 0, "", targets->region);
}

static const struct cfn_field set_fields[] = {
        CFN_FIELD(cfn_stack_set, id, CFN_NEEDED, "StackSetId"),
        CFN_FIELD(cfn_stack_set, name, CFN_NEEDED, "StackSetName"),
        CFN_FIELD(cfn_stack_set, status, CFN_NEEDED, "Status"),
        CFN_FIELD(cfn_stack_set, arn, CFN_TEXT, "StackSetARN"),
        CFN_FIELD(cfn_stack_set, description, CFN_TEXT, "Description"),
        CFN_FIELD(cfn_stack_set, template_body, CFN_TEXT, "TemplateBody"),
        CFN_FIELD(cfn_stack_set, permission_model, CFN_TEXT, "PermissionModel"),
        CFN_FIELD(cfn_stack_set, administration_role_arn, CFN_TEXT, "AdministrationRoleARN"),
        CFN_FIELD(cfn_stack_set, execution_role_name, CFN_TEXT, "ExecutionRoleName"),
        CFN_FIELD(cfn_stack_set, managed_execution, CFN_FLAG, "ManagedExecution/Active"),
        CFN_FIELD(cfn_stack_set, auto_deployment, CFN_FLAG, "AutoDeployment/Enabled"),
        CFN_FIELD(cfn_stack_set, retain_stacks_on_account_removal, CFN_FLAG,
                  "AutoDeployment/RetainStacksOnAccountRemoval"),
        CFN_LIST_FIELD(cfn_stack_set, parameters, bakery__cfn_parameter_shape, "Parameters"),
        CFN_LIST_FIELD(cfn_stack_set, capabilities, bakery__cfn_text_shape, "Capabilities"),
        CFN_LIST_FIELD(cfn_stack_set, organizational_unit_ids, bakery__cfn_text_shape, "OrganizationalUnitIds"),
        CFN_LIST_FIELD(cfn_stack_set, regions, bakery__cfn_text_shape, "Regions"),
        CFN_LIST_FIELD(cfn_stack_set, tags, bakery__cfn_tag_shape, "Tags"),
};
static const struct cfn_shape set_shape = CFN_SHAPE(cfn_stack_set, set_fields);

/* Whether CloudFormation knows an operation of that id. No answer means no. */
static bool has_begun(const struct aws_access *aws, const struct cfn_set_name *set,
                      const struct cfn_operation *operation)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack_set_operation *found = NULL;

        return operation->id &&
               bakery__cfn_describe_stack_set_operation(aws, set, operation->id, &arena, &found, NULL) == BAKERY_OK &&
               found;
}

/*
 * Sends what begins an operation. When the answer to the first try was lost, the second hears that there is one of that
 * id; or only that some operation is in progress, which may be ours.
 */
static bakery_status begin(const struct aws_access *aws, const struct cfn_set_name *set, struct query *query,
                           const struct cfn_operation *operation, bakery_error **err)
{
        AUTO_PTR(bakery_error) said = NULL;

        put_operation(query, operation);
        bakery__error_clear(err);
        bakery_status st = bakery__cfn_tell(aws, query, &said);
        if (bakery__aws_has_code(said, "OperationIdAlreadyExistsException"))
                return BAKERY_OK;
        if (bakery__aws_has_code(said, "OperationInProgressException") && has_begun(aws, set, operation))
                return BAKERY_OK;
        if (err)
                *err = STEAL(said);
        return st;
}

static const struct cfn_field summary_fields[] = {
        CFN_FIELD(cfn_stack_set_summary, name, CFN_NEEDED, "StackSetName"),
};
static const struct cfn_shape summary_shape = CFN_LINKED_SHAPE(cfn_stack_set_summary, summary_fields);

bakery_status bakery__cfn_list_stack_sets(const struct aws_access *aws, const char *call_as, struct arena *arena,
                                          const struct cfn_stack_set_summary **ret_first, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "ListStackSets");
        void *first = NULL;

        bakery__query_text(&query, "Status", "ACTIVE");
        bakery__query_text(&query, "CallAs", call_as);
        bakery_status st = bakery__cfn_collect(aws, &query, "Summaries", &summary_shape, arena, &first, err);
        if (!st)
                *ret_first = first;
        return st;
}

bakery_status bakery__cfn_describe_stack_set(const struct aws_access *aws, const struct cfn_set_name *set,
                                             struct arena *arena, const struct cfn_stack_set **ret, bakery_error **err)
{
        AUTO_CLEAR(query) query = query_of(aws, "DescribeStackSet", set);
        void *found = NULL;
        bakery_status st = bakery__cfn_describe(aws, &query, "StackSet", &set_shape, arena, &found, err);

        if (!st)
                *ret = found;
        return st;
}

bakery_status bakery__cfn_create_stack_set(const struct aws_access *aws, const struct cfn_set_name *set,
                                           const struct cfn_stack_set_settings *settings,
                                           const char *client_request_token, bakery_error **err)
{
        AUTO_CLEAR(query) query = query_of(aws, "CreateStackSet", set);

        put_settings(&query, settings);
        bakery__cfn_put_token(&query, "ClientRequestToken", client_request_token);
        return bakery__cfn_tell(aws, &query, err);
}

bakery_status bakery__cfn_update_stack_set(const struct aws_access *aws, const struct cfn_set_name *set,
                                           const struct cfn_stack_set_settings *settings,
                                           const struct cfn_operation *operation, bakery_error **err)
{
        AUTO_CLEAR(query) query = query_of(aws, "UpdateStackSet", set);

        put_settings(&query, settings);
        bakery__cfn_put_true(&query, "UsePreviousTemplate", !settings->template_body && !settings->template_url);
        return begin(aws, set, &query, operation, err);
}

bakery_status bakery__cfn_delete_stack_set(const struct aws_access *aws, const struct cfn_set_name *set,
                                           bakery_error **err)
{
        AUTO_CLEAR(query) query = query_of(aws, "DeleteStackSet", set);

        return bakery__cfn_forgive_missing(bakery__cfn_tell(aws, &query, err), err);
}

static bakery_status put_instances(const struct aws_access *aws, const char *action, const struct cfn_set_name *set,
                                   const struct cfn_targets *targets, struct cfn_parameters overrides,
                                   const struct cfn_operation *operation, bakery_error **err)
{
        AUTO_CLEAR(query) query = query_of(aws, action, set);

        put_targets(&query, targets);
        bakery__cfn_put_parameters(&query, "ParameterOverrides", overrides);
        return begin(aws, set, &query, operation, err);
}

bakery_status bakery__cfn_create_stack_instances(const struct aws_access *aws, const struct cfn_set_name *set,
                                                 const struct cfn_targets *targets, struct cfn_parameters overrides,
                                                 const struct cfn_operation *operation, bakery_error **err)
{
        return put_instances(aws, "CreateStackInstances", set, targets, overrides, operation, err);
}

bakery_status bakery__cfn_update_stack_instances(const struct aws_access *aws, const struct cfn_set_name *set,
                                                 const struct cfn_targets *targets, struct cfn_parameters overrides,
                                                 const struct cfn_operation *operation, bakery_error **err)
{
        return put_instances(aws, "UpdateStackInstances", set, targets, overrides, operation, err);
}

bakery_status bakery__cfn_delete_stack_instances(const struct aws_access *aws, const struct cfn_set_name *set,
                                                 const struct cfn_targets *targets, bool retain_stacks,
                                                 const struct cfn_operation *operation, bakery_error **err)
{
        AUTO_CLEAR(query) query = query_of(aws, "DeleteStackInstances", set);

        put_targets(&query, targets);
        bakery__query_flag(&query, "RetainStacks", retain_stacks);
        return begin(aws, set, &query, operation, err);
}

bakery_status bakery__cfn_import_stacks_to_stack_set(const struct aws_access *aws, const struct cfn_set_name *set,
                                                     struct cfn_texts stack_ids,
                                                     struct cfn_texts organizational_unit_ids,
                                                     const struct cfn_operation *operation, bakery_error **err)
{
        AUTO_CLEAR(query) query = query_of(aws, "ImportStacksToStackSet", set);

        bakery__cfn_put_texts(&query, "StackIds", stack_ids);
        bakery__cfn_put_texts(&query, "OrganizationalUnitIds", organizational_unit_ids);
        return begin(aws, set, &query, operation, err);
}

static const struct cfn_field instance_fields[] = {
        CFN_FIELD(cfn_stack_instance, account, CFN_NEEDED, "Account"),
        CFN_FIELD(cfn_stack_instance, region, CFN_NEEDED, "Region"),
        CFN_FIELD(cfn_stack_instance, status, CFN_NEEDED, "Status"),
        CFN_FIELD(cfn_stack_instance, detailed_status, CFN_TEXT, "StackInstanceStatus/DetailedStatus"),
        CFN_FIELD(cfn_stack_instance, status_reason, CFN_TEXT, "StatusReason"),
        CFN_FIELD(cfn_stack_instance, stack_id, CFN_TEXT, "StackId"),
        CFN_FIELD(cfn_stack_instance, organizational_unit_id, CFN_TEXT, "OrganizationalUnitId"),
        CFN_FIELD(cfn_stack_instance, last_operation_id, CFN_TEXT, "LastOperationId"),
};
static const struct cfn_shape instance_shape = CFN_LINKED_SHAPE(cfn_stack_instance, instance_fields);

bakery_status bakery__cfn_list_stack_instances(const struct aws_access *aws, const struct cfn_set_name *set,
                                               const char *account, struct arena *arena,
                                               const struct cfn_stack_instance **ret_first, bakery_error **err)
{
        AUTO_CLEAR(query) query = query_of(aws, "ListStackInstances", set);
        void *first = NULL;

        bakery__query_text(&query, "StackInstanceAccount", account);
        bakery_status st = bakery__cfn_collect(aws, &query, "Summaries", &instance_shape, arena, &first, err);
        if (!st)
                *ret_first = first;
        return st;
}

static const struct cfn_field operation_fields[] = {
        CFN_FIELD(cfn_stack_set_operation, id, CFN_NEEDED, "OperationId"),
        CFN_FIELD(cfn_stack_set_operation, action, CFN_NEEDED, "Action"),
        CFN_FIELD(cfn_stack_set_operation, status, CFN_NEEDED, "Status"),
        CFN_FIELD(cfn_stack_set_operation, status_reason, CFN_TEXT, "StatusReason"),
        CFN_FIELD(cfn_stack_set_operation, created_ms, CFN_TIME, "CreationTimestamp"),
        CFN_FIELD(cfn_stack_set_operation, ended_ms, CFN_TIME, "EndTimestamp"),
        CFN_FIELD(cfn_stack_set_operation, failed_count, CFN_COUNT, "StatusDetails/FailedStackInstancesCount"),
};
static const struct cfn_shape operation_shape = CFN_SHAPE(cfn_stack_set_operation, operation_fields);

bakery_status bakery__cfn_describe_stack_set_operation(const struct aws_access *aws, const struct cfn_set_name *set,
                                                       const char *operation_id, struct arena *arena,
                                                       const struct cfn_stack_set_operation **ret, bakery_error **err)
{
        AUTO_CLEAR(query) query = query_of(aws, "DescribeStackSetOperation", set);
        void *found = NULL;

        bakery__query_text(&query, "OperationId", operation_id);
        bakery_status st = bakery__cfn_describe(aws, &query, "StackSetOperation", &operation_shape, arena, &found, err);
        if (!st)
                *ret = found;
        return st;
}

static const struct cfn_field result_fields[] = {
        CFN_FIELD(cfn_operation_result, account, CFN_NEEDED, "Account"),
        CFN_FIELD(cfn_operation_result, region, CFN_NEEDED, "Region"),
        CFN_FIELD(cfn_operation_result, status, CFN_NEEDED, "Status"),
        CFN_FIELD(cfn_operation_result, status_reason, CFN_TEXT, "StatusReason"),
        CFN_FIELD(cfn_operation_result, organizational_unit_id, CFN_TEXT, "OrganizationalUnitId"),
};
static const struct cfn_shape result_shape = CFN_LINKED_SHAPE(cfn_operation_result, result_fields);

bakery_status bakery__cfn_list_stack_set_operation_results(const struct aws_access *aws, const struct cfn_set_name *set,
                                                           const char *operation_id, struct arena *arena,
                                                           const struct cfn_operation_result **ret_first,
                                                           bakery_error **err)
{
        AUTO_CLEAR(query) query = query_of(aws, "ListStackSetOperationResults", set);
        void *first = NULL;

        bakery__query_text(&query, "OperationId", operation_id);
        bakery_status st = bakery__cfn_collect(aws, &query, "Summaries", &result_shape, arena, &first, err);
        if (!st)
                *ret_first = first;
        return st;
}
