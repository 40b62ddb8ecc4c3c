#include "fake_cloud.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include <bakery/template.h>

static const char *keep(struct fake_cloud *cloud, struct span text)
{
        const char *copy = bakery__arena_copy(&cloud->arena, text);

        ck_assert_ptr_nonnull(copy);
        return copy;
}

/* "Action=" of a form; of S3, which has none, the method. */
static const char *action_of(struct fake_cloud *cloud, const char *form)
{
        static const char begin[] = "Action=";

        if (!bakery__str_starts(form, begin))
                return keep(cloud, bakery__span(cloud->wire.last.method));
        form += sizeof begin - 1;
        return keep(cloud, (struct span){ form, strcspn(form, "&") });
}

const char *cloud_field(struct fake_cloud *cloud, const char *form, const char *name)
{
        size_t len = strlen(name);
        char *value;

        while (form && (strncmp(form, name, len) != 0 || form[len] != '='))
                form = (form = strchr(form, '&')) ? form + 1 : NULL;
        if (!form)
                return NULL;
        form += len + 1;
        value = bakery__arena_copy(&cloud->arena, (struct span){ form, strcspn(form, "&") });
        ck_assert_ptr_nonnull(value);

        char *to = value;
        for (const char *at = value; *at; at++) {
                unsigned byte;

                if (*at == '%' && sscanf(at + 1, "%2x", &byte) == 1) {
                        *to++ = (char)byte;
                        at += 2;
                } else {
                        *to++ = *at;
                }
        }
        *to = '\0';
        return value;
}

static void note(struct fake_cloud *cloud)
{
        struct fake_wire *wire = &cloud->wire;
        struct cloud_request *request = bakery__arena_alloc(&cloud->arena, sizeof *request);
        const char *keys = fake_header(wire, "Authorization"), *who;

        ck_assert_ptr_nonnull(request);
        ck_assert_msg(wire->bodies.len > cloud->body_at, "more was sent than this keeps");
        request->form =
                keep(cloud, (struct span){ wire->bodies.at + cloud->body_at, wire->bodies.len - cloud->body_at - 1 });
        request->action = action_of(cloud, request->form);
        request->url = keep(cloud, bakery__span(wire->last.url));
        request->keys = keep(cloud, bakery__span(keys ? keys : ""));
        who = strstr(request->keys, "Credential=");
        request->who = who ? keep(cloud, (struct span){ who, strcspn(who, "/") }) : "";
        request->token = cloud_field(cloud, request->form, "ClientToken");
        if (!request->token)
                request->token = cloud_field(cloud, request->form, "ClientRequestToken");
        request->before = cloud->last;
        cloud->last = request;
        cloud->body_at = wire->bodies.len;
        bakery__buf_format(&cloud->actions, "%s%s", cloud->actions.len > 0 ? " " : "", request->action);
}

static bool has_come(const struct fake_cloud *cloud, const char *action)
{
        for (const struct cloud_request *at = cloud->last->before; at; at = at->before)
                if (strcmp(at->action, action) == 0 && strcmp(at->who, cloud->last->who) == 0)
                        return true;
        return false;
}

static const char *last_token(const struct fake_cloud *cloud)
{
        for (const struct cloud_request *at = cloud->last; at; at = at->before)
                if (at->token && strcmp(at->who, cloud->last->who) == 0)
                        return at->token;
        return "none";
}

static bool fits(const struct fake_cloud *cloud, const struct cloud_line *line)
{
        const struct cloud_request *request = cloud->last;

        if (strcmp(line->action, request->action) != 0 || (line->after && !has_come(cloud, line->after)))
                return false;
        return !line->piece || strstr(request->form, line->piece) || strstr(request->url, line->piece) ||
               strstr(request->keys, line->piece);
}

