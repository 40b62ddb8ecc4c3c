/* The two documents that make a grant: what a group's members may assume, and whom a role lets in. */
#ifndef BAKERY_MODEL_POLICY_H
#define BAKERY_MODEL_POLICY_H

#include "model/model.h"

/* The policy of the group for the accounts of one shard. */
void bakery__policy_of_group(struct json *json, struct cJSON *parent, const char *key, const bakery_group *group,
                             const struct shard *shard);

/* Puts the account root of the Bakery under key: a template names it otherwise than a deployed policy. */
typedef void put_principal(struct json *json, struct cJSON *parent, const char *key, const bakery_config *config);

/* arn:aws:iam::111111111111:root */
put_principal bakery__put_bakery_root;

/* The trust policy of the group's roles. */
void bakery__policy_of_trust(struct json *json, struct cJSON *parent, const char *key, const bakery_group *group,
                             put_principal *put_root);

#endif
