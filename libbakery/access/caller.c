#include <bakery/caller.h>

#include <string.h>

#include "access/access.h"
#include "access/enter.h"
#include "aws/client.h"
#include "aws/iam.h"
#include "aws/iam_entity.h"
#include "aws/keys.h"
#include "model/policy_eval.h"

struct other_role {
        const char *arn, *group;
};

struct bakery_caller {
        struct arena arena;
        struct caller who;
        const char **groups;
        size_t n_groups, groups_capacity;
        struct other_role *roles;
        size_t n_roles, roles_capacity;
};

void bakery_caller_free(bakery_caller *caller)
{
        if (!caller)
                return;
        bakery__caller_clear(&caller->who);
        free(caller->groups);
        free(caller->roles);
        bakery__arena_clear(&caller->arena);
        free(caller);
}
DEFINE_AUTO_PTR(bakery_caller, bakery_caller_free)

static bakery_status identify(const struct aws_access *aws, const bakery_config *config, struct caller *ret,
                              bakery_error **err)
{
        bakery_status st = bakery__enter_bakery(aws, bakery_config_bakery_account_id(config), ret, err);

        if (st)
                return st;
        if (ret->is_user)
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "these keys (%s) are of %s, and only users are in groups",
                     bakery_credentials_source(aws->keys), ret->arn);
        bakery__error_hint(err, "bakery-cli whoami says whose keys are in use; --profile names others");
        return BAKERY_ERR_CREDENTIALS;
}

enum { FIRST_CAPACITY = 16 };

/* Room for one more element; false when memory is gone. */
static bool make_room(void **list, size_t count, size_t *capacity, size_t size_bytes)
{
        size_t more = *capacity ? *capacity * 2 : FIRST_CAPACITY;

        if (count < *capacity)
                return true;
        void *grown = realloc(*list, more * size_bytes);
        if (!grown)
                return false;
        *list = grown;
        *capacity = more;
        return true;
}

static bakery_status add_group(const struct iam_entry *entry, void *context, bakery_error **err)
{
        bakery_caller *caller = context;
        const char *name = bakery__arena_copy(&caller->arena, bakery__span(entry->name));
        void *groups = caller->groups;

        if (!name || !make_room(&groups, caller->n_groups, &caller->groups_capacity, sizeof *caller->groups))
                return bakery__fail_memory(err);
        caller->groups = groups;
        caller->groups[caller->n_groups++] = name;
        return BAKERY_OK;
}

static bool is_exact_role(const char *resource)
{
        return bakery__str_starts(resource, "arn:") && strstr(resource, ":role/") && !strpbrk(resource, "*?$");
}

/* The policies of a group outside the configuration, on their way to roles. */
struct gathering {
        bakery_caller *caller;
        const struct aws_access *aws;
        const char *group;
};

static bool is_listed(const bakery_caller *caller, const char *arn)
{
        for (size_t i = 0; i < caller->n_roles; i++)
                if (strcmp(caller->roles[i].arn, arn) == 0)
                        return true;
        return false;
}

static bakery_status add_role(const struct gathering *gathering, const char *text, bakery_error **err)
{
        bakery_caller *caller = gathering->caller;
        void *roles = caller->roles;

        if (is_listed(caller, text))
                return BAKERY_OK;
        const char *arn = bakery__arena_copy(&caller->arena, bakery__span(text));
        if (!arn || !make_room(&roles, caller->n_roles, &caller->roles_capacity, sizeof *caller->roles))
                return bakery__fail_memory(err);
        caller->roles = roles;
        caller->roles[caller->n_roles++] = (struct other_role){ arn, gathering->group };
        return BAKERY_OK;
}

/* Which roles a pattern stands for, nobody can say from here. */
static bakery_status add_roles(const struct gathering *gathering, const char *text, bakery_error **err)
{
        AUTO_CLEAR(json) document = { 0 };
        bakery_status st = bakery__json_parse(bakery__span(text), "a policy", &document, err);

        if (st)
                return st;
        for (const struct cJSON *statement = bakery__policy_statements(document.root); statement && !st;
             statement = bakery__policy_next(document.root, statement)) {
                const struct cJSON *resources = bakery__json_get(statement, "Resource");

                if (bakery__statement_denies(statement) || !bakery__statement_has_action(statement, "sts:AssumeRole"))
                        continue;
                for (const struct cJSON *each = bakery__policy_texts(resources); each && !st;
                     each = bakery__policy_next_text(resources, each)) {
                        const char *resource = bakery__json_text_of(each);

                        if (resource && is_exact_role(resource))
                                st = add_role(gathering, resource, err);
                }
        }
        return st;
}

