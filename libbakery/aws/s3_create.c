/* A bucket that is fit to hold templates and code. */
#include <string.h>

#include "aws/s3_request.h"
#include "formats/json.h"
#include "model/partition.h"

#define XMLNS " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""

/* What is set, besides the policy; each once more is no harm. */
static const struct {
        const char *action, *query, *document;
} settings[] = {
        { "PutPublicAccessBlock", "publicAccessBlock",
          "<PublicAccessBlockConfiguration" XMLNS "><BlockPublicAcls>true</BlockPublicAcls>"
          "<IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>"
          "<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>" },
        { "PutBucketOwnershipControls", "ownershipControls",
          "<OwnershipControls" XMLNS "><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>"
          "</OwnershipControls>" },
        { "PutBucketEncryption", "encryption",
          "<ServerSideEncryptionConfiguration" XMLNS "><Rule><ApplyServerSideEncryptionByDefault>"
          "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>"
          "</ServerSideEncryptionConfiguration>" },
        { "PutBucketVersioning", "versioning",
          "<VersioningConfiguration" XMLNS "><Status>Enabled</Status></VersioningConfiguration>" },
};

static bakery_status put_setting(const struct aws_access *aws, const struct s3_bucket *bucket, size_t i,
                                 bakery_error **err)
{
        const struct s3_request request = {
                .action = settings[i].action,
                .method = "PUT",
                .bucket = bucket,
                .query = settings[i].query,
                .content_type = "application/xml",
                .body = bakery__span(settings[i].document),
        };

        return bakery__s3_tell(aws, &request, err);
}

/* us-east-1 is where a bucket is that names no region; naming it is refused. */
static bool must_name_region(const char *region)
{
        return strcmp(region, "us-east-1") != 0;
}

static bakery_status write_location(const char *region, struct buf *into, bakery_error **err)
{
        if (must_name_region(region))
                bakery__buf_format(into,
                                   "<CreateBucketConfiguration" XMLNS "><LocationConstraint>%s</LocationConstraint>"
                                   "</CreateBucketConfiguration>",
                                   region);
        return bakery__buf_status(into, "the request", err);
}

/* Says whose fault a refusal is, in an error object of our own, whose code decides. */
static bakery_status explain(const struct s3_bucket *bucket, bakery_status st, bakery_error **reason)
{
        if (bakery__aws_has_code(*reason, "BucketAlreadyOwnedByYou"))
                return BAKERY_OK; /* since we looked, or by our own first try, whose answer was lost */
        if (bakery__aws_has_code(*reason, "BucketAlreadyExists"))
                bakery__error_hint(reason, "the bucket %s is somebody else's: no two in the world share a name",
                                   bucket->name);
        return st;
}

static bakery_status create(const struct aws_access *aws, const struct s3_bucket *bucket, bakery_error **err)
{
        AUTO_CLEAR(buf) location = { .max = 4096 };
        AUTO_PTR(bakery_error) reason = NULL;
        const struct s3_bucket anybodys = { .name = bucket->name }; /* nobody owns it yet */
        bakery_status st = write_location(bakery__aws_region(aws), &location, err);

        if (st)
                return st;
        const struct s3_request request = {
                .action = "CreateBucket",
                .method = "PUT",
                .bucket = &anybodys,
                .content_type = "application/xml",
                .body = { location.at, location.len },
        };
        st = bakery__s3_tell(aws, &request, &reason);
        if (st)
                st = explain(bucket, st, &reason);
        if (st)
                bakery__error_move(&reason, err);
        return st;
}

/* https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html: encryption of data in transit */
static void write_policy(struct json *json, const char *partition, const char *bucket)
{
        struct cJSON *policy = bakery__json_root(json);
        bakery__json_text(json, policy, "Version", "2012-10-17");

        struct cJSON *statement = bakery__json_object(json, bakery__json_array(json, policy, "Statement"), NULL);
        bakery__json_text(json, statement, "Sid", "OnlyTls");
        bakery__json_text(json, statement, "Effect", "Deny");
        bakery__json_text(json, statement, "Principal", "*");
        bakery__json_text(json, statement, "Action", "s3:*");

        struct cJSON *resources = bakery__json_array(json, statement, "Resource");
        bakery__json_format(json, resources, NULL, "arn:%s:s3:::%s", partition, bucket);
        bakery__json_format(json, resources, NULL, "arn:%s:s3:::%s/*", partition, bucket);

        struct cJSON *condition = bakery__json_object(json, statement, "Condition");
        bakery__json_text(json, bakery__json_object(json, condition, "Bool"), "aws:SecureTransport", "false");
}

static bakery_status put_policy(const struct aws_access *aws, const struct s3_bucket *bucket, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 20480 };

        write_policy(&json, bakery__partition_of_region(bakery__aws_region(aws))->id, bucket->name);
        bakery_status st = bakery__json_print(&json, JSON_COMPACT, &text, "the bucket's policy", err);
        if (st)
                return st;
        const struct s3_request request = {
                .action = "PutBucketPolicy",
                .method = "PUT",
                .bucket = bucket,
                .query = "policy",
                .content_type = "application/json",
                .body = { text.at, text.len },
        };
        return bakery__s3_tell(aws, &request, err);
}

static bakery_status complete(const struct aws_access *aws, const struct s3_bucket *bucket, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < N_ELEMENTS(settings) && !st; i++)
                st = put_setting(aws, bucket, i, err);
        return st ? st : put_policy(aws, bucket, err);
}

static bakery_status look_for_policy(const struct aws_access *aws, const struct s3_bucket *bucket, bakery_error **err)
{
        const struct s3_request request = {
                .action = "GetBucketPolicy", .method = "GET", .bucket = bucket, .query = "policy"
        };

        return bakery__s3_tell(aws, &request, err);
}

bakery_status bakery__s3_create_private_bucket(const struct aws_access *aws, const struct s3_bucket *bucket,
                                               bool *ret_created, bakery_error **err)
{
        if (!bucket->owner)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "a bucket is made for an account, and none is named");

        bakery_status st = bakery__s3_check_bucket(aws, bucket, err);
        const bool was_there = !st;
        if (was_there)
                st = look_for_policy(aws, bucket, err);
        else if (st == BAKERY_ERR_NOT_FOUND) /* which leaves no doubt about the region either */
                st = create(aws, bucket, err);
        if (was_there ? st == BAKERY_ERR_NOT_FOUND : st == BAKERY_OK)
                st = complete(aws, bucket, err);
        if (st)
                return st;
        bakery__error_clear(err);
        *ret_created = !was_there;
        return BAKERY_OK;
}
