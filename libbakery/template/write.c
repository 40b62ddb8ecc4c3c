/* Writing all templates into a folder, or telling what writing would change. */
#include <bakery/template.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/map.h"
#include "base/mem.h"

struct made {
        const char *file; /* borrowed from the configuration */
        char *text;
        size_t size_bytes;
        char *path;
        bakery_file_state state;
        struct fs_pending pending; /* while it is not yet in its place */
};

struct writing {
        const bakery_config *config;
        const char *folder;
        bakery_write_options options;
        struct made *made;
        size_t n_made;
        size_t changes;
};

static void clear_writing(struct writing *in)
{
        for (size_t i = 0; i < in->n_made; i++) {
                bakery__fs_pending_clear(&in->made[i].pending);
                free(in->made[i].path);
                free(in->made[i].text);
        }
        free(in->made);
}
DEFINE_AUTO_CLEAR(writing, clear_writing)

static bakery_status make_all(struct writing *in, bakery_error **err)
{
        size_t count = bakery_template_count(in->config);

        in->made = calloc(count, sizeof *in->made);
        if (!in->made)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < count; i++) {
                struct made *made = &in->made[i];
                bakery_status st = bakery_template_emit(in->config, i, &made->text, &made->size_bytes, err);

                if (st)
                        return st;
                made->file = bakery_template_file(in->config, i);
                in->n_made++;
        }
        return BAKERY_OK;
}

static void tell(struct writing *in, const struct made *made)
{
        bakery_file_event event = {
                .size = sizeof event,
                .file = made->file,
                .path = made->path,
                .text = made->text,
                .size_bytes = made->size_bytes,
                .state = made->state,
        };

        in->changes += made->state != BAKERY_FILE_UNCHANGED;
        if (in->options.on_file)
                in->options.on_file(&event, in->options.context);
}

/* What is there already. A file that cannot be read differs; writing it will say why. */
static bakery_status look(struct made *made, bakery_error **err)
{
        AUTO_CLEAR(buf) there = { .max = 64 << 20 };

        errno = 0; /* not all that is wrong with a file sets it */
        bakery_status st = bakery__fs_read(made->path, &there, NULL);
        if (st == BAKERY_ERR_MEMORY)
                return bakery__fail_memory(err);
        if (st)
                made->state = errno == ENOENT ? BAKERY_FILE_MISSING : BAKERY_FILE_DIFFERS;
        else if (there.len == made->size_bytes && memcmp(there.at, made->text, there.len) == 0)
                made->state = BAKERY_FILE_UNCHANGED;
        else
                made->state = BAKERY_FILE_DIFFERS;
        return BAKERY_OK;
}

static char *path_in(const char *folder, const char *file)
{
        char *path = NULL;

        return asprintf(&path, "%s/%s", folder, file) < 0 ? NULL : path;
}

static bakery_status prepare(struct writing *in, struct made *made, bakery_error **err)
{
        made->path = path_in(in->folder, made->file);
        if (!made->path)
                return bakery__fail_memory(err);

        bakery_status st = look(made, err);
        if (st || made->state == BAKERY_FILE_UNCHANGED || in->options.check_only)
                return st;
        return bakery__fs_prepare(made->path, (struct span){ made->text, made->size_bytes }, 0644, &made->pending, err);
}

static bakery_status put_in_place(struct made *made, bakery_error **err)
{
        if (!made->pending.beside)
                return BAKERY_OK;

        bakery_status st = bakery__fs_put_in_place(&made->pending, err);
        if (!st)
                made->state = BAKERY_FILE_WRITTEN;
        return st;
}

static bool in_same_folder(const char *a, const char *b)
{
        const char *end_a = strrchr(a, '/'), *end_b = strrchr(b, '/');

        return end_a && end_b && end_a - a == end_b - b && strncmp(a, b, (size_t)(end_a - a)) == 0;
}

/* Each once, since that takes longer than a file: most often there is one, but a template may be a link to elsewhere.
 */
static void sync_folders(const struct writing *in)
{
        const char *before = NULL;

        for (size_t i = 0; i < in->n_made; i++) {
                const char *target = in->made[i].pending.target;

                if (in->made[i].state != BAKERY_FILE_WRITTEN || (before && in_same_folder(before, target)))
                        continue;
                bakery__fs_sync_folder_of(target);
                before = target;
        }
}

/* Names that only a template of ours has. */
static bool looks_like_ours(const char *file)
{
        size_t len = strlen(file), suffix = strlen(".json");
        bool json = len > suffix && strcmp(file + len - suffix, ".json") == 0;

        return json && (bakery__str_starts(file, "bakery_env_") || strcmp(file, "bakery_env.json") == 0 ||
                        strcmp(file, "burger_deployer.json") == 0 || strcmp(file, "check_admin_access.json") == 0);
}

static bool is_made(const struct writing *in, const char *file)
{
        for (size_t i = 0; i < in->n_made; i++)
                if (strcmp(in->made[i].file, file) == 0)
                        return true;
        return false;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
        return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_ours(const struct dirent *entry)
{
        return looks_like_ours(entry->d_name);
}

/* A folder or a link of such a name is nothing that was written here. */
static bool is_regular(const char *path)
{
        struct stat about;

        return lstat(path, &about) == 0 && S_ISREG(about.st_mode);
}

/* A folder that cannot be listed has nothing to tell: what was to be written is. */
static bakery_status tell_stale(struct writing *in, bakery_error **err)
{
        struct dirent **entries = NULL;
        int n = scandir(in->folder, &entries, is_ours, by_name);
        bakery_status st = BAKERY_OK;

        for (int i = 0; i < n; i++) {
                AUTO_FREE char *path = path_in(in->folder, entries[i]->d_name);
                struct made stale = { .file = entries[i]->d_name, .path = path, .state = BAKERY_FILE_STALE };

                if (!path)
                        st = bakery__fail_memory(err);
                else if (!is_made(in, stale.file) && is_regular(path))
                        tell(in, &stale);
                free(entries[i]);
        }
        free(entries);
        return st;
}

/* Templates belong together: the files are there, and on the disk, before the first one takes the place of an old one.
 * The renames that follow are as near to one step as POSIX comes. */
static bakery_status write_all(struct writing *in, bakery_error **err)
{
        bakery_status st = make_all(in, err);

        if (!st && !in->options.check_only)
                st = bakery__fs_make_folder(in->folder, err);
        for (size_t i = 0; i < in->n_made && !st; i++)
                st = prepare(in, &in->made[i], err);
        for (size_t i = 0; i < in->n_made && !st; i++)
                st = put_in_place(&in->made[i], err);
        sync_folders(in);
        if (st)
                return st;
        for (size_t i = 0; i < in->n_made; i++)
                tell(in, &in->made[i]);
        return tell_stale(in, err);
}

bakery_status bakery_templates_write(const bakery_config *config, const char *folder,
                                     const bakery_write_options *options, size_t *ret_changes, bakery_error **err)
{
        AUTO_CLEAR(writing) in = { .config = config, .folder = folder };

        bakery__error_clear(err);
        if (options && options->size < sizeof *options)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_write_options of %zu bytes are none: begin with "
                                    "BAKERY_WRITE_OPTIONS_INIT",
                                    options->size);
        if (options)
                in.options = *options;

        bakery_status st = write_all(&in, err);
        if (!st && ret_changes)
                *ret_changes = in.changes;
        return st;
}
