/* Signals, and what else of the process a command with keys in its memory must look after. */
#ifndef BAKERY_CLI_SIGNALS_H
#define BAKERY_CLI_SIGNALS_H

#include <stdbool.h>

#include <bakery/client.h>

/* No core file of a process with keys, no log of TLS keys, and a closed pipe is an error of the write. */
void process_guard(void);

/* In a child, before its program starts: limits and signals as we were given them. */
void process_unguard(void);

/* From now on SIGINT, SIGTERM and SIGHUP cancel the client; NULL: only remember. */
void signals_catch(bakery_client *client);

/* The signal that came first; 0: none. */
int signals_caught(void);

/* Waits until fd can be read. False when a signal came, however early or late. */
bool signals_wait_readable(int fd);

#endif
