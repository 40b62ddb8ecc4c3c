/*
 * Every allocation fails once while users are planned and made, reported, cut off, and while a key is rotated, over a
 * wire that answers by itself. Each failure must come out as "out of memory", or change nothing: never as a crash, a
 * leak, something half done that is told as done, a key in a file that does not work, or a secret that is left
 * somewhere.
 */
#include <bakery/bakery.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "failing.h"

#define OF(action, result) "<" action "Response><" action "Result>" result "</" action "Result></" action "Response>"
#define OLD_SECRET "CANARYold"
#define NEW_SECRET "CANARYnew"
#define FILE_OF(id, secret) "[default]\naws_access_key_id = " id "\naws_secret_access_key = " secret "\n"

/* What can be done at AWS; each is done or not. */
enum {
        MADE_USER = 1,
        MADE_PASSWORD = 2,
        JOINED = 4,
        LEFT = 8,
        DENIED_USER = 16,
        DENIED_ADMIN = 32,
        DENIED_READER = 64,
        MADE_KEY = 128,
        DELETED_KEY = 256,
        ENDED_OLD_KEY = 512,
};

static const struct {
        const char *action, *piece; /* of the form; NULL: any */
        unsigned does;
        const char *result;
} answers[] = {
        { "GetCallerIdentity", NULL, 0,
          "<Arn>arn:aws:iam::111111111111:user/chief</Arn><UserId>U</UserId><Account>111111111111</Account>" },
        { "GetAccountAuthorizationDetails", NULL, 0,
          "<UserDetailList><member><UserName>bob</UserName><Arn>a</Arn><GroupList><member>MyTeamProdAdmin</member>"
          "</GroupList></member></UserDetailList><GroupDetailList><member><GroupName>MyTeamProdAdmin</GroupName>"
          "<Arn>a</Arn></member><member><GroupName>MyTeamProdReader</GroupName><Arn>a</Arn></member><member><GroupName>"
          "MyTeamAwsBakeryAdmin</GroupName><Arn>a</Arn></member><member><GroupName>MyTeamAwsBakeryReadOnly</GroupName>"
          "<Arn>a</Arn></member></GroupDetailList>" },
        { "GenerateCredentialReport", NULL, 0, "<State>COMPLETE</State>" },
        { "GetCredentialReport", NULL, 0,
          /* user,password_enabled,mfa_active,... and bob, who has a password and no MFA */
          "<Content>"
          "dXNlcixhcm4sdXNlcl9jcmVhdGlvbl90aW1lLHBhc3N3b3JkX2VuYWJsZWQscGFzc3dvcmRfbGFzdF91c2VkLHBhc3N3b3JkX2xhc3RfY2hh"
          "bmdlZCxtZmFfYWN0aXZlLGFjY2Vzc19rZXlfMV9hY3RpdmUsYWNjZXNzX2tleV8xX2xhc3Rfcm90YXRlZCxhY2Nlc3Nfa2V5XzFfbGFzdF91"
          "c2VkX2RhdGUsYWNjZXNzX2tleV8yX2FjdGl2ZSxhY2Nlc3Nfa2V5XzJfbGFzdF9yb3RhdGVkLGFjY2Vzc19rZXlfMl9sYXN0X3VzZWRfZGF0"
          "ZQpib2IsYXJuLDIwMjAtMDEtMDFUMDA6MDA6MDBaLHRydWUsTi9BLE4vQSxmYWxzZSxmYWxzZSxOL0EsTi9BLGZhbHNlLE4vQSxOL0EK"
          "</Content><GeneratedTime>2026-11-22T09:00:00Z</GeneratedTime>" },
        { "CreateUser", NULL, MADE_USER, "" },
        { "CreateLoginProfile", NULL, MADE_PASSWORD, "" },
        { "AddUserToGroup", NULL, JOINED, "" },
        { "RemoveUserFromGroup", NULL, LEFT, "" },
        { "GetUser", NULL, 0, "<User><UserName>ann</UserName><Arn>arn:x</Arn></User>" },
        { "AssumeRole", NULL, 0,
          "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
          "<Expiration>2026-11-22T11:00:00Z</Expiration></Credentials>" },
        { "PutUserPolicy", NULL, DENIED_USER, "" },
        { "PutRolePolicy", "RoleName=Main-Prod-Admin", DENIED_ADMIN, "" },
        { "PutRolePolicy", "RoleName=Main-Prod-Reader", DENIED_READER, "" },
        { "ListAccessKeys", NULL, 0,
          "<AccessKeyMetadata><member><AccessKeyId>AKIAOLD</AccessKeyId><Status>Active</Status><CreateDate>"
          "2026-01-01T00:00:00Z</CreateDate></member></AccessKeyMetadata>" },
        { "CreateAccessKey", NULL, MADE_KEY,
          "<AccessKey><AccessKeyId>AKIANEW</AccessKeyId><SecretAccessKey>" NEW_SECRET
          "</SecretAccessKey></AccessKey>" },
        { "DeleteAccessKey", "AccessKeyId=AKIANEW", DELETED_KEY, "" },
        { "UpdateAccessKey", "AccessKeyId=AKIAOLD", ENDED_OLD_KEY, "" },
};

