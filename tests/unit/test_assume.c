#include <bakery/assume.h>

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fake_wire.h"
#include "support.h"

Suite *assume_suite(void);

#define ROLE "arn:aws:iam::222222222222:role/Any"
#define SESSION(action, key)                                                                                     \
        "<" action "Response><" action "Result><Credentials><AccessKeyId>" key "</AccessKeyId><SecretAccessKey>" \
        "CANARYnew</SecretAccessKey><SessionToken>CANARYnewToken</SessionToken><Expiration>2026-11-22T11:00:00Z" \
        "</Expiration></Credentials></" action "Result></" action "Response>"
#define IDENTITY(arn)                                                                                       \
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>" arn "</Arn><UserId>U</UserId><Account>" \
        "111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
#define GROUPS(names)                                                                                        \
        "<ListGroupsForUserResponse><ListGroupsForUserResult><IsTruncated>false</IsTruncated><Groups>" names \
        "</Groups></ListGroupsForUserResult></ListGroupsForUserResponse>"
#define GROUP(name) "<member><GroupName>" name "</GroupName></member>"
#define REFUSED(code, message) \
        "<ErrorResponse><Error><Code>" code "</Code><Message>" message "</Message></Error></ErrorResponse>"
#define ANN "arn:aws:iam::111111111111:user/ann"

#define LATER(age)                                                        \
        "  - { Environment: Later, RequireMfa: true, MfaMaxAge: " age "," \
        " Accounts: [{ Id: \"444444444444\", Name: Three }] }\n"
#define CONFIGURATION WITH_ENVIRONMENTS TYPES
#define WITH_ENVIRONMENTS                                                                           \
        OWN "Defaults: { RequireSessionName: true, SourceIdentity: true, SessionTags: [Reason] }\n" \
            "Environments:\n"                                                                       \
            "  - { Environment: Prod, MaxSessionDuration: 7200,"                                    \
            " Accounts: [{ Id: \"222222222222\", Name: Main }] }\n"                                 \
            "  - { Environment: Mfa, RequireMfa: true, MfaMaxAge: 1800, SourceIdentity: true,"      \
            " Accounts: [{ Id: \"333333333333\", Name: Two }] }\n"

/* What AWS says to each action; NULL: the usual. */
struct script {
        struct fake_wire wire;
        const char *identity, *groups;
        const char *assumed[3]; /* one after the other; the last one that is set stays */
        unsigned n_identity, n_groups, n_assumed, n_sessions;
        char last[8192];    /* the body of the last AssumeRole */
        char session[8192]; /* and of the last GetSessionToken */
        char folder_variable[256];
        char *folder;
};

static const char *answer_of(struct script *script)
{
        const char *body = script->wire.last.body;

        if (strstr(body, "Action=GetCallerIdentity")) {
                script->n_identity++;
                return script->identity ? script->identity : IDENTITY(ANN);
        }
        if (strstr(body, "Action=ListGroupsForUser")) {
                script->n_groups++;
                return script->groups ? script->groups : GROUPS("");
        }
        if (strstr(body, "Action=GetSessionToken")) {
                script->n_sessions++;
                snprintf(script->session, sizeof script->session, "%s", body);
                return SESSION("GetSessionToken", "ASIAMFA");
        }
        ck_assert_ptr_nonnull(strstr(body, "Action=AssumeRole"));
        snprintf(script->last, sizeof script->last, "%s", body);
        size_t i = script->n_assumed++;
        while (i > 0 && (i >= N_ELEMENTS(script->assumed) || !script->assumed[i]))
                i--;
        return script->assumed[i] ? script->assumed[i] : SESSION("AssumeRole", "ASIAROLE");
}

static const struct fake_answer *choose(struct fake_wire *wire)
{
        static struct fake_answer answer;
        const char *body = answer_of((struct script *)wire);

        answer = (struct fake_answer)ANSWER(strncmp(body, "<Error", 6) == 0 ? 403 : 200, NULL, body);
        return &answer;
}

/* A client of ann's, with a cache of her own. */
static bakery_client *begin(struct script *script)
{
        static const char *const keys[] = { "AWS_ACCESS_KEY_ID=" KEY_ID, "AWS_SECRET_ACCESS_KEY=" SECRET };

        script->wire.choose = choose;
        script->folder = new_folder();
        ck_assert_int_eq(chmod(script->folder, 0700), 0);
        script->wire.environment[0] = keys[0];
        script->wire.environment[1] = keys[1];
        return fake_client(&script->wire);
}

