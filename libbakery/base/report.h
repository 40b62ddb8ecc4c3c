/* Making reports. What callers see of one is in bakery/report.h; how it is printed in formats/report.c. */
#ifndef BAKERY_BASE_REPORT_H
#define BAKERY_BASE_REPORT_H

#include <bakery/report.h>

#include <stdarg.h>

#include "base/error.h"

DEFINE_AUTO_PTR(bakery_report, bakery_report_free)

/* Where something stands in a file, from 1; { 0 } is the file as a whole. */
struct place {
        unsigned line, column;
};

struct finding {
        bakery_severity severity;
        struct place place;
        const char *rule; /* a constant: "unknown-key" */
        char *file, *message, *hint;
};

/*
 * Adds a finding about file, which the report copies, and gives it, so that a hint can follow; NULL when
 * it was only counted (the report is full), or memory is gone, which the report remembers. report may be NULL.
 */
struct finding *bakery__report_add(bakery_report *report, bakery_severity severity, const char *rule, const char *file,
                                   struct place place, const char *format, ...) BAKERY__PRINTF(6, 7);
struct finding *bakery__report_vadd(bakery_report *report, bakery_severity severity, const char *rule, const char *file,
                                    struct place place, const char *format, va_list args) BAKERY__PRINTF(6, 0);
void bakery__report_hint(bakery_report *report, struct finding *finding, const char *format, ...) BAKERY__PRINTF(3, 4);

/* Something could not be said for want of memory: the report has a hole. */
void bakery__report_lose(bakery_report *report);

const struct finding *bakery__report_at(const bakery_report *report, size_t i);

/* How many findings were made beyond those that are held. */
size_t bakery__report_dropped(const bakery_report *report);

/* It holds as many findings as it ever will: more of them are only counted. */
bool bakery__report_is_full(const bakery_report *report);

/* Sorts by place; findings of one place stay in the order in which they were made. */
void bakery__report_sort(bakery_report *report);

/*
 * BAKERY_OK when nothing was found that is an error; else BAKERY_ERR_CONFIG with the first one in *err, or
 * BAKERY_ERR_MEMORY when the report has a hole.
 */
bakery_status bakery__report_status(const bakery_report *report, bakery_error **err);

/* Moves all findings of from behind those of to, which may be NULL: then they are dropped. */
bakery_status bakery__report_move(bakery_report *from, bakery_report *to, bakery_error **err);

#endif