struct outcome {
        bakery_status status;
        char message[400];
        unsigned done; /* at AWS */
        unsigned told; /* by the library, as done */
        unsigned passwords;
        unsigned long long text; /* that was printed, hashed */
};

static unsigned long long hash_of(const char *text)
{
        unsigned long long hash = 0xcbf29ce484222325u;

        for (; *text; text++)
                hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
        return hash;
}

static bool has(const char *body, size_t len, const char *piece)
{
        return !piece || memmem(body, len, piece, strlen(piece));
}

static bakery_status transport(void *context, const bakery_http_request *request, int (*cancelled)(void *),
                               void *cancel_context, bakery_http_answer *answer, int *ret_sent, bakery_error **err)
{
        struct outcome *outcome = context;
        const char *body = request->body;
        size_t len = request->body_size_bytes, i = 0;
        char text[4096], action[100];

        (void)cancelled, (void)cancel_context, (void)ret_sent;
        for (; i < sizeof answers / sizeof *answers; i++) {
                snprintf(action, sizeof action, "Action=%s&", answers[i].action);
                if (has(body, len, action) && has(body, len, answers[i].piece))
                        break;
        }
        if (i == sizeof answers / sizeof *answers) {
                fprintf(stderr, "nobody answers %.*s\n", (int)(len < 90 ? len : 90), body);
                abort();
        }
        outcome->done |= answers[i].does;
        snprintf(text, sizeof text, "<%sResponse><%sResult>%s</%sResult></%sResponse>", answers[i].action,
                 answers[i].action, answers[i].result, answers[i].action, answers[i].action);
        bakery_http_answer_set_status(answer, 200);
        return bakery_http_answer_add_body(answer, text, strlen(text)) ? bakery__fail_memory(err) : BAKERY_OK;
}

static int64_t now_ms(void *context)
{
        (void)context;
        return 1795341600000;
}

static char path[200];

static const char *variable(const char *name, void *context)
{
        (void)context;
        if (strcmp(name, "AWS_SHARED_CREDENTIALS_FILE") == 0)
                return path;
        return strcmp(name, "AWS_CONFIG_FILE") == 0 ? "/dev/null" : NULL;
}

/* What is done with all of it. */
struct act {
        const char *name;
        bakery_status (*run)(bakery_client *client, const bakery_credentials *keys, const bakery_config *config,
                             struct outcome *outcome, bakery_error **err);
        const char *(*judge)(const struct outcome *outcome); /* what is wrong, whatever failed */
};

/* plan and apply: bob leaves, ann is made and joins. */

static void take_password(const char *user, const char *password, void *context)
{
        struct outcome *outcome = context;

        outcome->passwords += strcmp(user, "ann") == 0 && *password;
}

