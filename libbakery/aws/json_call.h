/* The AWS JSON 1.1 protocol: a document goes out, one comes back. Spoken by Organizations and Systems Manager.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
#ifndef BAKERY_AWS_JSON_CALL_H
#define BAKERY_AWS_JSON_CALL_H

#include "aws/call.h"
#include "formats/json.h"

/* A service that speaks it. */
struct json_service {
        const char *name;   /* "organizations" */
        const char *target; /* "AWSOrganizationsV20161128" */
};
extern const struct json_service bakery__organizations, bakery__ssm;

/* A request under construction, and its answer. Wiped when cleared: both may hold secrets. */
struct json_call {
        const struct json_service *service;
        const char *action;
        const struct aws_access *aws;
        struct json request; /* put members into bakery__json_root(&call.request) */

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

void bakery__json_call_clear(struct json_call *call);
DEFINE_AUTO_CLEAR(json_call, bakery__json_call_clear)

#endif
