/* Runs a target over files, and over the files of folders: the corpora, in every build, without libFuzzer. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "target.h"

static size_t replay(const char *path);

static size_t replay_folder(const char *path)
{
        DIR *entries = opendir(path);
        size_t n = 0;

        for (struct dirent *entry; entries && (entry = readdir(entries));) {
                char below[4096];

                snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
                if (entry->d_name[0] != '.')
                        n += replay(below);
        }
        if (entries)
                closedir(entries);
        return n;
}

/* Gives how many inputs there were. */
static size_t replay(const char *path)
{
        struct stat about;
        FILE *file;

        if (stat(path, &about) != 0)
                return 0;
        if (S_ISDIR(about.st_mode))
                return replay_folder(path);

        /* Of exactly its size, so that a byte read past its end is seen. */
        uint8_t *bytes = malloc((size_t)about.st_size);
        file = fopen(path, "rb");
        MUST(file && (bytes || about.st_size == 0));
        MUST(fread(bytes, 1, (size_t)about.st_size, file) == (size_t)about.st_size);
        fclose(file);
        LLVMFuzzerTestOneInput(bytes, (size_t)about.st_size);
        free(bytes);
        return 1;
}

int main(int argc, char **argv)
{
        size_t n = 0;

        for (int i = 1; i < argc; i++)
                n += replay(argv[i]);
        printf("%zu inputs\n", n);
        return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