static void end(struct script *script)
{
        fake_end(&script->wire);
        remove_folder(script->folder);
}
DEFINE_AUTO_CLEAR(script, end)

static bakery_assume request_of(const struct script *script)
{
        bakery_assume request = BAKERY_ASSUME_INIT;

        request.role_arn = ROLE;
        request.cache_folder = script->folder;
        return request;
}

static void name_group(bakery_assume *request, const bakery_config *config, const char *environment)
{
        const bakery_environment *at = bakery_config_find_environment(config, environment);

        request->role_arn = NULL;
        request->group = bakery_environment_find_group(at, "Admin");
        request->account = bakery_environment_default_account(at);
}

START_TEST(a_known_user_costs_one_call_and_a_hit_none)
{
        AUTO_CLEAR(script) script = { 0 };
        bakery_client *client = begin(&script);
        bakery_assume request = request_of(&script);

        for (int i = 0; i < 3; i++) {
                AUTO_PTR(bakery_credentials) got = NULL;

                request.refresh = i == 2;
                ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, NULL), BAKERY_OK);
                ck_assert_str_eq(bakery_credentials_access_key_id(got), "ASIAROLE");
                ck_assert_uint_eq(script.n_identity, 1);
                ck_assert_uint_eq(script.n_assumed, i == 2 ? 2 : 1);
        }
        ck_assert_ptr_nonnull(strstr(script.last, "RoleSessionName=ann"));
        ck_assert_ptr_null(strstr(script.last, "DurationSeconds"));
}
END_TEST

/* --mfa-code goes before mfa_process, and that before a question. */
static const struct {
        const char *profile, *code, *sent; /* sent NULL: nothing */
} makers[] = {
        { "mfa_process = echo 222222\n", NULL, "222222" },
        { "mfa_process = echo 222222\n", "111111", "111111" },
        { "mfa_process = false\n", "111111", "111111" },
        { "mfa_process = false\n", NULL, NULL },
        { "mfa_process =\n", NULL, "333333" },
        { "", NULL, "333333" },
};

static bakery_status type_threes(const char *prompt, char *answer, size_t size_bytes, void *context, bakery_error **err)
{
        (void)prompt;
        (void)context;
        (void)err;
        snprintf(answer, size_bytes, "333333");
        return BAKERY_OK;
}

START_TEST(a_code_comes_from_the_first_that_has_one)
{
        AUTO_CLEAR(script) script = { 0 };
        AUTO_PTR(bakery_credentials) got = NULL;
        AUTO_FREE char *path = NULL;
        char config[200], variable[300], token_code[40];
        bakery_client *client = begin(&script);
        bakery_assume request = request_of(&script);

        snprintf(config, sizeof config, "[default]\nmfa_serial = arn:aws:iam::111111111111:mfa/ann\n%s",
                 makers[_i].profile);
        path = path_to(script.folder, "profiles");
        write_text(path, config);
        snprintf(variable, sizeof variable, "AWS_CONFIG_FILE=%s", path);
        script.wire.environment[2] = variable;
        request.require_mfa = 1;
        request.duration_s = 7200; /* the code goes with AssumeRole */
        request.mfa_code = makers[_i].code;
        request.chain.ask = type_threes;
        bakery_status st = bakery_assume_role_cached(client, &request, &got, NULL);
        ck_assert_int_eq(st, makers[_i].sent ? BAKERY_OK : BAKERY_ERR_CREDENTIALS);
        ck_assert_uint_eq(script.n_assumed, makers[_i].sent ? 1 : 0);
        if (!makers[_i].sent)
                return;
        snprintf(token_code, sizeof token_code, "TokenCode=%s", makers[_i].sent);
        ck_assert_ptr_nonnull(strstr(script.last, token_code));
}
END_TEST

static const bakery_session_tag reason[] = { { "Reason", "x" } }, two_tags[] = { { "a", "1" }, { "b", "2" } };
static const char *const policies[] = { "arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B" };

