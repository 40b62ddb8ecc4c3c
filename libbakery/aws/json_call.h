/*
 * A document goes out, one comes back: the AWS JSON 1.1 protocol, spoken by Organizations and Systems Manager, and what
 * AWS restJson1 makes of a POST, spoken by the services that give tokens.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 * https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
#ifndef BAKERY_AWS_JSON_CALL_H
#define BAKERY_AWS_JSON_CALL_H

#include "aws/call.h"
#include "formats/json.h"

/* A service that speaks it. */
struct json_service {
        const char *name;   /* "organizations" */
        const char *target; /* "AWSOrganizationsV20161128"; NULL: restJson1, whose action is the path */
        const char *path;
};
extern const struct json_service bakery__organizations, bakery__ssm, bakery__sso_oidc, bakery__signin;

/* A request under construction, and its answer. Wiped when cleared: both may hold secrets. */
struct json_call {
        const struct json_service *service;
        const char *action;
        const struct aws_access *aws;
        const struct aws_proof *proof; /* NULL: none */
        struct json request;           /* put members into bakery__json_root(&call.request) */

        struct json answer; /* an object, once there is one */
        int http_status;
        struct arena arena;
        const char *request_id; /* of arena */
};

/* Begins a request of that action. */
struct json_call bakery__json_call(const struct json_service *service, const char *action,
                                   const struct aws_access *aws);

/*
 * Sends it, and reads the answer; it may be changed and sent again. Gives what bakery__aws_call() gives, and
 * BAKERY_ERR_NETWORK for an answer that is no JSON object.
 */
bakery_status bakery__json_call_send(struct json_call *call, bakery_error **err);

/* An answer that lacks what it must have: "unexpected answer from ssm (HTTP 200, request id ...): it lacks a Value". */
bakery_status bakery__json_call_lacks(const struct json_call *call, const char *what, bakery_error **err);

/* For struct aws_call: the code and the message of a refusal in JSON. */
bool bakery__json_refusal(const bakery_http_answer *answer, struct arena *arena, const char **ret_code,
                          const char **ret_message, const char **ret_request_id);

void bakery__json_call_clear(struct json_call *call);
DEFINE_AUTO_CLEAR(json_call, bakery__json_call_clear)

#endif
