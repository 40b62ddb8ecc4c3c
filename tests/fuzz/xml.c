/* Any bytes as an answer in XML: a tree within its limits, and a refusal with a code or none. */
#include "formats/xml.h"
#include "aws/query.h"
#include "target.h"

#include <string.h>

static void check_node(const struct xml_node *node, unsigned depth)
{
        MUST(depth <= XML_MAX_DEPTH);
        MUST(!strchr(node->name, ':') || node->name[strlen(node->name) - 1] == ':');
        MUST(bakery__utf8_valid(bakery__span(node->name)) && bakery__utf8_valid(bakery__span(node->text)));
        MUST(!node->first_child || !*node->text);
        for (const struct xml_node *child = node->first_child; child; child = child->next) {
                MUST(bakery__xml_child(node, child->name) != NULL);
                check_node(child, depth + 1);
        }
}

static void check_refusal(struct span document, bool parsed)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const char *code = NULL, *message = NULL, *id = NULL;
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(document.len + 1);

        bakery__buf_add(&answer.body, document.at, document.len);
        bool understood = bakery__xml_refusal(&answer, &arena, &code, &message, &id);

        MUST(understood == (code != NULL) && (parsed || !understood));
        MUST((!code || *code) && (!message || *message) && (!id || *id));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct xml_node *root = NULL;
        const struct span document = { size ? (const char *)bytes : "", size };
        bakery_error *err = NULL;
        bakery_status st = bakery__xml_parse(&arena, document, &root, &err);

        MUST(st == BAKERY_OK || st == BAKERY_ERR_FORMAT || st == BAKERY_ERR_LIMIT);
        MUST((st == BAKERY_OK) == (root != NULL) && (st == BAKERY_OK) == (err == NULL));
        if (root)
                check_node(root, 1);
        check_refusal(document, root != NULL);
        bakery_error_free(err);
        return 0;
}
