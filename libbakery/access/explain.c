/* Why somebody can or cannot assume a role: the group, the membership, MFA, and whose the keys are. */
#include <bakery/explain.h>

#include <string.h>

#include <bakery/sts.h>

#include "access/access.h"
#include "aws/keys.h"
#include "base/report.h"
#include "credentials/identity.h"
#include "credentials/membership.h"

enum { HELP_MAX_BYTES = 1024 };

struct explaining {
        bakery_client *client;
        const bakery_explain_request *request;
        const bakery_config *config;
        bakery_report *report;
        struct caller caller; /* whose the keys are; empty without keys */
        const char *user;
};

static void clear_explaining(struct explaining *explaining)
{
        bakery__caller_clear(&explaining->caller);
}
DEFINE_AUTO_CLEAR(explaining, clear_explaining)

/* What is found is about the configuration as a whole: no line of it is wrong. */
#define SAY(explaining, severity, rule, ...)                                                                   \
        bakery__report_add((explaining)->report, BAKERY_SEVERITY_##severity, rule, (explaining)->config->name, \
                           (struct place){ 0, 0 }, __VA_ARGS__)

static bakery_status check(struct explaining *explaining, bakery_error **err)
{
        const bakery_explain_request *request = explaining->request;

        if (request->size < sizeof *request)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "a bakery_explain_request of %zu bytes is none: begin with BAKERY_EXPLAIN_INIT",
                                    request->size);
        if (!request->group || (!request->user && !request->keys) || (request->keys && !explaining->client))
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "a group, and a user or keys with a client, are needed");
        if (request->account && request->account->environment != request->group->environment)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "account %s is not of environment %s",
                                    request->account->id, request->group->environment->name);
        explaining->config = request->group->environment->config;
        return BAKERY_OK;
}

static bakery_status identify(struct explaining *explaining, bakery_error **err)
{
        const bakery_explain_request *request = explaining->request;
        bakery_identity identity = BAKERY_IDENTITY_INIT;

        explaining->user = request->user;
        if (!request->keys)
                return BAKERY_OK;
        bakery_status st =
                bakery_sts_get_caller_identity(explaining->client, request->keys, request->region, &identity, err);
        if (!st)
                st = bakery__caller_parse(identity.arn, &explaining->caller, err);
        bakery_identity_clear(&identity);
        if (!st && !explaining->user && explaining->caller.is_user)
                explaining->user = explaining->caller.name;
        return st;
}

/* False: nothing more can be said of this caller. */
static bool explain_caller(struct explaining *explaining)
{
        const char *home = bakery_config_bakery_account_id(explaining->config);
        const struct caller *caller = &explaining->caller;
        struct finding *finding;

        if (caller->arn && strcmp(caller->account, home) != 0) {
                finding =
                        SAY(explaining, ERROR, "account", "these keys (%s) are of account %s, and the users are in %s",
                            bakery_credentials_source(explaining->request->keys), caller->account, home);
                bakery__report_hint(explaining->report, finding, "--profile names other keys");
                return false;
        }
        if (explaining->user)
                return true;
        finding = SAY(explaining, ERROR, "account", "these keys (%s) are of %s, and only users are in groups",
                      bakery_credentials_source(explaining->request->keys), caller->arn);
        bakery__report_hint(explaining->report, finding, "--user names a user");
        return false;
}

static void explain_role(struct explaining *explaining)
{
        const bakery_group *group = explaining->request->group;

        SAY(explaining, NOTE, "group", "the role of %s in %s%s%s is granted by the group %s", group->access_type->name,
            explaining->request->account ? explaining->request->account->name : "every account of ",
            explaining->request->account ? ", " : "", group->environment->name, group->name);
}

static bool is_listed(const bakery_user *user, const char *group)
{
        return user && bakery__words_have(&user->groups, group);
}

static void tell_stranger(struct explaining *explaining, const struct membership *membership)
{
        const bakery_group *group = explaining->request->group;
        const bakery_user *listed = bakery_config_find_user(explaining->config, explaining->user);
        AUTO_CLEAR(buf) help = { .max = HELP_MAX_BYTES };
        struct finding *finding =
                SAY(explaining, ERROR, "membership", "%s is not in %s", explaining->user, group->name);

        bakery__membership_put_help(&help, membership, explaining->user, group);
        if (help.no_memory)
                bakery__report_lose(explaining->report);
        else if (is_listed(listed, group->name) && bakery__membership_ended(listed->until, explaining->request->now_s))
                bakery__report_hint(explaining->report, finding, "by config.yml the membership ended on %s",
                                    listed->until);
        else if (is_listed(listed, group->name) && explaining->request->keys)
                bakery__report_hint(explaining->report, finding,
                                    "config.yml has it: bakery-cli users apply puts it into IAM");
        else
                bakery__report_hint(explaining->report, finding, "%s", help.at);
}

