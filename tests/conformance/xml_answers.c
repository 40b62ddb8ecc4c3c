/*
 * query-output.json and rest-xml-output.json: answers of AWS's XML protocols, as the trees that formats/xml makes of
 * them. The shapes are walked here as an SDK would do it; refusals and times are read by the library.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "aws/query.h"
#include "base/time.h"
#include "conformance.h"
#include "formats/xml.h"

static bool matches(const cJSON *shapes, const cJSON *ref, const struct xml_node *node, const cJSON *wanted);

static const cJSON *shape_of(const cJSON *shapes, const cJSON *ref)
{
        return member(shapes, text_of(ref, "shape"));
}

static bool is_type(const cJSON *shape, const char *type)
{
        return strcmp(text_of(shape, "type"), type) == 0;
}

static const char *either(const char *first, const char *second)
{
        return *first ? first : second;
}

/* ISO 8601, the form of HTTP, or seconds. The library leaves fractions of a second out. */
static bool time_matches(const char *text, double wanted_s)
{
        int64_t got_s;

        if (!bakery__time_parse(bakery__span(text), &got_s) && !bakery__time_parse_http(bakery__span(text), &got_s))
                got_s = strtoll(text, NULL, 10);
        return got_s == (int64_t)floor(wanted_s);
}

static void decode_base64(const char *text, char *to)
{
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        unsigned bits = 0, n = 0;

        for (const char *digit; *text && (digit = strchr(digits, *text)); text++) {
                bits = (bits << 6 | (unsigned)(digit - digits)) & 0xffffff;
                n += 6;
                if (n >= 8) {
                        n -= 8;
                        *to++ = (char)(bits >> n & 0xff);
                }
        }
        *to = '\0';
}

static bool scalar_matches(const cJSON *shape, const char *text, const cJSON *wanted)
{
        if (cJSON_IsBool(wanted))
                return strcmp(text, cJSON_IsTrue(wanted) ? "true" : "false") == 0;
        if (is_type(shape, "timestamp"))
                return time_matches(text, wanted->valuedouble);
        if (cJSON_IsNumber(wanted))
                return fabs(strtod(text, NULL) - wanted->valuedouble) < 1e-6;
        if (is_type(shape, "blob")) {
                AUTO_FREE char *decoded = malloc(strlen(text) + 1);

                decode_base64(text, decoded);
                return strcmp(decoded, wanted->valuestring) == 0;
        }
        return strcmp(text, wanted->valuestring) == 0; /* NaN and Infinity, too */
}

/* items is the first of them, all of one name. */
static bool list_matches(const cJSON *shapes, const cJSON *shape, const struct xml_node *items, const cJSON *wanted)
{
        const cJSON *one;

        cJSON_ArrayForEach(one, wanted)
        {
                if (!items || !matches(shapes, member(shape, "member"), items, one))
                        return false;
                items = bakery__xml_next(items);
        }
        return items == NULL;
}

static bool map_matches(const cJSON *shapes, const cJSON *shape, const struct xml_node *entry, const cJSON *wanted)
{
        const cJSON *key = member(shape, "key"), *value = member(shape, "value");
        int n = 0;

        for (; entry; entry = bakery__xml_next(entry), n++) {
                const char *name = bakery__xml_text(entry, either(text_of(key, "locationName"), "key"));
                const struct xml_node *node = bakery__xml_child(entry, either(text_of(value, "locationName"), "value"));
                const cJSON *one = name ? member(wanted, name) : NULL;

                if (!one || !node || !matches(shapes, value, node, one))
                        return false;
        }
        return n == cJSON_GetArraySize(wanted);
}

/* A list or a map without an element round it: its items are children of the parent. */
static bool flat_matches(const cJSON *shapes, const cJSON *shape, const struct xml_node *first, const cJSON *wanted)
{
        return is_type(shape, "map") ? map_matches(shapes, shape, first, wanted)
                                     : list_matches(shapes, shape, first, wanted);
}

static bool member_matches(const cJSON *shapes, const cJSON *ref, const struct xml_node *parent, const cJSON *wanted)
{
        const cJSON *shape = shape_of(shapes, ref);
        const bool flat = truth_of(ref, "flattened") || truth_of(shape, "flattened");
        const struct xml_node *node;

        if (strcmp(text_of(ref, "location"), "") != 0 && strcmp(text_of(ref, "location"), "uri") != 0)
                return true; /* a header or the status: not in the XML */
        node = bakery__xml_child(parent, either(text_of(ref, "locationName"), ref->string));
        if (flat && !node)
                node = bakery__xml_child(parent, text_of(member(shape, "member"), "locationName"));
        if (!node || !wanted)
                return !node && !wanted;
        return flat ? flat_matches(shapes, shape, node, wanted) : matches(shapes, ref, node, wanted);
}

