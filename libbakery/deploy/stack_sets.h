/* Stack sets from inside. What callers see of them is in bakery/stack_sets.h. */
#ifndef BAKERY_DEPLOY_STACK_SETS_H
#define BAKERY_DEPLOY_STACK_SETS_H

#include <bakery/stack_sets.h>

#include "aws/stack_set.h"
#include "deploy/who.h"

DEFINE_AUTO_PTR(bakery_stack_sets, bakery_stack_sets_free)

/* A set, deployed or to be made. */
struct stack_set {
        const char *name;
        const char *environment;              /* its name; it may be gone from the configuration */
        const struct cfn_stack_set *deployed; /* NULL: it is to be made */
        struct json deployed_template;
        const struct cfn_stack_instance *instances;
        size_t n_kept; /* accounts that will be in it */
        char *text;    /* of its template; NULL: nothing is left in it */
        size_t text_size_bytes;
        struct json template;
        bool updates; /* what is deployed is not what is wanted */
        bool stopped; /* too much failed in it: nothing more is begun */
        struct stack_set *next;
};

/* An account in a set. */
struct set_member {
        struct stack_set *set;
        const bakery_account *account; /* NULL: it is gone from the configuration, or in another set */
        const char *account_id, *name;
        const struct cfn_stack_instance *instance; /* NULL: it is not in the set yet */
        bool never_made; /* StackSets could not make its stack; what is left of it cannot be updated */
        bakery_set_step step;
        bakery_burger_state state;
        const char *reason;

        struct arena arena;            /* of what follows, which a thread of its own reads */
        const struct cfn_stack *alone; /* the stack that was deployed by itself; NULL: none, or not known */
        const char *alone_template;
        bool looked; /* whether there is one is known */
};

struct bakery_stack_sets {
        struct arena arena;
        bakery_stack_sets_request request;
        bakery_target target; /* what the site is opened with */
        struct stack_set *first;
        struct set_member *members;
        size_t n_members;
        struct map names; /* of all stack sets that there are: one's own must be another */
        struct cfn_pairs tags;
        struct who who;
        size_t finished, failed;
};

/* Opens the site in the administrator's account. */
bakery_status bakery__sets_open(bakery_client *client, bakery_stack_sets *sets, struct site *ret, bakery_error **err);

/* The set's name and who speaks of it. */
struct cfn_set_name bakery__sets_name(const bakery_stack_sets *sets, const struct stack_set *set);

/* The ARN of the administration role, of arena; *ret NULL: nobody named one. */
bakery_status bakery__sets_administration_role(const bakery_stack_sets *sets, struct arena *arena, const char **ret,
                                               bakery_error **err);

/* Reads the sets of ours that there are, with their instances, once nothing is under way in them. */
bakery_status bakery__sets_read(struct site *site, bakery_stack_sets *sets, bakery_error **err);

/* Puts each account into a set. */
bakery_status bakery__sets_assign(bakery_stack_sets *sets, bakery_error **err);

/* Looks, in accounts that are in no set yet, for the stack that was deployed by itself. */
bakery_status bakery__sets_look(struct site *site, bakery_stack_sets *sets, bakery_error **err);

/* Writes the templates, and decides what is to be done with each account. */
bakery_status bakery__sets_decide(struct site *site, bakery_stack_sets *sets, bakery_error **err);

/* Finds who could do what, before and after. */
bakery_status bakery__sets_compare(struct site *site, bakery_stack_sets *sets, bakery_error **err);

#endif
