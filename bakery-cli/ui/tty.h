/* The terminal: a question whose answer must not be seen. */
#ifndef BAKERY_CLI_UI_TTY_H
#define BAKERY_CLI_UI_TTY_H

#include <bakery/chain.h>

/*
 * Asks on /dev/tty, without echo: stdout is for credentials, and a parent that swallows stderr must not look hung.
 * Blanks in the answer are left out. BAKERY_ERR_CREDENTIALS when stdin is no terminal or there is none at all;
 * BAKERY_ERR_CANCELLED when a signal came. The terminal is left as it was found.
 */
bakery_ask_function tty_ask;

#endif
