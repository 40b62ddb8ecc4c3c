/* Any text as a configuration: what loads makes templates that are JSON, the same ones each time; the rest is told. */
#include <bakery/bakery.h>
#include <string.h>

#include "formats/json.h"
#include "target.h"

static void must_be_json(const char *text, size_t size)
{
        AUTO_CLEAR(json) json = { 0 };

        MUST(bakery__json_parse((struct span){ text, size }, "output", &json, NULL) == BAKERY_OK);
}

static void check_templates(const bakery_config *config)
{
        for (size_t i = 0; i < bakery_template_count(config); i++) {
                char *first = NULL, *second = NULL;
                size_t size = 0;
                bakery_status st = bakery_template_emit(config, i, &first, &size, NULL);

                MUST(bakery_template_emit(config, i, &second, NULL, NULL) == st);
                MUST(st == BAKERY_OK || st == BAKERY_ERR_LIMIT);
                if (st == BAKERY_OK) {
                        must_be_json(first, size);
                        MUST(strlen(first) == size && strcmp(first, second) == 0);
                }
                bakery_free(first);
                bakery_free(second);
        }
}

static void check_grants(const bakery_config *config)
{
        bakery_grants *grants = NULL;

        MUST(bakery_grants_new(config, NULL, &grants, NULL) == BAKERY_OK);
        while (bakery_grants_next(grants))
                MUST(strlen(bakery_grants_role_name(grants)) <= 64);
        bakery_grants_free(grants);
}

static void check_report(const bakery_report *report)
{
        for (int format = BAKERY_REPORT_TEXT; format <= BAKERY_REPORT_SARIF; format++) {
                char *text = NULL;

                MUST(bakery_report_print(report, (bakery_report_format)format, &text, NULL) == BAKERY_OK);
                if (format != BAKERY_REPORT_TEXT)
                        must_be_json(text, strlen(text));
                bakery_free(text);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        bakery_report *report = bakery_report_new();
        bakery_config *config = NULL;
        bakery_error *err = NULL;
        bakery_status st = bakery_config_load_text((const char *)bytes, size, "config.yml", report, &config, &err);

        MUST(st == BAKERY_OK || st == BAKERY_ERR_CONFIG);
        MUST((st == BAKERY_OK) == (config != NULL) && (st == BAKERY_OK) == (err == NULL));
        MUST((st == BAKERY_OK) == (bakery_report_count_of(report, BAKERY_SEVERITY_ERROR) == 0));
        check_report(report);
        if (config) {
                check_templates(config);
                check_grants(config);
        }
        bakery_config_free(config);
        bakery_report_free(report);
        bakery_error_free(err);
        return 0;
}
