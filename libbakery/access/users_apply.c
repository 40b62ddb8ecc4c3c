/* Carrying out a plan of users, and one-time passwords. */
#include <string.h>

#include "access/users.h"
#include "aws/client.h"
#include "aws/iam_write.h"

/* IAM needs seconds until all of it knows a new user. */
enum { TRIES = 20, WAIT_MS = 1000 };

struct applying {
        const struct aws_access *aws;
        bakery_users_plan *plan;
        const bakery_users_apply *how;
        struct map made; /* users of this plan, which IAM may not know everywhere yet: struct users_change */
        size_t failed, skipped;
        const struct users_change *first_failure;
};

static void clear_applying(struct applying *in)
{
        bakery__map_clear(&in->made);
}
DEFINE_AUTO_CLEAR(applying, clear_applying)

/* A password, and for whom. */
struct giving {
        const char *user;
        const struct secret *password;
};

typedef bakery_status attempt(const struct aws_access *aws, const void *what, bakery_error **err);

/* For one that was made just now, NoSuchEntity means "not yet". */
static bakery_status be_patient(const struct aws_access *aws, attempt *once, const void *what, bakery_error **err)
{
        const unsigned cap_ms = bakery__client_options(aws->client)->retry_cap_ms;
        bakery_status st = once(aws, what, err);

        for (unsigned tried = 1; st == BAKERY_ERR_NOT_FOUND && tried < TRIES; tried++) {
                if (bakery__client_wait(aws->client, WAIT_MS < cap_ms ? WAIT_MS : cap_ms, err))
                        return BAKERY_ERR_CANCELLED;
                st = once(aws, what, err);
        }
        return st;
}

static bakery_status try_password(const struct aws_access *aws, const void *what, bakery_error **err)
{
        const struct giving *giving = what;

        return bakery__iam_create_login_profile(aws, giving->user, giving->password, true, err);
}

static bakery_status try_join(const struct aws_access *aws, const void *what, bakery_error **err)
{
        const struct users_change *change = what;

        return bakery__iam_add_user_to_group(aws, change->user, change->group, err);
}

/* Somebody was faster, or it was our own first try, whose answer was lost. */
static bool exists_already(bakery_error *const *err)
{
        return bakery__aws_has_code(*err, "EntityAlreadyExists");
}

static bakery_status fail_password(const char *user, bakery_status st, bakery_error **err)
{
        bakery__wrap(err, st, "%s was made, but has no password that is known", user);
        bakery__error_hint(err, "bakery-cli users password %s gives a new one", user);
        return st;
}

/*
 * The password of a user whom we made is ours too, when there is one already: the answer to our first try was lost.
 * Of one who came into being meanwhile it is somebody else's.
 */
static bakery_status give_password(const struct applying *in, const char *user, bool ours, bakery_error **err)
{
        AUTO_CLEAR(secret) password = { 0 };
        const struct giving giving = { user, &password };
        bakery_status st = bakery__password_make(&password, err);

        if (!st)
                st = be_patient(in->aws, try_password, &giving, err);
        if (st && ours && exists_already(err))
                bakery__error_clear(err);
        else if (st)
                return fail_password(user, st, err);
        in->how->on_password(user, bakery__secret_reveal(&password), in->how->context);
        return BAKERY_OK;
}

static bakery_status create(struct applying *in, struct users_change *change)
{
        const struct iam_new_user user = { .name = change->user };
        bakery_status st = bakery__iam_create_user(in->aws, &user, &change->error);
        const bool ours = st == BAKERY_OK;

        if (st && !exists_already(&change->error))
                return st;
        bakery__error_clear(&change->error);
        in->made.fold_case = true;
        if (bakery__map_add(&in->made, bakery__span(change->user), change, NULL) == MAP_NO_MEMORY)
                return bakery__fail_memory(&change->error);
        return in->how->no_passwords ? BAKERY_OK : give_password(in, change->user, ours, &change->error);
}

static bakery_status join(struct applying *in, struct users_change *change)
{
        const bool is_new = bakery__map_get(&in->made, bakery__span(change->user)) != NULL;

        if (is_new && !change->no_group)
                return be_patient(in->aws, try_join, change, &change->error);
        return try_join(in->aws, change, &change->error);
}

/* Whoever is not there any more is in no group. */
static bakery_status leave(struct applying *in, struct users_change *change)
{
        bakery_status st = bakery__iam_remove_user_from_group(in->aws, change->user, change->group, &change->error);

        if (st != BAKERY_ERR_NOT_FOUND)
                return st;
        bakery__error_clear(&change->error);
        return BAKERY_OK;
}

