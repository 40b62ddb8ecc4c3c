#include "model/schema.h"

#include <bakery/schema.h>
#include <check.h>
#include <ctype.h>
#include <string.h>

#include "support.h"

Suite *schema_suite(void);

/* Calls each for every key of the mapping and of those in it. */
static void for_keys(const struct mapping *mapping, void (*each)(const struct mapping *, const struct key *))
{
        const struct key *key;

        for (size_t i = 0; (key = bakery__mapping_key(mapping, i, NULL)); i++) {
                each(mapping, key);
                if (key->of)
                        for_keys(key->of, each);
        }
}

static size_t n_keys;

static void ck_key(const struct mapping *mapping, const struct key *key)
{
        n_keys++;
        ck_assert_msg(key->about && strlen(key->about) > 10, "%s has no text", key->name);
        ck_assert_msg(key->about[strlen(key->about) - 1] == '.', "the text of %s is no sentence", key->name);
        ck_assert_msg(isupper((unsigned char)key->name[0]), "%s", key->name);
        ck_assert_ptr_eq(bakery__mapping_find(mapping, key->name), key); /* a name that stands twice finds the first */

        bool of_mapping = key->kind == KEY_MAPPING || key->kind == KEY_MAPPINGS;
        ck_assert_msg((key->of != NULL) == of_mapping, "%s", key->name);
        ck_assert_msg((key->form != NULL) == (!of_mapping && key->kind != KEY_POLICY), "%s", key->name);
        ck_assert_msg(!key->required || key->kind != KEY_TEXT || !key->form->may_be_empty, "%s", key->name);
}

START_TEST(every_key_is_whole)
{
        for_keys(&bakery__config_mapping, ck_key);
        ck_assert_uint_gt(n_keys, 50);
}
END_TEST

/* Two members of one raw struct must not share their place. */
START_TEST(offsets_do_not_meet)
{
        const struct mapping *mapping = &bakery__config_mapping;
        const struct key *a, *b;
        size_t a_base, b_base;

        for (size_t m = 0; m < 3; m++) {
                for (size_t i = 0; (a = bakery__mapping_key(mapping, i, &a_base)); i++) {
                        for (size_t k = 0; k < i && (b = bakery__mapping_key(mapping, k, &b_base)); k++)
                                ck_assert_msg(a_base + a->offset != b_base + b->offset || bakery__key_is_of_tree(a) ||
                                                      bakery__key_is_of_tree(b),
                                              "%s, %s", a->name, b->name);
                }
                mapping = bakery__mapping_find(&bakery__config_mapping, m ? "AccessTypes" : "Environments")->of;
        }
}
END_TEST

START_TEST(shared_keys_come_last)
{
        const struct mapping *environment = bakery__mapping_find(&bakery__config_mapping, "Environments")->of;
        size_t base = 77;

        ck_assert_str_eq(bakery__mapping_key(environment, 0, &base)->name, "Environment");
        ck_assert_uint_eq(base, 0);
        ck_assert_str_eq(bakery__mapping_key(environment, environment->n_keys, &base)->name, "RequireMfa");
        ck_assert_uint_eq(base, environment->also_offset);
        ck_assert_ptr_null(bakery__mapping_key(environment, environment->n_keys + environment->also->n_keys, NULL));
        ck_assert_ptr_null(bakery__mapping_find(environment, "requiremfa"));
        ck_assert_ptr_null(bakery__mapping_find(environment, "TeamName"));
}
END_TEST

static const char properties[] = "properties";

static void ck_described(const struct cJSON *schema, const struct mapping *mapping)
{
        const struct cJSON *all = bakery__json_get(schema, properties);
        const struct key *key;

        ck_assert_str_eq(bakery__json_text_of(bakery__json_get(schema, "type")), "object");
        ck_assert_int_eq(bakery__json_kind(bakery__json_get(schema, "additionalProperties")), JSON_BOOL);
        for (size_t i = 0; (key = bakery__mapping_key(mapping, i, NULL)); i++) {
                const struct cJSON *property = bakery__json_get(all, key->name);
                const struct cJSON *required = bakery__json_first(bakery__json_get(schema, "required"));

                ck_assert_msg(property, "%s is missing", key->name);
                ck_assert_str_eq(bakery__json_text_of(bakery__json_get(property, "description")), key->about);
                while (required && strcmp(bakery__json_text_of(required), key->name) != 0)
                        required = bakery__json_next(required);
                ck_assert_msg((required != NULL) == key->required, "%s", key->name);
                if (key->kind == KEY_MAPPING)
                        ck_described(property, key->of);
                if (key->kind == KEY_MAPPINGS)
                        ck_described(bakery__json_get(property, "items"), key->of);
        }
}

