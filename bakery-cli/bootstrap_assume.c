/* bootstrap-assume: a script to be sourced, for those who are used to one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out_file.h"
#include "ui/quote.h"
#include "work.h"

/* assume.sh, put here by the build: text that ends in NUL, with the place of the configuration in it. */
extern const char assume_sh[];

static const char place[] = "@CONFIG@";

/* In single quotes, in which only a single quote is special. */
static void put_quoted(FILE *out, const char *text)
{
        fputc('\'', out);
        for (; *text; text++)
                fputs(*text == '\'' ? "'\\''" : (const char[]){ *text, '\0' }, out);
        fputc('\'', out);
}

static void put_script(FILE *out, const char *config_path)
{
        const char *at = strstr(assume_sh, place);

        fprintf(out, "%.*s", (int)(at - assume_sh), assume_sh);
        put_quoted(out, config_path);
        fputs(at + strlen(place), out);
}

/* The script may be sourced anywhere. */
static int write_script(const struct options *options, const struct work *work)
{
        const char *to = options->out_folder ? options->out_folder : "assume.sh";
        char *config_path = realpath(bakery_config_name(work->config), NULL);
        struct out_file file;

        if (!config_path || !shell_may_print(config_path)) {
                free(config_path);
                fputs("bakery-cli: the path of the configuration cannot be written into a script\n", stderr);
                return EXIT_FAILED;
        }
        int code = out_file_open(&file, to, 0644);
        if (!code) {
                put_script(file.to, config_path);
                code = out_file_close(&file, EXIT_DONE);
        }
        if (!code && strcmp(to, "-") != 0) {
                fputs("written ", stdout);
                cli_put_harmless(stdout, to);
                fputs("; in bash or zsh: source ", stdout);
                cli_put_harmless(stdout, to);
                fputs(" [-h] [number]\n", stdout);
        }
        free(config_path);
        return code;
}

static int run(const struct options *options, char *const *arguments)
{
        struct work work = { 0 };
        int code = work_load(options, &work);

        (void)arguments;
        if (!code)
                code = write_script(options, &work);
        work_clear(&work);
        return code;
}

static const struct option_row *const own_options[] = { &option_out_file, NULL };

const struct command cli_bootstrap_assume = {
        .name = "bootstrap-assume",
        .arguments = "",
        .about = "write assume.sh, to be sourced in bash or zsh",
        .details = "Writes a script that lists the roles that one's groups in IAM grant, asks for a\n"
                   "number, and puts the role's credentials into the shell that sources it:\n\n"
                   "  source assume.sh [-h] [number]",
        .options = own_options,
        .run = run,
};
