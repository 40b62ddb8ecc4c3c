/* Who can reach what in rows that people can read: accounts of one environment and access type side by side. */
#ifndef BAKERY_ACCESS_ROWS_H
#define BAKERY_ACCESS_ROWS_H

#include "access/print.h"

struct access_row {
        const struct access_user *user;
        bakery_reach reach;             /* BAKERY_REACH_NONE: the person reaches nothing of what is shown */
        const struct role_range *range; /* NULL with none and with BAKERY_REACH_ADMIN: all of it */
        const char *via;                /* a group; NULL: the person's own policies */
        size_t n_accounts;
        bool all;             /* of the environment */
        const char *accounts; /* "Shop, Stg and 4 more" */
};
typedef bakery_status each_row(const struct access_row *row, void *context, bakery_error **err);

/* Tells of each row, by person and in the order of the file. Text is borrowed for the call. Gives what each gives. */
bakery_status bakery__rows(const struct access_print *print, each_row *each, void *context, bakery_error **err);

/* "by a policy of the user's own", "MyTeamProdAdmin", "MyTeamProdAdmin, until 2027-01-31" ... */
void bakery__row_put_via(struct buf *into, const struct access_row *row);

#endif
