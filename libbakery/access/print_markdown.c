/* As Markdown, for a wiki or a pull request. */
#include <string.h>

#include "access/rows.h"

/* What Markdown or HTML in it would take for more than text. */
static void put_escaped(struct buf *text, const char *cell)
{
        for (; *cell; cell++) {
                if (*cell == '<')
                        bakery__buf_text(text, "&lt;");
                else if (*cell == '&')
                        bakery__buf_text(text, "&amp;");
                else if (strchr("\\`*_{}[]()#|!~>", *cell))
                        bakery__buf_format(text, "\\%c", *cell);
                else
                        bakery__buf_char(text, *cell);
        }
}

static void put_shown(struct buf *text, const char *name)
{
        AUTO_CLEAR(buf) shown = { .max = text->max };

        bakery__buf_shown(&shown, name);
        text->no_memory |= shown.no_memory;
        put_escaped(text, shown.at ? shown.at : "");
}

static void put_cell(struct buf *text, const char *cell)
{
        bakery__buf_text(text, " ");
        put_shown(text, cell);
        bakery__buf_text(text, " |");
}

enum { VIA_MAX_BYTES = 1024 };

static bakery_status put_row(const struct access_row *row, void *context, bakery_error **err)
{
        struct access_print *print = context;
        AUTO_CLEAR(buf) via = { .max = VIA_MAX_BYTES };
        const struct role_range *range = row->range;
        const char *none = row->reach ? "every" : "";

        bakery__row_put_via(&via, row);
        bakery_status st = bakery__buf_status(&via, "a cell", err);
        if (st)
                return st;
        bakery__buf_char(&print->text, '|');
        put_cell(&print->text, row->user->name);
        put_cell(&print->text, range ? range->group->environment->name : none);
        put_cell(&print->text, range ? range->group->access_type->name : none);
        put_cell(&print->text, range ? row->accounts : none);
        put_cell(&print->text, via.at);
        bakery__buf_char(&print->text, '\n');
        return bakery__print_some(print, err);
}

static bakery_status put_differences(struct access_print *print, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        if (!print->access->live)
                return BAKERY_OK;
        bakery__buf_text(&print->text, "\n## Differences between the configuration and IAM\n\n");
        if (print->access->n_differences == 0)
                bakery__buf_text(&print->text, "None.\n");
        for (size_t i = 0; i < print->access->n_differences && !st; i++) {
                const struct difference *each = &print->access->differences[i];

                bakery__buf_format(&print->text, "- %s: ", bakery_difference_name(each->kind));
                put_escaped(&print->text, each->message);
                bakery__buf_char(&print->text, '\n');
                st = bakery__print_some(print, err);
        }
        return st;
}

bakery_status bakery__print_markdown(struct access_print *print, bakery_error **err)
{
        bakery__buf_text(&print->text, "# Who can reach what: ");
        put_escaped(&print->text, bakery_config_team_name(print->access->config));
        bakery__buf_text(&print->text, "\n\n"
                                       "| User | Environment | Access type | Accounts | By |\n"
                                       "| --- | --- | --- | --- | --- |\n");

        bakery_status st = bakery__rows(print, put_row, print, err);
        return st ? st : put_differences(print, err);
}
