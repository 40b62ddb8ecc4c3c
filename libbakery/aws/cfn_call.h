/* How CloudFormation's calls are written, sent and read: what the files of its client share. */
#ifndef BAKERY_AWS_CFN_CALL_H
#define BAKERY_AWS_CFN_CALL_H

#include "aws/cloudformation.h"
#include "aws/paging.h"
#include "aws/query.h"

/* Begins a request, whose answer may be as large as a template of 1 MB is when it is escaped. */
struct query bakery__cfn_query(const struct aws_access *aws, const char *action);

/* Add a parameter; what is empty is not sent. A request without its token is tried once. */
void bakery__cfn_put_token(struct query *query, const char *name, const char *token);
void bakery__cfn_put_true(struct query *query, const char *name, bool value);
void bakery__cfn_put_texts(struct query *query, const char *name, struct cfn_texts texts);
void bakery__cfn_put_parameters(struct query *query, const char *name, struct cfn_parameters parameters);
void bakery__cfn_put_tags(struct query *query, struct cfn_pairs tags);

/* As bakery__query_send() and bakery__query_walk(), with the errors that cloudformation.h promises. */
bakery_status bakery__cfn_send(const struct aws_access *aws, struct query *query, struct arena *arena,
                               const struct xml_node **ret_result, bakery_error **err);
bakery_status bakery__cfn_walk(const struct aws_access *aws, struct query *query, query_page *page, void *context,
                               bakery_error **err);

/* Sends what has no answer worth reading. */
bakery_status bakery__cfn_tell(const struct aws_access *aws, struct query *query, bakery_error **err);

/* BAKERY_OK for what is not there, and no error: where that is as good as done. */
bakery_status bakery__cfn_forgive_missing(bakery_status st, bakery_error **err);

/* How an element becomes a struct: which element goes into which field. */
enum cfn_kind {
        CFN_NEEDED, /* text that must be there and not empty */
        CFN_TEXT,   /* NULL when it is empty, which is how CloudFormation often says that there is none */
        CFN_VALUE,  /* text that may be empty */
        CFN_FLAG,
        CFN_COUNT,
        CFN_TIME,
        CFN_LIST, /* of structs of the shape "of", which lie in a row */
};
struct cfn_field {
        const char *path;
        enum cfn_kind kind;
        size_t offset;       /* in the struct; CFN_LIST: of the pointer to the first */
        size_t count_offset; /* CFN_LIST */
        const struct cfn_shape *of;
};
struct cfn_shape {
        size_t size_bytes;
        const struct cfn_field *fields;
        size_t field_count;
        size_t next_offset; /* of those that come in pages */
};

#define CFN_FIELD(type, member, kind_, path_)                                             \
        {                                                                                 \
                .path = (path_), .kind = (kind_), .offset = offsetof(struct type, member) \
        }
/* A member of type struct cfn_texts, cfn_pairs or cfn_parameters. */
#define CFN_LIST_FIELD(type, member, of_, path_)                                               \
        {                                                                                      \
                .path = (path_), .kind = CFN_LIST, .offset = offsetof(struct type, member.at), \
                .count_offset = offsetof(struct type, member.count), .of = &(of_)              \
        }
#define CFN_SHAPE(type, fields_)                                                                           \
        {                                                                                                  \
                .size_bytes = sizeof(struct type), .fields = (fields_), .field_count = N_ELEMENTS(fields_) \
        }
#define CFN_LINKED_SHAPE(type, fields_)                                                                     \
        {                                                                                                   \
                .size_bytes = sizeof(struct type), .fields = (fields_), .field_count = N_ELEMENTS(fields_), \
                .next_offset = offsetof(struct type, next)                                                  \
        }

extern const struct cfn_shape bakery__cfn_text_shape, bakery__cfn_arn_shape, bakery__cfn_tag_shape,
        bakery__cfn_parameter_shape;

/* Reads node into object, which is a zeroed struct of that shape. Texts are copied to arena. */
bakery_status bakery__cfn_read(const struct query *query, const struct xml_node *node, const struct cfn_shape *shape,
                               struct arena *arena, void *object, bakery_error **err);

/* The same into a new struct of arena. */
bakery_status bakery__cfn_read_new(const struct query *query, const struct xml_node *node,
                                   const struct cfn_shape *shape, struct arena *arena, void **ret, bakery_error **err);

/* Sends, and reads the element at path into a new struct of arena; *ret NULL: there is none, says CloudFormation. */
bakery_status bakery__cfn_describe(const struct aws_access *aws, struct query *query, const char *path,
                                   const struct cfn_shape *shape, struct arena *arena, void **ret, bakery_error **err);

/* A linked list under construction. Begin with { shape, name of the list in the answer, arena }. */
struct cfn_linked {
        const struct cfn_shape *shape;
        const char *list;
        struct arena *arena;
        void *first, *last;
        size_t count;
};

/* Adds those of one page: a query_page, whose context is the list. */
bakery_status bakery__cfn_link_page(const struct query *query, const struct xml_node *result, void *context,
                                    bool *enough, bakery_error **err);

/* Walks all pages; *ret_first is untouched on failure. */
bakery_status bakery__cfn_collect(const struct aws_access *aws, struct query *query, const char *list,
                                  const struct cfn_shape *shape, struct arena *arena, void **ret_first,
                                  bakery_error **err);

#endif
