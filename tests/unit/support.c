#include "support.h"

#include <check.h>
#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/report.h"

bakery_config *config_of(const char *text)
{
        bakery_config *config = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_status st = bakery_config_load_text(text, strlen(text), "config.yml", NULL, &config, &err);

        ck_assert_msg(st == BAKERY_OK, "%s\n%.1000s", bakery_error_message(err), text);
        return config;
}

char *findings_in(const char *text)
{
        static const char *const severities[] = { "note", "warning", "error" };
        AUTO_PTR(bakery_report) report = bakery_report_new();
        AUTO_PTR(bakery_config) config = NULL;
        AUTO_CLEAR(buf) shown = { .max = 1 << 20 };
        char *taken = NULL;

        bakery_config_load_text(text, strlen(text), "config.yml", report, &config, NULL);
        for (size_t i = 0; i < bakery_report_count(report); i++) {
                bakery__buf_format(&shown, "%u:%u %s %s: %s", bakery_report_line(report, i),
                                   bakery_report_column(report, i), severities[bakery_report_severity(report, i)],
                                   bakery_report_rule(report, i), bakery_report_message(report, i));
                if (bakery_report_hint(report, i))
                        bakery__buf_format(&shown, " (%s)", bakery_report_hint(report, i));
                bakery__buf_char(&shown, '\n');
        }
        ck_assert_int_eq(bakery__buf_take(&shown, "findings", &taken, NULL, NULL), BAKERY_OK);
        return taken;
}

char *large_text(const char *more, int n, const char *name_format)
{
        AUTO_CLEAR(buf) text = { .max = 64 << 20 };
        char *taken = NULL;

        bakery__buf_format(&text, OWN "%s" TYPES "Environments:\n  - Environment: Prod\n    Accounts:\n", more);
        for (int i = 0; i < n; i++) {
                char name[80];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                snprintf(name, sizeof name, name_format, i);
#pragma GCC diagnostic pop
                bakery__buf_format(&text, "      - { Id: \"%012d\", Name: %s }\n", i + 1, name);
        }
        ck_assert_int_eq(bakery__buf_take(&text, "text", &taken, NULL, NULL), BAKERY_OK);
        return taken;
}

void parse_json(const char *text, struct json *ret)
{
        AUTO_PTR(bakery_error) err = NULL;
        bakery_status st = bakery__json_parse(bakery__span(text), "text", ret, &err);

        ck_assert_msg(st == BAKERY_OK, "%s\n%.1000s", bakery_error_message(err), text);
}

const struct cJSON *json_at(const struct json *json, const char *path)
{
        const struct cJSON *at = json->root;

        while (at && *path) {
                size_t len = strcspn(path, "/");
                char key[200];

                snprintf(key, sizeof key, "%.*s", (int)len, path);
                if (bakery__json_kind(at) == JSON_ARRAY) {
                        at = bakery__json_first(at);
                        for (int i = atoi(key); at && i > 0; i--)
                                at = bakery__json_next(at);
                } else {
                        at = bakery__json_get(at, key);
                }
                path += len + (path[len] == '/');
        }
        return at;
}

static struct {
        const char *bytes;
        size_t size_bytes;
        bool freed, wiped;
} watched;

void watch_free(const void *bytes, size_t size_bytes)
{
        watched.bytes = bytes;
        watched.size_bytes = size_bytes;
        watched.freed = false;
        watched.wiped = true;
}

bool was_wiped(void)
{
        return watched.freed && watched.wiped;
}

static const char *unwanted; /* NULL: nothing is looked for */
static unsigned n_unwanted;

void watch_free_for(const char *text)
{
        const char *preloaded = getenv("LD_PRELOAD");

        /* valgrind objects to looking at bytes that nobody wrote */
        unwanted = preloaded && strstr(preloaded, "vgpreload") ? NULL : text;
        n_unwanted = 0;
}

unsigned freed_with_text(void)
{
        return n_unwanted;
}

void __real_free(void *memory);
void __wrap_free(void *memory);

void __wrap_free(void *memory)
{
        const char *block = memory;

        if (memory && unwanted && memmem(block, malloc_usable_size(memory), unwanted, strlen(unwanted)))
                n_unwanted++;
        if (memory && watched.bytes >= block && watched.bytes < block + malloc_usable_size(memory)) {
                for (size_t i = 0; i < watched.size_bytes; i++)
                        watched.wiped &= watched.bytes[i] == '\0';
                watched.freed = true;
                watched.bytes = NULL;
        }
        __real_free(memory);
}

char *new_folder(void)
{
        const char *base = getenv("TMPDIR");
        char *folder = path_to(base ? base : "/tmp", "bakery-unit-XXXXXX");

        ck_assert_ptr_nonnull(mkdtemp(folder));
        return folder;
}

void remove_folder(char *folder)
{
        DIR *entries = opendir(folder);

        for (struct dirent *entry; entries && (entry = readdir(entries));) {
                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                AUTO_FREE char *path = path_to(folder, entry->d_name);
                if (unlink(path) != 0 && rmdir(path) != 0)
                        remove_folder(strdup(path));
        }
        if (entries)
                closedir(entries);
        rmdir(folder);
        free(folder);
}

char *path_to(const char *folder, const char *name)
{
        char *path = NULL;

        ck_assert_int_ge(asprintf(&path, "%s/%s", folder, name), 0);
        return path;
}

void write_text(const char *path, const char *text)
{
        FILE *file = fopen(path, "w");

        ck_assert_ptr_nonnull(file);
        ck_assert_int_ge(fputs(text, file), 0);
        ck_assert_int_eq(fclose(file), 0);
}

char *read_text(const char *path)
{
        FILE *file = fopen(path, "r");
        char *text = NULL;
        size_t size = 0;

        if (!file)
                return NULL;
        if (getdelim(&text, &size, '\0', file) < 0 && text)
                *text = '\0';
        fclose(file);
        return text;
}