/* Each changes one input. */
static void change(bakery_assume *request, int i)
{
        switch (i) {
        case 0:
                request->role_arn = ROLE "2";
                return;
        case 1:
                request->session_name = "ann";
                return;
        case 2:
                request->duration_s = 3600;
                return;
        case 3:
                request->external_id = "xy";
                return;
        case 4:
                request->policy = "{}";
                return;
        case 5:
                request->policy_arns = policies;
                request->policy_arn_count = 1;
                return;
        case 6:
                request->policy_arns = policies;
                request->policy_arn_count = 2;
                return;
        case 7:
                request->tags = reason;
                request->tag_count = 1;
                return;
        case 8:
                request->tags = two_tags;
                request->tag_count = 2;
                return;
        case 9:
                request->source_identity = "ann";
                return;
        case 10:
                request->region = "eu-west-1";
                return;
        case 11:
                request->require_mfa = 1;
                request->mfa_code = "123456";
                request->mfa_serial = "arn:aws:iam::111111111111:mfa/ann";
                return;
        }
}
enum { CHANGES = 12 };

START_TEST(another_input_is_another_session)
{
        AUTO_CLEAR(script) script = { 0 };
        bakery_client *client = begin(&script);
        bakery_assume request = request_of(&script), other = request_of(&script);
        AUTO_PTR(bakery_credentials) first = NULL;
        AUTO_PTR(bakery_credentials) second = NULL;
        AUTO_PTR(bakery_credentials) again = NULL;

        change(&other, _i);
        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &first, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery_assume_role_cached(client, &other, &second, NULL), BAKERY_OK);
        ck_assert_uint_eq(script.n_assumed, 2);
        ck_assert_int_eq(bakery_assume_role_cached(client, &other, &again, NULL), BAKERY_OK);
        ck_assert_uint_eq(script.n_assumed, 2);
}
END_TEST

/* What differs the second time. */
static const struct {
        const char *variable; /* NULL: another access key */
        const char *region;   /* NULL: the variable's */
        int use_fips, use_dual_stack;
} others[] = {
        { "AWS_ENDPOINT_URL=http://127.0.0.1:1", "us-east-1", 0, 0 },
        { "AWS_ENDPOINT_URL_STS=http://127.0.0.1:2", "us-east-1", 0, 0 },
        { "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", "us-east-1", 0, 0 },
        { "AWS_USE_FIPS_ENDPOINT=true", "us-east-1", 0, 0 },
        { "AWS_USE_DUALSTACK_ENDPOINT=true", "us-east-1", 0, 0 },
        { "AWS_REGION=eu-west-1", NULL, 0, 0 },
        { NULL, "us-east-1", 0, 0 },
        { "X=", "us-east-1", 1, 0 },
        { "X=", "us-east-1", 0, 1 },
};

START_TEST(another_source_or_endpoint_is_another_session)
{
        AUTO_CLEAR(script) script = { 0 };
        bakery_client *client = begin(&script);
        bakery_assume request = request_of(&script);
        AUTO_PTR(bakery_credentials) first = NULL;
        AUTO_PTR(bakery_credentials) second = NULL;
        bakery_client_options options = fake_options(&script.wire);
        bakery_client *other = NULL;

        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &first, NULL), BAKERY_OK);
        if (others[_i].variable)
                script.wire.environment[2] = others[_i].variable;
        else
                script.wire.environment[0] = "AWS_ACCESS_KEY_ID=AKIDOTHER";
        options.region = others[_i].region;
        options.use_fips = others[_i].use_fips;
        options.use_dual_stack = others[_i].use_dual_stack;
        ck_assert_int_eq(bakery_client_new(&options, &other, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery_assume_role_cached(other, &request, &second, NULL), BAKERY_OK);
        ck_assert_uint_eq(script.n_assumed, 2);
        bakery_client_free(other);
}
END_TEST

#define X60 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X59 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X960 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60
#define X1020 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60 X60
#define A_POLICY "arn:aws:iam::aws:policy/A"

