#include "aws/cfn_call.h"

#include <string.h>

#include "base/time.h"

struct query bakery__cfn_query(const struct aws_access *aws, const char *action)
{
        struct query query = bakery__query_of(&bakery__cloudformation, action, aws);

        query.answer_max_bytes = XML_MAX_BYTES;
        return query;
}

void bakery__cfn_put_token(struct query *query, const char *name, const char *token)
{
        bakery__query_text(query, name, token);
        query->once = token == NULL;
}

void bakery__cfn_put_true(struct query *query, const char *name, bool value)
{
        if (value)
                bakery__query_flag(query, name, true);
}

void bakery__cfn_put_texts(struct query *query, const char *name, struct cfn_texts texts)
{
        for (size_t i = 0; i < texts.count; i++)
                bakery__query_member(query, name, i, "", texts.at[i]);
}

void bakery__cfn_put_parameters(struct query *query, const char *name, struct cfn_parameters parameters)
{
        for (size_t i = 0; i < parameters.count; i++) {
                const struct cfn_parameter *parameter = &parameters.at[i];

                bakery__query_member(query, name, i, ".ParameterKey", parameter->key);
                if (parameter->use_previous_value)
                        bakery__query_member(query, name, i, ".UsePreviousValue", "true");
                else
                        bakery__query_member(query, name, i, ".ParameterValue", parameter->value);
        }
}

void bakery__cfn_put_tags(struct query *query, struct cfn_pairs tags)
{
        for (size_t i = 0; i < tags.count; i++) {
                bakery__query_member(query, "Tags", i, ".Key", tags.at[i].key);
                bakery__query_member(query, "Tags", i, ".Value", tags.at[i].value);
        }
}

const char *bakery__cfn_value(const struct cfn_pairs *pairs, const char *key)
{
        for (size_t i = 0; i < pairs->count; i++)
                if (strcmp(pairs->at[i].key, key) == 0)
                        return pairs->at[i].value;
        return NULL;
}

/*
 * Whether CloudFormation says that there is no such stack: for that it has no code of its own, so the sentence must
 * tell. "Stack with id X does not exist", "Stack [X] does not exist"; but not "S3 error: The specified bucket does not
 * exist".
 */
static bool says_no_stack(const bakery_error *err)
{
        const char *sentence = strstr(bakery_error_message(err), ": ValidationError: Stack ");

        return sentence && strstr(sentence, " does not exist");
}

/* The same error with the status that callers branch on. */
static bakery_status fail_missing(const bakery_error *said, bakery_error **err)
{
        const struct aws_refusal refusal = {
                .service = bakery_error_aws_service(said),
                .action = bakery_error_aws_action(said),
                .code = bakery_error_aws_code(said),
                .request_id = bakery_error_aws_request_id(said),
                .http_status = bakery_error_http_status(said),
        };

        bakery__fail(err, BAKERY_ERR_NOT_FOUND, "%s", bakery_error_message(said));
        bakery__error_aws(err, &refusal);
        return BAKERY_ERR_NOT_FOUND;
}

/* Hands *said over to the caller, as what it means. */
static bakery_status explain(const struct query *query, bakery_status st, bakery_error **said, bakery_error **err)
{
        bool is_ours = bakery__str_equal(bakery_error_aws_action(*said), query->action); /* not of a callback */

        if (is_ours && st == BAKERY_ERR_AWS && says_no_stack(*said))
                return fail_missing(*said, err);
        if (is_ours && st == BAKERY_ERR_DENIED)
                bakery__error_hint(
                        said, "the policy of these credentials must allow cloudformation:%s, or what the message names",
                        query->action);
        if (err)
                *err = STEAL(*said);
        return st;
}

bakery_status bakery__cfn_send(const struct aws_access *aws, struct query *query, struct arena *arena,
                               const struct xml_node **ret_result, bakery_error **err)
{
        AUTO_PTR(bakery_error) said = NULL;

        bakery__error_clear(err);
        bakery_status st = bakery__query_send(aws->client, query, arena, ret_result, &said);
        return st ? explain(query, st, &said, err) : BAKERY_OK;
}

