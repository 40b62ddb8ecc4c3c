/* Spreading a group's ARNs over policies: exact ARNs, in the order of the file, as many a policy as fit. */
#ifndef BAKERY_MODEL_SHARDS_H
#define BAKERY_MODEL_SHARDS_H

#include "model/model.h"

/*
 * Fills the group's shards and headroom. The first shard keeps the names that deployed stacks have, the next are
 * numbered from 2; so an account that is appended changes the last policy only. False: no memory.
 */
bool bakery__shards_fill(bakery_group *group, struct arena *arena);

#endif
