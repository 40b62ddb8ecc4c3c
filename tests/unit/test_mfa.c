#include "credentials/mfa.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include <sys/stat.h>

#include "fake_wire.h"
#include "support.h"

Suite *mfa_suite(void);

#define SERIAL "arn:aws:iam::111111111111:mfa/ann"
#define FIDO "arn:aws:iam::111111111111:u2f/user/ann/key"
#define SESSION                                                                                           \
        "<GetSessionTokenResponse><GetSessionTokenResult><Credentials><AccessKeyId>ASIAMFA</AccessKeyId>" \
        "<SecretAccessKey>CANARYmfa</SecretAccessKey><SessionToken>CANARYmfaToken</SessionToken>"         \
        "<Expiration>2026-11-22T22:00:00Z</Expiration></Credentials></GetSessionTokenResult></GetSessionTokenResponse>"
#define REFUSED(code, message) \
        "<ErrorResponse><Error><Code>" code "</Code><Message>" message "</Message></Error></ErrorResponse>"
#define WRONG REFUSED("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")
#define DEVICES(serials)                                                                                     \
        "<ListMFADevicesResponse><ListMFADevicesResult><IsTruncated>false</IsTruncated><MFADevices>" serials \
        "</MFADevices></ListMFADevicesResult></ListMFADevicesResponse>"
#define DEVICE(serial) "<member><SerialNumber>" serial "</SerialNumber></member>"

START_TEST(six_digits_make_a_code)
{
        static const struct {
                const char *code;
                bool good;
        } codes[] = { { "123456", true },   { "000000", true },   { "12345", false },  { "1234567", false },
                      { "", false },        { "12345a", false },  { " 12345", false }, { "-12345", false },
                      { "123 456", false }, { "123456\n", false } };

        for (size_t i = 0; i < N_ELEMENTS(codes); i++)
                ck_assert_msg(bakery__mfa_code_is_well_formed(codes[i].code) == codes[i].good, "%s", codes[i].code);
}
END_TEST

/* A person: what is typed, answer by answer, and what was asked. */
struct typist {
        const char *answers[4];
        unsigned asked;
        char prompts[600];
};

static bakery_status type(const char *prompt, char *answer, size_t size_bytes, void *context, bakery_error **err)
{
        struct typist *typist = context;
        const char *text = typist->answers[typist->asked++];

        (void)err;
        ck_assert_uint_le(typist->asked, 2);
        strncat(typist->prompts, prompt, sizeof typist->prompts - strlen(typist->prompts) - 1);
        if (!text)
                return BAKERY_ERR_CANCELLED;
        snprintf(answer, size_bytes, "%s", text);
        return BAKERY_OK;
}

static char own_name[] = "ann", own_arn[] = "arn:aws:iam::111111111111:user/ann", own_account[] = "111111111111";
static const struct caller ann = { own_arn, own_account, own_name, true };

/* What GetSessionToken says, one answer after the other; ListMFADevices always says devices. */
struct script {
        struct fake_wire wire;
        const char *devices;
        const char *sessions[4];
        unsigned sent; /* GetSessionToken */
        char codes[60];
};

static void keep_code(struct script *script)
{
        const char *code = strstr(script->wire.last.body, "TokenCode=");

        strncat(script->codes, code ? code + strlen("TokenCode=") : "none", 6);
        strcat(script->codes, " ");
}

static const struct fake_answer *choose(struct fake_wire *wire)
{
        static struct fake_answer answer;
        struct script *script = (struct script *)wire;

        if (strstr(wire->last.body, "Action=ListMFADevices")) {
                answer = (struct fake_answer)ANSWER(200, NULL, script->devices);
                return &answer;
        }
        keep_code(script);
        const char *body = script->sessions[script->sent++];
        answer = (struct fake_answer)ANSWER(strstr(body, "Error") ? 403 : 200, NULL, body);
        return &answer;
}

static void end_script(struct script *script)
{
        fake_end(&script->wire);
}
DEFINE_AUTO_CLEAR(script, end_script)

