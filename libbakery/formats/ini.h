/*
 * AWS's profile files: ~/.aws/config and ~/.aws/credentials. Pure: the text comes in.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
#ifndef BAKERY_FORMATS_INI_H
#define BAKERY_FORMATS_INI_H

#include "base/arena.h"
#include "base/map.h"

enum ini_file { INI_CONFIG, INI_CREDENTIALS };

enum ini_kind { INI_PROFILE, INI_SSO_SESSION, INI_SERVICES, INI_N_KINDS };

enum {
        INI_MAX_BYTES = 8 << 20,
        INI_MAX_LINE_BYTES = 64 << 10, /* of a line, and of a value with its continuations */
        INI_MAX_SECTIONS = 50000,
        INI_MAX_PROPERTIES = 1000, /* of one section */
};

struct ini_property {
        struct ini_property *next;
        const char *name;  /* in lower case: names are without case */
        const char *value; /* trimmed; lines of a continuation joined by '\n'; sub-properties after a leading '\n' */
        const char *file;  /* where it was written, from 1 */
        unsigned line;
};

struct ini_section {
        struct ini_section *next; /* the next one of any kind, in the order of the files */
        enum ini_kind kind;
        bool prefixed; /* "[profile default]", which hides "[default]" in the same file */
        const char *name;
        struct ini_property *first, *last;
        size_t count;
};

/* What the files say together. Begin with { 0 }. Values hold secrets: clearing wipes them. */
struct ini {
        struct arena arena;
        struct map by_name[INI_N_KINDS];
        struct ini_section *first, *last;
        size_t count;
};

/*
 * Adds the text of a file, whose path is for messages. Sections of one name are merged, and the value that comes last
 * wins: so add the config file first, then the credentials file. What AWS ignores is ignored: sections without the
 * "profile" prefix in the config file, names with characters that no name has.
 *
 * Gives BAKERY_ERR_CONFIG for what AWS's SDKs refuse, BAKERY_ERR_LIMIT, BAKERY_ERR_MEMORY; then ini is only good for
 * bakery__ini_clear(). A message names file and line and never repeats a piece of it.
 */
bakery_status bakery__ini_add(struct ini *ini, enum ini_file file, const char *path, struct span text,
                              bakery_error **err);

/* The section of that name, case as written; NULL when there is none. */
const struct ini_section *bakery__ini_find(const struct ini *ini, enum ini_kind kind, const char *name);

/* The property, or its value, of that name in lower case; NULL when there is none, or no section. */
const struct ini_property *bakery__ini_property(const struct ini_section *section, const char *name);
const char *bakery__ini_value(const struct ini_section *section, const char *name);

/* The sub-property of that name in a value: "\nendpoint_url = http://x\nregion = y". False when there is none. */
bool bakery__ini_sub_value(const char *value, const char *name, struct span *ret);

void bakery__ini_clear(struct ini *ini);
DEFINE_AUTO_CLEAR(ini, bakery__ini_clear)

#endif
