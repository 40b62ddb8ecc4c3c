#include "out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static int fail(const char *path, int reason)
{
        fputs("bakery-cli: ", stderr);
        cli_put_harmless(stderr, path);
        fprintf(stderr, " could not be written: %s\n", strerror(reason));
        return EXIT_FAILED;
}

/* A pipe or a terminal has nothing that could be kept; a link is followed, what it leads to is written. */
static bool is_replaceable(const char *path)
{
        struct stat found;

        return lstat(path, &found) != 0 || S_ISREG(found.st_mode);
}

/* The permissions are those of the file that is there, or as the umask has them. */
static bool open_beside(struct out_file *file, unsigned mode)
{
        struct stat found;
        mode_t mask = umask(0);

        umask(mask);
        if (stat(file->path, &found) == 0)
                mode = found.st_mode & 07777;
        else
                mode &= ~(unsigned)mask;
        if (asprintf(&file->beside, "%s.XXXXXX", file->path) < 0) {
                file->beside = NULL;
                return false;
        }
        int fd = mkostemp(file->beside, O_CLOEXEC);
        if (fd < 0) {
                free(file->beside);
                file->beside = NULL;
                return false;
        }
        file->to = fchmod(fd, mode) == 0 ? fdopen(fd, "w") : NULL;
        if (!file->to)
                close(fd);
        return file->to != NULL;
}

int out_file_open(struct out_file *file, const char *path, unsigned mode)
{
        *file = (struct out_file){ .to = stdout };
        if (!path || strcmp(path, "-") == 0)
                return EXIT_DONE;

        file->path = path;
        file->to = NULL;
        if (is_replaceable(path))
                open_beside(file, mode);
        else
                file->to = fopen(path, "we");
        if (file->to)
                return EXIT_DONE;

        int reason = errno;
        out_file_close(file, EXIT_FAILED);
        return fail(path, reason);
}

int out_file_close(struct out_file *file, int code)
{
        if (!file->path)
                return code;

        bool written = file->to && !ferror(file->to);
        errno = EIO; /* when it was lost earlier, its reason is gone */
        if (file->to && fclose(file->to) != 0)
                written = false;
        bool keep = written && (code == EXIT_DONE || code == EXIT_REFUSED);
        if (keep && file->beside && rename(file->beside, file->path) != 0)
                keep = false;
        int reason = errno;
        if (file->beside && !keep)
                unlink(file->beside);
        if (file->to && (code == EXIT_DONE || code == EXIT_REFUSED) && !keep)
                code = fail(file->path, reason);
        free(file->beside);
        *file = (struct out_file){ 0 };
        return code;
}
