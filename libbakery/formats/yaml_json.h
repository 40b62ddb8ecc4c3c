/* A YAML tree as JSON: every scalar as the text that stands there. */
#ifndef BAKERY_FORMATS_YAML_JSON_H
#define BAKERY_FORMATS_YAML_JSON_H

#include "formats/json.h"
#include "formats/yaml.h"

/* Puts node into parent under key, or makes it the root when parent is NULL. Refused nodes are left out. */
void bakery__yaml_to_json(struct json *json, struct cJSON *parent, const char *key, const struct yaml_node *node);

#endif
