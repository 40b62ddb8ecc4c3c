#include "credentials/membership.h"

#include "model/limits.h"

struct looking {
        const bakery_group *group;
        struct membership found;
};

static bakery_status compare_group(const struct iam_entry *entry, void *context, bakery_error **err)
{
        struct looking *looking = context;

        (void)err;
        looking->found.n_groups++;
        if (bakery__str_equal_nocase(entry->name, looking->group->name))
                looking->found.kind = MEMBERSHIP_MEMBER;
        else if (looking->found.kind == MEMBERSHIP_STRANGER &&
                 bakery__str_equal_nocase(entry->name, looking->group->environment->config->admin_group))
                looking->found.kind = MEMBERSHIP_ADMIN;
        return BAKERY_OK;
}

bakery_status bakery__membership_find(const struct aws_access *aws, const char *user, const bakery_group *group,
                                      struct membership *ret, bakery_error **err)
{
        struct looking looking = { group, { MEMBERSHIP_STRANGER, 0 } };
        bakery_status st = bakery__iam_list(aws, IAM_GROUPS_OF_USER, user, compare_group, &looking, err);

        *ret = st ? (struct membership){ MEMBERSHIP_UNKNOWN, 0 } : looking.found;
        return st;
}

void bakery__membership_put_help(struct buf *into, const struct membership *membership, const char *user,
                                 const bakery_group *group)
{
        size_t limit = bakery__limit(LIMIT_GROUPS_PER_USER)->value;

        bakery__buf_format(into, "%s grants this role, and %s is not in it: ", group->name, user);
        if (membership->n_groups >= limit)
                bakery__buf_format(into, "nobody can be in more than %zu groups, and must leave one first", limit);
        else
                bakery__buf_text(into, "ask for the membership");
}
