/*
 * Every allocation fails once while the admins are checked, IAM and the burgers are read, the caller is looked at and
 * explained to, and an SSO token and a session of `aws login` are renewed, over a wire that answers by itself. Each
 * failure must come out as "out of memory", or change nothing: never as a crash, a leak, an admin who is not seen, or a
 * difference that is passed over. Case 81 of the faults.
 */
#include <bakery/bakery.h>
#include <fcntl.h>
#include <ftw.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "failing.h"

#define OF(action, result) "<" action "Response><" action "Result>" result "</" action "Result></" action "Response>"
#define ARN(rest) "<Arn>arn:aws:iam::111111111111:" rest "</Arn>"
#define GROUP(name, more) "<member><GroupName>" name "</GroupName>" ARN("group/" name) more "</member>"
#define USER(name, groups, more) \
        "<member><UserName>" name "</UserName>" ARN("user/" name) "<GroupList>" groups "</GroupList>" more "</member>"
#define IN(group) "<member>" group "</member>"
#define INLINE(list, document)                                                                        \
        "<" list "><member><PolicyName>own</PolicyName><PolicyDocument>" document "</PolicyDocument>" \
        "</member></" list ">"
#define ALLOW(action, resource) \
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":\"" resource "\"}}"
#define TRUST                                                                                         \
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"AWS\":[" \
        "\"arn:aws:iam::111111111111:root\",\"arn:aws:iam::999999999999:root\"]}}}"

static const struct {
        const char *action, *text;
} answers[] = {
        { "GetCallerIdentity",
          OF("GetCallerIdentity", ARN("user/ann") "<UserId>u</UserId><Account>111111111111</Account>") },
        { "GetAccountAuthorizationDetails",
          OF("GetAccountAuthorizationDetails",
             "<UserDetailList>" USER("ann", IN("MyTeamProdAdmin"),
                                     "") USER("eve", IN("Others"), INLINE("UserPolicyList", ALLOW("iam:*", "*")))
                     USER("bob", IN("MyTeamProdAdmin") IN("MyTeamAwsBakeryAdmin"),
                          "<PermissionsBoundary><PermissionsBoundaryArn>arn:bound</PermissionsBoundaryArn>"
                          "</PermissionsBoundary>") "</UserDetailList><GroupDetailList>" GROUP("MyTeamProdAdmin",
                                                                                               INLINE("GroupPolicyList",
                                                                                                      ALLOW("sts:AssumeRole",
                                                                                                            "arn:aws:iam::*:role/*")))
                             GROUP("MyTeamAwsBakeryAdmin", INLINE("GroupPolicyList", ALLOW("*", "*"))) GROUP(
                                     "Others",
                                     INLINE("GroupPolicyList",
                                            ALLOW("sts:AssumeRole",
                                                  "arn:aws:iam::777777777777:role/Old"))) "</GroupDetailList><Policies><member><Arn>arn:bound</Arn><PolicyName>bound</PolicyName><DefaultVersionId>v1"
                                                                                          "</DefaultVersionId><PolicyVersionList><member><Document>" ALLOW(
                                                                                                  "sts:*",
                                                                                                  "*") "</Document><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion></member>"
                                                                                                       "</PolicyVersionList></member></Policies>") },
        { "ListMFADevices", OF("ListMFADevices", "<MFADevices/>") },
        { "AssumeRole", OF("AssumeRole", "<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey>"
                                         "<SessionToken>T</SessionToken><Expiration>2026-11-22T11:00:00Z</Expiration>"
                                         "</Credentials>") },
        { "GetRole",
          OF("GetRole", "<Role><RoleName>Main-Prod-Admin</RoleName><Arn>arn:aws:iam::222222222222:role/"
                        "Main-Prod-Admin</Arn><AssumeRolePolicyDocument>" TRUST "</AssumeRolePolicyDocument></Role>") },
        { "ListGroupsForUser", OF("ListGroupsForUser", "<Groups>" GROUP("Others", "") "</Groups>") },
        { "ListAttachedGroupPolicies",
          OF("ListAttachedGroupPolicies", "<AttachedPolicies><member><PolicyName>p</PolicyName><PolicyArn>arn:p"
                                          "</PolicyArn></member></AttachedPolicies>") },
        { "GetPolicyVersion",
          OF("GetPolicyVersion",
             "<PolicyVersion><Document>" ALLOW("sts:AssumeRole",
                                               "arn:aws:iam::777777777777:role/One") "</Document></PolicyVersion>") },
        { "GetPolicy", OF("GetPolicy", "<Policy><PolicyName>p</PolicyName><Arn>arn:p</Arn><DefaultVersionId>v1"
                                       "</DefaultVersionId></Policy>") },
        { "ListGroupPolicies", OF("ListGroupPolicies", "<PolicyNames><member>p</member></PolicyNames>") },
        { "GetGroupPolicy",
          OF("GetGroupPolicy",
             "<PolicyDocument>" ALLOW("sts:AssumeRole", "arn:aws:iam::777777777777:role/Old") "</PolicyDocument>") },
};

