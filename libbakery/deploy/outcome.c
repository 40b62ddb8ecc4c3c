#include "deploy/outcome.h"

#include <string.h>

#include "aws/iam.h"
#include "deploy/stack_state.h"

static bakery_status count_one(const struct iam_entry *entry, void *context, bakery_error **err)
{
        (void)entry;
        (void)err;
        ++*(size_t *)context;
        return BAKERY_OK;
}

/* Whether members of a group that stayed can still do something: " (members: alice, bob; no policy is left)". */
static void add_group(struct site *site, const char *group, struct buf *text)
{
        static const enum iam_list lists[] = { IAM_GROUP_POLICIES, IAM_ATTACHED_GROUP_POLICIES };
        size_t policies = 0;
        bakery_status st = BAKERY_OK;

        bakery__site_add_members(site, group, text);
        for (size_t i = 0; i < N_ELEMENTS(lists) && !st; i++) {
                struct aws_access aws;

                st = bakery__site_access(site, &aws, NULL);
                if (!st)
                        st = bakery__iam_list(&aws, lists[i], group, count_one, &policies, NULL);
        }
        if (!st && policies == 0)
                bakery__buf_text(text, " (no policy is left in it)");
        else if (policies > 0)
                bakery__buf_text(text, " (policies are LEFT in it, and hold)");
}

/*
 * CloudFormation is content with a stack from which a resource could not be deleted: it forgets it. A group that has
 * members stays behind like that and keeps its name from being used again.
 */
static bakery_status fail_left_behind(struct site *site, const struct watch_end *end, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 16 };
        size_t n = 0;

        for (const struct watch_left *left = end->left; left; left = left->next, n++) {
                const char *name = *left->physical_id ? left->physical_id : left->logical_id;

                bakery__buf_format(&text, "%s%s", n > 0 ? ", " : "", name);
                if (strcmp(left->type, "AWS::IAM::Group") == 0)
                        add_group(site, name, &text);
                else if (left->reason)
                        bakery__buf_format(&text, " (%s)", left->reason);
        }
        bakery__fail(err, BAKERY_ERR_AWS, "%s is deployed, but %zu resource%s could not be deleted: %s",
                     site->recipe.stack_name, n, n == 1 ? "" : "s", text.at ? text.at : "");
        bakery__error_hint(err, "take the members out (bakery-cli users), then delete it with the AWS CLI; or put its "
                                "environment back, and deploy with --import-existing");
        return BAKERY_ERR_AWS;
}

static bakery_status fail_stack(const struct site *site, const struct watch_end *end, bakery_error **err)
{
        const char *cause = end->cause ? end->cause : end->status_reason;

        bakery__fail(err, BAKERY_ERR_AWS, "%s%s%s is in %s", cause ? cause : "", cause ? "; " : "",
                     site->recipe.stack_name, end->status);
        bakery__error_hint(err, "mend the cause, then bakery-cli deploy %s", site->recipe.command);
        bakery__stack_state_hint(bakery__stack_state(end->status), site->recipe.command, err);
        return BAKERY_ERR_AWS;
}

bakery_status bakery__outcome(struct site *site, const struct watch_end *end, bakery_error **err)
{
        static const char *const good[] = { "CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE",
                                            "DELETE_COMPLETE" };

        for (size_t i = 0; i < N_ELEMENTS(good); i++)
                if (strcmp(end->status, good[i]) == 0)
                        return end->left ? fail_left_behind(site, end, err) : BAKERY_OK;
        return fail_stack(site, end, err);
}
