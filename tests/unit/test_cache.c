#include "credentials/cache.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bakery/assume.h>

#include "credentials/command.h"
#include "fake_wire.h"
#include "support.h"

Suite *cache_suite(void);

static char *folder;

static void begin(void)
{
        folder = new_folder();
        ck_assert_int_eq(chmod(folder, 0700), 0);
}

static void end(void)
{
        chmod(folder, 0700);
        remove_folder(folder);
}

static struct cache_key key_of(const char *name, const char *value)
{
        struct cache_key key = bakery__cache_key(CACHE_ROLE);

        bakery__cache_key_text(&key, name, value);
        return key;
}

static bakery_credentials *keys_until(int64_t expiration_s)
{
        bakery_credentials *keys = NULL;

        ck_assert_int_eq(bakery_credentials_new("ASIAX", SECRET, TOKEN, expiration_s, "test", &keys, NULL), BAKERY_OK);
        return keys;
}

static struct cache_entry entry_of(int64_t issued_s, int64_t expiration_s)
{
        return (struct cache_entry){ .issued_s = issued_s, .keys = keys_until(expiration_s) };
}

static void ck_entry(const struct cache_entry *entry, int64_t issued_s, int64_t expiration_s)
{
        ck_assert_int_eq(entry->issued_s, issued_s);
        ck_assert_int_eq(bakery_credentials_expiration_s(entry->keys), expiration_s);
        ck_assert_str_eq(bakery_credentials_access_key_id(entry->keys), "ASIAX");
        ck_assert_str_eq(bakery_credentials_secret_access_key(entry->keys), SECRET);
        ck_assert_str_eq(bakery_credentials_session_token(entry->keys), TOKEN);
        ck_assert_str_eq(bakery_credentials_source(entry->keys), "test");
}

static void print(const struct cache_key *key, struct buf *into)
{
        AUTO_CLEAR(cache_entry) entry = entry_of(1000, 4600);

        ck_assert_int_eq(bakery__cache_print(key, &entry, into, NULL), BAKERY_OK);
}

START_TEST(an_entry_comes_back_as_it_was)
{
        AUTO_CLEAR(cache_key) key = key_of("role", "a,b:1");
        AUTO_CLEAR(buf) bytes = { 0 };
        AUTO_CLEAR(cache_entry) found = { 0 }, text = { .issued_s = 7, .text = strdup("arn:x,y") };
        const char *why = NULL;

        print(&key, &bytes);
        ck_assert(bytes.secret);
        ck_assert(bakery__cache_parse(&key, (struct span){ bytes.at, bytes.len }, &found, &why));
        ck_entry(&found, 1000, 4600);

        bakery__buf_clear(&bytes);
        bytes = (struct buf){ 0 };
        bakery__cache_entry_clear(&found);
        ck_assert_int_eq(bakery__cache_print(&key, &text, &bytes, NULL), BAKERY_OK);
        ck_assert(bakery__cache_parse(&key, (struct span){ bytes.at, bytes.len }, &found, &why));
        ck_assert_str_eq(found.text, "arn:x,y");
        ck_assert_ptr_null(found.keys);
}
END_TEST

START_TEST(an_entry_that_is_cut_or_changed_is_none)
{
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        AUTO_CLEAR(buf) bytes = { 0 };
        struct cache_entry found = { 0 };
        const char *why = NULL;

        print(&key, &bytes);
        for (size_t len = 0; len < bytes.len; len++)
                ck_assert_msg(!bakery__cache_parse(&key, (struct span){ bytes.at, len }, &found, &why), "%zu bytes",
                              len);
        for (size_t i = 0; i < bytes.len; i++) {
                bytes.at[i] ^= 1;
                ck_assert_msg(!bakery__cache_parse(&key, (struct span){ bytes.at, bytes.len }, &found, &why),
                              "byte %zu", i);
                bytes.at[i] ^= 1;
        }
        bakery__buf_char(&bytes, '\n');
        ck_assert(!bakery__cache_parse(&key, (struct span){ bytes.at, bytes.len }, &found, &why));
        ck_assert_ptr_null(found.keys);
        ck_assert_ptr_nonnull(why);
}
END_TEST

