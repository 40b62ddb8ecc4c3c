/* What a command works with: the configuration, a client, and keys of the Bakery account. */
#ifndef BAKERY_CLI_WORK_H
#define BAKERY_CLI_WORK_H

#include "client.h"

/* Begin with { 0 }. */
struct work {
        bakery_report *report;
        bakery_config *config;
        char *region; /* NULL: nobody names one, and the configuration may */
        bakery_client *client;
        bakery_credentials *keys;
};

/*
 * Loads the configuration, finds the region, and resolves keys; where a role of the configuration asks for MFA, or
 * --mfa is given, with MFA shown. EXIT_DONE, or another code with the reason printed.
 */
int work_begin(const struct options *options, struct work *ret);

/* The same, for commands that ask nothing of AWS: the configuration alone. */
int work_load(const struct options *options, struct work *ret);

/* The region and the client, for a configuration that is loaded; and how keys would then be resolved. */
int work_open(const struct options *options, struct work *work);
bakery_session work_session(const struct options *options, const struct work *work);

/* Resolves keys for a configuration that is loaded. */
int work_resolve(const struct options *options, struct work *work);

void work_clear(struct work *work);

#endif