/* Services that are told apart by their paths. */
static const struct {
        const char *path, *text;
} documents[] = {
        { "amazonaws.com/token", "{\"accessToken\":\"new\",\"expiresIn\":3600,\"refreshToken\":\"next\"}" },
        { "/federation/credentials", "{\"roleCredentials\":{\"accessKeyId\":\"ASIASSO\",\"secretAccessKey\":\"S\","
                                     "\"sessionToken\":\"T\",\"expiration\":1795345200000}}" },
        { "/v1/token", "{\"accessToken\":{\"accessKeyId\":\"ASIANEW\",\"secretAccessKey\":\"S\",\"sessionToken\":"
                       "\"T\"},\"tokenType\":\"aws_sigv4\",\"expiresIn\":900,\"refreshToken\":\"next\"}" },
};

static const char *document_of(const char *url)
{
        for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
                if (strstr(url, documents[i].path))
                        return documents[i].text;
        return NULL;
}

static bool is_action(const char *body, size_t len, const char *action)
{
        size_t action_len = strlen(action);

        return len > 7 + action_len && memcmp(body + 7, action, action_len) == 0 && body[7 + action_len] == '&';
}

static bakery_status transport(void *context, const bakery_http_request *request, int (*cancelled)(void *),
                               void *cancel_context, bakery_http_answer *answer, int *ret_sent, bakery_error **err)
{
        (void)context;
        (void)cancelled;
        (void)cancel_context;
        (void)ret_sent;
        const char *document = document_of(request->url);

        bakery_http_answer_set_status(answer, 200);
        if (document)
                return bakery_http_answer_add_body(answer, document, strlen(document)) ? bakery__fail_memory(err)
                                                                                       : BAKERY_OK;
        for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
                if (is_action(request->body, request->body_size_bytes, answers[i].action))
                        return bakery_http_answer_add_body(answer, answers[i].text, strlen(answers[i].text))
                                       ? bakery__fail_memory(err)
                                       : BAKERY_OK;
        fprintf(stderr, "nobody answers %.*s\n", (int)request->body_size_bytes, (const char *)request->body);
        abort();
}

static int64_t now_ms(void *context)
{
        (void)context;
        return 1795341600000;
}

/* What a run came to. The texts are hashed, so that keeping them needs no memory. */
struct outcome {
        bakery_status status;
        char message[300];
        unsigned long long hash;
};

static void take_in(struct outcome *outcome, const char *text)
{
        for (; text && *text; text++)
                outcome->hash = (outcome->hash ^ (unsigned char)*text) * 0x100000001b3u;
}

struct asking {
        const bakery_config *config;
        bakery_client *client;
        bakery_credentials *keys;
        struct outcome *outcome;
};

