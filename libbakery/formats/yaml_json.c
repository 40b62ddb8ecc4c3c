#include "formats/yaml_json.h"

static void put_children(struct json *json, struct cJSON *to, const struct yaml_node *node)
{
        for (const struct yaml_node *child = node->first; child; child = child->next)
                if (!child->kept_out && (!child->refused || child->kind != YAML_SCALAR))
                        bakery__yaml_to_json(json, to, node->kind == YAML_MAPPING ? child->key : NULL, child);
}

void bakery__yaml_to_json(struct json *json, struct cJSON *parent, const char *key, const struct yaml_node *node)
{
        bool mapping = node->kind == YAML_MAPPING;

        if (node->kind == YAML_SCALAR)
                bakery__json_text(json, parent, key, node->text);
        else if (!parent)
                put_children(json, mapping ? bakery__json_root(json) : bakery__json_root_array(json), node);
        else
                put_children(json,
                             mapping ? bakery__json_object(json, parent, key) : bakery__json_array(json, parent, key),
                             node);
}
