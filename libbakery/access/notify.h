/* Posting to a webhook. Its URL is a secret: who knows it can post. */
#ifndef BAKERY_ACCESS_NOTIFY_H
#define BAKERY_ACCESS_NOTIFY_H

#include "aws/call.h"
#include "base/secret.h"

/*
 * Finds the webhook that hook stands for: a URL itself, env:NAME (of the client's environment), file:PATH (beside
 * config_path, which may be NULL), ssm:/NAME. Gives BAKERY_ERR_CONFIG when there is none behind it, BAKERY_ERR_IO, and
 * for ssm: what bakery__ssm_parameter() gives.
 */
bakery_status bakery__webhook_find(const struct aws_access *aws, const struct secret *hook, const char *config_path,
                                   struct secret *ret_url, bakery_error **err);

/*
 * Posts a JSON document. Tried again while the other side is in trouble, or asks for time, and no longer
 * than the client's webhook_timeout_ms, all together. BAKERY_OK only for an answer
 * with status 2xx; else BAKERY_ERR_CONFIG (no https URL; http goes to this machine alone), BAKERY_ERR_NETWORK, and what
 * the transport gives.
 */
bakery_status bakery__webhook_post(bakery_client *client, const struct secret *url, struct span document,
                                   bakery_error **err);

#endif
