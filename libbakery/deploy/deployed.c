#include "deploy/deployed.h"

#include <string.h>

bakery_status bakery__deployed_add(const struct deployed *deployed, const struct cJSON *template, struct facts *facts,
                                   bakery_error **err)
{
        const struct partition *partition = bakery__partition_of_region(deployed->region);
        const struct cfn_parameters *parameters = deployed->parameters;
        AUTO_FREE struct parameter *given = calloc(parameters->count + 1, sizeof *given);
        struct resolve_scope scope = {
                .template = template,
                .stack_name = deployed->name,
                .account_id = deployed->account_id,
                .region = deployed->region,
                .partition = partition->id,
                .url_suffix = partition->dns_suffix,
                .parameters = given,
        };

        if (!given)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < parameters->count; i++)
                if (parameters->at[i].value)
                        given[scope.n_parameters++] =
                                (struct parameter){ parameters->at[i].key, parameters->at[i].value };
        return bakery__facts_add_template(facts, &scope, err);
}

/* Adds one template, of the stack of that name: the logical id of a nested one. */
static bakery_status add(const struct recipe *recipe, const char *text, const char *name,
                         const struct cfn_parameters *parameters, struct facts *facts, bakery_report *report,
                         bakery_error **err)
{
        struct deployed deployed = { name, recipe->account_id, recipe->region, parameters };
        AUTO_CLEAR(json) template = { 0 };
        bakery_status st = bakery__template_parse(bakery__span(text), name, report, &template, err);

        if (!st)
                st = bakery__deployed_add(&deployed, template.root, facts, err);
        return st ? bakery__wrap(err, st, "the template of %s", name) : BAKERY_OK;
}

/* A stack in review has no template yet, and is as good as none. */
static bakery_status read_one(struct site *site, const struct cfn_stack *stack, const char *name, struct facts *facts,
                              bakery_report *report, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        struct aws_access aws;
        const char *text = NULL;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_get_template(&aws, stack->id, NULL, &arena, &text, err);
        return st ? st : add(&site->recipe, text, name, &stack->parameters, facts, report, err);
}

static bakery_status read_nested(struct site *site, const struct cfn_resource *resource, struct facts *facts,
                                 bakery_report *report, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack *stack = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_describe_stack(&aws, resource->physical_id, &arena, &stack, err);
        if (st || !stack)
                return st;
        return read_one(site, stack, resource->logical_id, facts, report, err);
}

bakery_status bakery__deployed_read(struct site *site, const struct cfn_stack *stack, struct facts *facts,
                                    bakery_report *report, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_resource *first = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_list_resources(&aws, stack->id, &arena, &first, err);
        if (!st)
                st = read_one(site, stack, stack->name, facts, report, err);
        for (const struct cfn_resource *at = first; at && !st; at = at->next)
                if (strcmp(at->type, "AWS::CloudFormation::Stack") == 0 && at->physical_id && *at->physical_id &&
                    strcmp(at->status, "DELETE_COMPLETE") != 0)
                        st = read_nested(site, at, facts, report, err);
        return st;
}

bakery_status bakery__recipe_facts(const struct recipe *recipe, struct facts *facts, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < recipe->n_files && !st; i++) {
                const struct recipe_file *file = &recipe->files[i];

                /* Those that are nested get the team's name, or nothing: what they do not know is left alone. */
                st = add(recipe, file->text, file->logical_id ? file->logical_id : recipe->stack_name,
                         &recipe->parameters, facts, NULL, err);
        }
        return st;
}
