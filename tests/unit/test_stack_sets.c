/* Stack sets: which account goes into which set, what is asked of CloudFormation for that, what is told. */
#include "deploy/stack_sets.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "deploy/facts.h"
#include "deploy/resolve.h"
#include "fake_wire.h"
#include "formats/crypto.h"
#include "made_facts.h"
#include "support.h"
#include "template/emit.h"

Suite *stack_sets_suite(void);

#define ANSWER_OF(action, result) \
        "<" action "Response><" action "Result>" result "</" action "Result></" action "Response>"
#define OPERATION(status)                                                                                      \
        ANSWER_OF("DescribeStackSetOperation", "<StackSetOperation><OperationId>o</OperationId><Action>UPDATE" \
                                               "</Action><Status>" status "</Status></StackSetOperation>")
#define MEMBER(account, status)                                                                       \
        "<member><Account>" account "</Account><Region>us-east-1</Region><Status>" status "</Status>" \
        "<StatusReason>because</StatusReason></member>"
#define INSTANCE(account, region, status, detail)                                                                  \
        "<member><Account>" account "</Account><Region>" region "</Region><Status>" status "</Status><StackId>"    \
        "arn:aws:cloudformation:us-east-1:" account ":stack/StackSet-x/1</StackId><LastOperationId>o"              \
        "</LastOperationId><StackInstanceStatus><DetailedStatus>" detail "</DetailedStatus></StackInstanceStatus>" \
        "</member>"

/* An answer for an action, and for a word that stands in the request or its keys when it is not NULL. The first that
 * fits. */
struct line {
        const char *action, *word;
        struct fake_answer answer;
};

/* A wire that answers by action. */
struct script {
        struct fake_wire wire; /* first: what it is asked with leads to the rest */
        struct line lines[16];
        struct buf results; /* of any operation, when the script says nothing else */
        char done[256];     /* an empty answer to anything else */
        bakery_stack_sets_request request;
        bakery_config *config;
        bakery_credentials *keys;
        bakery_client *client;
        bakery_stack_sets *sets;
        bakery_error *err;
        struct buf told;
        struct buf s3; /* what was asked of it: "PUT https://... owner if-none-match", a line each */
};

static void clear_script(struct script *script)
{
        bakery_stack_sets_free(script->sets);
        bakery_error_free(script->err);
        bakery_credentials_free(script->keys);
        bakery_config_free(script->config);
        bakery__buf_clear(&script->results);
        bakery__buf_clear(&script->told);
        bakery__buf_clear(&script->s3);
        fake_end(&script->wire);
}
DEFINE_AUTO_CLEAR(script, clear_script)

static const struct line usual[] = {
        { "GetCallerIdentity", NULL,
          ANSWER(200, NULL,
                 ANSWER_OF("GetCallerIdentity", "<Arn>arn:aws:iam::111111111111:user/u</Arn><UserId>U</UserId>"
                                                "<Account>111111111111</Account>")) },
        { "ListStackSets", NULL, ANSWER(200, NULL, ANSWER_OF("ListStackSets", "<Summaries/>")) },
        { "DescribeStackSetOperation", NULL, ANSWER(200, NULL, OPERATION("SUCCEEDED")) },
        { "AssumeRole", NULL,
          ANSWER(200, NULL,
                 ANSWER_OF("AssumeRole", "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>CANARY"
                                         "</SecretAccessKey><SessionToken>CANARYt</SessionToken><Expiration>"
                                         "2026-11-22T11:00:00Z</Expiration></Credentials>")) },
};

static bool fits(const struct line *line, const struct fake_wire *wire)
{
        char action[64];

        snprintf(action, sizeof action, "Action=%s&", line->action);
        const char *keys = fake_header(wire, "Authorization");

        if (!strstr(wire->last.body, action))
                return false;
        return !line->word || strstr(wire->last.body, line->word) || (keys && strstr(keys, line->word));
}

/* The bucket is there, and takes what it is given. */
static const struct fake_answer *answer_of_s3(struct script *script)
{
        static const struct fake_answer fine = ANSWER(200, NULL, NULL);
        const struct fake_wire *wire = &script->wire;
        const char *owner = fake_header(wire, "x-amz-expected-bucket-owner"),
                   *match = fake_header(wire, "If-None-Match");

        bakery__buf_format(&script->s3, "%s %s %s %s\n", wire->last.method, wire->last.url, owner ? owner : "-",
                           match ? match : "-");
        return &fine;
}

static const struct fake_answer *choose(struct fake_wire *wire)
{
        static struct fake_answer done = ANSWER(200, NULL, NULL), results = ANSWER(200, NULL, NULL);
        struct script *script = (struct script *)wire;

        if (strcmp(wire->last.method, "POST") != 0)
                return answer_of_s3(script);
        for (size_t i = 0; i < N_ELEMENTS(script->lines) && script->lines[i].action; i++)
                if (fits(&script->lines[i], wire))
                        return &script->lines[i].answer;
        for (size_t i = 0; i < N_ELEMENTS(usual); i++)
                if (fits(&usual[i], wire))
                        return &usual[i].answer;
        results.body = script->results.at;
        const char *action = wire->last.body + strlen("Action=");
        int len = (int)strcspn(action, "&");
        snprintf(script->done, sizeof script->done, "<%.*sResponse><%.*sResult/></%.*sResponse>", len, action, len,
                 action, len, action);
        done.body = script->done;
        return strstr(wire->last.body, "Action=ListStackSetOperationResults&") ? &results : &done;
}

static void tell(const bakery_set_account *account, void *context)
{
        bakery__buf_format(context, "%zu/%zu %s %d %s\n", account->finished, account->total, account->account_id,
                           (int)account->state, account->reason ? account->reason : "");
}

