#include "credentials/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"

enum { STDERR_MAX_BYTES = 4096, LOOK_UP_MS = 50, LOOK_UP_SOON_MS = 2, CHUNKS_AT_ONCE = 64 };

/* A program that runs. */
struct running {
        const struct process *process;
        pid_t pid;
        int out, err; /* what it prints; -1: it is through with it */
        struct buf said;
        struct buf *into;
        bool ended;
        int status; /* of waitpid(), once it ended */
        int64_t deadline_ms;
};

static void close_end(int *fd)
{
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}

static void clear_running(struct running *running)
{
        close_end(&running->out);
        close_end(&running->err);
        bakery__buf_clear(&running->said);
}
DEFINE_AUTO_CLEAR(running, clear_running)

static const char *name_of(const struct process *process)
{
        return process->argv[0];
}

/* This process's environment with one variable more; NULL when memory is gone. The texts are borrowed. */
static char **make_environment(const char *variable)
{
        size_t name_len = strcspn(variable, "=") + 1, n = 0, kept = 0;

        while (environ[n])
                n++;
        char **made = calloc(n + 2, sizeof *made);
        if (!made)
                return NULL;
        for (size_t i = 0; i < n; i++)
                if (strncmp(environ[i], variable, name_len) != 0)
                        made[kept++] = environ[i];
        memcpy(&made[kept], &(const char *){ variable },
               sizeof variable); /* exec() takes char *, and changes nothing */
        return made;
}

/* The signals that a program expects to find as they are by default, whatever its parent made of them. */
static void set_signals(posix_spawnattr_t *attributes)
{
        sigset_t none, usual;

        sigemptyset(&none);
        sigemptyset(&usual);
        sigaddset(&usual, SIGPIPE);
        sigaddset(&usual, SIGINT);
        sigaddset(&usual, SIGTERM);
        posix_spawnattr_setsigmask(attributes, &none);
        posix_spawnattr_setsigdefault(attributes, &usual);
        posix_spawnattr_setpgroup(attributes, 0);
        posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* Gives an errno. The pipes are close-on-exec: only their copies at 1 and 2 reach the program. */
static int spawn(const struct process *process, char **environment, int out, int err, pid_t *ret_pid)
{
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;

        if (posix_spawn_file_actions_init(&actions) != 0)
                return ENOMEM;
        if (posix_spawnattr_init(&attributes) != 0) {
                posix_spawn_file_actions_destroy(&actions);
                return ENOMEM;
        }
        set_signals(&attributes);
        int failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (!failed)
                failed = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
        if (!failed)
                failed = posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
        if (!failed) /* libcurl's sockets, and what the host program left open, are not for it */
                failed = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
        if (!failed)
                failed = posix_spawnp(ret_pid, process->argv[0], &actions, &attributes, process->argv, environment);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
        return failed;
}

/* A pipe both ends of which are above 2, so that dup2() in the child cannot hit the other one of them. */
static bool open_pipe(int ends[2])
{
        if (pipe2(ends, O_CLOEXEC) != 0)
                return false;
        for (int i = 0; i < 2; i++) {
                if (ends[i] > STDERR_FILENO)
                        continue;
                int moved = fcntl(ends[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
                if (moved < 0) {
                        close(ends[0]);
                        close(ends[1]);
                        return false;
                }
                close(ends[i]);
                ends[i] = moved;
        }
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        return true;
}

static bakery_status fail_start(const struct process *process, int why, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%.200s cannot be started: %s", name_of(process), strerror(why));
        if (why == ENOENT)
                bakery__error_hint(err, "it is run without a shell: name a program, by its whole path or in PATH");
        return BAKERY_ERR_CREDENTIALS;
}

static bakery_status start(struct running *running, bakery_error **err)
{
        int out[2] = { -1, -1 }, said[2] = { -1, -1 };
        AUTO_FREE char **environment = make_environment(running->process->variable);

        if (!environment)
                return bakery__fail_memory(err);
        int failed = open_pipe(out) && open_pipe(said) ? 0 : errno;
        if (!failed)
                failed = spawn(running->process, environment, out[1], said[1], &running->pid);
        close_end(&out[1]);
        close_end(&said[1]);
        running->out = out[0];
        running->err = said[0];
        running->deadline_ms = bakery__time_monotonic_ms() + running->process->timeout_ms;
        return failed ? fail_start(running->process, failed, err) : BAKERY_OK;
}

/* Takes what is there to be read, in bounds: a program may print faster than it is read. At the end the pipe is closed.
 */
static void drain(int *fd, struct buf *into)
{
        char chunk[4096];
        ssize_t got = 1;

        for (int i = 0; i < CHUNKS_AT_ONCE && *fd >= 0 && got > 0; i++) {
                got = read(*fd, chunk, sizeof chunk);
                if (got > 0)
                        bakery__buf_add(into, chunk, (size_t)got);
                else if (got < 0 && errno == EINTR)
                        got = 1;
                else if (got == 0 || errno != EAGAIN)
                        close_end(fd);
        }
        explicit_bzero(chunk, sizeof chunk);
}

/* A program that is stopped waits for the terminal, in vain: it is not in the foreground. */
static bakery_status look_after(struct running *running, bakery_error **err)
{
        int status = 0;
        pid_t found = waitpid(running->pid, &status, WNOHANG | WUNTRACED);

        if (found == running->pid && WIFSTOPPED(status)) {
                bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%.200s wants to ask at the terminal, which it cannot",
                             name_of(running->process));
                bakery__error_hint(err, "run it by itself first, or let it ask in a window of its own");
                return BAKERY_ERR_CREDENTIALS;
        }
        if (found == running->pid) {
                running->ended = true;
                running->status = status;
        }
        if (found < 0 && errno == ECHILD) /* the host ignores SIGCHLD: what was printed must speak for itself */
                running->ended = true;
        return BAKERY_OK;
}

static bakery_status check_limits(bakery_client *client, const struct running *running, bakery_error **err)
{
        const char *name = name_of(running->process);

        if (bakery__client_is_cancelled(client))
                return bakery__fail(err, BAKERY_ERR_CANCELLED, "cancelled");
        if (running->into->no_memory)
                return bakery__fail_memory(err);
        if (running->into->full)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%.200s prints more than %zu bytes", name,
                                    running->into->max);
        if (bakery__time_monotonic_ms() >= running->deadline_ms)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%.200s takes longer than %u ms, and was ended", name,
                                    running->process->timeout_ms);
        return BAKERY_OK;
}