/* What is refused before anything is asked of AWS. */
static const struct {
        const char *name;
        const char *environment; /* NULL: by ARN */
        const char *role_arn, *session_name, *source_identity;
        unsigned duration_s;
        bakery_session_tag tags[2];
        const char *policies[12], *policy, *external_id, *mfa_serial;
        const char *says, *hints;
} refusals[] = {
        { "no policy", NULL, ROLE, .policies = { A_POLICY, "Admin" }, .says = "\"Admin\" is no managed policy's ARN",
          .hints = "policy/NAME" },
        { "a role for a policy", NULL, ROLE, .policies = { "arn:aws:iam::111111111111:role/x" },
          .says = "no managed policy's ARN" },
        { "a policy of another service", NULL, ROLE, .policies = { "arn:aws:organizations::111111111111:policy/x" },
          .says = "no managed policy's ARN" },
        { "a policy without a name", NULL, ROLE, .policies = { "arn:aws:iam::aws:policy/" },
          .says = "no managed policy's ARN" },
        { "eleven policies", NULL, ROLE,
          .policies = { A_POLICY, A_POLICY, A_POLICY, A_POLICY, A_POLICY, A_POLICY, A_POLICY, A_POLICY, A_POLICY,
                        A_POLICY, A_POLICY },
          .says = "11 managed session policies are more than the 10" },
        { "no role", NULL, "", .says = "no role's ARN", .hints = "arn:aws:iam" },
        { "a user", NULL, "arn:aws:iam::222222222222:user/x", .says = "no role's ARN" },
        { "another service", NULL, "arn:aws:sts::222222222222:role/x", .says = "no role's ARN" },
        { "eleven digits", NULL, "arn:aws:iam::22222222222:role/x", .says = "no role's ARN" },
        { "no name", NULL, "arn:aws:iam::222222222222:role/", .says = "no role's ARN" },
        { "no digits", NULL, "arn:aws:iam::22222222222a:role/x", .says = "no role's ARN" },
        { "a region", NULL, "arn:aws:iam:us-east-1:222222222222:role/x", .says = "no role's ARN" },
        { "another company's partition", NULL, "arn:mars:iam::222222222222:role/x", .says = "no role's ARN" },
        { "no name behind a path", NULL, "arn:aws:iam::222222222222:role/x/", .says = "no role's ARN" },
        { "a long path", NULL, "arn:aws:iam::222222222222:role/" X1020 X1020 "/x", .says = "no role's ARN" },
        { "a bracket in the name", NULL, "arn:aws:iam::222222222222:role/x]", .says = "no role's ARN" },
        { "an escape in the path", NULL, "arn:aws:iam::222222222222:role/\x1b[31m/x", .says = "no role's ARN" },
        { "a newline", NULL, "arn:aws:iam::222222222222:role/x\n", .says = "no role's ARN" },
        { "a name of 65", NULL,
          "arn:aws:iam::222222222222:role/0123456789012345678901234567890123456789012345678901234567890123x",
          .says = "no role's ARN" },
        { "a policy that is no JSON", NULL, ROLE, .policy = "CANARY", .says = "session policy is no JSON object" },
        { "a policy that is a list", NULL, ROLE, .policy = "[]", .says = "session policy is no JSON object" },
        { "no policy at all", NULL, ROLE, .policy = "", .says = "session policy is no JSON object" },
        { "a long policy", NULL, ROLE, .policy = "{\"a\":\"" X1020 X1020 "x\"}", .says = "has 2049 characters",
          .hints = "--policy-arn" },
        { "an external id of one letter", NULL, ROLE, .external_id = "x", .says = "no external id",
          .hints = "2 to 1224" },
        { "no external id", NULL, ROLE, .external_id = "", .says = "no external id" },
        { "an external id of two lines", NULL, ROLE, .external_id = "a\nb", .says = "\"a?b\" is no external id" },
        { "a device in two words", NULL, ROLE, .mfa_serial = "GAHT 12345678", .says = "no MFA device" },
        { "a short device", NULL, ROLE, .mfa_serial = "GAHT1234", .says = "no MFA device", .hints = "9 to 256" },
        { "colon in the name", NULL, ROLE, "a:b", .says = "no role session name", .hints = "2 to 64" },
        { "one letter", NULL, ROLE, "a", .says = "no role session name" },
        { "too long", NULL, ROLE, "0123456789012345678901234567890123456789012345678901234567890123x",
          .says = "no role session name" },
        { "too short", NULL, ROLE, .duration_s = 899, .says = "899 s", .hints = "900" },
        { "too long", NULL, ROLE, .duration_s = 43201, .says = "43201 s", .hints = "43200" },
        { "longer than the role", "Prod", .duration_s = 7201, .says = "7200 s", .hints = "MaxSessionDuration" },
        { "tag that is not listed", "Prod", .tags = { { "Team", "x" } }, .says = "no session tag \"Team\"",
          .hints = "SessionTags" },
        { "tag in another case", "Prod", .tags = { { "reason", "x" } }, .says = "no session tag \"reason\"" },
        { "tag with a quote", NULL, ROLE, .tags = { { "Reason", "it's" } }, .says = "is no session tag" },
        { "tag without a key", NULL, ROLE, .tags = { { "", "x" } }, .says = "is no session tag" },
        { "tag twice, in another case", NULL, ROLE, .tags = { { "Reason", "x" }, { "REASON", "y" } },
          .says = "the session tag \"REASON\" stands twice", .hints = "upper and lower case" },
        { "source identity", NULL, ROLE, .source_identity = "a b", .says = "no source identity" },
};

