/* What the runners share: reading published vectors, counting, and saying what does not apply. */
#ifndef BAKERY_TESTS_CONFORMANCE_H
#define BAKERY_TESTS_CONFORMANCE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/buf.h"

/* Text and JSON of files below the folder that the runner was given; a file that cannot be read ends the run. */
char *read_text(const char *folder, const char *name);
cJSON *read_json(const char *folder, const char *name);

/* Members, by exact name; NULL, "" and false when there is none. */
const cJSON *member(const cJSON *object, const char *name);
const char *text_of(const cJSON *object, const char *name);
bool truth_of(const cJSON *object, const char *name);

struct tally {
        const char *suite;
        unsigned passed, failed, left_out;
};

/* Counts one case: passed when difference is NULL or "", else failed, and the difference is shown. */
void count(struct tally *tally, const char *name, const char *difference);

/* Counts a case that cannot apply, and says why. */
void leave_out(struct tally *tally, const char *name, const char *reason);

/* "suite: N of M passed, K do not apply"; gives what main() returns. */
int finish(const struct tally *tally);

#endif