bakery_status bakery__cfn_walk(const struct aws_access *aws, struct query *query, query_page *page, void *context,
                               bakery_error **err)
{
        AUTO_PTR(bakery_error) said = NULL;

        bakery__error_clear(err);
        bakery_status st = bakery__query_walk(aws->client, query, &bakery__paging_next_token, page, context, &said);
        return st ? explain(query, st, &said, err) : BAKERY_OK;
}

bakery_status bakery__cfn_tell(const struct aws_access *aws, struct query *query, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct xml_node *result = NULL;

        return bakery__cfn_send(aws, query, &arena, &result, err);
}

bakery_status bakery__cfn_forgive_missing(bakery_status st, bakery_error **err)
{
        if (st != BAKERY_ERR_NOT_FOUND)
                return st;
        bakery__error_clear(err);
        return BAKERY_OK;
}

static const struct cfn_field tag_fields[] = {
        CFN_FIELD(cfn_pair, key, CFN_NEEDED, "Key"),
        CFN_FIELD(cfn_pair, value, CFN_VALUE, "Value"),
};
static const struct cfn_field parameter_fields[] = {
        CFN_FIELD(cfn_parameter, key, CFN_NEEDED, "ParameterKey"),
        CFN_FIELD(cfn_parameter, value, CFN_VALUE, "ParameterValue"),
        CFN_FIELD(cfn_parameter, use_previous_value, CFN_FLAG, "UsePreviousValue"),
};
const struct cfn_shape bakery__cfn_tag_shape = CFN_SHAPE(cfn_pair, tag_fields);
const struct cfn_shape bakery__cfn_parameter_shape = CFN_SHAPE(cfn_parameter, parameter_fields);

/* A list of plain texts: each stands in the member itself. */
static const struct cfn_field text_fields[] = { { .path = "", .kind = CFN_VALUE, .offset = 0 } };
const struct cfn_shape bakery__cfn_text_shape = { sizeof(const char *), text_fields, 1, 0 };

/* A list of structs of which only the ARN is asked for. */
static const struct cfn_field arn_fields[] = { { .path = "Arn", .kind = CFN_VALUE, .offset = 0 } };
const struct cfn_shape bakery__cfn_arn_shape = { sizeof(const char *), arn_fields, 1, 0 };

static bakery_status lacks(const struct query *query, const struct cfn_field *field, bakery_error **err)
{
        return bakery__query_lacks(query, field->path, err);
}

static bakery_status read_text(const struct query *query, const struct cfn_field *field, const char *text,
                               struct arena *arena, char *object, bakery_error **err)
{
        const bool is_empty = !text || !*text;
        const char *copy = NULL;

        if (is_empty && field->kind == CFN_NEEDED)
                return lacks(query, field, err);
        if (!text || (is_empty && field->kind == CFN_TEXT))
                return BAKERY_OK;
        copy = bakery__arena_copy(arena, bakery__span(text));
        if (!copy)
                return bakery__fail_memory(err);
        memcpy(object + field->offset, &copy, sizeof copy);
        return BAKERY_OK;
}

static bakery_status read_time(const struct query *query, const struct cfn_field *field, const char *text, char *object,
                               bakery_error **err)
{
        int64_t time_ms = 0;

        if (text && *text && !bakery__time_parse_ms(bakery__span(text), &time_ms))
                return bakery__query_lacks(query, "a time that can be read", err);
        memcpy(object + field->offset, &time_ms, sizeof time_ms);
        return BAKERY_OK;
}

static size_t count_members(const struct xml_node *list)
{
        size_t n = 0;

        for (const struct xml_node *member = bakery__xml_child(list, "member"); member;
             member = bakery__xml_next(member))
                n++;
        return n;
}

static bakery_status read_list(const struct query *query, const struct cfn_field *field, const struct xml_node *node,
                               struct arena *arena, char *object, bakery_error **err)
{
        const struct xml_node *list = bakery__xml_at(node, field->path);
        const size_t count = count_members(list);
        char *rows = count ? bakery__arena_array(arena, count, field->of->size_bytes) : NULL;
        bakery_status st = BAKERY_OK;