static bakery_status attend(bakery_client *client, struct running *running, bakery_error **err)
{
        while (!running->ended) {
                struct pollfd ends[] = { { running->out, POLLIN, 0 }, { running->err, POLLIN, 0 } };
                bool silent = running->out < 0 && running->err < 0;
                bakery_status st;

                (void)poll(ends, N_ELEMENTS(ends), silent ? LOOK_UP_SOON_MS : LOOK_UP_MS);
                st = look_after(running, err);
                drain(&running->out, running->into); /* after it ended all it printed is there */
                drain(&running->err, &running->said);
                if (!st)
                        st = check_limits(client, running, err);
                if (st)
                        return st;
        }
        return BAKERY_OK;
}

static void end_group(const struct running *running)
{
        int status;

        kill(-running->pid, SIGKILL);
        while (!running->ended && waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
                ;
}

/* Line by line: a log takes one at a time. */
static void log_said(const bakery_client *client, const struct running *running)
{
        const char *rest = running->said.at ? running->said.at : "";

        while (*rest) {
                size_t len = strcspn(rest, "\n");

                if (len > 0)
                        bakery__client_log(client, BAKERY_LOG_DEBUG, "%s says: %.*s", name_of(running->process),
                                           (int)len, rest);
                rest += len + (rest[len] == '\n');
        }
}

static bakery_status judge(const struct running *running, bakery_error **err)
{
        const char *name = name_of(running->process);

        if (WIFEXITED(running->status) && WEXITSTATUS(running->status) == 0)
                return BAKERY_OK;
        if (WIFSIGNALED(running->status))
                bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%.200s was ended by signal %d", name,
                             WTERMSIG(running->status));
        else
                bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%.200s ended with status %d", name,
                             WEXITSTATUS(running->status));
        bakery__error_hint(err, "what it said is shown with -v");
        return BAKERY_ERR_CREDENTIALS;
}

bakery_status bakery__process_run(bakery_client *client, const struct process *process, struct buf *into,
                                  bakery_error **err)
{
        AUTO_CLEAR(running)
        running = {
                .process = process,
                .out = -1,
                .err = -1,
                .said = { .max = STDERR_MAX_BYTES },
                .into = into,
        };
        bakery_status st = start(&running, err);

        if (st)
                return st;
        st = attend(client, &running, err);
        if (st)
                end_group(&running);
        log_said(client, &running);
        return st ? st : judge(&running, err);
}
