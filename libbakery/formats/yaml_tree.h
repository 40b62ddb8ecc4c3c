/* A YAML document as JSON, read as CloudFormation reads its templates. */
#ifndef BAKERY_FORMATS_YAML_TREE_H
#define BAKERY_FORMATS_YAML_TREE_H

#include "base/report.h"
#include "formats/json.h"

/*
 * Parses text, all of it, into *ret, to be cleared by the caller. Short forms become long ones: "!Ref x" is
 * { "Ref": "x" }, "!Join [...]" is { "Fn::Join": [...] }. Scalars without quotes have the type that YAML 1.1 gives
 * them, as far as it matters in a template: null, true, false, whole numbers; everything else is text, dates and
 * fractions too. A key that stands twice has the last value.
 *
 * A number with a zero in front is octal when all its digits are below 8: of an account id 012345670123 that had no
 * quotes CloudFormation made 1402433619. That number stands in the tree, and a warning "octal-number" in report; so
 * does "duplicate-key". report may be NULL.
 *
 * What CloudFormation refuses is refused: aliases, merge keys, a second document, unknown tags, nesting deeper than 64.
 * No document grows by being read. Gives BAKERY_ERR_FORMAT with the first mistake and its line, what in front;
 * BAKERY_ERR_MEMORY.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
 */
bakery_status bakery__yaml_tree_parse(struct span text, const char *what, bakery_report *report, struct json *ret,
                                      bakery_error **err);

#endif
