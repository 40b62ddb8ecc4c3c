#include "access/account.h"

#include <string.h>

void bakery__account_clear(struct iam_account *account)
{
        for (struct iam_document *each = account->parsed; each; each = each->next_parsed)
                bakery__json_clear(&each->json);
        bakery__map_clear(&account->policies);
        bakery__arena_clear(&account->arena);
}

static const char *copied(struct iam_account *account, const char *text)
{
        return text ? bakery__arena_copy(&account->arena, bakery__span(text)) : NULL;
}

/* The managed policy of that ARN; its text comes when it comes. NULL when memory is gone. */
static struct iam_document *find_managed(struct iam_account *account, const char *arn)
{
        struct iam_document *policy = bakery__map_get(&account->policies, bakery__span(arn));

        if (policy)
                return policy;
        policy = bakery__arena_alloc(&account->arena, sizeof *policy);
        if (policy) {
                policy->name = copied(account, arn);
                policy->managed = true;
        }
        if (!policy || !policy->name ||
            bakery__map_add(&account->policies, bakery__span(policy->name), policy, NULL) == MAP_NO_MEMORY)
                return NULL;
        return policy;
}

static struct iam_document *copy_inline(struct iam_account *account, const struct iam_policy *from)
{
        struct iam_document *policy = bakery__arena_alloc(&account->arena, sizeof *policy);

        if (!policy)
                return NULL;
        policy->name = copied(account, from->name);
        policy->text = copied(account, from->document);
        return policy->name && (policy->text || !from->document) ? policy : NULL;
}

static bool copy_policies(struct iam_account *account, const struct iam_entity *from, struct iam_identity *to)
{
        to->policies = bakery__arena_array(&account->arena, from->attached_policy_count + from->inline_policy_count,
                                           sizeof *to->policies);
        if (!to->policies)
                return false;
        for (size_t i = 0; i < from->attached_policy_count; i++) {
                to->policies[to->n_policies] = find_managed(account, from->attached_policies[i].arn);
                if (!to->policies[to->n_policies++])
                        return false;
        }
        for (size_t i = 0; i < from->inline_policy_count; i++) {
                to->policies[to->n_policies] = copy_inline(account, &from->inline_policies[i]);
                if (!to->policies[to->n_policies++])
                        return false;
        }
        return true;
}

static bool copy_identity(struct iam_account *account, const struct iam_entity *from, struct iam_identity *to)
{
        to->name = copied(account, from->name);
        to->kind = from->kind;
        to->groups = bakery__arena_array(&account->arena, from->group_count, sizeof *to->groups);
        if (!to->name || !to->groups)
                return false;
        for (size_t i = 0; i < from->group_count; i++) {
                to->groups[i] = copied(account, from->groups[i]);
                if (!to->groups[i])
                        return false;
        }
        to->n_groups = from->group_count;
        if (from->boundary) {
                to->boundary = find_managed(account, from->boundary);
                if (!to->boundary)
                        return false;
        }
        return copy_policies(account, from, to);
}

bakery_status bakery__account_add(struct iam_account *account, const struct iam_entity *entity, bakery_error **err)
{
        struct iam_identity *identity = bakery__arena_alloc(&account->arena, sizeof *identity);
        bool is_user = entity->kind == IAM_USER;
        struct iam_identity **list = is_user ? &account->gathered_users : &account->gathered_groups;

        if (!identity || !copy_identity(account, entity, identity))
                return bakery__fail_memory(err);
        identity->next = *list;
        *list = identity;
        account->n_users += is_user;
        account->n_groups += !is_user;
        return BAKERY_OK;
}

bakery_status bakery__account_add_policy(struct iam_account *account, const struct iam_managed_policy *from,
                                         bakery_error **err)
{
        struct iam_document *policy = find_managed(account, from->arn);

        if (policy)
                policy->text = copied(account, from->document);
        return policy && policy->text ? BAKERY_OK : bakery__fail_memory(err);
}

static int by_name(const void *a, const void *b)
{
        const struct iam_identity *const *one = a, *const *other = b;

        return strcmp((*one)->name, (*other)->name);
}

static bool sort(struct iam_account *account, struct iam_identity *gathered, size_t n, struct iam_identity ***ret)
{
        struct iam_identity **sorted = bakery__arena_array(&account->arena, n, sizeof *sorted);

        if (!sorted)
                return false;
        for (size_t i = 0; i < n; i++, gathered = gathered->next)
                sorted[i] = gathered;
        qsort(sorted, n, sizeof *sorted, by_name);
        *ret = sorted;
        return true;
}

bakery_status bakery__account_finish(struct iam_account *account, bakery_error **err)
{
        if (!sort(account, account->gathered_users, account->n_users, &account->users) ||
            !sort(account, account->gathered_groups, account->n_groups, &account->groups))
                return bakery__fail_memory(err);
        return BAKERY_OK;
}

bakery_status bakery__account_document(struct iam_account *account, struct iam_document *policy,
                                       const struct cJSON **ret, bakery_error **err)
{
        if (policy->text && !policy->json.root) {
                bakery_status st = bakery__json_parse(bakery__span(policy->text), policy->name, &policy->json, err);

                if (st == BAKERY_ERR_MEMORY)
                        return st;
                policy->next_parsed = account->parsed;
                account->parsed = policy;
                policy->text = st ? NULL : policy->text;
        }
        *ret = policy->json.root;
        return BAKERY_OK;
}
