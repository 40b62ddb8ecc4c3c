/* Amazon Resource Names: "arn:partition:service:region:account:resource". */
#ifndef BAKERY_FORMATS_ARN_H
#define BAKERY_FORMATS_ARN_H

#include "base/error.h"
#include "base/str.h"

/*
 * The fields of an ARN. Each points into the text that was parsed, which must outlive it, and none ends in
 * NUL. region and account may be empty (IAM has no region, S3 neither); partition, service and resource
 * never are.
 */
struct arn {
        struct span partition; /* aws, aws-cn, aws-us-gov ... */
        struct span service;
        struct span region;
        struct span account;  /* 12 digits, or "aws" for AWS's own policies */
        struct span resource; /* all that follows, colons and slashes included */
};

/*
 * Splits text into *ret, which is left untouched on failure. Gives BAKERY_ERR_FORMAT when text does not begin
 * with "arn:", when a field is missing, or when one is empty that may not be.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
bakery_status bakery__arn_parse(const char *text, struct arn *ret, bakery_error **err);

/* The last path element of resource: "role/team/Admin" gives "Admin", "role/" an empty span. */
struct span bakery__arn_name(const struct arn *arn);

#endif
