#include "access/account.h"

static bakery_status add_entity(const struct iam_entity *entity, void *context, bakery_error **err)
{
        return bakery__account_add(context, entity, err);
}

static bakery_status add_policy(const struct iam_managed_policy *policy, void *context, bakery_error **err)
{
        return bakery__account_add_policy(context, policy, err);
}

bakery_status bakery__account_read(const struct aws_access *aws, struct iam_account *ret, bakery_error **err)
{
        const struct iam_details details = {
                .user = add_entity, .group = add_entity, .policy = add_policy, .aws_policy = add_policy, .context = ret
        };
        bakery_status st = bakery__iam_details(aws, &details, err);

        return st ? st : bakery__account_finish(ret, err);
}

static bool ends_all(bakery_status st)
{
        return st == BAKERY_ERR_MEMORY || st == BAKERY_ERR_CANCELLED || st == BAKERY_ERR_NETWORK;
}

static bakery_status ask_for(const struct aws_access *aws, struct iam_account *account, struct iam_document *policy,
                             bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) reason = NULL;
        struct iam_managed_policy found;

        if (!policy || !policy->managed || policy->text || policy->asked)
                return BAKERY_OK;
        policy->asked = true;
        bakery_status st = bakery__iam_get_policy(aws, policy->name, &arena, &found, &reason);
        if (!st)
                return bakery__account_add_policy(account, &found, err);
        return ends_all(st) ? bakery__fail(err, st, "%s", bakery_error_message(reason)) : BAKERY_OK;
}

static bakery_status ask_for_all(const struct aws_access *aws, struct iam_account *account,
                                 struct iam_identity *const *identities, size_t n, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < n && !st; i++) {
                st = ask_for(aws, account, identities[i]->boundary, err);
                for (size_t k = 0; k < identities[i]->n_policies && !st; k++)
                        st = ask_for(aws, account, identities[i]->policies[k], err);
        }
        return st;
}

bakery_status bakery__account_complete(const struct aws_access *aws, struct iam_account *account, bakery_error **err)
{
        bakery_status st = ask_for_all(aws, account, account->groups, account->n_groups, err);

        return st ? st : ask_for_all(aws, account, account->users, account->n_users, err);
}
