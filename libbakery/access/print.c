#include "access/print.h"

enum { PIECE_BYTES = 1 << 16, TEXT_MAX_BYTES = 1 << 24 };

bakery_status bakery__print_rest(struct access_print *print, bakery_error **err)
{
        bakery_status st = bakery__buf_status(&print->text, "the report", err);

        if (!st && print->text.len > 0)
                st = print->put(print->text.at, print->text.len, print->context, err);
        print->text.len = 0;
        return st;
}

bakery_status bakery__print_some(struct access_print *print, bakery_error **err)
{
        if (print->text.len < PIECE_BYTES && !print->text.no_memory && !print->text.full)
                return BAKERY_OK;
        return bakery__print_rest(print, err);
}

static bool reaches_any(const struct access_print *print, const struct access_user *user)
{
        const char *via;

        for (size_t i = 0; i < print->access->n_ranges; i++) {
                const struct role_range *range = &print->access->ranges[i];

                if (!bakery__view_has_group(print->view, range->group) || !bakery__access_may_enter(user, range))
                        continue;
                for (size_t k = 0; k < range->group->environment->n_accounts; k++)
                        if (bakery__view_has_role(print->view, range, k) &&
                            bakery__access_cell(user, range->first_role + k, &via))
                                return true;
        }
        return false;
}

bool bakery__print_has_user(const struct access_print *print, const struct access_user *user)
{
        const struct access_view *view = print->view;

        if (view->user)
                return view->user == user;
        if (view->environment || view->access_type || view->account || view->one_role)
                return reaches_any(print, user);
        return true;
}

static access_printer *const printers[] = {
        [BAKERY_ACCESS_TEXT] = bakery__print_text, [BAKERY_ACCESS_CSV] = bakery__print_csv,
        [BAKERY_ACCESS_JSON] = bakery__print_json, [BAKERY_ACCESS_MARKDOWN] = bakery__print_markdown,
        [BAKERY_ACCESS_DOT] = bakery__print_dot,   [BAKERY_ACCESS_HTML] = bakery__print_html,
};

bakery_status bakery_access_print(const bakery_access *access, bakery_access_format format,
                                  const bakery_access_filter *filter, bakery_put_function *put, void *context,
                                  bakery_error **err)
{
        AUTO_CLEAR(access_view) view = { 0 };
        struct access_print print = {
                .access = access, .view = &view, .put = put, .context = context, .text.max = TEXT_MAX_BYTES
        };

        bakery__error_clear(err);
        if ((size_t)format >= N_ELEMENTS(printers))
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "there is no format %d of who can reach what",
                                    (int)format);

        bakery_status st = bakery__access_view(access, filter, &view, err);
        if (!st)
                st = printers[format](&print, err);
        if (!st)
                st = bakery__print_rest(&print, err);
        bakery__buf_clear(&print.text);
        return st;
}
