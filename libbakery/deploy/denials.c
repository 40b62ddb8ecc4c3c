#include "deploy/denials.h"

#include <string.h>

#include "access/revocation.h"
#include "aws/iam.h"

enum { NAMES_MAX_BYTES = 4096 };

/* A session of GetSessionToken may live so long, and those of roles twelve hours at most.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
#define LONGEST_SESSION "36 hours"

/* The names of those whose sessions are denied. */
static bakery_status note_denial(const struct iam_entry *policy, void *context, bakery_error **err)
{
        static const char prefix[] = REVOCATION_POLICY "-";
        struct buf *names = context;

        (void)err;
        if (bakery__str_starts(policy->name, prefix))
                bakery__buf_format(names, "%s%s", names->len > 0 ? ", " : "", policy->name + strlen(prefix));
        return BAKERY_OK;
}

static bakery_status refuse(const char *role, const struct buf *names, bakery_error **err)
{
        const bool several = strchr(names->at, ',') != NULL;

        bakery__fail(err, BAKERY_ERR_REFUSED,
                     "role %s denies the sessions of %s (bakery-cli users revoke), and CloudFormation cannot delete it "
                     "with that on it",
                     role, names->at);
        bakery__error_hint(err,
                           "nothing was changed; none of these sessions lives longer than " LONGEST_SESSION
                           ": then, bakery-cli users revoke %s --undo; any sooner, they would work again",
                           several ? "NAME" : names->at);
        return BAKERY_ERR_REFUSED;
}

bakery_status bakery__denials_check(struct site *site, const char *role, bakery_error **err)
{
        AUTO_CLEAR(buf) names = { .max = NAMES_MAX_BYTES };
        AUTO_PTR(bakery_error) own = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (st)
                return st;
        st = bakery__iam_list(&aws, IAM_ROLE_POLICIES, role, note_denial, &names, &own);
        if (st == BAKERY_ERR_DENIED)
                bakery__client_log(site->client, BAKERY_LOG_INFO, "the policies of role %s may not be listed", role);
        if (st == BAKERY_ERR_DENIED || st == BAKERY_ERR_NOT_FOUND)
                return BAKERY_OK;
        if (st) {
                bakery__error_move(&own, err);
                return bakery__wrap(err, st, "the policies of role %s", role);
        }
        st = bakery__buf_status(&names, "the names of those whose sessions are denied", err);
        return st || names.len == 0 ? st : refuse(role, &names, err);
}
