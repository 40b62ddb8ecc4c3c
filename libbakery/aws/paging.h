/* Lists that come in pages: IAM's Marker, everybody else's NextToken. Memory holds one page at a time. */
#ifndef BAKERY_AWS_PAGING_H
#define BAKERY_AWS_PAGING_H

#include "aws/query.h"

/* How a service says that there is more. */
struct paging_style {
        const char *token; /* the parameter, and the element of the answer */
        const char *more; /* the element that says "true" as long as there is more; NULL: the token says it by itself */
};
extern const struct paging_style bakery__paging_marker;     /* Marker, IsTruncated: IAM */
extern const struct paging_style bakery__paging_next_token; /* NextToken: CloudFormation, Organizations */

/* Where a walk stands. Begin with bakery__paging(). */
struct paging {
        struct buf token; /* of the next page; empty at the first */
        struct buf landmark;
        unsigned pages;
        bool ended;
};

struct paging bakery__paging(void);

/* The token to send; NULL at the first page. */
const char *bakery__paging_token(const struct paging *paging);

/*
 * Turns to the page of that token, which is copied; NULL or "": there is none, and paging->ended says so. For services
 * of any protocol. Gives BAKERY_ERR_NETWORK when the token was there before ("<action>: the marker did not advance").
 */
bakery_status bakery__paging_turn(struct paging *paging, const char *action, const char *token, bakery_error **err);

void bakery__paging_clear(struct paging *paging);
DEFINE_AUTO_CLEAR(paging, bakery__paging_clear)

/*
 * Told of one page. result is borrowed for the call; a page that sets *enough is the last. Anything but BAKERY_OK ends
 * the walk with that status.
 */
typedef bakery_status query_page(const struct query *query, const struct xml_node *result, void *context, bool *enough,
                                 bakery_error **err);

/*
 * Sends query again and again, with the token of each page added to it. Gives what bakery__query_send() and
 * bakery__paging_turn() give.
 */
bakery_status bakery__query_walk(bakery_client *client, struct query *query, const struct paging_style *style,
                                 query_page *page, void *context, bakery_error **err);

#endif
