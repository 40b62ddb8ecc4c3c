#include "aws/change_set_merge.h"

#include <string.h>

/* By action too: should the two differ, both are shown rather than one of them lost. */
static bool is_same_change(const struct cfn_change *a, const struct cfn_change *b)
{
        return strcmp(a->logical_id, b->logical_id) == 0 && strcmp(a->action, b->action) == 0 &&
               strcmp(a->type, b->type) == 0;
}

/* Equal in all that a description without values says. */
static bool is_same_detail(const struct cfn_change_detail *a, const struct cfn_change_detail *b)
{
        return bakery__str_equal(a->attribute, b->attribute) && bakery__str_equal(a->name, b->name) &&
               bakery__str_equal(a->requires_recreation, b->requires_recreation) &&
               bakery__str_equal(a->evaluation, b->evaluation) && bakery__str_equal(a->source, b->source) &&
               bakery__str_equal(a->causing_entity, b->causing_entity);
}

static bool has_detail(const struct cfn_change_details *details, const struct cfn_change_detail *wanted)
{
        for (size_t i = 0; i < details->count; i++)
                if (is_same_detail(&details->at[i], wanted))
                        return true;
        return false;
}

/* Those with values, which say more, and then the plain ones that they do not tell in more words. */
static bakery_status merge_details(struct cfn_change_details *plain, const struct cfn_change_details *with_values,
                                   struct arena *arena, bakery_error **err)
{
        struct cfn_change_detail *all = bakery__arena_array(arena, plain->count + with_values->count + 1, sizeof *all);
        size_t n = 0;

        if (!all)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < with_values->count; i++)
                all[n++] = with_values->at[i];
        for (size_t i = 0; i < plain->count; i++)
                if (!has_detail(with_values, &plain->at[i]))
                        all[n++] = plain->at[i];
        *plain = (struct cfn_change_details){ all, n };
        return BAKERY_OK;
}

static bool has_text(const struct cfn_texts *texts, const char *wanted)
{
        for (size_t i = 0; i < texts->count; i++)
                if (strcmp(texts->at[i], wanted) == 0)
                        return true;
        return false;
}

static bakery_status merge_scope(struct cfn_texts *plain, const struct cfn_texts *with_values, struct arena *arena,
                                 bakery_error **err)
{
        const char **all = bakery__arena_array(arena, plain->count + with_values->count + 1, sizeof *all);
        size_t n = 0;

        if (!all)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < plain->count; i++)
                all[n++] = plain->at[i];
        for (size_t i = 0; i < with_values->count; i++)
                if (!has_text(plain, with_values->at[i]))
                        all[n++] = with_values->at[i];
        *plain = (struct cfn_texts){ all, n };
        return BAKERY_OK;
}

static const char *first_of(const char *a, const char *b)
{
        return a ? a : b;
}

static const char *graver_replacement(const char *a, const char *b)
{
        static const char *const gravest_first[] = { "True", "Conditional" };

        for (size_t i = 0; i < N_ELEMENTS(gravest_first); i++)
                if (bakery__str_equal(a, gravest_first[i]) || bakery__str_equal(b, gravest_first[i]))
                        return gravest_first[i];
        return first_of(a, b);
}

static bakery_status merge_change(struct cfn_change *plain, const struct cfn_change *with_values, struct arena *arena,
                                  bakery_error **err)
{
        plain->physical_id = first_of(plain->physical_id, with_values->physical_id);
        plain->replacement = graver_replacement(plain->replacement, with_values->replacement);
        plain->policy_action = first_of(plain->policy_action, with_values->policy_action);
        plain->change_set_id = first_of(plain->change_set_id, with_values->change_set_id);
        plain->before_context = first_of(plain->before_context, with_values->before_context);
        plain->after_context = first_of(plain->after_context, with_values->after_context);
        bakery_status st = merge_scope(&plain->scope, &with_values->scope, arena, err);
        return st ? st : merge_details(&plain->details, &with_values->details, arena, err);
}

static struct cfn_change *find_change(struct cfn_change *first, const struct cfn_change *wanted)
{
        while (first && !is_same_change(first, wanted))
                first = first->next;
        return first;
}

static void append(struct cfn_change_set *set, struct cfn_change *change)
{
        struct cfn_change **end = &set->changes;

        while (*end)
                end = &(*end)->next;
        *end = change;
        set->change_count++;
}

bakery_status bakery__cfn_merge_changes(struct cfn_change_set *plain, struct cfn_change_set *with_values,
                                        struct arena *arena, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        plain->status = with_values->status; /* it came later, and states move on */
        plain->status_reason = with_values->status_reason;
        plain->execution_status = with_values->execution_status;
        for (struct cfn_change *change = with_values->changes, *next; change && !st; change = next) {
                struct cfn_change *known = find_change(plain->changes, change);

                next = change->next;
                change->next = NULL; /* it may move over */
                if (known)
                        st = merge_change(known, change, arena, err);
                else
                        append(plain, change);
        }
        return st;
}
