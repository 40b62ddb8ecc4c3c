#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "ui/json.h"

static const char *const state_names[] = {
        [BAKERY_FILE_UNCHANGED] = "unchanged", [BAKERY_FILE_WRITTEN] = "written", [BAKERY_FILE_DIFFERS] = "differs",
        [BAKERY_FILE_MISSING] = "missing",     [BAKERY_FILE_STALE] = "stale",
};

static void print_file(const bakery_file_event *event, void *context)
{
        size_t *n_stale = context;

        printf("%-10s ", state_names[event->state]);
        cli_put_harmless(stdout, event->path);
        putchar('\n');
        if (event->state != BAKERY_FILE_STALE)
                return;
        ++*n_stale;
        fputs("bakery-cli: ", stderr);
        cli_put_harmless(stderr, event->path);
        fputs(" is of an earlier configuration\n"
              "  hint: remove it, once no stack uses it any more\n",
              stderr);
}

struct json_files {
        struct json_out json;
        bakery_error *err; /* the first that came up */
        size_t n_stale;
};

static void print_file_json(const bakery_file_event *event, void *context)
{
        struct json_files *files = context;
        char hash[65] = "";

        files->n_stale += event->state == BAKERY_FILE_STALE;
        if (event->text && !files->err)
                bakery_sha256_hex(event->text, event->size_bytes, hash, &files->err);
        json_begin(&files->json, NULL, '{');
        json_text(&files->json, "file", event->file);
        json_text(&files->json, "path", event->path);
        json_text(&files->json, "state", state_names[event->state]);
        if (event->text) {
                json_number(&files->json, "size_bytes", event->size_bytes);
                json_text(&files->json, "sha256", *hash ? hash : NULL);
        }
        json_end(&files->json, '}');
}

/* Calls each for every environment group. */
static void for_groups(const bakery_config *config, void (*each)(const bakery_group *, void *), void *context)
{
        for (size_t i = 0; i < bakery_config_environment_count(config); i++) {
                const bakery_environment *environment = bakery_config_environment(config, i);

                for (size_t k = 0; k < bakery_environment_group_count(environment); k++)
                        each(bakery_environment_group(environment, k), context);
        }
}

static void measure_name(const bakery_group *group, void *context)
{
        int *width = context, length = (int)strlen(bakery_group_name(group));

        if (length > *width)
                *width = length;
}

static size_t limit_of(const bakery_group *group, size_t i)
{
        return bakery_group_policy_is_inline(group, i) ? 5120 : 6144;
}

static void print_headroom(const bakery_group *group, void *context)
{
        const int *width = context;
        size_t n = bakery_group_policy_count(group), room = bakery_group_headroom(group);

        printf("%-*s  %8zu  %2zu of 10%s  %4zu of %zu  ", *width, bakery_group_name(group),
               bakery_environment_account_count(bakery_group_environment(group)), n > 10 ? 10 : n, n > 10 ? "+" : " ",
               bakery_group_policy_size(group, n - 1), limit_of(group, n - 1));
        if (room == SIZE_MAX)
                puts("any number");
        else
                printf("%zu more\n", room);
}

static void print_all_headroom(const bakery_config *config)
{
        int width = (int)strlen("GROUP");

        for_groups(config, measure_name, &width);
        printf("\n%-*s  %8s  %-9s %-12s  %s\n", width, "GROUP", "ACCOUNTS", "POLICIES", "IN THE LAST", "ROOM FOR");
        for_groups(config, print_headroom, &width);
}

static void print_headroom_json(const bakery_group *group, void *context)
{
        struct json_out *json = context;

        json_begin(json, NULL, '{');
        json_text(json, "group", bakery_group_name(group));
        json_text(json, "environment", bakery_environment_name(bakery_group_environment(group)));
        json_text(json, "access_type", bakery_access_type_name(bakery_group_access_type(group)));
        json_begin(json, "policies", '[');
        for (size_t i = 0; i < bakery_group_policy_count(group); i++) {
                json_begin(json, NULL, '{');
                json_number(json, "accounts", bakery_group_policy_account_count(group, i));
                json_number(json, "characters", bakery_group_policy_size(group, i));
                json_number(json, "limit", limit_of(group, i));
                json_bool(json, "inline", bakery_group_policy_is_inline(group, i));
                json_end(json, '}');
        }
        json_end(json, ']');
        if (bakery_group_headroom(group) == SIZE_MAX)
                json_text(json, "headroom_accounts", NULL);
        else
                json_number(json, "headroom_accounts", bakery_group_headroom(group));
        json_end(json, '}');
}

/* generate removes nothing: told to run it again for a file that is stale, one would run it for ever. */
static const char *check_hint(size_t changes, size_t n_stale)
{
        if (n_stale == 0)
                return "bakery-cli generate";
        if (n_stale == changes)
                return "remove what is stale, once no stack uses it any more";
        return "bakery-cli generate; and remove what is stale, once no stack uses it any more";
}

static int finish(const struct options *options, size_t changes, size_t n_stale)
{
        if (!options->check || changes == 0)
                return EXIT_DONE;
        fprintf(stderr,
                "bakery-cli: %zu file%s not as the configuration makes %s\n"
                "  hint: %s\n",
                changes, changes == 1 ? " is" : "s are", changes == 1 ? "it" : "them", check_hint(changes, n_stale));
        return EXIT_REFUSED;
}

