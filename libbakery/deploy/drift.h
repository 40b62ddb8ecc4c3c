/* Drift from inside. What callers see of it is in bakery/drift.h. */
#ifndef BAKERY_DEPLOY_DRIFT_H
#define BAKERY_DEPLOY_DRIFT_H

#include <bakery/drift.h>

#include "aws/stack_set.h"
#include "formats/json.h"

DEFINE_AUTO_PTR(bakery_drift, bakery_drift_free)

/* A stack that a stack set made, by what the set tells: the deployer role may ask CloudFormation nothing about it. */
struct drift_member {
        const char *set_name;
        const struct cfn_stack_instance *instance; /* NULL: the account is in no set */
        bool never_made;                           /* StackSets could not make its stack */
        const struct cJSON *template;              /* the set's, as it is deployed; NULL: not known */
        const struct cfn_parameters *parameters;
};

/* As bakery_drift_read(), for the burger of the target in its set. */
bakery_status bakery__drift_read_member(bakery_client *client, const bakery_target *target,
                                        const bakery_run_options *options, const struct drift_member *member,
                                        bakery_drift **ret_drift, bakery_error **err);

#endif
