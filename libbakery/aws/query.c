#include "aws/query.h"

#include <string.h>

#include "formats/uri.h"

const struct query_service bakery__sts = { "sts", "2011-06-15" };
const struct query_service bakery__iam = { "iam", "2010-05-08" };
const struct query_service bakery__cloudformation = { "cloudformation", "2010-05-15" };

enum { FORM_MAX_BYTES = 2 << 20, QUERY_ANSWER_MAX_BYTES = XML_MAX_BYTES };

struct query bakery__query(const struct query_service *service, const char *action, const bakery_credentials *keys)
{
        struct query query = {
                .service = service,
                .action = action,
                .keys = keys,
                .form = { .max = FORM_MAX_BYTES, .secret = true },
        };

        bakery__query_text(&query, "Action", action);
        bakery__query_text(&query, "Version", service->version);
        return query;
}

void bakery__query_text(struct query *query, const char *name, const char *value)
{
        if (!value)
                return;
        if (query->form.len > 0)
                bakery__buf_char(&query->form, '&');
        bakery__uri_encode(&query->form, bakery__span(name), URI_ENCODE_SLASH);
        bakery__buf_char(&query->form, '=');
        bakery__uri_encode(&query->form, bakery__span(value), URI_ENCODE_SLASH);
}

void bakery__query_number(struct query *query, const char *name, unsigned long long value)
{
        AUTO_CLEAR(buf) text = { .max = 32 };

        if (value == 0)
                return;
        bakery__buf_format(&text, "%llu", value);
        query->form.no_memory |= text.no_memory;
        bakery__query_text(query, name, text.at);
}

void bakery__query_flag(struct query *query, const char *name, bool value)
{
        bakery__query_text(query, name, value ? "true" : "false");
}

void bakery__query_member(struct query *query, const char *name, size_t i, const char *suffix, const char *value)
{
        AUTO_CLEAR(buf) key = { .max = 256 };

        bakery__buf_format(&key, "%s.member.%zu%s", name, i + 1, suffix);
        query->form.no_memory |= key.no_memory;
        if (key.at)
                bakery__query_text(query, key.at, value);
}

void bakery__query_clear(struct query *query)
{
        bakery__buf_clear(&query->form);
}

/* <ErrorResponse><Error>, <Response><Errors><Error>, and S3's bare <Error>; the id in two spellings. */
bool bakery__xml_refusal(struct span body, struct arena *arena, const char **ret_code, const char **ret_message,
                         const char **ret_request_id)
{
        static const char *const places[] = { "Error", "Errors/Error", "" };
        static const char *const ids[] = { "RequestId", "RequestID", "Error/RequestId" };
        const struct xml_node *root = NULL, *error = NULL;

        if (bakery__xml_parse(arena, body, &root, NULL))
                return false;
        for (size_t i = 0; i < N_ELEMENTS(ids) && !*ret_request_id; i++)
                *ret_request_id = bakery__xml_text(root, ids[i]);
        for (size_t i = 0; i < N_ELEMENTS(places) && !*ret_code; i++) {
                error = *places[i] ? bakery__xml_at(root, places[i]) : root;
                *ret_code = bakery__xml_text(error, "Code");
        }
        *ret_message = bakery__xml_text(error, "Message");
        return *ret_code != NULL;
}

static struct aws_call call_of(const struct query *query, const bakery_http_header *headers, size_t n)
{
        return (struct aws_call){
                .service = query->service->name,
                .action = query->action,
                .region = query->region,
                .keys = query->keys,
                .method = "POST",
                .path = "/",
                .headers = headers,
                .header_count = n,
                .body = { query->form.at, query->form.len },
                .max_body_bytes = QUERY_ANSWER_MAX_BYTES,
                .once = query->once,
                .refusal = bakery__xml_refusal,
        };
}

/* The root is <ActionResponse>, and the result <ActionResult> in it where the action has one. */
static bakery_status find_result(const struct query *query, const struct xml_node *root,
                                 const struct xml_node **ret_result, bakery_error **err)
{
        size_t len = strlen(query->action);
        const char *name = root->name;

        if (strncmp(name, query->action, len) != 0 || strcmp(name + len, "Response") != 0)
                return bakery__query_lacks(query, "the response of that action", err);
        for (const struct xml_node *child = root->first_child; child; child = child->next) {
                if (strncmp(child->name, query->action, len) == 0 && strcmp(child->name + len, "Result") == 0) {
                        *ret_result = child;
                        return BAKERY_OK;
                }
        }
        *ret_result = root;
        return BAKERY_OK;
}

bakery_status bakery__query_send(bakery_client *client, struct query *query, struct arena *arena,
                                 const struct xml_node **ret_result, bakery_error **err)
{
        static const bakery_http_header headers[] = {
                { "Content-Type", "application/x-www-form-urlencoded; charset=utf-8" },
        };
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(QUERY_ANSWER_MAX_BYTES);
        const struct xml_node *root = NULL;
        bakery_status st = bakery__buf_status(&query->form, "the request", err);

        if (st)
                return st;

        struct aws_call call = call_of(query, headers, N_ELEMENTS(headers));
        st = bakery__aws_call(client, &call, &answer, err);
        if (st)
                return st;
        st = bakery__xml_parse(arena, (struct span){ answer.body.at ? answer.body.at : "", answer.body.len }, &root,
                               NULL);
        if (st == BAKERY_ERR_MEMORY)
                return bakery__fail_memory(err);
        if (st)
                return bakery__aws_unexpected(&call, &answer, err);
        return find_result(query, root, ret_result, err);
}

bakery_status bakery__query_lacks(const struct query *query, const char *what, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_NETWORK, "unexpected answer from %s to %s: it lacks %s", query->service->name,
                     query->action, what);
        bakery__error_hint(err, "something between here and AWS may have answered: a proxy, a sign-in page");
        return BAKERY_ERR_NETWORK;
}
