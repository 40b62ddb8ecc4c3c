#include "aws/http.h"

#include <string.h>

bakery_http_answer bakery__http_answer(size_t max_body_bytes)
{
        return (bakery_http_answer){
                .body = { .max = max_body_bytes, .secret = true },
                .headers = { .max = HTTP_HEADERS_MAX_BYTES, .secret = true },
        };
}

void bakery__http_answer_clear(bakery_http_answer *answer)
{
        bakery__buf_clear(&answer->body);
        bakery__buf_clear(&answer->headers);
        answer->status = 0;
}

void bakery_http_answer_set_status(bakery_http_answer *answer, int status)
{
        answer->status = status;
}

/* Line breaks end our records; a header that is folded has its last line dropped rather than another one forged. */
static struct span first_line(const char *at, size_t size_bytes)
{
        size_t len = 0;

        while (len < size_bytes && at[len] != '\n' && at[len] != '\r' && at[len] != '\0')
                len++;
        return bakery__span_trim((struct span){ at, len });
}

bakery_status bakery_http_answer_add_header(bakery_http_answer *answer, const char *name, size_t name_size_bytes,
                                            const char *value, size_t value_size_bytes)
{
        struct span key = first_line(name, name_size_bytes), text = first_line(value, value_size_bytes);

        bakery__buf_add(&answer->headers, key.at, key.len);
        bakery__buf_char(&answer->headers, '\n');
        bakery__buf_add(&answer->headers, text.at, text.len);
        bakery__buf_char(&answer->headers, '\n');
        return bakery__buf_status(&answer->headers, "the header of the answer", NULL);
}

bakery_status bakery_http_answer_add_body(bakery_http_answer *answer, const void *bytes, size_t size_bytes)
{
        bakery__buf_add(&answer->body, bytes, size_bytes);
        return bakery__buf_status(&answer->body, "the answer", NULL);
}

struct span bakery__http_body(const bakery_http_answer *answer)
{
        return (struct span){ answer->body.at ? answer->body.at : "", answer->body.len };
}

static struct span take_line(const char **rest)
{
        const char *start = *rest;
        size_t len = strcspn(start, "\n");

        *rest = start + len + (start[len] == '\n');
        return (struct span){ start, len };
}

bool bakery__http_header(const bakery_http_answer *answer, const char *name, struct span *ret_value)
{
        const char *rest = answer->headers.at ? answer->headers.at : "";
        bool found = false;

        while (*rest) {
                struct span key = take_line(&rest), value = take_line(&rest);

                if (!bakery__span_equal_nocase(key, bakery__span(name)))
                        continue;
                *ret_value = value;
                found = true;
        }
        return found;
}
