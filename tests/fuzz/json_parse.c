/* Any text as JSON: what is accepted is the same once it was printed, in both styles. */
#include "formats/json.h"
#include "target.h"

static void check_printed(const struct json *json, enum json_style style)
{
        AUTO_CLEAR(buf) text = { .max = 64 << 20 };
        AUTO_CLEAR(json) again = { 0 };

        MUST(bakery__json_print(json, style, &text, "document", NULL) == BAKERY_OK);
        MUST(bakery__json_parse((struct span){ text.at, text.len }, "document", &again, NULL) == BAKERY_OK);
        MUST(bakery__json_equal(json->root, again.root));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        AUTO_CLEAR(json) json = { 0 };
        bakery_error *err = NULL;
        bakery_status st =
                bakery__json_parse((struct span){ size ? (const char *)bytes : "", size }, "document", &json, &err);

        MUST(st == BAKERY_OK || st == BAKERY_ERR_FORMAT);
        MUST((st == BAKERY_OK) == (json.root != NULL) && (st == BAKERY_OK) == (err == NULL));
        if (json.root) {
                check_printed(&json, JSON_COMPACT);
                check_printed(&json, JSON_PRETTY);
        }
        bakery_error_free(err);
        return 0;
}