/* The sum that stands at the end of an entry (FNV-1a), made anew. */
static void mend_sum(struct buf *bytes)
{
        uint64_t sum = 0xcbf29ce484222325u;

        bytes->len -= strlen("0123456789abcdef\n");
        for (size_t i = 0; i < bytes->len; i++)
                sum = (sum ^ (unsigned char)bytes->at[i]) * 0x100000001b3u;
        bakery__buf_format(bytes, "%016llx\n", (unsigned long long)sum);
}

START_TEST(a_sum_that_is_right_is_not_enough)
{
        static const struct {
                const char *from, *to; /* equally long */
                bool good;
        } changes[] = { { "4:4600,", "4:4700,", true },  { "4:4600,", "4:46a0,", false },
                        { "4:1000,", "4:-100,", false }, { "4:4600,", "5:4600,", false },
                        { "4:4600,", "4;4600,", false }, { "5:ASIAX,", "5:ASI X,", false } };

        for (size_t i = 0; i < N_ELEMENTS(changes); i++) {
                AUTO_CLEAR(cache_key) key = key_of("role", "a");
                AUTO_CLEAR(buf) bytes = { 0 };
                AUTO_CLEAR(cache_entry) found = { 0 };
                const char *why = NULL;

                print(&key, &bytes);
                char *at = strstr(bytes.at, changes[i].from);
                ck_assert_ptr_nonnull(at);
                memcpy(at, changes[i].to, strlen(changes[i].to));
                mend_sum(&bytes);
                ck_assert_msg(bakery__cache_parse(&key, (struct span){ bytes.at, bytes.len }, &found, &why) ==
                                      changes[i].good,
                              "%s", changes[i].to);
        }
}
END_TEST

/* Inputs that would be one text, were they joined. */
static const struct {
        enum cache_kind kinds[2];
        const char *names[2][2], *values[2][2];
} different[] = {
        { .names = { { "a" }, { "a" } }, .values = { { "1" }, { "2" } } },
        { .names = { { "a" }, { "b" } }, .values = { { "1" }, { "1" } } },
        { .names = { { "a" }, { "a" } }, .values = { { "" }, { NULL } } },
        { .names = { { "a" }, { "a", "b" } }, .values = { { "1" }, { "1", NULL } } },
        { .names = { { "a", "b" }, { "a", "b" } }, .values = { { "12", "3" }, { "1", "23" } } },
        { .names = { { "a" }, { "a" } }, .values = { { "1,1:b,1:2" }, { "1" } } },
        { .names = { { "a", "b" }, { "b", "a" } }, .values = { { "1", "2" }, { "2", "1" } } },
        { .kinds = { CACHE_ROLE, CACHE_MFA }, .names = { { "a" }, { "a" } }, .values = { { "1" }, { "1" } } },
};

START_TEST(other_inputs_are_another_entry)
{
        char names[2][CACHE_NAME_BYTES];
        AUTO_CLEAR(buf) bytes = { 0 };
        AUTO_CLEAR(cache_key) first = bakery__cache_key(different[_i].kinds[0]);
        AUTO_CLEAR(cache_key) second = bakery__cache_key(different[_i].kinds[1]);
        struct cache_key *keys[] = { &first, &second };
        struct cache_entry found = { 0 };
        const char *why = NULL;

        for (size_t i = 0; i < 2; i++) {
                for (size_t k = 0; k < 2 && different[_i].names[i][k]; k++)
                        bakery__cache_key_text(keys[i], different[_i].names[i][k], different[_i].values[i][k]);
                bakery__cache_name(keys[i], names[i]);
        }
        ck_assert_str_ne(names[0], names[1]);
        if (first.kind != second.kind) /* the file's name alone tells the kind */
                return;
        print(&first, &bytes);
        ck_assert(!bakery__cache_parse(&second, (struct span){ bytes.at, bytes.len }, &found, &why));
        ck_assert_str_eq(why, "the answer to another request");
}
END_TEST

START_TEST(a_key_that_is_too_large_is_not_used)
{
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_FREE char *large = calloc(1, 300001);
        AUTO_CLEAR(cache_entry) entry = entry_of(1000, 4600);
        struct cache_entry found = { 0 };
        int fd = -1;

        memset(large, 'x', 300000);
        bakery__cache_open(fake_client(&wire), folder, &cache);
        AUTO_CLEAR(cache_key) key = key_of("policy", large);
        ck_assert(key.unusable);
        bakery__cache_put(&cache, &key, &entry);
        ck_assert(!bakery__cache_get(&cache, &key, &found));
        ck_assert_int_eq(bakery__cache_try_lock(&cache, &key, &fd), LOCK_NONE);
}
END_TEST