/* The line's answer with the token in it, good until the arena ends. */
static const struct fake_answer *answer_of(struct fake_cloud *cloud, const struct cloud_line *line)
{
        static const char mark[] = "@TOKEN";
        struct fake_answer *answer = bakery__arena_alloc(&cloud->arena, sizeof *answer);
        AUTO_CLEAR(buf) body = { .max = 1 << 24 };
        const char *from = line->answer.body, *at;

        ck_assert_ptr_nonnull(answer);
        *answer = line->answer;
        if (!from || !strstr(from, mark))
                return answer;
        for (; (at = strstr(from, mark)); from = at + sizeof mark - 1) {
                bakery__buf_add(&body, from, (size_t)(at - from));
                bakery__buf_text(&body, last_token(cloud));
        }
        bakery__buf_text(&body, from);
        answer->body = keep(cloud, (struct span){ body.at, body.len });
        return answer;
}

/* Take a line that is given only so often, one time less. */
static struct cloud_line *find_line(struct fake_cloud *cloud, struct cloud_line **first)
{
        for (struct cloud_line **at = first; *at; at = &(*at)->next) {
                struct cloud_line *line = *at;

                if (!fits(cloud, line))
                        continue;
                if (line->times == 1)
                        *at = line->next;
                else if (line->times > 1)
                        line->times--;
                return line;
        }
        return NULL;
}

static const struct fake_answer *answer(struct fake_wire *wire)
{
        struct fake_cloud *cloud = (struct fake_cloud *)wire;

        note(cloud);
        const struct cloud_line *line = find_line(cloud, &cloud->lines);
        if (!line)
                line = find_line(cloud, &cloud->usual);
        ck_assert_msg(line != NULL, "nobody answers %s\n%.300s\nafter %s", cloud->last->action, cloud->last->form,
                      cloud->actions.at);
        return answer_of(cloud, line);
}

static void add_to(struct fake_cloud *cloud, struct cloud_line **first, struct cloud_line line)
{
        while (*first)
                first = &(*first)->next;
        *first = bakery__arena_alloc(&cloud->arena, sizeof **first);
        ck_assert_ptr_nonnull(*first);
        if (!line.answer.status && !line.answer.fails && !line.answer.cancels)
                line.answer.status = 200;
        **first = line;
}

void cloud_adds(struct fake_cloud *cloud, struct cloud_line line)
{
        add_to(cloud, &cloud->lines, line);
}

void cloud_says(struct fake_cloud *cloud, const char *action, const char *piece, const char *body)
{
        cloud_adds(cloud, (struct cloud_line){ .action = action, .piece = piece, .answer.body = body });
}

static void usually(struct fake_cloud *cloud, const char *action, const char *piece, const char *after,
                    const char *body)
{
        add_to(cloud, &cloud->usual,
               (struct cloud_line){ .action = action, .piece = piece, .after = after, .answer.body = body });
}

static void usually_refuses(struct fake_cloud *cloud, const char *action, const char *piece, const char *body)
{
        add_to(cloud, &cloud->usual,
               (struct cloud_line){ .action = action, .piece = piece, .answer = { .status = 400, .body = body } });
}

/* The transport of the wire, for several threads. */
static bakery_status transport(void *context, const bakery_http_request *request, int (*cancelled)(void *),
                               void *cancel_context, bakery_http_answer *to, int *ret_sent, bakery_error **err)
{
        struct fake_cloud *cloud = context;
        bakery_client_options inner = fake_options(&cloud->wire);

        pthread_mutex_lock(&cloud->lock);
        bakery_status st = inner.transport(&cloud->wire, request, cancelled, cancel_context, to, ret_sent, err);
        pthread_mutex_unlock(&cloud->lock);
        return st;
}