static bool structure_matches(const cJSON *shapes, const cJSON *shape, const struct xml_node *node, const cJSON *wanted)
{
        const cJSON *ref;

        cJSON_ArrayForEach(ref, member(shape, "members"))
        {
                if (!member_matches(shapes, ref, node, member(wanted, ref->string)))
                        return false;
        }
        return true;
}

static bool matches(const cJSON *shapes, const cJSON *ref, const struct xml_node *node, const cJSON *wanted)
{
        const cJSON *shape = shape_of(shapes, ref);

        if (is_type(shape, "structure"))
                return structure_matches(shapes, shape, node, wanted);
        if (is_type(shape, "list"))
                return list_matches(
                        shapes, shape,
                        bakery__xml_child(node, either(text_of(member(shape, "member"), "locationName"), "member")),
                        wanted);
        if (is_type(shape, "map"))
                return map_matches(shapes, shape, bakery__xml_child(node, "entry"), wanted);
        return scalar_matches(shape, node->text, wanted);
}

static const cJSON *error_shape(const cJSON *shapes, const char *code)
{
        const cJSON *shape;

        cJSON_ArrayForEach(shape, shapes)
        {
                const char *other_code = text_of(member(shape, "error"), "code");

                if (truth_of(shape, "exception") && strcmp(either(other_code, shape->string), code) == 0)
                        return shape;
        }
        return NULL;
}

static const char *error_difference(const cJSON *shapes, const cJSON *test, const struct xml_node *root)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(XML_MAX_BYTES);
        const char *code = NULL, *message = NULL, *request_id = NULL;
        const struct xml_node *error = bakery__xml_child(root, "Error");

        bakery__buf_text(&answer.body, text_of(member(test, "response"), "body"));
        if (!bakery__xml_refusal(&answer, &arena, &code, &message, &request_id))
                return "no refusal";
        if (strcmp(code, text_of(test, "errorCode")) != 0)
                return code;
        if (member(test, "errorMessage") && strcmp(message ? message : "", text_of(test, "errorMessage")) != 0)
                return "another message";
        if (!request_id || strcmp(request_id, "foo-id") != 0)
                return "another request id";
        return structure_matches(shapes, error_shape(shapes, code), error, member(test, "error")) ? NULL
                                                                                                  : "other members";
}

static const char *answer_difference(const cJSON *shapes, const cJSON *test, const struct xml_node *root, bool query)
{
        const cJSON *given = member(test, "given"), *shape = shape_of(shapes, member(given, "output"));
        const char *payload = text_of(shape, "payload");
        const cJSON *wanted = member(test, "result");
        char wrapper[200];

        snprintf(wrapper, sizeof wrapper, "%sResult", text_of(given, "name"));
        if (query)
                root = bakery__xml_child(root, wrapper);
        if (!root)
                return "no result";
        if (*payload) {
                shape = shape_of(shapes, member(member(shape, "members"), payload));
                wanted = member(wanted, payload);
        }
        return structure_matches(shapes, shape, root, wanted) ? NULL : "other members";
}

static const char *why_left_out(const cJSON *shapes, const cJSON *test)
{
        const cJSON *shape = shape_of(shapes, member(member(test, "given"), "output"));
        const cJSON *payload = member(member(shape, "members"), text_of(shape, "payload"));

        if (strncmp(text_of(test, "id"), "XmlAttributes", 13) == 0)
                return "attributes are not kept: nothing that we ask answers with one";
        if (payload && !is_type(shape_of(shapes, payload), "structure"))
                return "the body is a raw text, not XML";
        if (strcmp(text_of(member(test, "response"), "body"), "") == 0)
                return "the answer has no body";
        return NULL;
}

static void run(struct tally *tally, const cJSON *shapes, const cJSON *test, bool query)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const char *name = text_of(test, "id"), *body = text_of(member(test, "response"), "body");
        const struct xml_node *root = NULL;

        if (why_left_out(shapes, test)) {
                leave_out(tally, name, why_left_out(shapes, test));
                return;
        }
        if (bakery__xml_parse(&arena, bakery__span(body), &root, &err))
                count(tally, name, bakery_error_message(err));
        else if (member(test, "errorCode"))
                count(tally, name, error_difference(shapes, test, root));
        else
                count(tally, name, answer_difference(shapes, test, root, query));
}

static int run_file(const char *folder, const char *file, const char *suite, bool query)
{
        struct tally tally = { .suite = suite };
        cJSON *json = read_json(folder, file);
        const cJSON *group, *test;

        cJSON_ArrayForEach(group, json)
        {
                cJSON_ArrayForEach(test, member(group, "cases")) run(&tally, member(group, "shapes"), test, query);
        }
        cJSON_Delete(json);
        return finish(&tally);
}

int main(int argc, char **argv)
{
        if (argc != 2) {
                fprintf(stderr, "usage: %s <folder of protocol>\n", argv[0]);
                return 2;
        }
        int query = run_file(argv[1], "query-output.json", "protocol/query", true);
        int rest_xml = run_file(argv[1], "rest-xml-output.json", "protocol/rest-xml", false);
        return query || rest_xml;
}
