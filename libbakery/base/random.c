#include "base/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* They may come in parts. */
bakery_status bakery__random_bytes(unsigned char *bytes, size_t size_bytes, const char *what, bakery_error **err)
{
        for (size_t got = 0; got < size_bytes;) {
                ssize_t n = getrandom(bytes + got, size_bytes - got, 0);

                if (n < 0 && errno != EINTR)
                        return bakery__fail(err, BAKERY_ERR_SYSTEM, "no random bytes for %s: %s", what,
                                            strerror(errno));
                got += n > 0 ? (size_t)n : 0;
        }
        return BAKERY_OK;
}
