#include <string.h>

#include "model/model.h"

const char *bakery_environment_name(const bakery_environment *environment)
{
        return environment->name;
}

size_t bakery_environment_account_count(const bakery_environment *environment)
{
        return environment->n_accounts;
}

const bakery_account *bakery_environment_account(const bakery_environment *environment, size_t i)
{
        return &environment->accounts[i];
}

/* NULL when several have the name: the one that is not meant must never be taken. */
static const bakery_account *find_by_name(const bakery_environment *environment, const char *name)
{
        const bakery_account *found = NULL;

        for (size_t i = 0; i < environment->n_accounts; i++) {
                if (strcmp(environment->accounts[i].name, name) != 0)
                        continue;
                if (found)
                        return NULL;
                found = &environment->accounts[i];
        }
        return found;
}

const bakery_account *bakery_environment_find_account(const bakery_environment *environment, const char *name_or_id)
{
        const bakery_account *account = bakery_config_find_account(environment->config, name_or_id);

        if (account && account->environment == environment)
                return account;
        return find_by_name(environment, name_or_id);
}

const bakery_account *bakery_environment_default_account(const bakery_environment *environment)
{
        if (environment->default_account)
                return environment->default_account;
        return environment->n_accounts == 1 ? &environment->accounts[0] : NULL;
}

const char *bakery_account_id(const bakery_account *account)
{
        return account->id;
}

const char *bakery_account_name(const bakery_account *account)
{
        return account->name;
}

const bakery_environment *bakery_account_environment(const bakery_account *account)
{
        return account->environment;
}
