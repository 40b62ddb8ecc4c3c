/* XML as AWS answers with it: elements and text. Attributes, namespaces and comments are not kept. */
#ifndef BAKERY_FORMATS_XML_H
#define BAKERY_FORMATS_XML_H

#include "base/arena.h"

enum { XML_MAX_BYTES = 8 << 20, XML_MAX_DEPTH = 64 };

/* An element. It lives in the arena that it was parsed into. */
struct xml_node {
        const char *name;             /* without a prefix: "ec2:Code" is "Code" */
        const char *text;             /* of an element without children, entities and CDATA resolved; else "" */
        struct xml_node *first_child; /* in the order of the document */
        struct xml_node *next;        /* the next child of the same parent */
};

/*
 * Parses a whole document; *ret_root is borrowed from arena, and untouched on failure, when arena may hold pieces.
 * Answers carry credentials: what the parser copies is wiped.
 *
 * Gives BAKERY_ERR_FORMAT when it is no well-formed XML in UTF-8 or has a DOCTYPE, BAKERY_ERR_LIMIT when it is
 * larger than XML_MAX_BYTES or nested deeper than XML_MAX_DEPTH, BAKERY_ERR_MEMORY. The message says where and
 * why, and repeats nothing of the document.
 */
bakery_status bakery__xml_parse(struct arena *arena, struct span document, const struct xml_node **ret_root,
                                bakery_error **err);

/* The first child of that name; NULL when there is none, or no node. */
const struct xml_node *bakery__xml_child(const struct xml_node *node, const char *name);

/* The next sibling of the same name, for lists: <member>..</member><member>..</member>. */
const struct xml_node *bakery__xml_next(const struct xml_node *node);

/* The element at "a/b/c" below node, the first of each name; NULL when it is not there. */
const struct xml_node *bakery__xml_at(const struct xml_node *node, const char *path);

/* The text of the element at path; NULL when it is not there. */
const char *bakery__xml_text(const struct xml_node *node, const char *path);

#endif