static unsigned bit_of(const bakery_users_change *change)
{
        if (change->state != BAKERY_USERS_DONE)
                return 0;
        if (change->action == BAKERY_USERS_CREATE)
                return MADE_USER | MADE_PASSWORD;
        return change->action == BAKERY_USERS_REMOVE ? LEFT : JOINED;
}

static bakery_status apply(bakery_client *client, const bakery_credentials *keys, const bakery_config *config,
                           struct outcome *outcome, bakery_error **err)
{
        bakery_users_apply how = BAKERY_USERS_APPLY_INIT;
        bakery_users_plan *plan = NULL;
        char *text = NULL;

        how.on_password = take_password;
        how.context = outcome;
        bakery_status st = bakery_users_plan_make(client, keys, config, NULL, &plan, err);
        if (!st)
                st = bakery_users_plan_print(plan, BAKERY_USERS_TEXT, &text, err);
        if (!st) {
                outcome->text = hash_of(text);
                st = bakery_users_plan_apply(client, keys, plan, &how, err);
        }
        for (size_t i = 0; plan && i < bakery_users_plan_count(plan); i++) {
                bakery_users_change change = { .size = sizeof change };

                bakery_users_plan_at(plan, i, &change);
                outcome->told |= bit_of(&change);
        }
        bakery_free(text);
        bakery_users_plan_free(plan);
        return st;
}

static const char *judge_apply(const struct outcome *outcome)
{
        if (outcome->told & ~outcome->done)
                return "tells as done what was not";
        if (!outcome->status && outcome->done != (MADE_USER | MADE_PASSWORD | JOINED | LEFT))
                return "is content with half of it";
        if (outcome->passwords > 1 || (outcome->passwords && !(outcome->done & MADE_PASSWORD)))
                return "tells a password that is none";
        return !outcome->status && !outcome->passwords ? "keeps a password to itself" : NULL;
}

static bakery_status report(bakery_client *client, const bakery_credentials *keys, const bakery_config *config,
                            struct outcome *outcome, bakery_error **err)
{
        bakery_users_report *made = NULL;
        char *text = NULL;
        bakery_status st = bakery_users_report_make(client, keys, config, NULL, &made, err);

        if (!st)
                st = bakery_users_report_print(made, BAKERY_USERS_JSON, &text, err);
        if (!st)
                outcome->text = hash_of(text);
        bakery_free(text);
        bakery_users_report_free(made);
        return st;
}

static const char *judge_report(const struct outcome *outcome)
{
        return outcome->done ? "changes something" : NULL;
}

static bakery_status end_sessions(bakery_client *client, const bakery_credentials *keys, const bakery_config *config,
                                  struct outcome *outcome, bakery_error **err)
{
        bakery_revocation_request request = BAKERY_REVOCATION_REQUEST_INIT;
        bakery_revocation *revocation = NULL;

        request.config = config;
        request.keys = keys;
        request.user = "ann";
        request.workers = 1;
        bakery_status st = bakery_revocation_run(client, &request, &revocation, err);
        for (size_t i = 0; revocation && i < bakery_revocation_count(revocation); i++) {
                bakery_revocation_account account = { .size = sizeof account };

                bakery_revocation_at(revocation, i, &account);
                if (account.state == BAKERY_REVOCATION_DONE)
                        outcome->told |= account.account ? DENIED_ADMIN | DENIED_READER : DENIED_USER;
        }
        bakery_revocation_free(revocation);
        return st;
}

static const char *judge_revoke(const struct outcome *outcome)
{
        if (outcome->told & ~outcome->done)
                return "tells as done what was not";
        return !outcome->status && outcome->done != (DENIED_USER | DENIED_ADMIN | DENIED_READER)
                       ? "is content with half of it"
                       : NULL;
}

