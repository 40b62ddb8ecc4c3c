/* Any bytes as a profile file of either kind: what was read can be found, and stays within its limits. */
#include "formats/ini.h"
#include "target.h"

#include <string.h>

static void check_property(const struct ini_section *section, const struct ini_property *property)
{
        struct span value;

        MUST(property->line > 0 && strcmp(property->file, "file") == 0);
        MUST(bakery__ini_property(section, property->name) == property);
        MUST(strlen(property->value) <= INI_MAX_LINE_BYTES);
        for (const char *c = property->name; *c; c++)
                MUST(*c == bakery__ascii_lower(*c));
        if (bakery__ini_sub_value(property->value, "endpoint_url", &value))
                MUST(value.at >= property->value && value.at + value.len <= property->value + strlen(property->value));
}

static void check(const struct ini *ini)
{
        size_t sections = 0;

        for (const struct ini_section *section = ini->first; section; section = section->next) {
                size_t properties = 0;

                MUST(bakery__ini_find(ini, section->kind, section->name) == section);
                for (const struct ini_property *each = section->first; each; each = each->next) {
                        check_property(section, each);
                        properties++;
                }
                MUST(properties == section->count && properties <= INI_MAX_PROPERTIES);
                sections++;
        }
        MUST(sections == ini->count && sections <= INI_MAX_SECTIONS);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static const enum ini_file files[] = { INI_CONFIG, INI_CREDENTIALS };
        const struct span text = { size ? (const char *)bytes : "", size };

        for (size_t i = 0; i < N_ELEMENTS(files); i++) {
                AUTO_CLEAR(ini) ini = { 0 };
                bakery_error *err = NULL;
                bakery_status st = bakery__ini_add(&ini, files[i], "file", text, &err);

                MUST(st == BAKERY_OK || st == BAKERY_ERR_CONFIG || st == BAKERY_ERR_LIMIT);
                MUST((st == BAKERY_OK) == (err == NULL));
                if (!st)
                        check(&ini);
                bakery_error_free(err);
        }
        return 0;
}
