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

/* What a key of a policy may hold. */
enum holds {
        HOLDS_TEXT,
        HOLDS_TEXTS, /* one, or a list of them */
        HOLDS_MAPPING,
        HOLDS_STATEMENTS, /* looked at by themselves */
        HOLDS_PRINCIPAL,  /* nothing: whose policy it is says the role */
};

static const char *const must_hold[] = {
        [HOLDS_TEXT] = "must be text",
        [HOLDS_TEXTS] = "must be text, or a list of at least one, and none may be empty",
        [HOLDS_MAPPING] = "must be a mapping",
        [HOLDS_STATEMENTS] = "must be a list of at least one",
        [HOLDS_PRINCIPAL] = "does not belong there: a policy of a role has no Principal",
};

struct element {
        const char *name;
        enum holds holds;
};

/* IAM's grammar of identity policies: a key that is misspelt would be refused at deployment only, and a Condition
 * with it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
static const struct element document_elements[] = {
        { "Version", HOLDS_TEXT },
        { "Id", HOLDS_TEXT },
        { "Statement", HOLDS_STATEMENTS },
        { NULL, HOLDS_TEXT },
};
static const struct element statement_elements[] = {
        { "Sid", HOLDS_TEXT },          { "Effect", HOLDS_TEXT },         { "Action", HOLDS_TEXTS },
        { "NotAction", HOLDS_TEXTS },   { "Resource", HOLDS_TEXTS },      { "NotResource", HOLDS_TEXTS },
        { "Condition", HOLDS_MAPPING }, { "Principal", HOLDS_PRINCIPAL }, { "NotPrincipal", HOLDS_PRINCIPAL },
        { NULL, HOLDS_TEXT },
};

/* What is wrong with a policy: a sentence, or one that begins with the key. { 0 } when nothing is. */
struct fault {
        const char *says;
        const char *key;
};

static bool is_filled(const struct cJSON *value)
{
        const char *text = bakery__json_text_of(value);

        return text && *text;
}

static bool are_texts(const struct cJSON *value)
{
        const struct cJSON *child = bakery__json_first(value);

        if (bakery__json_kind(value) != JSON_ARRAY)
                return is_filled(value);
        for (const struct cJSON *text = child; text; text = bakery__json_next(text))
                if (!is_filled(text))
                        return false;
        return child != NULL;
}

static bool may_hold(enum holds holds, const struct cJSON *value)
{
        enum json_kind kind = bakery__json_kind(value);

        switch (holds) {
        case HOLDS_TEXT:
                return kind == JSON_TEXT;
        case HOLDS_TEXTS:
                return are_texts(value);
        case HOLDS_MAPPING:
                return kind == JSON_OBJECT;
        case HOLDS_STATEMENTS:
                return kind == JSON_OBJECT || (kind == JSON_ARRAY && bakery__json_first(value));
        case HOLDS_PRINCIPAL:
                return false;
        }
        return false;
}

static struct fault elements_fault(const struct cJSON *object, const struct element *elements, const char *unknown)
{
        for (const struct cJSON *child = bakery__json_first(object); child; child = bakery__json_next(child)) {
                const struct element *element = elements;

                while (element->name && strcmp(element->name, bakery__json_key(child)) != 0)
                        element++;
                if (!element->name)
                        return (struct fault){ unknown, bakery__json_key(child) };
                if (!may_hold(element->holds, child))
                        return (struct fault){ must_hold[element->holds], element->name };
        }
        return (struct fault){ NULL, NULL };
}

/* One of two keys must be there, and not both: Action and NotAction, Resource and NotResource. */
static bool has_one(const struct cJSON *statement, const char *key, const char *other)
{
        return (bakery__json_get(statement, key) != NULL) != (bakery__json_get(statement, other) != NULL);
}

static struct fault statement_fault(const struct cJSON *statement)
{
        const char *effect = bakery__json_text_of(bakery__json_get(statement, "Effect"));

        if (bakery__json_kind(statement) != JSON_OBJECT)
                return (struct fault){ "a statement must be a mapping", NULL };
        if (!effect || (strcmp(effect, "Allow") != 0 && strcmp(effect, "Deny") != 0))
                return (struct fault){ "a statement needs an Effect, Allow or Deny", NULL };
        if (!has_one(statement, "Action", "NotAction"))
                return (struct fault){ "a statement needs either Action or NotAction", NULL };
        if (!has_one(statement, "Resource", "NotResource"))
                return (struct fault){ "a statement needs either Resource or NotResource", NULL };
        return elements_fault(statement, statement_elements, "is no key of a statement");
}

static struct fault document_fault(const struct cJSON *document)
{
        const struct cJSON *statements = bakery__json_get(document, "Statement");
        const char *version = bakery__json_text_of(bakery__json_get(document, "Version"));

        if (bakery__json_kind(document) != JSON_OBJECT)
                return (struct fault){ "it must be a mapping with Version and Statement", NULL };
        /* In the older 2008-10-17 a variable is no more than its letters. */
        if (!version || strcmp(version, "2012-10-17") != 0)
                return (struct fault){ "Version must be 2012-10-17", NULL };

        struct fault fault = elements_fault(document, document_elements, "is no key of a policy");
        if (fault.says)
                return fault;
        if (!statements)
                return (struct fault){ "it must have a Statement", NULL };
        if (bakery__json_kind(statements) == JSON_OBJECT)
                return statement_fault(statements);
        for (const struct cJSON *child = bakery__json_first(statements); child && !fault.says;
             child = bakery__json_next(child))
                fault = statement_fault(child);
        return fault;
}

static void report_fault(struct checking *in, struct place place, struct fault fault)
{
        if (fault.key)
                bakery__mistake(in, "inline-policy", place, "InlinePolicy: \"%.60s\" %s", fault.key, fault.says);
        else if (fault.says)
                bakery__mistake(in, "inline-policy", place, "InlinePolicy: %s", fault.says);
}

/* Of the keys and texts themselves: printed, many a character stands as its escape. */
static bool is_latin1(const struct cJSON *value)
{
        const char *key = bakery__json_key(value), *text = bakery__json_text_of(value);

        if ((key && !bakery__utf8_is_latin1(bakery__span(key))) ||
            (text && !bakery__utf8_is_latin1(bakery__span(text))))
                return false;
        for (const struct cJSON *child = bakery__json_first(value); child; child = bakery__json_next(child))
                if (!is_latin1(child))
                        return false;
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

        struct fault fault = document_fault(document.root);
        bakery_status st = bakery__json_print(&document, JSON_COMPACT, &text, "policy", NULL);
        if (st == BAKERY_ERR_MEMORY)
                return false;
        if (st)
                fault = (struct fault){ "it is larger than IAM takes", NULL };
        if (!fault.says && !is_latin1(document.root))
                fault = (struct fault){ "it has a character that IAM does not take (only Latin-1, up to U+00FF)",
                                        NULL };
        report_fault(in, node->place, fault);
        type->inline_policy.root = STEAL(document.root);
        type->inline_policy_place = node->place;
        return true;
}
