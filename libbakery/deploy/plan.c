#include "deploy/plan.h"

#include <stdarg.h>
#include <string.h>

#include "formats/crypto.h"

bakery_plan *bakery__plan_new(const struct site *site)
{
        AUTO_PTR(bakery_plan) plan = calloc(1, sizeof *plan);
        const struct recipe *recipe = &site->recipe;
        struct arena *arena = plan ? &plan->arena : NULL;

        if (!plan)
                return NULL;
        plan->kind = recipe->kind;
        plan->stack_name = bakery__arena_copy(arena, bakery__span(recipe->stack_name));
        plan->account_id = bakery__arena_copy(arena, bakery__span(recipe->account_id));
        plan->region = bakery__arena_copy(arena, bakery__span(recipe->region));
        plan->command = bakery__arena_copy(arena, bakery__span(recipe->command));
        if (recipe->account)
                plan->account_name = bakery__arena_copy(arena, bakery__span(bakery_account_name(recipe->account)));
        if (!plan->stack_name || !plan->account_id || !plan->region || !plan->command ||
            (recipe->account && !plan->account_name))
                return NULL;
        return STEAL(plan);
}

void bakery_plan_free(bakery_plan *plan)
{
        if (!plan)
                return;
        bakery__arena_clear(&plan->arena);
        free(plan);
}

/* "PolicyDocument, Tags": what changes of a resource, each once. */
static const char *list_properties(struct arena *arena, const struct cfn_change *change, bool *no_memory)
{
        AUTO_CLEAR(buf) list = { .max = 4096 };

        for (size_t i = 0; i < change->details.count; i++) {
                const struct cfn_change_detail *detail = &change->details.at[i];
                const char *name = detail->name ? detail->name : detail->attribute;
                bool known = false;

                for (size_t k = 0; k < i; k++) {
                        const struct cfn_change_detail *earlier = &change->details.at[k];

                        known |= bakery__str_equal(name, earlier->name ? earlier->name : earlier->attribute);
                }
                if (name && !known)
                        bakery__buf_format(&list, "%s%s", list.len > 0 ? ", " : "", name);
        }
        *no_memory |= list.no_memory;
        return bakery__arena_shown(arena, list.at, no_memory);
}

static void take_change(bakery_plan *plan, const struct proposal_part *part, const struct cfn_change *change,
                        bool *no_memory)
{
        struct arena *arena = &plan->arena;

        plan->resources[plan->n_resources++] = (bakery_plan_resource){
                .size = sizeof(bakery_plan_resource),
                .stack = bakery__arena_shown(arena, part->logical_id, no_memory),
                .action = bakery__arena_shown(arena, change->action, no_memory),
                .logical_id = bakery__arena_shown(arena, change->logical_id, no_memory),
                .physical_id = bakery__arena_shown(arena, change->physical_id, no_memory),
                .resource_type = bakery__arena_shown(arena, change->type, no_memory),
                .replacement = bakery__arena_shown(arena, change->replacement, no_memory),
                .properties = list_properties(arena, change, no_memory),
        };
}

/* A nested stack that is only modified has its changes told one by one. */
static bool is_told(const struct cfn_change *change)
{
        return !change->change_set_id || strcmp(change->action, "Modify") != 0;
}

