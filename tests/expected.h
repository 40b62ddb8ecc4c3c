/* What the programs share that compare what is made with files: those files, and what is wrong. */
#ifndef BAKERY_TESTS_EXPECTED_H
#define BAKERY_TESTS_EXPECTED_H

#include <stddef.h>

/* Says what is wrong, and counts it. */
extern int n_failed;
void fail(const char *file, const char *what);

/* All of a file, with a NUL behind it; NULL when it is not there. ret_size may be NULL. */
char *read_file(const char *path, size_t *ret_size);

/* Ends the program when it cannot. */
void write_file(const char *path, const char *text, size_t size);

/* Shows where two texts part: the first line that differs, as it should be and as it is. */
void show_difference(const char *path, const char *want, const char *got);

#endif
