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

bakery_status bakery__s3_get(const struct aws_access *aws, const struct s3_bucket *bucket, const char *key,
                             struct buf *into, bakery_error **err)
{
        /* A refusal must have room even when there is none for the object. */
        const size_t room = into->max - into->len;
        const size_t max = room > S3_ANSWER_MAX_BYTES ? room : S3_ANSWER_MAX_BYTES;
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(max);
        const struct s3_request request = {
                .action = "GetObject",
                .method = "GET",
                .bucket = bucket,
                .key = key,
                .max_body_bytes = max,
        };
        bakery_status st = bakery__s3_send(aws, &request, &answer, err);

        if (st)
                return st;
        bakery__buf_add(into, answer.body.at, answer.body.len);
        return bakery__buf_status(into, key, err);
}

static const char *header_text(const bakery_http_answer *answer, const char *name, struct arena *arena)
{
        struct span value;

        return bakery__http_header(answer, name, &value) ? bakery__arena_copy(arena, value) : NULL;
}

bakery_status bakery__s3_head(const struct aws_access *aws, const struct s3_bucket *bucket, const char *key,
                              struct arena *arena, struct s3_object *ret, bakery_error **err)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(S3_ANSWER_MAX_BYTES);
        const struct s3_request request = {
                .action = "HeadObject",
                .method = "HEAD",
                .bucket = bucket,
                .key = key,
                .header = &(bakery_http_header){ "x-amz-checksum-mode", "ENABLED" },
        };
        bakery_status st = bakery__s3_send(aws, &request, &answer, err);

        if (st)
                return st;
        const char *size = header_text(&answer, "content-length", arena);
        *ret = (struct s3_object){
                .size_bytes = size ? strtoull(size, NULL, 10) : 0,
                .content_type = header_text(&answer, "content-type", arena),
                .etag = header_text(&answer, "etag", arena),
                .sha256 = header_text(&answer, "x-amz-checksum-sha256", arena),
                .version_id = header_text(&answer, "x-amz-version-id", arena),
        };
        return BAKERY_OK;
}

bakery_status bakery__s3_check_bucket(const struct aws_access *aws, const struct s3_bucket *bucket, bakery_error **err)
{
        const struct s3_request request = { .action = "HeadBucket", .method = "HEAD", .bucket = bucket };

        return bakery__s3_tell(aws, &request, err);
}
