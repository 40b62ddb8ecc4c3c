/* What roles of burger accounts ask for, held against what the configuration says. */
#include <stdio.h>
#include <string.h>

#include "access/compare.h"
#include "access/live.h"
#include "model/names.h"
#include "model/policy_eval.h"

/* Stand for names of people; no name of IAM has such a character. */
#define ONESELF "\x01"
#define ANOTHER "\x02"

static const char assume_role[] = "sts:AssumeRole";

struct trusting {
        bakery_access *access;
        const bakery_group *group;
        const bakery_account *account;
        const char *role_arn;
        const struct cJSON *document;
        char root[64]; /* arn:aws:iam::111111111111:root */
};

static bool is_bakery(const struct trusting *trusting, const char *principal)
{
        return strcmp(principal, trusting->root) == 0 ||
               strcmp(principal, bakery_config_bakery_account_id(trusting->access->config)) == 0;
}

static bool is_machine(const struct trusting *trusting, const char *principal)
{
        const struct words *machines = &trusting->group->access_type->machine_principals;

        for (size_t i = 0; i < machines->count; i++)
                if (strcmp(machines->at[i].text, principal) == 0)
                        return true;
        return false;
}

/* "Principal": "*" is written without a kind. */
static const struct cJSON *aws_principals(const struct cJSON *statement)
{
        const struct cJSON *principal = bakery__json_get(statement, "Principal");

        return bakery__json_kind(principal) == JSON_TEXT ? principal : bakery__json_get(principal, "AWS");
}

static bool concerns_bakery(const struct trusting *trusting, const struct cJSON *statement)
{
        const struct cJSON *principals = aws_principals(statement);

        for (const struct cJSON *each = bakery__policy_texts(principals); each;
             each = bakery__policy_next_text(principals, each)) {
                const char *text = bakery__json_text_of(each);

                if (text && (is_bakery(trusting, text) || strcmp(text, "*") == 0))
                        return true;
        }
        return bakery__json_get(statement, "NotPrincipal") != NULL;
}

/* How a person comes. */
struct coming {
        const char *mfa, *mfa_age; /* NULL: the keys say nothing of it, as those of users do */
        const char *session_name;
};

static enum truth lets_in(const struct trusting *trusting, const struct coming *coming)
{
        const struct policy_key keys[] = {
                { "aws:username", ONESELF },
                { "aws:PrincipalType", "User" },
                { "aws:PrincipalAccount", bakery_config_bakery_account_id(trusting->access->config) },
                { "aws:SecureTransport", "true" },
                { "aws:MultiFactorAuthPresent", coming->mfa },
                { "aws:MultiFactorAuthAge", coming->mfa_age },
                { "sts:RoleSessionName", coming->session_name },
        };
        const struct policy_request request = { assume_role, NULL, keys, N_ELEMENTS(keys) };
        struct policy_says says = { TRUTH_NO, TRUTH_NO };

        for (const struct cJSON *statement = bakery__policy_statements(trusting->document); statement;
             statement = bakery__policy_next(trusting->document, statement))
                if (concerns_bakery(trusting, statement))
                        bakery__statement_eval(statement, &request, &says);
        return bakery__policy_allows(&says);
}

static bool lets_in_without_mfa(const struct trusting *trusting)
{
        unsigned max_age_s = bakery_group_mfa_max_age_s(trusting->group);
        char too_old[16];

        snprintf(too_old, sizeof too_old, "%u", max_age_s);
        return lets_in(trusting, &(struct coming){ NULL, NULL, ONESELF }) ||
               lets_in(trusting, &(struct coming){ "false", NULL, ONESELF }) ||
               (max_age_s > 0 && lets_in(trusting, &(struct coming){ "true", too_old, ONESELF }));
}

static bakery_status differ(const struct trusting *trusting, bakery_difference_kind kind, bakery_error **err,
                            const char *says, const char *whom)
{
        const struct difference difference = { .kind = kind,
                                               .role_group = trusting->group,
                                               .account = trusting->account,
                                               .role_arn = trusting->role_arn };

        return bakery__access_differ(trusting->access, &difference, err, "%s %s%s", trusting->role_arn, says, whom);
}

