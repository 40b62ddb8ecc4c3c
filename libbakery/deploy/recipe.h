/* The recipe of a stack: all that CloudFormation is asked for, made from the configuration, before anything is asked.
 */
#ifndef BAKERY_DEPLOY_RECIPE_H
#define BAKERY_DEPLOY_RECIPE_H

#include <bakery/target.h>

#include "aws/cloudformation.h"
#include "base/arena.h"
#include "model/model.h"

/* A template. The first of a recipe is the stack's own, the others are nested in it. */
struct recipe_file {
        const char *name;       /* "bakery_env.json" */
        const char *logical_id; /* of the nested stack made of it; NULL: the root */
        char *text;
        size_t size_bytes;
};

/* Begin with { 0 }. Texts are of the arena, or borrowed from the configuration. */
struct recipe {
        struct arena arena;
        const bakery_config *config;
        const bakery_account *account; /* of a burger */
        bakery_stack_kind kind;
        const char *stack_name;
        const char *account_id; /* where the stack belongs */
        const char *region;
        struct recipe_file *files;
        size_t n_files;
        const char *digest;     /* SHA-256 over the files and their names, hexadecimal */
        const char *key_prefix; /* what stands before a file's name in its key: "bakery/<digest>/" */
        const char *bucket;     /* NULL: nobody named one */
        const char *command;    /* what a person types after "bakery-cli deploy" and the like: "burger 222222222222" */
        struct cfn_parameters parameters;
        struct cfn_pairs tags;
        struct cfn_texts capabilities;
        const char *on_stack_failure; /* NULL: CloudFormation rolls back */

        /* Of the admin check, once its function is added: the zip file, its SHA-256, and its key in the bucket. */
        struct buf code;
        const char *code_digest, *code_key;
};

/*
 * Writes it down: target's, in region, with bucket (which may be NULL). Gives BAKERY_ERR_ARGUMENT (a target that is
 * none), BAKERY_ERR_NOT_FOUND (the configuration makes no such template), and what bakery_template_emit() gives.
 */
bakery_status bakery__recipe_write(const bakery_target *target, const char *region, const char *bucket,
                                   struct recipe *ret, bakery_error **err);

/* The tags of every stack of the configuration. */
bakery_status bakery__recipe_tags(const bakery_config *config, struct arena *arena, struct cfn_pairs *ret,
                                  bakery_error **err);

/* Whether its own template is too large to stand in the request. */
bool bakery__recipe_goes_through_bucket(const struct recipe *recipe);

/* The https URL of a file in the bucket, of arena; NULL when memory is gone. */
const char *bakery__recipe_url(const struct recipe *recipe, const struct recipe_file *file, struct arena *arena);

/* What is put on every stack of ours, and on none of the old tool's. */
#define RECIPE_OWNER_TAG "ManagedBy"
#define RECIPE_OWNER "bakery"

void bakery__recipe_clear(struct recipe *recipe);
DEFINE_AUTO_CLEAR(recipe, bakery__recipe_clear)

#endif