/* What may not be read is not known, which must not hide what is. */
static bool is_refusal(bakery_status st)
{
        return st == BAKERY_ERR_DENIED || st == BAKERY_ERR_NOT_FOUND || st == BAKERY_ERR_FORMAT;
}

/* What is left of a failure: nothing but a warning when it was a refusal. Takes reason. */
static bakery_status pass_over(const struct gathering *gathering, bakery_status st, bakery_error **reason,
                               bakery_error **err)
{
        if (is_refusal(st)) {
                bakery__client_log(gathering->aws->client, BAKERY_LOG_WARNING,
                                   "what the group %s grants could not be read: %s", gathering->group,
                                   bakery_error_message(*reason));
                return BAKERY_OK;
        }
        if (st && err) {
                bakery_error_free(*err);
                *err = STEAL(*reason);
        }
        return st;
}

static bakery_status read_attached(const struct iam_entry *entry, void *context, bakery_error **err)
{
        const struct gathering *gathering = context;
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) reason = NULL;
        struct iam_managed_policy policy;
        bakery_status st = bakery__iam_get_policy(gathering->aws, entry->arn, &arena, &policy, &reason);

        if (!st)
                st = add_roles(gathering, policy.document, &reason);
        return pass_over(gathering, st, &reason, err);
}

static bakery_status read_inline(const struct iam_entry *entry, void *context, bakery_error **err)
{
        const struct gathering *gathering = context;
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) reason = NULL;
        const char *document = NULL;
        bakery_status st = bakery__iam_get_inline_policy(gathering->aws, IAM_GROUP, gathering->group, entry->name,
                                                         &arena, &document, &reason);

        if (!st)
                st = add_roles(gathering, document, &reason);
        return pass_over(gathering, st, &reason, err);
}

static bakery_status read_list(const struct gathering *gathering, enum iam_list list, iam_each *each,
                               bakery_error **err)
{
        AUTO_PTR(bakery_error) reason = NULL;
        struct gathering context = *gathering;
        bakery_status st = bakery__iam_list(gathering->aws, list, gathering->group, each, &context, &reason);

        return pass_over(gathering, st, &reason, err);
}

static bakery_status read_group(bakery_caller *caller, const struct aws_access *aws, const char *group,
                                bakery_error **err)
{
        const struct gathering gathering = { caller, aws, group };
        bakery_status st = read_list(&gathering, IAM_ATTACHED_GROUP_POLICIES, read_attached, err);

        return st ? st : read_list(&gathering, IAM_GROUP_POLICIES, read_inline, err);
}

static bakery_status list_groups(const struct aws_access *aws, const bakery_config *config, bakery_caller *caller,
                                 bakery_error **err)
{
        bakery_status st = bakery__iam_list(aws, IAM_GROUPS_OF_USER, caller->who.name, add_group, caller, err);

        if (st == BAKERY_ERR_DENIED)
                bakery__error_hint(err, "members of %s may read IAM", config->read_only_group);
        return st;
}

bakery_status bakery_caller_read(bakery_client *client, const bakery_config *config, const bakery_credentials *keys,
                                 const char *region, bakery_caller **ret_caller, bakery_error **err)
{
        AUTO_PTR(bakery_caller) caller = calloc(1, sizeof *caller);
        const struct aws_access aws = { client, keys, region };

        bakery__error_clear(err);
        if (!caller)
                return bakery__fail_memory(err);
        bakery_status st = identify(&aws, config, &caller->who, err);
        if (!st)
                st = list_groups(&aws, config, caller, err);
        for (size_t i = 0; !st && i < caller->n_groups; i++)
                if (!bakery__config_has_group(config, caller->groups[i]))
                        st = read_group(caller, &aws, caller->groups[i], err);
        if (!st)
                *ret_caller = STEAL(caller);
        return st;
}

const char *bakery_caller_user(const bakery_caller *caller)
{
        return caller->who.name;
}

size_t bakery_caller_group_count(const bakery_caller *caller)
{
        return caller->n_groups;
}

const char *bakery_caller_group(const bakery_caller *caller, size_t i)
{
        return caller->groups[i];
}

int bakery_caller_is_in(const bakery_caller *caller, const char *group)
{
        for (size_t i = 0; i < caller->n_groups; i++)
                if (bakery__str_equal_nocase(caller->groups[i], group))
                        return 1;
        return 0;
}

size_t bakery_caller_other_role_count(const bakery_caller *caller)
{
        return caller->n_roles;
}

const char *bakery_caller_other_role(const bakery_caller *caller, size_t i)
{
        return caller->roles[i].arn;
}

const char *bakery_caller_other_role_group(const bakery_caller *caller, size_t i)
{
        return caller->roles[i].group;
}
