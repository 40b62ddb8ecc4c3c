#include "base/shared_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

bakery_status bakery__shared_library_open(const struct shared_library *library, void *functions, bakery_error **err)
{
        /* Lazy: libcurl brings some twenty libraries along, and most of their functions are never called. */
        void *handle = dlopen(library->soname, RTLD_LAZY | RTLD_LOCAL);

        if (!handle) {
                const char *why = dlerror();

                bakery__fail(err, BAKERY_ERR_SYSTEM, "%s cannot be opened: %s", library->soname, why);
                if (strstr(why, strerror(ENOENT))) /* and not for want of memory, or of files to open */
                        bakery__error_hint(err, "install it: apt-get install %s", library->package);
                return BAKERY_ERR_SYSTEM;
        }
        for (size_t i = 0; i < library->n_symbols; i++) {
                void *symbol = dlsym(handle, library->symbols[i].name);

                if (!symbol)
                        return bakery__fail(err, BAKERY_ERR_SYSTEM, "%s is too old: it has no %s", library->soname,
                                            library->symbols[i].name);
                memcpy((char *)functions + library->symbols[i].offset, &symbol, sizeof symbol);
        }
        return BAKERY_OK;
}

void bakery__outcome_keep(struct shared_library_outcome *outcome, bakery_status st, const bakery_error *err)
{
        const char *hint = bakery_error_hint(err);

        outcome->status = st;
        snprintf(outcome->reason, sizeof outcome->reason, "%s", bakery_error_message(err));
        snprintf(outcome->hint, sizeof outcome->hint, "%s", hint ? hint : "");
}

bakery_status bakery__outcome_tell(const struct shared_library_outcome *outcome, bakery_error **err)
{
        if (!outcome->status)
                return BAKERY_OK;
        bakery__fail(err, outcome->status, "%s", outcome->reason);
        if (*outcome->hint)
                bakery__error_hint(err, "%s", outcome->hint);
        return outcome->status;
}
