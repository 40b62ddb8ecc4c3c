#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum error_text { MESSAGE, HINT, FILE_NAME, AWS_SERVICE, AWS_ACTION, AWS_CODE, AWS_REQUEST_ID, N_TEXTS };

struct bakery_error {
        bakery_status status;
        unsigned line, column;
        int http_status;
        char *text[N_TEXTS];
};

static bakery_error spare = { .status = BAKERY_ERR_MEMORY, .text = { [MESSAGE] = (char[]){ "out of memory" } } };

void bakery_error_free(bakery_error *err)
{
        if (!err || err == &spare)
                return;
        for (int i = 0; i < N_TEXTS; i++)
                free(err->text[i]);
        free(err);
}

bakery_status bakery_error_status(const bakery_error *err)
{
        return err ? err->status : BAKERY_OK;
}

const char *bakery_error_message(const bakery_error *err)
{
        return err ? err->text[MESSAGE] : "";
}

static const char *text_of(const bakery_error *err, enum error_text which)
{
        return err ? err->text[which] : NULL;
}

const char *bakery_error_hint(const bakery_error *err)
{
        return text_of(err, HINT);
}

const char *bakery_error_file(const bakery_error *err)
{
        return text_of(err, FILE_NAME);
}

unsigned bakery_error_line(const bakery_error *err)
{
        return err ? err->line : 0;
}

unsigned bakery_error_column(const bakery_error *err)
{
        return err ? err->column : 0;
}

const char *bakery_error_aws_service(const bakery_error *err)
{
        return text_of(err, AWS_SERVICE);
}

const char *bakery_error_aws_action(const bakery_error *err)
{
        return text_of(err, AWS_ACTION);
}

const char *bakery_error_aws_code(const bakery_error *err)
{
        return text_of(err, AWS_CODE);
}

const char *bakery_error_aws_request_id(const bakery_error *err)
{
        return text_of(err, AWS_REQUEST_ID);
}

int bakery_error_http_status(const bakery_error *err)
{
        return err ? err->http_status : 0;
}

static BAKERY__PRINTF(2, 0) bakery_error *new_error(bakery_status st, const char *format, va_list args)
{
        bakery_error *err = calloc(1, sizeof *err);

        if (!err)
                return &spare;
        err->status = st;
        err->text[MESSAGE] = bakery__str_harmless_format(format, args);
        if (!err->text[MESSAGE]) {
                free(err);
                return &spare;
        }
        return err;
}

void bakery__error_clear(bakery_error **err)
{
        if (!err)
                return;
        bakery_error_free(*err);
        *err = NULL;
}

void bakery__error_move(bakery_error **from, bakery_error **err)
{
        if (!err)
                return;
        bakery_error_free(*err);
        *err = STEAL(*from);
}

bakery_status bakery__fail(bakery_error **err, bakery_status st, const char *format, ...)
{
        if (!err)
                return st;

        va_list args;
        va_start(args, format);
        bakery_error *made = new_error(st, format, args); /* before the old one goes: args may point into it */
        va_end(args);
        bakery_error_free(*err);
        *err = made;
        return st;
}

bakery_status bakery__fail_memory(bakery_error **err)
{
        if (err) {
                bakery_error_free(*err);
                *err = &spare;
        }
        return BAKERY_ERR_MEMORY;
}

/* The error that may be written to; NULL when there is none, or only the spare. */
static bakery_error *writable(bakery_error **err)
{
        return err && *err && *err != &spare ? *err : NULL;
}

/* Takes text over; a text that memory did not suffice for leaves the old one. */
static void set_text(bakery_error *err, enum error_text which, char *text)
{
        if (!text)
                return;
        free(err->text[which]);
        err->text[which] = text;
}

bakery_status bakery__wrap(bakery_error **err, bakery_status st, const char *format, ...)
{
        bakery_error *inner = writable(err);

        if (!inner)
                return st;

        va_list args;
        va_start(args, format);
        AUTO_FREE char *where = bakery__str_harmless_format(format, args);
        va_end(args);

        inner->status = st;
        char *joined = NULL;
        if (where && asprintf(&joined, "%s: %s", where, inner->text[MESSAGE]) >= 0)
                set_text(inner, MESSAGE, joined);
        return st;
}

bakery_status bakery__error_restate(bakery_error **err, bakery_status st)
{
        bakery_error *inner = writable(err);

        if (inner)
                inner->status = st;
        return st;
}

void bakery__error_hint(bakery_error **err, const char *format, ...)
{
        bakery_error *to = writable(err);

        if (!to)
                return;

        va_list args;
        va_start(args, format);
        set_text(to, HINT, bakery__str_harmless_format(format, args));
        va_end(args);
}

static char *harmless_copy(const char *text)
{
        char *copy = text ? strdup(text) : NULL;

        if (copy)
                bakery__str_make_harmless(copy);
        return copy;
}

void bakery__error_place(bakery_error **err, const char *file, unsigned line, unsigned column)
{
        bakery_error *to = writable(err);

        if (!to)
                return;
        set_text(to, FILE_NAME, harmless_copy(file));
        to->line = line;
        to->column = column;
}

void bakery__error_aws(bakery_error **err, const struct aws_refusal *refusal)
{
        bakery_error *to = writable(err);

        if (!to)
                return;
        set_text(to, AWS_SERVICE, harmless_copy(refusal->service));
        set_text(to, AWS_ACTION, harmless_copy(refusal->action));
        set_text(to, AWS_CODE, harmless_copy(refusal->code));
        set_text(to, AWS_REQUEST_ID, harmless_copy(refusal->request_id));
        to->http_status = refusal->http_status;
}
