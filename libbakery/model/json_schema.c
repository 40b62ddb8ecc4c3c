#include <bakery/schema.h>

#include "formats/json.h"
#include "model/schema.h"

static void put_mapping(struct json *json, struct cJSON *to, const struct mapping *mapping);

static bool is_number(const struct form *form)
{
        return form->max > 0;
}

static void put_choices(struct json *json, struct cJSON *to, const struct form *form)
{
        struct cJSON *choices = bakery__json_array(json, to, "enum");

        if (form->schema_type) { /* a flag: of its own type, too */
                bakery__json_bool(json, choices, NULL, true);
                bakery__json_bool(json, choices, NULL, false);
        }
        for (const char *const *choice = form->choices; *choice; choice++)
                bakery__json_text(json, choices, NULL, *choice);
}

/* One type, or a list of those that may stand there. */
static void put_types(struct json *json, struct cJSON *to, const char *type, const char *also, bool may_be_null)
{
        if (!also && !may_be_null) {
                bakery__json_text(json, to, "type", type);
                return;
        }

        struct cJSON *types = bakery__json_array(json, to, "type");
        bakery__json_text(json, types, NULL, type);
        bakery__json_optional_text(json, types, NULL, also);
        bakery__json_optional_text(json, types, NULL, may_be_null ? "null" : NULL);
}

/* Only the value of a key may be left out, not an element of a list. */
static void put_form(struct json *json, struct cJSON *to, const struct form *form, bool may_be_null)
{
        put_types(json, to, form->schema_type ? form->schema_type : "string", form->schema_also, may_be_null);
        if (is_number(form)) {
                bakery__json_number(json, to, "minimum", form->min);
                bakery__json_number(json, to, "maximum", form->max);
        }
        if (form->choices)
                put_choices(json, to, form);
        bakery__json_optional_text(json, to, "pattern", form->schema_pattern);
        if (form->max_length > 0 && !form->schema_pattern)
                bakery__json_number(json, to, "maxLength", (long long)form->max_length);
}

static struct cJSON *put_list(struct json *json, struct cJSON *to, const struct key *key)
{
        put_types(json, to, "array", NULL, key->may_be_empty);
        if (!key->may_be_empty)
                bakery__json_number(json, to, "minItems", 1);
        if (key->max_count > 0)
                bakery__json_number(json, to, "maxItems", (long long)key->max_count);
        return bakery__json_object(json, to, "items");
}

/* Either of two shapes: gives the list they stand in. */
static struct cJSON *put_either(struct json *json, struct cJSON *to)
{
        return bakery__json_array(json, to, "anyOf");
}

static void put_words(struct json *json, struct cJSON *to, const struct key *key)
{
        struct cJSON *either = put_either(json, to);

        put_form(json, bakery__json_object(json, either, NULL), key->form, key->form->may_be_empty);
        put_form(json, put_list(json, bakery__json_object(json, either, NULL), key), key->form, false);
}

static void put_tags(struct json *json, struct cJSON *to, const struct key *key)
{
        bakery__json_text(json, to, "type", "object");
        put_form(json, bakery__json_object(json, to, "additionalProperties"), key->form, false);
}

static void put_policy(struct json *json, struct cJSON *to)
{
        struct cJSON *either = put_either(json, to);
        struct cJSON *file = bakery__json_object(json, either, NULL);

        bakery__json_text(json, file, "type", "string");
        bakery__json_text(json, file, "pattern", "^file:.+$");
        bakery__json_text(json, bakery__json_object(json, either, NULL), "type", "object");
}

static void put_key(struct json *json, struct cJSON *properties, const struct key *key)
{
        struct cJSON *to = bakery__json_object(json, properties, key->name);

        bakery__json_text(json, to, "description", key->about);
        switch (key->kind) {
        case KEY_TEXT:
                put_form(json, to, key->form, key->form->may_be_empty);
                break;
        case KEY_TEXTS:
                put_form(json, put_list(json, to, key), key->form, false);
                break;
        case KEY_MAPPING:
                put_mapping(json, to, key->of);
                break;
        case KEY_MAPPINGS:
                put_mapping(json, put_list(json, to, key), key->of);
                break;
        case KEY_WORDS:
                put_words(json, to, key);
                break;
        case KEY_TAGS:
                put_tags(json, to, key);
                break;
        case KEY_POLICY:
                put_policy(json, to);
                break;
        }
}

static bool has_required(const struct mapping *mapping)
{
        for (size_t i = 0; i < mapping->n_keys; i++)
                if (mapping->keys[i].required)
                        return true;
        return false;
}

static void put_mapping(struct json *json, struct cJSON *to, const struct mapping *mapping)
{
        const struct key *key;

        bakery__json_text(json, to, "type", "object");
        bakery__json_bool(json, to, "additionalProperties", false);
        struct cJSON *required = has_required(mapping) ? bakery__json_array(json, to, "required") : NULL;
        for (size_t i = 0; required && i < mapping->n_keys; i++)
                if (mapping->keys[i].required)
                        bakery__json_text(json, required, NULL, mapping->keys[i].name);
        struct cJSON *properties = bakery__json_object(json, to, "properties");
        for (size_t i = 0; (key = bakery__mapping_key(mapping, i, NULL)); i++)
                put_key(json, properties, key);
}

bakery_status bakery_schema_json(char **ret_json, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };
        struct cJSON *root = bakery__json_root(&json);

        bakery__error_clear(err);
        bakery__json_text(&json, root, "$schema", "https://json-schema.org/draft/2020-12/schema");
        bakery__json_text(&json, root, "title", "config.yml of Bakery");
        put_mapping(&json, root, &bakery__config_mapping);

        bakery_status st = bakery__json_print(&json, JSON_PRETTY, &text, "the schema", err);
        return st ? st : bakery__buf_take(&text, "the schema", ret_json, NULL, err);
}
