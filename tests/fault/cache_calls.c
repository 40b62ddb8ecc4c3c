/*
 * Every system call of keeping a session fails in turn: a full disk, a quota, a read-only or broken one, and file
 * systems without locks. The session arrives all the same, with a warning when it could not be kept; what stands in the
 * folder afterwards is the old entry or the new one, whole. Cases 66 and 68 of the faults.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bakery/assume.h>

#include "credentials/cache.h"
#include "wrapped.h"

enum call { CREATE, WRITE, FSYNC, RENAME, LOCK };
static const char *const call_names[] = { "open of a new file", "write", "fsync", "rename", "flock" };

WRAP(int, fsync, FSYNC, (int fd), (fd))
WRAP(int, renameat, RENAME, (int a, const char *from, int b, const char *to), (a, from, b, to))
WRAP(int, flock, LOCK, (int fd, int how), (fd, how))
WRAP_WRITE(WRITE)

int __real_openat64(int folder, const char *path, int flags, ...);
int __wrap_openat64(int folder, const char *path, int flags, ...);
int __wrap_openat64(int folder, const char *path, int flags, ...)
{
        bool creates = (flags & O_CREAT) != 0;
        va_list args;

        va_start(args, flags);
        mode_t mode = creates ? va_arg(args, mode_t) : 0;
        va_end(args);
        return creates && fails(CREATE) ? -1 : __real_openat64(folder, path, flags, mode);
}

/* What must be in the folder afterwards. */
enum entry { OLD, NEW, EITHER };

static const struct {
        enum call call;
        int error;
        bool is_short;
        enum entry entry;
} cases[] = {
        { CREATE, ENOSPC, false, EITHER }, { CREATE, EDQUOT, false, EITHER }, { CREATE, EROFS, false, EITHER },
        { CREATE, EMFILE, false, EITHER }, { WRITE, ENOSPC, false, OLD },     { WRITE, EDQUOT, false, OLD },
        { WRITE, EIO, false, OLD },        { WRITE, 0, true, NEW },           { FSYNC, ENOSPC, false, OLD },
        { FSYNC, EDQUOT, false, OLD },     { FSYNC, EIO, false, OLD },        { RENAME, ENOSPC, false, OLD },
        { RENAME, EDQUOT, false, OLD },    { RENAME, EROFS, false, OLD },     { RENAME, EIO, false, OLD },
        { LOCK, ENOLCK, false, NEW },      { LOCK, EOPNOTSUPP, false, NEW },  { LOCK, EIO, false, NEW },
};

static char folder[] = "/tmp/bakery-cache-XXXXXX";
static char warnings[2000];

static void keep_warning(bakery_log_level level, const char *text, void *context)
{
        (void)context;
        if (level == BAKERY_LOG_WARNING)
                strncat(warnings, text, sizeof warnings - strlen(warnings) - 1);
}

static bakery_client *make_client(void)
{
        bakery_client_options options = BAKERY_CLIENT_OPTIONS_INIT;
        bakery_client *client = NULL;

        options.log = keep_warning;
        if (bakery_client_new(&options, &client, NULL))
                abort();
        return client;
}

static bakery_status make_keys(void *context, bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(buf) token = { .max = 1 << 16 };

        bakery__buf_repeat(&token, *(const char *)context, 9000);
        return bakery_credentials_new(context, "secret", token.at, 4102444800, "test", ret, err);
}

/* A session of the key's, newly fetched; its access key id is name. */
static bool renew(const struct cache *cache, const struct cache_key *key, char *name)
{
        AUTO_PTR(bakery_credentials) got = NULL;
        struct cache_ask ask = {
                .cache = cache, .key = key, .what = "it", .refresh = true, .fetch = make_keys, .context = name
        };

        return bakery__cache_session(&ask, &got, NULL) == BAKERY_OK &&
               strcmp(bakery_credentials_access_key_id(got), name) == 0;
}

/* Whether there is an entry, and it is whole. ret_name is that of its keys. */
static bool read_name(const struct cache *cache, const struct cache_key *key, char ret_name[20])
{
        AUTO_CLEAR(cache_entry) entry = { 0 };

        if (!bakery__cache_get(cache, key, &entry))
                return false;
        snprintf(ret_name, 20, "%s", bakery_credentials_access_key_id(entry.keys));
        return strlen(bakery_credentials_session_token(entry.keys)) == 9000;
}