static void tell_membership(struct explaining *explaining, const struct membership *membership)
{
        const char *group = explaining->request->group->name;

        if (membership->kind == MEMBERSHIP_MEMBER)
                SAY(explaining, NOTE, "membership", "%s is in %s", explaining->user, group);
        else if (membership->kind == MEMBERSHIP_ADMIN)
                SAY(explaining, NOTE, "membership", "%s is in %s, whose members can assume every role",
                    explaining->user, explaining->config->admin_group);
        else
                tell_stranger(explaining, membership);
}

/* What the configuration says of the user, without IAM. */
static void explain_listed(struct explaining *explaining)
{
        const bakery_user *listed = bakery_config_find_user(explaining->config, explaining->user);
        bool ended = listed && bakery__membership_ended(listed->until, explaining->request->now_s);
        struct membership membership = { MEMBERSHIP_STRANGER, listed ? listed->groups.count : 0 };

        if (!listed) {
                struct finding *finding =
                        SAY(explaining, WARNING, "membership", "the configuration has no user %s", explaining->user);

                bakery__report_hint(explaining->report, finding, "without --offline IAM is asked");
                return;
        }
        if (!ended && is_listed(listed, explaining->config->admin_group))
                membership.kind = MEMBERSHIP_ADMIN;
        if (!ended && is_listed(listed, explaining->request->group->name))
                membership.kind = MEMBERSHIP_MEMBER;
        tell_membership(explaining, &membership);
}

/* What IAM refuses to say is told as such; these end the explanation. */
static bool ends_all(bakery_status st)
{
        return st == BAKERY_ERR_MEMORY || st == BAKERY_ERR_CANCELLED;
}

/* What the policies in IAM come to, for one user and one role, or the role in each account of the environment. */
struct found_reach {
        bool known;
        bakery_reach least; /* of the accounts */
        const char *via;    /* the group that gives it; NULL: a policy of the own, or nothing does */
};

static void find_least(const struct explaining *explaining, const bakery_access *access, size_t user,
                       struct found_reach *ret)
{
        const bakery_group *group = explaining->request->group;
        const bakery_environment *environment = group->environment;
        const bakery_account *only = explaining->request->account;

        *ret = (struct found_reach){ .known = true, .least = BAKERY_REACH_ADMIN };
        for (size_t i = 0; i < environment->n_accounts; i++) {
                const char *via = NULL;

                if (only && only != &environment->accounts[i])
                        continue;
                bakery_reach reach = bakery_access_reach(access, user, group, &environment->accounts[i], &via);
                if (reach > ret->least)
                        continue;
                ret->least = reach;
                ret->via = via;
        }
}

/* Reads them all: a policy of the own, or of a group that the configuration does not know, can allow and deny too. */
static bakery_status find_reach(struct explaining *explaining, bakery_access **ret_access, struct found_reach *ret,
                                bakery_error **err)
{
        bakery_access_read_request request = BAKERY_ACCESS_READ_INIT;
        AUTO_PTR(bakery_error) reason = NULL;

        request.keys = explaining->request->keys;
        request.region = explaining->request->region;
        request.now_s = explaining->request->now_s;
        bakery_status st = bakery_access_read(explaining->client, explaining->config, &request, ret_access, &reason);
        if (ends_all(st))
                return bakery__fail(err, st, "%s", bakery_error_message(reason));
        if (st) {
                SAY(explaining, WARNING, "policies", "the policies of %s are not known: %s", explaining->user,
                    bakery_error_message(reason));
                return BAKERY_OK;
        }
        size_t user = bakery_access_find_user(*ret_access, explaining->user);
        if (user < bakery_access_user_count(*ret_access)) /* else just made: IAM does not show it everywhere at once */
                find_least(explaining, *ret_access, user, ret);
        return BAKERY_OK;
}

static void tell_reach(struct explaining *explaining, const struct membership *membership,
                       const struct found_reach *reach)
{
        const char *group = explaining->request->group->name;

        if (membership->kind == MEMBERSHIP_STRANGER && reach->known && reach->least >= BAKERY_REACH_GRANTED) {
                SAY(explaining, NOTE, "membership", "%s is not in %s, and can assume the role all the same, by %s",
                    explaining->user, group, reach->via ? reach->via : "a policy of the own");
                return;
        }
        tell_membership(explaining, membership);
        if (!reach->known || reach->least >= BAKERY_REACH_GRANTED)
                return;
        if (reach->least == BAKERY_REACH_CONDITIONAL)
                SAY(explaining, WARNING, "policies",
                    "a policy allows the role under a condition that cannot be judged from here");
        else if (membership->kind != MEMBERSHIP_STRANGER)
                bakery__report_hint(explaining->report,
                                    SAY(explaining, ERROR, "policies",
                                        "the policies of %s as IAM has them do not allow the role", explaining->user),
                                    "bakery-cli access --live tells how IAM differs from config.yml");
}

