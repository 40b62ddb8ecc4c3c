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

/* Copies a header, when it is there. */
static bakery_status copy_header(const bakery_http_answer *answer, const char *name, struct arena *arena,
                                 const char **ret, bakery_error **err)
{
        struct span value;

        if (!bakery__http_header(answer, name, &value))
                return BAKERY_OK;
        *ret = bakery__arena_copy(arena, value);
        return *ret ? BAKERY_OK : bakery__fail_memory(err);
}

static bakery_status read_object(const bakery_http_answer *answer, struct arena *arena, struct s3_object *ret,
                                 bakery_error **err)
{
        struct s3_object found = { 0 };
        const char *size = "0";
        const struct {
                const char *name, **text;
        } headers[] = {
                { "content-length", &size },
                { "content-type", &found.content_type },
                { "etag", &found.etag },
                { "x-amz-checksum-sha256", &found.sha256 },
                { "x-amz-version-id", &found.version_id },
        };
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < N_ELEMENTS(headers) && !st; i++)
                st = copy_header(answer, headers[i].name, arena, headers[i].text, err);
        if (st)
                return st;
        found.size_bytes = strtoull(size, NULL, 10);
        *ret = found;
        return BAKERY_OK;
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

        return st ? st : read_object(&answer, arena, ret, err);
}

bakery_status bakery__s3_check_bucket(const struct aws_access *aws, const struct s3_bucket *bucket, bakery_error **err)
{
        const struct s3_request request = { .action = "HeadBucket", .method = "HEAD", .bucket = bucket };

        return bakery__s3_tell(aws, &request, err);
}
