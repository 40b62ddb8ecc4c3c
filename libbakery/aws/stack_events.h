/* What happened to a stack of CloudFormation, newest first. */
#ifndef BAKERY_AWS_STACK_EVENTS_H
#define BAKERY_AWS_STACK_EVENTS_H

#include "aws/cloudformation.h"

struct cfn_event {
        const char *id, *stack_id, *stack_name; /* never NULL */
        const char *logical_id, *physical_id, *type, *status, *reason;
        const char *client_request_token;
        int64_t time_ms; /* whole seconds where CloudFormation gives no fraction */
};

/* Told of one event, borrowed for the call. *enough ends the walk well; anything but BAKERY_OK with that status. */
typedef bakery_status cfn_each_event(const struct cfn_event *event, void *context, bool *enough, bakery_error **err);

/* Walks; pages are asked for as they are needed. stack: the id, once it is known.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html */
bakery_status bakery__cfn_stack_events(const struct aws_access *aws, const char *stack, cfn_each_event *each,
                                       void *context, bakery_error **err);

#endif