static void keep_event(const bakery_event *event, void *context)
{
        static const char *const kinds[] = {
                [BAKERY_EVENT_STEP] = "STEP",
                [BAKERY_EVENT_RESOURCE] = "RESOURCE",
                [BAKERY_EVENT_STACK] = "STACK",
                [BAKERY_EVENT_WARNING] = "WARNING",
        };
        struct fake_cloud *cloud = context;

        if (event->kind == BAKERY_EVENT_WAITING) /* at each look */
                return;
        bakery__buf_text(&cloud->told, kinds[event->kind]);
        if (event->text)
                bakery__buf_format(&cloud->told, " %s", event->text);
        if (event->logical_id)
                bakery__buf_format(&cloud->told, " %s %s%s%s", event->logical_id, event->status,
                                   event->reason ? ": " : "", event->reason ? event->reason : "");
        bakery__buf_char(&cloud->told, '\n');
}

#define IDENTITY(account)       \
        OF("GetCallerIdentity", \
           "<Arn>arn:aws:iam::" account ":user/u</Arn><UserId>U</UserId><Account>" account "</Account>")

void cloud_begin(struct fake_cloud *cloud, bakery_stack_kind kind, const char *config)
{
        bakery_client_options options = fake_options(&cloud->wire);
        bakery_target target = BAKERY_TARGET_INIT;
        bakery_run_options run = BAKERY_RUN_OPTIONS_INIT;

        pthread_mutex_init(&cloud->lock, NULL);
        cloud->wire.choose = answer;
        cloud->wire.bodies.max = 64 << 20;
        cloud->actions.max = cloud->told.max = 1 << 22;
        bakery__buf_text(&cloud->told, "");
        options.transport = transport;
        options.transport_context = cloud;
        options.region = "us-east-1";
        cloud->client = fake_client_with(&cloud->wire, &options);
        cloud->keys = fake_keys();
        cloud->config = config_of(config);
        target.config = cloud->config;
        target.kind = kind;
        target.account = kind == BAKERY_STACK_BURGER ? &cloud->config->environments[0].accounts[0] : NULL;
        target.keys = cloud->keys;
        cloud->target = target;
        run.on_event = keep_event;
        run.context = cloud;
        run.poll_ms = 1;
        cloud->options = run;
        usually(cloud, "GetCallerIdentity", NULL, NULL,
                kind == BAKERY_STACK_BURGER ? IDENTITY("222222222222") : IDENTITY("111111111111"));
}

void cloud_end(struct fake_cloud *cloud)
{
        fake_end(&cloud->wire);
        bakery_config_free(cloud->config);
        bakery_credentials_free(cloud->keys);
        bakery__buf_clear(&cloud->actions);
        bakery__buf_clear(&cloud->told);
        bakery__arena_clear(&cloud->arena);
        pthread_mutex_destroy(&cloud->lock);
}

const char *cloud_text_template(struct fake_cloud *cloud, const char *text)
{
        AUTO_CLEAR(buf) body = { .max = 1 << 24 };

        bakery__buf_text(&body, "<GetTemplateResponse><GetTemplateResult><TemplateBody>");
        for (; *text; text++)
                if (*text == '<' || *text == '&')
                        bakery__buf_text(&body, *text == '<' ? "&lt;" : "&amp;");
                else
                        bakery__buf_char(&body, *text);
        bakery__buf_text(&body, "</TemplateBody></GetTemplateResult></GetTemplateResponse>");
        return keep(cloud, (struct span){ body.at, body.len });
}

const char *cloud_template(struct fake_cloud *cloud, const char *file)
{
        for (size_t i = 0; i < bakery_template_count(cloud->config); i++) {
                AUTO_FREE char *text = NULL;

                if (strcmp(bakery_template_file(cloud->config, i), file) != 0)
                        continue;
                ck_assert_int_eq(bakery_template_emit(cloud->config, i, &text, NULL, NULL), BAKERY_OK);
                return cloud_text_template(cloud, text);
        }
        ck_abort_msg("no template %s", file);
        return NULL;
}

