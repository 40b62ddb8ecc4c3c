#include "credentials/role.h"

#include <stdio.h>
#include <string.h>

#include "credentials/mfa.h"
#include "formats/arn.h"

void bakery__role_session_name(bakery_client *client, char ret_name[ROLE_SESSION_NAME_BYTES])
{
        snprintf(ret_name, ROLE_SESSION_NAME_BYTES, "bakery-%lld", (long long)bakery__client_now_s(client));
}

const char *bakery__role_region(const bakery_client *client, const char *role_arn, char buffer[ROLE_REGION_BYTES])
{
        struct arn arn;

        if (bakery__client_region(client) || bakery__client_setting(client, NULL, "region") ||
            bakery__arn_parse(role_arn, &arn, NULL) != BAKERY_OK || arn.partition.len > ROLE_REGION_BYTES / 2)
                return NULL;
        snprintf(buffer, ROLE_REGION_BYTES, "%.*s-global", (int)arn.partition.len, arn.partition.at);
        return buffer;
}

/* The AWS CLI passes over a number that is none, and so do we, but not in silence. */
static unsigned read_duration(const bakery_client *client, const struct ini_section *profile)
{
        const char *text = bakery__profile_value(profile, "duration_seconds");
        char *end = NULL;

        if (!text)
                return 0;
        unsigned long number = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
        if (end && !*end && number > 0 && number <= 1000000)
                return (unsigned)number;
        bakery__client_log(client, BAKERY_LOG_WARNING,
                           "profile %s: duration_seconds is no number of seconds, and is passed over", profile->name);
        return 0;
}

/* A call of STS on its way. */
struct assuming_role {
        bakery_client *client;
        const bakery_credentials *keys;
        bakery_assume_role request;
        bakery_credentials *found;
};

static bakery_status call_sts(const char *serial, const char *code, void *context, bakery_error **err)
{
        struct assuming_role *role = context;

        role->request.serial_number = serial;
        role->request.token_code = code;
        return bakery_sts_assume_role(role->client, role->keys, &role->request, &role->found, err);
}

static bakery_status call_with_mfa(struct assuming_role *role, const bakery_chain_options *options,
                                   const struct ini_section *profile, const char *serial, bakery_error **err)
{
        AUTO_FREE char *whose = NULL;

        if (asprintf(&whose, "profile %s", profile->name) < 0) {
                whose = NULL;
                return bakery__fail_memory(err);
        }
        struct caller caller = { .name = whose };
        const struct mfa mfa = {
                .client = role->client,
                .chain = options,
                .keys = role->keys,
                .caller = &caller,
                .serial = serial,
                .profile = profile,
        };
        return bakery__mfa_call(&mfa, NULL, call_sts, role, err);
}

bakery_status bakery__role_assume(bakery_client *client, const bakery_chain_options *options,
                                  const struct ini_section *profile, const bakery_credentials *keys,
                                  bakery_credentials **ret, bakery_error **err)
{
        char usual_name[ROLE_SESSION_NAME_BYTES], region[ROLE_REGION_BYTES];
        const char *name = bakery__profile_value(profile, "role_session_name");
        const char *serial = bakery__profile_value(profile, "mfa_serial");
        struct assuming_role role = { .client = client, .keys = keys, .request = BAKERY_ASSUME_ROLE_INIT };

        bakery__role_session_name(client, usual_name);
        role.request.role_arn = bakery__profile_value(profile, "role_arn");
        role.request.role_session_name = name ? name : usual_name;
        role.request.external_id = bakery__profile_value(profile, "external_id");
        role.request.duration_s = read_duration(client, profile);
        role.request.region = bakery__role_region(client, role.request.role_arn, region);

        bakery_status st =
                serial ? call_with_mfa(&role, options, profile, serial, err) : call_sts(NULL, NULL, &role, err);
        if (st)
                return bakery__wrap(err, st, "profile %s: role_arn", profile->name);
        *ret = STEAL(role.found);
        return BAKERY_OK;
}
