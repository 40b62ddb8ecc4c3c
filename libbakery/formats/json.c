#include "formats/json.h"

#include <cjson/cJSON.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct cJSON *keep_root(struct json *json, struct cJSON *made)
{
        json->root = made;
        json->no_memory |= !made;
        return made;
}

struct cJSON *bakery__json_root(struct json *json)
{
        return json->root || json->no_memory ? json->root : keep_root(json, cJSON_CreateObject());
}

struct cJSON *bakery__json_root_array(struct json *json)
{
        return json->root || json->no_memory ? json->root : keep_root(json, cJSON_CreateArray());
}

/* Every value enters the tree here, so that no failure goes unseen. */
static struct cJSON *put(struct json *json, struct cJSON *parent, const char *key, struct cJSON *value)
{
        bool done = parent && value && !json->no_memory &&
                    (key ? cJSON_AddItemToObject(parent, key, value) : cJSON_AddItemToArray(parent, value));

        if (done)
                return value;
        cJSON_Delete(value);
        json->no_memory = true;
        return NULL;
}

struct cJSON *bakery__json_object(struct json *json, struct cJSON *parent, const char *key)
{
        return put(json, parent, key, cJSON_CreateObject());
}

struct cJSON *bakery__json_array(struct json *json, struct cJSON *parent, const char *key)
{
        return put(json, parent, key, cJSON_CreateArray());
}

void bakery__json_text(struct json *json, struct cJSON *parent, const char *key, const char *text)
{
        put(json, parent, key, cJSON_CreateString(text));
}

void bakery__json_optional_text(struct json *json, struct cJSON *parent, const char *key, const char *text)
{
        if (text)
                bakery__json_text(json, parent, key, text);
}

void bakery__json_format(struct json *json, struct cJSON *parent, const char *key, const char *format, ...)
{
        AUTO_FREE char *text = NULL;
        va_list args;

        va_start(args, format);
        if (vasprintf(&text, format, args) < 0)
                text = NULL;
        va_end(args);
        put(json, parent, key, text ? cJSON_CreateString(text) : NULL);
}

void bakery__json_number(struct json *json, struct cJSON *parent, const char *key, long long number)
{
        put(json, parent, key, cJSON_CreateNumber((double)number));
}

void bakery__json_bool(struct json *json, struct cJSON *parent, const char *key, bool value)
{
        put(json, parent, key, cJSON_CreateBool(value));
}

void bakery__json_null(struct json *json, struct cJSON *parent, const char *key)
{
        put(json, parent, key, cJSON_CreateNull());
}

void bakery__json_copy(struct json *json, struct cJSON *parent, const char *key, const struct cJSON *value)
{
        put(json, parent, key, cJSON_Duplicate(value, true));
}

/* Nesting was bounded when it was parsed. */
static void wipe(struct cJSON *value)
{
        for (; value; value = value->next) {
                if (value->valuestring)
                        explicit_bzero(value->valuestring, strlen(value->valuestring));
                wipe(value->child);
        }
}

void bakery__json_clear(struct json *json)
{
        if (json->secret)
                wipe(json->root);
        cJSON_Delete(json->root);
        *json = (struct json){ 0 };
}

/* Printing is our own: cJSON puts a whole array on one line, and a review wants one role a line. */

