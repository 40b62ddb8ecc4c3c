/* A set of roles, by number. */
#ifndef BAKERY_ACCESS_ROLE_SET_H
#define BAKERY_ACCESS_ROLE_SET_H

#include "base/arena.h"

struct role_set;

/* An empty set over n_roles, of arena; NULL when memory is gone. */
struct role_set *bakery__role_set_new(struct arena *arena, size_t n_roles);

void bakery__role_set_add(struct role_set *set, size_t role);
void bakery__role_set_add_some(struct role_set *set, size_t first, size_t count);

/* All that is in other, and not in except; all three over as many roles. */
void bakery__role_set_add_all(struct role_set *set, const struct role_set *other, const struct role_set *except);

void bakery__role_set_empty(struct role_set *set);

/* Of NULL, which is empty, too. */
bool bakery__role_set_has(const struct role_set *set, size_t role);

/* The first role from role on that is in the set; SIZE_MAX when there is none. */
size_t bakery__role_set_next(const struct role_set *set, size_t role);

#endif
