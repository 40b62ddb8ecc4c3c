/* A plan of users, for people and for programs. */
#include "access/users.h"
#include "formats/json.h"

enum { PRINT_MAX_BYTES = 16 << 20, USER_COLUMN = 20, GROUP_COLUMN = 32 };

static const char marks[] = { [BAKERY_USERS_REMOVE] = '-', [BAKERY_USERS_CREATE] = '+', [BAKERY_USERS_ADD] = '+' };

static const char *const actions[] = {
        [BAKERY_USERS_REMOVE] = "remove", [BAKERY_USERS_CREATE] = "create", [BAKERY_USERS_ADD] = "add"
};

static const char *const reasons[] = {
        [BAKERY_USERS_WANTED] = "wanted",
        [BAKERY_USERS_ENDED] = "ended",
        [BAKERY_USERS_UNLISTED] = "unlisted",
        [BAKERY_USERS_UNKNOWN] = "unknown",
};

static const char *const states[] = {
        [BAKERY_USERS_WAITING] = "waiting",
        [BAKERY_USERS_DONE] = "done",
        [BAKERY_USERS_FAILED] = "failed",
        [BAKERY_USERS_SKIPPED] = "skipped",
};

static void put_reason(struct buf *text, const struct users_change *change)
{
        if (change->reason == BAKERY_USERS_ENDED)
                bakery__buf_format(text, "ended %s", change->until);
        else if (change->reason == BAKERY_USERS_UNLISTED)
                bakery__buf_text(text, "the configuration does not say so");
        else if (change->reason == BAKERY_USERS_UNKNOWN)
                bakery__buf_text(text, "the configuration does not name the user");
        else if (change->until)
                bakery__buf_format(text, "until %s", change->until);
        if (change->state == BAKERY_USERS_FAILED || change->state == BAKERY_USERS_SKIPPED)
                bakery__buf_format(text, "%s%s", text->len ? ", " : "", states[change->state]);
}

static void put_change(struct buf *text, const struct users_change *change)
{
        AUTO_CLEAR(buf) reason = { .max = PRINT_MAX_BYTES };
        const char *what = change->group ? change->group : "(new user)";

        put_reason(&reason, change);
        text->no_memory |= reason.no_memory;
        bakery__buf_format(text, "  %c %-*s ", marks[change->action], USER_COLUMN, change->user);
        if (reason.len)
                bakery__buf_format(text, "%-*s %s\n", GROUP_COLUMN, what, reason.at);
        else
                bakery__buf_format(text, "%s\n", what);
}

static void put_unknown(struct buf *text, const bakery_users_plan *plan)
{
        if (plan->n_unknown > 0)
                bakery__buf_format(text, "%zu %s of IAM that the configuration does not name:\n", plan->n_unknown,
                                   plan->n_unknown == 1 ? "user" : "users");
        for (size_t i = 0; i < plan->n_unknown; i++) {
                const struct users_unknown *unknown = &plan->unknown[i];

                bakery__buf_format(text, "  ? %s", unknown->user);
                for (size_t k = 0; k < unknown->n_groups; k++)
                        bakery__buf_format(text, "%s %s", k ? "," : ", in", unknown->groups[k]);
                bakery__buf_char(text, '\n');
        }
}

static void put_text(struct buf *text, const bakery_users_plan *plan)
{
        if (plan->n_changes == 0)
                bakery__buf_format(text, "nothing to do: the users of %s are as configured\n", plan->account_id);
        else
                bakery__buf_format(text, "%zu %s in %s\n", plan->n_changes, plan->n_changes == 1 ? "change" : "changes",
                                   plan->account_id);
        for (size_t i = 0; i < plan->n_changes; i++)
                put_change(text, &plan->changes[i]);
        put_unknown(text, plan);
        for (size_t i = 0; i < plan->n_notes; i++)
                bakery__buf_format(text, "  ! %s\n", plan->notes[i]);
}

static void put_json_change(struct json *json, struct cJSON *list, const struct users_change *change)
{
        struct cJSON *object = bakery__json_object(json, list, NULL);

        bakery__json_text(json, object, "action", actions[change->action]);
        bakery__json_text(json, object, "user", change->user);
        bakery__json_optional_text(json, object, "group", change->group);
        bakery__json_text(json, object, "reason", reasons[change->reason]);
        bakery__json_optional_text(json, object, "until", change->until);
        bakery__json_text(json, object, "state", states[change->state]);
        if (change->error)
                bakery__json_text(json, object, "error", bakery_error_message(change->error));
}

static void put_json(struct json *json, const bakery_users_plan *plan)
{
        struct cJSON *root = bakery__json_root(json);

        bakery__json_number(json, root, "version", 1);
        bakery__json_text(json, root, "account", plan->account_id);
        struct cJSON *changes = bakery__json_array(json, root, "changes");
        for (size_t i = 0; i < plan->n_changes; i++)
                put_json_change(json, changes, &plan->changes[i]);
        struct cJSON *unknown = bakery__json_array(json, root, "unknown");
        for (size_t i = 0; i < plan->n_unknown; i++) {
                struct cJSON *user = bakery__json_object(json, unknown, NULL);

                bakery__json_text(json, user, "user", plan->unknown[i].user);
                struct cJSON *groups = bakery__json_array(json, user, "groups");
                for (size_t k = 0; k < plan->unknown[i].n_groups; k++)
                        bakery__json_text(json, groups, NULL, plan->unknown[i].groups[k]);
        }
        struct cJSON *notes = bakery__json_array(json, root, "notes");
        for (size_t i = 0; i < plan->n_notes; i++)
                bakery__json_text(json, notes, NULL, plan->notes[i]);
}

bakery_status bakery_users_plan_print(const bakery_users_plan *plan, bakery_users_format format, char **ret_text,
                                      bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = PRINT_MAX_BYTES };
        AUTO_CLEAR(json) json = { 0 };

        bakery__error_clear(err);
        if (format != BAKERY_USERS_TEXT && format != BAKERY_USERS_JSON)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "there is no format %d", (int)format);
        if (format == BAKERY_USERS_JSON)
                put_json(&json, plan);
        else
                put_text(&text, plan);
        return bakery__json_or_text_take(&json, JSON_PRETTY, &text, "the plan", ret_text, err);
}
