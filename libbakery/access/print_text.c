/* As a table for a terminal. */
#include <string.h>

#include "access/rows.h"

enum { N_COLUMNS = 5, CELL_MAX_BYTES = 8192 };

static const char *const heads[N_COLUMNS] = { "USER", "ENVIRONMENT", "TYPE", "ACCOUNTS", "BY" };

struct cells {
        struct buf at[N_COLUMNS];
};

static void clear_cells(struct cells *cells)
{
        for (size_t i = 0; i < N_COLUMNS; i++)
                bakery__buf_clear(&cells->at[i]);
}
DEFINE_AUTO_CLEAR(cells, clear_cells)

static bakery_status fill(const struct access_row *row, struct cells *cells, bakery_error **err)
{
        const struct role_range *range = row->range;
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < N_COLUMNS; i++)
                cells->at[i].max = CELL_MAX_BYTES;
        bakery__buf_shown(&cells->at[0], row->user->name);
        const char *none = row->reach ? "every" : "-";
        bakery__buf_text(&cells->at[1], range ? range->group->environment->name : none);
        bakery__buf_text(&cells->at[2], range ? range->group->access_type->name : none);
        if (range && row->all && row->n_accounts > 1)
                bakery__buf_format(&cells->at[3], "all %zu", row->n_accounts);
        else
                bakery__buf_text(&cells->at[3], range ? row->accounts : none);
        bakery__row_put_via(&cells->at[4], row);
        for (size_t i = 0; i < N_COLUMNS && !st; i++)
                st = bakery__buf_status(&cells->at[i], "a cell", err);
        return st;
}

struct table {
        struct access_print *print;
        size_t widths[N_COLUMNS];
};

static bakery_status measure(const struct access_row *row, void *context, bakery_error **err)
{
        struct table *table = context;
        AUTO_CLEAR(cells) cells = { 0 };
        bakery_status st = fill(row, &cells, err);

        for (size_t i = 0; i < N_COLUMNS && !st; i++)
                if (cells.at[i].len > table->widths[i])
                        table->widths[i] = cells.at[i].len;
        return st;
}

/* The last column ends where its text does. */
static void put_cell(const struct table *table, size_t column, const char *text)
{
        bakery__buf_text(&table->print->text, text);
        if (column + 1 < N_COLUMNS)
                bakery__buf_repeat(&table->print->text, ' ', table->widths[column] + 2 - strlen(text));
        else
                bakery__buf_char(&table->print->text, '\n');
}

static bakery_status put_row(const struct access_row *row, void *context, bakery_error **err)
{
        const struct table *table = context;
        AUTO_CLEAR(cells) cells = { 0 };
        bakery_status st = fill(row, &cells, err);

        for (size_t i = 0; i < N_COLUMNS && !st; i++)
                put_cell(table, i, cells.at[i].at);
        return st ? st : bakery__print_some(table->print, err);
}

static bakery_status put_differences(struct access_print *print, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        if (!print->access->live)
                return BAKERY_OK;
        bakery__buf_format(&print->text, "\n%zu difference%s between the configuration and IAM\n",
                           print->access->n_differences, print->access->n_differences == 1 ? "" : "s");
        for (size_t i = 0; i < print->access->n_differences && !st; i++) {
                const struct difference *each = &print->access->differences[i];

                bakery__buf_format(&print->text, "  %-18s  %s\n", bakery_difference_name(each->kind), each->message);
                st = bakery__print_some(print, err);
        }
        return st;
}

bakery_status bakery__print_text(struct access_print *print, bakery_error **err)
{
        struct table table = { .print = print };

        for (size_t i = 0; i < N_COLUMNS; i++)
                table.widths[i] = strlen(heads[i]);
        bakery_status st = bakery__rows(print, measure, &table, err);
        for (size_t i = 0; i < N_COLUMNS && !st; i++)
                put_cell(&table, i, heads[i]);
        if (!st)
                st = bakery__rows(print, put_row, &table, err);
        return st ? st : put_differences(print, err);
}
