/*
 * A cloud that a test scripts: CloudFormation, IAM, STS and S3 behind one fake wire. What comes is found by its action;
 * what the test says goes before what the cloud says by itself.
 */
#ifndef BAKERY_TESTS_FAKE_CLOUD_H
#define BAKERY_TESTS_FAKE_CLOUD_H

#include <pthread.h>

#include <bakery/plan.h>

#include "base/arena.h"
#include "deploy/plan.h"
#include "fake_wire.h"
#include "support.h"

/* Answers of CloudFormation, to be put together. */
#define OF(action, result) "<" action "Response><" action "Result>" result "</" action "Result></" action "Response>"
#define STACK(id, status, rest)                                                        \
        OF("DescribeStacks", "<Stacks><member><StackId>" id "</StackId><StackName>" id \
                             "</StackName><StackStatus>" status "</StackStatus>" rest "</member></Stacks>")
#define OURS "<Tags><member><Key>ManagedBy</Key><Value>bakery</Value></member></Tags>"
#define OLD_TOOLS "<Tags><member><Key>Application</Key><Value>Bakery</Value></member></Tags>"
#define PROTECTED "<EnableTerminationProtection>true</EnableTerminationProtection>"
#define SET(id, stack, status, execution, changes)                                                            \
        OF("DescribeChangeSet",                                                                               \
           "<ChangeSetId>" id "</ChangeSetId><ChangeSetName>bakery-plan-1</ChangeSetName><StackId>" stack     \
           "</StackId><StackName>" stack "</StackName><Status>" status "</Status><ExecutionStatus>" execution \
           "</ExecutionStatus><Changes>" changes "</Changes>")
#define FAILED_SET(id, stack, reason)                                                                     \
        OF("DescribeChangeSet",                                                                           \
           "<ChangeSetId>" id "</ChangeSetId><ChangeSetName>bakery-plan-1</ChangeSetName><StackId>" stack \
           "</StackId><StackName>" stack "</StackName><Status>FAILED</Status><StatusReason>" reason "</StatusReason>")
#define CHANGE(action, id, type, rest)                                                                   \
        "<member><Type>Resource</Type><ResourceChange><Action>" action "</Action><LogicalResourceId>" id \
        "</LogicalResourceId><ResourceType>" type "</ResourceType>" rest "</ResourceChange></member>"
#define NESTED(action, id, set) CHANGE(action, id, "AWS::CloudFormation::Stack", "<ChangeSetId>" set "</ChangeSetId>")
#define EVENTS(members) OF("DescribeStackEvents", "<StackEvents>" members "</StackEvents>")
#define EVENT(id, stack, logical, physical, type, status, second, rest)                               \
        "<member><EventId>" id "</EventId><StackId>" stack "</StackId><StackName>" stack              \
        "</StackName><LogicalResourceId>" logical "</LogicalResourceId><PhysicalResourceId>" physical \
        "</PhysicalResourceId><ResourceType>" type "</ResourceType><ResourceStatus>" status           \
        "</ResourceStatus><Timestamp>2026-11-22T10:00:" second "Z</Timestamp>" rest "</member>"
#define STACK_EVENT(id, stack, status, second) \
        EVENT(id, stack, stack, stack, "AWS::CloudFormation::Stack", status, second, "")
#define REASON(text) "<ResourceStatusReason>" text "</ResourceStatusReason>"
#define BY(token) "<ClientRequestToken>" token "</ClientRequestToken>"
#define REFUSED_WITH(code, message) \
        "<ErrorResponse><Error><Code>" code "</Code><Message>" message "</Message></Error></ErrorResponse>"
#define NO_STACK REFUSED_WITH("ValidationError", "Stack with id X does not exist")
#define MEMBERS(group, users) \
        OF("GetGroup", "<Group><Path>/</Path><GroupName>" group "</GroupName></Group><Users>" users "</Users>")