/* The path of the one entry, made by putting it there. */
static char *put_one(const struct cache *cache, const struct cache_key *key)
{
        AUTO_CLEAR(cache_entry) entry = entry_of(FAKE_NOW_S, FAKE_NOW_S + 3600);
        char name[CACHE_NAME_BYTES];

        bakery__cache_put(cache, key, &entry);
        bakery__cache_name(key, name);
        return path_to(folder, name);
}

static void ck_good(const struct cache *cache, const struct cache_key *key, const char *path)
{
        AUTO_CLEAR(cache_entry) found = { 0 };
        struct stat about;

        ck_assert_int_eq(lstat(path, &about), 0);
        ck_assert_uint_eq(about.st_mode, S_IFREG | 0600);
        ck_assert(bakery__cache_get(cache, key, &found));
        ck_entry(&found, FAKE_NOW_S, FAKE_NOW_S + 3600);
}

static void make_empty(const char *path)
{
        write_text(path, "");
}

static void make_foreign(const char *path)
{
        write_text(path, "x");
        if (geteuid() == 0)
                ck_assert_int_eq(chown(path, 12345, 12345), 0);
}

static void make_readable(const char *path)
{
        ck_assert_int_eq(chmod(path, 0640), 0);
}

static void make_link(const char *path)
{
        AUTO_FREE char *elsewhere = path_to(folder, "elsewhere");

        ck_assert_int_eq(rename(path, elsewhere), 0);
        ck_assert_int_eq(symlink(elsewhere, path), 0);
}

static void make_folder(const char *path)
{
        ck_assert_int_eq(unlink(path), 0);
        ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void make_fifo(const char *path)
{
        ck_assert_int_eq(unlink(path), 0);
        ck_assert_int_eq(mkfifo(path, 0600), 0);
}

static void (*const spoilers[])(const char *path) = { make_empty, make_foreign, make_readable,
                                                      make_link,  make_folder,  make_fifo };

START_TEST(what_is_no_entry_is_ignored_and_replaced)
{
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        struct cache_entry found = { 0 };

        bakery__cache_open(fake_client(&wire), folder, &cache);
        AUTO_FREE char *path = put_one(&cache, &key);
        ck_good(&cache, &key, path);
        spoilers[_i](path);
        ck_assert(!bakery__cache_get(&cache, &key, &found));
        ck_assert_msg(!strstr(wire.log.at ? wire.log.at : "", "warning"), "%s", wire.log.at);
        ck_assert_msg(strstr(wire.log.at ? wire.log.at : "", "debug"), "nothing was said");
        AUTO_FREE char *again = put_one(&cache, &key);
        ck_good(&cache, &key, again);
        bakery__cache_drop(&cache, &key);
        ck_assert(!bakery__cache_get(&cache, &key, &found));
}
END_TEST

/* Writing fails as on a full disk; what stood there before stays, and nothing half is left behind. */
START_TEST(a_full_disk_leaves_the_old_entry)
{
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        AUTO_CLEAR(cache_entry) other = entry_of(1, 2);
        struct rlimit usual, small;
        size_t count = 0;

        bakery__cache_open(fake_client(&wire), folder, &cache);
        AUTO_FREE char *path = put_one(&cache, &key);
        signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &usual);
        small = usual;
        small.rlim_cur = 10;
        setrlimit(RLIMIT_FSIZE, &small);
        bakery__cache_put(&cache, &key, &other);
        setrlimit(RLIMIT_FSIZE, &usual);
        ck_assert_msg(strstr(wire.log.at, "warning the session is not cached"), "%s", wire.log.at);
        ck_good(&cache, &key, path);
        ck_assert_int_eq(bakery_cache_clear(wire.client, folder, &count, NULL), BAKERY_OK);
        ck_assert_uint_eq(count, 1);
}
END_TEST

static const unsigned open_modes[] = { 0777, 0755, 0710, 0701, 0770 };

