/* What the checks of a configuration share. */
#ifndef BAKERY_MODEL_CHECKING_H
#define BAKERY_MODEL_CHECKING_H

#include "base/buf.h"
#include "model/model.h"

struct checking {
        bakery_config *config;
        const struct yaml_node *root; /* the tree, for places */
        bakery_report *report;
        bool no_memory;
};

/* Add a finding about the configuration; NULL as in bakery__report_add(). */
struct finding *bakery__mistake(struct checking *in, const char *rule, struct place place, const char *format, ...)
        BAKERY__PRINTF(4, 5);
struct finding *bakery__warning(struct checking *in, const char *rule, struct place place, const char *format, ...)
        BAKERY__PRINTF(4, 5);
void bakery__hint(struct checking *in, struct finding *finding, const char *format, ...) BAKERY__PRINTF(3, 4);

/* "did you mean ...?", when there is a name near enough. */
void bakery__hint_nearest(struct checking *in, struct finding *finding, const struct nearest *nearest);

/* Where a key of the root stands; { 0 } when it does not. */
struct place bakery__place_of_key(const struct checking *in, const char *key);

/* False when there were too many groups to make: what they lack is not told. */
bool bakery__has_groups(const bakery_config *config);

/* The name of the group, also of the Bakery's own two; false when there is none of that name. nearest may be NULL. */
bool bakery__is_group(const bakery_config *config, const char *name, struct nearest *nearest);

/* The parts of the check. Each adds its findings. */
void bakery__check_references(struct checking *in); /* check.c */
void bakery__check_settings(struct checking *in);   /* check_settings.c */
void bakery__check_names(struct checking *in);      /* check_names.c */
void bakery__check_limits(struct checking *in);     /* check_limits.c */

#endif
