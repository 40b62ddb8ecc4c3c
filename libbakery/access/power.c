#include "access/power.h"

#include <stdio.h>

#include "model/policy_eval.h"

enum { ARN_BYTES = 2048 };

/* Stand for people in ARNs; no name of IAM has such a character. */
#define ONESELF "\x01"
#define ANOTHER "\x02"

/*
 * What a person needs only one of to have everything: a policy of the own choice, the keys of an admin, a role that
 * somebody else's policy opens. The resource is what stands behind "arn:aws:iam::111111111111:".
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#policies-security
 */
static const struct {
        const char *action, *resource;
} ways[] = {
        { "iam:AttachUserPolicy", "user/" ONESELF },       { "iam:PutUserPolicy", "user/" ONESELF },
        { "iam:AttachUserPolicy", "user/" ANOTHER },       { "iam:PutUserPolicy", "user/" ANOTHER },
        { "iam:CreateAccessKey", "user/" ANOTHER },        { "iam:CreateLoginProfile", "user/" ANOTHER },
        { "iam:UpdateLoginProfile", "user/" ANOTHER },     { "iam:AttachGroupPolicy", "group/" ANOTHER },
        { "iam:PutGroupPolicy", "group/" ANOTHER },        { "iam:AddUserToGroup", "group/" ANOTHER },
        { "iam:CreatePolicyVersion", "policy/" ANOTHER },  { "iam:SetDefaultPolicyVersion", "policy/" ANOTHER },
        { "iam:UpdateAssumeRolePolicy", "role/" ANOTHER }, { "iam:AttachRolePolicy", "role/" ANOTHER },
        { "iam:PutRolePolicy", "role/" ANOTHER },
};

/* What takes a boundary away, and with it all that it forbids. */
static const char *const ways_out[] = { "iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary" };

/* By the own name, and with MFA or without: nobody is held to show it. */
static const struct policy_key keys[] = {
        { "aws:username", ONESELF },
        { "aws:SecureTransport", "true" },
        { "aws:ViaAWSService", "false" },
};

static bool opens(const struct cJSON *document, const char *action, const char *resource)
{
        const struct policy_request request = { action, resource, keys, N_ELEMENTS(keys) };
        struct policy_says says = { TRUTH_NO, TRUTH_NO };

        bakery__policy_eval(document, &request, &says);
        return bakery__policy_allows(&says) != TRUTH_NO;
}

static bool gives_power(const struct power *power, const struct cJSON *document)
{
        char resource[ARN_BYTES];

        for (size_t i = 0; i < N_ELEMENTS(ways); i++) {
                snprintf(resource, sizeof resource, "arn:%s:iam::%s:%s", power->partition, power->account_id,
                         ways[i].resource);
                if (opens(document, ways[i].action, resource))
                        return true;
        }
        snprintf(resource, sizeof resource, "arn:%s:iam::" ANOTHER ":role/" ANOTHER, power->partition);
        if (power->every_role && opens(document, "sts:AssumeRole", resource))
                return true;
        snprintf(resource, sizeof resource, "arn:%s:iam::%s:group/%s", power->partition, power->account_id,
                 power->admin_group ? power->admin_group : "");
        return power->admin_group && opens(document, "iam:AddUserToGroup", resource);
}

static bool lets_out(const struct power *power, const struct cJSON *boundary)
{
        char oneself[ARN_BYTES];

        snprintf(oneself, sizeof oneself, "arn:%s:iam::%s:user/" ONESELF, power->partition, power->account_id);
        for (size_t i = 0; i < N_ELEMENTS(ways_out); i++)
                if (opens(boundary, ways_out[i], oneself))
                        return true;
        return false;
}

static bakery_status policy_gives(const struct power *power, struct iam_account *account, struct iam_document *policy,
                                  bool *ret, bakery_error **err)
{
        const struct cJSON *document = NULL;
        bakery_status st = bakery__account_document(account, policy, &document, err);

        *ret = !st && gives_power(power, document);
        return st;
}

bakery_status bakery__power_of(const struct power *power, struct iam_account *account,
                               const struct iam_identity *identity, bool *ret_has, const char **ret_policy,
                               bakery_error **err)
{
        *ret_has = false;
        for (size_t i = 0; i < identity->n_policies && !*ret_has; i++) {
                bakery_status st = policy_gives(power, account, identity->policies[i], ret_has, err);

                if (st)
                        return st;
                *ret_policy = identity->policies[i]->name;
        }
        return BAKERY_OK;
}

bakery_status bakery__power_is_bounded(const struct power *power, struct iam_account *account,
                                       const struct iam_identity *user, bool *ret, bakery_error **err)
{
        const struct cJSON *boundary = NULL;
        bakery_status st =
                user->boundary ? bakery__account_document(account, user->boundary, &boundary, err) : BAKERY_OK;

        *ret = boundary && !gives_power(power, boundary) && !lets_out(power, boundary);
        return st;
}

/* The groups with power, and the policy of each that gives it. */
struct powers {
        const char **policies; /* by the place of the group; NULL: it gives none */
        struct map groups;     /* name -> the element of policies */
};

static void clear_powers(struct powers *powers)
{
        bakery__map_clear(&powers->groups);
        free(powers->policies);
}
DEFINE_AUTO_CLEAR(powers, clear_powers)

static bakery_status find_powers(const struct power *power, struct iam_account *account, struct powers *ret,
                                 bakery_error **err)
{
        ret->groups.fold_case = true;
        ret->policies = calloc(account->n_groups + 1, sizeof *ret->policies);
        if (!ret->policies)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < account->n_groups; i++) {
                const struct iam_identity *group = account->groups[i];
                const char *policy = NULL;
                bool has = false;
                bakery_status st = bakery__power_of(power, account, group, &has, &policy, err);

                if (st)
                        return st;
                ret->policies[i] = has ? policy : NULL;
                if (bakery__map_add(&ret->groups, bakery__span(group->name), &ret->policies[i], NULL) == MAP_NO_MEMORY)
                        return bakery__fail_memory(err);
        }
        return BAKERY_OK;
}

static bakery_status tell_user(const struct power *power, struct iam_account *account, const struct powers *powers,
                               const struct iam_identity *user, admin_each *each, void *context, bakery_error **err)
{
        bool bounded = false;
        bakery_status st = bakery__power_is_bounded(power, account, user, &bounded, err);

        if (bounded)
                return st;
        for (size_t i = 0; i < user->n_groups && !st; i++) {
                const char *const *policy = bakery__map_get(&powers->groups, bakery__span(user->groups[i]));

                if (policy && *policy)
                        st = each(&(struct admin){ user->name, user->groups[i], *policy }, context, err);
        }
        for (size_t i = 0; i < user->n_policies && !st; i++) {
                bool has = false;

                st = policy_gives(power, account, user->policies[i], &has, err);
                if (!st && has)
                        st = each(&(struct admin){ user->name, NULL, user->policies[i]->name }, context, err);
        }
        return st;
}

bakery_status bakery__power_admins(const struct power *power, struct iam_account *account, admin_each *each,
                                   void *context, bakery_error **err)
{
        AUTO_CLEAR(powers) powers = { 0 };
        bakery_status st = find_powers(power, account, &powers, err);

        for (size_t i = 0; i < account->n_users && !st; i++)
                st = tell_user(power, account, &powers, account->users[i], each, context, err);
        return st;
}
