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
