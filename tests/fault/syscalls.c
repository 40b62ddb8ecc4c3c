/*
 * Every system call of writing templates fails in turn: a full disk, a lost one, a folder that is read-only. What
 * stands in the folder afterwards is the old file or the new one, whole, and nothing else. Part of case 83 of the
 * faults.
 */
#include <bakery/bakery.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wrapped.h"

enum call { OPEN, READ, FSTAT, CREATE, WRITE, FCHMOD, FSYNC, RENAME, MKDIR, N_CALLS };
static const char *const call_names[] = { "open",  "read",   "fstat", "open of a new file", "write", "fchmod",
                                          "fsync", "rename", "mkdir" };

WRAP(ssize_t, read, READ, (int fd, void *to, size_t size), (fd, to, size))
WRAP(int, fstat64, FSTAT, (int fd, struct stat *about), (fd, about))
WRAP(int, fchmod, FCHMOD, (int fd, mode_t mode), (fd, mode))
WRAP(int, fsync, FSYNC, (int fd), (fd))
WRAP(int, rename, RENAME, (const char *from, const char *to), (from, to))
WRAP(int, mkdir, MKDIR, (const char *path, mode_t mode), (path, mode))

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
        bool creates = (flags & O_CREAT) != 0;
        va_list args;

        va_start(args, flags);
        mode_t mode = creates ? va_arg(args, mode_t) : 0;
        va_end(args);
        return fails(creates ? CREATE : OPEN) ? -1 : __real_open64(path, flags, mode);
}

WRAP_WRITE(WRITE)

static const struct {
        enum call call;
        int error;
        bool is_short;
        bool harmless; /* it must work all the same */
} cases[] = {
        { OPEN, EACCES, false, false },   { OPEN, EMFILE, false, false },   { READ, EIO, false, false },
        { READ, EINTR, false, true },     { FSTAT, EIO, false, false },     { CREATE, EACCES, false, false },
        { CREATE, ENOSPC, false, false }, { CREATE, EROFS, false, false },  { WRITE, ENOSPC, false, false },
        { WRITE, EDQUOT, false, false },  { WRITE, EIO, false, false },     { WRITE, EINTR, false, true },
        { WRITE, 0, true, true },         { FCHMOD, EPERM, false, false },  { FSYNC, EIO, false, false },
        { RENAME, EXDEV, false, false },  { RENAME, EACCES, false, false }, { MKDIR, EACCES, false, false },
};

static char folder[] = "/tmp/bakery-fault-XXXXXX";

static bakery_config *config_of(const char *policy)
{
        char text[1000];
        bakery_config *config = NULL;

        snprintf(text, sizeof text,
                 "TeamName: T\nBillingCode: B\nBakeryAccount: \"111111111111\"\n"
                 "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: %s }] }]\n"
                 "AccessTypes: [{ Type: %s, PolicyArn: \"arn:aws:iam::aws:policy/%s\" }]\n",
                 policy, policy, policy);
        if (bakery_config_load_text(text, strlen(text), "config.yml", NULL, &config, NULL))
                abort();
        return config;
}

static bool holds(const char *path, const bakery_config *config, size_t i)
{
        char *text = NULL, there[100000];
        size_t size = 0;

        if (bakery_template_emit(config, i, &text, &size, NULL))
                return false;
        FILE *file = fopen(path, "r");
        size_t got = file ? fread(there, 1, sizeof there, file) : 0;
        if (file)
                fclose(file);
        bool same = file && got == size && memcmp(there, text, size) == 0;
        bakery_free(text);
        return same;
}

static size_t count_files(void)
{
        DIR *entries = opendir(folder);
        size_t n = 0;

        for (struct dirent *entry; entries && (entry = readdir(entries));)
                n += entry->d_name[0] != '.';
        if (entries)
                closedir(entries);
        return n;
}

/* What is wrong after writing new_one over old_one; NULL: nothing. Before the first rename all are the old ones. */
static const char *fault_of(const bakery_config *old_one, const bakery_config *new_one, bakery_status st, bool harmless,
                            bool may_be_mixed, const bakery_error *err)
{
        size_t n = bakery_template_count(new_one), n_new = 0, n_same = 0;

        for (size_t i = 0; i < n; i++) {
                char path[500];

                snprintf(path, sizeof path, "%s/%s", folder, bakery_template_file(new_one, i));
                n_same += holds(path, new_one, i) && holds(path, old_one, i);
                if (holds(path, new_one, i))
                        n_new++;
                else if (!holds(path, old_one, i))
                        return "leaves a file that is neither the old nor the new one";
        }
        if (count_files() != n)
                return "leaves something beside the templates";
        if (st == BAKERY_OK && n_new < n)
                return "says that all is written, and it is not";
        if (st != BAKERY_OK && n_new > n_same && !may_be_mixed)
                return "leaves new files beside old ones";
        if (st != BAKERY_OK && harmless)
                return "ends it, and should not";
        if (st != BAKERY_OK && (st != BAKERY_ERR_IO || !strstr(bakery_error_message(err), folder)))
                return "is not told as a failure of input or output, with the path";
        return NULL;
}

/* The n-th call fails; gives whether there was such a call at all. */
static bool try_call(size_t i, size_t n, const bakery_config *old_one, const bakery_config *new_one, size_t *bad)
{
        bakery_error *err = NULL;

        failing.call = N_CALLS;
        if (bakery_templates_write(old_one, folder, NULL, NULL, &err)) {
                fprintf(stderr, "%s\n", bakery_error_message(err));
                exit(EXIT_FAILURE);
        }
        failing.call = (int)cases[i].call;
        failing.error = cases[i].error;
        failing.is_short = cases[i].is_short;
        failing.n = n;
        failing.seen = 0;
        bakery_status st = bakery_templates_write(new_one, folder, NULL, NULL, &err);
        bool was_met = failing.seen >= n;
        failing.call = N_CALLS;
        failing.is_short = false;

        bool may_be_mixed = cases[i].call == RENAME && n > 1;
        const char *fault = fault_of(old_one, new_one, st, cases[i].harmless, may_be_mixed, err);
        if (fault) {
                fprintf(stderr, "%s %zu failing with \"%s\" %s: %s\n", call_names[cases[i].call], n,
                        strerror(cases[i].error), fault, bakery_error_message(err));
                (*bad)++;
        }
        bakery_error_free(err);
        return was_met;
}

int main(void)
{
        bakery_config *old_one = config_of("ReadOnlyAccess"), *new_one = config_of("AdministratorAccess");
        size_t bad = 0, n_runs = 0;

        if (!mkdtemp(folder))
                return EXIT_FAILURE;
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                size_t n = 1;

                while (try_call(i, n, old_one, new_one, &bad))
                        n++;
                n_runs += n - 1;
                if (n == 1) {
                        fprintf(stderr, "%s is never called\n", call_names[cases[i].call]);
                        bad++;
                }
        }
        printf("%zu failing calls, %zu bad\n", n_runs, bad);
        for (size_t i = 0; i < bakery_template_count(old_one); i++) {
                char path[500];

                snprintf(path, sizeof path, "%s/%s", folder, bakery_template_file(old_one, i));
                unlink(path);
        }
        rmdir(folder);
        bakery_config_free(old_one);
        bakery_config_free(new_one);
        return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
