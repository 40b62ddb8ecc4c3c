#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "out_file.h"
#include "work.h"

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

static bakery_status read(const struct options *options, const struct work *work, bakery_access **ret,
                          bakery_error **err)
{
        bakery_access_options how = BAKERY_ACCESS_OPTIONS_INIT;
        bakery_access_read_request request = BAKERY_ACCESS_READ_INIT;

        if (!options->live) {
                how.now_s = time(NULL);
                return bakery_access_from_config(work->config, &how, ret, err);
        }
        request.keys = work->keys;
        request.now_s = time(NULL);
        request.roles = options->trust;
        request.region = work->region;
        request.workers = options->stack.jobs;
        return bakery_access_read(work->client, work->config, &request, ret, err);
}

/* For CI: IAM must be as the configuration says. */
static int check(const struct options *options, const bakery_access *access)
{
        size_t n = bakery_access_difference_count(access);

        if (!options->check || n == 0)
                return EXIT_DONE;
        fprintf(stderr, "bakery-cli: %zu difference%s between the configuration and IAM\n", n, n == 1 ? "" : "s");
        fputs("  hint: bakery-cli plan shows what a deployment would mend, bakery-cli users what of memberships\n",
              stderr);
        return EXIT_REFUSED;
}

static void hint_without_users(const struct options *options, const bakery_access *access)
{
        if (bakery_access_user_count(access) == 0 && !options->live)
                fputs("bakery-cli: the configuration has no Users\n"
                      "  hint: --live asks IAM who is in the groups\n",
                      stderr);
}

static int tell(const struct options *options, const struct work *work)
{
        bakery_access *access = NULL;
        bakery_error *err = NULL;
        int code;

        if (read(options, work, &access, &err) != BAKERY_OK) {
                code = cli_fail(err);
        } else {
                hint_without_users(options, access);
                code = print(options, access);
                if (code == EXIT_DONE)
                        code = check(options, access);
        }
        bakery_access_free(access);
        bakery_error_free(err);
        return code;
}

static int run(const struct options *options, char *const *arguments)
{
        struct work work = { 0 };

        (void)arguments;
        if ((options->check || options->trust) && !options->live)
                return cli_usage("add --live", "%s is about what IAM has", options->check ? "--check" : "--trust");

        int code = options->live ? work_begin(options, &work) : work_load(options, &work);
        if (!code)
                code = tell(options, &work);
        work_clear(&work);
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

static bool set_live(struct options *options, const char *argument)
{
        (void)argument;
        options->live = true;
        return true;
}

static bool set_trust(struct options *options, const char *argument)
{
        (void)argument;
        options->trust = true;
        return true;
}

static bool set_check(struct options *options, const char *argument)
{
        (void)argument;
        options->check = true;
        return true;
}

const struct option_row option_user = { "user", 'u', "NAME", "an IAM user of the Bakery account", set_user };
static const struct option_row option_who = { "who", 'w', "ROLE", "who can assume this role, by its ARN or name",
                                              set_who };
static const struct option_row option_format = { "format", 'f', "FORMAT", "text csv json markdown dot html",
                                                 set_format };
const struct option_row option_out_file = { "out", 0, "FILE", "where to write, instead of stdout", set_out };

static const struct option_row option_live = { "live", 'l', NULL, "ask IAM, and compare it with config.yml", set_live };
static const struct option_row option_trust = { "trust", 0, NULL, "with --live: also what burger roles ask for",
                                                set_trust };
static const struct option_row option_check_live = { "check", 0, NULL, "with --live: exit 6 when they differ",
                                                     set_check };

static const struct option_row *const own_options[] = {
        &option_live,    &option_trust,  &option_check_live, &option_user, &option_who,  &option_env, &option_type,
        &option_account, &option_format, &option_out_file,   &option_jobs, WORK_OPTIONS, NULL
};

const struct command cli_access = {
        .name = "access",
        .arguments = "",
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "who can reach what",
        .details = "Prints which people can assume which roles in which accounts. Without --live\n"
                   "as the configuration says it: its Users, and what their groups grant. With\n"
                   "--live as IAM has it, and where the two differ.",
        .options = own_options,
        .run = run,
};
