/* A world for a client: variables, a clock that stands, and a network that plays what was recorded. */
#ifndef BAKERY_TESTS_CONFORMANCE_WORLD_H
#define BAKERY_TESTS_CONFORMANCE_WORLD_H

#include <bakery/client.h>

#include "conformance.h"

enum { WORLD_VARIABLES_AT_MOST = 32, WORLD_DIFFERENCE_BYTES = 1000 };

/* Begin with { 0 }. */
struct world {
        struct {
                char *name, *value;
        } variables[WORLD_VARIABLES_AT_MOST];
        size_t n_variables;
        const cJSON *events; /* of http-traffic.json, from the next one on; NULL: there is no network */
        char difference[WORLD_DIFFERENCE_BYTES]; /* the first request that is another one */
        bakery_client *client;
};

void world_set(struct world *world, const char *name, const char *value);

/* Made once the variables stand. */
bakery_client *world_client(struct world *world);

/* A request that was recorded has not been made. */
bool world_has_more(const struct world *world);

void world_clear(struct world *world);
DEFINE_AUTO_CLEAR(world, world_clear)

#endif
