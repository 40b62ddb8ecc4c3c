/*
 * Runs a program several times and prints, for each run, its CPU time (user and system) in microseconds, the wall time
 * in microseconds and its peak memory in KiB. A small program of its own, since the peak that the kernel tells of a
 * child is at least that of its parent at the fork.
 *
 *      measure RUNS PROGRAM ARGUMENT...
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static long long us_of(struct timeval time)
{
        return time.tv_sec * 1000000LL + time.tv_usec;
}

static void become(char **argv)
{
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execv(argv[0], argv);
        _exit(127);
}

/* Gives the exit status, 128 and more for a signal. */
static int run_once(char **argv)
{
        struct rusage used;
        long long begin = now_us();
        int status;
        pid_t child = fork();

        if (child == 0)
                become(argv);
        if (child < 0 || wait4(child, &status, 0, &used) < 0)
                return 127;
        printf("%lld %lld %ld\n", us_of(used.ru_utime) + us_of(used.ru_stime), now_us() - begin, used.ru_maxrss);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
        int runs = argc > 2 ? atoi(argv[1]) : 0;

        if (runs < 1) {
                fputs("usage: measure RUNS PROGRAM ARGUMENT...\n", stderr);
                return 2;
        }
        for (int i = 0; i < runs; i++) {
                int code = run_once(argv + 2);

                if (code)
                        return code;
        }
        return 0;
}
