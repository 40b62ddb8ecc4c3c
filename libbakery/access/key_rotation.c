/*
 * Rotating one's own access key. At every moment there is a key that works where one stood before: the old one is
 * neither touched nor replaced before the new one is known to STS, and deactivated after that one is stored.
 */
#include <bakery/key_rotation.h>

#include <string.h>

#include <bakery/sts.h>

#include "aws/client.h"
#include "aws/iam.h"
#include "aws/iam_write.h"
#include "credentials/identity.h"
#include "credentials/stored_keys.h"

/* A new key needs seconds until STS and IAM know it. */
enum { TRIES = 30, WAIT_MS = 2000, KEYS_AT_MOST = 2 };

/* A key of the user, as IAM lists it. */
struct listed_key {
        const char *id;
        bool active;
        int64_t since_s;
};

struct key_list {
        struct arena *arena;
        struct listed_key at[KEYS_AT_MOST];
        size_t count;
};

struct rotating {
        bakery_client *client;
        const bakery_rotation *rotation;
        struct arena arena;
        bakery_credentials *old;  /* what is rotated */
        bakery_credentials *keys; /* what IAM is asked with: the same, or an MFA session of them */
        bakery_credentials *fresh;
        struct caller caller;
        struct key_list list;           /* before anything is done */
        const struct listed_key *own;   /* the one that is rotated */
        const struct listed_key *other; /* NULL: there is none */
};

static void clear_rotating(struct rotating *in)
{
        bakery_credentials_free(in->old);
        bakery_credentials_free(in->keys);
        bakery_credentials_free(in->fresh);
        bakery__caller_clear(&in->caller);
        bakery__arena_clear(&in->arena);
}
DEFINE_AUTO_CLEAR(rotating, clear_rotating)

static struct aws_access access_with(const struct rotating *in, const bakery_credentials *keys)
{
        return (struct aws_access){ in->client, keys, in->rotation->session.region };
}

static void tell(const struct rotating *in, bakery_rotation_step step, const char *id, const char *path)
{
        if (in->rotation->on_step)
                in->rotation->on_step(step, id, path, in->rotation->context);
}

/* Whose key. */

static bakery_status fail_not_own(const struct rotating *in, const char *what, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_REFUSED, "these keys (%s) are %s: only a user's own access key is rotated",
                     bakery_credentials_source(in->old), what);
        bakery__error_hint(err, "bakery-cli whoami says whose keys are in use; --profile names others");
        return BAKERY_ERR_REFUSED;
}

static bakery_status resolve(struct rotating *in, bakery_error **err)
{
        const struct aws_access aws = access_with(in, NULL);
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        bakery_status st = bakery_chain_resolve(in->client, &in->rotation->session.chain, &in->old, err);

        if (!st && bakery_credentials_session_token(in->old))
                return fail_not_own(in, "those of a session", err);
        if (!st)
                st = bakery_session_resolve(in->client, &in->rotation->session, &in->keys, err);
        if (!st)
                st = bakery_sts_get_caller_identity(in->client, in->keys, aws.region, &identity, err);
        if (!st)
                st = bakery__caller_parse(identity.arn, &in->caller, err);
        bakery_identity_clear(&identity);
        return st || in->caller.is_user ? st : fail_not_own(in, "the root user's", err);
}

static bakery_status add_key(const struct iam_entry *entry, void *context, bakery_error **err)
{
        struct key_list *list = context;
        const char *id = bakery__arena_copy(list->arena, bakery__span(entry->name));

        if (!id)
                return bakery__fail_memory(err);
        if (list->count == KEYS_AT_MOST)
                return bakery__fail(err, BAKERY_ERR_LIMIT, "IAM lists more than %d access keys", KEYS_AT_MOST);
        list->at[list->count++] = (struct listed_key){ id, bakery__str_equal(entry->status, "Active"), entry->since_s };
        return BAKERY_OK;
}

static bakery_status list_keys(struct rotating *in, struct key_list *ret, bakery_error **err)
{
        const struct aws_access aws = access_with(in, in->keys);

        *ret = (struct key_list){ .arena = &in->arena };
        return bakery__iam_list(&aws, IAM_ACCESS_KEYS, in->caller.name, add_key, ret, err);
}

static bool has_key(const struct key_list *list, const char *id)
{
        for (size_t i = 0; i < list->count; i++)
                if (strcmp(list->at[i].id, id) == 0)
                        return true;
        return false;
}

static bakery_status look(struct rotating *in, bakery_error **err)
{
        bakery_status st = list_keys(in, &in->list, err);

        for (size_t i = 0; i < in->list.count && !st; i++) {
                const struct listed_key *key = &in->list.at[i];

                if (strcmp(key->id, bakery_credentials_access_key_id(in->old)) == 0)
                        in->own = key;
                else
                        in->other = key;
        }
        if (st || in->own)
                return st;
        return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "IAM does not list access key %s among those of %s",
                            bakery_credentials_access_key_id(in->old), in->caller.name);
}

/* The other key. */

