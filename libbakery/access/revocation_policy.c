/*
 * The policy that ends sessions.
 *
 * Keys that are no session have no aws:TokenIssueTime, which DateLessThan takes for "no": a user's own keys go on. The
 * name of a session is what stands behind the colon of aws:userid, and no name has a colon or a star.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 */
#include "access/revocation.h"
#include "base/time.h"
#include "formats/json.h"

static void put_denial(struct json *json, struct cJSON *statements, const char *sid, const char *before,
                       const char *operation, const char *key, const char *pattern)
{
        struct cJSON *statement = bakery__json_object(json, statements, NULL);

        bakery__json_text(json, statement, "Sid", sid);
        bakery__json_text(json, statement, "Effect", "Deny");
        bakery__json_text(json, statement, "Action", "*");
        bakery__json_text(json, statement, "Resource", "*");
        struct cJSON *condition = bakery__json_object(json, statement, "Condition");
        bakery__json_text(json, bakery__json_object(json, condition, "DateLessThan"), "aws:TokenIssueTime", before);
        if (operation)
                bakery__json_text(json, bakery__json_object(json, condition, operation), key, pattern);
}

bakery_status bakery__revocation_policy(enum iam_kind kind, const char *user, int64_t cut_s, struct buf *into,
                                        bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) session = { .max = 256 };
        char before[TIME_TEXT_BYTES];
        struct cJSON *root = bakery__json_root(&json);

        bakery__time_print(cut_s, before);
        bakery__buf_format(&session, "*:%s", user);
        bakery_status st = bakery__buf_status(&session, "the name of a session", err);
        if (st)
                return st;
        bakery__json_text(&json, root, "Version", "2012-10-17");
        struct cJSON *statements = bakery__json_array(&json, root, "Statement");
        if (kind == IAM_USER) {
                put_denial(&json, statements, "DenyOlderSessions", before, NULL, NULL, NULL);
        } else {
                put_denial(&json, statements, "DenyOlderSessionsOfThatName", before, "StringLike", "aws:userid",
                           session.at);
                put_denial(&json, statements, "DenyOlderSessionsOfThatSource", before, "StringEquals",
                           "aws:SourceIdentity", user);
        }
        return bakery__json_print(&json, JSON_COMPACT, into, "the policy", err);
}
