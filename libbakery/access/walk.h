/* The walk from inside. */
#ifndef BAKERY_ACCESS_WALK_H
#define BAKERY_ACCESS_WALK_H

#include "access/view.h"

/* With an access and a view it is ready to walk, and needs no clean-up. */
struct bakery_access_walk {
        const bakery_access *access;
        const struct access_view *view;
        struct access_view own_view; /* of walks that bakery_access_walk_new() made */

        size_t user, range, account; /* the next to look at */
        const struct access_user *at_user;
        const struct role_range *at_range;
        const bakery_account *at_account;
        bakery_reach reach;
        const char *via;
};

#endif
