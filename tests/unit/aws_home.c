#include "aws_home.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "support.h"

void home_set(struct aws_home *home, const char *variable)
{
        ck_assert_uint_lt(home->n, HOME_VARIABLES);
        char *to = home->variables[home->n];
        size_t used = 0;

        for (const char *c = variable; *c; c++)
                used += (size_t)snprintf(to + used, HOME_VARIABLE_BYTES - used, *c == '~' ? "%s" : "%.1s",
                                         *c == '~' ? home->folder : c);
        home->wire.environment[home->n++] = to;
}

const char *home_write(struct aws_home *home, const char *name, const char *text)
{
        static char path[400];

        snprintf(path, sizeof path, "%s/%s", home->folder, name);
        char *slash = strrchr(path, '/');
        *slash = '\0';
        ck_assert_int_eq(bakery__fs_make_folder(path, NULL), BAKERY_OK);
        *slash = '/';
        write_text(path, text);
        ck_assert_int_eq(chmod(path, 0600), 0);
        return path;
}

void home_begin(struct aws_home *home, const char *config, const char *credentials)
{
        *home = (struct aws_home){ .folder = new_folder() };
        home_set(home, "HOME=~");
        if (config)
                home_write(home, ".aws/config", config);
        if (credentials)
                home_write(home, ".aws/credentials", credentials);
}

bakery_client *home_client(struct aws_home *home)
{
        bakery_client_options options = fake_options(&home->wire);

        options.process_timeout_ms = 60000; /* nobody waits for its end */
        return fake_client_with(&home->wire, &options);
}

bool home_logged(const struct aws_home *home, const char *piece)
{
        return home->wire.log.at && strstr(home->wire.log.at, piece);
}

void home_end(struct aws_home *home)
{
        remove_folder(home->folder);
        fake_end(&home->wire);
}