static bakery_status check_admins(const struct asking *asking, bakery_error **err)
{
        bakery_admin_watch *watch = NULL;
        bakery_admin_check *check = NULL;
        bakery_status st = bakery_admin_watch_of_config(asking->config, &watch, err);

        if (!st)
                st = bakery_admin_check_run(asking->client, asking->keys, watch, &check, err);
        for (int format = BAKERY_ADMIN_TEXT; format <= BAKERY_ADMIN_SLACK && !st; format++) {
                char *text = NULL;

                st = bakery_admin_check_print(check, (bakery_admin_format)format, &text, err);
                take_in(asking->outcome, text);
                bakery_free(text);
        }
        bakery_admin_check_free(check);
        bakery_admin_watch_free(watch);
        return st;
}

static bakery_status put(const char *bytes, size_t size_bytes, void *context, bakery_error **err)
{
        struct outcome *outcome = context;

        (void)err;
        for (size_t i = 0; i < size_bytes; i++)
                take_in(outcome, (const char[]){ bytes[i], '\0' });
        return BAKERY_OK;
}

static bakery_status read_access(const struct asking *asking, bakery_error **err)
{
        bakery_access_read_request request = BAKERY_ACCESS_READ_INIT;
        bakery_access *access = NULL;

        request.keys = asking->keys;
        request.roles = 1;
        request.workers = 1; /* threads take memory of their own */
        bakery_status st = bakery_access_read(asking->client, asking->config, &request, &access, err);
        for (int format = BAKERY_ACCESS_TEXT; format <= BAKERY_ACCESS_HTML && !st; format++)
                st = bakery_access_print(access, (bakery_access_format)format, NULL, put, asking->outcome, err);
        bakery_access_free(access);
        return st;
}

static bakery_status read_caller(const struct asking *asking, bakery_error **err)
{
        bakery_caller *caller = NULL;
        bakery_status st = bakery_caller_read(asking->client, asking->config, asking->keys, NULL, &caller, err);

        for (size_t i = 0; !st && i < bakery_caller_other_role_count(caller); i++)
                take_in(asking->outcome, bakery_caller_other_role(caller, i));
        bakery_caller_free(caller);
        return st;
}

static bakery_status explain(const struct asking *asking, bakery_error **err)
{
        const bakery_environment *environment = bakery_config_environment(asking->config, 0);
        bakery_explain_request request = BAKERY_EXPLAIN_INIT;
        bakery_report *report = bakery_report_new();
        bakery_status st = report ? BAKERY_OK : bakery__fail_memory(err);

        request.group = bakery_environment_group(environment, 0);
        request.keys = asking->keys;
        if (!st)
                st = bakery_explain(asking->client, &request, report, err);
        for (size_t i = 0; !st && i < bakery_report_count(report); i++) {
                take_in(asking->outcome, bakery_report_message(report, i));
                take_in(asking->outcome, bakery_report_hint(report, i));
        }
        bakery_report_free(report);
        return st;
}

/* What the AWS CLI left there, over since a minute, in a folder of the test's own. */
static char home[] = "/tmp/bakery-fault-XXXXXX";
static const struct {
        const char *name, *text;
} files[] = {
        { "config", "[profile sso]\nsso_session = my-sso\nsso_account_id = 222222222222\nsso_role_name = R\n"
                    "[sso-session my-sso]\nsso_region = eu-west-1\nsso_start_url = https://d-1.awsapps.com/start\n"
                    "[profile login]\nlogin_session = arn:aws:iam::111111111111:user/ann\n" },
        { "sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json",
          "{\"accessToken\":\"old\",\"expiresAt\":\"2026-11-22T09:59:00Z\",\"clientId\":\"c\",\"clientSecret\":"
          "\"s\",\"registrationExpiresAt\":\"2027-01-01T00:00:00Z\",\"refreshToken\":\"r\"}" },
        { "login/cache/0281ad524b3765540535faecc0afbde86ea8e926dc12fcf329f2e98722662da0.json",
          "{\"accessToken\":{\"accessKeyId\":\"ASIAOLD\",\"secretAccessKey\":\"S\",\"sessionToken\":\"T\","
          "\"accountId\":\"111111111111\",\"expiresAt\":\"2026-11-22T09:59:00Z\"},\"clientId\":\"c\","
          "\"refreshToken\":\"r\",\"dpopKey\":\"-----BEGIN EC PRIVATE KEY-----\\n"
          "MHcCAQEEIFg3rL3dqQ6VbehkFj6JwvWpN7cg8cYfhGtVzsUm9SoJoAoGCCqGSM49\\n"
          "AwEHoUQDQgAE+rEH89l3tFFqUEhvzZJG+o86RS6UtUMQjPt+4kaSYHcBGWtI2QKE\\n"
          "4/8sQwrLDOU5xUwxQa6qFzI1TyTPqnLlEw==\\n-----END EC PRIVATE KEY-----\\n\"}" },
};

