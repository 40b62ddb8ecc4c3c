/*
 * Every allocation fails once while a plan is made and carried out, over a wire that answers by itself. Each failure
 * must come out as "out of memory", or change nothing: never as a crash, a leak, a change set that asks for something
 * else, or a plan that is carried out though it could not be read. Case 81 of the faults.
 */
#include <bakery/bakery.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "failing.h"

#define OF(action, result) "<" action "Response><" action "Result>" result "</" action "Result></" action "Response>"
#define ROOT(status)                                                                                                  \
        OF("DescribeStacks", "<Stacks><member><StackId>ROOT</StackId><StackName>ROOT</StackName><StackStatus>" status \
                             "</StackStatus></member></Stacks>")
#define EVENT(id, logical, type, status, rest)                                                        \
        "<member><EventId>" id                                                                        \
        "</EventId><StackId>ROOT</StackId><StackName>ROOT</StackName><LogicalResourceId>" logical     \
        "</LogicalResourceId><PhysicalResourceId>" logical "</PhysicalResourceId><ResourceType>" type \
        "</ResourceType><ResourceStatus>" status "</ResourceStatus><Timestamp>2026-11-22T10:00:0" id  \
        "Z</Timestamp>" rest "</member>"
#define STACK_EVENT(id, status) EVENT(id, "ROOT", "AWS::CloudFormation::Stack", status, "")

/* The wire: what was asked is hashed, so that keeping it needs no memory. */
struct wire {
        unsigned long long asked; /* the change set's form, but for its name */
        unsigned proposed, executed;
        bool fails; /* the deployment: it rolls back, and leaves a role behind */
};

static char *template_answer; /* what GetTemplate says of the change set */

static void take_in(unsigned long long *hash, const char *text, size_t len)
{
        for (size_t i = 0; i < len; i++) {
                static const char name[] = "bakery-plan-";

                if (len - i > sizeof name && memcmp(text + i, name, sizeof name - 1) == 0)
                        while (i < len && text[i] != '&')
                                i++;
                if (i < len)
                        *hash = (*hash ^ (unsigned char)text[i]) * 0x100000001b3u;
        }
}

/* What is answered before and after the change set is executed. */
static const struct {
        const char *action, *before, *after, *after_failure;
} answers[] = {
        { "GetCallerIdentity", OF("GetCallerIdentity", "<Arn>a</Arn><UserId>u</UserId><Account>222222222222</Account>"),
          NULL, NULL },
        { "DescribeStacks", ROOT("UPDATE_COMPLETE"), NULL, NULL },
        { "ListStackResources", OF("ListStackResources", "<StackResourceSummaries/>"), NULL, NULL },
        { "ListRoles", OF("ListRoles", "<Roles><member><Path>/</Path><RoleName>other</RoleName></member></Roles>"),
          NULL, NULL },
        { "ListRolePolicies", OF("ListRolePolicies", "<PolicyNames/>"), NULL, NULL },
        { "GetAccountSummary",
          OF("GetAccountSummary", "<SummaryMap><entry><key>Roles</key><value>999</value></entry>"
                                  "<entry><key>RolesQuota</key><value>1000</value></entry></SummaryMap>"),
          NULL, NULL },
        { "CreateChangeSet", OF("CreateChangeSet", "<Id>SET</Id><StackId>ROOT</StackId>"), NULL, NULL },
        { "DescribeChangeSet",
          OF("DescribeChangeSet",
             "<ChangeSetId>SET</ChangeSetId><ChangeSetName>bakery-plan-1</ChangeSetName><StackId>ROOT</StackId>"
             "<StackName>ROOT</StackName><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>"
             "<Changes><member><ResourceChange><Action>Modify</Action><LogicalResourceId>RoleAdmin"
             "</LogicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><Details><member><Target><Attribute>"
             "Properties</Attribute><Name>Tags</Name></Target></member></Details></ResourceChange></member>"
             "<member><ResourceChange><Action>Add</Action><LogicalResourceId>More</LogicalResourceId>"
             "<ResourceType>AWS::IAM::Role</ResourceType></ResourceChange></member></Changes>"),
          NULL, NULL },
        { "UpdateTerminationProtection", OF("UpdateTerminationProtection", ""), NULL, NULL },
        { "ExecuteChangeSet", OF("ExecuteChangeSet", ""), NULL, NULL },
        { "DescribeStackEvents",
          OF("DescribeStackEvents", "<StackEvents>" STACK_EVENT("1", "CREATE_COMPLETE") "</StackEvents>"),
          OF("DescribeStackEvents", "<StackEvents>" STACK_EVENT("4", "UPDATE_COMPLETE")
                                            EVENT("3", "RoleAdmin", "AWS::IAM::Role", "UPDATE_COMPLETE", "")
                                                    STACK_EVENT("2", "UPDATE_IN_PROGRESS")
                                                            STACK_EVENT("1", "CREATE_COMPLETE") "</StackEvents>"),
          OF("DescribeStackEvents", "<StackEvents>" STACK_EVENT("4", "UPDATE_ROLLBACK_COMPLETE")
                                            EVENT("3", "RoleAdmin", "AWS::IAM::Role", "UPDATE_FAILED",
                                                  "<ResourceStatusReason>no such policy</ResourceStatusReason>")
                                                    STACK_EVENT("2", "UPDATE_IN_PROGRESS")
                                                            STACK_EVENT("1", "CREATE_COMPLETE") "</StackEvents>") },
        { "DeleteChangeSet", OF("DeleteChangeSet", ""), NULL, NULL },
};

