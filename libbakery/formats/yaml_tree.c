#include "formats/yaml_tree.h"

#include <string.h>

#include "formats/yaml.h"

/* The short forms, "!" and a name, and what they are short for. */
static const struct {
        const char *tag, *name;
} functions[] = {
        { "!Ref", "Ref" },
        { "!Condition", "Condition" },
        { "!And", "Fn::And" },
        { "!Base64", "Fn::Base64" },
        { "!Cidr", "Fn::Cidr" },
        { "!Equals", "Fn::Equals" },
        { "!FindInMap", "Fn::FindInMap" },
        { "!GetAtt", "Fn::GetAtt" },
        { "!GetAZs", "Fn::GetAZs" },
        { "!If", "Fn::If" },
        { "!ImportValue", "Fn::ImportValue" },
        { "!Join", "Fn::Join" },
        { "!Not", "Fn::Not" },
        { "!Or", "Fn::Or" },
        { "!Select", "Fn::Select" },
        { "!Split", "Fn::Split" },
        { "!Sub", "Fn::Sub" },
        { "!Transform", "Fn::Transform" },
};

struct converting {
        struct json *json;
        const char *what;
        bakery_report *report;
};

static const char *function_of(const char *tag)
{
        for (size_t i = 0; i < N_ELEMENTS(functions); i++)
                if (strcmp(tag, functions[i].tag) == 0)
                        return functions[i].name;
        return NULL;
}

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(text, words[i]) == 0)
                        return true;
        return false;
}

/* https://yaml.org/type/bool.html, without the single letters, which readers of YAML 1.1 leave alone */
static bool is_flag(const char *text, bool *ret)
{
        static const char *const yes[] = { "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON" };
        static const char *const no[] = { "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF" };

        *ret = is_one_of(text, yes, N_ELEMENTS(yes));
        return *ret || is_one_of(text, no, N_ELEMENTS(no));
}

enum { DIGITS_AT_MOST = 15 }; /* a double holds them all exactly, octal or decimal */

static bool is_digits(const char *text)
{
        size_t len = strspn(text, "0123456789");

        return len > 0 && len <= DIGITS_AT_MOST && text[len] == '\0';
}

/*
 * Digits behind a zero of which one is 8 or 9 are no octal number. CloudFormation takes them for a fraction, and writes
 * one of that size with an exponent: of 012345678901 it makes 1.2345678901E10.
 */
static void put_as_fraction(struct converting *to, struct cJSON *parent, const char *key, const char *text)
{
        enum { DIGITS_WITHOUT_EXPONENT = 7 };
        const char *digits = text + strspn(text, "0");
        int n = (int)strlen(digits), shown = n;

        while (shown > 2 && digits[shown - 1] == '0')
                shown--;
        if (n <= DIGITS_WITHOUT_EXPONENT)
                bakery__json_text(to->json, parent, key, digits);
        else
                bakery__json_format(to->json, parent, key, "%c.%.*sE%d", digits[0], shown - 1, digits + 1, n - 1);
}

static void put_behind_zero(struct converting *to, struct cJSON *parent, const char *key, const struct yaml_node *node)
{
        bool octal = node->text[strspn(node->text, "01234567")] == '\0';
        long long number = octal ? strtoll(node->text, NULL, 8) : 0;

        if (octal) {
                bakery__report_add(to->report, BAKERY_SEVERITY_WARNING, "octal-number", to->what, node->place,
                                   "%s has no quotes: CloudFormation reads it as an octal number, %lld", node->text,
                                   number);
                bakery__json_number(to->json, parent, key, number);
        } else {
                bakery__report_add(to->report, BAKERY_SEVERITY_WARNING, "octal-number", to->what, node->place,
                                   "%s has no quotes: CloudFormation reads it as a fraction", node->text);
                put_as_fraction(to, parent, key, node->text);
        }
}

static void put_plain(struct converting *to, struct cJSON *parent, const char *key, const struct yaml_node *node)
{
        const char *text = node->text;
        bool negative = text[0] == '-', flag;

        if (bakery__yaml_is_null(node))
                bakery__json_null(to->json, parent, key);
        else if (is_flag(text, &flag))
                bakery__json_bool(to->json, parent, key, flag);
        else if (is_digits(text) && text[0] == '0' && text[1])
                put_behind_zero(to, parent, key, node);
        else if (is_digits(text + negative) && (text[negative] != '0' || !text[1]))
                bakery__json_number(to->json, parent, key, strtoll(text, NULL, 10));
        else
                bakery__json_text(to->json, parent, key, text);
}

