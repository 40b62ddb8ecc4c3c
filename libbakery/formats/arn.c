#include "formats/arn.h"

#include <stddef.h>
#include <string.h>

static const struct {
        const char *name;
        bool may_be_empty;
        size_t offset; /* of the span in struct arn */
} fields[] = {
        { "partition", false, offsetof(struct arn, partition) }, { "service", false, offsetof(struct arn, service) },
        { "region", true, offsetof(struct arn, region) },        { "account", true, offsetof(struct arn, account) },
        { "resource", false, offsetof(struct arn, resource) },
};

/* Takes the text up to the next colon, or all of it for the last field. */
static struct span next_field(const char **cursor, bool last)
{
        const char *start = *cursor;
        size_t len = last ? strlen(start) : strcspn(start, ":");

        *cursor = start + len + (start[len] == ':');
        return (struct span){ start, len };
}

bakery_status bakery__arn_parse(const char *text, struct arn *ret, bakery_error **err)
{
        struct arn found;

        if (!bakery__str_starts(text, "arn:"))
                return bakery__fail(err, BAKERY_ERR_FORMAT, "\"%.60s\" is no ARN: it does not begin with \"arn:\"",
                                    text);

        const char *cursor = text + strlen("arn:");
        for (size_t i = 0; i < N_ELEMENTS(fields); i++) {
                struct span field = next_field(&cursor, i == N_ELEMENTS(fields) - 1);

                if (field.len == 0 && !fields[i].may_be_empty)
                        return bakery__fail(err, BAKERY_ERR_FORMAT, "\"%.60s\" is no ARN: its %s is empty", text,
                                            fields[i].name);
                memcpy((char *)&found + fields[i].offset, &field, sizeof field);
        }
        *ret = found;
        return BAKERY_OK;
}

struct span bakery__arn_name(const struct arn *arn)
{
        const char *end = arn->resource.at + arn->resource.len;
        const char *start = end;

        while (start > arn->resource.at && start[-1] != '/')
                start--;
        return (struct span){ start, (size_t)(end - start) };
}
