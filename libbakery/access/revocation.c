#include "access/revocation.h"

#include <pthread.h>
#include <string.h>

#include "access/enter.h"
#include "access/users.h"
#include "aws/client.h"
#include "aws/iam.h"
#include "aws/iam_write.h"
#include "base/workers.h"
#include "model/names.h"

enum { WORKERS = 8, WORKERS_AT_MOST = 64, POLICY_MAX_BYTES = 4096, NAME_MAX_BYTES = 256, SESSION_NAME_MIN_BYTES = 2 };

/* An account, and what became of it. */
struct revoked {
        const bakery_account *account; /* NULL: the Bakery account */
        bakery_revocation_state state;
        size_t roles, missing, keys;
        bakery_error *error;
};

struct bakery_revocation {
        struct arena arena;
        bakery_revocation_request request;
        const char *user;
        const char *role;         /* that the burgers are entered by */
        const char *session_name; /* of those sessions */
        int64_t cut_s;            /* sessions that began before are denied */
        bool is_own;              /* the caller's own sessions are ended */
        struct revoked *places;
        size_t n_places;
        const char **uncertain;
        size_t n_uncertain;

        pthread_mutex_t lock; /* of the caller's callback, and of what follows */
        size_t finished;
        const struct revoked *first_failure;
};
DEFINE_AUTO_PTR(bakery_revocation, bakery_revocation_free)

void bakery_revocation_free(bakery_revocation *revocation)
{
        if (!revocation)
                return;
        for (size_t i = 0; i < revocation->n_places; i++)
                bakery_error_free(revocation->places[i].error);
        pthread_mutex_destroy(&revocation->lock);
        bakery__arena_clear(&revocation->arena);
        free(revocation);
}

/* One identity: the policy is put there, or taken away again. */
static bakery_status deny(const bakery_revocation *revocation, const struct aws_access *aws, enum iam_kind kind,
                          const char *of, bakery_error **err)
{
        AUTO_CLEAR(buf) name = { .max = NAME_MAX_BYTES };
        AUTO_CLEAR(buf) policy = { .max = POLICY_MAX_BYTES };

        bakery__buf_text(&name, REVOCATION_POLICY);
        if (kind == IAM_ROLE)
                bakery__buf_format(&name, "-%s", revocation->user);
        bakery_status st = bakery__buf_status(&name, "the name of the policy", err);
        if (!st)
                st = bakery__revocation_policy(kind, revocation->user, revocation->cut_s, &policy, err);
        if (st)
                return st;
        return revocation->request.undo ? bakery__iam_delete_inline_policy(aws, kind, of, name.at, err)
                                        : bakery__iam_put_inline_policy(aws, kind, of, name.at, policy.at, err);
}

/* The first error of an account stands for all of them. */
static void keep_error(struct revoked *place, bakery_error **err)
{
        if (!place->error)
                bakery__error_move(err, &place->error);
}

struct deactivating {
        const bakery_revocation *revocation;
        const struct aws_access *aws;
        struct revoked *place;
};

static bakery_status deactivate(const struct iam_entry *key, void *context, bakery_error **err)
{
        struct deactivating *in = context;

        if (bakery__str_equal(key->status, "Inactive"))
                return BAKERY_OK;
        bakery_status st = bakery__iam_set_access_key_active(in->aws, in->revocation->user, key->name, false, err);
        if (!st)
                in->place->keys++;
        return bakery__wrap(err, st, "access key %s", key->name);
}

/* The keys come first: with them, a session begins anew. */
static bakery_status work_in_bakery(const bakery_revocation *revocation, struct revoked *place,
                                    const struct aws_access *aws)
{
        const bakery_revocation_request *request = &revocation->request;
        struct deactivating in = { revocation, aws, place };
        AUTO_PTR(bakery_error) err = NULL;

        if (request->deactivate_keys && !request->undo &&
            bakery__iam_list(aws, IAM_ACCESS_KEYS, revocation->user, deactivate, &in, &err))
                keep_error(place, &err);
        bakery_status st = deny(revocation, aws, IAM_USER, revocation->user, &err);
        if (st && !(st == BAKERY_ERR_NOT_FOUND && request->undo))
                keep_error(place, &err);
        return bakery_error_status(place->error);
}

