/* Printing who can reach what, piece by piece. */
#ifndef BAKERY_ACCESS_PRINT_H
#define BAKERY_ACCESS_PRINT_H

#include "access/view.h"
#include "base/buf.h"

/* What is printed, and where to. Text gathers in a buffer that is handed on whenever it has some size. */
struct access_print {
        const bakery_access *access;
        const struct access_view *view;
        bakery_put_function *put;
        void *context;
        struct buf text;
};

/* Hands on what gathered, when it is enough, or in any case. */
bakery_status bakery__print_some(struct access_print *print, bakery_error **err);
bakery_status bakery__print_rest(struct access_print *print, bakery_error **err);

/* Whether the person is shown: where the view narrows the roles, only who can enter one of them. */
bool bakery__print_has_user(const struct access_print *print, const struct access_user *user);

/* The formats. Each leaves the end of its text in the buffer. */
typedef bakery_status access_printer(struct access_print *print, bakery_error **err);
access_printer bakery__print_text, bakery__print_csv, bakery__print_json, bakery__print_markdown, bakery__print_dot,
        bakery__print_html;

#endif
