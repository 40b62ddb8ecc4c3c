#include "access/role_set.h"

#include <string.h>

enum { BITS = 64 };

struct role_set {
        size_t n_words;
        uint64_t words[];
};

struct role_set *bakery__role_set_new(struct arena *arena, size_t n_roles)
{
        size_t n_words = n_roles / BITS + 1;
        struct role_set *set = bakery__arena_alloc(arena, sizeof *set + n_words * sizeof *set->words);

        if (set)
                set->n_words = n_words;
        return set;
}

void bakery__role_set_add(struct role_set *set, size_t role)
{
        set->words[role / BITS] |= (uint64_t)1 << role % BITS;
}

void bakery__role_set_add_some(struct role_set *set, size_t first, size_t count)
{
        for (size_t i = 0; i < count; i++)
                bakery__role_set_add(set, first + i);
}

void bakery__role_set_add_all(struct role_set *set, const struct role_set *other, const struct role_set *except)
{
        for (size_t i = 0; other && i < set->n_words; i++)
                set->words[i] |= other->words[i] & ~(except ? except->words[i] : 0);
}

void bakery__role_set_empty(struct role_set *set)
{
        memset(set->words, 0, set->n_words * sizeof *set->words);
}

bool bakery__role_set_has(const struct role_set *set, size_t role)
{
        return set && (set->words[role / BITS] >> role % BITS & 1) != 0;
}

size_t bakery__role_set_next(const struct role_set *set, size_t role)
{
        size_t at = role / BITS;

        if (!set || at >= set->n_words)
                return SIZE_MAX;

        uint64_t word = set->words[at] & (UINT64_MAX << role % BITS);
        while (!word && ++at < set->n_words)
                word = set->words[at];
        return word ? at * BITS + (size_t)__builtin_ctzll(word) : SIZE_MAX;
}
