/* Looking into accounts that are in no set yet for the stack that was deployed by itself. */
#include <pthread.h>
#include <string.h>

#include "aws/client.h"
#include "base/workers.h"
#include "deploy/deployer.h"
#include "deploy/settle.h"
#include "deploy/stack_sets.h"

enum { LOOKING_AT_ONCE = 8 };

/* A look into all of them. */
struct looking {
        struct site *site;
        bakery_stack_sets *sets;
        const char *role, *stack_name;
        const bakery_credentials *keys; /* the same for all: this takes seconds */
        bakery_client *clients[LOOKING_AT_ONCE];
        pthread_mutex_t lock; /* of what follows */
        size_t n_failed;
        bakery_error *failed; /* the first one */
};

static void clear_looking(struct looking *in)
{
        for (size_t i = 1; i < LOOKING_AT_ONCE; i++)
                bakery_client_free(in->clients[i]);
        bakery_error_free(in->failed);
        pthread_mutex_destroy(&in->lock);
}
DEFINE_AUTO_CLEAR(looking, clear_looking)

static bool is_to_be_looked_into(const struct set_member *member)
{
        return !member->instance;
}

/* States of a stack in which StackSets takes it. */
static bool can_be_imported(const char *status)
{
        static const char *const statuses[] = { "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE",
                                                "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE" };

        for (size_t i = 0; i < N_ELEMENTS(statuses); i++)
                if (strcmp(statuses[i], status) == 0)
                        return true;
        return false;
}

/* What has never been made, or is only in review, has no roles whose names would be taken. */
static bool has_nothing(const struct cfn_stack *stack)
{
        return strcmp(stack->status, "REVIEW_IN_PROGRESS") == 0 || strcmp(stack->status, "DELETE_COMPLETE") == 0;
}

static bakery_status refuse(struct set_member *member, const char *why, bakery_error **err)
{
        member->state = BAKERY_BURGER_FAILED;
        member->reason = bakery__arena_format(&member->arena, "its stack %s %s", member->alone->name, why);
        member->alone = NULL;
        return member->reason ? BAKERY_OK : bakery__fail_memory(err);
}

static bakery_status read_stack(const struct looking *in, bakery_client *client, const bakery_credentials *session,
                                struct set_member *member, bakery_error **err)
{
        struct aws_access aws = { .client = client, .keys = session, .region = in->site->recipe.region };
        bakery_status st = bakery__cfn_describe_stack(&aws, in->stack_name, &member->arena, &member->alone, err);

        member->looked = !st;
        if (st || !member->alone)
                return st;
        if (has_nothing(member->alone)) {
                member->alone = NULL;
                return BAKERY_OK;
        }
        if (!bakery__stack_is_ours(member->alone, true))
                return refuse(member, "was made by another tool", err);
        if (!can_be_imported(member->alone->status))
                return refuse(member, bakery__arena_format(&member->arena, "is in %s", member->alone->status), err);
        return bakery__cfn_get_template(&aws, member->alone->id, NULL, &member->arena, &member->alone_template, err);
}

static void look(void *context, size_t job, unsigned worker)
{
        struct looking *in = context;
        struct set_member *member = &in->sets->members[job];
        AUTO_PTR(bakery_credentials) session = NULL;
        bakery_client *client = in->clients[worker];
        bakery_error *err = NULL;

        if (!is_to_be_looked_into(member) || bakery__client_is_cancelled(client))
                return;
        bakery_status st = bakery__deployer_assume(client, in->keys, member->account, in->role, in->site->recipe.region,
                                                   &session, &err);
        if (!st)
                st = read_stack(in, client, session, member, &err);
        if (!st)
                return;
        pthread_mutex_lock(&in->lock);
        in->n_failed++;
        if (!in->failed)
                in->failed = STEAL(err);
        pthread_mutex_unlock(&in->lock);
        bakery_error_free(err);
}

static bakery_status begin(struct looking *in, bakery_error **err)
{
        struct aws_access aws;
        bakery_status st = bakery__site_access(in->site, &aws, err);

        in->keys = aws.keys;
        in->clients[0] = in->site->client;
        for (size_t i = 1; i < LOOKING_AT_ONCE && !st; i++)
                st = bakery__client_worker(in->site->client, &in->clients[i], err);
        return st;
}

static bakery_status note_failures(struct looking *in, bakery_error **err)
{
        if (in->n_failed == 0)
                return BAKERY_OK;
        return bakery__who_note(&in->sets->who, &in->sets->arena, err,
                                "whether %zu accounts have a stack already is not known, so they are taken for new: %s",
                                in->n_failed, bakery_error_message(in->failed));
}

static size_t count_new(const bakery_stack_sets *sets)
{
        size_t n = 0;

        for (size_t i = 0; i < sets->n_members; i++)
                n += is_to_be_looked_into(&sets->members[i]);
        return n;
}

bakery_status bakery__sets_look(struct site *site, bakery_stack_sets *sets, bakery_error **err)
{
        const bakery_stack_sets_request *request = &sets->request;
        const char *configured = request->config->raw.config->deployer_role;
        size_t n = count_new(sets);
        AUTO_CLEAR(looking)
        in = { .site = site,
               .sets = sets,
               .role = request->deployer_role ? request->deployer_role : configured,
               .lock = PTHREAD_MUTEX_INITIALIZER };
        AUTO_FREE char *stack_name = NULL;

        if (n > 0 && !in.role)
                return bakery__who_note(&sets->who, &sets->arena, err,
                                        "whether %zu accounts have a stack already is not looked up without a role to "
                                        "enter them by (DeployerRole, --role): they are taken for new",
                                        n);
        if (n == 0)
                return BAKERY_OK;
        bakery_status st = bakery_stack_name(request->config, BAKERY_STACK_BURGER, &stack_name, err);
        if (!st)
                st = begin(&in, err);
        if (st)
                return st;
        in.stack_name = stack_name;
        bakery__site_step(site, "looking into %zu accounts for stacks that exist", n);
        bakery__workers_run(request->concurrent && request->concurrent < LOOKING_AT_ONCE ? request->concurrent
                                                                                         : LOOKING_AT_ONCE,
                            sets->n_members, look, &in);
        if (bakery__client_is_cancelled(site->client))
                return bakery__fail(err, BAKERY_ERR_CANCELLED, "interrupted: nothing was changed");
        return note_failures(&in, err);
}
