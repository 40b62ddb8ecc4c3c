/* Stack sets of CloudFormation: one template in many accounts, here always in one region. */
#ifndef BAKERY_AWS_STACK_SET_H
#define BAKERY_AWS_STACK_SET_H

#include "aws/cloudformation.h"

/* A stack set, and who speaks of it. */
struct cfn_set_name {
        const char *name;
        const char *call_as; /* "DELEGATED_ADMIN"; NULL: the administrator's own account */
};

/* A switch that need not be sent. */
enum cfn_switch { CFN_UNSET, CFN_OFF, CFN_ON };

/* What create and update have in common. */
struct cfn_stack_set_settings {
        const char *description;
        const char *template_body, *template_url;                  /* one of them; update: neither keeps the template */
        const char *permission_model;                              /* "SELF_MANAGED", "SERVICE_MANAGED" */
        const char *administration_role_arn, *execution_role_name; /* self-managed */
        enum cfn_switch managed_execution;
        enum cfn_switch auto_deployment, retain_stacks_on_account_removal; /* service-managed */
        struct cfn_parameters parameters;
        struct cfn_texts capabilities;
        struct cfn_pairs tags;
};

/* An operation over many accounts. Its id is the caller's, new for each: CloudFormation performs it once. */
struct cfn_operation {
        const char *id;
        const char *concurrency_mode; /* NULL, "STRICT_FAILURE_TOLERANCE", "SOFT_FAILURE_TOLERANCE" */
        unsigned failure_tolerance_count, failure_tolerance_percentage; /* 0: not sent; one of them */
        unsigned max_concurrent_count, max_concurrent_percentage;
};

/* Which accounts. With organizational units, accounts narrow or widen them as account_filter_type says. */
struct cfn_targets {
        struct cfn_texts accounts, organizational_unit_ids;
        const char *account_filter_type; /* NULL, "INTERSECTION", "DIFFERENCE", "UNION" */
        const char *region;
};

struct cfn_stack_set {
        const char *id, *name, *status; /* never NULL */
        const char *arn, *description, *template_body, *permission_model;
        const char *administration_role_arn, *execution_role_name;
        bool managed_execution, auto_deployment, retain_stacks_on_account_removal;
        struct cfn_parameters parameters;
        struct cfn_texts capabilities, organizational_unit_ids, regions;
        struct cfn_pairs tags;
};

struct cfn_stack_set_summary {
        const char *name; /* never NULL */
        struct cfn_stack_set_summary *next;
};

/* Those that are not deleted. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackSets.html
 */
bakery_status bakery__cfn_list_stack_sets(const struct aws_access *aws, const char *call_as, struct arena *arena,
                                          const struct cfn_stack_set_summary **ret_first, bakery_error **err);

/* *ret NULL: there is none.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackSet.html */
bakery_status bakery__cfn_describe_stack_set(const struct aws_access *aws, const struct cfn_set_name *set,
                                             struct arena *arena, const struct cfn_stack_set **ret, bakery_error **err);

/* https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html */
bakery_status bakery__cfn_create_stack_set(const struct aws_access *aws, const struct cfn_set_name *set,
                                           const struct cfn_stack_set_settings *settings,
                                           const char *client_request_token, bakery_error **err);

/*
 * Begins an operation, as do all calls that take one. It updates all instances. An operation of that id that exists
 * already counts as begun: its answer was lost.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackSet.html
 */
bakery_status bakery__cfn_update_stack_set(const struct aws_access *aws, const struct cfn_set_name *set,
                                           const struct cfn_stack_set_settings *settings,
                                           const struct cfn_operation *operation, bakery_error **err);

/* Must have no instances; one that is not there is BAKERY_OK.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStackSet.html */
bakery_status bakery__cfn_delete_stack_set(const struct aws_access *aws, const struct cfn_set_name *set,
                                           bakery_error **err);

/* overrides: of the parameters, the same for all of targets.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackInstances.html,
 * API_UpdateStackInstances.html, API_DeleteStackInstances.html */
bakery_status bakery__cfn_create_stack_instances(const struct aws_access *aws, const struct cfn_set_name *set,
                                                 const struct cfn_targets *targets, struct cfn_parameters overrides,
                                                 const struct cfn_operation *operation, bakery_error **err);
bakery_status bakery__cfn_update_stack_instances(const struct aws_access *aws, const struct cfn_set_name *set,
                                                 const struct cfn_targets *targets, struct cfn_parameters overrides,
                                                 const struct cfn_operation *operation, bakery_error **err);
bakery_status bakery__cfn_delete_stack_instances(const struct aws_access *aws, const struct cfn_set_name *set,
                                                 const struct cfn_targets *targets, bool retain_stacks,
                                                 const struct cfn_operation *operation, bakery_error **err);

/* Stacks that exist, at most ten a call, become instances; their resources are not touched. With a service-managed set,
 * organizational_unit_ids are those of their accounts.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ImportStacksToStackSet.html */
bakery_status bakery__cfn_import_stacks_to_stack_set(const struct aws_access *aws, const struct cfn_set_name *set,
                                                     struct cfn_texts stack_ids,
                                                     struct cfn_texts organizational_unit_ids,
                                                     const struct cfn_operation *operation, bakery_error **err);

struct cfn_stack_instance {
        const char *account, *region, *status; /* never NULL; status: "CURRENT", "OUTDATED", "INOPERABLE" */
        const char *detailed_status;           /* "SUCCEEDED", "FAILED", "RUNNING" ... */
        const char *status_reason, *stack_id, *organizational_unit_id, *last_operation_id;
        struct cfn_stack_instance *next;
};

/* account NULL: of all.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackInstances.html */
bakery_status bakery__cfn_list_stack_instances(const struct aws_access *aws, const struct cfn_set_name *set,
                                               const char *account, struct arena *arena,
                                               const struct cfn_stack_instance **ret_first, bakery_error **err);

struct cfn_stack_set_operation {
        const char *id, *action, *status; /* never NULL; status: "QUEUED", "RUNNING", "SUCCEEDED", "FAILED" ... */
        const char *status_reason;
        int64_t created_ms, ended_ms;
        unsigned failed_count; /* of instances */
};

/* *ret NULL: there is none.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackSetOperation.html */
bakery_status bakery__cfn_describe_stack_set_operation(const struct aws_access *aws, const struct cfn_set_name *set,
                                                       const char *operation_id, struct arena *arena,
                                                       const struct cfn_stack_set_operation **ret, bakery_error **err);

struct cfn_operation_result {
        const char *account, *region, *status; /* never NULL */
        const char *status_reason, *organizational_unit_id;
        struct cfn_operation_result *next;
};

/* https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackSetOperationResults.html */
bakery_status bakery__cfn_list_stack_set_operation_results(const struct aws_access *aws, const struct cfn_set_name *set,
                                                           const char *operation_id, struct arena *arena,
                                                           const struct cfn_operation_result **ret_first,
                                                           bakery_error **err);

#endif
