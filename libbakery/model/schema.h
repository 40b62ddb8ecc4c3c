/*
 * The keys of config.yml: one table for what may stand there, for libcyaml, and for the JSON Schema. A new key is
 * one row here, and its use.
 */
#ifndef BAKERY_MODEL_SCHEMA_H
#define BAKERY_MODEL_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "model/form.h"

enum key_kind {
        KEY_TEXT,
        KEY_TEXTS, /* a list of texts */
        KEY_MAPPING,
        KEY_MAPPINGS, /* a list of mappings */
        /* What libcyaml cannot load, so that it is taken from the tree: */
        KEY_WORDS,  /* a list of texts, or one text with commas */
        KEY_TAGS,   /* a mapping with keys of the writer's own */
        KEY_POLICY, /* a policy document, or file:NAME */
};

struct key {
        const char *name;
        enum key_kind kind;
        bool required;
        bool may_be_empty; /* a list of nothing is allowed */
        bool secret;       /* the value is never shown */
        bool may_be_long;  /* a list of thousands: taken from the tree too, as reading it twice is most of the work */
        const struct form *form;  /* of the text, or of each text */
        const struct mapping *of; /* of the mapping, or of each */
        size_t offset;            /* in the raw struct of the mapping it stands in; none for what is of the tree */
        size_t count_offset;      /* of a list's count, likewise */
        size_t max_count;         /* of a list's elements; 0: as many as fit elsewhere */
        const char *about;        /* one sentence, for editors */
};

struct mapping {
        const char *noun;  /* "an environment", for messages */
        size_t size_bytes; /* of its raw struct; 0: it has none, as it stands in a list that may be long */
        const struct key *keys;
        size_t n_keys;
        const struct mapping *also; /* keys that it shares with others; NULL */
        size_t also_offset;         /* of their raw struct in its own */
};

extern const struct mapping bakery__config_mapping;

/* libcyaml does not load it; it stays in the tree. */
bool bakery__key_is_of_tree(const struct key *key);

/* Key i of a mapping, the shared ones last; NULL past the end. *ret_base gets what to add to its offsets. */
const struct key *bakery__mapping_key(const struct mapping *mapping, size_t i, size_t *ret_base);

/* The key of that name, case as written; NULL. */
const struct key *bakery__mapping_find(const struct mapping *mapping, const char *name);

#endif
