#include "base/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum { MAX_HELD = 1000 };

struct bakery_report {
        struct finding *findings;
        size_t count, capacity;
        size_t made[BAKERY_SEVERITY_ERROR + 1];
        bool no_memory;
};

bakery_report *bakery_report_new(void)
{
        return calloc(1, sizeof(bakery_report));
}

static void free_finding(struct finding *finding)
{
        free(finding->file);
        free(finding->message);
        free(finding->hint);
}

void bakery_report_free(bakery_report *report)
{
        if (!report)
                return;
        for (size_t i = 0; i < report->count; i++)
                free_finding(&report->findings[i]);
        free(report->findings);
        free(report);
}

size_t bakery_report_count(const bakery_report *report)
{
        return report->count;
}

size_t bakery_report_count_of(const bakery_report *report, bakery_severity severity)
{
        return (size_t)severity < N_ELEMENTS(report->made) ? report->made[severity] : 0;
}

const struct finding *bakery__report_at(const bakery_report *report, size_t i)
{
        return &report->findings[i];
}

bakery_severity bakery_report_severity(const bakery_report *report, size_t i)
{
        return report->findings[i].severity;
}

const char *bakery_report_rule(const bakery_report *report, size_t i)
{
        return report->findings[i].rule;
}

const char *bakery_report_message(const bakery_report *report, size_t i)
{
        return report->findings[i].message;
}

const char *bakery_report_hint(const bakery_report *report, size_t i)
{
        return report->findings[i].hint;
}

const char *bakery_report_file(const bakery_report *report, size_t i)
{
        return report->findings[i].file;
}

unsigned bakery_report_line(const bakery_report *report, size_t i)
{
        return report->findings[i].place.line;
}

unsigned bakery_report_column(const bakery_report *report, size_t i)
{
        return report->findings[i].place.column;
}

size_t bakery__report_dropped(const bakery_report *report)
{
        size_t made = 0;

        for (size_t i = 0; i < N_ELEMENTS(report->made); i++)
                made += report->made[i];
        return made - report->count;
}

bool bakery__report_is_full(const bakery_report *report)
{
        return report->count == MAX_HELD;
}

/* Room for one more at the end. False when memory is gone. */
static bool grow(bakery_report *report)
{
        size_t capacity = report->capacity ? report->capacity * 2 : 16;
        struct finding *findings;

        if (report->count < report->capacity)
                return true;
        findings = realloc(report->findings, capacity * sizeof *findings);
        if (!findings) {
                report->no_memory = true;
                return false;
        }
        report->findings = findings;
        report->capacity = capacity;
        return true;
}

/* The last held finding that is no error; NULL when all are. */
static struct finding *least_of(bakery_report *report)
{
        for (size_t i = report->count; i-- > 0;)
                if (report->findings[i].severity != BAKERY_SEVERITY_ERROR)
                        return &report->findings[i];
        return NULL;
}

/*
 * Keeps made, which it takes over, and gives its place; NULL when it is only counted. In a full report an error takes
 * the place of a warning: a thousand warnings must not hide why the file is refused.
 */
static struct finding *keep(bakery_report *report, struct finding *made)
{
        struct finding *place = NULL;

        if (!bakery__report_is_full(report) && grow(report)) {
                place = &report->findings[report->count++];
        } else if (bakery__report_is_full(report) && made->severity == BAKERY_SEVERITY_ERROR) {
                place = least_of(report);
                if (place)
                        free_finding(place);
        }
        if (place)
                *place = *made;
        else
                free_finding(made);
        return place;
}

static bool is_wanted(const bakery_report *report, bakery_severity severity)
{
        return !bakery__report_is_full(report) || severity == BAKERY_SEVERITY_ERROR;
}

struct finding *bakery__report_vadd(bakery_report *report, bakery_severity severity, const char *rule, const char *file,
                                    struct place place, const char *format, va_list args)
{
        if (!report)
                return NULL;
        report->made[severity]++;
        if (!is_wanted(report, severity))
                return NULL;

        struct finding made = {
                .severity = severity,
                .place = place,
                .rule = rule,
                .file = strdup(file),
                .message = bakery__str_harmless_format(format, args),
        };
        if (!made.file || !made.message) {
                free_finding(&made);
                report->no_memory = true;
                return NULL;
        }
        bakery__str_make_harmless(made.file);
        return keep(report, &made);
}

struct finding *bakery__report_add(bakery_report *report, bakery_severity severity, const char *rule, const char *file,
                                   struct place place, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        struct finding *finding = bakery__report_vadd(report, severity, rule, file, place, format, args);
        va_end(args);
        return finding;
}

void bakery__report_hint(bakery_report *report, struct finding *finding, const char *format, ...)
{
        if (!finding)
                return;

        va_list args;
        va_start(args, format);
        free(finding->hint);
        finding->hint = bakery__str_harmless_format(format, args);
        va_end(args);
        if (!finding->hint)
                report->no_memory = true;
}

void bakery__report_lose(bakery_report *report)
{
        report->no_memory = true;
}

static bool stands_before(const struct finding *a, const struct finding *b)
{
        if (a->place.line != b->place.line)
                return a->place.line < b->place.line;
        return a->place.column < b->place.column;
}

/* Insertion: stable, and the findings come nearly sorted. */
void bakery__report_sort(bakery_report *report)
{
        for (size_t i = 1; i < report->count; i++) {
                struct finding moving = report->findings[i];
                size_t to = i;

                while (to > 0 && stands_before(&moving, &report->findings[to - 1])) {
                        report->findings[to] = report->findings[to - 1];
                        to--;
                }
                report->findings[to] = moving;
        }
}

static const struct finding *first_error(const bakery_report *report)
{
        for (size_t i = 0; i < report->count; i++)
                if (report->findings[i].severity == BAKERY_SEVERITY_ERROR)
                        return &report->findings[i];
        return NULL;
}

static bakery_status fail_with(const struct finding *finding, bakery_error **err)
{
        struct place place = finding->place;
        bakery_status st = BAKERY_ERR_CONFIG;

        if (place.line > 0)
                bakery__fail(err, st, "%s:%u:%u: %s", finding->file, place.line, place.column, finding->message);
        else
                bakery__fail(err, st, "%s: %s", finding->file, finding->message);
        bakery__error_place(err, finding->file, place.line, place.column);
        if (finding->hint)
                bakery__error_hint(err, "%s", finding->hint);
        return st;
}

bakery_status bakery__report_status(const bakery_report *report, bakery_error **err)
{
        const struct finding *error = first_error(report);

        if (report->no_memory)
                return bakery__fail_memory(err);
        if (error)
                return fail_with(error, err);
        if (report->made[BAKERY_SEVERITY_ERROR] > 0) /* counted, not held: a thousand warnings came first */
                return bakery__fail(err, BAKERY_ERR_CONFIG, "more than %d findings, errors among them", MAX_HELD);
        return BAKERY_OK;
}

bakery_status bakery__report_move(bakery_report *from, bakery_report *to, bakery_error **err)
{
        if (!to)
                return BAKERY_OK;
        for (size_t i = 0; i < from->count; i++) {
                keep(to, &from->findings[i]);
                from->findings[i] = (struct finding){ 0 };
        }
        for (size_t i = 0; i < N_ELEMENTS(to->made); i++)
                to->made[i] += from->made[i];
        to->no_memory |= from->no_memory;
        return to->no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}