static void work_on_role(const bakery_revocation *revocation, struct revoked *place, const struct aws_access *aws,
                         const bakery_group *group)
{
        AUTO_CLEAR(buf) role = { .max = NAME_MAX_BYTES };
        AUTO_PTR(bakery_error) err = NULL;

        bakery__put_role_name(&role, group, place->account);
        bakery_status st = bakery__buf_status(&role, "the name of a role", &err);
        if (!st)
                st = deny(revocation, aws, IAM_ROLE, role.at, &err);
        if (!st) {
                place->roles++;
        } else if (st == BAKERY_ERR_NOT_FOUND) {
                place->missing++;
        } else {
                bakery__wrap(&err, st, "role %s", role.at ? role.at : "");
                if (st == BAKERY_ERR_DENIED)
                        bakery__error_hint(&err,
                                           "%s needs iam:PutRolePolicy and iam:DeleteRolePolicy on it; RevokerRole in "
                                           "the configuration makes a role that has them, --role names one",
                                           revocation->role);
                keep_error(place, &err);
        }
}

static bakery_status fail_to_enter(const bakery_account *account, const char *role, bakery_status st,
                                   bakery_error **err)
{
        bakery__wrap(err, st, "the role %s", role);
        bakery__error_hint(err, "without it, end the sessions in %s by hand: the IAM console, Roles, Revoke sessions",
                           account->id);
        return st;
}

static bakery_status work_in_burger(const bakery_revocation *revocation, struct revoked *place,
                                    const struct aws_access *bakery)
{
        const bakery_environment *environment = place->account->environment;
        AUTO_PTR(bakery_credentials) session = NULL;
        bakery_status st = bakery__enter_burger(bakery, place->account, revocation->role, revocation->session_name,
                                                &session, &place->error);

        if (st)
                return fail_to_enter(place->account, revocation->role, st, &place->error);

        const struct aws_access aws = { bakery->client, session, bakery->region };
        for (size_t i = 0; i < environment->n_groups; i++)
                work_on_role(revocation, place, &aws, &environment->groups[i]);
        return bakery_error_status(place->error);
}

static void describe(const bakery_revocation *revocation, const struct revoked *place, bakery_revocation_account *ret)
{
        *ret = (bakery_revocation_account){
                .size = sizeof *ret,
                .account = place->account,
                .state = place->state,
                .roles = place->roles,
                .missing = place->missing,
                .keys = place->keys,
                .error = place->error,
                .finished = revocation->finished,
                .total = revocation->n_places,
        };
}

static void tell(bakery_revocation *revocation, const struct revoked *place)
{
        const bakery_revocation_request *request = &revocation->request;
        bakery_revocation_account told;

        pthread_mutex_lock(&revocation->lock);
        revocation->finished++;
        if (place->state == BAKERY_REVOCATION_FAILED && !revocation->first_failure)
                revocation->first_failure = place;
        describe(revocation, place, &told);
        if (request->on_account)
                request->on_account(&told, request->context);
        pthread_mutex_unlock(&revocation->lock);
}

/* What the workers share: a client for each, the caller's first. */
struct crew {
        bakery_revocation *revocation;
        bakery_client **clients;
        size_t first; /* of the places that they work on */
        const char *region;
};

static void work(void *context, size_t job, unsigned worker)
{
        const struct crew *crew = context;
        bakery_revocation *revocation = crew->revocation;
        struct revoked *place = &revocation->places[crew->first + job];
        const struct aws_access aws = { crew->clients[worker], revocation->request.keys, crew->region };
        bakery_status st = BAKERY_OK;

        if (bakery__client_is_cancelled(aws.client))
                place->state = BAKERY_REVOCATION_SKIPPED;
        else
                st = place->account ? work_in_burger(revocation, place, &aws) : work_in_bakery(revocation, place, &aws);
        if (place->state == BAKERY_REVOCATION_WAITING)
                place->state = st ? BAKERY_REVOCATION_FAILED : BAKERY_REVOCATION_DONE;
        tell(revocation, place);
}

static void work_on(struct crew *crew, unsigned workers, size_t first, size_t count)
{
        crew->first = first;
        bakery__workers_run(workers, count, work, crew);
}

/*
 * The Bakery account alone first: while its sessions live, they begin others in the burgers. But one's own last: with
 * that session the others are ended.
 */
