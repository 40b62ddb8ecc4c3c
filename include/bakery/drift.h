/* Status and drift: where a stack stands, and how what IAM has differs from what the stack was to make. */
#ifndef BAKERY_DRIFT_H
#define BAKERY_DRIFT_H

#include <stdint.h>

#include <bakery/base.h>
#include <bakery/error.h>
#include <bakery/plan.h>
#include <bakery/target.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a look at a stack, and at IAM, came to. */
typedef struct bakery_drift bakery_drift;

/**
 * Looks at the stack, and compares what its templates make with what IAM has: policies that were attached or changed by
 * hand, trust, grants, groups and roles that are missing, or look like ours and are in no stack. CloudFormation's own
 * drift detection sees none of the policies that are attached from the other side. Nothing is changed. A stack that is
 * not there has no drift; nor has one in which IAM may not be read, which a note tells. options may be NULL.
 *
 * Gives BAKERY_ERR_REFUSED (keys of another account), and what target.h lists. Free with bakery_drift_free().
 */
BAKERY_EXPORT bakery_status bakery_drift_read(bakery_client *client, const bakery_target *target,
                                              const bakery_run_options *options, bakery_drift **ret_drift,
                                              bakery_error **err);

/**
 * All text is borrowed. Of a stack that is not there, status and id are NULL. The status of a stack that a stack set
 * made is what the set says of it: CURRENT, OUTDATED, INOPERABLE.
 */
BAKERY_EXPORT const char *bakery_drift_stack_name(const bakery_drift *drift);
BAKERY_EXPORT const char *bakery_drift_stack_id(const bakery_drift *drift);
BAKERY_EXPORT const char *bakery_drift_stack_status(const bakery_drift *drift);
BAKERY_EXPORT bakery_progress bakery_drift_progress(const bakery_drift *drift);
BAKERY_EXPORT int64_t bakery_drift_updated_s(const bakery_drift *drift); /**< or created; 0: not known */
BAKERY_EXPORT int bakery_drift_is_protected(const bakery_drift *drift);  /**< against deletion; 0: or not known */

/** How IAM differs: what was gained is in IAM and in no template. */
BAKERY_EXPORT size_t bakery_drift_difference_count(const bakery_drift *drift);
BAKERY_EXPORT void bakery_drift_difference_at(const bakery_drift *drift, size_t i,
                                              bakery_plan_difference *ret_difference);

/** What else a person should know: what the old tool left behind, what may not be read. */
BAKERY_EXPORT size_t bakery_drift_note_count(const bakery_drift *drift);
BAKERY_EXPORT const char *bakery_drift_note(const bakery_drift *drift, size_t i);

/** All of it, for people or for programs; free it with bakery_free(). Gives BAKERY_ERR_MEMORY. */
BAKERY_EXPORT bakery_status bakery_drift_print(const bakery_drift *drift, bakery_plan_format format, char **ret_text,
                                               bakery_error **err);

/** NULL is fine. */
BAKERY_EXPORT void bakery_drift_free(bakery_drift *drift);

#ifdef __cplusplus
}
#endif
#endif
