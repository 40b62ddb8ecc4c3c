#include <stdio.h>
#include <string.h>

#include "ui/json.h"
#include "work.h"

enum { N_COLUMNS = 6 };

static const char *const heads[N_COLUMNS] = { "ENVIRONMENT", "TYPE", "ACCOUNT", "ID", "MFA", "ROLE" };

/* A role; of one that the configuration does not have, the ARN and the group are all there is. */
struct row {
        const bakery_group *group;
        const bakery_account *account;
        const char *arn;
        const char *group_name;
};

/* There may be thousands of rows: a call of stdio for each cell takes longer than all the rest. */
struct line {
        size_t length;
        char text[512];
};

struct listing {
        const struct options *options;
        const struct work *work;
        const bakery_caller *caller; /* NULL: everybody's */
        size_t widths[N_COLUMNS];
        struct line line;
        struct json_out json;
        size_t n_rows;
};

typedef void each_row(struct listing *listing, const struct row *row);

static void fill(const struct row *row, const char *cells[N_COLUMNS])
{
        for (size_t i = 0; i < N_COLUMNS; i++)
                cells[i] = "-";
        cells[5] = row->arn;
        if (!row->group)
                return;
        cells[0] = bakery_environment_name(bakery_group_environment(row->group));
        cells[1] = bakery_access_type_name(bakery_group_access_type(row->group));
        cells[2] = bakery_account_name(row->account);
        cells[3] = bakery_account_id(row->account);
        cells[4] = bakery_group_requires_mfa(row->group) ? "yes" : "no";
}

/* The last column has no width: nothing stands behind it. */
static void measure_row(struct listing *listing, const struct row *row)
{
        const char *cells[N_COLUMNS];

        fill(row, cells);
        for (size_t i = 0; i + 1 < N_COLUMNS; i++) {
                size_t width = strlen(cells[i]);

                if (width > listing->widths[i])
                        listing->widths[i] = width;
        }
}

static void print_line(struct line *line)
{
        fwrite_unlocked(line->text, 1, line->length, stdout);
        line->length = 0;
}

static void add_cell(struct line *line, const char *cell, size_t width)
{
        size_t length = strlen(cell), padded = (width > length ? width : length) + 2;

        if (padded > sizeof line->text - line->length) { /* names are shorter */
                print_line(line);
                printf("%-*s", (int)padded, cell);
                return;
        }
        memcpy(line->text + line->length, cell, length);
        memset(line->text + line->length + length, ' ', padded - length);
        line->length += padded;
}

static void print_cells(struct listing *listing, const char *const cells[N_COLUMNS])
{
        for (size_t i = 0; i + 1 < N_COLUMNS; i++)
                add_cell(&listing->line, cells[i], listing->widths[i]);
        print_line(&listing->line);
        cli_put_harmless(stdout, cells[N_COLUMNS - 1]);
        putc_unlocked('\n', stdout);
}

static void print_row(struct listing *listing, const struct row *row)
{
        const char *cells[N_COLUMNS];

        fill(row, cells);
        if (listing->n_rows++ == 0)
                print_cells(listing, heads);
        print_cells(listing, cells);
}

/* For programs: the cells with tabs between them. */
static void print_row_tsv(struct listing *listing, const struct row *row)
{
        const char *cells[N_COLUMNS];

        fill(row, cells);
        listing->n_rows++;
        for (size_t i = 0; i < N_COLUMNS; i++) {
                cli_put_harmless(stdout, cells[i]);
                putchar(i + 1 < N_COLUMNS ? '\t' : '\n');
        }
}

static void print_row_json(struct listing *listing, const struct row *row)
{
        struct json_out *json = &listing->json;

        listing->n_rows++;
        json_begin(json, NULL, '{');
        json_text(json, "role_arn", row->arn);
        json_text(json, "group", row->group_name);
        if (row->group) {
                json_text(json, "environment", bakery_environment_name(bakery_group_environment(row->group)));
                json_text(json, "access_type", bakery_access_type_name(bakery_group_access_type(row->group)));
                json_text(json, "account", bakery_account_id(row->account));
                json_text(json, "account_name", bakery_account_name(row->account));
                json_bool(json, "mfa", bakery_group_requires_mfa(row->group) != 0);
                json_bool(json, "session_name", bakery_group_requires_session_name(row->group) != 0);
                json_number(json, "max_session_duration_s", bakery_group_max_session_duration_s(row->group));
        }
        json_end(json, '}');
}

