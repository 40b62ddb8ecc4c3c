/* Change sets of CloudFormation: made, read as a whole, executed, deleted. */
#ifndef BAKERY_AWS_CHANGE_SET_H
#define BAKERY_AWS_CHANGE_SET_H

#include "aws/cloudformation.h"

/* A resource that exists and shall belong to the stack. */
struct cfn_import {
        const char *type, *logical_id;
        struct cfn_pairs identifier; /* { "RoleName", "Shop-NonProd-Admin" } */
};

struct cfn_create_change_set {
        const char *stack, *name, *client_token;
        const char *type;                         /* "CREATE", "UPDATE", "IMPORT" */
        const char *template_body, *template_url; /* one of them */
        const char *description;
        const char *role_arn;
        const char *on_stack_failure; /* NULL, "DO_NOTHING", "ROLLBACK", "DELETE" */
        bool include_nested_stacks;
        bool import_existing_resources;
        struct cfn_parameters parameters;
        struct cfn_texts capabilities;
        struct cfn_pairs tags;
        const struct cfn_import *imports;
        size_t import_count;
};

struct cfn_change_set_ids {
        const char *id, *stack_id;
};

/* Begins to make it. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html */
bakery_status bakery__cfn_create_change_set(const struct aws_access *aws, const struct cfn_create_change_set *request,
                                            struct arena *arena, struct cfn_change_set_ids *ret, bakery_error **err);

/* Why and where a resource changes. */
struct cfn_change_detail {
        const char *attribute, *name;    /* "Properties", "ManagedPolicyArns" */
        const char *path;                /* "/Properties/ManagedPolicyArns/0" */
        const char *requires_recreation; /* "Never", "Conditionally", "Always" */
        const char *before, *after;      /* values */
        const char *change;              /* of the attribute: "Add", "Remove", "Modify" */
        const char *evaluation;          /* "Static", "Dynamic": may not come */
        const char *source;              /* "DirectModification", "ParameterReference" ... */
        const char *causing_entity;      /* "TeamName", "Role.Arn" */
};

struct cfn_change_details {
        const struct cfn_change_detail *at;
        size_t count;
};

struct cfn_change {
        const char *action, *logical_id, *type; /* never NULL; action: "Add", "Modify", "Remove", "Import", "Dynamic" */
        const char *physical_id;
        const char *replacement;                    /* of Modify: "True", "False", "Conditional" */
        const char *policy_action;                  /* "Delete", "Retain", "ReplaceAndDelete" ... */
        const char *change_set_id;                  /* of a nested stack */
        const char *before_context, *after_context; /* JSON of the whole resource */
        struct cfn_texts scope;
        struct cfn_change_details details;
        struct cfn_change *next;
};

struct cfn_change_set {
        const char *id, *name, *stack_id, *stack_name, *status; /* never NULL */
        const char *status_reason, *execution_status, *description;
        const char *parent_id, *root_id; /* of the change sets of nested stacks */
        const char *on_stack_failure, *deployment_mode;
        int64_t created_ms;
        bool include_nested_stacks, import_existing_resources;
        struct cfn_pairs tags;
        struct cfn_parameters parameters;
        struct cfn_texts capabilities, notification_arns;
        struct cfn_texts rollback_triggers; /* ARNs of alarms */
        struct cfn_change *changes;
        size_t change_count;
};

/*
 * The whole change set; *ret NULL: there is none. stack may be NULL when change_set is an ARN.
 *
 * Once it is complete it is asked for twice, with and without property values: with values, a resource may be missing
 * whose property is JSON, and without them there are no values. What stands in either is here; where the two differ,
 * the graver one: replacement counts if either has it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
 */
bakery_status bakery__cfn_describe_change_set(const struct aws_access *aws, const char *stack, const char *change_set,
                                              struct arena *arena, const struct cfn_change_set **ret,
                                              bakery_error **err);

struct cfn_change_set_summary {
        const char *id, *name, *status; /* never NULL */
        const char *status_reason, *execution_status, *description, *parent_id, *root_id;
        int64_t created_ms;
        struct cfn_change_set_summary *next;
};

/* The active ones of a stack.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListChangeSets.html */
bakery_status bakery__cfn_list_change_sets(const struct aws_access *aws, const char *stack, struct arena *arena,
                                           const struct cfn_change_set_summary **ret_first, bakery_error **err);

struct cfn_execute_change_set {
        const char *stack; /* may be NULL when change_set is an ARN */
        const char *change_set, *client_request_token;
        bool disable_rollback;
};

/* Begins to execute. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html */
bakery_status bakery__cfn_execute_change_set(const struct aws_access *aws, const struct cfn_execute_change_set *request,
                                             bakery_error **err);

/* One that is not there is BAKERY_OK. stack may be NULL when change_set is an ARN.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html */
bakery_status bakery__cfn_delete_change_set(const struct aws_access *aws, const char *stack, const char *change_set,
                                            bakery_error **err);

#endif
