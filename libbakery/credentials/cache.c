/* The folder of the cache, and the files in it. */
#include "credentials/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bakery/assume.h>

#include "base/fs.h"
#include "base/time.h"

enum { FILE_MAX_BYTES = 1 << 20 };

static void close_fd(const int *fd)
{
        if (*fd >= 0)
                close(*fd);
}
#define AUTO_FD __attribute__((cleanup(close_fd))) int

/* XDG Base Directory Specification: a relative one is to be ignored. NULL: it is not set. */
static const char *cache_home(const bakery_client *client)
{
        const char *base = bakery__client_getenv(client, "XDG_CACHE_HOME");

        return base && *base == '/' ? base : NULL;
}

static bool has_usual_path(const bakery_client *client)
{
        return cache_home(client) || bakery__client_getenv(client, "HOME");
}

/* NULL: there is no usual folder. */
static char *usual_path(const bakery_client *client)
{
        const char *base = cache_home(client);
        const char *home = bakery__client_getenv(client, "HOME");
        char *path = NULL;
        int n = -1;

        if (base)
                n = asprintf(&path, "%s/bakery", base);
        else if (home)
                n = asprintf(&path, "%s/.cache/bakery", home);
        return n < 0 ? NULL : path;
}

static char *path_of(const bakery_client *client, const char *folder)
{
        char *path = folder ? strdup(folder) : usual_path(client);

        for (size_t len = path ? strlen(path) : 0; len > 1 && path[len - 1] == '/'; len--)
                path[len - 1] = '\0';
        return path;
}

static int open_folder(const char *path)
{
        return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int make_folder(const char *path)
{
        AUTO_FREE char *above = bakery__fs_beside(path, ".");

        if (!above || bakery__fs_make_folder(above, NULL) || (mkdir(path, 0700) != 0 && errno != EEXIST))
                return -1;
        return open_folder(path);
}

/* Keys in a folder that others may write to could be put there, or be read, by them. */
static bool is_safe(const bakery_client *client, int fd, const char *path)
{
        struct stat about;

        if (fstat(fd, &about) != 0)
                return false;
        if (about.st_uid != geteuid()) {
                bakery__client_log(client, BAKERY_LOG_WARNING,
                                   "nothing is cached: %s belongs to somebody else: remove it, or set XDG_CACHE_HOME",
                                   path);
                return false;
        }
        if (about.st_mode & 077) {
                bakery__client_log(client, BAKERY_LOG_WARNING,
                                   "nothing is cached: %s is open to others (mode %04o): chmod 700 %s", path,
                                   about.st_mode & 07777, path);
                return false;
        }
        return true;
}

void bakery__cache_open(bakery_client *client, const char *folder, struct cache *ret)
{
        *ret = (struct cache){ .client = client, .folder_fd = -1 };
        if (folder && !*folder)
                return;

        ret->path = path_of(client, folder);
        if (!ret->path) {
                bakery__client_log(client, BAKERY_LOG_WARNING,
                                   "nothing is cached: neither XDG_CACHE_HOME nor HOME says where");
                return;
        }
        int fd = open_folder(ret->path);
        if (fd < 0 && errno == ENOENT)
                fd = make_folder(ret->path);
        if (fd < 0)
                bakery__client_log(client, BAKERY_LOG_WARNING, "nothing is cached: %s: %s", ret->path,
                                   errno == ELOOP || errno == ENOTDIR ? "no folder, or a symbolic link to one"
                                                                      : strerror(errno));
        else if (is_safe(client, fd, ret->path))
                ret->folder_fd = fd;
        else
                close(fd);
}

void bakery__cache_close(struct cache *cache)
{
        close_fd(&cache->folder_fd);
        free(cache->path);
        *cache = (struct cache){ .folder_fd = -1 };
}

static bool is_off(const struct cache *cache, const struct cache_key *key)
{
        return cache->folder_fd < 0 || key->unusable;
}

/* NULL when the file may be used; else why not. */
static const char *look_at(int fd, struct stat *ret)
{
        if (fstat(fd, ret) != 0 || !S_ISREG(ret->st_mode))
                return "no regular file";
        if (ret->st_uid != geteuid())
                return "somebody else's";
        if (ret->st_mode & 077)
                return "open to others";
        if (ret->st_size <= 0 || ret->st_size > FILE_MAX_BYTES)
                return "torn";
        return NULL;
}

static bool read_whole(int fd, size_t size_bytes, struct buf *into)
{
        into->max = FILE_MAX_BYTES;
        into->secret = true;
        bakery__buf_reserve(into, size_bytes);
        while (!into->no_memory && into->len < size_bytes) {
                ssize_t got = read(fd, into->at + into->len, size_bytes - into->len);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got <= 0)
                        return false;
                into->len += (size_t)got;
        }
        return !into->no_memory;
}

