#include "credentials/stored_keys.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "credentials/profile.h"

enum { MODE = 0600 };

static const char id_name[] = "aws_access_key_id", secret_name[] = "aws_secret_access_key";

/* One of the two files, while it is changed. Begin with { 0 }. */
struct key_file {
        char *path;
        struct buf text;    /* as it is */
        struct buf changed; /* as it will be */
        size_t count;       /* profiles in it that hold the keys */
        struct fs_pending pending;
};

struct key_files {
        struct key_file at[2]; /* by enum ini_file */
};

static void clear_files(struct key_files *files)
{
        for (size_t i = 0; i < N_ELEMENTS(files->at); i++) {
                free(files->at[i].path);
                bakery__buf_clear(&files->at[i].text);
                bakery__buf_clear(&files->at[i].changed);
                bakery__fs_pending_clear(&files->at[i].pending);
        }
}
DEFINE_AUTO_CLEAR(key_files, clear_files)

static struct span span_of(const struct buf *buf)
{
        return (struct span){ buf->at ? buf->at : "", buf->len };
}

/* The profiles of text that hold keys. One with half of them would be left with a pair that does not fit. */
static bakery_status count_profiles(enum ini_file file, const char *path, struct span text,
                                    const bakery_credentials *keys, size_t *ret_count, bakery_error **err)
{
        AUTO_CLEAR(ini) ini = { .count = 0 };
        size_t count = 0;
        bakery_status st = bakery__ini_add(&ini, file, path, text, err);

        if (st)
                return st;
        for (const struct ini_section *section = ini.first; section; section = section->next) {
                const char *id = bakery__ini_value(section, id_name);
                const char *secret = bakery__ini_value(section, secret_name);

                if (!bakery__str_equal(id, bakery_credentials_access_key_id(keys)))
                        continue;
                if (!bakery__str_equal(secret, bakery_credentials_secret_access_key(keys)))
                        return bakery__fail(err, BAKERY_ERR_FORMAT,
                                            "%s: profile %s has the access key and not its secret: the file is left as "
                                            "it is",
                                            path, section->name);
                count++;
        }
        *ret_count = count;
        return BAKERY_OK;
}

static bool is_there(const char *path)
{
        struct stat about;

        return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

static bakery_status read_files(const bakery_client *client, const bakery_credentials *keys, struct key_files *files,
                                bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < N_ELEMENTS(files->at) && !st; i++) {
                struct key_file *file = &files->at[i];

                file->text = (struct buf){ .max = INI_MAX_BYTES, .secret = true };
                file->changed = (struct buf){ .max = INI_MAX_BYTES, .secret = true };
                st = bakery__profile_path(client, (enum ini_file)i, &file->path, err);
                if (st || !file->path || !is_there(file->path))
                        continue;
                st = bakery__fs_read(file->path, &file->text, err);
                if (!st)
                        st = count_profiles((enum ini_file)i, file->path, span_of(&file->text), keys, &file->count,
                                            err);
        }
        return st;
}

bakery_status bakery__stored_keys_find(const bakery_client *client, const bakery_credentials *keys, size_t *ret_count,
                                       bakery_error **err)
{
        AUTO_CLEAR(key_files) files = { .at = { { .count = 0 } } };
        size_t count = 0;
        bakery_status st = read_files(client, keys, &files, err);

        for (size_t i = 0; i < N_ELEMENTS(files.at) && !st; i++) {
                struct key_file *file = &files.at[i];

                count += file->count;
                if (file->count > 0) /* beside it, and gone again */
                        st = bakery__fs_prepare(file->path, span_of(&file->text), MODE, &file->pending, err);
        }
        if (!st)
                *ret_count = count;
        return st;
}

/* The value of a line "name = value": where it stands in the line; an empty span when it is another name. */
static struct span value_of(struct span line, const char *name)
{
        const char *equals = memchr(line.at, '=', line.len);
        size_t before = equals ? (size_t)(equals - line.at) : 0;

        if (!equals ||
            !bakery__span_equal_nocase(bakery__span_trim((struct span){ line.at, before }), bakery__span(name)))
                return (struct span){ line.at, 0 };
        return bakery__span_trim((struct span){ equals + 1, line.len - before - 1 });
}

