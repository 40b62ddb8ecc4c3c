/* A refusal in words that help: the group that would grant the role, MFA, duration, region, clock. */
#include <stdlib.h>
#include <string.h>

#include "credentials/assume.h"
#include "credentials/membership.h"
#include "model/model.h"

enum { CLOCK_TOLERANCE_S = 240, HELP_MAX_BYTES = 1024 };

/* Asked with what may say most: the policies by which people read their own groups mostly want MFA. */
static struct membership find_membership(const struct assuming *assuming)
{
        struct membership membership = { MEMBERSHIP_UNKNOWN, 0 };
        const struct aws_access aws = { assuming->client, assuming->mfa ? assuming->mfa : assuming->keys, NULL };

        if (assuming->caller.is_user)
                bakery__membership_find(&aws, assuming->caller.name, assuming->request->group, &membership, NULL);
        return membership;
}

static void hint_stranger(const struct membership *membership, const char *who, const bakery_group *group,
                          bakery_error **err)
{
        AUTO_CLEAR(buf) help = { .max = HELP_MAX_BYTES };

        bakery__membership_put_help(&help, membership, who, group);
        if (!help.no_memory)
                bakery__error_hint(err, "%s", help.at);
}

static void explain_group(const struct assuming *assuming, bakery_error **err)
{
        const bakery_group *group = assuming->request->group;
        const char *name = bakery_group_name(group), *who = assuming->caller.name;
        const char *home = bakery_config_bakery_account_id(group->environment->config);

        if (strcmp(assuming->caller.account, home) != 0) {
                bakery__error_hint(err, "these keys (%s) are of account %s, and the users of this role are in %s",
                                   bakery_credentials_source(assuming->keys), assuming->caller.account, home);
                return;
        }

        bool mfa_may_lack = assuming->requires_mfa && !assuming->mfa && !assuming->showed_code;
        const char *mfa = mfa_may_lack ? ", and do these keys carry the MFA that it asks for" : "";
        struct membership membership = find_membership(assuming);
        if (membership.kind == MEMBERSHIP_STRANGER)
                hint_stranger(&membership, who, group, err);
        else if (membership.kind == MEMBERSHIP_UNKNOWN)
                bakery__error_hint(err, "members of %s may assume this role: is %s one%s?", name, who, mfa);
        else
                bakery__error_hint(
                        err, "%s is in %s, which grants this role: is the stack of account %s deployed%s?", who,
                        membership.kind == MEMBERSHIP_MEMBER ? name : group->environment->config->admin_group,
                        bakery_account_id(assuming->request->account), mfa);
}

static void explain_denial(const struct assuming *assuming, bakery_error **err)
{
        int64_t offset_s = bakery__client_clock_offset_s(assuming->client);

        if (bakery_error_hint(*err)) /* of the MFA code, or of whom we had to ask */
                return;
        if (llabs(offset_s) > CLOCK_TOLERANCE_S)
                bakery__error_hint(err, "the system clock is %lld s off: mend it first", (long long)llabs(offset_s));
        else if (assuming->request->group && assuming->caller.account)
                explain_group(assuming, err);
        else if (!assuming->requires_mfa)
                bakery__error_hint(err, "a policy of yours must allow sts:AssumeRole on the role, and the role must "
                                        "trust you; if it asks for MFA, add --mfa");
        else
                bakery__error_hint(err, "a policy of yours must allow sts:AssumeRole on the role, and the role must "
                                        "trust you");
}

/* Both limits come as ValidationError; only the sentence tells them apart. */
static void explain_duration(const struct assuming *assuming, bakery_error **err)
{
        const char *message = bakery_error_message(*err);

        if (strstr(message, "MaxSessionDuration"))
                bakery__error_hint(err, "the role allows less than %u s: ask for less, or raise MaxSessionDuration",
                                   assuming->request->duration_s);
        else if (strstr(message, "role chaining"))
                bakery__error_hint(err, "keys of a session give at most 3600 s: use the user's own access key, or ask "
                                        "for less");
}

static const char *region_of(const struct assuming *assuming)
{
        const char *region =
                assuming->request->region ? assuming->request->region : bakery__client_region(assuming->client);

        return region ? region : "this region";
}

/* What one code says by itself. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, Errors */
static const struct {
        const char *code, *hint;
} plain[] = {
        { "MalformedPolicyDocument", "look at the session policy: it must be a policy of at most 2048 characters" },
        { "PackedPolicyTooLarge", "the session policy and the tags together are too large: make them shorter" },
};

static void explain_plain(const char *code, bakery_error **err)
{
        for (size_t i = 0; i < N_ELEMENTS(plain); i++)
                if (strcmp(plain[i].code, code) == 0)
                        bakery__error_hint(err, "%s", plain[i].hint);
}

void bakery__explain(const struct assuming *assuming, bakery_status st, bakery_error **err)
{
        const char *code = bakery_error_aws_code(*err);

        if (code && strcmp(code, "RegionDisabledException") == 0)
                bakery__error_hint(err,
                                   "STS is switched off in %s: name another region with --region, or switch it on "
                                   "in the account settings of IAM",
                                   region_of(assuming));
        else if (code && strcmp(code, "ValidationError") == 0)
                explain_duration(assuming, err);
        else if (st == BAKERY_ERR_DENIED && bakery__str_equal(bakery_error_aws_action(*err), "AssumeRole"))
                explain_denial(assuming, err);
        else if (code)
                explain_plain(code, err);
        if (code)
                bakery__wrap(err, st, "%s", assuming->role_arn);
}