static void put_node(struct converting *to, struct cJSON *parent, const char *key, const struct yaml_node *node);

static void put_children(struct converting *to, struct cJSON *parent, const struct yaml_node *node)
{
        for (const struct yaml_node *child = node->first; child; child = child->next)
                put_node(to, parent, node->kind == YAML_MAPPING ? child->key : NULL, child);
}

static void put_untagged(struct converting *to, struct cJSON *parent, const char *key, const struct yaml_node *node)
{
        if (node->kind == YAML_MAPPING)
                put_children(to, bakery__json_object(to->json, parent, key), node);
        else if (node->kind == YAML_LIST)
                put_children(to, bakery__json_array(to->json, parent, key), node);
        else if (node->plain && !node->tag)
                put_plain(to, parent, key, node);
        else
                bakery__json_text(to->json, parent, key, node->text);
}

/* "!GetAtt Role.Arn": what stands behind the first dot is the attribute. */
static void put_attribute(struct converting *to, struct cJSON *parent, const char *text)
{
        struct cJSON *path = bakery__json_array(to->json, parent, "Fn::GetAtt");
        int resource = (int)strcspn(text, ".");

        bakery__json_format(to->json, path, NULL, "%.*s", resource, text);
        if (text[resource])
                bakery__json_text(to->json, path, NULL, text + resource + 1);
}

static void put_node(struct converting *to, struct cJSON *parent, const char *key, const struct yaml_node *node)
{
        if (!node->tag) {
                put_untagged(to, parent, key, node);
                return;
        }

        const char *name = function_of(node->tag);
        if (!name) {
                bakery__report_add(to->report, BAKERY_SEVERITY_ERROR, "yaml-tag", to->what, node->place,
                                   "%s is no function of CloudFormation", node->tag);
                return;
        }
        struct cJSON *function = bakery__json_object(to->json, parent, key);
        if (node->kind == YAML_SCALAR && strcmp(name, "Fn::GetAtt") == 0)
                put_attribute(to, function, node->text);
        else
                put_untagged(to, function, name, node);
}

static bakery_status fail_with_first(const bakery_report *report, const char *what, bakery_error **err)
{
        size_t i = 0;

        while (bakery__report_at(report, i)->severity != BAKERY_SEVERITY_ERROR) /* there is one: a full report drops */
                i++;                                                            /* warnings for errors */

        const struct finding *finding = bakery__report_at(report, i);
        return bakery__fail(err, BAKERY_ERR_FORMAT, "%s: line %u: %s", what, finding->place.line, finding->message);
}

/* What was found outweighs what st says, for it has a place. */
static bakery_status status_of(const bakery_report *report, const char *what, bakery_status st, bakery_error **err)
{
        switch (bakery__report_status(report, NULL)) {
        case BAKERY_OK:
                return st;
        case BAKERY_ERR_MEMORY:
                return bakery__fail_memory(err);
        default:
                return st == BAKERY_ERR_MEMORY ? st : fail_with_first(report, what, err);
        }
}

static bakery_status convert(struct converting *to, const struct yaml_node *root, bakery_error **err)
{
        if (!root || root->kind != YAML_MAPPING || root->tag)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s is no template: it is no mapping of names to values",
                                    to->what);
        put_children(to, bakery__json_root(to->json), root);
        return to->json->no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

bakery_status bakery__yaml_tree_parse(struct span text, const char *what, bakery_report *report, struct json *ret,
                                      bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_CLEAR(json) json = { .secret = ret->secret };
        AUTO_PTR(bakery_report) found = bakery_report_new();
        struct yaml_node *root = NULL;

        if (!found)
                return bakery__fail_memory(err);
        struct converting to = { &json, what, found };
        bakery_status st = bakery__yaml_parse_template(text, what, &arena, found, &root, err);
        if (!st)
                st = convert(&to, root, err);
        st = status_of(found, what, st, err);
        if (!st)
                st = bakery__report_move(found, report, err);
        if (st)
                return st;
        ret->root = STEAL(json.root);
        ret->no_memory = false;
        return BAKERY_OK;
}
