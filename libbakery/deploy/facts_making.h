/* Putting facts together: for those who read them from somewhere. Each gives NULL or false when memory is gone. */
#ifndef BAKERY_DEPLOY_FACTS_MAKING_H
#define BAKERY_DEPLOY_FACTS_MAKING_H

#include "deploy/facts.h"

/* The elements of a value that may be one or a list of them; something that cannot be known is one. */
const struct cJSON *bakery__facts_first(const struct cJSON *value);
const struct cJSON *bakery__facts_next(const struct cJSON *value, const struct cJSON *each);

/* Room for one more behind count elements; the array, perhaps elsewhere now. */
void *bakery__facts_grow(struct arena *arena, void *array, size_t count, size_t *capacity, size_t size_bytes);

struct fact_group *bakery__facts_new_group(struct facts *facts, const char *name, const char *path);
struct fact_role *bakery__facts_new_role(struct facts *facts, const char *partition, const char *account_id,
                                         const char *name, const char *path);
struct fact_function *bakery__facts_new_function(struct facts *facts, const char *name);

/* Adds text to the list, unless it is there. */
bool bakery__facts_add_text(struct facts *facts, struct fact_texts *texts, const char *text);

/* A managed policy of which only the ARN counts. */
bool bakery__facts_attach_to_group(struct facts *facts, struct fact_group *group, const char *policy_arn);
bool bakery__facts_attach_to_role(struct facts *facts, struct fact_role *role, const char *policy_arn);

/* The statements of a policy document, functions worked out, under the name of the policy. */
bool bakery__facts_allow_group(struct facts *facts, struct fact_group *group, const char *policy,
                               const struct cJSON *document);
bool bakery__facts_allow_role(struct facts *facts, struct fact_role *role, const char *policy,
                              const struct cJSON *document);

/* A trust policy. */
bool bakery__facts_trust(struct facts *facts, struct fact_role *role, const char *partition,
                         const struct cJSON *document);

#endif
