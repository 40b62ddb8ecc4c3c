#include "model/names.h"

#include <string.h>

const char *bakery__logical_part(struct arena *arena, const char *name)
{
        char *part = bakery__arena_copy(arena, bakery__span(name));
        char *to = part;

        for (const char *from = part; part && *from; from++)
                if (bakery__str_only((struct span){ from, 1 }, ""))
                        *to++ = *from;
        if (part)
                *to = '\0';
        return part;
}

const char *bakery__role_path(const bakery_group *group)
{
        return group->settings.role_path ? group->settings.role_path : "/";
}

bool bakery__frame_role_names(bakery_group *group, struct arena *arena)
{
        const char *environment = group->environment->name, *type = group->access_type->name;
        const char *head = bakery__arena_format(arena, "arn:%s:iam::", group->environment->config->partition->id);
        const char *path = bakery__arena_format(arena, ":role%s", bakery__role_path(group));
        const char *ending = bakery__arena_format(arena, "-%s-%s", environment, type);

        if (!head || !path || !ending)
                return false;
        group->role_arn_head = bakery__span(head);
        group->role_arn_path = bakery__span(path);
        group->role_ending = bakery__span(ending);
        return true;
}

static void add_span(struct buf *buf, struct span text)
{
        bakery__buf_add(buf, text.at, text.len);
}

void bakery__put_role_name(struct buf *buf, const bakery_group *group, const bakery_account *account)
{
        bakery__buf_text(buf, account->name);
        add_span(buf, group->role_ending);
}

void bakery__put_role_arn(struct buf *buf, const bakery_group *group, const bakery_account *account)
{
        add_span(buf, group->role_arn_head);
        bakery__buf_text(buf, account->id);
        add_span(buf, group->role_arn_path);
        bakery__put_role_name(buf, group, account);
}

size_t bakery__role_arn_frame(const bakery_group *group)
{
        return group->role_arn_head.len + strlen("123456789012") + group->role_arn_path.len + group->role_ending.len;
}
