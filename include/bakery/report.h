/* The report: all findings of a check, where an error can hold only one. */
#ifndef BAKERY_REPORT_H
#define BAKERY_REPORT_H

#include <bakery/base.h>
#include <bakery/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A list of findings, in the order in which they stand in the file. A report keeps 1,000 findings,
 * errors before warnings, and counts the rest. Text is borrowed from the report.
 */
typedef struct bakery_report bakery_report;

typedef enum bakery_severity {
        BAKERY_SEVERITY_NOTE = 0,    /**< worth knowing */
        BAKERY_SEVERITY_WARNING = 1, /**< works, and is probably not what you want */
        BAKERY_SEVERITY_ERROR = 2    /**< refused */
} bakery_severity;

typedef enum bakery_report_format {
        BAKERY_REPORT_TEXT = 0, /**< file:line:column: severity: message [rule], then the hint: what compilers print */
        BAKERY_REPORT_JSON = 1, /**< one object with "version": 1 */
        BAKERY_REPORT_SARIF = 2 /**< SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
} bakery_report_format;

/** An empty report; NULL when memory is gone. Free with bakery_report_free(). */
BAKERY_EXPORT bakery_report *bakery_report_new(void);
BAKERY_EXPORT void bakery_report_free(bakery_report *report);

/** How many findings the report holds, and how many of a severity were made (the ones not held included). */
BAKERY_EXPORT size_t bakery_report_count(const bakery_report *report);
BAKERY_EXPORT size_t bakery_report_count_of(const bakery_report *report, bakery_severity severity);

/** The parts of finding i, which must be below the count. */
BAKERY_EXPORT bakery_severity bakery_report_severity(const bakery_report *report, size_t i);
/** A stable name for the kind of finding, "unknown-key". */
BAKERY_EXPORT const char *bakery_report_rule(const bakery_report *report, size_t i);
BAKERY_EXPORT const char *bakery_report_message(const bakery_report *report, size_t i);
/** NULL when there is none. */
BAKERY_EXPORT const char *bakery_report_hint(const bakery_report *report, size_t i);
BAKERY_EXPORT const char *bakery_report_file(const bakery_report *report, size_t i);
/** From 1; 0 when the finding is about the file as a whole. */
BAKERY_EXPORT unsigned bakery_report_line(const bakery_report *report, size_t i);
BAKERY_EXPORT unsigned bakery_report_column(const bakery_report *report, size_t i);

/**
 * The report as text, in *ret_text, which the caller frees with bakery_free(). It ends in a newline, unless
 * it is empty (no findings, BAKERY_REPORT_TEXT).
 * Gives BAKERY_ERR_MEMORY, BAKERY_ERR_ARGUMENT (no such format).
 */
BAKERY_EXPORT bakery_status bakery_report_print(const bakery_report *report, bakery_report_format format,
                                                char **ret_text, bakery_error **err);

#ifdef __cplusplus
}
#endif
#endif
