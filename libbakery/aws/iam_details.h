/*
 * The whole of an account's IAM, in one walk: who is in which group, what hangs on whom, whom roles trust.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
#ifndef BAKERY_AWS_IAM_DETAILS_H
#define BAKERY_AWS_IAM_DETAILS_H

#include "aws/iam_entity.h"

/* Told of one entity; all of it is borrowed for the call. Anything but BAKERY_OK ends the walk with that status. */
typedef bakery_status iam_each_entity(const struct iam_entity *entity, void *context, bakery_error **err);
typedef bakery_status iam_each_policy(const struct iam_managed_policy *policy, void *context, bakery_error **err);

/* Whom to tell; what nobody is to be told of is not asked for. At least one must be set. */
struct iam_details {
        iam_each_entity *user, *group, *role;
        iam_each_policy *policy;     /* the account's own */
        iam_each_policy *aws_policy; /* those of AWS */
        void *context;
};

/*
 * Walks, in no order that one could rely on. Memory holds one page, of at most 8 MiB. Gives what bakery__aws_call()
 * gives, and BAKERY_ERR_NETWORK when the marker does not advance or an entity lacks its name or its document.
 */
bakery_status bakery__iam_details(const struct aws_access *aws, const struct iam_details *details, bakery_error **err);

#endif
