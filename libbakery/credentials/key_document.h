/* Keys in JSON: as programs print them, as metadata services and SSO answer, as the AWS CLI keeps them. */
#ifndef BAKERY_CREDENTIALS_KEY_DOCUMENT_H
#define BAKERY_CREDENTIALS_KEY_DOCUMENT_H

#include "aws/client.h"
#include "aws/keys.h"
#include "formats/json.h"

enum { KEY_DOCUMENT_MAX_BYTES = 64 << 10 };

/* What the members of a document are called. */
struct key_names {
        const char *access_key_id, *secret_access_key, *session_token, *expiration;
        bool token_needed; /* the keys are temporary, always */
        bool milliseconds; /* the expiration is a number of them since 1970, else RFC 3339 */
};

/* AccessKeyId, SecretAccessKey, Token, Expiration: what containers and instances answer. */
extern const struct key_names bakery__metadata_key_names;

/*
 * The keys in object. An expiration may be missing; one that is over is refused. Gives BAKERY_ERR_CREDENTIALS, naming
 * the member that is missing or no good, never its value; BAKERY_ERR_MEMORY.
 */
bakery_status bakery__key_document_read(bakery_client *client, const struct cJSON *object,
                                        const struct key_names *names, bakery_credentials **ret, bakery_error **err);

/* The instant of a document, as RFC 3339, or with "UTC" for "Z" as old versions of the AWS CLI wrote it. */
bool bakery__key_document_time(const char *text, int64_t *ret_s);

/*
 * Parses text, which must be an object, into *ret, which keeps it secret. what names it in errors: "the answer of ...".
 * Gives BAKERY_ERR_CREDENTIALS when it is none, BAKERY_ERR_MEMORY; nothing of the text is repeated.
 */
bakery_status bakery__key_document_parse(struct span text, const char *what, struct json *ret, bakery_error **err);

/*
 * Parses the JSON object in the file at path, of at most 64 KiB. Gives BAKERY_ERR_IO, BAKERY_ERR_LIMIT, and
 * what parsing gives.
 */
bakery_status bakery__key_document_load(const char *path, struct json *ret, bakery_error **err);

#endif