bakery_status bakery__plan_take(bakery_plan *plan, const struct proposal *proposal, bakery_error **err)
{
        bool no_memory = false;
        size_t count = 0;

        for (const struct proposal_part *part = proposal->parts; part; part = part->next)
                count += part->set->change_count;
        plan->resources = bakery__arena_array(&plan->arena, count + 1, sizeof *plan->resources);
        if (!plan->resources)
                return bakery__fail_memory(err);
        for (const struct proposal_part *part = proposal->parts; part; part = part->next)
                for (const struct cfn_change *change = part->set->changes; change; change = change->next)
                        if (is_told(change))
                                take_change(plan, part, change, &no_memory);
        plan->stack_id = bakery__arena_shown(&plan->arena, proposal->stack_id, &no_memory);
        plan->change_set_id = bakery__arena_shown(&plan->arena, proposal->id, &no_memory);
        plan->change_set_name = bakery__arena_shown(&plan->arena, proposal->name, &no_memory);
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

bakery_status bakery__plan_empty(bakery_plan *plan, const struct cfn_stack *stack, bakery_error **err)
{
        bool no_memory = false;

        plan->action = BAKERY_PLAN_NOTHING;
        plan->who = (struct who){ 0 };
        plan->unprotected = stack && !stack->termination_protection;
        plan->stack_id = bakery__arena_shown(&plan->arena, stack ? stack->id : NULL, &no_memory);
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

bakery_status bakery__plan_take_role(bakery_plan *plan, const struct cfn_stack *stack, bakery_error **err)
{
        bool no_memory = false;

        plan->role_arn = bakery__arena_shown(&plan->arena, stack ? stack->role_arn : NULL, &no_memory);
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

bakery_status bakery__plan_check_role(const bakery_plan *plan, const struct cfn_stack *stack, bakery_error **err)
{
        const char *now = stack ? stack->role_arn : NULL;

        if (bakery__str_equal(now, plan->role_arn))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_REFUSED,
                     "CloudFormation works on %s with another role than was planned with: %s, %s", plan->stack_name,
                     now ? now : "none now", plan->role_arn ? plan->role_arn : "none then");
        bakery__error_hint(err, "plan again: somebody changed the role of the stack");
        return BAKERY_ERR_REFUSED;
}

bakery_status bakery__plan_check_site(const bakery_plan *plan, const struct site *site, bakery_error **err)
{
        const struct recipe *recipe = &site->recipe;

        if (strcmp(plan->stack_name, recipe->stack_name) == 0 && strcmp(plan->account_id, recipe->account_id) == 0 &&
            strcmp(plan->region, recipe->region) == 0)
                return BAKERY_OK;
        return bakery__fail(err, BAKERY_ERR_ARGUMENT, "the plan is for %s in %s, %s, and the target is %s in %s, %s",
                            plan->stack_name, plan->account_id, plan->region, recipe->stack_name, recipe->account_id,
                            recipe->region);
}

bakery_status bakery__plan_digest(const struct recipe *recipe, struct arena *arena, const char **ret_digest,
                                  bakery_error **err)
{
        AUTO_CLEAR(buf) all = { .max = 1 << 20, .secret = true };
        char digest[65];

        bakery__buf_format(&all, "%s\n%s\n%s\n", recipe->stack_name, recipe->account_id, recipe->digest);
        for (size_t i = 0; i < recipe->parameters.count; i++)
                bakery__buf_format(&all, "%s=%s\n", recipe->parameters.at[i].key,
                                   recipe->parameters.at[i].value ? recipe->parameters.at[i].value : "");
        for (size_t i = 0; i < recipe->tags.count; i++)
                bakery__buf_format(&all, "%s: %s\n", recipe->tags.at[i].key, recipe->tags.at[i].value);

        bakery_status st = bakery__buf_status(&all, "what is asked for", err);
        if (!st)
                st = bakery__sha256_hex((struct span){ all.at, all.len }, digest, err);
        if (st)
                return st;
        *ret_digest = bakery__arena_copy(arena, bakery__span(digest));
        return *ret_digest ? BAKERY_OK : bakery__fail_memory(err);
}

bakery_plan_action bakery_plan_what(const bakery_plan *plan)
{
        return plan->action;
}

const char *bakery_plan_stack_name(const bakery_plan *plan)
{
        return plan->stack_name;
}

const char *bakery_plan_stack_id(const bakery_plan *plan)
{
        return plan->stack_id;
}

const char *bakery_plan_change_set_id(const bakery_plan *plan)
{
        return plan->change_set_id;
}

const char *bakery_plan_account_id(const bakery_plan *plan)
{
        return plan->account_id;
}

const char *bakery_plan_region(const bakery_plan *plan)
{
        return plan->region;
}

size_t bakery_plan_resource_count(const bakery_plan *plan)
{
        return plan->n_resources;
}

void bakery_plan_resource_at(const bakery_plan *plan, size_t i, bakery_plan_resource *ret_resource)
{
        bakery__give(ret_resource, &plan->resources[i], sizeof plan->resources[i]);
}

size_t bakery_plan_difference_count(const bakery_plan *plan)
{
        return plan->who.count;
}

void bakery_plan_difference_at(const bakery_plan *plan, size_t i, bakery_plan_difference *ret_difference)
{
        bakery__who_give(&plan->who, i, ret_difference);
}

int bakery_plan_broadens(const bakery_plan *plan)
{
        return bakery__who_broadens(&plan->who);
}

size_t bakery_plan_note_count(const bakery_plan *plan)
{
        return plan->who.n_notes;
}

const char *bakery_plan_note(const bakery_plan *plan, size_t i)
{
        return bakery__who_note_at(&plan->who, i);
}
