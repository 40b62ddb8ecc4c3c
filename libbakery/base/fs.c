#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(const int *fd)
{
        if (*fd >= 0)
                close(*fd);
}
#define AUTO_FD __attribute__((cleanup(close_fd))) int

static bakery_status fail_errno(bakery_error **err, const char *what, const char *path)
{
        return bakery__fail(err, BAKERY_ERR_IO, "%s %s: %s", what, path, strerror(errno));
}

static bakery_status check_readable(int fd, const char *path, const struct buf *into, size_t *ret_size_bytes,
                                    bakery_error **err)
{
        struct stat about;

        if (fstat(fd, &about) != 0)
                return fail_errno(err, "stat", path);
        if (S_ISDIR(about.st_mode))
                return bakery__fail(err, BAKERY_ERR_IO, "%s is a folder, not a file", path);
        if (!S_ISREG(about.st_mode))
                return bakery__fail(err, BAKERY_ERR_IO, "%s is no regular file", path);
        if ((unsigned long long)about.st_size > into->max)
                return bakery__fail(err, BAKERY_ERR_LIMIT, "%s has %lld bytes, more than the %zu that are read", path,
                                    (long long)about.st_size, into->max);
        *ret_size_bytes = (size_t)about.st_size;
        return BAKERY_OK;
}

/* Reads on, into the room that there is; where there is none, a byte, which is mostly the end. What read() gives. */
static ssize_t read_some(int fd, struct buf *into)
{
        size_t room = into->capacity > into->len + 1 ? into->capacity - into->len - 1 : 0;
        char one;
        ssize_t got = room > 0 ? read(fd, into->at + into->len, room) : read(fd, &one, 1);

        if (got > 0 && room > 0)
                into->len += (size_t)got;
        else if (got > 0)
                bakery__buf_char(into, one);
        return got;
}

bakery_status bakery__fs_read(const char *path, struct buf *into, bakery_error **err)
{
        size_t size_bytes = 0;

        /* O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever. */
        AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return fail_errno(err, "open", path);

        bakery_status st = check_readable(fd, path, into, &size_bytes, err);
        if (st)
                return st;
        bakery__buf_reserve(into, size_bytes);
        while (!into->no_memory && !into->full) { /* full: it grew while it was read */
                ssize_t got = read_some(fd, into);

                if (got < 0 && errno != EINTR)
                        return fail_errno(err, "read", path);
                if (got == 0)
                        break;
        }
        bakery__buf_add(into, "", 0); /* the NUL behind what was read */
        return bakery__buf_status(into, path, err);
}

static bool write_all(int fd, struct span bytes)
{
        while (bytes.len > 0) {
                ssize_t done = write(fd, bytes.at, bytes.len);

                if (done < 0 && errno == EINTR)
                        continue;
                if (done < 0)
                        return false;
                bytes.at += done;
                bytes.len -= (size_t)done;
        }
        return true;
}

/* The rename itself must reach the disk too. A file system that cannot sync a folder loses nothing we can mend. */
void bakery__fs_sync_folder_of(const char *path)
{
        AUTO_FREE char *folder = bakery__fs_beside(path, ".");

        if (!folder)
                return;
        AUTO_FD fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0)
                (void)fsync(fd);
}

/* What path names: of a link the file it leads to, so that it stays a link. NULL with errno: a link that leads nowhere
 * too, as nothing says where the file was meant to be. */
static char *target_of(const char *path)
{
        struct stat about;
        char *target = realpath(path, NULL);

        if (target || errno != ENOENT)
                return target;
        if (lstat(path, &about) == 0) {
                errno = ENOENT;
                return NULL;
        }
        return strdup(path);
}

/* A new file of a name of its own beside path. The mode is given here and not later: the umask has its say. */
static int open_beside(const char *path, unsigned mode, char **ret_name)
{
        enum { TRIES = 100 }; /* what was left behind by a process of the same id that died */

        for (unsigned i = 0; i < TRIES; i++) {
                AUTO_FREE char *name = NULL;

                if (asprintf(&name, "%s.%ld-%u", path, (long)getpid(), i) < 0) {
                        name = NULL;
                        errno = ENOMEM;
                        return -1;
                }
                int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
                if (fd >= 0)
                        *ret_name = STEAL(name);
                if (fd >= 0 || errno != EEXIST)
                        return fd;
        }
        return -1;
}

