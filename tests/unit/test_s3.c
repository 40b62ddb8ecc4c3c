/* S3: what goes over the wire for objects and buckets, and what is made of the answers. */
#include "aws/s3.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "fake_wire.h"

Suite *s3_suite(void);

#define OWNER "111111111111"
#define ID "x-amz-request-id: id-1"
#define REFUSAL(code, more) \
        "<Error><Code>" code "</Code><Message>no</Message>" more "<RequestId>id-2</RequestId></Error>"
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define EMPTY_CHECKSUM "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define ABC_SHA256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC_CHECKSUM "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="

static const struct s3_bucket bucket = { "team-templates", OWNER };

static const char *header(const struct fake_wire *wire, const char *name)
{
        const char *value = fake_header(wire, name);

        return value ? value : "-";
}

static const struct {
        const char *key, *url;
} keys_of_objects[] = {
        { "a.json", "/a.json" },
        { "a b", "/a%20b" },
        { "a+b", "/a%2Bb" },
        { "100%", "/100%25" },
        { "a%20b", "/a%2520b" },
        { "//a//b/", "///a//b/" },
        { "\xc3\xbc.json", "/%C3%BC.json" },
        { "./../a", "/./../a" },
        { "a?b#c&d=e", "/a%3Fb%23c%26d%3De" },
        { "~-._", "/~-._" },
};

START_TEST(keys_are_encoded_once)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, NULL) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        const struct aws_access aws = { fake_client(&wire), keys, "eu-west-1" };
        const struct s3_upload upload = { keys_of_objects[_i].key, "application/json", bakery__span("abc") };
        char url[200];

        ck_assert_int_eq(bakery__s3_put(&aws, &bucket, &upload, NULL, NULL), BAKERY_OK);
        snprintf(url, sizeof url, "https://team-templates.s3.eu-west-1.amazonaws.com%s", keys_of_objects[_i].url);
        ck_assert_str_eq(wire.last.url, url);
}
END_TEST

START_TEST(puts_once)
{
        static const struct {
                const char *body, *sha256, *checksum;
        } bodies[] = { { "abc", ABC_SHA256, ABC_CHECKSUM }, { "", EMPTY_SHA256, EMPTY_CHECKSUM } };

        for (size_t i = 0; i < N_ELEMENTS(bodies); i++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, NULL) } };
                AUTO_PTR(bakery_credentials) keys = fake_keys();
                const struct aws_access aws = { fake_client(&wire), keys, NULL };
                const struct s3_upload upload = { "k", "application/json", bakery__span(bodies[i].body) };
                bool was_there = true;

                ck_assert_int_eq(bakery__s3_put(&aws, &bucket, &upload, &was_there, NULL), BAKERY_OK);
                ck_assert(!was_there);
                ck_assert_str_eq(wire.last.method, "PUT");
                ck_assert_str_eq(wire.last.body, bodies[i].body);
                ck_assert_str_eq(header(&wire, "x-amz-content-sha256"), bodies[i].sha256);
                ck_assert_str_eq(header(&wire, "x-amz-checksum-sha256"), bodies[i].checksum);
                ck_assert_str_eq(header(&wire, "If-None-Match"), "*");
                ck_assert_str_eq(header(&wire, "Content-Type"), "application/json");
                ck_assert_str_eq(header(&wire, "x-amz-expected-bucket-owner"), OWNER);
                ck_assert(strstr(header(&wire, "Authorization"), "/us-east-1/s3/aws4_request"));
                ck_assert(strstr(header(&wire, "Authorization"),
                                 "SignedHeaders=content-type;host;if-none-match;x-amz-checksum-sha256;"
                                 "x-amz-content-sha256;x-amz-date;x-amz-expected-bucket-owner;x-amz-security-token"));
        }
}
END_TEST

START_TEST(what_is_there_stays)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(412, ID, REFUSAL("PreconditionFailed", "")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct s3_upload upload = { "k", "text/plain", bakery__span("abc") };
        bool was_there = false;

        ck_assert_int_eq(bakery__s3_put(&aws, &bucket, &upload, &was_there, &err), BAKERY_OK);
        ck_assert(was_there && !err);
}
END_TEST

START_TEST(a_proxy_does_not_know_what_is_there)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(412, NULL, "<html/>") } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct s3_upload upload = { "k", "text/plain", bakery__span("abc") };

        ck_assert_int_eq(bakery__s3_put(&aws, &bucket, &upload, NULL, &err), BAKERY_ERR_NETWORK);
        ck_says(err, "unexpected answer from s3 (HTTP 412");
}
END_TEST

