/* JSON on stdout, written as it comes. */
#ifndef BAKERY_CLI_UI_JSON_H
#define BAKERY_CLI_UI_JSON_H

#include <stdbool.h>
#include <stdio.h>

/* Begin with { .out = stdout }. Values in an object have a key, those in a list have NULL. */
struct json_out {
        FILE *out;
        int depth;
        bool follows; /* something stands before in the same object or list */
        bool on_one_line;
};

void json_begin(struct json_out *json, const char *key, char bracket);    /* '{' or '[' */
void json_end(struct json_out *json, char bracket);                       /* '}' or ']' */
void json_text(struct json_out *json, const char *key, const char *text); /* NULL: null */
void json_number(struct json_out *json, const char *key, unsigned long long number);
void json_bool(struct json_out *json, const char *key, bool value);

#endif