static bool read_entry(int fd, const struct cache_key *key, struct cache_entry *ret, const char **ret_why)
{
        AUTO_CLEAR(buf) bytes = { 0 };
        struct stat about;

        *ret_why = look_at(fd, &about);
        if (*ret_why)
                return false;
        if (!read_whole(fd, (size_t)about.st_size, &bytes)) {
                *ret_why = "torn";
                return false;
        }
        return bakery__cache_parse(key, (struct span){ bytes.at, bytes.len }, ret, ret_why);
}

bool bakery__cache_get(const struct cache *cache, const struct cache_key *key, struct cache_entry *ret)
{
        char name[CACHE_NAME_BYTES];
        const char *why = NULL;

        if (is_off(cache, key))
                return false;
        bakery__cache_name(key, name);
        AUTO_FD fd = openat(cache->folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0 && errno == ENOENT)
                return false;
        if (fd < 0)
                why = strerror(errno);
        else if (read_entry(fd, key, ret, &why))
                return true;
        bakery__client_log(cache->client, BAKERY_LOG_DEBUG, "%s/%s is ignored: it is %s", cache->path, name, why);
        return false;
}

static bool write_all(int fd, const struct buf *bytes)
{
        for (size_t done = 0; done < bytes->len;) {
                ssize_t n = write(fd, bytes->at + done, bytes->len - done);

                if (n < 0 && errno != EINTR)
                        return false;
                done += n > 0 ? (size_t)n : 0;
        }
        return true;
}

/* A folder that stands where the file belongs is in the way of a rename only while it is there. */
static bool put_in_place(int folder_fd, const char *from, const char *to)
{
        if (renameat(folder_fd, from, folder_fd, to) == 0)
                return true;
        return errno == EISDIR && unlinkat(folder_fd, to, AT_REMOVEDIR) == 0 &&
               renameat(folder_fd, from, folder_fd, to) == 0;
}

