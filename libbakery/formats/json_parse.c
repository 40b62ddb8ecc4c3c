#include <cjson/cJSON.h>
#include <string.h>

#include "base/map.h"
#include "formats/json.h"

static unsigned line_of(struct span text, size_t offset)
{
        unsigned line = 1;

        for (size_t i = 0; i < offset && i < text.len; i++)
                line += text.at[i] == '\n';
        return line;
}

/* An escaped NUL: cJSON would end the text there. */
static const char *find_nul_escape(struct span text)
{
        for (size_t i = 0; i + 6 <= text.len; i++) {
                if (text.at[i] != '\\')
                        continue;
                if (memcmp(text.at + i, "\\u0000", 6) == 0)
                        return text.at + i;
                i++; /* the escaped byte is no escape itself */
        }
        return NULL;
}

static bakery_status check_bytes(struct span text, const char *what, bakery_error **err)
{
        if (!bakery__utf8_valid(text))
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s is no JSON: it has bytes that are no UTF-8", what);
        if (memchr(text.at, '\0', text.len) || find_nul_escape(text))
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s has a NUL character, which nothing may", what);
        return BAKERY_OK;
}

static bakery_status check_keys(const struct cJSON *object, const char *what, bakery_error **err)
{
        AUTO_CLEAR(map) seen = { 0 };
        static char present;

        for (const struct cJSON *child = object->child; child; child = child->next) {
                enum map_result result = bakery__map_add(&seen, bakery__span(child->string), &present, NULL);

                if (result == MAP_NO_MEMORY)
                        return bakery__fail_memory(err);
                if (result == MAP_EXISTS)
                        return bakery__fail(err, BAKERY_ERR_FORMAT, "%s has the key \"%.60s\" twice in one object",
                                            what, child->string);
        }
        return BAKERY_OK;
}

/* cJSON nests no deeper than 1,000, so recursion is bounded. */
static bakery_status check_unique(const struct cJSON *value, const char *what, bakery_error **err)
{
        bakery_status st = cJSON_IsObject(value) ? check_keys(value, what, err) : BAKERY_OK;

        for (const struct cJSON *child = value->child; child && !st; child = child->next)
                st = check_unique(child, what, err);
        return st;
}

bakery_status bakery__json_parse(struct span text, const char *what, struct json *ret, bakery_error **err)
{
        bakery_status st = check_bytes(text, what, err);

        if (st)
                return st;

        const char *end = text.at;
        AUTO_CLEAR(json) parsed = { .root = cJSON_ParseWithLengthOpts(text.at, text.len, &end, false) };
        struct span rest = { end, (size_t)(text.at + text.len - end) };
        if (!parsed.root)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s is no JSON: line %u cannot be read", what,
                                    line_of(text, (size_t)(end - text.at)));
        if (bakery__span_trim(rest).len > 0)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s is no JSON: something stands behind its end in line %u",
                                    what, line_of(text, (size_t)(end - text.at)));
        st = check_unique(parsed.root, what, err);
        if (st)
                return st;
        ret->root = STEAL(parsed.root);
        ret->no_memory = false;
        return BAKERY_OK;
}
