/*
 * IAM's credential report: a line for each user, with passwords, keys and MFA. IAM makes it anew at most every four
 * hours. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
#ifndef BAKERY_AWS_IAM_REPORT_H
#define BAKERY_AWS_IAM_REPORT_H

#include "aws/call.h"

enum { IAM_REPORT_KEYS = 2 };

/* A line. Times are 0 where there is none ("N/A", "no_information", "not_supported"). */
struct iam_report_line {
        const char *user; /* "<root_account>" for the root user */
        const char *arn;
        int64_t created_s;
        bool password_enabled;
        int64_t password_last_used_s, password_last_changed_s;
        bool mfa_active;
        struct {
                bool active;
                int64_t last_rotated_s, last_used_s;
        } keys[IAM_REPORT_KEYS];
};

/* Told of one line; borrowed for the call. Anything but BAKERY_OK ends the walk with that status. */
typedef bakery_status iam_each_line(const struct iam_report_line *line, void *context, bakery_error **err);

/*
 * Has the report made when there is no fresh one, waits for it, and reads it; *ret_made_s (it may be NULL) is when it
 * was made. Gives what bakery__aws_call() gives, BAKERY_ERR_CANCELLED, and BAKERY_ERR_NETWORK for a report that does
 * not come within two minutes or is no such table.
 * API_GenerateCredentialReport.html, API_GetCredentialReport.html
 */
bakery_status bakery__iam_credential_report(const struct aws_access *aws, iam_each_line *each, void *context,
                                            int64_t *ret_made_s, bakery_error **err);

#endif
