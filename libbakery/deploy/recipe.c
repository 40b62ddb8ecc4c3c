#include "deploy/recipe.h"

#include <string.h>

#include <bakery/template.h>

#include "base/buf.h"
#include "formats/crypto.h"
#include "formats/uri.h"
#include "model/limits.h"

/* What the kinds of stacks are made of. */
static const struct {
        const char *suffix; /* of the stack's name, behind the prefix */
        const char *file;
        const char *command;
        bool nests;                   /* the other templates of the Bakery account are nested in it */
        const char *on_stack_failure; /* the function that check-admin replaces is of a runtime without a way back */
} kinds[] = {
        [BAKERY_STACK_BAKERY] = { "BakeryAccount", "bakery_stack.json", "bakery", true, NULL },
        [BAKERY_STACK_BURGER] = { "BurgerAccount", "burger_account.json", "burger", false, NULL },
        [BAKERY_STACK_CHECK_ADMIN] = { "CheckAdminAccess", "check_admin_access.json", "check-admin", false,
                                       "DO_NOTHING" },
};
static const char *const capabilities[] = { "CAPABILITY_NAMED_IAM" };

static bool is_kind(bakery_stack_kind kind)
{
        return (size_t)kind < N_ELEMENTS(kinds);
}

static const char *name_of(const bakery_config *config, bakery_stack_kind kind, struct arena *arena)
{
        return bakery__arena_format(arena, "%s%s", bakery_config_prefix(config), kinds[kind].suffix);
}

bakery_status bakery_stack_name(const bakery_config *config, bakery_stack_kind kind, char **ret_name,
                                bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };

        bakery__error_clear(err);
        if (!is_kind(kind))
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "%d is no kind of stack", (int)kind);

        const char *name = name_of(config, kind, &arena);
        char *copy = name ? strdup(name) : NULL;
        if (!copy)
                return bakery__fail_memory(err);
        *ret_name = copy;
        return BAKERY_OK;
}

static bakery_status check_target(const bakery_target *target, bakery_error **err)
{
        if (target->size < sizeof *target)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_target of %zu bytes is none: begin with BAKERY_TARGET_INIT", target->size);
        if (!target->config || !is_kind(target->kind))
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "the target names no configuration, or no kind of stack");
        if ((target->kind == BAKERY_STACK_BURGER) != (target->account != NULL))
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "a burger's stack is in an account of the configuration, and no other is");
        return BAKERY_OK;
}

/* Of the stack nested in bakery_stack.json, by where its template stands among those of the configuration. */
static const char *nested_id(const bakery_config *config, const char *file, struct arena *arena)
{
        if (strcmp(file, "bakery_account.json") == 0)
                return "BakeryAccount";
        for (size_t i = 0; config->per_environment && i < config->n_environments; i++)
                if (strcmp(file, config->template_files[i]) == 0)
                        return bakery__arena_format(arena, "BakeryEnvironment%s", config->environments[i].logical_id);
        return strcmp(file, "bakery_env.json") == 0 ? "BakeryEnvironment" : NULL;
}

static bakery_status emit(struct recipe *recipe, size_t template, const char *logical_id, bakery_error **err)
{
        struct recipe_file *file = &recipe->files[recipe->n_files];
        bakery_status st = bakery_template_emit(recipe->config, template, &file->text, &file->size_bytes, err);

        if (st)
                return st;
        file->name = bakery_template_file(recipe->config, template);
        file->logical_id = logical_id;
        recipe->n_files++;
        return BAKERY_OK;
}

/* The root, then those nested in it, in the order of the configuration's templates. */
static bakery_status emit_files(struct recipe *recipe, bakery_error **err)
{
        size_t count = bakery_template_count(recipe->config), i = 0;
        bakery_status st;

        recipe->files = calloc(count, sizeof *recipe->files);
        if (!recipe->files)
                return bakery__fail_memory(err);
        while (i < count && strcmp(bakery_template_file(recipe->config, i), kinds[recipe->kind].file) != 0)
                i++;
        if (i == count) {
                bakery__fail(err, BAKERY_ERR_NOT_FOUND, "%s makes no %s", recipe->config->name,
                             kinds[recipe->kind].file);
                bakery__error_hint(err, "name the groups to check: AdminGroups, see bakery-config(5)");
                return BAKERY_ERR_NOT_FOUND;
        }
        st = emit(recipe, i, NULL, err);
        for (i = 0; i < count && !st && kinds[recipe->kind].nests; i++) {
                const char *id = nested_id(recipe->config, bakery_template_file(recipe->config, i), &recipe->arena);

                if (id)
                        st = emit(recipe, i, id, err);
        }
        return st;
}

/* Over names too: a file that only changes its name is another set. */
static bakery_status write_digest(struct recipe *recipe, bakery_error **err)
{
        AUTO_CLEAR(buf) all = { .max = 256 << 20 };
        char digest[65];
        bakery_status st;

        for (size_t i = 0; i < recipe->n_files; i++) {
                const struct recipe_file *file = &recipe->files[i];

                bakery__buf_format(&all, "%s %zu\n", file->name, file->size_bytes);
                bakery__buf_add(&all, file->text, file->size_bytes);
        }
        st = bakery__buf_status(&all, "the set of templates", err);
        if (!st)
                st = bakery__sha256_hex((struct span){ all.at, all.len }, digest, err);
        if (st)
                return st;
        recipe->digest = bakery__arena_copy(&recipe->arena, bakery__span(digest));
        recipe->key_prefix = bakery__arena_format(&recipe->arena, "bakery/%s/", digest);
        return recipe->digest && recipe->key_prefix ? BAKERY_OK : bakery__fail_memory(err);
}

