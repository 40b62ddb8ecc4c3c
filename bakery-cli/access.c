#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "out_file.h"

static const struct {
        const char *name;
        bakery_access_format format;
} formats[] = {
        { "text", BAKERY_ACCESS_TEXT },         { "csv", BAKERY_ACCESS_CSV }, { "json", BAKERY_ACCESS_JSON },
        { "markdown", BAKERY_ACCESS_MARKDOWN }, { "dot", BAKERY_ACCESS_DOT }, { "html", BAKERY_ACCESS_HTML },
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

static bakery_access_format format_of(const struct options *options)
{
        for (size_t i = 0; i < N_FORMATS; i++)
                if (options->format && strcmp(options->format, formats[i].name) == 0)
                        return formats[i].format;
        return options->output == OUTPUT_JSON ? BAKERY_ACCESS_JSON : BAKERY_ACCESS_TEXT;
}

static bakery_status put(const char *bytes, size_t size_bytes, void *context, bakery_error **err)
{
        (void)err;
        return fwrite(bytes, 1, size_bytes, context) == size_bytes ? BAKERY_OK : BAKERY_ERR_IO;
}

static int print(const struct options *options, const bakery_access *access)
{
        bakery_access_filter filter = BAKERY_ACCESS_FILTER_INIT;
        bakery_error *err = NULL;
        struct out_file file;
        int code = out_file_open(&file, options->out_folder, 0666);

        if (code)
                return code;
        filter.user = options->user;
        filter.environment = options->environment;
        filter.access_type = options->access_type;
        filter.account = options->account;
        filter.role = options->who;
        bakery_status st = bakery_access_print(access, format_of(options), &filter, put, file.to, &err);
        if (st && st != BAKERY_ERR_IO) /* what could not be written is told when the file is closed */
                code = cli_fail(err);
        bakery_error_free(err);
        return out_file_close(&file, code);
}

static int run(const struct options *options, char *const *arguments)
{
        bakery_access_options how = BAKERY_ACCESS_OPTIONS_INIT;
        bakery_report *report = bakery_report_new();
        int code = EXIT_FAILED;
        bakery_config *config = report ? cli_load_config(options, report, &code) : NULL;
        bakery_access *access = NULL;
        bakery_error *err = NULL;

        (void)arguments;
        how.now_s = time(NULL);
        if (config && bakery_access_from_config(config, &how, &access, &err) != BAKERY_OK)
                code = cli_fail(err);
        else if (config)
                code = print(options, access);
        bakery_access_free(access);
        bakery_error_free(err);
        bakery_config_free(config);
        bakery_report_free(report);
        return code;
}

static bool set_format(struct options *options, const char *argument)
{
        for (size_t i = 0; i < N_FORMATS; i++)
                if (strcmp(argument, formats[i].name) == 0)
                        options->format = formats[i].name;
        return options->format != NULL;
}

static bool set_user(struct options *options, const char *argument)
{
        options->user = argument;
        return *argument != '\0';
}

static bool set_who(struct options *options, const char *argument)
{
        options->who = argument;
        return *argument != '\0';
}

static bool set_out(struct options *options, const char *argument)
{
        options->out_folder = argument;
        return *argument != '\0';
}

const struct option_row option_user = { "user", 'u', "NAME", "an IAM user of the Bakery account", set_user };
static const struct option_row option_who = { "who", 'w', "ROLE", "who can assume this role, by its ARN or name",
                                              set_who };
static const struct option_row option_format = { "format", 'f', "FORMAT", "text csv json markdown dot html",
                                                 set_format };
static const struct option_row option_out_file = { "out", 0, "FILE", "where to write, instead of stdout", set_out };

static const struct option_row *const own_options[] = { &option_user,    &option_who,    &option_env,      &option_type,
                                                        &option_account, &option_format, &option_out_file, NULL };

const struct command cli_access = {
        .name = "access",
        .arguments = "",
        .last_output = OUTPUT_JSON,
        .about = "who can reach what",
        .details = "Prints which people can assume which roles in which accounts, as the\n"
                   "configuration says it: its Users, and what their groups grant.",
        .options = own_options,
        .run = run,
};
