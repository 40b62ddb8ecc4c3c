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

void bakery__put_role_name(struct buf *buf, const bakery_group *group, const bakery_account *account)
{
        bakery__buf_text(buf, account->name);
        bakery__buf_char(buf, '-');
        bakery__buf_text(buf, group->environment->name);
        bakery__buf_char(buf, '-');
        bakery__buf_text(buf, group->access_type->name);
}

void bakery__put_role_arn(struct buf *buf, const bakery_group *group, const bakery_account *account)
{
        bakery__buf_text(buf, "arn:");
        bakery__buf_text(buf, group->environment->config->partition->id);
        bakery__buf_text(buf, ":iam::");
        bakery__buf_text(buf, account->id);
        bakery__buf_text(buf, ":role");
        bakery__buf_text(buf, bakery__role_path(group));
        bakery__put_role_name(buf, group, account);
}

size_t bakery__role_arn_frame(const bakery_group *group)
{
        return strlen("arn::iam::123456789012:role--") + strlen(group->environment->config->partition->id) +
               strlen(bakery__role_path(group)) + strlen(group->environment->name) + strlen(group->access_type->name);
}
