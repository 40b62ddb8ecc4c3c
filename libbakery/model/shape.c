#include "model/shape.h"

#include <string.h>

#include "base/buf.h"
#include "model/schema.h"

enum { SHOWN_BYTES = 64 };

struct shaping {
        const char *file;
        bakery_report *report;
};

static struct finding *mistake(struct shaping *in, const char *rule, struct place place, const char *format, ...)
        BAKERY__PRINTF(4, 5);

static struct finding *mistake(struct shaping *in, const char *rule, struct place place, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        struct finding *finding =
                bakery__report_vadd(in->report, BAKERY_SEVERITY_ERROR, rule, in->file, place, format, args);
        va_end(args);
        return finding;
}

static void hint_allowed_keys(struct shaping *in, struct finding *finding, const struct mapping *mapping)
{
        AUTO_CLEAR(buf) names = { .max = 4096 };
        const struct key *key;

        for (size_t i = 0; (key = bakery__mapping_key(mapping, i, NULL)); i++)
                bakery__buf_format(&names, "%s%s", i ? ", " : "", key->name);
        if (names.no_memory)
                bakery__report_lose(in->report);
        else
                bakery__report_hint(in->report, finding, "allowed here: %s", names.at);
}

/* The key that was probably meant; NULL when none is near. */
static const char *nearest_key(const struct yaml_node *child, const struct mapping *mapping)
{
        struct nearest nearest = bakery__nearest(child->key);
        const struct key *key;

        for (size_t i = 0; (key = bakery__mapping_key(mapping, i, NULL)); i++)
                bakery__nearest_offer(&nearest, key->name);
        return nearest.name;
}

static void report_unknown(struct shaping *in, const struct yaml_node *child, const struct mapping *mapping)
{
        const char *nearest = nearest_key(child, mapping);
        /* "SlackChannelHookUrl:https://..." without a blank is one key, of which only the name may be shown. */
        int shown = (int)strcspn(child->key, ":");
        struct finding *finding = mistake(in, "unknown-key", child->key_place, "unknown key \"%.*s\" in %s",
                                          shown < 60 ? shown : 60, child->key, mapping->noun);

        if (child->key[shown])
                bakery__report_hint(in->report, finding, "a blank must stand behind the colon of a key");
        else if (nearest)
                bakery__report_hint(in->report, finding, "did you mean \"%s\"?", nearest);
        else
                hint_allowed_keys(in, finding, mapping);
}

/* What stands there, without its text: it may be a secret. */
static const char *kind_of(const struct yaml_node *node)
{
        if (node->kind == YAML_LIST)
                return node->first ? "a list" : "an empty list";
        if (node->kind == YAML_MAPPING)
                return "a mapping";
        return bakery__yaml_is_null(node) ? "nothing" : "text";
}

static bool wrong_kind(struct shaping *in, const struct key *key, const struct yaml_node *node, const char *must)
{
        mistake(in, "wrong-kind", node->place, "%s must be %s, not %s", key->name, must, kind_of(node));
        return false;
}

/* A value that is not written where it may be left out: as if the key were not there. */
static bool is_absent(const struct key *key, const struct yaml_node *node)
{
        bool may = key->form ? key->form->may_be_empty : false;

        if (node->kind != YAML_SCALAR || !(may || key->may_be_empty))
                return false;
        return bakery__yaml_is_null(node) || (may && !*node->text);
}

/* A long text is shown by its beginning and its length, which may be what is wrong. */
static struct finding *bad_text(struct shaping *in, const struct key *key, const struct form *form,
                                const struct yaml_node *node)
{
        if (strlen(node->text) <= SHOWN_BYTES)
                return mistake(in, "bad-value", node->place, "%s must be %s, not \"%s\"", key->name, form->must,
                               node->text);
        return mistake(in, "bad-value", node->place, "%s must be %s, not \"%.*s...\" of %zu characters", key->name,
                       form->must, SHOWN_BYTES, node->text, strlen(node->text));
}

