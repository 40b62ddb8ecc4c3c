/* Variables as the lines that set them in a shell. */
#ifndef BAKERY_CLI_UI_QUOTE_H
#define BAKERY_CLI_UI_QUOTE_H

#include <stdbool.h>
#include <stdio.h>

enum shell { SHELL_SH, SHELL_FISH, SHELL_POWERSHELL };

/* Prints the line that sets and exports name, or that removes it when value is NULL. What value holds is quoted. */
void shell_print(FILE *out, enum shell shell, const char *name, const char *value);

/*
 * Whether value may be printed for a shell, or for any other program: no control characters (they end lines, and
 * command terminals), and well-formed UTF-8.
 */
bool shell_may_print(const char *value);

#endif
