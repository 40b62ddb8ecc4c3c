#include <bakery/template.h>

#include "base/buf.h"
#include "base/report.h"
#include "formats/crypto.h"
#include "model/limits.h"
#include "template/emit.h"

struct template_kind {
        const char *file; /* NULL: one for each environment */
        const char *about;
        emit_template *emit;
        bool (*exists)(const bakery_config *config);                         /* NULL: always */
        bakery_status (*check)(const struct json *json, bakery_error **err); /* NULL: nothing more to look at */
};

static bool is_single(const bakery_config *config)
{
        return !config->per_environment;
}

static bool is_per_environment(const bakery_config *config)
{
        return config->per_environment;
}

static bool has_admin_groups(const bakery_config *config)
{
        return config->admin_groups.count > 0;
}

static bool has_deployer(const bakery_config *config)
{
        return config->raw.config->deployer_role != NULL;
}

static bakery_status check_role(const struct json *json, const char *logical_id, const char *hint, bakery_error **err)
{
        size_t n = 0, limit = bakery__limit(LIMIT_ROLE_INLINE_CHARS)->value;
        bakery_status st = bakery__role_policy_chars(json, logical_id, &n, err);

        if (st || n <= limit)
                return st;
        bakery__fail(err, BAKERY_ERR_LIMIT,
                     "the policy of %s would have %zu characters, and a role's inline policies take %zu", logical_id, n,
                     limit);
        bakery__error_hint(err, "%s", hint);
        return BAKERY_ERR_LIMIT;
}

static bakery_status check_deployer(const struct json *json, bakery_error **err)
{
        static const char revoker[] = "RevokerRole";
        bakery_status st = check_role(json, "DeployerRole",
                                      "so many access types are deployed by a role of your own: leave DeployerRole "
                                      "out, and name that role with --role",
                                      err);

        if (st || !bakery__json_get(bakery__json_get(json->root, "Resources"), revoker))
                return st;
        return check_role(json, revoker, "leave RevokerRole out, and name a role of your own with users revoke --role",
                          err);
}

static const struct template_kind kinds[] = {
        { "bakery_stack.json", "the stack of the Bakery account", .emit = bakery__emit_bakery_stack },
        { "bakery_account.json", "its own groups, nested", .emit = bakery__emit_bakery_account },
        { "bakery_env.json", "the groups of all environments, nested", .emit = bakery__emit_bakery_env,
          .exists = is_single },
        { NULL, "the groups of one environment, nested", .emit = bakery__emit_bakery_env,
          .exists = is_per_environment },
        { "burger_account.json", "the stack of a burger account", .emit = bakery__emit_burger_account },
        { "burger_deployer.json", "the role in a burger account that deploys there",
          .emit = bakery__emit_burger_deployer, .exists = has_deployer, .check = check_deployer },
        { "check_admin_access.json", "the daily check of the admin groups", .emit = bakery__emit_check_admin_access,
          .exists = has_admin_groups },
};

static size_t count_of(const struct template_kind *kind, const bakery_config *config)
{
        if (kind->exists && !kind->exists(config))
                return 0;
        return kind->file ? 1 : config->n_environments;
}

size_t bakery_template_count(const bakery_config *config)
{
        size_t n = 0;

        for (size_t k = 0; k < N_ELEMENTS(kinds); k++)
                n += count_of(&kinds[k], config);
        return n;
}

/* The kind of template i; *ret_rest gets which of its kind it is. */
static const struct template_kind *kind_of(const bakery_config *config, size_t i, size_t *ret_rest)
{
        const struct template_kind *kind = kinds;

        for (size_t n; i >= (n = count_of(kind, config)); kind++)
                i -= n;
        *ret_rest = i;
        return kind;
}

const char *bakery_template_file(const bakery_config *config, size_t i)
{
        size_t rest;
        const struct template_kind *kind = kind_of(config, i, &rest);

        return kind->file ? kind->file : config->template_files[rest];
}

const char *bakery_template_about(const bakery_config *config, size_t i)
{
        size_t rest;

        return kind_of(config, i, &rest)->about;
}

static size_t count_resources(const struct json *json)
{
        size_t n = 0;

        for (const struct cJSON *each = bakery__json_first(bakery__json_get(json->root, "Resources")); each;
             each = bakery__json_next(each))
                n++;
        return n;
}

static bakery_status check_resources(const struct json *json, const char *file, bakery_error **err)
{
        const struct limit *limit = bakery__limit(LIMIT_RESOURCES);
        size_t n = count_resources(json);

        if (n <= limit->value)
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_LIMIT, "%s would have %zu resources, and a template takes %zu", file, n,
                     limit->value);
        bakery__error_hint(err, "set Layout: PerEnvironment: see bakery-config(5)");
        return BAKERY_ERR_LIMIT;
}