static bool check_text(struct shaping *in, const struct key *key, const struct form *form, const struct yaml_node *node)
{
        struct finding *finding;

        if (node->refused)
                return false;
        if (node->kind != YAML_SCALAR)
                return wrong_kind(in, key, node, form->must);
        if (!bakery__yaml_is_null(node) && form->accepts(form, bakery__span(node->text)))
                return true;
        if (bakery__yaml_is_null(node))
                finding =
                        mistake(in, "bad-value", node->place, "%s must be %s, but has no value", key->name, form->must);
        else if (key->secret)
                finding = mistake(in, "bad-value", node->place, "%s must be %s", key->name, form->must);
        else
                finding = bad_text(in, key, form, node);
        if (form->hint)
                bakery__report_hint(in->report, finding, "%s", form->hint);
        return false;
}

static void check_mapping(struct shaping *in, struct yaml_node *node, const struct mapping *mapping);

static bool check_child_mapping(struct shaping *in, const struct key *key, struct yaml_node *node)
{
        if (node->kind == YAML_SCALAR && node->refused)
                return false;
        if (node->kind != YAML_MAPPING) {
                if (key->kind == KEY_MAPPING)
                        return wrong_kind(in, key, node, "a mapping of keys and values");
                mistake(in, "wrong-kind", node->place, "%s in %s must be a mapping of keys and values, not %s",
                        key->of->noun, key->name, kind_of(node));
                return false;
        }
        check_mapping(in, node, key->of);
        return true;
}

static void take_out(struct yaml_node *parent, struct yaml_node *previous, struct yaml_node *child)
{
        bakery__yaml_remove(parent, previous, child);
        parent->refused = true; /* what it now seems to lack was told */
}

/* Calls check for each child, and takes out the ones that do not pass. */
static void keep_children(struct shaping *in, const struct key *key, struct yaml_node *list,
                          bool (*check)(struct shaping *, const struct key *, struct yaml_node *))
{
        struct yaml_node *previous = NULL;

        for (struct yaml_node *child = list->first; child; child = child->next) {
                if (check(in, key, child))
                        previous = child;
                else
                        take_out(list, previous, child);
        }
}

static bool check_form(struct shaping *in, const struct key *key, struct yaml_node *node)
{
        return check_text(in, key, key->form, node);
}

static bool check_list(struct shaping *in, const struct key *key, struct yaml_node *node)
{
        if (node->kind != YAML_LIST)
                return wrong_kind(in, key, node, "a list");
        if (!node->first && !key->may_be_empty)
                return wrong_kind(in, key, node, "a list of at least one");
        if (key->max_count > 0 && node->count > key->max_count) {
                mistake(in, "list-too-long", node->place, "%s has %zu elements, and at most %zu may be there",
                        key->name, node->count, key->max_count);
                return false;
        }
        keep_children(in, key, node, key->kind == KEY_TEXTS ? check_form : check_child_mapping);
        return true;
}

static bool check_tag(struct shaping *in, const struct key *key, struct yaml_node *node)
{
        if (!form_tag_key.accepts(&form_tag_key, bakery__span(node->key))) {
                mistake(in, "bad-value", node->key_place, "\"%.60s\" must be %s", node->key, form_tag_key.must);
                return false;
        }
        return check_text(in, &(struct key){ .name = node->key }, key->form, node);
}

/* IAM's tag keys are without case. Lists of tags are short, or refused for their length. */
static void check_tag_keys(struct shaping *in, const struct yaml_node *tags)
{
        for (const struct yaml_node *child = tags->first; child; child = child->next)
                for (const struct yaml_node *before = tags->first; before != child; before = before->next)
                        if (bakery__str_equal_nocase(before->key, child->key))
                                mistake(in, "name-collision", child->key_place,
                                        "tag \"%.60s\" differs from \"%.60s\" of line %u only in case", child->key,
                                        before->key, before->key_place.line);
}