/* Members of the Bakery's own admin group can enter every role. */
static bool is_mine(const struct listing *listing, const char *group)
{
        return !listing->caller || bakery_caller_is_in(listing->caller, group) ||
               bakery_caller_is_in(listing->caller, bakery_config_admin_group(listing->work->config));
}

static void tell_other_roles(struct listing *listing, each_row *each)
{
        const struct options *options = listing->options;

        if (!listing->caller || options->environment || options->access_type || options->account)
                return;
        for (size_t i = 0; i < bakery_caller_other_role_count(listing->caller); i++)
                each(listing, &(struct row){ NULL, NULL, bakery_caller_other_role(listing->caller, i),
                                             bakery_caller_other_role_group(listing->caller, i) });
}

static int tell_roles(struct listing *listing, each_row *each)
{
        bakery_grant_filter filter = BAKERY_GRANT_FILTER_INIT;
        bakery_grants *grants = NULL;
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        filter.environment = listing->options->environment;
        filter.access_type = listing->options->access_type;
        filter.account = listing->options->account;
        if (bakery_grants_new(listing->work->config, &filter, &grants, &err) != BAKERY_OK)
                code = cli_fail(err);
        while (!code && bakery_grants_next(grants))
                if (is_mine(listing, bakery_grants_group_name(grants)))
                        each(listing,
                             &(struct row){ bakery_grants_group(grants), bakery_grants_account(grants),
                                            bakery_grants_role_arn(grants), bakery_grants_group_name(grants) });
        if (!code)
                tell_other_roles(listing, each);
        bakery_grants_free(grants);
        bakery_error_free(err);
        return code;
}

static int list_json(struct listing *listing)
{
        listing->json.out = stdout;
        json_begin(&listing->json, NULL, '{');
        json_number(&listing->json, "version", 1);
        json_begin(&listing->json, "roles", '[');
        int code = tell_roles(listing, print_row_json);
        json_end(&listing->json, ']');
        json_end(&listing->json, '}');
        return code;
}

static int list_text(struct listing *listing)
{
        for (size_t i = 0; i < N_COLUMNS; i++)
                listing->widths[i] = strlen(heads[i]);

        int code = tell_roles(listing, measure_row);
        return code ? code : tell_roles(listing, print_row);
}

static int list(struct listing *listing)
{
        int code;

        if (listing->options->output == OUTPUT_JSON)
                code = list_json(listing);
        else if (listing->options->format)
                code = tell_roles(listing, print_row_tsv);
        else
                code = list_text(listing);
        if (!code && listing->n_rows == 0)
                fputs(listing->caller ? "bakery-cli: no group of yours grants a role\n"
                                      : "bakery-cli: there are no such roles\n",
                      stderr);
        return code;
}

static int list_mine(struct listing *listing)
{
        const struct work *work = listing->work;
        bakery_caller *caller = NULL;
        bakery_error *err = NULL;
        int code;

        if (bakery_caller_read(work->client, work->config, work->keys, work->region, &caller, &err) != BAKERY_OK) {
                code = cli_fail(err);
        } else {
                listing->caller = caller;
                code = list(listing);
        }
        bakery_caller_free(caller);
        bakery_error_free(err);
        return code;
}

static int run(const struct options *options, char *const *arguments)
{
        struct work work = { 0 };
        struct listing listing = { .options = options, .work = &work };
        int code = options->mine ? work_begin(options, &work) : work_load(options, &work);

        (void)arguments;
        if (!code)
                code = options->mine ? list_mine(&listing) : list(&listing);
        work_clear(&work);
        return code;
}

static bool set_mine(struct options *options, const char *argument)
{
        (void)argument;
        options->mine = true;
        return true;
}

static bool set_format(struct options *options, const char *argument)
{
        static const char tsv[] = "tsv";

        options->format = strcmp(argument, tsv) == 0 ? tsv : NULL;
        return options->format != NULL;
}

static const struct option_row option_mine = { "mine", 'm', NULL, "those that my groups in IAM grant", set_mine };
static const struct option_row option_format = { "format", 'f', "FORMAT", "tsv: tabs between the cells, no heads",
                                                 set_format };

static const struct option_row *const own_options[] = { &option_env,  &option_type,   &option_account,
                                                        &option_mine, &option_format, WORK_OPTIONS,
                                                        NULL };

const struct command cli_roles = {
        .name = "roles",
        .arguments = "",
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "the roles of config.yml, or those that are mine",
        .details = "Lists the roles that the configuration makes. With --mine IAM is asked for the\n"
                   "groups of the caller, and only what they grant is listed; roles of groups that\n"
                   "the configuration does not have come last.",
        .options = own_options,
        .run = run,
};
