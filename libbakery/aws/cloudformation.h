/*
 * CloudFormation: what its calls share, and stacks. Change sets, events and stack sets have files of their own.
 *
 * What is read lives in the caller's arena. A text that CloudFormation does not send is NULL, a time 0; lists that come
 * in pages are linked by their field next. Names of states are CloudFormation's own ("UPDATE_COMPLETE"): it adds to
 * them.
 *
 * Each call gives what bakery__aws_call() gives: BAKERY_ERR_DENIED says which action is missing in the policy, and what
 * is not there, a stack, a change set, a stack set, an operation, is BAKERY_ERR_NOT_FOUND. The describe calls
 * give BAKERY_OK and NULL for that instead. Outputs are untouched on failure.
 *
 * Calls that change something take a token of the caller, new for each thing that it wants done, so that a second try
 * after a lost answer does nothing twice; without one (NULL) there is no second try.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html
 */
#ifndef BAKERY_AWS_CLOUDFORMATION_H
#define BAKERY_AWS_CLOUDFORMATION_H

#include "aws/call.h"

struct cfn_texts {
        const char *const *at;
        size_t count;
};

/* Tags and outputs. */
struct cfn_pair {
        const char *key, *value;
};
struct cfn_pairs {
        const struct cfn_pair *at;
        size_t count;
};

struct cfn_parameter {
        const char *key, *value;
        bool use_previous_value; /* then there is no value */
};
struct cfn_parameters {
        const struct cfn_parameter *at;
        size_t count;
};

/* The value of that key; NULL when it is not there. */
const char *bakery__cfn_value(const struct cfn_pairs *pairs, const char *key);

struct cfn_stack {
        const char *id, *name, *status; /* never NULL */
        const char *status_reason, *description, *role_arn;
        const char *parent_id, *root_id; /* of nested stacks */
        const char *change_set_id;       /* that made it what it is */
        int64_t created_ms, updated_ms, deleted_ms;
        bool termination_protection;
        struct cfn_pairs tags, outputs;
        struct cfn_parameters parameters;
        struct cfn_texts capabilities, notification_arns;
        struct cfn_texts rollback_triggers; /* ARNs of alarms */
};

/*
 * The stack of that name or id; *ret NULL: there is none. By name there is none once it is deleted, by id there is for
 * 90 days. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
bakery_status bakery__cfn_describe_stack(const struct aws_access *aws, const char *stack, struct arena *arena,
                                         const struct cfn_stack **ret, bakery_error **err);

struct cfn_resource {
        const char *logical_id, *type, *status; /* never NULL */
        const char *physical_id, *status_reason;
        int64_t updated_ms;
        struct cfn_resource *next;
};

/* The resources of a stack, those of nested stacks not included.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html */
bakery_status bakery__cfn_list_resources(const struct aws_access *aws, const char *stack, struct arena *arena,
                                         const struct cfn_resource **ret_first, bakery_error **err);

/*
 * The template as it was uploaded: of the stack, or of the change set when that is not NULL (then stack may be NULL if
 * it is an ARN). https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
 */
bakery_status bakery__cfn_get_template(const struct aws_access *aws, const char *stack, const char *change_set,
                                       struct arena *arena, const char **ret_body, bakery_error **err);

struct cfn_delete_stack {
        const char *stack, *client_request_token;
        const char *deletion_mode;         /* NULL, or "FORCE_DELETE_STACK" */
        struct cfn_texts retain_resources; /* logical ids; in DELETE_FAILED only */
};

/* Begins to delete; a stack that is not there is BAKERY_OK.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html */
bakery_status bakery__cfn_delete_stack(const struct aws_access *aws, const struct cfn_delete_stack *request,
                                       bakery_error **err);

/* From CREATE_FAILED and UPDATE_FAILED back to what was good.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html */
bakery_status bakery__cfn_rollback_stack(const struct aws_access *aws, const char *stack,
                                         const char *client_request_token, bakery_error **err);

/*
 * Out of UPDATE_ROLLBACK_FAILED. skip: logical ids that the rollback leaves as they are, in nested stacks with
 * "NestedStackName." in front.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
 */
bakery_status bakery__cfn_continue_update_rollback(const struct aws_access *aws, const char *stack,
                                                   struct cfn_texts skip, const char *client_request_token,
                                                   bakery_error **err);

/* Of root stacks only.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateTerminationProtection.html */
bakery_status bakery__cfn_update_termination_protection(const struct aws_access *aws, const char *stack, bool on,
                                                        bakery_error **err);

#endif