/* The server put it and its answer was lost: what the second try finds is our own. */
START_TEST(a_lost_answer_is_found_out)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { { .fails = BAKERY_ERR_NETWORK },
                              ANSWER(409, ID, REFUSAL("ConditionalRequestConflict", "")),
                              ANSWER(412, ID, REFUSAL("PreconditionFailed", "")) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct s3_upload upload = { "k", "text/plain", bakery__span("abc") };

        ck_assert_int_eq(bakery__s3_put(&aws, &bucket, &upload, NULL, NULL), BAKERY_OK);
        ck_assert_uint_eq(wire.requests, 3);
}
END_TEST

START_TEST(an_empty_key_is_not_the_bucket)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, NULL) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };

        ck_assert_int_eq(bakery__s3_put(&aws, &bucket, &(struct s3_upload){ "", "text/plain", { "", 0 } }, NULL, &err),
                         BAKERY_ERR_ARGUMENT);
        ck_says(err, "s3 PutObject: the key is empty");
        ck_assert_uint_eq(wire.requests, 0);
}
END_TEST

/* Refusals of one call of each method. */
static const struct {
        struct fake_answer answer;
        bool head; /* HeadBucket, else PutObject */
        bakery_status status;
        const char *says, *hints, *code;
} refusals[] = {
        { ANSWER(403, ID, REFUSAL("AccessDenied", "")), false, BAKERY_ERR_DENIED,
          "s3 PutObject: AccessDenied: no (request id id-2)",
          "the bucket team-templates is not of account 111111111111", "AccessDenied" },
        { ANSWER(403, ID, NULL), true, BAKERY_ERR_DENIED,
          "s3 HeadBucket: AccessDenied: S3 does not say more (request id id-1)", "is not of account 111111111111",
          "AccessDenied" },
        { ANSWER(404, ID, REFUSAL("NoSuchKey", "")), false, BAKERY_ERR_NOT_FOUND, "NoSuchKey", NULL, "NoSuchKey" },
        { ANSWER(404, ID, REFUSAL("NoSuchBucket", "")), false, BAKERY_ERR_NOT_FOUND, "NoSuchBucket", NULL,
          "NoSuchBucket" },
        { ANSWER(404, ID, NULL), true, BAKERY_ERR_NOT_FOUND, "NotFound: there is none", NULL, "NotFound" },
        { ANSWER(301, ID "\nx-amz-bucket-region: eu-west-1", NULL), true, BAKERY_ERR_AWS,
          "s3 HeadBucket: the bucket team-templates is in eu-west-1, not in us-east-1",
          "name a bucket in us-east-1, or the region eu-west-1", "PermanentRedirect" },
        { ANSWER(301, ID "\nx-amz-bucket-region: eu-west-1", REFUSAL("PermanentRedirect", "<Endpoint>e</Endpoint>")),
          false, BAKERY_ERR_AWS, "is in eu-west-1, not in us-east-1", "the region eu-west-1", "PermanentRedirect" },
        { ANSWER(307, ID "\nx-amz-bucket-region: eu-west-1\nLocation: https://e/", REFUSAL("TemporaryRedirect", "")),
          false, BAKERY_ERR_AWS, "is in eu-west-1, not in us-east-1", "the region eu-west-1", "PermanentRedirect" },
        { ANSWER(400, ID "\nx-amz-bucket-region: eu-west-1", NULL), true, BAKERY_ERR_AWS,
          "is in eu-west-1, not in us-east-1", "the region eu-west-1", "PermanentRedirect" },
        { ANSWER(400, ID, REFUSAL("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>")), false, BAKERY_ERR_AWS,
          "is in eu-west-1, not in us-east-1", "the region eu-west-1", "PermanentRedirect" },
        { ANSWER(400, ID "\nx-amz-bucket-region: us-east-1", NULL), true, BAKERY_ERR_AWS, "s3 HeadBucket: BadRequest",
          NULL, "BadRequest" },
        { ANSWER(403, ID "\nx-amz-bucket-region: eu-west-1", NULL), true, BAKERY_ERR_DENIED, "AccessDenied",
          "is not of account", "AccessDenied" },
        { ANSWER(301, ID "\nLocation: https://elsewhere/", NULL), false, BAKERY_ERR_NETWORK,
          "redirects (HTTP 301) to \"https://elsewhere/\", which is not followed", NULL, NULL },
        { ANSWER(403, NULL, NULL), true, BAKERY_ERR_NETWORK, "unexpected answer from s3 (HTTP 403", NULL, NULL },
        { ANSWER(405, ID, NULL), true, BAKERY_ERR_NETWORK, "unexpected answer from s3 (HTTP 405, request id id-1)",
          NULL, NULL },
};

START_TEST(says_why_not)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { refusals[_i].answer } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct s3_upload upload = { "k", "text/plain", bakery__span("abc") };
        bakery_status st = refusals[_i].head ? bakery__s3_check_bucket(&aws, &bucket, &err)
                                             : bakery__s3_put(&aws, &bucket, &upload, NULL, &err);

        ck_assert_msg(st == refusals[_i].status, "%d: %s", st, bakery_error_message(err));
        ck_says(err, refusals[_i].says);
        if (refusals[_i].hints)
                ck_hints(err, refusals[_i].hints);
        ck_assert_pstr_eq(bakery_error_aws_code(err), refusals[_i].code);
}
END_TEST

