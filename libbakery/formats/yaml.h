/*
 * YAML as a tree that knows where everything stands. libcyaml loads the values; this tree finds what libcyaml
 * lets through or misplaces (aliases, keys that stand twice, NUL escapes, a second document), and gives every
 * finding its line and column.
 */
#ifndef BAKERY_FORMATS_YAML_H
#define BAKERY_FORMATS_YAML_H

#include "base/arena.h"
#include "base/report.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAPPING };

struct yaml_node {
        enum yaml_kind kind;
        bool plain;             /* a scalar without quotes: "~" and "" may mean nothing */
        bool kept_out;          /* of the JSON that its parent is written as */
        bool refused;           /* a mistake about it was reported: what follows from it is not told again */
        struct place place;     /* of its first character */
        const char *text;       /* of a scalar */
        const char *tag;        /* "!Ref", where tags are kept; NULL: none */
        const char *key;        /* of a value in a mapping */
        struct place key_place; /* likewise */
        struct yaml_node *first, *last, *next; /* children, in the order of the file */
        size_t count;
};

/*
 * Parses text into *ret_root, made of arena; NULL when it holds nothing but comments. Each mistake is added to
 * report, about file: the first error of syntax, and every alias, merge key, tag, key that stands twice, key
 * that is no scalar, control character, and any second document. What is wrong is left out of the tree, or
 * stands there as refused. Nesting is bounded (64), so that walkers may recurse.
 * Gives BAKERY_ERR_FORMAT when there is no tree (syntax), BAKERY_ERR_MEMORY.
 */
bakery_status bakery__yaml_parse(struct span text, const char *file, struct arena *arena, bakery_report *report,
                                 struct yaml_node **ret_root, bakery_error **err);

/*
 * The same as CloudFormation reads templates: local tags ("!Ref") are kept, "!!str" is text whatever it looks like, and
 * a key that stands twice has the last value, which is a warning.
 */
bakery_status bakery__yaml_parse_template(struct span text, const char *file, struct arena *arena,
                                          bakery_report *report, struct yaml_node **ret_root, bakery_error **err);

/* The value of key in a mapping; NULL when there is none, or when mapping is NULL or no mapping. */
struct yaml_node *bakery__yaml_get(const struct yaml_node *mapping, const char *key);

/* Nothing was written: an empty plain scalar, "~", "null". */
bool bakery__yaml_is_null(const struct yaml_node *node);

/* Takes child, whose predecessor is previous (NULL: it is the first), out of parent. */
void bakery__yaml_remove(struct yaml_node *parent, struct yaml_node *previous, struct yaml_node *child);

#endif
