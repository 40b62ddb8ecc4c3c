/* What the admin check found: for people, for programs, and for a channel of Slack. */
#include <string.h>

#include "access/admin_check.h"
#include "formats/json.h"

enum { PRINT_MAX_BYTES = 16 << 20, NAME_COLUMN = 20, REASON_COLUMN = 40, REASONS_AT_MOST = 5 };

/* Slack shows some thousand characters of a message, and cuts the rest. */
enum { SLACK_MAX_BYTES = 3000, WATCHED_SHOWN = 5 };

static const char *plural(size_t n, const char *one, const char *many)
{
        return n == 1 ? one : many;
}

/* "MyTeamProdAdmin, Ops (by Boss), policy AdministratorAccess": a few of them, and how many more there are. */
static void put_reasons(struct buf *text, const bakery_admin *admin)
{
        const size_t all = admin->n_groups + admin->policies.count;
        const size_t shown = all > REASONS_AT_MOST ? REASONS_AT_MOST : all;

        for (size_t i = 0; i < shown; i++) {
                const struct admin_group *group = i < admin->n_groups ? &admin->groups[i] : NULL;

                bakery__buf_text(text, i ? ", " : "");
                if (!group)
                        bakery__buf_format(text, "policy %s", admin->policies.at[i - admin->n_groups]);
                else if (group->policy)
                        bakery__buf_format(text, "%s (by its policy %s)", group->name, group->policy);
                else
                        bakery__buf_text(text, group->name);
        }
        if (shown < all)
                bakery__buf_format(text, " and %zu more", all - shown);
}

static void put_state(struct buf *text, const bakery_admin *admin)
{
        bakery__buf_text(text, admin->has_mfa ? "MFA" : "no MFA device");
        if (admin->until)
                bakery__buf_format(text, ", until %s", admin->until);
}

static void put_admin(struct buf *text, const bakery_admin *admin)
{
        AUTO_CLEAR(buf) reasons = { .max = PRINT_MAX_BYTES };

        put_reasons(&reasons, admin);
        text->no_memory |= reasons.no_memory;
        bakery__buf_format(text, "  %-*s %-*s ", NAME_COLUMN, admin->name, REASON_COLUMN, reasons.at ? reasons.at : "");
        put_state(text, admin);
        bakery__buf_char(text, '\n');
}

static void put_admins(struct buf *text, const bakery_admin_check *check, bool expected)
{
        for (size_t i = 0; i < check->n_admins; i++)
                if (check->admins[i].expected == expected)
                        put_admin(text, &check->admins[i]);
}

static void put_watched(struct buf *text, const bakery_admin_check *check, size_t at_most)
{
        const size_t all = check->watched.count, shown = all > at_most ? at_most : all;

        for (size_t i = 0; i < shown; i++)
                bakery__buf_format(text, "%s%s", i ? ", " : "", check->watched.at[i]);
        if (shown < all)
                bakery__buf_format(text, " and %zu more", all - shown);
}

static void put_text(struct buf *text, const bakery_admin_check *check)
{
        const size_t expected = check->n_admins - check->n_unexpected;

        if (check->n_unexpected == 0)
                bakery__buf_text(text, "nobody is an admin who is not expected to be\n");
        else
                bakery__buf_format(text, "%zu %s\n", check->n_unexpected,
                                   plural(check->n_unexpected, "user is an admin and not expected to be:",
                                          "users are admins and not expected to be:"));
        put_admins(text, check, false);
        if (check->n_past_ends > 0)
                bakery__buf_format(text, "%zu %s past %s end:\n", check->n_past_ends,
                                   plural(check->n_past_ends, "membership is", "memberships are"),
                                   plural(check->n_past_ends, "its", "their"));
        for (size_t i = 0; i < check->n_past_ends; i++)
                bakery__buf_format(text, "  %-*s %-*s ended %s\n", NAME_COLUMN, check->past_ends[i].user, REASON_COLUMN,
                                   check->past_ends[i].group, check->past_ends[i].until);
        if (expected > 0)
                bakery__buf_format(text, "%zu expected:\n", expected);
        put_admins(text, check, true);
        bakery__buf_format(text, "%zu %s looked at; groups watched: ", check->n_users,
                           plural(check->n_users, "user", "users"));
        put_watched(text, check, SIZE_MAX);
        bakery__buf_char(text, '\n');
}

static void put_json_admin(struct json *json, struct cJSON *list, const bakery_admin *admin)
{
        struct cJSON *object = bakery__json_object(json, list, NULL);

        bakery__json_text(json, object, "user", admin->name);
        bakery__json_bool(json, object, "expected", admin->expected);
        bakery__json_bool(json, object, "mfa", admin->has_mfa);
        bakery__json_optional_text(json, object, "until", admin->until);
        struct cJSON *groups = bakery__json_array(json, object, "groups");
        for (size_t i = 0; i < admin->n_groups; i++) {
                struct cJSON *group = bakery__json_object(json, groups, NULL);

                bakery__json_text(json, group, "name", admin->groups[i].name);
                bakery__json_bool(json, group, "watched", !admin->groups[i].policy);
                bakery__json_optional_text(json, group, "policy", admin->groups[i].policy);
        }
        struct cJSON *policies = bakery__json_array(json, object, "policies");
        for (size_t i = 0; i < admin->policies.count; i++)
                bakery__json_text(json, policies, NULL, admin->policies.at[i]);
}