/* Environment Prod with accounts 200000000000 and on, called a0 and on; all operations succeed. */
static void begin(struct script *script, const char *more, unsigned accounts)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };

        script->results.max = script->told.max = script->s3.max = 1 << 20;
        bakery__buf_text(&script->s3, "");
        bakery__buf_format(&text, OWN "%s" TYPES "Environments:\n  - Environment: Prod\n    Accounts:\n", more);
        bakery__buf_text(&script->results,
                         "<ListStackSetOperationResultsResponse><ListStackSetOperationResultsResult><Summaries>");
        for (unsigned i = 0; i < accounts; i++) {
                bakery__buf_format(&text, "      - { Id: \"2%011u\", Name: a%u }\n", i, i);
                bakery__buf_format(&script->results,
                                   "<member><Account>2%011u</Account><Region>us-east-1</Region><Status>SUCCEEDED"
                                   "</Status></member>",
                                   i);
        }
        bakery__buf_text(&script->results,
                         "</Summaries></ListStackSetOperationResultsResult></ListStackSetOperationResultsResponse>");
        script->config = config_of(text.at);
        script->keys = fake_keys();
        script->wire.bodies.max = 64 << 20;
        script->wire.choose = choose;
        script->client = fake_client(&script->wire);
        script->request = (bakery_stack_sets_request)BAKERY_STACK_SETS_REQUEST_INIT;
        script->request.config = script->config;
        script->request.keys = script->keys;
        script->request.region = "us-east-1";
        script->request.concurrent = 1;
        script->request.on_account = tell;
        script->request.account_context = &script->told;
        script->request.run.poll_ms = 1;
}

static bakery_status plan(struct script *script)
{
        bakery_status st = bakery_stack_sets_plan(script->client, &script->request, &script->sets, &script->err);

        script->wire.bodies.len = 0;
        return st;
}

static unsigned count(const char *text, const char *word)
{
        unsigned n = 0;

        for (const char *at = text ? strstr(text, word) : NULL; at; at = strstr(at + 1, word))
                n++;
        return n;
}

/* The nth request (from 0) of that action, cut off at its end; to be freed. */
static char *request_of(const struct script *script, const char *action, unsigned n)
{
        char head[64];
        const char *at = script->wire.bodies.at;

        snprintf(head, sizeof head, "Action=%s&", action);
        for (at = at ? strstr(at, head) : NULL; at && n > 0; n--)
                at = strstr(at + 1, head);
        ck_assert_msg(at, "no such %s", action);
        return strndup(at, strcspn(at, "\n"));
}

static unsigned requests_of(const struct script *script, const char *action)
{
        char head[64];

        snprintf(head, sizeof head, "Action=%s&", action);
        return count(script->wire.bodies.at, head);
}

START_TEST(as_many_sets_as_it_takes)
{
        static const unsigned sizes[] = { 200, 200, 50 };
        static const char *const names[] = { "BurgerAccount-Prod", "BurgerAccount-Prod-2", "BurgerAccount-Prod-3" };
        AUTO_CLEAR(script) script = { .config = NULL };

        begin(&script, "", 450);
        ck_assert_msg(plan(&script) == BAKERY_OK, "%s", bakery_error_message(script.err));
        ck_assert_uint_eq(bakery_stack_sets_account_count(script.sets), 450);
        ck_assert(bakery_stack_sets_changes(script.sets) && !bakery_stack_sets_deletes(script.sets));
        ck_assert(bakery_stack_sets_broadens(script.sets));
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_OK);
        ck_assert_uint_eq(requests_of(&script, "CreateStackSet"), 3);
        ck_assert_uint_eq(requests_of(&script, "CreateStackInstances"), 3);
        for (unsigned i = 0; i < 3; i++) {
                AUTO_FREE char *made = request_of(&script, "CreateStackSet", i);
                AUTO_FREE char *stacks = request_of(&script, "CreateStackInstances", i);
                char name[64];

                snprintf(name, sizeof name, "StackSetName=%s&", names[i]);
                ck_assert(strstr(made, name) && strstr(stacks, name));
                ck_assert_uint_eq(count(stacks, "&Accounts.member."), sizes[i]);
                ck_assert_uint_eq(count(stacks, "&Regions.member."), 1);
                ck_assert(strstr(stacks, "&Regions.member.1=us-east-1"));
                ck_assert(strstr(stacks, "&OperationPreferences.MaxConcurrentCount=1&"));
                ck_assert(strstr(stacks, "ConcurrencyMode=SOFT_FAILURE_TOLERANCE"));
                ck_assert(strstr(stacks, "&OperationId=bakery-set-"));
                ck_assert(!strstr(stacks, "ParameterOverrides"));
                ck_assert(strstr(made, "&ManagedExecution.Active=true&"));
                ck_assert(strstr(made, "&PermissionModel=SELF_MANAGED&"));
                ck_assert(strstr(made, "&Capabilities.member.1=CAPABILITY_NAMED_IAM"));
                ck_assert(strstr(made, "ParameterKey=Environment&Parameters.member.2.ParameterValue=Prod"));
                ck_assert(!strstr(made, "AutoDeployment") && !strstr(made, "CallAs") && !strstr(made, "RoleARN"));
        }
        ck_assert_uint_eq(bakery_stack_sets_count_of(script.sets, BAKERY_BURGER_DONE), 450);
        ck_assert_uint_eq(count(script.told.at, "\n"), 450);
        ck_assert(strstr(script.told.at, "1/450 200000000000 3 \n"));
        ck_assert(strstr(script.told.at, "450/450 200000000449 3 \n"));
}
END_TEST

