#include "conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"

enum { MAX_VECTOR_BYTES = 16 << 20 };

static void give_up(const char *path, const char *why)
{
        fprintf(stderr, "%s: %s\n", path, why);
        exit(2);
}

char *read_text(const char *folder, const char *name)
{
        AUTO_CLEAR(buf) text = { .max = MAX_VECTOR_BYTES };
        AUTO_PTR(bakery_error) err = NULL;
        char path[4096], *taken = NULL;

        snprintf(path, sizeof path, "%s/%s", folder, name);
        if (bakery__fs_read(path, &text, &err) || bakery__buf_take(&text, path, &taken, NULL, &err))
                give_up(path, bakery_error_message(err));
        return taken;
}

cJSON *read_json(const char *folder, const char *name)
{
        AUTO_FREE char *text = read_text(folder, name);
        cJSON *json = cJSON_Parse(text);

        if (!json)
                give_up(name, "no JSON");
        return json;
}

const cJSON *member(const cJSON *object, const char *name)
{
        return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *text_of(const cJSON *object, const char *name)
{
        const char *text = cJSON_GetStringValue(member(object, name));

        return text ? text : "";
}

bool truth_of(const cJSON *object, const char *name)
{
        return cJSON_IsTrue(member(object, name));
}

void count(struct tally *tally, const char *name, const char *difference)
{
        if (!difference || !*difference) {
                tally->passed++;
                return;
        }
        tally->failed++;
        printf("%s: FAILED %s: %s\n", tally->suite, name, difference);
}

void leave_out(struct tally *tally, const char *name, const char *reason)
{
        tally->left_out++;
        printf("%s: does not apply: %s: %s\n", tally->suite, name, reason);
}

int finish(const struct tally *tally)
{
        printf("%s: %u of %u passed, %u do not apply\n", tally->suite, tally->passed, tally->passed + tally->failed,
               tally->left_out);
        /* A folder that holds nothing proves nothing. */
        return tally->failed > 0 || tally->passed == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
