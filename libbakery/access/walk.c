/* The walk: person by person, role by role. */
#include "access/walk.h"

void bakery_access_walk_free(bakery_access_walk *walk)
{
        if (!walk)
                return;
        bakery__view_clear(&walk->own_view);
        free(walk);
}
DEFINE_AUTO_PTR(bakery_access_walk, bakery_access_walk_free)

bakery_status bakery_access_walk_new(const bakery_access *access, const bakery_access_filter *filter,
                                     bakery_access_walk **ret_walk, bakery_error **err)
{
        AUTO_PTR(bakery_access_walk) walk = calloc(1, sizeof *walk);

        bakery__error_clear(err);
        if (!walk)
                return bakery__fail_memory(err);
        bakery_status st = bakery__access_view(access, filter, &walk->own_view, err);
        if (st)
                return st;
        walk->access = access;
        walk->view = &walk->own_view;
        *ret_walk = STEAL(walk);
        return BAKERY_OK;
}

/* Steps to the next account of a range in which the person may enter something; false at the end. */
static bool step(bakery_access_walk *walk)
{
        const bakery_access *access = walk->access;

        for (; walk->user < access->n_users; walk->user++, walk->range = 0) {
                walk->at_user = &access->users[walk->user];
                if (walk->view->user && walk->view->user != walk->at_user)
                        continue;
                for (; walk->range < access->n_ranges; walk->range++, walk->account = 0) {
                        walk->at_range = &access->ranges[walk->range];
                        if (walk->account < walk->at_range->group->environment->n_accounts &&
                            (walk->account > 0 || bakery__access_may_enter(walk->at_user, walk->at_range)))
                                return true;
                }
        }
        return false;
}

static void leave(bakery_access_walk *walk)
{
        walk->at_user = NULL;
        walk->at_range = NULL;
        walk->at_account = NULL;
        walk->reach = BAKERY_REACH_NONE;
        walk->via = NULL;
}

int bakery_access_walk_next(bakery_access_walk *walk)
{
        while (step(walk)) {
                size_t account = walk->account++;

                if (!bakery__view_has_role(walk->view, walk->at_range, account))
                        continue;
                walk->reach = bakery__access_cell(walk->at_user, walk->at_range->first_role + account, &walk->via);
                walk->at_account = &walk->at_range->group->environment->accounts[account];
                if (walk->reach)
                        return 1;
        }
        leave(walk);
        return 0;
}

const char *bakery_access_walk_user_name(const bakery_access_walk *walk)
{
        return walk->at_user ? walk->at_user->name : NULL;
}

const bakery_group *bakery_access_walk_group(const bakery_access_walk *walk)
{
        return walk->at_range ? walk->at_range->group : NULL;
}

const bakery_account *bakery_access_walk_account(const bakery_access_walk *walk)
{
        return walk->at_account;
}

bakery_reach bakery_access_walk_reach(const bakery_access_walk *walk)
{
        return walk->reach;
}

const char *bakery_access_walk_via(const bakery_access_walk *walk)
{
        return walk->via;
}
