#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static const int ending[] = { SIGINT, SIGTERM, SIGHUP };

static volatile sig_atomic_t caught;
static bakery_client *volatile to_cancel;

static struct {
        struct rlimit core;
        void (*pipe)(int);
        sigset_t blocked;
} before = { .pipe = SIG_DFL };

void process_guard(void)
{
        struct rlimit core;

        unsetenv("SSLKEYLOGFILE"); /* whoever may set it could read what TLS protects */
        prctl(PR_SET_DUMPABLE, 0);
        getrlimit(RLIMIT_CORE, &before.core);
        core = before.core;
        core.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &core);
        before.pipe = signal(SIGPIPE, SIG_IGN);
        sigprocmask(SIG_SETMASK, NULL, &before.blocked);
}

static void handle(int number)
{
        if (!caught)
                caught = number;
        if (to_cancel)
                bakery_client_cancel(to_cancel);
}

void process_unguard(void)
{
        struct sigaction now;

        setrlimit(RLIMIT_CORE, &before.core);
        signal(SIGPIPE, before.pipe);
        for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
                if (sigaction(ending[i], NULL, &now) == 0 && now.sa_handler == handle)
                        signal(ending[i], SIG_DFL);
        sigprocmask(SIG_SETMASK, &before.blocked, NULL); /* what came meanwhile comes now */
}

/* Without SA_RESTART, so that what waits for the terminal ends; what was ignored stays so (nohup). */
static void install(void)
{
        struct sigaction action = { .sa_handler = handle }, old;

        for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
                if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
                        sigaction(ending[i], &action, NULL);
}

void signals_catch(bakery_client *client)
{
        static bool installed;

        to_cancel = client;
        if (!installed)
                install();
        installed = true;
}

int signals_caught(void)
{
        return caught;
}

bool signals_wait_readable(int fd)
{
        struct pollfd wanted = { .fd = fd, .events = POLLIN };
        sigset_t ours, usual;

        sigemptyset(&ours);
        for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
                sigaddset(&ours, ending[i]);
        sigprocmask(SIG_BLOCK, &ours, &usual);
        /* They come in only while ppoll() waits: one that came between a look and a read() would be lost. */
        while (!caught && ppoll(&wanted, 1, NULL, &usual) < 0 && errno == EINTR)
                continue;
        sigprocmask(SIG_SETMASK, &usual, NULL);
        return !caught;
}
