/* A plan as people and as programs read it. */
#include <string.h>

#include "deploy/plan.h"

static const struct {
        const char *action;
        char sign;
} signs[] = {
        { "Add", '+' }, { "Import", '+' }, { "Remove", '-' }, { "Modify", '~' }, { "Dynamic", '?' },
};

static char sign_of(const char *action)
{
        for (size_t i = 0; i < N_ELEMENTS(signs); i++)
                if (strcmp(signs[i].action, action) == 0)
                        return signs[i].sign;
        return '?';
}

static void print_resource(struct buf *text, const bakery_plan_resource *resource)
{
        bool replaced = resource->replacement && strcmp(resource->replacement, "False") != 0;

        bakery__buf_format(text, "  %c %s%s%s  %s", sign_of(resource->action), resource->stack ? resource->stack : "",
                           resource->stack ? "/" : "", resource->logical_id, resource->resource_type);
        if (resource->properties)
                bakery__buf_format(text, "  (%s)", resource->properties);
        if (replaced)
                bakery__buf_format(text, "  %s",
                                   strcmp(resource->replacement, "True") == 0 ? "is REPLACED" : "may be REPLACED");
        bakery__buf_char(text, '\n');
}

static const char *const verbs[] = {
        [BAKERY_PLAN_NOTHING] = "nothing to do",
        [BAKERY_PLAN_CREATE] = "is created",
        [BAKERY_PLAN_UPDATE] = "is updated",
};

static void print_text(const bakery_plan *plan, struct buf *text)
{
        bakery__buf_format(text, "%s in %s%s%s%s, %s: %s\n", plan->stack_name, plan->account_id,
                           plan->account_name ? " (" : "", plan->account_name ? plan->account_name : "",
                           plan->account_name ? ")" : "", plan->region, verbs[plan->action]);
        if (plan->action != BAKERY_PLAN_NOTHING) {
                bakery__buf_format(text, "resources: %zu\n", plan->n_resources);
                for (size_t i = 0; i < plan->n_resources; i++)
                        print_resource(text, &plan->resources[i]);
                bakery__buf_text(text, plan->who.count > 0 ? "people and roles:\n"
                                                           : "people and roles: nobody gains or loses anything\n");
                bakery__who_print_differences(&plan->who, text);
        }
        bakery__who_print_notes(&plan->who, text);
}

static void put_resources(const bakery_plan *plan, struct json *json, struct cJSON *root)
{
        struct cJSON *list = bakery__json_array(json, root, "resources");

        for (size_t i = 0; i < plan->n_resources; i++) {
                const bakery_plan_resource *resource = &plan->resources[i];
                struct cJSON *object = bakery__json_object(json, list, NULL);

                bakery__json_optional_text(json, object, "stack", resource->stack);
                bakery__json_text(json, object, "action", resource->action);
                bakery__json_text(json, object, "logical_id", resource->logical_id);
                bakery__json_optional_text(json, object, "physical_id", resource->physical_id);
                bakery__json_text(json, object, "type", resource->resource_type);
                bakery__json_optional_text(json, object, "replacement", resource->replacement);
                bakery__json_optional_text(json, object, "properties", resource->properties);
        }
}

static const char *const action_names[] = {
        [BAKERY_PLAN_NOTHING] = "nothing",
        [BAKERY_PLAN_CREATE] = "create",
        [BAKERY_PLAN_UPDATE] = "update",
};

void bakery__plan_put(const bakery_plan *plan, struct json *json, struct cJSON *root)
{
        bakery__json_number(json, root, "version", 1);
        bakery__json_text(json, root, "action", action_names[plan->action]);
        bakery__json_text(json, root, "stack_name", plan->stack_name);
        bakery__json_optional_text(json, root, "stack_id", plan->stack_id);
        bakery__json_text(json, root, "account_id", plan->account_id);
        bakery__json_optional_text(json, root, "account_name", plan->account_name);
        bakery__json_text(json, root, "region", plan->region);
        bakery__json_optional_text(json, root, "change_set_id", plan->change_set_id);
        bakery__json_text(json, root, "digest", plan->digest);
        bakery__json_optional_text(json, root, "role_arn", plan->role_arn);
        bakery__json_bool(json, root, "broadens", bakery_plan_broadens(plan) != 0);
        put_resources(plan, json, root);
        bakery__who_put(&plan->who, json, root);
}

enum json_style bakery__plan_style(bakery_plan_format format)
{
        return format == BAKERY_PLAN_JSON_LINE ? JSON_LINE : JSON_PRETTY;
}

enum { PLAN_MAX_BYTES = 256 << 20 };

bakery_status bakery_plan_print(const bakery_plan *plan, bakery_plan_format format, char **ret_text, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = PLAN_MAX_BYTES };
        AUTO_CLEAR(json) json = { 0 };

        bakery__error_clear(err);
        if (format == BAKERY_PLAN_TEXT)
                print_text(plan, &text);
        else
                bakery__plan_put(plan, &json, bakery__json_root(&json));
        return bakery__json_or_text_take(&json, bakery__plan_style(format), &text, "the plan", ret_text, err);
}
