/* Ending sessions, from inside. */
#ifndef BAKERY_ACCESS_REVOCATION_H
#define BAKERY_ACCESS_REVOCATION_H

#include <bakery/revocation.h>

#include "aws/iam_entity.h"
#include "base/buf.h"

/* The inline policies: of the user there is one, of a role one for each person whose sessions it denies. */
#define REVOCATION_POLICY "BakeryRevoked"

/*
 * Appends the policy that denies everything to sessions that began before the second of cut_s: of a user, all of the
 * user's own; of a role, those whose name, or whose source identity, is user.
 */
bakery_status bakery__revocation_policy(enum iam_kind kind, const char *user, int64_t cut_s, struct buf *into,
                                        bakery_error **err);

#endif
