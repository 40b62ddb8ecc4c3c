#include "deploy/artifacts.h"

#include <string.h>

#include "aws/s3.h"

static bakery_status fail_no_bucket(const struct site *site, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_ARGUMENT, "no bucket for the templates of %s: CloudFormation fetches them from S3",
                     site->recipe.stack_name);
        bakery__error_hint(
                err, "set TemplateBucket in config.yml, or name one with --template-bucket; --create-bucket makes it "
                     "when it is missing");
        return BAKERY_ERR_ARGUMENT;
}

static bakery_status fail_missing(const struct site *site, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_NOT_FOUND, "there is no bucket %s", site->recipe.bucket);
        bakery__error_hint(err, "bakery-cli deploy --create-bucket %s makes it: private, versioned, encrypted",
                           site->recipe.command);
        return BAKERY_ERR_NOT_FOUND;
}

/* A namesake of somebody else's would get our templates, and CloudFormation would fetch theirs. */
static bakery_status check_bucket(struct site *site, const struct s3_bucket *bucket, bakery_error **err)
{
        struct aws_access aws;
        bool created = false;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__s3_check_bucket(&aws, bucket, err);
        if (st == BAKERY_ERR_NOT_FOUND && !site->options.create_bucket)
                return fail_missing(site, err);
        if (st == BAKERY_ERR_NOT_FOUND) {
                bakery__site_step(site, "making the bucket %s", bucket->name);
                st = bakery__s3_create_private_bucket(&aws, bucket, &created, err);
        }
        return st ? bakery__wrap(err, st, "bucket %s, which must belong to %s", bucket->name, bucket->owner)
                  : BAKERY_OK;
}

static bakery_status upload(struct site *site, const struct s3_bucket *bucket, const char *name,
                            const struct s3_upload *what, bakery_error **err)
{
        struct aws_access aws;
        bool was_there = false;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__s3_put(&aws, bucket, what, &was_there, err);
        if (!st && !was_there)
                bakery__site_step(site, "uploaded %s to %s", name, bucket->name);
        return st ? bakery__wrap(err, st, "%s to bucket %s", name, bucket->name) : BAKERY_OK;
}

static bakery_status upload_template(struct site *site, const struct s3_bucket *bucket, const struct recipe_file *file,
                                     bakery_error **err)
{
        AUTO_CLEAR(buf) key = { .max = 1024 };

        bakery__buf_text(&key, site->recipe.key_prefix);
        bakery__buf_text(&key, file->name);
        bakery_status st = bakery__buf_status(&key, "the key", err);
        if (st)
                return st;

        struct s3_upload what = { .key = key.at,
                                  .content_type = "application/json",
                                  .body = { file->text, file->size_bytes } };
        return upload(site, bucket, file->name, &what, err);
}

static bakery_status upload_code(struct site *site, const struct s3_bucket *bucket, bakery_error **err)
{
        const struct recipe *recipe = &site->recipe;
        struct s3_upload what = { .key = recipe->code_key,
                                  .content_type = "application/zip",
                                  .body = { recipe->code.at, recipe->code.len } };

        return recipe->code_key ? upload(site, bucket, "the function", &what, err) : BAKERY_OK;
}

bakery_status bakery__artifacts_upload(struct site *site, bakery_error **err)
{
        const struct recipe *recipe = &site->recipe;
        size_t first = bakery__recipe_goes_through_bucket(recipe) ? 0 : 1;
        struct s3_bucket bucket = { .name = recipe->bucket, .owner = bakery_config_bakery_account_id(recipe->config) };
        bakery_status st;

        if (first == recipe->n_files && !recipe->code_key)
                return BAKERY_OK;
        if (!recipe->bucket)
                return fail_no_bucket(site, err);
        st = check_bucket(site, &bucket, err);
        for (size_t i = first; i < recipe->n_files && !st; i++)
                st = upload_template(site, &bucket, &recipe->files[i], err);
        return st ? st : upload_code(site, &bucket, err);
}
