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

static void put_for_script(struct buf *into, struct span json)
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
                put_for_script(&print->text, (struct span){ text.at, text.len });
        return st;
}

bakery_status bakery__print_html(struct access_print *print, bakery_error **err)
{
        const char *rest = bakery__page_html;
        bakery_status st = BAKERY_OK;

        print->text.max = (size_t)JSON_MAX_BYTES * 2;
        while (*rest && !st) {
                const char *at = strchrnul(rest, '@');

                bakery__buf_add(&print->text, rest, (size_t)(at - rest));
                rest = at;
                if (bakery__str_starts(at, PAGE_STYLE)) {
                        bakery__buf_text(&print->text, bakery__page_css);
                        rest += strlen(PAGE_STYLE);
                } else if (bakery__str_starts(at, PAGE_SCRIPT)) {
                        bakery__buf_text(&print->text, bakery__page_js);
                        rest += strlen(PAGE_SCRIPT);
                } else if (bakery__str_starts(at, PAGE_ACCESS)) {
                        st = put_access(print, err);
                        rest += strlen(PAGE_ACCESS);
                } else if (*at) {
                        bakery__buf_char(&print->text, *rest++);
                }
        }
        return st;
}
