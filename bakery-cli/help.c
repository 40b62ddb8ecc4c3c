#include <stdio.h>
#include <string.h>

#include "cli.h"

enum { LEFT_COLUMN = 24 };

static void print_row(const char *left, const char *right)
{
        printf("  %-*s %s\n", LEFT_COLUMN, left, right);
}

static void print_options(const struct option_row *const *rows)
{
        for (; rows && *rows; rows++) {
                const struct option_row *row = *rows;
                char left[64];
                int n = row->letter ? snprintf(left, sizeof left, "-%c, ", row->letter)
                                    : snprintf(left, sizeof left, "    ");

                snprintf(left + n, sizeof left - (size_t)n, "--%s%s%s", row->name, row->argument ? " " : "",
                         row->argument ? row->argument : "");
                print_row(left, row->about);
        }
}

static void print_command_help(const struct command *command)
{
        printf("Usage: bakery-cli %s [OPTION]...%s%s\n\n%s\n", command->name, *command->arguments ? " " : "",
               command->arguments, command->details);
        if (command->options && *command->options) {
                puts("\nOptions:");
                print_options(command->options);
        }
        puts("\nOptions of every command:");
        print_options(cli_global_options);
        printf("\nMore: man bakery-cli-%s\n", command->name);
}

void cli_print_help(const struct command *command)
{
        if (command) {
                print_command_help(command);
                return;
        }
        puts("Usage: bakery-cli [OPTION]... COMMAND [ARGUMENT]...\n\n"
             "One AWS account for people, and roles into every other account, from one\n"
             "config.yml.\n\n"
             "Commands:");
        for (const struct command *const *each = cli_commands; *each; each++)
                print_row((*each)->name, (*each)->about);
        puts("\nOptions:");
        print_options(cli_global_options);
        puts("\nMore: bakery-cli COMMAND --help, man bakery-cli, man bakery-config");
}