START_TEST(the_json_schema_has_every_key)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_FREE char *text = NULL;

        ck_assert_int_eq(bakery_schema_json(&text, NULL), BAKERY_OK);
        parse_json(text, &json);
        ck_described(json.root, &bakery__config_mapping);
        ck_assert_str_eq(bakery__json_text_of(json_at(&json, "$schema")),
                         "https://json-schema.org/draft/2020-12/schema");
}
END_TEST

static const struct {
        const char *path, *value;
} parts[] = {
        { "BakeryAccount/pattern", "\"^[0-9]{12}$\"" },
        { "BakeryAccount/type", "[\"string\",\"integer\"]" },
        { "Environments/items/properties/Accounts/items/properties/Id/type", "[\"string\",\"integer\"]" },
        { "Environments/items/properties/DefaultAccount/type", "[\"string\",\"integer\"]" },
        { "TeamName/type", "\"string\"" },
        { "Partition/pattern", "\"^aws(-cn|-us-gov|-eusc|-iso(-[bef])?)?$\"" },
        { "Prefix/type", "[\"string\",\"null\"]" },
        { "SlackChannel/type", "[\"string\",\"null\"]" },
        { "Layout/enum", "[\"Single\",\"PerEnvironment\"]" },
        { "Defaults/properties/RequireMfa/type", "[\"boolean\",\"string\"]" },
        { "Defaults/properties/RequireMfa/enum",
          "[true,false,\"true\",\"false\",\"True\",\"False\",\"TRUE\",\"FALSE\"]" },
        { "Defaults/properties/MaxSessionDuration/minimum", "3600" },
        { "Defaults/properties/MaxSessionDuration/maximum", "43200" },
        { "Defaults/properties/MaxSessionDuration/type", "[\"integer\",\"string\"]" },
        { "Defaults/properties/MaxSessionDuration/pattern", "\"^[1-9][0-9]*$\"" },
        { "Defaults/properties/Tags/type", "\"object\"" },
        { "Defaults/properties/Tags/additionalProperties/maxLength", "256" },
        { "Defaults/properties/SessionTags/maxItems", "50" },
        { "Environments/minItems", "1" },
        { "Environments/items/properties/Accounts/minItems", "1" },
        { "AdminGroups/anyOf/0/type", "[\"string\",\"null\"]" },
        { "AdminGroups/anyOf/1/items/type", "\"string\"" },
        { "AdminGroups/anyOf/1/type", "\"array\"" },
        { "AccessTypes/items/properties/InlinePolicy/anyOf/0/pattern", "\"^file:.+$\"" },
        { "AccessTypes/items/properties/InlinePolicy/anyOf/1/type", "\"object\"" },
        { "Users/type", "[\"array\",\"null\"]" },
        { "Users/items/properties/Groups/items/type", "\"string\"" },
};

START_TEST(the_json_schema_says)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(json) want = { 0 };
        AUTO_FREE char *text = NULL;
        AUTO_FREE char *path = path_to(properties, parts[_i].path);

        ck_assert_int_eq(bakery_schema_json(&text, NULL), BAKERY_OK);
        parse_json(text, &json);
        parse_json(parts[_i].value, &want);
        ck_assert_msg(bakery__json_equal(json_at(&json, path), want.root), "%s is not %s", parts[_i].path,
                      parts[_i].value);
        ck_assert_ptr_null(json_at(&json, "properties/Users/minItems"));
        ck_assert_ptr_null(json_at(&json, "properties/Defaults/required"));
}
END_TEST

Suite *schema_suite(void)
{
        Suite *suite = suite_create("schema");
        TCase *tcase = tcase_create("schema");

        tcase_add_test(tcase, every_key_is_whole);
        tcase_add_test(tcase, offsets_do_not_meet);
        tcase_add_test(tcase, shared_keys_come_last);
        tcase_add_test(tcase, the_json_schema_has_every_key);
        tcase_add_loop_test(tcase, the_json_schema_says, 0, (int)N_ELEMENTS(parts));
        suite_add_tcase(suite, tcase);
        return suite;
}