/* Access types of roles that may read n buckets each. */
static bakery_config *config_with_buckets(unsigned types, unsigned n, const char *more)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };

        bakery__buf_format(
                &text,
                OWN "%sEnvironments:\n  - Environment: Prod\n    Accounts: [{ Id: \"200000000000\", Name: a0 }]\n"
                    "AccessTypes:\n",
                more);
        for (unsigned t = 0; t < types; t++) {
                bakery__buf_format(&text,
                                   "  - Type: T%u\n    InlinePolicy:\n      Version: \"2012-10-17\"\n      Statement:\n"
                                   "        - { Effect: Allow, Action: \"s3:GetObject\", Resource: [",
                                   t);
                for (unsigned i = 0; i < n; i++)
                        bakery__buf_format(&text, "%s\"arn:aws:s3:::bucket-%04u/*\"", i ? ", " : "", i);
                bakery__buf_text(&text, "] }\n");
        }
        return config_of(text.at);
}

/* A request may hold 51,200 bytes of a template; a larger one is fetched from the bucket, under its content's hash. */
START_TEST(a_large_template_goes_through_the_bucket)
{
        AUTO_CLEAR(script) script = { .config = NULL };
        AUTO_PTR(bakery_config) large = config_with_buckets(6, 300, "TemplateBucket: templates\n");
        char digest[65];

        begin(&script, "", 1);
        script.request.config = large;
        ck_assert_msg(plan(&script) == BAKERY_OK, "%s", bakery_error_message(script.err));
        ck_assert_str_eq(script.s3.at, "");
        const struct stack_set *set = script.sets->first;
        ck_assert_uint_gt(set->text_size_bytes, 51200);
        ck_assert_int_eq(bakery__sha256_hex((struct span){ set->text, set->text_size_bytes }, digest, NULL), BAKERY_OK);
        ck_assert_msg(bakery_stack_sets_execute(script.client, script.sets, &script.err) == BAKERY_OK, "%s",
                      bakery_error_message(script.err));

        AUTO_FREE char *made = request_of(&script, "CreateStackSet", 0);
        AUTO_FREE char *url = NULL, *form_url = NULL, *wanted = NULL;
        ck_assert_int_gt(
                asprintf(&url, "https://templates.s3.us-east-1.amazonaws.com/bakery/%s/burger_set.json", digest), 0);
        ck_assert_int_gt(
                asprintf(&form_url,
                         "&TemplateURL=https%%3A%%2F%%2Ftemplates.s3.us-east-1.amazonaws.com%%2Fbakery%%2F%s%%2F"
                         "burger_set.json&",
                         digest),
                0);
        ck_assert_int_gt(asprintf(&wanted, "PUT %s 111111111111 *\n", url), 0);
        ck_assert_msg(strstr(made, form_url) && !strstr(made, "TemplateBody"), "%.600s", made);
        ck_assert_msg(strstr(script.s3.at, wanted), "%s", script.s3.at);
        ck_assert_uint_eq(count(script.s3.at, "PUT "), 1);
        /* The bucket's owner is checked before anything is put into it. */
        ck_assert_int_eq(strncmp(script.s3.at, "HEAD ", 5), 0);
        ck_assert_uint_eq(count(script.s3.at, " 111111111111 "), count(script.s3.at, "\n"));
        ck_assert_uint_eq(requests_of(&script, "CreateStackInstances"), 1);
}
END_TEST

START_TEST(a_large_template_needs_a_bucket)
{
        AUTO_CLEAR(script) script = { .config = NULL };
        AUTO_PTR(bakery_config) large = config_with_buckets(6, 300, "");

        begin(&script, "", 1);
        script.request.config = large;
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_int_ne(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_OK);
        ck_says(script.err, "bucket");
        ck_hints(script.err, "TemplateBucket");
        ck_assert_uint_eq(requests_of(&script, "CreateStackSet"), 0);
}
END_TEST

START_TEST(a_small_template_needs_none)
{
        AUTO_CLEAR(script) script = { .config = NULL };
        AUTO_PTR(bakery_config) small = config_with_buckets(1, 300, "TemplateBucket: templates\n");

        begin(&script, "", 1);
        script.request.config = small;
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_OK);
        AUTO_FREE char *made = request_of(&script, "CreateStackSet", 0);
        ck_assert(strstr(made, "&TemplateBody=") && !strstr(made, "TemplateURL"));
        ck_assert_str_eq(script.s3.at, "");
}
END_TEST

START_TEST(service_managed_sets_work_in_units)
{
        static const char *const units[] = { "ou-1", "ou-2" };
        AUTO_CLEAR(script) script = { .config = NULL };

        begin(&script, "", 2);
        script.request.permission_model = BAKERY_PERMISSIONS_SERVICE_MANAGED;
        script.request.delegated_admin = 1;
        ck_assert_int_eq(plan(&script), BAKERY_ERR_ARGUMENT);
        ck_says(script.err, "organizational units");
        script.request.organizational_units = units;
        script.request.organizational_unit_count = 2;
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_OK);

        AUTO_FREE char *made = request_of(&script, "CreateStackSet", 0);
        AUTO_FREE char *stacks = request_of(&script, "CreateStackInstances", 0);
        ck_assert(strstr(made, "&PermissionModel=SERVICE_MANAGED&"));
        ck_assert(strstr(made, "&AutoDeployment.Enabled=false&"));
        ck_assert(strstr(made, "&CallAs=DELEGATED_ADMIN&") && strstr(stacks, "&CallAs=DELEGATED_ADMIN&"));
        ck_assert(strstr(stacks, "&DeploymentTargets.Accounts.member.2=200000000001&"
                                 "DeploymentTargets.OrganizationalUnitIds.member.1=ou-1&"
                                 "DeploymentTargets.OrganizationalUnitIds.member.2=ou-2&"
                                 "DeploymentTargets.AccountFilterType=INTERSECTION&"));
        ck_assert(!strstr(stacks, "&Accounts.member"));
}
END_TEST