START_TEST(a_folder_that_is_open_to_others_is_not_used)
{
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        struct cache_entry found = { 0 };

        ck_assert_int_eq(chmod(folder, open_modes[_i]), 0);
        bakery__cache_open(fake_client(&wire), folder, &cache);
        ck_assert_int_eq(cache.folder_fd, -1);
        ck_assert_msg(strstr(wire.log.at, "warning ") && strstr(wire.log.at, "chmod 700"), "%s", wire.log.at);
        AUTO_FREE char *path = put_one(&cache, &key);
        ck_assert_int_ne(access(path, F_OK), 0);
        ck_assert(!bakery__cache_get(&cache, &key, &found));
}
END_TEST

START_TEST(the_folder_is_made_for_us_alone)
{
        AUTO_FREE char *home = path_to(folder, "home");
        AUTO_FREE char *variable = NULL;
        AUTO_FREE char *made = path_to(home, ".cache/bakery");
        AUTO_CLEAR(cache) cache = { 0 };
        struct stat about;

        ck_assert_int_gt(asprintf(&variable, "HOME=%s", home), 0);
        AUTO_CLEAR(fake_wire) wire = { .environment = { variable, "XDG_CACHE_HOME=relative" } };
        bakery__cache_open(fake_client(&wire), NULL, &cache);
        ck_assert_int_ge(cache.folder_fd, 0);
        ck_assert_str_eq(cache.path, made);
        ck_assert_int_eq(stat(made, &about), 0);
        ck_assert_uint_eq(about.st_mode, S_IFDIR | 0700);
}
END_TEST

START_TEST(without_a_place_nothing_is_cached)
{
        static const char *const folders[] = { NULL, "", "/proc/nowhere/x", "/dev/null" };
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };

        bakery__cache_open(fake_client(&wire), folders[_i], &cache);
        ck_assert_int_eq(cache.folder_fd, -1);
        bool warned = wire.log.at && strstr(wire.log.at, "warning nothing is cached");
        ck_assert_int_eq(warned, !folders[_i] || *folders[_i]);
}
END_TEST

START_TEST(a_link_to_a_folder_is_not_followed)
{
        AUTO_FREE char *link = path_to(folder, "link");
        AUTO_FREE char *other = path_to(folder, "other");
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };

        ck_assert_int_eq(mkdir(other, 0700), 0);
        ck_assert_int_eq(symlink(other, link), 0);
        bakery__cache_open(fake_client(&wire), link, &cache);
        ck_assert_int_eq(cache.folder_fd, -1);
}
END_TEST

/* What a fetch gives, and how often it was asked. */
struct source {
        bakery_status status;
        int64_t expiration_s;
        unsigned asked;
};

static bakery_status fetch(void *context, bakery_credentials **ret, bakery_error **err)
{
        struct source *source = context;

        source->asked++;
        if (source->status)
                return bakery__fail(err, source->status, "the source failed");
        *ret = keys_until(source->expiration_s);
        return BAKERY_OK;
}

static struct cache_ask ask_of(const struct cache *cache, const struct cache_key *key, struct source *source)
{
        return (struct cache_ask){ .cache = cache, .key = key, .what = "it", .fetch = fetch, .context = source };
}

enum outcome { CACHED, FETCHED, OLD, FAILED };

