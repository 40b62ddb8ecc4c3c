#include <bakery/config.h>

#include <string.h>

#include "base/fs.h"
#include "formats/yaml_json.h"
#include "model/build.h"
#include "model/shape.h"

enum { CONFIG_MAX_BYTES = 16 << 20 };

/*
 * libcyaml gets the settings, written anew: without what was taken out of the tree, and without the lists of accounts
 * and users, which would be parsed a second time.
 */
static bakery_status load_settings(const struct yaml_node *root, struct raw *raw, const char *file, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = CONFIG_MAX_BYTES * 8 };

        bakery__yaml_to_json(&json, NULL, NULL, root);
        bakery_status st = bakery__json_print(&json, JSON_AS_YAML, &text, file, err);
        if (st)
                return st;
        return bakery__raw_load(raw, (struct span){ text.at, text.len }, file, err);
}

static bakery_status check_all(struct checking *in, bakery_error **err)
{
        static void (*const checks[])(struct checking *) = {
                bakery__check_references,
                bakery__check_settings,
                bakery__check_names,
                bakery__check_limits,
        };

        for (size_t i = 0; i < N_ELEMENTS(checks); i++)
                checks[i](in);
        return in->no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

/* Reads text into config and everything that is wrong with it into report. */
static bakery_status read_into(bakery_config *config, struct span text, bakery_report *report, struct arena *tree_arena,
                               bakery_error **err)
{
        struct yaml_node *root = NULL;
        const char *file = config->name;
        bakery_status st = bakery__yaml_parse(text, file, tree_arena, report, &root, err);

        if (st)
                return st == BAKERY_ERR_FORMAT ? BAKERY_OK : st; /* reported */
        if (!root) {
                if (bakery_report_count(report) == 0)
                        bakery__report_add(report, BAKERY_SEVERITY_ERROR, "empty", file, (struct place){ 1, 1 },
                                           "the config is empty");
                return BAKERY_OK;
        }

        bakery__shape_check(root, file, report);
        if (root->kind != YAML_MAPPING)
                return BAKERY_OK;
        st = load_settings(root, &config->raw, file, err);
        if (st)
                return st;

        struct checking in = { .config = config, .root = root, .report = report };
        st = bakery__build(&in, err);
        return st ? st : check_all(&in, err);
}

static bakery_status load(struct span text, const char *name, bakery_report *report, bakery_config **ret_config,
                          bakery_error **err)
{
        AUTO_PTR(bakery_config) config = calloc(1, sizeof *config);
        AUTO_PTR(bakery_report) own = bakery_report_new();

        if (!config || !own)
                return bakery__fail_memory(err);
        config->name = bakery__arena_copy(&config->arena, bakery__span(name));
        if (!config->name)
                return bakery__fail_memory(err);

        bakery_status st = read_into(config, text, own, &config->arena, err);
        if (st)
                return st;
        bakery__report_sort(own);
        st = bakery__report_status(own, err);
        bakery_status moved = bakery__report_move(own, report, err);
        if (moved || st) /* a report with a hole first: whoever prints it must know */
                return moved ? moved : st;
        *ret_config = STEAL(config);
        return BAKERY_OK;
}

bakery_status bakery_config_load_text(const char *text, size_t size_bytes, const char *name, bakery_report *report,
                                      bakery_config **ret_config, bakery_error **err)
{
        bakery__error_clear(err);
        if (size_bytes > CONFIG_MAX_BYTES)
                return bakery__fail(err, BAKERY_ERR_LIMIT, "%s has %zu bytes, more than the %d that are read", name,
                                    size_bytes, CONFIG_MAX_BYTES);
        return load((struct span){ text ? text : "", size_bytes }, name, report, ret_config, err);
}

bakery_status bakery_config_load_file(const char *path, bakery_report *report, bakery_config **ret_config,
                                      bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = CONFIG_MAX_BYTES, .secret = true };

        bakery__error_clear(err);
        bakery_status st = bakery__fs_read(path, &text, err);
        if (st)
                return st;
        return load((struct span){ text.at ? text.at : "", text.len }, path, report, ret_config, err);
}

void bakery_config_free(bakery_config *config)
{
        if (!config)
                return;
        for (size_t i = 0; i < config->n_access_types; i++)
                bakery__json_clear(&config->access_types[i].inline_policy);
        bakery__map_clear(&config->by_id);
        bakery__secret_clear(&config->slack_hook);
        bakery__raw_clear(&config->raw);
        bakery__arena_clear(&config->arena);
        free(config);
}

static const char *or_empty(const char *text)
{
        return text ? text : "";
}

const char *bakery_config_name(const bakery_config *config)
{
        return config->name;
}

const char *bakery_config_team_name(const bakery_config *config)
{
        return or_empty(config->raw.config->team_name);
}

const char *bakery_config_bakery_account_id(const bakery_config *config)
{
        return or_empty(config->raw.config->bakery_account);
}

const char *bakery_config_billing_code(const bakery_config *config)
{
        return or_empty(config->raw.config->billing_code);
}

const char *bakery_config_region(const bakery_config *config)
{
        return config->raw.config->region;
}

const char *bakery_config_partition(const bakery_config *config)
{
        return config->partition->id;
}

const char *bakery_config_deployer_role(const bakery_config *config)
{
        return config->raw.config->deployer_role;
}

const char *bakery_config_revoker_role(const bakery_config *config)
{
        return config->raw.config->revoker_role;
}

const char *bakery_config_prefix(const bakery_config *config)
{
        return or_empty(config->raw.config->prefix);
}

const char *bakery_config_admin_group(const bakery_config *config)
{
        return config->admin_group;
}

const char *bakery_config_read_only_group(const bakery_config *config)
{
        return config->read_only_group;
}

size_t bakery_config_environment_count(const bakery_config *config)
{
        return config->n_environments;
}

const bakery_environment *bakery_config_environment(const bakery_config *config, size_t i)
{
        return &config->environments[i];
}

const bakery_environment *bakery_config_find_environment(const bakery_config *config, const char *name)
{
        for (size_t i = 0; i < config->n_environments; i++)
                if (strcmp(config->environments[i].name, name) == 0)
                        return &config->environments[i];
        return NULL;
}

size_t bakery_config_access_type_count(const bakery_config *config)
{
        return config->n_access_types;
}

const bakery_access_type *bakery_config_access_type(const bakery_config *config, size_t i)
{
        return &config->access_types[i];
}

const bakery_access_type *bakery_config_find_access_type(const bakery_config *config, const char *name)
{
        for (size_t i = 0; i < config->n_access_types; i++)
                if (strcmp(config->access_types[i].name, name) == 0)
                        return &config->access_types[i];
        return NULL;
}

const bakery_account *bakery_config_find_account(const bakery_config *config, const char *id)
{
        return bakery__map_get(&config->by_id, bakery__span(id));
}

const char *bakery_access_type_name(const bakery_access_type *type)
{
        return type->name;
}

size_t bakery_access_type_policy_count(const bakery_access_type *type)
{
        return type->policy_arns.count;
}

const char *bakery_access_type_policy_arn(const bakery_access_type *type, size_t i)
{
        return type->policy_arns.at[i].text;
}
