#include <cjson/cJSON.h>
#include <math.h>
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

/*
 * The grammar of RFC 8259. cJSON's own is wider (line breaks in texts, 01, control bytes for blanks), and it cannot
 * tell a mistake from a lack of memory: what passes here and fails there had no memory.
 */
struct scanner {
        const char *at, *end;
        unsigned depth;
};

enum { MAX_DEPTH = 500, NUMBER_MAX_CHARS = 60 }; /* both within what cJSON takes */

static bool take(struct scanner *in, const char *word)
{
        size_t len = strlen(word);

        if ((size_t)(in->end - in->at) < len || memcmp(in->at, word, len) != 0)
                return false;
        in->at += len;
        return true;
}

static void skip_blanks(struct scanner *in)
{
        while (in->at < in->end && memchr(" \t\r\n", *in->at, 4))
                in->at++;
}

static bool scan_digits(struct scanner *in)
{
        const char *start = in->at;

        while (in->at < in->end && *in->at >= '0' && *in->at <= '9')
                in->at++;
        return in->at > start;
}

static bool scan_number(struct scanner *in)
{
        const char *start = in->at;

        (void)take(in, "-");
        if (!take(in, "0") && !scan_digits(in))
                return false;
        if (take(in, ".") && !scan_digits(in))
                return false;
        if (take(in, "e") || take(in, "E")) {
                (void)(take(in, "+") || take(in, "-"));
                if (!scan_digits(in))
                        return false;
        }
        return in->at - start <= NUMBER_MAX_CHARS;
}

static bool scan_unit(struct scanner *in, unsigned *ret)
{
        static const char digits[] = "0123456789abcdef";

        *ret = 0;
        for (int i = 0; i < 4; i++) {
                const char *digit = in->at < in->end ? strchr(digits, bakery__ascii_lower(*in->at)) : NULL;

                if (!digit || !*digit)
                        return false;
                *ret = *ret * 16 + (unsigned)(digit - digits);
                in->at++;
        }
        return true;
}

/* What follows a backslash. Half of a surrogate pair is no character. */
static bool scan_escape(struct scanner *in)
{
        unsigned unit, second;

        if (!take(in, "u"))
                return in->at < in->end && memchr("\"\\/bfnrt", *in->at++, 8);
        if (!scan_unit(in, &unit) || (unit & 0xfc00) == 0xdc00)
                return false;
        return (unit & 0xfc00) != 0xd800 || (take(in, "\\u") && scan_unit(in, &second) && (second & 0xfc00) == 0xdc00);
}

static bool scan_text(struct scanner *in)
{
        if (!take(in, "\""))
                return false;
        while (in->at < in->end && *in->at != '"') {
                if ((unsigned char)*in->at < 0x20)
                        return false;
                if (*in->at++ == '\\' && !scan_escape(in))
                        return false;
        }
        return take(in, "\"");
}

static bool scan_value(struct scanner *in);

static bool scan_member(struct scanner *in)
{
        if (!scan_text(in))
                return false;
        skip_blanks(in);
        return take(in, ":") && scan_value(in);
}

static bool scan_children(struct scanner *in, bool (*scan_child)(struct scanner *), const char *close)
{
        skip_blanks(in);
        if (take(in, close))
                return true;
        do {
                skip_blanks(in);
                if (!scan_child(in))
                        return false;
                skip_blanks(in);
        } while (take(in, ","));
        return take(in, close);
}

static bool scan_value(struct scanner *in)
{
        bool done;

        skip_blanks(in);
        if (in->at == in->end || in->depth == MAX_DEPTH)
                return false;
        in->depth++;
        if (*in->at == '"')
                done = scan_text(in);
        else if (take(in, "{"))
                done = scan_children(in, scan_member, "}");
        else if (take(in, "["))
                done = scan_children(in, scan_value, "]");
        else
                done = take(in, "true") || take(in, "false") || take(in, "null") || scan_number(in);
        in->depth--;
        return done;
}

static bakery_status check_grammar(struct span text, const char *what, bakery_error **err)
{
        struct scanner in = { text.at, text.at + text.len, 0 };

        if (!scan_value(&in))
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s is no JSON: line %u cannot be read", what,
                                    line_of(text, (size_t)(in.at - text.at)));
        skip_blanks(&in);
        if (in.at < in.end)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s is no JSON: something stands behind its end in line %u",
                                    what, line_of(text, (size_t)(in.at - text.at)));
        return BAKERY_OK;
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

static bool is_exact(const struct cJSON *value)
{
        double size = fabs(value->valuedouble);

        return size < 9007199254740992.0; /* 2^53: past it a double skips whole numbers, and infinity is no JSON */
}

/* Nesting was bounded, so recursion is. */
static bakery_status check_values(const struct cJSON *value, const char *what, bakery_error **err)
{
        bakery_status st = cJSON_IsObject(value) ? check_keys(value, what, err) : BAKERY_OK;

        if (cJSON_IsNumber(value) && !is_exact(value))
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s has a number that is too large to be kept as it is",
                                    what);
        for (const struct cJSON *child = value->child; child && !st; child = child->next)
                st = check_values(child, what, err);
        return st;
}

bakery_status bakery__json_parse(struct span text, const char *what, struct json *ret, bakery_error **err)
{
        static const char mark[] = "\xef\xbb\xbf"; /* the byte order mark, which editors leave behind */
        bakery_status st = check_bytes(text, what, err);

        if (text.len >= strlen(mark) && memcmp(text.at, mark, strlen(mark)) == 0)
                text = (struct span){ text.at + strlen(mark), text.len - strlen(mark) };
        if (!st)
                st = check_grammar(text, what, err);
        if (st)
                return st;

        AUTO_CLEAR(json)
        parsed = { .root = cJSON_ParseWithLengthOpts(text.at, text.len, NULL, false), .secret = ret->secret };
        if (!parsed.root)
                return bakery__fail_memory(err);
        st = check_values(parsed.root, what, err);
        if (st)
                return st;
        ret->root = STEAL(parsed.root);
        ret->no_memory = false;
        return BAKERY_OK;
}
