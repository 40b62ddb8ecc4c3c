/* Two descriptions of one change set become one. Pure. */
#ifndef BAKERY_AWS_CHANGE_SET_MERGE_H
#define BAKERY_AWS_CHANGE_SET_MERGE_H

#include "aws/change_set.h"

/*
 * Adds to the changes of a plain description those of the one with property values: the values, and any change, detail
 * or scope that stands only there. Where both say how a resource is replaced, the graver counts. What is added is of
 * the arena of the second, or of this one.
 */
bakery_status bakery__cfn_merge_changes(struct cfn_change_set *plain, struct cfn_change_set *with_values,
                                        struct arena *arena, bakery_error **err);

#endif
