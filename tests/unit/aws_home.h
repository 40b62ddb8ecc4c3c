/* A home folder with profile files, for the client of a fake wire. */
#ifndef BAKERY_TESTS_AWS_HOME_H
#define BAKERY_TESTS_AWS_HOME_H

#include "fake_wire.h"

enum { HOME_VARIABLES = 8, HOME_VARIABLE_BYTES = 300 };

struct aws_home {
        char *folder;
        struct fake_wire wire;
        size_t n;
        char variables[HOME_VARIABLES][HOME_VARIABLE_BYTES];
};

/* HOME, with ~/.aws/config and ~/.aws/credentials (0600), either of which may be NULL: then it is not there. */
void home_begin(struct aws_home *home, const char *config, const char *credentials);

/* Adds a variable: "NAME=value"; each "~" in the value becomes the folder. */
void home_set(struct aws_home *home, const char *variable);

/* Writes a file below the folder, making folders on the way; gives its path, borrowed until the next call. */
const char *home_write(struct aws_home *home, const char *name, const char *text);

/* The client, once all variables are set; no region but what they and the profiles say. */
bakery_client *home_client(struct aws_home *home);

/* True when the log has a line with piece in it. */
bool home_logged(const struct aws_home *home, const char *piece);

/* Removes the folder; fails when a secret stands in the log. */
void home_end(struct aws_home *home);
DEFINE_AUTO_CLEAR(aws_home, home_end)

#endif
