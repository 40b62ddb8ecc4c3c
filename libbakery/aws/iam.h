/* IAM, read only: page after page, each entry as it comes. */
#ifndef BAKERY_AWS_IAM_H
#define BAKERY_AWS_IAM_H

#include "aws/call.h"

/* Told of one name of a list; borrowed for the call. Anything but BAKERY_OK ends the walk with that status. */
typedef bakery_status iam_each(const char *name, void *context, bakery_error **err);

/*
 * Walks. Memory holds one page at a time. user NULL: the caller, where IAM allows that. Each gives what
 * bakery__aws_call() gives, and BAKERY_ERR_NETWORK when the server's marker does not advance.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html, API_ListMFADevices.html,
 * API_ListUsers.html, API_GetGroup.html
 */
bakery_status bakery__iam_groups_of_user(bakery_client *client, const bakery_credentials *keys, const char *user,
                                         iam_each *each, void *context, bakery_error **err);
bakery_status bakery__iam_mfa_devices(bakery_client *client, const bakery_credentials *keys, const char *user,
                                      iam_each *each, void *context, bakery_error **err); /* their serial numbers */
bakery_status bakery__iam_users(bakery_client *client, const bakery_credentials *keys, iam_each *each, void *context,
                                bakery_error **err);
bakery_status bakery__iam_members(bakery_client *client, const bakery_credentials *keys, const char *group,
                                  iam_each *each, void *context, bakery_error **err);

#endif