static const char deployed[] = OF("GetTemplate", "<TemplateBody>{\"Resources\":{\"R\":{\"Type\":\"AWS::IAM::Role\","
                                                 "\"Properties\":{\"RoleName\":\"Old\",\"AssumeRolePolicyDocument\":"
                                                 "{\"Statement\":[]}}}}}</TemplateBody>");

static bool is_action(const char *body, size_t len, const char *action)
{
        size_t action_len = strlen(action);

        return len > 7 + action_len && memcmp(body + 7, action, action_len) == 0 && body[7 + action_len] == '&';
}

static const char *answer_to(struct wire *wire, const char *body, size_t len)
{
        if (is_action(body, len, "GetTemplate"))
                return memmem(body, len, "ChangeSetName=SET", 17) ? template_answer : deployed;
        if (is_action(body, len, "CreateChangeSet")) {
                wire->proposed++;
                take_in(&wire->asked, body, len);
        }
        wire->executed += is_action(body, len, "ExecuteChangeSet");
        for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
                if (is_action(body, len, answers[i].action)) {
                        if (!wire->executed || !answers[i].after)
                                return answers[i].before;
                        return wire->fails ? answers[i].after_failure : answers[i].after;
                }
        fprintf(stderr, "nobody answers %.*s\n", (int)(len < 60 ? len : 60), body);
        abort();
}

static bakery_status transport(void *context, const bakery_http_request *request, int (*cancelled)(void *),
                               void *cancel_context, bakery_http_answer *answer, int *ret_sent, bakery_error **err)
{
        const char *text = answer_to(context, request->body, request->body_size_bytes);

        (void)cancelled;
        (void)cancel_context;
        (void)ret_sent;
        bakery_http_answer_set_status(answer, 200);
        return bakery_http_answer_add_body(answer, text, strlen(text)) ? bakery__fail_memory(err) : BAKERY_OK;
}

static int64_t now_ms(void *context)
{
        (void)context;
        return 1795341600000;
}

struct outcome {
        bakery_status status;
        char message[300];
        struct wire wire;
        unsigned long long plan; /* its text */
};

static bakery_status deploy(bakery_client *client, const bakery_target *target, struct outcome *outcome,
                            bakery_error **err)
{
        bakery_run_options options = BAKERY_RUN_OPTIONS_INIT;
        bakery_plan *plan = NULL;
        char *text = NULL;

        options.poll_ms = 1;
        bakery_status st = bakery_plan_make(client, target, &options, &plan, err);
        if (!st)
                st = bakery_plan_print(plan, BAKERY_PLAN_JSON, &text, err);
        if (!st) {
                take_in(&outcome->plan, text, strlen(text));
                st = bakery_plan_execute(client, target, plan, &options, err);
        }
        bakery_free(text);
        bakery_plan_free(plan);
        return st;
}

static struct outcome run(const bakery_config *config, bool fails)
{
        struct outcome outcome = { .plan = 0xcbf29ce484222325u,
                                   .wire = { .asked = 0xcbf29ce484222325u, .fails = fails } };
        bakery_client_options options = BAKERY_CLIENT_OPTIONS_INIT;
        bakery_target target = BAKERY_TARGET_INIT;
        bakery_credentials *keys = NULL;
        bakery_client *client = NULL;
        bakery_error *err = NULL;

        options.transport = transport;
        options.transport_context = &outcome.wire;
        options.now_ms = now_ms;
        options.retry_base_ms = options.retry_cap_ms = 1;
        outcome.status = bakery_client_new(&options, &client, &err);
        if (!outcome.status)
                outcome.status = bakery_credentials_new("AKID", "S", NULL, 0, "test", &keys, &err);
        if (!outcome.status) {
                target.config = config;
                target.kind = BAKERY_STACK_BURGER;
                target.account = bakery_environment_account(bakery_config_environment(config, 0), 0);
                target.keys = keys;
                outcome.status = deploy(client, &target, &outcome, &err);
        }
        snprintf(outcome.message, sizeof outcome.message, "%s", outcome.status ? bakery_error_message(err) : "");
        bakery_error_free(err);
        bakery_credentials_free(keys);
        bakery_client_free(client);
        ERR_clear_error(); /* OpenSSL keeps what it had to say, for each thread */
        return outcome;
}