/* Who could not be made joins nothing. That a password is missing keeps nobody from joining. */
static bool lacks_user(const struct applying *in, const struct users_change *change)
{
        for (size_t i = 0; i < in->plan->n_changes && change->action == BAKERY_USERS_ADD; i++) {
                const struct users_change *other = &in->plan->changes[i];

                if (other->action == BAKERY_USERS_CREATE && strcmp(other->user, change->user) == 0)
                        return other->state != BAKERY_USERS_DONE &&
                               !bakery__map_get(&in->made, bakery__span(change->user));
        }
        return false;
}

static void tell(const struct applying *in, size_t i)
{
        bakery_users_change told;

        if (!in->how->on_change)
                return;
        bakery_users_plan_at(in->plan, i, &told);
        in->how->on_change(&told, in->how->context);
}

static void carry_out(struct applying *in, struct users_change *change)
{
        static bakery_status (*const actions[])(struct applying *, struct users_change *) = {
                [BAKERY_USERS_REMOVE] = leave,
                [BAKERY_USERS_CREATE] = create,
                [BAKERY_USERS_ADD] = join,
        };

        if (bakery__client_is_cancelled(in->aws->client) || lacks_user(in, change)) {
                change->state = BAKERY_USERS_SKIPPED;
                in->skipped++;
        } else if (actions[change->action](in, change) == BAKERY_OK) {
                change->state = BAKERY_USERS_DONE;
        } else {
                change->state = BAKERY_USERS_FAILED;
                in->failed++;
                if (!in->first_failure)
                        in->first_failure = change;
        }
}

static bakery_status fail_some(const struct applying *in, bakery_error **err)
{
        const bakery_status st = bakery_error_status(in->first_failure->error);
        const size_t all = in->plan->n_changes;

        if (in->skipped > 0)
                bakery__fail(err, st, "%zu of %zu changes failed, and %zu were not begun", in->failed, all,
                             in->skipped);
        else
                bakery__fail(err, st, "%zu of %zu changes failed", in->failed, all);
        bakery__error_hint(err, "bakery-cli users apply takes up what is left");
        return st;
}

static bakery_status check_how(const bakery_users_plan *plan, const bakery_users_apply *how, bakery_error **err)
{
        if (how->size < sizeof *how)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_users_apply of %zu bytes is none: begin with BAKERY_USERS_APPLY_INIT",
                                    how->size);
        if (how->no_passwords || how->on_password || bakery_users_plan_new_user_count(plan) == 0)
                return BAKERY_OK;
        return bakery__fail(err, BAKERY_ERR_ARGUMENT, "there are new users, and nobody to tell their passwords to");
}

bakery_status bakery_users_plan_apply(bakery_client *client, const bakery_credentials *keys, bakery_users_plan *plan,
                                      const bakery_users_apply *how, bakery_error **err)
{
        const struct aws_access aws = { .client = client, .keys = keys };
        AUTO_CLEAR(applying) in = { .aws = &aws, .plan = plan, .how = how };

        bakery__error_clear(err);
        bakery_status st = check_how(plan, how, err);
        if (!st)
                st = bakery__enter_bakery(&aws, plan->account_id, NULL, err);
        if (st)
                return st;
        for (size_t i = 0; i < plan->n_changes; i++) {
                if (plan->changes[i].state != BAKERY_USERS_WAITING)
                        continue;
                carry_out(&in, &plan->changes[i]);
                tell(&in, i);
        }
        if (bakery__client_is_cancelled(client))
                return bakery__fail(err, BAKERY_ERR_CANCELLED, "interrupted: %zu of %zu changes were not begun",
                                    in.skipped, plan->n_changes);
        return in.failed > 0 ? fail_some(&in, err) : BAKERY_OK;
}

/* Of a user who has one it takes another call. */
static bakery_status put_password(const struct aws_access *aws, const char *user, const struct secret *password,
                                  bakery_error **err)
{
        AUTO_PTR(bakery_error) reason = NULL;
        bakery_status st = bakery__iam_create_login_profile(aws, user, password, true, &reason);

        if (st && exists_already(&reason))
                return bakery__iam_update_login_profile(aws, user, password, true, err);
        if (st)
                bakery__error_move(&reason, err);
        return st;
}

bakery_status bakery_users_set_password(bakery_client *client, const bakery_credentials *keys,
                                        const bakery_config *config, const char *user,
                                        bakery_password_function *on_password, void *context, bakery_error **err)
{
        const struct aws_access aws = { .client = client, .keys = keys };
        AUTO_CLEAR(secret) password = { 0 };

        bakery__error_clear(err);
        bakery_status st = bakery__user_name_check(user, err);
        if (!st)
                st = bakery__enter_bakery(&aws, bakery_config_bakery_account_id(config), NULL, err);
        if (!st)
                st = bakery__password_make(&password, err);
        if (!st)
                st = put_password(&aws, user, &password, err);
        if (!st)
                on_password(user, bakery__secret_reveal(&password), context);
        return st;
}