static bakery_assume request_of_refusal(const struct script *script, int i, const bakery_config *config)
{
        bakery_assume request = request_of(script);

        request.role_arn = refusals[i].role_arn;
        if (refusals[i].environment)
                name_group(&request, config, refusals[i].environment);
        request.session_name = refusals[i].session_name;
        request.source_identity = refusals[i].source_identity;
        request.duration_s = refusals[i].duration_s;
        request.tags = refusals[i].tags;
        while (request.tag_count < 2 && refusals[i].tags[request.tag_count].key)
                request.tag_count++;
        request.policy = refusals[i].policy;
        request.external_id = refusals[i].external_id;
        request.mfa_serial = refusals[i].mfa_serial;
        request.policy_arns = refusals[i].policies;
        while (refusals[i].policies[request.policy_arn_count])
                request.policy_arn_count++;
        return request;
}

START_TEST(refuses_what_aws_would)
{
        AUTO_CLEAR(script) script = { 0 };
        bakery_client *client = begin(&script);
        AUTO_PTR(bakery_config) config = config_of(CONFIGURATION);
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_PTR(bakery_credentials) got = NULL;
        bakery_assume request = request_of_refusal(&script, _i, config);

        bakery_status st = bakery_assume_role_cached(client, &request, &got, &err);
        ck_assert_msg(st == BAKERY_ERR_ARGUMENT, "%s: %d", refusals[_i].name, st);
        ck_says(err, refusals[_i].says);
        if (refusals[_i].hints)
                ck_hints(err, refusals[_i].hints);
        ck_assert_uint_eq(script.wire.requests, 0);
        ck_assert_ptr_null(got);
        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, NULL), BAKERY_ERR_ARGUMENT);
}
END_TEST

START_TEST(edges_are_taken)
{
        AUTO_CLEAR(script) script = { 0 };
        bakery_client *client = begin(&script);
        AUTO_PTR(bakery_config) config = config_of(CONFIGURATION);
        static const unsigned durations[] = { 900, 7200 };

        for (size_t i = 0; i < N_ELEMENTS(durations); i++) {
                AUTO_PTR(bakery_credentials) got = NULL;
                bakery_assume request = request_of(&script);

                name_group(&request, config, "Prod");
                request.duration_s = durations[i];
                request.tags = reason;
                request.tag_count = 1;
                request.source_identity = request.session_name = "ann";
                request.policy_arns = policies;
                request.policy_arn_count = N_ELEMENTS(policies);
                request.policy = "{\"a\":\"" X1020 X960 "\xc3\xbc" X59 "\"}"; /* of characters, not bytes */
                request.external_id = "x:";
                ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, NULL), BAKERY_OK);
        }
        ck_assert_ptr_nonnull(strstr(script.last, "DurationSeconds=7200"));
        ck_assert_ptr_nonnull(strstr(script.last, "Tags.member.1.Key=Reason"));
        ck_assert_ptr_nonnull(strstr(script.last, "SourceIdentity=ann"));
        ck_assert_ptr_nonnull(strstr(script.last, "PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FB"));
        ck_assert_ptr_nonnull(
                strstr(script.last, "RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2FMain-Prod-Admin"));
}
END_TEST

