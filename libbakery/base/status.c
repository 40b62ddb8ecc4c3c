#include <bakery/base.h>

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "version.h"

static const char *const names[] = {
        [BAKERY_OK] = "ok",
        [BAKERY_ERR_MEMORY] = "memory",
        [BAKERY_ERR_ARGUMENT] = "argument",
        [BAKERY_ERR_IO] = "io",
        [BAKERY_ERR_FORMAT] = "format",
        [BAKERY_ERR_CONFIG] = "config",
        [BAKERY_ERR_LIMIT] = "limit",
        [BAKERY_ERR_NOT_FOUND] = "not-found",
        [BAKERY_ERR_SYSTEM] = "system",
        [BAKERY_ERR_CREDENTIALS] = "credentials",
        [BAKERY_ERR_DENIED] = "denied",
        [BAKERY_ERR_AWS] = "aws",
        [BAKERY_ERR_NETWORK] = "network",
        [BAKERY_ERR_CANCELLED] = "cancelled",
        [BAKERY_ERR_REFUSED] = "refused",
        [BAKERY_ERR_UNFINISHED] = "unfinished",
};

const char *bakery_status_name(bakery_status status)
{
        return (size_t)status < N_ELEMENTS(names) ? names[status] : "unknown";
}

void bakery_free(void *memory)
{
        /* The block's own size, not the text's: a secret may stand behind the first NUL of a longer past. */
        if (memory)
                explicit_bzero(memory, malloc_usable_size(memory));
        free(memory);
}

const char *bakery_version(void)
{
        return BAKERY_VERSION;
}
