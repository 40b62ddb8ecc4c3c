/* What the admin check looks at: from the configuration, or from the variables of the function that the template makes.
 */
#ifndef BAKERY_MODEL_ADMIN_WATCH_H
#define BAKERY_MODEL_ADMIN_WATCH_H

#include <bakery/admin_check.h>

#include "base/buf.h"
#include "model/model.h"

/* The variables, which template/check_admin_access.c writes and bakery__admin_watch_of_variables() reads. */
#define ADMIN_GROUPS_VARIABLE "BAKERY_ADMIN_GROUPS"       /* names, with commas */
#define OWN_ADMIN_GROUP_VARIABLE "BAKERY_OWN_ADMIN_GROUP" /* one name */
#define EXPECTED_ADMINS_VARIABLE "BAKERY_EXPECTED_ADMINS" /* names, with commas */
#define MEMBERSHIP_ENDS_VARIABLE "BAKERY_MEMBERSHIP_ENDS" /* "alice 2027-01-31 GroupA GroupB;bob ..." */
#define SLACK_CHANNEL_VARIABLE "BAKERY_SLACK_CHANNEL"
#define SLACK_HOOK_VARIABLE "BAKERY_SLACK_HOOK_URL"

/* Where a webhook may stand instead of the configuration. */
#define HOOK_OF_VARIABLE "env:"
#define HOOK_OF_FILE "file:"
#define HOOK_OF_SSM "ssm:"

struct names {
        const char **at;
        size_t count;
};

/* A person's memberships that end on a day. */
struct membership_end {
        const char *user;
        const char *until; /* "2027-01-31": the last day */
        struct names groups;
};

struct bakery_admin_watch {
        struct arena arena;
        struct names groups, expected; /* none twice */
        struct membership_end *ends;
        size_t n_ends;
        const char *channel;     /* NULL: the webhook's own */
        struct secret hook;      /* as it was written: a URL, or env:, file:, ssm: */
        const char *config_path; /* what a file: is beside; NULL: the working folder */
};
DEFINE_AUTO_PTR(bakery_admin_watch, bakery_admin_watch_free)

/*
 * get gives a variable, NULL when it is unset or blank. Gives BAKERY_ERR_CONFIG when there is no group, or when the
 * ends of memberships are written wrong.
 */
bakery_status bakery__admin_watch_of_variables(const char *(*get)(const void *context, const char *name),
                                               const void *context, bakery_admin_watch **ret, bakery_error **err);

/*
 * The ends of memberships as the variable has them: those in groups that the check watches, since the whole of a
 * function's environment is at most 4 KB.
 */
void bakery__membership_ends_put(struct buf *text, const bakery_config *config);

#endif