/* A bucket as S3 has it, by what it is asked; "METHOD query body\n" of each request is kept. */
static struct {
        bool exists, has_policy;
        const char *refuses; /* the query or method that is refused, with this: */
        struct fake_answer refused_with;
        struct buf asked;
} s3;

static const struct fake_answer *act(struct fake_wire *wire)
{
        static const struct fake_answer ok = ANSWER(200, NULL, NULL);
        static const struct fake_answer missing = ANSWER(404, ID, NULL);
        static const struct fake_answer no_policy = ANSWER(404, ID, REFUSAL("NoSuchBucketPolicy", ""));
        const char *query = strchr(wire->last.url, '?');
        char line[200];

        snprintf(line, sizeof line, "%s %s", wire->last.method, query ? query + 1 : "-");
        bakery__buf_format(&s3.asked, "%s %s\n", line,
                           fake_header(wire, "x-amz-expected-bucket-owner") ? "owner" : "-");
        if (s3.refuses && strcmp(s3.refuses, line) == 0)
                return &s3.refused_with;
        if (strcmp(wire->last.method, "HEAD") == 0)
                return s3.exists ? &ok : &missing;
        if (strcmp(wire->last.method, "GET") == 0)
                return s3.has_policy ? &ok : &no_policy;
        return &ok;
}

#define COMPLETED                                                                                                \
        "PUT publicAccessBlock owner\nPUT ownershipControls owner\nPUT encryption owner\nPUT versioning owner\n" \
        "PUT policy owner\n"

static const struct {
        const char *name;
        bool exists, has_policy;
        const char *refuses;
        struct fake_answer refused_with;
        bakery_status status;
        const char *asked, *says, *hints;
        bool created;
} creations[] = {
        { .name = "none", .asked = "HEAD - owner\nPUT - -\n" COMPLETED, .created = true },
        { .name = "complete", .exists = true, .has_policy = true, .asked = "HEAD - owner\nGET policy owner\n" },
        { .name = "half made", .exists = true, .asked = "HEAD - owner\nGET policy owner\n" COMPLETED },
        { .name = "lost answer",
          .refuses = "PUT -",
          .refused_with = ANSWER(409, ID, REFUSAL("BucketAlreadyOwnedByYou", "")),
          .asked = "HEAD - owner\nPUT - -\n" COMPLETED,
          .created = true },
        { .name = "somebody else's",
          .refuses = "PUT -",
          .refused_with = ANSWER(409, ID, REFUSAL("BucketAlreadyExists", "")),
          .status = BAKERY_ERR_AWS,
          .asked = "HEAD - owner\nPUT - -\n",
          .says = "BucketAlreadyExists",
          .hints = "no two in the world share a name" },
        { .name = "not to be looked at",
          .refuses = "HEAD -",
          .refused_with = ANSWER(403, ID, NULL),
          .status = BAKERY_ERR_DENIED,
          .asked = "HEAD - owner\n",
          .says = "HeadBucket: AccessDenied",
          .hints = "is not of account" },
        { .name = "elsewhere",
          .refuses = "HEAD -",
          .refused_with = ANSWER(301, ID "\nx-amz-bucket-region: eu-west-2", NULL),
          .status = BAKERY_ERR_AWS,
          .asked = "HEAD - owner\n",
          .says = "is in eu-west-2, not in us-east-1" },
        { .name = "its policy is not to be read",
          .exists = true,
          .refuses = "GET policy",
          .refused_with = ANSWER(403, ID, REFUSAL("AccessDenied", "")),
          .status = BAKERY_ERR_DENIED,
          .asked = "HEAD - owner\nGET policy owner\n",
          .says = "GetBucketPolicy: AccessDenied" },
        { .name = "refused half way",
          .refuses = "PUT encryption",
          .refused_with = ANSWER(403, ID, REFUSAL("AccessDenied", "")),
          .status = BAKERY_ERR_DENIED,
          .asked =
                  "HEAD - owner\nPUT - -\nPUT publicAccessBlock owner\nPUT ownershipControls owner\nPUT encryption owner\n",
          .says = "PutBucketEncryption: AccessDenied" },
};

