/* The awsQuery protocol: a form goes out, XML comes back. Spoken by STS, IAM and CloudFormation.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
#ifndef BAKERY_AWS_QUERY_H
#define BAKERY_AWS_QUERY_H

#include "aws/call.h"
#include "base/buf.h"
#include "formats/xml.h"

/* A service that speaks it. */
struct query_service {
        const char *name;    /* "sts" */
        const char *version; /* "2011-06-15" */
};
extern const struct query_service bakery__sts, bakery__iam, bakery__cloudformation;

/* A request under construction. Wiped when cleared: it may hold tokens. */
struct query {
        const struct query_service *service;
        const char *action;
        const char *region;             /* NULL: the client's */
        const bakery_credentials *keys; /* NULL: not signed */
        bool once;
        size_t answer_max_bytes; /* at most XML_MAX_BYTES; bakery__query() sets 1 MiB */
        struct buf form;

        /* Of the answer, once there is one; the id is of the arena that it was read into. */
        int http_status;
        const char *request_id;
};

/* Begins a request of that action. */
struct query bakery__query(const struct query_service *service, const char *action, const bakery_credentials *keys);
struct query bakery__query_of(const struct query_service *service, const char *action, const struct aws_access *aws);

/* Add a parameter; NULL and 0 are not sent. */
void bakery__query_text(struct query *query, const char *name, const char *value);
void bakery__query_number(struct query *query, const char *name, unsigned long long value);
void bakery__query_flag(struct query *query, const char *name, bool value); /* always sent */

/* name.member.1, name.member.2 ...; suffix follows the number where members are structures: ".Key". */
void bakery__query_member(struct query *query, const char *name, size_t i, const char *suffix, const char *value);

/*
 * Sends it. *ret_result is the element <ActionResult>, or for actions without one the root, of arena.
 * Gives what bakery__aws_call() gives, and BAKERY_ERR_NETWORK for an answer that is not XML of that action.
 */
bakery_status bakery__query_send(bakery_client *client, struct query *query, struct arena *arena,
                                 const struct xml_node **ret_result, bakery_error **err);

/* An answer that lacks what it must have: "unexpected answer from sts (HTTP 200, request id ...): it lacks an Arn".
 * what NULL: it is no XML at all. */
bakery_status bakery__query_lacks(const struct query *query, const char *what, bakery_error **err);

/* The instant in the element at path; 0 when there is none, or it is no instant. */
int64_t bakery__xml_time(const struct xml_node *node, const char *path);

void bakery__query_clear(struct query *query);
DEFINE_AUTO_CLEAR(query, bakery__query_clear)

/* Reads the refusal of an XML service, in any of the three shapes in which they come. */
bool bakery__xml_refusal(const bakery_http_answer *answer, struct arena *arena, const char **ret_code,
                         const char **ret_message, const char **ret_request_id);

#endif
