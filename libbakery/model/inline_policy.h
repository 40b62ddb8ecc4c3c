/* The InlinePolicy of an access type: written out in the file, or in a JSON file beside it. */
#ifndef BAKERY_MODEL_INLINE_POLICY_H
#define BAKERY_MODEL_INLINE_POLICY_H

#include "model/checking.h"

/* Reads node (NULL: there is none) into the type; what is wrong with it is reported. False: no memory. */
bool bakery__inline_policy_read(struct checking *in, const struct yaml_node *node, bakery_access_type *type);

#endif
