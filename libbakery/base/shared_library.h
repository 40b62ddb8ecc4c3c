/*
 * Shared libraries that are opened at first use. What a program is linked with is loaded before main(): libcrypto
 * and libcurl would make each start three to twelve times slower, and most commands need neither.
 */
#ifndef BAKERY_BASE_SHARED_LIBRARY_H
#define BAKERY_BASE_SHARED_LIBRARY_H

#include "base/error.h"

struct shared_symbol {
        const char *name;
        size_t offset; /* of its pointer in the struct of functions */
};

struct shared_library {
        const char *soname;
        const char *package; /* what to install, in the words of Debian */
        const struct shared_symbol *symbols;
        size_t n_symbols;
};

/*
 * Opens the library and fills *functions, a struct of function pointers, by the table. The library is never
 * closed: it may have started threads or registered what runs at exit. Gives BAKERY_ERR_SYSTEM with the reason.
 * Call it under pthread_once.
 */
bakery_status bakery__shared_library_open(const struct shared_library *library, void *functions, bakery_error **err);

/* How the opening went, kept without an allocation, so that every later call can be told the reason anew. */
struct shared_library_outcome {
        bakery_status status;
        char reason[256], hint[128];
};
void bakery__outcome_keep(struct shared_library_outcome *outcome, bakery_status st, const bakery_error *err);
bakery_status bakery__outcome_tell(const struct shared_library_outcome *outcome, bakery_error **err);

/*
 * Says in the ELF file what is opened at run time, so that packagers and scanners see it.
 * https://systemd.io/ELF_DLOPEN_METADATA/
 */
#define SHARED_LIBRARY_NOTE(variable, json)                                                                          \
        static const struct {                                                                                        \
                unsigned owner_size, text_size, type;                                                                \
                char owner[4], text[(sizeof json + 3) / 4 * 4];                                                      \
        } variable __attribute__((used, section(".note.dlopen"), aligned(4))) = { 4, sizeof json, 0x407c0c0a, "FDO", \
                                                                                  json }

#endif