static const char *get_variable(const char *name, void *context)
{
        (void)context;
        return strcmp(name, "HOME") == 0 ? home : NULL;
}

/* Without an allocation. */
static void write_home(void)
{
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
                char path[200];

                snprintf(path, sizeof path, "%s/.aws/%s", home, files[i].name);
                int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
                if (fd < 0 || write(fd, files[i].text, strlen(files[i].text)) < 0)
                        abort();
                close(fd);
        }
}

static bakery_status renew(const struct asking *asking, const char *profile, bakery_error **err)
{
        bakery_chain_options options = BAKERY_CHAIN_OPTIONS_INIT;
        bakery_credentials *keys = NULL;

        write_home();
        options.profile = profile;
        bakery_status st = bakery_chain_resolve(asking->client, &options, &keys, err);
        if (!st)
                take_in(asking->outcome, bakery_credentials_access_key_id(keys));
        bakery_credentials_free(keys);
        return st;
}

static bakery_status renew_token(const struct asking *asking, bakery_error **err)
{
        return renew(asking, "sso", err);
}

static bakery_status renew_session(const struct asking *asking, bakery_error **err)
{
        return renew(asking, "login", err);
}

static void make_home(void)
{
        static const char *const folders[] = { ".aws", ".aws/sso", ".aws/sso/cache", ".aws/login", ".aws/login/cache" };

        if (!mkdtemp(home))
                abort();
        for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
                char path[200];

                snprintf(path, sizeof path, "%s/%s", home, folders[i]);
                if (mkdir(path, 0700) != 0)
                        abort();
        }
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
        (void)about;
        (void)kind;
        (void)place;
        return remove(path);
}