/* Copies a line, with another value when it is the old one. */
static void copy_line(struct buf *into, struct span line, const bakery_credentials *old,
                      const bakery_credentials *fresh)
{
        const struct {
                const char *name, *old, *fresh;
        } pairs[] = {
                { id_name, bakery_credentials_access_key_id(old), bakery_credentials_access_key_id(fresh) },
                { secret_name, bakery_credentials_secret_access_key(old), bakery_credentials_secret_access_key(fresh) },
        };

        for (size_t i = 0; i < N_ELEMENTS(pairs); i++) {
                struct span value = value_of(line, pairs[i].name);
                size_t len = strlen(pairs[i].old);

                /* What follows the value may be a comment. */
                if (value.len < len || memcmp(value.at, pairs[i].old, len) != 0 ||
                    (value.len > len && value.at[len] != ' ' && value.at[len] != '\t'))
                        continue;
                bakery__buf_add(into, line.at, (size_t)(value.at - line.at));
                bakery__buf_text(into, pairs[i].fresh);
                bakery__buf_add(into, value.at + len, line.len - (size_t)(value.at - line.at) - len);
                return;
        }
        bakery__buf_add(into, line.at, line.len);
}

static bakery_status change(struct key_file *file, enum ini_file kind, const bakery_credentials *old,
                            const bakery_credentials *fresh, bakery_error **err)
{
        struct span rest = span_of(&file->text);
        size_t count = 0;

        while (rest.len > 0) {
                const char *end = memchr(rest.at, '\n', rest.len);
                size_t len = end ? (size_t)(end - rest.at) + 1 : rest.len;

                copy_line(&file->changed, (struct span){ rest.at, len }, old, fresh);
                rest.at += len;
                rest.len -= len;
        }
        bakery_status st = bakery__buf_status(&file->changed, file->path, err);
        /* Read as the CLI of AWS would read it, before it is written. */
        if (!st)
                st = count_profiles(kind, file->path, span_of(&file->changed), fresh, &count, err);
        if (!st && count != file->count)
                st = bakery__fail(err, BAKERY_ERR_FORMAT,
                                  "%s: the access key cannot be replaced for certain: the file is left as it is",
                                  file->path);
        return st;
}

/* An existing file keeps its mode, and this one holds a secret. */
static bakery_status make_private(const char *path, bakery_error **err)
{
        if (!is_there(path) || chmod(path, MODE) == 0)
                return BAKERY_OK;
        return bakery__fail(err, BAKERY_ERR_IO, "chmod 600 %s: %s", path, strerror(errno));
}

static bakery_status prepare(struct key_file *file, enum ini_file kind, const bakery_credentials *old,
                             const bakery_credentials *fresh, bakery_error **err)
{
        bakery_status st = change(file, kind, old, fresh, err);

        if (!st)
                st = make_private(file->path, err);
        return st ? st : bakery__fs_prepare(file->path, span_of(&file->changed), MODE, &file->pending, err);
}

bakery_status bakery__stored_keys_replace(const bakery_client *client, const bakery_credentials *old,
                                          const bakery_credentials *fresh, char **ret_path, bool *ret_stored,
                                          bakery_error **err)
{
        AUTO_CLEAR(key_files) files = { .at = { { .count = 0 } } };
        AUTO_FREE char *path = NULL;
        bakery_status st = read_files(client, old, &files, err);

        *ret_stored = false;
        for (size_t i = 0; i < N_ELEMENTS(files.at) && !st; i++)
                if (files.at[i].count > 0)
                        st = prepare(&files.at[i], (enum ini_file)i, old, fresh, err);
        for (size_t i = 0; i < N_ELEMENTS(files.at) && !st; i++) {
                if (files.at[i].count == 0)
                        continue;
                st = bakery__fs_put_in_place(&files.at[i].pending, err);
                if (st)
                        break;
                *ret_stored = true;
                bakery__fs_sync_folder_of(files.at[i].path);
                free(path);
                path = STEAL(files.at[i].path);
        }
        if (!st && !path)
                st = bakery__fail(err, BAKERY_ERR_IO, "the access key is in the profile files no more");
        if (!st)
                *ret_path = STEAL(path);
        return st;
}

bakery_status bakery__stored_keys_write(const char *path, const bakery_credentials *keys, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = INI_MAX_LINE_BYTES, .secret = true };
        AUTO_CLEAR(fs_pending) pending = { .path = NULL };

        if (keys)
                bakery__buf_format(&text, "[default]\n%s = %s\n%s = %s\n", id_name,
                                   bakery_credentials_access_key_id(keys), secret_name,
                                   bakery_credentials_secret_access_key(keys));
        bakery_status st = bakery__buf_status(&text, path, err);
        if (!st && keys)
                st = make_private(path, err);
        if (!st)
                st = bakery__fs_prepare(path, span_of(&text), MODE, &pending, err);
        if (!st && keys)
                st = bakery__fs_put_in_place(&pending, err);
        if (!st && keys)
                bakery__fs_sync_folder_of(path);
        return st;
}
