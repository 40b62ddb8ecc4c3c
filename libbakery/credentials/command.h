/* A program that a profile names: credential_process, mfa_process. */
#ifndef BAKERY_CREDENTIALS_COMMAND_H
#define BAKERY_CREDENTIALS_COMMAND_H

#include "base/buf.h"
#include "credentials/profile.h"
#include "credentials/words.h"

/* The profiles whose programs are running, one a line, outermost first: what stops one that asks for itself. */
#define COMMAND_MARK "BAKERY_CREDENTIAL_PROCESS"

/*
 * Runs what setting of profile says, without a shell, and appends what it prints to output, whose max bounds it. *words
 * holds the command from then on: its first word names the program in messages.
 *
 * Gives BAKERY_ERR_CREDENTIALS when it is no command, cannot be run, fails, or is running already, further out;
 * BAKERY_ERR_CANCELLED, BAKERY_ERR_MEMORY. Messages do not name the setting: whoever calls puts it in front.
 */
bakery_status bakery__command_run(bakery_client *client, const struct ini_section *profile, const char *setting,
                                  struct command_words *words, struct buf *output, bakery_error **err);

#endif
