/*
 * Changing IAM. Every call gives what bakery__aws_call() gives. What is not there is BAKERY_ERR_NOT_FOUND; what
 * else stands in the way is BAKERY_ERR_AWS with its code: EntityAlreadyExists, DeleteConflict, LimitExceeded, which is
 * a quota and never tried again. ConcurrentModification and EntityTemporarilyUnmodifiable are.
 *
 * When an answer was lost and the request was sent again, EntityAlreadyExists and BAKERY_ERR_NOT_FOUND may be about our
 * own first try. IAM is eventually consistent: a new key, user or role needs seconds until others know it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
#ifndef BAKERY_AWS_IAM_WRITE_H
#define BAKERY_AWS_IAM_WRITE_H

#include "aws/iam_entity.h"
#include "aws/keys.h"
#include "base/secret.h"

/* path NULL: "/". boundary is the ARN of a policy, or NULL. */
struct iam_new_user {
        const char *name, *path, *boundary;
        const struct iam_tag *tags;
        size_t tag_count;
};
bakery_status bakery__iam_create_user(const struct aws_access *aws, const struct iam_new_user *user,
                                      bakery_error **err);

bakery_status bakery__iam_add_user_to_group(const struct aws_access *aws, const char *user, const char *group,
                                            bakery_error **err);
bakery_status bakery__iam_remove_user_from_group(const struct aws_access *aws, const char *user, const char *group,
                                                 bakery_error **err);

/* Passwords never show in errors or the log. */
bakery_status bakery__iam_create_login_profile(const struct aws_access *aws, const char *user,
                                               const struct secret *password, bool reset_required, bakery_error **err);
bakery_status bakery__iam_update_login_profile(const struct aws_access *aws, const char *user,
                                               const struct secret *password, bool reset_required, bakery_error **err);

/* Not sent again once it may have arrived: a user has two keys at most, and a lost secret is lost. */
bakery_status bakery__iam_create_access_key(const struct aws_access *aws, const char *user, bakery_credentials **ret,
                                            bakery_error **err);
bakery_status bakery__iam_set_access_key_active(const struct aws_access *aws, const char *user,
                                                const char *access_key_id, bool active, bakery_error **err);
bakery_status bakery__iam_delete_access_key(const struct aws_access *aws, const char *user, const char *access_key_id,
                                            bakery_error **err);

/* Inline policies of a user, a group or a role; document is JSON. */
bakery_status bakery__iam_put_inline_policy(const struct aws_access *aws, enum iam_kind kind, const char *of,
                                            const char *policy, const char *document, bakery_error **err);
bakery_status bakery__iam_delete_inline_policy(const struct aws_access *aws, enum iam_kind kind, const char *of,
                                               const char *policy, bakery_error **err);

#endif