/* What is the same whatever is deployed. Events come without a token, but for those of our own operation. */
static void play(struct fake_cloud *cloud, const char *stack)
{
        if (stack) {
                usually(cloud, "DescribeStacks", NULL, "ExecuteChangeSet", STACK("ROOT", "UPDATE_COMPLETE", OURS));
                usually(cloud, "DescribeStacks", NULL, NULL, stack);
                usually(cloud, "DescribeStackEvents", "StackName=ROOT", "ExecuteChangeSet",
                        EVENTS(EVENT("e3", "ROOT", "ROOT", "ROOT", "AWS::CloudFormation::Stack", "UPDATE_COMPLETE",
                                     "03", BY("@TOKEN"))
                                       EVENT("e2", "ROOT", "ROOT", "ROOT", "AWS::CloudFormation::Stack",
                                             "UPDATE_IN_PROGRESS", "02", BY("@TOKEN"))
                                               STACK_EVENT("e1", "ROOT", "CREATE_COMPLETE", "01")));
                usually(cloud, "DescribeStackEvents", NULL, NULL,
                        EVENTS(STACK_EVENT("e1", "ROOT", "CREATE_COMPLETE", "01")));
        } else {
                usually(cloud, "DescribeStacks", NULL, "ExecuteChangeSet", STACK("ROOT", "CREATE_COMPLETE", OURS));
                usually(cloud, "DescribeStacks", "StackName=ROOT", NULL, STACK("ROOT", "REVIEW_IN_PROGRESS", ""));
                usually_refuses(cloud, "DescribeStacks", NULL, NO_STACK);
                usually(cloud, "DescribeStackEvents", "StackName=ROOT", "ExecuteChangeSet",
                        EVENTS(EVENT("e3", "ROOT", "ROOT", "ROOT", "AWS::CloudFormation::Stack", "CREATE_COMPLETE",
                                     "03", BY("@TOKEN"))
                                       EVENT("e2", "ROOT", "ROOT", "ROOT", "AWS::CloudFormation::Stack",
                                             "CREATE_IN_PROGRESS", "02", BY("@TOKEN"))
                                               STACK_EVENT("e1", "ROOT", "REVIEW_IN_PROGRESS", "01")));
                usually(cloud, "DescribeStackEvents", NULL, NULL,
                        EVENTS(STACK_EVENT("e1", "ROOT", "REVIEW_IN_PROGRESS", "01")));
        }
        usually(cloud, "CreateChangeSet", NULL, NULL, OF("CreateChangeSet", "<Id>SET</Id><StackId>ROOT</StackId>"));
        usually(cloud, "ListStackResources", NULL, NULL, OF("ListStackResources", "<StackResourceSummaries/>"));
        usually(cloud, "ListChangeSets", NULL, NULL, OF("ListChangeSets", "<Summaries/>"));
        usually(cloud, "ListRoles", NULL, NULL, OF("ListRoles", "<Roles/>"));
        usually(cloud, "GetAccountSummary", NULL, NULL,
                OF("GetAccountSummary",
                   "<SummaryMap>" NUMBER("RolesQuota", "1000") NUMBER("Roles", "20") "</SummaryMap>"));
        usually(cloud, "ListGroups", NULL, NULL, OF("ListGroups", "<Groups/>"));
        usually_refuses(cloud, "GetGroup", NULL, REFUSED_WITH("NoSuchEntity", "none"));
        usually(cloud, "ExecuteChangeSet", NULL, NULL, OF("ExecuteChangeSet", ""));
        usually(cloud, "DeleteChangeSet", NULL, NULL, OF("DeleteChangeSet", ""));
        usually(cloud, "DeleteStack", NULL, NULL, OF("DeleteStack", ""));
        usually(cloud, "UpdateTerminationProtection", NULL, NULL,
                OF("UpdateTerminationProtection", "<StackId>ROOT</StackId>"));
}

