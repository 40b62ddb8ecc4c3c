/*
 * S3, as far as templates and code need it: objects are put once under a name that says what is in them, and a bucket
 * to put them into can be made. Each call names the account that the bucket must belong to.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
#ifndef BAKERY_AWS_S3_H
#define BAKERY_AWS_S3_H

#include "aws/call.h"
#include "aws/endpoint.h"
#include "base/buf.h"

/*
 * A bucket. With an owner, requests carry x-amz-expected-bucket-owner: a namesake of somebody else is refused
 * (BAKERY_ERR_DENIED) and gets nothing.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 */
struct s3_bucket {
        const char *name;
        const char *owner; /* twelve digits; NULL: whoever has it */
};

/*
 * Every call gives what bakery__aws_call() gives. A bucket of another region is BAKERY_ERR_AWS with the code
 * PermanentRedirect, and the message names that region. What is not there is BAKERY_ERR_NOT_FOUND.
 */

struct s3_upload {
        const char *key; /* any text: "templates/ü/50% off.json" */
        const char *content_type;
        struct span body; /* may be empty */
};

/*
 * Puts an object unless one of that key is there: then *ret_was_there is set (it may be NULL), nothing is written, and
 * all is well. S3 checks the SHA-256 of what arrived.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
bakery_status bakery__s3_put(const struct aws_access *aws, const struct s3_bucket *bucket,
                             const struct s3_upload *upload, bool *ret_was_there, bakery_error **err);

/*
 * Whether the bucket is there, is its owner's, may be looked at, and is in the region that is asked.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
bakery_status bakery__s3_check_bucket(const struct aws_access *aws, const struct s3_bucket *bucket, bakery_error **err);

/*
 * Makes the bucket of an owner in the region of aws: nothing public, no access lists, versioned, encrypted with S3's
 * own keys, and closed to whoever comes without TLS. The policy that says so comes last. A bucket of the owner that has
 * a policy is complete, or somebody's own: it is left alone. One without is completed, whoever began it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 */
bakery_status bakery__s3_create_private_bucket(const struct aws_access *aws, const struct s3_bucket *bucket,
                                               bool *ret_created, bakery_error **err);

#endif
