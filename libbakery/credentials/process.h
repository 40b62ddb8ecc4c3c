/* Running a program for what it prints. */
#ifndef BAKERY_CREDENTIALS_PROCESS_H
#define BAKERY_CREDENTIALS_PROCESS_H

#include "aws/client.h"
#include "base/buf.h"

struct process {
        char *const *argv;    /* argv[0] is looked for in PATH */
        const char *variable; /* "NAME=value" that it gets besides the environment of this process */
        unsigned timeout_ms;
};

/*
 * Runs it and appends what it prints to into, whose max bounds it. It has no terminal to read from: standard input is
 * empty, and its process group is its own, so that all it started can be ended with it. What it says on standard error
 * goes to the client's log, at the level of debugging, and nowhere else.
 *
 * Gives BAKERY_ERR_CREDENTIALS when it cannot be started, ends with another status than 0 or by a signal, wants the
 * terminal, takes longer than timeout_ms or prints more than fits; BAKERY_ERR_CANCELLED. Then the group is killed.
 * Messages name the program, never its arguments: those may be secret.
 */
bakery_status bakery__process_run(bakery_client *client, const struct process *process, struct buf *into,
                                  bakery_error **err);

#endif
