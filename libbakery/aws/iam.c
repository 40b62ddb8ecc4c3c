#include "aws/iam.h"

#include <string.h>

#include "aws/query.h"

/* What to walk: an action, its one parameter, and where its entries stand in the answer. */
struct listing {
        const char *action;
        const char *parameter; /* NULL: none */
        const char *list;      /* "Groups", of <member> elements */
        const char *name;      /* in each: "GroupName" */
};

static bakery_status tell_page(const struct listing *listing, const struct xml_node *result, iam_each *each,
                               void *context, bakery_error **err)
{
        const struct xml_node *list = bakery__xml_child(result, listing->list);
        bakery_status st = BAKERY_OK;

        for (const struct xml_node *member = bakery__xml_child(list, "member"); member && !st;
             member = bakery__xml_next(member)) {
                const char *name = bakery__xml_text(member, listing->name);

                if (name)
                        st = each(name, context, err);
        }
        return st;
}

/* Keeps the marker of the next page. A server that repeats one would keep us here for ever. */
static bakery_status advance(const struct query *query, const struct xml_node *result, struct buf *marker,
                             bool *ret_more, bakery_error **err)
{
        const char *truncated = bakery__xml_text(result, "IsTruncated"), *next = bakery__xml_text(result, "Marker");

        *ret_more = truncated && strcmp(truncated, "true") == 0;
        if (!*ret_more)
                return BAKERY_OK;
        if (!next || !*next)
                return bakery__query_lacks(query, "the Marker of the next page", err);
        if (marker->at && strcmp(marker->at, next) == 0)
                return bakery__fail(err, BAKERY_ERR_NETWORK, "%s: the marker did not advance", query->action);
        marker->len = 0;
        bakery__buf_text(marker, next);
        return bakery__buf_status(marker, "a marker", err);
}

static bakery_status walk(bakery_client *client, const bakery_credentials *keys, const struct listing *listing,
                          const char *value, iam_each *each, void *context, bakery_error **err)
{
        AUTO_CLEAR(buf) marker = { .max = 1 << 16 };
        bakery_status st = BAKERY_OK;
        bool more = true;

        while (more && !st) {
                AUTO_CLEAR(query) query = bakery__query(&bakery__iam, listing->action, keys);
                AUTO_CLEAR(arena) arena = { 0 };
                const struct xml_node *result = NULL;

                if (listing->parameter)
                        bakery__query_text(&query, listing->parameter, value);
                bakery__query_text(&query, "Marker", marker.len > 0 ? marker.at : NULL);
                st = bakery__query_send(client, &query, &arena, &result, err);
                if (!st)
                        st = tell_page(listing, result, each, context, err);
                if (!st)
                        st = advance(&query, result, &marker, &more, err);
        }
        return st;
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
