#include "aws/query.h"

#include <string.h>

#include "base/time.h"
#include "formats/uri.h"

const struct query_service bakery__sts = { "sts", "2011-06-15" };
const struct query_service bakery__iam = { "iam", "2010-05-08" };
const struct query_service bakery__cloudformation = { "cloudformation", "2010-05-15" };

enum { FORM_MAX_BYTES = 2 << 20, ANSWER_MAX_BYTES = 1 << 20 };

struct query bakery__query(const struct query_service *service, const char *action, const bakery_credentials *keys)
{
        struct query query = {
                .service = service,
                .action = action,
                .keys = keys,
                .answer_max_bytes = ANSWER_MAX_BYTES,
                .form = { .max = FORM_MAX_BYTES, .secret = true },
        };

        bakery__query_text(&query, "Action", action);
        bakery__query_text(&query, "Version", service->version);
        return query;
}

struct query bakery__query_of(const struct query_service *service, const char *action, const struct aws_access *aws)
{
        struct query query = bakery__query(service, action, aws->keys);

        query.region = aws->region;
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

int64_t bakery__xml_time(const struct xml_node *node, const char *path)
{
        const char *text = bakery__xml_text(node, path);
        int64_t time_s = 0;

        return text && bakery__time_parse(bakery__span(text), &time_s) ? time_s : 0;
}

/* The text at the first of n paths that has any; NULL when none has. */
static const char *first_text(const struct xml_node *root, const char *const *paths, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                const char *text = bakery__xml_text(root, paths[i]);

                if (text && *text)
                        return text;
        }
        return NULL;
}

/* <ErrorResponse><Error>, <Response><Errors><Error>, and S3's bare <Error>; the id in two spellings. */
bool bakery__xml_refusal(const bakery_http_answer *answer, struct arena *arena, const char **ret_code,
                         const char **ret_message, const char **ret_request_id)
{
        static const char *const codes[] = { "Error/Code", "Errors/Error/Code", "Code" };
        static const char *const messages[] = { "Error/Message", "Errors/Error/Message", "Message" };
        static const char *const ids[] = { "RequestId", "RequestID", "Error/RequestId" };
        const struct xml_node *root = NULL;

        if (bakery__xml_parse(arena, bakery__http_body(answer), &root, NULL))
                return false;
        *ret_code = first_text(root, codes, N_ELEMENTS(codes));
        *ret_message = first_text(root, messages, N_ELEMENTS(messages));
        *ret_request_id = first_text(root, ids, N_ELEMENTS(ids));
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
                .max_body_bytes = query->answer_max_bytes,
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

/* Reads the document, and what errors about it will name. */
static bakery_status read_answer(struct query *query, const bakery_http_answer *answer, struct arena *arena,
                                 const struct xml_node **ret_root, bakery_error **err)
{
        static const char *const ids[] = { "ResponseMetadata/RequestId", "RequestId" };
        bakery_status st = bakery__xml_parse(arena, bakery__http_body(answer), ret_root, NULL);

        if (st == BAKERY_ERR_MEMORY)
                return bakery__fail_memory(err);
        query->http_status = answer->status;
        query->request_id = st ? NULL : first_text(*ret_root, ids, N_ELEMENTS(ids));
        if (!query->request_id)
                query->request_id = bakery__aws_request_id(answer, arena);
        return st ? bakery__query_lacks(query, NULL, err) : BAKERY_OK;
}

bakery_status bakery__query_send(bakery_client *client, struct query *query, struct arena *arena,
                                 const struct xml_node **ret_result, bakery_error **err)
{
        static const bakery_http_header headers[] = {
                { "Content-Type", "application/x-www-form-urlencoded; charset=utf-8" },
        };
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(query->answer_max_bytes);
        const struct xml_node *root = NULL;
        bakery_status st = bakery__buf_status(&query->form, "the request", err);

        if (st)
                return st;

        struct aws_call call = call_of(query, headers, N_ELEMENTS(headers));
        st = bakery__aws_call(client, &call, &answer, err);
        if (!st)
                st = read_answer(query, &answer, arena, &root, err);
        return st ? st : find_result(query, root, ret_result, err);
}

bakery_status bakery__query_lacks(const struct query *query, const char *what, bakery_error **err)
{
        const struct aws_refusal answer = {
                .service = query->service->name,
                .action = query->action,
                .request_id = query->request_id,
                .http_status = query->http_status,
        };

        return bakery__aws_unexpected(&answer, what, err);
}