START_TEST(roles_of_stack_sets_can_be_named)
{
        AUTO_CLEAR(script) script = { .config = NULL };

        begin(&script, "", 1);
        script.request.administration_role = "team/Sets";
        script.request.execution_role = "Work";
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_OK);
        AUTO_FREE char *made = request_of(&script, "CreateStackSet", 0);
        ck_assert(strstr(made, "&AdministrationRoleARN=arn%3Aaws%3Aiam%3A%3A111111111111%3Arole%2Fteam%2FSets&"
                               "ExecutionRoleName=Work&"));
}
END_TEST

#define ALONE(status, tag)                                                                                            \
        ANSWER_OF("DescribeStacks", "<Stacks><member><StackId>arn:aws:cloudformation:us-east-1:2:stack/BurgerAccount" \
                                    "/1</StackId><StackName>BurgerAccount</StackName><StackStatus>" status            \
                                    "</StackStatus><Tags><member><Key>ManagedBy</Key><Value>" tag                     \
                                    "</Value></member></Tags></member></Stacks>")
#define OLD_TEMPLATE                                                                                       \
        ANSWER_OF("GetTemplate", "<TemplateBody>{\"Resources\": {\"R\": {\"Type\": \"AWS::SNS::Topic\"}}}" \
                                 "</TemplateBody>")

START_TEST(ten_stacks_are_imported_at_once)
{
        static const unsigned sizes[] = { 10, 10, 3 };
        AUTO_CLEAR(script)
        script = { .lines = { { "DescribeStacks", NULL, ANSWER(200, NULL, ALONE("UPDATE_COMPLETE", "bakery")) },
                              { "GetTemplate", NULL, ANSWER(200, NULL, OLD_TEMPLATE) } } };

        begin(&script, "DeployerRole: Deployer\n", 23);
        ck_assert_msg(plan(&script) == BAKERY_OK, "%s", bakery_error_message(script.err));
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_OK);
        ck_assert_uint_eq(requests_of(&script, "ImportStacksToStackSet"), 3);
        for (unsigned i = 0; i < 3; i++) {
                AUTO_FREE char *asked = request_of(&script, "ImportStacksToStackSet", i);

                ck_assert_uint_eq(count(asked, "&StackIds.member."), sizes[i]);
        }
        ck_assert_uint_eq(requests_of(&script, "CreateStackInstances"), 0);
        ck_assert_uint_eq(requests_of(&script, "UpdateStackInstances"), 1);
        AUTO_FREE char *updated = request_of(&script, "UpdateStackInstances", 0);
        ck_assert_uint_eq(count(updated, "&Accounts.member."), 23);
        ck_assert_uint_eq(count(script.told.at, "\n"), 23);
}
END_TEST

/* What is in the way of an import is that account's failure, and nothing is begun when none is tolerated. */
static const struct {
        const char *body, *reason;
} in_the_way[] = {
        { ALONE("ROLLBACK_COMPLETE", "bakery"), "its stack BurgerAccount is in ROLLBACK_COMPLETE" },
        { ALONE("UPDATE_IN_PROGRESS", "bakery"), "its stack BurgerAccount is in UPDATE_IN_PROGRESS" },
        { ALONE("UPDATE_COMPLETE", "others"), "its stack BurgerAccount was made by another tool" },
};

START_TEST(a_stack_that_cannot_be_imported)
{
        AUTO_CLEAR(script)
        script = { .lines = { { "DescribeStacks", NULL, ANSWER(200, NULL, in_the_way[_i].body) },
                              { "GetTemplate", NULL, ANSWER(200, NULL, OLD_TEMPLATE) } } };
        bakery_set_account account = { .size = sizeof account };

        begin(&script, "DeployerRole: Deployer\n", 1);
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        bakery_stack_sets_account_at(script.sets, 0, &account);
        ck_assert_int_eq(account.state, BAKERY_BURGER_FAILED);
        ck_assert_str_eq(account.reason, in_the_way[_i].reason);
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_ERR_AWS);
        ck_says(script.err, in_the_way[_i].reason);
        ck_assert_uint_eq(requests_of(&script, "CreateStackSet"), 0);
}
END_TEST

START_TEST(what_cannot_be_looked_up_is_said)
{
        AUTO_CLEAR(script)
        script = { .lines = { { "AssumeRole", NULL,
                                ANSWER(403, NULL,
                                       "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error>"
                                       "</ErrorResponse>") } } };
        AUTO_FREE char *text = NULL;

        begin(&script, "DeployerRole: Deployer\n", 2);
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_int_eq(bakery_stack_sets_print(script.sets, BAKERY_PLAN_TEXT, &text, NULL), BAKERY_OK);
        ck_assert(strstr(text, "note: whether 2 accounts have a stack already is not known"));
        ck_assert(strstr(text, "stack set BurgerAccount-Prod, 2 accounts: create\n  create  200000000000  a0\n"));
}
END_TEST

/* A deployed set, by its parameters and its instances. */
#define SET_OF(name, environment, model, template)                                                                                                                    \
        ANSWER_OF(                                                                                                                                                    \
                "DescribeStackSet",                                                                                                                                   \
                "<StackSet><StackSetName>" name "</StackSetName><StackSetId>s</StackSetId><Status>ACTIVE</Status>"                                                    \
                "<PermissionModel>" model                                                                                                                             \
                "</PermissionModel><TemplateBody>" template "</TemplateBody><Parameters><member><ParameterKey>Environment</ParameterKey><ParameterValue>" environment \
                                                            "</ParameterValue></member></Parameters><Tags><member><Key>ManagedBy</Key><Value>bakery</Value>"          \
                                                            "</member></Tags></StackSet>")
