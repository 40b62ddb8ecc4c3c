/* A look, a lock, a second look, and only then the question: so that of many processes one asks. */
#include <unistd.h>

#include "credentials/cache.h"
#include "credentials/command.h"

enum { MARGIN_S = 300 };

enum state { GONE, LIVES, FRESH };

static int64_t margin_of(int64_t lifetime_s)
{
        return lifetime_s > 0 && lifetime_s / 4 < MARGIN_S ? lifetime_s / 4 : MARGIN_S;
}

static enum state worse(enum state a, enum state b)
{
        return a < b ? a : b;
}

static enum state state_by(int64_t left_s, int64_t lifetime_s)
{
        return left_s > margin_of(lifetime_s) ? FRESH : left_s > 0 ? LIVES : GONE;
}

/* The servers' clock. As long as they have not told us, it is as far from ours as when the entry came. */
static int64_t now_of(bakery_client *client, const struct cache_entry *entry)
{
        bool corrected = bakery__client_clock_offset_s(client) != 0;

        return bakery__client_now_s(client) + (corrected ? 0 : entry->slow_s);
}

static enum state state_of(const struct cache_entry *entry, unsigned max_age_s, int64_t now_s)
{
        int64_t expiration_s = entry->keys ? bakery_credentials_expiration_s(entry->keys) : 0;
        int64_t lifetime_s = expiration_s - entry->issued_s;
        enum state state = state_by(expiration_s - now_s, lifetime_s);

        if (entry->issued_s > now_s + margin_of(lifetime_s)) /* a clock was set back: what is left is not known */
                state = worse(state, LIVES);
        if (max_age_s == 0)
                return state;
        if (entry->issued_s > now_s) /* nor is its age */
                return GONE;
        return worse(state, state_by(entry->issued_s + max_age_s - now_s, max_age_s));
}

/* Looks; what lives goes into *entry, in place of what was there. */
static enum state look(const struct cache_ask *ask, struct cache_entry *entry)
{
        AUTO_CLEAR(cache_entry) found = { 0 };

        if (!bakery__cache_get(ask->cache, ask->key, &found))
                return GONE;

        enum state state = state_of(&found, ask->max_age_s, now_of(ask->cache->client, &found));
        if (state == GONE)
                return GONE;
        bakery__cache_entry_clear(entry);
        *entry = found;
        found = (struct cache_entry){ 0 };
        return state;
}

static void close_fd(const int *fd)
{
        if (*fd >= 0)
                close(*fd);
}

/* One process that waits for its turn. */
struct waiting {
        const struct cache_ask *ask;
        struct cache_entry *entry;
        enum state *state;
};

static enum lock_result try_lock(void *context, int *ret_fd)
{
        const struct waiting *waiting = context;

        return bakery__cache_try_lock(waiting->ask->cache, waiting->ask->key, ret_fd);
}

static bool is_done(void *context)
{
        const struct waiting *waiting = context;

        *waiting->state = look(waiting->ask, waiting->entry);
        return *waiting->state == FRESH;
}

/* Waits for the lock, or until another process has put there what is wanted. *ret_fd is -1 without a lock. */
static bakery_status wait_for_lock(const struct cache_ask *ask, struct cache_entry *entry, int *ret_fd,
                                   enum state *ret_state, bakery_error **err)
{
        struct waiting waiting = { ask, entry, ret_state };
        const struct lock_wait wait = {
                .client = ask->cache->client,
                .what = ask->what,
                .try_lock = try_lock,
                .is_done = ask->refresh ? NULL : is_done,
                .context = &waiting,
                /* A process of ours that runs us as a credential_process may be the holder, and waits for us. */
                .impatient = bakery__client_getenv(ask->cache->client, COMMAND_MARK) != NULL,
        };
        bakery_status st = bakery__lock_wait(&wait, ret_fd, err);

        if (!st && !ask->refresh && *ret_state != FRESH) /* what came while we waited */
                *ret_state = look(ask, entry);
        return st;
}

static void keep(const struct cache_ask *ask, bakery_credentials *keys)
{
        bakery_client *client = ask->cache->client;
        int64_t offset_s = bakery__client_clock_offset_s(client);
        struct cache_entry entry = {
                .issued_s = bakery__client_now_s(client),
                .slow_s = offset_s > 0 ? offset_s : 0, /* by a fast one it is renewed early, which does no harm */
                .keys = keys,
        };

        bakery__cache_put(ask->cache, ask->key, &entry);
}

/* What another try, or another source, could mend: then what lives still serves. */
static bool may_use_old(bakery_status st)
{
        return st != BAKERY_ERR_CANCELLED && st != BAKERY_ERR_MEMORY && st != BAKERY_ERR_ARGUMENT;
}

static bakery_status give(struct cache_entry *entry, bakery_credentials **ret)
{
        *ret = STEAL(entry->keys);
        return BAKERY_OK;
}

static bakery_status fetch(const struct cache_ask *ask, struct cache_entry *old, bakery_credentials **ret,
                           bakery_error **err)
{
        bakery_client *client = ask->cache->client;
        AUTO_PTR(bakery_error) reason = NULL;
        bakery_credentials *keys = NULL;
        bakery_status st = ask->fetch(ask->context, &keys, &reason);

        if (!st) {
                keep(ask, keys);
                *ret = keys;
                return BAKERY_OK;
        }
        if (old->keys && may_use_old(st)) {
                bakery__client_log(client, BAKERY_LOG_WARNING, "%s: not renewed, the old session has %lld s left: %s",
                                   ask->what,
                                   (long long)(bakery_credentials_expiration_s(old->keys) - now_of(client, old)),
                                   bakery_error_message(reason));
                return give(old, ret);
        }
        if (err) {
                bakery_error_free(*err);
                *err = STEAL(reason);
        }
        return st;
}

bakery_status bakery__cache_session(const struct cache_ask *ask, bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(cache_entry) entry = { 0 };
        enum state state = ask->refresh ? GONE : look(ask, &entry);
        __attribute__((cleanup(close_fd))) int lock_fd = -1; /* closing gives the lock back */

        if (state != FRESH) {
                bakery_status st = wait_for_lock(ask, &entry, &lock_fd, &state, err);

                if (st)
                        return st;
        }
        if (state != FRESH)
                return fetch(ask, &entry, ret, err);
        bakery__client_log(ask->cache->client, BAKERY_LOG_INFO, "%s: from the cache", ask->what);
        return give(&entry, ret);
}
