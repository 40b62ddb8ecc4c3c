/* A hash map from text to a pointer, for sets that are too large to search line by line. */
#ifndef BAKERY_BASE_MAP_H
#define BAKERY_BASE_MAP_H

#include "base/mem.h"
#include "base/str.h"

/* Begin with { .fold_case = whether "prod" and "Prod" are one key, as for IAM names }. Keys and values are borrowed. */
struct map {
        struct map_slot *slots;
        size_t capacity, count;
        uint64_t seed;
        bool fold_case;
};

enum map_result { MAP_ADDED, MAP_EXISTS, MAP_NO_MEMORY };

/* Adds key, unless it exists: then *ret_old, if not NULL, gets the value that stands there. value must not be NULL. */
enum map_result bakery__map_add(struct map *map, struct span key, void *value, void **ret_old);

/*
 * Room for count keys at once, where that is known: growing step by step touches three times the memory. False: memory
 * is gone.
 */
bool bakery__map_reserve(struct map *map, size_t count);

/* The value of key; NULL when there is none. */
void *bakery__map_get(const struct map *map, struct span key);

void bakery__map_clear(struct map *map);
DEFINE_AUTO_CLEAR(map, bakery__map_clear)

#endif
