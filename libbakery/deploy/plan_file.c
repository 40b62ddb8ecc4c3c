/* A plan in a file: kept for a review, and taken up again. */
#include "deploy/plan_file.h"

#include <string.h>

#include "base/fs.h"
#include "deploy/function.h"

enum { PLAN_FILE_MAX_BYTES = 256 << 20 };

bakery_status bakery_plan_write(const bakery_plan *plan, const char *path, bakery_error **err)
{
        AUTO_FREE char *text = NULL;
        bakery_status st = bakery_plan_print(plan, BAKERY_PLAN_JSON, &text, err);

        return st ? st : bakery__fs_write(path, bakery__span(text), 0644, err);
}

static bakery_status fail_other(const char *path, const char *what, const char *found, const char *wanted,
                                bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_REFUSED, "%s is a plan for another %s: %s, and this is %s", path, what,
                     found ? found : "none", wanted);
        bakery__error_hint(err, "plan again with this configuration");
        return BAKERY_ERR_REFUSED;
}

/* It is the plan of this stack, made of this configuration. */
static bakery_status check_belongs(const struct cJSON *root, const bakery_plan *plan, const char *path,
                                   bakery_error **err)
{
        const struct {
                const char *key, *what, *wanted;
        } bound[] = {
                { "account_id", "account", plan->account_id },
                { "region", "region", plan->region },
                { "stack_name", "stack", plan->stack_name },
                { "digest", "configuration", plan->digest },
        };

        for (size_t i = 0; i < N_ELEMENTS(bound); i++) {
                const char *found = bakery__json_text_of(bakery__json_get(root, bound[i].key));

                if (!bakery__str_equal(found, bound[i].wanted))
                        return fail_other(path, bound[i].what, found, bound[i].wanted, err);
        }
        return BAKERY_OK;
}

/* Torn or edited, it must not pass for one that has nothing to do. */
static bakery_status check_change_set(const struct cJSON *root, const bakery_plan *plan, const char *path,
                                      bakery_error **err)
{
        if (bakery__json_text_of(bakery__json_get(root, "change_set_id")) ||
            bakery__str_equal(bakery__json_text_of(bakery__json_get(root, "action")), "nothing"))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_FORMAT, "%s would change %s, and names no change set", path, plan->stack_name);
        bakery__error_hint(err, "plan again: the file was edited, or is not whole");
        return BAKERY_ERR_FORMAT;
}

static bakery_status check_version(const struct cJSON *object, const char *path, bakery_error **err)
{
        long long version = 0;

        if (bakery__json_whole_number_of(bakery__json_get(object, "version"), &version) && version == 1)
                return BAKERY_OK;
        return bakery__fail(err, BAKERY_ERR_FORMAT, "%s is no plan of version 1", path);
}

bakery_status bakery__plan_file_read(const char *path, struct plan_file *ret, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = PLAN_FILE_MAX_BYTES };
        bakery_status st = bakery__fs_read(path, &text, err);

        ret->path = path;
        if (!st)
                st = bakery__json_parse((struct span){ text.at ? text.at : "", text.len }, path, &ret->json, err);
        if (!st)
                st = check_version(ret->json.root, path, err);
        if (st)
                return st;
        ret->list = bakery__json_get(ret->json.root, "plans");
        if (ret->list && bakery__json_kind(ret->list) != JSON_ARRAY)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s is no plan: its plans are no list", path);
        for (const struct cJSON *at = bakery__json_first(ret->list); at && !st; at = bakery__json_next(at))
                st = check_version(at, path, err);
        return st;
}

void bakery__plan_file_clear(struct plan_file *file)
{
        bakery__json_clear(&file->json);
}

bool bakery__plan_file_is_empty(const struct plan_file *file)
{
        return file->list && !bakery__json_first(file->list);
}

static const char *account_of(const struct cJSON *plan)
{
        return bakery__json_text_of(bakery__json_get(plan, "account_id"));
}

static const struct cJSON *find_from(const struct cJSON *plan, const char *account_id)
{
        while (plan && !bakery__str_equal(account_of(plan), account_id))
                plan = bakery__json_next(plan);
        return plan;
}

const struct cJSON *bakery__plan_file_find(const struct plan_file *file, const char *account_id)
{
        return file->list ? find_from(bakery__json_first(file->list), account_id) : file->json.root;
}