START_TEST(own_names_are_the_only_ones)
{
        static const struct {
                const char *session_name, *source_identity, *identity;
                bakery_status status;
                const char *says;
        } cases[] = {
                { "bob", NULL, ANN, BAKERY_ERR_ARGUMENT, "session name than your own, \"ann\"" },
                { NULL, "bob", ANN, BAKERY_ERR_ARGUMENT, "source identity than your own, \"ann\"" },
                { "Ann", NULL, ANN, BAKERY_ERR_ARGUMENT, "\"ann\"" },
                { NULL, NULL, "arn:aws:iam::111111111111:user/a", BAKERY_ERR_ARGUMENT, "one character" },
                /* A machine has no user's name; its trust asks for none. */
                { "bob", "bob", "arn:aws:sts::111111111111:assumed-role/ci/run", BAKERY_OK, NULL },
        };

        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                char identity[500];
                AUTO_CLEAR(script) script = { 0 };
                bakery_client *client = begin(&script);
                AUTO_PTR(bakery_config) config = config_of(CONFIGURATION);
                AUTO_PTR(bakery_error) err = NULL;
                AUTO_PTR(bakery_credentials) got = NULL;
                bakery_assume request = request_of(&script);

                snprintf(identity, sizeof identity,
                         "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>%s</Arn><UserId>U</UserId><Account>"
                         "1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
                         cases[i].identity);
                script.identity = identity;
                name_group(&request, config, "Prod");
                request.session_name = cases[i].session_name;
                request.source_identity = cases[i].source_identity;
                bakery_status st = bakery_assume_role_cached(client, &request, &got, &err);
                ck_assert_msg(st == cases[i].status, "%zu: %d %s", i, st, bakery_error_message(err));
                if (st)
                        ck_says(err, cases[i].says);
                ck_assert_uint_eq(script.n_assumed, st ? 0 : 1);
        }
}
END_TEST

START_TEST(a_name_of_one_letter_is_made_longer)
{
        AUTO_CLEAR(script) script = { .identity = IDENTITY("arn:aws:iam::111111111111:user/q") };
        bakery_client *client = begin(&script);
        AUTO_PTR(bakery_credentials) got = NULL;
        bakery_assume request = request_of(&script);

        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, NULL), BAKERY_OK);
        ck_assert_ptr_nonnull(strstr(script.last, "RoleSessionName=q-"));
}
END_TEST

/* What AWS refuses, and what is said then. */
static const struct {
        const char *name;
        bool by_group;
        const char *refusal, *groups;
        unsigned duration_s;
        bakery_status status;
        const char *hints;
} explained[] = {
        { "stranger", true, REFUSED("AccessDenied", "no"), GROUPS(GROUP("Other")), 0, BAKERY_ERR_DENIED,
          "MyTeamProdAdmin grants this role, and ann is not in it" },
        { "member", true, REFUSED("AccessDenied", "no"), GROUPS(GROUP("Other") GROUP("myteamPRODadmin")), 0,
          BAKERY_ERR_DENIED,
          "ann is in MyTeamProdAdmin, which grants this role: is the stack of account 222222222222" },
        { "not told", true, REFUSED("AccessDenied", "no"), REFUSED("AccessDenied", "no"), 0, BAKERY_ERR_DENIED,
          "members of MyTeamProdAdmin may assume this role: is ann one" },
        { "any role", false, REFUSED("AccessDenied", "no"), NULL, 0, BAKERY_ERR_DENIED, "add --mfa" },
        { "region", false, REFUSED("RegionDisabledException", "no"), NULL, 0, BAKERY_ERR_AWS,
          "switched off in us-east-1" },
        { "role's limit", false, REFUSED("ValidationError", "exceeds the MaxSessionDuration set for this role"), NULL,
          5000, BAKERY_ERR_AWS, "less than 5000 s" },
        { "policy", false, REFUSED("MalformedPolicyDocument", "no"), NULL, 0, BAKERY_ERR_AWS, "session policy" },
        { "tags", false, REFUSED("PackedPolicyTooLarge", "no"), NULL, 0, BAKERY_ERR_AWS, "make them shorter" },
        { "chaining", false, REFUSED("ValidationError", "1 hour session limit for roles assumed by role chaining"),
          NULL, 5000, BAKERY_ERR_AWS, "at most 3600 s" },
};

START_TEST(a_refusal_is_explained)
{
        AUTO_CLEAR(script) script = { .groups = explained[_i].groups, .assumed = { explained[_i].refusal } };
        bakery_client *client = begin(&script);
        AUTO_PTR(bakery_config) config = config_of(CONFIGURATION);
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_PTR(bakery_credentials) got = NULL;
        bakery_assume request = request_of(&script);

        if (explained[_i].by_group)
                name_group(&request, config, "Prod");
        request.duration_s = explained[_i].duration_s;
        bakery_status st = bakery_assume_role_cached(client, &request, &got, &err);
        ck_assert_msg(st == explained[_i].status, "%s: %d", explained[_i].name, st);
        ck_hints(err, explained[_i].hints);
        ck_says(err, "arn:aws:iam::222222222222:role/");
        ck_assert_ptr_null(got);
        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, NULL), st);
}
END_TEST

