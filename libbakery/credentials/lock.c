#include "credentials/lock.h"

#include <errno.h>
#include <sys/file.h>

#include "base/time.h"

enum { LOOK_AGAIN_MS = 25, TELL_AFTER_MS = 2000 };

enum lock_result bakery__lock_take(int fd)
{
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
                return LOCK_HELD;
        return errno == EWOULDBLOCK ? LOCK_BUSY : LOCK_NONE;
}

/* A holder that talks to AWS is done, one way or the other, after so long. */
static int64_t patience_ms(const struct lock_wait *wait)
{
        const bakery_client_options *options = bakery__client_options(wait->client);

        return wait->impatient ? 0 : (int64_t)options->total_timeout_ms * options->max_attempts;
}

bakery_status bakery__lock_wait(const struct lock_wait *wait, int *ret_fd, bakery_error **err)
{
        int64_t begin_ms = bakery__time_monotonic_ms();
        bool told = false;

        while (wait->try_lock(wait->context, ret_fd) == LOCK_BUSY) {
                int64_t waited_ms = bakery__time_monotonic_ms() - begin_ms;

                if (waited_ms > TELL_AFTER_MS && !told)
                        bakery__client_log(wait->client, BAKERY_LOG_WARNING,
                                           "another process asks for the same (%s): waiting", wait->what);
                told = waited_ms > TELL_AFTER_MS;
                if (waited_ms > patience_ms(wait))
                        return BAKERY_OK;

                bakery_status st = bakery__client_wait(wait->client, LOOK_AGAIN_MS, err);
                if (st)
                        return st;
                if (wait->is_done && wait->is_done(wait->context))
                        return BAKERY_OK;
        }
        return BAKERY_OK;
}
