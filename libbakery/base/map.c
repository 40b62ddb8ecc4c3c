#include "base/map.h"

#include <stdint.h>
#include <string.h>

struct map_slot {
        struct span key;
        void *value; /* NULL: free */
        uint64_t hash;
};

static char byte_of(const struct map *map, struct span key, size_t i)
{
        return map->fold_case ? bakery__ascii_lower(key.at[i]) : key.at[i];
}

/* FNV-1a, begun with a seed that differs from run to run, so that no file can choose keys that collide. */
static uint64_t hash_of(const struct map *map, struct span key)
{
        uint64_t hash = 0xcbf29ce484222325u ^ map->seed;

        for (size_t i = 0; i < key.len; i++)
                hash = (hash ^ (unsigned char)byte_of(map, key, i)) * 0x100000001b3u;
        return hash ^ (hash >> 29);
}

static bool same_key(const struct map *map, struct span a, struct span b)
{
        if (map->fold_case)
                return bakery__span_equal_nocase(a, b);
        return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* The slot where key is, or where it would go. There is always a free one. */
static struct map_slot *find(const struct map *map, struct span key, uint64_t hash)
{
        size_t i = hash & (map->capacity - 1);

        while (map->slots[i].value && (map->slots[i].hash != hash || !same_key(map, map->slots[i].key, key)))
                i = (i + 1) & (map->capacity - 1);
        return &map->slots[i];
}

static bool resize(struct map *map, size_t capacity)
{
        struct map bigger = *map;

        bigger.capacity = capacity;
        bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
        if (!bigger.slots)
                return false;
        if (!map->slots) /* the address of the first slots is as random as the address space */
                bigger.seed = (uint64_t)(uintptr_t)bigger.slots * 0x9e3779b97f4a7c15u;
        for (size_t i = 0; i < map->capacity; i++)
                if (map->slots[i].value)
                        *find(&bigger, map->slots[i].key, map->slots[i].hash) = map->slots[i];
        free(map->slots);
        *map = bigger;
        return true;
}

bool bakery__map_reserve(struct map *map, size_t count)
{
        size_t capacity = map->capacity ? map->capacity : 64;

        while (count > capacity / 4 * 3) /* a quarter stays free, so that searches are short */
                capacity *= 2;
        return capacity == map->capacity || resize(map, capacity);
}

enum map_result bakery__map_add(struct map *map, struct span key, void *value, void **ret_old)
{
        if (!bakery__map_reserve(map, map->count + 1))
                return MAP_NO_MEMORY;

        uint64_t hash = hash_of(map, key);
        struct map_slot *slot = find(map, key, hash);
        if (slot->value) {
                if (ret_old)
                        *ret_old = slot->value;
                return MAP_EXISTS;
        }
        *slot = (struct map_slot){ key, value, hash };
        map->count++;
        return MAP_ADDED;
}

void *bakery__map_get(const struct map *map, struct span key)
{
        return map->capacity ? find(map, key, hash_of(map, key))->value : NULL;
}

void bakery__map_clear(struct map *map)
{
        free(map->slots);
        map->slots = NULL;
        map->capacity = map->count = 0;
}