#define SET(name, model, template) SET_OF(name, "Prod", model, template)
#define LISTED(members) ANSWER_OF("ListStackSets", "<Summaries>" members "</Summaries>")
#define NAMED(name) "<member><StackSetName>" name "</StackSetName></member>"
#define INSTANCES(members) ANSWER_OF("ListStackInstances", "<Summaries>" members "</Summaries>")

START_TEST(an_account_stays_in_its_set)
{
        AUTO_CLEAR(script)
        script = { .lines = {
                           { "ListStackSets", NULL,
                             ANSWER(200, NULL,
                                    LISTED(NAMED("BurgerAccount-Prod-10") NAMED("Other") //
                                           NAMED("BurgerAccount-Prod-2"))) },
                           { "DescribeStackSet", "Prod-10",
                             ANSWER(200, NULL, SET("BurgerAccount-Prod-10", "SELF_MANAGED", "{}")) },
                           { "DescribeStackSet", "Prod-2",
                             ANSWER(200, NULL, SET("BurgerAccount-Prod-2", "SELF_MANAGED", "{}")) },
                           { "ListStackInstances", "Prod-10",
                             ANSWER(200, NULL,
                                    INSTANCES(INSTANCE("200000000000", "us-east-1", "CURRENT", "SUCCEEDED")
                                                      INSTANCE("999999999999", "us-east-1", "CURRENT", "SUCCEEDED"))) },
                           { "ListStackInstances", "Prod-2", ANSWER(200, NULL, INSTANCES("")) },
                   } };
        static const struct {
                const char *id, *set;
                bakery_set_step step;
        } want[] = { { "200000000001", "BurgerAccount-Prod-2", BAKERY_SET_CREATE },
                     { "200000000000", "BurgerAccount-Prod-10", BAKERY_SET_UPDATE },
                     { "999999999999", "BurgerAccount-Prod-10", BAKERY_SET_DELETE } };

        begin(&script, "", 2);
        ck_assert_msg(plan(&script) == BAKERY_OK, "%s", bakery_error_message(script.err));
        ck_assert(bakery_stack_sets_deletes(script.sets));
        ck_assert_uint_eq(bakery_stack_sets_account_count(script.sets), N_ELEMENTS(want));
        for (size_t i = 0; i < N_ELEMENTS(want); i++) {
                bakery_set_account account = { .size = sizeof account };

                bakery_stack_sets_account_at(script.sets, i, &account);
                ck_assert_str_eq(account.account_id, want[i].id);
                ck_assert_str_eq(account.stack_set, want[i].set);
                ck_assert_int_eq(account.step, want[i].step);
        }
}
END_TEST

#define ONE_SET(model, instances)                                                                        \
        { "ListStackSets", NULL, ANSWER(200, NULL, LISTED(NAMED("BurgerAccount-Prod"))) },               \
                { "DescribeStackSet", NULL, ANSWER(200, NULL, SET("BurgerAccount-Prod", model, "{}")) }, \
        {                                                                                                \
                "ListStackInstances", NULL, ANSWER(200, NULL, INSTANCES(instances))                      \
        }

static const struct {
        struct line lines[3];
        const char *says;
} refusals[] = {
        { { ONE_SET("SERVICE_MANAGED", "") }, "is SERVICE_MANAGED, and cannot become SELF_MANAGED" },
        { { ONE_SET("SELF_MANAGED", INSTANCE("200000000000", "eu-west-1", "CURRENT", "SUCCEEDED")) },
          "has a stack in 200000000000, eu-west-1, and this is us-east-1" },
        { { ONE_SET("SELF_MANAGED", INSTANCE("200000000000", "us-east-1", "OUTDATED", "RUNNING")) },
          "not to be waited for: StackSets is at work on BurgerAccount-Prod" },
};

START_TEST(refuses_what_it_cannot_work_on)
{
        AUTO_CLEAR(script) script = { .config = NULL };

        memcpy(script.lines, refusals[_i].lines, sizeof refusals[_i].lines);
        begin(&script, "", 1);
        script.request.run.no_wait = 1;
        ck_assert_int_eq(plan(&script), BAKERY_ERR_REFUSED);
        ck_says(script.err, refusals[_i].says);
        ck_assert_ptr_null(script.sets);
}
END_TEST

START_TEST(keys_of_another_account_are_refused)
{
        AUTO_CLEAR(script) script = { .config = NULL };

        begin(&script, "", 1);
        script.request.administrator = "123456789012";
        ck_assert_int_eq(plan(&script), BAKERY_ERR_REFUSED);
        ck_says(script.err, "the keys are of account 111111111111");
        ck_assert_uint_eq(script.wire.requests, 1);
}
END_TEST

START_TEST(no_such_environment)
{
        AUTO_CLEAR(script) script = { .config = NULL };

        begin(&script, "", 1);
        script.request.environment = "Prodd";
        ck_assert_int_eq(plan(&script), BAKERY_ERR_NOT_FOUND);
        ck_hints(script.err, "did you mean Prod?");
        ck_assert_uint_eq(script.wire.requests, 0);
}
END_TEST