static bakery_status explain_reach(struct explaining *explaining, const struct membership *membership,
                                   bakery_error **err)
{
        AUTO_PTR(bakery_access) access = NULL;
        struct found_reach reach = { 0 };
        bakery_status st = find_reach(explaining, &access, &reach, err);

        if (!st)
                tell_reach(explaining, membership, &reach);
        return st;
}

static bakery_status explain_membership(struct explaining *explaining, bakery_error **err)
{
        const struct aws_access aws = { explaining->client, explaining->request->keys, explaining->request->region };
        AUTO_PTR(bakery_error) reason = NULL;
        struct membership membership;
        bakery_status st =
                bakery__membership_find(&aws, explaining->user, explaining->request->group, &membership, &reason);

        if (ends_all(st))
                return bakery__fail(err, st, "%s", bakery_error_message(reason));
        if (st == BAKERY_ERR_NOT_FOUND)
                SAY(explaining, ERROR, "membership", "there is no user %s in IAM", explaining->user);
        else if (st)
                SAY(explaining, WARNING, "membership", "the groups of %s are not known: %s", explaining->user,
                    bakery_error_message(reason));
        else
                return explain_reach(explaining, &membership, err);
        return BAKERY_OK;
}

static bakery_status count_device(const struct iam_entry *entry, void *context, bakery_error **err)
{
        (void)entry;
        (void)err;
        ++*(size_t *)context;
        return BAKERY_OK;
}

static bakery_status explain_devices(struct explaining *explaining, bakery_error **err)
{
        const struct aws_access aws = { explaining->client, explaining->request->keys, explaining->request->region };
        AUTO_PTR(bakery_error) reason = NULL;
        size_t n_devices = 0;
        bakery_status st = bakery__iam_list(&aws, IAM_MFA_DEVICES, explaining->user, count_device, &n_devices, &reason);

        if (ends_all(st))
                return bakery__fail(err, st, "%s", bakery_error_message(reason));
        if (st && st != BAKERY_ERR_NOT_FOUND)
                SAY(explaining, WARNING, "mfa", "the MFA devices of %s are not known: %s", explaining->user,
                    bakery_error_message(reason));
        if (!st && n_devices == 0) {
                struct finding *finding = SAY(explaining, ERROR, "mfa", "%s has no MFA device", explaining->user);

                bakery__report_hint(explaining->report, finding,
                                    "enrol one in the console: IAM, My security credentials");
        }
        return BAKERY_OK;
}

static void explain_demands(struct explaining *explaining)
{
        const bakery_group *group = explaining->request->group;
        unsigned age_s = bakery_group_mfa_max_age_s(group);

        if (age_s > 0)
                SAY(explaining, NOTE, "mfa", "the role asks for MFA, by a code of the last %u s", age_s);
        else if (bakery_group_requires_mfa(group))
                SAY(explaining, NOTE, "mfa", "the role asks for MFA");
        if (bakery_group_requires_session_name(group))
                SAY(explaining, NOTE, "session-name", "the session must be named as the user");
        SAY(explaining, NOTE, "duration", "a session lasts %u s at most", bakery_group_max_session_duration_s(group));
}

/* A finding that got lost must not look like one that was not made. */
static bakery_status check_whole(const struct explaining *explaining, bakery_error **err)
{
        bool has_hole = bakery__report_status(explaining->report, NULL) == BAKERY_ERR_MEMORY;

        return has_hole ? bakery__fail_memory(err) : BAKERY_OK;
}

bakery_status bakery_explain(bakery_client *client, const bakery_explain_request *request, bakery_report *report,
                             bakery_error **err)
{
        AUTO_CLEAR(explaining) explaining = { .client = client, .request = request, .report = report };

        bakery__error_clear(err);
        bakery_status st = check(&explaining, err);
        if (!st)
                st = identify(&explaining, err);
        if (st)
                return st;
        explain_role(&explaining);
        if (!explain_caller(&explaining))
                return check_whole(&explaining, err);
        if (request->keys)
                st = explain_membership(&explaining, err);
        else
                explain_listed(&explaining);
        explain_demands(&explaining);
        if (!st && request->keys && bakery_group_requires_mfa(request->group))
                st = explain_devices(&explaining, err);
        return st ? st : check_whole(&explaining, err);
}