static bakery_status check_one(const struct plan_file *file, const struct cJSON *plan, const bakery_config *config,
                               bakery_error **err)
{
        const char *account_id = account_of(plan);
        const bakery_account *account = account_id ? bakery_config_find_account(config, account_id) : NULL;

        if (!account) {
                bakery__fail(err, BAKERY_ERR_REFUSED, "%s has a plan for the account %s, and %s has no such burger",
                             file->path, account_id ? account_id : "of nobody", bakery_config_name(config));
                bakery__error_hint(err, "plan again with this configuration");
                return BAKERY_ERR_REFUSED;
        }
        if (!file->list || !find_from(bakery__json_next(plan), account_id))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_REFUSED, "%s has two plans for the account %s", file->path, account_id);
        bakery__error_hint(err, "plan again: such a file was put together by hand");
        return BAKERY_ERR_REFUSED;
}

bakery_status bakery__plan_file_check(const struct plan_file *file, const bakery_config *config, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        if (!file->list)
                return check_one(file, file->json.root, config, err);
        for (const struct cJSON *at = bakery__json_first(file->list); at && !st; at = bakery__json_next(at))
                st = check_one(file, at, config, err);
        return st;
}

struct cJSON *bakery__plan_file_begin(struct json *json)
{
        struct cJSON *root = bakery__json_root(json);

        bakery__json_number(json, root, "version", 1);
        return bakery__json_array(json, root, "plans");
}

bakery_status bakery__plan_file_write(const struct json *json, const char *path, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = PLAN_FILE_MAX_BYTES };
        bakery_status st = bakery__json_print(json, JSON_PRETTY, &text, "the plans", err);

        return st ? st : bakery__fs_write(path, (struct span){ text.at, text.len }, 0644, err);
}

/* NULL when it holds nothing but change sets. */
static const struct cfn_stack *made(const struct cfn_stack *stack)
{
        return stack && strcmp(stack->status, "REVIEW_IN_PROGRESS") != 0 ? stack : NULL;
}

/* What would be done is asked of CloudFormation again: a file can be edited, a change set cannot. */
static bakery_status take_up(struct site *site, const struct cJSON *root, bakery_plan *plan, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const char *change_set_id = bakery__json_text_of(bakery__json_get(root, "change_set_id"));
        struct proposal proposal = { 0 };

        if (!change_set_id)
                return BAKERY_OK;
        plan->role_arn = bakery__json_text_of(bakery__json_get(root, "role_arn"));
        bakery_status st = bakery__proposal_read(site, change_set_id, &arena, &proposal, err);
        if (!st)
                st = bakery__plan_check_role(plan, proposal.stack, err);
        if (!st)
                st = bakery__plan_take_role(plan, proposal.stack, err);
        if (st)
                return st;
        const struct cfn_stack *stack = made(proposal.stack);
        plan->action = stack ? BAKERY_PLAN_UPDATE : BAKERY_PLAN_CREATE;
        site->options.import_existing = proposal.parts->set->import_existing_resources; /* as it was asked for */
        st = bakery__plan_take(plan, &proposal, err);
        return st ? st : bakery__plan_compare(site, stack, plan, err);
}

static bakery_status fail_none(const struct plan_file *file, const char *account_id, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_REFUSED, "%s has no plan for the account %s", file->path, account_id);
        bakery__error_hint(err, "plan again with this configuration");
        return BAKERY_ERR_REFUSED;
}

bakery_status bakery__plan_take_up(bakery_client *client, const bakery_target *target,
                                   const bakery_run_options *options, const struct plan_file *file,
                                   bakery_plan **ret_plan, bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };
        AUTO_PTR(bakery_plan) plan = NULL;
        bakery_status st = bakery__site_open(client, target, options, &site, err);

        if (st)
                return st;
        const struct cJSON *kept = bakery__plan_file_find(file, site.recipe.account_id);
        if (!kept)
                return fail_none(file, site.recipe.account_id, err);
        plan = bakery__plan_new(&site);
        if (!plan)
                return bakery__fail_memory(err);
        st = bakery__function_add(&site, err);
        if (!st)
                st = bakery__plan_digest(&site.recipe, &plan->arena, &plan->digest, err);
        if (!st)
                st = check_belongs(kept, plan, file->path, err);
        if (!st)
                st = check_change_set(kept, plan, file->path, err);
        if (!st)
                st = take_up(&site, kept, plan, err);
        if (st)
                return st;
        *ret_plan = STEAL(plan);
        return BAKERY_OK;
}

bakery_status bakery_plan_read(bakery_client *client, const bakery_target *target, const char *path,
                               bakery_plan **ret_plan, bakery_error **err)
{
        AUTO_CLEAR(plan_file) file = { 0 };

        bakery__error_clear(err);
        bakery_status st = bakery__plan_file_read(path, &file, err);
        return st ? st : bakery__plan_take_up(client, target, NULL, &file, ret_plan, err);
}
