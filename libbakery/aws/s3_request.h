/* A request to S3: what all of them share. */
#ifndef BAKERY_AWS_S3_REQUEST_H
#define BAKERY_AWS_S3_REQUEST_H

#include "aws/s3.h"

struct s3_request {
        const char *action, *method;
        const struct s3_bucket *bucket;
        const char *key;                  /* NULL: the bucket itself */
        const char *query;                /* NULL: none */
        const bakery_http_header *header; /* one that is the action's own; NULL: none */

        /* What is put. Its SHA-256 goes along, so that S3 takes nothing else. */
        const char *content_type; /* NULL: nothing is put */
        struct span body;
};

/* Sends it. answer is of bakery__http_answer(), and tells the status of a refusal too. Gives what s3.h says. */
bakery_status bakery__s3_send(const struct aws_access *aws, const struct s3_request *request,
                              bakery_http_answer *answer, bakery_error **err);

/* Sends what answers nothing but that it was done. */
bakery_status bakery__s3_tell(const struct aws_access *aws, const struct s3_request *request, bakery_error **err);

enum { S3_ANSWER_MAX_BYTES = 1 << 20 };

#endif
