/* bakery-cli as a function of AWS Lambda. */
#ifndef BAKERY_CLI_LAMBDA_H
#define BAKERY_CLI_LAMBDA_H

#include <stdbool.h>

/* Whether the program was started as the bootstrap of a custom runtime. */
bool is_lambda(int argc);

/* Serves invocations until that is no longer possible; an exit code. */
int lambda_run(void);

#endif
