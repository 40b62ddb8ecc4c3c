/* Prints the policies that end the sessions of a user: {"user": ..., "role": ...}, for the policy evaluator.
 *
 *      revocation_documents NAME SECONDS_SINCE_1970
 */
#include <stdio.h>
#include <stdlib.h>

#include "access/revocation.h"

enum { POLICY_MAX_BYTES = 4096 };

static bool print(const char *key, enum iam_kind kind, char **argv)
{
        AUTO_CLEAR(buf) policy = { .max = POLICY_MAX_BYTES };

        if (bakery__revocation_policy(kind, argv[1], strtoll(argv[2], NULL, 10), &policy, NULL))
                return false;
        printf("\"%s\": %s", key, policy.at);
        return true;
}

int main(int argc, char **argv)
{
        if (argc != 3)
                return 2;
        putchar('{');
        if (!print("user", IAM_USER, argv))
                return 1;
        putchar(',');
        if (!print("role", IAM_ROLE, argv))
                return 1;
        puts("}");
        return 0;
}