static void note_step(bakery_rotation_step step, const char *access_key_id, const char *where, void *context)
{
        struct outcome *outcome = context;

        (void)access_key_id, (void)where;
        outcome->told |= step == BAKERY_ROTATION_DEACTIVATED ? ENDED_OLD_KEY : 0;
        outcome->told |= step == BAKERY_ROTATION_CREATED ? MADE_KEY : 0;
}

static bakery_status rotate(bakery_client *client, const bakery_credentials *keys, const bakery_config *config,
                            struct outcome *outcome, bakery_error **err)
{
        bakery_rotation rotation = BAKERY_ROTATION_INIT;

        (void)keys, (void)config;
        rotation.session.chain.no_metadata = 1;
        rotation.on_step = note_step;
        rotation.context = outcome;
        return bakery_rotation_run(client, &rotation, err);
}

/* The file holds one key, whole, and one that works. */
static const char *judge_rotate(const struct outcome *outcome)
{
        char text[300];
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

        if (fd >= 0)
                close(fd);
        text[len < 0 ? 0 : len] = '\0';
        bool is_new = strcmp(text, FILE_OF("AKIANEW", NEW_SECRET)) == 0;
        if (!is_new && strcmp(text, FILE_OF("AKIAOLD", OLD_SECRET)) != 0)
                return "leaves a file that is neither";
        if (is_new ? outcome->done & DELETED_KEY : outcome->done & ENDED_OLD_KEY)
                return "locks its user out";
        if (outcome->told & ~outcome->done)
                return "tells as done what was not";
        return !outcome->status && !(is_new && outcome->done & ENDED_OLD_KEY) ? "is content with half of it" : NULL;
}

static const struct act acts[] = {
        { "apply", apply, judge_apply },
        { "report", report, judge_report },
        { "revoke", end_sessions, judge_revoke },
        { "rotate", rotate, judge_rotate },
};

static bool write_file(void)
{
        static const char text[] = FILE_OF("AKIAOLD", OLD_SECRET);
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        bool written = fd >= 0 && write(fd, text, sizeof text - 1) == sizeof text - 1;

        if (fd >= 0)
                close(fd);
        return written;
}

static void note_error(struct outcome *outcome, const bakery_error *err)
{
        const char *hint = outcome->status ? bakery_error_hint(err) : NULL;

        snprintf(outcome->message, sizeof outcome->message, "%s%s%s", outcome->status ? bakery_error_message(err) : "",
                 hint ? "; " : "", hint ? hint : "");
}

static struct outcome run(const struct act *act, const bakery_config *config)
{
        struct outcome outcome = { .status = BAKERY_OK };
        bakery_client_options options = BAKERY_CLIENT_OPTIONS_INIT;
        bakery_credentials *keys = NULL;
        bakery_client *client = NULL;
        bakery_error *err = NULL;

        options.region = "us-east-1";
        options.transport = transport;
        options.transport_context = &outcome;
        options.now_ms = now_ms;
        options.getenv = variable;
        options.retry_base_ms = options.retry_cap_ms = 1;
        outcome.status = bakery_client_new(&options, &client, &err);
        if (!outcome.status)
                outcome.status = bakery_credentials_new("AKID", "S", NULL, 0, "test", &keys, &err);
        if (!outcome.status)
                outcome.status = act->run(client, keys, config, &outcome, &err);
        note_error(&outcome, err);
        bakery_error_free(err);
        bakery_credentials_free(keys);
        bakery_client_free(client);
        ERR_clear_error(); /* OpenSSL keeps what it had to say, for each thread */
        return outcome;
}

/* How out of memory is told: bare, or with what it was that could not be done. */
static bool says_memory(const struct outcome *outcome)
{
        return outcome->status == BAKERY_ERR_MEMORY || strstr(outcome->message, "out of memory");
}

