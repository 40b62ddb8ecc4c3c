/* The plan of stack sets, for people and for programs. */
#include <string.h>

#include "deploy/plan.h"
#include "deploy/stack_sets.h"

static const char *const steps[] = {
        [BAKERY_SET_NOTHING] = "none",  [BAKERY_SET_CREATE] = "create", [BAKERY_SET_UPDATE] = "update",
        [BAKERY_SET_IMPORT] = "import", [BAKERY_SET_DELETE] = "delete",
};

static const char *action_of(const struct stack_set *set)
{
        if (set->n_kept == 0)
                return "delete";
        if (!set->deployed)
                return "create";
        return set->updates ? "update" : "none";
}

static void print_member(const struct set_member *member, struct buf *text)
{
        if (member->step == BAKERY_SET_NOTHING)
                return;
        bakery__buf_format(text, "  %s  %s", steps[member->step], member->account_id);
        if (member->name)
                bakery__buf_format(text, "  %s", member->name);
        if (member->reason)
                bakery__buf_format(text, ": %s", member->reason);
        bakery__buf_text(text, "\n");
}

static void print_set(const bakery_stack_sets *sets, const struct stack_set *set, struct buf *text)
{
        const char *action = action_of(set);
        bool is_none = strcmp(action, "none") == 0;

        bakery__buf_format(text, "stack set %s, %zu accounts%s%s\n", set->name, set->n_kept, is_none ? "" : ": ",
                           is_none ? "" : action);
        for (size_t i = 0; i < sets->n_members; i++)
                if (sets->members[i].set == set)
                        print_member(&sets->members[i], text);
}

static bakery_status print_text(const bakery_stack_sets *sets, struct buf *text, bakery_error **err)
{
        if (!bakery_stack_sets_changes(sets))
                bakery__buf_text(text, "nothing to do\n");
        for (const struct stack_set *set = sets->first; set && bakery_stack_sets_changes(sets); set = set->next)
                print_set(sets, set, text);
        bakery__who_print_differences(&sets->who, text);
        bakery__who_print_notes(&sets->who, text);
        return bakery__buf_status(text, "the plan", err);
}

static void put_members(const bakery_stack_sets *sets, const struct stack_set *set, struct json *json,
                        struct cJSON *object)
{
        struct cJSON *accounts = bakery__json_array(json, object, "accounts");

        for (size_t i = 0; i < sets->n_members; i++) {
                const struct set_member *member = &sets->members[i];

                if (member->set != set)
                        continue;
                struct cJSON *entry = bakery__json_object(json, accounts, NULL);
                bakery__json_text(json, entry, "id", member->account_id);
                bakery__json_optional_text(json, entry, "name", member->name);
                bakery__json_text(json, entry, "action", steps[member->step]);
                bakery__json_optional_text(json, entry, "stack_id", member->alone ? member->alone->id : NULL);
                bakery__json_optional_text(json, entry, "reason", member->reason);
        }
}

static bakery_status print_json(const bakery_stack_sets *sets, enum json_style style, struct buf *text,
                                bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        struct cJSON *object = bakery__json_root(&json);

        bakery__json_number(&json, object, "version", 1);
        struct cJSON *list = bakery__json_array(&json, object, "stack_sets");
        for (const struct stack_set *set = sets->first; set; set = set->next) {
                struct cJSON *entry = bakery__json_object(&json, list, NULL);

                bakery__json_text(&json, entry, "name", set->name);
                bakery__json_text(&json, entry, "environment", set->environment);
                bakery__json_text(&json, entry, "action", action_of(set));
                put_members(sets, set, &json, entry);
        }
        bakery__who_put(&sets->who, &json, object);
        return bakery__json_print(&json, style, text, "the plan", err);
}

bakery_status bakery_stack_sets_print(const bakery_stack_sets *sets, bakery_plan_format format, char **ret_text,
                                      bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = 256 << 20 };

        bakery__error_clear(err);
        bakery_status st = format == BAKERY_PLAN_TEXT ? print_text(sets, &text, err)
                                                      : print_json(sets, bakery__plan_style(format), &text, err);
        return st ? st : bakery__buf_take(&text, "the plan", ret_text, NULL, err);
}
