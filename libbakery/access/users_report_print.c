/* The state of users, for people and for programs. */
#include "access/users_report.h"
#include "base/time.h"
#include "formats/json.h"

enum { PRINT_MAX_BYTES = 16 << 20, USER_COLUMN = 20, STATE_COLUMN = 10 };

/* "3 days ago", "today", "never". */
static void put_ago(struct buf *text, const bakery_users_report *report, int64_t time_s)
{
        const int64_t days = bakery__users_report_days(report, time_s);

        if (time_s == 0)
                bakery__buf_text(text, "never");
        else if (days < 1)
                bakery__buf_text(text, "today");
        else
                bakery__buf_format(text, "%lld %s ago", (long long)days, days == 1 ? "day" : "days");
}

static void put_keys(struct buf *text, const bakery_users_report *report, const bakery_users_entry *entry)
{
        for (size_t i = 0; i < BAKERY_USERS_KEYS; i++) {
                const int64_t days = bakery__users_report_days(report, entry->key_made_s[i]);

                if (!entry->key_made_s[i])
                        continue;
                bakery__buf_format(text, "; %skey of %lld %s, used ", entry->key_active[i] ? "" : "inactive ",
                                   (long long)days, days == 1 ? "day" : "days");
                put_ago(text, report, entry->key_used_s[i]);
        }
}

static void put_findings(struct buf *text, const bakery_users_report *report, const bakery_users_entry *entry)
{
        if (entry->findings & BAKERY_USERS_NO_MFA)
                bakery__buf_text(text, "  ! signs in with a password and has no MFA device\n");
        if (entry->findings & BAKERY_USERS_OLD_KEY)
                bakery__buf_format(
                        text, "  ! has a key that is older than %u days: its owner runs bakery-cli users rotate-key\n",
                        report->max_key_age_days);
        if (entry->findings & BAKERY_USERS_PAST_END)
                bakery__buf_format(text, "  ! is in a group although that ended %s: bakery-cli users apply\n",
                                   entry->until);
}

static void put_entry(struct buf *text, const bakery_users_report *report, const bakery_users_entry *entry)
{
        bakery__buf_format(text, "%-*s ", USER_COLUMN, entry->user);
        if (!entry->is_reported)
                bakery__buf_text(text, "newer than the credential report");
        else
                bakery__buf_format(text, "%-*s ", STATE_COLUMN, entry->has_mfa ? "MFA" : "no MFA");
        if (entry->has_password) {
                bakery__buf_text(text, "password used ");
                put_ago(text, report, entry->password_used_s);
        } else if (entry->is_reported) {
                bakery__buf_text(text, "no password");
        }
        put_keys(text, report, entry);
        if (entry->until)
                bakery__buf_format(text, "; until %s", entry->until);
        bakery__buf_char(text, '\n');
        put_findings(text, report, entry);
}

static void put_text(struct buf *text, const bakery_users_report *report)
{
        char made[TIME_TEXT_BYTES];

        for (size_t i = 0; i < report->n_entries; i++)
                put_entry(text, report, &report->entries[i]);
        bakery__time_print(report->made_s, made);
        bakery__buf_format(text, "%zu %s, %zu with findings; by IAM's credential report of %s\n", report->n_entries,
                           report->n_entries == 1 ? "user" : "users", report->n_findings, made);
}

static void put_json_time(struct json *json, struct cJSON *object, const char *key, int64_t time_s)
{
        char text[TIME_TEXT_BYTES];

        bakery__time_print(time_s, text);
        bakery__json_optional_text(json, object, key, time_s ? text : NULL);
}

static void put_json_findings(struct json *json, struct cJSON *object, unsigned findings)
{
        static const struct {
                unsigned finding;
                const char *name;
        } names[] = { { BAKERY_USERS_NO_MFA, "no-mfa" },
                      { BAKERY_USERS_OLD_KEY, "old-key" },
                      { BAKERY_USERS_PAST_END, "past-end" } };
        struct cJSON *list = bakery__json_array(json, object, "findings");

        for (size_t i = 0; i < N_ELEMENTS(names); i++)
                if (findings & names[i].finding)
                        bakery__json_text(json, list, NULL, names[i].name);
}

static void put_json_entry(struct json *json, struct cJSON *list, const bakery_users_report *report,
                           const bakery_users_entry *entry)
{
        struct cJSON *object = bakery__json_object(json, list, NULL);

        bakery__json_text(json, object, "user", entry->user);
        bakery__json_bool(json, object, "configured", entry->is_configured);
        bakery__json_bool(json, object, "reported", entry->is_reported);
        bakery__json_bool(json, object, "mfa", entry->has_mfa);
        bakery__json_bool(json, object, "password", entry->has_password);
        put_json_time(json, object, "password_changed", entry->password_changed_s);
        put_json_time(json, object, "password_used", entry->password_used_s);
        bakery__json_optional_text(json, object, "until", entry->until);
        struct cJSON *keys = bakery__json_array(json, object, "keys");
        for (size_t i = 0; i < BAKERY_USERS_KEYS; i++) {
                if (!entry->key_made_s[i])
                        continue;
                struct cJSON *key = bakery__json_object(json, keys, NULL);

                bakery__json_bool(json, key, "active", entry->key_active[i]);
                bakery__json_number(json, key, "age_days", bakery__users_report_days(report, entry->key_made_s[i]));
                put_json_time(json, key, "made", entry->key_made_s[i]);
                put_json_time(json, key, "used", entry->key_used_s[i]);
        }
        put_json_findings(json, object, entry->findings);
}

static void put_json(struct json *json, const bakery_users_report *report)
{
        struct cJSON *root = bakery__json_root(json);

        bakery__json_number(json, root, "version", 1);
        put_json_time(json, root, "made", report->made_s);
        bakery__json_number(json, root, "max_key_age_days", report->max_key_age_days);
        bakery__json_number(json, root, "with_findings", (long long)report->n_findings);
        struct cJSON *users = bakery__json_array(json, root, "users");
        for (size_t i = 0; i < report->n_entries; i++)
                put_json_entry(json, users, report, &report->entries[i]);
}

bakery_status bakery_users_report_print(const bakery_users_report *report, bakery_users_format format, char **ret_text,
                                        bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = PRINT_MAX_BYTES };
        AUTO_CLEAR(json) json = { 0 };

        bakery__error_clear(err);
        if (format != BAKERY_USERS_TEXT && format != BAKERY_USERS_JSON)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "there is no format %d", (int)format);
        if (format == BAKERY_USERS_JSON)
                put_json(&json, report);
        else
                put_text(&text, report);
        return bakery__json_or_text_take(&json, JSON_PRETTY, &text, "the report", ret_text, err);
}
