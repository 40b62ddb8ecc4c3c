/* A report as text for people, as JSON, and as SARIF for code hosts. */
#include <bakery/report.h>

#include <string.h>

#include "base/buf.h"
#include "base/report.h"
#include "formats/json.h"
#include "formats/uri.h"
#include "version.h"

static const char *const severity_names[] = {
        [BAKERY_SEVERITY_NOTE] = "note",
        [BAKERY_SEVERITY_WARNING] = "warning",
        [BAKERY_SEVERITY_ERROR] = "error",
};

enum { REPORT_MAX_BYTES = 64 << 20 };

/* As compilers print it, so that editors find the place. */
static void print_finding(struct buf *text, const struct finding *finding)
{
        bakery__buf_text(text, finding->file);
        if (finding->place.line > 0)
                bakery__buf_format(text, ":%u:%u", finding->place.line, finding->place.column);
        bakery__buf_format(text, ": %s: %s [%s]\n", severity_names[finding->severity], finding->message, finding->rule);
        if (finding->hint)
                bakery__buf_format(text, "  hint: %s\n", finding->hint);
}

static bakery_status print_text(const bakery_report *report, struct buf *text, bakery_error **err)
{
        for (size_t i = 0; i < bakery_report_count(report); i++)
                print_finding(text, bakery__report_at(report, i));
        if (bakery__report_dropped(report) > 0)
                bakery__buf_format(text, "... and %zu more\n", bakery__report_dropped(report));
        return bakery__buf_status(text, "the report", err);
}

static void put_finding(struct json *json, struct cJSON *findings, const struct finding *finding)
{
        struct cJSON *to = bakery__json_object(json, findings, NULL);

        bakery__json_text(json, to, "severity", severity_names[finding->severity]);
        bakery__json_text(json, to, "rule", finding->rule);
        bakery__json_text(json, to, "file", finding->file);
        if (finding->place.line > 0) {
                bakery__json_number(json, to, "line", finding->place.line);
                bakery__json_number(json, to, "column", finding->place.column);
        }
        bakery__json_text(json, to, "message", finding->message);
        bakery__json_optional_text(json, to, "hint", finding->hint);
}

static bakery_status print_json(const bakery_report *report, struct buf *text, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        struct cJSON *root = bakery__json_root(&json);

        bakery__json_number(&json, root, "version", 1);
        bakery__json_number(&json, root, "errors", (long long)bakery_report_count_of(report, BAKERY_SEVERITY_ERROR));
        bakery__json_number(&json, root, "warnings",
                            (long long)bakery_report_count_of(report, BAKERY_SEVERITY_WARNING));
        struct cJSON *findings = bakery__json_array(&json, root, "findings");
        for (size_t i = 0; i < bakery_report_count(report); i++)
                put_finding(&json, findings, bakery__report_at(report, i));
        return bakery__json_print(&json, JSON_PRETTY, text, "the report", err);
}

static bool stands_earlier(const bakery_report *report, size_t i)
{
        for (size_t k = 0; k < i; k++)
                if (strcmp(bakery_report_rule(report, k), bakery_report_rule(report, i)) == 0)
                        return true;
        return false;
}

static void put_rules(struct json *json, struct cJSON *driver, const bakery_report *report)
{
        struct cJSON *rules = bakery__json_array(json, driver, "rules");

        for (size_t i = 0; i < bakery_report_count(report); i++)
                if (!stands_earlier(report, i))
                        bakery__json_text(json, bakery__json_object(json, rules, NULL), "id",
                                          bakery_report_rule(report, i));
}

/* A file's name as a relative URI reference. */
static void put_uri(struct json *json, struct cJSON *location, const char *file)
{
        AUTO_CLEAR(buf) uri = { .max = 1 << 16 };

        bakery__uri_encode(&uri, bakery__span(file), URI_KEEP_SLASH);
        json->no_memory |= uri.no_memory || !uri.at;
        bakery__json_text(json, location, "uri", uri.at ? uri.at : "");
}

static void put_result(struct json *json, struct cJSON *results, const struct finding *finding)
{
        struct cJSON *result = bakery__json_object(json, results, NULL);
        struct cJSON *message, *location, *region;
        AUTO_CLEAR(buf) text = { .max = 1 << 16 };

        bakery__json_text(json, result, "ruleId", finding->rule);
        bakery__json_text(json, result, "level", severity_names[finding->severity]);
        message = bakery__json_object(json, result, "message");
        bakery__buf_text(&text, finding->message);
        if (finding->hint)
                bakery__buf_format(&text, " (%s)", finding->hint);
        json->no_memory |= text.no_memory;
        bakery__json_text(json, message, "text", text.at ? text.at : "");

        location = bakery__json_object(json, bakery__json_array(json, result, "locations"), NULL);
        location = bakery__json_object(json, location, "physicalLocation");
        put_uri(json, bakery__json_object(json, location, "artifactLocation"), finding->file);
        if (finding->place.line == 0)
                return;
        region = bakery__json_object(json, location, "region");
        bakery__json_number(json, region, "startLine", finding->place.line);
        bakery__json_number(json, region, "startColumn", finding->place.column);
}

static bakery_status print_sarif(const bakery_report *report, struct buf *text, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        struct cJSON *root = bakery__json_root(&json);

        bakery__json_text(&json, root, "$schema",
                          "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json");
        bakery__json_text(&json, root, "version", "2.1.0");
        struct cJSON *run = bakery__json_object(&json, bakery__json_array(&json, root, "runs"), NULL);
        struct cJSON *driver = bakery__json_object(&json, bakery__json_object(&json, run, "tool"), "driver");
        bakery__json_text(&json, driver, "name", "bakery");
        bakery__json_text(&json, driver, "version", BAKERY_VERSION);
        put_rules(&json, driver, report);
        bakery__json_text(&json, run, "columnKind", "unicodeCodePoints");
        struct cJSON *results = bakery__json_array(&json, run, "results");
        for (size_t i = 0; i < bakery_report_count(report); i++)
                put_result(&json, results, bakery__report_at(report, i));
        return bakery__json_print(&json, JSON_PRETTY, text, "the report", err);
}

static bakery_status (*const printers[])(const bakery_report *, struct buf *, bakery_error **) = {
        [BAKERY_REPORT_TEXT] = print_text,
        [BAKERY_REPORT_JSON] = print_json,
        [BAKERY_REPORT_SARIF] = print_sarif,
};

bakery_status bakery_report_print(const bakery_report *report, bakery_report_format format, char **ret_text,
                                  bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = REPORT_MAX_BYTES };

        bakery__error_clear(err);
        if ((size_t)format >= N_ELEMENTS(printers))
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "there is no report format %d", (int)format);
        if (bakery__report_status(report, NULL) == BAKERY_ERR_MEMORY) /* it has a hole */
                return bakery__fail_memory(err);
        bakery_status st = printers[format](report, &text, err);
        return st ? st : bakery__buf_take(&text, "the report", ret_text, NULL, err);
}