static const char *fault_of(const struct act *act, const bakery_config *config, size_t n, bool and_after,
                            const struct outcome *whole, struct outcome *ret)
{
        failing_begin(n, and_after);
        *ret = run(act, config);
        long live = failing_live_blocks();
        failing_end();

        /* What ends as if nothing had failed met it inside libcrypto, which leaves the name of an algorithm behind. */
        if (live && ret->status)
                return "leaves memory behind";
        if (!failing_has_failed())
                return "is never made";
        if (strstr(ret->message, "CANARY"))
                return "tells a secret";
        const char *wrong = act->judge(ret);
        if (wrong)
                return wrong;
        if (ret->status)
                return says_memory(ret) ? NULL : "gives another error";
        return ret->text == whole->text && ret->done == whole->done ? NULL
                                                                    : "gives something else, and does not say so";
}

/* In a child: a crash is a finding, and no memory of one run meets the next. */
struct trial {
        const struct act *act;
        const bakery_config *config;
        const struct outcome *whole;
};

static bool try(const void *context, size_t n, bool and_after)
{
        const struct trial *trial = context;
        struct outcome outcome;
        const char *fault = fault_of(trial->act, trial->config, n, and_after, trial->whole, &outcome);

        if (fault)
                fprintf(stderr, "%s: allocation %zu%s failing %s: %s %s\n", trial->act->name, n,
                        and_after ? " and all after" : "", fault, bakery_status_name(outcome.status), outcome.message);
        return !fault;
}

static size_t try_all(const struct act *act, const bakery_config *config)
{
        const size_t *numbers;
        size_t bad = 0;

        ERR_raise(ERR_LIB_USER, 1); /* the thread's list of errors, once */
        if (!write_file())
                return 1;
        struct outcome whole = run(act, config);
        const struct trial trial = { act, config, &whole };
        bad += whole.status || act->judge(&whole);
        if (!write_file())
                return 1;
        failing_begin(0, false);
        failing_record();
        run(act, config);
        long live = failing_live_blocks();
        size_t total = failing_end(), n_stacks = failing_stacks(&numbers);

        if (live)
                fprintf(stderr, "%s: %ld blocks are left behind with no failure at all\n", act->name, live);
        for (size_t i = 0; i < n_stacks; i++)
                for (int and_after = 0; and_after < 2; and_after++)
                        bad += (write_file() && failing_try(act->name, try, &trial, numbers[i], and_after)) ? 0 : 1;
        printf("%s: %s %s: %zu allocations of %zu call stacks, %zu runs, %zu bad\n", act->name,
               bakery_status_name(whole.status), whole.message, total, n_stacks, 2 * n_stacks, bad);
        return bad + (live != 0);
}

static const char config_text[] =
        "TeamName: MyTeam\nBillingCode: BC1\nBakeryAccount: \"111111111111\"\nRegion: us-east-1\n"
        "DeployerRole: Deployer\nRevokerRole: Revoker\nExpectedAdmins: [chief]\n"
        "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: Main }] }]\n"
        "AccessTypes: [{ Type: Admin, PolicyArn: \"arn:aws:iam::aws:policy/AdministratorAccess\" },"
        " { Type: Reader, PolicyArn: \"arn:aws:iam::aws:policy/ReadOnlyAccess\" }]\n"
        "Users: [{ Name: ann, Groups: [MyTeamProdReader] }, { Name: bob, Groups: [MyTeamProdAdmin], Until: 2026-01-31 }]\n";

/* Nothing stays beside the file: a half-written one would hold a secret. */
static size_t remove_all(const char *folder)
{
        unlink(path);
        if (rmdir(folder) == 0)
                return 0;
        fprintf(stderr, "something is left behind in %s\n", folder);
        return 1;
}

int main(void)
{
        char folder[] = "/tmp/bakery-people-XXXXXX";
        bakery_config *config = NULL;
        size_t bad = 0;

        if (!mkdtemp(folder) ||
            bakery_config_load_text(config_text, strlen(config_text), "config.yml", NULL, &config, NULL))
                return EXIT_FAILURE;
        snprintf(path, sizeof path, "%s/credentials", folder);
        for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
                bad += try_all(&acts[i], config);
        bakery_config_free(config);
        bad += remove_all(folder);
        return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
