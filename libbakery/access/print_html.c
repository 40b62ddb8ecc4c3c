/* As one page: what is in page/, with the JSON in its place. */
#include <string.h>

#include "access/json.h"
#include "access/page.h"

enum { JSON_MAX_BYTES = 1 << 26 };

/* What could end the script element that the JSON stands in, begin a comment there, or end a line of a program. Each
 * only stands inside of texts.
 * https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements */
static const struct {
        const char *text, *escape;
} escapes[] = {
        { "<", "\\u003c" },
        { ">", "\\u003e" },
        { "&", "\\u0026" },
        { "\xe2\x80\xa8", "\\u2028" },
        { "\xe2\x80\xa9", "\\u2029" },
};

void bakery__page_put_json(struct buf *into, struct span json)
{
        while (json.len > 0) {
                size_t i = 0;

                while (i < N_ELEMENTS(escapes) && !bakery__span_starts(json, escapes[i].text))
                        i++;
                size_t taken = i < N_ELEMENTS(escapes) ? strlen(escapes[i].text) : 1;
                if (i < N_ELEMENTS(escapes))
                        bakery__buf_text(into, escapes[i].escape);
                else
                        bakery__buf_char(into, *json.at);
                json.at += taken;
                json.len -= taken;
        }
}

static bakery_status put_access(struct access_print *print, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = JSON_MAX_BYTES };
        bakery_status st = bakery__access_json(print, &json, err);

        if (!st)
                st = bakery__json_print(&json, JSON_COMPACT, &text, "the report", err);
        if (!st)
                bakery__page_put_json(&print->text, (struct span){ text.at, text.len });
        return st;
}

bakery_status bakery__print_html(struct access_print *print, bakery_error **err)
{
        print->text.max = (size_t)JSON_MAX_BYTES * 2;
        bakery__buf_text(&print->text, bakery__page_head);
        bakery_status st = put_access(print, err);
        bakery__buf_text(&print->text, bakery__page_tail);
        return st;
}
