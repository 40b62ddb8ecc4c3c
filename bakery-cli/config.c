/* Finding and loading the configuration. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

/* $XDG_CONFIG_HOME/bakery/config.yml, with the default that the XDG Base Directory Specification gives. */
static const char *xdg_path(char *into, size_t size_bytes)
{
        const char *base = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");
        int n = 0;

        if (base && *base == '/')
                n = snprintf(into, size_bytes, "%s/bakery/config.yml", base);
        else if (home && *home)
                n = snprintf(into, size_bytes, "%s/.config/bakery/config.yml", home);
        return n > 0 && (size_t)n < size_bytes ? into : NULL;
}

/* What a person calls that place; NULL: there is none. */
static const char *xdg_name(void)
{
        const char *base = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");

        if (base && *base == '/')
                return "$XDG_CONFIG_HOME/bakery/config.yml";
        return home && *home ? "~/.config/bakery/config.yml" : NULL;
}

enum { PATH_MAX_BYTES = 4096 };

/* A link that leads nowhere is there too: it was put there to be read, and loading it says what is wrong. */
static bool is_there(const char *path)
{
        return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static const char *first_found(void)
{
        static char xdg[PATH_MAX_BYTES];
        const char *const places[] = { "config.yml", "configuration/config.yml", xdg_path(xdg, sizeof xdg),
                                       "/etc/bakery/config.yml" };

        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
                if (places[i] && is_there(places[i]))
                        return places[i];
        return NULL;
}

static void say_none(void)
{
        const char *own = xdg_name();

        fprintf(stderr,
                "bakery-cli: there is no configuration: config.yml, configuration/config.yml%s%s and "
                "/etc/bakery/config.yml were looked for%s\n"
                "  hint: name it with --config FILE; man bakery-config shows how one is written\n",
                own ? ", " : "", own ? own : "", own ? "" : "; HOME is not set");
}

const char *cli_find_config(const struct options *options, int *ret_code)
{
        const char *named = options->config_path ? options->config_path : secure_getenv("BAKERY_CONFIG");
        const char *path = named && *named ? named : first_found();

        if (!path) {
                say_none();
                *ret_code = EXIT_CONFIG;
        } else if (options->verbose) {
                fputs("bakery-cli: the configuration is ", stderr);
                cli_put_harmless(stderr, path);
                fputc('\n', stderr);
        }
        return path;
}

/* Every mistake, as compilers print them, and how many there were. */
static int print_mistakes(const char *path, const bakery_report *report)
{
        char *text = NULL;
        bakery_error *err = NULL;

        if (bakery_report_print(report, BAKERY_REPORT_TEXT, &text, &err) != BAKERY_OK) {
                int code = cli_fail(err);

                bakery_error_free(err);
                return code;
        }
        fputs(text, stderr);
        fputs("bakery-cli: ", stderr);
        cli_put_harmless(stderr, path);
        fprintf(stderr, " has %zu mistake%s\n", bakery_report_count_of(report, BAKERY_SEVERITY_ERROR),
                bakery_report_count_of(report, BAKERY_SEVERITY_ERROR) == 1 ? "" : "s");
        bakery_free(text);
        return EXIT_CONFIG;
}

int cli_fail_config(const bakery_error *err)
{
        int code = cli_fail(err);

        if (bakery_error_status(err) == BAKERY_ERR_MEMORY)
                return code;
        if (bakery_error_status(err) == BAKERY_ERR_IO && !bakery_error_hint(err))
                fputs("  hint: man bakery-config shows how a configuration is written\n", stderr);
        return EXIT_CONFIG;
}

bakery_config *cli_load_config(const struct options *options, bakery_report *report, int *ret_code)
{
        const char *path = cli_find_config(options, ret_code);
        bakery_config *config = NULL;
        bakery_error *err = NULL;

        if (!path)
                return NULL;

        bakery_status st = bakery_config_load_file(path, report, &config, &err);
        if (st == BAKERY_ERR_CONFIG)
                *ret_code = print_mistakes(path, report);
        else if (st)
                *ret_code = cli_fail_config(err);
        bakery_error_free(err);
        return config;
}
