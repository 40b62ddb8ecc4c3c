/* How entities of IAM stand in its answers: the same for one that is asked for and for a whole account. */
#ifndef BAKERY_AWS_IAM_READ_H
#define BAKERY_AWS_IAM_READ_H

#include "aws/iam_entity.h"
#include "aws/query.h"

/*
 * Reads the user, group or role at node. Its text is that of the answer; what has to be made is of arena.
 * Gives BAKERY_ERR_NETWORK when a name, an ARN, or a document is missing, BAKERY_ERR_MEMORY.
 */
bakery_status bakery__iam_read_entity(const struct query *query, const struct xml_node *node, enum iam_kind kind,
                                      struct arena *arena, struct iam_entity *ret, bakery_error **err);

/* The policy at node, without its document. */
bakery_status bakery__iam_read_policy(const struct query *query, const struct xml_node *node,
                                      struct iam_managed_policy *ret, bakery_error **err);

/* The policy document at path, as JSON. */
bakery_status bakery__iam_read_document(const struct query *query, const struct xml_node *node, const char *path,
                                        struct arena *arena, const char **ret, bakery_error **err);

#endif
