/* Where a report goes: stdout, or a file that holds either all of it or what it held before. */
#ifndef BAKERY_CLI_OUT_FILE_H
#define BAKERY_CLI_OUT_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct out_file {
        FILE *to;
        const char *path; /* NULL: stdout */
        char *beside;     /* what is written, before it takes the place of path; NULL: path itself is */
};

/* path NULL or "-": stdout. EXIT_DONE, or another code with the reason printed. mode as of open(2). */
int out_file_open(struct out_file *file, const char *path, unsigned mode);

/* Puts it in its place, when all went well; else nothing is left behind. Gives code, or that of its own failure. */
int out_file_close(struct out_file *file, int code);

#endif
