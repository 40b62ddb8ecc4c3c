#include "base/shared_library.h"

#include <dlfcn.h>
#include <string.h>

bakery_status bakery__shared_library_open(const struct shared_library *library, void *functions, bakery_error **err)
{
        void *handle = dlopen(library->soname, RTLD_NOW | RTLD_LOCAL);

        if (!handle) {
                bakery__fail(err, BAKERY_ERR_SYSTEM, "%s cannot be opened: %s", library->soname, dlerror());
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
