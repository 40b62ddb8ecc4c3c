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

/* Where a walk stands. */
struct position {
        struct buf marker; /* of the next page; empty at the first */
        struct buf landmark;
        unsigned pages;
};

enum { MARKER_MAX_BYTES = 1 << 16 };

static void clear_position(struct position *at)
{
        bakery__buf_clear(&at->marker);
        bakery__buf_clear(&at->landmark);
}
DEFINE_AUTO_CLEAR(position, clear_position)

static bool is_marker(const struct buf *kept, const char *next)
{
        return kept->len > 0 && strcmp(kept->at, next) == 0;
}

/*
 * Keeps the marker of the next page. A server that repeats one would keep us here for ever, even if there are others in
 * between: so one of them stays in mind as a landmark, for twice as long each time (Brent's way to find a circle).
 */
static bakery_status advance(const struct query *query, const struct xml_node *result, struct position *at,
                             bool *ret_more, bakery_error **err)
{
        const char *truncated = bakery__xml_text(result, "IsTruncated"), *next = bakery__xml_text(result, "Marker");

        *ret_more = truncated && strcmp(truncated, "true") == 0;
        if (!*ret_more)
                return BAKERY_OK;
        if (!next || !*next)
                return bakery__query_lacks(query, "the Marker of the next page", err);
        if (is_marker(&at->marker, next) || is_marker(&at->landmark, next))
                return bakery__fail(err, BAKERY_ERR_NETWORK, "%s: the marker did not advance", query->action);
        at->marker.len = 0;
        bakery__buf_text(&at->marker, next);
        at->pages++;
        if ((at->pages & (at->pages - 1)) == 0) {
                at->landmark.len = 0;
                bakery__buf_text(&at->landmark, next);
        }
        bakery_status st = bakery__buf_status(&at->marker, "a marker", err);
        return st ? st : bakery__buf_status(&at->landmark, "a marker", err);
}

static bakery_status walk(bakery_client *client, const bakery_credentials *keys, const struct listing *listing,
                          const char *value, iam_each *each, void *context, bakery_error **err)
{
        AUTO_CLEAR(position) at = { .marker.max = MARKER_MAX_BYTES, .landmark.max = MARKER_MAX_BYTES };
        bakery_status st = BAKERY_OK;
        bool more = true;

        while (more && !st) {
                AUTO_CLEAR(query) query = bakery__query(&bakery__iam, listing->action, keys);
                AUTO_CLEAR(arena) arena = { 0 };
                const struct xml_node *result = NULL;

                if (listing->parameter)
                        bakery__query_text(&query, listing->parameter, value);
                bakery__query_text(&query, "Marker", at.marker.len > 0 ? at.marker.at : NULL);
                st = bakery__query_send(client, &query, &arena, &result, err);
                if (!st)
                        st = tell_page(listing, result, each, context, err);
                if (!st)
                        st = advance(&query, result, &at, &more, err);
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
