#include "access/judge.h"

#include <string.h>

#include "access/power.h"
#include "model/names.h"
#include "model/policy_eval.h"

static const char assume_role[] = "sts:AssumeRole";

/* Stands for people in keys; no name of IAM has such a character. */
#define ONESELF "\x01"

enum { ARN_MAX_BYTES = 4096 };

void bakery__judge_clear(struct judge *judge)
{
        bakery__map_clear(&judge->by_arn);
        bakery__arena_clear(&judge->arena);
}

static bool list_roles(struct judge *judge)
{
        const bakery_access *access = judge->access;
        AUTO_CLEAR(buf) arn = { .max = ARN_MAX_BYTES };

        judge->role_arns = bakery__arena_array(&judge->arena, access->n_roles, sizeof *judge->role_arns);
        if (!judge->role_arns)
                return false;
        for (size_t i = 0; i < access->n_ranges; i++) {
                const struct role_range *range = &access->ranges[i];

                for (size_t k = 0; k < range->group->environment->n_accounts; k++) {
                        const char **at = &judge->role_arns[range->first_role + k];

                        arn.len = 0;
                        bakery__put_role_arn(&arn, range->group, &range->group->environment->accounts[k]);
                        *at = arn.no_memory ? NULL : bakery__arena_copy(&judge->arena, bakery__span(arn.at));
                        if (!*at || bakery__map_add(&judge->by_arn, bakery__span(*at), at, NULL) == MAP_NO_MEMORY)
                                return false;
                }
        }
        return true;
}

/* Stand first, so that the keys without them are the rest. */
enum { MFA_KEYS = 2 };

/*
 * What is known of a person who does as the roles ask: shows MFA, and names the session as oneself. Whatever else a
 * condition asks is not known.
 */
static bool set_keys(struct judge *judge)
{
        const bakery_config *config = judge->access->config;
        const struct policy_key known[] = {
                { "aws:MultiFactorAuthPresent", "true" },
                { "aws:MultiFactorAuthAge", "0" },
                { "aws:username", ONESELF },
                { "sts:RoleSessionName", ONESELF },
                { "aws:SecureTransport", "true" },
                { "aws:ViaAWSService", "false" },
                { "aws:PrincipalType", "User" },
                { "aws:PrincipalAccount", bakery_config_bakery_account_id(config) },
                { "aws:ResourceOrgID", config->organization_id },
        };

        judge->keys = bakery__arena_array(&judge->arena, N_ELEMENTS(known), sizeof *judge->keys);
        if (!judge->keys)
                return false;
        memcpy(judge->keys, known, sizeof known);
        /* Without an organization in the configuration, none is known. */
        judge->n_keys = N_ELEMENTS(known) - (config->organization_id == NULL);
        return true;
}

bakery_status bakery__judge_init(struct judge *judge, const bakery_access *access, struct iam_account *account,
                                 bakery_error **err)
{
        judge->access = access;
        judge->account = account;
        return list_roles(judge) && set_keys(judge) ? BAKERY_OK : bakery__fail_memory(err);
}

static struct role_set *made(bakery_access *access, struct role_set **set)
{
        if (!*set)
                *set = bakery__role_set_new(&access->arena, access->n_roles);
        return *set;
}

/* One statement, and where what it says goes. */
struct judging {
        struct judge *judge;
        bakery_access *access;
        const struct iam_identity *identity;
        const struct cJSON *statement;
        enum truth condition;
        struct role_set **sure, **maybe;
};

static bool add_role(const struct judging *judging, size_t role, enum truth applies)
{
        if (judging->condition < applies)
                applies = judging->condition;
        if (applies == TRUTH_NO)
                return true;
        struct role_set *set = made(judging->access, applies == TRUTH_YES ? judging->sure : judging->maybe);
        if (set)
                bakery__role_set_add(set, role);
        return set != NULL;
}

static bool is_plain(const char *resource)
{
        return !strpbrk(resource, "*?") && !strstr(resource, "${");
}

static bool is_role_arn(const char *resource)
{
        return bakery__str_starts(resource, "arn:") && strstr(resource, ":iam::") && strstr(resource, ":role/");
}

static bakery_status tell_unknown(const struct judging *judging, const char *resource, bakery_error **err)
{
        struct judge *judge = judging->judge;

        if (!judge->on_unknown || bakery__statement_denies(judging->statement))
                return BAKERY_OK;
        return judge->on_unknown(judging->identity, resource, judge->context, err);
}

/* Adds the roles that fit a pattern; *ret_fits says whether there was one. */
static bool add_fitting(const struct judging *judging, const char *pattern, bool *ret_fits)
{
        const struct judge *judge = judging->judge;
        struct policy_request request = { assume_role, NULL, judge->keys, judge->n_keys };

        for (size_t i = 0; i < judge->access->n_roles; i++) {
                request.resource = judge->role_arns[i];
                enum truth fits = bakery__resource_fits(pattern, &request);

                *ret_fits |= fits != TRUTH_NO;
                if (!add_role(judging, i, fits))
                        return false;
        }
        return true;
}

