/* The command line, parsed by the tables. */
#ifndef BAKERY_CLI_ARGUMENTS_H
#define BAKERY_CLI_ARGUMENTS_H

#include "cli.h"

/*
 * Reads argv into *ret_options, the command (NULL when none was named) and what is left, which points into argv.
 * EXIT_DONE, or EXIT_USAGE with the mistake printed.
 */
int cli_parse(int argc, char **argv, struct options *ret_options, const struct command **ret_command,
              char *const **ret_arguments);

#endif
