/* All unit tests. An argument names the one suite to run; CK_FORK, CK_RUN_SUITE, CK_RUN_CASE are Check's own. */
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

int main(int argc, char **argv)
{
        SRunner *runner = srunner_create(NULL);
        size_t n = 0;

        for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
                if (argc > 1 && strcmp(argv[1], suites[i].name) != 0)
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
