#include <bakery/grants.h>

#include <string.h>

#include "model/names.h"

struct bakery_grants {
        const bakery_config *config;
        const bakery_environment *only_environment; /* NULL: all */
        const bakery_access_type *only_access_type;
        const char *only_account; /* a name or an id; NULL: all */
        char *account_copy;
        size_t environment, group, account; /* the next to look at */
        const bakery_group *at_group;
        const bakery_account *at_account;
        struct buf arn;
        size_t name_offset; /* of the role's name in the ARN */
};

void bakery_grants_free(bakery_grants *grants)
{
        if (!grants)
                return;
        bakery__buf_clear(&grants->arn);
        free(grants->account_copy);
        free(grants);
}
DEFINE_AUTO_PTR(bakery_grants, bakery_grants_free)

static bakery_status not_found(bakery_error **err, const char *what, const char *name, const struct nearest *nearest)
{
        bakery__fail(err, BAKERY_ERR_NOT_FOUND, "there is no %s \"%.64s\"", what, name);
        if (nearest->name)
                bakery__error_hint(err, "did you mean \"%s\"?", nearest->name);
        return BAKERY_ERR_NOT_FOUND;
}

static bakery_status filter_environment(bakery_grants *grants, const char *name, bakery_error **err)
{
        struct nearest nearest = bakery__nearest(name);

        grants->only_environment = bakery_config_find_environment(grants->config, name);
        if (grants->only_environment)
                return BAKERY_OK;
        for (size_t i = 0; i < grants->config->n_environments; i++)
                bakery__nearest_offer(&nearest, grants->config->environments[i].name);
        return not_found(err, "environment", name, &nearest);
}

static bakery_status filter_access_type(bakery_grants *grants, const char *name, bakery_error **err)
{
        struct nearest nearest = bakery__nearest(name);

        grants->only_access_type = bakery_config_find_access_type(grants->config, name);
        if (grants->only_access_type)
                return BAKERY_OK;
        for (size_t i = 0; i < grants->config->n_access_types; i++)
                bakery__nearest_offer(&nearest, grants->config->access_types[i].name);
        return not_found(err, "access type", name, &nearest);
}

static bool is_account(const bakery_account *account, const char *name_or_id)
{
        return bakery__str_equal(account->id, name_or_id) || bakery__str_equal(account->name, name_or_id);
}

static bakery_status filter_account(bakery_grants *grants, const char *name, bakery_error **err)
{
        struct nearest nearest = bakery__nearest(name);

        for (size_t i = 0; i < grants->config->n_environments; i++) {
                const bakery_environment *environment = &grants->config->environments[i];

                if (grants->only_environment && grants->only_environment != environment)
                        continue;
                for (size_t k = 0; k < environment->n_accounts; k++) {
                        bakery__nearest_offer(&nearest, environment->accounts[k].name);
                        if (!is_account(&environment->accounts[k], name))
                                continue;
                        grants->account_copy = strdup(name);
                        grants->only_account = grants->account_copy;
                        return grants->account_copy ? BAKERY_OK : bakery__fail_memory(err);
                }
        }
        return not_found(err, "account", name, &nearest);
}

static bakery_status apply_filter(bakery_grants *grants, const bakery_grant_filter *filter, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        if (!filter)
                return BAKERY_OK;
        if (filter->size < sizeof *filter)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "a bakery_grant_filter of %zu bytes is none: begin with "
                                    "BAKERY_GRANT_FILTER_INIT",
                                    filter->size);
        if (filter->environment)
                st = filter_environment(grants, filter->environment, err);
        if (!st && filter->access_type)
                st = filter_access_type(grants, filter->access_type, err);
        if (!st && filter->account)
                st = filter_account(grants, filter->account, err);
        return st;
}

bakery_status bakery_grants_new(const bakery_config *config, const bakery_grant_filter *filter,
                                bakery_grants **ret_grants, bakery_error **err)
{
        AUTO_PTR(bakery_grants) grants = calloc(1, sizeof *grants);

        bakery__error_clear(err);
        if (!grants)
                return bakery__fail_memory(err);
        grants->config = config;
        grants->arn.max = 4096;
        bakery__buf_reserve(&grants->arn, 2048); /* the longest ARN: so that no step can fail */
        if (grants->arn.no_memory)
                return bakery__fail_memory(err);
        bakery_status st = apply_filter(grants, filter, err);
        if (st)
                return st;
        *ret_grants = STEAL(grants);
        return BAKERY_OK;
}

static bool passes(const bakery_grants *grants, const bakery_group *group, const bakery_account *account)
{
        return (!grants->only_environment || grants->only_environment == group->environment) &&
               (!grants->only_access_type || grants->only_access_type == group->access_type) &&
               (!grants->only_account || is_account(account, grants->only_account));
}

/* Steps to the next pair, filtered or not; false at the end. */
static bool step(bakery_grants *grants)
{
        while (grants->environment < grants->config->n_environments) {
                const bakery_environment *environment = &grants->config->environments[grants->environment];

                if (grants->group < environment->n_groups && grants->account < environment->n_accounts) {
                        grants->at_group = &environment->groups[grants->group];
                        grants->at_account = &environment->accounts[grants->account++];
                        return true;
                }
                grants->account = 0;
                if (++grants->group < environment->n_groups)
                        continue;
                grants->group = 0;
                grants->environment++;
        }
        return false;
}

int bakery_grants_next(bakery_grants *grants)
{
        do {
                if (!step(grants))
                        return 0;
        } while (!passes(grants, grants->at_group, grants->at_account));

        grants->arn.len = 0;
        bakery__put_role_arn(&grants->arn, grants->at_group, grants->at_account);
        grants->name_offset = bakery__role_arn_frame(grants->at_group) - strlen("--") -
                              strlen(grants->at_group->environment->name) - strlen(grants->at_group->access_type->name);
        return 1;
}

const bakery_group *bakery_grants_group(const bakery_grants *grants)
{
        return grants->at_group;
}

const char *bakery_grants_group_name(const bakery_grants *grants)
{
        return grants->at_group ? grants->at_group->name : NULL;
}

const char *bakery_grants_role_arn(const bakery_grants *grants)
{
        return grants->at_group ? grants->arn.at : NULL;
}

const char *bakery_grants_role_name(const bakery_grants *grants)
{
        return grants->at_group ? grants->arn.at + grants->name_offset : NULL;
}

const bakery_account *bakery_grants_account(const bakery_grants *grants)
{
        return grants->at_account;
}
