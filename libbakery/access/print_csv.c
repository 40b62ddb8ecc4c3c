/* As CSV: RFC 4180, a line for each person and role. */
#include <string.h>

#include "access/print.h"
#include "access/walk.h"
#include "model/names.h"

enum { ARN_MAX_BYTES = 4096 };

/*
 * A cell that begins like a formula would be one in a spreadsheet: an apostrophe makes text of it.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
static void put_cell(struct buf *text, const char *cell)
{
        bool formula = *cell && strchr("=+-@\t\r", *cell);

        if (!formula && !strpbrk(cell, "\",\r\n")) {
                bakery__buf_text(text, cell);
                return;
        }
        bakery__buf_char(text, '"');
        if (formula)
                bakery__buf_char(text, '\'');
        for (; *cell; cell++) {
                if (*cell == '"')
                        bakery__buf_char(text, '"');
                bakery__buf_char(text, *cell);
        }
        bakery__buf_char(text, '"');
}

static const char *const reaches[] = {
        [BAKERY_REACH_NONE] = "none",
        [BAKERY_REACH_CONDITIONAL] = "conditional",
        [BAKERY_REACH_GRANTED] = "granted",
        [BAKERY_REACH_ADMIN] = "admin",
};

static void put_line(struct buf *text, const bakery_access_walk *at, const char *role_arn)
{
        const bakery_group *group = at->at_range->group;
        const char *const cells[] = {
                at->at_user->name,
                at->at_account->id,
                at->at_account->name,
                group->environment->name,
                group->access_type->name,
                role_arn,
                reaches[at->reach],
                at->via ? at->via : "",
                bakery_group_requires_mfa(group) ? "yes" : "no",
                at->at_user->until ? at->at_user->until : "",
        };

        for (size_t i = 0; i < N_ELEMENTS(cells); i++) {
                put_cell(text, cells[i]);
                bakery__buf_text(text, i + 1 < N_ELEMENTS(cells) ? "," : "\r\n");
        }
}

bakery_status bakery__print_csv(struct access_print *print, bakery_error **err)
{
        bakery_access_walk walk = { .access = print->access, .view = print->view };
        AUTO_CLEAR(buf) arn = { .max = ARN_MAX_BYTES };
        bakery_status st = BAKERY_OK;

        bakery__buf_text(&print->text,
                         "user,account_id,account,environment,access_type,role_arn,reach,via,mfa,until\r\n");
        while (!st && bakery_access_walk_next(&walk)) {
                arn.len = 0;
                bakery__put_role_arn(&arn, walk.at_range->group, walk.at_account);
                if (arn.no_memory)
                        return bakery__fail_memory(err);
                put_line(&print->text, &walk, arn.at);
                st = bakery__print_some(print, err);
        }
        return st;
}
