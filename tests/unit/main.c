/*
 * All unit tests. An argument names the one suite to run, or with "-" before it the one to leave out; CK_FORK,
 * CK_RUN_SUITE, CK_RUN_CASE are Check's own.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE(name) Suite *name##_suite(void);
#include "suites.h"
#undef SUITE

static const struct {
        const char *name;
        Suite *(*make)(void);
} suites[] = {
#define SUITE(name) { #name, name##_suite },
#include "suites.h"
#undef SUITE
};

static int is_wanted(const char *suite, const char *argument)
{
        if (!argument)
                return 1;
        return *argument == '-' ? strcmp(argument + 1, suite) != 0 : strcmp(argument, suite) == 0;
}

int main(int argc, char **argv)
{
        SRunner *runner = srunner_create(NULL);
        size_t n = 0;

        for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
                if (!is_wanted(suites[i].name, argc > 1 ? argv[1] : NULL))
                        continue;
                srunner_add_suite(runner, suites[i].make());
                n++;
        }
        if (n == 0)
                fprintf(stderr, "there is no suite %s\n", argv[1]);
        else
                srunner_run_all(runner, CK_NORMAL);

        int failed = n == 0 || srunner_ntests_failed(runner) > 0;
        srunner_free(runner);
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