/* The old file stays whatever fails here; errno says what did. */
static bool replace(int folder_fd, const char *name, const struct buf *bytes)
{
        char beside[CACHE_NAME_BYTES + 48];

        snprintf(beside, sizeof beside, "%s.%ld.%llx", name, (long)getpid(),
                 (unsigned long long)bakery__time_monotonic_ms());
        AUTO_FD fd = openat(folder_fd, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return false;
        if (write_all(fd, bytes) && fsync(fd) == 0 && put_in_place(folder_fd, beside, name))
                return true;

        int failure = errno;
        unlinkat(folder_fd, beside, 0);
        errno = failure;
        return false;
}

void bakery__cache_put(const struct cache *cache, const struct cache_key *key, const struct cache_entry *entry)
{
        AUTO_CLEAR(buf) bytes = { 0 };
        char name[CACHE_NAME_BYTES];

        if (is_off(cache, key))
                return;
        bakery__cache_name(key, name);
        errno = ENOMEM;
        if (bakery__cache_print(key, entry, &bytes, NULL) || !replace(cache->folder_fd, name, &bytes))
                bakery__client_log(cache->client, BAKERY_LOG_WARNING, "the session is not cached: %s/%s: %s",
                                   cache->path, name, strerror(errno));
}

void bakery__cache_drop(const struct cache *cache, const struct cache_key *key)
{
        char name[CACHE_NAME_BYTES];

        if (is_off(cache, key))
                return;
        bakery__cache_name(key, name);
        unlinkat(cache->folder_fd, name, 0);
}

/* The lock is a file of its own, since that of the entry is replaced while others wait. It stays: who removes a lock
 * that another holds gives it away twice. */
enum lock_result bakery__cache_try_lock(const struct cache *cache, const struct cache_key *key, int *ret_fd)
{
        char name[CACHE_NAME_BYTES], lock[CACHE_NAME_BYTES + 8];

        if (is_off(cache, key))
                return LOCK_NONE;
        bakery__cache_name(key, name);
        snprintf(lock, sizeof lock, "%s.lock", name);
        int fd = openat(cache->folder_fd, lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
        enum lock_result result = fd >= 0 ? bakery__lock_take(fd) : LOCK_NONE;
        if (result == LOCK_HELD) {
                *ret_fd = fd;
                return LOCK_HELD;
        }
        if (result == LOCK_NONE)
                bakery__client_log(cache->client, BAKERY_LOG_DEBUG, "no lock: %s/%s: %s", cache->path, lock,
                                   strerror(errno));
        close_fd(&fd);
        return result;
}

/* A session's file is its kind and its hash; what stands behind that belongs to it: a lock, a write that was cut off.
 */
static bool is_ours(const char *name, bool *ret_is_session)
{
        static const struct {
                const char *prefix;
                bool is_session;
        } kinds[] = { { "role-", true }, { "mfa-", true }, { "user-", false } };

        for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
                size_t len = strlen(kinds[i].prefix);

                if (strncmp(name, kinds[i].prefix, len) != 0 || strspn(name + len, "0123456789abcdef") != 16)
                        continue;
                *ret_is_session = kinds[i].is_session && name[len + 16] == '\0';
                return name[len + 16] == '\0' || name[len + 16] == '.';
        }
        return false;
}

static void close_dir(DIR **dir)
{
        if (*dir)
                closedir(*dir);
}

static bakery_status clear_folder(int fd, const char *path, size_t *ret_count, bakery_error **err)
{
        __attribute__((cleanup(close_dir))) DIR *dir = fdopendir(fd);
        bool is_session;

        if (!dir) {
                close(fd);
                return bakery__fail(err, BAKERY_ERR_IO, "read %s: %s", path, strerror(errno));
        }
        for (const struct dirent *entry; (entry = readdir(dir));) {
                if (!is_ours(entry->d_name, &is_session))
                        continue;
                if (unlinkat(fd, entry->d_name, 0) == 0)
                        *ret_count += is_session;
                else if (errno != ENOENT && errno != EISDIR)
                        return bakery__fail(err, BAKERY_ERR_IO, "remove %s/%s: %s", path, entry->d_name,
                                            strerror(errno));
        }
        return BAKERY_OK;
}

static bakery_status fail_no_place(const bakery_client *client, const char *cache_folder, bakery_error **err)
{
        if (cache_folder || has_usual_path(client))
                return bakery__fail_memory(err);
        bakery__fail(err, BAKERY_ERR_IO, "neither XDG_CACHE_HOME nor HOME says where sessions are kept");
        bakery__error_hint(err, "set HOME, or the one that was set when they were made");
        return BAKERY_ERR_IO;
}

bakery_status bakery_cache_clear(bakery_client *client, const char *cache_folder, size_t *ret_count, bakery_error **err)
{
        const bool is_off = cache_folder && !*cache_folder;
        AUTO_FREE char *path = is_off ? NULL : path_of(client, cache_folder);
        int fd = path ? open_folder(path) : -1;
        size_t count = 0;

        bakery__error_clear(err);
        if (!path && !is_off)
                return fail_no_place(client, cache_folder, err);
        if (path && fd < 0 && errno != ENOENT)
                return bakery__fail(err, BAKERY_ERR_IO, "open %s: %s", path, strerror(errno));

        bakery_status st = fd >= 0 ? clear_folder(fd, path, &count, err) : BAKERY_OK;
        if (!st && ret_count)
                *ret_count = count;
        return st;
}
