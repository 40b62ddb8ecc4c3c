/* What is kept between runs: sessions, and whose long-lived keys are whose. */
#ifndef BAKERY_CREDENTIALS_CACHE_H
#define BAKERY_CREDENTIALS_CACHE_H

#include <bakery/chain.h>

#include "aws/client.h"
#include "aws/keys.h"
#include "base/buf.h"
#include "credentials/lock.h"

enum cache_kind {
        CACHE_ROLE, /* the session of a role */
        CACHE_MFA,  /* a session that carries "MFA was shown" */
        CACHE_USER, /* the ARN behind an access key */
        CACHE_KINDS
};

/*
 * Everything an answer depends on, as bytes: an entry is used only when all of them are equal. The file's name is a
 * cheap hash of them, so that finding it needs no libcrypto. Begin with bakery__cache_key().
 */
struct cache_key {
        enum cache_kind kind;
        struct buf inputs;
        bool unusable; /* an input cannot be told: nothing is looked up, nothing kept */
};
struct cache_key bakery__cache_key(enum cache_kind kind);
void bakery__cache_key_text(struct cache_key *key, const char *name, const char *value); /* NULL is not "" */
void bakery__cache_key_number(struct cache_key *key, const char *name, unsigned long long value);
void bakery__cache_key_clear(struct cache_key *key);
DEFINE_AUTO_CLEAR(cache_key, bakery__cache_key_clear)

enum { CACHE_NAME_BYTES = 32 };
void bakery__cache_name(const struct cache_key *key, char ret_name[CACHE_NAME_BYTES]);

/* An answer. Begin with { 0 }. */
struct cache_entry {
        int64_t issued_s;         /* when it came, by the servers' clock */
        int64_t slow_s;           /* by how much ours was behind theirs then, as far as they told */
        bakery_credentials *keys; /* roles and MFA */
        char *text;               /* users */
};
void bakery__cache_entry_clear(struct cache_entry *entry);
DEFINE_AUTO_CLEAR(cache_entry, bakery__cache_entry_clear)

/*
 * An entry as the bytes of its file, and back. False: the bytes are torn, of another version, or answer to other
 * inputs; *ret_why then says which.
 */
bakery_status bakery__cache_print(const struct cache_key *key, const struct cache_entry *entry, struct buf *into,
                                  bakery_error **err);
bool bakery__cache_parse(const struct cache_key *key, struct span bytes, struct cache_entry *ret, const char **ret_why);

/* The folder, opened. Without one (it is open to others, home is read-only ...) every look misses and nothing is kept.
 */
struct cache {
        bakery_client *client;
        int folder_fd; /* -1: none */
        char *path;
};

/*
 * Opens folder, made when it is missing; NULL: the usual one; "": none. Never fails: what stands in the way is a
 * warning in the client's log.
 */
void bakery__cache_open(bakery_client *client, const char *folder, struct cache *ret);
void bakery__cache_close(struct cache *cache);
DEFINE_AUTO_CLEAR(cache, bakery__cache_close)

/* False: there is none, or none that may be used, which a debug line tells. */
bool bakery__cache_get(const struct cache *cache, const struct cache_key *key, struct cache_entry *ret);

/* Keeps entry, wholly or not at all; a failure is a warning. */
void bakery__cache_put(const struct cache *cache, const struct cache_key *key, const struct cache_entry *entry);

void bakery__cache_drop(const struct cache *cache, const struct cache_key *key);

/* One process at a time asks for what an entry holds. */
enum lock_result bakery__cache_try_lock(const struct cache *cache, const struct cache_key *key, int *ret_fd);

/*
 * A session from the cache, or fetched and kept. Of processes that ask at once, one fetches.
 *
 * Fresh is what has more than a quarter of its lifetime, or five minutes, left; with max_age_s it must also be younger
 * than that by the same margin. A clock that was slow is taken to be so still. When fetching fails and the old one
 * still lives, it is given, with a warning.
 */
struct cache_ask {
        const struct cache *cache;
        const struct cache_key *key;
        const char *what;   /* for the log: "role arn:..." */
        unsigned max_age_s; /* 0: any */
        bool refresh;       /* do not take what is cached, but keep the answer */
        bakery_status (*fetch)(void *context, bakery_credentials **ret, bakery_error **err);
        void *context;
};
bakery_status bakery__cache_session(const struct cache_ask *ask, bakery_credentials **ret, bakery_error **err);

/*
 * Adds who would be asked for keys, in the words of bakery__chain_describe(), and which endpoint for the session.
 * Nothing is run and nothing asked. The key becomes unusable where this cannot be told: then the chain says what is
 * wrong.
 */
void bakery__cache_key_source(struct cache_key *key, bakery_client *client, const bakery_chain_options *chain,
                              const char *region);

/* Adds the endpoint alone. */
void bakery__cache_key_endpoint(struct cache_key *key, bakery_client *client);

#endif
