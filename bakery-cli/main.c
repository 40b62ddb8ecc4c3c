#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"

/* With 0, 1 or 2 closed, the next file opened would take its place, and be written to as if it were the terminal. */
static bool fill_standard_files(void)
{
        for (int fd = 0; fd <= 2; fd++)
                if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
                        return false;
        return true;
}

static void print_versions(bool all)
{
        const char *name, *version;

        printf("bakery-cli %s\n", bakery_version());
        for (size_t i = 0; all && bakery_versions(i, &name, &version); i++)
                printf("%s %s\n", name, version);
}

static int run(int argc, char **argv)
{
        struct options options = { 0 };
        const struct command *command = NULL;
        char *const *arguments = NULL;
        int code = cli_parse(argc, argv, &options, &command, &arguments);

        if (code)
                return code;
        if (options.help) {
                cli_print_help(command);
                return EXIT_DONE;
        }
        if (options.version) {
                print_versions(options.verbose);
                return EXIT_DONE;
        }
        if (!command)
                return cli_usage("bakery-cli --help lists the commands", "which command?");
        return command->run(&options, arguments);
}

/* What could not be written was not done: a full disk must not look like success. */
static int finish(int code)
{
        bool lost = ferror(stdout) != 0;

        if ((fclose(stdout) != 0 || lost) && code == EXIT_DONE) {
                fprintf(stderr, "bakery-cli: write to stdout: %s\n", strerror(errno));
                return EXIT_FAILED;
        }
        return code;
}

int main(int argc, char **argv)
{
        if (!fill_standard_files())
                return EXIT_FAILED;
        return finish(run(argc, argv));
}
