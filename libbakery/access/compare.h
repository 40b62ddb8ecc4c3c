/* Both sides side by side: what the configuration says, and what IAM has. */
#ifndef BAKERY_ACCESS_COMPARE_H
#define BAKERY_ACCESS_COMPARE_H

#include "access/access.h"

/* Adds a difference with its message; texts are of the access or outlive it. Gives BAKERY_ERR_MEMORY. */
bakery_status bakery__access_differ(bakery_access *access, const struct difference *difference, bakery_error **err,
                                    const char *format, ...) BAKERY__PRINTF(4, 5);

/* Groups, what they and people's own policies grant, and admins. */
bakery_status bakery__compare_grants(bakery_access *access, bakery_error **err);

/* Who is in which group, when the configuration has Users; now_s as of bakery_access_options. */
bakery_status bakery__compare_members(bakery_access *access, int64_t now_s, bakery_error **err);

#endif
