#include "made_facts.h"

#include "template/emit.h"

static bakery_status add_emitted(struct facts *facts, const bakery_config *config, emit_template *emit,
                                 const bakery_environment *environment, struct resolve_scope scope, bakery_error **err)
{
        AUTO_CLEAR(json) template = { 0 };

        emit(&template, config, environment);
        if (template.no_memory)
                return bakery__fail_memory(err);
        scope.template = template.root;
        scope.partition = config->partition->id;
        return bakery__facts_add_template(facts, &scope, err);
}

static bakery_status add_environment(struct facts *facts, const bakery_config *config,
                                     const bakery_environment *environment, bakery_error **err)
{
        AUTO_CLEAR(buf) name = { .max = 512 };

        bakery__buf_format(&name, "BakeryEnvironment%s", environment ? environment->logical_id : "");
        if (name.no_memory || name.full)
                return bakery__fail_memory(err);
        const struct resolve_scope scope = { .stack_name = name.at,
                                             .account_id = bakery_config_bakery_account_id(config) };
        return add_emitted(facts, config, bakery__emit_bakery_env, environment, scope, err);
}

bakery_status made_in_bakery(struct facts *facts, const bakery_config *config, bakery_error **err)
{
        const struct parameter team = { "TeamName", bakery_config_team_name(config) };
        const struct resolve_scope scope = { .stack_name = "BakeryAccount",
                                             .account_id = bakery_config_bakery_account_id(config),
                                             .parameters = &team,
                                             .n_parameters = 1 };
        bakery_status st = add_emitted(facts, config, bakery__emit_bakery_account, NULL, scope, err);

        if (!st && !config->per_environment)
                st = add_environment(facts, config, NULL, err);
        for (size_t i = 0; i < config->n_environments && config->per_environment && !st; i++)
                st = add_environment(facts, config, &config->environments[i], err);
        return st;
}

bakery_status made_in_burger(struct facts *facts, const bakery_account *account, bakery_error **err)
{
        const bakery_config *config = account->environment->config;
        const struct parameter parameters[] = { { "BakeryAccount", bakery_config_bakery_account_id(config) },
                                                { "AccountName", account->name },
                                                { "Environment", account->environment->name } };
        const struct resolve_scope scope = { .stack_name = "BurgerAccount",
                                             .account_id = account->id,
                                             .parameters = parameters,
                                             .n_parameters = N_ELEMENTS(parameters) };

        return add_emitted(facts, config, bakery__emit_burger_account, NULL, scope, err);
}