        if (count && !rows)
                return bakery__fail_memory(err);
        memcpy(object + field->offset, &rows, sizeof rows);
        memcpy(object + field->count_offset, &count, sizeof count);
        for (const struct xml_node *member = bakery__xml_child(list, "member"); member && !st;
             member = bakery__xml_next(member)) {
                st = bakery__cfn_read(query, member, field->of, arena, rows, err);
                rows += field->of->size_bytes;
        }
        return st;
}

static bakery_status read_field(const struct query *query, const struct cfn_field *field, const struct xml_node *node,
                                struct arena *arena, char *object, bakery_error **err)
{
        const char *text = bakery__xml_text(node, field->path);
        const bool flag = bakery__str_equal(text, "true");
        const unsigned count = text ? (unsigned)strtoul(text, NULL, 10) : 0;

        switch (field->kind) {
        case CFN_FLAG:
                memcpy(object + field->offset, &flag, sizeof flag);
                return BAKERY_OK;
        case CFN_COUNT:
                memcpy(object + field->offset, &count, sizeof count);
                return BAKERY_OK;
        case CFN_TIME:
                return read_time(query, field, text, object, err);
        case CFN_LIST:
                return read_list(query, field, node, arena, object, err);
        case CFN_NEEDED:
        case CFN_TEXT:
        case CFN_VALUE:
                break;
        }
        return read_text(query, field, text, arena, object, err);
}

bakery_status bakery__cfn_read(const struct query *query, const struct xml_node *node, const struct cfn_shape *shape,
                               struct arena *arena, void *object, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < shape->field_count && !st; i++)
                st = read_field(query, &shape->fields[i], node, arena, object, err);
        return st;
}

bakery_status bakery__cfn_read_new(const struct query *query, const struct xml_node *node,
                                   const struct cfn_shape *shape, struct arena *arena, void **ret, bakery_error **err)
{
        void *object = bakery__arena_alloc(arena, shape->size_bytes);
        bakery_status st = object ? BAKERY_OK : bakery__fail_memory(err);

        if (!st)
                st = bakery__cfn_read(query, node, shape, arena, object, err);
        if (!st)
                *ret = object;
        return st;
}

bakery_status bakery__cfn_describe(const struct aws_access *aws, struct query *query, const char *path,
                                   const struct cfn_shape *shape, struct arena *arena, void **ret, bakery_error **err)
{
        AUTO_CLEAR(arena) page = { 0 };
        const struct xml_node *result = NULL;
        void *found = NULL;
        bakery_status st = bakery__cfn_send(aws, query, &page, &result, err);

        if (!st) {
                const struct xml_node *node = bakery__xml_at(result, path);

                st = node ? bakery__cfn_read_new(query, node, shape, arena, &found, err)
                          : bakery__query_lacks(query, path, err);
        }
        st = bakery__cfn_forgive_missing(st, err);
        if (!st)
                *ret = found;
        return st;
}

static void link_last(struct cfn_linked *linked, void *object)
{
        if (linked->last)
                memcpy((char *)linked->last + linked->shape->next_offset, &object, sizeof object);
        else
                linked->first = object;
        linked->last = object;
        linked->count++;
}

bakery_status bakery__cfn_link_page(const struct query *query, const struct xml_node *result, void *context,
                                    bool *enough, bakery_error **err)
{
        struct cfn_linked *linked = context;
        const struct xml_node *list = bakery__xml_child(result, linked->list);
        bakery_status st = BAKERY_OK;

        (void)enough;
        for (const struct xml_node *member = bakery__xml_child(list, "member"); member && !st;
             member = bakery__xml_next(member)) {
                void *object = NULL;

                st = bakery__cfn_read_new(query, member, linked->shape, linked->arena, &object, err);
                if (!st)
                        link_last(linked, object);
        }
        return st;
}

bakery_status bakery__cfn_collect(const struct aws_access *aws, struct query *query, const char *list,
                                  const struct cfn_shape *shape, struct arena *arena, void **ret_first,
                                  bakery_error **err)
{
        struct cfn_linked linked = { .shape = shape, .list = list, .arena = arena };
        bakery_status st = bakery__cfn_walk(aws, query, bakery__cfn_link_page, &linked, err);

        if (!st)
                *ret_first = linked.first;
        return st;
}