static const struct {
        const char *name;
        const char *serial, *code;
        bool nobody; /* is there to be asked */
        const char *typed[2];
        const char *devices;
        const char *sessions[2];
        const char *sent; /* the codes */
        bakery_status status;
        const char *says, *hints, *prompts;
} cases[] = {
        { "typed",
          SERIAL,
          NULL,
          false,
          { "123456" },
          "",
          { SESSION },
          "123456 ",
          BAKERY_OK,
          NULL,
          NULL,
          "MFA code of ann (" SERIAL "): " },
        { "given", SERIAL, "123456", false, { NULL }, "", { SESSION }, "123456 ", BAKERY_OK, NULL, NULL, "" },
        { "wrong, then right",
          SERIAL,
          NULL,
          false,
          { "111111", "222222" },
          "",
          { WRONG, SESSION },
          "111111 222222 ",
          BAKERY_OK,
          NULL,
          NULL,
          "wait for the next one" },
        { "wrong twice",
          SERIAL,
          NULL,
          false,
          { "111111", "222222" },
          "",
          { WRONG, WRONG },
          "111111 222222 ",
          BAKERY_ERR_DENIED,
          "MultiFactorAuthentication",
          "wait for the next one",
          "" },
        { "given and wrong",
          SERIAL,
          "111111",
          false,
          { NULL },
          "",
          { WRONG },
          "111111 ",
          BAKERY_ERR_DENIED,
          "MultiFactorAuthentication",
          "wait for the next one",
          "" },
        { "refused otherwise",
          SERIAL,
          NULL,
          false,
          { "111111" },
          "",
          { REFUSED("AccessDenied", "no") },
          "111111 ",
          BAKERY_ERR_DENIED,
          "no",
          NULL,
          "" },
        { "five digits, then six",
          SERIAL,
          NULL,
          false,
          { "12345", "123456" },
          "",
          { SESSION },
          "123456 ",
          BAKERY_OK,
          NULL,
          NULL,
          "Six digits, please: " },
        { "never six digits",
          SERIAL,
          NULL,
          false,
          { "12345", "1234567" },
          "",
          { NULL },
          "",
          BAKERY_ERR_CREDENTIALS,
          "six digits",
          "nothing was sent",
          "" },
        { "given five digits",
          SERIAL,
          "12345",
          false,
          { NULL },
          "",
          { NULL },
          "",
          BAKERY_ERR_CREDENTIALS,
          "six digits",
          NULL,
          "" },
        { "nobody there",
          SERIAL,
          NULL,
          true,
          { NULL },
          "",
          { NULL },
          "",
          BAKERY_ERR_CREDENTIALS,
          "nobody is there",
          "--mfa-code",
          "" },
        { "interrupted", SERIAL, NULL, false, { NULL }, "", { NULL }, "", BAKERY_ERR_CANCELLED, "cancelled", NULL, "" },
        { "own device",
          NULL,
          "123456",
          false,
          { NULL },
          DEVICES(DEVICE(FIDO) DEVICE(SERIAL)),
          { SESSION },
          "123456 ",
          BAKERY_OK,
          NULL,
          NULL,
          "" },
        { "FIDO key alone",
          NULL,
          "123456",
          false,
          { NULL },
          DEVICES(DEVICE(FIDO)),
          { NULL },
          "",
          BAKERY_ERR_CREDENTIALS,
          "is a FIDO key",
          "authenticator app",
          "" },
        { "FIDO key named",
          FIDO,
          NULL,
          false,
          { NULL },
          "",
          { NULL },
          "",
          BAKERY_ERR_CREDENTIALS,
          "is a FIDO key",
          NULL,
          "" },
        { "no device",
          NULL,
          "123456",
          false,
          { NULL },
          DEVICES(""),
          { NULL },
          "",
          BAKERY_ERR_CREDENTIALS,
          "ann has no MFA device",
          "virtual",
          "" },
};

static bakery_credentials *long_lived(void)
{
        bakery_credentials *keys = NULL;

        ck_assert_int_eq(bakery_credentials_new(KEY_ID, SECRET, NULL, 0, "test", &keys, NULL), BAKERY_OK);
        return keys;
}

START_TEST(asks_as_often_as_it_helps)
{
        AUTO_CLEAR(script) script = { .wire = { .choose = choose }, .devices = cases[_i].devices };
        struct typist typist = { .answers = { cases[_i].typed[0], cases[_i].typed[1] } };
        struct cache cache = { .folder_fd = -1 };
        bakery_chain_options chain = BAKERY_CHAIN_OPTIONS_INIT;
        AUTO_PTR(bakery_credentials) keys = long_lived();
        AUTO_PTR(bakery_credentials) got = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        memcpy(script.sessions, cases[_i].sessions, sizeof cases[_i].sessions);
        cache.client = fake_client(&script.wire);
        chain.ask = cases[_i].nobody ? NULL : type;
        chain.ask_context = &typist;
        struct mfa mfa = {
                .client = cache.client,
                .cache = &cache,
                .chain = &chain,
                .keys = keys,
                .caller = &ann,
                .serial = cases[_i].serial,
                .code = cases[_i].code,
        };
        bakery_status st = bakery__mfa_session(&mfa, 3600, 0, &got, &err);

        ck_assert_msg(st == cases[_i].status, "%s: %d %s", cases[_i].name, st, bakery_error_message(err));
        ck_assert_msg(strcmp(script.codes, cases[_i].sent) == 0, "%s: sent %s", cases[_i].name, script.codes);
        if (cases[_i].says)
                ck_says(err, cases[_i].says);
        if (cases[_i].hints)
                ck_hints(err, cases[_i].hints);
        ck_assert_msg(strstr(typist.prompts, cases[_i].prompts), "%s: asked %s", cases[_i].name, typist.prompts);
        ck_assert_msg((st == BAKERY_OK) == (got != NULL), "%s", cases[_i].name);
}
END_TEST

