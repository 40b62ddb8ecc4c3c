#include <string.h>

#include "base/str.h"
#include "model/names.h"

size_t bakery_environment_group_count(const bakery_environment *environment)
{
        return environment->n_groups;
}

const bakery_group *bakery_environment_group(const bakery_environment *environment, size_t i)
{
        return &environment->groups[i];
}

const bakery_group *bakery_environment_find_group(const bakery_environment *environment, const char *access_type)
{
        for (size_t i = 0; i < environment->n_groups; i++)
                if (strcmp(environment->groups[i].access_type->name, access_type) == 0)
                        return &environment->groups[i];
        return NULL;
}

bool bakery__words_have(const struct words *words, const char *name)
{
        for (size_t i = 0; i < words->count; i++)
                if (bakery__str_equal_nocase(words->at[i].text, name))
                        return true;
        return false;
}

bool bakery__config_has_group(const bakery_config *config, const char *name)
{
        if (bakery__str_equal_nocase(name, config->admin_group) ||
            bakery__str_equal_nocase(name, config->read_only_group))
                return true;
        for (size_t i = 0; i < config->n_environments; i++)
                for (size_t k = 0; k < config->environments[i].n_groups; k++)
                        if (bakery__str_equal_nocase(name, config->environments[i].groups[k].name))
                                return true;
        return false;
}

bool bakery__config_is_admin_group(const bakery_config *config, const char *name)
{
        return bakery__str_equal_nocase(name, config->admin_group) || bakery__words_have(&config->admin_groups, name);
}

const char *bakery_group_name(const bakery_group *group)
{
        return group->name;
}

const bakery_environment *bakery_group_environment(const bakery_group *group)
{
        return group->environment;
}

const bakery_access_type *bakery_group_access_type(const bakery_group *group)
{
        return group->access_type;
}

int bakery_group_requires_mfa(const bakery_group *group)
{
        return group->settings.require_mfa == SAID_YES;
}

unsigned bakery_group_mfa_max_age_s(const bakery_group *group)
{
        return bakery_group_requires_mfa(group) ? group->settings.mfa_max_age_s : 0;
}

int bakery_group_requires_session_name(const bakery_group *group)
{
        return group->settings.require_session_name == SAID_YES;
}

int bakery_group_allows_source_identity(const bakery_group *group)
{
        return group->settings.source_identity == SAID_YES;
}

size_t bakery_group_session_tag_count(const bakery_group *group)
{
        return group->settings.n_session_tags;
}

const char *bakery_group_session_tag(const bakery_group *group, size_t i)
{
        return group->settings.session_tags[i];
}

enum { IAM_DEFAULT_SESSION_DURATION_S = 3600 };

unsigned bakery_group_max_session_duration_s(const bakery_group *group)
{
        unsigned said = group->settings.max_session_duration_s;

        return said ? said : IAM_DEFAULT_SESSION_DURATION_S;
}

const char *bakery_group_permissions_boundary(const bakery_group *group)
{
        return group->settings.permissions_boundary;
}

const char *bakery_group_role_path(const bakery_group *group)
{
        return bakery__role_path(group);
}

typedef void put_name(struct buf *, const bakery_group *, const bakery_account *);

enum { ROLE_ARN_MAX_BYTES = 2048 };

static bakery_status give_name(const bakery_group *group, const bakery_account *account, put_name *put, char **ret,
                               bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = ROLE_ARN_MAX_BYTES };

        bakery__error_clear(err);
        if (account->environment != group->environment)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "account %s is of environment %s, and group %s of %s",
                                    account->id, account->environment->name, group->name, group->environment->name);
        put(&text, group, account);
        return bakery__buf_take(&text, "the name of a role", ret, NULL, err);
}

bakery_status bakery_group_role_name(const bakery_group *group, const bakery_account *account, char **ret,
                                     bakery_error **err)
{
        return give_name(group, account, bakery__put_role_name, ret, err);
}

bakery_status bakery_group_role_arn(const bakery_group *group, const bakery_account *account, char **ret,
                                    bakery_error **err)
{
        return give_name(group, account, bakery__put_role_arn, ret, err);
}

size_t bakery_group_policy_count(const bakery_group *group)
{
        return group->n_shards;
}

size_t bakery_group_policy_size(const bakery_group *group, size_t i)
{
        return group->shards[i].size_chars;
}

size_t bakery_group_policy_account_count(const bakery_group *group, size_t i)
{
        return group->shards[i].count;
}

int bakery_group_policy_is_inline(const bakery_group *group, size_t i)
{
        return group->shards[i].is_inline;
}

size_t bakery_group_headroom(const bakery_group *group)
{
        return group->headroom;
}
