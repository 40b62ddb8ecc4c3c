#include "aws/iam_report.h"

#include <string.h>

#include "aws/query.h"
#include "base/time.h"
#include "formats/base64.h"

/* 5,000 users, the most that an account has, make 2 MiB. */
enum { REPORT_MAX_BYTES = 8 << 20, TRIES = 60, WAIT_MS = 2000 };

/* Begins a report, or finds that there is one. */
static bakery_status generate(const struct aws_access *aws, bool *ret_complete, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, "GenerateCredentialReport", aws);
        AUTO_CLEAR(arena) arena = { 0 };
        const struct xml_node *result = NULL;
        bakery_status st = bakery__query_send(aws->client, &query, &arena, &result, err);

        if (!st)
                *ret_complete = bakery__str_equal(bakery__xml_text(result, "State"), "COMPLETE");
        return st;
}

static bakery_status wait_for_report(const struct aws_access *aws, bakery_error **err)
{
        const unsigned cap_ms = bakery__client_options(aws->client)->retry_cap_ms;
        bool complete = false;
        bakery_status st = generate(aws, &complete, err);

        for (unsigned tried = 1; !st && !complete; tried++) {
                if (tried == TRIES)
                        return bakery__fail(err, BAKERY_ERR_NETWORK, "iam makes no credential report: asked %d times",
                                            TRIES);
                st = bakery__client_wait(aws->client, WAIT_MS < cap_ms ? WAIT_MS : cap_ms, err);
                if (!st)
                        st = generate(aws, &complete, err);
        }
        return st;
}

/* The next field of a line (RFC 4180), in place; *rest is behind it. Names of users may have commas. */
static char *take_field(char **rest)
{
        char *from = *rest, *field = from, *to = from;
        bool quoted = *from == '"';

        from += quoted;
        while (*from && (quoted || *from != ',')) {
                if (quoted && *from == '"' && *++from != '"') {
                        quoted = false;
                        continue;
                }
                *to++ = *from++;
        }
        *rest = from + (*from == ',');
        *to = '\0';
        return field;
}

/* The next line, in place; NULL at the end. */
static char *take_line(char **rest)
{
        char *line = *rest;
        size_t len = strcspn(line, "\r\n");

        if (!*line)
                return NULL;
        *rest = line + len + strspn(line + len, "\r\n");
        line[len] = '\0';
        return line;
}

/* What we read; IAM may add columns anywhere. */
enum column {
        USER,
        ARN,
        CREATED,
        PASSWORD_ENABLED,
        PASSWORD_LAST_USED,
        PASSWORD_LAST_CHANGED,
        MFA_ACTIVE,
        KEY_1_ACTIVE,
        KEY_1_LAST_ROTATED,
        KEY_1_LAST_USED,
        KEY_2_ACTIVE,
        KEY_2_LAST_ROTATED,
        KEY_2_LAST_USED,
        N_COLUMNS
};

static const char *const column_names[] = {
        [USER] = "user",
        [ARN] = "arn",
        [CREATED] = "user_creation_time",
        [PASSWORD_ENABLED] = "password_enabled",
        [PASSWORD_LAST_USED] = "password_last_used",
        [PASSWORD_LAST_CHANGED] = "password_last_changed",
        [MFA_ACTIVE] = "mfa_active",
        [KEY_1_ACTIVE] = "access_key_1_active",
        [KEY_1_LAST_ROTATED] = "access_key_1_last_rotated",
        [KEY_1_LAST_USED] = "access_key_1_last_used_date",
        [KEY_2_ACTIVE] = "access_key_2_active",
        [KEY_2_LAST_ROTATED] = "access_key_2_last_rotated",
        [KEY_2_LAST_USED] = "access_key_2_last_used_date",
};

/* Which field each column is, counted from 1; 0: it is not there. */
struct columns {
        size_t at[N_COLUMNS];
};

