/* Any text as YAML: a tree whose parts are where they say they are, and which JSON can show. */
#include "formats/yaml.h"

#include "formats/yaml_json.h"
#include "target.h"

static void check_node(const struct yaml_node *node, unsigned depth)
{
        size_t n = 0;

        MUST(depth <= 64 && node->place.line > 0 && node->place.column > 0);
        MUST((node->kind == YAML_SCALAR) == (node->text != NULL));
        for (const struct yaml_node *child = node->first; child; child = child->next) {
                MUST((node->kind == YAML_MAPPING) == (child->key != NULL));
                MUST(child->next || child == node->last);
                check_node(child, depth + 1);
                n++;
        }
        MUST(n == node->count);
}

static void check_tree(const struct yaml_node *root)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(json) again = { 0 };
        AUTO_CLEAR(buf) text = { .max = 64 << 20 };

        check_node(root, 0);
        if (root->kind == YAML_SCALAR)
                return;
        bakery__yaml_to_json(&json, NULL, NULL, root);
        MUST(bakery__json_print(&json, JSON_COMPACT, &text, "tree", NULL) == BAKERY_OK);
        MUST(bakery__json_parse((struct span){ text.at, text.len }, "tree", &again, NULL) == BAKERY_OK);
        MUST(bakery__json_equal(json.root, again.root));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_report) report = bakery_report_new();
        struct yaml_node *root = NULL;
        struct span text = { size ? (const char *)bytes : "", size };
        bakery_status st = bakery__yaml_parse(text, "config.yml", &arena, report, &root, NULL);

        MUST(st == BAKERY_OK || (st == BAKERY_ERR_FORMAT && !root && bakery_report_count(report) > 0));
        if (root)
                check_tree(root);
        return 0;
}
