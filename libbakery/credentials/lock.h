/* Of processes that want the same at once, one fetches it, and the others wait for what it fetched. */
#ifndef BAKERY_CREDENTIALS_LOCK_H
#define BAKERY_CREDENTIALS_LOCK_H

#include "aws/client.h"

/*
 * The kernel gives a lock back when its holder ends, however it ends. LOCK_NONE: there are no locks here (NFS, a
 * read-only folder); then everybody goes ahead.
 */
enum lock_result { LOCK_HELD, LOCK_BUSY, LOCK_NONE };

/* Takes the lock of the open file. fd stays the caller's; closing it gives the lock back. errno says why there is none.
 */
enum lock_result bakery__lock_take(int fd);

struct lock_wait {
        bakery_client *client;
        const char *what; /* for the log: "role arn:..." */
        enum lock_result (*try_lock)(void *context, int *ret_fd);
        bool (*is_done)(void *context); /* another process has done it; NULL: that does not count */
        void *context;
        bool impatient; /* the holder may be waiting for us */
};

/*
 * Waits for the lock, or until what it is wanted for is done. *ret_fd is untouched when there is no lock, or its holder
 * takes too long: better asked twice than never. Gives BAKERY_ERR_CANCELLED.
 */
bakery_status bakery__lock_wait(const struct lock_wait *wait, int *ret_fd, bakery_error **err);

#endif