enum { TAGS_AT_MOST = 50 };

static bool check_tags(struct shaping *in, const struct key *key, struct yaml_node *node)
{
        if (node->kind != YAML_MAPPING)
                return wrong_kind(in, key, node, "a mapping of tag keys and values");
        keep_children(in, key, node, check_tag);
        if (node->count <= TAGS_AT_MOST)
                check_tag_keys(in, node);
        return true;
}

static bool check_words(struct shaping *in, const struct key *key, struct yaml_node *node)
{
        if (node->kind == YAML_MAPPING)
                return wrong_kind(in, key, node, "a list, or text with commas");
        if (node->kind == YAML_LIST)
                keep_children(in, key, node, check_form);
        return node->kind == YAML_LIST || check_text(in, key, key->form, node);
}

static bool check_policy(struct shaping *in, const struct key *key, struct yaml_node *node)
{
        if (node->kind == YAML_SCALAR && bakery__str_starts(node->text, "file:") && node->text[strlen("file:")])
                return true;
        if (node->kind == YAML_MAPPING)
                return true;
        return wrong_kind(in, key, node, "a policy document, or file:NAME");
}

static bool check_value(struct shaping *in, const struct key *key, struct yaml_node *node)
{
        if (node->kind == YAML_SCALAR && node->refused)
                return false;
        if (is_absent(key, node))
                return false;
        switch (key->kind) {
        case KEY_TEXT:
                return check_form(in, key, node);
        case KEY_TEXTS:
        case KEY_MAPPINGS:
                return check_list(in, key, node);
        case KEY_MAPPING:
                return check_child_mapping(in, key, node);
        case KEY_WORDS:
                return check_words(in, key, node);
        case KEY_TAGS:
                return check_tags(in, key, node);
        case KEY_POLICY:
                return check_policy(in, key, node);
        }
        return false;
}

/* The key is there in other letters, and "did you mean" tells it. */
static bool is_misspelt(const struct yaml_node *node, const struct mapping *mapping, const struct key *key)
{
        for (const struct yaml_node *child = node->first; child; child = child->next)
                if (!bakery__mapping_find(mapping, child->key) &&
                    bakery__str_equal(nearest_key(child, mapping), key->name))
                        return true;
        return false;
}

/* A mapping that merges or aliases keys in may lack nothing in its writer's eyes: one sentence is enough. */
static void report_missing(struct shaping *in, const struct yaml_node *node, const struct mapping *mapping)
{
        const struct key *key;

        for (size_t i = 0; !node->refused && (key = bakery__mapping_key(mapping, i, NULL)); i++)
                if (key->required && !bakery__yaml_get(node, key->name) && !is_misspelt(node, mapping, key))
                        mistake(in, "missing-key", node->place, "%s is missing in %s", key->name, mapping->noun);
}

static void check_mapping(struct shaping *in, struct yaml_node *node, const struct mapping *mapping)
{
        struct yaml_node *previous = NULL;

        report_missing(in, node, mapping);
        for (struct yaml_node *child = node->first; child; child = child->next) {
                const struct key *key = bakery__mapping_find(mapping, child->key);
                bool keep = key && check_value(in, key, child);

                if (!key)
                        report_unknown(in, child, mapping);
                if (!keep) {
                        take_out(node, previous, child);
                        continue;
                }
                child->kept_out = bakery__key_is_of_tree(key);
                previous = child;
        }
}

void bakery__shape_check(struct yaml_node *root, const char *file, bakery_report *report)
{
        struct shaping in = { .file = file, .report = report };

        if (root->kind != YAML_MAPPING) {
                mistake(&in, "wrong-kind", root->place,
                        "the configuration must be a mapping of keys and values, not %s", kind_of(root));
                return;
        }
        check_mapping(&in, root, &bakery__config_mapping);
}
