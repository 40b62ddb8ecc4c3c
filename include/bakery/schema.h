/* The JSON Schema of the configuration file, for editors. */
#ifndef BAKERY_SCHEMA_H
#define BAKERY_SCHEMA_H

#include <bakery/base.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The schema, made from the tables that the loader reads by, in *ret_json; free it with bakery_free().
 * It describes the shape; what needs the whole file (names that collide, limits) only the loader knows.
 * Gives BAKERY_ERR_MEMORY. https://json-schema.org/draft/2020-12
 */
BAKERY_EXPORT bakery_status bakery_schema_json(char **ret_json, bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
