/* IAM's lists: page after page, each entry as it comes. */
#ifndef BAKERY_AWS_IAM_H
#define BAKERY_AWS_IAM_H

#include "aws/call.h"

/* What is listed, and of what: the argument "of". */
enum iam_list {
        IAM_USERS,                  /* of a path prefix; NULL: all */
        IAM_GROUPS,                 /* of a path prefix; NULL: all */
        IAM_ROLES,                  /* of a path prefix; NULL: all */
        IAM_GROUPS_OF_USER,         /* of a user */
        IAM_MEMBERS_OF_GROUP,       /* of a group; BAKERY_ERR_NOT_FOUND when there is none */
        IAM_USER_POLICIES,          /* inline ones, by name */
        IAM_GROUP_POLICIES,         /* so of a group */
        IAM_ROLE_POLICIES,          /* so of a role */
        IAM_ATTACHED_USER_POLICIES, /* managed ones */
        IAM_ATTACHED_GROUP_POLICIES,
        IAM_ATTACHED_ROLE_POLICIES,
        IAM_ACCESS_KEYS,        /* of a user; NULL: the caller */
        IAM_MFA_DEVICES,        /* of a user; NULL: the caller */
        IAM_VIRTUAL_MFA_DEVICES /* of the account: "Assigned", "Unassigned"; NULL: both */
};

/* An entry of a list. What a list does not have is NULL, or 0. */
struct iam_entry {
        const char *name; /* of an access key its id, of an MFA device its serial number */
        const char *arn, *path;
        const char *user;             /* of an access key or an MFA device, when it has one */
        const char *status;           /* of an access key: Active, Inactive */
        int64_t since_s;              /* created; of an MFA device: enabled */
        int64_t password_last_used_s; /* of a user */
};

/* Told of one entry; borrowed for the call. Anything but BAKERY_OK ends the walk with that status. */
typedef bakery_status iam_each(const struct iam_entry *entry, void *context, bakery_error **err);

/*
 * Walks a list. Memory holds one page at a time. Gives what bakery__aws_call() gives, and BAKERY_ERR_NETWORK when the
 * server's marker does not advance. https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
bakery_status bakery__iam_list(const struct aws_access *aws, enum iam_list list, const char *of, iam_each *each,
                               void *context, bakery_error **err);

#endif