static bakery_status delete_key(const struct rotating *in, const char *id, bakery_error **err)
{
        const struct aws_access aws = access_with(in, in->keys);
        bakery_status st = bakery__iam_delete_access_key(&aws, in->caller.name, id, err);

        if (st == BAKERY_ERR_NOT_FOUND) { /* our own first try, whose answer was lost */
                bakery__error_clear(err);
                return BAKERY_OK;
        }
        return st;
}

static bool is_left_over(const struct rotating *in)
{
        return !in->other->active && in->other->since_s <= in->own->since_s;
}

static bakery_status fail_two_keys(const struct rotating *in, bakery_error **err)
{
        const char *id = in->other->id;
        const bool older = in->other->since_s <= in->own->since_s;

        bakery__fail(err, BAKERY_ERR_REFUSED,
                     "%s has two access keys, which is all that IAM allows: beside this one %s, %s and %s",
                     in->caller.name, id, in->other->active ? "active" : "inactive", older ? "older" : "newer");
        if (older)
                bakery__error_hint(err, "when nothing uses %s any more: bakery-cli users rotate-key --delete-old", id);
        else
                bakery__error_hint(err, "when nothing uses %s: aws iam delete-access-key --access-key-id %s", id, id);
        return BAKERY_ERR_REFUSED;
}

static bakery_status delete_left_over(const struct rotating *in, bakery_error **err)
{
        bakery_status st = delete_key(in, in->other->id, err);

        if (!st)
                tell(in, BAKERY_ROTATION_DELETED, in->other->id, NULL);
        return st;
}

static bakery_status make_room(const struct rotating *in, bakery_error **err)
{
        if (!in->other)
                return BAKERY_OK;
        return is_left_over(in) ? delete_left_over(in, err) : fail_two_keys(in, err);
}

/* With the key that stays: a call that it makes shows that it works. */
static bakery_status end_old(const struct rotating *in, bakery_error **err)
{
        const struct aws_access aws = access_with(in, in->keys);

        if (!in->other)
                return bakery__fail(err, BAKERY_ERR_NOT_FOUND, "%s has one access key, which is in use",
                                    in->caller.name);
        if (in->other->since_s > in->own->since_s)
                return fail_two_keys(in, err);
        if (!in->other->active)
                return delete_left_over(in, err);
        bakery_status st = bakery__iam_set_access_key_active(&aws, in->caller.name, in->other->id, false, err);
        if (!st)
                tell(in, BAKERY_ROTATION_DEACTIVATED, in->other->id, NULL);
        return st;
}

/* The new key. */

static bakery_status check_store(const struct rotating *in, bakery_error **err)
{
        const char *out = in->rotation->out_path;
        size_t count = 0;

        if (out)
                return bakery__stored_keys_write(out, NULL, err);
        bakery_status st = bakery__stored_keys_find(in->client, in->old, &count, err);
        if (st || count > 0)
                return st;
        bakery__fail(err, BAKERY_ERR_ARGUMENT,
                     "these keys (%s) stand in no profile file, so there is no place for new ones",
                     bakery_credentials_source(in->old));
        bakery__error_hint(err, "--to FILE names one");
        return BAKERY_ERR_ARGUMENT;
}

/* What could not be tidied, as a last word: two sentences in one error. */
static bakery_status fail_untidy(const struct rotating *in, const char *id, bakery_status st, bakery_error **err)
{
        bakery__wrap(err, st, "the old access key works on; a second one, %s, is there and could not be deleted", id);
        bakery__error_hint(err, "aws iam delete-access-key --user-name %s --access-key-id %s", in->caller.name, id);
        return st;
}

/* Deletes a key that is stored nowhere; *err holds why it is not wanted. */
static bakery_status take_back(const struct rotating *in, const char *id, bakery_status st, bakery_error **err)
{
        if (delete_key(in, id, NULL))
                return fail_untidy(in, id, st, err);
        return bakery__wrap(err, st, "nothing is changed: the old access key works on");
}

/* The answer to CreateAccessKey may be lost, and with it the secret of a key that nobody can use. */
static bakery_status take_back_unseen(struct rotating *in, bakery_status st, bakery_error **err)
{
        struct key_list now;

        if (list_keys(in, &now, NULL)) {
                bakery__wrap(err, st, "the old access key works on; a second one may be there");
                bakery__error_hint(err, "aws iam list-access-keys --user-name %s", in->caller.name);
                return st;
        }
        for (size_t i = 0; i < now.count; i++)
                if (!has_key(&in->list, now.at[i].id))
                        return take_back(in, now.at[i].id, st, err);
        return bakery__wrap(err, st, "nothing is changed: the old access key works on");
}

static bakery_status create(struct rotating *in, bakery_error **err)
{
        const struct aws_access aws = access_with(in, in->keys);
        bakery_status st = bakery__iam_create_access_key(&aws, in->caller.name, &in->fresh, err);

        if (st)
                return take_back_unseen(in, st, err);
        tell(in, BAKERY_ROTATION_CREATED, bakery_credentials_access_key_id(in->fresh), NULL);
        return BAKERY_OK;
}

