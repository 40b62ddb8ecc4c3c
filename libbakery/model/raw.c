#include "model/raw.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <string.h>

#include "model/schema.h"

static const cyaml_schema_value_t *fields_value(struct arena *arena, const struct mapping *mapping, bool pointer);

static const cyaml_schema_value_t text_entry = {
        .type = CYAML_STRING,
        .flags = CYAML_FLAG_POINTER,
        .data_size = sizeof(char),
        .string = { .min = 0, .max = CYAML_UNLIMITED },
};

static bool describe_list(struct arena *arena, const struct key *key, cyaml_schema_field_t *field)
{
        field->value.type = CYAML_SEQUENCE;
        field->value.flags |= CYAML_FLAG_POINTER;
        field->value.sequence.entry = key->kind == KEY_TEXTS ? &text_entry : fields_value(arena, key->of, false);
        field->value.sequence.max = CYAML_UNLIMITED;
        if (!field->value.sequence.entry)
                return false;
        field->value.data_size = (uint32_t)(key->kind == KEY_TEXTS ? sizeof(char *) : key->of->size_bytes);
        field->count_size = sizeof(unsigned);
        return true;
}

static bool describe(struct arena *arena, const struct key *key, size_t base, cyaml_schema_field_t *field)
{
        *field = (cyaml_schema_field_t){
                .key = key->name,
                .data_offset = (uint32_t)(base + key->offset),
                .count_offset = (uint32_t)(base + key->count_offset),
                .value = { .flags = CYAML_FLAG_OPTIONAL }, /* what is missing was reported, with its place */
        };
        if (bakery__key_is_of_tree(key)) {
                field->value.type = CYAML_IGNORE;
                return true;
        }
        switch (key->kind) {
        case KEY_TEXT:
                field->value = text_entry;
                field->value.flags |= CYAML_FLAG_OPTIONAL;
                return true;
        case KEY_TEXTS:
        case KEY_MAPPINGS:
                return describe_list(arena, key, field);
        case KEY_MAPPING: {
                const cyaml_schema_value_t *inner = fields_value(arena, key->of, false);

                if (!inner)
                        return false;
                field->value = *inner;
                field->value.flags |= CYAML_FLAG_OPTIONAL;
                return true;
        }
        case KEY_WORDS:
        case KEY_TAGS:
        case KEY_POLICY:
                break; /* of the tree */
        }
        return false;
}

static size_t count_keys(const struct mapping *mapping)
{
        return mapping->n_keys + (mapping->also ? mapping->also->n_keys : 0);
}

/* libcyaml's schema of a mapping, made from our table; NULL when memory is gone. */
static const cyaml_schema_value_t *fields_value(struct arena *arena, const struct mapping *mapping, bool pointer)
{
        cyaml_schema_value_t *value = bakery__arena_alloc(arena, sizeof *value);
        /* One more: a field without a key ends the list. */
        cyaml_schema_field_t *fields = bakery__arena_array(arena, count_keys(mapping) + 1, sizeof *fields);
        const struct key *key;
        size_t base;

        if (!value || !fields)
                return NULL;
        for (size_t i = 0; (key = bakery__mapping_key(mapping, i, &base)); i++)
                if (!describe(arena, key, base, &fields[i]))
                        return NULL;
        *value = (cyaml_schema_value_t){
                .type = CYAML_MAPPING,
                .flags = pointer ? CYAML_FLAG_POINTER : CYAML_FLAG_DEFAULT,
                .data_size = (uint32_t)mapping->size_bytes,
                .mapping = { .fields = fields },
        };
        return value;
}

/* libcyaml's last words, should it refuse what we let pass. */
struct words {
        char text[200];
};

static void __attribute__((format(printf, 3, 0)))
keep_words(cyaml_log_t level, void *context, const char *format, va_list args)
{
        struct words *words = context;

        if (level == CYAML_LOG_ERROR)
                vsnprintf(words->text, sizeof words->text, format, args);
}

static cyaml_config_t cyaml_settings(struct words *words)
{
        return (cyaml_config_t){
                .log_fn = keep_words,
                .log_ctx = words,
                .mem_fn = cyaml_mem,
                .log_level = CYAML_LOG_ERROR,
                .flags = CYAML_CFG_NO_ALIAS,
        };
}

bakery_status bakery__raw_load(struct raw *raw, struct span text, const char *file, bakery_error **err)
{
        struct words words = { "" };
        cyaml_config_t settings = cyaml_settings(&words);
        cyaml_data_t *loaded = NULL;

        raw->schema = fields_value(&raw->arena, &bakery__config_mapping, true);
        if (!raw->schema)
                return bakery__fail_memory(err);

        cyaml_err_t result = cyaml_load_data((const uint8_t *)text.at, text.len, &settings, raw->schema, &loaded, NULL);
        /* The text was printed by us, so that libyaml lacks memory and nothing else. */
        if (result == CYAML_ERR_OOM || result == CYAML_ERR_LIBYAML_PARSER_INIT || result == CYAML_ERR_LIBYAML_PARSER)
                return bakery__fail_memory(err);
        if (result != CYAML_OK)
                return bakery__fail(err, BAKERY_ERR_CONFIG, "%s: %s: %.*s", file, cyaml_strerror(result),
                                    (int)strcspn(words.text, "\n"), words.text);
        raw->config = loaded;
        return BAKERY_OK;
}

void bakery__raw_clear(struct raw *raw)
{
        cyaml_config_t settings = cyaml_settings(NULL);

        if (raw->config)
                cyaml_free(&settings, raw->schema, raw->config, 0);
        bakery__arena_clear(&raw->arena);
        *raw = (struct raw){ 0 };
}