static bakery_status fail_write(bakery_error **err, const char *path)
{
        return errno == ENOMEM ? bakery__fail_memory(err) : fail_errno(err, "write", path);
}

bakery_status bakery__fs_prepare(const char *path, struct span bytes, unsigned mode, struct fs_pending *ret,
                                 bakery_error **err)
{
        AUTO_CLEAR(fs_pending) pending = { .path = strdup(path), .target = target_of(path) };
        struct stat old;

        if (!pending.path)
                return bakery__fail_memory(err);
        if (!pending.target)
                return fail_write(err, path);
        bool is_new = stat(pending.target, &old) != 0;
        /* A device or a pipe: nothing may take its place. In that of a folder nothing can. */
        if (!is_new && !S_ISREG(old.st_mode) && !S_ISDIR(old.st_mode))
                return bakery__fail(err, BAKERY_ERR_IO, "write %s: no regular file", path);
        AUTO_FD fd = open_beside(pending.target, is_new ? mode : 0600, &pending.beside);
        if (fd < 0)
                return fail_write(err, path);
        if (!write_all(fd, bytes) || (!is_new && fchmod(fd, old.st_mode & 07777) != 0) || fsync(fd) != 0)
                return fail_errno(err, "write", path);
        *ret = pending;
        pending = (struct fs_pending){ 0 };
        return BAKERY_OK;
}

bakery_status bakery__fs_put_in_place(struct fs_pending *pending, bakery_error **err)
{
        if (rename(pending->beside, pending->target) != 0)
                return fail_errno(err, "write", pending->path);
        free(pending->beside);
        pending->beside = NULL;
        return BAKERY_OK;
}

void bakery__fs_pending_clear(struct fs_pending *pending)
{
        if (pending->beside)
                unlink(pending->beside);
        free(pending->path);
        free(pending->target);
        free(pending->beside);
        *pending = (struct fs_pending){ 0 };
}

bakery_status bakery__fs_write(const char *path, struct span bytes, unsigned mode, bakery_error **err)
{
        AUTO_CLEAR(fs_pending) pending = { 0 };
        bakery_status st = bakery__fs_prepare(path, bytes, mode, &pending, err);

        if (!st)
                st = bakery__fs_put_in_place(&pending, err);
        if (!st)
                bakery__fs_sync_folder_of(pending.target);
        return st;
}

bakery_status bakery__fs_replace(const char *path, struct span bytes, bakery_error **err)
{
        AUTO_CLEAR(fs_pending) pending = { .path = strdup(path), .target = strdup(path) };

        if (!pending.path || !pending.target)
                return bakery__fail_memory(err);
        AUTO_FD fd = open_beside(path, 0600, &pending.beside);
        if (fd < 0)
                return fail_write(err, path);
        if (!write_all(fd, bytes) || fsync(fd) != 0)
                return fail_errno(err, "write", path);
        bakery_status st = bakery__fs_put_in_place(&pending, err);
        if (!st)
                bakery__fs_sync_folder_of(path);
        return st;
}

static bool is_folder(const char *path)
{
        struct stat about;

        return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

bakery_status bakery__fs_make_folder(const char *path, bakery_error **err)
{
        AUTO_FREE char *part = strdup(path);

        if (!part)
                return bakery__fail_memory(err);
        for (char *slash = part;;) {
                slash = *slash ? strchr(slash + 1, '/') : NULL; /* an empty path has nothing behind its first byte */
                if (slash)
                        *slash = '\0';
                if (mkdir(part, 0777) != 0 && !is_folder(part)) {
                        errno = errno == EEXIST ? ENOTDIR : errno; /* "File exists" is no news of a folder */
                        return fail_errno(err, "make folder", part);
                }
                if (!slash)
                        return BAKERY_OK;
                *slash = '/';
        }
}

char *bakery__fs_beside(const char *path, const char *name)
{
        const char *slash = strrchr(path, '/');
        char *joined = NULL;

        if (*name == '/' || !slash)
                return strdup(name);
        if (asprintf(&joined, "%.*s/%s", (int)(slash - path), path, name) < 0)
                return NULL;
        return joined;
}
