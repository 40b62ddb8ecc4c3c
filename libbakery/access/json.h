/* Who can reach what, as a JSON tree. */
#ifndef BAKERY_ACCESS_JSON_H
#define BAKERY_ACCESS_JSON_H

#include "access/print.h"
#include "formats/json.h"

/*
 * Puts it under the root of json; a failure of the tree shows when it is printed. People x roles are never written out:
 *
 *      version         1
 *      source          "config": what the configuration says; "iam": what IAM has, compared with it
 *      as_of           when IAM was read, "2026-11-22T10:00:00Z"
 *      team, partition, bakery_account
 *      environments    names; others refer to them by place, from 0
 *      access_types    names, likewise
 *      accounts        { id, name, environment }
 *      groups          environment groups { name, environment, access_type, mfa, mfa_max_age_s (0: any),
 *                      session_name (must be the user's own), max_session_duration_s, role_path,
 *                      missing (true: not in IAM), RIGHTS }, and others { name, admin, RIGHTS }
 *      users           { name, groups (by place), admin (true: every role is theirs), admin_via (the group; absent: by
 *                      a policy of their own), expected_admin, until ("2027-01-31"), ended (true), RIGHTS }
 *      differences     between config and IAM: { kind, message, and what there is of user, group, role (an ARN),
 *                      account (an id), environment, access_type (by place) }; "source" "config" has none
 *
 * RIGHTS are grants and denies, and may_grant and may_deny, which hang on a condition that cannot be judged; each is a
 * list of [access type, first account, number of accounts], accounts by place in the list. A person can assume the role
 * of an access type in an account when a group or the own rights grant it and none denies it, or as an admin; perhaps,
 * when it is granted by "may" alone or denied by "may". The role is
 * there when there is an environment group for the account's environment and that access type. Flags that are false,
 * and lists of RIGHTS that are empty, are absent.
 */
bakery_status bakery__access_json(const struct access_print *print, struct json *json, bakery_error **err);

#endif
