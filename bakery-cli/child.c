#include "child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "signals.h"

extern char **environ;

enum { EXIT_CANNOT_EXECUTE = 126, EXIT_NOT_THERE = 127, SIGNAL_BASE = 128 };

static bool is_named(const char *entry, const struct variable *variables, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                size_t len = strlen(variables[i].name);

                if (strncmp(entry, variables[i].name, len) == 0 && entry[len] == '=')
                        return true;
        }
        return false;
}

static size_t count_environment(void)
{
        size_t n = 0;

        while (environ && environ[n])
                n++;
        return n;
}

/* The entries that are ours come last, from *ret_own on; bakery_free() wipes them. */
static char **make_environment(const struct variable *variables, size_t n_variables, size_t *ret_own)
{
        char **made = calloc(count_environment() + n_variables + 1, sizeof *made);
        size_t n = 0;

        for (char **entry = environ; made && entry && *entry; entry++)
                if (!is_named(*entry, variables, n_variables))
                        made[n++] = *entry;
        *ret_own = n;
        for (size_t i = 0; made && i < n_variables; i++) {
                if (!variables[i].value)
                        continue;
                if (asprintf(&made[n], "%s=%s", variables[i].name, variables[i].value) < 0) {
                        made[n] = NULL;
                        return NULL; /* the process ends with this; nothing is lost */
                }
                n++;
        }
        return made;
}

static void free_environment(char **environment, size_t own)
{
        for (size_t i = own; environment && environment[i]; i++)
                bakery_free(environment[i]);
        free(environment);
}

static const int forwarded[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGWINCH };

static sigset_t awaited(void)
{
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGCHLD);
        for (size_t i = 0; i < sizeof forwarded / sizeof *forwarded; i++)
                sigaddset(&set, forwarded[i]);
        return set;
}

/* What the terminal sends goes to all in the foreground, the child too: only what a process sent is handed on. */
static void forward(pid_t child, const siginfo_t *info)
{
        if (info->si_code <= 0)
                kill(child, info->si_signo);
}

static int status_of(int status)
{
        return WIFSIGNALED(status) ? SIGNAL_BASE + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The signals are blocked, so that none gets lost between two looks. */
static int wait_for(pid_t child, const sigset_t *set)
{
        for (;;) {
                siginfo_t info;
                int status;
                pid_t ended = waitpid(child, &status, WNOHANG);

                if (ended == child)
                        return status_of(status);
                if (ended < 0 && errno != EINTR)
                        return EXIT_OWN_FAILURE;
                if (sigwaitinfo(set, &info) > 0 && info.si_signo != SIGCHLD)
                        forward(child, &info);
        }
}

static void complain(const char *word, int failure)
{
        fputs("bakery-cli: ", stderr);
        cli_put_harmless(stderr, word);
        fprintf(stderr, ": %s\n  hint: %s\n", strerror(failure),
                failure == ENOENT ? "is the program installed, and in PATH?" : "is it a program that may be run?");
}

_Noreturn static void become(char *const *words, char **environment)
{
        process_unguard();
        environ = environment;
        execvp(words[0], words);

        int failure = errno;
        complain(words[0], failure);
        _exit(failure == ENOENT ? EXIT_NOT_THERE : EXIT_CANNOT_EXECUTE);
}

int child_run(char *const *words, const struct variable *variables, size_t n_variables)
{
        size_t own = 0;
        char **environment = make_environment(variables, n_variables, &own);
        sigset_t set = awaited();

        if (!environment) {
                fputs("bakery-cli: out of memory\n", stderr);
                return EXIT_OWN_FAILURE;
        }
        signal(SIGCHLD, SIG_DFL); /* ignored by some parents: then there is no status to be had */
        sigprocmask(SIG_BLOCK, &set, NULL);
        if (signals_caught()) { /* from here on they wait for wait_for() */
                free_environment(environment, own);
                return EXIT_OWN_FAILURE;
        }
        pid_t child = fork();
        if (child == 0)
                become(words, environment);
        free_environment(environment, own);
        if (child < 0) {
                fprintf(stderr, "bakery-cli: no new process: %s\n", strerror(errno));
                return EXIT_OWN_FAILURE;
        }
        return wait_for(child, &set);
}
