/* A filter, its names looked up. */
#ifndef BAKERY_ACCESS_VIEW_H
#define BAKERY_ACCESS_VIEW_H

#include "access/access.h"

/* Borrows from the access; begin with { 0 }. What is NULL lets all pass. */
struct access_view {
        const struct access_user *user;
        const bakery_environment *environment;
        const bakery_access_type *access_type;
        char *account; /* a name or an id */
        bool one_role;
        size_t role; /* its number */
};

/* filter may be NULL. Gives what bakery_access_walk_new() gives. */
bakery_status bakery__access_view(const bakery_access *access, const bakery_access_filter *filter,
                                  struct access_view *ret, bakery_error **err);

bool bakery__view_has_account(const struct access_view *view, const bakery_account *account);
bool bakery__view_has_group(const struct access_view *view, const bakery_group *group);
bool bakery__view_has_role(const struct access_view *view, const struct role_range *range, size_t account);

void bakery__view_clear(struct access_view *view);
DEFINE_AUTO_CLEAR(access_view, bakery__view_clear)

#endif
