/* A program that runs with the keys of a role. */
#ifndef BAKERY_CLI_CHILD_H
#define BAKERY_CLI_CHILD_H

#include <stddef.h>

/* A variable of its environment; value NULL: it has none of that name. */
struct variable {
        const char *name, *value;
};

/*
 * Runs words[0] with words as its arguments, waits for it, and gives its exit status; 128 + n when signal n ended it.
 * Of variables it has exactly those values, whatever stood in our environment, and however often. Signals that
 * others send to us go on to it. 126: it cannot be executed, 127: it is not there, 125: it could not be tried.
 */
int child_run(char *const *words, const struct variable *variables, size_t n_variables);

#endif
