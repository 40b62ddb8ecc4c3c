#include "model/settings.h"

#include "model/form.h"

static enum said flag_of(const char *text)
{
        if (!text)
                return UNSAID;
        return bakery__form_flag_value(text) ? SAID_YES : SAID_NO;
}

static unsigned number_of(const char *text)
{
        return text ? bakery__form_number_value(text) : 0;
}

static struct place place_in(const struct yaml_node *mapping, const char *key)
{
        const struct yaml_node *node = bakery__yaml_get(mapping, key);

        return node ? node->place : (struct place){ 0, 0 };
}

/* Tags have keys of the writer's own, so they come from the tree. */
static bool read_tags(const struct yaml_node *node, struct arena *arena, struct settings *ret)
{
        struct tag *tags;
        size_t n = 0;

        if (!node)
                return true;
        tags = bakery__arena_array(arena, node->count, sizeof *tags);
        if (!tags)
                return false;
        for (const struct yaml_node *child = node->first; child; child = child->next)
                tags[n++] = (struct tag){ child->key, child->text };
        ret->tags = tags;
        ret->n_tags = n;
        ret->tags_place = node->key_place;
        return true;
}

bool bakery__settings_read(const struct raw_settings *raw, const struct yaml_node *mapping, struct arena *arena,
                           struct settings *ret)
{
        *ret = (struct settings){
                .require_mfa = flag_of(raw->require_mfa),
                .require_session_name = flag_of(raw->require_session_name),
                .source_identity = flag_of(raw->source_identity),
                .mfa_max_age_s = number_of(raw->mfa_max_age),
                .max_session_duration_s = number_of(raw->max_session_duration),
                .permissions_boundary = raw->permissions_boundary,
                .role_path = raw->role_path,
                .session_tags = (const char *const *)raw->session_tags,
                .n_session_tags = raw->n_session_tags,
                .require_mfa_place = place_in(mapping, "RequireMfa"),
                .mfa_max_age_place = place_in(mapping, "MfaMaxAge"),
                .boundary_place = place_in(mapping, "PermissionsBoundary"),
                .role_path_place = place_in(mapping, "RolePath"),
        };
        return read_tags(bakery__yaml_get(mapping, "Tags"), arena, ret);
}

static enum said either(enum said near, enum said far)
{
        return near > far ? near : far;
}

/* 0 is "not said", which is smaller than nothing. */
static bool near_is_smaller(unsigned near, unsigned far)
{
        return near != 0 && (far == 0 || near <= far);
}

static const struct tag *find_tag(const struct tag *tags, size_t n, const char *key)
{
        for (size_t i = 0; i < n; i++)
                if (bakery__str_equal_nocase(tags[i].key, key)) /* as IAM compares them */
                        return &tags[i];
        return NULL;
}

/* The far level's tags in their order, the nearer's value where both have one, then what only the nearer has. */
static bool merge_tags(const struct settings *near, const struct settings *far, struct arena *arena,
                       struct settings *ret)
{
        struct tag *tags = bakery__arena_array(arena, near->n_tags + far->n_tags, sizeof *tags);
        size_t n = 0;

        if (!tags)
                return false;
        for (size_t i = 0; i < far->n_tags; i++) {
                const struct tag *nearer = find_tag(near->tags, near->n_tags, far->tags[i].key);

                tags[n++] = nearer ? *nearer : far->tags[i];
        }
        for (size_t i = 0; i < near->n_tags; i++)
                if (!find_tag(far->tags, far->n_tags, near->tags[i].key))
                        tags[n++] = near->tags[i];
        ret->tags = tags;
        ret->n_tags = n;
        return true;
}

static bool holds(const char *const *texts, size_t n, const char *text)
{
        for (size_t i = 0; i < n; i++)
                if (bakery__str_equal_nocase(texts[i], text))
                        return true;
        return false;
}

static void join(const char **texts, size_t *n, const struct settings *level)
{
        for (size_t i = 0; i < level->n_session_tags; i++)
                if (!holds(texts, *n, level->session_tags[i]))
                        texts[(*n)++] = level->session_tags[i];
}

static bool merge_session_tags(const struct settings *near, const struct settings *far, struct arena *arena,
                               struct settings *ret)
{
        const char **texts = bakery__arena_array(arena, near->n_session_tags + far->n_session_tags, sizeof *texts);

        if (!texts)
                return false;
        ret->n_session_tags = 0;
        join(texts, &ret->n_session_tags, far);
        join(texts, &ret->n_session_tags, near);
        ret->session_tags = texts;
        return true;
}

bool bakery__settings_merge(const struct settings *near, const struct settings *far, struct arena *arena,
                            struct settings *ret)
{
        bool near_age = near_is_smaller(near->mfa_max_age_s, far->mfa_max_age_s);
        bool near_duration = near_is_smaller(near->max_session_duration_s, far->max_session_duration_s);

        *ret = (struct settings){
                .require_mfa = either(near->require_mfa, far->require_mfa),
                .require_session_name = either(near->require_session_name, far->require_session_name),
                .source_identity = either(near->source_identity, far->source_identity),
                .mfa_max_age_s = near_age ? near->mfa_max_age_s : far->mfa_max_age_s,
                .max_session_duration_s = near_duration ? near->max_session_duration_s : far->max_session_duration_s,
                .permissions_boundary =
                        near->permissions_boundary ? near->permissions_boundary : far->permissions_boundary,
                .role_path = near->role_path ? near->role_path : far->role_path,
                .require_mfa_place =
                        near->require_mfa >= far->require_mfa ? near->require_mfa_place : far->require_mfa_place,
                .mfa_max_age_place = near_age ? near->mfa_max_age_place : far->mfa_max_age_place,
                .boundary_place = near->permissions_boundary ? near->boundary_place : far->boundary_place,
                .role_path_place = near->role_path ? near->role_path_place : far->role_path_place,
                .tags_place = near->n_tags > 0 ? near->tags_place : far->tags_place,
        };
        return merge_tags(near, far, arena, ret) && merge_session_tags(near, far, arena, ret);
}
