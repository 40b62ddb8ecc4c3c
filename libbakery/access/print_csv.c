/* As CSV: RFC 4180, a line for each person and role. */
#include <string.h>

#include "access/print.h"
#include "access/walk.h"
#include "model/names.h"

enum { LINE_MAX_BYTES = 1 << 16 };

/* What begins a formula in a spreadsheet, in full width too; not what is shown as <U+0009>. */
static bool is_formula(const char *cell)
{
        static const char *const beginnings[] = {
                "=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0",
        };

        for (size_t i = 0; i < N_ELEMENTS(beginnings); i++)
                if (bakery__str_starts(cell, beginnings[i]))
                        return true;
        return false;
}

/* An apostrophe makes text of a formula. https://owasp.org/www-community/attacks/CSV_Injection */
static void put_cell(struct buf *text, const char *cell)
{
        bool formula = is_formula(cell);

        if (!formula && !strpbrk(cell, "\",")) {
                bakery__buf_shown(text, cell);
                return;
        }
        bakery__buf_char(text, '"');
        if (formula)
                bakery__buf_char(text, '\'');
        while (*cell) {
                if (*cell == '"')
                        bakery__buf_char(text, '"');
                cell += bakery__buf_character(text, cell);
        }
        bakery__buf_char(text, '"');
}

static const char *const reaches[] = {
        [BAKERY_REACH_NONE] = "none",
        [BAKERY_REACH_CONDITIONAL] = "conditional",
        [BAKERY_REACH_GRANTED] = "granted",
        [BAKERY_REACH_ADMIN] = "admin",
};

static void put_cells(struct buf *text, const char *const *cells, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                if (i > 0)
                        bakery__buf_char(text, ',');
                put_cell(text, cells[i]);
        }
}

/* There may be millions of lines, of a few thousand roles: what the lines of a role have in common is written once. */
struct lines {
        const bakery_access_walk *at;
        struct span *roles; /* by number: the cells of each role, "222222222222,Shop,..."; at NULL: not yet needed */
        struct arena arena;
        struct buf role, arn;
};

static void clear_lines(struct lines *lines)
{
        bakery__arena_clear(&lines->arena);
        bakery__buf_clear(&lines->role);
        bakery__buf_clear(&lines->arn);
}
DEFINE_AUTO_CLEAR(lines, clear_lines)

static bool write_role(struct lines *lines, struct span *ret)
{
        const bakery_account *account = lines->at->at_account;
        const bakery_group *group = lines->at->at_range->group;

        lines->role.len = lines->arn.len = 0;
        bakery__put_role_arn(&lines->arn, group, account);
        if (lines->arn.no_memory)
                return false;
        const char *const cells[] = {
                account->id, account->name, group->environment->name, group->access_type->name, lines->arn.at,
        };
        put_cells(&lines->role, cells, N_ELEMENTS(cells));
        if (lines->role.no_memory)
                return false;
        *ret = (struct span){ bakery__arena_copy(&lines->arena, (struct span){ lines->role.at, lines->role.len }),
                              lines->role.len };
        return ret->at != NULL;
}

static bool put_line(struct buf *text, struct lines *lines)
{
        const bakery_access_walk *at = lines->at;
        size_t account = (size_t)(at->at_account - at->at_range->group->environment->accounts);
        struct span *role = &lines->roles[at->at_range->first_role + account];
        const char *const how[] = {
                reaches[at->reach],
                at->via ? at->via : "",
                bakery_group_requires_mfa(at->at_range->group) ? "yes" : "no",
                at->at_user->until ? at->at_user->until : "",
        };

        if (!role->at && !write_role(lines, role))
                return false;
        put_cell(text, at->at_user->name);
        bakery__buf_char(text, ',');
        bakery__buf_add(text, role->at, role->len);
        bakery__buf_char(text, ',');
        put_cells(text, how, N_ELEMENTS(how));
        bakery__buf_text(text, "\r\n");
        return true;
}

bakery_status bakery__print_csv(struct access_print *print, bakery_error **err)
{
        bakery_access_walk walk = { .access = print->access, .view = print->view };
        AUTO_CLEAR(lines) lines = { .at = &walk, .role.max = LINE_MAX_BYTES, .arn.max = LINE_MAX_BYTES };
        bakery_status st = BAKERY_OK;

        lines.roles = bakery__arena_array(&lines.arena, print->access->n_roles, sizeof *lines.roles);
        if (!lines.roles)
                return bakery__fail_memory(err);
        bakery__buf_text(&print->text,
                         "user,account_id,account,environment,access_type,role_arn,reach,via,mfa,until\r\n");
        while (!st && bakery_access_walk_next(&walk))
                st = put_line(&print->text, &lines) ? bakery__print_some(print, err) : bakery__fail_memory(err);
        return st;
}
