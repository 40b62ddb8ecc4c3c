#include "credentials/profile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"

static const struct {
        const char *variable, *in_home;
        enum ini_file file;
} files[] = {
        /* In this order: what the credentials file says of a profile goes before the config file. */
        { "AWS_CONFIG_FILE", ".aws/config", INI_CONFIG },
        { "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", INI_CREDENTIALS },
};

static bakery_status join(const char *folder, const char *name, char **ret_path, bakery_error **err)
{
        char *path = NULL;

        if (asprintf(&path, "%s/%s", folder, name) < 0)
                return bakery__fail_memory(err);
        *ret_path = path;
        return BAKERY_OK;
}

static bakery_status fail_homeless(bakery_error **err, const char *name, const char *hint)
{
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "HOME is not set, so ~/%s cannot be found", name);
        bakery__error_hint(err, "%s", hint);
        return BAKERY_ERR_CREDENTIALS;
}

bakery_status bakery__profile_home_path(const bakery_client *client, const char *name, char **ret_path,
                                        bakery_error **err)
{
        const char *home = bakery__client_getenv(client, "HOME");

        return home ? join(home, name, ret_path, err) : fail_homeless(err, name, "set HOME");
}

bakery_status bakery__profile_path(const bakery_client *client, enum ini_file file, char **ret_path, bakery_error **err)
{
        const char *home = bakery__client_getenv(client, "HOME");
        const char *path = bakery__client_getenv(client, files[file].variable);

        if (path && bakery__str_starts(path, "~/") && home)
                return join(home, path + 2, ret_path, err);
        if (path) {
                *ret_path = strdup(path);
                return *ret_path ? BAKERY_OK : bakery__fail_memory(err);
        }
        *ret_path = NULL;
        return home ? join(home, files[file].in_home, ret_path, err) : BAKERY_OK;
}

/* /dev/null is how people say "no file". */
static bool is_there(const char *path)
{
        struct stat about;

        return strcmp(path, "/dev/null") != 0 && !(stat(path, &about) != 0 && (errno == ENOENT || errno == ENOTDIR));
}

void bakery__profiles_warn(const bakery_client *client, const struct profiles *profiles)
{
        const char *path = profiles->paths[INI_CREDENTIALS];
        struct stat about;

        if (path && stat(path, &about) == 0 && S_ISREG(about.st_mode) && (about.st_mode & 077) != 0)
                bakery__client_log(client, BAKERY_LOG_WARNING,
                                   "%s can be read or changed by others (mode %04o): chmod 600 %s", path,
                                   (unsigned)about.st_mode & 07777, path);
}

static bakery_status load_file(const bakery_client *client, enum ini_file file, struct profiles *into,
                               bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = INI_MAX_BYTES, .secret = true };
        bakery_status st = bakery__profile_path(client, file, &into->paths[file], err);
        const char *path = into->paths[file];

        if (st || !path || !is_there(path))
                return st;
        st = bakery__fs_read(path, &text, err);
        if (st)
                return st;
        return bakery__ini_add(&into->ini, file, path, (struct span){ text.at ? text.at : "", text.len }, err);
}

bakery_status bakery__profiles_load(const bakery_client *client, struct profiles *ret, bakery_error **err)
{
        AUTO_CLEAR(profiles) loaded = { 0 };
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < N_ELEMENTS(files) && !st; i++)
                st = load_file(client, files[i].file, &loaded, err);
        if (st)
                return st;
        bakery__profiles_clear(ret);
        *ret = loaded;
        loaded = (struct profiles){ 0 };
        return BAKERY_OK;
}

void bakery__profiles_clear(struct profiles *profiles)
{
        bakery__ini_clear(&profiles->ini);
        for (size_t i = 0; i < N_ELEMENTS(profiles->paths); i++)
                free(profiles->paths[i]);
        *profiles = (struct profiles){ 0 };
}

const char *bakery__profile_wanted(const bakery_client *client, const char *wanted)
{
        static const char *const variables[] = { "AWS_PROFILE", "AWS_DEFAULT_PROFILE" };

        for (size_t i = 0; i < N_ELEMENTS(variables) && !wanted; i++)
                wanted = bakery__client_getenv(client, variables[i]);
        return wanted;
}

enum { NEAR_AT_MOST = 5, FARTHEST = 8 };

/* The profiles whose names are nearest to one that is not there, nearest first. */
struct neighbours {
        const char *names[NEAR_AT_MOST];
        unsigned distances[NEAR_AT_MOST];
        size_t n;
};

static void offer(struct neighbours *near, const char *name, unsigned distance)
{
        size_t at = near->n;

        while (at > 0 && near->distances[at - 1] > distance)
                at--;
        if (at == NEAR_AT_MOST)
                return;
        if (near->n < NEAR_AT_MOST)
                near->n++;
        for (size_t i = near->n - 1; i > at; i--) {
                near->names[i] = near->names[i - 1];
                near->distances[i] = near->distances[i - 1];
        }
        near->names[at] = name;
        near->distances[at] = distance;
}

