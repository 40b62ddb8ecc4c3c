/* What the levels (Defaults, an environment, an access type) say of a role, and which of it holds. */
#ifndef BAKERY_MODEL_SETTINGS_H
#define BAKERY_MODEL_SETTINGS_H

#include "base/arena.h"
#include "base/report.h"
#include "formats/yaml.h"
#include "model/raw.h"

enum said { UNSAID, SAID_NO, SAID_YES }; /* in this order: what is said more strongly wins */

struct tag {
        const char *key, *value;
};

/* Of one level; or, merged, of a group. Texts are borrowed from the raw configuration or the arena. */
struct settings {
        enum said require_mfa, require_session_name, source_identity;
        unsigned mfa_max_age_s;           /* 0: not said */
        unsigned max_session_duration_s;  /* 0: not said, IAM's own 3600 */
        const char *permissions_boundary; /* NULL: none */
        const char *role_path;            /* NULL: "/" */
        const struct tag *tags;
        size_t n_tags;
        const char *const *session_tags;
        size_t n_session_tags;
        /* Where it was said: of a merged one, by the level that won. */
        struct place require_mfa_place, mfa_max_age_place, boundary_place, role_path_place, tags_place;
};

/* Reads a level from what libcyaml loaded and the mapping it stood in (NULL: nothing is said). False: no memory. */
bool bakery__settings_read(const struct raw_settings *raw, const struct yaml_node *mapping, struct arena *arena,
                           struct settings *ret);

/*
 * Merges two levels, of which near goes first: flags are on when either says so, of numbers the smaller holds,
 * of the boundary and the path the nearer; tags are joined, the nearer holding. False: no memory.
 */
bool bakery__settings_merge(const struct settings *near, const struct settings *far, struct arena *arena,
                            struct settings *ret);

#endif
