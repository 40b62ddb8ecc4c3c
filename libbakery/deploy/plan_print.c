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

enum { LISTED_AT_MOST = 8, STATEMENTS_AT_MOST = 3 };

/* The account of a role, as arn:aws:iam::222222222222:role/... has it. */
static struct span account_of(const char *role_arn)
{
        struct span rest = bakery__span(role_arn);

        for (unsigned colons = 0; rest.len > 0 && colons < 4; rest.at++, rest.len--)
                colons += *rest.at == ':';

        const char *end = memchr(rest.at, ':', rest.len);
        return (struct span){ rest.at, end ? (size_t)(end - rest.at) : rest.len };
}

static bool is_run_of(const struct plan_difference *first, const struct plan_difference *other)
{
        return strcmp(first->kind, other->kind) == 0 && strcmp(first->subject, other->subject) == 0;
}

/* "alice and bob (MyTeamProdAdmin)", or the group alone where its people are not known. */
static void print_who(struct buf *text, const struct plan_difference *difference)
{
        if (difference->people && *difference->people)
                bakery__buf_format(text, "%s (%s)", difference->people, difference->subject);
        else
                bakery__buf_format(text, "members of %s%s", difference->subject, difference->people ? " (nobody)" : "");
}

/* Grants of one group, in many accounts, in one line. */
static void print_grants(struct buf *text, const struct plan_difference *first, size_t count, bool gained)
{
        bakery__buf_format(text, "  %c ", gained ? '+' : '-');
        print_who(text, first);
        bakery__buf_format(text, " %s", gained ? "gain" : "lose");
        for (size_t i = 0; i < count && i < LISTED_AT_MOST; i++) {
                const char *slash = strrchr(first[i].role_arn, '/');
                struct span account = account_of(first[i].role_arn);

                bakery__buf_format(text, "%s %s in %.*s", i > 0 ? "," : "", slash ? slash + 1 : first[i].role_arn,
                                   (int)account.len, account.at);
        }
        if (count > LISTED_AT_MOST)
                bakery__buf_format(text, " and %zu more", count - LISTED_AT_MOST);
        bakery__buf_char(text, '\n');
}

/* Many statements of one group or role in one line, "members of X gain 50 statements: ..."; programs get them all. */
static void print_statements(struct buf *text, const struct plan_difference *first, size_t count)
{
        size_t head = (size_t)(strstr(first->text, ": ") - first->text); /* a role's ARN is full of other colons */
        bool broadens = false;

        for (size_t i = 0; i < count; i++)
                broadens |= first[i].broadens;
        bakery__buf_format(text, "  %c %.*s %zu statements:", broadens ? '!' : '~', (int)head, first->text, count);
        for (size_t i = 0; i < STATEMENTS_AT_MOST; i++)
                bakery__buf_format(text, "%s %s", i > 0 ? ";" : "", strstr(first[i].text, ": ") + 2);
        bakery__buf_format(text, " and %zu more\n", count - STATEMENTS_AT_MOST);
}

static void print_difference(struct buf *text, const struct plan_difference *difference)
{
        bakery__buf_format(text, "  %c %s", difference->broadens ? '!' : '~', difference->text);
        if (difference->people && *difference->people)
                bakery__buf_format(text, " (%s)", difference->people);
        bakery__buf_char(text, '\n');
}

static size_t count_run(const bakery_plan *plan, size_t first)
{
        size_t count = 1;

        while (first + count < plan->n_differences &&
               is_run_of(&plan->differences[first], &plan->differences[first + count]))
                count++;
        return count;
}

/* Prints the differences from the first on that belong together, and gives how many these were. */
static size_t print_run(struct buf *text, const bakery_plan *plan, size_t first)
{
        const struct plan_difference *at = &plan->differences[first];
        size_t count = count_run(plan, first);

        if (strcmp(at->kind, "grant-gained") == 0 || strcmp(at->kind, "grant-lost") == 0)
                print_grants(text, at, count, strcmp(at->kind, "grant-gained") == 0);
        else if (bakery__str_starts(at->kind, "statement-") && count > STATEMENTS_AT_MOST)
                print_statements(text, at, count);
        else
                for (size_t i = 0; i < count; i++)
                        print_difference(text, &at[i]);
        return count;
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
                bakery__buf_text(text, plan->n_differences > 0 ? "people and roles:\n"
                                                               : "people and roles: nobody gains or loses anything\n");
                for (size_t i = 0; i < plan->n_differences;)
                        i += print_run(text, plan, i);
        }
        for (const struct plan_note *note = plan->notes; note; note = note->next)
                bakery__buf_format(text, "note: %s\n", note->text);
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

static void put_differences(const bakery_plan *plan, struct json *json, struct cJSON *root)
{
        struct cJSON *list = bakery__json_array(json, root, "differences");

        for (size_t i = 0; i < plan->n_differences; i++) {
                const struct plan_difference *difference = &plan->differences[i];
                struct cJSON *object = bakery__json_object(json, list, NULL);

                bakery__json_text(json, object, "kind", difference->kind);
                bakery__json_text(json, object, "subject", difference->subject);
                bakery__json_optional_text(json, object, "role_arn", difference->role_arn);
                bakery__json_text(json, object, "text", difference->text);
                bakery__json_bool(json, object, "broadens", difference->broadens);
                bakery__json_optional_text(json, object, "people", difference->people);
        }
}

static const char *const action_names[] = {
        [BAKERY_PLAN_NOTHING] = "nothing",
        [BAKERY_PLAN_CREATE] = "create",
        [BAKERY_PLAN_UPDATE] = "update",
};

void bakery__plan_to_json(const bakery_plan *plan, struct json *json)
{
        struct cJSON *root = bakery__json_root(json);

        bakery__json_number(json, root, "version", 1);
        bakery__json_text(json, root, "action", action_names[plan->action]);
        bakery__json_text(json, root, "stack_name", plan->stack_name);
        bakery__json_optional_text(json, root, "stack_id", plan->stack_id);
        bakery__json_text(json, root, "account_id", plan->account_id);
        bakery__json_optional_text(json, root, "account_name", plan->account_name);
        bakery__json_text(json, root, "region", plan->region);
        bakery__json_optional_text(json, root, "change_set_id", plan->change_set_id);
        bakery__json_text(json, root, "digest", plan->digest);
        bakery__json_bool(json, root, "broadens", bakery_plan_broadens(plan) != 0);
        put_resources(plan, json, root);
        put_differences(plan, json, root);
        struct cJSON *notes = bakery__json_array(json, root, "notes");
        for (const struct plan_note *note = plan->notes; note; note = note->next)
                bakery__json_text(json, notes, NULL, note->text);
}

enum { PLAN_MAX_BYTES = 256 << 20 };

bakery_status bakery_plan_print(const bakery_plan *plan, bakery_plan_format format, char **ret_text, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = PLAN_MAX_BYTES };
        AUTO_CLEAR(json) json = { 0 };
        bakery_status st = BAKERY_OK;

        bakery__error_clear(err);
        if (format == BAKERY_PLAN_TEXT) {
                print_text(plan, &text);
        } else {
                bakery__plan_to_json(plan, &json);
                st = bakery__json_print(&json, JSON_PRETTY, &text, "the plan", err);
        }
        return st ? st : bakery__buf_take(&text, "the plan", ret_text, NULL, err);
}
