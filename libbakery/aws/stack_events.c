#include "aws/stack_events.h"

#include "aws/cfn_call.h"

static const struct cfn_field event_fields[] = {
        CFN_FIELD(cfn_event, id, CFN_NEEDED, "EventId"),
        CFN_FIELD(cfn_event, stack_id, CFN_NEEDED, "StackId"),
        CFN_FIELD(cfn_event, stack_name, CFN_NEEDED, "StackName"),
        CFN_FIELD(cfn_event, logical_id, CFN_TEXT, "LogicalResourceId"),
        CFN_FIELD(cfn_event, physical_id, CFN_TEXT, "PhysicalResourceId"),
        CFN_FIELD(cfn_event, type, CFN_TEXT, "ResourceType"),
        CFN_FIELD(cfn_event, status, CFN_TEXT, "ResourceStatus"),
        CFN_FIELD(cfn_event, reason, CFN_TEXT, "ResourceStatusReason"),
        CFN_FIELD(cfn_event, client_request_token, CFN_TEXT, "ClientRequestToken"),
        CFN_FIELD(cfn_event, time_ms, CFN_TIME, "Timestamp"),
};
static const struct cfn_shape event_shape = CFN_SHAPE(cfn_event, event_fields);

struct telling {
        cfn_each_event *each;
        void *context;
};

static bakery_status tell_page(const struct query *query, const struct xml_node *result, void *context, bool *enough,
                               bakery_error **err)
{
        const struct telling *telling = context;
        AUTO_CLEAR(arena) arena = { 0 };
        bakery_status st = BAKERY_OK;

        for (const struct xml_node *member = bakery__xml_at(result, "StackEvents/member"); member && !*enough && !st;
             member = bakery__xml_next(member)) {
                struct cfn_event event = { 0 };

                st = bakery__cfn_read(query, member, &event_shape, &arena, &event, err);
                if (!st)
                        st = telling->each(&event, telling->context, enough, err);
        }
        return st;
}

bakery_status bakery__cfn_stack_events(const struct aws_access *aws, const char *stack, cfn_each_event *each,
                                       void *context, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__cfn_query(aws, "DescribeStackEvents");
        struct telling telling = { each, context };

        bakery__query_text(&query, "StackName", stack);
        return bakery__cfn_walk(aws, &query, tell_page, &telling, err);
}