static int write_text(const struct options *options, const bakery_config *config, const char *folder)
{
        bakery_write_options how = BAKERY_WRITE_OPTIONS_INIT;
        bakery_error *err = NULL;
        size_t changes = 0, n_stale = 0;
        int code;

        how.check_only = options->check;
        how.on_file = print_file;
        how.context = &n_stale;
        if (bakery_templates_write(config, folder, &how, &changes, &err) != BAKERY_OK) {
                code = cli_fail(err);
        } else {
                print_all_headroom(config);
                code = finish(options, changes, n_stale);
        }
        bakery_error_free(err);
        return code;
}

static int write_json(const struct options *options, const bakery_config *config, const char *folder)
{
        bakery_write_options how = BAKERY_WRITE_OPTIONS_INIT;
        struct json_files files = { .json = { .out = stdout } };
        bakery_error *err = NULL;
        size_t changes = 0;
        int code;

        how.check_only = options->check;
        how.on_file = print_file_json;
        how.context = &files;
        json_begin(&files.json, NULL, '{');
        json_number(&files.json, "version", 1);
        json_text(&files.json, "folder", folder);
        json_begin(&files.json, "files", '[');
        bakery_status st = bakery_templates_write(config, folder, &how, &changes, &err);
        json_end(&files.json, ']');
        json_begin(&files.json, "groups", '[');
        for_groups(config, print_headroom_json, &files.json);
        json_end(&files.json, ']');
        json_end(&files.json, '}');
        if (st || files.err)
                code = cli_fail(st ? err : files.err);
        else
                code = finish(options, changes, files.n_stale);
        bakery_error_free(files.err);
        bakery_error_free(err);
        return code;
}

/* build/templates beside the configuration. */
static char *default_folder(const char *config_path)
{
        const char *slash = strrchr(config_path, '/');
        size_t folder_len = slash ? (size_t)(slash - config_path) + 1 : 0;
        char *path = malloc(folder_len + sizeof "build/templates");

        if (path)
                sprintf(path, "%.*sbuild/templates", (int)folder_len, config_path);
        return path;
}

static int write_all(const struct options *options, const bakery_config *config)
{
        char *folder = options->out_folder ? strdup(options->out_folder) : default_folder(bakery_config_name(config));
        int code = EXIT_FAILED;

        if (!folder)
                fputs("bakery-cli: out of memory\n", stderr);
        else
                code = (options->output == OUTPUT_JSON ? write_json : write_text)(options, config, folder);
        free(folder);
        return code;
}

static int no_such_template(const bakery_config *config, const char *file)
{
        fputs("bakery-cli: the configuration makes no template \"", stderr);
        cli_put_harmless(stderr, file);
        fputs("\"\n  hint: it makes", stderr);
        for (size_t i = 0; i < bakery_template_count(config); i++)
                fprintf(stderr, "%s %s", i ? "," : "", bakery_template_file(config, i));
        fputc('\n', stderr);
        return EXIT_USAGE;
}

static int print_one(const bakery_config *config, const char *file)
{
        bakery_error *err = NULL;
        char *json = NULL;
        size_t i = 0, size_bytes;
        int code = EXIT_DONE;

        while (i < bakery_template_count(config) && strcmp(bakery_template_file(config, i), file) != 0)
                i++;
        if (i == bakery_template_count(config))
                return no_such_template(config, file);
        if (bakery_template_emit(config, i, &json, &size_bytes, &err) == BAKERY_OK)
                cli_print(json);
        else
                code = cli_fail(err);
        bakery_free(json);
        bakery_error_free(err);
        return code;
}

static void tell_warnings(const bakery_report *report)
{
        size_t n = bakery_report_count_of(report, BAKERY_SEVERITY_WARNING);

        if (n > 0)
                fprintf(stderr, "bakery-cli: %zu warning%s\n  hint: bakery-cli validate shows %s\n", n,
                        n == 1 ? "" : "s", n == 1 ? "it" : "them");
}

static int run(const struct options *options, char *const *arguments)
{
        if (*arguments && (options->check || options->out_folder))
                return cli_usage("one template goes to stdout; without its name all are written",
                                 "generate: %s does not go with the name of a template",
                                 options->check ? "--check" : "--out");

        bakery_report *report = bakery_report_new();
        int code = EXIT_FAILED;
        bakery_config *config = report ? cli_load_config(options, report, &code) : NULL;

        if (config && *arguments)
                code = print_one(config, *arguments);
        else if (config)
                code = write_all(options, config);
        if (config)
                tell_warnings(report);
        bakery_config_free(config);
        bakery_report_free(report);
        return code;
}

static const struct option_row *const own_options[] = { &option_out, &option_check, NULL };

const struct command cli_generate = {
        .name = "generate",
        .arguments = "[TEMPLATE]",
        .max_arguments = 1,
        .last_output = OUTPUT_JSON,
        .about = "write the CloudFormation templates",
        .details = "Writes the templates, and tells how many more accounts fit each group. With the\n"
                   "name of a template it goes to stdout instead, and nothing is written.\n"
                   "Exits 6 when --check finds a difference.",
        .options = own_options,
        .run = run,
};
