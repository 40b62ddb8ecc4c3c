#include "access/rows.h"

enum { NAMED_AT_MOST = 3, NAMES_MAX_BYTES = 4096 };

/* A row that grows account by account. */
struct growing {
        struct access_row row;
        struct buf names;
};

static void clear_growing(struct growing *growing)
{
        bakery__buf_clear(&growing->names);
}
DEFINE_AUTO_CLEAR(growing, clear_growing)

struct telling {
        const struct access_print *print;
        each_row *each;
        void *context;
};

static bakery_status tell(const struct telling *telling, struct growing *growing, bakery_error **err)
{
        struct access_row *row = &growing->row;

        if (row->n_accounts == 0)
                return BAKERY_OK;
        if (row->n_accounts > NAMED_AT_MOST)
                bakery__buf_format(&growing->names, " and %zu more", row->n_accounts - NAMED_AT_MOST);
        bakery_status st = bakery__buf_status(&growing->names, "a row", err);
        row->accounts = growing->names.at;
        row->all = row->n_accounts == row->range->group->environment->n_accounts;
        if (!st)
                st = telling->each(row, telling->context, err);
        growing->names.len = 0;
        row->n_accounts = 0;
        return st;
}

static void add_account(struct growing *growing, const bakery_account *account)
{
        if (growing->row.n_accounts++ < NAMED_AT_MOST)
                bakery__buf_format(&growing->names, "%s%s", growing->names.len ? ", " : "", account->name);
}

/* Neighbours that are reached in the same way make one row. */
static bakery_status tell_range(const struct telling *telling, const struct access_user *user,
                                const struct role_range *range, size_t *n_told, bakery_error **err)
{
        AUTO_CLEAR(growing) growing = { .row = { .user = user, .range = range }, .names.max = NAMES_MAX_BYTES };
        const bakery_environment *environment = range->group->environment;
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < environment->n_accounts && !st; i++) {
                const char *via = NULL;
                bakery_reach reach = bakery__access_cell(user, range->first_role + i, &via);

                if (!reach || !bakery__view_has_role(telling->print->view, range, i))
                        continue;
                if (growing.row.reach != reach || growing.row.via != via)
                        st = tell(telling, &growing, err);
                growing.row.reach = reach;
                growing.row.via = via;
                add_account(&growing, &environment->accounts[i]);
                ++*n_told;
        }
        return st ? st : tell(telling, &growing, err);
}

static bakery_status tell_user(const struct telling *telling, const struct access_user *user, bakery_error **err)
{
        const bakery_access *access = telling->print->access;
        struct access_row whole = { .user = user, .reach = BAKERY_REACH_ADMIN, .via = user->admin_via };
        size_t n_told = 0;
        bakery_status st = BAKERY_OK;

        if (user->admin)
                return telling->each(&whole, telling->context, err);
        for (size_t i = 0; i < access->n_ranges && !st; i++)
                if (bakery__view_has_group(telling->print->view, access->ranges[i].group) &&
                    bakery__access_may_enter(user, &access->ranges[i]))
                        st = tell_range(telling, user, &access->ranges[i], &n_told, err);
        whole.reach = BAKERY_REACH_NONE;
        return st || n_told > 0 ? st : telling->each(&whole, telling->context, err);
}

bakery_status bakery__rows(const struct access_print *print, each_row *each, void *context, bakery_error **err)
{
        const struct telling telling = { print, each, context };
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < print->access->n_users && !st; i++)
                if (bakery__print_has_user(print, &print->access->users[i]))
                        st = tell_user(&telling, &print->access->users[i], err);
        return st;
}

void bakery__row_put_via(struct buf *into, const struct access_row *row)
{
        if (row->reach == BAKERY_REACH_NONE)
                bakery__buf_text(into, row->user->ended ? "ended" : "nothing");
        else
                bakery__buf_shown(into, row->via ? row->via : "a policy of the own");
        if (row->reach == BAKERY_REACH_ADMIN)
                bakery__buf_text(into, ", admin of the Bakery account");
        if (row->reach == BAKERY_REACH_CONDITIONAL)
                bakery__buf_text(into, ", on a condition");
        if (row->user->until)
                bakery__buf_format(into, ", until %s", row->user->until);
}