void cloud_plays_burger(struct fake_cloud *cloud, const char *stack)
{
        play(cloud, stack);
        usually(cloud, "DescribeChangeSet", NULL, NULL,
                SET("SET", "ROOT", "CREATE_COMPLETE", "AVAILABLE", CHANGE("Add", "RoleAdmin", "AWS::IAM::Role", "")));
        usually(cloud, "GetTemplate", "ChangeSetName=SET", NULL, cloud_template(cloud, "burger_account.json"));
        usually(cloud, "GetTemplate", NULL, NULL, cloud_text_template(cloud, "{\"Resources\":{}}"));
}

void cloud_plays_bakery(struct fake_cloud *cloud, const char *stack)
{
        play(cloud, stack);
        usually(cloud, "HEAD", NULL, NULL, NULL);
        usually(cloud, "PUT", NULL, NULL, NULL);
        usually(cloud, "DescribeChangeSet", "ChangeSetName=SET-ACCOUNT", NULL,
                SET("SET-ACCOUNT", "ACCOUNT", "CREATE_COMPLETE", "AVAILABLE",
                    CHANGE("Add", "GroupAdmin", "AWS::IAM::Group", "")));
        usually(cloud, "DescribeChangeSet", "ChangeSetName=SET-ENV", NULL,
                SET("SET-ENV", "ENV", "CREATE_COMPLETE", "AVAILABLE",
                    CHANGE("Add", "GroupProdAdmin", "AWS::IAM::Group", "")));
        usually(cloud, "DescribeChangeSet", NULL, NULL,
                SET("SET", "ROOT", "CREATE_COMPLETE", "AVAILABLE",
                    NESTED("Add", "BakeryAccount", "SET-ACCOUNT") NESTED("Add", "BakeryEnvironment", "SET-ENV")));
        usually(cloud, "GetTemplate", "ChangeSetName=SET-ACCOUNT", NULL, cloud_template(cloud, "bakery_account.json"));
        usually(cloud, "GetTemplate", "ChangeSetName=SET-ENV", NULL, cloud_template(cloud, "bakery_env.json"));
        usually(cloud, "GetTemplate", "ChangeSetName=SET", NULL, cloud_template(cloud, "bakery_stack.json"));
        usually(cloud, "GetTemplate", NULL, NULL, cloud_text_template(cloud, "{\"Resources\":{}}"));
}

const char *cloud_form(const struct fake_cloud *cloud, const char *action)
{
        for (const struct cloud_request *at = cloud->last; at; at = at->before)
                if (strcmp(at->action, action) == 0)
                        return at->form;
        return "";
}

unsigned cloud_count(const struct fake_cloud *cloud, const char *action)
{
        unsigned n = 0;

        for (const struct cloud_request *at = cloud->last; at; at = at->before)
                n += strcmp(at->action, action) == 0;
        return n;
}

bakery_status cloud_plan(struct fake_cloud *cloud, bakery_plan **ret_plan, bakery_error **err)
{
        bakery_plan *plan = NULL;
        bakery_status st = bakery_plan_make(cloud->client, &cloud->target, &cloud->options, &plan, err);

        ck_assert((st == BAKERY_OK) == (plan != NULL));
        if (ret_plan)
                *ret_plan = plan;
        else
                bakery_plan_free(plan);
        return st;
}

bakery_status cloud_deploy(struct fake_cloud *cloud, bakery_error **err)
{
        bakery_plan *plan = NULL;
        bakery_status st = cloud_plan(cloud, &plan, err);

        if (!st)
                st = bakery_plan_execute(cloud->client, &cloud->target, plan, &cloud->options, err);
        bakery_plan_free(plan);
        return st;
}

void ck_sent(const struct fake_cloud *cloud, const char *actions)
{
        ck_assert_str_eq(cloud->actions.at ? cloud->actions.at : "", actions);
}

void ck_told(const struct fake_cloud *cloud, const char *piece)
{
        ck_assert_msg(strstr(cloud->told.at, piece), "'%s' was not told:\n%s", piece, cloud->told.at);
}
