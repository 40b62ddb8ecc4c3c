#include "ui/progress.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"
#include "ui/json.h"
#include "ui/when.h"

static bool is_terminal(FILE *out)
{
        const char *term = getenv("TERM");

        return isatty(fileno(out)) && term && *term && strcmp(term, "dumb") != 0;
}

struct progress progress_begin(bool json, bool by_account)
{
        struct progress progress = { .out = json ? stdout : stderr, .by_account = by_account };

        progress.style = json ? PROGRESS_JSON : is_terminal(stderr) ? PROGRESS_LIVE : PROGRESS_PLAIN;
        return progress;
}

static struct winsize screen(const struct progress *progress)
{
        struct winsize size = { 0 };

        if (ioctl(fileno(progress->out), TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
                size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
        return size;
}

/* A window that became narrower since has folded what was drawn. */
void progress_hide(struct progress *progress)
{
        size_t columns, lines = 0;

        if (!progress->out) /* it was never begun */
                return;
        columns = screen(progress).ws_col;
        for (size_t i = 0; i < progress->drawn; i++)
                lines += (progress->drawn_columns[i] + columns - 1) / columns;
        if (lines > 0)
                fprintf(progress->out, "\x1b[%zuA\x1b[J", lines);
        progress->drawn = 0;
        fflush(progress->out);
}

/* Cut at the edge, so that it is one line. */
static void draw_line(struct progress *progress, size_t columns, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

static void draw_line(struct progress *progress, size_t columns, const char *format, ...)
{
        char line[PROGRESS_NAME_BYTES + 128];
        va_list args;

        va_start(args, format);
        vsnprintf(line, sizeof line, format, args);
        va_end(args);
        if (columns <= strlen(line))
                line[columns - 1] = '\0';
        fprintf(progress->out, "%s\n", line);
        progress->drawn_columns[progress->drawn++] = strlen(line) + !*line;
}

enum { AROUND_NAME = 35 }; /* the longest usual status, and how long it takes */

static int width_of_names(const struct progress *progress, size_t shown, size_t columns)
{
        size_t width = 0, most = columns > AROUND_NAME + 8 ? columns - AROUND_NAME : 8;

        for (size_t i = 0; i < shown; i++)
                if (width < strlen(progress->rows[i].name))
                        width = strlen(progress->rows[i].name);
        return (int)(width < most ? width : most);
}

/* The lines that change: half a screen of them at most. Where names are too long for it, their ends tell them apart. */
static void draw(struct progress *progress)
{
        struct winsize size = screen(progress);
        size_t room = size.ws_row / 2u > 1 ? size.ws_row / 2u : 1;
        size_t shown = progress->n_rows < room ? progress->n_rows : room;
        int width = width_of_names(progress, shown, size.ws_col);

        for (size_t i = 0; i < shown; i++) {
                const struct progress_row *row = &progress->rows[i];
                size_t len = strlen(row->name), cut = len > (size_t)width ? len - (size_t)width : 0;
                long long took_s = (long long)(time(NULL) - row->since);

                draw_line(progress, size.ws_col, "... %-*s  %s  %lld s", width, row->name + cut, row->status,
                          took_s > 0 ? took_s : 0);
        }
        if (progress->n_rows > shown)
                draw_line(progress, size.ws_col, "... and %zu more", progress->n_rows - shown);
        fflush(progress->out);
}

static const char *or_empty(const char *text)
{
        return text ? text : "";
}

/* "BakeryEnvironment/GroupProdAdmin", or the stack itself. */
static void name_resource(const bakery_event *event, char into[PROGRESS_NAME_BYTES])
{
        if (event->kind == BAKERY_EVENT_STACK)
                snprintf(into, PROGRESS_NAME_BYTES, "stack %s", or_empty(event->stack_name));
        else
                snprintf(into, PROGRESS_NAME_BYTES, "%s%s%s", or_empty(event->nested_id), event->nested_id ? "/" : "",
                         or_empty(event->logical_id));
}

/* Of many burgers the account. */
static void name_row(const struct progress *progress, const bakery_event *event, char into[PROGRESS_NAME_BYTES])
{
        if (progress->by_account)
                snprintf(into, PROGRESS_NAME_BYTES, "%s",
                         or_empty(event->account_name ? event->account_name : event->account_id));
        else
                name_resource(event, into);
}

static struct progress_row *find_row(struct progress *progress, const char *name)
{
        for (size_t i = 0; i < progress->n_rows; i++)
                if (strcmp(progress->rows[i].name, name) == 0)
                        return &progress->rows[i];
        return NULL;
}

static void remove_row(struct progress *progress, struct progress_row *row)
{
        size_t behind = (size_t)(&progress->rows[progress->n_rows] - row) - 1;

        memmove(row, row + 1, behind * sizeof *row);
        progress->n_rows--;
}

static void keep_row(struct progress *progress, const bakery_event *event)
{
        char name[PROGRESS_NAME_BYTES];

        name_row(progress, event, name);
        struct progress_row *row = find_row(progress, name);
        bool is_over = event->progress != BAKERY_PROGRESS_RUNNING &&
                       (!progress->by_account || event->kind == BAKERY_EVENT_STACK);

        if (is_over) {
                if (row)
                        remove_row(progress, row);
                return;
        }
        if (!row && progress->n_rows == PROGRESS_ROWS)
                return;
        if (!row) {
                row = &progress->rows[progress->n_rows++];
                *row = (struct progress_row){ .since = time(NULL) };
                memcpy(row->name, name, sizeof name);
        }
        snprintf(row->status, sizeof row->status, "%s", event->status ? event->status : "");
}

static const char *sign_of(bakery_progress progress)
{
        static const char *const signs[] = {
                [BAKERY_PROGRESS_NONE] = " ",
                [BAKERY_PROGRESS_RUNNING] = ".",
                [BAKERY_PROGRESS_DONE] = "+",
                [BAKERY_PROGRESS_FAILED] = "!",
        };

        return (size_t)progress < sizeof signs / sizeof *signs ? signs[progress] : " ";
}

static void print_account(const struct progress *progress, const bakery_event *event)
{
        if (!progress->by_account)
                return;
        cli_put_harmless(progress->out, event->account_name ? event->account_name : event->account_id);
        fputs(": ", progress->out);
}

static void print_line(const struct progress *progress, const bakery_event *event)
{
        FILE *out = progress->out;
        char name[PROGRESS_NAME_BYTES];

        if (event->kind == BAKERY_EVENT_STEP || event->kind == BAKERY_EVENT_WARNING) {
                fputs(event->kind == BAKERY_EVENT_WARNING ? "bakery-cli: warning: " : "", out);
                print_account(progress, event);
                cli_put_harmless(out, event->text);
                fputc('\n', out);
                return;
        }
        fprintf(out, "%s ", sign_of(event->progress));
        print_account(progress, event);
        name_resource(event, name);
        cli_put_harmless(out, name);
        if (event->kind == BAKERY_EVENT_RESOURCE)
                fprintf(out, "  %s", or_empty(event->resource_type));
        fprintf(out, "  %s", event->status);
        if (event->reason && *event->reason) {
                fputs("  ", out);
                cli_put_harmless(out, event->reason);
        }
        fputc('\n', out);
}

static void print_json(const struct progress *progress, const bakery_event *event)
{
        static const char *const kinds[] = {
                [BAKERY_EVENT_STEP] = "step",
                [BAKERY_EVENT_RESOURCE] = "resource",
                [BAKERY_EVENT_STACK] = "stack",
                [BAKERY_EVENT_WARNING] = "warning",
        };
        const struct {
                const char *key, *value;
        } texts[] = {
                { "account_id", event->account_id },
                { "account_name", event->account_name },
                { "stack_name", event->stack_name },
                { "stack_id", event->stack_id },
                { "nested_id", event->nested_id },
                { "logical_id", event->logical_id },
                { "physical_id", event->physical_id },
                { "resource_type", event->resource_type },
                { "status", event->status },
                { "reason", event->reason },
                { "text", event->text },
        };
        struct json_out json = { .out = progress->out, .on_one_line = true };
        char time_text[WHEN_BYTES];

        json_begin(&json, NULL, '{');
        json_number(&json, "version", 1);
        json_text(&json, "event", kinds[event->kind]);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
                if (texts[i].value)
                        json_text(&json, texts[i].key, texts[i].value);
        if (event->time_s) {
                when_print(event->time_s, time_text);
                json_text(&json, "time", time_text);
        }
        json_end(&json, '}');
        fflush(progress->out);
}

/* Of many burgers only how they begin and end is told line by line. */
static bool stays(const struct progress *progress, const bakery_event *event)
{
        if (event->kind == BAKERY_EVENT_WARNING)
                return true;
        if (progress->by_account)
                return event->progress == BAKERY_PROGRESS_FAILED && event->kind == BAKERY_EVENT_RESOURCE;
        return progress->style == PROGRESS_PLAIN || event->progress != BAKERY_PROGRESS_RUNNING;
}

void progress_tell(const bakery_event *event, void *context)
{
        struct progress *progress = context;

        if (event->kind == BAKERY_EVENT_WAITING && progress->style != PROGRESS_LIVE)
                return;
        if (progress->style == PROGRESS_JSON) {
                print_json(progress, event);
                return;
        }
        if (progress->style == PROGRESS_LIVE)
                progress_hide(progress);
        if (event->kind != BAKERY_EVENT_WAITING && stays(progress, event))
                print_line(progress, event);
        if (progress->style == PROGRESS_PLAIN)
                return;
        if (event->kind == BAKERY_EVENT_RESOURCE || event->kind == BAKERY_EVENT_STACK)
                keep_row(progress, event);
        draw(progress);
}
