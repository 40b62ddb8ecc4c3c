#include "ui/json.h"

#include "cli.h"

static void print_text(FILE *out, const char *text)
{
        fputc('"', out);
        for (size_t length; *text; text += length ? length : 1) {
                unsigned char c = (unsigned char)*text;

                length = cli_utf8_length(text);
                if (length == 0) /* names of files may hold any byte, and JSON may not */
                        fputs("\\ufffd", out);
                else if (c == '"' || c == '\\')
                        fprintf(out, "\\%c", c);
                else if (c < 0x20 || c == 0x7f)
                        fprintf(out, "\\u%04x", c);
                else
                        fwrite(text, 1, length, out);
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
