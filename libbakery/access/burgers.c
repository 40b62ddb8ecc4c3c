#include "access/burgers.h"

#include <stdatomic.h>
#include <string.h>

#include "access/compare.h"
#include "access/enter.h"
#include "access/live.h"
#include "aws/iam.h"
#include "aws/keys.h"
#include "base/workers.h"
#include "model/names.h"

enum { ARN_MAX_BYTES = 4096, WORKERS = 8, WORKERS_AT_MOST = 256 };

/* What one role came to. */
struct found_role {
        bakery_status status;
        const char *arn, *trust;
};

/* What one account came to, until its turn to be compared. */
struct burger {
        const bakery_account *account;
        struct arena arena;
        bakery_status status;     /* of the deployer role */
        struct found_role *roles; /* by the groups of the environment */
        bakery_error *error;      /* one that ends all */
};

/* The reading, over all accounts. */
struct burgers {
        const struct burgers_request *request;
        const bakery_config *config;
        bakery_client **clients; /* one for each worker, the caller's first */
        struct burger *at;
        size_t count;
        atomic_bool over;
};

static void clear_burgers(struct burgers *burgers)
{
        for (size_t i = 0; i < burgers->count; i++) {
                bakery__arena_clear(&burgers->at[i].arena);
                bakery_error_free(burgers->at[i].error);
        }
        free(burgers->at);
}
DEFINE_AUTO_CLEAR(burgers, clear_burgers)

/* What one account refuses says nothing about the others. */
static bool ends_all(bakery_status st)
{
        return st == BAKERY_ERR_MEMORY || st == BAKERY_ERR_CANCELLED || st == BAKERY_ERR_SYSTEM;
}

/* Reading, which workers do. */

static bakery_status read_role(const struct aws_access *aws, const bakery_group *group, struct burger *burger,
                               struct found_role *ret, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_CLEAR(buf) name = { .max = ARN_MAX_BYTES };
        struct iam_entity role;

        bakery__put_role_name(&name, group, burger->account);
        if (name.no_memory)
                return bakery__fail_memory(err);
        bakery_status st = bakery__iam_get_role(aws, name.at, &arena, &role, err);
        if (st)
                return st;
        ret->arn = bakery__arena_copy(&burger->arena, bakery__span(role.arn));
        ret->trust = bakery__arena_copy(&burger->arena, bakery__span(role.trust));
        return ret->arn && ret->trust ? BAKERY_OK : bakery__fail_memory(err);
}

static bakery_status read_roles(const struct burgers *burgers, bakery_client *client, struct burger *burger,
                                const bakery_credentials *session, bakery_error **err)
{
        const bakery_environment *environment = burger->account->environment;
        const struct aws_access aws = { client, session, burgers->request->region };

        burger->roles = bakery__arena_array(&burger->arena, environment->n_groups, sizeof *burger->roles);
        if (!burger->roles)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < environment->n_groups; i++) {
                struct found_role *role = &burger->roles[i];

                role->status = read_role(&aws, &environment->groups[i], burger, role, err);
                if (ends_all(role->status))
                        return role->status;
                if (role->status && role->status != BAKERY_ERR_NOT_FOUND)
                        bakery__client_log(client, BAKERY_LOG_INFO, "%s: %s", burger->account->id,
                                           bakery_error_message(*err));
        }
        return BAKERY_OK;
}

static void read_burger(void *context, size_t job, unsigned worker)
{
        struct burgers *burgers = context;
        struct burger *burger = &burgers->at[job];
        const struct burgers_request *request = burgers->request;
        bakery_client *client = burgers->clients[worker];
        const struct aws_access aws = { client, request->keys, request->region };
        AUTO_PTR(bakery_credentials) session = NULL;
        AUTO_PTR(bakery_error) reason = NULL;

        if (atomic_load(&burgers->over))
                return;
        burger->status = bakery__enter_burger(&aws, burger->account, request->deployer_role, request->session_name,
                                              &session, &reason);
        if (!burger->status)
                burger->status = read_roles(burgers, client, burger, session, &reason);
        else if (!ends_all(burger->status))
                bakery__client_log(client, BAKERY_LOG_INFO, "%s: %s", burger->account->id,
                                   bakery_error_message(reason));
        if (!ends_all(burger->status))
                return;
        burger->error = STEAL(reason);
        atomic_store(&burgers->over, true);
}

