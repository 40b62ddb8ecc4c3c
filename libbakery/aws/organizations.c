#include "aws/organizations.h"

#include "aws/json_call.h"
#include "aws/paging.h"

/* What to walk: an action, and where its entries stand in the answer. */
struct listing {
        const char *action;
        const char *parent; /* NULL: it has none */
        const char *list;
};

/* Told of the entries, as they stand in the answer. */
typedef bakery_status each_entry(const struct json_call *call, const struct cJSON *entry, const void *telling,
                                 bakery_error **err);

static const char *text_of(const struct cJSON *object, const char *key)
{
        return bakery__json_text_of(bakery__json_get(object, key));
}

/* A page may be empty and yet not be the last: only the token says. */
static bakery_status walk_page(const struct aws_access *aws, const struct listing *listing, struct paging *paging,
                               each_entry *each, const void *telling, bakery_error **err)
{
        AUTO_CLEAR(json_call) call = bakery__json_call(&bakery__organizations, listing->action, aws);
        struct cJSON *request = bakery__json_root(&call.request);

        bakery__json_optional_text(&call.request, request, "ParentId", listing->parent);
        bakery__json_optional_text(&call.request, request, "NextToken", bakery__paging_token(paging));
        bakery_status st = bakery__json_call_send(&call, err);
        if (st)
                return st;

        const struct cJSON *list = bakery__json_get(call.answer.root, listing->list);
        if (bakery__json_kind(list) != JSON_ARRAY)
                return bakery__json_call_lacks(&call, listing->list, err);
        for (const struct cJSON *entry = bakery__json_first(list); entry && !st; entry = bakery__json_next(entry))
                st = each(&call, entry, telling, err);
        return st ? st : bakery__paging_turn(paging, listing->action, text_of(call.answer.root, "NextToken"), err);
}

static bakery_status walk(const struct aws_access *aws, const struct listing *listing, each_entry *each,
                          const void *telling, bakery_error **err)
{
        AUTO_CLEAR(paging) paging = bakery__paging();
        bakery_status st = BAKERY_OK;

        while (!st && !paging.ended)
                st = walk_page(aws, listing, &paging, each, telling, err);
        return st;
}

struct telling_accounts {
        organizations_each_account *each;
        void *context;
};

/* State follows Status, which ends in September 2026; an answer has one or both. */
static bakery_status tell_account(const struct json_call *call, const struct cJSON *entry, const void *telling,
                                  bakery_error **err)
{
        const struct telling_accounts *to = telling;
        const char *state = text_of(entry, "State");
        const struct organizations_account account = {
                .id = text_of(entry, "Id"),
                .name = text_of(entry, "Name"),
                .state = state ? state : text_of(entry, "Status"),
        };

        if (!account.id || !account.name || !account.state)
                return bakery__json_call_lacks(call, "the id, the name or the state of an account", err);
        return to->each(&account, to->context, err);
}

bakery_status bakery__organizations_accounts(const struct aws_access *aws, organizations_each_account *each,
                                             void *context, bakery_error **err)
{
        const struct telling_accounts telling = { each, context };

        return walk(aws, &(struct listing){ "ListAccounts", NULL, "Accounts" }, tell_account, &telling, err);
}

bakery_status bakery__organizations_accounts_of(const struct aws_access *aws, const char *parent,
                                                organizations_each_account *each, void *context, bakery_error **err)
{
        const struct telling_accounts telling = { each, context };

        return walk(aws, &(struct listing){ "ListAccountsForParent", parent, "Accounts" }, tell_account, &telling, err);
}

struct telling_units {
        organizations_each_unit *each;
        void *context;
};

static bakery_status tell_unit(const struct json_call *call, const struct cJSON *entry, const void *telling,
                               bakery_error **err)
{
        const struct telling_units *to = telling;
        const struct organizations_unit unit = { text_of(entry, "Id"), text_of(entry, "Name") };

        if (!unit.id || !unit.name)
                return bakery__json_call_lacks(call, "the id or the name of a unit", err);
        return to->each(&unit, to->context, err);
}

bakery_status bakery__organizations_roots(const struct aws_access *aws, organizations_each_unit *each, void *context,
                                          bakery_error **err)
{
        const struct telling_units telling = { each, context };

        return walk(aws, &(struct listing){ "ListRoots", NULL, "Roots" }, tell_unit, &telling, err);
}

bakery_status bakery__organizations_units_of(const struct aws_access *aws, const char *parent,
                                             organizations_each_unit *each, void *context, bakery_error **err)
{
        const struct telling_units telling = { each, context };
        const struct listing listing = { "ListOrganizationalUnitsForParent", parent, "OrganizationalUnits" };

        return walk(aws, &listing, tell_unit, &telling, err);
}

bakery_status bakery__organizations_describe(const struct aws_access *aws, struct arena *arena,
                                             struct organization *ret, bakery_error **err)
{
        AUTO_CLEAR(json_call) call = bakery__json_call(&bakery__organizations, "DescribeOrganization", aws);
        bakery_status st = bakery__json_call_send(&call, err);

        if (st)
                return st;
        const struct cJSON *organization = bakery__json_get(call.answer.root, "Organization");
        const char *id = text_of(organization, "Id"), *account = text_of(organization, "MasterAccountId");
        if (!id || !account)
                return bakery__json_call_lacks(&call, "Id or MasterAccountId", err);

        const struct organization found = {
                .id = bakery__arena_copy(arena, bakery__span(id)),
                .management_account = bakery__arena_copy(arena, bakery__span(account)),
        };
        if (!found.id || !found.management_account)
                return bakery__fail_memory(err);
        *ret = found;
        return BAKERY_OK;
}
