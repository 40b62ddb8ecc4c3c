/*
 * A document that the AWS CLI keeps on disk, that ends after some minutes, and that can be renewed: of an SSO session,
 * of `aws login`. As with the AWS CLI and the SDKs, whoever comes first renews it for all.
 */
#ifndef BAKERY_CREDENTIALS_RENEWAL_H
#define BAKERY_CREDENTIALS_RENEWAL_H

#include "aws/client.h"
#include "formats/json.h"

struct renewal {
        bakery_client *client;
        const char *path;
        const char *noun; /* for the log and errors: "SSO token" */

        /* When it ends. False: that cannot be told, and it is not renewed. */
        bool (*read_end)(const struct cJSON *document, int64_t *ret_end_s);

        /* Whether it has what that takes. */
        bool (*is_renewable)(const struct renewal *renewal, const struct cJSON *document);

        /*
         * Asks for a new one; *ret, a secret, begins empty, and err is not NULL. What AWS refuses is
         * BAKERY_ERR_CREDENTIALS.
         */
        bakery_status (*renew)(const struct renewal *renewal, const struct cJSON *old, struct json *ret,
                               bakery_error **err);
        const void *context;
};

/*
 * Reads the document. Five minutes before its end it is renewed, by one process at a time, and written back, 0600,
 * whole or not at all; when that fails, a warning says so, and the new one is given all the same. When it is not
 * renewed, the old one is given, with a warning, while it lives. One that cannot be renewed is given as it is: its end
 * is for the caller to look at.
 *
 * Gives BAKERY_ERR_CREDENTIALS, saying what is wrong with the file; BAKERY_ERR_MEMORY; and what renew gave.
 */
bakery_status bakery__renewal_load(const struct renewal *renewal, struct json *ret, bakery_error **err);

/* For renew: what old has and parent has not. Members that we do not know belong to others. */
void bakery__renewal_keep_rest(struct json *json, struct cJSON *parent, const struct cJSON *old);

/* For renew: the instant in so many seconds, as the AWS CLI writes it. False: the answer's number is none. */
bool bakery__renewal_put_end(const struct renewal *renewal, struct json *json, struct cJSON *parent,
                             const struct cJSON *expires_in);

/* Whether AWS refused to renew it: waiting, or another try, will not help. */
bool bakery__renewal_is_refused(const bakery_error *err);

/* Whether object has a text of that name, and it is not empty. */
bool bakery__renewal_has_text(const struct cJSON *object, const char *name);

#endif