/* A client for each worker: connections are kept, and one serves one thread. */
static bakery_status read_all(struct burgers *burgers, bakery_error **err)
{
        bakery_client *clients[WORKERS_AT_MOST] = { burgers->request->client };
        unsigned workers = burgers->request->workers ? burgers->request->workers : WORKERS;
        bakery_status st = BAKERY_OK;

        workers = workers > WORKERS_AT_MOST ? WORKERS_AT_MOST : workers;
        workers = workers > burgers->count ? (unsigned)burgers->count : workers;
        burgers->clients = clients;
        for (unsigned i = 1; i < workers && !st; i++)
                st = bakery__client_worker(burgers->request->client, &clients[i], err);
        if (!st)
                bakery__workers_run(workers, burgers->count, read_burger, burgers);
        for (unsigned i = 1; i < workers; i++)
                bakery_client_free(clients[i]);
        return st;
}

/* Comparing, in the order of the file. */

static bakery_status differ(bakery_access *access, bakery_difference_kind kind, const bakery_group *group,
                            const bakery_account *account, const char *says, bakery_error **err)
{
        const struct difference difference = { .kind = kind, .role_group = group, .account = account };
        AUTO_CLEAR(buf) role = { .max = ARN_MAX_BYTES };

        bakery__buf_text(&role, "");
        if (group)
                bakery__put_role_name(&role, group, account);
        if (role.no_memory)
                return bakery__fail_memory(err);
        return bakery__access_differ(access, &difference, err, "%s%s%s (%s)%s", role.at, group ? " in " : "",
                                     account->name, account->id, says);
}

/* Groups grant roles by their ARN, in which the path stands, and names of roles are unique without it. */
static bool has_arn(const struct found_role *role, const bakery_group *group, const bakery_account *account)
{
        AUTO_CLEAR(buf) arn = { .max = ARN_MAX_BYTES };

        bakery__put_role_arn(&arn, group, account);
        return arn.no_memory || strcmp(arn.at, role->arn) == 0;
}

static bakery_status compare_role(bakery_access *access, const struct found_role *role, const bakery_group *group,
                                  const bakery_account *account, bakery_error **err)
{
        if (role->status == BAKERY_ERR_NOT_FOUND)
                return differ(access, BAKERY_DIFFERENCE_MISSING_ROLE, group, account, " does not exist", err);
        if (role->status)
                return differ(access, BAKERY_DIFFERENCE_UNREADABLE, group, account, " could not be read", err);
        if (!has_arn(role, group, account))
                return differ(access, BAKERY_DIFFERENCE_MISSING_ROLE, group, account, " has another path", err);
        return bakery__trust_compare(access, group, account, role->trust, err);
}

static bakery_status compare_burger(bakery_access *access, const struct burger *burger, bakery_error **err)
{
        const bakery_environment *environment = burger->account->environment;
        bakery_status st = BAKERY_OK;

        if (burger->status)
                return differ(access, BAKERY_DIFFERENCE_UNREADABLE, NULL, burger->account,
                              ": its roles could not be read, for want of the deployer role", err);
        for (size_t i = 0; i < environment->n_groups && !st; i++)
                st = compare_role(access, &burger->roles[i], &environment->groups[i], burger->account, err);
        return st;
}

static bool list_burgers(struct burgers *burgers, size_t n_accounts)
{
        const bakery_config *config = burgers->config;

        burgers->at = calloc(n_accounts + 1, sizeof *burgers->at);
        for (size_t i = 0; burgers->at && i < config->n_environments; i++)
                for (size_t k = 0; k < config->environments[i].n_accounts; k++)
                        burgers->at[burgers->count++].account = &config->environments[i].accounts[k];
        return burgers->at != NULL;
}

static bakery_status take_error(struct burgers *burgers, bakery_error **err)
{
        for (size_t i = 0; i < burgers->count; i++)
                if (ends_all(burgers->at[i].status))
                        return bakery__fail(err, burgers->at[i].status, "%s",
                                            bakery_error_message(burgers->at[i].error));
        return BAKERY_OK;
}

bakery_status bakery__access_read_burgers(bakery_access *access, const struct burgers_request *request,
                                          bakery_error **err)
{
        AUTO_CLEAR(burgers) burgers = { .request = request, .config = access->config };

        if (!list_burgers(&burgers, access->n_accounts))
                return bakery__fail_memory(err);
        bakery_status st = read_all(&burgers, err);
        if (!st)
                st = take_error(&burgers, err);
        for (size_t i = 0; i < burgers.count && !st; i++)
                st = compare_burger(access, &burgers.at[i], err);
        return st;
}
