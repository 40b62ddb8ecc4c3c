#include "credentials/mfa.h"

#include <stdio.h>
#include <string.h>

#include <bakery/group.h>
#include <bakery/sts.h>

#include "aws/iam.h"

enum { ANSWER_BYTES = 64 };

/* Devices by their serial number: arn:aws:iam::...:mfa/name is a virtual one, ...:u2f/... a FIDO key, and a device of
 * hardware has none of both. https://docs.aws.amazon.com/IAM/latest/APIReference/API_MFADevice.html */
static bool is_fido(const char *serial)
{
        return strstr(serial, ":u2f/") != NULL;
}

static bakery_status fail_fido(const char *serial, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%.200s is a FIDO key, and STS takes codes of other devices only",
                     serial);
        bakery__error_hint(err, "add a virtual MFA device (an authenticator app) to the user beside it");
        return BAKERY_ERR_CREDENTIALS;
}

/* The first device that makes codes; a FIDO key is kept to say that it is none. */
struct devices {
        char *usable, *fido;
        bool no_memory;
};

static void clear_devices(struct devices *devices)
{
        free(devices->usable);
        free(devices->fido);
}
DEFINE_AUTO_CLEAR(devices, clear_devices)

static bakery_status keep_device(const struct iam_entry *device, void *context, bakery_error **err)
{
        struct devices *devices = context;
        char **place = is_fido(device->name) ? &devices->fido : &devices->usable;

        if (*place)
                return BAKERY_OK;
        *place = strdup(device->name);
        return *place ? BAKERY_OK : bakery__fail_memory(err);
}

static bakery_status find_device(const struct mfa *mfa, char **ret_serial, bakery_error **err)
{
        AUTO_CLEAR(devices) devices = { 0 };
        const struct aws_access aws = { mfa->client, mfa->keys, NULL };
        bakery_status st = bakery__iam_list(&aws, IAM_MFA_DEVICES, mfa->caller->name, keep_device, &devices, err);

        if (st) {
                bakery__error_hint(err, "name the device with --mfa-serial, or with mfa_serial in the profile");
                return bakery__wrap(err, st, "the MFA device of %s", mfa->caller->name);
        }
        if (!devices.usable && devices.fido)
                return fail_fido(devices.fido, err);
        if (!devices.usable) {
                bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%s has no MFA device", mfa->caller->name);
                bakery__error_hint(err, "add a virtual one: in the console, Security credentials, Assign MFA device");
                return BAKERY_ERR_CREDENTIALS;
        }
        *ret_serial = STEAL(devices.usable);
        return BAKERY_OK;
}

static bakery_status find_serial(const struct mfa *mfa, char **ret_serial, bakery_error **err)
{
        AUTO_FREE char *serial = mfa->serial ? strdup(mfa->serial) : NULL;
        bakery_status st = BAKERY_OK;

        if (mfa->serial && !serial)
                return bakery__fail_memory(err);
        if (!serial)
                st = find_device(mfa, &serial, err);
        if (st)
                return st;
        if (is_fido(serial))
                return fail_fido(serial, err);
        *ret_serial = STEAL(serial);
        return BAKERY_OK;
}

static bakery_status fail_malformed(bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "an MFA code has six digits, and this one has not");
        bakery__error_hint(err, "type what the device shows now; nothing was sent");
        return BAKERY_ERR_CREDENTIALS;
}

static bakery_status ask(const struct mfa *mfa, const char *prompt, char answer[ANSWER_BYTES], bakery_error **err)
{
        bakery_ask_function *function = mfa->chain->ask;
        bakery_status st = BAKERY_ERR_CREDENTIALS;

        bakery__error_clear(err);
        if (function)
                st = function(prompt, answer, ANSWER_BYTES, mfa->chain->ask_context, err);
        if (!st || (err && *err))
                return st;
        if (st == BAKERY_ERR_CANCELLED)
                return bakery__fail(err, st, "cancelled");
        bakery__fail(err, st, "an MFA code is needed, and nobody is there to be asked");
        bakery__error_hint(err,
                           "run it in a terminal, give the code with --mfa-code, or name a program that prints it with "
                           "mfa_process in the profile");
        return st;
}

/* "MFA code of alice (arn:...:mfa/alice) for ...: " */
static bakery_status make_prompt(const struct mfa *mfa, const char *serial, const char *purpose, char **ret,
                                 bakery_error **err)
{
        char *prompt = NULL;

        if (asprintf(&prompt, "MFA code of %s (%s)%s%s: ", mfa->caller->name, serial, purpose ? " " : "",
                     purpose ? purpose : "") < 0)
                return bakery__fail_memory(err);
        *ret = prompt;
        return BAKERY_OK;
}

/* AWS says it with AccessDenied, the code of every other refusal too: only the sentence tells. */
static bool code_was_refused(bakery_status st, const bakery_error *err)
{
        return st == BAKERY_ERR_DENIED && strstr(bakery_error_message(err), "MultiFactorAuthentication failed");
}

static bakery_status try_code(const char *serial, const char *code, mfa_call *call, void *context, bool *ret_refused,
                              bakery_error **err)
{
        AUTO_PTR(bakery_error) reason = NULL;
        bakery_status st = call(serial, code, context, &reason);

        *ret_refused = code_was_refused(st, reason);
        if (*ret_refused)
                bakery__error_hint(&reason, "AWS takes each code once: wait for the next one; if that fails too, look "
                                            "at the device's clock, and whether --mfa-serial names the device");
        if (st && err) {
                bakery_error_free(*err);
                *err = STEAL(reason);
        }
        return st;
}

