#include "aws/iam.h"

#include "aws/paging.h"

/* What to walk: an action, its one parameter, and where its entries stand in the answer. */
struct listing {
        const char *action;
        const char *parameter; /* NULL: none */
        const char *list;      /* "Groups", of <member> elements */
        const char *name;      /* in each: "GroupName" */
};

/* Whom to tell of the entries. */
struct telling {
        const struct listing *listing;
        iam_each *each;
        void *context;
};

static bakery_status tell_page(const struct query *query, const struct xml_node *result, void *context, bool *enough,
                               bakery_error **err)
{
        const struct telling *telling = context;
        const struct xml_node *list = bakery__xml_child(result, telling->listing->list);
        bakery_status st = BAKERY_OK;

        (void)query;
        (void)enough;
        for (const struct xml_node *member = bakery__xml_child(list, "member"); member && !st;
             member = bakery__xml_next(member)) {
                const char *name = bakery__xml_text(member, telling->listing->name);

                if (name)
                        st = telling->each(name, telling->context, err);
        }
        return st;
}

static bakery_status walk(bakery_client *client, const bakery_credentials *keys, const struct listing *listing,
                          const char *value, iam_each *each, void *context, bakery_error **err)
{
        AUTO_CLEAR(query) query = bakery__query(&bakery__iam, listing->action, keys);
        struct telling telling = { listing, each, context };

        if (listing->parameter)
                bakery__query_text(&query, listing->parameter, value);
        return bakery__query_walk(client, &query, &bakery__paging_marker, tell_page, &telling, err);
}

bakery_status bakery__iam_groups_of_user(bakery_client *client, const bakery_credentials *keys, const char *user,
                                         iam_each *each, void *context, bakery_error **err)
{
        static const struct listing listing = { "ListGroupsForUser", "UserName", "Groups", "GroupName" };

        return walk(client, keys, &listing, user, each, context, err);
}

bakery_status bakery__iam_mfa_devices(bakery_client *client, const bakery_credentials *keys, const char *user,
                                      iam_each *each, void *context, bakery_error **err)
{
        static const struct listing listing = { "ListMFADevices", "UserName", "MFADevices", "SerialNumber" };

        return walk(client, keys, &listing, user, each, context, err);
}

bakery_status bakery__iam_users(bakery_client *client, const bakery_credentials *keys, iam_each *each, void *context,
                                bakery_error **err)
{
        static const struct listing listing = { "ListUsers", NULL, "Users", "UserName" };

        return walk(client, keys, &listing, NULL, each, context, err);
}

bakery_status bakery__iam_members(bakery_client *client, const bakery_credentials *keys, const char *group,
                                  iam_each *each, void *context, bakery_error **err)
{
        static const struct listing listing = { "GetGroup", "GroupName", "Users", "UserName" };

        return walk(client, keys, &listing, group, each, context, err);
}
