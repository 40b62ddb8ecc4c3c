/*
 * Makes every template of each configuration here, through the public interface, and compares the bytes with the files
 * beside it: NAME/config.yml, NAME/bakery_stack.json and so on.
 *
 *      golden [--update] FOLDER
 *
 * --update writes the files anew (and removes the ones that are no longer made); git diff then shows what changed.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bakery/bakery.h>

#include "expected.h"

static bool update;
static int n_templates;

static void compare(const char *path, const char *text, size_t size)
{
        size_t want_size = 0;

        n_templates++;
        if (update) {
                write_file(path, text, size);
                return;
        }

        char *want = read_file(path, &want_size);
        if (!want) {
                fail(path, "there is no such file; see README.md here");
        } else if (want_size != size || memcmp(want, text, size) != 0) {
                fail(path, "other bytes are made (- expected, + made)");
                show_difference(path, want, text);
        }
        free(want);
}

static char *emit(const bakery_config *config, size_t i, size_t *ret_size)
{
        bakery_error *err = NULL;
        char *text = NULL;

        if (bakery_template_emit(config, i, &text, ret_size, &err) != BAKERY_OK)
                fail(bakery_template_file(config, i), bakery_error_message(err));
        bakery_error_free(err);
        return text;
}

static void check_template(const bakery_config *config, const bakery_config *again, size_t i, const char *name)
{
        size_t size = 0, size_again = 0;
        char path[512], *text = emit(config, i, &size), *text_again = emit(again, i, &size_again);

        snprintf(path, sizeof path, "%s/%s", name, bakery_template_file(config, i));
        if (text)
                compare(path, text, size);
        if (text && text_again && (size != size_again || memcmp(text, text_again, size) != 0))
                fail(path, "the same configuration gives other bytes when it is loaded again");
        bakery_free(text);
        bakery_free(text_again);
}

static bool is_made(const bakery_config *config, const char *file)
{
        for (size_t i = 0; i < bakery_template_count(config); i++)
                if (strcmp(bakery_template_file(config, i), file) == 0)
                        return true;
        return false;
}

static bool has_suffix(const char *text, const char *suffix)
{
        size_t len = strlen(text), suffix_len = strlen(suffix);

        return len > suffix_len && strcmp(text + len - suffix_len, suffix) == 0;
}

/* A file that stands here and is not made any more would be checked by nobody. inline.json is an input. */
static void check_left_over(const bakery_config *config, const char *name)
{
        DIR *folder = opendir(name);

        for (struct dirent *entry; folder && (entry = readdir(folder));) {
                char path[1024];

                if (!has_suffix(entry->d_name, ".json") || strcmp(entry->d_name, "inline.json") == 0 ||
                    is_made(config, entry->d_name))
                        continue;
                snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
                if (update)
                        unlink(path);
                else
                        fail(path, "the configuration does not make this file");
        }
        closedir(folder);
}

static void check_config(const char *name)
{
        char path[512];
        bakery_config *config = NULL, *again = NULL;
        bakery_error *err = NULL;

        snprintf(path, sizeof path, "%s/config.yml", name);
        if (bakery_config_load_file(path, NULL, &config, &err) != BAKERY_OK ||
            bakery_config_load_file(path, NULL, &again, &err) != BAKERY_OK) {
                fail(path, bakery_error_message(err));
        } else {
                for (size_t i = 0; i < bakery_template_count(config); i++)
                        check_template(config, again, i, name);
                check_left_over(config, name);
        }
        bakery_config_free(config);
        bakery_config_free(again);
        bakery_error_free(err);
}

static int has_config(const struct dirent *entry)
{
        char path[1024];

        snprintf(path, sizeof path, "%s/config.yml", entry->d_name);
        return entry->d_name[0] != '.' && access(path, F_OK) == 0;
}

int main(int argc, char **argv)
{
        struct dirent **folders = NULL;

        update = argc == 3 && strcmp(argv[1], "--update") == 0;
        if (argc != 2 + update) {
                fputs("usage: golden [--update] FOLDER\n", stderr);
                return EXIT_FAILURE;
        }
        int n = chdir(argv[1 + update]) == 0 ? scandir(".", &folders, has_config, alphasort) : -1;
        if (n <= 0) {
                fprintf(stderr, "%s: no configurations are there\n", argv[1 + update]);
                return EXIT_FAILURE;
        }
        for (int i = 0; i < n; i++) {
                check_config(folders[i]->d_name);
                free(folders[i]);
        }
        free(folders);
        printf("%d configurations, %d templates, %d failures\n", n, n_templates, n_failed);
        return n_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
