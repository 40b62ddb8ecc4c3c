#include "ui/progress.h"

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

void progress_hide(struct progress *progress)
{
        if (progress->drawn > 0)
                fprintf(progress->out, "\x1b[%zuA\x1b[J", progress->drawn);
        progress->drawn = 0;
        fflush(progress->out);
}

/* The lines that change: half a screen of them at most, cut at its edge so that each is one line. */
static void draw(struct progress *progress)
{
        struct winsize size = screen(progress);
        size_t room = size.ws_row / 2u > 1 ? size.ws_row / 2u : 1;
        size_t shown = progress->n_rows < room ? progress->n_rows : room;

        for (size_t i = 0; i < shown; i++) {
                const struct progress_row *row = &progress->rows[i];
                char line[PROGRESS_NAME_BYTES + 128];
                long long took_s = (long long)(time(NULL) - row->since);

                snprintf(line, sizeof line, "  ... %-40s %s  %lld s", row->name, row->status, took_s > 0 ? took_s : 0);
                line[size.ws_col > 1
                             ? (size_t)size.ws_col - 1 < sizeof line - 1 ? (size_t)size.ws_col - 1 : sizeof line - 1
                             : 1] = '\0';
                fprintf(progress->out, "%s\n", line);
        }
        progress->drawn = shown;
        if (progress->n_rows > shown) {
                fprintf(progress->out, "  ... and %zu more\n", progress->n_rows - shown);
                progress->drawn++;
        }
        fflush(progress->out);
}

/* "BakeryEnvironment/GroupProdAdmin", or of many burgers the account. */
static void name_row(const struct progress *progress, const bakery_event *event, char into[PROGRESS_NAME_BYTES])
{
        const char *account = event->account_name ? event->account_name : event->account_id;

        if (progress->by_account)
                snprintf(into, PROGRESS_NAME_BYTES, "%s", account ? account : "");
        else
                snprintf(into, PROGRESS_NAME_BYTES, "%s", event->logical_id ? event->logical_id : event->stack_name);
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

        if (event->kind == BAKERY_EVENT_STEP || event->kind == BAKERY_EVENT_WARNING) {
                fputs(event->kind == BAKERY_EVENT_WARNING ? "bakery-cli: warning: " : "", out);
                print_account(progress, event);
                cli_put_harmless(out, event->text);
                fputc('\n', out);
                return;
        }
        fprintf(out, "%s ", sign_of(event->progress));
        print_account(progress, event);
        cli_put_harmless(out, event->kind == BAKERY_EVENT_STACK ? event->stack_name : event->logical_id);
        fprintf(out, "  %s  %s", event->resource_type ? event->resource_type : "", event->status);
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

        if (progress->style == PROGRESS_JSON) {
                print_json(progress, event);
                return;
        }
        if (progress->style == PROGRESS_LIVE)
                progress_hide(progress);
        if (stays(progress, event))
                print_line(progress, event);
        if (progress->style == PROGRESS_PLAIN)
                return;
        if (event->kind == BAKERY_EVENT_RESOURCE || event->kind == BAKERY_EVENT_STACK)
                keep_row(progress, event);
        draw(progress);
}
