/* Between the files of the comparison: where it stands, and what groups and roles have in common. */
#ifndef BAKERY_DEPLOY_COMPARISON_H
#define BAKERY_DEPLOY_COMPARISON_H

#include "deploy/facts_compare.h"

/* Memory that is gone sticks: it is looked at once, at the end. */
struct comparison {
        const struct facts *before, *after;
        struct differences *to;
        bool no_memory;
};

/* Whom the next differences are about. */
struct about {
        const char *subject, *role_arn; /* the ARN of a role; NULL: a group, or a function */
};

void bakery__difference_tell(struct comparison *in, enum difference_kind kind, bool broadening, struct about about,
                             const char *format, ...) BAKERY__PRINTF(5, 6);

/* Whether key, which may be NULL for want of memory, is new in the map. */
bool bakery__compare_add_key(struct comparison *in, struct map *map, const char *key, const void *value);

/* Statements, of a group or of a role. */
struct statements {
        const struct fact_statement *at;
        size_t count;
};
void bakery__compare_statements(struct comparison *in, struct about about, struct statements before,
                                struct statements after);

/* The managed policies attached. */
void bakery__compare_policies(struct comparison *in, struct about about, const struct fact_texts *before,
                              const struct fact_texts *after);

/* "stack\nlogical id": what CloudFormation knows a thing by; NULL for what was read from IAM. */
const char *bakery__compare_place(struct comparison *in, const char *stack, const char *logical_id);
void *bakery__compare_at_place(const struct map *by_place, const char *key);

/* Whether it moves to another stack. */
void bakery__compare_stack(struct comparison *in, enum difference_kind kind, struct about about, const char *before,
                           const char *after);

void bakery__compare_groups(struct comparison *in);
void bakery__compare_roles(struct comparison *in);

#endif