START_TEST(keys_of_another_account_are_told)
{
        AUTO_CLEAR(script)
        script = { .identity = IDENTITY("arn:aws:iam::999999999999:user/ann"),
                   .assumed = { REFUSED("AccessDenied", "no") } };
        bakery_client *client = begin(&script);
        AUTO_PTR(bakery_config) config = config_of(CONFIGURATION);
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_PTR(bakery_credentials) got = NULL;
        bakery_assume request = request_of(&script);

        name_group(&request, config, "Prod");
        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, &err), BAKERY_ERR_DENIED);
        ck_hints(err, "are of account 999999999999, and the users of this role are in 111111111111");
        ck_assert_uint_eq(script.n_groups, 0);
}
END_TEST

static bakery_assume mfa_request(const struct script *script, const bakery_config *config)
{
        bakery_assume request = request_of(script);

        name_group(&request, config, "Mfa");
        request.mfa_serial = "arn:aws:iam::111111111111:mfa/ann";
        request.mfa_code = "123456";
        return request;
}

START_TEST(an_mfa_session_is_no_longer_than_the_strictest_role)
{
        AUTO_CLEAR(script) script = { 0 };
        bakery_client *client = begin(&script);
        AUTO_PTR(bakery_config) config = config_of(CONFIGURATION);
        AUTO_PTR(bakery_credentials) got = NULL;
        bakery_assume request = mfa_request(&script, config);

        name_group(&request, config, "Prod"); /* asks for none itself, and is shown one */
        script.assumed[0] = REFUSED("AccessDenied", "no");
        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, NULL), BAKERY_ERR_DENIED);
        ck_assert_uint_eq(script.n_sessions, 1);
        script.assumed[0] = NULL;
        request = mfa_request(&script, config);
        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, NULL), BAKERY_OK);
        ck_assert_uint_eq(script.n_sessions, 1);
        ck_assert_ptr_null(strstr(script.last, "TokenCode"));
}
END_TEST

/* The strictest of all that the configuration has, wherever it stands; and what STS gives at least. */
START_TEST(an_mfa_session_serves_all_roles)
{
        static const struct {
                const char *more; /* environments, behind those that ask for 1800 s and for nothing */
                bool by_arn;
                unsigned mfa_max_age_s;
                const char *duration;
        } cases[] = {
                { "", false, 0, "DurationSeconds=1800" },
                { LATER("7200"), false, 0, "DurationSeconds=1800" },
                { LATER("1200"), false, 0, "DurationSeconds=1200" },
                { "", true, 0, "DurationSeconds=43200" },
                { "", true, 3000, "DurationSeconds=3000" },
                { "", true, 60, "DurationSeconds=900" },
        };

        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                AUTO_CLEAR(script) script = { 0 };
                bakery_client *client = begin(&script);
                char text[2000];

                snprintf(text, sizeof text, "%s%s%s", WITH_ENVIRONMENTS, cases[i].more, TYPES);
                AUTO_PTR(bakery_config) config = config_of(text);
                AUTO_PTR(bakery_credentials) got = NULL;
                bakery_assume request = mfa_request(&script, config);

                if (cases[i].by_arn) {
                        request.group = NULL;
                        request.account = NULL;
                        request.role_arn = ROLE;
                }
                request.mfa_max_age_s = cases[i].mfa_max_age_s;
                ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, NULL), BAKERY_OK);
                ck_assert_msg(strstr(script.session, cases[i].duration), "%zu: %s", i, script.session);
        }
}
END_TEST

START_TEST(a_session_that_aws_forgot_is_made_anew_once)
{
        static const char expired[] = REFUSED("ExpiredToken", "gone");

        for (int i = 0; i < 2; i++) {
                AUTO_CLEAR(script)
                script = { .assumed = { expired, i == 0 ? SESSION("AssumeRole", "ASIAROLE") : NULL } };
                bakery_client *client = begin(&script);
                AUTO_PTR(bakery_config) config = config_of(CONFIGURATION);
                AUTO_PTR(bakery_credentials) got = NULL;
                AUTO_PTR(bakery_error) err = NULL;
                bakery_assume request = mfa_request(&script, config);
                bakery_status st = bakery_assume_role_cached(client, &request, &got, &err);

                ck_assert_int_eq(st, i == 0 ? BAKERY_OK : BAKERY_ERR_CREDENTIALS);
                ck_assert_uint_eq(script.n_sessions, 2);
                ck_assert_uint_eq(script.n_assumed, 2);
        }
}
END_TEST

