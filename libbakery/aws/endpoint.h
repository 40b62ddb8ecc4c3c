/*
 * Where a service answers in a region, and for which region its requests are signed. Pure: a table over the
 * partitions, as AWS's endpoint rules have it. https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
#ifndef BAKERY_AWS_ENDPOINT_H
#define BAKERY_AWS_ENDPOINT_H

#include "base/error.h"
#include "base/str.h"

/* What is asked. All text is borrowed; NULL and "" mean the same. */
struct endpoint_query {
        const char *service; /* as botocore names it: sts, iam, cloudformation, s3, organizations, sso ... */
        const char *region;  /* "eu-west-1"; "aws-global" and its like stand for the partition's global region */
        const char *url;     /* a custom endpoint: then only what is signed comes from the region */
        bool fips, dual_stack;
        bool global; /* the old global endpoint of sts, and of s3 in us-east-1, where there is one */

        const char *bucket; /* s3: becomes a part of the host where it can, of the path where it cannot */
        bool path_style;    /* s3: always of the path */
};

enum { ENDPOINT_HOST_BYTES = 400, ENDPOINT_PATH_BYTES = 1024, ENDPOINT_REGION_BYTES = 64 };

struct endpoint {
        bool https;
        char host[ENDPOINT_HOST_BYTES];     /* for the Host header: with the port when one was written */
        char path[ENDPOINT_PATH_BYTES];     /* percent-encoded, without a slash at its end: "" or "/base/bucket" */
        char region[ENDPOINT_REGION_BYTES]; /* to sign for */
        const char *signing_name;           /* a constant */
};

/*
 * Gives BAKERY_ERR_NOT_FOUND (no such service here), BAKERY_ERR_ARGUMENT (no region, a bucket that is an ARN or a
 * directory bucket), BAKERY_ERR_CONFIG (the region is no host label, the URL is none, FIPS or dual-stack together with
 * a URL, FIPS for S3 in China), BAKERY_ERR_LIMIT (the URL is too long). *ret is untouched on failure.
 */
bakery_status bakery__endpoint_resolve(const struct endpoint_query *query, struct endpoint *ret, bakery_error **err);

/* A label of a host name: letters, digits, hyphens inside; 1 to 63 bytes. Regions become such. */
bool bakery__endpoint_is_host_label(struct span text);

/* What to do about a URL that is none, or is refused. */
#define ENDPOINT_URL_HINT "look at AWS_ENDPOINT_URL, the same with _ and the service, and endpoint_url in the profile"

/*
 * For URLs that people write: https, or http to a loopback address; http to anywhere when http_allowed, which
 * somebody must have asked for. Gives BAKERY_ERR_CONFIG when it is http elsewhere, or no URL. The URL is not repeated.
 */
bakery_status bakery__endpoint_check_url(const char *url, bool http_allowed, bakery_error **err);

#endif