/* Besides the entry and its lock there is nothing. */
static size_t count_files(void)
{
        DIR *entries = opendir(folder);
        size_t n = 0;

        for (const struct dirent *entry; entries && (entry = readdir(entries));)
                n += entry->d_name[0] != '.';
        if (entries)
                closedir(entries);
        return n;
}

/* What is wrong after renewing with the call failing; NULL: nothing. */
static const char *fault_of(const struct cache *cache, const struct cache_key *key, enum entry wanted)
{
        char name[20];

        if (!read_name(cache, key, name))
                return "leaves no whole entry";
        bool is_old = strcmp(name, "old") == 0;
        if (wanted != EITHER && is_old != (wanted == OLD))
                return is_old ? "keeps the old entry" : "replaces the old entry";
        if (is_old != (strstr(warnings, "is not cached") && strstr(warnings, folder)))
                return "warns of nothing, or fails to";
        return count_files() > 2 ? "leaves something behind" : NULL;
}

static bool try_call(size_t i, size_t n, const struct cache *cache, const struct cache_key *key, size_t *bad)
{
        static char old_name[] = "old", new_name[] = "new";

        failing.call = -1;
        if (!renew(cache, key, old_name))
                exit(EXIT_FAILURE);
        warnings[0] = '\0';
        failing.call = (int)cases[i].call;
        failing.error = cases[i].error;
        failing.is_short = cases[i].is_short;
        failing.n = n;
        failing.seen = 0;
        bool arrived = renew(cache, key, new_name);
        bool was_met = failing.seen >= n;
        failing.call = -1;
        failing.is_short = false;
        if (!was_met)
                return false;

        const char *fault = arrived ? fault_of(cache, key, cases[i].entry) : "keeps the session from arriving";
        if (fault) {
                fprintf(stderr, "%s %zu failing with \"%s\" %s: %s\n", call_names[cases[i].call], n,
                        strerror(cases[i].error), fault, warnings);
                (*bad)++;
        }
        return true;
}

static size_t fail_each(const struct cache *cache, const struct cache_key *key, size_t *bad)
{
        size_t n_runs = 0;

        for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
                size_t n = 1;

                while (try_call(i, n, cache, key, bad))
                        n++;
                n_runs += n - 1;
                if (n == 1) {
                        fprintf(stderr, "%s is never called\n", call_names[cases[i].call]);
                        (*bad)++;
                }
        }
        return n_runs;
}

enum { WRITERS = 6, ROUNDS = 40 };

/* Where locks do not work everybody writes at once, and whoever reads finds a whole entry. */
static size_t write_at_once(const struct cache *cache, const struct cache_key *key)
{
        size_t bad = 0;
        char name[20];

        failing.call = LOCK;
        failing.error = ENOLCK;
        failing.n = 0;
        for (int i = 0; i < WRITERS; i++) {
                char own[] = { (char)('a' + i), '\0' };

                if (fork() != 0)
                        continue;
                for (int k = 0; k < ROUNDS; k++)
                        bad += !renew(cache, key, own) || !read_name(cache, key, name) || *warnings != '\0';
                _exit(bad > 0);
        }
        for (int status; wait(&status) > 0;)
                bad += status != 0;
        failing.call = -1;
        bad += !read_name(cache, key, name) || count_files() > 2;
        if (bad)
                fprintf(stderr, "without locks entries are torn, or something is left behind\n");
        return bad;
}

int main(void)
{
        AUTO_PTR(bakery_client) client = make_client();
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = bakery__cache_key(CACHE_ROLE);
        size_t bad = 0, count = 0;

        if (!mkdtemp(folder))
                return EXIT_FAILURE;
        bakery__cache_open(client, folder, &cache);
        size_t n_runs = fail_each(&cache, &key, &bad);
        bad += write_at_once(&cache, &key);
        printf("%zu failing calls, %zu bad\n", n_runs, bad);
        if (bakery_cache_clear(client, folder, &count, NULL) || count != 1 || rmdir(folder) != 0)
                bad++;
        return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
