/* Whether a user is in the group that grants a role. */
#ifndef BAKERY_CREDENTIALS_MEMBERSHIP_H
#define BAKERY_CREDENTIALS_MEMBERSHIP_H

#include "aws/iam.h"
#include "base/buf.h"
#include "model/model.h"

enum membership_kind {
        MEMBERSHIP_UNKNOWN, /* IAM could not be asked */
        MEMBERSHIP_MEMBER,
        MEMBERSHIP_ADMIN, /* of the Bakery's admin group, which opens every role */
        MEMBERSHIP_STRANGER
};

struct membership {
        enum membership_kind kind;
        size_t n_groups; /* that the user is in */
};

/* Asks IAM. On failure it is unknown. Gives what bakery__iam_list() gives. */
bakery_status bakery__membership_find(const struct aws_access *aws, const char *user, const bakery_group *group,
                                      struct membership *ret, bakery_error **err);

/* What helps one who is not in the group: whom to ask, or what stands in the way. */
void bakery__membership_put_help(struct buf *into, const struct membership *membership, const char *user,
                                 const bakery_group *group);

#endif
