/* As a graph for Graphviz: people, their groups, and the environments that those open. */
#include "access/print.h"

static void put_escaped(struct buf *text, const char *name)
{
        while (*name) {
                if (*name == '"' || *name == '\\')
                        bakery__buf_char(text, '\\');
                name += bakery__buf_character(text, name);
        }
}

/* A user and a group may have the same name. */
enum kind { USER, GROUP, ENVIRONMENT, ACCOUNT };

static const struct {
        const char *prefix, *shape;
} kinds[] = {
        [USER] = { "user ", "plaintext" },
        [GROUP] = { "group ", "box" },
        [ENVIRONMENT] = { "environment ", "ellipse" },
        [ACCOUNT] = { "account ", "doubleoctagon" },
};

static void put_id(struct buf *text, enum kind kind, const char *name)
{
        bakery__buf_format(text, "\"%s", kinds[kind].prefix);
        put_escaped(text, name);
        bakery__buf_char(text, '"');
}

static void put_node(struct buf *text, enum kind kind, const char *name)
{
        bakery__buf_text(text, "  ");
        put_id(text, kind, name);
        bakery__buf_text(text, " [label=\"");
        put_escaped(text, name);
        bakery__buf_format(text, "\", shape=%s];\n", kinds[kind].shape);
}

static void put_edge(struct buf *text, enum kind from_kind, const char *from, enum kind to_kind, const char *to,
                     const char *label, bool sure)
{
        bakery__buf_text(text, "  ");
        put_id(text, from_kind, from);
        bakery__buf_text(text, " -> ");
        put_id(text, to_kind, to);
        bakery__buf_text(text, " [label=\"");
        put_escaped(text, label);
        bakery__buf_format(text, "\"%s];\n", sure ? "" : ", style=dashed");
}

static bool has_any(const struct access_print *print, const struct role_set *set, const struct role_range *range)
{
        size_t end = range->first_role + range->group->environment->n_accounts;

        for (size_t role = bakery__role_set_next(set, range->first_role); role < end;
             role = bakery__role_set_next(set, role + 1))
                if (bakery__view_has_role(print->view, range, role - range->first_role))
                        return true;
        return false;
}

static bool opens_any(const struct access_print *print, const struct rights *rights)
{
        bool any = rights->admin;

        for (size_t i = 0; i < print->access->n_ranges && !any; i++)
                any = has_any(print, rights->allow, &print->access->ranges[i]) ||
                      has_any(print, rights->may_allow, &print->access->ranges[i]);
        return any;
}

/* What a group, or a person by policies of the own, opens. */
static void put_rights(struct access_print *print, enum kind kind, const char *name, const struct rights *rights)
{
        const char *account = bakery_config_bakery_account_id(print->access->config);

        if (rights->admin) {
                put_edge(&print->text, kind, name, ACCOUNT, account, "admin", true);
                return;
        }
        for (size_t i = 0; i < print->access->n_ranges; i++) {
                const struct role_range *range = &print->access->ranges[i];
                bool sure = has_any(print, rights->allow, range);

                if (sure || has_any(print, rights->may_allow, range))
                        put_edge(&print->text, kind, name, ENVIRONMENT, range->group->environment->name,
                                 range->group->access_type->name, sure);
        }
}

static bakery_status put_groups(struct access_print *print, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < print->access->n_groups && !st; i++) {
                const struct access_group *group = &print->access->groups[i];

                if (!opens_any(print, &group->rights))
                        continue;
                put_node(&print->text, GROUP, group->name);
                put_rights(print, GROUP, group->name, &group->rights);
                st = bakery__print_some(print, err);
        }
        return st;
}

static bakery_status put_users(struct access_print *print, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < print->access->n_users && !st; i++) {
                const struct access_user *user = &print->access->users[i];

                if (!bakery__print_has_user(print, user))
                        continue;
                put_node(&print->text, USER, user->name);
                for (size_t k = 0; k < user->n_groups; k++)
                        if (opens_any(print, &user->groups[k]->rights))
                                put_edge(&print->text, USER, user->name, GROUP, user->groups[k]->name, "", true);
                if (user->own)
                        put_rights(print, USER, user->name, user->own);
                st = bakery__print_some(print, err);
        }
        return st;
}

static void put_places(struct access_print *print)
{
        const bakery_config *config = print->access->config;

        put_node(&print->text, ACCOUNT, bakery_config_bakery_account_id(config));
        for (size_t i = 0; i < config->n_environments; i++)
                if (!print->view->environment || print->view->environment == &config->environments[i])
                        put_node(&print->text, ENVIRONMENT, config->environments[i].name);
}

bakery_status bakery__print_dot(struct access_print *print, bakery_error **err)
{
        bakery__buf_text(&print->text, "digraph access {\n  rankdir=LR;\n");
        put_places(print);
        bakery_status st = put_groups(print, err);
        if (!st)
                st = put_users(print, err);
        bakery__buf_text(&print->text, "}\n");
        return st;
}