/* Exact ARNs, of which a group may have a thousand, are looked up; patterns are held against every role. */
static bakery_status judge_resources(const struct judging *judging, const struct cJSON *resources, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (const struct cJSON *each = bakery__policy_texts(resources); each && !st;
             each = bakery__policy_next_text(resources, each)) {
                const char *text = bakery__json_text_of(each);
                const char **role = text ? bakery__map_get(&judging->judge->by_arn, bakery__span(text)) : NULL;
                bool fits = role != NULL;

                if (!text)
                        continue;
                if (role && !add_role(judging, (size_t)(role - judging->judge->role_arns), TRUTH_YES))
                        return bakery__fail_memory(err);
                if (!is_plain(text) && !add_fitting(judging, text, &fits))
                        return bakery__fail_memory(err);
                if (!fits && judging->condition != TRUTH_NO && is_role_arn(text))
                        st = tell_unknown(judging, text, err);
        }
        return st;
}

/* "NotResource": every role but those. */
static bakery_status judge_all_but(const struct judging *judging, bakery_error **err)
{
        const struct judge *judge = judging->judge;
        struct policy_request request = { assume_role, NULL, judge->keys, judge->n_keys };

        for (size_t i = 0; i < judge->access->n_roles; i++) {
                request.resource = judge->role_arns[i];
                if (!add_role(judging, i, bakery__statement_has_resource(judging->statement, &request)))
                        return bakery__fail_memory(err);
        }
        return BAKERY_OK;
}

/*
 * Where a role does not ask for MFA, one may come without: what only then allows, or only with MFA denies, is not
 * known to hold.
 */
static enum truth judge_condition(const struct judge *judge, const struct cJSON *statement)
{
        const struct policy_request with = { assume_role, NULL, judge->keys, judge->n_keys };
        const struct policy_request without = { assume_role, NULL, judge->keys + MFA_KEYS, judge->n_keys - MFA_KEYS };
        enum truth shown = bakery__statement_condition(statement, &with);
        enum truth not_shown = bakery__statement_condition(statement, &without);

        if (bakery__statement_denies(statement))
                return not_shown < shown ? not_shown : shown;
        return shown == TRUTH_NO && not_shown != TRUTH_NO ? TRUTH_MAYBE : shown;
}

static bakery_status judge_statement(struct judge *judge, bakery_access *access, const struct iam_identity *identity,
                                     const struct cJSON *statement, struct rights *rights, bakery_error **err)
{
        bool denies = bakery__statement_denies(statement);
        const struct judging judging = {
                judge,
                access,
                identity,
                statement,
                judge_condition(judge, statement),
                denies ? &rights->deny : &rights->allow,
                denies ? &rights->may_deny : &rights->may_allow,
        };

        if (!bakery__statement_has_action(statement, assume_role))
                return BAKERY_OK;
        if (bakery__json_get(statement, "NotResource"))
                return judge_all_but(&judging, err);
        return judge_resources(&judging, bakery__json_get(statement, "Resource"), err);
}

static bakery_status judge_document(struct judge *judge, bakery_access *access, const struct iam_identity *identity,
                                    struct iam_document *policy, struct rights *rights, bakery_error **err)
{
        const struct cJSON *document = NULL;
        bakery_status st = bakery__account_document(judge->account, policy, &document, err);

        if (!st && !document && judge->on_unreadable)
                st = judge->on_unreadable(identity, policy->name, judge->context, err);
        for (const struct cJSON *statement = bakery__policy_statements(document); statement && !st;
             statement = bakery__policy_next(document, statement))
                st = judge_statement(judge, access, identity, statement, rights, err);
        return st;
}

static bakery_status judge_policies(struct judge *judge, bakery_access *access, const struct iam_identity *identity,
                                    struct rights *rights, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < identity->n_policies && !st; i++)
                st = judge_document(judge, access, identity, identity->policies[i], rights, err);
        return st;
}

/*
 * A boundary grants nothing: what it does not allow is denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
static bakery_status judge_boundary(struct judge *judge, bakery_access *access, const struct iam_identity *identity,
                                    struct rights *rights, bakery_error **err)
{
        struct judge quiet = *judge; /* what it allows beyond the roles is no grant */
        struct rights within = { 0 };

        quiet.on_unknown = NULL;
        bakery_status st = judge_document(&quiet, access, identity, identity->boundary, &within, err);
        struct role_set *deny = st ? NULL : made(access, &rights->deny);
        struct role_set *may_deny = deny ? made(access, &rights->may_deny) : NULL;
        if (st)
                return st;
        if (!may_deny)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < access->n_roles; i++) {
                bool allows = bakery__role_set_has(within.allow, i), may = bakery__role_set_has(within.may_allow, i);
                bool readable = identity->boundary->json.root != NULL;

                if (bakery__role_set_has(within.deny, i) || (readable && !allows && !may))
                        bakery__role_set_add(deny, i);
                else if (!allows || bakery__role_set_has(within.may_deny, i))
                        bakery__role_set_add(may_deny, i);
        }
        return BAKERY_OK;
}

bakery_status bakery__judge(struct judge *judge, bakery_access *access, const struct iam_identity *identity,
                            struct rights *ret_rights, bakery_error **err)
{
        const struct power power = {
                .partition = access->config->partition->id,
                .account_id = bakery_config_bakery_account_id(access->config),
                .admin_group = access->config->admin_group,
        };
        const char *policy = NULL;
        bakery_status st = judge_policies(judge, access, identity, ret_rights, err);

        if (!st && identity->boundary)
                st = judge_boundary(judge, access, identity, ret_rights, err);
        if (!st)
                st = bakery__power_of(&power, judge->account, identity, &ret_rights->admin, &policy, err);
        return st;
}