/* The entry's times are relative to now. */
static const struct {
        const char *name;
        int64_t issued_s, expiration_s;
        unsigned max_age_s;
        bool refresh;
        bakery_status status;
        enum outcome outcome;
        int64_t slow_s;
} looks[] = {
        { "new", 0, 3600, 0, false, BAKERY_OK, CACHED, 0 },
        { "301 s left", -3299, 301, 0, false, BAKERY_OK, CACHED, 0 },
        { "300 s left", -3300, 300, 0, false, BAKERY_OK, FETCHED, 0 },
        { "a quarter of a short one, and a second", -674, 226, 0, false, BAKERY_OK, CACHED, 0 },
        { "a quarter of a short one", -675, 225, 0, false, BAKERY_OK, FETCHED, 0 },
        { "over", -3600, 0, 0, false, BAKERY_OK, FETCHED, 0 },
        { "refresh", 0, 3600, 0, true, BAKERY_OK, FETCHED, 0 },
        { "refresh that fails", 0, 3600, 0, true, BAKERY_ERR_NETWORK, FAILED, 0 },
        { "no network, it lives", -3500, 100, 0, false, BAKERY_ERR_NETWORK, OLD, 0 },
        { "one second of life", -3599, 1, 0, false, BAKERY_ERR_AWS, OLD, 0 },
        { "no credentials, it lives", -3500, 100, 0, false, BAKERY_ERR_CREDENTIALS, OLD, 0 },
        { "cancelled", -3500, 100, 0, false, BAKERY_ERR_CANCELLED, FAILED, 0 },
        { "no memory", -3500, 100, 0, false, BAKERY_ERR_MEMORY, FAILED, 0 },
        { "over, and no network", -3600, 0, 0, false, BAKERY_ERR_NETWORK, FAILED, 0 },
        { "young enough", -3299, 36000, 3600, false, BAKERY_OK, CACHED, 0 },
        { "nearly too old", -3300, 36000, 3600, false, BAKERY_OK, FETCHED, 0 },
        { "nearly too old, nobody there", -3300, 36000, 3600, false, BAKERY_ERR_CREDENTIALS, OLD, 0 },
        { "too old, nobody there", -3600, 36000, 3600, false, BAKERY_ERR_CREDENTIALS, FAILED, 0 },
        { "age not known", 10, 36000, 3600, false, BAKERY_ERR_CREDENTIALS, FAILED, 0 },
        { "the clock was set back a little", 300, 3900, 0, false, BAKERY_OK, CACHED, 0 },
        { "the clock was set back", 301, 3901, 0, false, BAKERY_OK, FETCHED, 0 },
        { "the clock was set back, and no network", 301, 3901, 0, false, BAKERY_ERR_NETWORK, OLD, 0 },

        { "by a slow clock: new", 1000, 4600, 0, false, BAKERY_OK, CACHED, 1000 },
        { "by a slow clock: 301 s left", -2299, 1301, 0, false, BAKERY_OK, CACHED, 1000 },
        { "by a slow clock: 300 s left", -2300, 1300, 0, false, BAKERY_OK, FETCHED, 1000 },
        { "by a slow clock: over, and no network", -2600, 1000, 0, false, BAKERY_ERR_NETWORK, FAILED, 1000 },
        { "by a slow clock: young enough", -2299, 37000, 3600, false, BAKERY_OK, CACHED, 1000 },
        { "by a slow clock: nearly too old", -2300, 37000, 3600, false, BAKERY_OK, FETCHED, 1000 },
};

static void ck_outcome(const char *name, enum outcome wanted, bakery_status st, const struct source *source,
                       const bakery_credentials *got, int64_t old_s)
{
        int64_t until_s = got ? bakery_credentials_expiration_s(got) : 0;
        enum outcome outcome = st ? FAILED : until_s != old_s ? FETCHED : source->asked ? OLD : CACHED;

        ck_assert_msg(outcome == wanted, "%s: %d instead of %d", name, outcome, wanted);
        ck_assert_msg(st == BAKERY_OK || !got, "%s: output touched", name);
        ck_assert_msg(st == BAKERY_OK || st == source->status, "%s: another status", name);
}

START_TEST(looks_before_it_asks)
{
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        AUTO_CLEAR(cache_entry) entry = entry_of(FAKE_NOW_S + looks[_i].issued_s, FAKE_NOW_S + looks[_i].expiration_s);
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_PTR(bakery_credentials) got = NULL;
        struct source source = { looks[_i].status, FAKE_NOW_S + 7200, 0 };

        entry.slow_s = looks[_i].slow_s;
        bakery__cache_open(fake_client(&wire), folder, &cache);
        bakery__cache_put(&cache, &key, &entry);
        struct cache_ask ask = { .cache = &cache,
                                 .key = &key,
                                 .what = "it",
                                 .max_age_s = looks[_i].max_age_s,
                                 .refresh = looks[_i].refresh,
                                 .fetch = fetch,
                                 .context = &source };
        bakery_status st = bakery__cache_session(&ask, &got, &err);
        ck_outcome(looks[_i].name, looks[_i].outcome, st, &source, got, FAKE_NOW_S + looks[_i].expiration_s);
        ck_assert_int_eq(looks[_i].outcome == OLD, wire.log.at && strstr(wire.log.at, "warning it: not renewed"));
        if (st == BAKERY_ERR_NETWORK)
                ck_says(err, "the source failed");
        if (looks[_i].outcome != FETCHED)
                return;
        bakery_credentials_free(got);
        got = NULL;
        ask.refresh = false;
        ck_assert_int_eq(bakery__cache_session(&ask, &got, NULL), BAKERY_OK); /* what was fetched was kept */
        ck_assert_uint_eq(source.asked, 1);
}
END_TEST

