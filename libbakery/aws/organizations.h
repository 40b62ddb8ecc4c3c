/*
 * Organizations, read only: which accounts there are, and where they hang. It answers the management account and
 * those it has delegated to; others are BAKERY_ERR_DENIED, and AWSOrganizationsNotInUseException where there is none.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
 */
#ifndef BAKERY_AWS_ORGANIZATIONS_H
#define BAKERY_AWS_ORGANIZATIONS_H

#include "aws/call.h"

struct organizations_account {
        const char *id, *name;
        const char *state; /* PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED */
};

/* Told of one entry; borrowed for the call. Anything but BAKERY_OK ends the walk with that status. */
typedef bakery_status organizations_each_account(const struct organizations_account *account, void *context,
                                                 bakery_error **err);

/*
 * Walks; memory holds one page. Each gives what bakery__json_call_send() gives, and BAKERY_ERR_NETWORK when the token
 * of the next page does not advance. API_ListAccounts.html, API_ListAccountsForParent.html
 */
bakery_status bakery__organizations_accounts(const struct aws_access *aws, organizations_each_account *each,
                                             void *context, bakery_error **err);

/* Those that hang directly below a root ("r-ab12") or a unit ("ou-ab12-..."). */
bakery_status bakery__organizations_accounts_of(const struct aws_access *aws, const char *parent,
                                                organizations_each_account *each, void *context, bakery_error **err);

struct organizations_unit {
        const char *id, *name; /* of a root or an organizational unit */
};
typedef bakery_status organizations_each_unit(const struct organizations_unit *unit, void *context, bakery_error **err);

/* API_ListRoots.html, API_ListOrganizationalUnitsForParent.html */
bakery_status bakery__organizations_roots(const struct aws_access *aws, organizations_each_unit *each, void *context,
                                          bakery_error **err);
bakery_status bakery__organizations_units_of(const struct aws_access *aws, const char *parent,
                                             organizations_each_unit *each, void *context, bakery_error **err);

/* Text is of the arena. API_DescribeOrganization.html, which every member account may ask. */
struct organization {
        const char *id; /* "o-..." */
        const char *management_account;
};
bakery_status bakery__organizations_describe(const struct aws_access *aws, struct arena *arena,
                                             struct organization *ret, bakery_error **err);

#endif