/* What fails in an account is told of it; those that StackSets did not begin are skipped, and so is the next set. */
START_TEST(a_failure_stops_what_is_not_begun)
{
        AUTO_CLEAR(script)
        script = { .lines = { { "DescribeStackSetOperation", NULL, ANSWER(200, NULL, OPERATION("FAILED")) },
                              { "ListStackSetOperationResults", NULL,
                                ANSWER(200, NULL,
                                       ANSWER_OF("ListStackSetOperationResults",
                                                 "<Summaries>" MEMBER("200000000000",
                                                                      "SUCCEEDED") MEMBER("200000000001", "FAILED")
                                                         MEMBER("200000000002", "CANCELLED") "</Summaries>")) } } };

        begin(&script, "", 201);
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_ERR_AWS);
        ck_says(script.err, "1 of 201 burgers failed, and 199 were not begun: a1 (200000000001): because");
        ck_assert(strstr(script.told.at, " 200000000001 4 because\n"));
        ck_assert(strstr(script.told.at, " 200000000002 5 \n"));
        ck_assert_uint_eq(count(script.told.at, "\n"), 201);
        ck_assert_uint_eq(requests_of(&script, "CreateStackSet"), 1);
        ck_assert_uint_eq(requests_of(&script, "CreateStackInstances"), 1);
}
END_TEST

START_TEST(failures_that_are_tolerated_stop_nothing)
{
        AUTO_CLEAR(script)
        script = { .lines = { { "ListStackSetOperationResults", "Prod&",
                                ANSWER(200, NULL,
                                       ANSWER_OF("ListStackSetOperationResults",
                                                 "<Summaries>" MEMBER("200000000001", "FAILED") "</Summaries>")) } } };

        begin(&script, "", 201);
        script.request.failures_tolerated = 1;
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_ERR_AWS);
        ck_assert_uint_eq(requests_of(&script, "CreateStackInstances"), 2);
        AUTO_FREE char *first = request_of(&script, "CreateStackInstances", 0);
        AUTO_FREE char *second = request_of(&script, "CreateStackInstances", 1);
        ck_assert(strstr(first, "&OperationPreferences.FailureToleranceCount=1&"));
        ck_assert(!strstr(second, "FailureToleranceCount")); /* one has failed: no other may */
}
END_TEST

/* StackSets was told to stop: what would have followed in that set is not begun, however much may fail. */
START_TEST(an_operation_that_was_stopped_ends_its_set)
{
        AUTO_CLEAR(script)
        script = { .lines = { ONE_SET("SELF_MANAGED", INSTANCE("200000000000", "us-east-1", "CURRENT", "SUCCEEDED")),
                              { "DescribeStackSetOperation", NULL, ANSWER(200, NULL, OPERATION("STOPPED")) },
                              { "ListStackSetOperationResults", NULL,
                                ANSWER(200, NULL, ANSWER_OF("ListStackSetOperationResults", "<Summaries/>")) } } };

        begin(&script, "", 2);
        script.request.failures_tolerated = 5;
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_ERR_AWS);
        ck_says(script.err, "0 of 2 burgers failed, and 2 were not begun: StackSets stopped");
        ck_assert_uint_eq(requests_of(&script, "UpdateStackSet"), 1);
        ck_assert_uint_eq(requests_of(&script, "CreateStackInstances"), 0);
}
END_TEST

/* The template would lack the name of an account whose stack is still there. */
START_TEST(a_stack_that_cannot_be_deleted_keeps_its_set_as_it_is)
{
        AUTO_CLEAR(script)
        script = { .lines = { ONE_SET("SELF_MANAGED",
                                      INSTANCE("200000000000", "us-east-1", "CURRENT", "SUCCEEDED")
                                              INSTANCE("999999999999", "us-east-1", "CURRENT", "SUCCEEDED")),
                              { "ListStackSetOperationResults", NULL,
                                ANSWER(200, NULL,
                                       ANSWER_OF("ListStackSetOperationResults",
                                                 "<Summaries>" MEMBER("999999999999", "FAILED") "</Summaries>")) } } };

        begin(&script, "", 1);
        script.request.failures_tolerated = 5;
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_ERR_AWS);
        ck_says(script.err, "an account (999999999999): because");
        ck_assert_uint_eq(requests_of(&script, "DeleteStackInstances"), 1);
        ck_assert_uint_eq(requests_of(&script, "UpdateStackSet"), 0);
}
END_TEST

#define CREATED                                                                                                \
        ANSWER_OF("DescribeStackSetOperation", "<StackSetOperation><OperationId>o</OperationId><Action>CREATE" \
                                               "</Action><Status>SUCCEEDED</Status></StackSetOperation>")
#define IMPORTED                                                                                              \
        "<member><Account>200000000000</Account><Region>us-east-1</Region><Status>OUTDATED</Status><StackId>" \
        "arn:aws:cloudformation:us-east-1:200000000000:stack/BurgerAccount/1</StackId><LastOperationId>o"     \
        "</LastOperationId></member>"

/* What StackSets failed to make is made anew; a stack that was imported is never deleted for that. */
static const struct {
        const char *instances;
        unsigned deleted, created;
} broken[] = {
        { INSTANCES(INSTANCE("200000000000", "us-east-1", "OUTDATED", "FAILED")), 1, 1 },
        { INSTANCES(IMPORTED), 0, 0 },
};

START_TEST(only_what_stack_sets_made_is_made_anew)
{
        AUTO_CLEAR(script)
        script = { .lines = { { "ListStackInstances", NULL, ANSWER(200, NULL, broken[_i].instances) },
                              { "DescribeStackSetOperation", NULL, ANSWER(200, NULL, CREATED) },
                              ONE_SET("SELF_MANAGED", "") } };

        begin(&script, "", 1);
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_msg(bakery_stack_sets_execute(script.client, script.sets, &script.err) == BAKERY_OK, "%s",
                      bakery_error_message(script.err));
        ck_assert_uint_eq(requests_of(&script, "DeleteStackInstances"), broken[_i].deleted);
        ck_assert_uint_eq(requests_of(&script, "CreateStackInstances"), broken[_i].created);
        ck_assert_uint_eq(requests_of(&script, "UpdateStackSet"), 1);
}
END_TEST

