#include "arguments.h"

#include <getopt.h>
#include <string.h>

enum { OPTIONS_AT_MOST = 40, FIRST_LONG_VALUE = 256 };

/* getopt's view of the rows: long options by index, letters where there are any. */
struct bound {
        const struct option_row *rows[OPTIONS_AT_MOST];
        size_t n_rows;
        struct option longs[OPTIONS_AT_MOST + 1];
        char shorts[2 * OPTIONS_AT_MOST + 3];
};

static void bind(struct bound *bound, const struct option_row *const *rows)
{
        size_t end = strlen(bound->shorts);

        for (; rows && *rows && bound->n_rows < OPTIONS_AT_MOST; rows++) {
                const struct option_row *row = *rows;

                bound->longs[bound->n_rows] =
                        (struct option){ row->name, row->argument ? required_argument : no_argument, NULL,
                                         FIRST_LONG_VALUE + (int)bound->n_rows };
                bound->rows[bound->n_rows++] = row;
                if (row->letter)
                        bound->shorts[end++] = row->letter;
                if (row->letter && row->argument)
                        bound->shorts[end++] = ':';
        }
        bound->shorts[end] = '\0';
}

static const struct option_row *row_of(const struct bound *bound, int value)
{
        if (value >= FIRST_LONG_VALUE)
                return bound->rows[value - FIRST_LONG_VALUE];
        for (size_t i = 0; i < bound->n_rows; i++)
                if (bound->rows[i]->letter == value)
                        return bound->rows[i];
        return NULL;
}

/* The word of the long option that was just read: its argument stands in it, or behind it. */
static const char *last_word(char *const *argv)
{
        return optarg && argv[optind - 1] == optarg ? argv[optind - 2] : argv[optind - 1];
}

/* getopt takes "--out" for "--output" until there is another option that begins so: then what scripts say would change
 * its meaning. So names are whole here. */
static bool is_shortened(char *const *argv, const struct bound *bound, int value)
{
        return value >= FIRST_LONG_VALUE &&
               strcspn(last_word(argv) + 2, "=") != strlen(bound->rows[value - FIRST_LONG_VALUE]->name);
}

enum fault { UNKNOWN_LETTER, UNKNOWN_NAME, NO_ARGUMENT_TAKEN };

/* An argument may be a secret, and is not repeated. */
static int fail_option(enum fault fault, char *const *argv, const struct command *command)
{
        const char *word = last_word(argv);
        int len = (int)strcspn(word, "=");
        char hint[80];

        if (command)
                snprintf(hint, sizeof hint, "bakery-cli %s --help lists the options", command->name);
        else
                snprintf(hint, sizeof hint, "bakery-cli --help lists the options; a command's own stand behind it");
        if (fault == UNKNOWN_LETTER)
                return cli_usage(hint, "unknown option -%c", optopt);
        if (fault == UNKNOWN_NAME)
                return cli_usage(hint, "unknown option %.*s", len, word);
        return cli_usage(hint, "%.*s takes no argument", len, word);
}

/* Takes one option, as getopt gave it. */
static int take_option(char *const *argv, int value, const struct bound *bound, const struct command *command,
                       struct options *options)
{
        bool is_bad = value == '?' || value == ':';
        int which = is_bad ? optopt : value; /* 0: a name that getopt does not know */
        const struct option_row *row = which ? row_of(bound, which) : NULL;

        if (!which || is_shortened(argv, bound, which))
                return fail_option(UNKNOWN_NAME, argv, command);
        if (!row)
                return fail_option(UNKNOWN_LETTER, argv, command);
        if (value == ':')
                return cli_usage(row->about, "%s needs an argument, %s", argv[optind - 1], row->argument);
        if (value == '?')
                return fail_option(NO_ARGUMENT_TAKEN, argv, command);
        if (!row->set(options, optarg))
                return cli_usage(row->about, "\"%s\" is no %s for --%s", optarg, row->argument, row->name);
        return EXIT_DONE;
}

/* Reads options up to the first word that is none. */
static int read_options(int argc, char **argv, const struct bound *bound, const struct command *command,
                        struct options *options)
{
        int value, code = EXIT_DONE;

        opterr = 0;
        while (!code && (value = getopt_long(argc, argv, bound->shorts, bound->longs, NULL)) != -1)
                code = take_option(argv, value, bound, command, options);
        return code;
}

static const struct command *find_command(const char *name)
{
        for (const struct command *const *command = cli_commands; *command; command++)
                if (strcmp((*command)->name, name) == 0)
                        return *command;
        return NULL;
}

/* The words behind the options. Those of another program stand behind "--", so that none is taken for ours. */
static int check_words(int n, char *const *words, const struct command *command)
{
        if (command->takes_command && n > 0 && strcmp(words[-1], "--") != 0)
                return cli_usage("put -- before a command and its arguments", "%s: what is \"%s\"?", command->name,
                                 words[0]);
        if (command->takes_command || (size_t)n <= command->max_arguments)
                return EXIT_DONE;
        return cli_usage("bakery-cli COMMAND --help shows what a command takes", "%s: \"%s\" is one word too many",
                         command->name, words[command->max_arguments]);
}

int cli_parse(int argc, char **argv, struct options *ret_options, const struct command **ret_command,
              char *const **ret_arguments)
{
        struct bound bound = { .shorts = "+:" }; /* stop at the command; ':' tells a missing argument */

        bind(&bound, cli_global_options);
        int code = read_options(argc, argv, &bound, NULL, ret_options);
        if (code || optind == argc)
                return code;

        const struct command *command = find_command(argv[optind]);
        if (!command)
                return cli_usage("bakery-cli --help lists the commands", "there is no command \"%s\"", argv[optind]);

        /* The options of the command, anywhere behind its name. */
        bound = (struct bound){ .shorts = ":" };
        if (command->takes_command)
                memcpy(bound.shorts, "+:", sizeof "+:"); /* up to the first word that is none */
        bind(&bound, cli_global_options);
        bind(&bound, command->options);
        argc -= optind;
        argv += optind;
        optind = 0; /* GNU: begin anew, with another order of words */
        code = read_options(argc, argv, &bound, command, ret_options);
        if (code)
                return code;
        code = check_words(argc - optind, argv + optind, command);
        if (code)
                return code;
        *ret_command = command;
        *ret_arguments = argv + optind;
        return EXIT_DONE;
}