/* One question, one try. *ret_again is what to ask next; NULL: another code would not help. */
static bakery_status try_typed(const struct mfa *mfa, const char *serial, const char *prompt, mfa_call *call,
                               void *context, const char **ret_again, bakery_error **err)
{
        char code[ANSWER_BYTES] = "";
        bakery_status st = ask(mfa, prompt, code, err);
        bool refused = false;

        *ret_again = NULL;
        if (st)
                return st;
        if (bakery__mfa_code_is_well_formed(code)) {
                st = try_code(serial, code, call, context, &refused, err);
                *ret_again = refused ? "AWS does not take this code: wait for the next one: " : NULL;
        } else {
                st = fail_malformed(err);
                *ret_again = "Six digits, please: ";
        }
        explicit_bzero(code, sizeof code);
        return st;
}

/* A person is asked at most twice. */
static bakery_status call_asking(const struct mfa *mfa, const char *serial, const char *purpose, mfa_call *call,
                                 void *context, bakery_error **err)
{
        AUTO_FREE char *prompt = NULL;
        const char *again = NULL;
        bakery_status st = make_prompt(mfa, serial, purpose, &prompt, err);

        if (!st)
                st = try_typed(mfa, serial, prompt, call, context, &again, err);
        if (st && again)
                st = try_typed(mfa, serial, again, call, context, &again, err);
        return st;
}

/* Its next code comes when it comes: no second try. */
static bakery_status call_with_process(const struct mfa *mfa, const char *serial, mfa_call *call, void *context,
                                       bakery_error **err)
{
        char code[MFA_CODE_DIGITS + 1];
        bool refused;
        bakery_status st = bakery__mfa_process(mfa->client, mfa->profile, code, err);

        if (st)
                return st;
        st = try_code(serial, code, call, context, &refused, err);
        explicit_bzero(code, sizeof code);
        return st;
}

bakery_status bakery__mfa_call(const struct mfa *mfa, const char *purpose, mfa_call *call, void *context,
                               bakery_error **err)
{
        AUTO_FREE char *serial = NULL;

        if (mfa->code && !bakery__mfa_code_is_well_formed(mfa->code)) /* before anything is asked of AWS */
                return fail_malformed(err);

        bakery_status st = find_serial(mfa, &serial, err);
        if (st)
                return st;
        bool refused;
        if (mfa->code)
                return try_code(serial, mfa->code, call, context, &refused, err);
        if (bakery__profile_value(mfa->profile, "mfa_process"))
                return call_with_process(mfa, serial, call, context, err);
        return call_asking(mfa, serial, purpose, call, context, err);
}

/* An MFA session that is to be fetched. */
struct fetching {
        const struct mfa *mfa;
        unsigned duration_s;
        bakery_credentials *keys;
};

static bakery_status get_session(const char *serial, const char *code, void *context, bakery_error **err)
{
        struct fetching *fetching = context;

        return bakery_sts_get_session_token(fetching->mfa->client, fetching->mfa->keys, fetching->duration_s, serial,
                                            code, &fetching->keys, err);
}

static bakery_status fetch(void *context, bakery_credentials **ret, bakery_error **err)
{
        struct fetching *fetching = context;
        bakery_status st = bakery__mfa_call(fetching->mfa, NULL, get_session, fetching, err);

        if (st)
                return st;
        *ret = STEAL(fetching->keys);
        return BAKERY_OK;
}

/* A person has one session, whichever profile, region or role it is for: the access key says who that is. */
static struct cache_key key_of(const struct mfa *mfa)
{
        struct cache_key key = bakery__cache_key(CACHE_MFA);

        bakery__cache_key_text(&key, "access key", bakery_credentials_access_key_id(mfa->keys));
        bakery__cache_key_text(&key, "serial", mfa->serial);
        bakery__cache_key_endpoint(&key, mfa->client);
        return key;
}

bakery_status bakery__mfa_session(const struct mfa *mfa, unsigned duration_s, unsigned max_age_s,
                                  bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(cache_key) key = key_of(mfa);
        struct fetching fetching = { .mfa = mfa, .duration_s = duration_s };

        return bakery__cache_session(
                &(struct cache_ask){
                        .cache = mfa->cache,
                        .key = &key,
                        .what = "MFA session",
                        .max_age_s = max_age_s,
                        .fetch = fetch,
                        .context = &fetching,
                },
                ret, err);
}

void bakery__mfa_drop(const struct mfa *mfa)
{
        AUTO_CLEAR(cache_key) key = key_of(mfa);

        bakery__cache_drop(mfa->cache, &key);
}

unsigned bakery__mfa_session_s(const bakery_config *config, unsigned max_age_s)
{
        unsigned shortest_s = max_age_s ? max_age_s : MFA_SESSION_S;

        for (size_t i = 0; config && i < bakery_config_environment_count(config); i++) {
                const bakery_environment *environment = bakery_config_environment(config, i);

                for (size_t k = 0; k < bakery_environment_group_count(environment); k++) {
                        unsigned age_s = bakery_group_mfa_max_age_s(bakery_environment_group(environment, k));

                        if (age_s > 0 && age_s < shortest_s)
                                shortest_s = age_s;
                }
        }
        return shortest_s < SHORTEST_SESSION_S ? SHORTEST_SESSION_S : shortest_s;
}

void bakery__mfa_find_settings(struct mfa *mfa, struct profiles *profiles)
{
        if (bakery__profiles_load(mfa->client, profiles, NULL) != BAKERY_OK ||
            bakery__profiles_find(mfa->client, profiles, mfa->chain->profile, &mfa->profile, NULL) != BAKERY_OK)
                return;
        if (!mfa->serial)
                mfa->serial = bakery__profile_value(mfa->profile, "mfa_serial");
}
