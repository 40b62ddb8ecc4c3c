#include "aws/s3.h"

#include "aws/s3_request.h"

enum { PRECONDITION_FAILED = 412 };

bakery_status bakery__s3_put(const struct aws_access *aws, const struct s3_bucket *bucket,
                             const struct s3_upload *upload, bool *ret_was_there, bakery_error **err)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(S3_ANSWER_MAX_BYTES);
        const struct s3_request request = {
                .action = "PutObject",
                .method = "PUT",
                .bucket = bucket,
                .key = upload->key,
                .header = &(bakery_http_header){ "If-None-Match", "*" },
                .content_type = upload->content_type,
                .body = upload->body,
        };
        bakery_status st = bakery__s3_send(aws, &request, &answer, err);
        bool was_there = st == BAKERY_ERR_AWS && answer.status == PRECONDITION_FAILED; /* said by S3, not by a proxy */

        if (was_there)
                bakery__error_clear(err);
        else if (st)
                return st;
        if (ret_was_there)
                *ret_was_there = was_there;
        return BAKERY_OK;
}

bakery_status bakery__s3_check_bucket(const struct aws_access *aws, const struct s3_bucket *bucket, bakery_error **err)
{
        const struct s3_request request = { .action = "HeadBucket", .method = "HEAD", .bucket = bucket };

        return bakery__s3_tell(aws, &request, err);
}