static bakery_status read_header(const struct query *query, char *line, struct columns *ret, bakery_error **err)
{
        for (size_t n = 1; *line; n++) {
                const char *name = take_field(&line);

                for (size_t i = 0; i < N_COLUMNS; i++)
                        if (strcmp(name, column_names[i]) == 0)
                                ret->at[i] = n;
        }
        for (size_t i = 0; i < N_COLUMNS; i++)
                if (ret->at[i] == 0)
                        return bakery__query_lacks(query, column_names[i], err);
        return BAKERY_OK;
}

/* "N/A", "no_information" and "not_supported" are no instants. */
static int64_t time_of(const char *text)
{
        int64_t time_s = 0;

        return bakery__time_parse(bakery__span(text), &time_s) ? time_s : 0;
}

static bool is_true(const char *text)
{
        return bakery__str_equal_nocase(text, "true");
}

static bakery_status tell_line(const struct query *query, char *text, const struct columns *columns,
                               iam_each_line *each, void *context, bakery_error **err)
{
        const char *fields[N_COLUMNS] = { NULL };

        for (size_t n = 1; *text; n++) {
                const char *field = take_field(&text);

                for (size_t i = 0; i < N_COLUMNS; i++)
                        if (columns->at[i] == n)
                                fields[i] = field;
        }
        for (size_t i = 0; i < N_COLUMNS; i++)
                if (!fields[i])
                        return bakery__query_lacks(query, column_names[i], err);
        const struct iam_report_line line = {
                .user = fields[USER],
                .arn = fields[ARN],
                .created_s = time_of(fields[CREATED]),
                .password_enabled = is_true(fields[PASSWORD_ENABLED]),
                .password_last_used_s = time_of(fields[PASSWORD_LAST_USED]),
                .password_last_changed_s = time_of(fields[PASSWORD_LAST_CHANGED]),
                .mfa_active = is_true(fields[MFA_ACTIVE]),
                .keys = { { .active = is_true(fields[KEY_1_ACTIVE]),
                            .last_rotated_s = time_of(fields[KEY_1_LAST_ROTATED]),
                            .last_used_s = time_of(fields[KEY_1_LAST_USED]) },
                          { .active = is_true(fields[KEY_2_ACTIVE]),
                            .last_rotated_s = time_of(fields[KEY_2_LAST_ROTATED]),
                            .last_used_s = time_of(fields[KEY_2_LAST_USED]) } },
        };
        return each(&line, context, err);
}

static bakery_status tell_lines(const struct query *query, char *csv, iam_each_line *each, void *context,
                                bakery_error **err)
{
        struct columns columns = { { 0 } };
        char *line = take_line(&csv);
        bakery_status st = read_header(query, line ? line : csv, &columns, err);

        while (!st && (line = take_line(&csv)))
                st = tell_line(query, line, &columns, each, context, err);
        return st;
}

static bakery_status decode(const struct query *query, const struct xml_node *result, struct buf *into,
                            bakery_error **err)
{
        const char *content = bakery__xml_text(result, "Content");

        if (!content || !bakery__base64_decode(into, bakery__span(content)))
                return bakery__query_lacks(query, "a Content in Base64", err);
        bakery__buf_char(into, '\0'); /* so that there is text, whatever came */
        return bakery__buf_status(into, "the credential report", err);
}

bakery_status bakery__iam_credential_report(const struct aws_access *aws, iam_each_line *each, void *context,
                                            int64_t *ret_made_s, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query_of(&bakery__iam, "GetCredentialReport", aws);
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_CLEAR(buf) csv = { .max = REPORT_MAX_BYTES };
        const struct xml_node *result = NULL;
        bakery_status st = wait_for_report(aws, err);

        query.answer_max_bytes = REPORT_MAX_BYTES;
        if (!st)
                st = bakery__query_send(aws->client, &query, &arena, &result, err);
        if (!st)
                st = decode(&query, result, &csv, err);
        if (!st)
                st = tell_lines(&query, csv.at, each, context, err);
        if (!st && ret_made_s)
                *ret_made_s = bakery__xml_time(result, "GeneratedTime");
        return st;
}