START_TEST(the_session_is_asked_for_once_and_may_grow_too_old)
{
        AUTO_CLEAR(script)
        script = { .wire = { .choose = choose, .now_s = FAKE_NOW_S },
                   .devices = "",
                   .sessions = { SESSION, SESSION, SESSION, SESSION } };
        AUTO_FREE char *folder = new_folder();
        AUTO_CLEAR(cache) cache = { 0 };
        bakery_chain_options chain = BAKERY_CHAIN_OPTIONS_INIT;
        AUTO_PTR(bakery_credentials) keys = long_lived();

        chmod(folder, 0700);
        bakery__cache_open(fake_client(&script.wire), folder, &cache);
        struct mfa mfa = {
                .client = cache.client,
                .cache = &cache,
                .chain = &chain,
                .keys = keys,
                .caller = &ann,
                .serial = SERIAL,
                .code = "123456",
        };
        for (int i = 0; i < 4; i++) {
                AUTO_PTR(bakery_credentials) got = NULL;

                mfa.region = i == 1 ? "eu-west-1" : "us-east-1"; /* one for all regions */
                ck_assert_int_eq(bakery__mfa_session(&mfa, 43200, i == 3 ? 3600 : 0, &got, NULL), BAKERY_OK);
                ck_assert_uint_eq(script.sent, i == 3 ? 2 : 1);
                script.wire.now_s += 1700;
        }
        ck_assert_ptr_nonnull(strstr(script.wire.last.body, "DurationSeconds=43200&SerialNumber="));
        AUTO_PTR(bakery_credentials) others = NULL;
        mfa.serial = "arn:aws:iam::111111111111:mfa/other"; /* another device is another session */
        ck_assert_int_eq(bakery__mfa_session(&mfa, 43200, 0, &others, NULL), BAKERY_OK);
        ck_assert_uint_eq(script.sent, 3);
        mfa.serial = SERIAL;
        bakery__mfa_drop(&mfa);
        AUTO_PTR(bakery_credentials) last = NULL;
        ck_assert_int_eq(bakery__mfa_session(&mfa, 43200, 0, &last, NULL), BAKERY_OK);
        ck_assert_uint_eq(script.sent, 4);
        remove_folder(STEAL(folder));
}
END_TEST

START_TEST(a_caller_is_read_from_an_arn)
{
        static const struct {
                const char *arn, *account, *name;
                bool is_user;
        } arns[] = {
                { "arn:aws:iam::111111111111:user/ann", "111111111111", "ann", true },
                { "arn:aws:iam::111111111111:user/deep/path/ann", "111111111111", "ann", true },
                { "arn:aws-cn:sts::111111111111:assumed-role/Role/session", "111111111111", "session", false },
                { "arn:aws:sts::111111111111:federated-user/bob", "111111111111", "bob", false },
                { "arn:aws:iam::111111111111:root", "111111111111", "root", false },
                { "arn:aws:iam::111111111111:user/", NULL, NULL, false },
                { "arn:aws:iam:::user/ann", NULL, NULL, false },
                { "nobody", NULL, NULL, false },
        };

        for (size_t i = 0; i < N_ELEMENTS(arns); i++) {
                AUTO_CLEAR(caller) caller = { 0 };
                bakery_status st = bakery__caller_parse(arns[i].arn, &caller, NULL);

                ck_assert_msg((st == BAKERY_OK) == (arns[i].name != NULL), "%s", arns[i].arn);
                if (st)
                        continue;
                ck_assert_str_eq(caller.name, arns[i].name);
                ck_assert_str_eq(caller.account, arns[i].account);
                ck_assert_int_eq(caller.is_user, arns[i].is_user);
        }
}
END_TEST

Suite *mfa_suite(void)
{
        Suite *suite = suite_create("mfa");
        TCase *tcase = tcase_create("all");

        tcase_add_test(tcase, six_digits_make_a_code);
        tcase_add_loop_test(tcase, asks_as_often_as_it_helps, 0, N_ELEMENTS(cases));
        tcase_add_test(tcase, the_session_is_asked_for_once_and_may_grow_too_old);
        tcase_add_test(tcase, a_caller_is_read_from_an_arn);
        suite_add_tcase(suite, tcase);
        return suite;
}
