/* users rotate-key: a new access key of one's own. */
#include <stdlib.h>

#include "ui/json.h"
#include "ui/tty.h"
#include "users.h"

/* What became of which key, for JSON. */
struct rotated {
        bool quiet;
        char *ids[BAKERY_ROTATION_DEACTIVATED + 1];
        char *path;
};

static char *copy(const char *text)
{
        char *made = NULL;

        return text && asprintf(&made, "%s", text) >= 0 ? made : NULL;
}

static void tell_step(bakery_rotation_step step, const char *access_key_id, const char *path, void *context)
{
        static const char *const sentences[] = {
                [BAKERY_ROTATION_DELETED] = "the inactive key of the last rotation is deleted",
                [BAKERY_ROTATION_CREATED] = "a second key is made",
                [BAKERY_ROTATION_VERIFIED] = "AWS knows it",
                [BAKERY_ROTATION_STORED] = "it is in its place",
                [BAKERY_ROTATION_DEACTIVATED] = "the old key is inactive",
        };
        struct rotated *rotated = context;

        free(rotated->ids[step]);
        rotated->ids[step] = copy(access_key_id);
        if (path) {
                free(rotated->path);
                rotated->path = copy(path);
        }
        if (rotated->quiet)
                return;
        printf("  %s: %s", access_key_id, sentences[step]);
        if (path) {
                fputs(", ", stdout);
                cli_put_harmless(stdout, path);
        }
        putchar('\n');
        fflush(stdout);
}

static void print_json(const struct rotated *rotated)
{
        struct json_out json = { .out = stdout };

        json_begin(&json, NULL, '{');
        json_number(&json, "version", 1);
        json_text(&json, "new", rotated->ids[BAKERY_ROTATION_STORED]);
        json_text(&json, "path", rotated->path);
        json_text(&json, "deactivated", rotated->ids[BAKERY_ROTATION_DEACTIVATED]);
        json_text(&json, "deleted", rotated->ids[BAKERY_ROTATION_DELETED]);
        json_end(&json, '}');
        putchar('\n');
}

static void tell_end(const struct users *users, const struct rotated *rotated)
{
        if (rotated->quiet)
                print_json(rotated);
        else if (rotated->ids[BAKERY_ROTATION_STORED])
                puts("the access key is rotated; the next rotation deletes the old one, or --delete-old does");
        if (rotated->ids[BAKERY_ROTATION_STORED] && users->options->users.to_path)
                fputs("bakery-cli: the new key must be put to use: until then nothing has one that works\n", stderr);
}

int users_rotate_key(struct users *users)
{
        const struct options *options = users->options;
        bakery_rotation rotation = BAKERY_ROTATION_INIT;
        struct rotated rotated = { .quiet = options->output == OUTPUT_JSON };
        bakery_error *err = NULL;
        int code = work_open(options, &users->work);

        if (code)
                return code;
        rotation.session = work_session(options, &users->work);
        rotation.out_path = options->users.to_path;
        rotation.end_old = (options->users.given & USERS_DELETE_OLD) != 0;
        rotation.on_step = tell_step;
        rotation.context = &rotated;
        if (bakery_rotation_run(users->work.client, &rotation, &err))
                code = cli_fail(err);
        else
                tell_end(users, &rotated);
        for (size_t i = 0; i < sizeof rotated.ids / sizeof *rotated.ids; i++)
                free(rotated.ids[i]);
        free(rotated.path);
        bakery_error_free(err);
        return code;
}