static void print_escaped(struct buf *buf, unsigned code, enum json_style style)
{
        static const struct {
                unsigned code;
                const char *escape;
        } short_forms[] = { { '"', "\\\"" }, { '\\', "\\\\" }, { '\n', "\\n" }, { '\r', "\\r" }, { '\t', "\\t" } };

        for (size_t i = 0; i < N_ELEMENTS(short_forms); i++) {
                if (short_forms[i].code == code) {
                        bakery__buf_text(buf, short_forms[i].escape);
                        return;
                }
        }
        if (code > 0xffff && style == JSON_AS_YAML)
                bakery__buf_format(buf, "\\U%08x", code);
        else if (code > 0xffff) /* as UTF-16 has it, in two halves */
                bakery__buf_format(buf, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
        else
                bakery__buf_format(buf, "\\u%04x", code);
}

/*
 * What is printed as it is: not what RFC 8259, section 7, has escaped, nor what is beyond ASCII, which may be hidden. A
 * table, since every byte of every template passes here.
 */
/* clang-format off */
static const bool is_plain[UCHAR_MAX + 1] = {
        [' '] = 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* not " */
        ['@'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, /* not \ */
        ['`'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* not DEL */
};
/* clang-format on */

/* One character: escaped when it must be, or when nobody would see it. Gives its length. */
static size_t print_character(struct buf *buf, const char *text, enum json_style style)
{
        unsigned code = (unsigned char)*text;
        size_t hidden = bakery_text_hidden(text, &code);

        if (hidden == 0 && *text != '"' && *text != '\\')
                return bakery__buf_character(buf, text);
        print_escaped(buf, code, style);
        return hidden > 0 ? hidden : 1;
}

static void print_text(struct buf *buf, const char *text, enum json_style style)
{
        bakery__buf_char(buf, '"');
        while (*text) {
                size_t plain = 0;

                while (is_plain[(unsigned char)text[plain]])
                        plain++;
                bakery__buf_add(buf, text, plain);
                text += plain;
                if (*text)
                        text += print_character(buf, text, style);
        }
        bakery__buf_char(buf, '"');
}

static void print_number(struct buf *buf, double number)
{
        /* Below 2^53 every whole number is exact as a double. */
        bool whole = number > -9007199254740992.0 && number < 9007199254740992.0 && number == (double)(long long)number;

        AUTO_CLEAR(buf) text = { .max = 400 };

        bakery__buf_format(&text, whole ? "%.0f" : "%.17g", number);
        buf->no_memory |= text.no_memory;
        for (size_t i = 0; i < text.len; i++) /* the decimal point is the locale's, which may have it as a comma */
                bakery__buf_char(buf, text.at[i] && strchr("+-0123456789e", text.at[i]) ? text.at[i] : '.');
}

static void print_newline(struct buf *buf, enum json_style style, size_t depth)
{
        if (style != JSON_PRETTY)
                return;
        bakery__buf_char(buf, '\n');
        bakery__buf_repeat(buf, ' ', depth * 2);
}

static void print_value(struct buf *buf, const struct cJSON *value, enum json_style style, size_t depth);

static void print_children(struct buf *buf, const struct cJSON *parent, enum json_style style, size_t depth)
{
        for (const struct cJSON *child = parent->child; child; child = child->next) {
                print_newline(buf, style, depth + 1);
                if (cJSON_IsObject(parent)) {
                        print_text(buf, child->string, style);
                        bakery__buf_text(buf, style == JSON_PRETTY ? ": " : ":");
                }
                print_value(buf, child, style, depth + 1);
                if (child->next)
                        bakery__buf_char(buf, ',');
        }
        if (parent->child)
                print_newline(buf, style, depth);
}

static void print_value(struct buf *buf, const struct cJSON *value, enum json_style style, size_t depth)
{
        bool object = cJSON_IsObject(value);

        if (object || cJSON_IsArray(value)) {
                bakery__buf_char(buf, object ? '{' : '[');
                print_children(buf, value, style, depth);
                bakery__buf_char(buf, object ? '}' : ']');
        } else if (cJSON_IsString(value)) {
                print_text(buf, value->valuestring, style);
        } else if (cJSON_IsNumber(value)) {
                print_number(buf, value->valuedouble);
        } else {
                bakery__buf_text(buf, cJSON_IsTrue(value) ? "true" : cJSON_IsFalse(value) ? "false" : "null");
        }
}

bakery_status bakery__json_print(const struct json *json, enum json_style style, struct buf *buf, const char *what,
                                 bakery_error **err)
{
        if (json->no_memory || !json->root)
                return bakery__fail_memory(err);
        print_value(buf, json->root, style, 0);
        if (style == JSON_PRETTY || style == JSON_LINE)
                bakery__buf_char(buf, '\n');
        return bakery__buf_status(buf, what, err);
}

/* Only the ends of lines are meant. */
static void put_lines(struct buf *into, char *text)
{
        for (char *end; (end = strchr(text, '\n')); text = end + 1) {
                *end = '\0';
                bakery__buf_shown(into, text);
                bakery__buf_char(into, '\n');
        }
        bakery__buf_shown(into, text);
}

bakery_status bakery__json_or_text_take(const struct json *json, enum json_style style, struct buf *text,
                                        const char *what, char **ret_text, bakery_error **err)
{
        AUTO_CLEAR(buf) made = { .max = text->max };
        bakery_status st = bakery__buf_status(text, what, err);

        if (!st && (json->root || json->no_memory))
                st = bakery__json_print(json, style, &made, what, err);
        else if (!st && text->at)
                put_lines(&made, text->at);
        return st ? st : bakery__buf_take(&made, what, ret_text, NULL, err);
}

enum json_kind bakery__json_kind(const struct cJSON *value)
{
        static const struct {
                int type;
                enum json_kind kind;
        } kinds[] = {
                { cJSON_NULL, JSON_NULL },     { cJSON_True, JSON_BOOL },   { cJSON_False, JSON_BOOL },
                { cJSON_Number, JSON_NUMBER }, { cJSON_String, JSON_TEXT }, { cJSON_Array, JSON_ARRAY },
                { cJSON_Object, JSON_OBJECT },
        };

        for (size_t i = 0; value && i < N_ELEMENTS(kinds); i++)
                if ((value->type & 0xff) == kinds[i].type)
                        return kinds[i].kind;
        return JSON_NOTHING;
}

const struct cJSON *bakery__json_get(const struct cJSON *object, const char *key)
{
        return object ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

const char *bakery__json_text_of(const struct cJSON *value)
{
        return bakery__json_kind(value) == JSON_TEXT ? value->valuestring : NULL;
}

bool bakery__json_is_true(const struct cJSON *value)
{
        return cJSON_IsTrue(value) != 0;
}

bool bakery__json_whole_number_of(const struct cJSON *value, long long *ret)
{
        if (bakery__json_kind(value) != JSON_NUMBER)
                return false;

        /* It fits: parsing refused what a double cannot hold exactly. */
        long long number = (long long)value->valuedouble;
        if ((double)number != value->valuedouble)
                return false;
        *ret = number;
        return true;
}

const struct cJSON *bakery__json_first(const struct cJSON *value)
{
        return value ? value->child : NULL;
}

const struct cJSON *bakery__json_next(const struct cJSON *child)
{
        return child->next;
}

const char *bakery__json_key(const struct cJSON *child)
{
        return child->string;
}

bool bakery__json_equal(const struct cJSON *a, const struct cJSON *b)
{
        return a && b ? cJSON_Compare(a, b, true) : a == b;
}
