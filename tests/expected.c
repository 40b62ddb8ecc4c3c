#include "expected.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int n_failed;

void fail(const char *path, const char *what)
{
        printf("FAILED %s: %s\n", path, what);
        n_failed++;
}

char *read_file(const char *path, size_t *ret_size)
{
        FILE *file = fopen(path, "rb");
        char *text = NULL;
        size_t size = 0;

        if (!file)
                return NULL;
        for (size_t got = 1; got > 0; size += got) {
                text = realloc(text, size + 65536 + 1);
                if (!text)
                        abort();
                got = fread(text + size, 1, 65536, file);
        }
        fclose(file);
        text[size] = '\0';
        if (ret_size)
                *ret_size = size;
        return text;
}

void write_file(const char *path, const char *text, size_t size)
{
        FILE *file = fopen(path, "wb");

        if (!file || fwrite(text, 1, size, file) != size || fclose(file) != 0) {
                perror(path);
                exit(EXIT_FAILURE);
        }
}

void show_difference(const char *path, const char *want, const char *got)
{
        for (int line = 1; *want || *got; line++) {
                size_t w = strcspn(want, "\n"), g = strcspn(got, "\n");

                if (w != g || memcmp(want, got, w) != 0) {
                        printf("  %s:%d\n  - %.*s\n  + %.*s\n", path, line, (int)w, want, (int)g, got);
                        return;
                }
                want += w + (want[w] == '\n');
                got += g + (got[g] == '\n');
        }
        printf("  %s: the texts differ only in their last newline\n", path);
}