static bakery_status compare_people(const struct trusting *trusting, bakery_error **err)
{
        const struct coming as_asked = { "true", "0", ONESELF }, by_another_name = { "true", "0", ANOTHER };
        const bakery_group *group = trusting->group;

        if (!lets_in(trusting, &as_asked))
                return differ(trusting, BAKERY_DIFFERENCE_CLOSED_ROLE, err,
                              "does not let people of the Bakery account in", "");
        bakery_status st = BAKERY_OK;
        if (bakery_group_requires_mfa(group) && lets_in_without_mfa(trusting))
                st = differ(trusting, BAKERY_DIFFERENCE_TRUST_WITHOUT_MFA, err,
                            "does not ask for MFA as the configuration does", "");
        if (!st && bakery_group_requires_session_name(group) && lets_in(trusting, &by_another_name))
                st = differ(trusting, BAKERY_DIFFERENCE_TRUST_WITHOUT_NAME, err,
                            "takes other session names than the user's own", "");
        return st;
}

static bakery_status compare_aws(const struct trusting *trusting, const struct cJSON *principals, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (const struct cJSON *each = bakery__policy_texts(principals); each && !st;
             each = bakery__policy_next_text(principals, each)) {
                const char *text = bakery__json_text_of(each);

                if (text && !is_bakery(trusting, text) && !is_machine(trusting, text))
                        st = differ(trusting, BAKERY_DIFFERENCE_FOREIGN_TRUST, err, "trusts ", text);
        }
        return st;
}

/* Services and identity providers: the configuration names none. */
static bakery_status compare_others(const struct trusting *trusting, const struct cJSON *principal, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (const struct cJSON *kind = bakery__json_first(principal); kind && !st; kind = bakery__json_next(kind)) {
                if (strcmp(bakery__json_key(kind), "AWS") == 0)
                        continue;
                for (const struct cJSON *each = bakery__policy_texts(kind); each && !st;
                     each = bakery__policy_next_text(kind, each)) {
                        const char *text = bakery__json_text_of(each);

                        st = differ(trusting, BAKERY_DIFFERENCE_FOREIGN_TRUST, err, "trusts ", text ? text : "?");
                }
        }
        return st;
}

static bool lets_assume(const struct cJSON *statement)
{
        static const char *const actions[] = { "sts:AssumeRole", "sts:AssumeRoleWithSAML",
                                               "sts:AssumeRoleWithWebIdentity" };

        for (size_t i = 0; i < N_ELEMENTS(actions); i++)
                if (bakery__statement_has_action(statement, actions[i]))
                        return !bakery__statement_denies(statement);
        return false;
}

static bakery_status compare_foreign(const struct trusting *trusting, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (const struct cJSON *statement = bakery__policy_statements(trusting->document); statement && !st;
             statement = bakery__policy_next(trusting->document, statement)) {
                const struct cJSON *principal = bakery__json_get(statement, "Principal");

                if (!lets_assume(statement))
                        continue;
                st = compare_aws(trusting, aws_principals(statement), err);
                if (!st && bakery__json_kind(principal) == JSON_OBJECT)
                        st = compare_others(trusting, principal, err);
                if (!st && bakery__json_get(statement, "NotPrincipal"))
                        st = differ(trusting, BAKERY_DIFFERENCE_FOREIGN_TRUST, err, "trusts all but some", "");
        }
        return st;
}

enum { ARN_MAX_BYTES = 4096 };

bakery_status bakery__trust_compare(bakery_access *access, const bakery_group *group, const bakery_account *account,
                                    const char *document, bakery_error **err)
{
        struct trusting trusting = { .access = access, .group = group, .account = account };
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) arn = { .max = ARN_MAX_BYTES };

        bakery__put_role_arn(&arn, group, account);
        if (arn.no_memory)
                return bakery__fail_memory(err);
        trusting.role_arn = bakery__arena_copy(&access->arena, bakery__span(arn.at));
        if (!trusting.role_arn)
                return bakery__fail_memory(err);
        bakery_status st = bakery__json_parse(bakery__span(document), "a trust policy", &json, err);
        if (st == BAKERY_ERR_MEMORY)
                return st;
        if (st)
                return differ(&trusting, BAKERY_DIFFERENCE_UNREADABLE, err, "has a trust policy that cannot be read",
                              "");
        trusting.document = json.root;
        snprintf(trusting.root, sizeof trusting.root, "arn:%s:iam::%s:root", access->config->partition->id,
                 bakery_config_bakery_account_id(access->config));
        st = compare_people(&trusting, err);
        return st ? st : compare_foreign(&trusting, err);
}
