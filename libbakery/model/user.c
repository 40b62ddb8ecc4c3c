#include <bakery/user.h>

#include "base/str.h"
#include "model/model.h"

size_t bakery_config_user_count(const bakery_config *config)
{
        return config->n_users;
}

const bakery_user *bakery_config_user(const bakery_config *config, size_t i)
{
        return &config->users[i];
}

const bakery_user *bakery_config_find_user(const bakery_config *config, const char *name)
{
        for (size_t i = 0; i < config->n_users; i++)
                if (bakery__str_equal_nocase(config->users[i].name.text, name))
                        return &config->users[i];
        return NULL;
}

const char *bakery_user_name(const bakery_user *user)
{
        return user->name.text;
}

size_t bakery_user_group_count(const bakery_user *user)
{
        return user->groups.count;
}

const char *bakery_user_group(const bakery_user *user, size_t i)
{
        return user->groups.at[i].text;
}

const char *bakery_user_until(const bakery_user *user)
{
        return user->until;
}

size_t bakery_config_expected_admin_count(const bakery_config *config)
{
        return config->expected_admins.count;
}

const char *bakery_config_expected_admin(const bakery_config *config, size_t i)
{
        return config->expected_admins.at[i].text;
}
