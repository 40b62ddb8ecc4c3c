#include "deploy/stack_sets_calls.h"

#include "deploy/artifacts.h"
#include "formats/crypto.h"

/* Which accounts, of arena; service-managed sets work in those of organizational units that are named. */
static bakery_status target(struct set_work *work, const struct set_step *step, struct cfn_targets *ret,
                            bakery_error **err)
{
        const bakery_stack_sets_request *request = &work->sets->request;
        const char **ids = bakery__arena_array(&work->arena, step->count + 1, sizeof *ids);

        if (!ids)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < step->count; i++)
                ids[i] = step->members[i]->account_id;
        *ret = (struct cfn_targets){ .accounts = { ids, step->count }, .region = work->site->recipe.region };
        if (request->permission_model != BAKERY_PERMISSIONS_SERVICE_MANAGED)
                return BAKERY_OK;
        ret->organizational_unit_ids =
                (struct cfn_texts){ request->organizational_units, request->organizational_unit_count };
        ret->account_filter_type = "INTERSECTION";
        return BAKERY_OK;
}

bakery_status bakery__set_begin_delete(struct set_work *work, const struct set_step *step, const struct aws_access *aws,
                                       const struct cfn_operation *operation, bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct cfn_targets targets;
        bakery_status st = target(work, step, &targets, err);

        return st ? st : bakery__cfn_delete_stack_instances(aws, &name, &targets, false, operation, err);
}

bakery_status bakery__set_begin_create(struct set_work *work, const struct set_step *step, const struct aws_access *aws,
                                       const struct cfn_operation *operation, bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct cfn_targets targets;
        bakery_status st = target(work, step, &targets, err);

        return st ? st
                  : bakery__cfn_create_stack_instances(aws, &name, &targets, (struct cfn_parameters){ 0 }, operation,
                                                       err);
}

bakery_status bakery__set_begin_update(struct set_work *work, const struct set_step *step, const struct aws_access *aws,
                                       const struct cfn_operation *operation, bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct cfn_targets targets;
        bakery_status st = target(work, step, &targets, err);

        return st ? st
                  : bakery__cfn_update_stack_instances(aws, &name, &targets, (struct cfn_parameters){ 0 }, operation,
                                                       err);
}

bakery_status bakery__set_begin_import(struct set_work *work, const struct set_step *step, const struct aws_access *aws,
                                       const struct cfn_operation *operation, bakery_error **err)
{
        const bakery_stack_sets_request *request = &work->sets->request;
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct cfn_texts units = { request->organizational_units, request->organizational_unit_count };
        const char *ids[IMPORTED_AT_ONCE];

        for (size_t i = 0; i < step->count; i++)
                ids[i] = step->members[i]->alone->id;
        if (request->permission_model != BAKERY_PERMISSIONS_SERVICE_MANAGED)
                units.count = 0;
        return bakery__cfn_import_stacks_to_stack_set(aws, &name, (struct cfn_texts){ ids, step->count }, units,
                                                      operation, err);
}

/* The template in the bucket, when it is too large for a request. */
static bakery_status upload(struct set_work *work, struct cfn_stack_set_settings *settings, bakery_error **err)
{
        struct recipe *recipe = &work->site->recipe;
        struct recipe_file file = { .name = "burger_set.json",
                                    .text = work->set->text,
                                    .size_bytes = work->set->text_size_bytes };
        char digest[65];

        recipe->files = &file;
        recipe->n_files = 1;
        bakery_status st = bakery__sha256_hex((struct span){ file.text, file.size_bytes }, digest, err);
        recipe->key_prefix = st ? NULL : bakery__arena_format(&work->arena, "bakery/%s/", digest);
        if (!st && !recipe->key_prefix)
                st = bakery__fail_memory(err);
        if (!st && bakery__recipe_goes_through_bucket(recipe)) {
                st = bakery__artifacts_upload(work->site, err);
                settings->template_body = NULL;
                settings->template_url = st ? NULL : bakery__recipe_url(recipe, &file, &work->arena);
                if (!st && !settings->template_url)
                        st = bakery__fail_memory(err);
        }
        recipe->files = NULL; /* it is not the recipe's to free */
        recipe->n_files = 0;
        return st;
}

static bakery_status settings_of(struct set_work *work, struct cfn_stack_set_settings *ret, bakery_error **err)
{
        static const char *const capability = "CAPABILITY_NAMED_IAM";
        const bakery_stack_sets_request *request = &work->sets->request;
        bool service_managed = request->permission_model == BAKERY_PERMISSIONS_SERVICE_MANAGED;
        struct cfn_parameter *parameters = bakery__arena_array(&work->arena, 2, sizeof *parameters);

        if (!parameters)
                return bakery__fail_memory(err);
        parameters[0] = (struct cfn_parameter){ .key = "BakeryAccount",
                                                .value = bakery_config_bakery_account_id(request->config) };
        parameters[1] = (struct cfn_parameter){ .key = "Environment", .value = work->set->environment };
        *ret = (struct cfn_stack_set_settings){
                .description = "Bakery: the roles of burger accounts",
                .template_body = work->set->text,
                .permission_model = service_managed ? "SERVICE_MANAGED" : "SELF_MANAGED",
                .execution_role_name = service_managed ? NULL : request->execution_role,
                .managed_execution = CFN_ON,
                /* an account that joins the unit is not in the mapping: its stack would fail */
                .auto_deployment = service_managed ? CFN_OFF : CFN_UNSET,
                .parameters = { parameters, 2 },
                .capabilities = { &capability, 1 },
                .tags = work->sets->tags,
        };
        bakery_status st = upload(work, ret, err);
        if (!st && !service_managed)
                st = bakery__sets_administration_role(work->sets, &work->arena, &ret->administration_role_arn, err);
        return st;
}

bakery_status bakery__set_begin_update_set(struct set_work *work, const struct set_step *step,
                                           const struct aws_access *aws, const struct cfn_operation *operation,
                                           bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct cfn_stack_set_settings settings;
        bakery_status st = settings_of(work, &settings, err);

        (void)step;
        return st ? st : bakery__cfn_update_stack_set(aws, &name, &settings, operation, err);
}

bakery_status bakery__set_create(struct set_work *work, bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        const char *token = bakery__site_token(work->site, "create", &work->arena);
        struct cfn_stack_set_settings settings;
        struct aws_access aws;
        bakery_status st = token ? settings_of(work, &settings, err) : bakery__fail_memory(err);

        if (!st)
                st = bakery__site_access(work->site, &aws, err);
        bakery__site_step(work->site, "making stack set %s", work->set->name);
        if (!st)
                st = bakery__cfn_create_stack_set(&aws, &name, &settings, token, err);
        return st ? bakery__wrap(err, st, "stack set %s", work->set->name) : BAKERY_OK;
}

bakery_status bakery__set_delete(struct set_work *work, bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct aws_access aws;
        bakery_status st = bakery__site_access(work->site, &aws, err);

        bakery__site_step(work->site, "deleting stack set %s", work->set->name);
        if (!st)
                st = bakery__cfn_delete_stack_set(&aws, &name, err);
        return st ? bakery__wrap(err, st, "stack set %s", work->set->name) : BAKERY_OK;
}