/* Indented when that fits, else without white space; past the limit either way, an error. */
static bakery_status print(const struct json *json, const char *file, struct buf *text, bakery_error **err)
{
        static const enum json_style styles[] = { JSON_PRETTY, JSON_COMPACT };
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < N_ELEMENTS(styles); i++) {
                bakery__buf_clear(text);
                st = bakery__json_print(json, styles[i], text, file, err);
                if (st != BAKERY_ERR_LIMIT)
                        return st;
        }
        bakery__error_hint(err,
                           "CloudFormation takes no larger one: set Layout: PerEnvironment, or split the environment");
        return st;
}

bakery_status bakery_template_emit(const bakery_config *config, size_t i, char **ret_json, size_t *ret_size_bytes,
                                   bakery_error **err)
{
        size_t rest;
        const struct template_kind *kind = kind_of(config, i, &rest);
        const char *file = bakery_template_file(config, i);
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = bakery__limit(LIMIT_TEMPLATE_BYTES)->value };

        bakery__error_clear(err);
        kind->emit(&json, config, kind->file ? NULL : &config->environments[rest]);
        if (json.no_memory)
                return bakery__fail_memory(err);

        bakery_status st = check_resources(&json, file, err);
        if (!st && kind->check)
                st = kind->check(&json, err);
        if (!st)
                st = print(&json, file, &text, err);
        if (st)
                return st;
        bakery__error_clear(err);
        return bakery__buf_take(&text, file, ret_json, ret_size_bytes, err);
}

/* Without white space when only then it fits into a request. */
bakery_status bakery__burger_set_print(const bakery_config *config, const struct burger_set *set, char **ret_json,
                                       size_t *ret_size_bytes, bakery_error **err)
{
        static const char file[] = "the burgers' template for a stack set";
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) inline_text = { .max = bakery__limit(LIMIT_TEMPLATE_INLINE_BYTES)->value };
        AUTO_CLEAR(buf) text = { .max = bakery__limit(LIMIT_TEMPLATE_BYTES)->value };

        bakery__emit_burger_set(&json, config, set);
        if (json.no_memory)
                return bakery__fail_memory(err);
        bakery_status st = check_resources(&json, file, err);
        if (st)
                return st;
        if (bakery__json_print(&json, JSON_PRETTY, &inline_text, file, NULL) == BAKERY_OK)
                return bakery__buf_take(&inline_text, file, ret_json, ret_size_bytes, err);
        st = bakery__json_print(&json, JSON_COMPACT, &text, file, err);
        return st ? st : bakery__buf_take(&text, file, ret_json, ret_size_bytes, err);
}

/* Where what a template is too large for stands: its environment, or the first of all. */
static struct place place_of(const bakery_config *config, size_t i)
{
        size_t rest;
        const struct template_kind *kind = kind_of(config, i, &rest);

        return config->environments[kind->file ? 0 : rest].place;
}

static bakery_status check_one(const bakery_config *config, size_t i, bakery_report *report, bakery_error **err)
{
        AUTO_FREE char *json = NULL;
        AUTO_PTR(bakery_error) too_large = NULL;
        size_t size_bytes;
        bakery_status st = bakery_template_emit(config, i, &json, &size_bytes, &too_large);

        if (st != BAKERY_ERR_LIMIT)
                return st ? bakery__fail_memory(err) : BAKERY_OK;

        struct finding *finding = bakery__report_add(report, BAKERY_SEVERITY_ERROR, "template-too-large", config->name,
                                                     place_of(config, i), "%s", bakery_error_message(too_large));
        if (bakery_error_hint(too_large))
                bakery__report_hint(report, finding, "%s", bakery_error_hint(too_large));
        return BAKERY_OK;
}

bakery_status bakery_templates_check(const bakery_config *config, bakery_report *report, bakery_error **err)
{
        AUTO_PTR(bakery_report) own = bakery_report_new();
        bakery_status st = own ? BAKERY_OK : BAKERY_ERR_MEMORY;

        bakery__error_clear(err);
        if (st)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < bakery_template_count(config) && !st; i++)
                st = check_one(config, i, own, err);
        if (!st)
                st = bakery__report_status(own, err);
        bakery_status moved = bakery__report_move(own, report, st ? NULL : err);
        return st ? st : moved;
}

bakery_status bakery_sha256_hex(const void *bytes, size_t size_bytes, char ret_hex[65], bakery_error **err)
{
        bakery__error_clear(err);
        return bakery__sha256_hex((struct span){ bytes, size_bytes }, ret_hex, err);
}
