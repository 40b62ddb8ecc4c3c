/* A set of roles, by number. */
#ifndef BAKERY_ACCESS_ROLE_SET_H
#define BAKERY_ACCESS_ROLE_SET_H

#include "base/arena.h"

struct role_set;

/* An empty set over n_roles, of arena; NULL when memory is gone. */
struct role_set *bakery__role_set_new(struct arena *arena, size_t n_roles);

void bakery__role_set_add(struct role_set *set, size_t role);
void bakery__role_set_remove(struct role_set *set, size_t role);

/* Of NULL, which is empty, too. */
bool bakery__role_set_has(const struct role_set *set, size_t role);

/* The first role from role on that is in the set; SIZE_MAX when there is none. */
size_t bakery__role_set_next(const struct role_set *set, size_t role);

#endif