static void work_everywhere(struct crew *crew, unsigned workers)
{
        const bakery_revocation *revocation = crew->revocation;
        const size_t bakery = revocation->request.user_is_gone ? 0 : 1, burgers = revocation->n_places - bakery;

        if (!revocation->is_own)
                work_on(crew, 1, 0, bakery);
        work_on(crew, workers, bakery, burgers);
        if (revocation->is_own)
                work_on(crew, 1, 0, bakery);
}

static bakery_status run(bakery_client *client, bakery_revocation *revocation, bakery_error **err)
{
        const bakery_revocation_request *request = &revocation->request;
        unsigned workers = request->workers ? request->workers : WORKERS;
        bakery_client *clients[WORKERS_AT_MOST] = { client };
        struct crew crew = { .revocation = revocation, .clients = clients };
        bakery_status st = BAKERY_OK;

        crew.region = request->region ? request->region : bakery_config_region(request->config);
        if (workers > WORKERS_AT_MOST)
                workers = WORKERS_AT_MOST;
        for (unsigned i = 1; i < workers && !st; i++)
                st = bakery__client_worker(client, &clients[i], err);
        if (!st)
                work_everywhere(&crew, workers);
        for (unsigned i = 1; i < workers; i++)
                bakery_client_free(clients[i]);
        return st;
}

/* The one whose only task it is, when there is one. */
static const char *role_of(const bakery_revocation_request *request)
{
        const char *revoker = bakery_config_revoker_role(request->config);

        if (request->deployer_role)
                return request->deployer_role;
        return revoker ? revoker : bakery_config_deployer_role(request->config);
}

/* The caller's own, which the revoker's trust asks people for and CloudTrail shows; IAM takes names of one letter, and
 * STS does not. */
static const char *session_name_of(bakery_revocation *revocation, const struct caller *caller)
{
        if (!caller->is_user || strlen(caller->name) < SESSION_NAME_MIN_BYTES)
                return "bakery-revoke";
        return bakery__arena_copy(&revocation->arena, bakery__span(caller->name));
}

static bakery_status check_request(const bakery_revocation_request *request, bakery_error **err)
{
        if (request->size < sizeof *request || !request->config || !request->keys)
                return bakery__fail(
                        err, BAKERY_ERR_ARGUMENT,
                        "bakery_revocation_request of %zu bytes, or without configuration or keys, is none: "
                        "begin with BAKERY_REVOCATION_REQUEST_INIT",
                        request->size);
        bakery_status st = bakery__user_name_check(request->user, err);
        if (st || role_of(request))
                return st;
        bakery__fail(err, BAKERY_ERR_ARGUMENT,
                     "sessions in burgers are ended through a role in them, and none is named");
        bakery__error_hint(err, "set DeployerRole and RevokerRole in %s, or name a role with --role",
                           bakery_config_name(request->config));
        return BAKERY_ERR_ARGUMENT;
}

/* A misspelt name would end nobody's sessions, and look as if it had. */
static bakery_status find_user(bakery_revocation *revocation, const struct aws_access *aws, bakery_error **err)
{
        const bakery_revocation_request *request = &revocation->request;
        const bakery_config *config = request->config;
        struct nearest nearest = bakery__nearest(request->user);
        struct iam_entity user;

        revocation->user = request->user;
        if (request->user_is_gone)
                return BAKERY_OK;
        bakery_status st = bakery__iam_get_user(aws, request->user, &revocation->arena, &user, err);
        if (!st)
                revocation->user = user.name;
        if (st != BAKERY_ERR_NOT_FOUND)
                return st;
        for (size_t i = 0; i < config->n_users; i++)
                bakery__nearest_offer(&nearest, config->users[i].name.text);
        bakery__fail(err, st, "there is no user %s in %s", request->user, bakery_config_bakery_account_id(config));
        if (nearest.name && strcmp(nearest.name, request->user) != 0)
                bakery__error_hint(err, "did you mean %s?", nearest.name);
        else
                bakery__error_hint(err, "--gone ends the sessions of a user who was deleted");
        return st;
}

