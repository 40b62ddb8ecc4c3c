/* The shape of the file: known keys in the right place, each with a value of its form. */
#ifndef BAKERY_MODEL_SHAPE_H
#define BAKERY_MODEL_SHAPE_H

#include "formats/yaml.h"

/*
 * Checks the tree against the tables of schema.h, adds every mistake to report, and takes what is wrong out of
 * the tree, so that what is left can be loaded and checked further.
 */
void bakery__shape_check(struct yaml_node *root, const char *file, bakery_report *report);

#endif
