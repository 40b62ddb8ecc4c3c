/* The admin check, from inside: what was found. */
#ifndef BAKERY_ACCESS_ADMIN_CHECK_H
#define BAKERY_ACCESS_ADMIN_CHECK_H

#include "aws/call.h"
#include "model/admin_watch.h"

struct admin_group {
        const char *name;
        const char *policy; /* that makes admins; NULL: the group is watched */
};

struct bakery_admin {
        const char *name;
        bool expected, has_mfa;
        const char *until; /* NULL: no end */
        struct admin_group *groups;
        size_t n_groups;
        struct names policies;
};

struct past_end {
        const char *user, *group, *until;
};

struct bakery_admin_check {
        struct arena arena;
        struct names watched;
        bakery_admin *admins;
        size_t n_admins, n_unexpected, n_users;
        struct past_end *past_ends;
        size_t n_past_ends;
};
DEFINE_AUTO_PTR(bakery_admin_check, bakery_admin_check_free)

/* The text of the message, as long as a webhook should get it: what does not fit is counted. */
void bakery__admin_check_put_slack(struct buf *text, const bakery_admin_check *check);

/* Text in a message of Slack: its three special characters escaped, and what nobody would see made visible. */
void bakery__slack_escape(struct buf *into, const char *text);

#endif