START_TEST(what_servers_say_of_the_clock_goes_before)
{
        AUTO_CLEAR(fake_wire) wire = { .now_s = FAKE_NOW_S };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        AUTO_CLEAR(cache_entry) entry = entry_of(FAKE_NOW_S, FAKE_NOW_S + 3600);
        AUTO_PTR(bakery_credentials) got = NULL;
        struct source source = { BAKERY_OK, FAKE_NOW_S + 7200, 0 };
        struct cache_ask ask = ask_of(&cache, &key, &source);

        entry.slow_s = 3600;
        bakery__cache_open(fake_client(&wire), folder, &cache);
        bakery__cache_put(&cache, &key, &entry);
        bakery__client_set_clock(wire.client, FAKE_NOW_S + 60);
        ck_assert_int_eq(bakery__cache_session(&ask, &got, NULL), BAKERY_OK);
        ck_assert_uint_eq(source.asked, 0);
}
END_TEST

/* The servers' clock is an hour ahead, which only a process that asks them learns. */
START_TEST(remembers_that_the_clock_is_slow)
{
        struct source source = { BAKERY_OK, FAKE_NOW_S + 3600 + 3600, 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        static const struct {
                int64_t later_s;
                unsigned asked;
        } runs[] = { { 0, 1 }, { 3299, 1 }, { 3300, 2 } };

        for (size_t i = 0; i < N_ELEMENTS(runs); i++) {
                AUTO_CLEAR(fake_wire) wire = { .now_s = FAKE_NOW_S + runs[i].later_s };
                AUTO_CLEAR(cache) cache = { 0 };
                AUTO_PTR(bakery_credentials) got = NULL;
                struct cache_ask ask = ask_of(&cache, &key, &source);

                bakery__cache_open(fake_client(&wire), folder, &cache);
                if (i == 0)
                        bakery__client_set_clock(wire.client, FAKE_NOW_S + 3600);
                ck_assert_int_eq(bakery__cache_session(&ask, &got, NULL), BAKERY_OK);
                ck_assert_uint_eq(source.asked, runs[i].asked);
        }
}
END_TEST

static int hold_lock(const struct cache *cache, const struct cache_key *key)
{
        int fd = -1;

        ck_assert_int_eq(bakery__cache_try_lock(cache, key, &fd), LOCK_HELD);
        return fd;
}

START_TEST(one_holds_the_lock)
{
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        AUTO_CLEAR(cache_key) other = key_of("role", "b");
        int fd = -1;

        bakery__cache_open(fake_client(&wire), folder, &cache);
        int held = hold_lock(&cache, &key);
        ck_assert_int_eq(bakery__cache_try_lock(&cache, &key, &fd), LOCK_BUSY);
        int held_other = hold_lock(&cache, &other);
        close(held);
        close(held_other);
        close(hold_lock(&cache, &key));
}
END_TEST

/* A holder that never ends (stopped at its question) must not stop everybody. */
START_TEST(waiting_has_an_end)
{
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        AUTO_PTR(bakery_credentials) got = NULL;
        struct source source = { BAKERY_OK, FAKE_NOW_S + 7200, 0 };
        bakery_client_options options = fake_options(&wire);

        options.total_timeout_ms = 60;
        options.max_attempts = 1;
        bakery__cache_open(fake_client_with(&wire, &options), folder, &cache);
        int held = hold_lock(&cache, &key);
        struct cache_ask ask = ask_of(&cache, &key, &source);
        ck_assert_int_eq(bakery__cache_session(&ask, &got, NULL), BAKERY_OK);
        ck_assert_uint_eq(source.asked, 1);
        close(held);
}
END_TEST

/* Who asked for a new session does not get the old one because somebody else is at it. */
START_TEST(refresh_waits_for_a_new_one)
{
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        AUTO_CLEAR(cache_entry) entry = entry_of(FAKE_NOW_S, FAKE_NOW_S + 3600);
        AUTO_PTR(bakery_credentials) got = NULL;
        struct source source = { BAKERY_OK, FAKE_NOW_S + 7200, 0 };
        bakery_client_options options = fake_options(&wire);

        options.total_timeout_ms = 60;
        options.max_attempts = 1;
        bakery__cache_open(fake_client_with(&wire, &options), folder, &cache);
        bakery__cache_put(&cache, &key, &entry);
        int held = hold_lock(&cache, &key);
        struct cache_ask ask = ask_of(&cache, &key, &source);
        ask.refresh = true;
        ck_assert_int_eq(bakery__cache_session(&ask, &got, NULL), BAKERY_OK);
        ck_assert_uint_eq(source.asked, 1);
        close(held);
}
END_TEST

/* Who waits looks, and does not queue for the lock to find that all is done. */
START_TEST(waiting_ends_with_what_another_one_kept)
{
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        AUTO_CLEAR(cache_entry) entry = entry_of(FAKE_NOW_S, FAKE_NOW_S + 3600);
        AUTO_PTR(bakery_credentials) got = NULL;
        struct source source = { BAKERY_OK, FAKE_NOW_S + 7200, 0 };

        bakery__cache_open(fake_client(&wire), folder, &cache);
        int held = hold_lock(&cache, &key);
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
                usleep(100 * 1000);
                bakery__cache_put(&cache, &key, &entry);
                _exit(0);
        }
        struct cache_ask ask = ask_of(&cache, &key, &source);
        ck_assert_int_eq(bakery__cache_session(&ask, &got, NULL), BAKERY_OK);
        ck_assert_uint_eq(source.asked, 0);
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
        close(held);
}
END_TEST