static void remove_home(void)
{
        nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const struct question {
        const char *name;
        bakery_status (*ask)(const struct asking *asking, bakery_error **err);
        const char *of_libcrypto; /* what it takes want of memory for: it does not say, and keeps what it had */
} questions[] = {
        { "the admins", check_admins, NULL },
        { "who can reach what", read_access, NULL },
        { "the caller", read_caller, NULL },
        { "why", explain, NULL },
        { "an SSO token", renew_token, "offers no SHA-1" },
        { "a session of aws login", renew_session, "no private key on the curve P-256" },
};

static struct outcome run(const struct question *question, const bakery_config *config)
{
        struct outcome outcome = { .hash = 0xcbf29ce484222325u };
        bakery_client_options options = BAKERY_CLIENT_OPTIONS_INIT;
        struct asking asking = { .config = config, .outcome = &outcome };
        bakery_error *err = NULL;

        options.transport = transport;
        options.now_ms = now_ms;
        options.getenv = get_variable;
        options.region = "us-east-1";
        options.retry_base_ms = options.retry_cap_ms = 1;
        outcome.status = bakery_client_new(&options, &asking.client, &err);
        if (!outcome.status)
                outcome.status = bakery_credentials_new("AKID", "S", NULL, 0, "test", &asking.keys, &err);
        if (!outcome.status)
                outcome.status = question->ask(&asking, &err);
        snprintf(outcome.message, sizeof outcome.message, "%s", outcome.status ? bakery_error_message(err) : "");
        bakery_error_free(err);
        bakery_credentials_free(asking.keys);
        bakery_client_free(asking.client);
        ERR_clear_error(); /* OpenSSL keeps what it had to say, for each thread */
        return outcome;
}

static const char *fault_of(const struct question *question, const bakery_config *config, size_t n, bool and_after,
                            const struct outcome *whole, struct outcome *ret)
{
        failing_begin(n, and_after);
        *ret = run(question, config);
        long live = failing_live_blocks();
        failing_end();

        /* What ends as if nothing had failed met it inside libcrypto, which leaves the name of an algorithm behind. */
        if (live && ret->status && !question->of_libcrypto)
                return "leaves memory behind";
        if (!failing_has_failed())
                return "is never made";
        if (question->of_libcrypto && strstr(ret->message, question->of_libcrypto))
                return NULL;
        if (strcmp(ret->message, "out of memory") == 0)
                return ret->status == BAKERY_ERR_MEMORY || (question->of_libcrypto && ret->status)
                               ? NULL
                               : "gives another status";
        return ret->status || ret->hash != whole->hash ? "gives something else, and does not say so" : NULL;
}

/* In a child: a crash is a finding, and no memory of one run meets the next. */
struct trial {
        const struct question *question;
        const bakery_config *config;
        const struct outcome *whole;
};

static bool try(const void *context, size_t n, bool and_after)
{
        const struct trial *trial = context;
        struct outcome outcome;
        const char *fault = fault_of(trial->question, trial->config, n, and_after, trial->whole, &outcome);

        if (fault)
                fprintf(stderr, "%s: allocation %zu%s failing %s: %s %s\n", trial->question->name, n,
                        and_after ? " and all after" : "", fault, bakery_status_name(outcome.status), outcome.message);
        return !fault;
}

static size_t try_all(const struct question *question, const bakery_config *config)
{
        const size_t *numbers;
        size_t bad = 0;

        ERR_raise(ERR_LIB_USER, 1); /* the thread's list of errors, once */
        struct outcome whole = run(question, config);
        const struct trial trial = { question, config, &whole };
        failing_begin(0, false);
        failing_record();
        run(question, config);
        long live = failing_live_blocks();
        size_t total = failing_end(), n_stacks = failing_stacks(&numbers);

        if (live)
                fprintf(stderr, "%s: %ld blocks are left behind with no failure at all\n", question->name, live);
        for (size_t i = 0; i < n_stacks; i++)
                for (int and_after = 0; and_after < 2; and_after++)
                        bad += failing_try(question->name, try, &trial, numbers[i], and_after) ? 0 : 1;
        printf("%s: %s%s, %zu allocations of %zu call stacks, %zu runs, %zu bad\n", question->name,
               bakery_status_name(whole.status), whole.message, total, n_stacks, 2 * n_stacks, bad);
        return bad + (live != 0) + (whole.status != BAKERY_OK);
}

static const char config_text[] =
        "TeamName: MyTeam\nBillingCode: BC1\nBakeryAccount: \"111111111111\"\nDeployerRole: Deployer\n"
        "Defaults: { RequireMfa: true }\nAdminGroups: [Others, MyTeamProdAdmin]\nExpectedAdmins: [bob]\n"
        "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: Main }] }]\n"
        "AccessTypes: [{ Type: Admin, PolicyArn: \"arn:${Partition}:iam::aws:policy/AdministratorAccess\" }]\n"
        "Users: [{ Name: ann, Groups: [MyTeamProdAdmin], Until: 2026-01-31 }]\n";

int main(void)
{
        bakery_config *config = NULL;
        size_t bad = 0;

        if (bakery_config_load_text(config_text, strlen(config_text), "config.yml", NULL, &config, NULL))
                return EXIT_FAILURE;
        make_home();
        for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
                bad += try_all(&questions[i], config);
        bakery_config_free(config);
        remove_home();
        return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
