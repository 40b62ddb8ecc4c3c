/*
 * Puts files into the program, as C: embed HEADER NAME=FILE... prints an array of char for each, which ends in NUL.
 * Run by the build.
 */
#include <stdio.h>
#include <string.h>

static int put(FILE *file, const char *path)
{
        int c, column = 0;

        while ((c = getc(file)) != EOF) {
                if (c == '\0') {
                        fprintf(stderr, "embed: %s has a NUL\n", path);
                        return 0;
                }
                column += printf(column ? "%d," : "        %d,", (signed char)c);
                if (column > 100) {
                        putchar('\n');
                        column = 0;
                }
        }
        if (ferror(file))
                perror(path);
        return !ferror(file);
}

int main(int argc, char **argv)
{
        printf("#include \"%s\"\n", argc > 1 ? argv[1] : "");
        for (int i = 2; i < argc; i++) {
                const char *path = strchr(argv[i], '=') ? strchr(argv[i], '=') + 1 : "";
                FILE *file = fopen(path, "rb");

                if (!file) {
                        perror(path);
                        return 1;
                }
                printf("\nconst char %.*s[] = {\n", (int)(path - argv[i]) - 1, argv[i]);
                int done = put(file, path);
                puts("0\n};");
                fclose(file);
                if (!done)
                        return 1;
        }
        return 0;
}