START_TEST(waiting_ends_when_cancelled)
{
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        AUTO_PTR(bakery_credentials) got = NULL;
        struct source source = { BAKERY_OK, FAKE_NOW_S + 7200, 0 };

        bakery__cache_open(fake_client(&wire), folder, &cache);
        int held = hold_lock(&cache, &key);
        struct cache_ask ask = ask_of(&cache, &key, &source);
        bakery_client_cancel(wire.client);
        ck_assert_int_eq(bakery__cache_session(&ask, &got, NULL), BAKERY_ERR_CANCELLED);
        ck_assert_uint_eq(source.asked, 0);
        close(held);
}
END_TEST

/* Run by a credential_process of ours, whose lock it may be. */
START_TEST(who_is_run_by_the_holder_does_not_wait)
{
        AUTO_CLEAR(fake_wire) wire = { .environment = { COMMAND_MARK "=dev" } };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        AUTO_PTR(bakery_credentials) got = NULL;
        struct source source = { BAKERY_OK, FAKE_NOW_S + 7200, 0 };

        bakery__cache_open(fake_client(&wire), folder, &cache);
        int held = hold_lock(&cache, &key);
        struct cache_ask ask = ask_of(&cache, &key, &source);
        ck_assert_int_eq(bakery__cache_session(&ask, &got, NULL), BAKERY_OK);
        ck_assert_uint_eq(source.asked, 1);
        close(held);
}
END_TEST

/* The lock's name cannot be opened, as on a file system without locks: everybody goes ahead. */
START_TEST(without_locks_it_goes_on)
{
        AUTO_CLEAR(fake_wire) wire = { 0 };
        AUTO_CLEAR(cache) cache = { 0 };
        AUTO_CLEAR(cache_key) key = key_of("role", "a");
        AUTO_PTR(bakery_credentials) got = NULL;
        struct source source = { BAKERY_OK, FAKE_NOW_S + 7200, 0 };
        char name[CACHE_NAME_BYTES], lock[CACHE_NAME_BYTES + 8];

        bakery__cache_name(&key, name);
        snprintf(lock, sizeof lock, "%s.lock", name);
        AUTO_FREE char *path = path_to(folder, lock);
        ck_assert_int_eq(mkdir(path, 0700), 0);
        bakery__cache_open(fake_client(&wire), folder, &cache);
        struct cache_ask ask = ask_of(&cache, &key, &source);
        ck_assert_int_eq(bakery__cache_session(&ask, &got, NULL), BAKERY_OK);
        ck_assert_uint_eq(source.asked, 1);
        rmdir(path);
}
END_TEST

