#include "ui/json.h"

#include "cli.h"

/* As UTF-16 has it, beyond U+FFFF in two halves. RFC 8259, section 7 */
static void print_code(FILE *out, unsigned code)
{
        if (code > 0xffff)
                fprintf(out, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
        else
                fprintf(out, "\\u%04x", code);
}

/* What cannot be seen is escaped, and a byte that is no UTF-8, as names of files may hold, which JSON may not. */
static void print_text(FILE *out, const char *text)
{
        fputc('"', out);
        while (*text) {
                unsigned code = 0;
                size_t hidden = bakery_text_hidden(text, &code);

                if (hidden > 0) {
                        print_code(out, code);
                        text += hidden;
                        continue;
                }
                if (*text == '"' || *text == '\\')
                        fputc('\\', out);
                fputc(*text++, out);
                while ((*text & 0xc0) == 0x80) /* the rest of the character */
                        fputc(*text++, out);
        }
        fputc('"', out);
}

static void new_line(struct json_out *json)
{
        if (json->on_one_line)
                return;
        fprintf(json->out, "\n%*s", json->depth * 2, "");
}

static void begin_value(struct json_out *json, const char *key)
{
        if (json->follows)
                fputs(json->on_one_line ? ", " : ",", json->out);
        if (json->depth > 0)
                new_line(json);
        json->follows = true;
        if (!key)
                return;
        print_text(json->out, key);
        fputs(": ", json->out);
}

void json_begin(struct json_out *json, const char *key, char bracket)
{
        begin_value(json, key);
        fputc(bracket, json->out);
        json->depth++;
        json->follows = false;
}

void json_end(struct json_out *json, char bracket)
{
        bool empty = !json->follows;

        json->depth--;
        if (!empty)
                new_line(json);
        fputc(bracket, json->out);
        json->follows = true;
        if (json->depth == 0)
                fputc('\n', json->out);
}

void json_text(struct json_out *json, const char *key, const char *text)
{
        begin_value(json, key);
        if (text)
                print_text(json->out, text);
        else
                fputs("null", json->out);
}

void json_number(struct json_out *json, const char *key, unsigned long long number)
{
        begin_value(json, key);
        fprintf(json->out, "%llu", number);
}

void json_bool(struct json_out *json, const char *key, bool value)
{
        begin_value(json, key);
        fputs(value ? "true" : "false", json->out);
}