START_TEST(makes_a_private_bucket)
{
        AUTO_CLEAR(fake_wire) wire = { .choose = act };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        bool created = false;

        s3.exists = creations[_i].exists;
        s3.has_policy = creations[_i].has_policy;
        s3.refuses = creations[_i].refuses;
        s3.refused_with = creations[_i].refused_with;
        s3.asked = (struct buf){ .max = 4096 };
        bakery_status st = bakery__s3_create_private_bucket(&aws, &bucket, &created, &err);
        ck_assert_msg(st == creations[_i].status, "%s: %s", creations[_i].name, bakery_error_message(err));
        ck_assert_str_eq(s3.asked.at, creations[_i].asked);
        ck_assert_msg(created == creations[_i].created, "%s", creations[_i].name);
        ck_assert((st == BAKERY_OK) == (err == NULL));
        if (st)
                ck_says(err, creations[_i].says);
        if (creations[_i].hints)
                ck_hints(err, creations[_i].hints);
        bakery__buf_clear(&s3.asked);
}
END_TEST

/* The document that is put under a query. */
static const struct {
        const char *region, *query, *body;
} documents[] = {
        { "us-east-1", NULL, "" },
        { "eu-central-1", NULL,
          "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>eu-central-1"
          "</LocationConstraint></CreateBucketConfiguration>" },
        { "us-east-1", "publicAccessBlock",
          "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicAcls>true"
          "</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>"
          "<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>" },
        { "us-east-1", "ownershipControls",
          "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ObjectOwnership>"
          "BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>" },
        { "us-east-1", "encryption",
          "<ServerSideEncryptionConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>"
          "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
          "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>" },
        { "us-east-1", "versioning",
          "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status>"
          "</VersioningConfiguration>" },
        { "us-east-1", "policy",
          "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"OnlyTls\",\"Effect\":\"Deny\",\"Principal\":\"*\","
          "\"Action\":\"s3:*\",\"Resource\":[\"arn:aws:s3:::team-templates\",\"arn:aws:s3:::team-templates/*\"],"
          "\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"}}}]}" },
        { "cn-north-1", "policy",
          "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"OnlyTls\",\"Effect\":\"Deny\",\"Principal\":\"*\","
          "\"Action\":\"s3:*\",\"Resource\":[\"arn:aws-cn:s3:::team-templates\",\"arn:aws-cn:s3:::team-templates/*\"],"
          "\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"}}}]}" },
};

static const char *wanted_query, *wanted_body;
static unsigned documents_seen;

static const struct fake_answer *compare_document(struct fake_wire *wire)
{
        static const struct fake_answer ok = ANSWER(200, NULL, NULL);
        static const struct fake_answer missing = ANSWER(404, ID, NULL);
        const char *query = strchr(wire->last.url, '?');

        if (strcmp(wire->last.method, "HEAD") == 0)
                return &missing;
        if (query ? wanted_query && strcmp(query + 1, wanted_query) == 0 : !wanted_query) {
                ck_assert_str_eq(wire->last.body, wanted_body);
                ck_assert_ptr_nonnull(fake_header(wire, "x-amz-checksum-sha256"));
                documents_seen++;
        }
        return &ok;
}

START_TEST(says_what_is_private)
{
        AUTO_CLEAR(fake_wire) wire = { .choose = compare_document };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        const struct aws_access aws = { fake_client(&wire), keys, documents[_i].region };
        bool created = false;

        wanted_query = documents[_i].query;
        wanted_body = documents[_i].body;
        documents_seen = 0;
        ck_assert_int_eq(bakery__s3_create_private_bucket(&aws, &bucket, &created, NULL), BAKERY_OK);
        ck_assert(created);
        ck_assert_uint_eq(documents_seen, 1);
}
END_TEST

START_TEST(a_bucket_is_made_for_an_account)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, NULL) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct s3_bucket anybodys = { "team-templates", NULL };
        bool created = false;

        ck_assert_int_eq(bakery__s3_create_private_bucket(&aws, &anybodys, &created, &err), BAKERY_ERR_ARGUMENT);
        ck_assert_uint_eq(wire.requests, 0);
}
END_TEST

Suite *s3_suite(void)
{
        Suite *suite = suite_create("s3");
        TCase *tcase = tcase_create("s3");

        tcase_add_loop_test(tcase, keys_are_encoded_once, 0, (int)N_ELEMENTS(keys_of_objects));
        tcase_add_test(tcase, puts_once);
        tcase_add_test(tcase, what_is_there_stays);
        tcase_add_test(tcase, a_proxy_does_not_know_what_is_there);
        tcase_add_test(tcase, a_lost_answer_is_found_out);
        tcase_add_test(tcase, an_empty_key_is_not_the_bucket);
        tcase_add_loop_test(tcase, says_why_not, 0, (int)N_ELEMENTS(refusals));
        tcase_add_loop_test(tcase, makes_a_private_bucket, 0, (int)N_ELEMENTS(creations));
        tcase_add_loop_test(tcase, says_what_is_private, 0, (int)N_ELEMENTS(documents));
        tcase_add_test(tcase, a_bucket_is_made_for_an_account);
        suite_add_tcase(suite, tcase);
        return suite;
}