static void put_json(struct json *json, const bakery_admin_check *check)
{
        struct cJSON *root = bakery__json_root(json);

        bakery__json_number(json, root, "version", 1);
        bakery__json_number(json, root, "unexpected", (long long)check->n_unexpected);
        bakery__json_number(json, root, "users", (long long)check->n_users);
        struct cJSON *watched = bakery__json_array(json, root, "watched");
        for (size_t i = 0; i < check->watched.count; i++)
                bakery__json_text(json, watched, NULL, check->watched.at[i]);
        struct cJSON *admins = bakery__json_array(json, root, "admins");
        for (size_t i = 0; i < check->n_admins; i++)
                put_json_admin(json, admins, &check->admins[i]);
        struct cJSON *ends = bakery__json_array(json, root, "past_end");
        for (size_t i = 0; i < check->n_past_ends; i++) {
                struct cJSON *end = bakery__json_object(json, ends, NULL);

                bakery__json_text(json, end, "user", check->past_ends[i].user);
                bakery__json_text(json, end, "group", check->past_ends[i].group);
                bakery__json_text(json, end, "until", check->past_ends[i].until);
        }
}

/* What Slack takes for more than text, and what nobody would see. https://api.slack.com/reference/surfaces/formatting
 */
static size_t slack_escape_character(struct buf *into, const char *text)
{
        static const struct {
                char c;
                const char *escape;
        } escapes[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '\n', "\n" } };
        unsigned code = 0;
        size_t hidden = bakery_text_hidden(text, &code);

        for (size_t i = 0; i < N_ELEMENTS(escapes); i++)
                if (escapes[i].c == *text) {
                        bakery__buf_text(into, escapes[i].escape);
                        return 1;
                }
        if (hidden == 0)
                return bakery__buf_character(into, text);
        bakery__buf_format(into, "&lt;U+%04X&gt;", code);
        return hidden;
}

void bakery__slack_escape(struct buf *into, const char *text)
{
        while (*text)
                text += slack_escape_character(into, text);
}

/* Lines of a message, as many as fit; the others are counted. */
struct message {
        struct buf *text;
        size_t left_out;
};

static void add_line(struct message *message, const struct buf *line)
{
        AUTO_CLEAR(buf) escaped = { .max = PRINT_MAX_BYTES };

        bakery__slack_escape(&escaped, line->at ? line->at : "");
        message->text->no_memory |= escaped.no_memory | line->no_memory;
        if (message->text->len + escaped.len > SLACK_MAX_BYTES)
                message->left_out++;
        else if (escaped.at)
                bakery__buf_add(message->text, escaped.at, escaped.len);
}

static void add_admin_line(struct message *message, const bakery_admin *admin)
{
        AUTO_CLEAR(buf) line = { .max = PRINT_MAX_BYTES };

        bakery__buf_format(&line, "\n- %s: ", admin->name);
        put_reasons(&line, admin);
        bakery__buf_text(&line, "; ");
        put_state(&line, admin);
        add_line(message, &line);
}

static void add_past_end_line(struct message *message, const struct past_end *end)
{
        AUTO_CLEAR(buf) line = { .max = PRINT_MAX_BYTES };

        bakery__buf_format(&line, "\n- %s is still in %s, until %s", end->user, end->group, end->until);
        add_line(message, &line);
}

void bakery__admin_check_put_slack(struct buf *text, const bakery_admin_check *check)
{
        struct message message = { .text = text };
        AUTO_CLEAR(buf) groups = { .max = PRINT_MAX_BYTES };

        bakery__buf_format(text, "%zu unexpected %s, %zu %s past the end, %zu %s looked at.", check->n_unexpected,
                           plural(check->n_unexpected, "admin", "admins"), check->n_past_ends,
                           plural(check->n_past_ends, "membership", "memberships"), check->n_users,
                           plural(check->n_users, "user", "users"));
        for (size_t i = 0; i < check->n_admins; i++)
                if (!check->admins[i].expected)
                        add_admin_line(&message, &check->admins[i]);
        for (size_t i = 0; i < check->n_past_ends; i++)
                add_past_end_line(&message, &check->past_ends[i]);
        if (message.left_out > 0)
                bakery__buf_format(text, "\nand %zu more", message.left_out);
        put_watched(&groups, check, WATCHED_SHOWN);
        text->no_memory |= groups.no_memory;
        bakery__buf_text(text, "\nGroups watched: ");
        bakery__slack_escape(text, groups.at ? groups.at : "");
}

bakery_status bakery_admin_check_print(const bakery_admin_check *check, bakery_admin_format format, char **ret_text,
                                       bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = PRINT_MAX_BYTES };
        AUTO_CLEAR(json) json = { 0 };

        bakery__error_clear(err);
        switch (format) {
        case BAKERY_ADMIN_TEXT:
                put_text(&text, check);
                break;
        case BAKERY_ADMIN_JSON:
                put_json(&json, check);
                break;
        case BAKERY_ADMIN_SLACK:
                bakery__admin_check_put_slack(&text, check);
                break;
        default:
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "there is no format %d", (int)format);
        }
        return bakery__json_or_text_take(&json, JSON_PRETTY, &text, "the check", ret_text, err);
}