START_TEST(a_long_session_takes_the_code_itself)
{
        AUTO_CLEAR(script) script = { 0 };
        bakery_client *client = begin(&script);
        AUTO_PTR(bakery_credentials) got = NULL;
        bakery_assume request = request_of(&script);

        request.mfa_serial = "arn:aws:iam::111111111111:mfa/ann";
        request.mfa_code = "123456";
        request.duration_s = 3601;
        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, NULL), BAKERY_OK);
        ck_assert_uint_eq(script.n_sessions, 0);
        ck_assert_ptr_nonnull(strstr(script.last, "TokenCode=123456"));
        bakery_credentials_free(got);
        got = NULL;
        request.duration_s = 3600;
        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, NULL), BAKERY_OK);
        ck_assert_uint_eq(script.n_sessions, 1);
}
END_TEST

START_TEST(keys_of_a_session_give_an_hour_at_most)
{
        AUTO_CLEAR(script) script = { 0 };
        bakery_client *client = begin(&script);
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_PTR(bakery_credentials) got = NULL;
        bakery_assume request = request_of(&script);

        script.wire.environment[2] = "AWS_SESSION_TOKEN=" TOKEN;
        request.duration_s = 3601;
        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, &err), BAKERY_ERR_ARGUMENT);
        ck_hints(err, "at most 3600 s");
        ck_assert_uint_eq(script.n_assumed, 0);
        request.duration_s = 3600;
        request.require_mfa = 1; /* it cannot be shown with such keys: AWS will judge */
        ck_assert_int_eq(bakery_assume_role_cached(client, &request, &got, &err), BAKERY_OK);
        ck_assert_uint_eq(script.n_sessions, 0);
        ck_assert_uint_eq(script.n_identity, 2); /* the key id of a session says nothing the next time */
}
END_TEST

START_TEST(which_role_must_be_said)
{
        AUTO_CLEAR(script) script = { 0 };
        bakery_client *client = begin(&script);
        AUTO_PTR(bakery_config) config = config_of(CONFIGURATION);
        bakery_credentials *got = NULL;
        bakery_assume none = BAKERY_ASSUME_INIT, both = request_of(&script), half = none, small = both, chain = both;

        name_group(&both, config, "Prod");
        both.role_arn = ROLE;
        name_group(&half, config, "Prod");
        half.account = NULL;
        small.size = 8;
        chain.chain.size = 0;
        const bakery_assume *const wrong[] = { &none, &both, &half, &small, &chain };
        for (size_t i = 0; i < N_ELEMENTS(wrong); i++)
                ck_assert_msg(bakery_assume_role_cached(client, wrong[i], &got, NULL) == BAKERY_ERR_ARGUMENT, "%zu", i);
        ck_assert_uint_eq(script.wire.requests, 0);
}
END_TEST

Suite *assume_suite(void)
{
        Suite *suite = suite_create("assume");
        TCase *tcase = tcase_create("all");

        tcase_add_loop_test(tcase, a_code_comes_from_the_first_that_has_one, 0, (int)N_ELEMENTS(makers));
        tcase_add_test(tcase, a_known_user_costs_one_call_and_a_hit_none);
        tcase_add_loop_test(tcase, another_input_is_another_session, 0, CHANGES);
        tcase_add_loop_test(tcase, another_source_or_endpoint_is_another_session, 0, (int)N_ELEMENTS(others));
        tcase_add_loop_test(tcase, refuses_what_aws_would, 0, N_ELEMENTS(refusals));
        tcase_add_test(tcase, edges_are_taken);
        tcase_add_test(tcase, own_names_are_the_only_ones);
        tcase_add_test(tcase, a_name_of_one_letter_is_made_longer);
        tcase_add_loop_test(tcase, a_refusal_is_explained, 0, N_ELEMENTS(explained));
        tcase_add_test(tcase, keys_of_another_account_are_told);
        tcase_add_test(tcase, an_mfa_session_serves_all_roles);
        tcase_add_test(tcase, an_mfa_session_is_no_longer_than_the_strictest_role);
        tcase_add_test(tcase, a_session_that_aws_forgot_is_made_anew_once);
        tcase_add_test(tcase, a_long_session_takes_the_code_itself);
        tcase_add_test(tcase, keys_of_a_session_give_an_hour_at_most);
        tcase_add_test(tcase, which_role_must_be_said);
        suite_add_tcase(suite, tcase);
        return suite;
}