#define MEMBERS_OWN                                                                                            \
        ANSWER_OF("GetCallerIdentity", "<Arn>arn:aws:sts::200000000000:assumed-role/Deployer/b</Arn><UserId>U" \
                                       "</UserId><Account>200000000000</Account>")
#define BY_HAND                                                                                                          \
        ANSWER_OF(                                                                                                       \
                "GetAccountAuthorizationDetails",                                                                        \
                "<IsTruncated>false</IsTruncated><UserDetailList/><GroupDetailList/><RoleDetailList><member>"            \
                "<RoleName>a0-Prod-Admin</RoleName><Path>/</Path><RoleId>R</RoleId><Arn>arn:aws:iam::200000000000:role/" \
                "a0-Prod-Admin</Arn><AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument></member>"                \
                "</RoleDetailList><Policies/>")
#define ROLE                                                                                   \
        ANSWER_OF(                                                                             \
                "GetRole",                                                                     \
                "<Role><RoleName>a0-Prod-Admin</RoleName><Arn>arn:aws:iam::200000000000:role/" \
                "a0-Prod-Admin</Arn><Path>/</Path><AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument><MaxSessionDuration>3600</MaxSessionDuration></Role>")

/* What a set says of the account, and what is told of it; the set's template makes no role. */
static const struct {
        const char *instances;
        bakery_progress progress;
        const char *status, *name; /* NULL: there is no stack */
        size_t differences;
        const char *note; /* NULL: none */
        bool has_moved;   /* from an environment that is no more: its stack is still in the other set */
} members_seen[] = {
        { INSTANCES(INSTANCE("200000000000", "us-east-1", "CURRENT", "SUCCEEDED")), BAKERY_PROGRESS_DONE, "CURRENT",
          "StackSet-x", 1, NULL, false },
        { INSTANCES(INSTANCE("200000000000", "us-east-1", "CURRENT", "SUCCEEDED")), BAKERY_PROGRESS_DONE, "CURRENT",
          "StackSet-x", 1, NULL, true },
        { INSTANCES(IMPORTED), BAKERY_PROGRESS_FAILED, "OUTDATED", "BurgerAccount", 1,
          "has not brought this stack to where BurgerAccount-Prod is", false },
        { INSTANCES(INSTANCE("200000000000", "us-east-1", "OUTDATED", "FAILED")), BAKERY_PROGRESS_FAILED, "OUTDATED",
          "StackSet-x", 0, NULL, false },
        { INSTANCES(""), BAKERY_PROGRESS_NONE, NULL, "BurgerAccount", 0, NULL, false },
};

START_TEST(what_iam_has_is_compared_with_the_set)
{
        AUTO_CLEAR(script)
        script = { .lines = { { "ListStackInstances", NULL, ANSWER(200, NULL, members_seen[_i].instances) },
                              { "DescribeStackSetOperation", NULL, ANSWER(200, NULL, CREATED) },
                              { "GetCallerIdentity", "Credential=ASIA", ANSWER(200, NULL, MEMBERS_OWN) },
                              { "GetAccountAuthorizationDetails", NULL, ANSWER(200, NULL, BY_HAND) },
                              { "GetRole", NULL, ANSWER(200, NULL, ROLE) },
                              ONE_SET("SELF_MANAGED", "") } };
        bakery_burgers_request request = BAKERY_BURGERS_REQUEST_INIT;
        bakery_burgers *burgers = NULL;
        bakery_burger burger = { .size = sizeof burger };
        AUTO_FREE char *text = NULL;

        if (members_seen[_i].has_moved) {
                script.lines[0].word = "Later";
                script.lines[5].answer.body = LISTED(NAMED("BurgerAccount-Later") NAMED("BurgerAccount-Prod"));
                script.lines[6].word = "Prod";
                script.lines[8] = (struct line){ "DescribeStackSet", "Later", ANSWER(200, NULL, NULL) };
                script.lines[8].answer.body = SET_OF("BurgerAccount-Later", "Later", "SELF_MANAGED", "{}");
        }
        begin(&script, "", 1);
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        request.config = script.config;
        request.keys = script.keys;
        request.region = "us-east-1";
        request.deployer_role = "Deployer";
        ck_assert_int_eq(bakery_burgers_new(&request, &burgers, NULL), BAKERY_OK);
        bakery_status st = bakery_stack_sets_look(script.client, script.sets, burgers, &script.err);
        bakery_burgers_at(burgers, 0, &burger);
        ck_assert_msg(st == BAKERY_OK, "%s", bakery_error_message(burger.error));
        const bakery_drift *drift = burger.drift;
        ck_assert_int_eq(bakery_drift_progress(drift), members_seen[_i].progress);
        ck_assert_pstr_eq(bakery_drift_stack_status(drift), members_seen[_i].status);
        ck_assert_str_eq(bakery_drift_stack_name(drift), members_seen[_i].name);
        ck_assert_uint_eq(bakery_drift_difference_count(drift), members_seen[_i].differences);
        ck_assert_uint_eq(bakery_drift_note_count(drift), members_seen[_i].note ? 1 : 0);
        if (members_seen[_i].note)
                ck_assert_ptr_nonnull(strstr(bakery_drift_note(drift, 0), members_seen[_i].note));
        ck_assert_int_eq(bakery_drift_print(drift, BAKERY_PLAN_TEXT, &text, NULL), BAKERY_OK);
        ck_assert_ptr_null(strstr(text, "protected"));
        /* The deployer role may ask CloudFormation nothing about stacks of StackSets. */
        ck_assert_uint_eq(requests_of(&script, "DescribeStacks"), 0);
        ck_assert_uint_eq(requests_of(&script, "GetTemplate"), 0);
        bakery_burgers_free(burgers);
}
END_TEST

