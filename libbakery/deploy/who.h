/*
 * Who may do what, before and after: differences between facts, with the people they are about, and what else a person
 * should know. Plans and drift are told in it.
 */
#ifndef BAKERY_DEPLOY_WHO_H
#define BAKERY_DEPLOY_WHO_H

#include <bakery/plan.h>

#include "deploy/facts_compare.h"
#include "deploy/site.h"

struct who_difference {
        const char *kind; /* "grant-gained" */
        bool broadens;
        const char *subject, *role_arn, *text;
        const char *people; /* "alice, bob"; NULL: not known, or not about a group */
};

struct who_note {
        const char *text;
        struct who_note *next;
};

/* Begin with { 0 }. Texts are of an arena that the caller has. */
struct who {
        struct who_difference *at;
        size_t count;
        struct who_note *notes;
        size_t n_notes;
};

/*
 * Puts what found says into ret, and asks IAM for the members of the groups it is about, where that is allowed.
 * Gives what bakery__site_members() gives.
 */
bakery_status bakery__who_find(struct site *site, const struct facts *before, const struct facts *after,
                               const struct differences *found, struct arena *arena, struct who *ret,
                               bakery_error **err);

/* Adds a sentence that a person should know. */
bakery_status bakery__who_note(struct who *who, struct arena *arena, bakery_error **err, const char *format, ...)
        BAKERY__PRINTF(4, 5);

bool bakery__who_broadens(const struct who *who);

/* Difference i and note i, for those who call the library. */
void bakery__who_give(const struct who *who, size_t i, bakery_plan_difference *ret);
const char *bakery__who_note_at(const struct who *who, size_t i);

/* A line for each, those that say the same of many accounts in one. */
void bakery__who_print_differences(const struct who *who, struct buf *text);
void bakery__who_print_notes(const struct who *who, struct buf *text);

/* Lists "differences" and "notes" of object. */
void bakery__who_put(const struct who *who, struct json *json, struct cJSON *object);

#endif
