#include "access/view.h"

#include <string.h>

#include <bakery/grants.h>

#include "model/names.h"

DEFINE_AUTO_PTR(bakery_grants, bakery_grants_free)

enum { ROLE_ARN_MAX_BYTES = 4096 };

void bakery__view_clear(struct access_view *view)
{
        free(view->account);
}

static bakery_status find_user(const bakery_access *access, const char *name, struct access_view *view,
                               bakery_error **err)
{
        struct nearest nearest = bakery__nearest(name);
        size_t i = bakery_access_find_user(access, name);

        view->user = i < access->n_users ? &access->users[i] : NULL;
        if (view->user)
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_NOT_FOUND, "there is no user \"%.64s\"", name);
        for (i = 0; i < access->n_users; i++)
                bakery__nearest_offer(&nearest, access->users[i].name);
        if (nearest.name)
                bakery__error_hint(err, "did you mean \"%s\"?", nearest.name);
        return BAKERY_ERR_NOT_FOUND;
}

/* The names that are wrong are told as the walk over grants tells them. */
static bakery_status find_names(const bakery_access *access, const bakery_access_filter *filter,
                                struct access_view *view, bakery_error **err)
{
        bakery_grant_filter names = BAKERY_GRANT_FILTER_INIT;
        AUTO_PTR(bakery_grants) grants = NULL;

        names.environment = filter->environment;
        names.access_type = filter->access_type;
        names.account = filter->account;
        bakery_status st = bakery_grants_new(access->config, &names, &grants, err);
        if (st)
                return st;
        if (filter->environment)
                view->environment = bakery_config_find_environment(access->config, filter->environment);
        if (filter->access_type)
                view->access_type = bakery_config_find_access_type(access->config, filter->access_type);
        if (filter->account)
                view->account = strdup(filter->account);
        return filter->account && !view->account ? bakery__fail_memory(err) : BAKERY_OK;
}

static void put_wanted(struct buf *text, bool is_arn, const bakery_group *group, const bakery_account *account)
{
        text->len = 0;
        if (is_arn)
                bakery__put_role_arn(text, group, account);
        else
                bakery__put_role_name(text, group, account);
}

static bakery_status find_role(const bakery_access *access, const char *role, struct access_view *view,
                               bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = ROLE_ARN_MAX_BYTES };
        bool is_arn = bakery__str_starts(role, "arn:");
        size_t found = 0;

        for (size_t i = 0; i < access->n_ranges; i++) {
                const struct role_range *range = &access->ranges[i];

                for (size_t k = 0; k < range->group->environment->n_accounts; k++) {
                        put_wanted(&text, is_arn, range->group, &range->group->environment->accounts[k]);
                        if (text.no_memory)
                                return bakery__fail_memory(err);
                        if (strcmp(text.at, role) != 0)
                                continue;
                        view->role = range->first_role + k;
                        found++;
                }
        }
        view->one_role = true;
        if (found == 1)
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_NOT_FOUND, "%s \"%.200s\"",
                     found ? "several roles are called" : "there is no role", role);
        bakery__error_hint(err, found ? "name it by its ARN" : "bakery-cli roles lists them");
        return BAKERY_ERR_NOT_FOUND;
}

bakery_status bakery__access_view(const bakery_access *access, const bakery_access_filter *filter,
                                  struct access_view *ret, bakery_error **err)
{
        if (!filter)
                return BAKERY_OK;
        if (filter->size < sizeof *filter)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "a bakery_access_filter of %zu bytes is none: begin with "
                                    "BAKERY_ACCESS_FILTER_INIT",
                                    filter->size);

        bakery_status st = find_names(access, filter, ret, err);
        if (!st && filter->user)
                st = find_user(access, filter->user, ret, err);
        return !st && filter->role ? find_role(access, filter->role, ret, err) : st;
}

bool bakery__view_has_account(const struct access_view *view, const bakery_account *account)
{
        return (!view->environment || view->environment == account->environment) &&
               (!view->account || strcmp(view->account, account->id) == 0 || strcmp(view->account, account->name) == 0);
}

bool bakery__view_has_group(const struct access_view *view, const bakery_group *group)
{
        return (!view->environment || view->environment == group->environment) &&
               (!view->access_type || view->access_type == group->access_type);
}

bool bakery__view_has_role(const struct access_view *view, const struct role_range *range, size_t account)
{
        return bakery__view_has_group(view, range->group) &&
               bakery__view_has_account(view, &range->group->environment->accounts[account]) &&
               (!view->one_role || view->role == range->first_role + account);
}