/* Without one that is near any will do: then they show what names there are at all. */
static void find_neighbours(const struct profiles *profiles, const char *wanted, struct neighbours *ret)
{
        for (const struct ini_section *s = profiles->ini.first; s; s = s->next)
                if (s->kind == INI_PROFILE)
                        offer(ret, s->name,
                              bakery__str_equal_nocase(wanted, s->name)
                                      ? 0
                                      : bakery__str_distance(wanted, s->name, FARTHEST));
}

/* Near enough to be what was meant. */
static bool is_near(const char *wanted, const char *name, unsigned distance)
{
        return distance < bakery__nearest(wanted).distance || bakery__str_starts(name, wanted) ||
               bakery__str_starts(wanted, name);
}

static void hint_at_neighbours(const struct profiles *profiles, const char *wanted, bakery_error **err)
{
        struct neighbours near = { .n = 0 };
        AUTO_CLEAR(buf) list = { .max = 4096 };

        find_neighbours(profiles, wanted, &near);
        for (size_t i = 0; i < near.n; i++)
                bakery__buf_format(&list, "%s\"%.60s\"", i ? ", " : "", near.names[i]);
        if (list.at)
                bakery__error_hint(err, "%s: %s",
                                   is_near(wanted, near.names[0], near.distances[0]) ? "did you mean" : "there are",
                                   list.at);
        else
                bakery__error_hint(err, "make one with: aws configure --profile %.60s", wanted);
}

bakery_status bakery__profiles_fail_missing(const struct profiles *profiles, const char *name, const char *what,
                                            bakery_error **err)
{
        const char *path = profiles->paths[INI_CONFIG], *other = profiles->paths[INI_CREDENTIALS];

        if (!path && !other) {
                bakery_status st = fail_homeless(err, ".aws/config",
                                                 "set HOME, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE");

                return bakery__wrap(err, st, "%s \"%.100s\"", what, name);
        }
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%s \"%.100s\" is not there: neither %s nor %s has it", what, name,
                     path ? path : "~/.aws/config", other ? other : "~/.aws/credentials");
        hint_at_neighbours(profiles, name, err);
        return BAKERY_ERR_CREDENTIALS;
}

bakery_status bakery__profiles_find(const bakery_client *client, const struct profiles *profiles, const char *wanted,
                                    const struct ini_section **ret_profile, bakery_error **err)
{
        const char *name = bakery__profile_wanted(client, wanted);
        const struct ini_section *profile = bakery__ini_find(&profiles->ini, INI_PROFILE, name ? name : "default");

        if (name && !profile)
                return bakery__profiles_fail_missing(profiles, name, "profile", err);
        *ret_profile = profile;
        return BAKERY_OK;
}

const char *bakery__profile_value(const struct ini_section *profile, const char *name)
{
        const char *value = bakery__ini_value(profile, name);

        return value && *value ? value : NULL;
}

bakery_status bakery__profile_read_value(const bakery_client *client, const char *wanted, const char *name,
                                         char **ret_value, bakery_error **err)
{
        AUTO_CLEAR(profiles) profiles = { 0 };
        const struct ini_section *profile = NULL;
        bakery_status st = bakery__profiles_load(client, &profiles, err);

        if (!st)
                st = bakery__profiles_find(client, &profiles, wanted, &profile, err);
        if (st)
                return st;

        const char *value = bakery__profile_value(profile, name);
        char *copy = value ? strdup(value) : NULL;
        if (value && !copy)
                return bakery__fail_memory(err);
        *ret_value = copy;
        return BAKERY_OK;
}

/* What a client keeps of the profile in use. */
struct in_use {
        struct profiles profiles;
        const struct ini_section *profile;
};

static void free_in_use(void *context)
{
        struct in_use *in_use = context;

        bakery__profiles_clear(&in_use->profiles);
        free(in_use);
}

/* "services = mine" leads to [services mine], where "sts =" has its own indented lines below it. */
static const char *get_setting(void *context, const char *service, const char *name)
{
        struct in_use *in_use = context;
        char key[64];
        struct span found;

        if (!service)
                return bakery__profile_value(in_use->profile, name);

        const char *services = bakery__profile_value(in_use->profile, "services");
        if (!services)
                return NULL;
        snprintf(key, sizeof key, "%s", service);
        for (char *c = key; *c; c++)
                *c = *c == '-' ? '_' : *c;
        const char *settings = bakery__ini_value(bakery__ini_find(&in_use->profiles.ini, INI_SERVICES, services), key);
        if (!settings || !bakery__ini_sub_value(settings, name, &found) || found.len == 0)
                return NULL;
        return bakery__arena_copy(&in_use->profiles.ini.arena, found);
}

bakery_status bakery__profiles_hand_over(bakery_client *client, struct profiles *profiles,
                                         const struct ini_section *profile, bakery_error **err)
{
        struct in_use *in_use = calloc(1, sizeof *in_use);

        if (!in_use)
                return bakery__fail_memory(err);
        in_use->profiles = *profiles;
        in_use->profile = profile;
        *profiles = (struct profiles){ 0 };
        bakery__client_set_profile(client, get_setting, in_use, free_in_use);
        return BAKERY_OK;
}