#define NUMBER(name, value) "<entry><key>" name "</key><value>" value "</value></entry>"
#define USER(name) "<member><Path>/</Path><UserName>" name "</UserName></member>"

/* One thing that the cloud answers. */
struct cloud_line {
        const char *action;        /* "DescribeStacks"; of S3: "PUT", "HEAD" */
        const char *piece;         /* that stands in the request, its URL or its Authorization too; NULL: any */
        const char *after;         /* an action that must have come before, with the same keys; NULL: any time */
        unsigned times;            /* how often it is given; 0: always */
        struct fake_answer answer; /* @TOKEN in its body becomes the last token that came, with the same keys */
        struct cloud_line *next;
};

struct cloud_request {
        const char *action, *form, *url, *keys; /* keys: the Authorization */
        const char *who, *token;                /* the id of the keys; NULL: it came without a token */
        struct cloud_request *before;
};

/* Begin with { 0 } and cloud_begin(). It may be called by several threads. */
struct fake_cloud {
        struct fake_wire wire; /* the first member: the wire's callback finds the cloud by it */
        pthread_mutex_t lock;
        struct arena arena;
        struct cloud_line *lines, *usual; /* what the test says goes before what is usual */
        struct cloud_request *last;
        struct buf actions; /* of what came: "DescribeStacks CreateChangeSet ..." */
        struct buf told;    /* events, one a line: "RESOURCE RoleAdmin CREATE_COMPLETE" */
        size_t body_at;
        bakery_client *client;
        bakery_credentials *keys;
        bakery_config *config;
        bakery_target target;
        bakery_run_options options; /* looks each millisecond, and keeps what is told */
};

/* What all configurations here are made of; the burger is 222222222222, Main in Prod. */
#define CLOUD_CONFIG OWN "Region: eu-west-1\nTemplateBucket: templates\n" ENVIRONMENTS TYPES

/* A client, keys, and a target of that kind: the Bakery's stack of the configuration, or that of its first burger. */
void cloud_begin(struct fake_cloud *cloud, bakery_stack_kind kind, const char *config);

/* Say what is answered; of several lines that fit the first one counts. */
void cloud_says(struct fake_cloud *cloud, const char *action, const char *piece, const char *body);
void cloud_adds(struct fake_cloud *cloud, struct cloud_line line);

/*
 * What deploying a burger takes, where all goes well: the stack as it is before (NULL: there is none), a change set SET
 * in the stack ROOT that adds one role, its template, and how it is executed.
 */
void cloud_plays_burger(struct fake_cloud *cloud, const char *stack);

/* So of the Bakery's stack, with its nested stacks and their change sets SET-ACCOUNT and SET-ENV. */
void cloud_plays_bakery(struct fake_cloud *cloud, const char *stack);

/* The answer of GetTemplate with what the configuration makes for a file, or with text. */
const char *cloud_template(struct fake_cloud *cloud, const char *file);
const char *cloud_text_template(struct fake_cloud *cloud, const char *text);

/* The form of the last request with that action; "" when none came. */
const char *cloud_form(const struct fake_cloud *cloud, const char *action);
unsigned cloud_count(const struct fake_cloud *cloud, const char *action);

/* The value of a field of a form, decoded; NULL when it is not there. */
const char *cloud_field(struct fake_cloud *cloud, const char *form, const char *name);

/* Plan the target, or plan and carry it out; *ret_plan may be NULL. */
bakery_status cloud_plan(struct fake_cloud *cloud, bakery_plan **ret_plan, bakery_error **err);
bakery_status cloud_deploy(struct fake_cloud *cloud, bakery_error **err);

void ck_sent(const struct fake_cloud *cloud, const char *actions); /* all of them, in order */
void ck_told(const struct fake_cloud *cloud, const char *piece);

void cloud_end(struct fake_cloud *cloud);
DEFINE_AUTO_CLEAR(fake_cloud, cloud_end)

#endif