static bakery_status choose(bakery_revocation *revocation, bakery_error **err)
{
        const bakery_config *config = revocation->request.config;
        size_t accounts = 0, groups = 0;

        for (size_t i = 0; i < config->n_environments; i++) {
                accounts += config->environments[i].n_accounts;
                groups += config->environments[i].n_groups;
        }
        revocation->places = bakery__arena_array(&revocation->arena, accounts + 1, sizeof *revocation->places);
        revocation->uncertain = bakery__arena_array(&revocation->arena, groups + 1, sizeof *revocation->uncertain);
        if (!revocation->places || !revocation->uncertain)
                return bakery__fail_memory(err);
        revocation->n_places = revocation->request.user_is_gone ? 0 : 1;
        for (size_t i = 0; i < config->n_environments; i++) {
                const bakery_environment *environment = &config->environments[i];

                for (size_t k = 0; k < environment->n_accounts; k++)
                        revocation->places[revocation->n_places++].account = &environment->accounts[k];
                for (size_t k = 0; k < environment->n_groups; k++)
                        if (!bakery_group_requires_session_name(&environment->groups[k]))
                                revocation->uncertain[revocation->n_uncertain++] =
                                        bakery_group_name(&environment->groups[k]);
        }
        return BAKERY_OK;
}

static bakery_status prepare(bakery_client *client, bakery_revocation *revocation, bakery_error **err)
{
        const bakery_revocation_request *request = &revocation->request;
        const struct aws_access aws = { client, request->keys, request->region };
        AUTO_CLEAR(caller) caller = { 0 };
        bakery_status st = bakery__enter_bakery(&aws, bakery_config_bakery_account_id(request->config), &caller, err);

        if (!st)
                st = find_user(revocation, &aws, err);
        if (!st)
                st = choose(revocation, err);
        if (st)
                return st;
        revocation->is_own = caller.is_user && bakery__str_equal_nocase(caller.name, request->user);
        revocation->role = role_of(request);
        revocation->session_name = session_name_of(revocation, &caller);
        if (!revocation->session_name)
                return bakery__fail_memory(err);
        /* A session that began in this second is to be denied too; and AWS's clock goes before a slow one of ours. */
        revocation->cut_s = bakery__client_latest_now_s(client) + 1;
        return BAKERY_OK;
}

static bakery_status outcome_of(const bakery_revocation *revocation, bakery_client *client, bakery_error **err)
{
        const size_t failed = bakery_revocation_count_of(revocation, BAKERY_REVOCATION_FAILED);

        if (bakery__client_is_cancelled(client))
                return bakery__fail(err, BAKERY_ERR_CANCELLED, "interrupted: %zu of %zu accounts were not begun",
                                    bakery_revocation_count_of(revocation, BAKERY_REVOCATION_SKIPPED),
                                    revocation->n_places);
        if (failed == 0)
                return BAKERY_OK;
        bakery__fail(err, bakery_error_status(revocation->first_failure->error),
                     "in %zu of %zu accounts sessions of %s may go on", failed, revocation->n_places, revocation->user);
        bakery__error_hint(err, "run it again: what is done is done, and again does no harm");
        return bakery_error_status(revocation->first_failure->error);
}

bakery_status bakery_revocation_run(bakery_client *client, const bakery_revocation_request *request,
                                    bakery_revocation **ret_revocation, bakery_error **err)
{
        AUTO_PTR(bakery_revocation) revocation = NULL;

        bakery__error_clear(err);
        bakery_status st = check_request(request, err);
        if (st)
                return st;
        revocation = calloc(1, sizeof *revocation);
        if (!revocation)
                return bakery__fail_memory(err);
        pthread_mutex_init(&revocation->lock, NULL); /* without attributes it cannot fail */
        revocation->request = *request;
        st = prepare(client, revocation, err);
        if (!st)
                st = run(client, revocation, err);
        if (st)
                return st;
        st = outcome_of(revocation, client, err);
        *ret_revocation = STEAL(revocation);
        return st;
}

size_t bakery_revocation_count(const bakery_revocation *revocation)
{
        return revocation->n_places;
}

void bakery_revocation_at(const bakery_revocation *revocation, size_t i, bakery_revocation_account *ret_account)
{
        describe(revocation, &revocation->places[i], ret_account);
}

size_t bakery_revocation_count_of(const bakery_revocation *revocation, bakery_revocation_state state)
{
        size_t count = 0;

        for (size_t i = 0; i < revocation->n_places; i++)
                count += revocation->places[i].state == state;
        return count;
}

const char *bakery_revocation_user(const bakery_revocation *revocation)
{
        return revocation->user;
}

size_t bakery_revocation_uncertain_count(const bakery_revocation *revocation)
{
        return revocation->n_uncertain;
}

const char *bakery_revocation_uncertain(const bakery_revocation *revocation, size_t i)
{
        return revocation->uncertain[i];
}
