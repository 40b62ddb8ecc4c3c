#include "aws/s3_request.h"

#include <string.h>

#include "aws/query.h"
#include "formats/base64.h"
#include "formats/crypto.h"
#include "formats/uri.h"

/* Answers to HEAD have no body: what they mean stands in the status alone. */
static const struct {
        int http_status;
        const char *code, *message;
} codes[] = {
        { 400, "BadRequest", "the keys or the region may be no good; S3 does not say more" },
        { 403, "AccessDenied", "S3 does not say more" },
        { 404, "NotFound", "there is none" },
        { 412, "PreconditionFailed", "there is one" },
};

static bool read_refusal(const bakery_http_answer *answer, struct arena *arena, const char **ret_code,
                         const char **ret_message, const char **ret_request_id)
{
        if (answer->body.len > 0)
                return bakery__xml_refusal(answer, arena, ret_code, ret_message, ret_request_id);
        if (!bakery__aws_request_id(answer, arena))
                return false; /* it is a proxy that answers */
        for (size_t i = 0; i < N_ELEMENTS(codes); i++) {
                if (codes[i].http_status != answer->status)
                        continue;
                *ret_code = codes[i].code;
                *ret_message = codes[i].message;
                return true;
        }
        return false;
}

/* Where the bucket is, of arena; NULL when the answer does not say. */
static const char *region_of_bucket(const bakery_http_answer *answer, struct arena *arena)
{
        const struct xml_node *root = NULL;
        struct span header;

        if (bakery__http_header(answer, "x-amz-bucket-region", &header))
                return bakery__arena_copy(arena, header);
        if (bakery__xml_parse(arena, bakery__http_body(answer), &root, NULL))
                return NULL;
        return bakery__xml_text(root, "Region");
}

/* S3 redirects to another region, or finds the signature to be for one; a HEAD may say no more than 400. */
static bool may_be_of_another_region(int http_status)
{
        return http_status == 301 || http_status == 307 || http_status == 400;
}

static bakery_status explain(const struct aws_access *aws, const struct s3_request *request,
                             const bakery_http_answer *answer, bakery_status st, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const char *asked = bakery__aws_region(aws), *region = NULL;

        if (may_be_of_another_region(answer->status))
                region = region_of_bucket(answer, &arena);
        if (region && asked && strcmp(region, asked) != 0) {
                st = bakery__fail(err, BAKERY_ERR_AWS, "s3 %s: the bucket %s is in %s, not in %s", request->action,
                                  request->bucket->name, region, asked);
                bakery__error_hint(err, "name a bucket in %s, or the region %s", asked, region);
                bakery__error_aws(err, &(struct aws_refusal){
                                               .service = "s3",
                                               .action = request->action,
                                               .code = "PermanentRedirect",
                                               .request_id = bakery__aws_request_id(answer, &arena),
                                               .http_status = answer->status,
                                       });
        } else if (st == BAKERY_ERR_DENIED && request->bucket->owner) {
                bakery__error_hint(err, "the bucket %s is not of account %s, or its policy or yours does not allow it",
                                   request->bucket->name, request->bucket->owner);
        }
        return st;
}

static bakery_status write_checksum(struct span body, struct buf *into, bakery_error **err)
{
        unsigned char digest[SHA256_BYTES];
        bakery_status st = bakery__sha256(body, digest, err);

        if (st)
                return st;
        bakery__base64_encode(into, (struct span){ (const char *)digest, sizeof digest });
        return bakery__buf_status(into, "a checksum", err);
}

static bakery_status write_path(const struct s3_request *request, struct buf *into, bakery_error **err)
{
        /* Without a key the request would be about the bucket. */
        if (request->key && !*request->key)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "s3 %s: the key is empty", request->action);
        bakery__buf_char(into, '/');
        if (request->key)
                bakery__uri_encode(into, bakery__span(request->key), URI_KEEP_SLASH);
        return bakery__buf_status(into, "the path of the object", err);
}

enum { HEADERS_AT_MOST = 4, PATH_MAX_BYTES = 8192, CHECKSUM_MAX_BYTES = 64 };

bakery_status bakery__s3_send(const struct aws_access *aws, const struct s3_request *request,
                              bakery_http_answer *answer, bakery_error **err)
{
        AUTO_CLEAR(buf) path = { .max = PATH_MAX_BYTES };
        AUTO_CLEAR(buf) checksum = { .max = CHECKSUM_MAX_BYTES };
        bakery_http_header headers[HEADERS_AT_MOST];
        size_t n = 0;
        bakery_status st = write_path(request, &path, err);

        if (!st && request->content_type)
                st = write_checksum(request->body, &checksum, err);
        if (st)
                return st;
        if (request->bucket->owner)
                headers[n++] = (bakery_http_header){ "x-amz-expected-bucket-owner", request->bucket->owner };
        if (request->content_type) {
                headers[n++] = (bakery_http_header){ "Content-Type", request->content_type };
                headers[n++] = (bakery_http_header){ "x-amz-checksum-sha256", checksum.at };
        }
        if (request->header)
                headers[n++] = *request->header;

        const struct aws_call call = {
                .service = "s3",
                .action = request->action,
                .region = aws->region,
                .keys = aws->keys,
                .method = request->method,
                .path = path.at,
                .query = request->query,
                .headers = headers,
                .header_count = n,
                .body = request->body,
                .bucket = request->bucket->name,
                .refusal = read_refusal,
        };
        st = bakery__aws_call(aws->client, &call, answer, err);
        return st ? explain(aws, request, answer, st, err) : BAKERY_OK;
}

bakery_status bakery__s3_tell(const struct aws_access *aws, const struct s3_request *request, bakery_error **err)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(S3_ANSWER_MAX_BYTES);

        return bakery__s3_send(aws, request, &answer, err);
}
