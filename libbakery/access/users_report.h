/* The state of users, from inside. */
#ifndef BAKERY_ACCESS_USERS_REPORT_H
#define BAKERY_ACCESS_USERS_REPORT_H

#include <bakery/users_report.h>

#include "base/arena.h"

struct bakery_users_report {
        struct arena arena;
        bakery_users_entry *entries;
        size_t n_entries, n_findings;
        unsigned max_key_age_days;
        int64_t made_s, now_s;
};

/* How many whole days have passed since. */
int64_t bakery__users_report_days(const bakery_users_report *report, int64_t time_s);

#endif