START_TEST(interrupted_it_says_what_goes_on)
{
        AUTO_CLEAR(script)
        script = { .lines = { { "DescribeStackSetOperation",
                                NULL,
                                { .status = 200, .body = OPERATION("RUNNING"), .cancels = true } } } };

        begin(&script, "", 1);
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_ERR_CANCELLED);
        ck_says(script.err, "interrupted: StackSets goes on with BurgerAccount-Prod, as operation bakery-set-");
        ck_hints(script.err, "stop-stack-set-operation --stack-set-name BurgerAccount-Prod --operation-id bakery-set-");
        ck_assert_ptr_null(strstr(bakery_error_hint(script.err), "--call-as"));
        ck_hints(script.err, "bakery-cli deploy burgers --stack-set waits for it");
}
END_TEST

START_TEST(a_look_that_fails_is_followed_by_another)
{
        AUTO_CLEAR(script)
        script = { .lines = { { "DescribeStackSetOperation", NULL,
                                ANSWER(400, NULL,
                                       "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>") } } };

        begin(&script, "", 1);
        script.request.run.limit_s = 1;
        script.request.delegated_admin = 1;
        ck_assert_int_eq(plan(&script), BAKERY_OK);
        ck_assert_int_eq(bakery_stack_sets_execute(script.client, script.sets, &script.err), BAKERY_ERR_UNFINISHED);
        ck_says(script.err, "the time is over: StackSets goes on");
        ck_hints(script.err, " --call-as DELEGATED_ADMIN");
}
END_TEST

/* What a template of a set stands for in an account is what burger_account.json stands for there. */
START_TEST(a_set_makes_the_same_roles)
{
        AUTO_PTR(bakery_config)
        config = config_of(OWN "Environments:\n"
                               "  - { Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: Main },"
                               " { Id: \"333333333333\", Name: Other }] }\n"
                               "  - { Environment: Dev, MaxSessionDuration: 7200, AccessTypes: [Admin],"
                               " Accounts: [{ Id: \"444444444444\", Name: d }] }\n"
                               "AccessTypes: [{ Type: Admin, " ADMIN_POLICY " }, { Type: Read, " ADMIN_POLICY " }]\n");
        const bakery_account *accounts[] = { bakery_config_find_account(config, "222222222222"),
                                             bakery_config_find_account(config, "333333333333") };
        struct burger_set set = { accounts, 2 };
        struct parameter environment = { "Environment", "Prod" };
        AUTO_CLEAR(json) template = { 0 };

        bakery__emit_burger_set(&template, config, &set);
        ck_assert_ptr_null(json_at(&template, "Parameters/AccountName"));
        for (size_t i = 0; i < 2; i++) {
                struct resolve_scope scope = { .template = template.root,
                                               .stack_name = "BurgerAccount",
                                               .account_id = accounts[i]->id,
                                               .partition = "aws",
                                               .region = "us-east-1",
                                               .parameters = &environment,
                                               .n_parameters = 1 };
                AUTO_CLEAR(facts) made = { 0 }, want = { 0 };
                AUTO_CLEAR(differences) found = { 0 };

                ck_assert_int_eq(bakery__facts_add_template(&made, &scope, NULL), BAKERY_OK);
                ck_assert_int_eq(made_in_burger(&want, accounts[i], NULL), BAKERY_OK);
                ck_assert_uint_eq(made.n_roles, 2);
                ck_assert_int_eq(bakery__facts_compare(&made, &want, &found, NULL), BAKERY_OK);
                ck_assert_msg(found.count == 0, "%s", found.count ? found.at[0].text : "");
        }
}
END_TEST

Suite *stack_sets_suite(void)
{
        Suite *suite = suite_create("stack_sets");
        TCase *tcase = tcase_create("sets");

        tcase_set_timeout(tcase, 60);
        tcase_add_test(tcase, as_many_sets_as_it_takes);
        tcase_add_test(tcase, a_large_template_goes_through_the_bucket);
        tcase_add_test(tcase, a_large_template_needs_a_bucket);
        tcase_add_test(tcase, a_small_template_needs_none);
        tcase_add_test(tcase, service_managed_sets_work_in_units);
        tcase_add_test(tcase, roles_of_stack_sets_can_be_named);
        tcase_add_test(tcase, ten_stacks_are_imported_at_once);
        tcase_add_loop_test(tcase, a_stack_that_cannot_be_imported, 0, N_ELEMENTS(in_the_way));
        tcase_add_test(tcase, what_cannot_be_looked_up_is_said);
        tcase_add_test(tcase, an_account_stays_in_its_set);
        tcase_add_loop_test(tcase, refuses_what_it_cannot_work_on, 0, N_ELEMENTS(refusals));
        tcase_add_test(tcase, keys_of_another_account_are_refused);
        tcase_add_test(tcase, no_such_environment);
        tcase_add_test(tcase, a_failure_stops_what_is_not_begun);
        tcase_add_test(tcase, failures_that_are_tolerated_stop_nothing);
        tcase_add_test(tcase, an_operation_that_was_stopped_ends_its_set);
        tcase_add_test(tcase, a_stack_that_cannot_be_deleted_keeps_its_set_as_it_is);
        tcase_add_loop_test(tcase, only_what_stack_sets_made_is_made_anew, 0, N_ELEMENTS(broken));
        tcase_add_loop_test(tcase, what_iam_has_is_compared_with_the_set, 0, N_ELEMENTS(members_seen));
        tcase_add_test(tcase, interrupted_it_says_what_goes_on);
        tcase_add_test(tcase, a_look_that_fails_is_followed_by_another);
        tcase_add_test(tcase, a_set_makes_the_same_roles);
        suite_add_tcase(suite, tcase);
        return suite;
}
