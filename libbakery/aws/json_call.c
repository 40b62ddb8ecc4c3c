#include "aws/json_call.h"

#include <string.h>

const struct json_service bakery__organizations = { "organizations", "AWSOrganizationsV20161128", "/" };
const struct json_service bakery__ssm = { "ssm", "AmazonSSM", "/" };
const struct json_service bakery__sso_oidc = { "sso-oidc", NULL, "/token" };
const struct json_service bakery__signin = { "signin", NULL, "/v1/token" };

enum { REQUEST_MAX_BYTES = 1 << 20, ANSWER_MAX_BYTES = 1 << 20, TARGET_MAX_BYTES = 128 };

struct json_call bakery__json_call(const struct json_service *service, const char *action, const struct aws_access *aws)
{
        return (struct json_call){
                .service = service,
                .action = action,
                .aws = aws,
                .request = { .secret = true },
                .answer = { .secret = true },
        };
}

void bakery__json_call_clear(struct json_call *call)
{
        bakery__json_clear(&call->request);
        bakery__json_clear(&call->answer);
        bakery__arena_clear(&call->arena);
}

/*
 * The code of "com.amazonaws.organizations#AccessDeniedException" and of "AccessDeniedException:http://...": clients
 * are told to strip both, and to look into the header, then at __type, then at code.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
 */
static const char *copy_code(struct span type, struct arena *arena)
{
        const char *colon = memchr(type.at, ':', type.len);
        const char *hash;

        if (colon)
                type.len = (size_t)(colon - type.at);
        hash = memchr(type.at, '#', type.len);
        if (hash) {
                type.len -= (size_t)(hash + 1 - type.at);
                type.at = hash + 1;
        }
        return type.len > 0 ? bakery__arena_copy(arena, type) : NULL;
}

static const char *first_text(const struct cJSON *object, const char *key, const char *other)
{
        const char *text = bakery__json_text_of(bakery__json_get(object, key));

        return text ? text : bakery__json_text_of(bakery__json_get(object, other));
}

bool bakery__json_refusal(const bakery_http_answer *answer, struct arena *arena, const char **ret_code,
                          const char **ret_message, const char **ret_request_id)
{
        AUTO_CLEAR(json) json = { .secret = true };
        struct span type;

        (void)ret_request_id; /* it stands in a header only */
        if (bakery__json_parse(bakery__http_body(answer), "the answer", &json, NULL))
                return false;
        if (bakery__http_header(answer, "x-amzn-errortype", &type)) {
                *ret_code = copy_code(type, arena);
        } else {
                const char *text = first_text(json.root, "__type", "code");

                *ret_code = text ? copy_code(bakery__span(text), arena) : NULL;
        }
        const char *message = first_text(json.root, "message", "Message");
        *ret_message = message ? bakery__arena_copy(arena, bakery__span(message)) : NULL;
        return *ret_code != NULL;
}

/*
 * A service that gives tokens says more with its own code: of AccessDeniedException it is TOKEN_EXPIRED or another one.
 * https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
static bool read_token_refusal(const bakery_http_answer *answer, struct arena *arena, const char **ret_code,
                               const char **ret_message, const char **ret_request_id)
{
        AUTO_CLEAR(json) json = { .secret = true };
        bool is_understood = bakery__json_refusal(answer, arena, ret_code, ret_message, ret_request_id);

        if (bakery__json_parse(bakery__http_body(answer), "the answer", &json, NULL))
                return is_understood;
        const char *code = bakery__json_text_of(bakery__json_get(json.root, "error"));
        const char *message = bakery__json_text_of(bakery__json_get(json.root, "error_description"));
        if (code && *code)
                *ret_code = bakery__arena_copy(arena, bakery__span(code));
        if (message)
                *ret_message = bakery__arena_copy(arena, bakery__span(message));
        return *ret_code != NULL;
}

static bakery_status read_answer(struct json_call *call, const bakery_http_answer *answer, bakery_error **err)
{
        bakery__json_clear(&call->answer);
        call->answer = (struct json){ .secret = true };
        call->http_status = answer->status;
        call->request_id = bakery__aws_request_id(answer, &call->arena);

        bakery_status st = bakery__json_parse(bakery__http_body(answer), "the answer", &call->answer, err);
        if (st == BAKERY_ERR_MEMORY)
                return st;
        if (st || bakery__json_kind(call->answer.root) != JSON_OBJECT)
                return bakery__json_call_lacks(call, NULL, err);
        return BAKERY_OK;
}

static bakery_status write_request(struct json_call *call, struct buf *body, struct buf *target, bakery_error **err)
{
        bakery__json_root(&call->request); /* no members is {} */
        bakery_status st = bakery__json_print(&call->request, JSON_COMPACT, body, "the request", err);

        if (call->service->target)
                bakery__buf_format(target, "%s.%s", call->service->target, call->action);
        return st ? st : bakery__buf_status(target, "the name of the action", err);
}

bakery_status bakery__json_call_send(struct json_call *call, bakery_error **err)
{
        AUTO_CLEAR(buf) body = { .max = REQUEST_MAX_BYTES, .secret = true };
        AUTO_CLEAR(buf) target = { .max = TARGET_MAX_BYTES };
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(ANSWER_MAX_BYTES);
        const bool is_rest = !call->service->target;
        bakery_status st = write_request(call, &body, &target, err);

        if (st)
                return st;
        const struct aws_call request = {
                .service = call->service->name,
                .action = call->action,
                .region = call->aws->region,
                .keys = call->aws->keys,
                .method = "POST",
                .path = call->service->path,
                .headers =
                        (const bakery_http_header[]){
                                { "Content-Type", is_rest ? "application/json" : "application/x-amz-json-1.1" },
                                { "X-Amz-Target", target.at },
                        },
                .header_count = is_rest ? 1 : 2,
                .proof = call->proof,
                .body = { body.at, body.len },
                .refusal = is_rest ? read_token_refusal : bakery__json_refusal,
        };
        st = bakery__aws_call(call->aws->client, &request, &answer, err);
        return st ? st : read_answer(call, &answer, err);
}

bakery_status bakery__json_call_lacks(const struct json_call *call, const char *what, bakery_error **err)
{
        const struct aws_refusal answer = {
                .service = call->service->name,
                .action = call->action,
                .request_id = call->request_id,
                .http_status = call->http_status,
        };

        return bakery__aws_unexpected(&answer, what, err);
}