static const char *fault_of(const bakery_config *config, size_t n, bool and_after, const struct outcome *whole,
                            struct outcome *ret)
{
        failing_begin(n, and_after);
        *ret = run(config, whole->wire.fails);
        long live = failing_live_blocks();
        failing_end();

        /* What ends as if nothing had failed met it inside libcrypto, which leaves the name of an algorithm behind. */
        if (live && (ret->status != whole->status || strcmp(ret->message, whole->message) != 0))
                return "leaves memory behind";
        if (!failing_has_failed())
                return "is never made";
        if (ret->wire.proposed > 1 || ret->wire.executed > 1)
                return "does something twice";
        if (ret->wire.proposed && ret->wire.asked != whole->wire.asked)
                return "asks for another change set";
        if (ret->wire.executed && ret->plan != whole->plan)
                return "carries out another plan than it would show";
        if (strcmp(ret->message, "out of memory") == 0)
                return ret->status == BAKERY_ERR_MEMORY || ret->status == whole->status ? NULL : "gives another status";
        if (ret->status != whole->status || strcmp(ret->message, whole->message) != 0 || ret->plan != whole->plan)
                return "gives something else, and does not say so";
        return NULL;
}

/* In a child: a crash is a finding, and no memory of one run meets the next. */
struct trial {
        const bakery_config *config;
        const struct outcome *whole;
};

static bool try(const void *context, size_t n, bool and_after)
{
        const struct trial *trial = context;
        struct outcome outcome;
        const char *fault = fault_of(trial->config, n, and_after, trial->whole, &outcome);

        if (fault)
                fprintf(stderr, "allocation %zu%s failing %s: %s %s\n", n, and_after ? " and all after" : "", fault,
                        bakery_status_name(outcome.status), outcome.message);
        return !fault;
}

static size_t try_all(const bakery_config *config, bool fails)
{
        const size_t *numbers;
        size_t bad = 0;
        ERR_raise(ERR_LIB_USER, 1); /* the thread's list of errors, once */
        struct outcome whole = run(config, fails);
        const struct trial trial = { config, &whole };

        failing_begin(0, false);
        failing_record();
        run(config, fails);
        long live = failing_live_blocks();
        size_t total = failing_end(), n_stacks = failing_stacks(&numbers);

        if (live)
                fprintf(stderr, "%ld blocks are left behind with no failure at all\n", live);
        for (size_t i = 0; i < n_stacks; i++)
                for (int and_after = 0; and_after < 2; and_after++)
                        bad += failing_try("deploying", try, &trial, numbers[i], and_after) ? 0 : 1;
        printf("%s %s: %zu allocations of %zu call stacks, %zu runs, %zu bad\n", bakery_status_name(whole.status),
               whole.message, total, n_stacks, 2 * n_stacks, bad);
        return bad + (live != 0) + (whole.wire.executed != 1);
}

static const char config_text[] =
        "TeamName: MyTeam\nBillingCode: BC1\nBakeryAccount: \"111111111111\"\nRegion: eu-west-1\n"
        "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: Main }] }]\n"
        "AccessTypes: [{ Type: Admin, PolicyArn: \"arn:${Partition}:iam::aws:policy/AdministratorAccess\" }]\n";

/* The burger's template as GetTemplate says it; nothing in it needs an escape in XML. */
static bool make_answer(const bakery_config *config)
{
        for (size_t i = 0; i < bakery_template_count(config); i++) {
                char *text = NULL;

                if (strcmp(bakery_template_file(config, i), "burger_account.json") != 0)
                        continue;
                if (bakery_template_emit(config, i, &text, NULL, NULL) || strpbrk(text, "<&"))
                        return false;
                if (asprintf(&template_answer, OF("GetTemplate", "<TemplateBody>%s</TemplateBody>"), text) < 0)
                        return false;
                bakery_free(text);
                return true;
        }
        return false;
}

int main(void)
{
        bakery_config *config = NULL;
        size_t bad = 0;

        if (bakery_config_load_text(config_text, strlen(config_text), "config.yml", NULL, &config, NULL) ||
            !make_answer(config))
                return EXIT_FAILURE;
        bad += try_all(config, false);
        bad += try_all(config, true);
        free(template_answer);
        bakery_config_free(config);
        return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
