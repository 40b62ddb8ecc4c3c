#include "formats/xml.h"

#include <expat.h>
#include <malloc.h>
#include <string.h>

#include "base/buf.h"

struct open_element {
        struct xml_node *node, *last_child;
};

/* The tree under construction. The first reason to stop is kept. */
struct builder {
        XML_Parser parser;
        struct arena *arena;
        struct open_element open[XML_MAX_DEPTH];
        size_t depth;
        struct xml_node *root;
        struct buf text; /* of the innermost element, while it has no children */
        enum { GOES_ON, NO_MEMORY, TOO_DEEP, HAS_DOCTYPE } stopped;
};

static void wipe_and_free(void *memory)
{
        if (memory)
                explicit_bzero(memory, malloc_usable_size(memory));
        free(memory);
}

/* realloc() would leave the old bytes where they were. */
static void *wipe_and_realloc(void *memory, size_t size)
{
        void *grown = malloc(size);

        if (!grown || !memory)
                return grown;
        size_t old_size = malloc_usable_size(memory);
        memcpy(grown, memory, old_size < size ? old_size : size);
        wipe_and_free(memory);
        return grown;
}

static void stop(struct builder *builder, int why)
{
        if (builder->stopped == GOES_ON)
                builder->stopped = (__typeof__(builder->stopped))why;
        XML_StopParser(builder->parser, XML_FALSE);
}

static struct xml_node *new_node(struct builder *builder, const char *name)
{
        struct xml_node *node = bakery__arena_alloc(builder->arena, sizeof *node);
        const char *colon = strrchr(name, ':');

        if (!node)
                return NULL;
        node->name = bakery__arena_copy(builder->arena, bakery__span(colon ? colon + 1 : name));
        node->text = "";
        return node->name ? node : NULL;
}

static void hang_into_tree(struct builder *builder, struct xml_node *node)
{
        if (builder->depth == 0) {
                builder->root = node;
                return;
        }
        struct open_element *parent = &builder->open[builder->depth - 1];
        if (parent->last_child)
                parent->last_child->next = node;
        else
                parent->node->first_child = node;
        parent->last_child = node;
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
        struct builder *builder = user;

        (void)attributes;
        builder->text.len = 0; /* what stands between the children of an element is layout */
        if (builder->depth == XML_MAX_DEPTH) {
                stop(builder, TOO_DEEP);
                return;
        }
        struct xml_node *node = new_node(builder, name);
        if (!node) {
                stop(builder, NO_MEMORY);
                return;
        }
        hang_into_tree(builder, node);
        builder->open[builder->depth++] = (struct open_element){ node, NULL };
}

static void XMLCALL on_text(void *user, const XML_Char *text, int len)
{
        struct builder *builder = user;

        bakery__buf_add(&builder->text, text, (size_t)len);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
        struct builder *builder = user;
        const struct open_element *element = &builder->open[--builder->depth];

        (void)name;
        if (builder->text.no_memory)
                stop(builder, NO_MEMORY);
        if (element->last_child || builder->text.len == 0)
                return;
        element->node->text = bakery__arena_copy(builder->arena, (struct span){ builder->text.at, builder->text.len });
        builder->text.len = 0;
        if (!element->node->text)
                stop(builder, NO_MEMORY);
}

/* Entities are defined there, and expat would expand megabytes before its own limit. */
static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id,
                               int has_internal_subset)
{
        (void)name;
        (void)system_id;
        (void)public_id;
        (void)has_internal_subset;
        stop(user, HAS_DOCTYPE);
}

static bakery_status explain(const struct builder *builder, bakery_error **err)
{
        const enum XML_Error code = XML_GetErrorCode(builder->parser);

        if (builder->stopped == NO_MEMORY || code == XML_ERROR_NO_MEMORY)
                return bakery__fail_memory(err);
        if (builder->stopped == TOO_DEEP)
                return bakery__fail(err, BAKERY_ERR_LIMIT, "XML nested deeper than %d elements", XML_MAX_DEPTH);
        if (builder->stopped == HAS_DOCTYPE)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "XML with a DOCTYPE is refused");
        return bakery__fail(err, BAKERY_ERR_FORMAT, "no XML: %s at line %lu, column %lu", XML_ErrorString(code),
                            (unsigned long)XML_GetCurrentLineNumber(builder->parser),
                            (unsigned long)XML_GetCurrentColumnNumber(builder->parser) + 1);
}

static bakery_status build(struct builder *builder, struct span document, bakery_error **err)
{
        XML_SetUserData(builder->parser, builder);
        XML_SetElementHandler(builder->parser, on_start, on_end);
        XML_SetCharacterDataHandler(builder->parser, on_text);
        XML_SetStartDoctypeDeclHandler(builder->parser, on_doctype);
        if (XML_Parse(builder->parser, document.at, (int)document.len, XML_TRUE) == XML_STATUS_OK)
                return BAKERY_OK;
        return explain(builder, err);
}

bakery_status bakery__xml_parse(struct arena *arena, struct span document, const struct xml_node **ret_root,
                                bakery_error **err)
{
        static const XML_Memory_Handling_Suite memory = { malloc, wipe_and_realloc, wipe_and_free };

        if (document.len > XML_MAX_BYTES)
                return bakery__fail(err, BAKERY_ERR_LIMIT, "XML is larger than %d bytes", XML_MAX_BYTES);
        if (document.len == 0)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "no XML: it is empty");
        /* A byte order mark would switch expat to UTF-16, where markup is full of these. */
        if (memchr(document.at, '\0', document.len))
                return bakery__fail(err, BAKERY_ERR_FORMAT, "no XML in UTF-8: it has a NUL byte");

        /* AWS sends UTF-8, whatever a declaration says. */
        struct builder builder = {
                .parser = XML_ParserCreate_MM("UTF-8", &memory, NULL),
                .arena = arena,
                .text = { .max = XML_MAX_BYTES, .secret = true },
        };
        if (!builder.parser)
                return bakery__fail_memory(err);

        bakery_status st = build(&builder, document, err);
        XML_ParserFree(builder.parser);
        bakery__buf_clear(&builder.text);
        if (!st)
                *ret_root = builder.root;
        return st;
}

static const struct xml_node *first_named(const struct xml_node *node, struct span name)
{
        while (node && !bakery__span_is(name, node->name))
                node = node->next;
        return node;
}

const struct xml_node *bakery__xml_child(const struct xml_node *node, const char *name)
{
        return node ? first_named(node->first_child, bakery__span(name)) : NULL;
}

const struct xml_node *bakery__xml_next(const struct xml_node *node)
{
        return first_named(node->next, bakery__span(node->name));
}

const struct xml_node *bakery__xml_at(const struct xml_node *node, const char *path)
{
        while (node && *path) {
                size_t len = strcspn(path, "/");

                node = first_named(node->first_child, (struct span){ path, len });
                path += len + (path[len] == '/');
        }
        return node;
}

const char *bakery__xml_text(const struct xml_node *node, const char *path)
{
        const struct xml_node *found = bakery__xml_at(node, path);

        return found ? found->text : NULL;
}
