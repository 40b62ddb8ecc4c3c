/* Names in IAM and logical ids in CloudFormation: the promise of compatibility stands here. */
#ifndef BAKERY_MODEL_NAMES_H
#define BAKERY_MODEL_NAMES_H

#include "base/buf.h"
#include "model/model.h"

/* The name without what a logical id may not have: letters and digits are left. NULL: no memory. */
const char *bakery__logical_part(struct arena *arena, const char *name);

/* Sets what all role names and ARNs of the group share, once its settings are known. False: no memory. */
bool bakery__frame_role_names(bakery_group *group, struct arena *arena);

/* Append <AccountName>-<Environment>-<Type>, and the ARN of that role. */
void bakery__put_role_name(struct buf *buf, const bakery_group *group, const bakery_account *account);
void bakery__put_role_arn(struct buf *buf, const bakery_group *group, const bakery_account *account);

/* The length of that ARN without the account's name, which is all that differs within a group. */
size_t bakery__role_arn_frame(const bakery_group *group);

/* The path of the group's roles: "/" when none is set. */
const char *bakery__role_path(const bakery_group *group);

#endif
