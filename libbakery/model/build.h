/* From the raw configuration to the model. */
#ifndef BAKERY_MODEL_BUILD_H
#define BAKERY_MODEL_BUILD_H

#include "model/checking.h"

/*
 * Fills in->config from its raw configuration and the tree. What refers to something that is not there is
 * reported and left out; required text that was refused stands as "", so that the checks can go on.
 * Gives BAKERY_ERR_MEMORY, BAKERY_ERR_IO (the file of an InlinePolicy is reported, not given).
 */
bakery_status bakery__build(struct checking *in, bakery_error **err);

#endif
