/* Many burgers from inside. What callers see of them is in bakery/burgers.h. */
#ifndef BAKERY_DEPLOY_BURGERS_H
#define BAKERY_DEPLOY_BURGERS_H

#include <bakery/burgers.h>

#include <pthread.h>

#include "deploy/plan_file.h"

struct burger {
        bakery_burgers *all;
        const bakery_account *account;
        bakery_credentials *session; /* of the deployer role in the account */
        bakery_client *client;       /* of the worker that has it in hand */
        const struct step *step;     /* that is taken with it */
        bakery_burger_state state;
        bakery_plan *plan;
        bakery_drift *drift;
        bakery_error *error;
};

struct bakery_burgers {
        bakery_burgers_request request;
        struct burger *at;
        size_t count;

        pthread_mutex_t lock;             /* of the caller's callbacks, and of what follows */
        const bakery_credentials *keys;   /* that may assume the deployer role: the request's, or newer ones */
        size_t finished, failed, skipped; /* of the step under way, or the last one */
};

/* A step: what is done with each burger. BAKERY_OK, or the error goes to the burger. */
typedef bakery_status burger_step(struct burger *burger, const bakery_target *target, bakery_client *client,
                                  const bakery_run_options *run, bakery_error **err);

struct step {
        bakery_burgers *burgers;
        burger_step *take;
        const void *context;     /* of take; NULL: it needs none */
        bool plans_only;         /* only those whose plan waits */
        bool and_unprotected;    /* and those with nothing to do, but for their protection against deletion */
        bool takes_back;         /* done whatever failed, and even after Ctrl-C */
        bool goes_on;            /* at AWS, when we are interrupted */
        bakery_client **clients; /* one for each worker, the caller's first */
        const char *about;       /* "could not be planned" */
        size_t total;            /* of burgers in it */
};

/* Takes the step with each burger that is in it, by workers. Gives what the steps of bakery/burgers.h give. */
bakery_status bakery__burgers_run(bakery_client *client, bakery_burgers *burgers, struct step step, bakery_error **err);

/* Takes over what a look at it came to. */
void bakery__burger_take_drift(struct burger *burger, bakery_drift *drift);

/* Leaves out burgers of which the file has no plan. */
void bakery__burgers_narrow(bakery_burgers *burgers, const struct plan_file *file);

#endif