enum { PARAMETERS_AT_MOST = 8 };

static void add_parameter(struct cfn_parameter *into, size_t *count, const char *key, const char *value)
{
        into[(*count)++] = (struct cfn_parameter){ .key = key, .value = value };
}

static bakery_status write_parameters(struct recipe *recipe, bakery_error **err)
{
        const bakery_config *config = recipe->config;
        struct cfn_parameter *at = bakery__arena_array(&recipe->arena, PARAMETERS_AT_MOST, sizeof *at);
        size_t n = 0;

        if (!at)
                return bakery__fail_memory(err);
        if (recipe->kind == BAKERY_STACK_BAKERY) {
                add_parameter(at, &n, "TeamName", bakery_config_team_name(config));
                add_parameter(at, &n, "CloudFormationS3Bucket", recipe->bucket ? recipe->bucket : "");
                add_parameter(at, &n, "TemplateKeyPrefix", recipe->key_prefix);
        } else if (recipe->kind == BAKERY_STACK_BURGER) {
                add_parameter(at, &n, "BakeryAccount", bakery_config_bakery_account_id(config));
                add_parameter(at, &n, "AccountName", bakery_account_name(recipe->account));
                add_parameter(at, &n, "Environment",
                              bakery_environment_name(bakery_account_environment(recipe->account)));
        }
        recipe->parameters = (struct cfn_parameters){ at, n };
        return BAKERY_OK;
}

/*
 * Those of the old tool, with its own values, and one that says whose the stack is. None may differ by caller or by
 * run: tags of a stack go to its roles, and no deployment would ever be without a change.
 */
bakery_status bakery__recipe_tags(const bakery_config *config, struct arena *arena, struct cfn_pairs *ret,
                                  bakery_error **err)
{
        static const struct cfn_pair constant[] = {
                { "Environment", "Prod" },     { "Application", "Bakery" },        { "Server Name", "Bakery" },
                { "Launched By", "iam_user" }, { RECIPE_OWNER_TAG, RECIPE_OWNER },
        };
        const char *billing_code = bakery_config_billing_code(config);
        size_t n = N_ELEMENTS(constant);
        struct cfn_pair *at = bakery__arena_array(arena, n + 1, sizeof *at);

        if (!at)
                return bakery__fail_memory(err);
        memcpy(at, constant, sizeof constant);
        if (billing_code)
                at[n++] = (struct cfn_pair){ "Billing Code", billing_code };
        *ret = (struct cfn_pairs){ at, n };
        return BAKERY_OK;
}

static bakery_status write_head(struct recipe *recipe, const bakery_target *target, const char *region,
                                const char *bucket, bakery_error **err)
{
        struct arena *arena = &recipe->arena;
        bool is_burger = target->kind == BAKERY_STACK_BURGER;

        recipe->config = target->config;
        recipe->account = target->account;
        recipe->kind = target->kind;
        recipe->account_id =
                is_burger ? bakery_account_id(target->account) : bakery_config_bakery_account_id(target->config);
        recipe->stack_name = name_of(target->config, target->kind, arena);
        recipe->capabilities = (struct cfn_texts){ capabilities, N_ELEMENTS(capabilities) };
        recipe->on_stack_failure = kinds[target->kind].on_stack_failure;
        recipe->region = bakery__arena_copy(arena, bakery__span(region));
        recipe->bucket = bucket ? bakery__arena_copy(arena, bakery__span(bucket)) : NULL;
        recipe->command = bakery__arena_format(arena, "%s%s%s", kinds[target->kind].command, is_burger ? " " : "",
                                               is_burger ? bakery_account_id(target->account) : "");
        if (recipe->stack_name && recipe->region && recipe->command && (!bucket || recipe->bucket))
                return BAKERY_OK;
        return bakery__fail_memory(err);
}

bakery_status bakery__recipe_write(const bakery_target *target, const char *region, const char *bucket,
                                   struct recipe *ret, bakery_error **err)
{
        bakery_status st = check_target(target, err);

        if (!st)
                st = write_head(ret, target, region, bucket, err);
        if (!st)
                st = emit_files(ret, err);
        if (!st)
                st = write_digest(ret, err);
        if (!st)
                st = write_parameters(ret, err);
        if (!st)
                st = bakery__recipe_tags(ret->config, &ret->arena, &ret->tags, err);
        return st;
}

bool bakery__recipe_goes_through_bucket(const struct recipe *recipe)
{
        return recipe->files[0].size_bytes > bakery__limit(LIMIT_TEMPLATE_INLINE_BYTES)->value;
}

const char *bakery__recipe_url(const struct recipe *recipe, const struct recipe_file *file, struct arena *arena)
{
        const struct partition *partition = bakery__partition_of_region(recipe->region);
        AUTO_CLEAR(buf) url = { .max = 4096 };

        bakery__buf_format(&url, "https://%s.s3.%s.%s/%s", recipe->bucket, recipe->region, partition->dns_suffix,
                           recipe->key_prefix);
        bakery__uri_encode(&url, bakery__span(file->name), URI_KEEP_SLASH);
        return url.at && !url.no_memory ? bakery__arena_copy(arena, (struct span){ url.at, url.len }) : NULL;
}

void bakery__recipe_clear(struct recipe *recipe)
{
        for (size_t i = 0; i < recipe->n_files; i++)
                free(recipe->files[i].text);
        free(recipe->files);
        bakery__buf_clear(&recipe->code);
        bakery__arena_clear(&recipe->arena);
        *recipe = (struct recipe){ 0 };
}
