/*
 * All unit tests. An argument names the one suite to run, or with "-" before it the one to leave out; --list says which
 * there are. CK_FORK, CK_RUN_SUITE, CK_RUN_CASE are Check's own.
 */
#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE(name) Suite *name##_suite(void);
#include "suites.h"
#undef SUITE

enum { FOLDER_LONGEST = 100 }; /* what is said of a file holds no path whole that is much longer */

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

static int list(void)
{
        for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
                puts(suites[i].name);
        return EXIT_SUCCESS;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *at)
{
        (void)about, (void)kind, (void)at;
        remove(path);
        return 0;
}

/* In a folder for all that the tests write, so that one that fails leaves nothing behind either. */
static void run(SRunner *runner)
{
        const char *base = getenv("TMPDIR");
        char *folder = NULL;

        if (!base || strlen(base) > FOLDER_LONGEST)
                base = "/tmp";
        if (asprintf(&folder, "%s/bakery-units-XXXXXX", base) < 0 || !mkdtemp(folder))
                abort();
        setenv("TMPDIR", folder, 1);
        srunner_run_all(runner, CK_NORMAL);
        nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
        free(folder);
}

int main(int argc, char **argv)
{
        const char *argument = argc > 1 ? argv[1] : NULL;
        size_t n = 0;

        if (argument && strcmp(argument, "--list") == 0)
                return list();

        SRunner *runner = srunner_create(NULL);
        for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
                if (!is_wanted(suites[i].name, argument))
                        continue;
                srunner_add_suite(runner, suites[i].make());
                n++;
        }
        if (n == 0)
                fprintf(stderr, "there is no suite %s\n", argument);
        else
                run(runner);

        int failed = n == 0 || srunner_ntests_failed(runner) > 0;
        srunner_free(runner);
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
