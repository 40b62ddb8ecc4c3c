/* The state of users: from IAM's lists, its credential report, and the configuration. */
#include "access/users_report.h"

#include <string.h>

#include "access/access.h"
#include "access/users.h"
#include "aws/client.h"
#include "aws/iam_report.h"

enum { MAX_KEY_AGE_DAYS = 90, DAY_S = 86400 };

void bakery_users_report_free(bakery_users_report *report)
{
        if (!report)
                return;
        bakery__arena_clear(&report->arena);
        free(report);
}

/* A line of the credential report, kept. */
struct line {
        struct iam_report_line line;
        bool taken;
        struct line *next;
};

struct making {
        const bakery_config *config;
        bakery_users_report *report;
        struct arena arena;
        struct iam_account account;
        struct map managed, listed;
        struct map by_user; /* struct line */
        struct line *lines;
        size_t n_lines;
};

static void clear_making(struct making *in)
{
        bakery_users_report_free(in->report);
        bakery__arena_clear(&in->arena);
        bakery__account_clear(&in->account);
        bakery__map_clear(&in->managed);
        bakery__map_clear(&in->listed);
        bakery__map_clear(&in->by_user);
}
DEFINE_AUTO_CLEAR(making, clear_making)

static bakery_status keep_line(const struct iam_report_line *from, void *context, bakery_error **err)
{
        struct making *in = context;
        struct line *line = bakery__arena_alloc(&in->arena, sizeof *line);
        const char *user = bakery__arena_copy(&in->arena, bakery__span(from->user));

        if (!line || !user)
                return bakery__fail_memory(err);
        line->line = *from;
        line->line.user = user;
        line->line.arn = NULL;
        line->next = in->lines;
        in->lines = line;
        in->n_lines++;
        in->by_user.fold_case = true;
        return bakery__map_add(&in->by_user, bakery__span(user), line, NULL) == MAP_NO_MEMORY ? bakery__fail_memory(err)
                                                                                              : BAKERY_OK;
}

static void put_line(bakery_users_entry *entry, const struct iam_report_line *line)
{
        entry->is_reported = 1;
        entry->has_mfa = line->mfa_active;
        entry->has_password = line->password_enabled;
        entry->password_changed_s = line->password_last_changed_s;
        entry->password_used_s = line->password_last_used_s;
        for (size_t i = 0; i < BAKERY_USERS_KEYS; i++) {
                entry->key_active[i] = line->keys[i].active;
                entry->key_made_s[i] = line->keys[i].last_rotated_s;
                entry->key_used_s[i] = line->keys[i].last_used_s;
        }
}

int64_t bakery__users_report_days(const bakery_users_report *report, int64_t time_s)
{
        return (report->now_s - time_s) / DAY_S;
}

static bool has_old_key(const bakery_users_report *report, const bakery_users_entry *entry)
{
        for (size_t i = 0; i < BAKERY_USERS_KEYS; i++)
                if (entry->key_active[i] &&
                    bakery__users_report_days(report, entry->key_made_s[i]) > (int64_t)report->max_key_age_days)
                        return true;
        return false;
}

/* Of memberships that the configuration gave, and that have ended. */
static bool is_past_end(const struct making *in, const struct iam_identity *user, const bakery_user *listed)
{
        if (!user || !listed || !bakery__membership_ended(listed->until, in->report->now_s))
                return false;
        for (size_t i = 0; i < user->n_groups; i++)
                if (bakery__map_get(&in->managed, bakery__span(user->groups[i])))
                        return true;
        return false;
}

/* user NULL: IAM's lists do not have it: the root user, or one who was deleted after the credential report. */
static bool add_entry(struct making *in, const char *name, const struct iam_identity *user, struct line *line)
{
        bakery_users_report *report = in->report;
        bakery_users_entry *entry = &report->entries[report->n_entries++];
        const bakery_user *listed = bakery__map_get(&in->listed, bakery__span(name));
        const char *until = listed ? listed->until : NULL;

        entry->size = sizeof *entry;
        entry->user = bakery__arena_copy(&report->arena, bakery__span(name));
        entry->until = until ? bakery__arena_copy(&report->arena, bakery__span(until)) : NULL;
        entry->is_configured = listed != NULL;
        if (line) {
                line->taken = true;
                put_line(entry, &line->line);
        }
        if (entry->has_password && !entry->has_mfa)
                entry->findings |= BAKERY_USERS_NO_MFA;
        if (has_old_key(report, entry))
                entry->findings |= BAKERY_USERS_OLD_KEY;
        if (is_past_end(in, user, listed))
                entry->findings |= BAKERY_USERS_PAST_END;
        report->n_findings += entry->findings != 0;
        return entry->user && (!until || entry->until);
}

static int by_name(const void *a, const void *b)
{
        return strcmp(((const bakery_users_entry *)a)->user, ((const bakery_users_entry *)b)->user);
}

static bakery_status join(struct making *in, bakery_error **err)
{
        bakery_users_report *report = in->report;
        bool ok =
                bakery__users_managed_groups(in->config, &in->managed) && bakery__users_listed(in->config, &in->listed);

        report->entries =
                bakery__arena_array(&report->arena, in->account.n_users + in->n_lines + 1, sizeof *report->entries);
        ok = ok && report->entries;
        for (size_t i = 0; i < in->account.n_users && ok; i++) {
                const struct iam_identity *user = in->account.users[i];

                ok = add_entry(in, user->name, user, bakery__map_get(&in->by_user, bakery__span(user->name)));
        }
        for (struct line *line = in->lines; line && ok; line = line->next)
                if (!line->taken && line->line.user[0] == '<') /* others were deleted meanwhile */
                        ok = add_entry(in, line->line.user, NULL, line);
        if (!ok)
                return bakery__fail_memory(err);
        qsort(report->entries, report->n_entries, sizeof *report->entries, by_name);
        return BAKERY_OK;
}

bakery_status bakery_users_report_make(bakery_client *client, const bakery_credentials *keys,
                                       const bakery_config *config, const bakery_users_report_options *options,
                                       bakery_users_report **ret_report, bakery_error **err)
{
        const struct aws_access aws = { .client = client, .keys = keys };
        AUTO_CLEAR(making) in = { .config = config, .report = calloc(1, sizeof *in.report) };

        bakery__error_clear(err);
        if (options && options->size < sizeof *options)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_users_report_options of %zu bytes are none: begin with "
                                    "BAKERY_USERS_REPORT_OPTIONS_INIT",
                                    options->size);
        if (!in.report)
                return bakery__fail_memory(err);
        in.report->max_key_age_days =
                options && options->max_key_age_days ? options->max_key_age_days : MAX_KEY_AGE_DAYS;
        in.report->now_s = bakery__client_now_s(client);
        bakery_status st = bakery__enter_bakery(&aws, bakery_config_bakery_account_id(config), NULL, err);
        if (!st)
                st = bakery__account_read(&aws, &in.account, err);
        if (!st)
                st = bakery__iam_credential_report(&aws, keep_line, &in, &in.report->made_s, err);
        if (!st)
                st = join(&in, err);
        if (!st)
                *ret_report = STEAL(in.report);
        return st;
}

size_t bakery_users_report_count(const bakery_users_report *report)
{
        return report->n_entries;
}

void bakery_users_report_at(const bakery_users_report *report, size_t i, bakery_users_entry *ret_entry)
{
        *ret_entry = report->entries[i];
}

size_t bakery_users_report_finding_count(const bakery_users_report *report)
{
        return report->n_findings;
}

int64_t bakery_users_report_made_s(const bakery_users_report *report)
{
        return report->made_s;
}
