/*
 * JSON: a tree that is built here and nowhere else, and printed only when nothing failed while it was built.
 *
 * Why so strict: with one failed allocation plain cJSON prints {"Effect":"Allow","Action":"sts:AssumeRole"},
 * its Condition silently gone. Out of memory would widen a grant.
 */
#ifndef BAKERY_FORMATS_JSON_H
#define BAKERY_FORMATS_JSON_H

#include "base/buf.h"

struct cJSON;

/*
 * A document under construction; begin with { 0 }. The first failure sticks: what is put after it goes
 * nowhere, and the document refuses to print. So: put freely, look once, when it is printed.
 */
struct json {
        struct cJSON *root;
        bool no_memory;
        bool secret; /* its text is wiped when it is cleared */
};

/* The root, made at the first call; NULL when memory is gone, which every function below takes as a parent. */
struct cJSON *bakery__json_root(struct json *json);       /* an object */
struct cJSON *bakery__json_root_array(struct json *json); /* or an array */

/*
 * Put a value into parent: under key when parent is an object (keys stay in the order in which they are put,
 * and must be new), with key NULL at the end when it is an array. Text is copied.
 */
struct cJSON *bakery__json_object(struct json *json, struct cJSON *parent, const char *key);
struct cJSON *bakery__json_array(struct json *json, struct cJSON *parent, const char *key);
void bakery__json_text(struct json *json, struct cJSON *parent, const char *key, const char *text);
void bakery__json_format(struct json *json, struct cJSON *parent, const char *key, const char *format, ...)
        BAKERY__PRINTF(4, 5);
void bakery__json_number(struct json *json, struct cJSON *parent, const char *key, long long number);
void bakery__json_bool(struct json *json, struct cJSON *parent, const char *key, bool value);
void bakery__json_null(struct json *json, struct cJSON *parent, const char *key);
void bakery__json_copy(struct json *json, struct cJSON *parent, const char *key, const struct cJSON *value);

/* Text put only when it is not NULL. */
void bakery__json_optional_text(struct json *json, struct cJSON *parent, const char *key, const char *text);

enum json_style {
        JSON_COMPACT, /* no white space: what AWS counts */
        JSON_PRETTY,  /* two spaces a level, every element on a line of its own, a newline at the end */
        JSON_LINE,    /* compact, with a newline at the end */
        JSON_AS_YAML, /* compact, for readers of YAML, which know no halves of characters */
};

/* Appends the document to buf; what bakery_text_hidden() knows is escaped. Gives BAKERY_ERR_MEMORY when anything failed
 * while it was built; what is the document's name in the error when buf's cap is reached. */
bakery_status bakery__json_print(const struct json *json, enum json_style style, struct buf *buf, const char *what,
                                 bakery_error **err);

/*
 * Hands over what was printed for people or for programs: the document when one was begun, else the text, line by line
 * as bakery__buf_shown() has it. what names it in errors; the same cap holds for both.
 */
bakery_status bakery__json_or_text_take(const struct json *json, enum json_style style, struct buf *text,
                                        const char *what, char **ret_text, bakery_error **err);

void bakery__json_clear(struct json *json);
DEFINE_AUTO_CLEAR(json, bakery__json_clear)

/*
 * Parses text, all of it, into *ret, to be cleared by the caller; of what stood in ret only "secret" is looked at.
 * Refuses what cJSON would let through: what RFC 8259 does not allow, text behind the value, a key that stands twice in
 * one object (cJSON takes the first, others the last), \u0000 (cJSON cuts there), numbers past 2^53 (cJSON changes
 * them), bytes that are no UTF-8. what names the text in errors, the text itself never shows.
 * Gives BAKERY_ERR_FORMAT, BAKERY_ERR_MEMORY.
 */
bakery_status bakery__json_parse(struct span text, const char *what, struct json *ret, bakery_error **err);

/* Looking at a tree. Each takes NULL, as something that is not there. */
enum json_kind { JSON_NOTHING, JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };
enum json_kind bakery__json_kind(const struct cJSON *value);
const struct cJSON *bakery__json_get(const struct cJSON *object, const char *key); /* case as written */
const char *bakery__json_text_of(const struct cJSON *value);                       /* NULL when it is no text */
bool bakery__json_is_true(const struct cJSON *value);
bool bakery__json_whole_number_of(const struct cJSON *value, long long *ret); /* false when it is none */
const struct cJSON *bakery__json_first(const struct cJSON *value);            /* child of an object or array */
const struct cJSON *bakery__json_next(const struct cJSON *child);
const char *bakery__json_key(const struct cJSON *child); /* of a child of an object */

/* The same value, whatever the order of keys; nothing equals nothing. */
bool bakery__json_equal(const struct cJSON *a, const struct cJSON *b);

#endif
