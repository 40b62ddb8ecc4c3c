#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "lambda.h"
#include "signals.h"

enum { SIGNAL_BASE = 128 }; /* as shells count */

/*
 * With 0, 1 or 2 closed, the next file opened would take its place, and be written to as if it were the terminal. What
 * takes it here cannot be used in the way it is wanted, so that what is lost is told.
 */
static bool fill_standard_files(void)
{
        for (int fd = 0; fd <= 2; fd++)
                if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
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
        if (options.output > command->last_output)
                return cli_usage("bakery-cli validate prints it", "%s prints no %s", command->name,
                                 options.output == OUTPUT_SARIF ? "sarif" : "json");
        if (command->has_keys)
                process_guard();
        return command->run(&options, arguments);
}

/* What could not be written was not done: a full disk must not look like success. */
static int finish(int code)
{
        bool lost = ferror(stdout) != 0;

        errno = 0;
        if (fclose(stdout) == 0 && !lost)
                return code;
        if (errno == EPIPE) /* nobody reads on, `| head`: as if the signal had ended us */
                return SIGNAL_BASE + SIGPIPE;
        /* When it was lost earlier, its reason is gone too. */
        fprintf(stderr, "bakery-cli: what goes to stdout could not be written%s%s\n", errno ? ": " : "",
                errno ? strerror(errno) : "");
        return code == EXIT_DONE ? EXIT_FAILED : code;
}

int main(int argc, char **argv)
{
        if (!fill_standard_files())
                return EXIT_FAILED;

        int code = finish(is_lambda(argc) ? lambda_run() : run(argc, argv));
        return signals_caught() ? SIGNAL_BASE + signals_caught() : code;
}
