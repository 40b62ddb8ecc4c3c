#include "aws/paging.h"

#include <string.h>

const struct paging_style bakery__paging_marker = { "Marker", "IsTruncated" };
const struct paging_style bakery__paging_next_token = { "NextToken", NULL };

enum { TOKEN_MAX_BYTES = 1 << 16 };

struct paging bakery__paging(void)
{
        return (struct paging){ .token.max = TOKEN_MAX_BYTES, .landmark.max = TOKEN_MAX_BYTES };
}

void bakery__paging_clear(struct paging *paging)
{
        bakery__buf_clear(&paging->token);
        bakery__buf_clear(&paging->landmark);
}

const char *bakery__paging_token(const struct paging *paging)
{
        return paging->token.len > 0 ? paging->token.at : NULL;
}

static bool is_token(const struct buf *kept, const char *token)
{
        return kept->len > 0 && strcmp(kept->at, token) == 0;
}

/*
 * A server that repeats a token would keep us here for ever, even if there are others in between: so one of them stays
 * in mind as a landmark, for twice as long each time (Brent's way to find a circle).
 */
bakery_status bakery__paging_turn(struct paging *paging, const char *action, const char *token, bakery_error **err)
{
        if (!token || !*token) {
                paging->ended = true;
                return BAKERY_OK;
        }
        if (is_token(&paging->token, token) || is_token(&paging->landmark, token))
                return bakery__fail(err, BAKERY_ERR_NETWORK, "%s: the marker did not advance", action);
        paging->token.len = 0;
        bakery__buf_text(&paging->token, token);
        paging->pages++;
        if ((paging->pages & (paging->pages - 1)) == 0) {
                paging->landmark.len = 0;
                bakery__buf_text(&paging->landmark, token);
        }
        bakery_status st = bakery__buf_status(&paging->token, "a marker", err);
        return st ? st : bakery__buf_status(&paging->landmark, "a marker", err);
}

/* Reads from an answer where the next page is. */
static bakery_status turn(struct paging *paging, const struct query *query, const struct paging_style *style,
                          const struct xml_node *result, bakery_error **err)
{
        const char *token = bakery__xml_text(result, style->token);

        if (style->more) {
                const char *more = bakery__xml_text(result, style->more);

                if (!more || strcmp(more, "true") != 0)
                        token = NULL; /* IAM may give a Marker with the last page too */
                else if (!token || !*token)
                        return bakery__query_lacks(query, "the Marker of the next page", err);
        }
        return bakery__paging_turn(paging, query->action, token, err);
}

bakery_status bakery__query_walk(bakery_client *client, struct query *query, const struct paging_style *style,
                                 query_page *page, void *context, bakery_error **err)
{
        AUTO_CLEAR(paging) paging = bakery__paging();
        const size_t len = query->form.len; /* without a token */
        bakery_status st = BAKERY_OK;
        bool enough = false;

        while (!st && !enough && !paging.ended) {
                AUTO_CLEAR(arena) arena = { 0 };
                const struct xml_node *result = NULL;

                query->form.len = len;
                bakery__query_text(query, style->token, bakery__paging_token(&paging));
                st = bakery__query_send(client, query, &arena, &result, err);
                if (!st)
                        st = page(query, result, context, &enough, err);
                if (!st && !enough)
                        st = turn(&paging, query, style, result, err);
                query->request_id = NULL; /* it was of the arena */
        }
        return st;
}