/* What a key meets that is too new. */
static bool is_unknown_yet(bakery_status st)
{
        return st == BAKERY_ERR_CREDENTIALS || st == BAKERY_ERR_DENIED;
}

typedef bakery_status with_fresh(const struct rotating *in, bakery_error **err);

static bakery_status be_patient(const struct rotating *in, with_fresh *once, bakery_error **err)
{
        const unsigned cap_ms = bakery__client_options(in->client)->retry_cap_ms;
        bakery_status st = once(in, err);

        for (unsigned tried = 1; is_unknown_yet(st) && tried < TRIES; tried++) {
                if (bakery__client_wait(in->client, WAIT_MS < cap_ms ? WAIT_MS : cap_ms, err))
                        return BAKERY_ERR_CANCELLED;
                st = once(in, err);
        }
        return st;
}

static bakery_status identify_fresh(const struct rotating *in, bakery_error **err)
{
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        bakery_status st =
                bakery_sts_get_caller_identity(in->client, in->fresh, in->rotation->session.region, &identity, err);

        if (!st && strcmp(identity.arn, in->caller.arn) != 0)
                st = bakery__fail(err, BAKERY_ERR_NETWORK, "the new access key is said to be of %s", identity.arn);
        bakery_identity_clear(&identity);
        return st;
}

static bakery_status verify(const struct rotating *in, bakery_error **err)
{
        const char *id = bakery_credentials_access_key_id(in->fresh);
        bakery_status st = be_patient(in, identify_fresh, err);

        if (st)
                return take_back(in, id, st, err);
        tell(in, BAKERY_ROTATION_VERIFIED, id, NULL);
        return BAKERY_OK;
}

static bakery_status fail_half_stored(const struct rotating *in, bakery_status st, bakery_error **err)
{
        bakery__wrap(err, st, "both access keys work, and the new one, %s, is in one of the profile files",
                     bakery_credentials_access_key_id(in->fresh));
        bakery__error_hint(err, "put it into the other file too, then bakery-cli users rotate-key --delete-old");
        return st;
}

static bakery_status store(const struct rotating *in, char **ret_path, bakery_error **err)
{
        const char *out = in->rotation->out_path, *id = bakery_credentials_access_key_id(in->fresh);
        bool stored = false;
        bakery_status st;

        if (out) {
                st = bakery__stored_keys_write(out, in->fresh, err);
                *ret_path = st ? NULL : strdup(out);
        } else {
                st = bakery__stored_keys_replace(in->client, in->old, in->fresh, ret_path, &stored, err);
        }
        if (st)
                return stored ? fail_half_stored(in, st, err) : take_back(in, id, st, err);
        tell(in, BAKERY_ROTATION_STORED, id, out ? out : *ret_path);
        return BAKERY_OK;
}

/* With the new key, unless IAM wants MFA, which it cannot show. */
static bakery_status deactivate_old(const struct rotating *in, bakery_error **err)
{
        const bool in_session = bakery_credentials_session_token(in->keys) != NULL;
        const struct aws_access aws = access_with(in, in_session ? in->keys : in->fresh);

        return bakery__iam_set_access_key_active(&aws, in->caller.name, in->own->id, false, err);
}

static bakery_status finish(const struct rotating *in, bakery_error **err)
{
        bakery_status st = be_patient(in, deactivate_old, err);

        if (st) {
                bakery__wrap(err, st, "the new access key is in its place, and the old one, %s, is still active",
                             in->own->id);
                bakery__error_hint(err, "bakery-cli users rotate-key --delete-old");
                return st;
        }
        tell(in, BAKERY_ROTATION_DEACTIVATED, in->own->id, NULL);
        if (bakery__str_equal(bakery__client_getenv(in->client, "AWS_ACCESS_KEY_ID"), in->own->id))
                bakery__client_log(in->client, BAKERY_LOG_WARNING,
                                   "AWS_ACCESS_KEY_ID of this environment is the old access key");
        return BAKERY_OK;
}

static bakery_status rotate(struct rotating *in, bakery_error **err)
{
        AUTO_FREE char *path = NULL;
        bakery_status st = check_store(in, err);

        if (!st)
                st = make_room(in, err);
        if (!st)
                st = create(in, err);
        if (!st)
                st = verify(in, err);
        if (!st)
                st = store(in, &path, err);
        return st ? st : finish(in, err);
}

bakery_status bakery_rotation_run(bakery_client *client, const bakery_rotation *rotation, bakery_error **err)
{
        AUTO_CLEAR(rotating) in = { .client = client, .rotation = rotation };

        bakery__error_clear(err);
        if (rotation->size < sizeof *rotation)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_rotation of %zu bytes is none: begin with BAKERY_ROTATION_INIT",
                                    rotation->size);
        bakery_status st = resolve(&in, err);
        if (!st)
                st = look(&in, err);
        if (st)
                return st;
        return rotation->end_old ? end_old(&in, err) : rotate(&in, err);
}
