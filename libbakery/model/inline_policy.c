#include "model/inline_policy.h"

#include <string.h>

#include "base/fs.h"
#include "formats/yaml_json.h"

enum { POLICY_FILE_MAX_BYTES = 1 << 20 };

/* "file:NAME", or a mapping with nothing but file: NAME; NULL when the document stands here. */
static const char *file_name(const struct yaml_node *node)
{
        if (node->kind == YAML_SCALAR)
                return node->text + strlen("file:");

        const struct yaml_node *file = bakery__yaml_get(node, "file");
        return file && node->count == 1 && file->kind == YAML_SCALAR ? file->text : NULL;
}

static bakery_status read_file(struct checking *in, const char *name, struct json *ret, bakery_error **err)
{
        AUTO_FREE char *path = bakery__fs_beside(in->config->name, name);
        AUTO_CLEAR(buf) text = { .max = POLICY_FILE_MAX_BYTES };

        if (!path)
                return bakery__fail_memory(err);
        bakery_status st = bakery__fs_read(path, &text, err);
        if (st)
                return st;
        return bakery__json_parse((struct span){ text.at ? text.at : "", text.len }, path, ret, err);
}

static bool read_document(struct checking *in, const struct yaml_node *node, struct json *ret)
{
        const char *name = file_name(node);
        AUTO_PTR(bakery_error) err = NULL;

        if (!name) {
                bakery__yaml_to_json(ret, NULL, NULL, node);
                return !ret->no_memory;
        }
        bakery_status st = read_file(in, name, ret, &err);
        if (!st)
                return true;
        if (bakery_error_status(err) == BAKERY_ERR_MEMORY) /* or there was none to say what is wrong */
                return false;
        bakery__mistake(in, "inline-policy", node->place, "InlinePolicy: %s", bakery_error_message(err));
        return true;
}

/* One of two keys must be there, and not both: Action and NotAction, Resource and NotResource. */
static bool has_one(const struct cJSON *statement, const char *key, const char *other)
{
        return (bakery__json_get(statement, key) != NULL) != (bakery__json_get(statement, other) != NULL);
}

/* What is wrong with a statement; NULL when nothing is. IAM's grammar of identity policies:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
static const char *statement_fault(const struct cJSON *statement)
{
        const char *effect = bakery__json_text_of(bakery__json_get(statement, "Effect"));

        if (bakery__json_kind(statement) != JSON_OBJECT)
                return "a statement must be a mapping";
        if (!effect || (strcmp(effect, "Allow") != 0 && strcmp(effect, "Deny") != 0))
                return "a statement needs an Effect, Allow or Deny";
        if (!has_one(statement, "Action", "NotAction"))
                return "a statement needs either Action or NotAction";
        if (!has_one(statement, "Resource", "NotResource"))
                return "a statement needs either Resource or NotResource";
        if (bakery__json_get(statement, "Principal") || bakery__json_get(statement, "NotPrincipal"))
                return "a policy of a role has no Principal";
        return NULL;
}

static const char *document_fault(const struct cJSON *document)
{
        const struct cJSON *statements = bakery__json_get(document, "Statement");
        const char *version = bakery__json_text_of(bakery__json_get(document, "Version"));

        if (bakery__json_kind(document) != JSON_OBJECT)
                return "it must be a mapping with Version and Statement";
        if (!version || (strcmp(version, "2012-10-17") != 0 && strcmp(version, "2008-10-17") != 0))
                return "Version must be 2012-10-17";
        if (bakery__json_kind(statements) == JSON_OBJECT)
                return statement_fault(statements);
        if (bakery__json_kind(statements) != JSON_ARRAY || !bakery__json_first(statements))
                return "Statement must be a list of at least one";
        for (const struct cJSON *child = bakery__json_first(statements); child; child = bakery__json_next(child))
                if (statement_fault(child))
                        return statement_fault(child);
        return NULL;
}

/* IAM takes tab, line feeds, and what is in Latin-1; anything else in a policy is refused at deployment. */
static bool is_latin1(const char *text)
{
        for (struct span rest = bakery__span(text); rest.len > 0;) {
                size_t length = bakery__utf8_length(rest);
                unsigned char first = (unsigned char)rest.at[0];

                if (length == 0 || length > 2 || (length == 2 && first > 0xc3))
                        return false;
                rest.at += length;
                rest.len -= length;
        }
        return true;
}

bool bakery__inline_policy_read(struct checking *in, const struct yaml_node *node, bakery_access_type *type)
{
        AUTO_CLEAR(json) document = { 0 };
        AUTO_CLEAR(buf) text = { .max = POLICY_FILE_MAX_BYTES * 2 };

        if (!node)
                return true;
        if (!read_document(in, node, &document))
                return false;
        if (!document.root) { /* reported */
                type->incomplete = true;
                return true;
        }

        const char *fault = document_fault(document.root);
        bakery_status st = bakery__json_print(&document, JSON_COMPACT, &text, "policy", NULL);
        if (st == BAKERY_ERR_MEMORY)
                return false;
        if (st)
                fault = "it is larger than IAM takes";
        if (!fault && !is_latin1(text.at))
                fault = "it has a character that IAM does not take (only Latin-1, up to U+00FF)";
        if (fault)
                bakery__mistake(in, "inline-policy", node->place, "InlinePolicy: %s", fault);
        type->inline_policy.root = STEAL(document.root);
        type->inline_policy_place = node->place;
        return true;
}