START_TEST(clears_what_is_ours_alone)
{
        static const struct {
                const char *name;
                bool ours;
        } files[] = {
                { "role-0123456789abcdef", true },
                { "mfa-0123456789abcdef", true },
                { "user-0123456789abcdef", true },
                { "role-0123456789abcdef.lock", true },
                { "role-0123456789abcdef.12.ab", true },
                { "role-0123456789abcde", false },
                { "role-0123456789abcdef0", false },
                { "role-", false },
                { "notes", false },
                { "xrole-0123456789abcdef", false },
        };
        AUTO_CLEAR(fake_wire) wire = { 0 };
        size_t count = 9;

        for (size_t i = 0; i < N_ELEMENTS(files); i++) {
                AUTO_FREE char *path = path_to(folder, files[i].name);
                write_text(path, "x");
        }
        ck_assert_int_eq(bakery_cache_clear(fake_client(&wire), folder, &count, NULL), BAKERY_OK);
        ck_assert_uint_eq(count, 2);
        for (size_t i = 0; i < N_ELEMENTS(files); i++) {
                AUTO_FREE char *path = path_to(folder, files[i].name);
                ck_assert_msg((access(path, F_OK) != 0) == files[i].ours, "%s", files[i].name);
        }
        ck_assert_int_eq(bakery_cache_clear(wire.client, "/proc/nowhere", &count, NULL), BAKERY_OK);
        ck_assert_uint_eq(count, 0);
}
END_TEST

/* "None" would be a promise about a folder that nobody looked into. */
START_TEST(without_a_place_there_is_nothing_to_clear)
{
        AUTO_CLEAR(fake_wire) wire = { .environment = { "HOME=", "XDG_CACHE_HOME=relative" } };
        AUTO_PTR(bakery_error) err = NULL;
        size_t count = 9;

        ck_assert_int_eq(bakery_cache_clear(fake_client(&wire), NULL, &count, &err), BAKERY_ERR_IO);
        ck_says(err, "neither XDG_CACHE_HOME nor HOME says where sessions are kept");
        ck_hints(err, "HOME");
        ck_assert_uint_eq(count, 9);
        ck_assert_int_eq(bakery_cache_clear(wire.client, "", &count, &err), BAKERY_OK);
        ck_assert_uint_eq(count, 0);
}
END_TEST

Suite *cache_suite(void)
{
        Suite *suite = suite_create("cache");
        TCase *bytes = tcase_create("bytes"), *files = tcase_create("files"), *sessions = tcase_create("sessions");

        tcase_add_test(bytes, an_entry_comes_back_as_it_was);
        tcase_add_test(bytes, an_entry_that_is_cut_or_changed_is_none);
        tcase_add_test(bytes, a_sum_that_is_right_is_not_enough);
        tcase_add_loop_test(bytes, other_inputs_are_another_entry, 0, N_ELEMENTS(different));
        suite_add_tcase(suite, bytes);

        tcase_add_checked_fixture(files, begin, end);
        tcase_add_test(files, a_key_that_is_too_large_is_not_used);
        tcase_add_loop_test(files, what_is_no_entry_is_ignored_and_replaced, 0, N_ELEMENTS(spoilers));
        tcase_add_test(files, a_full_disk_leaves_the_old_entry);
        tcase_add_loop_test(files, a_folder_that_is_open_to_others_is_not_used, 0, N_ELEMENTS(open_modes));
        tcase_add_test(files, the_folder_is_made_for_us_alone);
        tcase_add_loop_test(files, without_a_place_nothing_is_cached, 0, 4);
        tcase_add_test(files, a_link_to_a_folder_is_not_followed);
        tcase_add_test(files, clears_what_is_ours_alone);
        tcase_add_test(files, without_a_place_there_is_nothing_to_clear);
        suite_add_tcase(suite, files);

        tcase_add_checked_fixture(sessions, begin, end);
        tcase_add_loop_test(sessions, looks_before_it_asks, 0, N_ELEMENTS(looks));
        tcase_add_test(sessions, remembers_that_the_clock_is_slow);
        tcase_add_test(sessions, what_servers_say_of_the_clock_goes_before);
        tcase_add_test(sessions, one_holds_the_lock);
        tcase_add_test(sessions, waiting_has_an_end);
        tcase_add_test(sessions, refresh_waits_for_a_new_one);
        tcase_add_test(sessions, waiting_ends_with_what_another_one_kept);
        tcase_add_test(sessions, waiting_ends_when_cancelled);
        tcase_add_test(sessions, who_is_run_by_the_holder_does_not_wait);
        tcase_add_test(sessions, without_locks_it_goes_on);
        suite_add_tcase(suite, sessions);
        return suite;
}
