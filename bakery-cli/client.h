/* The client of a command: its log goes to stderr, signals end it, and its region is the one that the person set. */
#ifndef BAKERY_CLI_CLIENT_H
#define BAKERY_CLI_CLIENT_H

#include "cli.h"

/* A client for options, which the signals end; the region is as the person set it. NULL with the reason printed. */
bakery_client *cli_client(const struct options *options, const char *region, int *ret_code);

/* The same, for work that asks much of AWS: being told to slow down ends it only after many tries. */
bakery_client *cli_patient_client(const struct options *options, const char *region, int *ret_code);
void cli_client_free(bakery_client *client);

/*
 * The region: --region, the environment's, the profile's. *ret_region is NULL when none of them names one; free it with
 * bakery_free(). EXIT_DONE, or another code with the reason printed.
 */
int cli_find_region(const struct options *options, char **ret_region);

#endif
